"""Subscriptions: each reader has a cursor in each room it reads.

Cursors that are in step with the room's log are in groups, one for each rendering. All readers of a group are written
the same bytes, which are rendered once. Only a reader who may not see the text of a change gets bytes of their own for
the piece with that change. When a reader takes no more bytes, its cursor leaves the group. When the reader
takes bytes again, the cursor catches up from the tail or from the store.
"""

import logging
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from math import inf
from typing import Final

from parley.core.erasure import is_withheld, visible_form
from parley.core.events import Event, RelatedEvent
from parley.core.folding import Item
from parley.core.forms import Message
from parley.core.rendering import AnySignal, Rendering
from parley.core.tail import Tail, TailMemory
from parley.server.protocols import Client
from parley.wire.limits import PIECE_BYTES

from .isolation import isolated

log = logging.getLogger("parley")

CATCH_UP_EVENTS: Final = 256
"""For a cursor that is behind, this many events are rendered or read from the store at a time."""

ReadAfter = Callable[[int, int, int], Awaitable[list[Event] | None]]
"""Called as (room, seq, limit). Returns the first events of the room after the seq, oldest first; None if the store
can't be read.
"""

FirstVisible = Callable[[int, int], int]
"""Called as (room, user). Returns the seq of the first event of the room that the user may see."""


def _from_the_beginning(room: int, user: int) -> int:
    return 1


class Cursor:
    """A reader's place in a room's log.

    Attributes:
        seq: the last seq written, while the cursor is in no group. For a cursor in a group, that is the feed's `shown`.
        last: the seq after which the cursor ends; None if it does not end.
        first: the first seq that the reader may see. Texts of changes of earlier messages are withheld from them.
        grouped: whether the cursor is in a group.
    """

    __slots__ = ("feed", "first", "grouped", "last", "reader", "rendering", "seq")

    def __init__(self, feed: "Feed", reader: Client, rendering: Rendering, seq: int, first: int = 1) -> None:
        self.feed = feed
        self.reader = reader
        self.rendering = rendering
        self.seq = seq
        self.first = first
        self.last: int | None = None
        self.grouped = False


class ReaderGroup(dict[Cursor, Callable[[bytes], None]]):
    """Cursors in step, each with the function that writes to its reader.

    Attributes:
        rendering: their rendering. All cursors of the group refer to this one object, because a room may have thousands
            of readers and each brings an equal one.
    """

    __slots__ = ("rendering",)

    def __init__(self, rendering: Rendering) -> None:
        super().__init__()
        self.rendering = rendering


class Feed:
    """One room's readers.

    Attributes:
        shown: the seq up to which events were written to every group.
        behind: the cursors that are in no group.
        waiting: the cursors of `behind` that wait for events from the store.
        withholds: whether the room has had a reader who may not see all of it.
    """

    __slots__ = ("behind", "groups", "loading", "room", "shown", "tail", "waiting", "withholds")

    def __init__(self, room: int, tip: int, memory: TailMemory) -> None:
        self.room = room
        self.tail = Tail(tip, memory)
        self.shown = tip
        self.groups: dict[Rendering, ReaderGroup] = {}
        self.behind: set[Cursor] = set()
        self.waiting: list[Cursor] = []
        self.loading = False
        self.withholds = False

    @property
    def empty(self) -> bool:
        return not self.groups and not self.behind

    # Groups

    def group(self, cursor: Cursor) -> None:
        """Put a cursor whose seq is `shown` into its group."""
        self.behind.discard(cursor)
        cursor.grouped = True
        group = self.groups.get(cursor.rendering)
        if group is None:
            group = self.groups[cursor.rendering] = ReaderGroup(cursor.rendering)
        cursor.rendering = group.rendering
        group[cursor] = cursor.reader.write

    def fall_behind(self, cursor: Cursor) -> None:
        """Take a cursor out of its group. It has its own seq from now on."""
        if cursor.grouped:
            self._leave_group(cursor)
            cursor.seq = self.shown
            self.behind.add(cursor)

    def forget(self) -> None:
        """Drop the events that were written already from memory."""
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
        """Bring every group up to the tip, and every cursor that is behind as far as its reader takes bytes."""
        tip, before = self.tail.tip, self.shown
        for rendering in list(self.groups):
            self.shown = before
            try:
                for upto, data in self._pieces(rendering, before, tip):
                    # Set before the write, because a reader that pauses during the write has this piece already.
                    after, self.shown = self.shown, upto
                    self._write_to_group(rendering, after, upto, data)
            except Exception:
                # Continuing would leave a gap, so these readers stop here and have to resume.
                log.exception("events could not be shown")
                for cursor in tuple(self.groups.get(rendering, ())):
                    self.fall_behind(cursor)
                    cursor.reader.abort()
        self.shown = tip
        for cursor in list(self.behind):
            with isolated:
                self.catch_up(cursor)
        self.tail.trim()

    def _write_to_group(self, rendering: Rendering, after: int, upto: int, data: bytes) -> None:
        """Write a piece to a group. Readers who may not see the text of some change in it get the piece without that
        text; it is made once for all readers who may see the same.
        """
        group = self.groups.get(rendering)
        if group is None:
            return
        events = self.tail.events(after, upto) if self.withholds else []
        targets = sorted(event.target for event in events if is_withheld(event, event.seq))  # type: ignore[attr-defined]
        if not targets:
            if data:
                for write in tuple(group.values()):
                    write(data)
            return
        pieces = {0: data}
        for cursor, write in tuple(group.items()):
            withheld = bisect_left(targets, cursor.first)
            piece = pieces.get(withheld)
            if piece is None:
                rendered = [rendering.event(visible_form(event, cursor.first)) for event in events]
                piece = pieces[withheld] = rendering.piece(self.room, rendered) if any(rendered) else b""
            if piece:
                write(piece)

    def catch_up(self, cursor: Cursor) -> None:
        """Write the events that a cursor lacks, as long as its reader takes bytes and the tail has the events. A cursor
        below the tail's floor waits for the store.
        """
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
            self._write(cursor, self._pieces_for(cursor, min(end, cursor.seq + CATCH_UP_EVENTS)))

    def write_page(self, cursor: Cursor, events: list[Event]) -> None:
        """Write events from the store that follow the cursor, as long as its reader takes bytes."""
        rendered = [
            cursor.rendering.event(visible_form(event, cursor.first))
            for event in events
            if cursor.last is None or event.seq <= cursor.last
        ]
        self._write(cursor, _cut(cursor.rendering, self.room, cursor.seq, rendered))

    def _write(self, cursor: Cursor, pieces: Iterator[tuple[int, bytes]]) -> None:
        for upto, data in pieces:
            if not cursor.reader.writable or cursor not in self.behind:
                return
            cursor.seq = upto
            if data:
                cursor.reader.write(data)

    def signal(self, signal: AnySignal, but: Client | None) -> None:
        """Write a signal to the readers that are in step. The other readers do not get it."""
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
            self.group(cursor)
            cursor.reader.caught_up()

    def _pieces(self, rendering: Rendering, after: int, upto: int) -> Iterator[tuple[int, bytes]]:
        return _cut(rendering, self.room, after, self.tail.rendered(rendering, after, upto))

    def _pieces_for(self, cursor: Cursor, upto: int) -> Iterator[tuple[int, bytes]]:
        rendering, after = cursor.rendering, cursor.seq
        rendered = self.tail.rendered(rendering, after, upto)
        if cursor.first > 1:
            for at, event in enumerate(self.tail.events(after, upto)):
                if is_withheld(event, cursor.first):
                    rendered[at] = rendering.event(visible_form(event, cursor.first))
        return _cut(rendering, self.room, after, rendered)


def _room(cursor: Cursor) -> int:
    return cursor.feed.room


def _find(reader: Client, room: int) -> Cursor | None:
    cursors: tuple[Cursor, ...] = reader.cursors
    index = bisect_left(cursors, room, key=_room)
    return cursors[index] if index < len(cursors) and cursors[index].feed.room == room else None


def _add(cursor: Cursor) -> None:
    cursors = cursor.reader.cursors
    index = bisect_left(cursors, cursor.feed.room, key=_room)
    cursor.reader.cursors = (*cursors[:index], cursor, *cursors[index:])


def _forget(cursor: Cursor) -> None:
    cursors = cursor.reader.cursors
    index = bisect_left(cursors, cursor.feed.room, key=_room)
    if index < len(cursors) and cursors[index] is cursor:
        cursor.reader.cursors = cursors[:index] + cursors[index + 1 :]


def _cut(rendering: Rendering, room: int, after: int, rendered: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """Join rendered events into pieces of bounded size; yield each with the seq of its last event."""
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
        tip: returns the durable tip of a room.
        read_after: reads events from the store.
        spawn: runs a coroutine in the background.
        memory: the bytes that all tails may take together. One more batch may follow before some are emptied.
        first_visible: returns the first seq of a room that a user may see.
    """

    def __init__(
        self,
        tip: Callable[[int], int],
        read_after: ReadAfter,
        spawn: Callable[[Awaitable[None]], object],
        memory: float = inf,
        first_visible: FirstVisible = _from_the_beginning,
    ) -> None:
        self._feeds: dict[int, Feed] = {}
        self._memory = TailMemory()
        self._memory_most = memory
        self._first_visible = first_visible
        # The feeds that have events in their tails, ordered by their last event, the oldest first.
        self._filled: dict[int, Feed] = {}
        self._tip = tip
        self._read_after = read_after
        self._spawn = spawn

    def subscribe(self, reader: Client, room: int, after: int, rendering: Rendering, last: int | None = None) -> None:
        """Begin to write the events of a room after a seq. If `last` is given, end after that seq, which must be in the
        tail already.
        """
        self.unsubscribe(reader, room)
        feed = self._feeds.get(room)
        if feed is None:
            feed = self._feeds[room] = Feed(room, self._tip(room), self._memory)
        # Every event after `after` is visible to the reader, also if they are no member of the room any more.
        first = min(self._first_visible(room, reader.user), after + 1)
        feed.withholds = feed.withholds or first > 1
        cursor = Cursor(feed, reader, rendering, after, first)
        cursor.last = last
        _add(cursor)
        feed.behind.add(cursor)
        self._catch_up(feed, cursor)

    def unsubscribe(self, reader: Client, room: int) -> None:
        """Stop writing the events of a room to a reader."""
        if cursor := _find(reader, room):
            _forget(cursor)
            cursor.feed.remove(cursor)
            self._drop_if_empty(cursor.feed)

    def rerender(self, reader: Client, room: int, rendering: Rendering) -> None:
        """Write later events of the room in another rendering."""
        cursor = _find(reader, room)
        if cursor is None or cursor.rendering == rendering:
            return
        grouped = cursor.grouped
        cursor.feed.fall_behind(cursor)
        cursor.rendering = rendering
        if grouped:
            cursor.feed.group(cursor)

    def append(self, events_by_room: dict[int, list[Event]]) -> None:
        """Append durable events to the tails; nothing is written yet."""
        for room, events in events_by_room.items():
            if feed := self._feeds.get(room):
                feed.tail.append(events)
                self._filled.pop(room, None)
                self._filled[room] = feed

    def end_at(self, reader: Client, room: int, seq: int) -> bool:
        """End the reader's cursor in a room after a seq, which must be in the tail already.

        Returns:
            Whether there is a cursor. If so, `reader.ended` is called: within this call, or later when the last event
            was written.
        """
        cursor = _find(reader, room)
        if cursor is None:
            return False
        cursor.feed.fall_behind(cursor)
        cursor.last = seq
        self._catch_up(cursor.feed, cursor)
        return True

    def pump(self, rooms: Iterable[int]) -> None:
        """Write the appended events to the readers."""
        for room in rooms:
            if feed := self._feeds.get(room):
                feed.pump()
                self._load(feed)
                self._drop_if_empty(feed)
        self._shrink()

    def is_ending(self, reader: Client, room: int) -> bool:
        """Return whether the end of the reader's cursor in a room is set already."""
        cursor = _find(reader, room)
        return cursor is not None and cursor.last is not None

    def readers(self, room: int) -> list[Client]:
        """Return the readers of a room."""
        feed = self._feeds.get(room)
        if feed is None:
            return []
        return [cursor.reader for cursors in (feed.behind, *feed.groups.values()) for cursor in cursors]

    def written(self, reader: Client, room: int) -> int | None:
        """Return the seq up to which a room's events were written to the reader; None if it does not read the room."""
        cursor = _find(reader, room)
        if cursor is None:
            return None
        return cursor.feed.shown if cursor.grouped else cursor.seq

    def paused(self, reader: Client) -> None:
        """Call it when the reader takes no more bytes for now."""
        for cursor in reader.cursors:
            cursor.feed.fall_behind(cursor)

    def resumed(self, reader: Client) -> None:
        """Call it when the reader takes bytes again."""
        for cursor in reader.cursors:
            self._catch_up(cursor.feed, cursor)

    def lost(self, reader: Client) -> None:
        """Call it when the reader has ended."""
        cursors, reader.cursors = reader.cursors, ()
        for cursor in cursors:
            cursor.feed.remove(cursor)
            self._drop_if_empty(cursor.feed)

    def signal(self, signal: AnySignal, but: Client | None = None) -> None:
        """Write a signal to the readers of its room, except one."""
        if feed := self._feeds.get(signal.room):
            feed.signal(signal, but)

    def page_before(self, room: int, seq: int, limit: int, *, said: bool) -> list[Event] | None:
        """Return the page of a log before a seq from memory; None if memory does not have all of it."""
        feed = self._feeds.get(room)
        return None if feed is None else feed.tail.before(seq, limit, said=said)

    def folded_before(self, room: int, seq: int, limit: int) -> list[Item] | None:
        """Return the folded page of a log before a seq from memory; None if memory does not have all of it."""
        feed = self._feeds.get(room)
        return None if feed is None else feed.tail.folded_before(seq, limit)

    def relate(self, events: Iterable[RelatedEvent]) -> None:
        """Note which messages in memory the appended events change."""
        for event in events:
            if feed := self._feeds.get(event.room):
                feed.tail.relate(event)

    def form(self, room: int, seq: int) -> Message | None:
        """Return the durable form of a message from memory; None if it is not there."""
        feed = self._feeds.get(room)
        return None if feed is None else feed.tail.form(seq)

    def events_after(self, room: int, seq: int) -> list[Event] | None:
        """Return the events of a room after a seq; none if the room has no readers. None if memory does not have all of
        them.
        """
        feed = self._feeds.get(room)
        if feed is None or feed.tail.tip <= seq:
            return []
        return None if seq < feed.tail.floor - 1 else feed.tail.events(seq, feed.tail.tip)

    def erase(self, room: int, by: Mapping[int, int]) -> None:
        """Erase messages of a room, and the text of their changes, from memory; see `Tail.erase`."""
        if feed := self._feeds.get(room):
            feed.tail.erase(by)

    def learn_said(self, room: int, before: int, events: list[Event], limit: int) -> None:
        """Keep a page of messages that was read from the store in memory, for the next requests."""
        if feed := self._feeds.get(room):
            feed.tail.learn_said(before, events, all_there_are=len(events) < limit)

    def forget(self) -> None:
        """Drop the events in the tails that were written already, because some of their texts were erased in the
        store.
        """
        for feed in self._feeds.values():
            feed.forget()

    def lag(self, reader: Client) -> int:
        """Return how many events of its rooms were not written to the reader yet."""
        return sum(cursor.feed.tail.tip - cursor.seq for cursor in reader.cursors if not cursor.grouped)

    def has_unwritten(self, reader: Client) -> bool:
        """Return whether a later `pump` will write events to the reader, though it is in step."""
        return any(cursor.grouped and cursor.feed.shown < cursor.feed.tail.tip for cursor in reader.cursors)

    def _catch_up(self, feed: Feed, cursor: Cursor) -> None:
        feed.catch_up(cursor)
        self._load(feed)
        self._drop_if_empty(feed)

    def _load(self, feed: Feed) -> None:
        if feed.waiting and not feed.loading:
            feed.loading = True
            self._spawn(self._load_waiting(feed))

    async def _load_waiting(self, feed: Feed) -> None:
        """Serve the cursors below the tail's floor, a page at a time. A page that ends right below the floor is added
        to the tail, for all readers.
        """
        try:
            while feed.waiting:
                cursor = feed.waiting.pop(0)
                if cursor not in feed.behind or not cursor.reader.writable:
                    continue
                if cursor.seq + 1 < feed.tail.floor:
                    events = await self._read_after(
                        feed.room, cursor.seq, min(CATCH_UP_EVENTS, feed.tail.floor - 1 - cursor.seq)
                    )
                    if not events:
                        # The store can't be read now. The next event of the room, or `resumed`, tries again.
                        continue
                    if events[-1].seq == feed.tail.floor - 1:
                        feed.tail.extend_down(events)
                        self._filled.setdefault(feed.room, feed)
                        self._shrink()
                    if events[0].seq == cursor.seq + 1 and cursor.seq + 1 < feed.tail.floor:
                        feed.write_page(cursor, events)
                feed.catch_up(cursor)
        finally:
            feed.loading = False
            self._drop_if_empty(feed)

    def _drop_if_empty(self, feed: Feed) -> None:
        if feed.empty and not feed.loading and self._feeds.get(feed.room) is feed:
            del self._feeds[feed.room]
            self._filled.pop(feed.room, None)
            feed.tail.release()

    def _shrink(self) -> None:
        """If the tails take too much memory, empty those of the rooms that have been quiet longest.

        More than necessary is emptied, so that this happens rarely.
        """
        if self._memory.used > self._memory_most:
            while self._filled and self._memory.used > self._memory_most * 7 / 8:
                feed = self._filled.pop(next(iter(self._filled)))
                feed.forget()
