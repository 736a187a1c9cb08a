"""Events and rooms as frames."""

from functools import lru_cache

from parley.core.events import Event
from parley.core.folding import Run
from parley.core.forms import Shown
from parley.core.rendering import AnySignal, ReactionsSignal, ReadMarkSignal
from parley.core.roles import first_visible_seq
from parley.core.state import Room, User
from parley.gateways.json_fields import event_as, item_as, member_fields, room_fields
from parley.gateways.view import View
from parley.wire import web
from parley.wire.websocket import text_message


def web_event(event: Event, *, bot: bool = False) -> web.Event:
    return event_as(web.Event, web.About, event, bot=bot)


def web_item(view: View, item: Shown) -> web.Event:
    """Return what a page in present form shows of an event."""
    return item_as(web.Event, web.About, view, item)


def web_run(view: View, run: Run) -> web.Run:
    return web.Run(run.first, run.last, [web_event(event, bot=view.is_bot(event.user)) for event in run.newest])


class WebEvents:
    """Renders events as frames. All clients get the same bytes."""

    def __init__(self, view: View) -> None:
        self._is_bot = view.is_bot

    def event(self, event: Event) -> bytes:
        return web.encode_event(event_as(web.Event, web.About, event, bot=self._is_bot(event.user)))

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return text_message(web.join_events(room, events))

    def signal(self, signal: AnySignal) -> bytes:
        if isinstance(signal, ReactionsSignal):
            return b""  # the events themselves were sent
        if isinstance(signal, ReadMarkSignal):
            return text_message(web.encode(web.Marks(signal.room, [web.Mark(*mark) for mark in signal.marks])))
        return text_message(web.encode(web.Signal(signal.kind, signal.room, signal.user, signal.name, signal.online)))


@lru_cache(maxsize=8)
def events_of(view: View) -> WebEvents:
    """Return the rendering that all connections of a server share."""
    return WebEvents(view)


def web_room(view: View, room: Room, user: int, after: int | None = None, folded: int = 0) -> web.Room:
    """Return a room as `user` sees it. `after` and `folded` are fields of the frame."""
    fields = room_fields(view, room, user)
    if "level" not in fields:
        # A user who has left a room keeps their preferences for it.
        fields["level"], fields["favourite"] = view.preferences.of(user, room)
    return web.Room(**fields, after=after, floor=first_visible_seq(room, user), folded=folded)


def web_member(view: View, room: Room, user: User) -> web.Member:
    """Return a member of a room."""
    fields = member_fields(view, room, user)
    if "read" in fields:
        fields["since"] = room.members[user.id]
    profile = user.profile
    return web.Member(**fields, bot=user.role == "bot", display=profile.display, colour=profile.colour)


def web_person_here(view: View, user: User) -> web.PersonHere:
    """Return a user as in the list of people."""
    online = view.online(user.id)
    return web.PersonHere(user.id, user.name, user.role, user.profile.display, user.profile.colour, online)


def web_person(user: User) -> web.Person:
    """Return a user."""
    return web.Person(user.id, user.name, user.role, user.profile.display, user.profile.colour)
