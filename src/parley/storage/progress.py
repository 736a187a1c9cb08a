"""Reports the progress of a long task from time to time. Pure: the clock is an argument."""

from collections.abc import Callable
from typing import Final

FIRST_SECONDS: Final = 2.0
"""The first report comes after this time, so a shorter task reports nothing."""


class Progress:
    """Decides when to show the progress of a task.

    Args:
        show: called with a description of the current step and the whole seconds since the task began.
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
        """Take the description of the current step, and show it if it is time. Call it as often as you like."""
        now = self._now()
        if now >= self._next:
            self._next = now + self._every
            self.shown = True
            self._show(what, int(now - self._started))
