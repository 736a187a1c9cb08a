"""Events and rooms as frames."""

from typing import Final

from parley.core.events import Event
from parley.core.state import Room
from parley.gateways.effects import Signal
from parley.gateways.view import View
from parley.wire import web
from parley.wire.websocket import text_message


def web_event(event: Event) -> web.Event:
    # What is left out is compared by identity.
    kind = web.MESSAGE if event.kind == web.MESSAGE else event.kind
    return web.Event(event.seq, event.at, event.user, event.name, kind, event.text)


class _WebEvents:
    """Renders events for everybody who speaks the web dialect: they all see the same bytes."""

    def event(self, event: Event) -> bytes:
        return web.encode_event(web_event(event))

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return text_message(web.join_events(room, events))

    def signal(self, signal: Signal) -> bytes:
        return text_message(web.encode(web.Signal(signal.kind, signal.room, signal.user, signal.name, signal.online)))


EVENTS: Final = _WebEvents()


def web_room(view: View, room: Room, user: int, after: int | None = None) -> web.Room:
    """Return a room as `user` sees it."""
    name = view.other_name(room, user) if room.kind == "direct" else room.name
    return web.Room(room.id, name, room.kind, room.topic, room.epoch, room.tip, len(room.members), after)
