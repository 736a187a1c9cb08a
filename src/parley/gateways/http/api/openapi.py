"""The documentation of the API for programs (OpenAPI 3.1), made from the routes and their types."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from parley import __version__

from .accounts import COOKIE
from .problems import MEDIA_TYPE, Problem, sentence, status_of
from .request import etag
from .routing import IF_MATCH, Route

_REF: Final = "#/components/schemas/{name}"

PLACES: Final = {
    "room": "A room's id, or its name. A name that is a number is written with a `#` (`%23`) before it.",
    "user": "A user's id, or their name. A name that is a number, or `me`, is written with an `@` before it.",
    "seq": "The message's place in the room's log.",
    "emoji": "One emoji, percent-encoded, or its name between colons, such as `:+1:`.",
    "id": "As in the list.",
}

HEADERS: Final = {
    "ETag": "Names this content; for `If-None-Match`.",
    "Location": "Where what was made is.",
    "Retry-After": "Seconds after which the same request may succeed.",
}


def document(routes: Sequence[Route]) -> tuple[bytes, str]:
    """Return the description as JSON, and its entity tag."""
    body = msgspec.json.encode(describe(routes))
    return body, etag(body)


def describe(routes: Sequence[Route]) -> dict[str, Any]:
    """Return the description."""
    types = _types(routes)
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    by_type = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault("/api" + route.path, {})[route.method.lower()] = _operation(route, by_type, components)
    # The types of queries are not schemas: their fields are parameters.
    for route in routes:
        if route.query is not None:
            components.pop(route.query.__name__, None)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley",
            "version": __version__,
            "description": "Rooms on durable logs: what is answered with 201 is on the server's disk.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A token, as given on signing in."},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "For browsers."},
            },
        },
    }


def _types(routes: Sequence[Route]) -> list[Any]:
    types: list[Any] = [Problem]
    for route in routes:
        types += [each for each in (route.query, route.body, *route.gives.values()) if isinstance(each, type)]
    return list(dict.fromkeys(types))


def _operation(route: Route, schemas: dict[Any, Any], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": "_".join(re.findall(r"[a-z_]+", f"{route.method.lower()}{route.path}")) or "get",
        "summary": route.does,
        "security": _security(route),
    }
    parameters = [
        {"name": place, "in": "path", "required": True, "description": PLACES[place], "schema": {"type": "string"}}
        for place in dict.fromkeys(route.places)
    ]
    if route.query is not None:
        parameters += _query(components[route.query.__name__])
    for name, what in route.all_headers:
        schema = {"type": "string"} | ({"pattern": '^("[0-9]{1,15}"|[0-9]{1,15})$'} if name == IF_MATCH else {})
        parameters.append({"name": name, "in": "header", "description": what, "schema": schema})
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = {
            "required": not route.optional_body,
            "content": {"application/json": {"schema": schemas[route.body]}},
        }
    operation["responses"] = _responses(route, schemas)
    return operation


def _security(route: Route) -> list[dict[str, list[str]]]:
    ways: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}]
    return ways if route.needs in ("someone", "admin") else [{}, *ways]


def _query(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    found = []
    for name, each in schema["properties"].items():
        # A field that may be null becomes an optional parameter.
        kinds = [kind for kind in each.get("anyOf", ()) if kind != {"type": "null"}]
        plain = {**kinds[0], **{key: value for key, value in each.items() if key != "anyOf"}} if kinds else dict(each)
        if plain.get("default", 0) is None:
            del plain["default"]
        parameter = {"name": name, "in": "query", "required": name in required, "schema": plain}
        if about := plain.pop("description", None):
            parameter["description"] = about
        found.append(parameter)
    return found


def _responses(route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, gives in route.gives.items():
        if gives == "session_unknown":
            responses[str(status)] = _problem([gives], schemas)
            continue
        answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
        if isinstance(gives, str):
            answer["content"] = {
                gives.partition(";")[0]: {"schema": {} if gives.endswith("json") else {"type": "string"}}
            }
        elif gives is not None:
            answer["content"] = {"application/json": {"schema": schemas[gives]}}
        if status == 200 and 304 in route.gives:
            answer["headers"] = _headers("ETag", required=True)
        if status == 201 and route.path in ("/rooms", "/rooms/{room}/messages", "/direct"):
            answer["headers"] = _headers("Location", required=True)
        responses[str(status)] = answer
    by_status: dict[int, list[str]] = {}
    for code in route.codes:
        by_status.setdefault(status_of(code), []).append(code)
    if route.path.startswith("/me/password"):
        by_status.setdefault(403, []).append("sign_in_wrong")
    for status, codes in sorted(by_status.items()):
        responses[str(status)] = _problem(codes, schemas)
    return responses


def _problem(codes: list[str], schemas: dict[Any, Any]) -> dict[str, Any]:
    status = status_of(codes[0])
    problem = {
        "description": "\n".join(f"- `{code}`: {sentence(code)}" for code in sorted(codes)),
        "content": {MEDIA_TYPE: {"schema": schemas[Problem]}},
    }
    if status in (429, 503):
        problem["headers"] = _headers("Retry-After", required=status == 429)
    return problem


def _headers(name: str, *, required: bool) -> dict[str, Any]:
    return {name: {"description": HEADERS[name], "required": required, "schema": {"type": "string"}}}
