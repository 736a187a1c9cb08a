"""The origins of pages (RFC 6454): which one is the server's own, and what the log says of others."""

import logging
from collections.abc import Callable, Mapping
from typing import Final

from parley.gateways.http.headers import explain_foreign, normal_origin

log = logging.getLogger("parley.http")

LOG_SECONDS: Final = 60.0
"""Seconds between two lines of the log about refused origins: any page in the world can cause them."""


class Origins:
    """Knows the server's own origin, and logs refused ones.

    Args:
        url: the configured `url`.
        clock: returns seconds.

    Attributes:
        own: the origin of `url`; None without one.
    """

    def __init__(self, url: str | None, clock: Callable[[], float]) -> None:
        self.own: Final = None if url is None else normal_origin(url.encode())
        self._clock = clock
        self._next = clock()
        self._unlogged = 0

    def refused(self, headers: Mapping[bytes, bytes], address: str) -> None:
        """Log that a request was refused for its origin, at most once in `LOG_SECONDS`.

        Args:
            headers: those of the request, by name in lower case.
            address: where it came from.
        """
        now = self._clock()
        if now < self._next:
            self._unlogged += 1
            return
        before = f" ({self._unlogged} more before it)" if self._unlogged else ""
        self._next, self._unlogged = now + LOG_SECONDS, 0
        log.warning("a request from %s was refused%s: %s", address, before, explain_foreign(headers, self.own))
