"""Folded pages of a log: a long run of comings and goings is one item, so that a page shows what people said."""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from .events import Event
from .kinds import PASSING_KINDS

LEAST_RUN: Final = 10
"""A shorter run is not folded: the page has its events."""

NEWEST_OF_RUN: Final = 3
"""A folded run still has this many of its newest events. They show who came or left last, and when."""


class Run(Struct, frozen=True):
    """Consecutive comings and goings (`PASSING_KINDS`) of a log, in place of its events.

    Attributes:
        first, last: the seqs of its first and last event. A run has no gaps, so it has `last - first + 1` events.
        newest: its last events, oldest first; one at least.
    """

    first: int
    last: int
    newest: tuple[Event, ...]


Item = Event | Run


def first_of(item: Item) -> int:
    """Return the seq of an item's first event."""
    return item.seq if isinstance(item, Event) else item.first


def last_of(item: Item) -> int:
    """Return the seq of an item's last event."""
    return item.seq if isinstance(item, Event) else item.last


def fold_runs(events: Iterable[Event]) -> list[Item]:
    """Return consecutive events with each run of `LEAST_RUN` or more as a `Run`."""
    items: list[Item] = []
    run: list[Event] = []
    for event in events:
        if event.kind in PASSING_KINDS:
            run.append(event)
            continue
        items += _folded(run)
        run = []
        items.append(event)
    return items + _folded(run)


def _folded(run: list[Event]) -> list[Item]:
    if len(run) < LEAST_RUN:
        return list(run)
    return [Run(run[0].seq, run[-1].seq, tuple(run[-NEWEST_OF_RUN:]))]


def runs_of(events: Iterable[Event]) -> list[tuple[int, int, int]]:
    """Return the runs of comings and goings, short ones too, among a batch's events, as (room, first seq, last seq).
    The directory, log 0, has none.
    """
    runs: list[tuple[int, int, int]] = []
    growing: dict[int, tuple[int, int]] = {}
    for event in events:
        if not event.room or event.kind not in PASSING_KINDS:
            continue
        first, last = growing.get(event.room, (event.seq, event.seq - 1))
        if event.seq != last + 1:
            runs.append((event.room, first, last))
            first = event.seq
        growing[event.room] = first, event.seq
    return runs + [(room, first, last) for room, (first, last) in growing.items()]


def visible_items(items: Sequence[Item], first: int) -> list[Item]:
    """Return the items of a folded page that a user may see, if the user may see events from the seq `first` on. A run
    that begins before that is shortened.
    """
    visible: list[Item] = []
    for item in items:
        if first_of(item) >= first:
            visible.append(item)
        elif isinstance(item, Run) and item.last >= first:
            visible.append(replace(item, first=first, newest=tuple(e for e in item.newest if e.seq >= first)))
    return visible
