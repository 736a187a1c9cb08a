"""Events as sentences, shared by the line gateway, the terminal client and the audit log.

All functions take plain values: an event's `kind`, `name` (of the user who caused it) and `text`, as
docs/protocol/web.md lists them. `whom` is the name of the user affected, None if there is none; `until` is when the ban
or mute ends, in milliseconds since 1970 UTC; 0 if it does not end by itself.
"""

from datetime import UTC, datetime
from typing import Final

BOT: Final = " (bot)"
"""Follows the name of a bot. Names have no spaces, so no user can have a name that ends like this."""

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


def event_text(
    kind: str,
    name: str,
    text: str,
    bot: bool = False,
    whom: str | None = None,
    until: int = 0,
    target: int = 0,
    thread: int = 0,
) -> str:
    """Return an event of a room as text; empty for kinds that are not shown.

    Each line of a message begins with the name, so that no line looks like another user's. A message that answers
    another one, and a change of a message, gives the other one's number, its seq.
    """
    if bot:
        name += BOT
    if kind in ("message", "action"):
        about = f" (thread [{thread}])" if thread else f" (re [{target}])" if target else ""
        start = f"{name}{about}: " if kind == "message" else f"* {name}{about} "
        return start + (text if "\n" not in text else text.replace("\n", "\n" + start))
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
            start = f"* {name} edited [{target}]: "
            return start + text.replace("\n", "\n" + start) if text else ""
        case "erased":
            whose = f" of {whom}" if whom not in (None, name) else ""
            return f"* {name} deleted [{target}]{whose}" + (f": {text}" if text else "")
        case "reacted":
            return f"* {name} reacted to [{target}] with {text}" if text else ""
        case "unreacted":
            return f"* {name} took back {text} from [{target}]" if text else ""
        case "pinned" | "unpinned":
            return f"* {name} {kind} [{target}]"
        case "titled":
            return f"* {name} called the thread of [{target}] {text}" if text else ""
    done = moderation(kind, text, whom, until_utc(until))
    return f"{name} has {done}" if done else ""


def run_text(count: int) -> str:
    """Return a run of comings and goings as text."""
    return f"({count:,} comings and goings)"


def direct_lines(kind: str, name: str, text: str, *, bot: bool = False, to: str | None = None) -> list[str]:
    """Return a message of a direct room as lines; no lines for other kinds.

    Args:
        to: the names of the other members if the reader sent the message; None if somebody else did.
    """
    if kind not in ("message", "action"):
        return []
    name = name + BOT if bot else name
    way = f"{name} -> you" if to is None else f"you -> {to}"
    action = f"* {name} " if kind == "action" else ""
    return [f"{way}: {action}{line}" for line in text.split("\n")]


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
    try:
        return f" until {datetime.fromtimestamp(until / 1000, UTC):%Y-%m-%d %H:%M UTC}" if until else ""
    except (OverflowError, ValueError, OSError):
        return ""
