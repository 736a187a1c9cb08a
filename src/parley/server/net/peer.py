"""Visitors: where a connection comes from."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from parley.server.config import join_address

from .proxies import Proxies


class Peer:
    """The other end of a connection, and its place among those of its address.

    Args:
        places: how many connections each address has; this one is added, until `leave` is called.
        host: the address.
        port: its port.
        exposed: see below.
        proxies: see below.

    Attributes:
        host: the address; of someone behind a trusted proxy their own, as soon as the proxy has said it.
        port: its port; 0 if only a proxy knows it.
        admin: whether it came by the admin socket: whoever can do that owns the machine.
        secure: whether the client speaks TLS: with us, or with a trusted proxy that says so. On a connection of a proxy
            that carries requests of several people, it is about the request that is being served.
        exposed: whether plain text could be read on its way here by others, and is not to be taken.
        proxies: the trusted proxies, if the connection comes from one of them; its requests say whose they are.
    """

    __slots__ = ("_here", "_places", "_tcp_peer", "admin", "exposed", "host", "port", "proxies", "secure")

    def __init__(
        self, places: Counter[str], host: str, port: int, *, exposed: bool = False, proxies: Proxies | None = None
    ) -> None:
        self.host = host
        self.port = port
        self.secure = False
        self.admin = False
        self.exposed = exposed
        self.proxies = proxies
        self._tcp_peer: tuple[str, int] = (host, port)
        self._places: Final = places
        self._here = True
        places[host] += 1

    @property
    def address(self) -> str:
        """HOST:PORT; the host alone if only a proxy knows the port."""
        return join_address(self.host, self.port) if self.port else self.host

    def become(self, host: str, port: int) -> None:
        """A trusted proxy has said, for the whole connection, who is at its other end."""
        self._tcp_peer = (host, port)
        self._move(host, port)
        if self.proxies is not None and host not in self.proxies:
            # From here on it is the client that speaks, and could claim anything.
            self.proxies = None

    def relay(self, headers: Iterable[tuple[bytes, bytes]], secure: bool) -> None:
        """A request has come through a trusted proxy: from now on the connection is that client's.

        Args:
            headers: the request's, with names in lower case.
            secure: whether the connection itself is encrypted; for a proxy that does not say it of its client's.
        """
        assert self.proxies is not None
        host, claimed = self.proxies.origin(self._tcp_peer[0], headers)
        self._move(host, self._tcp_peer[1] if host == self._tcp_peer[0] else 0)
        self.secure = secure if claimed is None else claimed

    def leave(self) -> None:
        """The connection is over. Calling it again changes nothing."""
        if self._here:
            self._here = False
            self._give_up()

    def _move(self, host: str, port: int) -> None:
        if host != self.host and self._here:
            self._give_up()
            self._places[host] += 1
        self.host, self.port = host, port

    def _give_up(self) -> None:
        self._places[self.host] -= 1
        if not self._places[self.host]:
            del self._places[self.host]
