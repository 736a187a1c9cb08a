"""Compares names, and makes the addresses of rooms and direct conversations."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

PEOPLE_SEPARATOR: Final = ", "
"""Stands between the names of the people of a direct room."""

_NOT_IN_NAMES: Final = re.compile(r"[^\w.\[\]{}|^`\\-]+")


def fold(name: str) -> str:
    """Return the form in which names are compared, as the server does it: NFKC and case folding, until it is stable."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return unicodedata.normalize("NFKC", folded.casefold())


def bare(room: str) -> str:
    """Return a room's name without the `#` it may be written with."""
    return room.removeprefix("#")


def fold_people(names: str) -> tuple[str, ...]:
    """Return the people in the name of a direct room, folded and sorted, so that they can be compared."""
    return tuple(sorted({fold(name) for name in names.split(PEOPLE_SEPARATOR)}))


def direct_address(names: Iterable[str], me: str | None) -> str:
    """Return the address of the direct room of these people and `me`."""
    others = {fold(name): name for name in names if fold(name) != fold(me or "")}
    return "@" + PEOPLE_SEPARATOR.join(others.values())


def as_name(words: str) -> str:
    """Return a name made of `words`, with a dash in place of characters that a name can't have; `someone` if nothing is
    left.
    """
    return _NOT_IN_NAMES.sub("-", unicodedata.normalize("NFC", words)).strip("-")[:32] or "someone"
