"""The rooms that a session shows, and their changes within one commit."""

from collections.abc import Iterable
from typing import Final

from parley.core.events import Event
from parley.core.state import Room
from parley.wire.web import Seen, SeenRoom

DEPARTURES_KEPT: Final = 50


Departures = tuple[tuple[int, int], ...]
"""The last departures of a session's user, as (room, seq). A session hears of a departure before it hears that its own
join is decided, or while it reads the history of the room: then it shows the room from the join to the departure.
"""


def with_departure(departures: Departures, event: Event) -> Departures:
    """Add that the user left `event.room`."""
    return (*departures[-DEPARTURES_KEPT + 1 :], (event.room, event.seq))


def departure_after(departures: Departures, room: int, seq: int) -> int | None:
    """Return the seq of the first departure from a room after `seq`; None if there is none."""
    return next((left for place, left in departures if place == room and left > seq), None)


class Membership:
    """The rooms that a session shows.

    Attributes:
        entered: the ids of the rooms that the user is in.
        watched: the ids of the rooms that the user reads from outside.
        departures: see there.
    """

    __slots__ = ("departures", "entered", "watched")

    def __init__(self, entered: Iterable[int] = ()) -> None:
        self.entered = tuple(entered)
        self.watched: tuple[int, ...] = ()
        self.departures: Departures = ()

    def enter(self, room: int) -> bool:
        """Show a room as the user's own; return whether it was not before."""
        self.unwatch(room)
        if room in self.entered:
            return False
        self.entered += (room,)
        return True

    def watch(self, room: int) -> bool:
        """Show a room from outside; return whether it was not shown before."""
        if room in self.entered or room in self.watched:
            return False
        self.watched += (room,)
        return True

    def unwatch(self, room: int) -> bool:
        """Stop showing a room from outside; return whether it was shown."""
        before, self.watched = self.watched, _without(self.watched, room)
        return len(before) != len(self.watched)

    def leave(self, event: Event) -> bool:
        """Take in that the user left `event.room`; return whether the session showed it as their own."""
        before, self.entered = self.entered, _without(self.entered, event.room)
        if len(before) == len(self.entered):
            self.departures = with_departure(self.departures, event)
        return len(before) != len(self.entered)


def stream_start(room: Room, first: int, seen: Seen | SeenRoom | None, otherwise: int) -> int:
    """Return the seq after which a client's stream of a room begins.

    Args:
        room: the room.
        first: the first seq that the user may see.
        seen: how far the client has the events; it counts if it is of this epoch of the room.
        otherwise: the seq for a client whose `seen` does not count.
    """
    after = seen.seq if seen is not None and seen.epoch == room.epoch and 0 <= seen.seq <= room.tip else otherwise
    return max(after, first - 1)


def _without(rooms: tuple[int, ...], room: int) -> tuple[int, ...]:
    return tuple(other for other in rooms if other != room)
