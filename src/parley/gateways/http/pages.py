"""The ASGI application of the server: the API, the page for browsers, the page that says how to connect, the links of
invitations, incoming webhooks, and the health check.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import resources
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import assets, hooks, join
from .api import PREFIX, Api, Server
from .api.body import ClientGone
from .api.problems import MEDIA_TYPE, body_of, own
from .headers import GUARDED, page_headers
from .links import public_url

_PAGE: Final = resources.files(__package__).joinpath("connect.html").read_text(encoding="utf-8")
_HEADERS: Final = page_headers(_PAGE)

_HERE: Final = '<p>You are chatting in one step: <a href="/">come in</a>.</p>'
_NOT_BUILT: Final = (
    "<p>The page for browsers was not built into this server, so this one has to do. What the server said when it was "
    "started tells why; everything else works.</p>"
)

_NETCAT: Final = (
    "<h2>netcat or telnet</h2>\n<p>Nothing to install. It asks for a name; <code>/help</code> tells the rest.</p>\n"
    "<pre>nc {HOST} {PORT}</pre>"
)
_OPENSSL: Final = (
    "<h2>openssl</h2>\n<p>In place of netcat, which can not use TLS. It asks for a name; <code>/help</code> tells the "
    "rest. A proxy that only passes on HTTP refuses it.</p>\n<pre>openssl s_client -quiet -connect {HOST}:{PORT}</pre>"
)

_HSTS: Final = (b"strict-transport-security", b"max-age=31536000")
"""After one request by TLS, a browser uses only TLS for this server (RFC 6797)."""


WHOLE_SERVER: Final = "*"
"""The path of `OPTIONS *`, a request about the server as a whole (RFC 9110, section 9.3.7)."""

_METHODS: Final = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
_CHANGING: Final = ("DELETE", "PATCH", "POST", "PUT")


def app(health: Callable[[], str | None], server: Server, page: Mapping[str, assets.File] | None = None) -> ASGIApp:
    """Return the ASGI application.

    Args:
        health: returns why the server does not work, or None if it works.
        server: the server, as the API sees it.
        page: the files of the page for browsers, by path; None for the page that was built, if one was.
    """
    files = assets.load() if page is None else page

    async def connect(request: Request) -> Response:
        url = public_url(request, server.own_origin)
        tls = url.scheme == "https"
        host, port = url.hostname or "127.0.0.1", str(url.port or (443 if tls else 80))
        base = f"{url.scheme}://{url.netloc}"
        values = {
            "{HOST}": host,
            "{PORT}": port,
            # The clients take HOST:PORT for one without TLS.
            "{ADDRESS}": base if tls else f"{host}:{port}",
            "{BASE}": base,
            "{SOCKET}": f"{'wss' if tls else 'ws'}://{url.netloc}",
        }
        text = _PAGE.replace("{BROWSER}", _HERE if files else _NOT_BUILT).replace(
            "{LINE}", _OPENSSL if tls else _NETCAT
        )
        for mark, value in values.items():
            text = text.replace(mark, html.escape(value))
        return Response(text, media_type="text/html", headers=_HEADERS)

    async def healthz(request: Request) -> Response:
        problem = health()
        body = {"status": "ok"} if problem is None else {"status": "failing", "problem": problem}
        return JSONResponse(body, 200 if problem is None else 503, headers={"Cache-Control": "no-store"})

    async def nothing(request: Request, _: Exception) -> Response:
        refusal = own("path_unknown")
        return Response(body_of(refusal, 404), 404, {"Cache-Control": "no-store"}, MEDIA_TYPE)

    async def other_method(request: Request, _: Exception) -> Response:
        found = [route.methods or () for route in routes if route.matches(request.scope)[0] is not Match.NONE]
        methods = {"OPTIONS"}.union(*found)
        headers = {"Allow": ", ".join(sorted(methods)), "Cache-Control": "no-store"}
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        refusal = own("method_unknown", methods=headers["Allow"])
        return Response(body_of(refusal, 405), 405, headers, MEDIA_TYPE)

    routes = [
        Route("/healthz", healthz),
        *join.routes(server, files.get("/index.html")),
        *hooks.routes(server),
        Route("/connect", connect),
        *(assets.routes(files) if files else [Route("/", connect), Route("/r/{room:path}", connect)]),
    ]
    pages, api = Starlette(routes=routes, exception_handlers={404: nothing, 405: other_method}), Api(server)
    pages.router.redirect_slashes = False

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        of_api = path == PREFIX or path.startswith(PREFIX + "/")
        served: ASGIApp = api if of_api else pages  # type: ignore[assignment]
        if path == WHOLE_SERVER:
            served = Response(status_code=204, headers={"Allow": _METHODS})
        elif scope["method"] in _CHANGING and _is_encoded(scope["headers"]):
            served = _encoded
        guards = (*GUARDED, _HSTS) if scope["scheme"] == "https" else GUARDED
        with suppress(ClientGone):
            await served(scope if of_api else _without_slash(scope), receive, _guarded(send, guards))

    return dispatch


def _is_encoded(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    codings = [value.strip().lower() for name, value in headers if name == b"content-encoding"]
    return any(coding not in (b"", b"identity") for coding in codings)


# RFC 9110, sections 15.5.16 and 12.5.3
_encoded: Final = Response(
    body_of(own("encoding_unknown"), 415), 415, {"Accept-Encoding": "identity", "Cache-Control": "no-store"}, MEDIA_TYPE
)


def _without_slash(scope: Scope) -> Scope:
    """Return the request with the slashes at the end of its path removed, except where the path has the name of a room,
    which may end with one. This replaces redirects, whose address would contain a webhook's token or an invitation's
    code, and could have the wrong scheme behind a proxy.
    """
    path = scope["path"]
    bare = path.rstrip("/")
    return scope if bare in (path, "") or path.startswith("/r/") else {**scope, "path": bare}


def _guarded(send: Send, guards: Sequence[tuple[bytes, bytes]]) -> Send:
    """Return a `send` that adds these headers to each response that lacks them."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message.get("headers", ())
            names = [name for name, _ in headers]
            message["headers"] = [*headers, *(guard for guard in guards if guard[0] not in names)]
        await send(message)

    return guarded
