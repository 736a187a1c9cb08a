"""The implementation of the ports of the HTTP API."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from typing import Any, Final, Generic, TypeVar, cast

from parley.core.events import Event
from parley.core.records import Identity
from parley.core.refusals import Refusal
from parley.core.roles import visible
from parley.gateways.effects import ReadPage
from parley.gateways.http.api import Caller
from parley.gateways.http.api.event_stream import HEARTBEAT, ends, event_stream
from parley.gateways.view import View

from .engine.rate_limit import RateLimit
from .hub import Hub
from .net.origins import Origins
from .protocols import Client
from .webhooks import UrlRefused

T = TypeVar("T")

STREAM_BYTES: Final = 32 * 1024
"""An event stream is paused when its client has not read more than this many bytes. One more piece may follow."""

HEARTBEAT_SECONDS: Final = 15.0
CLOSING_SECONDS: Final = 2.0
IDENTITIES_KEPT: Final = 10_000
ADDRESSES_KEPT: Final = 10_000


class HubApi:
    """See `parley.gateways.http.api.ports.Server`.

    Args:
        hub: the server.
        origins: the server's own origin.
    """

    def __init__(self, hub: Hub, origins: Origins) -> None:
        self.view: Final[View] = hub.view
        self.stalled_after: Final = hub.config.stall_timeout
        self.body_seconds: Final = hub.config.handshake_timeout
        self._hub = hub
        self._streams: set[_EventStream] = set()
        self._closed = False
        self._timeouts: set[asyncio.Timeout] = set()
        self._exporting = asyncio.Semaphore(1)
        self._by_address: RateLimit[str] = RateLimit(
            hub.config.rate_messages, hub.config.rate_burst, hub.loop.time, ADDRESSES_KEPT
        )
        self._identities: dict[bytes, Identity] = {}
        self._endings = -1
        # Methods of the ports that other parts of the server implement:
        self.own_origin: Final = origins.own
        self.origin_refused: Final = origins.refused
        self.submit: Final = hub.ask
        self.seen: Final = hub.presence.seen
        self.sign_in: Final = hub.authenticator.sign_in
        self.hash_password: Final = hub.authenticator.hash_password
        self.sessions: Final = hub.authenticator.sessions
        self.audit: Final = hub.authenticator.audit
        self.hooks: Final = hub.authenticator.hooks
        self.resume_hook: Final = hub.webhooks.resume
        self.find: Final = hub.log_reader.find
        self.present_page: Final = hub.history.present_page
        self.message: Final = hub.history.message
        self.pins: Final = hub.history.pins
        self.versions: Final = hub.log_reader.versions
        self.reactors: Final = hub.log_reader.reactors
        self.mark_read: Final = hub.read_marks.read

    async def close(self) -> None:
        """End the requests whose bodies have not arrived yet, and the streams. Streams get a little time to write their
        remaining bytes.
        """
        self._closed = True
        for timeout in self._timeouts:
            if not timeout.expired():
                timeout.reschedule(self._hub.loop.time())
        for stream in tuple(self._streams):
            stream.end("stopping")
        deadline = self._hub.loop.time() + CLOSING_SECONDS
        while self._streams and (left := deadline - self._hub.loop.time()) > 0:
            await asyncio.wait([stream.done for stream in self._streams], timeout=left)

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def new_token(self) -> str:
        return secrets.token_urlsafe(32)

    def throttle(self, caller: Caller) -> float:
        if caller.admin_socket:
            return 0.0
        return self._hub.throttle(caller.user) if caller.user else self._by_address.take(caller.address)

    # Identities

    def identify(self, token: bytes) -> Identity | Awaitable[Identity | Refusal]:
        if self._endings != self._hub.authenticator.endings:
            # The end of any session clears the whole cache.
            self._endings = self._hub.authenticator.endings
            self._identities.clear()
        known = self._identities.get(token)
        if known is not None:
            user = self.view.state.users.get(known.user)
            if user is not None and not user.disabled:
                return known
        return self._look_up(token)

    def identify_webhook(self, token: bytes) -> Awaitable[Identity | Refusal]:
        return self._hub.authenticator.identify(token, webhook=True)

    def met(self, user: int, address: str) -> None:
        self._hub.authenticator.met(user, address)

    async def _look_up(self, token: bytes) -> Identity | Refusal:
        authenticator = self._hub.authenticator
        endings = authenticator.endings
        identity = await authenticator.identify(token)
        if isinstance(identity, Identity) and endings == authenticator.endings == self._endings:
            if len(self._identities) >= IDENTITIES_KEPT:
                self._identities.clear()
            self._identities[token] = identity
        return identity

    async def said_by(self, user: int, after: tuple[int, int], limit: int) -> Sequence[Event] | Refusal:
        # Only one export reads at a time, so that a read of the audit log, in the same thread, waits for at most one
        # page.
        async with self._exporting:
            return await self._hub.authenticator.said_by(user, after, limit)

    # Webhooks

    @property
    def base_url(self) -> str:
        return self._hub.base_url

    def hook_status(self, hook: int) -> tuple[int, str | None, str | None] | None:
        status = self._hub.webhooks.status(hook)
        return None if status is None else (status.acked, status.parked, status.trouble)

    def check_url(self, url: str) -> str | None:
        try:
            self._hub.webhooks.guard.check(url)
        except UrlRefused as refused:
            return str(refused).removesuffix(".")
        return None

    # Rooms

    def page(
        self, room: int, limit: int, *, before: int | None = None, after: int | None = None, said: bool = False
    ) -> Awaitable[list[Event] | None]:
        future: asyncio.Future[list[Event] | None] = self._hub.loop.create_future()
        self._hub.history.read(ReadPage(room, limit, before, after, said, future), _deliver)
        return future

    async def follow(
        self, caller: Caller, room: int, after: int, first: bytes, gone: Callable[[], Awaitable[Any]]
    ) -> AsyncIterator[bytes]:
        stream = _EventStream(self._hub, caller, room)
        self._streams.add(stream)
        if self._closed:
            stream.end("stopping")
        waiting = asyncio.ensure_future(gone())
        waiting.add_done_callback(lambda _: stream.abort())
        try:
            yield first
            async for chunk in stream.chunks(after):
                yield chunk
        finally:
            waiting.cancel()
            self._streams.discard(stream)
            stream.close()

    async def in_time(self, work: Awaitable[T], seconds: float) -> T:
        started = _Started(work)
        if not started.waits:
            return started.result
        async with asyncio.timeout(seconds) as timeout:
            self._timeouts.add(timeout)
            try:
                return await started
            finally:
                self._timeouts.discard(timeout)


class _Started(Generic[T]):
    """Starts an awaitable and runs it until it first waits. Most never wait and need no timer.

    Attributes:
        waits: whether the awaitable waits, so that it has to be awaited.
        result: the result, if it does not wait.
    """

    def __init__(self, work: Awaitable[T]) -> None:
        self.result: T
        self._steps = work.__await__()
        self._awaited: Any = None
        try:
            self._awaited = self._steps.send(None)
            self.waits = True
        except StopIteration as end:
            self.result = end.value
            self.waits = False

    def __await__(self) -> Generator[Any, Any, T]:
        # The same as `yield from` (PEP 380), from its second step on.
        steps, awaited = self._steps, self._awaited
        while True:
            try:
                try:
                    sent = yield awaited
                except BaseException as error:
                    awaited = steps.throw(error)
                else:
                    awaited = steps.send(sent)
            except StopIteration as end:
                return cast("T", end.value)


class _EventStream(Client):
    """A client that reads one room by HTTP, as a stream in chunks.

    Attributes:
        done: a future that is done when the stream has ended.
    """

    dialect = "events"

    def __init__(self, hub: Hub, caller: Caller, room: int) -> None:
        super().__init__(self._take)
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
            hub.presence.arrived(self, self.user, can_return=True)

    async def chunks(self, after: int) -> AsyncIterator[bytes]:
        """Yield the events after a seq, as they come."""
        hub = self._hub
        if self._end is None:
            hub.feeds.subscribe(self, self._room, after, event_stream(hub.view))
        while True:
            if not self._leaving and not self._sees():
                # The room was closed to guests.
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
            elif not await self._changes():
                yield HEARTBEAT

    async def _changes(self) -> bool:
        """Wait until there are bytes to send or the stream ends. Return False if neither happens within
        `HEARTBEAT_SECONDS`.
        """
        self._wake = self._hub.loop.create_future()
        timer = self._hub.loop.call_later(HEARTBEAT_SECONDS, self._wake_up)
        try:
            await self._wake
        finally:
            timer.cancel()
            self._wake = None
        return bool(self._chunks) or self._end is not None or not self._sees()

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _sees(self) -> bool:
        state = self._hub.view.state
        return self._all or visible(state, state.rooms.get(self._room), self.user)

    def end(self, reason: str) -> None:
        """End the stream with a reason, after all bytes were sent."""
        if self._end is None:
            self._end = reason
        self._wake_up()

    def abort(self) -> None:
        self._end = ""
        self._chunks.clear()
        self._wake_up()

    def close(self) -> None:
        """Release the stream's resources. Call it when the stream has ended."""
        self._hub.feeds.lost(self)
        if self.user and not self._all:
            self._hub.presence.gone(self, self.user)
        if not self.done.done():
            self.done.set_result(None)

    def _take(self, data: bytes) -> None:
        self._chunks.append(data)
        self._size += len(data)
        if self._size > STREAM_BYTES and self.writable:
            self.writable = False
            self._hub.feeds.paused(self)
        self._wake_up()

    # Calls of the server: see `Client`

    def ended(self) -> None:
        self.end("left")

    def left(self, event: Event) -> None:
        if event.kind == "guests":
            return  # `chunks` finds out that the room is closed to guests, and ends without this event
        # If the user may not see this room any more, this event is the last one of the stream.
        if event.room == self._room and not self._sees() and not self._leaving:
            self._leaving = True
            if not self._hub.feeds.end_at(self, event.room, event.seq):
                self.end("left")

    def expel(self, refusal: Refusal) -> None:
        self._hub.feeds.lost(self)
        self._chunks.clear()
        self._leaving = True
        self.end("signed_out")


def _deliver(tag: object, page: list[Event] | None) -> None:
    future = cast("asyncio.Future[list[Event] | None]", tag)
    if not future.done():
        future.set_result(page)
