"""The interface of a load engine: the phases that it runs, and their results."""

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
    tracker: socket.socket  # receives the writer's messages; each of them lets the writer send another one
    template: Template


@dataclass(frozen=True)
class Phase:
    """One phase of load: writers send, then the engine waits until all receivers have all messages.

    The writers send for `warmup` + `seconds` seconds, or `count` messages each. If `rate` > 0, the first writer sends
    `rate` messages a second, whether they are delivered or not. Otherwise every writer keeps `window` messages on their
    way to its tracker. Without writers, the engine only reads from the receivers, up to `expect` messages of one writer
    for each. `grace` is the longest wait for the last messages, in seconds. `pid` is the server's process, whose CPU
    time is measured.
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
    closed: list[int] = field(default_factory=list)  # file descriptors of connections that the server has closed
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
        """Raise Failed unless every receiver has received every message once, and each writer's messages in order.

        With `same_order`, all receivers must also have received the messages of all writers in one and the same order.
        """
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
