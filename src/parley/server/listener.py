"""The listener: accepts connections, finds out what they speak, and hands them on."""

import asyncio
import errno
import logging
import os
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
from .edge import PLAIN_REFUSED, Proxies, is_loopback
from .http import HttpGate
from .turnstile import Turnstile
from .visitor import Visitor

if TYPE_CHECKING:
    from .house import House

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


class Gate:
    """Hands connections to the protocol of their dialect."""

    def __init__(self, house: "House", http: HttpGate, tls: Callable[[], ssl.SSLContext | None]) -> None:
        self.house: Final = house
        self._turnstile: Final = Turnstile(house.loop)
        self._passwords: Final = Turnstile(house.loop, PASSWORDS_REST)
        self._http = http
        self._tls = tls
        self._plaintext = house.config.allow_plaintext
        self._proxies = Proxies(house.config.trusted_proxies) if house.config.trusted_proxies else None

    def admit(self, sock: socket.socket, host: str, peer_port: int) -> None:
        """Take an accepted socket in, and find out what it speaks."""
        places = self.house.addresses
        exposed = not self._plaintext and not is_loopback(host)
        if self._proxies is not None and host in self._proxies:
            # How many connections a proxy has says nothing; its clients are counted once they are known.
            _Relay(self, sock, Visitor(places, host, peer_port, exposed=exposed, proxies=self._proxies)).wait()
            return
        limit = self.house.config.connections_per_address
        if limit and places[host] >= limit:
            self.turn_away(sock, host)
            return
        _Doorstep(self, sock, Visitor(places, host, peer_port, exposed=exposed)).wait()

    def enter(self, sock: socket.socket, visitor: Visitor) -> None:
        """Find out what someone speaks of whom a proxy has told."""
        limit = self.house.config.connections_per_address
        if limit and visitor.proxies is None and self.house.addresses[visitor.host] > limit:
            visitor.leave()
            self.turn_away(sock, visitor.host)
            return
        _Doorstep(self, sock, visitor).wait()

    def turn_away(self, sock: socket.socket, host: str) -> None:
        """Let nobody in any more from an address."""
        log.warning("%s has %s connections and gets no more", host, self.house.config.connections_per_address)
        with sock, suppress(OSError):
            sock.send(TOO_MANY)

    def turnstile(self, first: bytes) -> Turnstile | None:
        """Return where those wait who speak HTTP, by what they say first; None if they don't."""
        if first.startswith(WEBSOCKET):
            return None
        return self._passwords if first.startswith(PASSWORDS) else self._turnstile

    def protocol(self, dialect: Dialect, visitor: Visitor) -> asyncio.Protocol:
        """Return a protocol that speaks `dialect`."""
        if dialect is Dialect.HTTP:
            return self._http.http(visitor)
        if dialect is Dialect.IRC:
            return _Farewell(self.house.loop, NOT_YET, visitor)
        return LineConnection(self.house, LineSession(self.house.view), visitor)

    async def hand_on(self, sock: socket.socket, visitor: Visitor, dialect: Dialect) -> None:
        """Give a socket to its protocol.

        Raises:
            OSError: the connection broke, or its TLS handshake failed.
        """
        loop = self.house.loop
        if dialect is not Dialect.TLS:
            # Of a proxy's requests each says for itself how it came there.
            if visitor.exposed and (dialect is not Dialect.HTTP or visitor.proxies is None):
                log.info("%s speaks plain text (%s) and is sent away", visitor.address, dialect.value)
                words = PLAIN_REFUSED[dialect]
                await loop.connect_accepted_socket(lambda: _Farewell(loop, words, visitor), sock)
                return
            await loop.connect_accepted_socket(lambda: self.protocol(dialect, visitor), sock)
            return
        context = self._tls()
        if context is None:
            sock.send(_TLS_REFUSED)
            raise ConnectionError("it speaks TLS, which is not set up")
        timeout = self.house.config.handshake_timeout
        await loop.connect_accepted_socket(
            lambda: _Inside(self, visitor), sock, ssl=context, ssl_handshake_timeout=timeout
        )


class _Relay:
    """A socket from a trusted proxy, which may say first whose connection it is. Its header is taken, and no more."""

    __slots__ = ("_deadline", "_gate", "_sock", "_timer", "_until", "_visitor")

    def __init__(self, gate: Gate, sock: socket.socket, visitor: Visitor) -> None:
        self._gate = gate
        self._sock = sock
        self._visitor = visitor
        self._timer: asyncio.TimerHandle | None = None
        now = gate.house.loop.time()
        self._deadline = now + gate.house.config.handshake_timeout
        # On this machine a header is there at once, and whoever is silent waits for the prompt.
        self._until = now + SILENCE_SECONDS if is_loopback(visitor.host) else self._deadline

    def wait(self) -> None:
        """Wait until it is known who is there."""
        self._look()

    def _look(self) -> None:
        loop = self._gate.house.loop
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
                self._visitor.secure = True
                self._visitor.exposed = False
            if header.source is not None:
                self._visitor.become(*header.source)
            self._enter()
        elif loop.time() < self._deadline:
            self._timer = loop.call_later(RETRY_SECONDS, self._look)
        else:
            self._drop("its PROXY header is not complete")

    def _enter(self) -> None:
        self._rest()
        self._gate.enter(self._sock, self._visitor)

    def _drop(self, why: str) -> None:
        log.info("the connection from %s came to nothing: %s", self._visitor.address, why)
        self._sock.close()
        self._visitor.leave()

    def _rest(self) -> None:
        if self._timer is not None:
            self._gate.house.loop.remove_reader(self._sock)
            self._timer.cancel()
            self._timer = None


class _Doorstep:
    """A socket whose dialect is not known yet. Nothing is read from it, only looked at."""

    __slots__ = ("_gate", "_sock", "_timer", "_until", "_visitor")

    def __init__(self, gate: Gate, sock: socket.socket, visitor: Visitor) -> None:
        self._gate = gate
        self._sock = sock
        self._visitor = visitor
        self._timer: asyncio.TimerHandle | None = None
        silence = EXPOSED_SILENCE_SECONDS if visitor.exposed else SILENCE_SECONDS
        self._until = gate.house.loop.time() + silence

    def wait(self) -> None:
        """Wait until the dialect is known; in a rush it often is at once."""
        self._look()

    def _look(self) -> None:
        loop = self._gate.house.loop
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
            self._visitor.leave()
            return
        dialect = classify(first)
        if dialect is not None:
            turnstile = self._gate.turnstile(first) if dialect is Dialect.HTTP else None
            if turnstile is not None:
                turnstile.enter(partial(self._enter, dialect))
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
            self._gate.house.loop.remove_reader(self._sock)
            self._timer.cancel()
            self._timer = None

    def _enter(self, dialect: Dialect) -> None:
        self._gate.house.spawn(self._hand_on(dialect))

    async def _hand_on(self, dialect: Dialect) -> None:
        try:
            await self._gate.hand_on(self._sock, self._visitor, dialect)
        except OSError as error:
            log.info(
                "the connection from %s came to nothing: %s", self._visitor.address, str(error) or type(error).__name__
            )
            self._sock.close()
            self._visitor.leave()


class _Inside(asyncio.Protocol):
    """The inside of a TLS connection, before its dialect is known."""

    def __init__(self, gate: Gate, visitor: Visitor) -> None:
        self._gate = gate
        self._visitor = visitor
        self._first = b""
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._visitor.secure = True
        self._visitor.exposed = False
        self._timer = self._gate.house.loop.call_later(SILENCE_SECONDS, self._enter, Dialect.LINE)

    def data_received(self, data: bytes) -> None:
        self._first += data
        dialect = classify(self._first)
        if dialect is not None:
            self._enter(Dialect.LINE if dialect is Dialect.TLS else dialect)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._visitor.leave()

    def _enter(self, dialect: Dialect) -> None:
        if self._timer is not None:
            self._timer.cancel()
        assert self._transport is not None
        protocol = self._gate.protocol(dialect, self._visitor)
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        if self._first:
            protocol.data_received(self._first)


class _Farewell(asyncio.Protocol):
    """Says one thing and goes."""

    def __init__(self, loop: asyncio.AbstractEventLoop, words: bytes, visitor: Visitor) -> None:
        self._loop = loop
        self._words = words
        self._visitor = visitor
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
        self._visitor.leave()


class Listener:
    """Accepts connections on one address."""

    def __init__(self, gate: Gate, sock: socket.socket) -> None:
        self._gate = gate
        self._sock = sock
        self._loop = gate.house.loop
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
