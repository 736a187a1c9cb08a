"""What sessions may look at."""

from collections.abc import Callable
from typing import Final

from parley.core.state import State


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
