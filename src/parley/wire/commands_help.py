"""The commands of both the line gateway and the terminal client: their help, and the parsing of moderation commands."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from .duration import parse_duration

HISTORY_DEFAULT: Final = 20
"""How many messages `/history` shows if no number is given."""


LISTED_ROOMS: Final = 50
LISTED_MEMBERS: Final = 100
"""At most this many rooms, or names of members, are listed at once; `/more` shows the next ones."""


class Help(NamedTuple):
    """A line of the list of commands. `full` is the usage shown after an error, if it says more than `usage`."""

    usage: str
    about: str
    full: str = ""


class UsageError(Exception):
    """A command lacks an argument; the text is its usage."""


COMMANDS: Final = {
    "/join": Help("/join ROOM", "enter a room, or go back to one; it is made if there is none"),
    "/leave": Help("/leave [ROOM]", "leave the room"),
    "/rooms": Help("/rooms [WORD]", "the rooms there are, or those with a word in their names"),
    "/who": Help("/who [ROOM] [NAME]", "who is in the room, or whether somebody is"),
    "/more": Help("/more", "more of a long list"),
    "/msg": Help("/msg NAME text", "write to one person"),
    "/me": Help("/me does something", "say what you do"),
    "/nick": Help("/nick NAME", "take another name"),
    "/topic": Help("/topic [text]", "show the room's topic, or set it"),
    "/history": Help("/history [n]", "the last messages of the room"),
    "/private": Help("/private ROOM", "make a room that people enter by invitation"),
    "/invite": Help("/invite NAME", "let someone into this private room"),
    "/kick": Help("/kick NAME [why]", "send someone out of this room"),
    "/ban": Help("/ban NAME [7d] [why]", "send someone out, and keep them out", "/ban NAME [10m|2h|7d] [why]"),
    "/unban": Help("/unban NAME", "let them in again"),
    "/mute": Help("/mute NAME [7d] [why]", "keep someone quiet", "/mute NAME [10m|2h|7d] [why]"),
    "/unmute": Help("/unmute NAME", "let them speak again"),
    "/role": Help(
        "/role NAME ROLE", "make someone owner, moderator or member here", "/role NAME owner|moderator|member"
    ),
    "/rename": Help("/rename NEW-NAME", "give this room another name"),
    "/slow": Help("/slow SECONDS", "between two messages of a member; 0 ends it"),
    "/readonly": Help("/readonly on|off", "whether only moderators write"),
    "/guests": Help("/guests on|off", "whether guests may come in"),
    "/calls": Help("/calls WHO", "who may write @here and @room", "/calls members|moderators|nobody"),
    "/archive": Help("/archive [why]", "close this room for good"),
    "/reopen": Help("/reopen", "open it again"),
    "/help": Help("/help", "this list"),
    "/quit": Help("/quit [words]", "go, with parting words if you like"),
    ".exit": Help(".exit [words]", "the same, as in the beginning"),
}


GOODBYES: Final = (".exit", "/quit")
"""Answers with which a user leaves instead of giving a name."""


def is_cut_off(line: str) -> bool:
    """Tell whether the last line of a stream, without a newline, is a command that may have lost its end.

    Such a command is not carried out (docs/decisions/0017-unfinished-lines.md). `/quit` is carried out: the end of the
    stream means the same.
    """
    word = line.partition(" ")[0].lower()
    return line.startswith("/") and not line.startswith("//") and word != "/quit"


def usage(command: str) -> str:
    """Return the usage of a command, as shown after an error."""
    known = COMMANDS[command]
    return known.full or known.usage


def help_lines(commands: Iterable[Help]) -> list[str]:
    """Return the list of commands, aligned."""
    known = list(commands)
    width = max(len(each.usage) for each in known)
    return [
        "Whatever you write goes to the room you are in. Beyond that:",
        *(f"  {each.usage:<{width}}  {each.about}" for each in known),
        "A line that shall begin with a slash begins with two.",
    ]


Action = Literal["invite", "kick", "ban", "mute", "role", "rename", "archive", "slow", "read_only", "guests", "calls"]


class Order(NamedTuple):
    """A moderation command; see `parley.wire.web.Moderate`. `duration` is in milliseconds; 0: permanent."""

    action: Action
    whom: str = ""
    undo: bool = False
    duration: int = 0
    value: str = ""
    why: str = ""


_ORDERS: Final = {
    "/invite": Order("invite"),
    "/kick": Order("kick"),
    "/ban": Order("ban"),
    "/unban": Order("ban", undo=True),
    "/mute": Order("mute"),
    "/unmute": Order("mute", undo=True),
    "/role": Order("role"),
    "/rename": Order("rename"),
    "/slow": Order("slow"),
    "/readonly": Order("read_only"),
    "/guests": Order("guests"),
    "/calls": Order("calls"),
    "/archive": Order("archive"),
    "/reopen": Order("archive", undo=True),
}
MODERATION: Final = tuple(_ORDERS)
"""The commands that `parse_order` reads."""


def parse_order(command: str, argument: str) -> Order:
    """Parse a moderation command: one of `MODERATION`, and its argument.

    Raises:
        UsageError: an argument is missing.
        ValueError: the duration is invalid; the text is a sentence without its full stop.
    """
    order = _ORDERS[command]
    if order.action == "archive":
        return order._replace(why=argument)
    if not argument:
        raise UsageError(usage(command))
    if order.action not in ("invite", "kick", "ban", "mute", "role"):
        return order._replace(value=argument)
    whom, _, rest = argument.partition(" ")
    rest = rest.strip()
    if order.action == "role":
        if not rest:
            raise UsageError(usage(command))
        return order._replace(whom=whom, value=rest)
    seconds = 0
    if order.action in ("ban", "mute") and not order.undo:
        seconds, rest = parse_duration(rest)
    return order._replace(whom=whom, duration=seconds * 1000, why=rest)
