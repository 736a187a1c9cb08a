"""The documentation, as two routes. It is made when somebody first asks for it."""

import functools
from collections.abc import Sequence
from typing import Any

from . import documentation_html, openapi
from .request import Document, HttpRequest, Response
from .routing import IF_NONE_MATCH, Route


def documented(routes: Sequence[Route]) -> tuple[Route, ...]:
    """Return the routes with two more, which describe them all."""

    @functools.cache
    def html() -> tuple[bytes, str]:
        return documentation_html.document(everything)

    @functools.cache
    def description() -> tuple[bytes, str]:
        return openapi.document(everything)

    async def get_page(request: HttpRequest[Any]) -> Response:
        return Document(*html(), "text/html; charset=utf-8", documentation_html.headers())

    async def get_description(request: HttpRequest[Any]) -> Response:
        return Document(*description(), "application/json")

    html_type = {200: "text/html; charset=utf-8", 304: None}
    json_type = {200: "application/json", 304: None}
    everything = (
        *routes,
        Route(
            "GET", "", get_page, "This documentation, for people.", html_type, needs="nothing",
            headers=(IF_NONE_MATCH,)
        ),
        Route(
            "GET", "/openapi.json", get_description, "This documentation, for programs (OpenAPI 3.1).", json_type,
            needs="nothing", headers=(IF_NONE_MATCH,),
        ),
    )  # fmt: skip
    return everything
