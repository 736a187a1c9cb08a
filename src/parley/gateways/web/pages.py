"""The pages beside the WebSocket: how to connect, and whether the server is well."""

import base64
import hashlib
import html
from collections.abc import Callable
from importlib import resources
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_PAGE: Final = resources.files(__package__).joinpath("index.html").read_text(encoding="utf-8")
_STYLE: Final = _PAGE.partition("<style>")[2].partition("</style>")[0]
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def app(health: Callable[[], str | None]) -> Starlette:
    """Return the ASGI application.

    Args:
        health: returns what is wrong with the server, or None.
    """

    async def index(request: Request) -> Response:
        url = request.url
        tls = url.scheme == "https"
        values = {
            "{HOST}": url.hostname or "127.0.0.1",
            "{PORT}": str(url.port or (443 if tls else 80)),
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

    return Starlette(routes=[Route("/", index), Route("/healthz", healthz)])
