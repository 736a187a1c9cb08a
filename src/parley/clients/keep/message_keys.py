"""Message keys. They sort by time, which makes them cheap to store."""

import os
import time
from collections.abc import Callable
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no two characters look alike
_RANDOM_BITS: Final = 80
_KEY_CHARS: Final = 26


class KeySequence:
    """Makes keys of 128 bits, 48 bits of time and 80 random bits, as 26 characters. Each key is greater than the last.

    Args:
        wall_ms: returns the time in milliseconds since 1970 UTC, which may jump back.
        random_bytes: returns that many random bytes.
    """

    def __init__(
        self,
        wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._wall_ms = wall_ms
        self._random_bytes = random_bytes
        self._last = 0

    def __call__(self) -> str:
        """Return the next key."""
        fresh = self._wall_ms() << _RANDOM_BITS | int.from_bytes(self._random_bytes(_RANDOM_BITS // 8), "big")
        # In the same millisecond, or after the clock went back, use the number after the last key, so that keys still
        # increase.
        self._last = fresh if fresh > self._last else self._last + 1
        return "".join(_ALPHABET[self._last >> shift & 31] for shift in range(5 * (_KEY_CHARS - 1), -1, -5))
