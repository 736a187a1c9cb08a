"""Crash points: places at which a test kills the server, to prove that nothing is lost, duplicated or shown too
early.
"""

import os
import signal
from typing import Final

from parley.core.ports import CrashPoint, no_crash

VARIABLE: Final = "PARLEY_CRASH_AT"

POINTS: Final = (
    "writer: before the store",
    "store: before the commit",
    "store: after the commit",
    "writer: stored, nobody told",
    "writer: senders told, readers not",
    "writer: everyone told",
)


def from_environment() -> CrashPoint:
    """Return a crash point that kills this process, as a power cut would, at `PARLEY_CRASH_AT=POINT@N`: when POINT is
    reached for the N-th time.

    Raises:
        ValueError: there is no such point.
    """
    wish = os.environ.get(VARIABLE)
    if not wish:
        return no_crash
    point, _, count = wish.partition("@")
    if point not in POINTS:
        raise ValueError(f"{VARIABLE} names no crash point: {point}")
    left = int(count or 1)

    def reach(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                # Written directly, as proof of where the process ended: the server's log may not be written yet.
                os.write(2, f"crash point: {name}\n".encode())
                os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)

    return reach
