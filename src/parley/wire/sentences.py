"""Events as sentences, shared by the line gateway, the terminal client and the audit log.

All functions take plain values: an event's `kind`, `name` (of the user who caused it) and `text`, as
docs/protocol/web.md lists them. `whom` is the name of the user affected, None if there is none; `until` is when the ban
or mute ends, in milliseconds since 1970 UTC; 0 if it does not end by itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

BOT: Final = " (bot)"
"""Follows the name of a bot. Names have no spaces, so no user can have a name that ends like this."""

QUOTE_CHARS: Final = 60
"""A quote has at most this many characters."""

REACTIONS_DRAWN: Final = 10
"""Up to this many reactions that came together are shown one by one; more are shown as numbers."""

# All controls except tab and newline, which become blanks; line separators; marks and bidirectional controls (Unicode
# Standard Annex #9, section 2); other invisible format characters except the joiners, which letters and emoji need; and
# lone surrogates.
_HARMFUL: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff]"
)
_ZERO_WIDTH_JOINER: Final = "\u200d"
_MODIFIERS: Final = frozenset(map(chr, (*range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080))))
"""The skin tones of emoji, and the tags of which some flags are made."""

_NUMBER_IN_BRACKETS: Final = re.compile(r"[\[\uff3b]\s*\d")
"""What an action contains if it looks like the sentence of an event about a message, `* eve deleted [41] of ali`. A
colon after the name of an action tells the two apart.
"""

_DONE_TO_SOMEONE: Final = {
    "invited": "invited {}",
    "kicked": "sent {} out",
    "banned": "banned {}",
    "unbanned": "lifted the ban of {}",
    "muted": "muted {}",
    "unmuted": "let {} speak again",
}
_DONE_TO_THE_ROOM: Final = {
    "archived": "archived the room",
    "reopened": "opened the room again",
    "room_renamed": "renamed the room",
}
_SETTINGS: Final = {
    ("slow", "0"): "ended slow mode",
    ("read_only", "on"): "made the room read-only",
    ("read_only", "off"): "let everybody write again",
    ("guests", "off"): "closed the room to guests",
    ("guests", "on"): "opened the room to guests",
    ("calls", "members"): "let everybody use @here and @room",
    ("calls", "moderators"): "left @here and @room to moderators",
    ("calls", "nobody"): "turned @here and @room off",
}


class Quoted(NamedTuple):
    """What is shown of the message that another one answers, or that is the root of its thread.

    Attributes:
        seq: its number.
        state: `there`; `deleted`; `before`: the reader came after it; `unknown`: its text is not at hand.
        name, text: who wrote what, if it is there. The text may be any beginning of the message.
    """

    seq: int
    state: Literal["there", "deleted", "before", "unknown"] = "unknown"
    name: str = ""
    text: str = ""


def quote(quoted: Quoted) -> str:
    """Return a quote as text: the number, and, if they are there, the author and the first words."""
    match quoted.state:
        case "there":
            return f'[{quoted.seq}] {quoted.name}: "{first_words(quoted.text)}"'
        case "deleted":
            return f"[{quoted.seq}], a deleted message"
        case "before":
            return f"[{quoted.seq}], before you came"
    return f"[{quoted.seq}]"


def first_words(text: str) -> str:
    """Return the beginning of a message as one line of at most `QUOTE_CHARS` characters.

    Controls, bidirectional controls and other characters that would change the rest of the line are left out. A double
    quote becomes a single one, because the reader sees the words between double quotes.
    """
    line = _one_line(text[: 64 * QUOTE_CHARS].replace('"', "'"))
    if len(line) <= QUOTE_CHARS and len(text) <= 64 * QUOTE_CHARS:
        return line
    end = min(len(line), QUOTE_CHARS - 1)
    # Do not cut within what is shown as one character: an emoji of several, or a letter with its marks.
    begin = end
    while 0 < begin < len(line) and (_joins(line[begin]) or line[begin - 1] == _ZERO_WIDTH_JOINER):
        begin -= 1
    return line[: begin or end].rstrip() + "…"


def _one_line(text: str) -> str:
    return " ".join(_HARMFUL.sub("", text).split())


def _joins(character: str) -> bool:
    return character == _ZERO_WIDTH_JOINER or character in _MODIFIERS or unicodedata.category(character)[0] == "M"


def about_text(answered: Quoted | None = None, root: Quoted | None = None, title: str = "") -> str:
    """Return what stands after the name of who says something: what it answers, and the thread that it is in.

    Args:
        answered: the message that it answers; None if there is none, or if that is the root of the thread.
        root: the root of the thread.
        title: the title of the thread, which is shown instead of the first words of the root.
    """
    parts = []
    if root is not None:
        named = title and root.state == "there"
        parts.append(f'thread [{root.seq}] "{first_words(title)}"' if named else f"thread {quote(root)}")
    if answered is not None:
        parts.append(f"re {quote(answered)}")
    return f" ({', '.join(parts)})" if parts else ""


def message_text(kind: str, name: str, text: str, about: str = "", *, number: int = 0, edited: bool = False) -> str:
    """Return a message or an action as text. Each line begins with the name, so that no line looks like another user's.

    Args:
        about: see `about_text`.
        number: the number of the message, if it is shown.
        edited: whether the text is marked as edited.
    """
    begin = f"[{number}] " if number else ""
    if kind == "message":
        start = f"{begin}{name}{about}: "
    elif _NUMBER_IN_BRACKETS.search(text):
        start = f"{begin}* {name}{about}: "
    else:
        start = f"{begin}* {name}{about} "
    end = " (edited)" if edited else ""
    return start + (text if "\n" not in text else text.replace("\n", "\n" + start)) + end


def event_text(
    kind: str,
    name: str,
    text: str,
    bot: bool = False,
    whom: str | None = None,
    until: int = 0,
    target: int = 0,
    about: str = "",
    number: int = 0,
) -> str:
    """Return an event of a room as text; empty for kinds that are not shown.

    Args:
        target: of a change, the number of the message that it changes.
        about: of a message, see `about_text`.
        number: of a message, its number, if it is shown.
    """
    if bot:
        name += BOT
    if kind in ("message", "action"):
        return message_text(kind, name, text, about, number=number)
    match kind:
        case "joined":
            return f"{name} has connected to the chat room"
        case "left":
            return f"{name} has left the chat room!" + (f" with message {text}" if text else "")
        case "topic":
            return f"{name} has set the topic: {text}" if text else f"{name} has cleared the topic"
        case "renamed":
            return f"{name} is now known as {text}"
        case "edited":
            start = f"* {name} edited [{target}]"
            return f"{start}: " + text.replace("\n", f"\n{start}: ") if text else start
        case "erased":
            whose = f" of {whom}" if whom not in (None, name) else ""
            return f"* {name} deleted [{target}]{whose}" + (f": {text}" if text else "")
        case "reacted":
            return f"* {name} reacted to [{target}]: {text}" if text else ""
        case "unreacted":
            return f"* {name} took back from [{target}]: {text}" if text else ""
        case "pinned" | "unpinned":
            return f"* {name} {kind} [{target}]"
        case "titled":
            title = _one_line(text)
            if title:
                return f"* {name} called the thread of [{target}]: {title}"
            return f"* {name} took the title of [{target}] away"
    done = moderation(kind, text, whom, until_utc(until))
    return f"{name} has {done}" if done else ""


def reactions_text(target: int, people: int, name: str, emoji: Sequence[tuple[str, int]], *, back: bool = False) -> str:
    """Return reactions that came together as text.

    Args:
        target: the number of the message.
        people: how many people react.
        name: the first of them, who is named if there are no others.
        emoji: each emoji with the number of people.
        back: whether the reactions were taken back.
    """
    few = sum(count for _, count in emoji) <= REACTIONS_DRAWN
    shown = "".join(each * count for each, count in emoji) if few else reaction_counts(emoji)
    who = name if people == 1 else f"{people:,}"
    return f"* {who} {'took back from' if back else 'reacted to'} [{target}]: {shown}"


def reaction_counts(emoji: Iterable[tuple[str, int]]) -> str:
    """Return reactions as text: each emoji with the number of people."""
    return " ".join(f"{each} {count:,}" for each, count in emoji)


def state_text(
    number: int, reactions: Iterable[tuple[str, int]] = (), replies: int = 0, title: str = "", *, pinned: bool = False
) -> str:
    """Return what became of a message as text, for the line below it; empty if nothing did."""
    parts = [reaction_counts(reactions)]
    if replies:
        parts.append("1 reply in its thread" if replies == 1 else f"{replies:,} replies in its thread")
    if title:
        parts.append(f'called "{first_words(title)}"')
    if pinned:
        parts.append("pinned")
    shown = ", ".join(filter(None, parts))
    return f"  [{number}] {shown}" if shown else ""


def run_text(count: int) -> str:
    """Return a run of comings and goings as text."""
    return f"({count:,} comings and goings)"


def direct_lines(
    kind: str,
    name: str,
    text: str,
    *,
    bot: bool = False,
    to: str | None = None,
    about: str = "",
    number: int = 0,
    edited: bool = False,
) -> list[str]:
    """Return a message of a direct room as lines; no lines for other kinds.

    Args:
        to: the names of the other members if the reader sent the message; None if somebody else did.
        about, number, edited: see `message_text`.
    """
    if kind not in ("message", "action"):
        return []
    name = name + BOT if bot else name
    way = (f"[{number}] " if number else "") + (f"{name} -> you" if to is None else f"you -> {to}") + about
    action = "" if kind != "action" else f"* {name}: " if _NUMBER_IN_BRACKETS.search(text) else f"* {name} "
    lines = [f"{way}: {action}{line}" for line in text.split("\n")]
    if edited:
        lines[-1] += " (edited)"
    return lines


def moderation(kind: str, text: str, whom: str | None = None, until: str = "") -> str:
    """Return what a moderator did, as the text after `NAME has `; empty for other kinds of events.

    Args:
        until: the end in words, with a space before it; see `until_utc`.
    """
    why = f": {text}" if text else ""
    if whom is not None:
        if kind == "role":
            return f"made {whom} {text} of this room"
        if kind in _DONE_TO_SOMEONE:
            return _DONE_TO_SOMEONE[kind].format(whom) + until + why
    if kind in _DONE_TO_THE_ROOM:
        return _DONE_TO_THE_ROOM[kind] + why
    if setting := _SETTINGS.get((kind, text)):
        return setting
    return f"set slow mode: {text} s" if kind == "slow" else ""


def until_utc(until: int) -> str:
    """Return ` until 2026-01-31 12:00 UTC`; empty for 0, and for a time beyond the calendar's range."""
    at = at_utc(until) if until else ""
    return f" until {at}" if at else ""


def at_utc(at: int) -> str:
    """Return `2026-01-31 12:00 UTC`; empty for a time beyond the calendar's range."""
    try:
        return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M UTC}"
    except (OverflowError, ValueError, OSError):
        return ""
