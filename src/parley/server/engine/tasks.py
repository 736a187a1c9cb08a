"""Coroutines that run in the background."""

import asyncio
from collections.abc import Awaitable
from typing import Any


class Tasks:
    """Starts tasks, and keeps them from being garbage-collected before they end.

    Args:
        loop: the event loop they run in.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._running: set[asyncio.Future[Any]] = set()

    def spawn(self, work: Awaitable[None]) -> None:
        """Run a coroutine; an exception goes to the loop's handler."""
        task = asyncio.ensure_future(work, loop=self._loop)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
