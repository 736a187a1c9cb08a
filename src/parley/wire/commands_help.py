"""The commands of both the line gateway and the terminal client: their help, and the parsing of moderation commands."""

import unicodedata
from collections.abc import Iterable
from enum import Enum
from typing import Final, Literal, NamedTuple

from .duration import parse_duration

HISTORY_DEFAULT: Final = 20
"""How many messages `/history` shows if no number is given."""


LISTED_ROOMS: Final = 50
LISTED_MEMBERS: Final = 100
"""At most this many rooms, or names of members, are listed at once; `/more` shows the next ones."""


_DIGITS_MOST: Final = 15
"""Of a number with more digits the others are left out: no message has such a number."""


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
    "/edit": Help("/edit [N] text", "change your last message, or the one with the number N", "/edit [NUMBER] TEXT"),
    "/delete": Help("/delete [N] [why]", "delete a message", "/delete [NUMBER] [WHY]"),
    "/reply": Help("/reply N text", "answer a message", "/reply NUMBER TEXT, or ^ for the last message"),
    "/thread": Help(
        "/thread N [text]", "show the thread of a message, or say something there", "/thread NUMBER [TEXT]"
    ),
    "/title": Help("/title N [text]", "name a thread", "/title NUMBER [TEXT]"),
    "/react": Help("/react N :+1:", "react to a message; with - before it, take it back", "/react NUMBER EMOJI"),
    "/pin": Help("/pin N", "pin a message to the room", "/pin [NUMBER]"),
    "/unpin": Help("/unpin N", "unpin it", "/unpin [NUMBER]"),
    "/pins": Help("/pins", "the pinned messages"),
    "/versions": Help("/versions N", "what a message was before it was edited", "/versions [NUMBER]"),
    "/numbers": Help("/numbers on|off", "show the number of each message"),
    "/quiet": Help("/quiet WHAT on|off", "hide reactions, or comings and goings", "/quiet reactions|joins on|off"),
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
        "s/old/new/ changes your last message. N is the number of a message, or ^ for the last one of anybody.",
    ]


class _Last(Enum):
    LAST = "^"


LAST: Final = _Last.LAST
"""The number of a message that is written as `^`: the last one of anybody."""

Number = int | Literal[_Last.LAST] | None
"""Which message a command is about; None: the user's own last one."""


def parse_number(argument: str) -> tuple[Number, str]:
    """Parse the argument of a command about a message. Return which message it names, and the rest.

    A first word that is a number (`41`, `[41]` or `#41`) always means a message, also if there can't be such a one.
    """
    word, _, rest = argument.partition(" ")
    if word == "^":
        return LAST, rest.strip()
    digits = word[1:-1] if word.startswith("[") and word.endswith("]") else word.removeprefix("#")
    if digits.isascii() and digits.isdigit():
        return int(digits[:_DIGITS_MOST]), rest.strip()
    return None, argument


def parse_deletion(argument: str) -> tuple[Number, str]:
    """Parse the argument of `/delete`: which message it names, and the reason.

    Raises:
        UsageError: the first word has a digit and is no number. Somebody may have mistyped a number, and must not
            delete their last message instead.
    """
    number, why = parse_number(argument)
    if number is None and any(character.isdigit() for character in why.partition(" ")[0]):
        raise UsageError(usage("/delete"))
    return number, why


def needed_number(command: str, argument: str) -> tuple[int | Literal[_Last.LAST], str]:
    """Parse an argument as `parse_number` does, for a command that needs a number.

    Raises:
        UsageError: there is no number.
    """
    number, rest = parse_number(argument)
    if number is None:
        raise UsageError(usage(command))
    return number, rest


class Reaction(NamedTuple):
    """An emoji, and whether the user reacts with it, or no longer does."""

    emoji: str
    on: bool


def parse_reaction(command: str, argument: str) -> Reaction:
    """Parse an emoji or its name, with a minus before it to take it back.

    Raises:
        UsageError: there is none, or more than one word.
    """
    emoji = argument.removeprefix("-")
    if not emoji or " " in emoji:
        raise UsageError(usage(command))
    return Reaction(emoji, emoji == argument)


def parse_switch(command: str, argument: str, whats: tuple[str, ...] = ("",)) -> tuple[str, bool]:
    """Parse `on` or `off`, with one of `whats` before it, if these are given.

    Raises:
        UsageError: it is something else.
    """
    *before, word = argument.lower().split() or [""]
    what = " ".join(before)
    if what not in whats or word not in ("on", "off"):
        raise UsageError(usage(command))
    return what, word == "on"


QUIET: Final = ("reactions", "joins")
"""What `/quiet` hides."""


class Substitution(NamedTuple):
    """A line `s/old/new/`: change the first `old` in the user's last message to `new`.

    Attributes:
        closed: whether the line ends with a slash. If it does not, it is an ordinary message unless `old` is found.
    """

    old: str
    new: str
    closed: bool

    def apply(self, text: str) -> str | None:
        """Return the changed text; None if `old` is not in it."""
        return text.replace(self.old, self.new, 1) if self.old in text else None


def parse_substitution(line: str) -> Substitution | None:
    """Return what a line substitutes; None if it is no substitution.

    `s/old/new/` has three slashes, of which the last ends the line; `s/old/new` has two. In the second form neither
    part is empty, and `s/he/...`, as people write for she or he, is an ordinary message.
    """
    parts = unicodedata.normalize("NFC", line).split("/")
    if parts[0] != "s" or len(parts) not in (3, 4) or not parts[1]:
        return None
    if len(parts) == 4:
        return Substitution(parts[1], parts[2], closed=True) if not parts[3] else None
    return Substitution(parts[1], parts[2], closed=False) if parts[2] and parts[1].lower() != "he" else None


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
