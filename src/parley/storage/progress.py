"""Progress: something that takes long is shown from time to time. Pure: the clock is an argument."""

from collections.abc import Callable
from typing import Final

FIRST_SECONDS: Final = 2.0
"""What takes less is not shown at all."""


class Progress:
    """Decides when to show what is being done.

    Args:
        show: called with what is being done and for how many whole seconds it has been going on.
        now: returns the time, in seconds of a monotonic clock.
        every: seconds between two calls of `show`.
    """

    def __init__(self, show: Callable[[str, int], None], now: Callable[[], float], every: float) -> None:
        self._show = show
        self._now = now
        self._every = every
        self._started = now()
        self._next = self._started + FIRST_SECONDS
        self.shown = False

    def __call__(self, what: str) -> None:
        """Report what is being done. Call it as often as you like."""
        now = self._now()
        if now >= self._next:
            self._next = now + self._every
            self.shown = True
            self._show(what, int(now - self._started))
