"""Preferences: what people want to be told of, in which rooms, and when not."""

from typing import Final, Literal

from msgspec import Struct, field

from .records import PutPreference
from .state import Room

Level = Literal["all", "mentions", "nothing"]

MINUTES: Final = 24 * 60


class QuietHours(Struct, frozen=True):
    """When someone does not want to be disturbed, in minutes since midnight where they are; over midnight, if `end` is
    less than `begin`.
    """

    begin: int
    end: int


class RoomPreference(Struct, frozen=True):
    """What someone wants of one room. `level` None: what is usual there."""

    level: Level | None = None
    favourite: bool = False


class UserPreferences(Struct):
    """What someone wants."""

    hours: QuietHours | None = None
    rooms: dict[int, RoomPreference] = field(default_factory=dict)


class Preferences:
    """Those of all users. A fold over what is stored of them."""

    def __init__(self) -> None:
        self.users: dict[int, UserPreferences] = {}

    def of(self, user: int, room: Room) -> tuple[Level, bool]:
        """Return a room's level for a user, and whether it is a favourite."""
        mine = self.users.get(user)
        own = None if mine is None else mine.rooms.get(room.id)
        usual: Level = "all" if room.kind == "direct" else "mentions"
        return (usual, False) if own is None else (own.level or usual, own.favourite)

    def hours(self, user: int) -> QuietHours | None:
        """Return when a user does not want to be disturbed."""
        mine = self.users.get(user)
        return None if mine is None else mine.hours

    def set(self, preferred: PutPreference) -> None:
        """Take in what someone has set."""
        mine = self.users.setdefault(preferred.user, UserPreferences())
        if not preferred.room:
            mine.hours = None if preferred.hours is None else QuietHours(*preferred.hours)
            return
        old = mine.rooms.get(preferred.room, RoomPreference())
        favourite = old.favourite if preferred.favourite is None else preferred.favourite
        mine.rooms[preferred.room] = RoomPreference(preferred.level or old.level, favourite)

    def forget(self, user: int) -> None:
        """Let go of a user's."""
        self.users.pop(user, None)
