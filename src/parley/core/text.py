"""The rules for the characters of names, topics and messages, and for when two names are the same."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from .unicode.invisible import is_visible

NAME_CHARS: Final = 32
TEXT_CHARS: Final = 8_000
TEXT_LINES: Final = 500
TOPIC_CHARS: Final = 250
KEY_CHARS: Final = 64
PASSWORD_LEAST: Final = 8
PASSWORD_MOST: Final = 256

_NAME_MARKS: Final = "_-.[]{}|^`\\"
_ASCII_NAME: Final = re.compile(rf"[A-Za-z0-9{re.escape(_NAME_MARKS)}]+")

# CR LF, CR, VT, FF, NEL, LINE SEPARATOR, PARAGRAPH SEPARATOR (Unicode Standard, section 5.8, "Newline Guidelines").
_LINE_BREAK: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# The other C0 and C1 control characters except newline and tab: they would control other users' terminals.
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_FORBIDDEN_IN_TEXT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BREAK_IN_LINE: Final = re.compile("[\t\n ]*[\t\n][\t\n ]*")
RESERVED_NAMES: Final = frozenset(("all", "channel", "everybody", "everyone", "here", "me", "room"))
"""Folded names that nobody may take: `@here` and `@room` call the members of a room, `me` in an address of the API is
the caller, and the others mean everybody in other chats.
"""

_KEY: Final = re.compile(rf"[!-~]{{1,{KEY_CHARS}}}")


def fold(name: str) -> str:
    """Return the form in which names are compared: NFKC and case folding, repeated until it is stable.

    Look-alikes of two scripts stay different here; `parley.core.unicode.confusables` compares those.
    """
    if name.isascii():
        lowered = name.lower()
        return name if lowered == name else lowered
    # Users can send strings of any length: cache only those that could be names.
    return _fold(name) if len(name) <= 2 * NAME_CHARS else _fold.__wrapped__(name)


@lru_cache(maxsize=1024)
def _fold(name: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    folded = unicodedata.normalize("NFKC", folded.casefold())
    return name if folded == name else folded  # return the same object, so that memory holds one string


def as_typed(name: str) -> str:
    """Return the name with composed accents (NFC), as most keyboards type them; some keyboards decompose them."""
    return unicodedata.normalize("NFC", name)


def bare_room_name(name: str) -> str:
    """Return a room's name without the `#` that is shown before it."""
    return name.removeprefix("#")


def is_name(name: str) -> bool:
    """Tell whether `name` may be the name of a user or a room.

    Allowed are letters, marks and digits of any script and ``_ - . [ ] { } | ^ ` \\``. All else is forbidden: spaces,
    controls, bidi controls, zero-width and other invisible characters, and letters that look like blanks. `.` and `..`
    are forbidden too: in the path of a URL they stand for a folder, however they are encoded (WHATWG URL, section 4.4).
    """
    if not 0 < len(name) <= NAME_CHARS or name in (".", ".."):
        return False
    return _ASCII_NAME.fullmatch(name) is not None if name.isascii() else _is_name(name)


@lru_cache(maxsize=1024)
def _is_name(name: str) -> bool:
    if unicodedata.normalize("NFC", name) != name:
        return False
    # Some compatibility characters fold to a string that is not a name, e.g. U+2100 to "a/c".
    return _is_spelled(name) and _is_spelled(fold(name)) and unicodedata.category(name[0])[0] != "M"


def is_reserved(name: str) -> bool:
    """Tell whether nobody may take the name because it means something else, also with punctuation around it: `@room.`
    at the end of a sentence must not mean a guest called `room.`.
    """
    return fold(name).strip(_NAME_MARKS) in RESERVED_NAMES


def _is_spelled(name: str) -> bool:
    for character in name:
        if character in _NAME_MARKS:
            continue
        category = unicodedata.category(character)
        if category[0] not in "LN" and category not in ("Mn", "Mc"):
            return False
        # Hangul fillers have a letter's category and variation selectors a mark's, but they are invisible.
        if not is_visible(character):
            return False
    return bool(name)


def normalized(text: str) -> str:
    """Return a text as it is stored: each line break of any kind is one newline, and control characters except tab are
    removed. Lone surrogates, which can't be encoded, become U+FFFD.

    The rules call this for every message, so all gateways accept the same texts. `web/src/sync/normalized.ts` is the
    same function; `tests/vectors/texts.json` tests both.
    """
    if text.isprintable():
        return text
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _LINE_BREAK.sub("\n", text)))


def single_line(text: str) -> str:
    """Return a topic, a reason or a label as it is stored: `normalized` without space at its ends, with a space for
    each run of tabs and line breaks; empty if nothing in it is visible.
    """
    line = _BREAK_IN_LINE.sub(" ", normalized(text)).strip()
    return line if is_visible(line) else ""


def is_text(text: str) -> bool:
    """Tell whether `text` has no control characters except newline and tab."""
    return text.isprintable() or _FORBIDDEN_IN_TEXT.search(text) is None


def is_line(text: str) -> bool:
    """Tell whether `text` has no control characters and fits on one line."""
    return is_text(text) and "\n" not in text and "\t" not in text


def is_key(key: str) -> bool:
    """Tell whether `key` is a valid key: 1 to 64 characters of printable ASCII without spaces."""
    return _KEY.fullmatch(key) is not None
