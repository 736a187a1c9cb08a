"""What has reached clients that confirm nothing: line clients.

Where their machine has acknowledged every byte that was sent (TCP, RFC 9293 section 3.4), it has the messages.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final, Protocol

LOOK_SECONDS: Final = 0.5
"""So long after something was written it is looked whether it has arrived, and again until it has."""

GIVE_UP_LOOKS: Final = 20


class LineClient(Protocol):
    """A client that confirms nothing itself.

    Attributes:
        dialect: what it speaks.
    """

    dialect: str

    def written(self, room: int) -> int | None:
        """Return the seq up to which a room's events have been written to it; None if it does not read the room."""

    def arrived(self) -> bool:
        """Tell whether its machine has all that was written to it."""


class TcpDelivery:
    """Looks whether what was written to the line clients of a room has arrived.

    Args:
        loop: the event loop.
        members: returns a room's members; none where nobody is told what has arrived.
        connections: returns the connections of a user.
        move: notes how far a user has a room: (user, room, seq).
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        members: Callable[[int], Iterable[int]],
        connections: Callable[[int], Iterable[LineClient]],
        move: Callable[[int, int, int], None],
    ) -> None:
        self._loop = loop
        self._members = members
        self._connections = connections
        self._move = move
        self._rooms: dict[int, int] = {}  # how often each may still be looked at

    def wrote(self, rooms: Iterable[int]) -> None:
        """Events of these rooms have just been written."""
        if not self._rooms:
            self._loop.call_later(LOOK_SECONDS, self._look)
        for room in rooms:
            self._rooms[room] = GIVE_UP_LOOKS

    def _look(self) -> None:
        rooms, self._rooms = self._rooms, {}
        for room, looks in rooms.items():
            waiting = False
            for user in self._members(room):
                for connection in self._connections(user):
                    if connection.dialect == "line" and (seq := connection.written(room)) is not None:
                        if connection.arrived():
                            self._move(user, room, seq)
                        else:
                            waiting = True
            if waiting and looks > 1:
                self._rooms[room] = looks - 1
        if self._rooms:
            self._loop.call_later(LOOK_SECONDS, self._look)
