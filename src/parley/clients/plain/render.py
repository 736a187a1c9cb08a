"""Events, rooms, members and counts as text."""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

from msgspec import Struct

from parley.clients.model.messages import MESSAGE_KINDS, Messages, is_deleted, presented
from parley.clients.model.room_ref import RoomRef
from parley.clients.model.unread import mentions_me
from parley.wire import web
from parley.wire.sentences import (
    BOT,
    Quoted,
    about_text,
    direct_lines,
    event_text,
    message_text,
    run_text,
    state_text,
)

Style = Literal["said", "mention", "happened", "private", "answer", "notice", "problem", "code"]

# Control characters, other line breaks, lone surrogates, and bidirectional controls: they could make a name or a
# message look like that of another user. The server refuses control characters; this client does not rely on it.
_UNSAFE: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_EXCERPT_CHARS: Final = 40
_READERS_NAMED: Final = 10


class TextLine(Struct, frozen=True):
    """One line for the user, safe to be written to a terminal.

    `mention` is a message that names the user. `notice` and `problem` are about the connection and about commands, and
    `code` is shown as a QR code, or not at all if that is not possible. All other styles are lines of the chat.
    """

    text: str
    style: Style


def safe(text: str) -> str:
    """Return `text` as one line without characters that could control a terminal."""
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


class Viewer(Struct, frozen=True):
    """How one reader sees events.

    Attributes:
        messages: the messages that were shown before, to quote them.
        me: the reader's id.
        floor: the number of the first event that the reader may see in this room.
        numbers: whether messages are shown with their numbers.
        quiet: what is hidden, of `parley.wire.commands_help.QUIET`.
    """

    messages: Messages
    me: int | None = None
    floor: int = 1
    numbers: bool = False
    quiet: frozenset[str] = frozenset()


def lines_of(event: web.Event, place: RoomRef, viewer: Viewer, *, here: bool = True) -> Iterator[TextLine]:
    """Render one event; yield nothing for kinds that are not shown, and for what was deleted.

    Args:
        here: whether the event is in the current room; lines from other rooms begin with the room's name.
    """
    if is_deleted(event) or (event.kind in ("joined", "left") and "joins" in viewer.quiet):
        return
    event = presented(event)
    kind, name, text = event.kind, event.name, event.text
    edited = event.now is not None and event.now.edited > 0
    number = event.seq if viewer.numbers else 0
    about = _about(event, place, viewer)
    style: Style = "private" if place.kind == "direct" else "happened"
    tag = "" if here else label(place.address) + " "
    if kind in MESSAGE_KINDS and place.kind == "direct":
        to = place.name if event.user == viewer.me else None
        how: dict[str, Any] = {"about": about, "number": number, "edited": edited}
        tag, lines = "", direct_lines(kind, name, text, bot=event.bot, to=to, **how)
    elif kind in MESSAGE_KINDS:
        # Do not rely on the server: a line break in a name must not begin a new line.
        shown = message_text(kind, safe(name) + (BOT if event.bot else ""), text, about, number=number, edited=edited)
        lines, style = shown.split("\n"), "mention" if mentions_me(event, viewer.me) else "said"
    elif place.kind == "direct" and not event.target:
        return
    else:
        whom, until = (None, 0) if event.about is None else (safe(event.about.name), event.about.until)
        shown = event_text(kind, safe(name), text, event.bot, whom, until, event.target)
        lines = shown.split("\n") if kind == "edited" else [shown]
        if mentions_me(event, viewer.me):
            style = "mention"
    for line in lines:
        if line:
            yield TextLine(safe(tag + line), style)


def state_line(event: web.Event) -> str:
    """Return what became of a message, for the line below it; empty if nothing did."""
    if (now := event.now) is None:
        return ""
    reactions = [(reaction.emoji, reaction.count) for reaction in now.reactions]
    return state_text(event.seq, reactions, now.replies, now.title, pinned=now.pinned > 0)


def quoted(place: RoomRef, seq: int, viewer: Viewer) -> Quoted:
    """Return what is shown of a message that another one answers."""
    known = viewer.messages.find(place.id, seq)
    if known is None:
        return Quoted(seq, "before" if seq < viewer.floor else "unknown")
    if known.deleted:
        return Quoted(seq, "deleted")
    return Quoted(seq, "there", safe(known.name) + (BOT if known.bot else ""), known.text)


def _about(event: web.Event, place: RoomRef, viewer: Viewer) -> str:
    if event.thread:
        root = viewer.messages.find(place.id, event.thread)
        answered = quoted(place, event.reply, viewer) if event.reply else None
        return about_text(answered, quoted(place, event.thread, viewer), "" if root is None else root.title)
    return about_text(quoted(place, event.target, viewer)) if event.target else ""


def run_line(count: int, place: RoomRef, *, here: bool = True) -> TextLine:
    """Render a run of comings and goings, as many as `count`."""
    return TextLine(safe(("" if here else f"#{place.name} ") + run_text(count)), "happened")


def described(member: web.Member) -> str:
    """Return a member's name, with their role and status in parentheses."""
    marks = [] if member.role == "member" else [member.role]
    if member.bot:
        marks.append("bot")
    elif not member.online:
        marks.append("away")
    return f"{member.name} ({', '.join(marks)})" if marks else member.name


def label(room: str) -> str:
    """Return how a room's address is shown: `#ROOM`, or `@PEOPLE` of a direct one."""
    return room if room.startswith("@") else f"#{room}"


def messages(count: int) -> str:
    """Return a number of messages in words."""
    return "1 message" if count == 1 else f"{count:,} messages"


def excerpt(text: str) -> str:
    """Return the beginning of a message."""
    return text if len(text) <= _EXCERPT_CHARS else text[: _EXCERPT_CHARS - 1] + "…"


def counts(unread: int, mentions: int, where: str = "") -> str:
    """Return the unread counts as words, with `where` after the number of unread messages."""
    return f"{unread:,} unread{where}" + (f", {naming(mentions)}" if mentions else "")


def naming(mentions: int) -> str:
    """Return a number of mentions as words."""
    return f"{mentions:,} {'mentions' if mentions == 1 else 'mention'} you"


def status(members: list[web.Member], me: int | None, seq: int) -> str:
    """Return in words which members have received the user's message `seq`, and which have read it."""
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
