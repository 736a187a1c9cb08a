"""The writer: decides commands, and stores the decisions in one durable commit after another."""

import asyncio
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from msgspec import Struct

from parley.core.commands import Command, DeleteAccount, Edit, Erase, EraseMany, Pin, React, Reply, SetTitle, SignIn
from parley.core.decision import Decision, Outcome, Repeated
from parley.core.events import Event
from parley.core.forms import Message
from parley.core.ports import Batch, CrashPoint, Keyed, KeysTaken, Place, Store, StoreError, no_crash
from parley.core.quotes import QuotedMessage
from parley.core.read_marks import RoomReadMarks
from parley.core.records import PutKey, Record
from parley.core.refusals import Refusal, refuse
from parley.core.repetition import is_repetition
from parley.core.rules import OPEN, Policy, decide, nobody
from parley.core.salts import put_salts
from parley.core.state import State
from parley.server.protocols import RETRY_MS, Client, Submitter

from .forms import Forms, HeldForms
from .isolation import isolated
from .projection import Projection

log = logging.getLogger("parley.writer")

BATCH_COMMANDS: Final = 2_000
RECENT_KEYS: Final = 50_000

LINGERING: Final = frozenset((SignIn,))
"""Commands that may wait for others, to share a commit with them. The check of the password before took longer than
this wait.
"""

LINGER_SECONDS: Final = 0.01
"""How long these commands wait. Without the wait, a commit for each of many sign-ins would delay messages. The order of
commands stays the same.
"""


IDLE_SECONDS: Final = 0.1
"""The storage thread is idle when no commit has followed the last one for this long."""


async def _no_forms(room: int, seqs: Sequence[int]) -> list[Message | None] | None:
    """Find no form: for a server that has no store to read from."""
    return [None] * len(seqs)


class RecentKeys:
    """The places of the newest stored keys: at least `RECENT_KEYS`, at most twice as many and one batch."""

    def __init__(self) -> None:
        self._new: dict[Keyed, Place] = {}
        self._old: dict[Keyed, Place] = {}

    def find(self, keyed: Keyed) -> Place | None:
        return self._new.get(keyed) or self._old.get(keyed)

    def add(self, places: dict[Keyed, Place]) -> None:
        self._new.update(places)
        if len(self._new) > RECENT_KEYS:
            self._new, self._old = {}, self._new

    def __len__(self) -> int:
        return len(self._new) + len(self._old)


NAMING_MESSAGES: Final = frozenset((Reply, Edit, Erase, EraseMany, React, Pin, SetTitle))
"""Commands that are decided by the present forms of messages; see `named_messages`."""


class _Entry(Struct, gc=False):
    """A submitted command.

    Attributes:
        forms: those of its `named_messages`; None if they could not be read.
        ready: whether the forms were found.
    """

    command: Command
    submitter: Submitter
    tag: object
    forms: Forms | None = ()
    ready: bool = True


class _Commit(Struct):
    """The commands of one commit, and the outcome of each if the commit succeeds.

    Attributes:
        keys: the places of the keys that the commit stores.
        maybe_stored: by index in `entries`, the keys of refused commands that may have been stored before.
        duplicates: the indexes of commands that repeat the key of another command of this commit.
        repeated: by index, the places of the keys of commands that were stored before.
        stored: the events at those places, and the first ones of their logs; None if the store could not read them.
        erases: whether the last command deletes an account with its messages.
        recounted: the read marks of the rooms that had such messages, after the commit.
    """

    entries: list[_Entry]
    outcomes: list[Outcome]
    batch: Batch
    keys: dict[Keyed, Place]
    maybe_stored: dict[int, Keyed]
    duplicates: set[int]
    repeated: dict[int, Place]
    stored: dict[Place, Event] | None = None
    erases: bool = False
    recounted: dict[int, RoomReadMarks] = {}


class Writer:
    """Decides commands in the order in which they come, and stores the decisions, many in one commit.

    It decides on a state ahead of the durable one. When a commit fails, the state ahead is reverted to the durable one;
    nothing of it was shown to anybody. A commit runs in a separate thread. Meanwhile the commands of the next batch are
    collected.

    After a commit, the projection applies the batch, the submitters are answered, and the projection shows the batch.

    Args:
        loop: the event loop that every method is called from.
        store: the store.
        durable: the state as of the last commit; only the projection changes it.
        projection: brings state and clients up to date after each commit.
        crash: called at the crash points.
        policy: what the server's owner has configured.
        online: tells whether a user has a client.
        forms: the present forms of messages that commands name.

    Attributes:
        failing: why the last commit could not be stored; None while the disk works.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        store: Store,
        durable: State,
        projection: Projection,
        *,
        crash: CrashPoint = no_crash,
        policy: Policy = OPEN,
        online: Callable[[int], bool] = nobody,
        forms: HeldForms | None = None,
    ) -> None:
        self.durable: Final = durable
        self.failing: str | None = None
        self.policy: Final = policy
        self._ahead: Final = self.durable.copy()
        self._loop = loop
        self._store = store
        self.projection: Final = projection
        self._crash = crash
        self._online = online
        self._forms = HeldForms(_no_forms, asyncio.ensure_future) if forms is None else forms
        # The submitters of which a command waits for forms, each with that command and those that it submitted after
        # it: the commands of one submitter are decided in their order.
        self._held: dict[Submitter, deque[_Entry]] = {}
        self._queue: list[_Entry] = []
        self._answered: list[Client] = []
        self._urgent = False  # whether the queue has a command that must not wait for others
        self._linger: asyncio.TimerHandle | None = None
        self._running = False
        self._scheduled = False
        self._stopping = False
        self._idle: asyncio.Future[None] | None = None
        self._recent = RecentKeys()
        self._work: queue.SimpleQueue[_Commit | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._store_commits, name="parley-store", daemon=True)
        self._thread.start()

    def submit(self, command: Command, submitter: Submitter, tag: object = None) -> None:
        """See `parley.server.protocols.CommandWriter`."""
        if type(command) in NAMING_MESSAGES or (self._held and submitter in self._held):
            self._submit(_Entry(command, submitter, tag))
            return
        self._queue.append(_Entry(command, submitter, tag))
        if self._urgent and (self._running or self._scheduled):
            return
        if type(command) not in LINGERING:
            self._schedule()
        elif self._linger is None:
            self._linger = self._loop.call_later(LINGER_SECONDS, self._schedule)

    def _submit(self, entry: _Entry) -> None:
        """Submit a command that may have to wait for forms, or for another command that does."""
        waiting = self._held.setdefault(entry.submitter, deque())
        waiting.append(entry)
        if type(entry.command) in NAMING_MESSAGES:
            entry.ready = False
            self._forms.find(entry.command, partial(self._found, entry))
        else:
            self._release(entry.submitter)

    def _found(self, entry: _Entry, forms: Forms | None) -> None:
        entry.forms, entry.ready = forms, True
        self._release(entry.submitter)

    def _release(self, submitter: Submitter) -> None:
        """Queue a submitter's waiting commands, up to the first one whose forms are not found yet."""
        waiting = self._held.get(submitter)
        if waiting is None:
            return
        while waiting and waiting[0].ready:
            entry = waiting.popleft()
            if entry.forms is None:
                outcomes: list[Outcome] = [refuse("not_read", RETRY_MS)]
                self._loop.call_soon(self._answer, [entry], outcomes)
            else:
                self._queue.append(entry)
        if not waiting:
            del self._held[submitter]
        self._schedule()

    def flush_later(self, client: Client) -> None:
        """See `parley.server.protocols.CommandWriter`."""
        self._answered.append(client)

    def _schedule(self) -> None:
        self._urgent = True
        if not self._scheduled and not self._running:
            # Begin at the end of this turn of the event loop, so that commands of other connections in the same turn
            # share the commit.
            self._scheduled = True
            self._loop.call_soon(self._begin)

    async def stop(self) -> None:
        """Store and answer the submitted commands, then end the storage thread. Commands that come later are
        refused.
        """
        while self._queue or self._running or self._held:
            self._idle = self._loop.create_future()
            await self._idle
        self._stopping = True
        self._work.put(None)
        await self._loop.run_in_executor(None, self._thread.join)

    # One commit

    def _begin(self) -> None:
        self._scheduled = False
        while self._queue and self._urgent and not self._running:
            entries, self._queue = self._queue[:BATCH_COMMANDS], self._queue[BATCH_COMMANDS:]
            self._urgent = bool(self._queue)
            if self._linger is not None:
                self._linger.cancel()
                self._linger = None
            if self._stopping:
                self._answer(entries, [refuse("stopping", RETRY_MS)] * len(entries))
                continue
            commit = self._decide(entries)
            self._urgent = self._urgent or bool(self._queue)
            batch = commit.batch
            if batch.events or batch.records or batch.maybe_stored or commit.repeated:
                self._running = True
                self._crash("writer: before the store")
                self._work.put(commit)
            else:
                # Answer later, because the submitters of the commit that has just ended may not be answered yet.
                self._loop.call_soon(self._answer, commit.entries, commit.outcomes)
        if not self._running and not self._held and self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    def _decide(self, entries: list[_Entry]) -> _Commit:
        state, recent = self._ahead, self._recent
        at = time.time_ns() // 1_000_000
        events: list[Event] = []
        outcomes: list[Outcome] = []
        records: list[Record] = []
        quotes: list[tuple[int, int, QuotedMessage]] = []
        keys: dict[Keyed, Place] = {}
        maybe_stored: dict[int, Keyed] = {}
        duplicates: set[int] = set()
        repeated: dict[int, Place] = {}
        erases = False
        new: dict[Place, Event] = {}  # the events of this batch by place; filled when the first duplicate needs it
        for index, entry in enumerate(entries):
            command = entry.command
            keyed = None
            if command.key is not None and (actor := command.actor):
                keyed = (actor, command.key)
                if (place := recent.find(keyed)) is not None:
                    repeated[index] = place
                    outcomes.append(Repeated(*place))  # replaced when `_answer_repeated` knows the event stored there
                    continue
                if (place := keys.get(keyed)) is not None:
                    duplicates.add(index)
                    new.update(((event.room, event.seq), event) for event in events[len(new) :])
                    outcomes.append(self._repeat(command, place, new))
                    continue
            try:
                decision = decide(state, command, at, self.policy, self._online, entry.forms or ())
            except Exception:
                log.exception("a command could not be decided")
                decision = refuse("failed")
            if isinstance(decision, Refusal):
                # The command may have been accepted and stored earlier, so the store has to look for its key.
                if keyed is not None:
                    maybe_stored[index] = keyed
                outcomes.append(decision)
                continue
            state.apply_all(decision.events)
            events += decision.events
            if decision.records:
                records += decision.records
            if entry.forms:
                if type(command) is Reply:
                    quotes += [
                        (each.room, each.seq, QuotedMessage.of(each)) for each in entry.forms if each is not None
                    ]
                records += self._forms.apply(decision.events)  # type: ignore[arg-type]
            if keyed is not None:
                last = decision.events[-1] if decision.events else None
                keys[keyed] = place = (0, 0) if last is None else (last.room, last.seq)
                if last is None or last.key is None:
                    records.append(PutKey(*keyed, *place))
            outcomes.append(decision)
            if type(command) is DeleteAccount and command.erase:
                # What comes next has to find its forms again, after this commit: they show what it erases.
                self._queue[:0] = entries[index + 1 :]
                del entries[index + 1 :]
                erases = True
                break
        put_salts(events)
        return _Commit(
            entries,
            outcomes,
            Batch(events, records, list(maybe_stored.values()), quotes=quotes),
            keys,
            maybe_stored,
            duplicates,
            repeated,
            erases=erases,
        )

    def _repeat(self, command: Command, place: Place, stored: dict[Place, Event] | None) -> Outcome:
        """Return the outcome of a command whose key was stored before, with this place."""
        if stored is None:
            return refuse("not_read", RETRY_MS)
        if is_repetition(self._ahead, command, stored.get(place), stored.get((place[0], 1))):
            return Repeated(*place)
        return refuse("key_reused")

    def _store_commits(self) -> None:
        """Run the storage thread."""
        untidy = False
        while True:
            try:
                commit = self._work.get(timeout=IDLE_SECONDS if untidy else None)
            except queue.Empty:
                untidy = self._store.tidy(idle=True)
                continue
            if commit is None:
                return
            result: dict[Keyed, Place] | Exception
            places = list(commit.repeated.values())
            try:
                result = self._store.append(commit.batch)
                places += result.values()
            except Exception as error:
                result = error
            if commit.erases and not isinstance(result, Exception):
                try:
                    commit.recounted = self._store.recounted()
                except StoreError as error:
                    # The batch is durable. Unread counts in memory are too high until the next start.
                    log.error("the unread counts can't be read after an account was erased: %s", error)
            if places:
                # The stored events are read only when a key is repeated, so that comparing them costs other messages
                # nothing.
                try:
                    commit.stored = self._store.events_at([*places, *{(room, 1) for room, _ in places}])
                except StoreError as error:
                    log.error("a stored event can't be read: %s", error)
            self._loop.call_soon_threadsafe(self._end, commit, result)
            untidy = self._store.tidy()

    def _end(self, commit: _Commit, result: dict[Keyed, Place] | Exception) -> None:
        self._running = False
        if isinstance(result, Exception):
            self._undo(commit, result)
            self._begin()
            return
        self._crash("writer: stored, nobody told")
        batch = commit.batch
        self._forms.durable()
        if self.failing is not None and (batch.events or batch.records):
            log.warning("the disk can be written again")
            self.failing = None
        self._recent.add(commit.keys)
        for index, keyed in commit.maybe_stored.items():
            if keyed in result:
                commit.repeated[index] = result[keyed]
        self._answer_repeated(commit)
        try:
            # Start the next commit first: the disk works on it while the loop applies, answers and shows this one.
            if not commit.erases:
                self._begin()
        finally:
            applied = self.projection.apply(batch, commit.recounted)
            self._answer(commit.entries, commit.outcomes)
            self._crash("writer: senders told, readers not")
            self.projection.show(applied)
            self._crash("writer: everyone told")
        if commit.erases:
            # Only now nothing in memory has the erased texts.
            self.projection.finish()
            self._submit_again([])
            self._begin()

    def _answer_repeated(self, commit: _Commit) -> None:
        for index, place in commit.repeated.items():
            commit.outcomes[index] = self._repeat(commit.entries[index].command, place, commit.stored)

    def _undo(self, commit: _Commit, error: Exception) -> None:
        self._ahead.revert(self.durable, commit.batch.events)
        if isinstance(error, KeysTaken):
            # Decide the commands again, now that the places of the repeated keys are known.
            self._recent.add(error.places)
            self._submit_again(commit.entries)
            return
        self._submit_again([])
        if not isinstance(error, StoreError):
            log.error("the store failed unexpectedly", exc_info=error)
        elif self.failing is None:
            log.error("the disk can't be written: %s. Messages are refused until it can", error)
        self.failing = str(error)
        self._answer_repeated(commit)
        refusal = refuse("not_stored", RETRY_MS)
        undecided = commit.maybe_stored.keys() | commit.duplicates
        outcomes = [
            refusal if type(outcome) is Decision or index in undecided else outcome
            for index, outcome in enumerate(commit.outcomes)
        ]
        self._answer(commit.entries, outcomes)

    def _submit_again(self, entries: list[_Entry]) -> None:
        """Submit commands, and after them those that wait, once more: the forms that were found are not current."""
        self._forms.revert()
        entries = [*entries, *self._queue, *(entry for held in self._held.values() for entry in held)]
        self._queue, self._held = [], {}
        for entry in entries:
            self._submit(entry)

    def _answer(self, entries: list[_Entry], outcomes: list[Outcome]) -> None:
        for entry, outcome in zip(entries, outcomes, strict=True):
            try:
                entry.submitter.decided(entry.tag, outcome)
            except Exception:
                # An exception in one submitter must not keep the others from being answered.
                log.exception("an answer could not be given")
        answered, self._answered = self._answered, []
        for client in answered:
            with isolated:
                client.flush()
