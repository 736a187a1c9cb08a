"""The API as an ASGI application."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Final, cast
from urllib.parse import parse_qsl

import msgspec
from msgspec.structs import replace

from parley.core.commands import ClaimName
from parley.core.events import MACHINE
from parley.core.records import Identity
from parley.core.refusals import Refusal
from parley.core.tokens import hash_token
from parley.gateways.http.headers import names_this_server
from parley.wire.encoding import BOM, is_utf16, without_lone_surrogates

from .accounts import COOKIE
from .body import ClientGone, read_body
from .ports import ADMIN_SOCKET, TRANSPORT, Caller, Server, Transport
from .problems import MEDIA_TYPE, body_of, own, status_of
from .request import ByteStream, Document, HttpRequest, Json, Refused, Response, etag, refused, require
from .routes import ROUTES
from .routing import Prepared, Table, named

log = logging.getLogger("parley.api")

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

PREFIX: Final = "/api"
BODY_BYTES: Final = 64 * 1024

_JSON: Final = b"application/json"
_FORM: Final = b"application/x-www-form-urlencoded"
_COOKIE: Final = COOKIE.encode()
_NO_STORE: Final = (b"cache-control", b"no-store")
_IS_JSON: Final = (b"content-type", _JSON)
_IS_PROBLEM: Final = (b"content-type", MEDIA_TYPE.encode())

_encode: Final = msgspec.json.Encoder().encode
_table: Final = Table(ROUTES)


class Api:
    """The ASGI application.

    Args:
        server: the server.
    """

    def __init__(self, server: Server) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        stranger = _stranger(scope)
        response: Response | Refused
        try:
            response = await self._respond(scope, receive, stranger)
        except Refused as error:
            response = error
        except ClientGone:
            raise
        except Exception:
            log.exception("a request could not be served")
            response = refused("failed")
        try:
            if isinstance(response, ByteStream):
                await self._stream(scope, response, stranger.address, send)
            else:
                await _send(scope, response, send)
        except RuntimeError:
            # uvloop raises this if the connection was lost and uvicorn does not know it yet.
            transport = _transport(scope)
            if transport is None or not transport.is_closing():
                raise
            await _gone(receive)

    async def _respond(self, scope: Scope, receive: Receive, stranger: Caller) -> Response:
        here, values = _table.find(scope["path"].removeprefix(PREFIX).removesuffix("/"))
        if not here:
            raise Refused(own("path_unknown"))
        method = scope["method"]
        found = here.get("GET" if method == "HEAD" else method)
        if method == "OPTIONS":
            return Json(status=204, headers=[(b"allow", _methods(here))])
        if found is None:
            raise Refused(own("method_unknown", methods=_methods(here).decode()), 405)
        route, places = found
        headers = dict(scope["headers"])
        caller = await self._caller(headers, stranger, route)
        if not route.safe:
            if not caller.admin_socket and not _from_here(headers, caller, self._server.own_origin):
                self._server.origin_refused(headers, caller.address)
                raise Refused(own("origin_foreign"))
            wait = self._server.throttle(caller)
            if wait > 0:
                raise refused("too_fast", int(wait * 1000) + 1, seconds=max(wait, 0.1))
        query = _query(route, scope["query_string"])
        body = None if route.decode is None else await self._body(route, headers, caller, receive)
        return await route.handler(
            HttpRequest(self._server, caller, named(places, values), query, body, headers, lambda: _gone(receive))
        )

    # The caller

    async def _caller(self, headers: Mapping[bytes, bytes], stranger: Caller, route: Prepared) -> Caller:
        if stranger.admin_socket:
            return replace(stranger, user=MACHINE)
        shown = headers.get(b"authorization")
        cookie = shown is None
        token = _bearer(shown) if shown is not None else _cookie(headers.get(b"cookie"))
        if token is None:
            if shown is not None:
                raise refused("session_unknown")
            return self._admitted(stranger, route)
        hashed = hash_token(token)
        known = self._server.identify(hashed)
        identity = known if isinstance(known, Identity) else await known
        if isinstance(identity, Refusal):
            if cookie and route.needs == "nothing":
                # A browser with an expired cookie must be able to sign in.
                return self._admitted(stranger, route)
            raise refused("session_unknown") if identity.code == "token_unknown" else Refused(identity)
        await self._check(identity, route)
        if identity.kind == "session":
            self._server.met(identity.user, stranger.address)
        return Caller(identity.user, False, hashed, stranger.address, stranger.secure, cookie)

    async def _check(self, identity: Identity, route: Prepared) -> None:
        """Check that the owner of a token may make a request.

        Raises:
            Refused: the owner may not.
        """
        view = self._server.view
        user = view.state.users.get(identity.user)
        if route.needs != "nothing":
            if view.policy.access == "members" and (user is None or not user.account):
                raise refused("sign_in_needed")
            if user is None:
                require(await self._server.submit(ClaimName(identity.name, identity.user)))
                user = view.state.users.get(identity.user)
            if route.needs == "admin" and (user is None or user.role not in ("owner", "admin")):
                raise refused("not_allowed")
        if user is not None and not user.account:
            self._server.seen(user.id)

    def _admitted(self, stranger: Caller, route: Prepared) -> Caller:
        """Return the stranger, if a request without a token is allowed.

        Raises:
            Refused: it is not allowed.
        """
        if route.needs == "nothing" or (route.needs == "reading" and self._server.view.policy.access == "open"):
            return stranger
        raise refused("name_needed" if self._server.view.policy.access == "open" else "sign_in_needed")

    # Bodies

    async def _body(self, route: Prepared, headers: Mapping[bytes, bytes], caller: Caller, receive: Receive) -> Any:
        length = headers.get(b"content-length")
        if length is not None and (len(length) > 12 or int(length) > BODY_BYTES):
            raise refused("frame_too_long", limit=BODY_BYTES)
        # RFC 8259, section 8.1, allows ignoring the byte order mark.
        data = (await read_body(self._server, receive, BODY_BYTES)).removeprefix(BOM)
        if is_utf16(data):
            raise refused("frame_invalid", why="it is UTF-16, and only UTF-8 is read")
        if not data and route.optional_body:
            return None
        media = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        # `curl -d` labels JSON as a form, so the type of a form is accepted. It is not with a cookie: a page of another
        # server can make a browser send a form with the cookie.
        if media != _JSON and (caller.cookie or media not in (b"", _FORM)):
            raise Refused(own("type_unknown"))
        try:
            return _decoded(route, data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise refused("frame_invalid", why=_explain(error)) from None

    # Responses

    async def _stream(self, scope: Scope, reply: ByteStream, address: str, send: Send) -> None:
        headers = [(b"content-type", reply.media.encode()), _NO_STORE, *reply.headers]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        try:
            if scope["method"] != "HEAD":
                # End the connection of a client that does not read: the bytes that wait for it cost memory.
                patience = self._server.stalled_after
                async for chunk in reply.chunks:
                    message = {"type": "http.response.body", "body": chunk, "more_body": True}
                    await self._server.in_time(send(message), patience)
        except TimeoutError:
            log.info("%s takes nothing and is cut", address)
            if transport := _transport(scope):
                transport.abort()
        finally:
            await reply.chunks.aclose()  # type: ignore[attr-defined]
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send(scope: Scope, reply: Json | Document | Refused, send: Send) -> None:
    if isinstance(reply, Json):
        status, headers, body = reply.status, [*reply.headers], b""
        if reply.value is not None:
            body = _encode(reply.value)
            headers.append(_IS_JSON)
        if reply.cacheable:
            status, body = _unless_known(scope, etag(body), headers, status, body)
            headers.append((b"cache-control", b"private, no-cache"))
        else:
            headers.append(_NO_STORE)
    elif isinstance(reply, Document):
        headers = [(b"content-type", reply.media.encode()), (b"cache-control", b"no-cache"), *reply.headers]
        status, body = _unless_known(scope, reply.etag, headers, 200, reply.body)
    else:
        status, headers, body = _problem(scope, reply)
    if status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _problem(scope: Scope, error: Refused) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    refusal, status = error.refusal, error.status or status_of(error.refusal.code)
    headers = [_IS_PROBLEM, _NO_STORE]
    if refusal.retry_after is not None:
        # Whole seconds (RFC 9110, section 10.2.3), rounded up.
        headers.append((b"retry-after", b"%d" % max(-(-refusal.retry_after // 1000), 1)))
    if status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="parley"'))
    elif status == 405:
        here, _ = _table.find(scope["path"].removeprefix(PREFIX).removesuffix("/"))
        headers.append((b"allow", _methods(here)))
    elif status in (408, 413):
        # Close the connection, as the rest of the body was not read.
        headers.append((b"connection", b"close"))
    return status, headers, body_of(refusal, status, error.events)


def _methods(here: Collection[str]) -> bytes:
    """Return the methods of a path for the header `Allow` (RFC 9110, section 10.2.1), given those of its routes."""
    return ", ".join(sorted({"OPTIONS", *here, *(("HEAD",) if "GET" in here else ())})).encode()


def _unless_known(
    scope: Scope, etag: str, headers: list[tuple[bytes, bytes]], status: int, body: bytes
) -> tuple[int, bytes]:
    """Return status and body; 304 and no body if the client has this content (RFC 9110, section 13.1.2)."""
    headers.append((b"etag", etag.encode()))
    known = dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
    tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
    return (304, b"") if etag in tags or known.strip() == "*" else (status, body)


# Requests


def _stranger(scope: Scope) -> Caller:
    """Return the caller as known before any token was checked."""
    client = scope.get("client")
    admin = scope.get("state", {}).get(ADMIN_SOCKET, False)
    return Caller(None, admin, None, client[0] if client else "", scope.get("scheme") == "https")


def _transport(scope: Scope) -> Transport | None:
    return cast("Transport | None", scope.get("state", {}).get(TRANSPORT))


def _bearer(value: bytes) -> str | None:
    scheme, _, token = value.partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" and token.strip() else None


def _cookie(value: bytes | None) -> str | None:
    if value is None:
        return None
    for pair in value.split(b";"):
        name, _, token = pair.strip().partition(b"=")
        if name == _COOKIE and token:
            return token.decode("latin-1")
    return None


def _from_here(headers: Mapping[bytes, bytes], caller: Caller, own: bytes | None) -> bool:
    """Tell whether a request that changes something can't come from a page of another server (CSRF).

    A browser never sends a bearer token by itself. It sends a cookie by itself: then it has to say that the request
    comes from this server. A request with neither must not come from a page of another server, which could otherwise
    sign the user in to a foreign account.
    """
    if caller.token is not None and not caller.cookie:
        return True
    here = names_this_server(headers, secure=caller.secure, own=own)
    return not caller.cookie if here is None else here


def _query(route: Prepared, text: bytes) -> Any:
    if not text and route.query is None:
        return None
    try:
        pairs = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, strict_parsing=bool(text), max_num_fields=20, errors="strict"
        )
    except ValueError:
        raise refused("frame_invalid", why="the part after the question mark is no query") from None
    if route.query is None:
        if pairs:
            raise refused("frame_invalid", why=f"there is no parameter `{pairs[0][0][:40]}`")
        return None
    try:
        return route.query.read(pairs)
    except ValueError as error:
        raise refused("frame_invalid", why=_explain(error)) from None


def _decoded(route: Prepared, data: bytes) -> Any:
    """Return a body as the type of its route. A body that can't be decoded at first is decoded a second time.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError, RecursionError: it is invalid.
    """
    assert route.decode is not None
    try:
        return route.decode(data)
    except msgspec.ValidationError as error:
        if "got `float`" not in str(error):
            raise
        # 3.0 is a whole number too (JSON Schema, section 4.2.2). Such numbers are rare, so the body is only converted
        # after the first decoding has failed.
        return msgspec.convert(_whole(msgspec.json.decode(data)), route.route.body)
    except msgspec.DecodeError:
        if (whole := without_lone_surrogates(data)) == data:
            raise
        return _decoded(route, whole)


def _whole(value: Any) -> Any:
    """Return the value with an int in place of each float that is a whole number."""
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _explain(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    text = str(error)
    return text if text.startswith("JSON") else text[0].lower() + text[1:]
