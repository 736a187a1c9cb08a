"""Shortens a document so that its text fits in a message."""

import re
import unicodedata
from typing import Final

from msgspec.structs import replace

from parley.core.text import TEXT_CHARS, TEXT_LINES

from .document import (
    Block,
    Code,
    Document,
    Fence,
    Inline,
    Item,
    Link,
    Markup,
    ParagraphLine,
    Quote,
    Styled,
    length_of,
    size,
)
from .render import render

NOTE: Final = "… (shortened)"

_TICKS: Final = re.compile("`+")

_NEAR: Final = 80
"""A text is cut at white space if there is any in its last so many characters."""


def fit(document: Document) -> str:
    """Return the text of a document. If it is longer than a message may be, it is cut and says so at its end."""
    chars, rows = size(document)
    if chars <= TEXT_CHARS + 1 and rows <= TEXT_LINES and _fits(text := render(document)):
        return text
    # Find the longest beginning that fits by trying. Escapes make the text longer than the document, and by how much
    # depends on the text.
    low, high, best = 0, min(chars, TEXT_CHARS), NOTE
    while low < high:
        middle = (low + high + 1) // 2
        text = f"{render(cut(document, middle, TEXT_LINES - 1))}\n{NOTE}"
        if _fits(text):
            low, best = middle, text
        else:
            high = middle - 1
    return best


def _fits(text: str) -> bool:
    return len(text) <= TEXT_CHARS and text.count("\n") < TEXT_LINES


def cut(document: Document, chars: int, rows: int) -> list[Block]:
    """Return the beginning of a document: at most `chars` characters and `rows` lines, as `size` counts them."""
    kept: list[Block] = []
    for block in document:
        inside, height = size([block])
        if inside <= chars and height <= rows:
            kept.append(block)
            chars -= inside
            rows -= height
            continue
        if chars > 0 and rows > 0:
            kept += _cut_block(block, chars, rows)
        break
    return kept


def _cut_block(block: Block, chars: int, rows: int) -> list[Block]:
    match block:
        case ParagraphLine(of) | Item(of):
            some = _cut_inlines(of, chars)
            return [replace(block, of=some)] if some else []
        case Quote(of):
            inside = cut(of, chars, rows)
            return [Quote(tuple(inside))] if inside else []
        case Fence(text):
            text = _beginning(text, chars, rows - 2)
            return [replace(block, text=text)] if text else []
        case Markup(text):
            text = _beginning(text, chars, rows)
            return [replace(block, text=_closed(text))] if text else []


def _cut_inlines(inlines: tuple[Inline, ...], chars: int) -> tuple[Inline, ...]:
    kept: list[Inline] = []
    for each in inlines:
        length = length_of(each)
        if length <= chars:
            kept.append(each)
            chars -= length
            continue
        match each:
            case str():
                kept.append(_beginning(each, chars, 1))
            case Code(text):
                kept.append(Code(_beginning(text, chars, 1)))
            case Styled(style, of):
                kept.append(Styled(style, _cut_inlines(of, chars)))
            case Link(href, words) if len(words) > _NEAR:
                kept.append(Link(href, _beginning(words, chars, 1)))
            case _:
                pass  # a link or a mention is kept whole or left out
        break
    return tuple(kept)


def _beginning(text: str, chars: int, rows: int) -> str:
    """Return the beginning of a text, cut at the end of a line or a word if one is near, otherwise between two
    characters.
    """
    if rows <= 0:
        return ""
    lines = text.split("\n", rows)
    if len(lines) > rows:
        text = text[: len(text) - len(lines[-1]) - 1]
    if len(text) <= chars:
        return text
    end = chars
    # An accent, a joiner or a variation selector belongs to the character before it.
    while end > max(0, chars - 20) and (_joins(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    for blank in range(end, max(0, end - _NEAR), -1):
        if text[blank].isspace():
            return text[:blank].rstrip()
    return text[:end]


def _joins(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Mn", "Me", "Mc")
        or character in "\u200d\ufe0e\ufe0f"
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
    )


def _closed(text: str) -> str:
    """Return the beginning of a text with markup. A code block that was cut is closed again, so that the text after it
    is not code.
    """
    fence = ""
    for each in text.split("\n"):
        bare = each.lstrip(" ")
        ticks = bare[: len(bare) - len(bare.lstrip("`"))]
        rest = bare[len(ticks) :].strip()
        if fence and len(ticks) >= len(fence) and not rest:
            fence = ""
        elif not fence and len(ticks) >= 3 and "`" not in rest:
            fence = ticks
    if fence:
        return f"{text}\n{fence}"
    runs: list[str] = _TICKS.findall(text.rpartition("\n")[2])
    while runs:
        run = runs.pop(0)
        if run not in runs:
            return text + run
        del runs[: runs.index(run) + 1]
    return text
