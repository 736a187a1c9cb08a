"""Unread counts in the tables. They are updated late, for many events at once, and for each change of a message."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, cast

import msgspec

from parley.core.events import EVERYBODY
from parley.core.records import PutReadMark, Recount

from .present import Execute
from .reading import to_json
from .schema import QUERIES

COUNT_EVENTS: Final = 2_048
"""A room's unread counts are updated once for this many new events."""


class Counts:
    """Updates the unread counts, within the current commit.

    Call `committed` or `undone` at the end of each commit.

    Args:
        run: executes a query of the writing connection.
    """

    def __init__(self, run: Execute) -> None:
        self._run = run
        # For each log that was written to since the start, the seq up to which the counts include its events: as of the
        # last commit, and as of the current one where it differs.
        self._counted: dict[int, int] = {}
        self._now: dict[int, int] = {}

    def known(self, room: int, tip: int) -> None:
        """Note the tip of a log before the first commit that continues it. The start counts every log up to its tip."""
        self._counted.setdefault(room, tip)

    def committed(self) -> None:
        self._counted.update(self._now)
        self._now.clear()

    def undone(self) -> None:
        self._now.clear()

    def uncounted(self) -> list[int]:
        """Return the rooms with events that are not counted."""
        return [room for (room,) in self._run(QUERIES["uncounted"])]

    def count(self, room: int) -> None:
        """Count a room up to its tip."""
        run, where = self._run, {"room": room}
        said, came, named, upto = cast("Any", run(QUERIES["not_counted"], where).get)
        of_new, of_named = ("count_own_of_new", "count_past"), ("count_mentions", "count_calls")
        for query in ("count_own", *(of_new if came else ()), *(of_named if named else ())):
            run(QUERIES[query], where)
        run(QUERIES["count_said"], where | {"said": said, "upto": upto})
        self._now[room] = upto

    def count_often(self, tips: dict[int, int]) -> None:
        """Count the rooms that are due."""
        for room, tip in tips.items():
            if room and tip - self._now.get(room, self._counted[room]) >= COUNT_EVENTS:
                self.count(room)

    def count_rest(self, tips: dict[int, int]) -> None:
        """Count all rooms up to these tips."""
        for room, tip in tips.items():
            if room and tip > self._counted[room]:
                self.count(room)

    def take_out(self, room: int, author: int, messages: Sequence[tuple[int, tuple[int, ...]]]) -> None:
        """Take messages of one author out of the counts of a room, all of whose events have to be counted.

        Args:
            room: the room.
            author: the id of the user who said them.
            messages: the seq and the present mentions of each, in the order of their seq.
        """
        seqs = [seq for seq, _ in messages]
        calls = [seq for seq, mentions in messages if mentions and mentions[0] == EVERYBODY]
        naming: dict[int, list[int]] = defaultdict(list)
        for seq, mentions in messages:
            for user in mentions if mentions and mentions[0] != EVERYBODY else ():
                naming[user].append(seq)
        rows = []
        for user, since, read in self._run(QUERIES["places_of_members"], (room,)).fetchall():
            place = max(since, read)
            before = bisect_right(seqs, since)
            past = len(seqs) if user == author else bisect_right(seqs, place)
            named = 0 if user == author else _after(calls, place) + _after(naming.get(user, ()), place)
            if past or named:
                rows.append((user, before, past - before, named))
        self._run(QUERIES["take_out_said"], (len(seqs), room))
        self._run(QUERIES["take_out_of_members"], (room, to_json(rows)))

    def move(self, marks: list[PutReadMark]) -> None:
        """Store read marks that moved."""
        if marks:
            self._run(QUERIES["move_marks"], (to_json([msgspec.structs.astuple(mark) for mark in marks]),))

    def recount(self, changes: Sequence[Recount]) -> None:
        """Replace what messages contributed to the counts of their rooms, up to the end of the commit."""
        for room in dict.fromkeys(change.room for change in changes):
            self.count(room)
        erased: dict[tuple[int, int], list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
        for change in changes:
            if change.erased:
                erased[change.room, change.user].append((change.seq, change.before))
                continue
            where = {"room": change.room, "seq": change.seq, "user": change.user}
            for users, by in ((change.before, -1), (change.after, 1)):
                if users:
                    named = {"everybody": int(users[0] == EVERYBODY), "users": to_json(users), "by": by}
                    self._run(QUERIES["recount_mentions"], where | named)
        for (room, author), messages in erased.items():
            self.take_out(room, author, sorted(messages))


def _after(seqs: Sequence[int], place: int) -> int:
    """Return how many of the seqs, which ascend, are higher than the place."""
    return len(seqs) - bisect_right(seqs, place)
