"""The tail of a room's log: its newest events in memory, with their bytes in each rendering."""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import dropwhile
from operator import attrgetter
from typing import Final

from msgspec.structs import replace

from .erasure import WITH_TEXT, is_said, tombstone
from .events import Event, RelatedEvent
from .folding import Item, fold_runs
from .forms import Message, changed_by
from .kinds import MESSAGE_KINDS, PASSING_KINDS
from .rendering import Rendering

TAIL_EVENTS: Final = 1_024
TAIL_BYTES: Final = 512 * 1024

SAID_KEPT: Final = 20
"""This many messages are kept below the floor. New readers are shown the last messages; in a room in which many join
and few write, the events above the floor may contain none.
"""


_seq: Final = attrgetter("seq")

_EVENT_BYTES: Final = 300
"""The memory of an event without its text."""

_DATA_BYTES: Final = 40
"""The memory of a rendered event without its bytes."""


class TailMemory:
    """The memory that several tails use together: `used`, in bytes, estimated."""

    __slots__ = ("used",)

    def __init__(self) -> None:
        self.used = 0


class _Rendered:
    """The bytes of consecutive events; the first of them has the seq `first`."""

    __slots__ = ("data", "first")

    def __init__(self, first: int) -> None:
        self.first = first
        self.data: list[bytes] = []


class Tail:
    """The newest events of one room, without gaps.

    Attributes:
        floor: the lowest seq in the tail; `tip + 1` while it is empty.
        tip: the seq of the newest event.

    Args:
        tip: the seq of the newest event in the store.
        memory: the memory that this tail counts its own in.
    """

    __slots__ = (
        "_changes",
        "_events",
        "_memory",
        "_rendered",
        "_said",
        "_said_below",
        "_said_from",
        "_said_upto",
        "_size",
        "_used",
        "floor",
        "tip",
    )

    def __init__(self, tip: int, memory: TailMemory | None = None) -> None:
        self._memory = TailMemory() if memory is None else memory
        self._used = 0
        self.floor = tip + 1
        self.tip = tip
        self._events: list[Event] = []
        self._rendered: dict[Rendering, _Rendered] = {}
        self._size = 0
        # By message, the events of this tail that change its form. They are all that there are for the tail's messages,
        # because an event comes after the message that it changes.
        self._changes: dict[int, list[RelatedEvent]] = {}
        # The last messages below the floor, for new readers, with the text of edits that the tail has dropped. From
        # `_said_from` to the floor, no message is missing.
        self._said_below: list[Event] = []
        self._said_from = self.floor
        # The messages in the tail up to the seq `_said_upto`. `_find_said` adds later ones when they are asked for.
        self._said: list[Event] = []
        self._said_upto = tip

    def append(self, events: list[Event]) -> None:
        """Add events that follow the tip. None is dropped before `trim`: readers need them all.

        Raises:
            ValueError: the events do not follow the tip, so that a reader would miss some.
        """
        if events[0].seq != self.tip + 1:
            raise ValueError(f"the tail of room {events[0].room} ends at {self.tip}, and {events[0].seq} can't follow")
        self._events += events
        self.tip += len(events)
        self._resize(sum([_size(event) for event in events]))

    def relate(self, event: RelatedEvent) -> None:
        """Note that an event of the tail changes the forms of messages. Call it for related events after `append`."""
        for seq in changed_by(event):
            self._changes.setdefault(seq, []).append(event)

    def form(self, seq: int) -> Message | None:
        """Return the present form of a message; None if the tail does not have the message."""
        if not self.floor <= seq <= self.tip or (event := self._events[seq - self.floor]).kind not in MESSAGE_KINDS:
            return None
        message = Message.of(event)
        for change in self._changes.get(seq, ()):
            message.apply_any(change)
        return message

    def extend_down(self, events: list[Event]) -> None:
        """Add older events that end right below the floor, as far as the bounds allow; ignore any others."""
        if not events or events[-1].seq != self.floor - 1:
            return
        size = sum(map(_size, events))
        if len(self._events) + len(events) > 2 * TAIL_EVENTS or self._size + size > 2 * TAIL_BYTES:
            return
        self._events[:0] = events
        self._resize(size)
        self.floor = events[0].seq
        self._keep_said([event for event in self._said_below if event.seq < self.floor])
        self._said_from = min(self._said_from, self.floor)
        self._said, self._said_upto = [], self.floor - 1
        self._find_changes()

    def learn_said(self, before: int, events: list[Event], *, all_there_are: bool) -> None:
        """Add the last messages and actions before a seq from the store; `all_there_are`: no older ones exist."""
        begin = 1 if all_there_are or not events else events[0].seq
        if begin < self._said_from <= before:
            older = [event for event in events if event.seq < self._said_from]
            self._keep_said([*older, *self._said_below])
            self._said_from = begin

    def events(self, after: int, upto: int) -> list[Event]:
        """Return the events with `after < seq <= upto`, where `after >= floor - 1`."""
        return self._events[after + 1 - self.floor : upto + 1 - self.floor]

    def before(self, seq: int, limit: int, *, said: bool = False) -> list[Event] | None:
        """Return the last `limit` events before `seq`, oldest first; with `said` only messages and actions that were
        not erased, with their present text.

        None if the tail does not reach that far.
        """
        if not said:
            known = self._events[: max(seq - self.floor, 0)][-limit:]
            return known if len(known) == limit or self.floor <= 1 else None
        self._find_said()
        found = _last_before(self._said, seq, limit)
        if len(found) < limit:
            found = _last_before(self._said_below, seq, limit - len(found)) + found
        if len(found) < limit and self._said_from > 1:
            return None
        return [self._presented(event) for event in found] if self._changes else found

    def folded_before(self, seq: int, limit: int) -> list[Item] | None:
        """Return the last `limit` items of the folded log before `seq`, oldest first.

        None if the tail does not reach that far.
        """
        # If most events are messages, twice `limit` is enough. Otherwise the caller asks the store, which skips over
        # long runs.
        known = self._events[: max(seq - self.floor, 0)][-2 * limit :]
        whole = self.floor <= 1 and seq - self.floor <= 2 * limit
        # Comings and goings at the beginning of `known` may be the end of a longer run.
        items = fold_runs(known if whole else dropwhile(lambda event: event.kind in PASSING_KINDS, known))
        return items[-limit:] if whole or len(items) >= limit else None

    def rendered(self, rendering: Rendering, after: int, upto: int) -> list[bytes]:
        """Return the events with `after < seq <= upto`, as `events` does, but as the bytes of `rendering`. An event is
        rendered when it is first asked for, and once only while `trim` keeps it, however many readers ask.
        """
        ready = self._rendered.get(rendering)
        if ready is None or after >= ready.first + len(ready.data):
            self.forget(rendering)
            ready = self._rendered[rendering] = _Rendered(after + 1)
        elif after + 1 < ready.first:
            older = [rendering.event(event) for event in self.events(after, ready.first - 1)]
            ready.data[:0] = older
            ready.first = after + 1
            self._use(_data_size(older))
        end = ready.first + len(ready.data) - 1
        if upto > end:
            newer = [rendering.event(event) for event in self.events(end, upto)]
            ready.data += newer
            self._use(_data_size(newer))
        return ready.data[after + 1 - ready.first : upto + 1 - ready.first]

    def forget(self, rendering: Rendering) -> None:
        """Drop the bytes of a rendering that has no readers any more."""
        if ready := self._rendered.pop(rendering, None):
            self._use(-_data_size(ready.data))

    def forget_before(self, seq: int) -> None:
        """Drop the events before a seq."""
        excess = min(max(seq - self.floor, 0), len(self._events))
        self._resize(-sum(map(_size, self._events[:excess])))
        del self._events[:excess]
        self._find_changes()
        self._drop(excess)
        self._keep_said([])
        self._said_from = self.floor

    def trim(self) -> None:
        """Drop the oldest events if there are too many.

        It does so only when a bound is exceeded twofold. Dropping events moves the others in memory; this way each
        event is moved once on average.
        """
        if len(self._events) <= 2 * TAIL_EVENTS and self._size <= 2 * TAIL_BYTES:
            return
        excess = max(len(self._events) - TAIL_EVENTS, 0)
        size = self._size - sum(map(_size, self._events[:excess]))
        while size > TAIL_BYTES and excess < len(self._events) - 1:
            size -= _size(self._events[excess])
            excess += 1
        self._resize(size - self._size)
        said = self._said_below + [event for event in self._events[:excess] if is_said(event)]
        self._keep_said([self._presented(event) for event in said[-SAID_KEPT:]])
        if len(said) > SAID_KEPT:
            self._said_from = self._said_below[0].seq
        del self._events[:excess]
        if self._changes:
            self._find_changes()
        self._drop(excess)

    def erase(self, by: Mapping[int, int]) -> None:
        """Replace messages, and those of their changes that have text, by what an erasure leaves. `by` maps the seq of
        each message to that of the event that erases it. Messages that answer one of them are rendered again.
        """
        for at, event in enumerate(self._events):
            shown, related = event, event if isinstance(event, RelatedEvent) else None
            is_change = related is not None and event.kind in WITH_TEXT
            eraser = by.get(related.target if related is not None and is_change else event.seq)
            if eraser is not None:
                shown = self._events[at] = tombstone(event, eraser)
                self._resize(_size(shown) - _size(event))
            elif related is None or not (related.target in by or related.reply in by):
                continue
            # Those that answer an erased message may quote it.
            for rendering, ready in self._rendered.items():
                if 0 <= (place := event.seq - ready.first) < len(ready.data):
                    data = rendering.event(shown)
                    self._use(len(data) - len(ready.data[place]))
                    ready.data[place] = data
        self._find_changes()
        self._keep_said([event for event in self._said_below if event.seq not in by])
        self._said = [event for event in self._said if event.seq not in by]

    def release(self) -> None:
        """Remove this tail's share from the memory count. Do not use the tail after that."""
        self._use(-self._used)

    def _find_changes(self) -> None:
        """Find the changes again, after events were dropped or added below."""
        self._changes = {}
        for event in self._events:
            if type(event) is RelatedEvent:
                self.relate(event)

    def _presented(self, event: Event) -> Event:
        """Return a message with the text of its newest edit."""
        edits = [change for change in self._changes.get(event.seq, ()) if change.kind == "edited"]
        return replace(event, text=edits[-1].text, mentions=edits[-1].mentions) if edits else event

    def _use(self, size: int) -> None:
        self._used += size
        self._memory.used += size

    def _resize(self, size: int) -> None:
        """Count `size` bytes of events as added or, if `size` is negative, as dropped."""
        self._size += size
        self._use(size)

    def _find_said(self) -> None:
        """Complete `_said`. Each event is examined once only, even if thousands of users join a room one after another
        and each is shown its last messages.
        """
        if self._said_upto < self.tip:
            later = self._events[self._said_upto + 1 - self.floor :]
            self._said += [event for event in later if is_said(event)]
            self._said_upto = self.tip

    def _keep_said(self, events: list[Event]) -> None:
        self._use(sum(map(_size, events)) - sum(map(_size, self._said_below)))
        self._said_below = events

    def _drop(self, excess: int) -> None:
        """Raise the floor over events that were deleted, and drop their bytes."""
        self.floor += excess
        del self._said[: bisect_left(self._said, self.floor, key=_seq)]
        self._said_upto = max(self._said_upto, self.floor - 1)
        for ready in self._rendered.values():
            if ready.first < self.floor:
                self._use(-_data_size(ready.data[: self.floor - ready.first]))
                del ready.data[: self.floor - ready.first]
                ready.first = self.floor


def _last_before(events: list[Event], seq: int, limit: int) -> list[Event]:
    end = bisect_left(events, seq, key=_seq)
    return events[max(end - limit, 0) : end]


def _size(event: Event) -> int:
    return len(event.text) + _EVENT_BYTES


def _data_size(data: list[bytes]) -> int:
    return sum(map(len, data)) + _DATA_BYTES * len(data)
