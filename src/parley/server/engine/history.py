"""Pages of logs: from memory where a tail has them, else from the store."""

import asyncio
from collections.abc import Awaitable, Callable

from parley.core.events import Event
from parley.gateways.effects import ReadPage

from .subscription import Feeds

TurnTo = Callable[[object, list[Event] | None], None]
"""Takes the tag of a `Read` and the page; None where the store can't be read."""


class HistoryReader:
    """Reads pages for those who ask.

    Args:
        loop: the event loop.
        feeds: has the tails.
        read: reads a page from the store; None if it can't be read.
        spawn: runs a coroutine in the background.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        feeds: Feeds,
        read: Callable[[ReadPage], Awaitable[list[Event] | None]],
        spawn: Callable[[Awaitable[None]], object],
    ) -> None:
        self._loop = loop
        self._feeds = feeds
        self._read = read
        self._spawn = spawn
        # In a rush into a room the first asks the store, the others wait and find in memory what that brought.
        self._waiting: dict[int, list[tuple[ReadPage, TurnTo]]] = {}

    def read(self, effect: ReadPage, turn_to: TurnTo) -> None:
        """Have `turn_to` called with the page, later: the effects that came with this one are performed first."""
        if effect.before is not None:
            page = self._feeds.page_before(effect.room, effect.before, effect.limit, said=effect.said)
            if page is not None:
                self._loop.call_soon(turn_to, effect.tag, page)
                return
            if effect.said:
                if (waiting := self._waiting.get(effect.room)) is not None:
                    waiting.append((effect, turn_to))
                    return
                self._waiting[effect.room] = []
        self._spawn(self._from_store(effect, turn_to))

    async def _from_store(self, effect: ReadPage, turn_to: TurnTo) -> None:
        try:
            page = await self._read(effect)
            turn_to(effect.tag, page)
            # Only now, as the one who asked may be the room's first reader, from whom on it has a tail.
            if page is not None and effect.said and effect.before is not None:
                self._feeds.learn_said(effect.room, effect.before, page, effect.limit)
        finally:
            if effect.said and effect.before is not None:
                for each in self._waiting.pop(effect.room):
                    self.read(*each)
