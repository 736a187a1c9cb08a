"""Durations as people write them in commands: 10m, 2h, 7d."""

import re
from typing import Final

_DURATION: Final = re.compile(r"([0-9]+)([^\W\d_]*)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DIGITS: Final = 7


def parse_duration(words: str) -> tuple[int, str]:
    """Split a leading duration off: `7d spam` gives (604800, "spam"), `spam` gives (0, "spam").

    Returns:
        The seconds and the remaining words; 0 and all words if the first one is not a duration.

    Raises:
        ValueError: the first word begins like a duration but is invalid; the text says so. A typing error such as
            `2weeks` must not turn into a permanent ban.
    """
    first, _, rest = words.partition(" ")
    duration = _DURATION.fullmatch(first)
    if duration is None:
        return 0, words
    count, unit = duration.groups()
    if unit not in _SECONDS or len(count) > _DIGITS or int(count) == 0:
        raise ValueError(f"{first} is no time, write 10m, 2h or 7d")
    return int(count) * _SECONDS[unit], rest.strip()
