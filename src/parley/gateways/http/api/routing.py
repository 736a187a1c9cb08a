"""Routes. Each has one declaration, from which requests are served and the documentation is generated."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from .request import Handler, Needs

IF_NONE_MATCH: Final = (
    "If-None-Match",
    "The `ETag` of what one has already; if it is still so, the answer is 304.",
)

IF_MATCH: Final = "If-Match"
"""The header with a condition for a change: a seq in quotes (RFC 9110, section 13.1.1)."""

IDEMPOTENCY_KEY: Final = (
    "Idempotency-Key",
    "The sender's name for what is wanted: 1 to 64 characters of printable ASCII without spaces. A retry with the same "
    "key changes nothing more, and gives the first result, but for secrets, which are told once. The key of a message "
    "is its own; without one, the server makes one.",
)

SAFE: Final = frozenset(("GET", "HEAD"))
"""The methods that change nothing (RFC 9110, section 9.2.1)."""


class Route(Struct, frozen=True):
    """One method of one path.

    Attributes:
        method: the HTTP method.
        path: the path under /api; `{room}`, `{user}` and `{id}` are its parameters.
        handler: the function that serves it.
        does: a sentence for the documentation.
        gives: the type of the result by its status; None for no body, a media type for a body that is not JSON.
        refuses: the codes of its refusals, besides those that all routes have.
        needs: who may make the request.
        query, body: the types of the query and the body.
        optional_body: whether the body may be left out.
        headers: the request headers that it reads, each with a description.
    """

    method: str
    path: str
    handler: Handler
    does: str
    gives: dict[int, Any]
    refuses: tuple[str, ...] = ()
    needs: Needs = "someone"
    query: type | None = None
    body: type | None = None
    optional_body: bool = False
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def places(self) -> list[str]:
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @property
    def all_headers(self) -> tuple[tuple[str, str], ...]:
        return self.headers if self.method in SAFE else (*self.headers, IDEMPOTENCY_KEY)

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes of refusals that the route may give."""
        codes = set(self.refuses)
        if self.needs != "nothing":
            codes |= {"sign_in_needed", "session_unknown", "account_disabled", "name_taken", "not_read"}
        if self.needs in ("someone", "admin"):
            codes |= {"name_needed"}
        if self.needs == "admin":
            codes |= {"not_allowed"}
        if self.body is not None:
            codes |= {"type_unknown", "encoding_unknown", "frame_too_long", "body_late"}
        if self.body is not None or self.query is not None or any(name == IF_MATCH for name, _ in self.headers):
            codes |= {"frame_invalid"}
        if self.method not in SAFE:
            codes |= {"key_invalid", "key_reused", "key_used", "origin_foreign", "session_unknown"}
            codes |= {"too_fast", "not_stored", "stopping", "not_read"}
        return tuple(sorted(codes))


class Prepared:
    """A route with its decoders."""

    __slots__ = ("decode", "handler", "needs", "optional_body", "query", "route", "safe")

    def __init__(self, route: Route) -> None:
        self.route: Final = route
        self.handler: Final = route.handler
        self.needs: Final = route.needs
        self.safe: Final = route.method in SAFE
        self.query: Final = None if route.query is None else QueryReader(route.query)
        self.decode: Final[Callable[[bytes], Any] | None] = (
            None if route.body is None else msgspec.json.Decoder(route.body).decode
        )
        self.optional_body: Final = route.optional_body


class QueryReader:
    """Reads the query of a URL as a type whose fields are integers, booleans and strings."""

    def __init__(self, type_: type) -> None:
        self._type = type_
        self._kinds = {field.name: _kind(field.type) for field in msgspec.structs.fields(type_)}

    def read(self, pairs: Iterable[tuple[str, str]]) -> Any:
        """Return the query as its type.

        Raises:
            ValueError: it can't be read; the text says why.
        """
        values: dict[str, object] = {}
        for name, text in pairs:
            if name not in self._kinds:
                raise ValueError(f"there is no parameter `{name[:40]}`")
            if name in values:
                raise ValueError(f"`{name}` is there twice")
            values[name] = self._value(name, text)
        return msgspec.convert(values, self._type)

    def _value(self, name: str, text: str) -> object:
        kind = self._kinds[name]
        if kind is int:
            digits = text.removeprefix("-")
            if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
                raise ValueError(f"`{name}` is a whole number")
            return int(text)
        if kind is bool:
            if text not in ("true", "false"):
                raise ValueError(f"`{name}` is true or false")
            return text == "true"
        return text


def _kind(annotation: Any) -> type:
    kinds = [msgspec.inspect.type_info(annotation)]
    for each in kinds:
        if isinstance(each, msgspec.inspect.Metadata):
            kinds.append(each.type)
        elif isinstance(each, msgspec.inspect.UnionType):
            kinds += each.types
        elif isinstance(each, msgspec.inspect.IntType):
            return int
        elif isinstance(each, msgspec.inspect.BoolType):
            return bool
    return str


class _Node:
    __slots__ = ("by_name", "here", "place")

    def __init__(self) -> None:
        self.by_name: dict[str, _Node] = {}
        self.place: _Node | None = None
        self.here: dict[str, tuple[Prepared, list[str]]] = {}


class Table:
    """Finds the route of a request."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for part in route.path.split("/")[1:]:
                if part.startswith("{"):
                    node.place = node = node.place or _Node()
                else:
                    node = node.by_name.setdefault(part, _Node())
            node.here[route.method] = Prepared(route), route.places

    def find(self, path: str) -> tuple[dict[str, tuple[Prepared, list[str]]], list[str]]:
        """Return the routes of a path by method, empty if there are none, and the values of the path's parameters."""
        node = self._root
        values: list[str] = []
        if path and path[0] != "/":
            return {}, values
        for part in path.split("/")[1:]:
            further = node.by_name.get(part)
            if further is None:
                further = node.place
                if further is None or not part:
                    return {}, values
                values.append(part)
            node = further
        return node.here, values


def named(places: list[str], values: list[str]) -> Mapping[str, str]:
    return dict(zip(places, values, strict=True))
