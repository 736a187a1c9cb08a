"""A turnstile: a crowd comes in one after the other, and what else goes on comes in between."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

REST_SECONDS: Final = 0.001
RUSH: Final = 256
"""For each full number of these who wait, one more is let through at a time."""


class Pacer:
    """Lets through who comes alone at once, and a crowd one by one, with a rest after each.

    In a loop of events a rush delays everybody else for as long as all of it takes, however fairly it is served, since
    nothing comes to its end before the rush does. With a rest after each newcomer, what else there is to do is done
    in the rests.

    Args:
        loop: the event loop.
        rest: seconds.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, rest: float = REST_SECONDS) -> None:
        self._loop = loop
        self._rest = rest
        self._resting = False
        self._waiting: deque[Callable[[], None]] = deque()

    def enter(self, go: Callable[[], None]) -> None:
        """Call `go`, at once or when it is its turn."""
        if self._resting:
            self._waiting.append(go)
        else:
            self._resting = True
            self._loop.call_later(self._rest, self._next)
            go()

    def _next(self) -> None:
        if not self._waiting:
            self._resting = False
            return
        self._loop.call_later(self._rest, self._next)
        for _ in range(1 + len(self._waiting) // RUSH):
            self._waiting.popleft()()
