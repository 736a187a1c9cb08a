"""The fields of an event, a room and a member that both JSON dialects have: the WebSocket and the HTTP API. Each adds
fields of its own.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from msgspec.structs import replace

from parley.core.erasure import sum_of
from parley.core.events import Event, RelatedEvent
from parley.core.forms import Shown
from parley.core.roles import room_role
from parley.core.state import Room, User
from parley.wire.web import MESSAGE, Now

from .view import View

E = TypeVar("E")

MEMBER: Final = "member"


def event_as(make: Callable[..., E], make_about: Callable[..., Any], event: Event, *, bot: bool) -> E:
    """Return an event as the type of a dialect.

    Args:
        make: creates the event from seq, at, user, name, kind, text, about, mentions, bot and salt, and of a related
            event from target, thread, reply, also, sum, who and `now`.
        make_about: creates its `about` from the id and name of the affected user, and the end.
        event: the event.
        bot: whether the event's user is a bot.
    """
    # The encoder leaves out a default value only if it is the same object.
    kind = MESSAGE if event.kind == MESSAGE else event.kind
    about = event.about
    whom = None if about is None else make_about(about.user, about.name, about.until)
    named = event.mentions or ()
    plain = (event.seq, event.at, event.user, event.name, kind, event.text, whom, named, bot, event.salt)
    if type(event) is not RelatedEvent:
        return make(*plain)
    now = Now(erased=event.erased) if event.erased else None
    sum_, who = event.sum or "", event.who or ""
    return make(*plain, event.target, event.thread, event.reply, event.also, sum_, who, now)


def item_as(make: Callable[..., E], make_about: Callable[..., Any], view: View, item: Shown) -> E:
    """Return what a page in present form shows of an event, as the type of a dialect; see `event_as`."""
    event, form = item.event, item.form
    shown: Any = event_as(make, make_about, event, bot=view.is_bot(event.user))
    if form is None:
        return cast("E", shown)
    now: dict[str, Any] = {
        "edited": form.edited, "edits": form.edits, "erased": form.erased, "by": form.by, "replies": form.replies,
        "reactions": tuple((emoji, count, emoji in item.mine) for emoji, count in form.reactions), "last": form.last,
        "title": form.title, "pinned": form.pinned,
    }  # fmt: skip
    if form.erased:
        author = view.state.users.get(event.user)
        now["name"] = "" if author is None else author.name
    elif form.edited:
        # The first text is for its author and the moderators; its hash proves that it has not changed.
        now |= {"text": item.text, "mentions": item.mentions or ()}
        shown = replace(shown, text="", mentions=(), salt="", who="", sum=sum_of(event))
    return cast("E", replace(shown, now=Now(**now)))


def room_fields(view: View, room: Room, user: int) -> dict[str, Any]:
    """Return the fields of a room as a user sees it. For a member they include `read`, `unread`, `mentions`, `level`
    and `favourite`.
    """
    kind, members = room.kind, len(room.members)
    fields: dict[str, Any] = {
        "id": room.id,
        "name": view.other_name(room, user) if kind == "direct" else room.name,
        "kind": kind,
        "topic": room.topic,
        "epoch": room.epoch,
        "tip": room.tip,
        "members": members,
        "archived": room.archived,
        "read_only": room.read_only,
        "slow": room.slow,
        "calls": room.broadcast_mentions,
        "receipts": view.has_receipts_among(members),
    }
    if (position := view.marks.position(room.id, user)) is not None:
        fields["read"], fields["unread"], fields["mentions"] = position
        fields["level"], fields["favourite"] = view.preferences.of(user, room)
    return fields


def member_fields(view: View, room: Room, user: User) -> dict[str, Any]:
    """Return the fields of a member of a room. They include `got` and `read` only in rooms in which members see one
    another's read marks.
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
