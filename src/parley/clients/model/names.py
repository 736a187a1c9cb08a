"""When two names are the same, and how a destination is written."""

import re
import unicodedata
from typing import Final

_NOT_IN_NAMES: Final = re.compile(r"[^\w.\[\]{}|^`\\-]+")


def fold(name: str) -> str:
    """Return the form in which names are compared, as the server does it: NFKC and case folding, until it is stable."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return unicodedata.normalize("NFKC", folded.casefold())


def bare(room: str) -> str:
    """Return a room's name without the `#` it may be written with."""
    return room.removeprefix("#")


def spelled(words: str) -> str:
    """Return a name made of `words`, with a dash for whatever a name can't hold; `someone` if nothing is left."""
    return _NOT_IN_NAMES.sub("-", unicodedata.normalize("NFC", words)).strip("-")[:32] or "someone"
