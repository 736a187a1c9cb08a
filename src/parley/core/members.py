"""The members of a room, stored in little memory, because a large organisation has hundreds of thousands of
memberships.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from itertools import chain
from typing import Final

_NOBODY: Final = array("q")
_NO_USERS: Final[frozenset[int]] = frozenset()


class Members(MutableMapping[int, int]):
    """Maps user ids to the seq at which each user joined.

    The initial members are stored in two arrays that never change, so that copies can share them. Each copy stores its
    later changes itself: a dict of the users who joined, and a set of those who left.

    Attributes:
        joined: those who joined since the arrays were made. Only this class changes it; the check of each message looks
            here first, as a dict answers fastest.

    Args:
        joined: the members, as a mapping or as pairs of user and seq.
    """

    __slots__ = ("_left", "_seqs", "_users", "joined")

    def __init__(self, joined: Mapping[int, int] | Iterable[tuple[int, int]] = ()) -> None:
        self.joined = dict(joined)
        # Most rooms need no set, and a set takes more memory than several members.
        self._left: set[int] | frozenset[int] = _NO_USERS
        self._users = self._seqs = _NOBODY

    @classmethod
    def of_columns(cls, users: "array[int]", seqs: "array[int]") -> "Members":
        """Return members from ascending user ids, and for each the seq of joining. Do not change the arrays."""
        members = cls()
        members._users, members._seqs = users, seqs
        return members

    def copy(self) -> "Members":
        """Return an independent copy."""
        copy = Members(self.joined)
        copy._left = set(self._left) or _NO_USERS
        copy._users, copy._seqs = self._users, self._seqs
        return copy

    def __contains__(self, user: object) -> bool:
        return user in self.joined or self._index(user) >= 0  # type: ignore[arg-type]

    def __getitem__(self, user: int) -> int:
        seq = self.joined.get(user)
        if seq is None:
            index = self._index(user)
            if index < 0:
                raise KeyError(user)
            return self._seqs[index]
        return seq

    def __setitem__(self, user: int, seq: int) -> None:
        if self._users and self._index(user) >= 0:
            self._leave(user)
        self.joined[user] = seq

    def __delitem__(self, user: int) -> None:
        if self.joined.pop(user, None) is None:
            if self._index(user) < 0:
                raise KeyError(user)
            self._leave(user)

    def __iter__(self) -> Iterator[int]:
        stayed = iter(self._users) if not self._left else (user for user in self._users if user not in self._left)
        return chain(stayed, self.joined)

    def __len__(self) -> int:
        return len(self._users) - len(self._left) + len(self.joined)

    def __repr__(self) -> str:
        return f"Members({dict(self)})"

    def _leave(self, user: int) -> None:
        """Record that a user of the arrays has left, or is in `joined` now."""
        if isinstance(self._left, frozenset):
            self._left = set()
        self._left.add(user)

    def _index(self, user: int) -> int:
        """Return the place of a user in the arrays; -1 if they are not there or have left."""
        users = self._users
        index = bisect_left(users, user)
        return index if index < len(users) and users[index] == user and user not in self._left else -1
