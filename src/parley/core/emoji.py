"""Emoji: one spelling for each, their short names, and their skin tones (Unicode Technical Standard #51).

`parley.core.unicode._emoji` has the table. It is imported and decoded at the first use, so that the start of a server
does not wait for it.
"""

from functools import cache
from itertools import permutations
from typing import Final

_TONES: Final = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_NO_TONES: Final = str.maketrans("", "", _TONES)
# VARIATION SELECTOR-16 asks for the coloured form of a character. Keyboards leave it out or add it as they like.
_VS16: Final = "\ufe0f"


def canonical(text: str) -> str | None:
    """Return the fully-qualified spelling of the emoji that `text` is; None if it is not exactly one emoji.

    An emoji is a sequence that Unicode recommends for general interchange (RGI; UTS #51, ED-27), with or without its
    U+FE0F. With a skin tone it is another emoji, see `base`. Refused are two emoji, an emoji with U+FE0E (which asks
    for the form without colours), and a skin tone alone. White space around the emoji is ignored.

    The spelling has at most 35 bytes of UTF-8. `canonical` returns a canonical spelling unchanged.
    """
    return _spellings().get(text.replace(_VS16, "").strip())


def named(name: str) -> str | None:
    """Return the emoji with a short name such as `:+1:`, in its canonical spelling; None if there is none.

    The names are those of the page's emoji picker, between colons. White space around them and case are ignored.
    """
    name = name.strip()
    if not (name.startswith(":") and name.endswith(":")):
        return None
    return _names().get(name[1:-1].lower())


def emoji_of(text: str) -> str | None:
    """Return the emoji that a user means by a text, one emoji or a short name, in its canonical spelling; None if the
    text is neither.
    """
    return named(text) or canonical(text)


def base(emoji: str) -> str:
    """Return an emoji without its skin tones.

    `web/src/emoji/tones.ts` has the same function; `tests/vectors/emoji.json` tests both.

    Args:
        emoji: an emoji, as `canonical` returns it. An emoji that the table does not have loses its tones all the same:
            a later version of Parley may have stored it.
    """
    bare = emoji.translate(_NO_TONES)
    if bare == emoji:
        return emoji
    key = bare.replace(_VS16, "")
    return _pairs().get(key) or _spellings().get(key) or bare


def is_one_base(one: str, other: str) -> bool:
    """Tell whether two emoji, as `canonical` returns them, differ in nothing but their skin tones."""
    return base(one) == base(other)


@cache
def _spellings() -> dict[str, str]:
    """Return the canonical spelling of each emoji, by its spelling without U+FE0F."""
    from .unicode import _emoji

    spellings: dict[str, str] = {}
    for entry in _emoji.SEQUENCES.split():
        patterns = [_text(entry)]
        while "t" in patterns[0]:
            patterns = [pattern.replace("t", tone, 1) for pattern in patterns for tone in _TONES]
        spellings.update((spelling.replace(_VS16, ""), spelling) for spelling in patterns)
    for entry in _emoji.PAIRS.split():
        pattern = _text(entry.partition(":")[0])
        for one, other in permutations(_TONES, 2):
            spelling = pattern.replace("t", one, 1).replace("t", other)
            spellings[spelling.replace(_VS16, "")] = spelling
    return spellings


@cache
def _pairs() -> dict[str, str]:
    """Return the emoji that stands for two people without skin tones, by the sequence of the two without U+FE0F."""
    from .unicode import _emoji

    entries = (entry.split(":") for entry in _emoji.PAIRS.split())
    return {_text(pattern).replace("t", "").replace(_VS16, ""): _text(without) for pattern, without in entries}


@cache
def _names() -> dict[str, str]:
    """Return the emoji of each short name, without its colons."""
    from .unicode import _emoji

    spellings = _spellings()
    entries = (entry.split(":") for entry in _emoji.NAMES.split())
    return {name: spellings[_text(points)] for points, names in entries for name in names.split(",")}


def _text(points: str) -> str:
    """Return the text of an entry of the table: code points in hexadecimal, `t` where a skin tone belongs."""
    return "".join(point if point == "t" else chr(int(point, 16)) for point in points.split("-"))
