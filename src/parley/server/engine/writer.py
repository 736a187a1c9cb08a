"""The writer: commands in, one durable commit after another out."""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

from msgspec import Struct

from parley.core.commands import Command, SignIn
from parley.core.decision import Decision, Outcome, Repeated
from parley.core.events import Event
from parley.core.ports import Batch, CrashPoint, Keyed, KeysTaken, Place, Store, StoreError, no_crash
from parley.core.records import PutKey, Record
from parley.core.refusals import Refusal, refuse
from parley.core.rules import OPEN, Policy, decide, nobody

log = logging.getLogger("parley.writer")

BATCH_COMMANDS: Final = 2_000
RECENT_KEYS: Final = 50_000
RETRY_MS: Final = 1_000

LINGERING: Final = frozenset((SignIn,))
"""Commands of which a crowd may come, and nobody notices a moment more: their passwords took longer."""

LINGER_SECONDS: Final = 0.01
"""So long they wait for a commit to be part of: one of their own would hold up what is said meanwhile. They keep their
place among what comes.
"""


class Submitter(Protocol):
    """Who submits commands."""

    def decided(self, tag: object, outcome: Outcome) -> None: ...


class RecentKeys:
    """Where the messages are whose keys were stored last: at least `RECENT_KEYS`, and at most twice as many and one
    batch.
    """

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


class _Entry(Struct, gc=False):
    command: Command
    submitter: Submitter
    tag: object


class _Commit(Struct):
    """The commands of one commit, and what each will be told if it succeeds.

    Attributes:
        keys: where the messages that have one will be.
        doubted: refused messages, by their place in `entries`, whose key may have been stored before.
        echoes: messages that repeat the key of another one of this turn.
    """

    entries: list[_Entry]
    outcomes: list[Outcome]
    batch: Batch
    keys: dict[Keyed, Place]
    maybe_stored: dict[int, Keyed]
    duplicates: set[int]


class Writer:
    """Decides commands in the order in which they come, and stores what they come to, many in one commit.

    Two states are folded from the same events: `durable`, which holds what is on disk and is what everybody looks at,
    and one ahead of it, in which commands are decided. When a commit fails, the one ahead goes back to the durable one,
    and nobody has seen anything.

    While a commit runs, in a thread of its own, the next batch gathers.

    Args:
        loop: the event loop that every method is called from.
        store: where events are stored.
        committed: called with what each commit stored when it is durable and in `durable`, before anyone is told.
        told: called when those who asked have been told, whatever came of it.
        settled: called with the same after that.
        policy: what the server's owner has configured.
        online: tells who is connected.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        store: Store,
        *,
        committed: Callable[[Batch], None],
        told: Callable[[], None],
        settled: Callable[[Batch], None],
        crash: CrashPoint = no_crash,
        policy: Policy = OPEN,
        online: Callable[[int], bool] = nobody,
    ) -> None:
        self.durable: Final = store.load()
        self.failing: str | None = None
        self.policy: Final = policy
        self._ahead: Final = self.durable.copy()
        self._loop = loop
        self._store = store
        self._committed = committed
        self._told = told
        self._settled = settled
        self._crash = crash
        self._online = online
        self._queue: list[_Entry] = []
        self._scheduled_now = False  # whether somebody in the queue wants no company
        self._linger: asyncio.TimerHandle | None = None
        self._running = False
        self._scheduled = False
        self._stopping = False
        self._idle: asyncio.Future[None] | None = None
        self._recent = RecentKeys()
        self._work: queue.SimpleQueue[_Commit | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._store_turns, name="parley-store", daemon=True)
        self._thread.start()

    def submit(self, command: Command, submitter: Submitter, tag: object = None) -> None:
        """Have `command` decided; `asker.decided` is called once, never from within this call."""
        self._queue.append(_Entry(command, submitter, tag))
        if self._scheduled_now and (self._running or self._scheduled):
            return
        if type(command) not in LINGERING:
            self._schedule()
        elif self._linger is None:
            self._linger = self._loop.call_later(LINGER_SECONDS, self._schedule)

    def _schedule(self) -> None:
        self._scheduled_now = True
        if not self._scheduled and not self._running:
            # At the end of this turn of the loop: what other connections say in the same turn goes into
            # the same commit.
            self._scheduled = True
            self._loop.call_soon(self._begin)

    async def stop(self) -> None:
        """Store what is submitted and release everybody, then end the storage thread. Commands that come
        later are refused.
        """
        while self._queue or self._running:
            self._idle = self._loop.create_future()
            await self._idle
        self._stopping = True
        self._work.put(None)
        await self._loop.run_in_executor(None, self._thread.join)

    # One turn

    def _begin(self) -> None:
        self._scheduled = False
        while self._queue and self._scheduled_now and not self._running:
            entries, self._queue = self._queue[:BATCH_COMMANDS], self._queue[BATCH_COMMANDS:]
            self._scheduled_now = bool(self._queue)
            if self._linger is not None:
                self._linger.cancel()
                self._linger = None
            if self._stopping:
                self._release(entries, [refuse("stopping", RETRY_MS)] * len(entries))
                continue
            turn = self._decide(entries)
            batch = turn.batch
            if batch.events or batch.records or batch.maybe_stored:
                self._running = True
                self._crash("writer: before the store")
                self._work.put(turn)
            else:
                # Not at once: the commit that has just ended may not have been told yet, and these come after it.
                self._loop.call_soon(self._release, turn.entries, turn.outcomes)
        if not self._running and self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    def _decide(self, entries: list[_Entry]) -> _Commit:
        state, recent = self._ahead, self._recent
        at = time.time_ns() // 1_000_000
        events: list[Event] = []
        outcomes: list[Outcome] = []
        records: list[Record] = []
        keys: dict[Keyed, Place] = {}
        maybe_stored: dict[int, Keyed] = {}
        duplicates: set[int] = set()
        for index, entry in enumerate(entries):
            command = entry.command
            keyed = None
            if command.key is not None and (actor := command.actor):
                keyed = (actor, command.key)
                place = recent.find(keyed)
                if place is None and (place := keys.get(keyed)) is not None:
                    duplicates.add(index)
                if place is not None:
                    outcomes.append(Repeated(*place))
                    continue
            try:
                decision = decide(state, command, at, self.policy, self._online)
            except Exception:
                log.exception("a command could not be decided")
                decision = refuse("failed")
            if isinstance(decision, Refusal):
                # A message that would be refused now may have been stored long ago: the key knows.
                if keyed is not None:
                    maybe_stored[index] = keyed
                outcomes.append(decision)
                continue
            state.apply_all(decision.events)
            events += decision.events
            if decision.records:
                records += decision.records
            if keyed is not None:
                last = decision.events[-1] if decision.events else None
                keys[keyed] = place = (0, 0) if last is None else (last.room, last.seq)
                if last is None or last.key is None:
                    records.append(PutKey(*keyed, *place))
            outcomes.append(decision)
        return _Commit(
            entries, outcomes, Batch(events, records, list(maybe_stored.values())), keys, maybe_stored, duplicates
        )

    def _store_turns(self) -> None:
        """The storage thread."""
        while (turn := self._work.get()) is not None:
            result: dict[Keyed, Place] | Exception
            try:
                result = self._store.append(turn.batch)
            except Exception as error:
                result = error
            self._loop.call_soon_threadsafe(self._end, turn, result)
            self._store.tidy()

    def _end(self, turn: _Commit, result: dict[Keyed, Place] | Exception) -> None:
        self._running = False
        if isinstance(result, Exception):
            self._undo(turn, result)
            self._begin()
            return
        self._crash("writer: stored, nobody told")
        batch = turn.batch
        if self.failing is not None and (batch.events or batch.records):
            log.warning("the disk can be written again")
            self.failing = None
        self.durable.apply_all(batch.events)
        self._recent.add(turn.keys)
        for index, keyed in turn.maybe_stored.items():
            if keyed in result:
                turn.outcomes[index] = Repeated(*result[keyed])
        # The disk works on the next batch while the loop tells of this one.
        self._begin()
        self._committed(batch)
        self._release(turn.entries, turn.outcomes)
        self._crash("writer: senders told, readers not")
        self._settled(batch)
        self._crash("writer: everyone told")

    def _undo(self, turn: _Commit, error: Exception) -> None:
        self._ahead.revert(self.durable, turn.batch.events)
        if isinstance(error, KeysTaken):
            self._recent.add(error.places)
            self._queue[:0] = turn.entries
            self._scheduled_now = True
            return
        if not isinstance(error, StoreError):
            log.error("the store failed in a way nobody foresaw", exc_info=error)
        elif self.failing is None:
            log.error("the disk can't be written: %s. Messages are refused until it can", error)
        self.failing = str(error)
        refusal = refuse("not_stored", RETRY_MS)
        undecided = turn.maybe_stored.keys() | turn.duplicates
        outcomes = [
            refusal if type(outcome) is Decision or index in undecided else outcome
            for index, outcome in enumerate(turn.outcomes)
        ]
        self._release(turn.entries, outcomes)

    def _release(self, entries: list[_Entry], outcomes: list[Outcome]) -> None:
        for entry, outcome in zip(entries, outcomes, strict=True):
            try:
                entry.submitter.decided(entry.tag, outcome)
            except Exception:
                # A mistake in one conversation keeps no answer from the others.
                log.exception("an answer could not be given")
        self._told()
