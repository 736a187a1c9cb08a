"""Confusable names (Unicode Technical Standard #39, section 4)."""

import unicodedata
from functools import cache, lru_cache
from typing import Final

from parley.core.text import NAME_CHARS, fold

# The most rounds of replacing and folding. In Unicode 17 nothing changes after two rounds; later versions may need
# more.
_ROUNDS: Final = 8


def skeleton(name: str) -> str:
    """Return the same string for names that are confusable (UTS #39, section 4, "skeleton").

    It is the standard's skeleton of `fold(name)`: every character is replaced by its look-alike and folded again, until
    nothing changes. So names with the same `fold` have the same skeleton, and so have names whose folded forms are
    confusable by the standard: `paypal` and the same with a Cyrillic a, `modern` and `modem`, `bo0k` and `book`.

    Folding turns capitals into small letters, and look-alikes are then compared without regard to case. It follows:

    - I looks like l and folds to i, so `i`, `I`, `l`, `1` and `|` are the same: `bill1` and `billl`, `Ian` and `Lan`.
    - Letters whose small form looks like a small capital (Cyrillic т, к, м, н) are the same as that capital.

    This is stricter than the standard. That is acceptable, because only the names of accounts are protected by it.

    A skeleton is for comparing only. Never show it, and never store it: it differs between versions of Unicode.
    """
    return _skeleton(name) if len(name) <= 2 * NAME_CHARS else _skeleton.__wrapped__(name)


def skeletons(name: str) -> tuple[str, ...]:
    """Return the skeletons of a name: of its folded form, and, if it differs, of the name as typed.

    Some letters look like one letter and fold to one that looks like another: a capital Greek nu looks like N, the
    small one like v; a long s looks like f. A name with such a letter is confusable with two others. Two names are
    confusable if they share a skeleton.
    """
    folded = skeleton(name)
    if name.isascii():
        return (folded,)
    typed = skeleton(unicodedata.normalize("NFD", name).translate(_tables()[1]))
    return (folded,) if typed == folded else (folded, typed)


@lru_cache(maxsize=1024)
def _skeleton(name: str) -> str:
    name = fold(name)
    for _ in range(_ROUNDS):
        looks = fold(unicodedata.normalize("NFD", name).translate(_tables()[0]))
        if looks == name:
            break
        name = looks
    return name


@cache
def _tables() -> tuple[dict[int, str], dict[int, str]]:
    """Return the look-alikes of characters: of folded ones, and of those that look different before folding."""
    from . import _confusables

    return _table(_confusables.FOLDED), _table(_confusables.TYPED)


def _table(entries: str) -> dict[int, str]:
    table: dict[int, str] = {}
    for entry in entries.rstrip(";\n").split(";"):
        look, characters = entry.split(":")
        text = "".join(chr(int(code, 16)) for code in look.split())
        table.update((int(code, 16), text) for code in characters.split())
    return table
