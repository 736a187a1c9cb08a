"""The projection: committed batches in, up-to-date state and clients out."""

import logging
from collections.abc import Callable
from typing import NamedTuple, Protocol

from parley.core.events import DIRECTORY, Event, departed
from parley.core.ports import Batch
from parley.core.records import DropTokens, DropWebhook, ForgetUser, PutPreference, PutReadMark, Record, Webhook
from parley.core.roles import visible
from parley.gateways.view import View

from .history import LogReader
from .isolation import isolated
from .presence import Presence
from .read_marks import ReadMarkWriter
from .sessions import Sessions
from .subscription import Feeds
from .tcp_delivery import TcpDelivery

log = logging.getLogger("parley")


class WebhookPort(Protocol):
    """See `parley.server.webhooks.WebhookRegistry`."""

    def put(self, webhook: Webhook) -> None: ...
    def drop(self, webhook: int, room: int) -> None: ...
    def member_left(self, room: int, user: int) -> None: ...
    def wake(self, room: int) -> None: ...


class AppliedBatch(NamedTuple):
    """A batch between `apply` and `show`.

    Attributes:
        batch: the batch.
        events_by_room: its events, by log.
        erased: whether events read differently in the store from now on.
    """

    batch: Batch
    events_by_room: dict[int, list[Event]]
    erased: bool


class Projection:
    """Brings the durable state and the clients of this process up to date with committed batches.

    It does not know who committed a batch: this process or another one. For each batch, in the order of the commits,
    `apply` is called and then `show` with what it returned. What the submitters are told comes between the two.

    Args:
        view: the durable state, the read marks and the preferences, which are changed here and nowhere else.
        feeds: the clients' subscriptions.
        presence: knows the clients of each user.
        sessions: ends the clients whose sessions are over.
        read_marks: tells of read marks.
        tcp_delivery: looks whether line clients have what was written.
        webhooks: deliver events elsewhere.
        log_reader: is told when events are erased.
        released: called with the id of a user who has given up their name.
    """

    def __init__(
        self,
        view: View,
        *,
        feeds: Feeds,
        presence: Presence,
        sessions: Sessions,
        read_marks: ReadMarkWriter,
        tcp_delivery: TcpDelivery,
        webhooks: WebhookPort,
        log_reader: LogReader,
        released: Callable[[int], None],
    ) -> None:
        self._view = view
        self._state = view.state
        self._feeds = feeds
        self._presence = presence
        self._sessions = sessions
        self._read_marks = read_marks
        self._tcp_delivery = tcp_delivery
        self._webhooks = webhooks
        self._log_reader = log_reader
        self._released = released

    def apply(self, batch: Batch) -> AppliedBatch:
        """Fold a batch into the state, the tails and the marks. Clients that may not read on are told where they end;
        readers are shown nothing yet.
        """
        events_by_room: dict[int, list[Event]] = {}
        for event in batch.events:
            events = events_by_room.get(event.room)
            if events is None:
                events_by_room[event.room] = [event]
            else:
                events.append(event)
        self._state.apply_all(batch.events)
        self._feeds.append(events_by_room)
        for room, events in events_by_room.items():
            if room != DIRECTORY:
                self._view.marks.apply(room, events)
        for event in batch.non_messages:
            if gone := departed(event):
                for client in self._presence.connections(gone):
                    with isolated:
                        client.left(event)
                self._webhooks.member_left(event.room, gone)
            elif event.kind == "guests" and event.text == "off":
                self._end_outside_readers(event)
        erased = False
        for record in batch.records:
            erased |= self._apply_record(record)
        return AppliedBatch(batch, events_by_room, erased)

    def show(self, applied: AppliedBatch) -> None:
        """Tell the clients of a batch that was applied, and write it to the readers. Submitters know of it already."""
        batch, events_by_room, erased = applied
        renamed = []
        for event in batch.non_messages:
            if event.kind == "joined":
                for client in self._presence.connections(event.user):
                    with isolated:
                        client.joined(event)
            elif event.kind == "invited" and event.about is not None:
                for client in self._presence.connections(event.about.user):
                    with isolated:
                        client.invited(event)
            elif event.kind == "room_renamed":
                renamed.append(event)
            elif event.kind == "profile":
                self._presence.signal("profile", event.user)
            elif event.kind == "released":
                self._released(event.user)
                log.info("%s has left the chat room!", event.name, extra={"user": event.user})
            elif event.kind == "created" and self._state.rooms[event.room].kind == "public":
                log.info("the room #%s is open", event.text, extra={"room": event.room})
        self._feeds.pump(events_by_room)
        self._tcp_delivery.wrote(events_by_room)
        for event in renamed:
            # After the pump: the event itself is shown under the room's old name.
            for member in self._state.rooms[event.room].members:
                for client in self._presence.connections(member):
                    with isolated:
                        client.renamed(event)
        if erased:
            # After the pump: what the batch itself holds has been shown by now.
            self._feeds.forget()
        self._sessions.shown()
        for room in events_by_room:
            self._webhooks.wake(room)

    def _apply_record(self, record: Record) -> bool:
        """Apply what is stored beside events; return whether events were erased."""
        match record:
            case PutReadMark():
                self._read_marks.moved(record)
            case DropTokens():
                self._sessions.end(record)
            case ForgetUser():
                self._log_reader.erased()
                self._feeds.forget()
                self._view.preferences.forget(record.user)
                self._sessions.end(record)
                return True
            case PutPreference():
                self._view.preferences.set(record)
                for client in self._presence.connections(record.user):
                    with isolated:
                        client.preferences_changed(record.room)
            case Webhook():
                self._webhooks.put(record)
            case DropWebhook():
                self._webhooks.drop(record.hook, record.room)
        return False

    def _end_outside_readers(self, event: Event) -> None:
        """A room is closed to guests: end the streams of readers who are not in it."""
        room = self._state.rooms[event.room]
        for client in self._feeds.readers(event.room):
            if not visible(self._state, room, client.user):
                with isolated:
                    client.left(event)
