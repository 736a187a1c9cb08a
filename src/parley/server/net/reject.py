"""A protocol that says one thing and closes."""

import asyncio
from typing import cast

from .connection import CLOSE_SECONDS
from .peer import Peer


class RejectProtocol(asyncio.Protocol):
    """Writes a message and closes the connection.

    Args:
        loop: the event loop.
        message: what is written.
        peer: the other end.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, message: bytes, peer: Peer) -> None:
        self._loop = loop
        self._message = message
        self._peer = peer
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)
        transport.write(self._message)
        # Input is read and dropped: closing with unread bytes would send a reset, which overtakes the message.
        if transport.can_write_eof():
            transport.write_eof()
        self._timer = self._loop.call_later(CLOSE_SECONDS, transport.close)

    def data_received(self, data: bytes) -> None:
        pass

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._peer.leave()
