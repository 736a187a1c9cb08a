"""What the user wants, in lanes: one for each conversation.

A lane is a queue. Only its first item is under way, and the next one starts when the server has answered: of two
messages that are sent at once, the first may be refused for a moment (`retry_after`) and the second be stored, and no
retry puts them back in order. Lanes do not wait for one another.

A conversation can be called by the id of its room, by the name of the room, or by its people. An item is added under
all names that are known for its conversation. If two lanes turn out to be the same conversation, they are merged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from parley.wire import web

from .requests import OutboxEntry, Request

RETRY_MOST_SECONDS: Final = 15.0
"""A refusal that says to try again later than this is final."""

_OF_THE_ROOM: Final = ("slow", "muted")
"""Refusals that concern one conversation; all others concern the whole server."""


class LaneItem:
    """An item in its lane.

    Attributes:
        serial: its place in the order in which the user asked for things.
        item: a message, or a request.
        lane: the lane.
        sent: whether it is under way: sent, and not answered.
    """

    __slots__ = ("item", "lane", "sent", "serial")

    def __init__(self, serial: int, item: OutboxEntry | Request, lane: Lane) -> None:
        self.serial = serial
        self.item = item
        self.lane = lane
        self.sent = False


class Lane:
    """The queue of one conversation."""

    def __init__(self) -> None:
        self.queue: deque[LaneItem] = deque()
        self.names: set[str] = set()
        self.sent = 0

    def absorb(self, other: Lane) -> None:
        """Take the items of another lane of the same conversation, in the order of their serials."""
        self.queue = deque(sorted((*self.queue, *other.queue), key=lambda waiting: waiting.serial))
        self.names |= other.names
        self.sent += other.sent
        for waiting in other.queue:
            waiting.lane = self


class OutboxLanes:
    """All lanes of a session.

    Attributes:
        entries: the messages that are not settled, by serial.
        requests: the requests that are not answered, by serial; without those that only read.
    """

    def __init__(self) -> None:
        self.entries: dict[int, LaneItem] = {}
        self.requests: dict[int, LaneItem] = {}
        self._named: dict[str, Lane] = {}
        self._idle: dict[Lane, None] = {}  # the lanes of which nothing is under way, in order
        self._stalled: dict[Lane | None, float] = {}  # until when; None stands for all lanes
        self._barriers: dict[int, None] = {}  # serials, in order
        self._serial = 0

    def next_serial(self) -> int:
        self._serial += 1
        return self._serial

    def add_barrier(self) -> int:
        """Return a serial; no item with a greater one starts."""
        serial = self.next_serial()
        self._barriers[serial] = None
        return serial

    def add(self, item: OutboxEntry | Request, names: Iterable[str], *, barrier: bool = False) -> None:
        """Put an item at the end of its lane; `names` are all names of the conversation.

        Args:
            barrier: whether the item waits for the others before it, and those after it wait for it. It does not wait
                for a lane that is stalled.
        """
        lane = self._lane(names)
        waiting = LaneItem(self.add_barrier() if barrier else self.next_serial(), item, lane)
        lane.queue.append(waiting)
        (self.entries if isinstance(item, OutboxEntry) else self.requests)[waiting.serial] = waiting

    def _lane(self, names: Iterable[str]) -> Lane:
        names = set(names)
        found = list(dict.fromkeys(self._named[name] for name in names if name in self._named))
        lane = found[0] if found else Lane()
        for other in found[1:]:
            lane.absorb(other)
            self._idle.pop(other, None)
            if (until := self._stalled.pop(other, None)) is not None:
                self._stalled[lane] = max(until, self._stalled.get(lane, 0.0))
        lane.names |= names
        self._named.update(dict.fromkeys(lane.names, lane))
        self._update(lane)
        return lane

    def _update(self, lane: Lane) -> None:
        if lane.sent:
            self._idle.pop(lane, None)
        else:
            self._idle[lane] = None

    def heads(self, now: float) -> list[LaneItem]:
        """Return the first items of the lanes that may start something."""
        if self.stalled(now):
            return []
        barrier = next(iter(self._barriers), self._serial)
        return [
            head
            for lane in self._idle
            if (head := lane.queue[0]).serial <= barrier
            and self._stalled.get(lane, 0.0) <= now
            and not (head.serial in self._barriers and self.holds_up(head.serial, None, now))
        ]

    def first(self, name: str) -> LaneItem | None:
        """Return the first item of the conversation of that name."""
        lane = self._named.get(name)
        return None if lane is None else lane.queue[0]

    def holds_up(self, serial: int, names: Iterable[str] | None, now: float) -> bool:
        """Tell whether a query has to wait: for a barrier, or for an earlier item in its conversation (None: in any)
        that is not itself waiting to be tried again.
        """
        if self.stalled(now):
            return False
        if serial > next(iter(self._barriers), self._serial):
            return True
        found = self._named.values() if names is None else [self._named[name] for name in names if name in self._named]
        return any(lane.queue[0].serial < serial and self._stalled.get(lane, 0.0) <= now for lane in found)

    def has_before(self, serial: int) -> bool:
        """Tell whether any earlier item is not settled."""
        return any(lane.queue[0].serial < serial for lane in self._named.values())

    def start(self, waiting: LaneItem) -> None:
        """The first item of a lane is sent."""
        waiting.sent = True
        waiting.lane.sent += 1
        self._update(waiting.lane)

    def reset(self, waiting: LaneItem) -> None:
        """An item is not under way any more, and is to be sent again."""
        if waiting.sent:
            waiting.sent = False
            waiting.lane.sent -= 1
            self._update(waiting.lane)

    def remove(self, waiting: LaneItem) -> None:
        """An item is settled."""
        lane = waiting.lane
        self.reset(waiting)
        if lane.queue[0] is waiting:
            lane.queue.popleft()
        else:
            lane.queue.remove(waiting)  # it was sent before its lane was merged with another
        self.entries.pop(waiting.serial, None)
        self.requests.pop(waiting.serial, None)
        self._barriers.pop(waiting.serial, None)
        if not lane.queue:
            for name in lane.names:
                del self._named[name]
            self._idle.pop(lane, None)
            self._stalled.pop(lane, None)

    # Refusals for a moment

    @property
    def deadline(self) -> float | None:
        """When the first stall ends."""
        return min(self._stalled.values(), default=None)

    def stalled(self, now: float) -> bool:
        """Tell whether everything has to wait."""
        return self._stalled.get(None, 0.0) > now

    def postpone(self, frame: web.Error, now: float, waiting: LaneItem | None = None) -> bool:
        """Wait if the server refuses something for a moment: the lane of `waiting` if the refusal concerns its
        conversation, otherwise everything.

        Returns:
            False if the refusal is final.
        """
        if frame.retry_after is None or frame.retry_after > RETRY_MOST_SECONDS * 1000:
            return False
        stalled = waiting.lane if waiting is not None and frame.code in _OF_THE_ROOM else None
        until = now + max(frame.retry_after, 1) / 1000
        self._stalled[stalled] = max(until, self._stalled.get(stalled, 0.0))
        return True

    def wake(self, now: float) -> bool:
        """End the stalls whose time has come; returns whether one of them was for everything."""
        ended = [lane for lane, until in self._stalled.items() if until <= now]
        for lane in ended:
            del self._stalled[lane]
        return None in ended

    def lost(self) -> None:
        """The connection has ended: nothing is under way, and nothing has to wait."""
        for waiting in (*self.entries.values(), *self.requests.values()):
            self.reset(waiting)
        self._stalled.clear()
