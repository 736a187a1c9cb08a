"""Delivery to line clients, which confirm nothing themselves.

When their machine has acknowledged every byte that was sent (TCP, RFC 9293 section 3.4), the messages are delivered.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from parley.server.protocols import Client

LOOK_SECONDS: Final = 0.5
"""Seconds between a write and the first look at what was acknowledged, and between two looks."""

GIVE_UP_LOOKS: Final = 20


@dataclass(eq=False, kw_only=True)
class TcpDelivery:
    """Looks at what the machines of a room's line clients have acknowledged.

    Args:
        loop: the event loop.
        members: returns a room's members; none for a room that does not tell its members what is delivered.
        connections: returns the clients of a user.
        written: returns the seq up to which a room is written to a client; None if the client does not read it.
        move: moves a user's read mark: (user, room, delivered up to seq).
    """

    loop: asyncio.AbstractEventLoop
    members: Callable[[int], Iterable[int]]
    connections: Callable[[int], Iterable[Client]]
    written: Callable[[Client, int], int | None]
    move: Callable[[int, int, int], None]
    _looks_left: dict[int, int] = field(default_factory=dict)  # by room

    def wrote(self, rooms: Iterable[int]) -> None:
        """Events of these rooms have just been written."""
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
