"""Pages of history: what is read for one, and what of that is shown."""

from typing import Final

from parley.core.events import Event
from parley.core.refusals import Refusal, refuse
from parley.core.state import Room
from parley.wire.limits import PAGE_EVENTS

from .effects import ReadPage

RETRY_MS: Final = 1_000
"""Milliseconds after which a page that could not be read may be asked for again."""


def page_request(
    room: Room, first: int, limit: int, before: int | None, after: int | None, *, messages: bool, tag: object = None
) -> ReadPage | Refusal:
    """Return what to read for a page, or `page_invalid`. It is one event more than asked for, which tells whether there
    are more.

    Args:
        room: the room.
        first: the first seq that the user may see.
        limit: how many events the page may have.
        before, after: the seq that the page ends before, or begins after; None for both: the newest page.
        messages: whether only messages and actions are wanted.
        tag: comes back with the page.
    """
    if not 0 < limit <= PAGE_EVENTS or (before is not None and after is not None):
        return refuse("page_invalid", limit=PAGE_EVENTS)
    if after is not None:
        after = min(max(after, first - 1), room.tip)
    else:
        before = room.tip + 1 if before is None else min(max(before, 0), room.tip + 1)
    return ReadPage(room.id, limit + 1, before, after, messages, tag)


def cut_page(events: list[Event], first: int, limit: int, size: int, *, newest: bool) -> tuple[list[Event], bool]:
    """Return the events of a page that are shown, and whether more were read that the user may see.

    Args:
        events: what was read, oldest first.
        first: the first seq that the user may see.
        limit: how many events the page may have.
        size: about how many bytes it may have; one event is shown however long it is.
        newest: whether the newest events are kept, or the oldest.
    """
    visible = [event for event in events if event.seq >= first]
    kept = visible[-limit:] if newest else visible[:limit]
    for count, event in enumerate(reversed(kept) if newest else kept):
        size -= len(event.text.encode()) + 100
        if size < 0 and count:
            kept = kept[-count:] if newest else kept[:count]
            break
    return kept, len(visible) > len(kept)
