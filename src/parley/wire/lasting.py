"""How long something lasts, as people write it in a command: 10m, 2h, 7d."""

import re
from typing import Final

_TIME: Final = re.compile(r"([0-9]+)([^\W\d_]*)")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DIGITS: Final = 7


def lasting(words: str) -> tuple[int, str]:
    """Return the seconds that the first word says, like 10m or 7d, and the rest; 0 and everything if it says none.

    Raises:
        ValueError: it looks like a time and is none, in a sentence: a slip must not make for ever of two weeks.
    """
    first, _, rest = words.partition(" ")
    time = _TIME.fullmatch(first)
    if time is None:
        return 0, words
    count, unit = time.groups()
    if unit not in _UNITS or len(count) > _DIGITS or int(count) == 0:
        raise ValueError(f"{first} is no time, write 10m, 2h or 7d")
    return int(count) * _UNITS[unit], rest.strip()
