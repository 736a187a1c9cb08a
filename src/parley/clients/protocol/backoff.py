"""Computes the delay before the next attempt to connect."""

from collections.abc import Callable
from typing import Final

SHORTEST: Final = 0.5
LONGEST: Final = 30.0
LONGEST_ASKED: Final = 600.0
"""The longest pause that a server can ask for."""

STEADY: Final = 10.0
"""After a connection that lasted for this many seconds, the delays start again from the shortest."""


class Backoff:
    """Delays that double from half a second to 30 seconds, each multiplied by a random number (full jitter), so that
    many clients do not come back at the same moment.

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
            asked: the seconds that the server asked the client to wait; None if it did not ask. The delay is at least
                that and at most half as long again.
        """
        if held >= STEADY:
            self._failures = 0
        if asked is not None:
            return min(asked, LONGEST_ASKED) * (1 + self._random() / 2)
        ceiling = min(LONGEST, SHORTEST * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return ceiling * self._random()
