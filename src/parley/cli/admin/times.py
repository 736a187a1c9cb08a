"""Durations that people type, and times that they read."""

import re
import time
from datetime import UTC, datetime
from typing import Any, Final

import click

_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_MOST_SECONDS: Final = 100 * 365 * 86_400


class Duration(click.ParamType[int]):
    """Reads 10m, 2h, 7d or 2w as seconds. With `never=True` it also reads the word `never`, as 0."""

    name = "duration"

    def __init__(self, *, never: bool = False) -> None:
        self._never = never

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if self._never and value == "never":
            return 0
        found = re.fullmatch(r"([0-9]{1,9})([mhdw])", value)
        seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
        if not 0 < seconds <= _MOST_SECONDS:
            never = " or never" if self._never else ""
            self.fail(f"{value!r} is no duration; write 10m, 2h, 7d or 4w{never}, a hundred years at most.", param, ctx)
        return seconds


def until(seconds: int | None) -> int:
    """Return the time `seconds` from now, in milliseconds since 1970 UTC; for 0 and None return 0, which stands for
    never.
    """
    return (time.time_ns() // 1_000_000 + seconds * 1000) if seconds else 0


def moment(ms: int, *, seconds: bool = False) -> str:
    """Return a time, given in milliseconds since 1970 UTC, in this machine's time zone."""
    local = datetime.fromtimestamp(ms / 1000, UTC).astimezone()
    return local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
