"""Shows JSON of an unknown form as it is. A refusal would lose the message, as most tools do not repeat it, and people
can read the JSON.
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Final

from parley.core.text import normalized
from parley.gateways.http.hooks.document import Block, Fence, lines
from parley.gateways.http.hooks.fields import CHARS_MOST, Json, shown

ROWS_MOST: Final = 600
"""At most this many lines are made, more than a message may have."""

DEPTH_MOST: Final = 12

_WIDTH: Final = 100


def read(tree: Json) -> list[Block]:
    """Return JSON as code; a string as its text; an empty list for an empty value."""
    if isinstance(tree, str):
        return lines(shown(tree))
    if tree is None or tree in ({}, []):
        return []
    return [Fence("\n".join(islice(_rows(tree, "", 0), ROWS_MOST)), "json")]


def _rows(tree: Json, label: str, depth: int, end: str = "") -> Iterator[str]:
    """Yield JSON line by line, two spaces deeper for each level.

    Args:
        tree: the value to show.
        label: the text before it on its first line.
        depth: its depth, by which it is indented.
        end: the text after it: a comma or nothing.
    """
    blanks = "  " * depth
    small = _one_line(tree)
    if small is not None and (len(label) + len(small) <= _WIDTH or not isinstance(tree, dict | list)):
        yield f"{blanks}{label}{small}{end}"
        return
    begin, close = "{}" if isinstance(tree, dict) else "[]"
    if depth == DEPTH_MOST:
        yield f"{blanks}{label}{begin}…{close}{end}"
        return
    yield f"{blanks}{label}{begin}"
    entries = tree.items() if isinstance(tree, dict) else ((None, value) for value in tree)
    last = len(tree) - 1
    for index, (name, value) in enumerate(entries):
        words = "" if name is None else f"{_scalar(name)}: "
        yield from _rows(value, words, depth + 1, "," if index < last else "")
    yield f"{blanks}{close}{end}"


def _one_line(tree: Json) -> str | None:
    """Return JSON on one line; None if it contains a nested object or list that is not empty."""
    if not isinstance(tree, dict | list):
        return _scalar(tree)
    values = tree.values() if isinstance(tree, dict) else tree
    if len(tree) > _WIDTH // 2 or any(isinstance(value, dict | list) and value for value in values):
        return None
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{_scalar(name)}: {_scalar(value)}" for name, value in tree.items()) + "}"
    return "[" + ", ".join(map(_scalar, tree)) + "]"


def _scalar(value: Json) -> str:
    if isinstance(value, str) and len(value) > CHARS_MOST:
        value = f"{value[:CHARS_MOST]}…"
    return normalized(json.dumps(value, ensure_ascii=False)).replace("\n", " ")
