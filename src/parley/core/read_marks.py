"""Read marks: how far each member has received and read a room's events, and how many unread messages that leaves.

A fold over durable data: the logs and the marks that members set. Counts are kept up to date, so a query costs nothing.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
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
        # Only the first `_sorted` rows are sorted by user id. `_later` has the row of each user after those, and
        # `_free` the rows after those that no user needs any more.
        self._later: dict[int, int] = {}
        self._free: list[int] = []
        self._recounts: Recounts | None = None

    def of(self, user: int) -> ReadMark | None:
        """Return a member's mark; None for a user who is not a member."""
        row = self._row(user)
        return None if row < 0 else self._mark(row)

    def position(self, user: int) -> tuple[int, int, int] | None:
        """Return up to which seq a member has read, how many messages of others the member has not read, and how many
        of those mention the member; None for a user who is not a member.
        """
        row = self._row(user)
        if row < 0:
            return None
        self._bring_up_to_date(row)
        first, cells = _FIELDS * row, self._cells
        return cells[first + _READ], self.said - cells[first + _PAST], cells[first + _MENTIONS]

    def add(self, user: int, since: int) -> None:
        """Add the mark of a user who joined at the seq `since`."""
        cells = since, since, since, self.said, 0
        row = self._later.get(user)
        if row is None:
            row = bisect_left(self._users, user, 0, self._sorted)
            if row == self._sorted or self._users[row] != user:
                self._append(user, cells)
                return
            # Otherwise there is a row of an earlier membership of the user.
        self._skip_recounts(row)
        self._cells[_FIELDS * row : _FIELDS * (row + 1)] = array("q", cells)

    def remove(self, user: int) -> None:
        """Remove the mark of a user who has left."""
        row = self._row(user)
        if row >= 0:
            self._cells[_FIELDS * row + _SINCE] = GONE
            if row >= self._sorted:
                del self._later[user]
                self._free.append(row)

    def count_mentions(self, by: int, named: tuple[int, ...]) -> None:
        """Count a message of the user `by` as a mention of the users `named`, or of everybody but `by`."""
        rows = self._rows() if named[0] == EVERYBODY else [row for user in named if (row := self._row(user)) >= 0]
        users, cells = self._users, self._cells
        for row in rows:
            if users[row] != by:
                cells[_FIELDS * row + _MENTIONS] += 1

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
            rows = [(row, self._users[row], self._limit(row)) for row in self._rows()]
            for (row, _, _), change_of_row in zip(rows, self._recounts.of_all(rows), strict=True):
                self._change(row, *change_of_row)

    def _bring_up_to_date(self, row: int) -> None:
        """Apply the recounts that a row lacks."""
        if self._recounts is not None:
            self._change(row, *self._recounts.of(row, self._users[row], self._limit(row)))

    def _limit(self, row: int) -> int:
        return max(self._cells[_FIELDS * row + _SINCE], self._cells[_FIELDS * row + _READ])

    def _change(self, row: int, lost: int, mentions: int) -> None:
        self._cells[_FIELDS * row + _PAST] -= lost
        self._cells[_FIELDS * row + _MENTIONS] += mentions

    def move(self, moved: PutReadMark) -> ReadMark | None:
        """Apply a moved mark and return it. Return None if the user has left, or has left and joined again, since."""
        row = self._row(moved.user)
        first = _FIELDS * row
        cells = self._cells
        if row < 0 or cells[first + _SINCE] != moved.since:
            return None
        self._bring_up_to_date(row)
        cells[first + _DELIVERED] = max(cells[first + _DELIVERED], moved.delivered)
        cells[first + _READ] = max(cells[first + _READ], moved.read)
        cells[first + _PAST] += moved.messages
        cells[first + _MENTIONS] -= moved.mentions
        return self._mark(row)

    def by_user(self) -> dict[int, ReadMark]:
        """Return the marks of all members."""
        return {self._users[row]: self._mark(row) for row in self._rows()}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RoomReadMarks) and (self.said, self.by_user()) == (other.said, other.by_user())

    __hash__ = None  # type: ignore[assignment]

    def _row(self, user: int) -> int:
        """Return the row of a member; -1 for a user who is not a member."""
        row = self._later.get(user)
        if row is None:
            row = bisect_left(self._users, user, 0, self._sorted)
            if row == self._sorted or self._users[row] != user or self._cells[_FIELDS * row] == GONE:
                return -1
        return row

    def _rows(self) -> Iterator[int]:
        return (row for row, since in enumerate(self._cells[_SINCE::_FIELDS]) if since != GONE)

    def _append(self, user: int, cells: tuple[int, ...]) -> None:
        """Add a row for a user who has none."""
        if self._free:
            row = self._free.pop()
            self._users[row] = user
            self._cells[_FIELDS * row : _FIELDS * (row + 1)] = array("q", cells)
        else:
            row = len(self._users)
            self._users.append(user)
            self._cells.extend(cells)
        self._later[user] = row
        self._skip_recounts(row)

    def _skip_recounts(self, row: int) -> None:
        if self._recounts is not None:
            self._recounts.skip(row)

    def _mark(self, row: int) -> ReadMark:
        self._bring_up_to_date(row)
        return ReadMark(*self._cells[_FIELDS * row : _FIELDS * (row + 1)])


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
        later, cells, find = marks._later, marks._cells, marks._row
        for event in events:
            if event.kind in MESSAGE_KINDS:
                marks.said += 1
                # The author's own message is not unread to them.
                row = later.get(event.user)
                if row is None:
                    row = find(event.user)
                if row >= 0:
                    cells[_FIELDS * row + _PAST] += 1
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
