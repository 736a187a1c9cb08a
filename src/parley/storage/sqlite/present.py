"""Reads messages in their present form."""

from collections.abc import Callable
from typing import Any, Final, cast

import msgspec

from parley.core.forms import Message, Shown
from parley.core.kinds import MESSAGE_KINDS
from parley.core.records import PutForm

from .schema import EVENT_COLUMNS, QUERIES, event_of

SCANNED_EVENTS: Final = 4_096
"""A page in present form looks at this many events at most."""

Execute = Callable[..., Any]
"""Executes a query with its bindings, and returns a cursor. All queries of one reading see the same commit."""

_EVENT: Final = len(EVENT_COLUMNS)


def read_page(
    run: Execute, room: int, user: int, limit: int, *, before: int, after: int, thread: int, said: bool
) -> tuple[list[Shown], int, int, int]:
    """See `parley.core.ports.Store.shown`."""
    tip = cast("int", run(QUERIES["tip"], (room,)).get)
    last = min(before - 1, tip) if before else tip
    way = "before" if before else "after"
    where = {"room": room, "user": user, "limit": limit, "scan": SCANNED_EVENTS, "said": int(said)}
    where |= {"before": last + 1, "after": after, "thread": thread}
    items = _read_shown(run, f"shown_of_thread_{way}" if thread else f"shown_{way}", where)
    is_full = len(items) == limit
    if before:
        items.reverse()
        end = 1 if thread else max(last + 1 - SCANNED_EVENTS, 1)
        return items, items[0].event.seq if is_full else end, last, tip
    end = tip if thread else min(after + SCANNED_EVENTS, tip)
    return items, after + 1, items[-1].event.seq if is_full else end, tip


def read_at(run: Execute, room: int, user: int, seqs: list[int]) -> list[Shown]:
    """Return events of a room in present form, in the order of their seq."""
    return _read_shown(run, "shown_at", {"room": room, "user": user, "seqs": _json(seqs)}) if seqs else []


def read_changed(
    run: Execute, room: int, user: int, after: int, floor: int, limit: int
) -> tuple[list[Shown], list[int], int]:
    """See `parley.core.ports.Store.changed`."""
    where = {"room": room, "user": user, "after": after, "floor": floor, "limit": limit}
    erased = [seq for (seq,) in run(QUERIES["erased_after"], (room, after)).fetchall()]
    return _read_shown(run, "shown_changed", where), erased, cast("int", run(QUERIES["tip"], (room,)).get)


def read_pinned(run: Execute, room: int, user: int) -> tuple[list[Shown], int]:
    """See `parley.core.ports.Store.pinned`."""
    items = _read_shown(run, "shown_pins", {"room": room, "user": user})
    return items, cast("int", run(QUERIES["tip"], (room,)).get)


def read_message(run: Execute, room: int, seq: int) -> Message | None:
    """Return the present form of a message; None if there is none at this place."""
    row = run(QUERIES["event_at"], (room, seq)).fetchone()
    if row is None:
        return None
    event = event_of(row)
    if event.kind not in MESSAGE_KINDS:
        return None
    message = Message.of(event)
    form = run(QUERIES["form"], (room, seq)).fetchone()
    if form is None:
        return message
    *of_form, reactions, edit = form
    (
        message.as_of, message.edited, message.edits, message.erased, message.by, message.pinned, message.title,
        message.replies, message.last,
    ) = of_form  # fmt: skip
    if edit is not None and not message.erased:
        text, mentions = msgspec.json.decode(edit, type=tuple[str, tuple[int, ...] | None])
        message.text, message.mentions = text, mentions
    # The order of the form is that of the first reaction with each emoji, which may be taken back since.
    message.reactions = {emoji: {} for emoji, _ in msgspec.json.decode(reactions, type=list[tuple[str, int]])}
    for emoji, user, since in run(QUERIES["reactions"], (room, seq)).fetchall():
        message.reactions.setdefault(emoji, {})[user] = since
    return message


def _read_shown(run: Execute, query: str, where: dict[str, Any]) -> list[Shown]:
    """Return the rows of a query of `$LISTED` in present form, in their order.

    Args:
        run: executes a query.
        query: its name.
        where: its bindings, with `room` and `user`.
    """
    rows = run(QUERIES[query], where).fetchall()
    shown = []
    for row in rows:
        *of_form, edit = row[_EVENT:]
        item = Shown(event_of(row[:_EVENT]))
        if of_form[0] is not None:
            item.form = PutForm(*(*of_form[:-1], msgspec.json.decode(of_form[-1], type=list[tuple[str, int]])))
            if edit is not None and not item.form.erased:
                item.text, item.mentions = msgspec.json.decode(edit, type=tuple[str, tuple[int, ...] | None])
        shown.append(item)
    if reacted := {item.event.seq: item for item in shown if item.form is not None and item.form.reactions}:
        of_user = {"room": where["room"], "user": where["user"], "seqs": _json(list(reacted))}
        for seq, emoji in run(QUERIES["own_reactions"], of_user).fetchall():
            reacted[seq].mine = (*reacted[seq].mine, emoji)
    return shown


def _json(seqs: list[int]) -> str:
    return msgspec.json.encode(seqs).decode()
