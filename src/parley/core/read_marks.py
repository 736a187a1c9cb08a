"""Read marks: how far each member has received and read a room's events, and how many unread messages that leaves.

A fold over durable data: the logs and the marks that members set. Counts are kept up to date, so a query costs nothing.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from .events import EVERYBODY, Event, departed
from .kinds import MESSAGE_KINDS
from .records import PutReadMark, Recount
from .recounts import RECOUNTS_KEPT, Recounts

GONE: Final = -1
"""The value of `since` in the row of a member who has left."""

_FIELDS: Final = 5
_SINCE, _DELIVERED, _READ, _PAST, _MENTIONS = range(_FIELDS)


class ReadMark(Struct, frozen=True, gc=False):
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


class RoomReadMarks:
    """The read marks of one room, in two arrays: the members' ids, and for each member a row of the fields of
    `ReadMark`.

    Members take 48 bytes each in the arrays, and several times as much as objects. An array for each field would make
    small rooms larger.

    Args:
        said: the number of messages and actions in the room's log.
        columns: the user ids, ascending, and the fields of their read marks; they belong to the new object.
    """

    __slots__ = ("_cells", "_free", "_later", "_recounts", "_sorted", "_users", "said")

    def __init__(self, said: int = 0, columns: Iterable[Iterable[int]] = ((),) * 6) -> None:
        self.said = said
        users, *fields = columns
        self._users = array("q", users)
        self._sorted = len(self._users)
        self._cells = array("q", bytes(8 * _FIELDS * self._sorted))
        if self._sorted:
            for number, column in enumerate(fields):
                self._cells[number::_FIELDS] = array("q", column)
        # Only the first `_sorted` rows are sorted by user id. Of the rows after those, `_later` has the index of the
        # first cell by user, and `_free` that of the rows that no user needs any more.
        self._later: dict[int, int] = {}
        self._free: list[int] = []
        self._recounts: Recounts | None = None

    def of(self, user: int) -> ReadMark | None:
        """Return a member's mark; None for a user who is not a member."""
        first = self._find(user)
        return None if first < 0 else self._mark(first)

    def position(self, user: int) -> tuple[int, int, int] | None:
        """Return up to which seq a member has read, how many messages of others the member has not read, and how many
        of those mention the member; None for a user who is not a member.
        """
        first = self._find(user)
        if first < 0:
            return None
        self._bring_up_to_date(first)
        cells = self._cells
        return cells[first + _READ], self.said - cells[first + _PAST], cells[first + _MENTIONS]

    def add(self, user: int, since: int) -> None:
        """Add the mark of a user who joined at the seq `since`."""
        cells = since, since, since, self.said, 0
        first = self._later.get(user)
        if first is None:
            row = bisect_left(self._users, user, 0, self._sorted)
            if row == self._sorted or self._users[row] != user:
                self._append(user, cells)
                return
            first = _FIELDS * row  # of an earlier membership of the user
        self._skip_recounts(first)
        self._cells[first : first + _FIELDS] = array("q", cells)

    def remove(self, user: int) -> None:
        """Remove the mark of a user who has left."""
        first = self._find(user)
        if first >= 0:
            self._cells[first + _SINCE] = GONE
            if first >= _FIELDS * self._sorted:
                del self._later[user]
                self._free.append(first)

    def count_mentions(self, by: int, named: tuple[int, ...]) -> None:
        """Count a message of the user `by` as a mention of the users `named`, or of everybody but `by`."""
        rows = self._rows() if named[0] == EVERYBODY else [first for user in named if (first := self._find(user)) >= 0]
        author, cells = self._find(by), self._cells
        for first in rows:
            if first != author:
                cells[first + _MENTIONS] += 1

    def recount(self, change: Recount) -> None:
        """Count a message differently: it was erased, or mentions other users. The message contributed to each member's
        counts; what it contributed is replaced.
        """
        if change.erased:
            self.said -= 1
        if self._recounts is None:
            self._recounts = Recounts()
        self._recounts.add(change)
        if len(self._recounts) >= RECOUNTS_KEPT:
            rows = [(first, self._users[first // _FIELDS], self._limit(first)) for first in self._rows()]
            for (first, _, _), change_of_row in zip(rows, self._recounts.of_all(rows), strict=True):
                self._change(first, *change_of_row)

    def _bring_up_to_date(self, first: int) -> None:
        """Apply the recounts that a row lacks."""
        if self._recounts is not None:
            self._change(first, *self._recounts.of(first, self._users[first // _FIELDS], self._limit(first)))

    def _limit(self, first: int) -> int:
        return max(self._cells[first + _SINCE], self._cells[first + _READ])

    def _change(self, first: int, lost: int, mentions: int) -> None:
        self._cells[first + _PAST] -= lost
        self._cells[first + _MENTIONS] += mentions

    def move(self, moved: PutReadMark) -> ReadMark | None:
        """Apply a moved mark and return it. Return None if the user has left, or has left and joined again, since."""
        first, cells = self._find(moved.user), self._cells
        if first < 0 or cells[first + _SINCE] != moved.since:
            return None
        self._bring_up_to_date(first)
        cells[first + _DELIVERED] = max(cells[first + _DELIVERED], moved.delivered)
        cells[first + _READ] = max(cells[first + _READ], moved.read)
        cells[first + _PAST] += moved.messages
        cells[first + _MENTIONS] -= moved.mentions
        return self._mark(first)

    def by_user(self) -> dict[int, ReadMark]:
        """Return the marks of all members."""
        return {self._users[first // _FIELDS]: self._mark(first) for first in self._rows()}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RoomReadMarks) and (self.said, self.by_user()) == (other.said, other.by_user())

    __hash__ = None  # type: ignore[assignment]

    def _find(self, user: int) -> int:
        """Return the index of the first cell of a member's row; -1 for a user who is not a member."""
        first = self._later.get(user)
        if first is None:
            row = bisect_left(self._users, user, 0, self._sorted)
            if row == self._sorted or self._users[row] != user or self._cells[_FIELDS * row + _SINCE] == GONE:
                return -1
            return _FIELDS * row
        return first

    def _rows(self) -> list[int]:
        """Return the indexes of the first cells of all members' rows."""
        return [_FIELDS * row for row, since in enumerate(self._cells[_SINCE::_FIELDS]) if since != GONE]

    def _append(self, user: int, cells: tuple[int, ...]) -> None:
        """Add a row for a user who has none."""
        if self._free:
            first = self._free.pop()
            self._users[first // _FIELDS] = user
            self._cells[first : first + _FIELDS] = array("q", cells)
        else:
            first = len(self._cells)
            self._users.append(user)
            self._cells.extend(cells)
        self._later[user] = first
        self._skip_recounts(first)

    def _skip_recounts(self, first: int) -> None:
        if self._recounts is not None:
            self._recounts.skip(first)

    def _mark(self, first: int) -> ReadMark:
        self._bring_up_to_date(first)
        return ReadMark(*self._cells[first : first + _FIELDS])


class ReadMarks:
    """The read marks of all rooms."""

    def __init__(self) -> None:
        self.rooms: dict[int, RoomReadMarks] = {}

    def of(self, room: int, user: int) -> ReadMark | None:
        """Return a member's mark; None for a user who is not a member."""
        marks = self.rooms.get(room)
        return None if marks is None else marks.of(user)

    def position(self, room: int, user: int) -> tuple[int, int, int] | None:
        """Return up to which seq a member has read, how many messages of others the member has not read, and how many
        of those mention the member; None for a user who is not a member.
        """
        marks = self.rooms.get(room)
        return None if marks is None else marks.position(user)

    def unread(self, room: int, user: int) -> tuple[int, int]:
        """Return how many messages of others a member has not read, and how many of those mention the member."""
        position = self.position(room, user)
        return (0, 0) if position is None else position[1:]

    def apply(self, room: int, events: Iterable[Event]) -> None:
        """Apply events of one room. They have to follow each other without gaps."""
        marks = self.rooms.get(room)
        if marks is None:
            marks = self.rooms[room] = RoomReadMarks()
        later, cells, find = marks._later, marks._cells, marks._find
        for event in events:
            if event.kind in MESSAGE_KINDS:
                marks.said += 1
                # The author's own message is not unread to them.
                first = later.get(event.user)
                if first is None:
                    first = find(event.user)
                if first >= 0:
                    cells[first + _PAST] += 1
                if event.mentions:
                    marks.count_mentions(event.user, event.mentions)
            elif event.kind == "joined":
                marks.add(event.user, event.seq)
            elif gone := departed(event):
                marks.remove(gone)

    def recount(self, change: Recount) -> None:
        """Count a message differently; see `RoomReadMarks.recount`."""
        if marks := self.rooms.get(change.room):
            marks.recount(change)

    def move(self, moved: PutReadMark) -> ReadMark | None:
        """Apply a moved mark and return it. Return None if the user has left, or has left and joined again, since."""
        marks = self.rooms.get(moved.room)
        return None if marks is None else marks.move(moved)
