"""The state and events of the core, as the schemas of the API."""

from parley.core import events, state
from parley.core.forms import Shown
from parley.core.records import TokenInfo
from parley.core.roles import room_role
from parley.gateways.json_fields import event_as, item_as, member_fields, room_fields
from parley.gateways.view import View

from . import schemas


def profile(user: state.User) -> schemas.Profile:
    return schemas.Profile(user.profile.display, user.profile.colour, user.profile.zone)


def user(view: View, user: state.User) -> schemas.User:
    return schemas.User(user.id, user.name, user.role, view.online(user.id), profile(user))


def account(view: View, user: state.User) -> schemas.Account:
    return schemas.Account(
        user.id, user.name, user.role, view.online(user.id), profile(user), user.disabled, len(user.rooms)
    )


def room(view: View, room: state.Room, caller: int) -> schemas.Room:
    """Return a room as that user sees it."""
    role, guests = room_role(room, caller), not room.closed_to_guests
    return schemas.Room(**room_fields(view, room, caller), role=role, guests=guests)  # type: ignore[arg-type]


def member(view: View, room: state.Room, user: state.User) -> schemas.Member:
    return schemas.Member(**member_fields(view, room, user), server_role=user.role)


def session(info: TokenInfo, current: bytes | None) -> schemas.Session:
    """Return a token; `current` is the one of the request."""
    return schemas.Session(info.id, info.kind, info.label, info.made, info.token == current)


def hours(view: View, user: int) -> schemas.Hours | None:
    found = view.preferences.hours(user)
    return None if found is None else schemas.Hours(found.begin, found.end)


def event(view: View, event: events.Event) -> schemas.Event:
    return event_as(schemas.Event, schemas.About, event, bot=view.is_bot(event.user))


def item(view: View, item: Shown) -> schemas.Event:
    """Return an event as a page in present form shows it."""
    return item_as(schemas.Event, schemas.About, view, item)


def audited(event: events.Event) -> schemas.Audited:
    about = None if event.about is None else schemas.About(event.about.user, event.about.name, event.about.until)
    return schemas.Audited(event.room, event.seq, event.at, event.user, event.name, event.kind, event.text, about)


def invitation(invitation: state.Invitation) -> schemas.Invitation:
    i = invitation
    return schemas.Invitation(i.code, i.uses, i.until, i.room, i.role, i.label, i.by)
