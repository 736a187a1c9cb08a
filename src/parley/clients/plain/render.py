"""Events as lines of text, in the words of the report that Parley grew out of."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, Literal

from msgspec import Struct

from parley.clients.model.room_ref import RoomRef
from parley.clients.model.unread import names
from parley.wire import web

Style = Literal["said", "mention", "happened", "private", "answer", "notice", "problem"]

# Controls, what else breaks lines, lone surrogates, and what turns the direction of writing around: a name or a
# message could otherwise pass for another's. The server refuses controls; this client does not depend on it.
_UNSAFE: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


_EXCERPT_CHARS: Final = 40
_READERS_NAMED: Final = 10


class TextLine(Struct, frozen=True):
    """One line for the user, safe to be written to a terminal.

    `mention` was said and names the user. `notice` and `problem` are about the connection and what was asked; the rest
    is the chat.
    """

    text: str
    style: Style


def safe(text: str) -> str:
    """Return `text` as one line that can do nothing to a terminal."""
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def lines_of(event: web.Event, place: RoomRef, *, here: bool = True, me: int | None = None) -> Iterator[TextLine]:
    """Render one event; kinds that are not shown give nothing.

    Args:
        here: whether the user is looking at that room; lines from another one have its name in front.
        me: the user's id.
    """
    if place.kind == "direct":
        yield from _private(event, place, me)
        return
    tag = "" if here else f"#{place.name} "
    style: Style = "happened"
    if event.kind in ("message", "action"):
        style = "mention" if names(event, me) else "said"
    for text in _texts(event):
        yield TextLine(safe(tag + text), style)


def _private(event: web.Event, place: RoomRef, me: int | None) -> Iterator[TextLine]:
    if event.kind in ("message", "action"):
        way = f"you -> {place.name}" if event.user == me else f"{_speaker(event)} -> you"
        mark = f"* {_speaker(event)} " if event.kind == "action" else ""
        for part in event.text.split("\n"):
            yield TextLine(safe(f"{way}: {mark}{part}"), "private")


def _speaker(event: web.Event) -> str:
    # No name has a space: nobody can be called like this.
    return f"{event.name} (bot)" if event.bot else event.name


def _texts(event: web.Event) -> Iterator[str]:
    name, text = _speaker(event), event.text
    match event.kind:
        case "message":
            # The name is on every line, so that none can pass for another's.
            yield from (f"{name}: {part}" for part in text.split("\n"))
        case "action":
            yield from (f"* {name} {part}" for part in text.split("\n"))
        case "joined":
            yield f"{name} has connected to the chat room"
        case "left":
            yield f"{name} has left the chat room!" + (f" with message {text}" if text else "")
        case "topic":
            yield f"{name} has set the topic: {text}" if text else f"{name} has cleared the topic"
        case "renamed":
            yield f"{name} is now known as {text}"
        case _:
            if sentence := _moderated(event):
                yield f"{name} has {sentence}"


def _moderated(event: web.Event) -> str:
    """Return what was done about the room or someone in it; empty for what is not shown."""
    why = f": {event.text}" if event.text else ""
    if event.about is not None:
        whom = event.about.name
        if event.kind == "role":
            return f"made {whom} {event.text} of this room"
        if event.kind in _TO_SOMEONE:
            return _TO_SOMEONE[event.kind].format(whom=whom) + until(event.about.until) + why
    if event.kind == "slow":
        return "ended slow mode" if event.text == "0" else f"set slow mode: {event.text} s"
    if event.kind in _OF_THE_ROOM:
        return _OF_THE_ROOM[event.kind] + why
    return _SWITCHED.get((event.kind, event.text), "")


_TO_SOMEONE: Final = {
    "invited": "invited {whom}",
    "kicked": "sent {whom} out",
    "banned": "banned {whom}",
    "unbanned": "lifted the ban of {whom}",
    "muted": "muted {whom}",
    "unmuted": "let {whom} speak again",
}
_OF_THE_ROOM: Final = {
    "archived": "archived the room",
    "reopened": "opened the room again",
    "room_renamed": "renamed the room",
}
_SWITCHED: Final = {
    ("read_only", "on"): "made the room read-only",
    ("read_only", "off"): "let everybody write again",
    ("guests", "off"): "closed the room to guests",
    ("guests", "on"): "opened the room to guests",
    ("calls", "members"): "let everybody use @here and @room",
    ("calls", "moderators"): "left @here and @room to moderators",
    ("calls", "nobody"): "turned @here and @room off",
}


def until(at: int) -> str:
    """Return the end of what ends by itself, in words; nothing for what does not (0)."""
    try:
        return f" until {datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M UTC}" if at else ""
    except (OverflowError, ValueError, OSError):
        return ""


def described(member: web.Member) -> str:
    """Return a member's name, with what there is to know about them."""
    marks = [] if member.role == "member" else [member.role]
    if member.bot:
        marks.append("bot")
    elif not member.online:
        marks.append("away")
    return f"{member.name} ({', '.join(marks)})" if marks else member.name


def label(room: str) -> str:
    """Return how a room's address is shown: `#ROOM`, or `@PEOPLE` of a direct one."""
    return room if room.startswith("@") else f"#{room}"


def people(count: int) -> str:
    """Return a number of people in words."""
    return "1 person" if count == 1 else f"{count} people"


def excerpt(text: str) -> str:
    """Return the beginning of a message."""
    return text if len(text) <= _EXCERPT_CHARS else text[: _EXCERPT_CHARS - 1] + "…"


def counts(unread: int, mentions: int, where: str = "") -> str:
    """Return in words how much is unread, `where` that is, and how much of it names the user."""
    return f"{unread:,} unread{where}" + (f", {naming(mentions)}" if mentions else "")


def naming(mentions: int) -> str:
    """Return in words how many messages name the user."""
    return f"{mentions:,} {'mentions' if mentions == 1 else 'mention'} you"


def status(members: list[web.Member], me: int | None, seq: int) -> str:
    """Return in words who has a message of ours, and who has read it."""
    others = [member for member in members if member.id != me]
    if not others:
        return "stored; nobody else is here"
    readers = sorted((member.name for member in others if member.read >= seq), key=str.casefold)
    has = sum(member.got >= seq for member in others)
    named = ", ".join(readers[:_READERS_NAMED])
    if len(readers) > _READERS_NAMED:
        named += f" and {len(readers) - _READERS_NAMED} more"
    read = f"read by {len(readers)}: {named}" if readers else "read by nobody yet"
    return f"stored, delivered to {has} of {len(others)}, {read}"


def messages(count: int) -> str:
    """Return a number of messages in words."""
    return "1 message" if count == 1 else f"{count:,} messages"
