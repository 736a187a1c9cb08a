"""The API's documentation, as two routes. It is generated at the first request for it."""

import functools
from collections.abc import Sequence
from typing import Any, Final

from . import documentation_html, openapi
from .request import Document, Handler, HttpRequest, Response
from .routing import IF_NONE_MATCH, Route

HTML: Final = "text/html; charset=utf-8"


def documented(routes: Sequence[Route]) -> tuple[Route, ...]:
    """Return the routes and two further ones that serve the documentation of all of them."""

    @functools.cache
    def html() -> tuple[bytes, str]:
        return documentation_html.document(everything)

    @functools.cache
    def description() -> tuple[bytes, str]:
        return openapi.document(everything)

    async def get_page(request: HttpRequest[Any]) -> Response:
        return Document(*html(), HTML, documentation_html.headers())

    async def get_description(request: HttpRequest[Any]) -> Response:
        return Document(*description(), "application/json")

    def route(path: str, handler: Handler, does: str, media: str) -> Route:
        return Route("GET", path, handler, does, {200: media, 304: None}, needs="nothing", headers=(IF_NONE_MATCH,))

    everything = (
        *routes,
        route("", get_page, "This documentation, for people.", HTML),
        route("/openapi.json", get_description, "This documentation, for programs (OpenAPI 3.1).", "application/json"),
    )
    return everything
