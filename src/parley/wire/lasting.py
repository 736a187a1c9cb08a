"""Durations as people write them in a command: 10m, 2h, 7d."""

import re
from typing import Final

_TIME: Final = re.compile(r"([0-9]+)([^\W\d_]*)")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DIGITS: Final = 7


def lasting(words: str) -> tuple[int, str]:
    """Parse a leading duration like 10m or 7d. Return its seconds and the rest; 0 and all words if there is none.

    Raises:
        ValueError: the first word looks like a duration but is invalid; the text is a sentence. Otherwise a typing
            error would turn a ban of two weeks into a permanent one.
    """
    first, _, rest = words.partition(" ")
    time = _TIME.fullmatch(first)
    if time is None:
        return 0, words
    count, unit = time.groups()
    if unit not in _UNITS or len(count) > _DIGITS or int(count) == 0:
        raise ValueError(f"{first} is no time, write 10m, 2h or 7d")
    return int(count) * _UNITS[unit], rest.strip()
