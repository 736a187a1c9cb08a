"""Attackers who guess as fast as the throttle allows, on a simulated clock."""

from heapq import heapify, heappop, heappush
from typing import Final

from parley.core.throttle import Throttle

HOUR: Final = 3_600.0


def guesses(addresses: int, hours: int) -> list[int]:
    """Return how many guesses at one account are made in each hour, from this many addresses at once."""
    throttle = Throttle()
    made = [0] * hours
    due = [(0.0, f"198.51.{number // 256}.{number % 256}") for number in range(addresses)]
    heapify(due)
    while due:
        now, address = heappop(due)
        if now >= hours * HOUR:
            continue
        wait = throttle.wait("ann", address, now)
        if wait <= 0:
            throttle.failed("ann", address, now)
            made[int(now // HOUR)] += 1
            wait = 0.001
        heappush(due, (now + wait + 1e-6, address))
    return made


def names(hours: int) -> list[int]:
    """Return how many guesses one address makes in each hour, at any number of accounts."""
    throttle = Throttle()
    made, now, number = [0] * hours, 0.0, 0
    while now < hours * HOUR:
        name = f"ann{number}"
        wait = throttle.wait(name, "198.51.100.7", now)
        if wait > 0:
            now += wait + 1e-6
            continue
        throttle.failed(name, "198.51.100.7", now)
        made[int(now // HOUR)] += 1
        number += 1
    return made
