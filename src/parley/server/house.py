"""The house: what all connections of a running server share."""

import asyncio
import logging
import os
import socket
import struct
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, TypeVar

from parley import __version__
from parley.core.bucket import Bucket
from parley.core.commands import Command, Depart, OpenRoom
from parley.core.events import Event
from parley.core.ports import CrashPoint, Store, StoreError, no_crash
from parley.core.refusals import Refusal, refuse
from parley.gateways.effects import Outcome, Read
from parley.gateways.view import View

from .config import Config
from .connection import Connection
from .pages import Pages
from .presence import Presence
from .subscription import Feeds
from .writer import RETRY_MS, Writer

log = logging.getLogger("parley")

T = TypeVar("T")

SWEEP_SECONDS: Final = 15.0
FAR_BEHIND_EVENTS: Final = 1_000

FAREWELL_SECONDS: Final = 2.0
"""How long clients may take to close their end when the server stops."""


class House:
    """A running server, but for its listeners.

    Attributes:
        view: what sessions may look at.
        unwritten: those connections whose answers from this turn of the writer are not written yet.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, store: Store, config: Config, crash: CrashPoint = no_crash
    ) -> None:
        self.loop: Final = loop
        self.config: Final = config
        self._store = store
        self._reading = ThreadPoolExecutor(1, "parley-read")
        self.writer: Final = Writer(
            loop, store, committed=self._committed, told=self._told, settled=self._settled, crash=crash
        )
        self.feeds: Final = Feeds(lambda room: self.writer.durable.rooms[room].tip, self._read_after, self.spawn)
        self.pages: Final = Pages(loop, self.feeds, self._read, self.spawn)
        self.presence: Final = Presence(
            loop, config.guest_hold, self.writer.submit, self.feeds.signal, lambda: self.writer.durable
        )
        self.view: Final = View(self.writer.durable, self.presence.online, f"Parley {__version__}")
        self.connections: Final[set[Connection]] = set()
        self.unwritten: Final[list[Connection]] = []
        self.addresses: Final[Counter[str]] = Counter()
        self.stopping = False
        self._empty = asyncio.Event()
        self._buckets: dict[int, Bucket] = {}
        self._tasks: set[asyncio.Future[Any]] = set()
        self._by_room: dict[int, list[Event]] = {}

    def open(self) -> None:
        """Make the lobby, and let those go who were here when the last server ended and can't come back."""
        self.writer.submit(OpenRoom(self.view.lobby), self)
        here = list(self.writer.durable.users)
        self.presence.begin(here, self._store.without_token(here))
        self.loop.call_later(SWEEP_SECONDS, self._sweep)

    async def close(self) -> None:
        """Store and answer what was submitted, say goodbye to everybody, let go of the store."""
        self.stopping = True
        self.presence.stop()
        for connection in tuple(self.connections):
            connection.hold()
        await self.writer.stop()
        for connection in tuple(self.connections):
            connection.stop()
        if self.connections:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), FAREWELL_SECONDS)
        for connection in tuple(self.connections):
            connection.abort()
        self._reading.shutdown(wait=True, cancel_futures=True)
        self._store.close()

    # For connections

    def opened(self, connection: Connection) -> None:
        self.connections.add(connection)
        log.debug("connection is established with %s (%s)", connection.address, connection.dialect)

    def closed(self, connection: Connection) -> None:
        self.connections.discard(connection)
        if self.stopping and not self.connections:
            self._empty.set()
        if connection.user:
            self.presence.gone(connection, connection.user)
            log.info("%s: the connection has ended", connection.address, extra={"user": connection.user})
            if not self.presence.online(connection.user):
                self._buckets.pop(connection.user, None)

    def speaks(self, connection: Connection) -> None:
        """A connection speaks for its user from now on."""
        user = self.writer.durable.users[connection.user]
        log.info("connection is established with %s (%s)", connection.address, connection.dialect)
        log.info("The alias of this client is %s", user.name, extra={"user": user.id, "address": connection.address})
        self.presence.arrived(connection, user.id, can_return=connection.dialect != "line")

    def throttle(self, user: int, command: Command | None = None) -> float:
        """Return 0, or the seconds the user has to wait before a further command, or a signal."""
        if not self.config.rate_messages or type(command) is Depart:
            return 0.0
        bucket = self._buckets.get(user)
        if bucket is None:
            bucket = self._buckets[user] = Bucket(self.config.rate_messages, self.config.rate_burst)
        return bucket.take(self.loop.time())

    async def who(self, token: bytes) -> tuple[int, str] | Refusal:
        """Return whose resume token this is, or why that is not known."""
        answer = await self._in_thread(lambda: (self._store.who(token),))
        if answer is None:
            return refuse("not_read", RETRY_MS)
        return answer[0] or refuse("token_unknown")

    def spawn(self, work: Awaitable[None]) -> None:
        """Run a coroutine in the background."""
        task = asyncio.ensure_future(work, loop=self.loop)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    def reset(transport: asyncio.Transport) -> None:
        """End a connection with a TCP reset."""
        sock = transport.get_extra_info("socket")
        if sock is not None:
            with socket.socket(fileno=os.dup(sock.fileno())) as copy:
                copy.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    def decided(self, tag: object, outcome: Outcome) -> None:
        """The server's own commands need no answer."""

    # Commits

    def _committed(self, events: list[Event]) -> None:
        by_room: dict[int, list[Event]] = {}
        for event in events:
            log_of_room = by_room.get(event.room)
            if log_of_room is None:
                by_room[event.room] = [event]
            else:
                log_of_room.append(event)
        self._by_room = by_room
        self.feeds.append(by_room)
        for event in events:
            if event.kind == "left":
                for connection in self.presence.connections(event.user):
                    connection.left(event)

    def _told(self) -> None:
        for connection in self.unwritten:
            connection.flush()
        self.unwritten.clear()

    def _settled(self, events: list[Event]) -> None:
        for event in events:
            if event.kind == "joined":
                for connection in self.presence.connections(event.user):
                    connection.joined(event)
            elif event.kind not in ("message", "action"):
                self._log(event)
        self.feeds.pump(self._by_room)

    @staticmethod
    def _log(event: Event) -> None:
        if event.kind == "released":
            log.info("%s has left the chat room!", event.name, extra={"user": event.user})
        elif event.kind == "created" and not event.text.startswith("@"):
            log.info("the room #%s is open", event.text, extra={"room": event.room})

    # Inside

    async def _read(self, effect: Read) -> list[Event] | None:
        if effect.after is not None:
            return await self._in_thread(self._store.after, effect.room, effect.after, effect.limit, said=effect.said)
        assert effect.before is not None
        return await self._in_thread(self._store.before, effect.room, effect.before, effect.limit, said=effect.said)

    async def _read_after(self, room: int, seq: int, limit: int) -> list[Event] | None:
        return await self._in_thread(self._store.after, room, seq, limit)

    async def _in_thread(self, function: Callable[..., T], *arguments: Any, **options: Any) -> T | None:
        try:
            return await self.loop.run_in_executor(self._reading, lambda: function(*arguments, **options))
        except StoreError as error:
            log.error("the log can't be read: %s", error)
            return None

    def _sweep(self) -> None:
        """Cut the readers that are far behind and have taken nothing for a whole window."""
        now = time.monotonic()
        for connection in tuple(self.connections):
            if connection.writable:
                continue
            if connection.progressed():
                connection.paused_at = now
                continue
            far_behind = self.feeds.lag(connection) > FAR_BEHIND_EVENTS
            if far_behind and now - connection.paused_at > self.config.stall_timeout:
                connection.cut()
        if not self.stopping:
            self.loop.call_later(SWEEP_SECONDS, self._sweep)
