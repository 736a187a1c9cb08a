"""Stores records: what a commit stores beside events."""

from collections.abc import Callable

import msgspec

from parley.core.ports import Place
from parley.core.records import (
    DropTokens,
    DropWebhook,
    ForgetUser,
    KeepTokens,
    MoveWebhook,
    PutForm,
    PutKey,
    PutPassword,
    PutPreference,
    PutReadMark,
    PutToken,
    Record,
    Recount,
    Webhook,
)

from .counting import Counts
from .forgetting import forget_user
from .present import Execute
from .reading import to_json
from .relations import Relations
from .schema import QUERIES


class Records:
    """Stores records, within the current commit.

    Args:
        run: executes a query of the writing connection.
        counts: the unread counts.
        relations: the forms.
        erased: called when texts are erased.

    Attributes:
        recounted: the rooms whose counts a deleted account has changed in the last commit.
    """

    def __init__(self, run: Execute, counts: Counts, relations: Relations, erased: Callable[[], None]) -> None:
        self._run = run
        self._counts = counts
        self._relations = relations
        self._erased = erased
        self.recounted: set[int] = set()

    def put(self, records: list[Record], erased: list[tuple[int, int, int]]) -> None:
        """Store records in their order, then erase messages, as `Relations.erase`. The events of the commit have to be
        in the log.
        """
        self.recounted.clear()
        marks: list[PutReadMark] = []
        forms: dict[Place, PutForm] = {}
        recounts: list[Recount] = []
        for record in records:
            kind = type(record)
            if kind is PutReadMark:
                if recounts:
                    # The numbers of this mark know of these recounts.
                    self._count(marks, recounts)
                    marks, recounts = [], []
                marks.append(record)  # type: ignore[arg-type]
            elif kind is PutForm:
                forms[record.room, record.seq] = record  # type: ignore[union-attr,assignment]
            elif kind is Recount:
                recounts.append(record)  # type: ignore[arg-type]
            elif kind is ForgetUser:
                # No event or form of this commit was decided after it: see `parley.core.ports.Batch`.
                self._finish(marks, recounts, forms, erased)
                marks, recounts, forms, erased = [], [], {}, []
                self._put(record)
            else:
                self._put(record)
        self._finish(marks, recounts, forms, erased)

    def _count(self, marks: list[PutReadMark], recounts: list[Recount]) -> None:
        """Store read marks, and recounts that were decided after them."""
        self._counts.move(marks)
        self._counts.recount(recounts)

    def _finish(
        self,
        marks: list[PutReadMark],
        recounts: list[Recount],
        forms: dict[Place, PutForm],
        erased: list[tuple[int, int, int]],
    ) -> None:
        self._count(marks, recounts)
        if forms:
            self._relations.put_forms(forms.values())
        if erased:
            self._erased()
            self._relations.erase(erased)

    def _put(self, record: Record) -> None:
        run = self._run
        match record:
            case PutToken():
                made = (record.token, record.user, record.kind, record.label, record.made)
                run(QUERIES["put_token"], made)
            case DropTokens(token=None):
                run(QUERIES["drop_tokens"], (record.user, record.but))
            case DropTokens():
                run(QUERIES["drop_token"], (record.user, record.token))
            case KeepTokens():
                run(QUERIES["keep_tokens"], (record.user,))
            case PutPassword():
                run(QUERIES["put_password"], (record.user, record.hash))
            case Webhook():
                row = list(msgspec.structs.astuple(record))
                row[5] = to_json(record.kinds)
                run(QUERIES["put_hook"], row)
            case MoveWebhook():
                run(QUERIES["move_hook"], (record.acked, record.parked, record.hook))
            case PutKey():
                run(QUERIES["put_key"], msgspec.structs.astuple(record))
            case PutPreference():
                hours = None if record.hours is None else to_json(record.hours)
                set_ = (record.level, record.favourite, hours)
                run(QUERIES["put_preferences"], (record.user, record.room, *set_))
            case DropWebhook():
                run(QUERIES["drop_hook"], (record.hook, record.room))
            case ForgetUser():
                run(QUERIES["drop_tokens"], (record.user, None))
                run(QUERIES["drop_password"], (record.user,))
                run(QUERIES["drop_preferences"], (record.user,))
                self._erased()
                self.recounted |= forget_user(run, self._counts, record.user, erase=record.erase)
