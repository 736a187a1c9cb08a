"""The pages beside the WebSocket and the API: how to connect, invitations' links, incoming webhooks, and whether the
server is well.
"""

import html
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import hooks, join
from .api import PREFIX, Api, Desk
from .headers import GUARDED, page_headers

_PAGE: Final = resources.files(__package__).joinpath("index.html").read_text(encoding="utf-8")
_HEADERS: Final = page_headers(_PAGE)

_HSTS: Final = (b"strict-transport-security", b"max-age=31536000")
"""Browsers come by TLS from now on, where they came by it once (RFC 6797)."""


def app(health: Callable[[], str | None], desk: Desk) -> ASGIApp:
    """Return the ASGI application.

    Args:
        health: returns what is wrong with the server, or None.
        desk: the server, as the API sees it.
    """

    async def index(request: Request) -> Response:
        url = request.url
        tls = url.scheme == "https"
        values = {
            "{HOST}": url.hostname or "127.0.0.1",
            "{PORT}": str(url.port or (443 if tls else 80)),
            "{BASE}": f"{url.scheme}://{url.netloc}",
            "{SOCKET}": f"{'wss' if tls else 'ws'}://{url.netloc}",
        }
        page = _PAGE
        for mark, value in values.items():
            page = page.replace(mark, html.escape(value))
        return Response(page, media_type="text/html", headers=_HEADERS)

    async def healthz(request: Request) -> Response:
        problem = health()
        body = {"status": "ok"} if problem is None else {"status": "failing", "problem": problem}
        return JSONResponse(body, 200 if problem is None else 503, headers={"Cache-Control": "no-store"})

    routes = [Route("/", index), Route("/healthz", healthz), *join.routes(desk), *hooks.routes(desk)]
    pages, api = Starlette(routes=routes), Api(desk)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        of_api = path == PREFIX or path.startswith(PREFIX + "/")
        served: ASGIApp = api if of_api else pages  # type: ignore[assignment]
        await served(scope, receive, _guarded(send, (*GUARDED, _HSTS) if scope["scheme"] == "https" else GUARDED))

    return dispatch


def _guarded(send: Send, guards: Sequence[tuple[bytes, bytes]]) -> Send:
    """Give every answer those headers that it does not have itself."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message.get("headers", ())
            names = [name for name, _ in headers]
            message["headers"] = [*headers, *(guard for guard in guards if guard[0] not in names)]
        await send(message)

    return guarded
