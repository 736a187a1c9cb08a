"""Writes related events: the changes of messages, their present forms, and what erasures leave."""

from collections.abc import Iterable

import msgspec

from parley.core.erasure import tombstone
from parley.core.events import RelatedEvent
from parley.core.records import PutForm

from .changes import RelatedChanges
from .present import Execute
from .reading import to_json
from .schema import CLASSES, QUERIES, event_of

_TABLES = ("put_changes", "put_replies", "put_reactions", "drop_reactions")


class Relations:
    """Writes what belongs to related events, within the commit that stores them.

    Args:
        run: executes a query of the writing connection.
    """

    def __init__(self, run: Execute) -> None:
        self._run = run

    def append(self, events: list[RelatedEvent]) -> list[tuple[int, int, int]]:
        """Store related events. Return what they erase, for `erase`."""
        self._run(QUERIES["append_related"], (to_json(events), CLASSES))
        changes = RelatedChanges(events)
        for name in _TABLES:
            if rows := getattr(changes, name):
                self._run(QUERIES[name], (to_json(rows),))
        return changes.erased

    def erase(self, erased: list[tuple[int, int, int]]) -> None:
        """Erase messages, with their changes: (room, message, seq of the event that erases it).

        They have to be counted before, because no count sees them afterwards.
        """
        left = [
            tombstone(event_of(row), by)
            for room, message, by in erased
            for row in self._run(QUERIES["with_text"], (room, message)).fetchall()
        ]
        self._run(QUERIES["replace_events"], (to_json(left),))
        self._run(QUERIES["drop_all_reactions"], (to_json(erased),))

    def put_forms(self, forms: Iterable[PutForm]) -> None:
        """Store present forms, one for each message."""
        self._run(QUERIES["put_forms"], (to_json([msgspec.structs.astuple(form) for form in forms]),))
