"""Messages that count differently from now on, and what that changes for each member of the room."""

from bisect import bisect_right
from typing import Final

from .events import EVERYBODY
from .records import Recount

RECOUNTS_KEPT: Final = 256
"""After so many recounts, those of all members are brought up to date."""


class Recounts:
    """The recounts of one room that not all members' counts have yet.

    Members get them when their counts are next used, because a room may have many members: an erasure must not take the
    time that all of their counts would.

    `of` returns what the recounts change for a member: how many fewer messages are *past* (not unread), and how many
    more of the unread ones mention the member. It depends on `limit`, the larger of the seqs at which the member joined
    and up to which they have read, so call it before one of these changes.
    """

    __slots__ = ("_applied", "_changes")

    def __init__(self) -> None:
        self._changes: list[Recount] = []
        # For each row of a member, how many of the changes it has; 0 if the row is missing.
        self._applied: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._changes)

    def add(self, change: Recount) -> None:
        self._changes.append(change)

    def skip(self, row: int) -> None:
        """Note that a row has all changes: the member has just joined."""
        self._applied[row] = len(self._changes)

    def of(self, row: int, user: int, limit: int) -> tuple[int, int]:
        """Return what the changes that a row lacks change for it. The row has them from now on."""
        lost = mentions = 0
        for change in self._changes[self._applied.get(row, 0) :]:
            is_past = change.seq <= limit or change.user == user
            lost += change.erased and is_past
            if not is_past:
                mentions += _names(change.after, user) - _names(change.before, user)
        self._applied[row] = len(self._changes)
        return lost, mentions

    def of_all(self, rows: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
        """Return what `of` returns for each of these rows, given as (row, user, limit), and forget all changes."""
        erased = sorted(change.seq for change in self._changes if change.erased)
        own: dict[int, list[int]] = {}
        named: dict[int, list[tuple[int, int]]] = {}
        for change in self._changes:
            if change.erased:
                own.setdefault(change.user, []).append(change.seq)
            for users, by in ((change.before, -1), (change.after, 1)):
                for user in (EVERYBODY,) if users[:1] == (EVERYBODY,) else users:
                    named.setdefault(user, []).append((change.seq, by))
                if users[:1] == (EVERYBODY,):
                    # The author is not mentioned by their own message.
                    named.setdefault(change.user, []).append((change.seq, -by))
                elif change.user in users:
                    named[change.user].append((change.seq, -by))
        results = []
        for row, user, limit in rows:
            if self._applied.get(row):
                results.append(self.of(row, user, limit))
                continue
            lost = bisect_right(erased, limit) + sum(seq > limit for seq in own.get(user, ()))
            of_user = (*named.get(user, ()), *named.get(EVERYBODY, ()))
            results.append((lost, sum(by for seq, by in of_user if seq > limit)))
        self._changes.clear()
        self._applied.clear()
        return results


def _names(mentions: tuple[int, ...], user: int) -> int:
    """Return 1 if a message with these mentions mentions the user, otherwise 0."""
    return int(bool(mentions) and (mentions[0] == EVERYBODY or user in mentions))
