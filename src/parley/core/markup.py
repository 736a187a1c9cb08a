"""Finds code in a message's text, by the rules of the text language (docs/protocol/text.md, web/src/markdown)."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

DEPTH: Final = 4
"""How deeply quotes and lists can be nested; deeper marks are plain text."""

_FENCE: Final = re.compile(r" {0,3}(`{3,})([^`]*)")
_QUOTE: Final = re.compile(r" {0,3}>(?=[ >]|\Z) ?")
_BULLET: Final = re.compile(r" {0,3}-[ \t]+(?=\S)")
_NUMBER: Final = re.compile(r" {0,3}([0-9]{1,9})\.[ \t]+(?=\S)")
_TAB: Final = 4
"""A tab reaches to the next column that is a multiple of this."""
_TICKS: Final = re.compile("`+")


def without_code(text: str) -> str:
    """Return the text without any `@` in code: fenced blocks are removed, `@` in inline code becomes a blank. The
    marks of quotes and lists are removed as well. Runs in linear time.
    """
    return "\n".join(_outside(text.split("\n"), 0))


def _outside(lines: Sequence[str], depth: int) -> Iterator[str]:
    """Yield the lines outside of fenced code. The content of a quote or a list item is parsed as a text of its own."""
    at = 0
    in_paragraph = False
    while at < len(lines):
        line = lines[at]
        if fence := _FENCE.fullmatch(line):
            at = _fenced(lines, at + 1, len(fence[1]))
        elif depth < DEPTH and _QUOTE.match(line):
            inside, at = _quoted(lines, at)
            yield from _outside(inside, depth + 1)
        elif depth < DEPTH and (mark := _item_mark(line, in_paragraph)):
            while at < len(lines) and mark.match(lines[at]):
                inside, at = _item(lines, at, mark)
                yield from _outside(inside, depth + 1)
        else:
            yield _without_spans(line) if "`" in line else line
            in_paragraph = bool(line.strip(" \t"))
            at += 1
            continue
        yield ""
        in_paragraph = False


def _fenced(lines: Sequence[str], at: int, ticks: int) -> int:
    """Return the index of the line after a fenced block. `at` is the first line after its opening fence."""
    while at < len(lines):
        fence = _FENCE.fullmatch(lines[at])
        at += 1
        if fence and len(fence[1]) >= ticks and not fence[2].strip():
            break
    return at


def _quoted(lines: Sequence[str], at: int) -> tuple[list[str], int]:
    inside = []
    while at < len(lines) and (mark := _QUOTE.match(lines[at])):
        inside.append(lines[at][mark.end() :])
        at += 1
    return inside, at


def _item_mark(line: str, in_paragraph: bool) -> re.Pattern[str] | None:
    """Return the pattern of the items of the list that begins at this line; None if no list does."""
    if number := _NUMBER.match(line):
        # In a paragraph only `1.` begins a list: a line of prose may begin with a year and a full stop.
        return _NUMBER if not in_paragraph or number[1] == "1" else None
    return _BULLET if _BULLET.match(line) else None


def _item(lines: Sequence[str], at: int, mark: re.Pattern[str]) -> tuple[list[str], int]:
    begin = mark.match(lines[at])
    mark_text = "" if begin is None else begin[0]
    width = len(mark_text.expandtabs(_TAB))
    inside = [lines[at][len(mark_text) :]]
    for index in range(at + 1, len(lines)):
        line = _without_leading_tabs(lines[index])
        blanks = len(line) - len(line.lstrip(" "))
        if blanks < 2 or blanks == len(line) or (blanks < width and mark.match(line)):
            break
        inside.append(line[min(blanks, width) :])
    return inside, at + len(inside)


def _without_leading_tabs(line: str) -> str:
    """Return the line with spaces in place of the tabs in its indentation."""
    text = line.lstrip(" \t")
    return line[: len(line) - len(text)].expandtabs(_TAB) + text


def _without_spans(line: str) -> str:
    """Replace each `@` in inline code by a blank. Code is between two runs of equally many backticks; a backtick after
    a backslash is plain. The rest of the code stays, so that a name directly before the code ends at the same character
    as on the screen.
    """
    runs = [match.span() for match in _TICKS.finditer(line)]
    following: dict[int, list[int]] = {}
    for index in range(len(runs) - 1, -1, -1):
        begin, end = runs[index]
        following.setdefault(end - begin, []).append(index)
    parts = []
    done = index = 0
    while index < len(runs):
        begin, end = runs[index]
        if line.startswith("\\", begin - 1, begin):
            begin += 1
        same = following.get(end - begin, [])
        while same and same[-1] <= index:
            same.pop()
        if same:
            close = same.pop()
            end = runs[close][1]
            parts += [line[done:begin], line[begin:end].replace("@", " ")]
            done = end
            index = close
        index += 1
    return "".join([*parts, line[done:]])
