"""Fields of JSON that somebody else has made: any of them may be missing, or of any type."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from parley.core.text import normalized

Json = Any
"""What JSON can say: None, bool, int, float, str, list, dict."""

CHARS_MOST: Final = 16_000
"""At most this much of a string is read: twice as much as a message holds."""

ITEMS_MOST: Final = 100
"""At most this many items of a list are read."""


def string(tree: Json, *path: str) -> str:
    """Return the string at a path, clean; a number in digits; "" if there is none of them."""
    value = at(tree, *path)
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) and abs(value) < 1e300 else ""


def shown(text: str) -> str:
    """Return a string as it may be shown: without control characters, and not too long."""
    return normalized(text if len(text) <= CHARS_MOST else f"{text[:CHARS_MOST]}…").strip("\n")


def one_line(tree: Json, *path: str) -> str:
    """Return the string at a path, on one line."""
    return " ".join(string(tree, *path).split())


def at(tree: Json, *path: str) -> Json:
    """Return what is at a path of names; None if there is nothing."""
    for name in path:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def table(tree: Json, *path: str) -> Mapping[str, Json]:
    """Return the object at a path; an empty one if there is none."""
    found = at(tree, *path)
    return found if isinstance(found, dict) else {}


def items(tree: Json, *path: str) -> list[Json]:
    """Return the list at a path, up to `ITEMS_MOST` items; an empty one if there is none."""
    found = at(tree, *path)
    return found[:ITEMS_MOST] if isinstance(found, list) else []


def more(tree: Json, *path: str) -> str:
    """Return the words for those items that `items` leaves out; "" if it leaves out none."""
    found = at(tree, *path)
    left = len(found) - ITEMS_MOST if isinstance(found, list) else 0
    return f"… and {left:,} more" if left > 0 else ""


def first(candidates: Iterable[str]) -> str:
    """Return the first string that is not empty; "" if all are."""
    return next((each for each in candidates if each), "")
