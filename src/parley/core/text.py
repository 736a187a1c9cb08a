"""What names, topics and messages may hold, and when two names are the same."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

NAME_CHARS: Final = 32
TEXT_CHARS: Final = 8_000
TEXT_LINES: Final = 500
TOPIC_CHARS: Final = 250
KEY_CHARS: Final = 64
PASSWORD_LEAST: Final = 8
PASSWORD_MOST: Final = 256

_NAME_MARKS: Final = frozenset("_-.[]{}|^`\\")

# C0 and C1 controls but newline and tab: they would reach other people's terminals. U+2028/9 break lines where nobody
# expects it.
_FORBIDDEN_IN_TEXT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_KEY: Final = re.compile(rf"[!-~]{{1,{KEY_CHARS}}}")


def fold(name: str) -> str:
    """Return the form in which names are compared: NFKC and case folding, repeated until it is stable.

    Letters of two scripts that look alike stay different; `parley.core.unicode.confusables` tells those.
    """
    # Anyone may ask for any name: only what could be one is worth remembering.
    return _fold(name) if len(name) <= 2 * NAME_CHARS else _fold.__wrapped__(name)


@lru_cache(maxsize=1024)
def _fold(name: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    folded = unicodedata.normalize("NFKC", folded.casefold())
    return name if folded == name else folded  # one string in memory where one will do


def as_typed(name: str) -> str:
    """Return the name with its accents composed (NFC), as most keyboards type them; some send them apart."""
    return unicodedata.normalize("NFC", name)


def bare_room_name(name: str) -> str:
    """Return a room's name without the `#` it is shown with."""
    return name.removeprefix("#")


def is_name(name: str) -> bool:
    """Tell whether `name` may be the name of a user or a room.

    Letters, marks and digits of any script and ``_ - . [ ] { } | ^ ` \\``. Everything else is out: spaces, controls,
    bidi controls, zero-width and other invisible characters, and letters that only look like blanks.
    """
    return 0 < len(name) <= NAME_CHARS and _is_name(name)


@lru_cache(maxsize=1024)
def _is_name(name: str) -> bool:
    if unicodedata.normalize("NFC", name) != name:
        return False
    # Compatibility characters may fold to something that is no name, e.g. U+2100 to "a/c".
    return _is_spelled(name) and _is_spelled(fold(name)) and unicodedata.category(name[0])[0] != "M"


def _is_spelled(name: str) -> bool:
    for character in name:
        if character in _NAME_MARKS:
            continue
        category = unicodedata.category(character)
        if category[0] not in "LN" and category not in ("Mn", "Mc"):
            return False
        # Hangul fillers are letters by category and blank to the eye; default-ignorable marks are invisible.
        if character in _BLANKS or "VARIATION SELECTOR" in unicodedata.name(character, ""):
            return False
    return bool(name)


_BLANKS: Final = frozenset(
    "\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f\U00013441\U00013442\U00016fe4"
)


def is_text(text: str) -> bool:
    """Tell whether `text` is free of control characters (newline and tab may stay)."""
    return text.isprintable() or _FORBIDDEN_IN_TEXT.search(text) is None


def is_line(text: str) -> bool:
    """Tell whether `text` is free of control characters and fits on one line."""
    return is_text(text) and "\n" not in text and "\t" not in text


def is_key(key: str) -> bool:
    """Tell whether `key` may name a message: 1 to 64 characters of printable ASCII without spaces."""
    return _KEY.fullmatch(key) is not None
