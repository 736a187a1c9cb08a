"""Removes a deleted account's name, and what it said, from the logs and the tables beside them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from parley.core.erasure import forgotten, is_erased_with_account, tombstone
from parley.core.events import Event

from .counting import Counts
from .present import Execute
from .reading import to_json
from .schema import QUERIES, event_of

PIECE: Final = 2_000
"""This many events are read and written at a time."""


def forget_user(run: Execute, counts: Counts, user: int, *, erase: bool) -> set[int]:
    """Remove a user from the logs, within the current commit. Return the rooms whose counts have changed.

    Args:
        run: executes a query of the writing connection.
        counts: the unread counts.
        user: the id of the user.
        erase: whether the user's messages are erased, with their changes.
    """
    gone: dict[int, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
    if erase:
        for (room,) in run(QUERIES["rooms_of_author"], (user,)).fetchall():
            counts.count(room)  # no count sees the messages afterwards
        for room, seq, mentions in run(QUERIES["messages_of_author"], (user,)):
            gone[room].append((seq, () if mentions is None else msgspec.json.decode(mentions, type=tuple[int, ...])))
    _rewrite(run, user, erase=erase)
    if erase:
        for query in ("erase_forms_of_author", "drop_reactions_of_author", "recount_replies_of_author"):
            run(QUERIES[query], {"user": user})
        for room, messages in gone.items():
            counts.take_out(room, user, messages)
    return set(gone)


def _rewrite(run: Execute, user: int, *, erase: bool) -> None:
    place = (-1, 0)
    while rows := run(QUERIES["events_naming"], (user, *place, PIECE)).fetchall():
        events = [event_of(row) for row in rows]
        place = (events[-1].room, events[-1].seq)
        left = [forgotten(event, user, erase=erase) for event in events]
        changed = [after for before, after in zip(events, left, strict=True) if after is not before]
        _replace(run, changed)
        if erased := [(event.room, event.seq) for event in changed if is_erased_with_account(event)]:
            changes = [event_of(row) for row in run(QUERIES["texts_of_changes"], (to_json(erased),)).fetchall()]
            _replace(run, [tombstone(change, change.seq) for change in changes])


def _replace(run: Execute, events: Sequence[Event]) -> None:
    if events:
        run(QUERIES["replace_events"], (to_json(events),))
