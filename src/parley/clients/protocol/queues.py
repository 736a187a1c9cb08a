"""The user's messages and requests in queues: one for each conversation.

Only the first item of a queue is sent; the next one starts when the server has answered. If two messages were sent at
once, the first could be refused for the moment (`retry_after`) and the second be stored, and a retry could not restore
their order. The queues do not wait for one another.

A conversation is identified by the id of its room, the name of the room, or its people. An item is added under all
names that are known for its conversation. If two queues turn out to be the same conversation, they are merged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from parley.wire import web

from .requests import OutboxEntry, UserRequest

RETRY_MOST_SECONDS: Final = 15.0
"""A refusal that says to try again later than this is final."""

_OF_THE_ROOM: Final = ("slow", "muted")
"""Refusals that concern one conversation; all others concern the whole server."""


class QueuedItem:
    """A message or a request in its queue.

    Attributes:
        serial: its number in the order in which the user made messages and requests.
        item: a message, or a request.
        queue: the queue of its conversation.
        sent: whether it was sent and is not answered yet.
    """

    __slots__ = ("item", "queue", "sent", "serial")

    def __init__(self, serial: int, item: OutboxEntry | UserRequest, queue: ConversationQueue) -> None:
        self.serial = serial
        self.item = item
        self.queue = queue
        self.sent = False


class ConversationQueue:
    """The queue of one conversation."""

    def __init__(self) -> None:
        self.items: deque[QueuedItem] = deque()
        self.names: set[str] = set()
        self.sent = 0

    def absorb(self, other: ConversationQueue) -> None:
        """Take the items of another queue of the same conversation, in the order of their serials."""
        self.items = deque(sorted((*self.items, *other.items), key=lambda queued: queued.serial))
        self.names |= other.names
        self.sent += other.sent
        for queued in other.items:
            queued.queue = self


class ConversationQueues:
    """All queues of a session.

    Attributes:
        entries: the messages that are not settled, by serial.
        requests: the requests that are not answered, by serial; without those that only read.
    """

    def __init__(self) -> None:
        self.entries: dict[int, QueuedItem] = {}
        self.requests: dict[int, QueuedItem] = {}
        self._named: dict[str, ConversationQueue] = {}
        # The queues without an item that was sent and not answered, in order.
        self._idle: dict[ConversationQueue, None] = {}
        # The time until which a queue waits; the key None stands for all queues.
        self._stalled: dict[ConversationQueue | None, float] = {}
        self._barriers: dict[int, None] = {}  # the serials of the barriers, in order
        self._serial = 0

    def next_serial(self) -> int:
        self._serial += 1
        return self._serial

    def add_barrier(self) -> int:
        """Return a new serial. No item with a greater serial starts until this barrier is removed."""
        serial = self.next_serial()
        self._barriers[serial] = None
        return serial

    def add(self, item: OutboxEntry | UserRequest, names: Iterable[str], *, barrier: bool = False) -> None:
        """Put an item at the end of its queue; `names` are all names of the conversation.

        Args:
            barrier: whether the item waits for all earlier items, and all later items wait for it. It does not wait for
                a queue that is stalled.
        """
        queue = self._queue(names)
        queued = QueuedItem(self.add_barrier() if barrier else self.next_serial(), item, queue)
        queue.items.append(queued)
        (self.entries if isinstance(item, OutboxEntry) else self.requests)[queued.serial] = queued

    def _queue(self, names: Iterable[str]) -> ConversationQueue:
        names = set(names)
        found = list(dict.fromkeys(self._named[name] for name in names if name in self._named))
        queue = found[0] if found else ConversationQueue()
        for other in found[1:]:
            queue.absorb(other)
            self._idle.pop(other, None)
            if (until := self._stalled.pop(other, None)) is not None:
                self._stalled[queue] = max(until, self._stalled.get(queue, 0.0))
        queue.names |= names
        self._named.update(dict.fromkeys(queue.names, queue))
        self._update(queue)
        return queue

    def _update(self, queue: ConversationQueue) -> None:
        if queue.sent:
            self._idle.pop(queue, None)
        else:
            self._idle[queue] = None

    def heads(self, now: float) -> list[QueuedItem]:
        """Return the first item of each queue that may start one."""
        if self.stalled(now):
            return []
        barrier = next(iter(self._barriers), self._serial)
        return [
            head
            for queue in self._idle
            if (head := queue.items[0]).serial <= barrier
            and self._stalled.get(queue, 0.0) <= now
            and not (head.serial in self._barriers and self.holds_up(head.serial, None, now))
        ]

    def first(self, name: str) -> QueuedItem | None:
        """Return the first item of the conversation of that name."""
        queue = self._named.get(name)
        return None if queue is None else queue.items[0]

    def holds_up(self, serial: int, names: Iterable[str] | None, now: float) -> bool:
        """Return whether a query has to wait: for a barrier, or for an earlier item of its conversation (`names` None:
        of any conversation) that is not in a stalled queue.
        """
        if self.stalled(now):
            return False
        if serial > next(iter(self._barriers), self._serial):
            return True
        found = self._named.values() if names is None else [self._named[name] for name in names if name in self._named]
        return any(queue.items[0].serial < serial and self._stalled.get(queue, 0.0) <= now for queue in found)

    def has_before(self, serial: int) -> bool:
        """Return whether any earlier item is not settled."""
        return any(queue.items[0].serial < serial for queue in self._named.values())

    def start(self, queued: QueuedItem) -> None:
        """Record that the first item of a queue was sent."""
        queued.sent = True
        queued.queue.sent += 1
        self._update(queued.queue)

    def reset(self, queued: QueuedItem) -> None:
        """Record that a sent item will get no answer, so that it is sent again."""
        if queued.sent:
            queued.sent = False
            queued.queue.sent -= 1
            self._update(queued.queue)

    def remove(self, queued: QueuedItem) -> None:
        """Remove an item that is settled."""
        queue = queued.queue
        self.reset(queued)
        if queue.items[0] is queued:
            queue.items.popleft()
        else:
            queue.items.remove(queued)  # it was sent as the first item, before its queue was merged with another one
        self.entries.pop(queued.serial, None)
        self.requests.pop(queued.serial, None)
        self._barriers.pop(queued.serial, None)
        if not queue.items:
            for name in queue.names:
                del self._named[name]
            self._idle.pop(queue, None)
            self._stalled.pop(queue, None)

    # Refusals for a moment

    @property
    def deadline(self) -> float | None:
        """The time at which the first stall ends; None if there is none."""
        return min(self._stalled.values(), default=None)

    def stalled(self, now: float) -> bool:
        """Return whether all queues have to wait."""
        return self._stalled.get(None, 0.0) > now

    def postpone(self, frame: web.Error, now: float, queued: QueuedItem | None = None) -> bool:
        """Stall if the refusal is only for the moment: the queue of `queued` if the refusal concerns its conversation,
        otherwise all queues.

        Returns:
            False if the refusal is final.
        """
        if frame.retry_after is None or frame.retry_after > RETRY_MOST_SECONDS * 1000:
            return False
        stalled = queued.queue if queued is not None and frame.code in _OF_THE_ROOM else None
        until = now + max(frame.retry_after, 1) / 1000
        self._stalled[stalled] = max(until, self._stalled.get(stalled, 0.0))
        return True

    def wake(self, now: float) -> bool:
        """End the stalls whose time has come. Return whether one of them was for all queues."""
        ended = [queue for queue, until in self._stalled.items() if until <= now]
        for queue in ended:
            del self._stalled[queue]
        return None in ended

    def lost(self) -> None:
        """Call it when the connection has ended: no item is waiting for an answer any more, and no queue is stalled."""
        for queued in (*self.entries.values(), *self.requests.values()):
            self.reset(queued)
        self._stalled.clear()
