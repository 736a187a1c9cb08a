"""A protocol that sends one message and closes."""

import asyncio
from typing import cast

from .connection import CLOSE_SECONDS
from .peer import Peer


class RejectProtocol(asyncio.Protocol):
    """Writes a message and closes the connection.

    Args:
        loop: the event loop.
        message: the bytes to write.
        peer: the other end of the connection.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, message: bytes, peer: Peer) -> None:
        self._loop = loop
        self._message = message
        self._peer = peer
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)
        transport.write(self._message)
        # Keep reading and drop the input: closing a socket with unread bytes would send a reset, and the client could
        # lose the message.
        if transport.can_write_eof():
            transport.write_eof()
        self._timer = self._loop.call_later(CLOSE_SECONDS, transport.close)

    def data_received(self, data: bytes) -> None:
        pass

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._peer.leave()
