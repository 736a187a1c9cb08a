"""Pages of logs, from a tail in memory if it has them, otherwise from the store."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from msgspec.structs import replace

from parley.core.events import Event
from parley.core.folding import Item
from parley.core.forms import Message, apply_to_shown
from parley.core.ports import Store
from parley.core.state import State
from parley.gateways.effects import (
    ChangedPage,
    PresentPage,
    ReadChanges,
    ReadFolded,
    ReadPage,
    ReadPresent,
    ReadReactors,
)

from .read_lanes import ReadLanes
from .subscription import Feeds

Page = TypeVar("Page")
P = TypeVar("P", PresentPage, ChangedPage)

Deliver = Callable[[object, list[Event] | None], None]
"""Takes the tag of a `ReadPage` and the page, which is None if the store can't be read."""

DeliverFolded = Callable[[object, list[Item] | None], None]
"""Takes the tag of a `ReadFolded` and the page, which is None if the store can't be read."""


@dataclass(eq=False)
class LogReader:
    """Reads logs from the store, in the quick lane. Every method returns None if the store can't be read.

    Args:
        store: has the logs.
        lanes: the reading threads.
        state: the durable state.
    """

    store: Store
    lanes: ReadLanes
    state: State
    _erasures: int = 0

    def erased(self) -> None:
        """Call it when texts were erased in the store: pages that are being read now are read again."""
        self._erasures += 1

    async def after(self, room: int, seq: int, limit: int) -> list[Event] | None:
        """Return the first `limit` events of a room after a seq."""
        return await self.page(ReadPage(room, limit, after=seq))

    async def page(self, effect: ReadPage) -> list[Event] | None:
        """Return the requested page, without texts that were erased while it was read."""
        seq = effect.before if effect.after is None else effect.after
        assert seq is not None
        read = self.store.before if effect.after is None else self.store.after
        return await self._unerased(partial(read, effect.room, seq, effect.limit, said=effect.said))

    async def folded_page(self, effect: ReadFolded) -> list[Item] | None:
        """Return the requested folded page, without texts that were erased while it was read."""
        seq = effect.before if effect.after is None else effect.after
        assert seq is not None
        read = self.store.folded_before if effect.after is None else self.store.folded_after
        return await self._unerased(partial(read, effect.room, seq, effect.limit))

    async def _unerased(self, read: Callable[[], Page]) -> Page | None:
        while True:
            erasures = self._erasures
            page = await self.lanes.quick(read)
            if erasures == self._erasures:
                return page

    async def messages(self, room: int, seqs: Sequence[int]) -> list[Message | None] | None:
        """Return the present forms of messages of a room; None for a seq that has no message."""
        return await self._unerased(partial(self.store.messages, room, seqs))

    async def present_page(self, effect: ReadPresent) -> PresentPage | None:
        """Return the requested page in present form."""
        read = partial(
            self.store.shown,
            effect.room,
            effect.user,
            effect.limit,
            before=effect.before,
            after=effect.after,
            thread=effect.thread,
        )
        found = await self._unerased(read)
        return None if found is None else PresentPage(*found)

    async def pins(self, room: int, user: int) -> PresentPage | None:
        """Return the pinned messages of a room."""
        found = await self._unerased(partial(self.store.pinned, room, user))
        return None if found is None else PresentPage(found[0], 0, 0, found[1])

    async def changes(self, effect: ReadChanges) -> ChangedPage | None:
        """Return messages that were changed after a seq."""
        read = partial(self.store.changed, effect.room, effect.user, effect.after, effect.floor, effect.limit)
        found = await self._unerased(read)
        if found is None:
            return None
        items, erased, upto = found
        return ChangedPage(items, [item.form.as_of for item in items if item.form is not None], erased, upto)

    async def versions(self, room: int, seq: int) -> list[Event] | None:
        """Return a message and its edits, oldest first."""
        return await self._unerased(partial(self.store.versions, room, seq))

    async def reactors(self, effect: ReadReactors) -> list[tuple[int, int]] | None:
        """Return users who react to a message, and the seqs of their reactions."""
        return await self._unerased(
            partial(self.store.reactors, effect.room, effect.seq, effect.emoji, effect.after, effect.limit)
        )

    async def find(self, room: int, at: int) -> int | None:
        """Return the seq of the first event of a room that is not older than `at`."""
        tip = self.state.rooms[room].tip
        return await self.lanes.quick(lambda: self.store.first_at(room, at, tip))

    async def count(self, room: int, user: int, after: int, upto: int) -> tuple[int, int] | None:
        """Return how many messages of others a room has between two seqs, and how many of them mention the user."""
        return await self.lanes.quick(lambda: self.store.read_between(room, user, after, upto))


@dataclass(eq=False)
class HistoryReader:
    """Serves pages to clients.

    Args:
        loop: the event loop.
        feeds: has the tails.
        log: reads from the store.
        spawn: runs a coroutine in the background.
    """

    loop: asyncio.AbstractEventLoop
    feeds: Feeds
    log: LogReader
    spawn: Callable[[Awaitable[None]], object]
    # The requests that wait for a page of the same room. When many users join a room at once, only the first request
    # reads the store; the others then find the page in memory.
    _waiting: dict[int, list[tuple[ReadPage, Deliver]]] = field(default_factory=dict)

    def read(self, effect: ReadPage, deliver: Deliver) -> None:
        """Call `deliver` with the page, later and never within this call."""
        if effect.before is not None:
            page = self.feeds.page_before(effect.room, effect.before, effect.limit, said=effect.said)
            if page is not None:
                self.loop.call_soon(deliver, effect.tag, page)
                return
            if effect.said:
                if (waiting := self._waiting.get(effect.room)) is not None:
                    waiting.append((effect, deliver))
                    return
                self._waiting[effect.room] = []
        self.spawn(self._from_store(effect, deliver))

    async def present_page(self, effect: ReadPresent) -> PresentPage | None:
        """Return a page in present form, as of no earlier than the events that were shown before."""
        page = await self.log.present_page(effect)
        return page if page is None else self._brought_up_to_date(effect.room, effect.user, page)

    async def pins(self, room: int, user: int) -> PresentPage | None:
        """Return the pinned messages of a room, as of no earlier than the events that were shown before."""
        page = await self.log.pins(room, user)
        return page if page is None else self._brought_up_to_date(room, user, page)

    async def changes(self, effect: ReadChanges) -> ChangedPage | None:
        """Return messages that were changed after a seq, as of no earlier than the events that were shown before."""
        page = await self.log.changes(effect)
        return page if page is None else self._brought_up_to_date(effect.room, effect.user, page)

    def _brought_up_to_date(self, room: int, user: int, page: P) -> P:
        """Apply the events that came since the store was read: some of them may have been written to the client."""
        events = self.feeds.events_after(room, page.upto)
        if not events:
            return page
        items = {item.event.seq: item for item in page.items}
        for event in events:
            apply_to_shown(items, event, user)
        return replace(page, upto=events[-1].seq)

    def read_folded(self, effect: ReadFolded, deliver: DeliverFolded) -> None:
        """Call `deliver` with the folded page, later and never within this call."""
        if effect.before is not None:
            items = self.feeds.folded_before(effect.room, effect.before, effect.limit)
            if items is not None:
                self.loop.call_soon(deliver, effect.tag, items)
                return
        self.spawn(self._folded_from_store(effect, deliver))

    async def _folded_from_store(self, effect: ReadFolded, deliver: DeliverFolded) -> None:
        deliver(effect.tag, await self.log.folded_page(effect))

    async def _from_store(self, effect: ReadPage, deliver: Deliver) -> None:
        try:
            page = await self.log.page(effect)
            deliver(effect.tag, page)
            # This has to be after `deliver`: the client may be the room's first reader, and the room has a tail only
            # once it reads.
            if page is not None and effect.said and effect.before is not None:
                self.feeds.learn_said(effect.room, effect.before, page, effect.limit)
        finally:
            if effect.said and effect.before is not None:
                for each in self._waiting.pop(effect.room):
                    self.read(*each)
