"""Pacing: simultaneous callbacks are called one after the other, with time for other work in between."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

INTERVAL_SECONDS: Final = 0.001
WAITING_PER_CALL: Final = 256
"""For each full number of waiting callbacks, one more is called at a time."""


class Pacer:
    """Calls callbacks in order, with an interval after each.

    Without intervals, many simultaneous requests in an event loop delay all other work until the last of them is done.
    In the intervals, the loop does other work.

    Args:
        loop: the event loop.
        interval: seconds.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, interval: float = INTERVAL_SECONDS) -> None:
        self._loop = loop
        self._interval = interval
        self._in_interval = False
        self._waiting: deque[Callable[[], None]] = deque()

    def call(self, callback: Callable[[], None]) -> None:
        """Call a callback: at once, or, if others are waiting, after them."""
        if self._in_interval:
            self._waiting.append(callback)
        else:
            self._in_interval = True
            self._loop.call_later(self._interval, self._next)
            callback()

    def _next(self) -> None:
        if not self._waiting:
            self._in_interval = False
            return
        self._loop.call_later(self._interval, self._next)
        for _ in range(1 + len(self._waiting) // WAITING_PER_CALL):
            self._waiting.popleft()()
