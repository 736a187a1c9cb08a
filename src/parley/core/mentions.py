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
from .unicode.spaceless import is_spaceless

HERE_MOST: Final = 200
"""In larger rooms `@here` mentions nobody: they don't show members who is online either."""

NAMES_MOST: Final = 30
"""At most this many names are looked up in one message; further ones are plain text."""

ALL: Final = "room"
HERE: Final = "here"

Online = Callable[[int], bool]
"""Tells whether the user with this id is connected."""

# An `@`, and up to the longest possible name with decomposed accents after it. `_in_a_name` and `_fitting` decide how
# much of that is the name.
_MENTION: Final = re.compile(rf"@([^\s@]{{1,{4 * NAME_CHARS}}})")
_MARKS: Final = "_-.[]{}|^`\\"


def mentions(state: State, room: Room, user: User, text: str, online: Online) -> tuple[int, ...] | None:
    """Return the ids of the members of `room` whom the message `text` of `user` mentions, ascending; None for nobody.

    `EVERYBODY` stands for all members. Members who are also mentioned by name have their ids after it: by the ids,
    clients know whom a name in an old message means, even if it belongs to another user today.
    """
    if "@" not in text:
        return None
    named: set[int] = set()
    calls: set[str] = set()
    may_broadcast = _may_broadcast(state, room, user)
    for run in _runs(text):
        for name in _fitting(run):
            if may_broadcast and (call := name.lower()) in (ALL, HERE):
                calls.add(call)
                break
            known = state.user_named(name)
            if known is not None and known.id in room.members:
                named.add(known.id)
                break
    if ALL in calls:
        named.add(EVERYBODY)
    elif HERE in calls and len(room.members) <= HERE_MOST:
        named.update(filter(online, room.members))
    named.discard(user.id)
    return tuple(sorted(named)) or None


def _may_broadcast(state: State, room: Room, user: User) -> bool:
    if room.broadcast_mentions == "members":
        return True
    return room.broadcast_mentions == "moderators" and rank(state, room, user) >= RANKS["moderator"]


def _fitting(run: str) -> Iterator[str]:
    """Yield the beginnings of `run` that may be the name, the longest first: punctuation at the end may belong to the
    text, and so may a letter of a script without spaces, and what follows it.
    """
    ends = True
    for length in range(len(run), 0, -1):
        if length < len(run):
            following = run[length]
            ends = (ends and following in _MARKS) or (is_spaceless(following) and following.isalpha())
        if ends and length <= NAME_CHARS:
            yield run[:length]


def _runs(text: str) -> Iterator[str]:
    """Yield the text after each `@` outside of code, as far as it could be a name or punctuation allowed in names."""
    plain = without_code(text) if "`" in text else text
    count = 0
    for match in _MENTION.finditer(plain):
        if _may_begin(plain, match.start()):
            yield as_typed("".join(takewhile(_in_a_name, match[1])))
            count += 1
            if count == NAMES_MOST:
                return


def _may_begin(text: str, at: int) -> bool:
    """Tell whether a mention may begin at `at`: not in an e-mail address, so not behind a letter, a digit, `_`, `@` or
    `#`; but behind a letter of a script without spaces.
    """
    before = at - 1
    while before >= 0 and unicodedata.category(text[before])[0] == "M":
        before -= 1  # to the letter or the emoji that the mark belongs to
    if before < 0:
        return True
    character = text[before]
    if character in "_@#":
        return False
    return unicodedata.category(character)[0] not in "LN" or is_spaceless(character)


def _in_a_name(character: str) -> bool:
    category = unicodedata.category(character)
    return character in _MARKS or category[0] in "LN" or category in ("Mn", "Mc")
