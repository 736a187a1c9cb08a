"""HTTP by uvicorn, on sockets that this server accepts. It uses private names of uvicorn;
tests/server/test_uvicorn_names.py lists them.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

import uvicorn
from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from parley.core.tokens import hash_token
from parley.gateways.http.api import ADMIN_SOCKET, COOKIE, TRANSPORT
from parley.gateways.http.api.problems import OWN
from parley.gateways.http.headers import GUARDED, is_origin
from parley.server.config import Config
from parley.wire.websocket import HandshakeError, accept_handshake, refuse_handshake

from .origins import Origins
from .peer import Peer
from .proxies import Proxies

log = logging.getLogger("parley.http")

CLOSING_SECONDS: Final = 2.0
HEADER_BYTES: Final = 32 * 1024
PATH: Final = b"/ws"


class HttpConnection(HttpToolsProtocol):
    """uvicorn's protocol with bounds: on the time for a request's headers, on their size, and on the time during which
    a client may read nothing. It refuses requests that a proxy could have parsed differently (RFC 9112, section 11.2).

    Between two requests it stays open for `keepalive_timeout`, also if a request was answered before its end had
    arrived. Before it closes, it reads to the end of the request (RFC 9112, section 9.6). Otherwise a client that is
    still sending would get a reset instead of the response, and through a proxy a 502.
    """

    def __init__(self, server: "HttpServer", peer: Peer) -> None:
        super().__init__(server.uvicorn, server.state, {ADMIN_SOCKET: peer.admin})
        self._server = server
        self._peer = peer
        self.timeout_keep_alive = server.config.keepalive_timeout  # type: ignore[assignment]
        self._header_bytes = 0
        self._between = False  # between two requests: received bytes are the end of an answered request, or blank lines
        self._ended_late = False  # the last bytes of a request came after its answer
        self._is_complete = True  # no request is incomplete
        self._closes_after_request = False
        self._ignoring = False  # received bytes are ignored from now on
        self._deadline: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._unsent = 0
        self._refusal: HandshakeError | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state[TRANSPORT] = transport
        self.client = (self._peer.host, self._peer.port)
        self.scheme = "https" if self._peer.secure else "http"
        self._server.connections.add(self)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self)
        self._server.not_idle(self)
        self._cancel_deadline()
        self._cancel_stall_timer()
        self._peer.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._ignoring:
            return
        self._server.not_idle(self)
        if self._deadline is not None and not self._between:
            end = data.find(b"\r\n\r\n")  # the bytes after this are the body
            self._header_bytes += len(data) if end < 0 else end
            if self._header_bytes > HEADER_BYTES:
                self._refuse(b"431 Request Header Fields Too Large")
                return
        super().data_received(data)
        if self._closes_after_request:
            if self._is_complete:
                self._ignoring = True
                self.transport.close()
            return
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or not cycle.response_complete or self._ignoring:
            return
        if self._ended_late:
            self._ended_late = self._between = False
            self._cancel_deadline()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
            self._server.idle(self)
        elif self._deadline is None:
            # uvicorn closes an idle connection only if it sends nothing. This one sends bytes that begin no request.
            self._expect_request()
            self._between = True

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._ended_late = self._is_complete = False
        if self._deadline is None or self._between:
            self._cancel_deadline()
            self._expect_request()

    def on_headers_complete(self) -> None:
        if self._closes_after_request:
            return  # the connection closes after the previous request, so this one is not answered
        self._cancel_deadline()
        if self._peer.proxies is not None:
            self._take_forwarded(self._peer.proxies)
        if self._refusal is None:
            self._refusal = _ambiguous(self.parser.get_http_version(), self.headers, self._get_upgrade())
        if self._refusal is not None:
            self.app = _refusing(self._refusal)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_complete = True
        cycle: RequestResponseCycle | None = self.cycle
        self._ended_late = cycle is not None and cycle.response_complete

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.timeout_keep_alive_task is not None:
            if self._is_complete:
                self._server.idle(self)
            elif self._deadline is None:
                # The rest of the body has the same time limit as headers.
                self.timeout_keep_alive_task.cancel()
                self.timeout_keep_alive_task = None
                self._expect_request()
                self._between = True
        self._watch_closing()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._watch_closing()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start_stall_timer()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._cancel_stall_timer()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over to a WebSocket, if the request is a valid handshake (RFC 6455, section 4.2)."""
        headers = self.scope["headers"]
        try:
            if self._refusal is not None:
                raise self._refusal
            if self.url.partition(b"?")[0] != PATH:
                raise HandshakeError(HTTPStatus.NOT_FOUND, "There is no WebSocket here; it is at /ws.")
            if not _same_origin(headers, secure=self.scope["scheme"] == "https", own=self._server.origins.own):
                self._server.origins.refused(dict(headers), self._peer.address)
                raise HandshakeError(HTTPStatus.FORBIDDEN, OWN["origin_foreign"])
            self.transport.write(accept_handshake(self.scope["method"].encode(), headers))
        except HandshakeError as error:
            self.transport.write(refuse_handshake(error))
            self.transport.close()
            return
        self._ignoring = True
        self._cancel_stall_timer()
        self.connections.discard(self)
        self._server.connections.discard(self)
        connection = self._server.websocket(self._peer, _session_cookie(headers))
        self.transport.set_protocol(connection)
        connection.connection_made(self.transport)
        # Break the reference cycle of parser and protocol, which the garbage collector would find late.
        self.parser = self.scope = self.headers = self.flow = None  # type: ignore[assignment]

    def close_after_request(self) -> None:
        """Close the connection when the request is complete, or, if it is not within `handshake_timeout`, without
        waiting longer.
        """
        if self._is_complete or self._closes_after_request or self.transport.is_closing():
            self.transport.close()
            return
        self._closes_after_request = self._between = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._cancel_deadline()
        self._deadline = self.loop.call_later(self._server.config.handshake_timeout, self.transport.close)

    def yield_place(self) -> None:
        """End this idle connection, because another connection from the same address needs its place."""
        self._peer.leave()
        self.transport.close()

    def rest(self) -> str:
        """Return the address under which an idle connection is counted. Between requests, a connection of a proxy is
        counted for no client.
        """
        if self._peer.proxies is not None:
            self._peer.rest()
        return self._peer.host

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.transport = _ResponseTransport(self, self.transport)  # type: ignore[assignment]
        if cycle.scope["http_version"] == "1.0":
            app = _close_delimited(app, cycle)
        super()._start_asgi_task(cycle, app)

    def _should_upgrade_to_ws(self) -> bool:
        return True

    def _unsupported_upgrade_warning(self) -> None:
        # The parser takes the following bytes for another protocol, and later ones for a request: ignore them all.
        self._ignoring = True
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def _take_forwarded(self, proxies: Proxies) -> None:
        """Take the client's address from the headers of a request that a trusted proxy forwards."""
        peer = self._peer
        peer.forward(self.headers, self.scheme == "https")
        self.scope["client"] = (peer.host, peer.port)
        self.scope["scheme"] = "https" if peer.secure else "http"
        limit = self._server.config.connections_per_address
        if peer.exposed and not peer.secure:
            self._refusal = HandshakeError(HTTPStatus.FORBIDDEN, "This server is reached by https:// only.")
        elif limit and self._server.connection_counts[peer.host] > limit and peer.host not in proxies:
            log.warning("%s has %s connections and gets no more", peer.host, limit)
            self._refusal = HandshakeError(
                HTTPStatus.TOO_MANY_REQUESTS, "There are too many connections from your address."
            )

    def _expect_request(self) -> None:
        self._header_bytes = 0
        self._between = False
        self._deadline = self.loop.call_later(
            self._server.config.handshake_timeout, self._refuse, b"408 Request Timeout"
        )

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            if not self._between:
                self.transport.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            self.transport.close()

    def _watch_closing(self) -> None:
        """While a connection with unwritten bytes is closing, make sure that a client that does not read can't keep it
        open.
        """
        if self._stall_timer is None and self.transport.is_closing() and self.transport.get_write_buffer_size():
            self._start_stall_timer()

    def _start_stall_timer(self) -> None:
        self._cancel_stall_timer()
        self._unsent = self.transport.get_write_buffer_size()
        self._stall_timer = self.loop.call_later(self._server.config.stall_timeout, self._cut)

    def _cancel_stall_timer(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None

    def _cut(self) -> None:
        """End the connection of a client that has read nothing since the timer was started."""
        if self.transport.get_write_buffer_size() < self._unsent:
            self._start_stall_timer()
            return
        log.info("%s takes nothing and is cut", self._peer.address)
        self.transport.abort()


def _session_cookie(headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """Return the SHA-256 of the token in a browser's session cookie."""
    for name, value in headers:
        for pair in value.split(b";") if name == b"cookie" else ():
            key, _, token = pair.strip().partition(b"=")
            if key == COOKIE.encode() and token:
                return hash_token(token.decode("latin-1"))
    return None


def _same_origin(headers: Iterable[tuple[bytes, bytes]], *, secure: bool, own: bytes | None) -> bool:
    """Tell whether a request comes from a page of this server, or from a program. Programs send no `Origin`."""
    origins = [value for name, value in headers if name == b"origin"]
    hosts = [value for name, value in headers if name == b"host"]
    return not origins or (len(origins) == len(hosts) == 1 and is_origin(origins[0], hosts[0], secure=secure, own=own))


def _ambiguous(version: str, headers: Iterable[tuple[bytes, bytes]], upgrade: bytes | None) -> HandshakeError | None:
    """Return the refusal of a request that a proxy might parse differently, or as two requests; None if there is no
    such doubt. The parser refuses other invalid requests.

    Args:
        version: the HTTP version.
        headers: the headers, with names in lower case.
        upgrade: the protocol in the header `Upgrade`, if any.
    """
    if version not in ("1.1", "1.0"):
        return HandshakeError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "This server speaks HTTP/1.1.")
    hosts, body = 0, False
    for name, value in headers:
        if name == b"host":
            hosts += 1
        elif name == b"transfer-encoding":
            body = True
            if value.strip().lower() != b"chunked":
                return HandshakeError(HTTPStatus.NOT_IMPLEMENTED, "A body comes whole or chunked, and not encoded.")
        elif name == b"content-length":
            body = body or value != b"0"
    # RFC 9112, section 3.2
    if hosts != 1 and (version == "1.1" or hosts):
        return HandshakeError(HTTPStatus.BAD_REQUEST, "A request has one Host.")
    if body and upgrade is not None:
        return HandshakeError(HTTPStatus.BAD_REQUEST, "A request with a body can't change the protocol.")
    return None


class _ResponseTransport:
    """The transport to which uvicorn writes a response. When uvicorn closes it, the connection is closed after the end
    of the request.
    """

    __slots__ = ("_connection", "is_closing", "write")

    def __init__(self, connection: HttpConnection, transport: asyncio.Transport) -> None:
        self._connection = connection
        self.is_closing: Final = transport.is_closing
        self.write: Final = transport.write

    def close(self) -> None:
        self._connection.close_after_request()


def _close_delimited(app: Any, cycle: RequestResponseCycle) -> Any:
    """Return the application with responses for HTTP/1.0: if the length of a body is not known, the end of the
    connection marks its end, because such a client does not understand chunks (RFC 9112, sections 6.1 and 6.3).
    """

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        own_framing = False

        async def respond(message: Any) -> None:
            nonlocal own_framing
            if message["type"] == "http.response.start":
                status, headers = message["status"], message["headers"]
                own_framing = status not in (204, 304) and all(name != b"content-length" for name, _ in headers)
                if own_framing:
                    # Write the head as uvicorn does, but without chunked encoding, which uvicorn would add.
                    lines = [STATUS_LINE[status], *(b"%b: %b\r\n" % header for header in headers)]
                    cycle.response_started = True
                    cycle.transport.write(b"".join(lines) + b"connection: close\r\n\r\n")
                    return
            elif own_framing:
                if cycle.flow.write_paused and not cycle.disconnected:
                    await cycle.flow.drain()
                if cycle.disconnected or cycle.response_complete:
                    return
                if scope["method"] != "HEAD":
                    cycle.transport.write(message.get("body", b""))
                if not message.get("more_body", False):
                    cycle.response_complete = True
                    cycle.message_event.set()
                    cycle.transport.close()
                    cycle.on_response()
                return
            await send(message)

        await app(scope, receive, respond)

    return serve


def _refusing(error: HandshakeError) -> Any:
    """Return an ASGI application that refuses every request with this error."""
    guards = {name.decode(): value.decode() for name, value in GUARDED}
    return PlainTextResponse(f"{error}\n", error.status, {**guards, "Connection": "close"})


class HttpServer:
    """Makes the protocols for HTTP connections.

    Args:
        app: the ASGI application.
        websocket: returns the protocol for a WebSocket, given the peer and the hash of the token in its cookie.
        config: the configuration.
        connection_counts: connections by address.
        origins: the server's own origin.
    """

    def __init__(
        self,
        app: Any,
        websocket: Callable[[Peer, bytes | None], asyncio.Protocol],
        config: Config,
        connection_counts: Counter[str],
        origins: Origins,
    ) -> None:
        self.websocket: Final = websocket
        self.config: Final = config
        self.connection_counts: Final = connection_counts
        self.origins: Final = origins
        self.connections: Final[set[HttpConnection]] = set()
        # The idle connections by address, the longest idle first.
        self._idle: Final[dict[str, dict[HttpConnection, None]]] = {}
        self._idle_hosts: Final[dict[HttpConnection, str]] = {}
        self.state: Final = ServerState()
        self.uvicorn: Final = uvicorn.Config(
            app,
            ws="none",
            http="httptools",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
        self.uvicorn.load()

    def http(self, peer: Peer) -> HttpConnection:
        """Return the protocol for a connection."""
        return HttpConnection(self, peer)

    def idle(self, connection: HttpConnection) -> None:
        """Record that a connection is idle: it waits for another request."""
        host = self._idle_hosts[connection] = connection.rest()
        self._idle.setdefault(host, {})[connection] = None

    def not_idle(self, connection: HttpConnection) -> None:
        """Record that a connection is not idle any more."""
        host = self._idle_hosts.pop(connection, None)
        if host is not None:
            connections = self._idle[host]
            del connections[connection]
            if not connections:
                del self._idle[host]

    def make_room(self, host: str) -> bool:
        """End the connection from an address that has been idle longest. Return False if none is idle."""
        connection = next(iter(self._idle.get(host, ())), None)
        if connection is None:
            return False
        self.not_idle(connection)
        connection.yield_place()
        return True

    def stop(self) -> None:
        """Close the connections. One that is sending a response is closed after it."""
        for connection in tuple(self.connections):
            connection.shutdown()

    async def close(self) -> None:
        """Wait at most `CLOSING_SECONDS` for responses that are not finished."""
        if self.state.tasks:
            await asyncio.wait(self.state.tasks, timeout=CLOSING_SECONDS)
