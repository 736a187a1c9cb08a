"""The present forms of the messages that commands name: read before the command is decided, and kept up to date."""

import logging
from collections.abc import Awaitable, Callable, Container, Iterable, Sequence
from typing import Final
from weakref import WeakValueDictionary

from msgspec import Struct

from parley.core.commands import Command, Erase, EraseMany, named_messages
from parley.core.events import RelatedEvent
from parley.core.forms import Message, changed_by
from parley.core.ports import Place
from parley.core.records import PutForm

log = logging.getLogger("parley")

SEQ_MOST: Final = 2**53
"""No event has a larger seq."""

RECENT_FORMS: Final = 512
"""This many forms stay in memory after they were used."""

RECENT_REACTIONS: Final = 100_000
"""The forms that stay in memory have at most about this many reactions together."""

Forms = tuple[Message | None, ...]

ReadForms = Callable[[int, Sequence[int]], Awaitable[list[Message | None] | None]]
"""Called as (room, seqs). Returns the forms as of a commit that is not older than the call; None if the store can't be
read.
"""

Deliver = Callable[[Forms | None], None]


class _Request(Struct):
    """Forms that a command waits for. With `roots`, also those of the threads that the messages are in."""

    room: int
    seqs: tuple[int, ...]
    roots: bool
    deliver: Deliver


class HeldForms:
    """Holds forms while commands wait or are decided, and for a while after that.

    A form is read from the store. The events that were decided and are not in the store yet are applied to it, and so
    is every event that is decided while it is held. So a rule sees the message as of the event before the one that it
    decides.

    One read of the store is under way at a time; what is requested meanwhile is read together.

    Args:
        read: reads forms from the store.
        spawn: runs a coroutine in the background.
        recall: returns the durable form of a message from memory; None if it is not there.
    """

    def __init__(
        self,
        read: ReadForms,
        spawn: Callable[[Awaitable[None]], object],
        recall: Callable[[int, int], Message | None] = lambda room, seq: None,
    ) -> None:
        self._read = read
        self._recall = recall
        self._spawn = spawn
        self._held: WeakValueDictionary[Place, Message] = WeakValueDictionary()
        self._recent: dict[Place, Message] = {}
        self._reactions = 0  # of the messages in `_recent`
        self._requests: list[_Request] = []
        self._reading = False
        # The decided events that may not be in the store yet, and those since the read that is under way has begun.
        self._undurable: list[RelatedEvent] = []
        self._since: list[RelatedEvent] = []
        self._failures = 0

    def find(self, command: Command, deliver: Deliver) -> None:
        """Call `deliver` with the forms that decide a command: those of its `named_messages`, and, if it erases
        messages of threads, those of the roots. The forms are current as long as somebody refers to them. `deliver` is
        called within this call if the forms are held, else later; with None if the store can't be read.
        """
        room = getattr(command, "room", 0)
        # A client may name any number, and the store takes only those of 64 bits.
        seqs = [seq if 0 < seq <= SEQ_MOST and 0 < room <= SEQ_MOST else 0 for seq in named_messages(command)]
        erases = type(command) in (Erase, EraseMany)
        request = _Request(room, tuple(seqs), erases, deliver)
        if (found := self._at_hand(request)) is not None:
            deliver(found)
            return
        self._requests.append(request)
        if not self._reading:
            self._reading = True
            self._spawn(self._read_requested())

    def apply(self, events: Iterable[RelatedEvent]) -> list[PutForm]:
        """Apply decided events to the held forms. Return the records that store the forms that changed."""
        records = []
        for event in events:
            self._undurable.append(event)
            if self._reading:
                self._since.append(event)
            for seq in changed_by(event):
                # The command that caused the event still refers to the forms that it changes.
                message = self._held[event.room, seq]
                reactions = _reactions(message)
                message.apply_any(event)
                if (event.room, seq) in self._recent:
                    self._reactions += _reactions(message) - reactions
                records.append(message.form())
        return records

    def durable(self) -> None:
        """Call it when all events that were applied are durable."""
        self._undurable.clear()

    def revert(self) -> None:
        """Call it when no form that is held is current: a commit has failed, or a deleted account's messages were
        erased. Commands have to find theirs again.
        """
        self._held.clear()
        self._recent.clear()
        self._undurable.clear()
        self._reactions = 0
        self._failures += 1

    def _at_hand(self, request: _Request, missing: Container[Place] = ()) -> Forms | None:
        """Return what a request asks for, if it is held. `missing` are places without a message."""
        found: list[Message | None] = []
        for seq in request.seqs:
            message = self._get(request.room, seq)
            if seq and message is None and (request.room, seq) not in missing:
                return None
            found.append(message)
        for seq in _roots(found) if request.roots else ():
            root = self._get(request.room, seq)
            if root is None:
                return None
            found.append(root)
        return tuple(found)

    def _get(self, room: int, seq: int) -> Message | None:
        """Return a form that is held or in memory."""
        message = self._held.get((room, seq))
        if message is None and seq and (message := self._recall(room, seq)) is not None:
            message = self._hold(message, self._undurable)
        return message

    async def _read_requested(self) -> None:
        try:
            while self._requests:
                requests, self._requests = self._requests, []
                await self._read_for(requests)
        finally:
            self._reading = False

    async def _read_for(self, requests: list[_Request]) -> None:
        """Read what is wanted, and deliver it. A request whose root is not held yet is read for again."""
        wanted: dict[int, set[int]] = {}
        for request in requests:
            seqs = wanted.setdefault(request.room, set())
            for seq in request.seqs:
                message = self._held.get((request.room, seq))
                if seq and message is None:
                    seqs.add(seq)
                elif message is not None and request.roots and message.thread:
                    seqs.add(message.thread)
        failures = self._failures
        self._since = list(self._undurable)
        held: list[Message] = []  # keeps the messages until they are delivered
        missing: set[Place] = set()
        failed: set[int] = set()
        for room, seqs in wanted.items():
            try:
                read = await self._read(room, sorted(seqs))
            except Exception:
                # The commands must not wait for ever: a server that stops would wait with them.
                log.exception("messages can't be read")
                read = None
            if failures != self._failures:
                break
            if read is None:
                failed.add(room)
                continue
            for seq, message in zip(sorted(seqs), read, strict=True):
                if message is None:
                    missing.add((room, seq))
                else:
                    held.append(self._hold(message, self._since))
        for request in requests:
            if request.room in failed:
                request.deliver(None)
            elif failures == self._failures and (found := self._at_hand(request, missing)) is not None:
                request.deliver(found)
            else:
                self._requests.append(request)

    def _hold(self, message: Message, since: list[RelatedEvent]) -> Message:
        """Hold a form, with those of the events `since` that it lacks."""
        place = (message.room, message.seq)
        if (held := self._held.get(place)) is not None:
            return held
        for event in since:
            if event.room == message.room and message.seq in changed_by(event):
                message.apply_any(event)
        self._held[place] = self._recent[place] = message
        self._reactions += _reactions(message)
        while len(self._recent) > RECENT_FORMS or (self._reactions > RECENT_REACTIONS and len(self._recent) > 1):
            self._reactions -= _reactions(self._recent.pop(next(iter(self._recent))))
        if not self._recent:
            self._reactions = 0
        return message


def _roots(messages: Iterable[Message | None]) -> list[int]:
    """Return the seqs of the roots of the threads that the messages are in."""
    return list(dict.fromkeys(message.thread for message in messages if message is not None and message.thread))


def _reactions(message: Message) -> int:
    return sum(map(len, message.reactions.values()))
