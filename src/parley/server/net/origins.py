"""The server's own origin (RFC 6454), and the log lines about requests from pages of other origins."""

import logging
from collections.abc import Callable, Mapping
from typing import Final

from parley.gateways.http.headers import explain_foreign, normal_origin

log = logging.getLogger("parley.http")

LOG_SECONDS: Final = 60.0
"""Seconds between two log lines about refused origins. The log is limited because any page on the web can cause such
requests.
"""


class Origins:
    """Knows the server's own origin, and logs refused ones.

    Args:
        url: the configured `url`.
        clock: returns seconds.

    Attributes:
        own: the origin of `url`; None if `url` is None.
    """

    def __init__(self, url: str | None, clock: Callable[[], float]) -> None:
        self.own: Final = None if url is None else normal_origin(url.encode())
        self._clock = clock
        self._next = clock()
        self._unlogged = 0

    def refused(self, headers: Mapping[bytes, bytes], address: str) -> None:
        """Log that a request was refused because of its origin, at most once in `LOG_SECONDS`.

        Args:
            headers: the headers of the request, by name in lower case.
            address: the client's address.
        """
        now = self._clock()
        if now < self._next:
            self._unlogged += 1
            return
        before = f" ({self._unlogged} more before it)" if self._unlogged else ""
        self._next, self._unlogged = now + LOG_SECONDS, 0
        log.warning("a request from %s was refused%s: %s", address, before, explain_foreign(headers, self.own))
