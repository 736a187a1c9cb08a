"""Events and rooms as frames."""

from typing import Final

from parley.core.events import Event
from parley.core.roles import floor
from parley.core.state import Room, User
from parley.gateways.effects import Signal
from parley.gateways.view import View
from parley.wire import web
from parley.wire.websocket import text_message

MEMBER: Final = "member"


def web_event(event: Event) -> web.Event:
    # What is left out is compared by identity.
    kind = web.MESSAGE if event.kind == web.MESSAGE else event.kind
    about = event.about
    whom = None if about is None else web.About(about.user, about.name, about.until)
    return web.Event(event.seq, event.at, event.user, event.name, kind, event.text, whom)


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
    return web.Room(
        room.id,
        name,
        room.kind,
        room.topic,
        room.epoch,
        room.tip,
        len(room.members),
        after,
        floor(room, user),
        room.archived,
        room.read_only,
        room.slow,
    )


def web_member(view: View, room: Room, user: User) -> web.Member:
    """Return a member of a room."""
    role = room.roles.get(user.id, "member")
    return web.Member(user.id, user.name, view.online(user.id), MEMBER if role == MEMBER else role, user.role == "bot")
