"""The doctor's checks of changed and erased messages: the tables beside the log against the fold of the log.

What was erased can't be checked: only its hash is left.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import msgspec

from parley.core.events import RelatedEvent
from parley.core.forms import Message, present
from parley.core.kinds import KINDS_OF_CHANGES, MESSAGE_KINDS
from parley.core.records import PutForm

from .schema import event_of

Rows = Callable[..., Iterator[Any]]
"""Called with the name of a query and its bindings."""

Fault = tuple[int, int, str]
"""(room, seq, what is wrong): the latter is the rest of a sentence that begins with the seq."""

_LISTED: Final = {"changes": "as a change of seq {}", "replies": "in the thread of seq {}"}


def faults_of_rows(rows: Rows) -> Iterator[Fault]:
    """Yield what is wrong with the rows of single events: what is kept of erased ones, and who erased them."""
    for room, seq, count in rows("kept_hashes"):
        if count:
            yield room, seq, "has two of salt, sum and who, with which an erased text or name can be guessed"
        else:
            yield room, seq, "has no salt, and nothing that is kept of an erased event"
    for room, seq in rows("erased_by_nothing"):
        yield room, seq, "was erased, but no event says so"


def faults_of_tables(rows: Rows) -> Iterator[Fault]:
    """Yield how forms, reactions, changes and replies differ from the fold of the log."""
    forms = {(row[0], row[1]): _form(row) for row in rows("all_forms")}
    reactions = _grouped(rows("all_reactions"))
    listed: dict[str, set[tuple[int, int, int]]] = {table: set(rows(f"all_{table}")) for table in _LISTED}
    events = (event_of(row) for row in rows("events_of_changes"))
    for room, group in groupby(events, key=attrgetter("room")):
        log = list(group)
        for seq, message in present(log).items():
            place = (room, seq)
            yield from _faults_of_message(message, forms.pop(place, None), reactions.pop(place, []))
        for event in log:
            if not isinstance(event, RelatedEvent):
                continue
            if event.kind in KINDS_OF_CHANGES:
                yield from _not_listed(listed, "changes", room, event.target, event.seq)
            elif event.kind in MESSAGE_KINDS and event.thread:
                yield from _not_listed(listed, "replies", room, event.thread, event.seq)
    for room, seq in sorted(forms):
        yield room, seq, "has a form, but nothing has changed it"
    for room, seq in sorted(reactions):
        yield room, seq, "has reactions, but nobody reacts to it"
    for table, words in _LISTED.items():
        for room, of, seq in sorted(listed[table]):
            yield room, seq, f"is listed {words.format(of)}, but is none"


def _faults_of_message(message: Message, form: PutForm | None, reactions: list[Any]) -> Iterator[Fault]:
    room, seq = message.room, message.seq
    if form is None:
        if message.is_changed:
            yield room, seq, "was changed, but has no form"
    elif not message.is_changed:
        yield room, seq, "has a form, but nothing has changed it"
    elif form != message.form():
        yield room, seq, "has a form that its changes do not make"
    wanted = [(emoji, user, since) for emoji, users in message.reactions.items() for user, since in users.items()]
    if sorted(wanted) != sorted(reactions):
        yield room, seq, "has reactions that differ from those in the log"


def _not_listed(
    listed: dict[str, set[tuple[int, int, int]]], table: str, room: int, of: int, seq: int
) -> Iterator[Fault]:
    if (room, of, seq) in listed[table]:
        listed[table].remove((room, of, seq))
    else:
        yield room, seq, f"is not listed {_LISTED[table].format(of)}"


def _grouped(rows: Iterator[Any]) -> dict[tuple[int, int], list[Any]]:
    grouped: dict[tuple[int, int], list[Any]] = {}
    for room, seq, *reaction in rows:
        grouped.setdefault((room, seq), []).append(tuple(reaction))
    return grouped


def _form(row: Any) -> PutForm:
    try:
        return PutForm(*(*row[:-1], msgspec.json.decode(row[-1], type=list[tuple[str, int]])))
    except msgspec.DecodeError:
        return PutForm(*(*row[:-1], []))
