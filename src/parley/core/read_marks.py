"""Marks: how far each member has a room's events, and has read them; and how many messages that leaves unread.

A fold over what is durable: the logs, and the marks that members set. Every count is kept, so that to ask costs
nothing.
"""

from collections.abc import Iterable

from msgspec import Struct, field

from .events import EVERYBODY, Event, departed
from .kinds import MESSAGE_KINDS
from .records import PutReadMark


class ReadMark(Struct, gc=False):
    """One member's.

    Attributes:
        since: the seq at which they joined.
        delivered: the seq up to which one of their clients has the events.
        read: the seq up to which they have read.
        past: of all that was said in the room, how much is not unread to them: it was before they came, they have
            read it, or said it themselves.
        mentions: how many of the unread messages name them.
    """

    since: int
    delivered: int
    read: int
    past: int
    mentions: int = 0


class RoomReadMarks(Struct):
    """A room's. `said` is how many messages and actions its log holds."""

    said: int = 0
    members: dict[int, ReadMark] = field(default_factory=dict)


class ReadMarks:
    """Those of all rooms."""

    def __init__(self) -> None:
        self.rooms: dict[int, RoomReadMarks] = {}

    def of(self, room: int, user: int) -> ReadMark | None:
        """Return a member's mark; None for who is no member."""
        marks = self.rooms.get(room)
        return None if marks is None else marks.members.get(user)

    def unread(self, room: int, user: int) -> tuple[int, int]:
        """Return how many messages of others a member has not read, and how many of those name them."""
        marks = self.rooms.get(room)
        mark = None if marks is None else marks.members.get(user)
        return (0, 0) if marks is None or mark is None else (marks.said - mark.past, mark.mentions)

    def apply(self, room: int, events: Iterable[Event]) -> None:
        """Take in events of one room, which follow on one another."""
        marks = self.rooms.get(room)
        if marks is None:
            marks = self.rooms[room] = RoomReadMarks()
        members, said = marks.members, marks.said
        for event in events:
            if event.kind in MESSAGE_KINDS:
                said += 1
                if (own := members.get(event.user)) is not None:
                    own.past += 1
                if event.mentions:
                    _mention(members, event.user, event.mentions)
            elif event.kind == "joined":
                members[event.user] = ReadMark(event.seq, event.seq, event.seq, said)
            elif gone := departed(event):
                members.pop(gone, None)
        marks.said = said

    def move(self, moved: PutReadMark) -> ReadMark | None:
        """Take in that a member has moved theirs; return it, or None if it was not theirs any more."""
        mark = self.of(moved.room, moved.user)
        if mark is None or mark.since != moved.since:
            return None
        mark.delivered = max(mark.delivered, moved.delivered)
        mark.read = max(mark.read, moved.read)
        mark.past += moved.messages
        mark.mentions -= moved.mentions
        return mark


def _mention(members: dict[int, ReadMark], by: int, named: tuple[int, ...]) -> None:
    for user in members if named[0] == EVERYBODY else named:
        if user != by and (mark := members.get(user)) is not None:
            mark.mentions += 1
