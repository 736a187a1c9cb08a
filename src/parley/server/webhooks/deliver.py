"""Deliveries: the events of a room are posted to a webhook's endpoint, one after the other.

There is no queue besides the room's log: an endpoint gets the events after the last one that it acknowledged. That seq
is stored before the next event is sent. So an endpoint gets every event, in order, and twice only an event whose
acknowledgement was lost.
"""

import asyncio
import logging
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import Struct

from parley import __version__
from parley.core.erasure import visible_form
from parley.core.events import MACHINE, Event
from parley.core.records import Webhook
from parley.core.roles import first_visible_seq
from parley.core.rules import nobody
from parley.core.state import Room
from parley.gateways.web.render import web_event

from .guard import Guard, UrlRefused
from .post import HttpAnswer, HttpClientConnection, PostError, connect
from .sign import sign

log = logging.getLogger("parley.webhooks")

PAGE_EVENTS: Final = 64
"""This many events are read from the store at a time."""

SKIPPED_MOST: Final = 1_000
"""After this many skipped events (of kinds that the webhook does not want), the new seq is stored, so that a start
reads at most this many of them again.
"""

STOP_SECONDS: Final = 1.0
"""Seconds for which a stopping server waits for answers of endpoints."""

GONE: Final = 410

Read = Callable[[int, int, int], Awaitable[list[Event] | None]]
"""Called as (room, seq, limit). Returns the first events of the room after the seq, oldest first; None if the store
can't be read now.
"""

Save = Callable[[int, int, str | None], Awaitable[bool]]
"""Called as (webhook id, acked, parked). Stores them, and returns whether they are on disk."""


class Status(Struct, frozen=True):
    """The status of a webhook.

    Attributes:
        acked: the seq up to which the endpoint has acknowledged events.
        parked: why deliveries stopped; None while they go on.
        trouble: why the last attempt failed; None if it succeeded.
        failures: failed attempts in a row.
    """

    acked: int
    parked: str | None
    trouble: str | None
    failures: int


class Timing(Struct, frozen=True):
    """Time limits and delays of deliveries, in seconds.

    Attributes:
        connect: the time limit for resolving the name, connecting, and the TLS handshake.
        head: the time limit for the status line and headers of the answer.
        body: the time limit for the rest of the answer.
        first: the delay after the first failure. It doubles with each further failure.
        longest: the longest delay between two attempts.
        longest_asked: the longest delay that an endpoint can ask for with `Retry-After`.
        park_after: a webhook is parked after failing for this time without a success.
    """

    connect: float = 10.0
    head: float = 15.0
    body: float = 5.0
    first: float = 1.0
    longest: float = 900.0
    longest_asked: float = 3_600.0
    park_after: float = 86_400.0


class _Room(Struct, frozen=True):
    id: int
    name: str
    epoch: str


class _Trouble(Struct, frozen=True):
    """A failed attempt: why, the seconds that the endpoint asks to wait, and whether further attempts are useless."""

    sentence: str
    asked: float = 0.0
    final: bool = False


@dataclass(eq=False, kw_only=True)
class Webhooks:
    """The outgoing webhooks of a running server, kept up to date with each commit. A webhook ends when its creator
    leaves the room.

    An idle webhook has no task and no connection; a busy one has one of each.

    Args:
        read: reads a room's events.
        save: stores the seq up to which an endpoint has acknowledged events.
        discard: submits the removal of a webhook. Called as (room, webhook id).
        room: finds a room by its id.
        is_bot: tells whether a user is a bot.
        guard: decides to which addresses requests may go.
        timing: the time limits and delays.
        tls: the TLS context; None: with the system's certificate authorities.
        pause: waits for a number of seconds.
        clock: returns the seconds of a monotonic clock.
        now: returns seconds since 1970 UTC.
        chance: returns a number in [0, 1).
    """

    read: Read
    save: Save
    room: Callable[[int], Room | None]
    guard: Guard
    discard: Callable[[int, int], None] = lambda room, webhook: None
    is_bot: Callable[[int], bool] = nobody
    timing: Timing = field(default_factory=Timing)
    tls: ssl.SSLContext | None = None
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random

    def __post_init__(self) -> None:
        self.stopping = False
        self._deliveries: dict[int, _Delivery] = {}
        self._by_room: dict[int, list[_Delivery]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def open(self, stored: Iterable[Webhook]) -> None:
        """Begin the deliveries of the stored webhooks."""
        for hook in stored:
            room = self.room(hook.room)
            if room is not None and room.private and hook.by != MACHINE and hook.by not in room.members:
                # Its creator left the room, and the last server ended before it removed the webhook.
                self.discard(hook.room, hook.id)
            else:
                self.put(hook)

    def put(self, hook: Webhook) -> None:
        """Begin the deliveries of a webhook. If there is one with the same id, it is replaced, and its place in the log
        is kept.
        """
        acked = hook.acked
        if (old := self._deliveries.get(hook.id)) is not None:
            self._remove(old)
            acked = max(acked, old.acked) if old.hook.room == hook.room else acked
        delivery = self._deliveries[hook.id] = _Delivery(self, hook, acked)
        self._by_room.setdefault(hook.room, []).append(delivery)
        delivery.wake()

    def drop(self, hook: int, room: int) -> None:
        """End the deliveries of a webhook of this room, if it exists."""
        delivery = self._deliveries.get(hook)
        if delivery is not None and delivery.hook.room == room:
            self._remove(delivery)

    def member_left(self, room: int, user: int) -> None:
        """End the webhooks of a user in a room that the user has left."""
        for delivery in tuple(self._by_room.get(room, ())):
            if delivery.hook.by == user:
                self._remove(delivery)
                self.discard(room, delivery.hook.id)

    def _remove(self, delivery: "_Delivery") -> None:
        del self._deliveries[delivery.hook.id]
        of_room = self._by_room[delivery.hook.room]
        of_room.remove(delivery)
        if not of_room:
            del self._by_room[delivery.hook.room]
        delivery.removed = True
        if task := delivery.cancel():
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    def wake(self, room: int) -> None:
        """Call it when a room has new events."""
        for delivery in self._by_room.get(room, ()):
            delivery.wake()

    def erased(self) -> None:
        """Call it when texts were erased in the store: deliveries read their events again before they send any."""
        for delivery in self._deliveries.values():
            delivery.stale = True

    async def resume(self, hook: int) -> bool:
        """Continue the deliveries of a parked webhook where they stopped. For a failing one, repeat the attempt at
        once.

        Returns:
            False if there is no such webhook, or if its new status can't be stored now.
        """
        delivery = self._deliveries.get(hook)
        return delivery is not None and await delivery.resume()

    def status(self, hook: int) -> Status | None:
        """Return the status of a webhook; None if there is no such one."""
        delivery = self._deliveries.get(hook)
        if delivery is None:
            return None
        return Status(delivery.acked, delivery.parked, delivery.trouble, delivery.failures)

    async def stop(self) -> None:
        """Stop all deliveries. For `STOP_SECONDS`, answers to events that were sent are still stored."""
        self.stopping = True
        busy = {task for delivery in self._deliveries.values() if (task := delivery.finish())}
        if busy:
            await asyncio.wait(busy, timeout=STOP_SECONDS)
        ending = {task for delivery in self._deliveries.values() if (task := delivery.cancel())} | self._ending
        if ending:
            await asyncio.wait(ending)
        await asyncio.sleep(0)  # aborted transports close their sockets

    async def tls_context(self) -> ssl.SSLContext:
        """Return the TLS context. The system's certificate authorities are loaded when they are first needed."""
        if self.tls is None:
            self.tls = await asyncio.to_thread(ssl.create_default_context)
        return self.tls


class _Delivery:
    """The delivery to one endpoint.

    Attributes:
        acked: the seq up to which each event was acknowledged, or skipped because of its kind.
        parked, trouble, failures: as in `Status`.
        removed: whether the webhook was removed.
        stale: whether texts were erased since the next events were read.
    """

    def __init__(self, webhooks: Webhooks, hook: Webhook, acked: int) -> None:
        self.hook = hook
        self.acked = acked
        self.parked = hook.parked
        self.trouble: str | None = None
        self.failures = 0
        self.removed = False
        self.stale = False
        self._all = webhooks
        self._saved = acked
        self._failing_since = 0.0
        self._more = False
        self._task: asyncio.Task[None] | None = None
        self._connection: HttpClientConnection | None = None
        self._busy = False  # an event is being sent, or its acknowledgement is being stored

    # Calls of `Webhooks`

    def wake(self) -> None:
        self._more = True
        if self.parked is not None or self.removed or self._all.stopping:
            return
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def resume(self) -> bool:
        if self.parked is None and (self._busy or not self.failures):
            return True
        if task := self.cancel():
            await asyncio.wait({task})
        if self.parked is not None:
            if not await self._all.save(self.hook.id, self.acked, None):
                return False
            log.info("webhook %d goes on", self.hook.id)
            self.parked = None
        self.failures = 0
        self.wake()
        return True

    def cancel(self) -> asyncio.Task[None] | None:
        """Cancel the task; return it if there is one to wait for."""
        if self._task is None or self._task.done():
            return None
        self._task.cancel()
        return self._task

    def finish(self) -> asyncio.Task[None] | None:
        """Cancel the task if it is idle; return it if it should have time to finish."""
        if not self._busy:
            self.cancel()
            return None
        return self._task

    # The task

    async def _run(self) -> None:
        tries = 0
        try:
            while self._more and not self._all.stopping:
                self._more = False
                try:
                    await self._catch_up()
                    tries = 0
                except Exception:
                    log.exception("webhook %d: something went wrong in the server", self.hook.id)
                    self._more = True
                    tries += 1
                    await self._pause(tries)
        finally:
            self._disconnect()

    async def _catch_up(self) -> None:
        """Send events until there are no more or the webhook is parked."""
        while events := await self._read():
            for event in events:
                if self.stale:
                    break
                if self.hook.kinds and event.kind not in self.hook.kinds:
                    self.acked = event.seq
                elif not await self._deliver(event):
                    self._more = False
                    return
            if self.acked - self._saved >= SKIPPED_MOST:
                await self._save()

    async def _read(self) -> list[Event]:
        """Return the next events. Retry while they can't be read."""
        tries = 0
        self.stale = False
        while (events := await self._all.read(self.hook.room, self.acked, PAGE_EVENTS)) is None:
            tries += 1
            await self._pause(tries)
        return events

    async def _deliver(self, event: Event) -> bool:
        """Send an event until it is acknowledged, and store that. Return False if the webhook is parked or the server
        stops; True as well if the event has to be read again, see `stale`.
        """
        while not self._all.stopping:
            if self.stale:
                return True
            self._busy = True
            try:
                trouble = await self._attempt(event)
                if trouble is None:
                    self.acked = event.seq
                    await self._save()
                    self._succeeded()
                    return True
            finally:
                self._busy = False
            self._failed(trouble)
            if trouble.final or self._all.clock() - self._failing_since >= self._all.timing.park_after:
                await self._park(trouble)
                return False
            await self._pause(self.failures, trouble.asked)
        return False

    async def _attempt(self, event: Event) -> _Trouble | None:
        """Send an event; return None if it is acknowledged."""
        self._disconnect_unless_reusable()
        try:
            if self._connection is not None:
                try:
                    return self._trouble_in(await self._post(self._connection, event))
                except PostError as error:
                    # The endpoint has closed the idle connection meanwhile (RFC 9112, section 9.3.1).
                    self._disconnect()
                    if not error.closed:
                        return _Trouble(str(error))
            self._connection = await self._connect()
            return self._trouble_in(await self._post(self._connection, event))
        except UrlRefused as error:
            return _Trouble(str(error), final=error.permanent)
        except PostError as error:
            self._disconnect()
            return _Trouble(str(error))
        except Exception:
            self._disconnect()
            log.exception("webhook %d: an attempt failed", self.hook.id)
            return _Trouble("Something went wrong in the server. It was written to the server's log.")

    async def _connect(self) -> HttpClientConnection:
        everything, timing = self._all, self._all.timing
        target = everything.guard.check(self.hook.url)
        began = everything.clock()
        try:
            async with asyncio.timeout(timing.connect):
                addresses = await everything.guard.addresses(target)
        except TimeoutError:
            raise PostError(f"The name {target.host} can't be resolved within {timing.connect:g} seconds.") from None
        except OSError:
            raise PostError(f"The name {target.host} can't be resolved.") from None
        tls = await everything.tls_context() if target.scheme == "https" else None
        left = max(timing.connect - (everything.clock() - began), timing.connect / 2)
        return await connect(target, addresses, tls, seconds=left)

    async def _post(self, connection: HttpClientConnection, event: Event) -> HttpAnswer:
        room = self._all.room(self.hook.room)
        assert room is not None  # rooms are never removed
        first = 1 if self.hook.by == MACHINE else first_visible_seq(room, self.hook.by)
        event = visible_form(event, first)
        id_ = f"{room.epoch}-{room.id}-{event.seq}"
        body = msgspec.json.encode(
            {
                "id": id_,
                "room": _Room(room.id, room.name, room.epoch),
                "event": web_event(event, bot=self._all.is_bot(event.user)),
            }
        )
        timestamp = int(self._all.now())
        headers = (
            ("Content-Type", "application/json"),
            ("User-Agent", f"Parley/{__version__}"),
            ("Parley-Event-Id", id_),
            ("Parley-Timestamp", str(timestamp)),
            ("Parley-Signature", sign(self.hook.secret, timestamp, body)),
        )
        timing = self._all.timing
        return await connection.post(headers, body, head_seconds=timing.head, body_seconds=timing.body)

    def _trouble_in(self, answer: HttpAnswer) -> _Trouble | None:
        if answer.acknowledged:
            return None
        asked = min(answer.seconds_to_wait(self._all.now()), self._all.timing.longest_asked)
        return _Trouble(answer.sentence, asked, answer.status == GONE)

    # Its state

    async def _save(self) -> None:
        """Store the endpoint's seq and status. Retry until they are stored; nothing is sent before that."""
        tries = 0
        while not await self._all.save(self.hook.id, self.acked, self.parked):
            if self._all.stopping:
                return
            tries += 1
            await self._pause(tries)
        self._saved = self.acked

    def _succeeded(self) -> None:
        if self.failures:
            log.info("webhook %d is delivered again", self.hook.id)
        self.failures = 0
        self.trouble = None

    def _failed(self, trouble: _Trouble) -> None:
        if not self.failures:
            self._failing_since = self._all.clock()
            log.warning("webhook %d can't be delivered and is tried again: %s", self.hook.id, trouble.sentence)
        self.failures += 1
        self.trouble = trouble.sentence

    async def _park(self, trouble: _Trouble) -> None:
        hours = self._all.timing.park_after / 3600
        self.parked = trouble.sentence if trouble.final else f"{trouble.sentence} So it was for {hours:g} hours."
        self._disconnect()
        log.warning("webhook %d is parked: %s", self.hook.id, self.parked)
        await self._save()

    async def _pause(self, failures: int, asked: float = 0.0) -> None:
        """Wait before the next attempt: as long as the endpoint asks for, or else for a random time between half and
        all of a delay that doubles, so that many webhooks do not retry at the same moment.
        """
        timing = self._all.timing
        ceiling = min(timing.longest, timing.first * 2.0 ** min(failures - 1, 40))
        self._disconnect()
        await self._all.pause(max(asked, ceiling * (1 + self._all.chance()) / 2))

    def _disconnect_unless_reusable(self) -> None:
        if self._connection is not None and not self._connection.reusable:
            self._disconnect()

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(RuntimeError):  # the loop is closed already
                self._connection.close()
            self._connection = None
