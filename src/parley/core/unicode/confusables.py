"""Names that look alike (Unicode Technical Standard #39, section 4)."""

import unicodedata
from functools import cache, lru_cache
from typing import Final

from parley.core.text import NAME_CHARS, fold

# Everything known settles in two rounds; the bound is there for what a later Unicode may bring.
_ROUNDS: Final = 8


def skeleton(name: str) -> str:
    """Return the same for names that could be taken for one another (UTS #39, section 4, "skeleton").

    It is the standard's skeleton of `fold(name)`: every character is replaced by what it looks like and folded again,
    until nothing changes. So names that are the same under `fold` have the same skeleton, and so have those whose
    folded forms are confusable by the standard: `paypal` and the same with a Cyrillic a, `modern` and `modem`, `bo0k`
    and `book`.

    Folding makes capitals small, and looks are then compared without regard to case. Two things follow:

    - I looks like l and is i, so `i`, `I`, `l`, `1` and `|` count as alike: `bill1` and `billl`, `Ian` and `Lan`.
    - Letters whose small form looks like a small capital (Cyrillic т, к, м, н) count as the capital they look like.

    That is more than is confusable, and may be: only accounts' names are protected by it.

    A skeleton is for comparing, never for showing, and differs between versions of Unicode: it is not to be stored.
    """
    return _skeleton(name) if len(name) <= 2 * NAME_CHARS else _skeleton.__wrapped__(name)


def skeletons(name: str) -> tuple[str, ...]:
    """Return the skeletons of a name: of its folded form, and of the name as it is typed where that is another.

    Some letters look like one and fold to one that looks like another: a Greek capital nu is an N to the eye, a small
    one a v, a long s an f. A name with one of them could be taken for two others. Two names are confusable if they
    share a skeleton.
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
    """Return what characters look like: folded ones, and those that look otherwise as they are typed."""
    from . import _confusables

    return _table(_confusables.FOLDED), _table(_confusables.TYPED)


def _table(entries: str) -> dict[int, str]:
    table: dict[int, str] = {}
    for entry in entries.rstrip(";\n").split(";"):
        look, characters = entry.split(":")
        text = "".join(chr(int(code, 16)) for code in look.split())
        table.update((int(code, 16), text) for code in characters.split())
    return table
