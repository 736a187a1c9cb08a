"""What sessions may look at."""

from collections.abc import Callable
from typing import Final

from parley.core.events import Event
from parley.core.state import Room, State
from parley.core.text import bare_room_name


class View:
    """What is known to be on disk, and who is connected.

    Attributes:
        state: the durable state.
        online: tells whether a user, by id, has a connection.
        server: the server's name and version.
        lobby: the name of the room newcomers land in.
    """

    def __init__(self, state: State, online: Callable[[int], bool], server: str, lobby: str = "lobby") -> None:
        self.state: Final = state
        self.online: Final = online
        self.server: Final = server
        self.lobby: Final = lobby

    def public_room(self, name: str) -> Room | None:
        """Return the public room of that name. A conversation of two is nobody else's business, and not found."""
        room = self.state.room_named(bare_room_name(name))
        return room if room is not None and room.kind == "public" else None

    def other_name(self, room: Room, user: int) -> str:
        """Return the name of the other person in a direct room."""
        other = self.state.users.get(next((member for member in room.members if member != user), user))
        return other.name if other is not None else "someone who left"


def within_bytes(events: list[Event], size: int, *, newest: bool) -> list[Event]:
    """Return as many events as fit into about `size` bytes, one at least, counted from the newest or the oldest."""
    for count, event in enumerate(reversed(events) if newest else events):
        size -= len(event.text.encode()) + 100
        if size < 0 and count:
            return events[-count:] if newest else events[:count]
    return events
