"""Reads the PROXY header with which a trusted proxy may begin a connection."""

import asyncio
import socket
from collections.abc import Callable

from parley.wire.proxy import MOST_BYTES, ProxyError, begins_header, decode_header

from .peer import Peer
from .proxies import is_loopback
from .sniff import SILENCE_SECONDS, SocketWatch, drop


class ProxyHeaderReader:
    """Reads a PROXY header from a socket, if there is one, and no byte after it. Then sets the peer to the client in
    the header.

    Args:
        loop: the event loop.
        sock: the socket.
        peer: the proxy.
        timeout: seconds for the header.
        done: called once, unless the connection is dropped.
    """

    __slots__ = ("_deadline", "_done", "_loop", "_peer", "_sock", "_until", "_watch")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        peer: Peer,
        timeout: float,
        done: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._peer = peer
        self._done = done
        now = loop.time()
        self._deadline = now + timeout
        # A proxy on this machine sends its header at once, so do not wait long for it: if no header comes, a silent
        # client may be waiting for the prompt.
        self._until = now + SILENCE_SECONDS if is_loopback(peer.host) else self._deadline
        self._watch = SocketWatch(loop, sock)

    def start(self) -> None:
        """Wait for the header."""
        self._look()

    def _look(self) -> None:
        try:
            first = self._sock.recv(MOST_BYTES, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            self._watch.start(self._look, self._finish, self._until)
            return
        except OSError:
            first = b""
        self._watch.stop()
        if not first:
            drop(self._sock, self._peer, "it was closed")
            return
        begins = begins_header(first)
        if begins is False or (begins is None and self._loop.time() >= self._until):
            self._finish()
            return
        try:
            header = decode_header(first)
            if header is not None:
                self._sock.recv(header.size)
        except (ProxyError, OSError) as error:
            drop(self._sock, self._peer, str(error))
            return
        if header is not None:
            if header.secure:
                self._peer.secure = True
                self._peer.exposed = False
            if header.source is not None:
                self._peer.become(*header.source)
            self._finish()
        elif self._loop.time() < self._deadline:
            self._watch.retry(self._look)
        else:
            drop(self._sock, self._peer, "its PROXY header is not complete")

    def _finish(self) -> None:
        self._watch.stop()
        self._done()
