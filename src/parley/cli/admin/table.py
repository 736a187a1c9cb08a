"""Tables for terminals: aligned, without control characters, and not wider than the terminal."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from parley.clients.plain.render import safe

GAP: Final = "  "
NARROWEST: Final = 6
CUT: Final = "…"


def table(head: Sequence[str], rows: Iterable[Sequence[object]], columns: int | None) -> Iterator[str]:
    """Yield the lines of a table.

    Args:
        head: the headings of the columns.
        rows: the cells.
        columns: the width of the terminal: the widest columns are cut until the table fits; None: nothing is cut.
    """
    lines = [list(head), *([one_line(str(cell)) for cell in row] for row in rows)]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    if columns is not None:
        _narrow(widths, columns - len(GAP) * (len(widths) - 1))
    for line in lines:
        cells = (padded(cut(cell, wide), wide) for cell, wide in zip(line, widths, strict=True))
        yield GAP.join(cells).rstrip()


def one_line(text: str) -> str:
    """Return a text as one line without control characters."""
    return safe(text.replace("\t", " "))


def width(text: str) -> int:
    """Return how many columns a text takes: none for combining marks, two for wide characters (UAX 11)."""
    return sum(
        0 if unicodedata.category(character) in ("Mn", "Me", "Cf")
        else 2 if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )  # fmt: skip


def padded(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))


def cut(text: str, wide: int) -> str:
    """Return a text, or as much of its beginning as fits, with `…` at the end."""
    if width(text) <= wide:
        return text
    kept = ""
    for character in text:
        if width(kept) + width(character) > wide - width(CUT):
            break
        kept += character
    return kept + CUT


def _narrow(widths: list[int], room: int) -> None:
    while sum(widths) > room and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
