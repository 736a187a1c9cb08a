"""Measures how much other programs use the machine, and waits for a limited time until they use little."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

CORES = os.cpu_count() or 1
QUIET = 0.1  # the share of the machine's CPU time that other programs may use during a measurement


def busy_seconds() -> float:
    """Return the CPU seconds that all processors together have worked since the machine was started."""
    first = Path("/proc/stat").read_text().split("\n", 1)[0]
    user, nice, system, _idle, _wait, irq, softirq, steal = map(int, first.split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


_unwaited: list[float] = []


def count_as_ours(seconds: float) -> None:
    """Count CPU seconds of processes that the benchmark has started, but that are not its direct children."""
    _unwaited.append(seconds)


def others_seconds() -> float:
    """Return the CPU seconds so far of all other programs: not of this process, its ended children, or counted ones."""
    own = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return busy_seconds() - sum(usage.ru_utime + usage.ru_stime for usage in own) - sum(_unwaited)


class Watch:
    """Measures the share of the machine's CPU time that other programs use from the creation of the object on."""

    def __init__(self) -> None:
        self.begin, self.others = time.monotonic(), others_seconds()

    def share(self) -> float:
        return max(0.0, others_seconds() - self.others) / ((time.monotonic() - self.begin) * CORES)


class Patience:
    """The seconds that a whole run of the benchmarks may spend on waiting for quiet and on repeated measurements."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    def wait(self) -> None:
        """Wait until other programs use little of the machine, or until the seconds are used up."""
        while self.left > 0:
            begin, busy = time.monotonic(), busy_seconds()
            time.sleep(0.3)
            took = time.monotonic() - begin
            if (busy_seconds() - busy) / took / CORES <= QUIET:
                return
            self.left -= took

    def spend(self, seconds: float) -> bool:
        """Subtract this many seconds, if any are left. Return whether any were left."""
        if self.left <= 0:
            return False
        self.left -= seconds
        return True
