"""The machine's load from other programs, and how long we wait for it to end."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

CORES = os.cpu_count() or 1
QUIET = 0.1  # the share of the machine that others may use


def busy_seconds() -> float:
    """The CPU seconds of all processors so far."""
    first = Path("/proc/stat").read_text().split("\n", 1)[0]
    user, nice, system, _idle, _wait, irq, softirq, steal = map(int, first.split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


_unwaited: list[float] = []


def count_as_ours(seconds: float) -> None:
    """Count CPU seconds as ours: of processes that we started but that another process waits for."""
    _unwaited.append(seconds)


def others_seconds() -> float:
    """The CPU seconds so far of processes that are neither ours nor children that we have waited for."""
    own = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return busy_seconds() - sum(usage.ru_utime + usage.ru_stime for usage in own) - sum(_unwaited)


class Watch:
    """Measures the share of the machine that others use from now on."""

    def __init__(self) -> None:
        self.begin, self.others = time.monotonic(), others_seconds()

    def share(self) -> float:
        return max(0.0, others_seconds() - self.others) / ((time.monotonic() - self.begin) * CORES)


class Patience:
    """The seconds that a whole run may spend waiting for quiet and repeating disturbed measurements."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    def wait(self) -> None:
        """Return when others use next to nothing, or when the seconds are used up."""
        while self.left > 0:
            begin, busy = time.monotonic(), busy_seconds()
            time.sleep(0.3)
            took = time.monotonic() - begin
            if (busy_seconds() - busy) / took / CORES <= QUIET:
                return
            self.left -= took

    def spend(self, seconds: float) -> bool:
        """Use this many seconds, if there are any left."""
        if self.left <= 0:
            return False
        self.left -= seconds
        return True
