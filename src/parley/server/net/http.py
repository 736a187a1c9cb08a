"""HTTP by uvicorn, on sockets of ours; WebSockets by the sans-I/O protocol of `websockets`."""

import asyncio
import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import CLOSED, OPEN
from websockets.server import ServerProtocol

from parley.core.tokens import hash_token
from parley.gateways.effects import Close
from parley.gateways.http.api import ADMIN_SOCKET, TRANSPORT
from parley.gateways.http.api.accounts import COOKIE
from parley.gateways.http.headers import GUARDED, is_origin
from parley.gateways.http.pages import app
from parley.gateways.session import Session
from parley.gateways.web import WebSession
from parley.server.api import HubApi
from parley.wire.limits import FRAME_BYTES
from parley.wire.websocket import HandshakeError, accept_handshake, frame_end, read_texts, refuse_handshake

from .connection import CLOSE_SECONDS, Connection
from .peer import Peer
from .proxies import Proxies

if TYPE_CHECKING:
    from parley.server.hub import Hub

log = logging.getLogger("parley.http")

CLOSING_SECONDS: Final = 2.0
HEADER_BYTES: Final = 32 * 1024
PATH: Final = b"/ws"

SLICE_BYTES: Final = 16 * 1024
"""So much of what a client has sent is read in one turn of the loop. A socket that always has more is otherwise read
for up to 8 MiB in one turn (libuv), which is a second of small frames, and everybody waits. What a program sends at
once should be one commit: fifty messages are about 8 KB, and in slices of 4 KB they were two.
"""

# Names of their own: looking up an Enum's member takes longer than the rest of what is done with a frame here.
_TEXT: Final = Opcode.TEXT
_CONTINUATION: Final = Opcode.CONT

# `websockets` tells all that happens at levels nobody here reads.
_quiet = logging.getLogger("parley.websocket")
_quiet.setLevel(logging.CRITICAL)


class HttpConnection(HttpToolsProtocol):
    """uvicorn's protocol, which must not wait for ever for a request to be complete, nor take headers without end, nor
    take a request that whoever is in front may have read differently (RFC 9112, section 11.2).
    """

    def __init__(self, gate: "HttpServer", peer: Peer) -> None:
        super().__init__(gate.uvicorn, gate.state, {ADMIN_SOCKET: peer.admin})
        self._gate = gate
        self._peer = peer
        self._header_bytes = 0
        self._between = False  # requests: what comes is the end of one that is answered already, or blank lines
        self._deaf = False
        self._deadline: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._unsent = 0
        self._refusal: HandshakeError | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state[TRANSPORT] = transport
        self.client = (self._peer.host, self._peer.port)
        self.scheme = "https" if self._peer.secure else "http"
        self._gate.connections.add(self)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._gate.connections.discard(self)
        self._request_is_there()
        self._is_read()
        self._peer.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        if self._deadline is not None and not self._between:
            end = data.find(b"\r\n\r\n")  # what follows is the body
            self._header_bytes += len(data) if end < 0 else end
            if self._header_bytes > HEADER_BYTES:
                self._refuse(b"431 Request Header Fields Too Large")
                return
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and cycle.response_complete and self._deadline is None and not self._deaf:
            # uvicorn closes a kept connection that is silent. This one is not, and asks for nothing either.
            self._expect_request()
            self._between = True

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._deadline is None or self._between:
            self._request_is_there()
            self._expect_request()

    def on_headers_complete(self) -> None:
        self._request_is_there()
        if self._peer.proxies is not None:
            self._relay(self._peer.proxies)
        if self._refusal is None:
            self._refusal = _ambiguous(self.parser.get_http_version(), self.headers, self._get_upgrade())
        if self._refusal is not None:
            self.app = _refusing(self._refusal)
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._see_off()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._see_off()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._is_read()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over to a WebSocket, if the request is as it should be (RFC 6455, section 4.2)."""
        headers = self.scope["headers"]
        try:
            if self._refusal is not None:
                raise self._refusal
            if self.url.partition(b"?")[0] != PATH:
                raise HandshakeError(HTTPStatus.NOT_FOUND, "There is no WebSocket here; it is at /ws.")
            if not _same_origin(headers, secure=self.scope["scheme"] == "https"):
                raise HandshakeError(HTTPStatus.FORBIDDEN, "This WebSocket is for pages of this server.")
            self.transport.write(accept_handshake(self.scope["method"].encode(), headers))
        except HandshakeError as error:
            self.transport.write(refuse_handshake(error))
            self.transport.close()
            return
        self._deaf = True
        self._is_read()
        self.connections.discard(self)
        self._gate.connections.discard(self)
        connection = self._gate.websocket(self._peer, _session_cookie(headers))
        self.transport.set_protocol(connection)
        connection.connection_made(self.transport)
        # Parser and protocol hold each other; the collector would find them late.
        self.parser = self.scope = self.headers = self.flow = None  # type: ignore[assignment]

    def _should_upgrade_to_ws(self) -> bool:
        return True

    def _unsupported_upgrade_warning(self) -> None:
        # The parser takes what follows for another protocol, and what comes after that for a request.
        self._deaf = True
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def _relay(self, proxies: Proxies) -> None:
        """A trusted proxy passes a request on: it is its client's, wherever the one before came from."""
        peer = self._peer
        peer.relay(self.headers, self.scheme == "https")
        self.scope["client"] = (peer.host, peer.port)
        self.scope["scheme"] = "https" if peer.secure else "http"
        limit = self._gate.hub.config.connections_per_address
        if peer.exposed and not peer.secure:
            self._refusal = HandshakeError(HTTPStatus.FORBIDDEN, "This server is reached by https:// only.")
        elif limit and self._gate.hub.addresses[peer.host] > limit and peer.host not in proxies:
            log.warning("%s has %s connections and gets no more", peer.host, limit)
            self._refusal = HandshakeError(
                HTTPStatus.TOO_MANY_REQUESTS, "There are too many connections from your address."
            )

    def _expect_request(self) -> None:
        self._header_bytes = 0
        self._between = False
        self._deadline = self.loop.call_later(
            self._gate.hub.config.handshake_timeout, self._refuse, b"408 Request Timeout"
        )

    def _request_is_there(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            if not self._between:
                self.transport.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            self.transport.close()

    def _see_off(self) -> None:
        """A connection that is closed goes when all is written. Who does not read does not keep it."""
        if self._stall is None and self.transport.is_closing() and self.transport.get_write_buffer_size():
            self._expect_reading()

    def _expect_reading(self) -> None:
        self._is_read()
        self._unsent = self.transport.get_write_buffer_size()
        self._stall = self.loop.call_later(self._gate.hub.config.stall_timeout, self._cut)

    def _is_read(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _cut(self) -> None:
        """Cut a client that has taken nothing for a whole window."""
        if self.transport.get_write_buffer_size() < self._unsent:
            self._expect_reading()
            return
        log.info("%s takes nothing and is cut", self._peer.address)
        self.transport.abort()


class WebSocketConnection(Connection):
    """A WebSocket: its frames are the session's."""

    dialect = "web"
    __slots__ = ("_fragments", "_owed", "_partial", "_protocol", "_unheard", "_unread")

    def __init__(self, hub: "Hub", session: Session, peer: Peer) -> None:
        super().__init__(hub, session, peer)
        self._protocol = ServerProtocol(state=OPEN, max_size=FRAME_BYTES, logger=_quiet)
        self._fragments: bytearray | None = None  # of a message that has begun; its size is the protocol's to bound
        self._unheard: list[bytes] = []
        self._unread = b""
        self._partial = b""  # the beginning of a frame that does not tell its length yet
        self._owed = 0  # bytes of a frame that `websockets` has begun to read

    def data_received(self, data: bytes) -> None:
        if self._closing or (len(data) <= SLICE_BYTES and not self._unread and not self._going_on):
            self._read(data)
            return
        self._unread += data
        if self._going_on:
            self._balance()
        else:
            self._read_on()

    def _read_on(self) -> None:
        """Read a slice; what is left waits for the next turn of the loop, and so does the socket."""
        data, self._unread = self._unread[:SLICE_BYTES], self._unread[SLICE_BYTES:]
        self._read(data)

    def _read(self, data: bytes) -> None:
        """Take texts that are whole; all else is for `websockets`, as soon as it is known how long it is."""
        data, at, protocol = self._partial + data, 0, self._protocol
        while at < len(data):
            if not self._owed:
                if self._fragments is None:
                    texts, at = read_texts(data, at, FRAME_BYTES)
                    for text in texts:
                        if not self._closing and protocol.state is OPEN:
                            self._hear(text)
                end = frame_end(data, at)
                if end is None:
                    break
                self._owed = end - at
            given = data[at : at + self._owed]
            self._owed -= len(given)
            at += len(given)
            protocol.receive_data(given)
            for event in protocol.events_received():
                if isinstance(event, Frame) and not self._closing:
                    self._take(event)
        self._partial = data[at:]
        self._send_protocol_data()
        self._balance()

    def eof_received(self) -> bool:
        self._protocol.receive_eof()
        self._send_protocol_data()
        return False

    def _take(self, frame: Frame) -> None:
        if frame.opcode is _TEXT or (frame.opcode is _CONTINUATION and self._fragments is not None):
            if frame.fin and self._fragments is None:
                self._hear(bytes(frame.data))
                return
            if self._fragments is None:
                self._fragments = bytearray()
            self._fragments += frame.data
            if frame.fin:
                whole, self._fragments = bytes(self._fragments), None
                self._hear(whole)
        elif frame.opcode in (Opcode.BINARY, _CONTINUATION):
            self._protocol.fail(1003, "frames are text")

    def _hear(self, text: bytes) -> None:
        """Hand a text on, after those that wait until there is room for what they come to."""
        if self._unheard or not self._is_free():
            self._unheard.append(text)
        else:
            self._perform(self._session.receive(text))

    def _has_more(self) -> bool:
        return bool(self._unheard or self._unread) and not self._closing

    def _go_on(self) -> None:
        self._going_on = False
        heard = 0
        while heard < len(self._unheard) and self._is_free() and not self._closing:
            self._perform(self._session.receive(self._unheard[heard]))
            heard += 1
        del self._unheard[:heard]
        if self._unread and not self._unheard and self._is_free() and not self._closing:
            self._read_on()
        self._balance()

    def _send_protocol_data(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self.write(data)
            else:
                self._closing = True
        if self._protocol.close_expected() or self._protocol.state is CLOSED:
            self._closing = True
            self._hub.loop.call_soon(self._end)

    def _part(self, effect: Close) -> None:
        # The client's close frame ends it (RFC 6455, section 7.1.1), or time does.
        data, self._unread = self._unread, b""
        self._read(data)  # its close frame may have come already
        if self._protocol.state is OPEN:
            self._protocol.send_close(effect.code)
        self._send_protocol_data()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
            self._hub.loop.call_later(CLOSE_SECONDS, self.abort)


def _session_cookie(headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """Return the SHA-256 of the token that a browser showed by itself."""
    for name, value in headers:
        for pair in value.split(b";") if name == b"cookie" else ():
            key, _, token = pair.strip().partition(b"=")
            if key == COOKIE.encode() and token:
                return hash_token(token.decode("latin-1"))
    return None


def _same_origin(headers: Iterable[tuple[bytes, bytes]], *, secure: bool) -> bool:
    """Tell whether a browser's page may open this WebSocket: only one from the same host. Programs send no Origin."""
    origins = [value for name, value in headers if name == b"origin"]
    hosts = [value for name, value in headers if name == b"host"]
    return not origins or (len(origins) == len(hosts) == 1 and is_origin(origins[0], hosts[0], secure=secure))


def _ambiguous(version: str, headers: Iterable[tuple[bytes, bytes]], upgrade: bytes | None) -> HandshakeError | None:
    """Return why a request is not taken that others might read differently, or as two; the parser has seen to the rest.

    Args:
        version: of HTTP.
        headers: with names in lower case.
        upgrade: the other protocol that it asks for.
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


def _refusing(error: HandshakeError) -> Any:
    """Return an application that refuses whatever is asked."""
    guards = {name.decode(): value.decode() for name, value in GUARDED}
    return PlainTextResponse(f"{error}\n", error.status, {**guards, "Connection": "close"})


class HttpServer:
    """Makes the protocols for HTTP connections."""

    def __init__(self, hub: "Hub", new_token: Any) -> None:
        self.hub = hub
        self.connections: set[HttpConnection] = set()
        self.state = ServerState()
        self.desk = HubApi(hub)
        self.uvicorn = uvicorn.Config(
            app(lambda: hub.writer.failing, self.desk),
            ws="none",
            http="httptools",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
        self.uvicorn.load()
        self._new_token = new_token

    def http(self, peer: Peer) -> HttpConnection:
        return HttpConnection(self, peer)

    def websocket(self, peer: Peer, cookie: bytes | None = None) -> WebSocketConnection:
        return WebSocketConnection(self.hub, WebSession(self.hub.view, self._new_token, cookie), peer)

    async def close(self) -> None:
        """End what is being streamed, and let those finish who are being answered."""
        await self.desk.close()
        if self.state.tasks:
            await asyncio.wait(self.state.tasks, timeout=CLOSING_SECONDS)

    def stop(self) -> None:
        """Close the connections that are not in the middle of an answer, the others after it."""
        for connection in tuple(self.connections):
            connection.shutdown()
