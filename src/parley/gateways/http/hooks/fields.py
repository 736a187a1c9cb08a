"""Reads fields of JSON from other programs: any field may be missing or have any type."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from parley.core.text import normalized

Json = Any
"""A value of JSON: None, bool, int, float, str, list or dict."""

CHARS_MOST: Final = 16_000
"""At most this much of a string is read: twice as much as a message holds."""

ITEMS_MOST: Final = 100
"""At most this many items of a list are read."""


def string(tree: Json, *path: str) -> str:
    """Return the string at a path, as `shown`; a number in digits; "" for anything else."""
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
    """Return the value at a path of names; None if there is none."""
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
    """Return a text with the number of items that `items` leaves out; "" if it leaves out none."""
    found = at(tree, *path)
    left = len(found) - ITEMS_MOST if isinstance(found, list) else 0
    return f"… and {left:,} more" if left > 0 else ""


def first(candidates: Iterable[str]) -> str:
    """Return the first string that is not empty; "" if all are."""
    return next((each for each in candidates if each), "")
