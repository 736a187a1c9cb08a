"""The dispatcher: gives each accepted socket to the protocol of its dialect."""

import asyncio
import logging
import socket
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from parley.server.config import Config
from parley.wire.signature import Dialect

from .pacing import Pacer
from .peer import Peer
from .proxies import PLAIN_REFUSED, Proxies, is_loopback
from .proxy_header import ProxyHeaderReader
from .reject import RejectProtocol
from .sniff import ProtocolSniffer, TlsSniffer, drop
from .tcp import detect_silence, silence_options

log = logging.getLogger("parley")

WEBSOCKET: Final = b"GET /ws HTTP/1.1"
"""The first bytes of a WebSocket. A WebSocket costs little when it opens and then stays open, so it does not wait in
the pacer.
"""

PASSWORDS: Final = (b"POST /api/session ", b"POST /api/accounts")
"""The first bytes of requests with a password."""

PASSWORD_INTERVAL: Final = 0.008
"""Seconds between two requests with a password when many come at once. Nobody gets an answer later by this, as
passwords are checked one after the other and each check takes longer.
"""

TOO_MANY: Final = b"There are too many connections from your address. Close one and try again.\n"

_TLS_REFUSED: Final = b"\x15\x03\x01\x00\x02\x02\x28"
"""A fatal alert, handshake_failure (RFC 8446, section 6)."""

Protocols = Mapping[Dialect, Callable[[Peer], asyncio.Protocol]]
"""For each dialect except TLS: the function that returns the protocol for a connection."""


@dataclass(eq=False)
class Dispatcher:
    """Finds out the dialect of a socket, and passes the socket to the protocol of that dialect.

    Args:
        loop: the event loop.
        config: the configuration.
        protocols: the dialects.
        tls: returns the TLS context, or None if TLS is not configured.
        counts: connections by address.
        spawn: runs a coroutine in the background.
        make_room: ends an idle connection of an address; False if there is none.
    """

    loop: asyncio.AbstractEventLoop
    config: Config
    protocols: Protocols
    tls: Callable[[], ssl.SSLContext | None]
    counts: Counter[str]
    spawn: Callable[[Awaitable[None]], object]
    make_room: Callable[[str], bool]

    def __post_init__(self) -> None:
        self._silence_options = silence_options(self.config.stall_timeout)
        self._requests = Pacer(self.loop)
        self._passwords = Pacer(self.loop, PASSWORD_INTERVAL)
        self._proxies = Proxies(self.config.trusted_proxies)

    def admit(self, sock: socket.socket, host: str, port: int) -> None:
        """Take an accepted socket, with the address and port of its other end."""
        detect_silence(sock, self._silence_options)
        exposed = not self.config.allow_plaintext and not is_loopback(host)
        if host in self._proxies:
            # The number of connections is not limited for a proxy, but for its clients, once the proxy has named them.
            peer = Peer(self.counts, host, port, exposed=exposed, proxies=self._proxies)
            timeout = self.config.handshake_timeout
            ProxyHeaderReader(self.loop, sock, peer, timeout, partial(self._sniff, sock, peer)).start()
            return
        self._sniff(sock, Peer(self.counts, host, port, exposed=exposed))

    def _sniff(self, sock: socket.socket, peer: Peer) -> None:
        limit = self.config.connections_per_address
        # Browsers keep idle connections open for minutes. Such connections must not keep others at the same address,
        # such as an office, from connecting.
        full = limit and peer.proxies is None and self.counts[peer.host] > limit
        if full and not self.make_room(peer.host):
            peer.leave()
            log.warning("%s has %s connections and gets no more", peer.host, limit)
            with sock, suppress(OSError):
                sock.send(TOO_MANY)
            return
        ProtocolSniffer(self.loop, sock, peer, partial(self._found, sock, peer)).start()

    def _found(self, sock: socket.socket, peer: Peer, dialect: Dialect, first: bytes) -> None:
        def hand_on() -> None:
            self.spawn(self._hand_on(sock, peer, dialect))

        if dialect is not Dialect.HTTP or first.startswith(WEBSOCKET):
            hand_on()
        else:
            (self._passwords if first.startswith(PASSWORDS) else self._requests).call(hand_on)

    def _protocol(self, dialect: Dialect, peer: Peer) -> asyncio.Protocol:
        return self.protocols[dialect](peer)

    async def _hand_on(self, sock: socket.socket, peer: Peer, dialect: Dialect) -> None:
        try:
            if dialect is Dialect.TLS:
                await self._start_tls(sock, peer)
                return
            # Each request from a proxy says itself whether it came by TLS, so it is checked later.
            if peer.exposed and (dialect is not Dialect.HTTP or peer.proxies is None):
                log.info("%s speaks plain text (%s) and is sent away", peer.address, dialect.value)
                message = PLAIN_REFUSED[dialect]
                await self.loop.connect_accepted_socket(lambda: RejectProtocol(self.loop, message, peer), sock)
                return
            await self.loop.connect_accepted_socket(lambda: self._protocol(dialect, peer), sock)
        except OSError as error:
            drop(sock, peer, str(error) or type(error).__name__)

    async def _start_tls(self, sock: socket.socket, peer: Peer) -> None:
        context = self.tls()
        if context is None:
            sock.send(_TLS_REFUSED)
            raise ConnectionError("it speaks TLS, which is not set up")
        await self.loop.connect_accepted_socket(
            lambda: TlsSniffer(self.loop, peer, self._protocol),
            sock,
            ssl=context,
            ssl_handshake_timeout=self.config.handshake_timeout,
        )
