"""Mentions: the members whom a message names."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Final

from .events import EVERYBODY
from .markup import without_code
from .roles import RANKS, rank
from .state import Room, State, User
from .text import NAME_CHARS, as_typed

HERE_MOST: Final = 200
"""In larger rooms `@here` mentions nobody: they don't show members who is online either."""

NAMES_MOST: Final = 30
"""At most this many names are looked up in one message; further ones are plain text."""

ALL: Final = "room"
HERE: Final = "here"

Online = Callable[[int], bool]
"""Tells whether the user with this id is connected."""

# An `@` that is not preceded by a character that would make it an e-mail address, and up to the longest possible name
# with decomposed accents after it. `_in_a_name` and `_found` decide how much of that is the name.
_MENTION: Final = re.compile(rf"(?<![\w@])@([^\s@]{{1,{4 * NAME_CHARS}}})")
_MARKS: Final = "_-.[]{}|^`\\"


def mentions(state: State, room: Room, user: User, text: str, online: Online) -> tuple[int, ...] | None:
    """Return the ids of the members of `room` whom the message `text` of `user` mentions, ascending; `EVERYBODY` alone
    for all; None for nobody.
    """
    if "@" not in text:
        return None
    found: set[int] = set()
    may_broadcast = _may_broadcast(state, room, user)
    for name in _names(text):
        special = name.lower().rstrip(_MARKS) if may_broadcast else ""
        if special == ALL:
            return (EVERYBODY,)
        if special == HERE:
            if len(room.members) <= HERE_MOST:
                found.update(filter(online, room.members))
        elif (whom := _found(state, room, name)) is not None:
            found.add(whom)
    found.discard(user.id)
    return tuple(sorted(found)) or None


def _may_broadcast(state: State, room: Room, user: User) -> bool:
    if room.broadcast_mentions == "members":
        return True
    return room.broadcast_mentions == "moderators" and rank(state, room, user) >= RANKS["moderator"]


def _found(state: State, room: Room, name: str) -> int | None:
    """Return the member who is mentioned: the longest existing name; punctuation at its end may belong to the text."""
    least = len(name.rstrip(_MARKS))
    for length in range(min(len(name), NAME_CHARS), max(least, 1) - 1, -1):
        known = state.user_named(name[:length])
        if known is not None and known.id in room.members:
            return known.id
    return None


def _names(text: str) -> Iterator[str]:
    """Yield the text after each `@` outside of code, as far as it could be a name or punctuation allowed in names."""
    plain = without_code(text) if "`" in text else text
    for count, match in enumerate(_MENTION.finditer(plain), 1):
        before = plain[match.start() - 1 : match.start()]
        if not before or unicodedata.category(before)[0] != "M":  # an accent of a letter
            yield as_typed("".join(takewhile(_in_a_name, match[1])))
        if count == NAMES_MOST:
            return


def _in_a_name(character: str) -> bool:
    category = unicodedata.category(character)
    return character in _MARKS or category[0] in "LN" or category in ("Mn", "Mc")
