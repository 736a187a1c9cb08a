"""A token bucket."""


class Bucket:
    """A token bucket: allows `burst` at once, and `rate` per second on average. All times are seconds of one clock."""

    __slots__ = ("_burst", "_full_at", "_rate")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._full_at = 0.0

    def take(self, now: float) -> float:
        """Take one token and return 0, or take nothing and return the seconds until a token is available."""
        full_at = max(self._full_at, now) + 1 / self._rate
        wait = full_at - now - self._burst / self._rate
        # Tolerance: a rounding error must not delay the last token of a burst, even on a clock that ran for years.
        if wait > 1e-6:
            return wait
        self._full_at = full_at
        return 0.0
