"""Slack's incoming webhooks, which most tools can send.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, .../reference/block-kit/blocks,
.../legacy/legacy-messaging/legacy-secondary-message-attachments. `text` is shown only if there are no `blocks`, and
`fallback` only if an attachment has nothing else. Everything but text is left out: colours, names and pictures of the
sender, the channel.
"""

from collections.abc import Mapping
from itertools import chain
from typing import Final

import msgspec

from parley.gateways.http.hooks import mrkdwn
from parley.gateways.http.hooks.document import (
    BLANK,
    Block,
    Code,
    Fence,
    Inline,
    Item,
    Link,
    Markup,
    Mention,
    ParagraphLine,
    Quote,
    Style,
    Styled,
    apart,
    bold,
    is_enough,
    italic,
    line,
)
from parley.gateways.http.hooks.fields import Json, at, first, items, more, one_line, string, table

_LISTS: Final = ("attachments", "blocks")


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    return isinstance(at(body, "text"), str) or any(isinstance(_decoded(at(body, name)), list) for name in _LISTS)


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    body = {**body, **{name: _decoded(body[name]) for name in _LISTS if isinstance(at(body, name), str)}}
    if not at(body, "attachments") and items(body, "props", "attachments"):
        body["attachments"] = at(body, "props", "attachments")  # Mattermost has the attachments here
    styles = at(body, "mrkdwn") is not False
    names = at(body, "link_names") in (1, True, "1", "true") or at(body, "parse") == "full"
    blocks = _blocks(body)
    text = [] if blocks else mrkdwn.blocks(string(body, "text"), styles=styles, names=names)
    if title := _linked(one_line(body, "title"), string(body, "title_link")):
        text = [line(bold(*title)), *text]  # Slack's format has no such field, but scripts and cards for Teams do
    attachments = (_attachment(each, names) for each in items(body, "attachments"))
    return apart(chain((text, blocks), attachments, (_more(body, "attachments"),)))


def _decoded(value: Json) -> Json:
    """Return the list in a string that is JSON, which Slack accepts too; any other value as it is."""
    if not isinstance(value, str) or not value.startswith("["):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.MsgspecError, RecursionError):
        return value


def _more(body: Json, name: str) -> list[Block]:
    left = more(body, name)
    return [line(left)] if left else []


# Attachments


def _attachment(body: Json, names: bool) -> list[Block]:
    formatted = at(body, "mrkdwn_in")

    def says(name: str, *, mentions: bool = True) -> list[Block]:
        styles = not isinstance(formatted, list) or name in formatted or name == "pretext"
        return mrkdwn.blocks(string(body, name), styles=styles, mentions=mentions, names=names)

    shown: list[Block] = []
    author = _linked(one_line(body, "author_name"), string(body, "author_link"))
    title = _linked(one_line(body, "title"), string(body, "title_link"))
    shown += [ParagraphLine(author)] if author else []
    shown += [line(bold(*title))] if title else []
    shown += says("text")
    for field in items(body, "fields"):
        shown += _field(field)
    shown += _more(body, "fields")
    shown += _blocks(body)
    for name, words in (("image_url", "image"), ("thumb_url", "picture")):
        if address := string(body, name):
            shown.append(line(Link(address, words)))
    shown += _buttons(items(body, "actions"))
    shown += _foot(one_line(body, "footer"), one_line(body, "ts"))
    everything = says("pretext") + shown
    return everything or mrkdwn.blocks(string(body, "fallback"), styles=False, mentions=False)


def _linked(words: str, address: str) -> tuple[Inline, ...]:
    """Return a title. It may have links in Slack's format, but no styles and no mentions."""
    if words and address:
        return (Link(address, mrkdwn.plain(words)),)
    return mrkdwn.inlines(words, styles=False, mentions=False) if words else ()


def _field(field: Json) -> list[Block]:
    title = mrkdwn.inlines(one_line(field, "title"), styles=False, mentions=False)
    value = mrkdwn.blocks(string(field, "value"), mentions=False)
    if not title:
        return value
    if len(value) == 1 and isinstance(value[0], ParagraphLine):
        return [line(bold(*title), ": ", *value[0].of)]
    return [line(bold(*title)), *value]


def _foot(footer: str, seconds: str) -> list[Block]:
    moment = mrkdwn.when(seconds) if seconds else None
    when = mrkdwn.spelled(moment, "%Y-%m-%d %H:%M UTC") if moment else seconds
    words = [*mrkdwn.inlines(footer, styles=False, mentions=False)] if footer else []
    if words and when:
        words.append(" · ")
    return [line(italic(*words, when))] if words or when else []


def _buttons(buttons: list[Json]) -> list[Block]:
    """Return the buttons that are links. Other buttons are left out: they need an answer by Slack."""
    found: list[Inline] = []
    for each in buttons:
        address = string(each, "url")
        words = mrkdwn.plain(first((one_line(each, "text", "text"), one_line(each, "text"), "open")))
        if address:
            found += [" · ", Link(address, words)] if found else [Link(address, words)]
    return [line(*found)] if found else []


# Blocks


def _blocks(body: Json) -> list[Block]:
    found: list[Block] = []
    for each in items(body, "blocks"):
        shown = _block(each)
        if shown and found and at(each, "type") in ("header", "divider"):
            found.append(BLANK)
        found += shown
        if is_enough(found):
            break
    while found and found[-1] == _DIVIDER:
        found.pop()
    return found + _more(body, "blocks")


_DIVIDER: Final = line("———")


def _block(body: Json) -> list[Block]:
    match at(body, "type"):
        case "header":
            words = mrkdwn.plain(one_line(body, "text", "text"))
            return [line(bold(words))] if words else []
        case "section":
            return _section(body)
        case "context":
            return _context(body)
        case "divider":
            return [_DIVIDER]
        case "image" | "video":
            words = first(
                (one_line(body, "title", "text"), one_line(body, "title"), one_line(body, "alt_text"), "image")
            )
            address = first((string(body, "title_url"), string(body, "image_url"), string(body, "video_url")))
            return [line(Link(address, mrkdwn.plain(words)))]
        case "actions":
            return _buttons(items(body, "elements"))
        case "rich_text":
            return [block for each in items(body, "elements") for block in _rich(each)]
        case "markdown":
            text = string(body, "text")  # this text is Markdown, not Slack's own format
            return [Markup(text, mentions=False)] if text.strip() else []
        case "table":
            return _table(body)
        case _:
            # A block of an unknown type: show the texts that it has.
            return [block for name in _TEXTS for block in _text(at(body, name))]


_TEXTS: Final = ("title", "subtitle", "text", "label", "description", "body")


def _table(body: Json) -> list[Block]:
    """Return the rows of a table as lines, with `|` between the cells."""
    shown: list[Block] = []
    for row in items(body, "rows"):
        found: list[Inline] = []
        for cell in items({"": row}, ""):
            rich = at(cell, "type") == "rich_text"
            blocks = _block(cell) if rich else [line(mrkdwn.plain(one_line(cell, "text")))]
            words = [inline for block in blocks if isinstance(block, ParagraphLine) for inline in block.of]
            found += [" | ", *words] if found else words
        shown.append(ParagraphLine(tuple(found)))
    return shown + _more(body, "rows")


def _section(body: Json) -> list[Block]:
    found = _text(at(body, "text"))
    for field in items(body, "fields"):
        found += _text(field)
    accessory = at(body, "accessory")
    if at(accessory, "type") == "image":
        found += _block(accessory)
    return found + _buttons([accessory])


def _text(body: Json) -> list[Block]:
    """Return a text object: `mrkdwn` or `plain_text`."""
    if isinstance(body, str):
        body = {"type": "mrkdwn", "text": body}
    text = string(body, "text")
    if at(body, "type") == "plain_text":
        return [line(mrkdwn.plain(each)) for each in text.split("\n")] if text else []
    return mrkdwn.blocks(text) if text else []


def _context(body: Json) -> list[Block]:
    found: list[Inline] = []
    for each in items(body, "elements"):
        if at(each, "type") == "image":
            continue  # an icon is not shown
        plain = at(each, "type") == "plain_text"
        text = one_line(each, "text")
        words: list[Inline] = [mrkdwn.plain(text)] if plain else [*mrkdwn.inlines(text)]
        if text:
            found += [" · ", *words] if found else words
    return [ParagraphLine(tuple(found))] if found else []


# Rich text


def _rich(body: Json) -> list[Block]:
    match at(body, "type"):
        case "rich_text_section":
            return _rich_lines(items(body, "elements"))
        case "rich_text_quote":
            return [Quote(tuple(_rich_lines(items(body, "elements"))))]
        case "rich_text_preformatted":
            words = "".join(_rich_words(each) for each in items(body, "elements")).strip("\n")
            return [Fence(words)] if words else []
        case "rich_text_list":
            return _rich_list(body)
        case _:
            return _rich_lines([body])


def _rich_list(body: Json) -> list[Block]:
    level, offset = at(body, "indent"), at(body, "offset")
    depth = min(level, 3) if isinstance(level, int) and level > 0 else 0
    begin = offset + 1 if isinstance(offset, int) and 0 <= offset < 10**6 else 1
    ordered = at(body, "style") == "ordered"
    found: list[Block] = []
    for count, each in enumerate(items(body, "elements")):
        rows = _rich_lines(items(each, "elements"))
        inlines = [inline for row in rows if isinstance(row, ParagraphLine) for inline in row.of]
        found.append(Item(tuple(inlines), begin + count if ordered else None, depth))
    return found


def _rich_lines(elements: list[Json]) -> list[Block]:
    rows: list[list[Inline]] = [[]]
    for each in elements:
        for inline in _rich_inline(each):
            if not isinstance(inline, str):
                rows[-1].append(inline)
                continue
            begin, *rest = inline.split("\n")
            rows[-1].append(begin)
            rows += [[row] for row in rest]
    while rows and not any(rows[-1]):
        rows.pop()
    return [line(*row) for row in rows]


_STYLES: Final[tuple[Style, ...]] = ("bold", "italic", "strike")


def _rich_words(body: Json) -> str:
    return first((string_kept(body, "text"), string(body, "url")))


def string_kept(body: Json, name: str) -> str:
    """Return a string including the line breaks at its ends, which separate it from the neighbouring elements."""
    value = at(body, name)
    text = string(body, name)
    if not isinstance(value, str) or not text:
        return "\n" if isinstance(value, str) and "\n" in value else text
    return ("\n" if value.startswith("\n") else "") + text + ("\n" if value.endswith("\n") else "")


def _rich_inline(body: Json) -> list[Inline]:
    style = table(body, "style")
    match at(body, "type"):
        case "link":
            words: Inline = Link(string(body, "url"), one_line(body, "text"))
        case "user":
            return [f"@{one_line(body, 'user_id')}"]
        case "usergroup":
            return [f"@{one_line(body, 'usergroup_id')}"]
        case "channel":
            return [f"#{one_line(body, 'channel_id')}"]
        case "broadcast":
            return [Mention("here" if at(body, "range") == "here" else "room")]
        case "emoji":
            return [_emoji(string(body, "unicode")) or mrkdwn.with_emoji(f":{one_line(body, 'name')}:")]
        case "date":
            return [mrkdwn.date(one_line(body, "timestamp"), string(body, "format"), one_line(body, "fallback"))]
        case "color":
            return [one_line(body, "value")]
        case _:
            text = _rich_words(body)
            words = Code(text) if style.get("code") is True and "\n" not in text else text
    for name in _STYLES:
        if style.get(name) is True and not (isinstance(words, str) and "\n" in words):
            words = Styled(name, (words,))
    return [words]


def _emoji(points: str) -> str:
    """Return the emoji with these code points in hex, such as `1f44d-1f3fd`; "" if they are invalid."""
    try:
        return "".join(chr(int(point, 16)) for point in points.split("-") if int(point, 16) > 0x7F) if points else ""
    except (ValueError, OverflowError):
        return ""
