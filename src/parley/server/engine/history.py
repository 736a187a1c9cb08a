"""Pages of logs, from a tail in memory if it has them, otherwise from the store."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from msgspec.structs import replace

from parley.core.events import Event, RelatedEvent
from parley.core.folding import Item
from parley.core.forms import Message, Shown, apply_to_shown, is_listed
from parley.core.kinds import MESSAGE_KINDS
from parley.core.ports import Store
from parley.core.quotes import QuotedMessage, Quotes
from parley.core.refusals import Refusal, refuse
from parley.core.state import State
from parley.gateways.effects import (
    ChangedPage,
    PresentPage,
    ReadChanges,
    ReadFolded,
    ReadPage,
    ReadPins,
    ReadPresent,
    ReadReactors,
    ReadVersions,
)
from parley.gateways.history import NEWEST
from parley.server.protocols import RETRY_MS

from .read_lanes import ReadLanes
from .subscription import Feeds

Page = TypeVar("Page")
P = TypeVar("P", PresentPage, ChangedPage)

NEWEST_KEPT: Final = 40
"""This many of a room's newest messages are kept in present form for newcomers. They are shown fewer: those up to their
join.
"""

NEWEST_ROOMS: Final = 256
"""The newest messages of this many rooms are kept."""

READS_MOST: Final = 4
"""A page that is older than what memory has is read again, at most this many times in all."""

Deliver = Callable[[object, list[Event] | None], None]
"""Takes the tag of a `ReadPage` and the page, which is None if the store can't be read."""

DeliverFolded = Callable[[object, list[Item] | None], None]
"""Takes the tag of a `ReadFolded` and the page, which is None if the store can't be read."""


def _messages_at(store: Store, room: int, seq: int) -> list[Event]:
    """Return the message with this seq in a list; an empty list if there is none."""
    return [event for event in store.after(room, seq - 1, 1) if event.seq == seq and event.kind in MESSAGE_KINDS]


@dataclass(eq=False)
class LogReader:
    """Reads logs from the store, in the quick lane. Every method returns None if the store can't be read.

    Args:
        store: has the logs.
        lanes: the reading threads.
        state: the durable state.
        quotes: the messages that were answered last.

    Attributes:
        erasures: how often texts were erased.
    """

    store: Store
    lanes: ReadLanes
    state: State
    quotes: Quotes = field(default_factory=Quotes)
    erasures: int = 0

    def erased(self) -> None:
        """Call it when texts were erased in the store: pages that are being read now are read again."""
        self.erasures += 1

    async def after(self, room: int, seq: int, limit: int) -> list[Event] | None:
        """Return the first `limit` events of a room after a seq."""
        return await self.page(ReadPage(room, limit, after=seq))

    async def after_with_quotes(self, room: int, seq: int, limit: int) -> list[Event] | None:
        """Return the first `limit` events of a room after a seq, and hold the quotes of the messages they answer."""
        events = await self.after(room, seq, limit)
        await self._hold_quotes(room, events or ())
        return events

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
            erasures = self.erasures
            page = await self.lanes.quick(read)
            if erasures == self.erasures:
                return page

    async def messages(self, room: int, seqs: Sequence[int]) -> list[Message | None] | None:
        """Return the present forms of messages of a room; None for a seq that has no message."""
        return await self._unerased(partial(self.store.messages, room, seqs))

    async def present_page(self, effect: ReadPresent) -> PresentPage | None:
        """Return the requested page in present form."""
        if effect.fold:
            where = {"before": effect.before, "after": effect.after}
            read = partial(self.store.shown_folded, effect.room, effect.user, effect.limit, **where)
            folded = await self._unerased(read)
            if folded is None:
                return None
            items, runs, first, last, upto = folded
            return PresentPage(items, first, last, upto, runs)
        found = await self._unerased(partial(_read_present, self.store, effect))
        if found is None:
            return None
        if effect.quotes:
            await self._hold_quotes(effect.room, [item.event for item in found[0]])
        return PresentPage(*found)

    async def pins(self, effect: ReadPins) -> PresentPage | None:
        """Return the pinned messages of a room."""
        found = await self._unerased(partial(self.store.pinned, effect.room, effect.user))
        if found is None:
            return None
        if effect.quotes:
            await self._hold_quotes(effect.room, [item.event for item in found[0]])
        return PresentPage(found[0], 0, 0, found[1])

    async def _hold_quotes(self, room: int, events: Iterable[Event]) -> None:
        """Hold the quotes of the messages that events answer."""
        seqs = {
            seq
            for event in events
            if isinstance(event, RelatedEvent) and event.kind in MESSAGE_KINDS
            for seq in (event.target, event.reply)
            if seq and self.quotes.find(room, seq) is None
        }
        for message in (await self.messages(room, sorted(seqs)) or ()) if seqs else ():
            if message is not None:
                self.quotes.put(room, message.seq, QuotedMessage.of(message))

    async def changes(self, effect: ReadChanges) -> ChangedPage | None:
        """Return messages that were changed after a seq."""
        read = partial(self.store.changed, effect.room, effect.user, effect.after, effect.floor, effect.limit)
        found = await self._unerased(read)
        if found is None:
            return None
        items, erased, upto = found
        return ChangedPage(items, [item.form.as_of for item in items if item.form is not None], erased, upto)

    async def message(self, room: int, user: int, seq: int) -> PresentPage | None:
        """Return a page in present form that has this message only; nothing if there is no such message."""
        return await self._unerased(partial(self._message, room, user, seq))

    def _message(self, room: int, user: int, seq: int) -> PresentPage:
        for event in _messages_at(self.store, room, seq):
            thread = event.thread if isinstance(event, RelatedEvent) and not event.also else 0
            return PresentPage(*self.store.shown(room, user, 1, after=seq - 1, thread=thread))
        return PresentPage(*self.store.shown(room, user, 1, before=1))

    async def versions(self, effect: ReadVersions) -> list[Event] | None:
        """Return a message and its edits, oldest first."""
        return await self._unerased(partial(self.store.versions, effect.room, effect.seq, effect.before, effect.limit))

    async def reactors(self, effect: ReadReactors) -> list[tuple[int, int]] | Refusal:
        """Return users who react to a message, and the seqs of their reactions; or `not_read` or `message_unknown`."""
        found = await self._unerased(partial(self._reactors, effect))
        return refuse("not_read", RETRY_MS) if found is None else found

    def _reactors(self, effect: ReadReactors) -> list[tuple[int, int]] | Refusal:
        if not _messages_at(self.store, effect.room, effect.seq):
            return refuse("message_unknown")
        return self.store.reactors(effect.room, effect.seq, effect.emoji, effect.after, effect.limit)

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
    # The newest messages of rooms in present form, each with `erasures` at that time, and the rooms of which they are
    # being read.
    _newest: dict[int, tuple[PresentPage, int]] = field(default_factory=dict)
    _newest_reads: dict[int, asyncio.Future[None]] = field(default_factory=dict)

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
        # The kept messages do not tell whose reactions are the reader's, so they are only for clients that show text.
        is_newest = (
            effect.said and effect.quotes and effect.before and not effect.thread and 2 * effect.limit <= NEWEST_KEPT
        )
        return await (self._newest_page(effect) if is_newest else self._present_page(effect))

    async def _present_page(self, effect: ReadPresent) -> PresentPage | None:
        return await self._brought_up_to_date(effect.room, effect.user, partial(self.log.present_page, effect))

    async def pins(self, effect: ReadPins) -> PresentPage | None:
        """Return the pinned messages of a room, as of no earlier than the events that were shown before."""
        return await self._brought_up_to_date(effect.room, effect.user, partial(self.log.pins, effect))

    async def message(self, room: int, user: int, seq: int) -> PresentPage | None:
        """Return a page with one message, as of no earlier than the events that were shown before."""
        return await self._brought_up_to_date(room, user, partial(self.log.message, room, user, seq))

    async def changes(self, effect: ReadChanges) -> ChangedPage | None:
        """Return messages that were changed after a seq, as of no earlier than the events that were shown before."""
        return await self._brought_up_to_date(effect.room, effect.user, partial(self.log.changes, effect))

    async def _brought_up_to_date(self, room: int, user: int, read: Callable[[], Awaitable[P | None]]) -> P | None:
        """Read a page, and apply the events that came meanwhile: some of them may have been written to the client. If
        memory does not have them all, the page is read again.
        """
        for _ in range(READS_MOST):
            page = await read()
            if page is None:
                return None
            events = self.feeds.events_after(room, page.upto)
            if events is not None:
                return self._with_events(page, events, user)
        return None

    def _with_events(self, page: P, events: list[Event], user: int) -> P:
        """Return a page as it is after further events."""
        if not events:
            return page
        items = {item.event.seq: item for item in page.items}
        for event in events:
            apply_to_shown(items, event, user)
            if isinstance(event, RelatedEvent):
                self.log.quotes.apply(event)
        return replace(page, upto=events[-1].seq)

    async def _newest_page(self, effect: ReadPresent) -> PresentPage | None:
        """Return a room's newest messages. When many users join at once, only the first request reads the store."""
        room = effect.room
        while (reading := self._newest_reads.get(room)) is not None:
            await reading
        page = self._kept_page(room)
        if page is None:
            reading = self._newest_reads[room] = self.loop.create_future()
            try:
                # Without an upper limit: a page that ends before the store's tip would lack the messages after it.
                newest = replace(effect, user=0, limit=NEWEST_KEPT, before=NEWEST)
                page = await self.log.present_page(newest)
            finally:
                del self._newest_reads[room]
                reading.set_result(None)
            events = self.feeds.events_after(room, page.upto) if page is not None else None
            page = self._with_newer(page, events) if page is not None and events is not None else None
        self._newest.pop(room, None)
        if page is None:
            return await self._present_page(effect)
        self._newest[room] = page, self.log.erasures
        if len(self._newest) > NEWEST_ROOMS:
            del self._newest[next(iter(self._newest))]
        if effect.before <= page.first:
            return await self._present_page(effect)
        items = [item for item in page.items if item.event.seq < effect.before][-effect.limit :]
        return PresentPage(items, page.first, page.last, page.upto)

    def _kept_page(self, room: int) -> PresentPage | None:
        """Return the newest messages as they are now; None if they have to be read."""
        page, erasures = self._newest.get(room, (None, 0))
        if page is None or erasures != self.log.erasures:
            return None
        events = self.feeds.events_after(room, page.upto)
        if events is None or page.upto + len(events) != self.log.state.rooms[room].tip:
            return None
        return self._with_newer(page, events)

    def _with_newer(self, page: PresentPage, events: list[Event]) -> PresentPage:
        """Return a page of the newest messages with the messages and changes of all events after it."""
        said = [Shown(event) for event in events if event.kind in MESSAGE_KINDS and is_listed(event)]
        page = PresentPage(page.items + said, page.first, page.last, page.upto)
        page = self._with_events(page, events, 0)
        kept = page.items[-NEWEST_KEPT:]
        first = kept[0].event.seq if len(kept) < len(page.items) else page.first
        return PresentPage(kept, first, page.upto, page.upto)

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


def _read_present(store: Store, effect: ReadPresent) -> tuple[list[Shown], int, int, int]:
    """Read a page in present form. One call of the store looks at a bounded number of events: if only messages are
    wanted and there are too few among these, go on from the next older message.
    """

    def shown(limit: int, before: int) -> tuple[list[Shown], int, int, int]:
        where = {"before": before, "after": effect.after, "thread": effect.thread}
        return store.shown(effect.room, effect.user, limit, said=effect.said, **where)

    items, first, last, upto = shown(effect.limit, effect.before)
    while effect.said and effect.before and len(items) < effect.limit and first > 1:
        older = store.before(effect.room, first, 1, said=True)
        if not older:
            return items, 1, last, upto
        found, first, _, as_of = shown(effect.limit - len(items), older[0].seq + 1)
        items, upto = found + items, min(upto, as_of)
    return items, first, last, upto
