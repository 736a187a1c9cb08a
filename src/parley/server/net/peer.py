"""Peers: where a connection comes from."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from parley.server.config import join_address

from .proxies import Proxies


class Peer:
    """The other end of a connection.

    Args:
        counts: connections by address; this one is counted until `leave` is called.
        host: the address.
        port: its port.
        exposed: see below.
        proxies: see below.

    Attributes:
        host: the address; behind a trusted proxy the client's own, once the proxy has named it.
        port: its port; 0 if only a proxy knows it.
        admin: whether it came by the admin socket: whoever can use that owns the machine.
        secure: whether the client speaks TLS: with this server, or with a trusted proxy that says so. On a connection
            of a proxy that carries requests of several clients, it is about the request that is being served.
        exposed: whether others could read plain text on its way here, so that it is refused.
        proxies: the trusted proxies, if the connection comes from one of them: its requests name their clients.
    """

    __slots__ = ("_counted", "_counts", "_tcp_peer", "admin", "exposed", "host", "port", "proxies", "secure")

    def __init__(
        self, counts: Counter[str], host: str, port: int, *, exposed: bool = False, proxies: Proxies | None = None
    ) -> None:
        self.host = host
        self.port = port
        self.secure = False
        self.admin = False
        self.exposed = exposed
        self.proxies = proxies
        self._tcp_peer: tuple[str, int] = (host, port)
        self._counts: Final = counts
        self._counted = True
        counts[host] += 1

    @property
    def address(self) -> str:
        """HOST:PORT; the host alone if only a proxy knows the port."""
        return join_address(self.host, self.port) if self.port else self.host

    def become(self, host: str, port: int) -> None:
        """A trusted proxy has named the client of the whole connection."""
        self._tcp_peer = (host, port)
        self._move(host, port)
        if self.proxies is not None and host not in self.proxies:
            # What follows is the client's own, and could claim anything.
            self.proxies = None

    def forward(self, headers: Iterable[tuple[bytes, bytes]], secure: bool) -> None:
        """A trusted proxy has forwarded a request: from now on this is the client that the request's headers name.

        Args:
            headers: the request's, with names in lower case.
            secure: whether the connection itself is encrypted; it counts if the proxy says nothing of its client's.
        """
        assert self.proxies is not None
        host, claimed = self.proxies.origin(self._tcp_peer[0], headers)
        self._move(host, self._tcp_peer[1] if host == self._tcp_peer[0] else 0)
        self.secure = secure if claimed is None else claimed

    def rest(self) -> None:
        """A trusted proxy's connection is between two requests: until the next one it counts for no client."""
        self._move(*self._tcp_peer)

    def leave(self) -> None:
        """The connection has ended. Calling it again changes nothing."""
        if self._counted:
            self._counted = False
            self._uncount()

    def _move(self, host: str, port: int) -> None:
        if host != self.host and self._counted:
            self._uncount()
            self._counts[host] += 1
        self.host, self.port = host, port

    def _uncount(self) -> None:
        self._counts[self.host] -= 1
        if not self._counts[self.host]:
            del self._counts[self.host]
