"""The form in which names are searched: without case, accents and other ornaments of letters."""

import unicodedata
from functools import lru_cache
from typing import Final

# Letters that Unicode does not decompose, though people type them without their strokes.
_BASE_LETTERS: Final = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ŋ": "n", "ɨ": "i", "ƶ": "z",
        "æ": "ae", "œ": "oe", "þ": "th", "ĸ": "k",
    }
)  # fmt: skip


def search_fold(text: str) -> str:
    """Return the form in which a name, or what is typed to find one, is compared: compatibility forms decomposed
    (NFKD), case folded, marks removed, and letters with strokes or joined letters as their base letters.
    """
    return text.lower() if text.isascii() else _fold(text)


@lru_cache(maxsize=1024)
def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(character for character in decomposed if unicodedata.category(character) != "Mn")
    return bare.translate(_BASE_LETTERS)
