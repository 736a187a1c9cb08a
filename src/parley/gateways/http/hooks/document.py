"""A message of a webhook as a tree, before it is written in Parley's text format.

The translators of the formats build it. A `str` in it is plain text, whoever wrote it: the renderer escapes it, so that
it can't become markup or a mention. Only the other nodes are markup.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from parley.core.text import TEXT_CHARS, TEXT_LINES


class Code(Struct, frozen=True):
    """Code within a line."""

    text: str


class Link(Struct, frozen=True):
    """A link. Without words, or with an address that can't be a link, it is shown as its words and its address."""

    href: str
    words: str = ""


Style = Literal["bold", "italic", "strike"]


class Styled(Struct, frozen=True):
    """Inlines in a style."""

    style: Style
    of: tuple["Inline", ...]


class Mention(Struct, frozen=True):
    """A mention of a member by name, of `room` (all members) or of `here` (those online)."""

    name: str


Inline = str | Code | Link | Styled | Mention


class ParagraphLine(Struct, frozen=True):
    """One line of a paragraph. A line without inlines is blank, and separates paragraphs."""

    of: tuple[Inline, ...] = ()


class Quote(Struct, frozen=True):
    """Quoted blocks. None of them is a quote itself."""

    of: tuple["Block", ...]


class Item(Struct, frozen=True):
    """An item of a list. Its number is None in a list with bullets; depth 0 is the outermost list."""

    of: tuple[Inline, ...]
    number: int | None = None
    depth: int = 0


class Fence(Struct, frozen=True):
    """Lines of code."""

    text: str
    language: str = ""


class Markup(Struct, frozen=True):
    """Text that the sender has written in Parley's format. It mentions members only if `mentions` is true."""

    text: str
    mentions: bool = True


Block = ParagraphLine | Quote | Item | Fence | Markup
Document = Sequence[Block]

BLANK = ParagraphLine()


def line(*inlines: Inline) -> ParagraphLine:
    """Return a line of these inlines; empty strings are left out."""
    return ParagraphLine(tuple(each for each in inlines if each != ""))


def bold(*inlines: Inline) -> Styled:
    return Styled("bold", inlines)


def italic(*inlines: Inline) -> Styled:
    return Styled("italic", inlines)


def lines(text: str) -> list[Block]:
    """Return plain text as lines."""
    return [line(each) for each in text.split("\n")] if text else []


def quote(blocks: Document) -> list[Block]:
    """Return the blocks as a quote; nothing if there are none."""
    return [Quote(tuple(blocks))] if blocks else []


def apart(parts: Iterable[Document]) -> list[Block]:
    """Return the parts that are not empty, separated by blank lines. Parts that a message has no space for are left
    out.
    """
    found: list[Block] = []
    for part in parts:
        if part:
            found += [BLANK, *part] if found else part
            if is_enough(found):
                break
    return found


def is_enough(document: Document) -> bool:
    """Tell whether a document is so long that anything added would be cut off."""
    chars, rows = size(document)
    return chars > 2 * TEXT_CHARS or rows > 2 * TEXT_LINES


def size(document: Document) -> tuple[int, int]:
    """Return the number of characters in a document, without marks, and of its lines."""
    chars = rows = 0
    for block in document:
        match block:
            case ParagraphLine(of) | Item(of):
                inside, height = sum(map(length_of, of)), 1
            case Quote(of):
                inside, height = size(of)
            case Fence(text):
                inside, height = len(text), text.count("\n") + 3
            case Markup(text):
                inside, height = len(text), text.count("\n") + 1
        chars += inside + 1
        rows += height
    return chars, rows


def length_of(inline: Inline) -> int:
    """Return the number of characters of an inline, without marks."""
    match inline:
        case str():
            return len(inline)
        case Code(text):
            return len(text)
        case Link(href, words):
            return len(words or href)
        case Mention(name):
            return len(name) + 1
        case Styled(_, of):
            return sum(map(length_of, of))
