"""Peers: the other ends of connections."""

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
        admin: whether it came by the admin socket, which only the owner of the machine can use.
        secure: whether the client uses TLS, with this server or with a trusted proxy that reports it. If a proxy sends
            requests of several clients on one connection, this is about the request being served.
        exposed: whether others could read plain text on the network between the client and this server, so that plain
            text is refused.
        proxies: the trusted proxies, if the connection comes from one of them; the headers of its requests then name
            the clients.
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
        # The address from which the proxy's own connection comes. A client without a proxy has no use for it.
        self._tcp_peer = (host, port) if proxies is not None else None
        self._counts: Final = counts
        self._counted = True
        counts[host] += 1

    @property
    def address(self) -> str:
        """HOST:PORT; the host alone if only a proxy knows the port."""
        return join_address(self.host, self.port) if self.port else self.host

    def become(self, host: str, port: int) -> None:
        """Take the client that a trusted proxy has named for the whole connection, by a PROXY header."""
        self._tcp_peer = (host, port)
        self._move(host, port)
        if self.proxies is not None and host not in self.proxies:
            # All further bytes come from the client itself, whose headers could claim anything.
            self.proxies = None

    def forward(self, headers: Iterable[tuple[bytes, bytes]], secure: bool) -> None:
        """Take the client that the headers of a request name, which a trusted proxy has forwarded.

        Args:
            headers: the headers of the request, with names in lower case.
            secure: whether the connection itself is encrypted. This is used if the headers do not say how the client is
                connected to the proxy.
        """
        assert self.proxies is not None
        assert self._tcp_peer is not None
        host, claimed = self.proxies.origin(self._tcp_peer[0], headers)
        self._move(host, self._tcp_peer[1] if host == self._tcp_peer[0] else 0)
        self.secure = secure if claimed is None else claimed

    def rest(self) -> None:
        """Count the connection of a trusted proxy for no client, until its next request."""
        if self._tcp_peer is not None:
            self._move(*self._tcp_peer)

    def leave(self) -> None:
        """Call it when the connection has ended. Further calls do nothing."""
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
