"""Events and rooms as frames."""

from functools import lru_cache
from typing import Final

from parley.core.events import Event
from parley.core.rendering import ReadMarkSignal, Signal
from parley.core.roles import first_visible_seq
from parley.core.state import Room, User
from parley.gateways.view import View
from parley.wire import web
from parley.wire.websocket import text_message

MEMBER: Final = "member"


def web_event(event: Event, *, bot: bool = False) -> web.Event:
    # What is left out is compared by identity.
    kind = web.MESSAGE if event.kind == web.MESSAGE else event.kind
    about = event.about
    whom = None if about is None else web.About(about.user, about.name, about.until)
    return web.Event(event.seq, event.at, event.user, event.name, kind, event.text, whom, event.mentions or (), bot)


class WebEvents:
    """Renders events for everybody who speaks the web dialect: they all see the same bytes."""

    def __init__(self, view: View) -> None:
        self._is_bot = view.is_bot

    def event(self, event: Event) -> bytes:
        return web.encode_event(web_event(event, bot=self._is_bot(event.user)))

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return text_message(web.join_events(room, events))

    def signal(self, signal: Signal | ReadMarkSignal) -> bytes:
        if isinstance(signal, ReadMarkSignal):
            return text_message(web.encode(web.Marks(signal.room, [web.Mark(*mark) for mark in signal.marks])))
        return text_message(web.encode(web.Signal(signal.kind, signal.room, signal.user, signal.name, signal.online)))


@lru_cache(maxsize=8)
def events_of(view: View) -> WebEvents:
    """Return the one rendering that all connections of a server share."""
    return WebEvents(view)


def web_room(view: View, room: Room, user: int, after: int | None = None) -> web.Room:
    """Return a room as `user` sees it."""
    name = view.other_name(room, user) if room.kind == "direct" else room.name
    mark = view.marks.of(room.id, user)
    return web.Room(
        room.id,
        name,
        room.kind,
        room.topic,
        room.epoch,
        room.tip,
        len(room.members),
        after,
        first_visible_seq(room, user),
        room.archived,
        room.read_only,
        room.slow,
        mark.read if mark is not None else 0,
        *view.marks.unread(room.id, user),
        *view.preferences.of(user, room),
        view.has_receipts(room),
        room.broadcast_mentions,
    )


def web_member(view: View, room: Room, user: User) -> web.Member:
    """Return a member of a room."""
    role = room.roles.get(user.id, "member")
    mark = view.marks.of(room.id, user.id) if view.has_receipts(room) else None
    return web.Member(
        user.id,
        user.name,
        view.online(user.id),
        MEMBER if role == MEMBER else role,
        user.role == "bot",
        user.profile.display,
        user.profile.colour,
        0 if mark is None else mark.delivered,
        0 if mark is None else mark.read,
        0 if mark is None else room.members[user.id],
    )


def web_person(user: User) -> web.Person:
    """Return someone as themselves."""
    return web.Person(user.id, user.name, user.role, user.profile.display, user.profile.colour)
