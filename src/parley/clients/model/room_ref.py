"""A room as the user knows it."""

from msgspec import Struct


class RoomRef(Struct, frozen=True):
    """A room by id and name. The name of a direct room (`kind` is `direct`) has the names of the other people in it."""

    id: int
    name: str
    kind: str
    epoch: str

    @property
    def address(self) -> str:
        """The room as a parameter of the calls of a session: its name, with `@` before it if the room is direct."""
        return f"@{self.name}" if self.kind == "direct" else self.name
