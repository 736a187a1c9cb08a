"""The rooms that a session shows, and their changes within one commit."""

from collections.abc import Iterable
from typing import Final

from parley.core.events import Event
from parley.core.state import Room
from parley.wire.web import Seen, SeenRoom

DEPARTURES_KEPT: Final = 50


Departures = tuple[tuple[int, int], ...]
"""The last departures of a session's user, as (room, seq). `left` may be called before `decided` of the session's own
join, or while the session reads the room's history. The session then shows the room from the join to the departure.
"""


def with_departure(departures: Departures, event: Event) -> Departures:
    """Return the departures with that of `event` added."""
    return (*departures[-DEPARTURES_KEPT + 1 :], (event.room, event.seq))


def departure_after(departures: Departures, room: int, seq: int) -> int | None:
    """Return the seq of the first departure from a room after `seq`; None if there is none."""
    return next((left for place, left in departures if place == room and left > seq), None)


class Membership:
    """The rooms that a session shows.

    Attributes:
        entered: the ids of the rooms that the session shows as a member.
        watched: the ids of the rooms that the session shows without being a member.
        departures: the user's last departures; see `Departures`.
    """

    __slots__ = ("departures", "entered", "watched")

    def __init__(self, entered: Iterable[int] = ()) -> None:
        self.entered = tuple(entered)
        self.watched: tuple[int, ...] = ()
        self.departures: Departures = ()

    def enter(self, room: int) -> bool:
        """Show a room as a member. Return whether it was not shown so before."""
        self.unwatch(room)
        if room in self.entered:
            return False
        self.entered += (room,)
        return True

    def watch(self, room: int) -> bool:
        """Show a room without being a member. Return whether it was not shown at all before."""
        if room in self.entered or room in self.watched:
            return False
        self.watched += (room,)
        return True

    def unwatch(self, room: int) -> bool:
        """Stop showing a room without being a member. Return whether it was shown so."""
        before, self.watched = self.watched, _without(self.watched, room)
        return len(before) != len(self.watched)

    def leave(self, event: Event) -> bool:
        """Record that the user left `event.room`. Return whether the session showed the room as a member."""
        before, self.entered = self.entered, _without(self.entered, event.room)
        if len(before) == len(self.entered):
            self.departures = with_departure(self.departures, event)
        return len(before) != len(self.entered)


def stream_start(room: Room, first: int, seen: Seen | SeenRoom | None, otherwise: int) -> int:
    """Return the seq after which a client's stream of a room begins.

    Args:
        room: the room.
        first: the first seq that the user may see.
        seen: the last event that the client has. It is valid only if it is of the room's current epoch.
        otherwise: the seq to use if `seen` is not valid.
    """
    after = seen.seq if seen is not None and seen.epoch == room.epoch and 0 <= seen.seq <= room.tip else otherwise
    return max(after, first - 1)


def _without(rooms: tuple[int, ...], room: int) -> tuple[int, ...]:
    return tuple(other for other in rooms if other != room)
