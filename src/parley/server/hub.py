"""The house: what all connections of a running server share."""

import asyncio
import logging
import os
import secrets
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
from parley.core.commands import AdvanceWebhook, Command, MakeInvitation, OpenRoom, ReleaseName
from parley.core.commands import RemoveWebhook as OfHook
from parley.core.decision import Outcome
from parley.core.events import DIRECTORY, MACHINE, Event, departed
from parley.core.ports import Batch, CrashPoint, Store, StoreError, no_crash
from parley.core.records import DropTokens, DropWebhook, ForgetUser, PutPreference, PutReadMark, Record, Webhook
from parley.core.refusals import Refusal, refuse
from parley.core.roles import visible
from parley.core.rules import Policy
from parley.core.tokens import hash_code
from parley.gateways.effects import ReadPage
from parley.gateways.view import View

from .auth.authenticator import Authenticator
from .config import Config
from .engine.history import HistoryReader
from .engine.presence import Presence
from .engine.read_marks import ReadMarkWriter
from .engine.subscription import Feeds
from .engine.tcp_delivery import TcpDelivery
from .engine.writer import Writer
from .net.connection import Connection
from .net.proxies import beyond_loopback
from .webhooks import Destination, Guard, Webhooks

log = logging.getLogger("parley")

T = TypeVar("T")

SWEEP_SECONDS: Final = 15.0
FAR_BEHIND_EVENTS: Final = 1_000

FAREWELL_SECONDS: Final = 2.0
"""How long clients may take to close their end when the server stops."""


class Hub:
    """A running server, but for its listeners.

    Attributes:
        view: what sessions may look at.
        ports: those that the server listens on.
        base_url: what links to it begin with.
        answered: the connections that are being told what their commands came to; they write it together.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, store: Store, config: Config, crash: CrashPoint = no_crash
    ) -> None:
        self.loop: Final = loop
        self.config: Final = config
        self._store = store
        self._reading = ThreadPoolExecutor(1, "parley-read")
        marks, preferences = store.marks(), store.preferences()
        self.writer: Final = Writer(
            loop,
            store,
            committed=self._committed,
            told=self._told,
            settled=self._settled,
            crash=crash,
            policy=Policy(config.access or ("invite" if beyond_loopback(config.listen) else "open")),
            online=self._online,
        )
        self.feeds: Final = Feeds(lambda room: self.writer.durable.rooms[room].tip, self._read_after, self.spawn)
        self.pages: Final = HistoryReader(loop, self.feeds, self._read, self.spawn)
        self.hooks: Final = Webhooks(
            read=self._read_after,
            save=self._save_hook,
            room=self.writer.durable.rooms.get,
            is_bot=self._is_bot,
            guard=Guard(config.webhook_allow, own_ports=lambda: self.ports),
        )
        self.presence: Final = Presence(
            loop, config.guest_hold, self.writer.submit, self.feeds.signal, lambda: self.writer.durable
        )
        self.view: Final = View(
            self.writer.durable,
            self.presence.online,
            f"Parley {__version__}",
            policy=self.writer.policy,
            marks=marks,
            preferences=preferences,
            receipts=config.receipts,
        )
        self.receipts: Final = ReadMarkWriter(
            loop,
            state=self.writer.durable,
            marks=marks,
            submit=self.writer.submit,
            count=self._count_read,
            connections=self.presence.connections,
            tell=self.feeds.signal,
            spawn=self.spawn,
            told=self._has_receipts,
        )
        self.reached: Final = TcpDelivery(
            loop,
            members=self._told_members,
            connections=self.presence.connections,
            move=lambda user, room, seq: self.receipts.move(user, room, delivered=seq),
        )
        self.credentials: Final = Authenticator(loop, store, self._in_thread, self.view)
        self.connections: Final[set[Connection]] = set()
        self.answered: Final[list[Connection]] = []
        self.ports: frozenset[int] = frozenset()
        self._made: dict[int, tuple[int, int]] = {}  # in which room, and by whom, by webhook
        self.base_url = ""
        self.addresses: Final[Counter[str]] = Counter()
        self.stopping = False
        self._empty = asyncio.Event()
        self._buckets: dict[int, Bucket] = {}
        self._tasks: set[asyncio.Future[Any]] = set()
        self._by_room: dict[int, list[Event]] = {}
        self._ended: set[int] = set()
        self._erasures = 0
        self._erased = False

    def open(self) -> None:
        """Make the lobby, and let those go who were here when the last server ended and can't come back."""
        self.writer.submit(OpenRoom(self.view.lobby), self)
        here = list(self.writer.durable.users)
        self.presence.begin(here, self._store.without_token(here))
        for hook in self._store.hooks():
            self._made[hook.id] = hook.room, hook.by
            room = self.writer.durable.rooms[hook.room]
            if room.private and hook.by != MACHINE and hook.by not in room.members:
                # Its maker was put out, and the server ended before the webhook did.
                self.writer.submit(OfHook(MACHINE, hook.room, hook.id), self)
            else:
                self.hooks.add([_delivered(hook)])
        self.loop.call_later(SWEEP_SECONDS, self._sweep)

    async def invite_owner(self) -> str | None:
        """Return the code of an invitation for the server's owner, if there never was one; it is stored."""
        if self.view.state.owned:
            return None
        code = secrets.token_urlsafe(24)
        outcome = await self.ask(MakeInvitation(MACHINE, hash_code(code), role="owner", label="first start"))
        return None if isinstance(outcome, Refusal) else code

    async def close(self) -> None:
        """Store and answer what was submitted, say goodbye to everybody, let go of the store."""
        self.stopping = True
        self.presence.stop()
        await self.hooks.stop()
        for connection in tuple(self.connections):
            connection.hold()
        await self.receipts.stop()
        await self.writer.stop()
        for connection in tuple(self.connections):
            connection.stop()
        if self.connections:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), FAREWELL_SECONDS)
        for connection in tuple(self.connections):
            connection.abort()
        self.credentials.close()
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
        user = self.writer.durable.users.get(connection.user)
        if user is None:
            connection.expel(refuse("session_unknown"))
            return
        log.info("connection is established with %s (%s)", connection.address, connection.dialect)
        log.info("The alias of this client is %s", user.name, extra={"user": user.id, "address": connection.address})
        self.presence.arrived(connection, user.id, can_return=user.account or connection.dialect != "line")
        if user.id in self._ended and connection.token is not None:
            # In the commit in which this session began, sessions of its user have ended, perhaps this one.
            self.spawn(self._check_session(connection, user.id, connection.token))

    def throttle(self, user: int, command: Command | None = None) -> float:
        """Return 0, or the seconds the user has to wait before a further command, or a signal."""
        if not self.config.rate_messages or type(command) is ReleaseName:
            return 0.0
        bucket = self._buckets.get(user)
        if bucket is None:
            bucket = self._buckets[user] = Bucket(self.config.rate_messages, self.config.rate_burst)
        return bucket.take(self.loop.time())

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

    def ask(self, command: Command) -> Awaitable[Outcome]:
        """Have a command decided that comes from no connection."""
        future: asyncio.Future[Outcome] = self.loop.create_future()
        self.writer.submit(command, self, future)
        return future

    def decided(self, tag: object, outcome: Outcome) -> None:
        """A command of the server's own, or one that `ask` waits for, came to this."""
        if isinstance(tag, asyncio.Future) and not tag.done():
            tag.set_result(outcome)

    # Commits

    def _committed(self, batch: Batch) -> None:
        by_room: dict[int, list[Event]] = {}
        for event in batch.events:
            log_of_room = by_room.get(event.room)
            if log_of_room is None:
                by_room[event.room] = [event]
            else:
                log_of_room.append(event)
        self._by_room = by_room
        self.feeds.append(by_room)
        for room, happened in by_room.items():
            if room != DIRECTORY:
                self.view.marks.apply(room, happened)
        for event in batch.non_messages:
            if gone := departed(event):
                for connection in self.presence.connections(gone):
                    connection.left(event)
                self._end_hooks(event.room, gone)
            elif event.kind == "guests" and event.text == "off":
                self._shut_out(event)
        for credential in batch.records:
            self._follow(credential)

    def _follow(self, credential: Record) -> None:
        """Take in what is stored beside events: end the connections whose sessions are over, begin and end webhooks,
        tell of marks and preferences.
        """
        match credential:
            case DropTokens(token=token, but=but):
                whole = token is None
            case ForgetUser():
                whole, token, but = True, None, None
                self._erasures += 1
                self._erased = True
                self.feeds.forget()
                self.view.preferences.forget(credential.user)
            case PutReadMark():
                self.receipts.moved(credential)
                return
            case PutPreference():
                self.view.preferences.set(credential)
                for connection in tuple(self.presence.connections(credential.user)):
                    connection.preferences_changed(credential.room)
                return
            case Webhook():
                self._made[credential.id] = credential.room, credential.by
                self.hooks.add([_delivered(credential)])
                return
            case DropWebhook(hook=hook, room=room):
                if self._made.get(hook, (0, 0))[0] == room:
                    del self._made[hook]
                    self.hooks.remove(hook)
                return
            case _:
                return
        self.credentials.ended()
        self._ended.add(credential.user)
        user = self.writer.durable.users.get(credential.user)
        refusal = refuse("account_disabled" if user is not None and user.disabled else "session_unknown")
        for connection in tuple(self.presence.connections(credential.user)):
            if connection.token != but or but is None if whole else connection.token == token:
                self._expel(connection, refusal)

    def _end_hooks(self, room: int, user: int) -> None:
        """Tell nothing more to where somebody's webhooks lead who is not in the room any more."""
        for hook, made in self._made.items():
            if made == (room, user):
                self.hooks.remove(hook)
                self.writer.submit(OfHook(MACHINE, room, hook), self)

    def _expel(self, connection: Connection, refusal: Refusal) -> None:
        """End a connection whose session is over: it speaks for nobody, and nothing is written to it but that."""
        self.feeds.lost(connection)
        self.presence.gone(connection, connection.user)
        connection.user = 0
        connection.expel(refusal)

    async def _check_session(self, connection: Connection, user: int, token: bytes) -> None:
        identity = await self.credentials.identify(token)
        if isinstance(identity, Refusal) and connection.user == user:
            self._expel(connection, identity)

    def _shut_out(self, event: Event) -> None:
        """End the streams of those who watch a room from outside and may not any more."""
        room = self.writer.durable.rooms[event.room]
        for connection in tuple(self.connections):
            reads = any(cursor.feed.room == event.room for cursor in connection.cursors)
            if reads and not visible(self.writer.durable, room, connection.user):
                connection.left(event)

    def _told(self) -> None:
        for connection in self.answered:
            connection.flush()
        self.answered.clear()

    def _settled(self, batch: Batch) -> None:
        renamed = []
        for event in batch.non_messages:
            if event.kind == "joined":
                for connection in self.presence.connections(event.user):
                    connection.joined(event)
            elif event.kind == "invited" and event.about is not None:
                for connection in self.presence.connections(event.about.user):
                    connection.invited(event)
            elif event.kind == "room_renamed":
                renamed.append(event)
            elif event.kind == "profile":
                self.presence.tell("profile", event.user)
            else:
                self._log(event)
        self.feeds.pump(self._by_room)
        self.reached.wrote(self._by_room)
        for event in renamed:
            # After it was shown: that the room was renamed is said under its old name.
            for member in self.writer.durable.rooms[event.room].members:
                for connection in self.presence.connections(member):
                    connection.renamed(event)
        if self._erased:
            # What was said in the same commit has been shown by now.
            self.feeds.forget()
            self._erased = False
        self._ended.clear()
        for room in self._by_room:
            self.hooks.wake(room)

    def _log(self, event: Event) -> None:
        if event.kind == "released":
            self._buckets.pop(event.user, None)
            log.info("%s has left the chat room!", event.name, extra={"user": event.user})
        elif event.kind == "created" and self.view.state.rooms[event.room].kind == "public":
            log.info("the room #%s is open", event.text, extra={"room": event.room})

    # Inside

    def _told_members(self, room: int) -> list[int]:
        """Return the members of a room, if they tell one another what they have."""
        return list(self.view.state.rooms[room].members) if self._has_receipts(room) else []

    def _has_receipts(self, room: int) -> bool:
        return room != DIRECTORY and self.view.has_receipts(self.view.state.rooms[room])

    def _online(self, user: int) -> bool:
        return self.presence.online(user)

    def _is_bot(self, user: int) -> bool:
        return self.view.is_bot(user)

    async def find(self, room: int, at: int) -> int | None:
        """Return the seq of the first event of a room that is not older than `at`; None if the log can't be read."""
        return await self._in_thread(self._store.first_at, room, at, self.writer.durable.rooms[room].tip)

    async def _count_read(self, room: int, user: int, after: int, upto: int) -> tuple[int, int] | None:
        return await self._in_thread(self._store.read_between, room, user, after, upto)

    async def _read(self, effect: ReadPage) -> list[Event] | None:
        if effect.after is not None:
            return await self._read_page(self._store.after, effect.room, effect.after, effect.limit, said=effect.said)
        assert effect.before is not None
        return await self._read_page(self._store.before, effect.room, effect.before, effect.limit, said=effect.said)

    async def _read_page(
        self, read: Callable[..., list[Event]], room: int, seq: int, limit: int, *, said: bool = False
    ) -> list[Event] | None:
        """Return a page as it is now, and not with what was erased while it was read."""
        while True:
            erasures = self._erasures
            page = await self._in_thread(read, room, seq, limit, said=said)
            if erasures == self._erasures:
                return page

    async def _save_hook(self, hook: int, acked: int, parked: str | None) -> bool:
        return not isinstance(await self.ask(AdvanceWebhook(hook, acked, parked)), Refusal)

    async def _read_after(self, room: int, seq: int, limit: int) -> list[Event] | None:
        return await self._read_page(self._store.after, room, seq, limit)

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


def _delivered(hook: Webhook) -> Destination:
    return Destination(hook.id, hook.room, hook.url, hook.secret, hook.acked, hook.parked, hook.kinds)
