"""What both JSON dialects, the WebSocket and the HTTP API, say of an event, a room and a member. Each adds its own."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from parley.core.events import Event
from parley.core.roles import room_role
from parley.core.state import Room, User
from parley.wire.web import MESSAGE

from .view import View

E = TypeVar("E")

MEMBER: Final = "member"


def event_as(make: Callable[..., E], make_about: Callable[..., Any], event: Event, *, bot: bool) -> E:
    """Return an event as the type of a dialect.

    Args:
        make: makes it, of seq, at, user, name, kind, text, about, mentions and bot.
        make_about: makes its `about`, of the user it was done to, their name and until when.
        event: the event.
        bot: whether a bot is its user.
    """
    # A default is left out if it is the same object.
    kind = MESSAGE if event.kind == MESSAGE else event.kind
    about = event.about
    whom = None if about is None else make_about(about.user, about.name, about.until)
    return make(event.seq, event.at, event.user, event.name, kind, event.text, whom, event.mentions or (), bot)


def room_fields(view: View, room: Room, user: int) -> dict[str, Any]:
    """Return the fields of a room as a user sees it. Only a member's have `read`, `unread`, `mentions`, `level` and
    `favourite`.
    """
    fields: dict[str, Any] = {
        "id": room.id,
        "name": view.other_name(room, user) if room.kind == "direct" else room.name,
        "kind": room.kind,
        "topic": room.topic,
        "epoch": room.epoch,
        "tip": room.tip,
        "members": len(room.members),
        "archived": room.archived,
        "read_only": room.read_only,
        "slow": room.slow,
        "calls": room.broadcast_mentions,
        "receipts": view.has_receipts(room),
    }
    if (mark := view.marks.of(room.id, user)) is not None:
        fields["read"] = mark.read
        fields["unread"], fields["mentions"] = view.marks.unread(room.id, user)
        fields["level"], fields["favourite"] = view.preferences.of(user, room)
    return fields


def member_fields(view: View, room: Room, user: User) -> dict[str, Any]:
    """Return the fields of a member of a room. Only where members tell one another their marks they have `got` and
    `read`.
    """
    role = room_role(room, user.id) or MEMBER
    fields: dict[str, Any] = {
        "id": user.id,
        "name": user.name,
        "online": view.online(user.id),
        "role": MEMBER if role == MEMBER else role,
    }
    if view.has_receipts(room) and (mark := view.marks.of(room.id, user.id)) is not None:
        fields["got"], fields["read"] = mark.delivered, mark.read
    return fields
