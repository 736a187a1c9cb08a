"""The pages beside the WebSocket: how to connect, and whether the server is well."""

from collections.abc import Callable
from importlib import resources
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_PAGE: Final = resources.files(__package__).joinpath("index.html").read_text(encoding="utf-8")

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def app(health: Callable[[], str | None]) -> Starlette:
    """Return the ASGI application.

    Args:
        health: returns what is wrong with the server, or None.
    """

    async def index(request: Request) -> Response:
        host = request.url.hostname or "127.0.0.1"
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        page = _PAGE
        for mark, value in (("{HOST}", host), ("{PORT}", str(port)), ("{ORIGIN}", f"{request.url.scheme}://{request.url.netloc}")):
            page = page.replace(mark, _escaped(value))
        return Response(page, media_type="text/html", headers=_page_headers())

    async def healthz(request: Request) -> Response:
        problem = health()
        body = {"status": "ok"} if problem is None else {"status": "failing", "problem": problem}
        return JSONResponse(body, 200 if problem is None else 503, headers={"Cache-Control": "no-store"})

    return Starlette(routes=[Route("/", index), Route("/healthz", healthz)])


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _page_headers() -> dict[str, str]:
    return {name: value.replace("{style}", _STYLE_HASH) for name, value in _HEADERS.items()}


def _style_hash() -> str:
    import base64
    import hashlib

    style = _PAGE.partition("<style>")[2].partition("</style>")[0]
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


_STYLE_HASH: Final = _style_hash()
