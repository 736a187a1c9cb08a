"""The heartbeat: checks regularly whether silent clients are still connected."""

import asyncio
from collections.abc import Collection
from typing import Final

from parley.server.protocols import Client

from .isolation import isolated

SLICE: Final = 100
"""At most this many clients are checked in one turn of the event loop. Checking thousands at once would delay
everybody.
"""


class Heartbeat:
    """Calls `beat` on each client once in a period. There is one timer, however many clients there are; the calls are
    spread over the period.

    Args:
        loop: the event loop.
        clients: the connected clients. Other parts change this collection.
        period: seconds; 0: never.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, clients: Collection[Client], period: float) -> None:
        self._loop = loop
        self._clients = clients
        self._period = period
        self._pause = period
        self._waiting: list[Client] = []
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        if self._period:
            self._timer = self._loop.call_later(self._period, self._begin)

    def stop(self) -> None:
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _begin(self) -> None:
        self._waiting = list(self._clients)
        self._pause = self._period / max(-(-len(self._waiting) // SLICE), 1)
        self._next()

    def _next(self) -> None:
        for _ in range(min(SLICE, len(self._waiting))):
            with isolated:
                self._waiting.pop().beat()
        self._timer = self._loop.call_later(self._pause, self._next if self._waiting else self._begin)
