"""A message with a title, in fields with the names that small tools use: ntfy, Gotify, Apprise, scripts.

`title`, `message` (or `msg`, `body`, `description`), and perhaps a link (`url`, `link`, `click`). Other fields that are
plain values or lists of them are listed below, so that nothing is lost; a body with more structure is not of this form.
"""

from collections.abc import Mapping
from typing import Final

from parley.gateways.http.hooks.document import Block, Link, bold, line, lines
from parley.gateways.http.hooks.fields import ITEMS_MOST, Json, first, items, one_line, string

_TITLE: Final = ("title", "subject", "summary")
_MESSAGE: Final = ("message", "msg", "body", "description")
_LINK: Final = ("url", "link", "click")


def is_mine(body: Json, headers: Mapping[str, str]) -> bool:
    says = any(isinstance(body.get(name), str) and body[name].strip() for name in (*_TITLE, *_MESSAGE))
    return says and len(body) <= 12 and all(map(_is_plain, body.values()))


def _is_plain(value: Json) -> bool:
    """Tell whether a value is a scalar, empty, or a list of scalars, such as ntfy's `tags`."""
    if isinstance(value, list):
        return len(value) <= ITEMS_MOST and not any(isinstance(each, dict | list) for each in value)
    return not isinstance(value, dict) or not value


def read(body: Json, headers: Mapping[str, str]) -> list[Block]:
    taken: set[str] = set()

    def find(names: tuple[str, ...]) -> str:
        name = first(name for name in names if string(body, name))
        taken.add(name)
        return name

    title, message, link = find(_TITLE), find(_MESSAGE), find(_LINK)
    address = string(body, link) if link else ""
    shown: list[Block] = []
    if title:
        words = one_line(body, title)
        shown.append(line(bold(Link(address, words) if address else words)))
    shown += lines(string(body, message)) if message else []
    if address and not title:
        shown.append(line(Link(address)))
    for name in body:
        listed = [one_line({"": each}, "") for each in items(body, name)]
        value = ", ".join(filter(None, listed)) or one_line(body, name)
        if name not in taken and value:
            shown.append(line(" ".join(name.split()), ": ", value))
    return shown
