"""What the core knows, as the types that are shown."""

from msgspec import UNSET
from msgspec.structs import replace

from parley.core import events, state
from parley.core.roles import room_role
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
    shown = schemas.Room(
        room.id,
        view.other_name(room, caller) if room.kind == "direct" else room.name,
        room.kind,
        room.topic,
        room.epoch,
        room.tip,
        len(room.members),
        room_role(room, caller),  # type: ignore[arg-type]
        room.archived,
        room.read_only,
        room.slow,
        not room.closed_to_guests,
        room.broadcast_mentions,
        view.has_receipts(room),
    )
    mark = view.marks.of(room.id, caller)
    if mark is None:
        return shown
    unread, mentions = view.marks.unread(room.id, caller)
    level, favourite = view.preferences.of(caller, room)
    return replace(shown, read=mark.read, unread=unread, mentions=mentions, level=level, favourite=favourite)


def member(view: View, room: state.Room, user: state.User) -> schemas.Member:
    role = room_role(room, user.id) or "member"
    mark = view.marks.of(room.id, user.id) if view.has_receipts(room) else None
    got, read = (UNSET, UNSET) if mark is None else (mark.delivered, mark.read)
    return schemas.Member(user.id, user.name, role, user.role, view.online(user.id), got, read)  # type: ignore[arg-type]


def hours(view: View, user: int) -> schemas.Hours | None:
    found = view.preferences.hours(user)
    return None if found is None else schemas.Hours(found.begin, found.end)


def about(event: events.Event) -> schemas.About | None:
    return None if event.about is None else schemas.About(event.about.user, event.about.name, event.about.until)


def event(view: View, event: events.Event) -> schemas.Event:
    at, bot = event.at, view.is_bot(event.user)
    return schemas.Event(
        event.seq, at, event.user, event.name, event.kind, event.text, about(event), event.mentions or (), bot
    )


def audited(event: events.Event) -> schemas.Audited:
    return schemas.Audited(
        event.room, event.seq, event.at, event.user, event.name, event.kind, event.text, about(event)
    )


def invitation(invitation: state.Invitation) -> schemas.Invitation:
    return schemas.Invitation(
        invitation.code,
        invitation.uses,
        invitation.until,
        invitation.room,
        invitation.role,
        invitation.label,
        invitation.by,
    )
