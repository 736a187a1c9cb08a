"""Slack's text format, mrkdwn, as blocks of a document.

https://docs.slack.dev/messaging/formatting-message-text: `*bold*`, `_italic_`, `~strike~`, code, `>` quotes;
`<address|words>`, `<!here>`, `<@id>`, `<#id|name>`, `<!date^...>`; and `&`, `<`, `>` as entities. A name or a title
in which the sender has escaped these three can't become a link or a mention.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from .document import Block, Code, Fence, Inline, Link, Mention, ParagraphLine, Quote, Style, Styled
from .fields import CHARS_MOST

_ENTITY: Final = re.compile(r"&(lt|gt|amp);")
_ENTITIES: Final = {"lt": "<", "gt": ">", "amp": "&"}
_ANGLE: Final = re.compile(r"<([^<>\n]+)>")
_MARK: Final = re.compile(r"\*+|_+|~+")
_ADDRESS: Final = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_NAME: Final = re.compile(r"[^\s@#]{1,32}")
_QUOTED: Final = re.compile(r"(?:>|&gt;) ?")
_ALL_QUOTED: Final = re.compile(r"(?:>>>|&gt;&gt;&gt;) ?")
_BROADCAST: Final = {"here": "here", "channel": "room", "everyone": "room", "group": "room"}
_EVERYBODY: Final = ("room", *_BROADCAST)
_STYLED: Final = re.compile(r"([*_~])([^*_~]+)\1")
_STYLES: Final[dict[str, Style]] = {"*": "bold", "_": "italic", "~": "strike"}


def blocks(text: str, *, styles: bool = True, mentions: bool = True, names: bool = False) -> list[Block]:
    """Return a text as blocks.

    Args:
        text: the text. The cost is linear in its length.
        styles: whether `*`, `_`, `~`, backticks and `>` mean something. Links and entities always do.
        mentions: whether `<!here>` and the like become mentions; otherwise they are plain text.
        names: whether `@name` without brackets becomes a mention (Slack's `link_names`). `@here` and the like never do,
            as tools set `link_names` for texts by anybody.
    """
    if not text.strip():
        return []
    reader = _Reader(styles, mentions, names)
    if not styles or "```" not in text:
        return reader.lines(text)
    found: list[Block] = []
    pieces = text.split("```")
    is_cut = len(text) > CHARS_MOST  # so the end of a code block may be missing
    for index, piece in enumerate(pieces):
        if index % 2 and (is_cut or index + 1 < len(pieces)):
            code = _shown(piece).strip("\n")
            if code:
                found.append(Fence(code))
            continue
        plain = f"```{piece}" if index % 2 else piece
        # The line breaks before and after a code block belong to it.
        plain = plain.removeprefix("\n") if index else plain
        plain = plain.removesuffix("\n") if index + 1 < len(pieces) else plain
        found += reader.lines(plain) if plain.strip() else []
    return found


def inlines(text: str, *, styles: bool = True, mentions: bool = True) -> tuple[Inline, ...]:
    """Return a text as one line."""
    return _Reader(styles, mentions, False).inlines(" ".join(text.split()))


def plain(text: str) -> str:
    """Return the text of an object of the type `plain_text`: with entities and names of emoji."""
    return with_emoji(unescaped(text))


def unescaped(text: str) -> str:
    """Return a text with its entities replaced."""
    return _ENTITY.sub(lambda match: _ENTITIES[match[1]], text) if "&" in text else text


_EMOJI: Final = {
    name: emoji
    for emoji, *names in (
        row.split()
        for row in """
        ✅ white_check_mark
        ✔️ heavy_check_mark
        ❌ x
        ❎ negative_squared_cross_mark
        ⚠️ warning
        🚨 rotating_light
        🔥 fire
        💥 boom
        🔴 red_circle
        🟠 large_orange_circle
        🟡 large_yellow_circle
        🟢 large_green_circle
        🔵 large_blue_circle
        ⚪ white_circle
        ⚫ black_circle
        ❗ exclamation heavy_exclamation_mark
        ❓ question
        ‼️ bangbang
        ⛔ no_entry
        🚫 no_entry_sign
        🛑 octagonal_sign stop_sign
        ℹ️ information_source
        🔔 bell
        🔕 no_bell
        📣 mega
        🎉 tada
        🚀 rocket
        🔧 wrench
        🔨 hammer
        🐛 bug
        🔒 lock
        🔓 unlock
        🔗 link
        📝 memo pencil
        📈 chart_with_upwards_trend
        📉 chart_with_downwards_trend
        📗 green_book
        ⏱️ stopwatch
        ⌛ hourglass
        🕐 clock1
        👍 +1 thumbsup
        👎 -1 thumbsdown
        👀 eyes
        🤖 robot_face
        🙏 pray
        💀 skull
        ♻️ recycle
        📦 package
        """.strip().splitlines()
    )
    for name in names
}
"""The emoji that tools often write by name. Other names are shown as names."""
_EMOJI_NAME: Final = re.compile(r":([a-z0-9_+-]+):")


def with_emoji(text: str) -> str:
    """Return a text with the emoji that tools write by name, such as `:fire:`."""
    return _EMOJI_NAME.sub(lambda found: _EMOJI.get(found[1], found[0]), text) if ":" in text else text


class _Reader:
    def __init__(self, styles: bool, mentions: bool, names: bool) -> None:
        self._styles = styles
        self._mentions = mentions
        self._names = names

    def lines(self, text: str) -> list[Block]:
        found: list[Block] = []
        quoted: list[Block] = []
        rest_is_quoted = False
        for each in text.split("\n"):
            bare = each
            if self._styles and not rest_is_quoted and (start := _ALL_QUOTED.match(each)):
                rest_is_quoted = True
                bare = each[start.end() :]
            start = _QUOTED.match(bare) if self._styles and not rest_is_quoted else None
            if start or rest_is_quoted:
                quoted.append(ParagraphLine(self.inlines(bare[start.end() :] if start else bare)))
                continue
            if quoted:
                found.append(Quote(tuple(quoted)))
                quoted = []
            found.append(ParagraphLine(self.inlines(each)))
        if quoted:
            found.append(Quote(tuple(quoted)))
        return found

    def inlines(self, text: str) -> tuple[Inline, ...]:
        """Return one line. Code is recognized first, because marks in code have no meaning."""
        if not self._styles or "`" not in text:
            return _styled(list(self._atoms(text)))
        atoms: list[Inline | _Mark] = []
        pieces = text.split("`")
        index = 0
        while index < len(pieces):
            atoms += self._atoms(pieces[index])
            if index + 2 < len(pieces):
                code = _shown(pieces[index + 1])
                atoms.append(Code(code) if code.strip() else f"`{code}`")
            elif index + 1 < len(pieces):
                atoms += ["`", *self._atoms(pieces[index + 1])]
            index += 2
        return _styled(atoms)

    def _atoms(self, text: str) -> Iterator["Inline | _Mark"]:
        done = 0
        for found in _ANGLE.finditer(text):
            yield from self._plain(text[done : found.start()])
            yield from self._reference(found[1])
            done = found.end()
        yield from self._plain(text[done:])

    def _plain(self, text: str) -> Iterator["Inline | _Mark"]:
        text = with_emoji(text)
        if not self._styles:
            yield from self._named(unescaped(text))
            return
        done = 0
        for found in _MARK.finditer(text):
            yield from self._named(unescaped(text[done : found.start()]))
            # Two equal marks in a row are no marks in this format, but plain text.
            yield _Mark(found[0]) if found[0] in _STYLES else found[0]
            done = found.end()
        yield from self._named(unescaped(text[done:]))

    def _named(self, text: str) -> Iterator[Inline]:
        if not (self._names and self._mentions and "@" in text):
            if text:
                yield text
            return
        done = 0
        for found in re.finditer(r"(?<![\w@])@([\w.\-]*\w)", text):
            if found[1].lower() in _EVERYBODY or not found[1].strip("._-"):
                continue
            yield from (text[done : found.start()], Mention(found[1]))
            done = found.end()
        yield text[done:]

    def _reference(self, inside: str) -> Iterator[Inline]:
        target, _, words = inside.partition("|")
        words = plain(words).strip()
        kind, name = target[:1], target[1:]
        if kind == "!":
            yield self._command(name, words)
        elif kind == "@":
            person = words.removeprefix("@") or name
            known = self._mentions and _NAME.fullmatch(person) and person.lower() not in _EVERYBODY
            yield Mention(person) if known else f"@{person}"
        elif kind == "#":
            yield f"#{words.removeprefix('#') or name}"
        elif _ADDRESS.match(target):
            href = unescaped(target)
            style = _STYLED.fullmatch(words) if self._styles else None
            link = Link(href, style[2] if style else words or href.removeprefix("mailto:"))
            yield Styled(_STYLES[style[1]], (link,)) if style else link
        elif _SCHEME.match(target) and words:
            # `tel:` or the address of an app: it is shown, but is not a link in Parley.
            yield Link(unescaped(target), words)
        else:
            yield unescaped(f"<{inside}>")

    def _command(self, name: str, words: str) -> Inline:
        command = name.partition("^")[0]
        if command in _BROADCAST:
            whom = _BROADCAST[command]
            return Mention(whom) if self._mentions else f"@{whom}"
        if command == "date":
            return _date(name.split("^"), words)
        return words or f"@{name.rpartition('^')[2]}"


class _Mark(str):
    """A mark that may begin or end a style."""

    __slots__ = ()


def _styled(atoms: list[Inline | _Mark]) -> tuple[Inline, ...]:
    """Return the atoms with each pair of matching marks replaced by a style. Each mark is examined once."""
    out: list[Inline] = []
    open_: dict[str, int] = {}
    for index, each in enumerate(atoms):
        if not isinstance(each, _Mark):
            out.append(each)
            continue
        before, after = _edge(atoms, index - 1, -1), _edge(atoms, index + 1, 0)
        begin = open_.get(each)
        if begin is not None and not before.isspace() and not after.isalnum() and begin + 1 < len(out):
            inside = _without_marks(out[begin + 1 :])
            out[begin:] = [Styled(_STYLES[each], inside)]
            open_ = {mark: at for mark, at in open_.items() if at < begin}
            continue
        if begin is None and after != "" and not after.isspace() and not before.isalnum():
            open_[each] = len(out)
        out.append(each)
    return _without_marks(out)


def _without_marks(atoms: list[Inline | _Mark]) -> tuple[Inline, ...]:
    """Return the atoms with the remaining marks, which belong to no style, as plain text."""
    return tuple(str(each) if isinstance(each, _Mark) else each for each in atoms)


def _edge(atoms: list[Inline | _Mark], index: int, end: int) -> str:
    """Return the character next to a mark: the first or last one of the atom at `index`. Return "" at the ends of the
    line, and a bracket for an atom that is not a string.
    """
    if not 0 <= index < len(atoms):
        return ""
    atom = atoms[index]
    if isinstance(atom, _Mark):
        return "*"
    return atom[end : end + 1 or None] if isinstance(atom, str) else "["


def _shown(text: str) -> str:
    """Return code as it is shown: links in it as their words, entities replaced."""
    return unescaped(_ANGLE.sub(_words, text))


def _words(match: re.Match[str]) -> str:
    target, _, words = match[1].partition("|")
    if _ADDRESS.match(target):
        return words or target
    return f"&lt;{match[1]}&gt;"


_DATE_TOKENS: Final = {
    "date_num": "%Y-%m-%d",
    "date": "%-d %B %Y",
    "date_short": "%-d %b %Y",
    "date_long": "%A, %-d %B %Y",
    "date_pretty": "%-d %B %Y",
    "date_short_pretty": "%-d %b %Y",
    "date_long_pretty": "%A, %-d %B %Y",
    "date_day_short_pretty": "%a, %-d %b %Y",
    "day_divider_pretty": "%A, %-d %B %Y",
    "date_long_full": "%A, %-d %B %Y",
    "time": "%H:%M UTC",
    "time_secs": "%H:%M:%S UTC",
    "ago": "%Y-%m-%d %H:%M UTC",
}
_DATE_TOKEN: Final = re.compile(rf"\{{({'|'.join(_DATE_TOKENS)})\}}")


def _date(parts: list[str], words: str) -> Inline:
    """Return the date that `<!date^seconds^format^link|fallback>` stands for."""
    _, seconds, form, address = (*parts, "", "", "")[:4]
    text = date(seconds, unescaped(form), words)
    return Link(unescaped(address), text) if _ADDRESS.match(address) else text


def date(seconds: str, form: str, fallback: str) -> str:
    """Return a moment in Slack's form, with tokens such as `{date_short}`, in UTC, because all readers see the same
    text.
    """
    moment = when(seconds)
    if moment is None:
        return fallback or seconds
    return _DATE_TOKEN.sub(lambda found: spelled(moment, _DATE_TOKENS[found[1]]), form or "{date} {time}")


def when(seconds: str) -> datetime | None:
    """Return the moment that is given as seconds since 1970; None if it is invalid."""
    try:
        return datetime.fromtimestamp(float(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def spelled(moment: datetime, form: str) -> str:
    """Return a moment in a format of strftime. `%-d` is the day without a leading zero, also on Windows, whose strftime
    lacks it.
    """
    return moment.strftime(form.replace("%-d", str(moment.day)))
