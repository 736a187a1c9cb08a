"""What the HTTP API needs of a server."""

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from parley.core.bucket import Bucket
from parley.core.commands import Command
from parley.core.decision import Outcome
from parley.core.events import Event
from parley.core.records import Identity, TokenInfo, Webhook
from parley.core.refusals import Refusal
from parley.core.roles import visible
from parley.gateways.effects import ReadPage
from parley.gateways.http.api import Caller
from parley.gateways.http.api.event_stream import HEARTBEAT, ends, event_stream
from parley.gateways.view import View

from .engine.subscription import Cursor
from .webhooks import UrlRefused

if TYPE_CHECKING:
    from .hub import Hub
    from .net.connection import Connection

T = TypeVar("T")

FOLLOWER_BYTES: Final = 32 * 1024
"""Above this many bytes that its client has not taken, a follower is paused. One more piece may be on its way."""

HEARTBEAT_SECONDS: Final = 15.0
FAREWELL_SECONDS: Final = 2.0
IDENTITIES_KEPT: Final = 10_000
ADDRESSES_KEPT: Final = 10_000


class HubApi:
    """See `parley.gateways.http.api.ports.Server`.

    Args:
        house: what it speaks for.
    """

    def __init__(self, hub: "Hub") -> None:
        self.view: Final[View] = hub.view
        self.stalled_after: Final = hub.config.stall_timeout
        self.body_seconds: Final = hub.config.handshake_timeout
        self._hub = hub
        self._followers: set[_Follower] = set()
        self._closed = False
        self._limits: set[asyncio.Timeout] = set()
        self._exporting = asyncio.Semaphore(1)
        self._addresses: OrderedDict[str, Bucket] = OrderedDict()
        self._identities: dict[bytes, Identity] = {}
        self._endings = -1

    async def close(self) -> None:
        """End what takes time: bodies that have not come, and streams, once they have shown what they have. Wait for
        that a little.
        """
        self._closed = True
        for limit in self._limits:
            # Bodies that are still to come, and readers who take nothing, are nothing to wait for.
            if not limit.expired():
                limit.reschedule(self._hub.loop.time())
        for follower in tuple(self._followers):
            follower.end("stopping")
        deadline = self._hub.loop.time() + FAREWELL_SECONDS
        while self._followers and (left := deadline - self._hub.loop.time()) > 0:
            gone = [follower.done for follower in self._followers]
            await asyncio.wait(gone, timeout=left, return_when=asyncio.ALL_COMPLETED)

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def new_token(self) -> str:
        return secrets.token_urlsafe(32)

    def throttle(self, caller: Caller) -> float:
        hub = self._hub
        if caller.admin_socket or not hub.config.rate_messages:
            return 0.0
        if caller.user:
            return hub.throttle(caller.user)
        bucket = self._addresses.get(caller.address)
        if bucket is None:
            bucket = self._addresses[caller.address] = Bucket(hub.config.rate_messages, hub.config.rate_burst)
            if len(self._addresses) > ADDRESSES_KEPT:
                self._addresses.popitem(last=False)
        self._addresses.move_to_end(caller.address)
        return bucket.take(hub.loop.time())

    # Who

    def identify(self, token: bytes) -> Identity | Awaitable[Identity | Refusal]:
        if self._endings != self._hub.credentials.endings:
            # Some session has ended: whose is not worth knowing.
            self._endings = self._hub.credentials.endings
            self._identities.clear()
        known = self._identities.get(token)
        if known is not None:
            user = self.view.state.users.get(known.user)
            if user is not None and not user.disabled:
                return known
        return self._look_up(token)

    def identify_webhook(self, token: bytes) -> Awaitable[Identity | Refusal]:
        return self._hub.credentials.identify(token, webhook=True)

    async def _look_up(self, token: bytes) -> Identity | Refusal:
        credentials = self._hub.credentials
        endings = credentials.endings
        identity = await credentials.identify(token)
        if isinstance(identity, Identity) and endings == credentials.endings == self._endings:
            if len(self._identities) >= IDENTITIES_KEPT:
                self._identities.clear()
            self._identities[token] = identity
        return identity

    def seen(self, user: int) -> None:
        self._hub.presence.seen(user)

    def sign_in(self, name: str, password: str, address: str) -> Awaitable[int | Refusal]:
        return self._hub.credentials.sign_in(name, password, address)

    def hash_password(self, password: str) -> Awaitable[str | Refusal]:
        return self._hub.credentials.hash_password(password)

    def sessions(self, user: int) -> Awaitable[Sequence[TokenInfo] | Refusal]:
        return self._hub.credentials.sessions(user)

    def audit(self, before: tuple[int, int, int] | None, limit: int) -> Awaitable[Sequence[Event] | Refusal]:
        return self._hub.credentials.audit(before, limit)

    async def said_by(self, user: int, after: tuple[int, int], limit: int) -> Sequence[Event] | Refusal:
        # It looks through the whole log: those who want it take turns, and everybody else's pages come in between.
        async with self._exporting:
            return await self._hub.credentials.said_by(user, after, limit)

    # Webhooks

    @property
    def base_url(self) -> str:
        return self._hub.base_url

    def hooks(self) -> Awaitable[Sequence[Webhook] | Refusal]:
        return self._hub.credentials.hooks()

    def hook_status(self, hook: int) -> tuple[int, str | None, str | None] | None:
        status = self._hub.hooks.status(hook)
        return None if status is None else (status.acked, status.parked, status.trouble)

    def resume_hook(self, hook: int) -> Awaitable[bool]:
        return self._hub.hooks.resume(hook)

    def check_url(self, url: str) -> str | None:
        try:
            self._hub.hooks.guard.check(url)
        except UrlRefused as refused:
            return str(refused).removesuffix(".")
        return None

    # What

    def submit(self, command: Command) -> Awaitable[Outcome]:
        return self._hub.ask(command)

    def page(
        self, room: int, limit: int, *, before: int | None = None, after: int | None = None, said: bool = False
    ) -> Awaitable[list[Event] | None]:
        future: asyncio.Future[list[Event] | None] = self._hub.loop.create_future()
        self._hub.pages.read(ReadPage(room, limit, before, after, said, future), _turn_to)
        return future

    def find(self, room: int, at: int) -> Awaitable[int | None]:
        return self._hub.find(room, at)

    def mark_read(self, user: int, room: int, seq: int) -> Awaitable[Refusal | None]:
        return self._hub.receipts.read(user, room, seq)

    async def follow(
        self, caller: Caller, room: int, after: int, first: bytes, gone: Callable[[], Awaitable[Any]]
    ) -> AsyncIterator[bytes]:
        follower = _Follower(self._hub, caller, room)
        self._followers.add(follower)
        if self._closed:
            follower.end("stopping")
        waiting = asyncio.ensure_future(gone())
        waiting.add_done_callback(lambda _: follower.end(""))
        try:
            yield first
            async for chunk in follower.chunks(after):
                yield chunk
        finally:
            waiting.cancel()
            self._followers.discard(follower)
            follower.leave()

    async def in_time(self, work: Awaitable[T], seconds: float) -> T:
        async with asyncio.timeout(seconds) as limit:
            self._limits.add(limit)
            try:
                return await work
            finally:
                self._limits.discard(limit)


class _Follower:
    """A reader whose bytes are taken in chunks; see `parley.server.engine.subscription.Reader`. For presence
    it is a connection like others.

    Attributes:
        token: the SHA-256 of the token of the session it is for.
        done: done when it has ended.
    """

    dialect = "events"

    def __init__(self, hub: "Hub", caller: Caller, room: int) -> None:
        self.writable = True
        self.write: Callable[[bytes], None] = self._take
        self.cursors: tuple[Cursor, ...] = ()
        self.user = caller.id
        self.token = caller.token
        self.done: asyncio.Future[None] = hub.loop.create_future()
        self._hub = hub
        self._room = room
        self._all = caller.admin_socket
        self._chunks: list[bytes] = []
        self._size = 0
        self._leaving = False
        self._end: str | None = None
        self._wake: asyncio.Future[None] | None = None
        if self.user and not self._all:
            hub.presence.arrived(cast("Connection", self), self.user, can_return=True)

    async def chunks(self, after: int) -> AsyncIterator[bytes]:
        """Yield what follows on a seq, as it comes."""
        hub = self._hub
        if self._end is None:
            hub.feeds.subscribe(self, self._room, after, event_stream(hub.view))
        while True:
            if not self._leaving and not self._sees():
                # The room is closed to those who are not in it.
                self._chunks.clear()
                self.end("left")
            if self._chunks:
                data = b"".join(self._chunks)
                self._chunks.clear()
                self._size = 0
                yield data
                if not self.writable:
                    self.writable = True
                    hub.feeds.resumed(self)
            elif self._end is not None:
                if self._end:
                    yield ends(self._end)
                return
            elif not await self._something():
                yield HEARTBEAT

    async def _something(self) -> bool:
        """Wait for something to happen; return False if nothing does for a while."""
        self._wake = self._hub.loop.create_future()
        timer = self._hub.loop.call_later(HEARTBEAT_SECONDS, self._rouse)
        try:
            await self._wake
        finally:
            timer.cancel()
            self._wake = None
        return bool(self._chunks) or self._end is not None or not self._sees()

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _sees(self) -> bool:
        state = self._hub.view.state
        return self._all or visible(state, state.rooms.get(self._room), self.user)

    def end(self, why: str) -> None:
        """Let it end when it has shown what it has; with nothing to say, if nobody listens any more."""
        if self._end is None or not why:
            self._end = why
        if not why:
            self._chunks.clear()
        self._rouse()

    def leave(self) -> None:
        """It is over."""
        self._hub.feeds.lost(self)
        if self.user and not self._all:
            self._hub.presence.gone(cast("Connection", self), self.user)
        if not self.done.done():
            self.done.set_result(None)

    # What feeds call

    def _take(self, data: bytes) -> None:
        self._chunks.append(data)
        self._size += len(data)
        if self._size > FOLLOWER_BYTES and self.writable:
            self.writable = False
            self._hub.feeds.paused(self)
        self._rouse()

    def ended(self) -> None:
        self.end("left")

    def caught_up(self) -> None:
        """Nothing waits for that."""

    # What the house calls, as of any connection of the user

    def joined(self, event: Event) -> None:
        """It follows one room, and no other."""

    def renamed(self, event: Event) -> None:
        """Likewise."""

    def invited(self, event: Event) -> None:
        """Likewise."""

    def read_mark_moved(self, room: int) -> None:
        """It shows the log, and nothing that is the user's own."""

    def preferences_changed(self, room: int) -> None:
        """Likewise."""

    def left(self, event: Event) -> None:
        """The user has left a room: if it is this one, and they can't see it any more, that is the last event."""
        if event.room == self._room and not self._sees() and not self._leaving:
            self._leaving = True
            if not self._hub.feeds.end_at(self, event.room, event.seq):
                self.end("left")

    def expel(self, refusal: Refusal) -> None:
        """The session is over."""
        self._hub.feeds.lost(self)
        self._chunks.clear()
        self._leaving = True
        self.end("signed_out")


def _turn_to(tag: object, page: list[Event] | None) -> None:
    future = cast("asyncio.Future[list[Event] | None]", tag)
    if not future.done():
        future.set_result(page)
