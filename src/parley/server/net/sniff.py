"""Finds out from its first bytes what a connection speaks (docs/decisions/0005-first-bytes.md)."""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Final, cast

from parley.wire.signature import Dialect, classify

from .peer import Peer

log = logging.getLogger("parley")

SILENCE_SECONDS: Final = 0.2
"""A client that sends nothing for so long waits for the server to speak first."""

EXPOSED_SILENCE_SECONDS: Final = 2.0
"""The same for a client that may speak TLS only: on a slow network its hello comes late, and a prompt breaks it."""

RETRY_SECONDS: Final = 0.02
PEEK_BYTES: Final = 18


def drop(sock: socket.socket, peer: Peer, reason: str | None = None) -> None:
    """Close a socket that has got no protocol; log the reason, if there is one."""
    if reason is not None:
        log.info("the connection from %s came to nothing: %s", peer.address, reason)
    sock.close()
    peer.leave()


class SocketWatch:
    """Calls `look` when a socket is readable and `expired` at a time, until it is stopped.

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
        """Begin to watch; if it does so already, nothing changes."""
        if self._timer is None:
            self._loop.add_reader(self._sock, look)
            self._timer = self._loop.call_at(when, expired)

    def retry(self, look: Callable[[], None]) -> None:
        """Call `look` in a moment, though nothing new has come: a readable socket can't be waited for."""
        self.stop()
        self._timer = self._loop.call_later(RETRY_SECONDS, look)

    def stop(self) -> None:
        if self._timer is not None:
            self._loop.remove_reader(self._sock)
            self._timer.cancel()
            self._timer = None


class ProtocolSniffer:
    """Looks at the first bytes of a socket, and reads none.

    Args:
        loop: the event loop.
        sock: the socket.
        peer: the other end.
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
        """Wait until the dialect is known; under load it often is at once."""
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
            # The beginning of a word that several dialects begin with.
            self._watch.retry(self._look)

    def _expired(self) -> None:
        # A loop that was busy calls its timers first: bytes that have come meanwhile count.
        self._watch.stop()
        self._look()


class TlsSniffer(asyncio.Protocol):
    """The same inside a TLS connection: reads the first bytes and hands them on.

    Args:
        loop: the event loop.
        peer: the other end.
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
