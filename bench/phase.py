"""The requests to a load engine, and its results."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bench.dialects import Template
from bench.process import Failed


@dataclass(frozen=True)
class Writer:
    sock: socket.socket
    tracker: socket.socket  # receives its messages back, which moves its window
    template: Template


@dataclass(frozen=True)
class Phase:
    """Send for warmup + seconds, or count messages per writer; then wait until all receivers have everything.

    rate > 0 makes the first writer an open loop; otherwise every writer keeps `window` messages unacknowledged. Without
    writers the sockets are only drained, each up to `expect` messages of one writer.
    """

    framing: str
    receivers: Sequence[socket.socket]
    writers: Sequence[Writer] = ()
    echo: bool = True
    window: int = 0
    rate: int = 0
    warmup: float = 0
    seconds: float = 0
    count: int = 0
    base: int = 0
    expect: int = 0
    grace: float = 15
    pid: int = 0


@dataclass
class Result:
    values: dict[str, float] = field(default_factory=dict)
    closed: list[int] = field(default_factory=list)  # descriptors that the server closed
    noise: str = ""

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def get(self, name: str, default: float = 0) -> float:
        return self.values.get(name, default)

    @property
    def deliveries_per_second(self) -> float:
        return self["deliveries"] / self["seconds"]

    @property
    def messages_per_second(self) -> float:
        return self["messages"] / self["seconds"]

    def check(self, same_order: bool = True) -> Result:
        """Raise unless every receiver received every message once and in order."""
        faults = {name: int(self[name]) for name in ("missing", "duplicates", "gaps", "eofs") if self[name]}
        if same_order and self["orders"] > 1:
            faults["different orders"] = int(self["orders"])
        if faults or not self["finished"]:
            told = ", ".join(f"{count} {name}" for name, count in faults.items()) or "not finished"
            raise Failed(f"{told}; {int(self['sent'])} sent{'; heard ' + self.noise if self.noise else ''}")
        return self


class Engine(Protocol):
    name: str

    def run(self, phase: Phase) -> Result: ...
