"""How long to wait before the next attempt to connect."""

from collections.abc import Callable
from typing import Final

SHORTEST: Final = 0.5
LONGEST: Final = 30.0
LONGEST_ASKED: Final = 600.0
"""A server may ask for a longer pause than our own, but not for any."""

STEADY: Final = 10.0
"""A connection that held for so many seconds was no failure."""


class Backoff:
    """Delays that double from half a second to 30 seconds, with full jitter: many clients do not come back at once.

    Args:
        random: returns a number in [0, 1).
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._failures = 0

    def delay(self, held: float, asked: float | None = None) -> float:
        """Return seconds to wait.

        Args:
            held: for how many seconds the connection had been good.
            asked: the seconds the server asked to wait, if it did; it is at least those then, and up to half as long
                again.
        """
        if held >= STEADY:
            self._failures = 0
        if asked is not None:
            return min(asked, LONGEST_ASKED) * (1 + self._random() / 2)
        ceiling = min(LONGEST, SHORTEST * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return ceiling * self._random()
