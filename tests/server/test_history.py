"""Pages of history: simultaneous requests."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from parley.core.events import Event
from parley.core.state import State
from parley.gateways.effects import ReadPage
from parley.gateways.line.render import RoomLines
from parley.gateways.view import View
from parley.server.engine.history import HistoryReader
from parley.server.engine.subscription import Feeds
from tests.server.server_fixture import until


class Reader:
    writable = True
    user = 1
    cursors: Any = ()

    def write(self, data: bytes) -> None:
        pass

    def ended(self) -> None:
        pass

    def caught_up(self) -> None:
        pass


class HistoryFixture:
    """A room of three messages, and requests for its history.

    Attributes:
        reads: the reads of the store, in order.
        open: while this event is cleared, the store does not answer.
        broken: while this is true, reads fail.
        turned: the results, by tag.
    """

    def __init__(self) -> None:
        self.log = [Event(1, seq, 0, 1, "ann", "message", f"{seq}") for seq in (1, 2, 3)]
        self.reads: list[ReadPage] = []
        self.open = asyncio.Event()
        self.open.set()
        self.broken = False
        self.turned: dict[Any, list[int] | None] = {}
        self.tasks: list[asyncio.Future[None]] = []
        self.feeds = Feeds(lambda room: 3, self._read_after, self._spawn)
        self.pages = HistoryReader(asyncio.get_running_loop(), self.feeds, self, self._spawn)

    async def _read_after(self, room: int, seq: int, limit: int) -> list[Event] | None:
        return self.log[seq : seq + limit]

    async def page(self, effect: ReadPage) -> list[Event] | None:
        self.reads.append(effect)
        await self.open.wait()
        assert effect.before is not None
        return None if self.broken else self.log[: effect.before - 1][-effect.limit :]

    def _spawn(self, work: Awaitable[None]) -> None:
        self.tasks.append(asyncio.ensure_future(work))

    def ask(self, tag: int, *, enters: bool) -> None:
        """Request the last 20 messages. With `enters`, also subscribe to the room after them."""

        def turn_to(tag: object, page: list[Event] | None) -> None:
            self.turned[tag] = None if page is None else [event.seq for event in page]
            if enters:
                self.feeds.subscribe(Reader(), 1, 3, RoomLines(view=View(State("e"), lambda user: False, "test")))

        self.pages.read(ReadPage(1, 20, before=4, said=True, tag=tag), turn_to)


async def test_when_many_join_a_room_at_once_one_reads_the_store() -> None:
    fixture = HistoryFixture()
    fixture.open.clear()
    for tag in range(5):
        fixture.ask(tag, enters=True)
    assert fixture.turned == {}
    fixture.open.set()
    await until(lambda: len(fixture.turned) == 5)
    assert len(fixture.reads) == 1
    assert all(page == [1, 2, 3] for page in fixture.turned.values())
    assert list(fixture.turned) == [0, 1, 2, 3, 4]


async def test_without_a_reader_each_page_is_read_from_the_store() -> None:
    fixture = HistoryFixture()
    for tag in range(3):
        fixture.ask(tag, enters=False)
    await until(lambda: len(fixture.turned) == 3)
    assert len(fixture.reads) == 3


async def test_each_request_reads_the_store_again_after_a_failure() -> None:
    fixture = HistoryFixture()
    fixture.open.clear()
    for tag in range(3):
        fixture.ask(tag, enters=True)
    fixture.broken = True
    fixture.open.set()
    await until(lambda: len(fixture.turned) == 3)
    assert fixture.turned == {0: None, 1: None, 2: None}
    fixture.broken = False
    fixture.ask(3, enters=True)
    await until(lambda: 3 in fixture.turned)
    assert fixture.turned[3] == [1, 2, 3]
