"""Read marks: how far each member has received and read a room's events, and how many unread messages that leaves.

A fold over durable data: the logs and the marks that members set. Counts are kept up to date, so a query costs nothing.
"""

from collections.abc import Iterable

from msgspec import Struct, field

from .events import EVERYBODY, Event, departed
from .kinds import MESSAGE_KINDS
from .records import PutReadMark


class ReadMark(Struct, gc=False):
    """One member's read mark.

    Attributes:
        since: the seq at which the member joined.
        delivered: the seq up to which one of the member's clients has the events.
        read: the seq up to which the member has read.
        past: how many of the room's messages are not unread to the member: messages from before they joined, messages
            they have read, and their own.
        mentions: how many of the unread messages mention the member.
    """

    since: int
    delivered: int
    read: int
    past: int
    mentions: int = 0


class RoomReadMarks(Struct):
    """The read marks of one room. `said` counts the messages and actions in its log."""

    said: int = 0
    members: dict[int, ReadMark] = field(default_factory=dict)


class ReadMarks:
    """The read marks of all rooms."""

    def __init__(self) -> None:
        self.rooms: dict[int, RoomReadMarks] = {}

    def of(self, room: int, user: int) -> ReadMark | None:
        """Return a member's mark; None for a user who is not a member."""
        marks = self.rooms.get(room)
        return None if marks is None else marks.members.get(user)

    def unread(self, room: int, user: int) -> tuple[int, int]:
        """Return how many messages of others a member has not read, and how many of those mention the member."""
        marks = self.rooms.get(room)
        mark = None if marks is None else marks.members.get(user)
        return (0, 0) if marks is None or mark is None else (marks.said - mark.past, mark.mentions)

    def apply(self, room: int, events: Iterable[Event]) -> None:
        """Apply events of one room. They have to follow each other without gaps."""
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
        """Apply a moved mark and return it. Return None if the user has left, or has left and joined again, since."""
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
