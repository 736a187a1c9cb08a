"""The server stops: submitted commands are stored and answered, and clients are told to come back."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parley.core.ports import Batch, StoreError
from parley.storage.sqlite import FILE_NAME, SqliteStore
from tests.server.server_fixture import Serve, Server, until


class Slow(SqliteStore):
    """A store whose commits wait for the test, or fail.

    Attributes:
        open: while this event is cleared, commits wait.
        waiting: the number of commits that wait.
        broken: while this is true, commits and reads fail.
    """

    open: threading.Event
    waiting = 0
    broken = False

    def __init__(self, path: Path) -> None:
        self.open = threading.Event()
        self.open.set()
        super().__init__(path)

    def append(self, batch: Batch) -> Any:
        self.waiting += 1
        assert self.open.wait(10)
        self.waiting -= 1
        if self.broken:
            raise StoreError("the disk is full")
        return super().append(batch)

    def _read(self, query: str, *arguments: int | str | bytes, **options: Any) -> list[Any]:
        if self.broken:
            raise StoreError("the disk is gone")
        return super()._read(query, *arguments, **options)


@pytest.fixture
def slow(runner: asyncio.Runner, serve: Serve) -> Iterator[Server]:
    """A server with a slow store."""
    server: Any = runner.run(serve(store=Slow))
    yield server
    server.store.open.set()


async def test_submitted_commands_are_stored_answered_and_shown(slow: Server) -> None:
    store: Any = slow.store
    eve, bob = await slow.web("eve", "lobby"), await slow.web("bob", "lobby")
    line = await slow.line("zoe")
    await eve.gets_events(1, 4)
    store.open.clear()
    await bob.sends(t="send", key="k1", room=1, text="first")
    await until(lambda: store.waiting == 1)
    await bob.sends(t="send", key="k2", room=1, text="second")
    await line.says("third")
    await until(lambda: len(slow.hub.writer._queue) == 2)
    stopping = asyncio.ensure_future(slow.stop())
    await asyncio.sleep(0)
    store.open.set()
    frames = [await bob.gets_frame()]
    while frames[-1]["t"] != "bye":
        frames.append(await bob.gets_frame())
    stored = [frame["key"] for frame in frames if frame["t"] == "stored"]
    assert stored == ["k1", "k2"]
    assert frames[-1] == {"t": "bye", "reason": "stopping", "retry_after": 1000}
    assert [event["text"] for event in await eve.gets_events(1, 7)] == ["first", "second", "third"]
    assert (await eve.gets_answer())["reason"] == "stopping"
    assert await bob.is_closed() == 1012
    assert await eve.is_closed() == 1012
    await line.sees("bob: first", "bob: second", "zoe: third", "The server is stopping. Come back in a moment.")
    await line.is_gone()
    await stopping
    again = SqliteStore(slow.folder / FILE_NAME)
    assert [event.text for event in again.after(1, 4, 9)] == ["first", "second", "third"]
    again.close()


async def test_a_client_that_does_not_close_delays_nothing(server: Server) -> None:
    bob, eve = await server.web("bob", "lobby"), await server.line("eve")
    for peer in (bob, eve):
        peer.transport.pause_reading()
    started = time.monotonic()
    await server.stop()
    assert time.monotonic() - started < 4
    assert not server.hub.connections


async def test_a_stopping_server_accepts_no_connection(server: Server) -> None:
    port = server.port
    await server.stop()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_failing_disk_is_reported_and_nothing_is_shown(slow: Server) -> None:
    store: Any = slow.store
    eve, bob = await slow.line("eve"), await slow.web("bob", "lobby")
    await eve.sees("bob has connected to the chat room")
    store.broken = True
    await bob.sends(t="send", key="k1", room=1, text="lost?")
    error = await bob.gets_answer()
    assert (error["code"], error["key"], error["retry_after"]) == ("not_stored", "k1", 1000)
    await eve.says("me too")
    await eve.sees("The server can't write to its disk at the moment. This was not stored; try again.")
    await bob.sends(t="history", id="h", room=1, limit=10, after=0)
    assert (await bob.gets_answer())["code"] == "not_read"
    assert slow.hub.writer.failing
    assert sum("can't be written" in line for line in slow.log) == 1
    store.broken = False
    assert await bob.says(1, "not lost", "k1") == 4
    await eve.sees("bob: not lost")
    await eve.sees_nothing_more()
    assert slow.log[-1] == "the disk can be written again"


async def test_a_token_can_be_used_after_the_store_could_not_be_read(slow: Server) -> None:
    store: Any = slow.store
    bob = await slow.web("bob")
    again = await slow.browser()
    store.broken = True
    await again.sends(t="hello", protocol=1, token=bob.token)
    await again.gets_error("not_read", retry_after=1000)
    store.broken = False
    await again.sends(t="hello", protocol=1, token=bob.token)
    assert (await again.gets_frame())["t"] == "ready"
