"""A minimal WebSocket client (RFC 6455), without a library between it and the server."""

import asyncio
import base64
import os
from collections.abc import Callable
from typing import cast

_CONTINUATION, _TEXT, _CLOSE, _PING, _PONG = 0x0, 0x1, 0x8, 0x9, 0xA


class WebSocket(asyncio.Protocol):
    """One connection.

    Args:
        opened: called when frames can be sent.
        receive: called with the payload of each text message.

    Attributes:
        ended: done when the connection has ended.
        close_code: the code of the server's close frame; 0 if there was none.
        fault: the server's violation of the protocol; empty if there was none.
    """

    def __init__(self, opened: Callable[[], None], receive: Callable[[bytes], None]) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.close_code = 0
        self.fault = ""
        self._opened = opened
        self._receive = receive
        self._upgraded = False
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ("GET /ws HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade")
        more = (f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "")
        self._transport.write("\r\n".join((*lines, *more)).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if not self.ended.done():
            self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            head, blank, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not blank:
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                self.abort()
                return
            self._upgraded = True
            self._buffer = bytearray(rest)
            self._opened()
        while not self.ended.done() and self._take_frame():
            pass

    def eof_received(self) -> bool:
        return False

    def send(self, payload: bytes) -> None:
        """Send one text message, masked as a client must."""
        self._send(_TEXT, payload)

    def abort(self) -> None:
        """Reset the connection."""
        if self._transport is not None:
            self._transport.abort()

    def hold(self) -> None:
        """Stop reading."""
        if self._transport is not None:
            self._transport.pause_reading()

    def go_on(self) -> None:
        """Resume reading."""
        if self._transport is not None:
            self._transport.resume_reading()

    def _take_frame(self) -> bool:
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        size, start = buffer[1] & 0x7F, 2
        if size == 126:
            size, start = int.from_bytes(buffer[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + size or len(buffer) < start:
            return False
        opcode, final, masked = buffer[0] & 0x0F, buffer[0] & 0x80, buffer[1] & 0x80
        payload = bytes(buffer[start : start + size])
        del buffer[: start + size]
        if masked or not final or opcode not in (_TEXT, _CLOSE, _PING, _PONG):
            self.fault = f"a frame that may not be: opcode {opcode}, final {bool(final)}, masked {bool(masked)}"
            self.abort()
        elif opcode == _TEXT:
            self._receive(payload)
        elif opcode == _PING:
            self._send(_PONG, payload)
        elif opcode == _CLOSE:
            self.close_code = int.from_bytes(payload[:2], "big")
            self._send(_CLOSE, payload[:2])
        return True

    def _send(self, opcode: int, payload: bytes) -> None:
        if self._transport is None:
            return
        mask = os.urandom(4)
        size = len(payload)
        head = (
            bytes((0x80 | opcode, 0x80 | size))
            if size < 126
            else bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2, "big")
        )
        stream = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")
        self._transport.write(head + mask + masked)
