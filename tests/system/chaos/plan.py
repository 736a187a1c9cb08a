"""The faults of the server in a run: a function of the seed."""

import random
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from parley.server.engine.crashpoints import POINTS

Kind = Literal["kill -9", "SIGTERM", "disk full", "I/O error", "crash"]

KINDS: Final[tuple[Kind, ...]] = ("kill -9", "SIGTERM", "disk full", "I/O error")
ALL_BY: Final = 20.0
"""A run of at least this many seconds has every kind of fault."""


class Incident(NamedTuple):
    """One fault of the server.

    Attributes:
        pause: seconds without a fault before it.
        point: for a crash: the crash point.
        nth: for a crash: the server is killed when it reaches the point for the nth time.
        killed: for a full disk: whether the server is also killed while it is full.
    """

    kind: Kind
    pause: float
    point: str = ""
    nth: int = 0
    killed: bool = False

    @property
    def name(self) -> str:
        return f"crash at {self.point}" if self.kind == "crash" else self.kind


def incidents(seed: int) -> Iterator[Incident]:
    """Yield incidents without end. Each kind and each crash point comes once before any is repeated."""
    chance = random.Random(f"{seed} incidents")
    early = True
    while True:
        deck: list[tuple[Kind, str]] = [(kind, "") for kind in KINDS]
        deck += [("crash", point) for point in POINTS]
        chance.shuffle(deck)
        for kind, point in deck:
            pause = chance.uniform(0.2, 0.8) if early else chance.uniform(0.3, 2.5)
            yield Incident(kind, pause, point, chance.choice((1, 2, 5, 20, 40)), chance.random() < 0.3)
        early = False


def every_name() -> list[str]:
    """Return the names of all incidents."""
    return [*KINDS, *(f"crash at {point}" for point in POINTS)]
