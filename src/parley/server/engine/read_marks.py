"""Stores read marks: the seqs up to which events were delivered to members and read by them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from parley.core.commands import Command, MoveReadMark
from parley.core.decision import Outcome
from parley.core.read_marks import ReadMarks
from parley.core.records import PutReadMark, Recount
from parley.core.refusals import Refusal, refuse
from parley.core.rendering import ReadMarkSignal
from parley.core.state import State
from parley.server.protocols import RETRY_MS, Client, Submitter

from .isolation import isolated

GATHER_SECONDS: Final = 0.1
"""Marks are collected for this time before they are stored, in one commit."""

TELL_SECONDS: Final = 0.25
"""A room's marks are collected for this time before a signal is sent to the room."""

READERS_PER_TURN: Final = 200
"""So many readers are told new counts before other work gets its turn."""

RETRY_SECONDS: Final = 1.0

Place = tuple[int, int]
"""A member: (user, room)."""


@dataclass(eq=False, kw_only=True)
class ReadMarkWriter:
    """Stores read marks, and reports them: to the user's own clients at once, to the room a little later.

    For each member, only one mark is being stored at a time, because the unread count of a mark is computed from the
    previous one.

    Args:
        loop: the event loop.
        state: the durable state.
        marks: the durable marks.
        submit: submits a command.
        count: counts the messages of others between two seqs, and those that mention the user. Called as (room, user,
            after, upto).
        connections: returns the connections of a user.
        send: sends a signal to a room's readers.
        spawn: runs a coroutine in the background.
        has_receipts: tells whether the members of a room see one another's marks.
        readers: returns the connections that read a room.
    """

    loop: asyncio.AbstractEventLoop
    state: State
    marks: ReadMarks
    submit: Callable[[Command, Submitter, object], None]
    count: Callable[[int, int, int, int], Awaitable[tuple[int, int] | None]]
    connections: Callable[[int], Iterable[Client]]
    send: Callable[[ReadMarkSignal], None]
    spawn: Callable[[Awaitable[None]], None]
    has_receipts: Callable[[int], bool]
    readers: Callable[[int], Sequence[Client]]

    def __post_init__(self) -> None:
        self._wanted: dict[Place, tuple[int, int]] = {}
        self._storing: set[Place] = set()
        self._stored: asyncio.Future[None] | None = None
        self._stopping = False
        self._timer: asyncio.TimerHandle | None = None
        self._moved: dict[int, set[int]] = {}
        self._recounted: dict[int, dict[int, int]] = {}
        self._waiting: dict[Place, list[tuple[int, asyncio.Future[Refusal | None]]]] = {}

    async def read(self, user: int, room: int, seq: int) -> Refusal | None:
        """Move a user's mark to the seq that they have read, at most to the tip. Return when that is on disk."""
        mark = self.marks.of(room, user)
        if mark is None:
            return refuse("room_not_joined")
        seq = min(seq, self.state.rooms[room].tip)
        if seq <= mark.read:
            return None
        future: asyncio.Future[Refusal | None] = self.loop.create_future()
        self._waiting.setdefault((user, room), []).append((seq, future))
        self.move(user, room, read=seq)
        return await future

    def move(self, user: int, room: int, *, delivered: int = 0, read: int = 0) -> None:
        """Move a user's mark with the next commit. Do nothing if they are not a member, or if the mark is there
        already.
        """
        mark = self.marks.of(room, user)
        if mark is None:
            return
        tip = self.state.rooms[room].tip
        read = min(read, tip)
        delivered = max(min(delivered, tip), read)
        before = self._wanted.get((user, room), (mark.delivered, mark.read))
        wanted = max(delivered, before[0]), max(read, before[1])
        if wanted != before:
            self._wanted[user, room] = wanted
            self._gather(GATHER_SECONDS)

    def moved(self, moved: PutReadMark) -> None:
        """Apply a read mark that is on disk, and report it."""
        before = self.marks.of(moved.room, moved.user)
        read = before.read if before is not None else 0
        mark = self.marks.move(moved)
        if mark is None:
            return
        if mark.read != read:
            for client in self.connections(moved.user):
                with isolated:
                    client.read_mark_moved(moved.room)
        if self.has_receipts(moved.room):
            if not self._moved:
                self.loop.call_later(TELL_SECONDS, self._tell_rooms)
            self._moved.setdefault(moved.room, set()).add(moved.user)

    def recounted(self, change: Recount) -> None:
        """Note that a message counts differently, for `report_recounts`."""
        newest = self._recounted.setdefault(change.room, {})
        newest[change.user] = max(change.seq, newest.get(change.user, 0))

    def report_recounts(self) -> None:
        """Report new counts to the readers of the rooms in which messages count differently."""
        if self._recounted:
            recounted, self._recounted = self._recounted, {}
            for room, newest in recounted.items():
                self._tell_readers(room, newest, list(self.readers(room)))

    def decided(self, tag: object, outcome: Outcome) -> None:
        """See `Submitter`. The tag is the member and the seqs that were submitted."""
        assert isinstance(tag, tuple)
        place, wanted = tag
        self._storing.discard(place)
        if isinstance(outcome, Refusal) and outcome.code == "changed":
            self._want(place, wanted)
            self._store()
            return
        self._settle(place, outcome if isinstance(outcome, Refusal) else None)
        if isinstance(outcome, Refusal) and outcome.retry_after is not None:
            self._try_again(place, wanted)
        elif place in self._wanted and self._stopping:
            self._store()
        elif place in self._wanted:
            self._gather(GATHER_SECONDS)
        if self._stopping and place not in self._storing:
            self._settle(place, refuse("stopping", RETRY_MS))
        self._wake()

    async def stop(self) -> None:
        """Store the collected marks, including those that wait until an earlier mark is stored. A mark that can't be
        stored is not retried.

        The writer has to be running until this returns.
        """
        self._stopping = True
        if self._timer is not None:
            self._timer.cancel()
        self._store()
        if self._storing:
            self._stored = self.loop.create_future()
            await self._stored

    def _wake(self) -> None:
        """Let `stop` continue if no mark is being counted or stored."""
        if self._stored is not None and not self._storing and not self._stored.done():
            self._stored.set_result(None)

    def _gather(self, seconds: float) -> None:
        if self._timer is None and not self._stopping:
            self._timer = self.loop.call_later(seconds, self._store)

    def _try_again(self, place: Place, wanted: tuple[int, int]) -> None:
        self._want(place, wanted)
        self._gather(RETRY_SECONDS)

    def _want(self, place: Place, wanted: tuple[int, int]) -> None:
        # A newer request may have raised `delivered` but not `read`: keep the maximum of each.
        newer = self._wanted.get(place, wanted)
        self._wanted[place] = max(newer[0], wanted[0]), max(newer[1], wanted[1])

    def _store(self) -> None:
        self._timer = None
        for place, (delivered, read) in list(self._wanted.items()):
            if place in self._storing:
                continue
            del self._wanted[place]
            user, room = place
            mark = self.marks.of(room, user)
            if mark is None:
                self._settle(place, None)
                continue
            wanted = max(delivered, mark.delivered), max(read, mark.read)
            if wanted == (mark.delivered, mark.read):
                self._settle(place, None)
                continue
            self._storing.add(place)
            if read <= mark.read:
                self._go(place, wanted, mark.since, 0, 0, self._as_of(room))
            elif read >= self.state.rooms[room].tip:
                self._go(place, wanted, mark.since, *self.marks.unread(room, user), self._as_of(room))
            else:
                self.spawn(self._count_and_go(place, wanted, mark.since, mark.read))

    async def _count_and_go(self, place: Place, wanted: tuple[int, int], since: int, after: int) -> None:
        counted, as_of = None, self._as_of(place[1])
        try:
            counted = await self.count(place[1], place[0], after, wanted[1])
        finally:
            if counted is None:
                self._storing.discard(place)
                self._try_again(place, wanted)
                self._settle(place, refuse("not_read", RETRY_MS))
                self._wake()
        if counted is None:
            return
        self._go(place, wanted, since, *counted, as_of)

    def _as_of(self, room: int) -> tuple[int, int]:
        """Return what tells whether a count is still right when its mark is decided: see `MoveReadMark`."""
        return self.state.rooms[room].tip, len(self.state.deleted)

    def _go(
        self, place: Place, wanted: tuple[int, int], since: int, messages: int, mentions: int, as_of: tuple[int, int]
    ) -> None:
        command = MoveReadMark(*place, since, *wanted, messages, mentions, *as_of)
        self.submit(command, self, (place, wanted))

    def _settle(self, place: Place, refusal: Refusal | None) -> None:
        """Answer the calls of `read` that wait for a member's mark, if it was refused or has reached their seq."""
        waiting = self._waiting.pop(place, None)
        if waiting is None:
            return
        mark = self.marks.of(place[1], place[0])
        if mark is None:
            refusal = refuse("room_not_joined")
        further = []
        for seq, future in waiting:
            if future.done():
                continue  # the request was cancelled
            if refusal is not None or (mark is not None and seq <= mark.read):
                future.set_result(refusal)
            else:
                further.append((seq, future))
        if further:
            self._waiting[place] = further

    def _tell_readers(self, room: int, newest: dict[int, int], readers: list[Client]) -> None:
        """Report new counts to those who have not read the messages that count differently, some readers in each turn
        of the loop. `newest` maps each author of such messages to the newest one.
        """
        for client in readers[:READERS_PER_TURN]:
            mark = self.marks.of(room, client.user)
            if mark is None:
                continue
            read = max(mark.since, mark.read)
            if any(read < seq and client.user != author for author, seq in newest.items()):
                with isolated:
                    client.read_mark_moved(room)
        if rest := readers[READERS_PER_TURN:]:
            self.loop.call_soon(self._tell_readers, room, newest, rest)

    def _tell_rooms(self) -> None:
        moved, self._moved = self._moved, {}
        for room, users in moved.items():
            marks = ((user, self.marks.of(room, user)) for user in sorted(users))
            told = tuple((user, mark.delivered, mark.read) for user, mark in marks if mark is not None)
            if told:
                self.send(ReadMarkSignal(room, told))
