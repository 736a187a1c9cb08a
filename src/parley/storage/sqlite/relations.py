"""Writes related events: the changes of messages, their present forms, and what erasures leave."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from parley.core.erasure import erased_row
from parley.core.events import EVERYBODY, RelatedEvent
from parley.core.records import PutForm, Recount

from .changes import RelatedChanges
from .present import Execute
from .schema import CLASSES, QUERIES, event_of

_encode = msgspec.json.Encoder().encode
_TABLES = ("put_changes", "put_replies", "put_reactions", "drop_reactions")


class Relations:
    """Writes what belongs to related events, within the commit that stores them.

    Args:
        run: executes a query of the writing connection.
    """

    def __init__(self, run: Execute) -> None:
        self._run = run

    def append(self, events: list[RelatedEvent]) -> list[tuple[int, int, int]]:
        """Store related events. Return what they erase: room, message, and seq of the event that erases it."""
        self._run(QUERIES["append_related"], (_json(events), CLASSES))
        changes = RelatedChanges(events)
        for name in _TABLES:
            if rows := getattr(changes, name):
                self._run(QUERIES[name], (_json(rows),))
        return changes.erased

    def erase(self, erased: Sequence[tuple[int, int, int]]) -> None:
        """Erase messages, and the text of their changes. Their rooms have to be counted before: an erased message is
        not counted any more, and `recount` takes back what it has contributed.
        """
        for room, message, by in erased:
            rows = [
                erased_row(event_of(row), by) for row in self._run(QUERIES["with_text"], (room, message)).fetchall()
            ]
            self._run(QUERIES["erase"], (_json(rows),))
            self._run(QUERIES["drop_all_reactions"], (room, message))

    def put_forms(self, forms: Iterable[PutForm]) -> None:
        """Store present forms, one for each message."""
        self._run(QUERIES["put_forms"], (_json([msgspec.structs.astuple(form) for form in forms]),))

    def recount(self, change: Recount) -> None:
        """Change the counts of a room. All its events have to be counted before."""
        where = {"room": change.room, "seq": change.seq, "user": change.user, "lost": int(change.erased)}
        if change.erased:
            self._run(QUERIES["recount_said"], where)
            self._run(QUERIES["recount_past"], where)
        for users, by in ((change.before, -1), (change.after, 1)):
            if users:
                named = {"everybody": int(users[0] == EVERYBODY), "users": _json(users), "by": by}
                self._run(QUERIES["recount_mentions"], where | named)


def _json(rows: Sequence[Any]) -> str:
    return _encode(rows).decode()
