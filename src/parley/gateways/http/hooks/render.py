"""A document as a text in Parley's format (docs/protocol/text.md).

Plain text in a document is escaped where it would be markup. The format has no escape for `@`: an invisible WORD JOINER
(U+2060) after it keeps it from beginning a mention. Addresses in plain text stay links, because they show their target.
Characters in them that could be marks or mentions are percent-encoded (RFC 3986, section 2.1).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from parley.core.text import normalized

from .document import Block, Code, Document, Fence, Inline, Item, Link, Markup, Mention, ParagraphLine, Quote, Styled

JOINER: Final = "\u2060"

ADDRESS_CHARS: Final = 2_000
"""The longest address of a link. Of a link with a longer one only the words are shown: the address would leave little
space for text, and does not work everywhere.
"""

SHOWN_CHARS: Final = 200
"""How many characters are shown of an address that is too long, if the link has no words."""

_MARKS: Final = {"bold": "**", "italic": "_", "strike": "~~"}

_ADDRESS: Final = re.compile(r"https?://(?:[^\W_]|\[)[^\s\"`<>\x00-\x1f\x7f-\xa0]*", re.IGNORECASE)
_SPECIAL: Final = re.compile(r"[*_~|]+|`|@|\](?=\()|\\(?=[*_~`|\[>-])")
_LINE_START: Final = re.compile(r"[ \t]*(?:>|-|[0-9]{1,9}\.)(?=[ \t>]|$)")
"""Matches a line that would begin a quote or an item of a list."""
_NAME_START: Final = re.compile(r"[^\W_]|[_\-.\[\]{}|^`\\]")
_WORD: Final = re.compile(r"[^\W_]")
_AT: Final = re.compile(r"(?<![A-Za-z0-9_])@(?=[^\W_]|[_\-.\[\]{}|^`\\])")
_IPV6_HOST: Final = re.compile(r"https?://\[[0-9a-f:.]*\]", re.IGNORECASE)
_ENCODED: Final = re.compile(r"[@*|~\\^{}\[\]]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_IS_ADDRESS: Final = re.compile(
    r"(?:https?://(?:[^\W_]|\[)|mailto:[^\s@]+@)[^\s\"`<>\x00-\x20\x7f-\xa0]*", re.IGNORECASE
)
_IS_BARE: Final = re.compile(r"https?://[!-~]*[A-Za-z0-9/=&%#-]", re.IGNORECASE)
"""Matches an address that is a link as a whole when it stands without brackets. Punctuation at the end would not belong
to the link.
"""
_ENDS_BARE: Final = re.compile(r"\*\*|~~|\|\||(?<![A-Za-z0-9_])@")
_IN_PARENTHESES: Final = re.compile(r"(?<![A-Za-z0-9_])@|[()\\]")
_INVISIBLE: Final = re.compile(r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f"
                               r"\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]")  # fmt: skip


def render(document: Document) -> str:
    """Return the text of a document. A pure function of linear time in the size of the document."""
    return "\n".join(_blocks(document)).strip("\n")


def _blocks(document: Iterable[Block]) -> Iterator[str]:
    previous: Block | None = None
    for block in document:
        if previous is not None and _runs_on(previous, block):
            yield ""
        previous = block
        match block:
            case ParagraphLine(of):
                yield _line(of)
            case Item(of, number, level):
                yield "  " * level + (f"{number}. " if number is not None else "- ") + _line(of)
            case Quote(of):
                yield from (f"> {each}" if each else ">" for each in _blocks(of))
            case Fence(text, language):
                text = normalized(text)
                ticks = "`" * max(3, _longest(text) + 1)
                yield ticks + language
                yield from text.split("\n")
                yield ticks
            case Markup(text, mentions):
                text = normalized(text)
                yield from (text if mentions else _without_mentions(text)).split("\n")


def _runs_on(previous: Block, block: Block) -> bool:
    """Tell whether a blank line has to separate two blocks, because otherwise the second would become a part of the
    first.
    """
    same_quote = isinstance(previous, Quote) and isinstance(block, Quote)
    number = (
        isinstance(block, Item)
        and block.number not in (None, 1)
        and isinstance(previous, ParagraphLine)
        and previous.of
    )
    return same_quote or bool(number)


# Inlines


def _line(inlines: Iterable[Inline]) -> str:
    text = _inlines(_merged(inlines), frozenset(), "", goes_on=False).rstrip(" \t")
    start = _LINE_START.match(text)
    return text if start is None else f"{start[0]}{JOINER}{text[start.end() :]}"


def _merged(inlines: Iterable[Inline]) -> list[Inline]:
    """Join neighbouring strings, and neighbours of one style: side by side, their marks would form one longer run of
    marks.
    """
    merged: list[Inline] = []
    for each in inlines:
        last = merged[-1] if merged else None
        if isinstance(each, str) and isinstance(last, str):
            merged[-1] = last + each
        elif isinstance(each, Styled) and isinstance(last, Styled) and each.style == last.style:
            merged[-1] = Styled(each.style, last.of + each.of)
        else:
            merged.append(each)
    return merged


def _inlines(inlines: list[Inline], styles: frozenset[str], before: str, *, goes_on: bool) -> str:
    """Return inlines as text.

    Args:
        inlines: the inlines, after `_merged`.
        styles: the styles that are open around them.
        before: the character before them, "" at the beginning of the line.
        goes_on: whether something follows them in the line.
    """
    out = ""
    for index, each in enumerate(inlines):
        following = inlines[index + 1] if index + 1 < len(inlines) else None
        last, more = out[-1:] or before, goes_on if following is None else _follows(following)
        match each:
            case str():
                piece = _plain(_on_one_line(each), goes_on=more)
            case Code(text):
                piece = _code(text)
            case Link(href, words):
                piece = _link(href, words)
                if not piece.startswith("["):  # a bare address: the text after it must not become a part of it
                    piece = f"{JOINER if _WORD.match(last) else ''}{piece}{JOINER if more else ''}"
            case Mention(name):
                # The text after the name must not become a part of it, and the mention must not become a part of the
                # text before it.
                is_part = _WORD.match(last) or last in ("_", "@", "#")
                piece = f"{JOINER if is_part else ''}@{name}{JOINER if more else ''}"
            case Styled(style, of):
                piece = _styled(style, _merged(of), styles, last, following, goes_on=more)
        # Without a joiner, a backslash of plain text would escape the mark, and two neighbouring codes would become
        # one.
        if (last == "\\" and piece[:1] in tuple("*_~`|[>-")) or (last == "`" and piece[:1] == "`"):
            out += JOINER
        out += piece
    return out


def _styled(
    style: str, of: list[Inline], styles: frozenset[str], before: str, following: Inline | None, *, goes_on: bool
) -> str:
    # `_` in the middle of a word is not a mark.
    in_word = style == "italic" and (_WORD.match(before) or _begins_word(following))
    if style in styles or in_word:
        return _inlines(of, styles, before, goes_on=goes_on)
    mark = _MARKS[style]
    inside = _inlines(of, styles | {style}, mark[0], goes_on=True)
    bare = inside.strip()
    if not bare:
        return inside
    left, right = inside[: len(inside) - len(inside.lstrip())], inside[len(inside.rstrip()) :]
    # After an equal mark, real or escaped, the two would form a longer run of marks.
    apart = JOINER if before == mark[0] and not left else ""
    if style == "italic" and bare[0] == "@":
        bare = JOINER + bare  # after `_`, no mention would begin
    return f"{left}{apart}{mark}{bare}{JOINER if bare.endswith(chr(92)) else ''}{mark}{right}"


def _follows(inline: Inline) -> bool:
    """Tell whether an inline begins with a character that could become a part of the inline before it."""
    return not (isinstance(inline, str) and inline[:1] in ("", " ", "\n"))


def _begins_word(inline: Inline | None) -> bool:
    match inline:
        case str():
            return _WORD.match(inline) is not None
        case Link(href, words):
            return not words and _WORD.match(href) is not None
        case Styled(_, of):
            return bool(of) and _begins_word(of[0])
        case _:
            return False


def _code(text: str) -> str:
    text = _on_one_line(text)
    if not text.strip():
        return text
    ticks = "`" * (_longest(text) + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _longest(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _link(href: str, words: str) -> str:
    href = href.strip()
    words = " ".join(normalized(words).split())
    if len(href) > ADDRESS_CHARS:
        return _plain(words or f"{_on_one_line(href[:SHOWN_CHARS])}…")
    if not _IS_ADDRESS.fullmatch(href) or _INVISIBLE.search(href):
        href = _on_one_line(href)
        return _plain(f"{words} ({href})" if words and href and words != href else words or href)
    if (not words or words == href) and _IS_BARE.fullmatch(href) and not _ENDS_BARE.search(href):
        return href
    address = _IN_PARENTHESES.sub(_percent, href)
    return f"[{_words(words or href)}]({address})"


def _words(text: str) -> str:
    """Return the words of a link. Their brackets have to be balanced, because the format has no escape for `]`."""
    depth = 0
    for each in re.findall(r"[\[\]]", text):
        depth += 1 if each == "[" else -1
        if depth < 0:
            break
    if depth != 0 or "\\" in text:
        text = text.replace("[", "(").replace("]", ")")
    return _escaped(text) + (JOINER if text.endswith("\\") else "")


def _encoded(address: str) -> str:
    """Return an address without characters that could be a mark or a mention, even if a client ends the link before
    them.
    """
    host = _IPV6_HOST.match(address)
    begin = host.end() if host else 0
    return address[:begin] + _ENCODED.sub(_percent, address[begin:])


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


# Plain text


def _on_one_line(text: str) -> str:
    return normalized(text).replace("\n", " ")


def _plain(text: str, *, goes_on: bool = False) -> str:
    """Return plain text with everything in it escaped that would be markup or a mention."""
    out = []
    done = 0
    for found in _ADDRESS.finditer(text):
        out += [_escaped(text[done : found.start()]), _encoded(found[0])]
        done = found.end()
        if text.startswith("`", done) or (goes_on and done == len(text)):
            out.append(JOINER)  # otherwise the address would include a backslash or mark after it
    return "".join([*out, _escaped(text[done:])])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    found, text, begin, end = match[0], match.string, match.start(), match.end()
    before, after = text[begin - 1 : begin], text[end : end + 1]
    match found:
        case "\\":
            # A backslash would escape the next character. If that is `*`, `_`, `~`, `|` or a backtick, it gets its own
            # backslash in any case.
            return "\\\\" if after in "[>-" else "\\"
        case "@":
            mail = before.isascii() and (before.isalnum() or before == "_")
            return "@" if mail or not _NAME_START.match(after) else "@" + JOINER
        case "]":
            return "]" + JOINER  # this is no link then: in a link the address follows directly
        case "`":
            return "\\`"
        case _ if before == "\\" or not _is_plain_run(found, before, after):
            return "".join(f"\\{each}" for each in found)
        case _:
            return found


def _is_plain_run(run: str, before: str, after: str) -> bool:
    """Tell whether a run of marks is plain text in its place; see "Styles" in docs/protocol/text.md."""
    if not before or not after or len(set(run)) > 1:
        return False  # the character before or after it may be a mark as well
    if before.isspace() and after.isspace():
        return True
    match run:
        case "_":
            return bool(_WORD.match(before) and _WORD.match(after))
        case "*":
            return before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
        case "~" | "|":
            return True
        case _:
            return len(run) > 3 or (run[0] != "*" and len(run) > 2) or run == "__"


def _without_mentions(text: str) -> str:
    """Return markup with a joiner after each `@` that would begin a mention."""
    return _AT.sub("@" + JOINER, text)
