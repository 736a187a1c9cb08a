"""Subscriptions: readers pull, each from where it stands.

A subscription is a cursor. Cursors that are in step with the room's log stand in groups, one for each rendering; a
group is written the same bytes, made once. A cursor that can't take more leaves its group and is brought back, from
the tail or from the store, when its connection can.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Final, Protocol

from parley.core.events import Event
from parley.core.rendering import ReadMarkSignal, Rendering, Signal
from parley.core.tail import Tail
from parley.wire.limits import PIECE_BYTES

CATCH_UP_EVENTS: Final = 256
"""How many events a cursor that is behind is rendered, or read from the store, at a time."""

ReadAfter = Callable[[int, int, int], Awaitable[list[Event] | None]]


class Reader(Protocol):
    """The connection a cursor writes to.

    Attributes:
        writable: whether it takes more now.
        cursors: its cursors, one for each room it reads. They are few: a tuple is smaller than a dict, and a
            server has many readers.
    """

    writable: bool
    cursors: "tuple[Cursor, ...]"
    write: Callable[[bytes], None]

    def ended(self) -> None:
        """A cursor has written the event after which it was to end."""

    def caught_up(self) -> None:
        """A cursor that was behind is in step again."""


class Cursor:
    """A reader's place in a room's log.

    Attributes:
        seq: the last seq written; while the cursor stands in a group, the group's.
        last: the seq after which it ends; None while there is no end in sight.
    """

    __slots__ = ("feed", "grouped", "last", "reader", "rendering", "seq")

    def __init__(self, feed: "Feed", reader: Reader, rendering: Rendering, seq: int) -> None:
        self.feed = feed
        self.reader = reader
        self.rendering = rendering
        self.seq = seq
        self.last: int | None = None
        self.grouped = False


Group = dict[Cursor, Callable[[bytes], None]]


class Feed:
    """One room's readers.

    Attributes:
        shown: the seq up to which every group is written.
        behind: the cursors that stand in no group.
    """

    __slots__ = ("behind", "groups", "loading", "room", "shown", "tail", "waiting")

    def __init__(self, room: int, tip: int) -> None:
        self.room = room
        self.tail = Tail(tip)
        self.shown = tip
        self.groups: dict[Rendering, Group] = {}
        self.behind: set[Cursor] = set()
        self.waiting: deque[Cursor] = deque()
        self.loading = False

    @property
    def empty(self) -> bool:
        return not self.groups and not self.behind

    # Groups

    def enter(self, cursor: Cursor) -> None:
        """Put a cursor that stands at `shown` into its group."""
        self.behind.discard(cursor)
        cursor.grouped = True
        self.groups.setdefault(cursor.rendering, {})[cursor] = cursor.reader.write

    def fall_behind(self, cursor: Cursor) -> None:
        """Take a cursor out of its group: it keeps its place by itself from now on."""
        if cursor.grouped:
            self._leave_group(cursor)
            cursor.seq = self.shown
            self.behind.add(cursor)

    def forget(self) -> None:
        """Keep no events but those that are not written yet."""
        self.tail.forget_before(self.shown + 1)

    def remove(self, cursor: Cursor) -> None:
        if cursor.grouped:
            self._leave_group(cursor)
        self.behind.discard(cursor)

    def _leave_group(self, cursor: Cursor) -> None:
        cursor.grouped = False
        group = self.groups[cursor.rendering]
        del group[cursor]
        if not group:
            del self.groups[cursor.rendering]
            self.tail.forget(cursor.rendering)

    # Writing

    def pump(self) -> None:
        """Bring every group, and whoever can, up to the tip."""
        tip, before = self.tail.tip, self.shown
        for rendering in list(self.groups):
            self.shown = before
            for upto, data in self._pieces(rendering, before, tip):
                # A reader that pauses while it is written to has this piece already.
                self.shown = upto
                if data:
                    for write in tuple(self.groups.get(rendering, {}).values()):
                        write(data)
        self.shown = tip
        for cursor in list(self.behind):
            self.catch_up(cursor)
        self.tail.trim()

    def catch_up(self, cursor: Cursor) -> None:
        """Write what a cursor lacks, as far as its reader takes it and the tail has it; the store has the rest."""
        reader, tail = cursor.reader, self.tail
        while reader.writable and cursor in self.behind:
            end = tail.tip if cursor.last is None else cursor.last
            if cursor.seq >= end:
                self._arrive(cursor)
                return
            if cursor.seq + 1 < tail.floor:
                if cursor not in self.waiting:
                    self.waiting.append(cursor)
                return
            self._write(cursor, self._pieces(cursor.rendering, cursor.seq, min(end, cursor.seq + CATCH_UP_EVENTS)))

    def write_page(self, cursor: Cursor, events: list[Event]) -> None:
        """Write events from the store, which follow the cursor, as far as its reader takes them."""
        rendered = [
            cursor.rendering.event(event) for event in events if cursor.last is None or event.seq <= cursor.last
        ]
        self._write(cursor, _cut(cursor.rendering, self.room, cursor.seq, rendered))

    def _write(self, cursor: Cursor, pieces: Iterator[tuple[int, bytes]]) -> None:
        for upto, data in pieces:
            if not cursor.reader.writable or cursor not in self.behind:
                return
            cursor.seq = upto
            if data:
                cursor.reader.write(data)

    def signal(self, signal: Signal | ReadMarkSignal, but: Reader | None) -> None:
        """Write a signal to whoever is in step; the others miss it."""
        for rendering, group in list(self.groups.items()):
            if data := rendering.signal(signal):
                for cursor, write in list(group.items()):
                    if cursor.reader is not but:
                        write(data)

    def _arrive(self, cursor: Cursor) -> None:
        if cursor.last is not None:
            self.remove(cursor)
            _forget(cursor)
            cursor.reader.ended()
        elif cursor.seq == self.shown:
            self.enter(cursor)
            cursor.reader.caught_up()

    def _pieces(self, rendering: Rendering, after: int, upto: int) -> Iterator[tuple[int, bytes]]:
        return _cut(rendering, self.room, after, self.tail.rendered(rendering, after, upto))


def _find(reader: Reader, room: int) -> Cursor | None:
    for cursor in reader.cursors:
        if cursor.feed.room == room:
            return cursor
    return None


def _forget(cursor: Cursor) -> None:
    cursor.reader.cursors = tuple(other for other in cursor.reader.cursors if other is not cursor)


def _cut(rendering: Rendering, room: int, after: int, rendered: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """Put rendered events together in pieces of bounded size; yield each with the seq of its last event."""
    if sum(map(len, rendered)) <= PIECE_BYTES:
        if rendered:
            yield after + len(rendered), rendering.piece(room, rendered) if any(rendered) else b""
        return
    start = size = 0
    for index, data in enumerate(rendered):
        if size + len(data) > PIECE_BYTES and index > start:
            yield after + index, rendering.piece(room, rendered[start:index])
            start, size = index, 0
        size += len(data)
    yield after + len(rendered), rendering.piece(room, rendered[start:])


class Feeds:
    """The feeds of all rooms that have readers.

    Args:
        tip: tells the durable tip of a room.
        read_after: reads events of a room after a seq from the store; None if it can't.
        spawn: runs a coroutine in the background.
    """

    def __init__(
        self, tip: Callable[[int], int], read_after: ReadAfter, spawn: Callable[[Awaitable[None]], object]
    ) -> None:
        self._feeds: dict[int, Feed] = {}
        self._tip = tip
        self._read_after = read_after
        self._spawn = spawn

    def subscribe(self, reader: Reader, room: int, after: int, rendering: Rendering, last: int | None = None) -> None:
        """Begin to write the events of a room that follow `after`, up to `last` if it is given (appended already)."""
        self.unsubscribe(reader, room)
        feed = self._feeds.get(room)
        if feed is None:
            feed = self._feeds[room] = Feed(room, self._tip(room))
        cursor = Cursor(feed, reader, rendering, after)
        cursor.last = last
        reader.cursors += (cursor,)
        feed.behind.add(cursor)
        self._catch_up(feed, cursor)

    def unsubscribe(self, reader: Reader, room: int) -> None:
        """Write no more of this room."""
        if cursor := _find(reader, room):
            _forget(cursor)
            cursor.feed.remove(cursor)
            self._drop_if_empty(cursor.feed)

    def rerender(self, reader: Reader, room: int, rendering: Rendering) -> None:
        """Go on in another rendering."""
        cursor = _find(reader, room)
        if cursor is None or cursor.rendering == rendering:
            return
        grouped = cursor.grouped
        cursor.feed.fall_behind(cursor)
        cursor.rendering = rendering
        if grouped:
            cursor.feed.enter(cursor)

    def append(self, events_by_room: dict[int, list[Event]]) -> None:
        """Take durable events into the tails; nothing is written yet."""
        for room, events in events_by_room.items():
            if feed := self._feeds.get(room):
                feed.tail.append(events)

    def end_at(self, reader: Reader, room: int, seq: int) -> bool:
        """Let the reader's cursor in a room end after that seq, which was appended already.

        Returns:
            Whether `reader.ended` is called: within this call, or when the reader has taken what it lacks.
        """
        cursor = _find(reader, room)
        if cursor is None:
            return False
        cursor.feed.fall_behind(cursor)
        cursor.last = seq
        self._catch_up(cursor.feed, cursor)
        return True

    def pump(self, rooms: Iterable[int]) -> None:
        """Write what was appended."""
        for room in rooms:
            if feed := self._feeds.get(room):
                feed.pump()
                self._load(feed)
                self._drop_if_empty(feed)

    def paused(self, reader: Reader) -> None:
        """The reader takes no more for now."""
        for cursor in reader.cursors:
            cursor.feed.fall_behind(cursor)

    def resumed(self, reader: Reader) -> None:
        """The reader takes more again."""
        for cursor in reader.cursors:
            self._catch_up(cursor.feed, cursor)

    def lost(self, reader: Reader) -> None:
        """The reader is gone."""
        for cursor in reader.cursors:
            self.unsubscribe(reader, cursor.feed.room)

    def signal(self, signal: Signal | ReadMarkSignal, but: Reader | None = None) -> None:
        if feed := self._feeds.get(signal.room):
            feed.signal(signal, but)

    def page_before(self, room: int, seq: int, limit: int, *, said: bool) -> list[Event] | None:
        """Return a page of a log from memory; None if it is not there."""
        feed = self._feeds.get(room)
        return None if feed is None else feed.tail.before(seq, limit, said=said)

    def learn_said(self, room: int, before: int, events: list[Event], limit: int) -> None:
        """Keep a page of messages that had to be read from the store, for those who ask next."""
        if feed := self._feeds.get(room):
            feed.tail.learn_said(before, events, all_there_are=len(events) < limit)

    def forget(self) -> None:
        """Let go of what the tails hold: it reads differently in the store from now on."""
        for feed in self._feeds.values():
            feed.forget()

    def lag(self, reader: Reader) -> int:
        """Return how many events the reader lacks."""
        return sum(cursor.feed.tail.tip - cursor.seq for cursor in reader.cursors if not cursor.grouped)

    def _catch_up(self, feed: Feed, cursor: Cursor) -> None:
        feed.catch_up(cursor)
        self._load(feed)
        self._drop_if_empty(feed)

    def _load(self, feed: Feed) -> None:
        if feed.waiting and not feed.loading:
            feed.loading = True
            self._spawn(self._load_waiting(feed))

    async def _load_waiting(self, feed: Feed) -> None:
        """Serve the cursors below the floor, a page at a time. One that ends at the floor joins the tail, for all."""
        try:
            while feed.waiting:
                cursor = feed.waiting.popleft()
                if cursor not in feed.behind or not cursor.reader.writable:
                    continue
                if cursor.seq + 1 < feed.tail.floor:
                    events = await self._read_after(
                        feed.room, cursor.seq, min(CATCH_UP_EVENTS, feed.tail.floor - 1 - cursor.seq)
                    )
                    if not events:
                        # The store can't be read now. The reader's next resume, or the room's next event, tries again.
                        continue
                    if events[-1].seq == feed.tail.floor - 1:
                        feed.tail.extend_down(events)
                    if events[0].seq == cursor.seq + 1 and cursor.seq + 1 < feed.tail.floor:
                        feed.write_page(cursor, events)
                feed.catch_up(cursor)
        finally:
            feed.loading = False
            self._drop_if_empty(feed)

    def _drop_if_empty(self, feed: Feed) -> None:
        if feed.empty and not feed.loading and self._feeds.get(feed.room) is feed:
            del self._feeds[feed.room]
