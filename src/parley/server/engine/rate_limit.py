"""The rate limits of requests."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from parley.core.bucket import Bucket

K = TypeVar("K", bound=Hashable)


class RateLimit(Generic[K]):
    """A token bucket for each key: a user, or an address.

    Args:
        rate: requests per second in the long run; 0: no limit.
        burst: how many requests are allowed at once.
        clock: returns seconds.
        most: the most buckets that are kept. A new one replaces the one that was used longest ago. None: no limit.
    """

    def __init__(self, rate: float, burst: float, clock: Callable[[], float], most: int | None = None) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[K, Bucket] = OrderedDict()

    def take(self, key: K) -> float:
        """Return 0, or the seconds to wait before the next request."""
        if not self._rate:
            return 0.0
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(self._rate, self._burst)
            if self._most is not None and len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        if self._most is not None:
            self._buckets.move_to_end(key)
        return bucket.take(self._clock())

    def forget(self, key: K) -> None:
        """Drop a bucket. The next request with this key gets a new, full one."""
        self._buckets.pop(key, None)
