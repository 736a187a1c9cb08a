"""Gathers reactions for clients that show text: one line for all reactions to a message within a few seconds."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Final

from parley.core.events import RelatedEvent
from parley.core.ports import Place
from parley.core.rendering import ReactionsSignal

GATHER_SECONDS: Final = 3.0
"""Reactions to a message are gathered for this time from the first one on."""


class GatheredReactions:
    """Sends a `ReactionsSignal` some seconds after the first reaction to a message, with all that came until then. A
    reaction that was taken back meanwhile is left out.

    Args:
        loop: the event loop.
        send: sends a signal to the readers of its room.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Callable[[ReactionsSignal], None]) -> None:
        self._loop = loop
        self._send = send
        # For each message, what each person did with each emoji: their name, and whether the reaction is on.
        self._gathered: dict[Place, dict[tuple[int, str], tuple[str, bool]]] = {}

    def add(self, event: RelatedEvent) -> None:
        """Take a durable event. Only reactions, and `erased`, after which nothing is told of a message, count."""
        place = event.room, event.target
        if event.kind == "erased":
            self._gathered.pop(place, None)
        if event.kind not in ("reacted", "unreacted"):
            return
        gathered = self._gathered.get(place)
        if gathered is None:
            gathered = self._gathered[place] = {}
            self._loop.call_later(GATHER_SECONDS, self._tell, place)
        # The log has only reactions that change something, so a second one of the same person undoes the first.
        if gathered.pop((event.user, event.text), None) is None:
            gathered[event.user, event.text] = event.name, event.kind == "reacted"

    def _tell(self, place: Place) -> None:
        gathered = self._gathered.pop(place, {})
        for back in (False, True):
            some = [(*who, name) for who, (name, on) in gathered.items() if on is not back]
            if some:
                people = len({user for user, _, _ in some})
                emoji = Counter(emoji for _, emoji, _ in some)
                self._send(ReactionsSignal(*place, people, some[0][2], tuple(emoji.items()), back))
