"""What the core knows, as the types that are shown."""

from parley.core import events, state
from parley.core.roles import room_role
from parley.gateways.view import View

from . import resources as r


def profile(user: state.User) -> r.Profile:
    return r.Profile(user.profile.display, user.profile.colour, user.profile.zone)


def user(view: View, user: state.User) -> r.User:
    return r.User(user.id, user.name, user.role, view.online(user.id), profile(user))


def account(view: View, user: state.User) -> r.Account:
    return r.Account(user.id, user.name, user.role, view.online(user.id), profile(user), user.disabled, len(user.rooms))


def room(view: View, room: state.Room, caller: int) -> r.Room:
    """Return a room as that user sees it."""
    return r.Room(
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
    )


def member(view: View, room: state.Room, user: state.User) -> r.Member:
    role = room_role(room, user.id) or "member"
    return r.Member(user.id, user.name, role, user.role, view.online(user.id))  # type: ignore[arg-type]


def about(event: events.Event) -> r.About | None:
    return None if event.about is None else r.About(event.about.user, event.about.name, event.about.until)


def event(event: events.Event) -> r.Event:
    return r.Event(event.seq, event.at, event.user, event.name, event.kind, event.text, about(event))


def audited(event: events.Event) -> r.Audited:
    return r.Audited(event.room, event.seq, event.at, event.user, event.name, event.kind, event.text, about(event))


def invitation(invitation: state.Invitation) -> r.Invitation:
    return r.Invitation(
        invitation.code,
        invitation.uses,
        invitation.until,
        invitation.room,
        invitation.role,
        invitation.label,
        invitation.by,
    )
