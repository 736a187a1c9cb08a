"""HTTP by uvicorn, on sockets of ours; WebSockets by the sans-I/O protocol of `websockets`."""

import asyncio
import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import CLOSED, OPEN
from websockets.server import ServerProtocol

from parley.gateways.effects import Close, Session
from parley.gateways.web import WebSession
from parley.gateways.web.pages import app
from parley.wire.limits import FRAME_BYTES
from parley.wire.websocket import HandshakeError, accept_handshake, refuse_handshake

from .connection import CLOSE_SECONDS, Connection
from .visitor import Visitor

if TYPE_CHECKING:
    from .house import House

log = logging.getLogger("parley.http")

HEADER_BYTES: Final = 32 * 1024
PATH: Final = b"/ws"

# `websockets` tells all that happens at levels nobody here reads.
_quiet = logging.getLogger("parley.websocket")
_quiet.setLevel(logging.CRITICAL)


class HttpConnection(HttpToolsProtocol):
    """uvicorn's protocol, which must not wait for ever for a request to be complete, nor take headers without end."""

    def __init__(self, gate: "HttpGate", visitor: Visitor) -> None:
        super().__init__(gate.uvicorn, gate.state, {})
        self._gate = gate
        self._visitor = visitor
        self._header_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._gate.connections.add(self)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._gate.connections.discard(self)
        self._request_is_there()
        self._visitor.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deadline is not None:
            self._header_bytes += len(data)
            if self._header_bytes > HEADER_BYTES:
                self._refuse(b"431 Request Header Fields Too Large")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._deadline is None:
            self._expect_request()

    def on_headers_complete(self) -> None:
        self._request_is_there()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over to a WebSocket, if the request is as it should be (RFC 6455, section 4.2)."""
        headers = self.scope["headers"]
        try:
            if self.url.partition(b"?")[0] != PATH:
                raise HandshakeError(HTTPStatus.NOT_FOUND, "There is no WebSocket here; it is at /ws.")
            if not _same_origin(headers):
                raise HandshakeError(HTTPStatus.FORBIDDEN, "This WebSocket is for pages of this server.")
            self.transport.write(accept_handshake(self.scope["method"].encode(), headers))
        except HandshakeError as error:
            self.transport.write(refuse_handshake(error))
            self.transport.close()
            return
        self.connections.discard(self)
        self._gate.connections.discard(self)
        connection = self._gate.websocket(self._visitor)
        self.transport.set_protocol(connection)
        connection.connection_made(self.transport)
        # Parser and protocol hold each other; the collector would find them late.
        self.parser = self.scope = self.headers = self.flow = None  # type: ignore[assignment]

    def _should_upgrade_to_ws(self) -> bool:
        return True

    def _expect_request(self) -> None:
        self._header_bytes = 0
        self._deadline = self.loop.call_later(
            self._gate.house.config.handshake_timeout, self._refuse, b"408 Request Timeout"
        )

    def _request_is_there(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            self.transport.close()


class WebSocketConnection(Connection):
    """A WebSocket: its frames are the session's."""

    dialect = "web"
    __slots__ = ("_fragments", "_protocol", "_unheard")

    def __init__(self, house: "House", session: Session, visitor: Visitor) -> None:
        super().__init__(house, session, visitor)
        self._protocol = ServerProtocol(state=OPEN, max_size=FRAME_BYTES, logger=_quiet)
        self._fragments: list[bytes] = []
        self._unheard: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        protocol = self._protocol
        protocol.receive_data(data)
        for event in protocol.events_received():
            if isinstance(event, Frame) and not self._closing:
                self._take(event)
        self._send_protocol_data()

    def eof_received(self) -> bool:
        self._protocol.receive_eof()
        self._send_protocol_data()
        return False

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.TEXT or (frame.opcode is Opcode.CONT and self._fragments):
            if frame.fin and not self._fragments:
                self._hear(bytes(frame.data))
                return
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                whole, self._fragments = b"".join(self._fragments), []
                self._hear(whole)
        elif frame.opcode in (Opcode.BINARY, Opcode.CONT):
            self._protocol.fail(1003, "frames are text")

    def _hear(self, text: bytes) -> None:
        """Hand a text on, after those that wait until there is room for what they come to."""
        if self._unheard or not self._is_free():
            self._unheard.append(text)
        else:
            self.perform(self._session.receive(text))

    def _has_more(self) -> bool:
        return bool(self._unheard) and not self._closing

    def _go_on(self) -> None:
        self._going_on = False
        heard = 0
        while heard < len(self._unheard) and self._is_free() and not self._closing:
            self.perform(self._session.receive(self._unheard[heard]))
            heard += 1
        del self._unheard[:heard]
        self._balance()

    def _send_protocol_data(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self.write(data)
            else:
                self._closing = True
        if self._protocol.close_expected() or self._protocol.state is CLOSED:
            self._closing = True
            self._house.loop.call_soon(self._end)

    def _part(self, effect: Close) -> None:
        # The client's close frame ends it (RFC 6455, section 7.1.1), or time does.
        if self._protocol.state is OPEN:
            self._protocol.send_close(effect.code)
        self._send_protocol_data()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
            self._house.loop.call_later(CLOSE_SECONDS, self.abort)


def _same_origin(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether a browser's page may open this WebSocket: only one from the same host. Programs send no Origin."""
    origins = [value for name, value in headers if name == b"origin"]
    hosts = [value for name, value in headers if name == b"host"]
    return not origins or [origin.partition(b"://")[2] for origin in origins] == hosts


class HttpGate:
    """Makes the protocols for HTTP connections."""

    def __init__(self, house: "House", new_token: Any) -> None:
        self.house = house
        self.connections: set[HttpConnection] = set()
        self.state = ServerState()
        self.uvicorn = uvicorn.Config(
            app(lambda: house.writer.failing),
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

    def http(self, visitor: Visitor) -> HttpConnection:
        return HttpConnection(self, visitor)

    def websocket(self, visitor: Visitor) -> WebSocketConnection:
        return WebSocketConnection(self.house, WebSession(self.house.view, self._new_token), visitor)

    def stop(self) -> None:
        """Close the connections that are not in the middle of an answer, the others after it."""
        for connection in tuple(self.connections):
            connection.shutdown()
