"""Feeds against a model: each reader gets all events after its start, in order, each once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from parley.core import tail
from parley.core.events import Event, RelatedEvent
from parley.core.rendering import Signal
from parley.server.engine import subscription
from parley.server.engine.subscription import Cursor, Feeds

ROOMS = (1, 2)


class Plain:
    """A rendering for tests: one line for each event. Renderings of one colour are equal."""

    def __init__(self, colour: str) -> None:
        self.colour = colour

    def __hash__(self) -> int:
        return hash(self.colour)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain) and self.colour == other.colour

    def event(self, event: Event) -> bytes:
        # Every seventh event has no line, as a dialect may choose.
        return b"" if event.seq % 7 == 0 else f"{event.room}:{event.seq}:{event.text}\n".encode()

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return b"".join(events)

    def signal(self, signal: Signal) -> bytes:
        return b"" if self.colour == "deaf" else f"signal {signal.room}\n".encode()


class Reader:
    """A reader that pauses within `write` when its limit is reached, as a transport does."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self.writable = True
        self.user = 1
        self.cursors: tuple[Cursor, ...] = ()
        self.got: list[str] = []
        self.signals = 0
        self.endings = 0
        self.patience = 10**9
        self.write: Callable[[bytes], None] = self._write

    def _write(self, data: bytes) -> None:
        assert self.writable, "written to while it takes nothing"
        for line in data.decode().splitlines():
            if line.startswith("signal"):
                self.signals += 1
            else:
                self.got.append(line)
        self.patience -= len(data)
        if self.patience <= 0:
            self.pause()

    def ended(self) -> None:
        self.endings += 1

    def caught_up(self) -> None:
        pass

    def pause(self) -> None:
        if self.writable:
            self.writable = False
            self._feeds.paused(self)

    def resume(self, patience: int = 10**9) -> None:
        self.patience = patience
        if not self.writable:
            self.writable = True
            self._feeds.resumed(self)


class Machine(RuleBasedStateMachine):
    """Rooms grow; readers subscribe, stall, resume, change their rendering, and leave."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.logs: dict[int, list[Event]] = {room: [] for room in ROOMS}
        self.pending: list[Awaitable[None]] = []
        self.failing = False
        self.feeds = Feeds(lambda room: len(self.logs[room]), self._read, self.pending.append)
        self.readers: list[tuple[Reader, dict[int, list[str]]]] = []

    def teardown(self) -> None:
        self.failing = False
        for reader, _ in self.readers:
            reader.resume()
        self._load()
        # The next event of a room brings all readers up to date, even after a failed read.
        for room in ROOMS:
            self._append(room, ["last"])
        self._load()
        self._check(complete=True)
        for reader, _ in self.readers:
            self.feeds.lost(reader)
            assert reader.cursors == ()
        assert self.feeds._feeds == {}
        self.loop.close()

    async def _read(self, room: int, after: int, limit: int) -> list[Event] | None:
        await asyncio.sleep(0)
        return None if self.failing else self.logs[room][after : after + limit]

    def _load(self) -> None:
        async def all_of_it() -> None:
            while self.pending:
                work, self.pending[:] = list(self.pending), []
                await asyncio.gather(*work)

        self.loop.run_until_complete(all_of_it())

    def _append(self, room: int, texts: list[str]) -> None:
        log = self.logs[room]
        events = [Event(room, len(log) + 1 + index, 0, 1, "bob", "message", text) for index, text in enumerate(texts)]
        log += events
        for _, expected in self.readers:
            if room in expected:
                expected[room] += [line for event in events if (line := Plain("").event(event).decode().strip())]
        self.feeds.append({room: events})
        # Between `append` and `pump`, answered sessions may subscribe: see `subscribe`.
        if self.between:
            self.between.pop()()
        self.feeds.pump([room])

    between: list[Any] = []  # noqa: RUF012

    @rule(room=st.sampled_from(ROOMS), count=st.integers(1, 12), size=st.sampled_from([1, 10, 200]))
    def speak(self, room: int, count: int, size: int) -> None:
        self._append(room, ["x" * size] * count)

    @precondition(lambda self: len(self.readers) < 6)
    @rule(
        room=st.sampled_from(ROOMS),
        back=st.integers(0, 60),
        colour=st.sampled_from(["red", "blue", "deaf"]),
        late=st.booleans(),
    )
    def subscribe(self, room: int, back: int, colour: str, late: bool) -> None:
        reader = Reader(self.feeds)
        expected: dict[int, list[str]] = {}
        self.readers.append((reader, expected))

        def begin() -> None:
            tip = len(self.logs[room])
            after = max(tip - back, 0)
            expected[room] = [
                line for event in self.logs[room][after:] if (line := Plain("").event(event).decode().strip())
            ]
            self.feeds.subscribe(reader, room, after, Plain(colour))

        if late:
            self.between = [begin]
            self._append(room, ["late"])
        else:
            begin()

    @precondition(lambda self: self.readers)
    @rule(data=st.data(), room=st.sampled_from(ROOMS))
    def subscribe_to_another_room(self, data: st.DataObject, room: int) -> None:
        reader, expected = data.draw(st.sampled_from(self.readers))
        if room not in expected:
            expected[room] = []
            self.feeds.subscribe(reader, room, len(self.logs[room]), Plain("red"))

    @precondition(lambda self: self.readers)
    @rule(data=st.data())
    def pause(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.readers))[0].pause()

    @precondition(lambda self: self.readers)
    @rule(data=st.data(), patience=st.sampled_from([1, 30, 300, 3_000, 10**9]))
    def resume(self, data: st.DataObject, patience: int) -> None:
        data.draw(st.sampled_from(self.readers))[0].resume(patience)

    @precondition(lambda self: self.readers)
    @rule(data=st.data(), room=st.sampled_from(ROOMS), colour=st.sampled_from(["red", "blue", "deaf"]))
    def rerender(self, data: st.DataObject, room: int, colour: str) -> None:
        self.feeds.rerender(data.draw(st.sampled_from(self.readers))[0], room, Plain(colour))

    @precondition(lambda self: self.readers)
    @rule(data=st.data(), room=st.sampled_from(ROOMS))
    def leave(self, data: st.DataObject, room: int) -> None:
        reader, expected = data.draw(st.sampled_from(self.readers))
        self.feeds.unsubscribe(reader, room)
        expected.pop(room, None)
        self._forget(reader, room)

    @precondition(lambda self: self.readers)
    @rule(data=st.data())
    def go(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.readers))
        self.feeds.lost(entry[0])
        self.readers.remove(entry)

    @rule()
    def load(self) -> None:
        self._load()

    @rule(failing=st.booleans())
    def disk(self, failing: bool) -> None:
        self.failing = failing

    @rule(room=st.sampled_from(ROOMS))
    def signal(self, room: int) -> None:
        due = {
            reader: reader.signals
            + any(
                cursor.feed.room == room and cursor.grouped and cursor.rendering != Plain("deaf")
                for cursor in reader.cursors
            )
            for reader, _ in self.readers
        }
        self.feeds.signal(Signal("typing", room, 1, "bob"))
        assert all(reader.signals == count for reader, count in due.items())

    @invariant()
    def nobody_was_shown_anything_wrong(self) -> None:
        self._check(complete=False)

    def _check(self, *, complete: bool) -> None:
        for reader, expected in self.readers:
            for room, lines in expected.items():
                got = [line for line in reader.got if line.startswith(f"{room}:")]
                assert got == (lines if complete else lines[: len(got)])
            if not complete and reader.writable and not self.pending and not self.failing:
                assert self.feeds.lag(reader) == 0 or any(
                    cursor.feed.waiting or not cursor.grouped for cursor in reader.cursors
                )

    @staticmethod
    def _forget(reader: Reader, room: int) -> None:
        reader.got = [line for line in reader.got if not line.startswith(f"{room}:")]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make tails and pieces so short that a few events exceed them."""
    monkeypatch.setattr(tail, "TAIL_EVENTS", 8)
    monkeypatch.setattr(tail, "TAIL_BYTES", 4_000)
    monkeypatch.setattr(subscription, "PIECE_BYTES", 400)
    monkeypatch.setattr(subscription, "CATCH_UP_EVENTS", 5)


@pytest.mark.usefixtures("small")
def test_each_reader_gets_exactly_the_events_after_its_start() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(Machine, settings=settings(max_examples=120, stateful_step_count=40, deadline=None))


def feeds_of(log: list[Event]) -> tuple[Feeds, list[Any]]:
    async def read(room: int, after: int, limit: int) -> list[Event]:
        return log[after : after + limit]

    spawned: list[Any] = []
    return Feeds(lambda room: len(log), read, spawned.append), spawned


def messages(count: int, start: int = 1) -> list[Event]:
    return [Event(1, start + index, 0, 1, "bob", "message", "x") for index in range(count)]


def test_readers_in_step_share_the_same_bytes() -> None:
    log: list[Event] = []
    feeds, _ = feeds_of(log)
    written: list[bytes] = []

    class Keeping(Reader):
        def _write(self, data: bytes) -> None:
            written.append(data)

    for reader in (Keeping(feeds), Keeping(feeds)):
        feeds.subscribe(reader, 1, 0, Plain("red"))
    feeds.append({1: messages(3)})
    feeds.pump([1])
    assert len(written) == 2
    assert written[0] is written[1]


def test_readers_in_step_share_one_of_their_equal_renderings() -> None:
    feeds, _ = feeds_of([])
    one, other, blue = Reader(feeds), Reader(feeds), Reader(feeds)
    for reader, colour in ((one, "red"), (other, "red"), (blue, "blue")):
        feeds.subscribe(reader, 1, 0, Plain(colour))
    assert one.cursors[0].rendering is other.cursors[0].rendering
    feeds.rerender(blue, 1, Plain("red"))
    assert one.cursors[0].rendering is blue.cursors[0].rendering


def test_a_reader_that_is_behind_misses_signals() -> None:
    feeds, _ = feeds_of([])
    one, other = Reader(feeds), Reader(feeds)
    for reader in (one, other):
        feeds.subscribe(reader, 1, 0, Plain("red"))
    other.pause()
    feeds.signal(Signal("typing", 1, 1, "bob"))
    feeds.signal(Signal("typing", 1, 1, "bob"), but=one)
    other.resume()
    assert (one.signals, other.signals) == (1, 0)


def test_a_cursor_ends_at_its_last_seq() -> None:
    feeds, _ = feeds_of([])
    reader, paused = Reader(feeds), Reader(feeds)
    for one in (reader, paused):
        feeds.subscribe(one, 1, 0, Plain("red"))
    paused.pause()
    feeds.append({1: messages(3)})
    for one in (reader, paused):
        assert feeds.end_at(one, 1, 2)
    assert not feeds.end_at(Reader(feeds), 1, 2)
    feeds.pump([1])
    assert (reader.endings, paused.endings) == (1, 0)
    assert reader.got == ["1:1:x", "1:2:x"]
    assert reader.cursors == ()
    paused.resume()
    assert paused.got == ["1:1:x", "1:2:x"]
    assert paused.cursors == ()
    assert paused.endings == 1


SALT = "A" * 22


def change(seq: int, target: int) -> RelatedEvent:
    return RelatedEvent(1, seq, 0, 1, "bob", "edited", f"new {target}", salt=SALT, target=target)


def test_the_text_of_a_change_is_withheld_from_readers_who_may_not_see_its_message() -> None:
    plain = [Event(1, seq, 0, 1, "bob", "message", f"old {seq}", salt=SALT) for seq in range(1, 7)]
    log: list[Event] = list(plain)

    async def read(room: int, after: int, limit: int) -> list[Event]:
        return log[after : after + limit]

    spawned: list[Any] = []
    firsts = {1: 1, 2: 3, 3: 5}
    feeds = Feeds(lambda room: len(log), read, spawned.append, first_visible=lambda room, user: firsts[user])
    readers: dict[str, Reader] = {}
    for name, user in (("first", 1), ("second", 2), ("third", 3), ("third again", 3), ("paused", 3)):
        readers[name] = Reader(feeds)
        readers[name].user = user
        feeds.subscribe(readers[name], 1, 6, Plain("red"))
    readers["paused"].pause()
    batch = [change(8, 2), Event(1, 9, 0, 1, "bob", "message", "hi", salt=SALT), change(10, 4), change(11, 5)]
    log += [Event(1, 7, 0, 1, "bob", "message", "seventh", salt=SALT), *batch]
    feeds.append({1: log[6:]})
    feeds.pump([1])
    readers["paused"].resume()
    expected = {
        1: ["1:8:new 2", "1:9:hi", "1:10:new 4", "1:11:new 5"],
        2: ["1:8:", "1:9:hi", "1:10:new 4", "1:11:new 5"],
        3: ["1:8:", "1:9:hi", "1:10:", "1:11:new 5"],
    }
    for reader in readers.values():
        assert reader.got == expected[reader.user], reader.user
    # A reader who resumes gets the events from the store, and then the same.
    for user in (2, 3):
        back = Reader(feeds)
        back.user = user
        feeds.forget()
        feeds.subscribe(back, 1, 6, Plain("blue"))
        asyncio.run(spawned.pop())
        assert back.got == expected[user]
    # Nobody is kept from what follows the place where their stream begins.
    left = Reader(feeds)
    left.user = 3
    firsts[3] = 12
    feeds.subscribe(left, 1, 4, Plain("green"), last=11)
    asyncio.run(spawned.pop())
    assert left.got == ["1:5:old 5", "1:6:old 6", *expected[3]]


def test_events_that_are_not_all_in_memory_any_more_are_not_taken_for_all_there_are() -> None:
    log: list[Event] = []
    feeds, _ = feeds_of(log)
    feeds.subscribe(Reader(feeds), 1, 0, Plain("red"))
    feeds.append({1: messages(3)})
    feeds.pump([1])
    assert [event.seq for event in feeds.events_after(1, 1) or ()] == [2, 3]
    assert feeds.events_after(1, 3) == feeds.events_after(2, 0) == []
    feeds.forget()
    feeds.append({1: messages(1, 4)})
    assert feeds.events_after(1, 1) is None
    assert [event.seq for event in feeds.events_after(1, 3) or ()] == [4]


def test_all_tails_together_keep_within_their_memory() -> None:
    logs: dict[int, list[Event]] = {room: [] for room in range(1, 21)}

    async def read(room: int, after: int, limit: int) -> list[Event]:
        return logs[room][after : after + limit]

    spawned: list[Any] = []
    feeds = Feeds(lambda room: len(logs[room]), read, spawned.append, memory=20_000)
    reader = Reader(feeds)
    for room in logs:
        feeds.subscribe(reader, room, 0, Plain("red"))
    for turn in range(5):
        for room, log in logs.items():
            events = [Event(room, turn * 10 + seq, 0, 1, "bob", "message", "x") for seq in range(1, 11)]
            log.extend(events)
            feeds.append({room: events})
            feeds.pump([room])
            assert feeds._memory.used <= 20_000 + 10 * 400
    assert len(reader.got) == 20 * (50 - 50 // 7)  # `Plain` does not show each seventh
    # The events of the rooms that were written to last are still in memory. Those of the others have to be read from
    # the store.
    assert feeds.page_before(20, 51, 10, said=False) == logs[20][-10:]
    assert feeds.page_before(1, 51, 10, said=False) is None
    late = Reader(feeds)
    feeds.subscribe(late, 1, 0, Plain("red"))
    for task in spawned:
        with pytest.raises(StopIteration):
            task.send(None)
    assert late.got == [line for line in reader.got if line.startswith("1:")]
    for each in (reader, late):
        feeds.lost(each)
    assert feeds._memory.used == 0


def test_a_reader_of_many_rooms_has_one_place_in_each() -> None:
    feeds, _ = feeds_of([])
    reader = Reader(feeds)
    rooms = [7, 3, 9, 1, 5, 8, 2]
    for room in rooms:
        feeds.subscribe(reader, room, 0, Plain("red"))
    assert [feeds.written(reader, room) for room in range(10)] == [0 if room in rooms else None for room in range(10)]
    feeds.unsubscribe(reader, 5)
    feeds.unsubscribe(reader, 6)
    assert [cursor.feed.room for cursor in reader.cursors] == [1, 2, 3, 7, 8, 9]
    feeds.lost(reader)
    assert (reader.cursors, feeds._feeds) == ((), {})


def test_a_room_that_nobody_reads_costs_nothing() -> None:
    feeds, _ = feeds_of([])
    reader = Reader(feeds)
    feeds.subscribe(reader, 1, 0, Plain("red"))
    feeds.lost(reader)
    assert feeds._feeds == {}
