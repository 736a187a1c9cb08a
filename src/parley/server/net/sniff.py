"""Finds out the dialect of a connection from its first bytes (docs/decisions/0005-first-bytes.md)."""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Final, cast

from parley.wire.signature import Dialect, classify

from .peer import Peer

log = logging.getLogger("parley")

SILENCE_SECONDS: Final = 0.2
"""A client that sends nothing for this time counts as a line client, which waits for the server to speak first."""

EXPOSED_SILENCE_SECONDS: Final = 2.0
"""The same time for a client that must use TLS: on a slow network its first bytes come late, and a prompt before them
would break the handshake.
"""

RETRY_SECONDS: Final = 0.02
PEEK_BYTES: Final = 18


def drop(sock: socket.socket, peer: Peer, reason: str | None = None) -> None:
    """Close a socket that was not passed to a protocol yet. Log the reason, if one is given."""
    if reason is not None:
        log.info("the connection from %s came to nothing: %s", peer.address, reason)
    sock.close()
    peer.leave()


class SocketWatch:
    """Calls `look` when a socket is readable, and `expired` at a given time, until `stop`.

    Args:
        loop: the event loop.
        sock: the socket.
    """

    __slots__ = ("_loop", "_sock", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
        self._loop = loop
        self._sock = sock
        self._timer: asyncio.TimerHandle | None = None

    def start(self, look: Callable[[], None], expired: Callable[[], None], when: float) -> None:
        """Begin to watch. Do nothing if watching has begun already."""
        if self._timer is None:
            self._loop.add_reader(self._sock, look)
            self._timer = self._loop.call_at(when, expired)

    def retry(self, look: Callable[[], None]) -> None:
        """Call `look` in a moment. New bytes can't be waited for, because the socket is readable already by the old
        ones.
        """
        self.stop()
        self._timer = self._loop.call_later(RETRY_SECONDS, look)

    def stop(self) -> None:
        if self._timer is not None:
            self._loop.remove_reader(self._sock)
            self._timer.cancel()
            self._timer = None


class ProtocolSniffer:
    """Finds out the dialect of a socket from its first bytes, without reading them from the socket.

    Args:
        loop: the event loop.
        sock: the socket.
        peer: the other end of the connection.
        found: called once with the dialect and the first bytes.
    """

    __slots__ = ("_found", "_loop", "_peer", "_sock", "_until", "_watch")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, sock: socket.socket, peer: Peer, found: Callable[[Dialect, bytes], None]
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._peer = peer
        self._found = found
        self._until = loop.time() + (EXPOSED_SILENCE_SECONDS if peer.exposed else SILENCE_SECONDS)
        self._watch = SocketWatch(loop, sock)

    def start(self) -> None:
        """Wait until the dialect is known. Under load the bytes are often there at once."""
        self._look()

    def _look(self) -> None:
        try:
            first = self._sock.recv(PEEK_BYTES, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            if self._loop.time() >= self._until:
                self._watch.stop()
                self._found(Dialect.LINE, b"")
            else:
                self._watch.start(self._look, self._expired, self._until)
            return
        except OSError:
            first = b""
        self._watch.stop()
        if not first:
            drop(self._sock, self._peer)
            return
        dialect = classify(first)
        if dialect is not None:
            self._found(dialect, first)
        elif self._loop.time() >= self._until:
            self._found(Dialect.LINE, first)
        else:
            # The bytes may still become one of several dialects: wait for more.
            self._watch.retry(self._look)

    def _expired(self) -> None:
        # Look once more: if the loop was busy, it calls timers first, and bytes may have come meanwhile.
        self._watch.stop()
        self._look()


class TlsSniffer(asyncio.Protocol):
    """Finds out the dialect inside a TLS connection: reads the first bytes, and passes them on to the protocol.

    Args:
        loop: the event loop.
        peer: the other end of the connection.
        protocol: returns the protocol for a dialect.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, peer: Peer, protocol: Callable[[Dialect, Peer], asyncio.Protocol]
    ) -> None:
        self._loop = loop
        self._peer = peer
        self._protocol = protocol
        self._first = b""
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._peer.secure = True
        self._peer.exposed = False
        self._timer = self._loop.call_later(SILENCE_SECONDS, self._hand_on, Dialect.LINE)

    def data_received(self, data: bytes) -> None:
        self._first += data
        dialect = classify(self._first)
        if dialect is not None:
            self._hand_on(Dialect.LINE if dialect is Dialect.TLS else dialect)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._peer.leave()

    def _hand_on(self, dialect: Dialect) -> None:
        if self._timer is not None:
            self._timer.cancel()
        assert self._transport is not None
        protocol = self._protocol(dialect, self._peer)
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        if self._first:
            protocol.data_received(self._first)
