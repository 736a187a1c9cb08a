"""Pages of history: which events are read from the store for a page, and which of them are shown."""

from collections.abc import Callable
from typing import Final, TypeVar

from parley.core.erasure import visible_form
from parley.core.events import Event
from parley.core.folding import Item, Run, visible_items
from parley.core.forms import Shown
from parley.core.refusals import Refusal, refuse
from parley.core.state import Room
from parley.wire.limits import PAGE_EVENTS

from .effects import ChangedPage, PresentPage, ReadFolded, ReadPage

T = TypeVar("T")

NEWEST: Final = 2**53
"""A seq beyond the end of any log."""

VERSIONS: Final = 50
"""A page of the versions of a message has at most this many edits."""

RETRY_MS: Final = 1_000
"""Milliseconds after which a client may request again a page that could not be read."""


def page_request(
    room: Room, first: int, limit: int, before: int | None, after: int | None, *, messages: bool, tag: object = None
) -> ReadPage | Refusal:
    """Return what to read for a page, or `page_invalid`. One event more than requested is read, to find out whether
    more follow.

    Args:
        room: the room.
        first: the first seq that the user may see.
        limit: how many events the page may have.
        before, after: the seq that the page ends before, or begins after; None for both: the newest page.
        messages: whether only messages and actions are wanted.
        tag: given to `Session.page` together with the page.
    """
    if not 0 < limit <= PAGE_EVENTS or (before is not None and after is not None):
        return refuse("page_invalid", limit=PAGE_EVENTS)
    if after is not None:
        after = min(max(after, first - 1), room.tip)
    else:
        before = room.tip + 1 if before is None else min(max(before, 0), room.tip + 1)
    return ReadPage(room.id, limit + 1, before, after, messages, tag)


def folded_page_request(
    room: Room, first: int, limit: int, before: int | None, after: int | None, *, tag: object
) -> ReadFolded | Refusal:
    """Return what to read for a folded page; see `page_request`."""
    page = page_request(room, first, limit, before, after, messages=False)
    return page if isinstance(page, Refusal) else ReadFolded(room.id, page.limit, page.before, page.after, tag)


def cut_folded_page(items: list[Item], first: int, limit: int, size: int, *, newest: bool) -> tuple[list[Item], bool]:
    """Return the items of a folded page that are shown, and whether more were read that the user may see; see
    `cut_page`.
    """
    visible = [visible_form(item, first) if isinstance(item, Event) else item for item in visible_items(items, first)]
    kept = _cut(
        visible,
        lambda item: _size(item) if isinstance(item, Event) else sum(map(_size, item.newest)),
        limit,
        size,
        newest=newest,
    )
    return kept, len(visible) > len(kept)


def cut_page(events: list[Event], first: int, limit: int, size: int, *, newest: bool) -> tuple[list[Event], bool]:
    """Return the events of a page that are shown, and whether more were read that the user may see. Texts of changes of
    messages that the user may not see are withheld.

    Args:
        events: the events that were read, oldest first.
        first: the first seq that the user may see.
        limit: how many events the page may have.
        size: the approximate number of bytes that the page may have. At least one event is shown, however long it is.
        newest: whether the newest events are kept, or the oldest.
    """
    visible = [visible_form(event, first) for event in events if event.seq >= first]
    kept = _cut(visible, _size, limit, size, newest=newest)
    return kept, len(visible) > len(kept)


def cut_present_page(
    page: PresentPage, first: int, limit: int, size: int, *, newest: bool
) -> tuple[list[Shown], int, int]:
    """Return the items of a page in present form that are shown, and the first and the last seq that they cover; see
    `cut_page`.
    """
    shown, _, begin, end = cut_folded_present_page(page, first, limit, size, newest=newest)
    return shown, begin, end


def cut_folded_present_page(
    page: PresentPage, first: int, limit: int, size: int, *, newest: bool
) -> tuple[list[Shown], list[Run], int, int]:
    """Return the items and the runs of a page in present form that are shown, and the first and the last seq that they
    cover; see `cut_page`.
    """
    runs = [item for item in visible_items(page.runs, first) if isinstance(item, Run)]
    items = [item for item in page.items if item.event.seq >= first]
    visible: list[Shown | Run] = sorted([*items, *runs], key=_first_of)
    kept = _cut(visible, _size_of, limit, size, newest=newest)
    begin, end = max(page.first, first), page.last
    if len(kept) < len(visible):
        last = kept[-1].last if isinstance(kept[-1], Run) else kept[-1].event.seq
        begin, end = (_first_of(kept[0]), end) if newest else (begin, last)
    shown = [item for item in kept if isinstance(item, Shown)]
    return shown, [item for item in kept if isinstance(item, Run)], begin, end


def _first_of(item: Shown | Run) -> int:
    return item.first if isinstance(item, Run) else item.event.seq


def _size_of(item: Shown | Run) -> int:
    if isinstance(item, Run):
        return sum(map(_size, item.newest))
    return _size(item.event) + len(item.text.encode())


def cut_changes(page: ChangedPage, limit: int, size: int) -> tuple[list[Shown], int]:
    """Return the changed messages that are shown, and the seq after which the next page begins; see `cut_page`."""
    kept = _cut(page.items, _size_of, limit, size, newest=False)
    return kept, page.changes[len(kept) - 1] if kept else 0


def _size(event: Event) -> int:
    return len(event.text.encode()) + 100


def _cut(visible: list[T], size_of: Callable[[T], int], limit: int, size: int, *, newest: bool) -> list[T]:
    kept = visible[-limit:] if newest else visible[:limit]
    for count, each in enumerate(reversed(kept) if newest else kept):
        size -= size_of(each)
        if size < 0 and count:
            return kept[-count:] if newest else kept[:count]
    return kept


def cut_versions(events: list[Event], before: int, size: int) -> tuple[list[Event], bool]:
    """Return the versions of a message that a page shows, oldest first, and whether there are older ones.

    Args:
        events: the message, and its last edits before the seq `before`, at most `VERSIONS` + 1 of them.
        before: the page ends before this seq.
        size: as in `cut_page`.
    """
    kept = _cut([event for event in events if event.seq < before], _size, VERSIONS + 1, size, newest=True)
    return kept, bool(kept) and kept[0].seq != events[0].seq
