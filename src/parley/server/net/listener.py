"""The listener: accepts connections, finds out what they speak, and hands them on."""

import asyncio
import errno
import logging
import os
import secrets
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from parley.gateways.irc import NOT_YET
from parley.gateways.line import LineSession
from parley.wire.proxy import MOST_BYTES, ProxyError, begins_header, decode_header
from parley.wire.signature import Dialect, classify

from .connection import CLOSE_SECONDS, LineConnection
from .http import HttpServer
from .pacing import Pacer
from .peer import Peer
from .proxies import PLAIN_REFUSED, Proxies, is_loopback

if TYPE_CHECKING:
    from parley.server.hub import Hub

log = logging.getLogger("parley")

SILENCE_SECONDS: Final = 0.2
"""Who says nothing for so long waits for the server to speak first."""

EXPOSED_SILENCE_SECONDS: Final = 2.0
"""The same for those who may speak TLS only: on a slow way their hello comes late, and would be lost on a prompt."""

RETRY_SECONDS: Final = 0.02
PEEK_BYTES: Final = 18
BACKLOG: Final = 1024

WEBSOCKET: Final = b"GET /ws HTTP/1.1"
"""Those who say this first come to stay. They are cheap, and those who come to a room in a rush don't wait."""

PASSWORDS: Final = (b"POST /api/session ", b"POST /api/accounts")
"""Those who say this first bring a password."""

PASSWORDS_REST: Final = 0.008
"""Seconds between two of them in a rush. Passwords are looked at one by one, and each takes longer: who waits at the
door is not in later for it.
"""

ACCEPT_AT_ONCE: Final = 64
"""Taken in one turn of the loop; in a rush, those who came first are through before the last are looked at."""

_TLS_REFUSED: Final = b"\x15\x03\x01\x00\x02\x02\x28"
"""A fatal alert, handshake_failure (RFC 8446, section 6)."""

TOO_MANY: Final = b"There are too many connections from your address. Close one and try again.\n"


class Dispatcher:
    """Hands connections to the protocol of their dialect."""

    def __init__(self, hub: "Hub", http: HttpServer, tls: Callable[[], ssl.SSLContext | None]) -> None:
        self.hub: Final = hub
        self._pacer: Final = Pacer(hub.loop)
        self._passwords: Final = Pacer(hub.loop, PASSWORDS_REST)
        self._http = http
        self._tls = tls
        self._plaintext = hub.config.allow_plaintext
        self._proxies = Proxies(hub.config.trusted_proxies) if hub.config.trusted_proxies else None

    def admit(self, sock: socket.socket, host: str, peer_port: int) -> None:
        """Take an accepted socket in, and find out what it speaks."""
        places = self.hub.addresses
        exposed = not self._plaintext and not is_loopback(host)
        if self._proxies is not None and host in self._proxies:
            # How many connections a proxy has says nothing; its clients are counted once they are known.
            _ProxyHeaderReader(self, sock, Peer(places, host, peer_port, exposed=exposed, proxies=self._proxies)).wait()
            return
        limit = self.hub.config.connections_per_address
        if limit and places[host] >= limit:
            self.turn_away(sock, host)
            return
        _ProtocolSniffer(self, sock, Peer(places, host, peer_port, exposed=exposed)).wait()

    def enter(self, sock: socket.socket, peer: Peer) -> None:
        """Find out what someone speaks of whom a proxy has told."""
        limit = self.hub.config.connections_per_address
        if limit and peer.proxies is None and self.hub.addresses[peer.host] > limit:
            peer.leave()
            self.turn_away(sock, peer.host)
            return
        _ProtocolSniffer(self, sock, peer).wait()

    def turn_away(self, sock: socket.socket, host: str) -> None:
        """Let nobody in any more from an address."""
        log.warning("%s has %s connections and gets no more", host, self.hub.config.connections_per_address)
        with sock, suppress(OSError):
            sock.send(TOO_MANY)

    def pacer(self, first: bytes) -> Pacer | None:
        """Return where those wait who speak HTTP, by what they say first; None if they don't."""
        if first.startswith(WEBSOCKET):
            return None
        return self._passwords if first.startswith(PASSWORDS) else self._pacer

    def protocol(self, dialect: Dialect, peer: Peer) -> asyncio.Protocol:
        """Return a protocol that speaks `dialect`."""
        if dialect is Dialect.HTTP:
            return self._http.http(peer)
        if dialect is Dialect.IRC:
            return _RejectProtocol(self.hub.loop, NOT_YET, peer)
        return LineConnection(self.hub, LineSession(self.hub.view, secrets.token_urlsafe), peer)

    async def hand_on(self, sock: socket.socket, peer: Peer, dialect: Dialect) -> None:
        """Give a socket to its protocol.

        Raises:
            OSError: the connection broke, or its TLS handshake failed.
        """
        loop = self.hub.loop
        if dialect is not Dialect.TLS:
            # Of a proxy's requests each says for itself how it came there.
            if peer.exposed and (dialect is not Dialect.HTTP or peer.proxies is None):
                log.info("%s speaks plain text (%s) and is sent away", peer.address, dialect.value)
                words = PLAIN_REFUSED[dialect]
                await loop.connect_accepted_socket(lambda: _RejectProtocol(loop, words, peer), sock)
                return
            await loop.connect_accepted_socket(lambda: self.protocol(dialect, peer), sock)
            return
        context = self._tls()
        if context is None:
            sock.send(_TLS_REFUSED)
            raise ConnectionError("it speaks TLS, which is not set up")
        timeout = self.hub.config.handshake_timeout
        await loop.connect_accepted_socket(
            lambda: _TlsSniffer(self, peer), sock, ssl=context, ssl_handshake_timeout=timeout
        )


class _ProxyHeaderReader:
    """A socket from a trusted proxy, which may say first whose connection it is. Its header is taken, and no more."""

    __slots__ = ("_deadline", "_gate", "_peer", "_sock", "_timer", "_until")

    def __init__(self, gate: Dispatcher, sock: socket.socket, peer: Peer) -> None:
        self._gate = gate
        self._sock = sock
        self._peer = peer
        self._timer: asyncio.TimerHandle | None = None
        now = gate.hub.loop.time()
        self._deadline = now + gate.hub.config.handshake_timeout
        # On this machine a header is there at once, and whoever is silent waits for the prompt.
        self._until = now + SILENCE_SECONDS if is_loopback(peer.host) else self._deadline

    def wait(self) -> None:
        """Wait until it is known who is there."""
        self._look()

    def _look(self) -> None:
        loop = self._gate.hub.loop
        try:
            first = self._sock.recv(MOST_BYTES, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            if self._timer is None:
                loop.add_reader(self._sock, self._look)
                self._timer = loop.call_at(self._until, self._enter)
            return
        except OSError:
            first = b""
        self._rest()
        if not first:
            self._drop("it was closed")
            return
        begins = begins_header(first)
        if begins is False or (begins is None and loop.time() >= self._until):
            self._enter()
            return
        try:
            header = decode_header(first)
        except ProxyError as error:
            self._drop(str(error))
            return
        if header is not None:
            try:
                self._sock.recv(header.size)
            except OSError as error:
                self._drop(str(error))
                return
            if header.secure:
                self._peer.secure = True
                self._peer.exposed = False
            if header.source is not None:
                self._peer.become(*header.source)
            self._enter()
        elif loop.time() < self._deadline:
            self._timer = loop.call_later(RETRY_SECONDS, self._look)
        else:
            self._drop("its PROXY header is not complete")

    def _enter(self) -> None:
        self._rest()
        self._gate.enter(self._sock, self._peer)

    def _drop(self, why: str) -> None:
        log.info("the connection from %s came to nothing: %s", self._peer.address, why)
        self._sock.close()
        self._peer.leave()

    def _rest(self) -> None:
        if self._timer is not None:
            self._gate.hub.loop.remove_reader(self._sock)
            self._timer.cancel()
            self._timer = None


class _ProtocolSniffer:
    """A socket whose dialect is not known yet. Nothing is read from it, only looked at."""

    __slots__ = ("_gate", "_peer", "_sock", "_timer", "_until")

    def __init__(self, gate: Dispatcher, sock: socket.socket, peer: Peer) -> None:
        self._gate = gate
        self._sock = sock
        self._peer = peer
        self._timer: asyncio.TimerHandle | None = None
        silence = EXPOSED_SILENCE_SECONDS if peer.exposed else SILENCE_SECONDS
        self._until = gate.hub.loop.time() + silence

    def wait(self) -> None:
        """Wait until the dialect is known; in a rush it often is at once."""
        self._look()

    def _look(self) -> None:
        loop = self._gate.hub.loop
        try:
            first = self._sock.recv(PEEK_BYTES, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            if loop.time() >= self._until:
                self._rest()
                self._enter(Dialect.LINE)
            elif self._timer is None:
                loop.add_reader(self._sock, self._look)
                self._timer = loop.call_at(self._until, self._silent)
            return
        except OSError:
            first = b""
        self._rest()
        if not first:
            self._sock.close()
            self._peer.leave()
            return
        dialect = classify(first)
        if dialect is not None:
            pacer = self._gate.pacer(first) if dialect is Dialect.HTTP else None
            if pacer is not None:
                pacer.enter(partial(self._enter, dialect))
            else:
                self._enter(dialect)
        elif loop.time() >= self._until:
            self._enter(Dialect.LINE)
        else:
            # The first bytes of a word: look again in a moment. Waiting for the socket would not wait,
            # it is readable already.
            self._timer = loop.call_later(RETRY_SECONDS, self._look)

    def _silent(self) -> None:
        # A loop that was busy for so long calls its timers first: what has come meanwhile counts.
        self._rest()
        self._look()

    def _rest(self) -> None:
        if self._timer is not None:
            self._gate.hub.loop.remove_reader(self._sock)
            self._timer.cancel()
            self._timer = None

    def _enter(self, dialect: Dialect) -> None:
        self._gate.hub.spawn(self._hand_on(dialect))

    async def _hand_on(self, dialect: Dialect) -> None:
        try:
            await self._gate.hand_on(self._sock, self._peer, dialect)
        except OSError as error:
            log.info(
                "the connection from %s came to nothing: %s", self._peer.address, str(error) or type(error).__name__
            )
            self._sock.close()
            self._peer.leave()


class _TlsSniffer(asyncio.Protocol):
    """The inside of a TLS connection, before its dialect is known."""

    def __init__(self, gate: Dispatcher, peer: Peer) -> None:
        self._gate = gate
        self._peer = peer
        self._first = b""
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._peer.secure = True
        self._peer.exposed = False
        self._timer = self._gate.hub.loop.call_later(SILENCE_SECONDS, self._enter, Dialect.LINE)

    def data_received(self, data: bytes) -> None:
        self._first += data
        dialect = classify(self._first)
        if dialect is not None:
            self._enter(Dialect.LINE if dialect is Dialect.TLS else dialect)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._peer.leave()

    def _enter(self, dialect: Dialect) -> None:
        if self._timer is not None:
            self._timer.cancel()
        assert self._transport is not None
        protocol = self._gate.protocol(dialect, self._peer)
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        if self._first:
            protocol.data_received(self._first)


class _RejectProtocol(asyncio.Protocol):
    """Says one thing and goes."""

    def __init__(self, loop: asyncio.AbstractEventLoop, words: bytes, peer: Peer) -> None:
        self._loop = loop
        self._words = words
        self._peer = peer
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)
        transport.write(self._words)
        # What comes in is read and dropped: closing on unread bytes would be a reset, which overtakes the words.
        if transport.can_write_eof():
            transport.write_eof()
        self._timer = self._loop.call_later(CLOSE_SECONDS, transport.close)

    def data_received(self, data: bytes) -> None:
        pass

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._peer.leave()


class Listener:
    """Accepts connections on one address."""

    def __init__(self, gate: Dispatcher, sock: socket.socket) -> None:
        self._gate = gate
        self._sock = sock
        self._loop = gate.hub.loop
        self._full = False

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
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._gate.admit(sock, peer[0], peer[1])

    def _pause(self, error: OSError) -> None:
        """Out of file descriptors or memory: those who are here matter more than those who come."""
        log.error("no more connections can be accepted for now: %s", error.strerror)
        if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
            self._loop.remove_reader(self._sock)
            self._loop.call_later(1.0, self._again)

    def _again(self) -> None:
        if self._sock.fileno() >= 0:
            self.start()


def bind(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets for an address; a name may stand for several.

    Raises:
        OSError: it can't be bound.
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
