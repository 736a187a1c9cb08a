"""The projection: brings state and clients up to date with committed batches."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from parley.core.events import DIRECTORY, Event, RelatedEvent, departed
from parley.core.ports import Batch
from parley.core.read_marks import RoomReadMarks
from parley.core.records import (
    DropTokens,
    DropWebhook,
    ForgetUser,
    PutPreference,
    PutReadMark,
    Record,
    Recount,
    Webhook,
)
from parley.core.roles import visible
from parley.gateways.view import View
from parley.server.protocols import Client

from .history import LogReader
from .isolation import isolated
from .presence import Presence
from .read_marks import ReadMarkWriter
from .sessions import ClientSessions
from .subscription import Feeds
from .tcp_delivery import TcpDelivery

log = logging.getLogger("parley")

NOTHING: Final[Mapping[int, RoomReadMarks]] = MappingProxyType({})

TURN_SECONDS: Final = 0.002
"""After this time, counted from `apply`, the events of further rooms are written in later turns of the event loop: a
user in a thousand rooms may have changed their name.
"""

ROOMS_UNTIMED: Final = 16
"""The clock is read once for this many rooms. The events of a batch of so few rooms are written in one turn, except if
those of earlier batches are still to be written.
"""

UNSHOWN_BATCHES: Final = 8
"""If the events of more batches are still to be written, all are written at once."""


class WebhookPort(Protocol):
    """See `parley.server.webhooks.Webhooks`."""

    def put(self, hook: Webhook) -> None: ...
    def drop(self, hook: int, room: int) -> None: ...
    def member_left(self, room: int, user: int) -> None: ...
    def wake(self, room: int) -> None: ...
    def erased(self) -> None: ...


class AppliedBatch(NamedTuple):
    """A batch between `apply` and `show`.

    Attributes:
        batch: the batch.
        events_by_room: its events, by log.
        erased: whether the batch has erased texts of stored events.
        recounted: the readers whose unread count a deleted account has changed, each with the room.
    """

    batch: Batch
    events_by_room: dict[int, list[Event]]
    erased: bool
    recounted: list[tuple[Client, int]]


@dataclass(eq=False, kw_only=True)
class Projection:
    """Brings the durable state and the clients of this process up to date with committed batches.

    It does not know who committed a batch: this process or another one. For each batch, in the order of the commits,
    `apply` is called and then `show` with what it returned. The submitters are answered between the two. `show` writes
    the events of a batch before those of later ones, but may go on with those of many rooms after it has returned;
    `finish` writes them all.

    Args:
        later: calls a function in the next turn of the event loop.
        view: the durable state, the read marks and the preferences, which are changed here and nowhere else.
        feeds: the clients' subscriptions.
        presence: knows the clients of each user.
        sessions: ends the clients whose sessions are over.
        read_marks: reports moved read marks to clients.
        tcp_delivery: finds out whether written events have arrived at line clients.
        webhooks: the outgoing webhooks.
        log_reader: told when texts are erased.
        released: called with the id of a user who has released their name.
        changed: called with each event that changes a message, when it is shown.
    """

    later: Callable[[Callable[[], None]], object]
    view: View
    feeds: Feeds
    presence: Presence
    sessions: ClientSessions
    read_marks: ReadMarkWriter
    tcp_delivery: TcpDelivery
    webhooks: WebhookPort
    log_reader: LogReader
    released: Callable[[int], None]
    changed: Callable[[RelatedEvent], None] = lambda event: None
    _unshown: deque[Iterator[None]] = field(default_factory=deque)  # the steps in which the events are written
    _until: float = 0.0  # when the current turn ends, by the performance counter
    _going_on: bool = False

    def apply(self, batch: Batch, recounted: Mapping[int, RoomReadMarks] = NOTHING) -> AppliedBatch:
        """Fold a batch into the state, the tails and the marks. Clients that may not read a room any more are told at
        which event they end. No event is shown yet.

        Args:
            batch: the batch.
            recounted: `parley.core.ports.Store.recounted` after the batch, if it erases the messages of an account.
        """
        self._until = time.perf_counter() + TURN_SECONDS
        events_by_room: dict[int, list[Event]] = {}
        for event in batch.events:
            events = events_by_room.get(event.room)
            if events is None:
                events_by_room[event.room] = [event]
            else:
                events.append(event)
        self.view.state.apply_all(batch.events)
        self.view.directory.apply(batch.non_messages)
        self.feeds.append(events_by_room)
        self.feeds.relate(batch.related)
        for room, events in events_by_room.items():
            if room != DIRECTORY:
                self.view.marks.apply(room, events)
        for event in batch.non_messages:
            if gone := departed(event):
                for client in self.presence.connections(gone):
                    with isolated:
                        client.left(event)
                self.webhooks.member_left(event.room, gone)
            elif event.kind == "guests" and event.text == "off":
                self._end_outside_readers(event)
        quotes = self.view.quotes
        for room, seq, quote in batch.quotes:
            quotes.put(room, seq, quote)
        erasers: dict[int, dict[int, int]] = {}
        for event in batch.related:
            quotes.apply(event)
            if event.kind == "erased":
                erasers.setdefault(event.room, {})[event.target] = event.seq
        if erasers:
            self.log_reader.erased()
            self.webhooks.erased()
        for room, by in erasers.items():
            self.feeds.erase(room, by)
        erased = False
        for record in batch.records:
            erased |= self._apply_record(record)
        return AppliedBatch(batch, events_by_room, erased, list(self._put_recounted(recounted)))

    def _put_recounted(self, recounted: Mapping[int, RoomReadMarks]) -> Iterator[tuple[Client, int]]:
        """Replace the read marks of rooms. Yield the readers whose counts have changed."""
        marks = self.view.marks
        for room, after in recounted.items():
            before = marks.rooms[room]
            marks.rooms[room] = after
            for client in self.feeds.readers(room):
                if before.position(client.user) != after.position(client.user):
                    yield client, room

    def show(self, applied: AppliedBatch) -> None:
        """Tell the clients about a batch that was applied, and write its events to the readers. Those of many rooms are
        written over several turns of the event loop. The submitters were answered before.
        """
        for event in applied.batch.non_messages:
            if event.kind == "joined":
                for client in self.presence.connections(event.user):
                    with isolated:
                        client.joined(event)
            elif event.kind == "invited" and event.about is not None:
                for client in self.presence.connections(event.about.user):
                    with isolated:
                        client.invited(event)
            elif event.kind == "registered":
                for client in self.presence.connections(event.user):
                    with isolated:
                        client.registered()
            elif event.kind == "profile":
                self.presence.signal("profile", event.user)
            elif event.kind == "released":
                self.released(event.user)
                log.info("%s has left the chat room!", event.name, extra={"user": event.user})
            elif event.kind == "created" and self.view.state.rooms[event.room].kind == "public":
                log.info("the room #%s is open", event.text, extra={"room": event.room})
        self.sessions.shown()
        self._unshown.append(self._write_events(applied))
        if len(self._unshown) > UNSHOWN_BATCHES:
            self.finish()
        else:
            self._write_for_a_turn()

    def finish(self) -> None:
        """Write all events that `show` has not written yet."""
        while self._unshown:
            for _ in self._unshown.popleft():
                pass

    def _write_for_a_turn(self) -> None:
        while self._unshown:
            steps = self._unshown.popleft()
            for _ in steps:
                if time.perf_counter() > self._until:
                    self._unshown.appendleft(steps)
                    self._go_on_later()
                    return
            if self._unshown and time.perf_counter() > self._until:
                self._go_on_later()
                return

    def _go_on_later(self) -> None:
        if not self._going_on:
            self._going_on = True
            self.later(self._go_on)

    def _go_on(self) -> None:
        self._going_on = False
        self._until = time.perf_counter() + TURN_SECONDS
        self._write_for_a_turn()

    def _write_events(self, applied: AppliedBatch) -> Iterator[None]:
        """Write the events of a batch to the readers, and do what has to follow. Yield where other work may come in
        between.
        """
        batch, events_by_room, erased, recounted = applied
        rooms = list(events_by_room)
        for begin in range(0, len(rooms), ROOMS_UNTIMED):
            if begin:
                yield
            some = rooms[begin : begin + ROOMS_UNTIMED]
            self.feeds.pump(some)
            self.tcp_delivery.wrote(some)
            for room in some:
                self.webhooks.wake(room)
        for change in batch.related:
            self.changed(change)
        self.read_marks.report_recounts()
        for client, room in recounted:
            with isolated:
                client.read_mark_moved(room)
        for event in batch.non_messages:
            if event.kind != "room_renamed":
                continue
            # After the pump, because the event itself is shown under the room's old name.
            for member in self.view.state.rooms[event.room].members:
                for client in self.presence.connections(member):
                    with isolated:
                        client.renamed(event)
        if erased:
            # After the pump, because by then the events of the batch itself were shown.
            self.feeds.forget()

    def _apply_record(self, record: Record) -> bool:
        """Apply a record. Return whether it has erased texts of stored events."""
        match record:
            case PutReadMark():
                self.read_marks.moved(record)
            case Recount():
                self.view.marks.recount(record)
                self.read_marks.recounted(record)
            case DropTokens():
                self.sessions.end(record)
            case ForgetUser():
                self.log_reader.erased()
                self.webhooks.erased()
                self.feeds.forget()
                self.view.quotes.clear()
                self.view.preferences.forget(record.user)
                self.sessions.end(record)
                return True
            case PutPreference():
                self.view.preferences.set(record)
                for client in self.presence.connections(record.user):
                    with isolated:
                        client.preferences_changed(record.room)
            case Webhook():
                self.webhooks.put(record)
            case DropWebhook():
                self.webhooks.drop(record.hook, record.room)
        return False

    def _end_outside_readers(self, event: Event) -> None:
        """End the streams of readers who are not members of a room, after it was closed to guests."""
        room = self.view.state.rooms[event.room]
        for client in self.feeds.readers(event.room):
            if not visible(self.view.state, room, client.user):
                with isolated:
                    client.left(event)
