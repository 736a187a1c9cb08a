"""Microsoft Teams: Adaptive Cards, and the older MessageCards of its connectors.

https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using,
https://adaptivecards.microsoft.com/?topic=schema-explorer, .../outlook/actionable-messages/message-card-reference.
Their texts are Markdown and stay as they are. Names in them mention nobody.
"""

from collections.abc import Mapping
from itertools import chain
from typing import Final

from parley.gateways.http.hooks.document import Block, Inline, Link, Markup, apart, bold, line
from parley.gateways.http.hooks.fields import Json, at, first, items, more, one_line, string

DEPTH_MOST: Final = 12

_CARD: Final = "application/vnd.microsoft."


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    return (
        at(body, "@type") == "MessageCard"
        or at(body, "type") == "AdaptiveCard"
        or any(one_line(each, "contentType").startswith(_CARD) for each in items(body, "attachments"))
    )


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    if at(body, "@type") == "MessageCard":
        return _message_card(body)
    if at(body, "type") == "AdaptiveCard":
        return _adaptive(body)
    cards = (_adaptive(at(each, "content")) for each in items(body, "attachments"))
    return apart(chain((_markdown(first((string(body, "text"), string(body, "summary")))),), cards))


def _message_card(body: Json) -> list[Block]:
    title = one_line(body, "title")
    text = _markdown(string(body, "text"))
    sections = [_section(each) for each in items(body, "sections")]
    head = [line(bold(title))] if title else []
    if not head and not text and not any(sections):
        text = _markdown(string(body, "summary"))
    return apart(chain((head + text,), sections, (_left(body, "sections"), _actions(body, "potentialAction"))))


def _section(body: Json) -> list[Block]:
    shown: list[Block] = []
    for name in ("title", "activityTitle", "activitySubtitle", "activityText", "text"):
        shown += _markdown(string(body, name))
    return shown + _facts(body, "name") + _actions(body, "potentialAction")


def _adaptive(card: Json) -> list[Block]:
    shown = [block for each in items(card, "body") for block in _element(each, 0)]
    # Cards of other types have a title and a text instead of a body.
    other = [] if shown else _markdown("\n".join(filter(None, (string(card, "title"), string(card, "text")))))
    return shown + other + _left(card, "body") + _actions(card, "actions")


def _element(body: Json, depth: int) -> list[Block]:
    if depth > DEPTH_MOST:
        return []
    match at(body, "type"):
        case "FactSet":
            return _facts(body, "title")
        case "Image":
            return [line(Link(string(body, "url"), first((one_line(body, "altText"), "image"))))]
        case "RichTextBlock":
            runs = items(body, "inlines")
            return [line("".join(each if isinstance(each, str) else string(each, "text") for each in runs))]
        case "ActionSet":
            return _actions(body, "actions")
        case _:
            shown = _markdown(string(body, "text"))
            for name in ("items", "columns", "rows", "cells"):
                for each in items(body, name):
                    shown += _element(each, depth + 1)
            return shown


def _facts(body: Json, name: str) -> list[Block]:
    facts = [(one_line(each, name), one_line(each, "value")) for each in items(body, "facts")]
    shown: list[Block] = [line(bold(title), ": ", value) if title else line(value) for title, value in facts]
    return shown + _left(body, "facts")


def _actions(body: Json, name: str) -> list[Block]:
    """Return the actions that are links. Others are left out, as they need an answer by Teams."""
    found: list[Inline] = []
    for each in items(body, name):
        targets = items(each, "targets")
        address = first((string(each, "url"), *(string(target, "uri") for target in targets), string(each, "target")))
        words = first((one_line(each, "title"), one_line(each, "name"), "open"))
        if address:
            found += [" · ", Link(address, words)] if found else [Link(address, words)]
    return [line(*found)] if found else []


def _left(body: Json, name: str) -> list[Block]:
    left = more(body, name)
    return [line(left)] if left else []


def _markdown(text: str) -> list[Block]:
    return [Markup(text, mentions=False)] if text.strip() else []
