"""What other programs take of the machine, and how long we are willing to wait for them."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

CORES = os.cpu_count() or 1
QUIET = 0.1  # the share of the machine that others may have


def busy_seconds() -> float:
    """What all processors together have worked so far."""
    first = Path("/proc/stat").read_text().split("\n", 1)[0]
    user, nice, system, _idle, _wait, irq, softirq, steal = map(int, first.split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


_unwaited: list[float] = []


def count_as_ours(seconds: float) -> None:
    """Processes that we have begun and that somebody else waits for have worked so much."""
    _unwaited.append(seconds)


def others_seconds() -> float:
    """What processes that are neither ours nor our children, waited for, have worked so far."""
    own = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return busy_seconds() - sum(usage.ru_utime + usage.ru_stime for usage in own) - sum(_unwaited)


class Watch:
    """The share of the machine that others take from now on."""

    def __init__(self) -> None:
        self.begin, self.others = time.monotonic(), others_seconds()

    def share(self) -> float:
        return max(0.0, others_seconds() - self.others) / ((time.monotonic() - self.begin) * CORES)


class Patience:
    """So many seconds, for the whole run, to wait for quiet and to measure again what was disturbed."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    def wait(self) -> None:
        """Return when others have next to nothing to do, or when patience ends."""
        while self.left > 0:
            begin, busy = time.monotonic(), busy_seconds()
            time.sleep(0.3)
            took = time.monotonic() - begin
            if (busy_seconds() - busy) / took / CORES <= QUIET:
                return
            self.left -= took

    def spend(self, seconds: float) -> bool:
        """Take so much, if there is any left."""
        if self.left <= 0:
            return False
        self.left -= seconds
        return True
