"""Visitors: where a connection comes from."""

from collections import Counter
from typing import Final

from .config import join_address


class Visitor:
    """The other end of a connection, and its place among those of its address.

    Args:
        places: how many connections each address has; this one is added, until `leave` is called.
        host: the address.
        port: its port.
    """

    __slots__ = ("_here", "_places", "host", "port")

    def __init__(self, places: Counter[str], host: str, port: int) -> None:
        self.host: Final = host
        self.port: Final = port
        self._places = places
        self._here = True
        places[host] += 1

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return join_address(self.host, self.port)

    def leave(self) -> None:
        """The connection is over. Calling it again changes nothing."""
        if self._here:
            self._here = False
            self._places[self.host] -= 1
            if not self._places[self.host]:
                del self._places[self.host]
