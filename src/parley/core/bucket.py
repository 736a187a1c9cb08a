"""A token bucket."""


class Bucket:
    """Lets `burst` through at once and `rate` a second in the long run. Times are in seconds, of any one clock."""

    __slots__ = ("_burst", "_full_at", "_rate")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._full_at = 0.0

    def take(self, now: float) -> float:
        """Take one token. Return 0, or, with nothing taken, the seconds until there is one."""
        full_at = max(self._full_at, now) + 1 / self._rate
        wait = full_at - now - self._burst / self._rate
        # A hair of slack: floats must not make the last token of a burst wait, even after years on one clock.
        if wait > 1e-6:
            return wait
        self._full_at = full_at
        return 0.0
