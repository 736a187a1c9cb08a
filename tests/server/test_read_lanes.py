"""Quick reads never wait for heavy reads."""

import asyncio
import threading
from pathlib import Path

import pytest

from parley.core.events import Event
from parley.server.engine.read_lanes import ReadLanes
from parley.storage.sqlite import SqliteStore
from tests.server.api import account
from tests.server.server_fixture import Serve, password_of, until


class HeldStore(SqliteStore):
    """A store whose heavy reads wait.

    Attributes:
        reading: set when a heavy read has begun.
        free: heavy reads wait until it is set.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reading = threading.Event()
        self.free = threading.Event()

    def said_by(self, user: int, after: tuple[int, int], limit: int) -> list[Event]:
        self.reading.set()
        assert self.free.wait(10)
        return super().said_by(user, after, limit)

    def audit(self, before: tuple[int, int, int] | None, limit: int) -> list[Event]:
        self.reading.set()
        assert self.free.wait(10)
        return super().audit(before, limit)


@pytest.mark.parametrize("heavy", ["said_by", "audit"])
async def test_a_held_heavy_read_delays_neither_a_page_nor_a_sign_in(serve: Serve, heavy: str) -> None:
    server = await serve(store=HeldStore)
    store = server.store
    assert isinstance(store, HeldStore)
    await server.account("bob")
    ann = await account(server, "ann")
    await ann.joins("lobby")
    await ann.says("lobby", "hello")
    authenticator = server.hub.authenticator
    work = authenticator.said_by(ann.id, (0, 0), 10) if heavy == "said_by" else authenticator.audit(None, 10)
    held = asyncio.ensure_future(work)
    await until(store.reading.is_set)
    try:
        assert "hello" in [text for _, text in await ann.reads("lobby", "?after=0")]
        bob = await server.web("bob", password=password_of("bob"))
        assert bob.token is not None
        assert not held.done()
    finally:
        store.free.set()
    found = await held
    assert isinstance(found, list)
    assert found


async def test_closing_waits_for_running_reads_and_drops_waiting_ones() -> None:
    lanes = ReadLanes(asyncio.get_running_loop())
    free, begun = threading.Event(), threading.Event()

    def read() -> int:
        begun.set()
        assert free.wait(10)
        return 1

    first = asyncio.ensure_future(lanes.heavy(read))
    second = asyncio.ensure_future(lanes.heavy(lambda: 2))
    await until(begun.is_set)
    free.set()
    await asyncio.to_thread(lanes.close)
    assert await first == 1
    assert second.cancelled() or await asyncio.wait_for(asyncio.shield(second), 1) == 2
