"""The present forms of the messages that commands name: read before the command is decided, and kept up to date."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final
from weakref import WeakValueDictionary

from parley.core.commands import Command, Erase, named_messages
from parley.core.events import RelatedEvent
from parley.core.forms import Message, changed_by
from parley.core.kinds import KINDS_OF_CHANGES
from parley.core.ports import Place
from parley.core.records import PutForm

RECENT_FORMS: Final = 512
"""This many forms stay in memory after they were used."""

RECENT_REACTIONS: Final = 100_000
"""The forms that stay in memory have at most about this many reactions together."""

Forms = tuple[Message | None, ...]

ReadForms = Callable[[int, Sequence[int]], Awaitable[list[Message | None] | None]]
"""Called as (room, seqs). Returns the forms as of a commit that is not older than the call; None if the store can't be
read.
"""


class HeldForms:
    """Holds forms while commands wait or are decided, and for a while after that.

    A form is read from the store. The events that were decided and are not in the store yet are applied to it, and so
    is every event that is decided while it is held. So a rule sees the message as of the event before the one that it
    decides.

    Args:
        read: reads forms from the store.
        spawn: runs a coroutine in the background.
    """

    def __init__(self, read: ReadForms, spawn: Callable[[Awaitable[None]], object]) -> None:
        self._read = read
        self._spawn = spawn
        self._held: WeakValueDictionary[Place, Message] = WeakValueDictionary()
        self._recent: dict[Place, Message] = {}
        self._reactions = 0
        # The decided events that may not be in the store yet, and those since the oldest read that is under way.
        self._undurable: list[RelatedEvent] = []
        self._since: list[RelatedEvent] = []
        self._reads = 0
        self._failures = 0

    def find(self, command: Command, deliver: Callable[[Forms | None], None]) -> None:
        """Call `deliver` with the forms that decide a command: those of its `named_messages`, and for `Erase` that of
        the thread's root. The forms are current as long as somebody refers to them. `deliver` is called within this
        call if the forms are held, else later; with None if the store can't be read.
        """
        room = getattr(command, "room", 0)
        seqs = named_messages(command)
        found = self._at_hand(room, seqs)
        if found is not None and type(command) is Erase and found[0] is not None and found[0].thread:
            root = self._at_hand(room, (found[0].thread,))
            found = None if root is None else (*found, *root)
        if found is not None:
            deliver(found)
        else:
            self._spawn(self._find(room, seqs, type(command) is Erase, deliver))

    def apply(self, events: Iterable[RelatedEvent]) -> list[PutForm]:
        """Apply decided events to the held forms. Return the records that store the forms that changed."""
        records = []
        for event in events:
            self._undurable.append(event)
            if self._reads:
                self._since.append(event)
            for seq in changed_by(event):
                # The command that caused the event still refers to the forms that it changes.
                message = self._held[event.room, seq]
                _apply(message, event)
                records.append(message.form())
        return records

    def durable(self) -> None:
        """Call it when all events that were applied are durable."""
        self._undurable.clear()

    def revert(self) -> None:
        """Call it when a commit has failed: no form that was held is current. Commands have to find theirs again."""
        self._held.clear()
        self._recent.clear()
        self._undurable.clear()
        self._since.clear()
        self._reactions = 0
        self._failures += 1

    def _at_hand(self, room: int, seqs: Sequence[int]) -> Forms | None:
        found = []
        for seq in seqs:
            message = self._held.get((room, seq)) if seq else None
            if seq and message is None:
                return None
            found.append(message)
        return tuple(found)

    async def _find(
        self, room: int, seqs: Sequence[int], with_root: bool, deliver: Callable[[Forms | None], None]
    ) -> None:
        found = await self._load(room, seqs)
        if found is not None and with_root and (message := found[0]) is not None and message.thread:
            roots = await self._load(room, (message.thread,))
            found = None if roots is None else (*found, *roots)
        deliver(found)

    async def _load(self, room: int, seqs: Sequence[int]) -> Forms | None:
        while True:
            failures = self._failures
            begin = len(self._since)
            before = list(self._undurable)
            self._reads += 1
            try:
                read = await self._read(room, [seq for seq in seqs if seq])
            finally:
                self._reads -= 1
            since = [*before, *self._since[begin:]]
            if not self._reads:
                self._since.clear()
            if failures == self._failures:
                break
        if read is None:
            return None
        messages = iter(read)
        return tuple(self._hold(next(messages), room, seq, since) if seq else None for seq in seqs)

    def _hold(self, message: Message | None, room: int, seq: int, since: list[RelatedEvent]) -> Message | None:
        if (held := self._held.get((room, seq))) is not None:
            return held
        if message is None:
            return None
        for event in since:
            if event.room == room and seq in changed_by(event):
                _apply(message, event)
        self._held[room, seq] = message
        self._recent[room, seq] = message
        self._reactions += sum(map(len, message.reactions.values()))
        while len(self._recent) > RECENT_FORMS or (self._reactions > RECENT_REACTIONS and len(self._recent) > 1):
            oldest = next(iter(self._recent))
            dropped = self._recent.pop(oldest)
            self._reactions -= sum(map(len, dropped.reactions.values()))
        return message


def _apply(message: Message, event: RelatedEvent) -> None:
    if event.kind in KINDS_OF_CHANGES and event.target == message.seq:
        message.apply(event)
    else:
        message.apply_to_thread(event)
