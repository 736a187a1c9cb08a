"""Finds out which events were delivered to line clients, which confirm nothing themselves.

The messages count as delivered when the client's machine has acknowledged every byte that was sent (TCP, RFC 9293,
section 3.4).
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from parley.server.protocols import Client

LOOK_SECONDS: Final = 0.5
"""Seconds between a write and the first check of the acknowledgements, and between two checks."""

GIVE_UP_LOOKS: Final = 20


@dataclass(eq=False, kw_only=True)
class TcpDelivery:
    """Checks which bytes the machines of a room's line clients have acknowledged.

    Args:
        loop: the event loop.
        members: returns a room's members, or none if they do not see one another's read marks.
        connections: returns the clients of a user.
        written: returns the seq up to which a room's events were written to a client; None if it does not read the
            room.
        move: moves a user's read mark: (user, room, delivered up to seq).
    """

    loop: asyncio.AbstractEventLoop
    members: Callable[[int], Iterable[int]]
    connections: Callable[[int], Iterable[Client]]
    written: Callable[[Client, int], int | None]
    move: Callable[[int, int, int], None]
    _looks_left: dict[int, int] = field(default_factory=dict)  # the number of checks that remain, by room

    def wrote(self, rooms: Iterable[int]) -> None:
        """Call it when events of these rooms were written."""
        if not self._looks_left:
            self.loop.call_later(LOOK_SECONDS, self._look)
        for room in rooms:
            self._looks_left[room] = GIVE_UP_LOOKS

    def _look(self) -> None:
        rooms, self._looks_left = self._looks_left, {}
        for room, looks in rooms.items():
            waiting = False
            for user in self.members(room):
                for client in self.connections(user):
                    if not client.acknowledges and (seq := self.written(client, room)) is not None:
                        if client.has_arrived():
                            self.move(user, room, seq)
                        else:
                            waiting = True
            if waiting and looks > 1:
                self._looks_left[room] = looks - 1
        if self._looks_left:
            self.loop.call_later(LOOK_SECONDS, self._look)
