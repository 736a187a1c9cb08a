"""The documentation of the API for people: one HTML page without other files."""

import functools
import re
from collections.abc import Sequence
from html import escape
from http import HTTPStatus
from importlib import resources
from typing import Any, Final

import msgspec

from parley.gateways.http.headers import page_headers

from .openapi import PLACES
from .problems import OWN, sentence, status_of
from .request import Headers, etag
from .routing import Route

_PAGE: Final = resources.files(__package__).joinpath("documentation.html").read_text(encoding="utf-8")

_GROUPS: Final = {
    "session": "Coming in", "accounts": "Coming in", "guests": "Coming in", "me": "Me", "users": "People",
    "rooms": "Rooms", "direct": "Direct conversations", "join": "Invitations", "server": "Invitations",
    "invitations": "Invitations", "admin": "Running the server", "": "This documentation",
    "openapi.json": "This documentation",
}  # fmt: skip

_NEEDS: Final = {
    "nothing": "Anyone may ask.",
    "reading": "Anyone may ask on a server that is open; elsewhere whoever has signed in.",
    "someone": "Needs a session, or a guest's token.",
    "admin": "For the server's owner and admins.",
}


def document(routes: Sequence[Route]) -> tuple[bytes, str]:
    """Return the page and its entity tag."""
    body = _page(routes).encode()
    return body, etag(body)


@functools.cache
def headers() -> Headers:
    return [(name.lower().encode(), value.encode()) for name, value in page_headers(_PAGE).items()]


def _page(routes: Sequence[Route]) -> str:
    groups: dict[str, list[str]] = {}
    for route in routes:
        groups.setdefault(_GROUPS[route.path.split("/")[1] if route.path else ""], []).append(_route(route))
    sections = "".join(f"<h2>{name}</h2>{''.join(routes)}" for name, routes in groups.items())
    return _PAGE.replace("{ROUTES}", sections).replace("{PROBLEMS}", _problems(routes))


def _route(route: Route) -> str:
    parts = [f"<p class=soft>{_NEEDS[route.needs]}</p>"]
    places = [(f"{{{place}}}", "text", PLACES[place]) for place in dict.fromkeys(route.places)]
    if places:
        parts.append(_table("In the path", places))
    if route.query is not None:
        parts.append(_table("After the question mark", _fields(route.query)))
    if route.all_headers:
        parts.append(_table("Headers", [(name, "text", what) for name, what in route.all_headers]))
    if route.body is not None:
        parts.append(_table("Body" + (", if any" if route.optional_body else ""), _fields(route.body)))
    for status, gives in route.gives.items():
        title = f"{status} {HTTPStatus(status).phrase}"
        if isinstance(gives, type):
            parts.append(_table(f"{title}: {gives.__name__}", _fields(gives)))
        elif gives != "session_unknown":
            parts.append(f"<h3>{escape(title)}{': ' + escape(gives) if gives else ''}</h3>")
    refusals = ", ".join(f'<a href="#{code}">{code}</a>' for code in route.codes)
    if refusals:
        parts.append(f"<h3>Problems</h3><p>{refusals}</p>")
    return (
        f"<details><summary><code><b>{route.method}</b> /api{escape(route.path)}</code>"
        f"<span>{escape(route.does)}</span></summary>{''.join(parts)}</details>"
    )


def _table(title: str, rows: list[tuple[str, str, str]]) -> str:
    lines = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td><td>{_marked(what)}</td></tr>"
        for name, kind, what in rows
    )
    return f"<h3>{escape(title)}</h3><table>{lines}</table>"


def _fields(type_: type) -> list[tuple[str, str, str]]:
    _, components = msgspec.json.schema_components([type_], ref_template="{name}")
    schema = components[type_.__name__]
    required = schema.get("required", [])
    rows = []
    for name, each in schema["properties"].items():
        notes = [each["description"]] if "description" in each else []
        if name not in required and each.get("default") not in (None, ""):
            notes.append(f"By default: {msgspec.json.encode(each['default']).decode()}.")
        optional = "" if name in required else " (optional)"
        rows.append((name, _kind(each) + optional, " ".join(notes)))
    return rows


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(msgspec.json.encode(each).decode() for each in schema["enum"])
    if "$ref" in schema:
        return str(schema["$ref"])
    kind = str(schema.get("type", "anything"))
    return f"list of {_kind(schema['items'])}" if kind == "array" else kind


def _problems(routes: Sequence[Route]) -> str:
    codes = sorted({code for route in routes for code in route.codes} | set(OWN) | {"failed"})
    rows = "".join(
        f'<tr id="{code}"><td><code>{code}</code></td><td>{status_of(code)}</td><td>{_marked(sentence(code))}</td></tr>'
        for code in codes
    )
    return f"<table>{rows}</table>"


def _marked(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
