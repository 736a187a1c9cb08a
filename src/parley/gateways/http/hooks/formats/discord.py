"""Discord's webhooks: https://docs.discord.com/developers/resources/webhook#execute-webhook.

Its text is Markdown like Parley's and stays as it is. Names in it mention nobody. `@everyone` and `@here` in `content`
are mentions, unless `allowed_mentions` says otherwise.
"""

import re
from collections.abc import Mapping
from itertools import chain
from typing import Final

from parley.gateways.http.hooks import mrkdwn
from parley.gateways.http.hooks.document import Block, Link, Markup, Mention, ParagraphLine, apart, bold, italic, line
from parley.gateways.http.hooks.fields import Json, at, first, items, more, one_line, string
from parley.gateways.http.hooks.render import render

_EMBED: Final = ("title", "description", "fields", "author", "footer", "url", "image")
_REFERENCE: Final = re.compile(r"<(?:@[!&]?(\d+)|#(\d+)|a?:(\w+):\d+|t:(-?\d{1,12})(?::\w)?|(https?://[^\s<>]+))>")
_EVERYBODY: Final = re.compile(r"(?<![\w@])@(everyone|here)(?![\w])")


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    embeds = at(body, "embeds")
    is_embed = isinstance(embeds, list) and any(
        isinstance(each, dict) and any(name in each for name in _EMBED) for each in embeds
    )
    return isinstance(at(body, "content"), str) or is_embed


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    allowed = at(body, "allowed_mentions", "parse")
    calls = not isinstance(at(body, "allowed_mentions"), dict) or (isinstance(allowed, list) and "everyone" in allowed)
    left = more(body, "embeds")
    embeds = (_embed(each) for each in items(body, "embeds"))
    content = _markdown(string(body, "content"), calls=calls)
    return apart(chain((content,), embeds, ([line(left)] if left else [],)))


def _embed(body: Json) -> list[Block]:
    shown: list[Block] = []
    author, title, address = one_line(body, "author", "name"), one_line(body, "title"), string(body, "url")
    if author:
        shown.append(line(_linked(string(body, "author", "url"), author)))
    if title or address:
        shown.append(line(bold(_linked(address, title or address))))
    shown += _markdown(string(body, "description"))
    for each in items(body, "fields"):
        name, value = one_line(each, "name"), string(each, "value")
        head = render([line(bold(name), ":")]) if name else ""
        between = "\n" if "\n" in value else " "
        shown += _markdown(f"{head}{between}{value}" if head and value else head or value)
    for name in ("image", "thumbnail", "video"):
        if picture := string(body, name, "url"):
            shown.append(line(Link(picture, name)))
    foot = " · ".join(filter(None, (one_line(body, "footer", "text"), one_line(body, "timestamp"))))
    return shown + ([line(italic(foot))] if foot else [])


def _linked(address: str, words: str) -> Link | str:
    return Link(address, words) if address else words


def _markdown(text: str, *, calls: bool = False) -> list[Block]:
    if not text:
        return []
    plain = _REFERENCE.sub(_reference, text)
    if calls and (found := _EVERYBODY.search(plain)):
        whom = "room" if found[1] == "everyone" else "here"
        return [ParagraphLine((Mention(whom),)), Markup(_EVERYBODY.sub("", plain).strip(), mentions=False)]
    return [Markup(plain, mentions=False)]


def _reference(match: re.Match[str]) -> str:
    person, channel, emoji, seconds, address = match.groups()
    if seconds:
        return mrkdwn.date(seconds, "", seconds)
    return first(
        (f"@{person}" if person else "", f"#{channel}" if channel else "", f":{emoji}:" if emoji else "", address or "")
    )
