"""Notification preferences: which messages of which rooms users are notified of, and their do-not-disturb hours."""

from typing import Final

from msgspec import Struct, field

from .records import Level, PutPreference
from .state import Room

MINUTES: Final = 24 * 60


class QuietHours(Struct, frozen=True):
    """Do-not-disturb hours, in minutes since the user's local midnight. If `end` is less than `begin`, they span
    midnight.
    """

    begin: int
    end: int


class RoomPreference(Struct, frozen=True):
    """A user's preference for one room. `level` None: the room's default."""

    level: Level | None = None
    favourite: bool = False


_DEFAULT: Final = RoomPreference()


class UserPreferences(Struct):
    """All preferences of one user."""

    hours: QuietHours | None = None
    rooms: dict[int, RoomPreference] = field(default_factory=dict)


class Preferences:
    """The preferences of all users. A fold over the stored records."""

    def __init__(self) -> None:
        self.users: dict[int, UserPreferences] = {}

    def of(self, user: int, room: Room) -> tuple[Level, bool]:
        """Return the user's notification level in a room, and whether the room is a favourite."""
        mine = self.users.get(user)
        own = _DEFAULT if mine is None else mine.rooms.get(room.id, _DEFAULT)
        return own.level or ("all" if room.kind == "direct" else "mentions"), own.favourite

    def hours(self, user: int) -> QuietHours | None:
        """Return a user's do-not-disturb hours; None if there are none."""
        mine = self.users.get(user)
        return None if mine is None else mine.hours

    def set(self, preferred: PutPreference) -> None:
        """Apply a stored preference."""
        mine = self.users.setdefault(preferred.user, UserPreferences())
        if not preferred.room:
            mine.hours = None if preferred.hours is None else QuietHours(*preferred.hours)
            return
        old = mine.rooms.get(preferred.room, RoomPreference())
        favourite = old.favourite if preferred.favourite is None else preferred.favourite
        mine.rooms[preferred.room] = RoomPreference(preferred.level or old.level, favourite)

    def forget(self, user: int) -> None:
        """Drop a user's preferences."""
        self.users.pop(user, None)
