"""How long to wait before the next attempt to connect."""

from collections.abc import Callable
from typing import Final

SHORTEST: Final = 0.5
LONGEST: Final = 30.0
LONGEST_ASKED: Final = 600.0
"""The longest pause that a server can ask for."""

STEADY: Final = 10.0
"""A connection that lasted for so many seconds was a success: the delays start again from the shortest."""


class Backoff:
    """Delays that double from half a second to 30 seconds, with full jitter: many clients must not return at once.

    Args:
        random: returns a number in [0, 1).
    """

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._failures = 0

    def delay(self, held: float, asked: float | None = None) -> float:
        """Return seconds to wait.

        Args:
            held: for how many seconds the connection lasted.
            asked: for how many seconds the server asked to wait, if it did; the delay is up to half as long again.
        """
        if held >= STEADY:
            self._failures = 0
        if asked is not None:
            return min(asked, LONGEST_ASKED) * (1 + self._random() / 2)
        ceiling = min(LONGEST, SHORTEST * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return ceiling * self._random()
