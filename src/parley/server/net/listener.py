"""The listener: accepts connections on one address."""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import Callable
from typing import Final

log = logging.getLogger("parley")

BACKLOG: Final = 1024

ACCEPT_AT_ONCE: Final = 64
"""At most this many connections are accepted in one turn of the event loop, so that the first of many are served before
the last are accepted.
"""


class Listener:
    """Accepts connections.

    Args:
        loop: the event loop.
        sock: a listening socket.
        admit: takes each accepted socket, with the address and the port of its other end.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, sock: socket.socket, admit: Callable[[socket.socket, str, int], None]
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._admit = admit

    def start(self) -> None:
        self._loop.add_reader(self._sock, self._accept)

    def close(self) -> None:
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _accept(self) -> None:
        for _ in range(ACCEPT_AT_ONCE):
            try:
                sock, peer = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._pause(error)
                return
            sock.setblocking(False)
            # Telnet's Synch sends the second byte of a command as urgent data (RFC 854). This option keeps that byte in
            # its place in the stream.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
            self._admit(sock, peer[0], peer[1])

    def _pause(self, error: OSError) -> None:
        """Accept no connection for a second when file descriptors or memory run out, which leaves them to the open
        connections.
        """
        log.error("no more connections can be accepted for now: %s", error.strerror)
        if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
            self._loop.remove_reader(self._sock)
            self._loop.call_later(1.0, self._resume)

    def _resume(self) -> None:
        if self._sock.fileno() >= 0:
            self.start()


def bind(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets for a host, whose name may have several addresses.

    Raises:
        OSError: an address can't be bound.
    """
    socks = []
    for family, kind, proto, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        sock = socket.socket(family, kind, proto)
        if hasattr(socket, "AF_INET6") and family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if os.name == "posix":
            # On Windows this option would let another program take the port over.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind(address)
        sock.listen(BACKLOG)
        socks.append(sock)
    return socks
