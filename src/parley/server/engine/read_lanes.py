"""Two threads that read from the store, so that quick reads never wait for heavy ones."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from parley.core.ports import StoreError

log = logging.getLogger("parley")

T = TypeVar("T")


class ReadLanes:
    """Calls the reading methods of a store; `parley.core.ports.Store` says which method belongs to which lane.

    Args:
        loop: the event loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._quick = ThreadPoolExecutor(1, "parley-read")
        self._heavy = ThreadPoolExecutor(1, "parley-read-heavy")

    async def quick(self, read: Callable[[], T]) -> T | None:
        """Call `read` in the quick lane and return its result; None if the store can't be read."""
        return await self._run(self._quick, read)

    async def heavy(self, read: Callable[[], T]) -> T | None:
        """Call `read` in the heavy lane and return its result; None if the store can't be read."""
        return await self._run(self._heavy, read)

    def close(self) -> None:
        """Wait for the reads that have begun, and cancel those that wait."""
        for lane in (self._quick, self._heavy):
            lane.shutdown(wait=False, cancel_futures=True)
        for lane in (self._quick, self._heavy):
            lane.shutdown(wait=True)

    async def _run(self, lane: ThreadPoolExecutor, read: Callable[[], T]) -> T | None:
        try:
            return await self._loop.run_in_executor(lane, read)
        except StoreError as error:
            log.error("the log can't be read: %s", error)
            return None
