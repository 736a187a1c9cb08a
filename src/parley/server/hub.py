"""The hub: the connections of a running server, and its start and end."""

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from parley.core.commands import Command, MakeInvitation, OpenRoom, ReleaseName
from parley.core.decision import Outcome
from parley.core.events import MACHINE
from parley.core.ports import Store
from parley.core.refusals import Refusal, refuse
from parley.core.tokens import hash_code
from parley.gateways.view import View

from .auth.authenticator import Authenticator
from .config import Config
from .engine.heartbeat import Heartbeat
from .engine.history import HistoryReader, LogReader
from .engine.presence import Presence
from .engine.rate_limit import RateLimit
from .engine.read_lanes import ReadLanes
from .engine.read_marks import ReadMarkWriter
from .engine.sessions import ClientSessions
from .engine.subscription import Feeds
from .engine.writer import Writer
from .protocols import Client
from .webhooks import Webhooks

log = logging.getLogger("parley")

SWEEP_SECONDS: Final = 15.0
FAR_BEHIND_EVENTS: Final = 1_000

CLOSING_SECONDS: Final = 2.0
"""Seconds that clients have to close their connections when the server stops."""


class _Question:
    """The submitter of one command, whose outcome is `answer`."""

    __slots__ = ("answer",)

    def __init__(self, answer: asyncio.Future[Outcome]) -> None:
        self.answer = answer

    def decided(self, tag: object, outcome: Outcome) -> None:
        if not self.answer.done():
            self.answer.set_result(outcome)


@dataclass(eq=False, kw_only=True)
class Hub:
    """The connections of a running server. It is the `parley.server.protocols.ClientHost` that they call.

    Call `open` once, before there are connections, and `close` once, at the end. `parley.server.compose` creates its
    parts.

    Attributes:
        connections: the open connections.
        connection_counts: the number of connections by address.
        base_url: the beginning of links to the server; set before `open`.
        ports: the ports on which the server listens; set before `open`.
        stopping: whether `close` was called.
    """

    loop: asyncio.AbstractEventLoop
    config: Config
    store: Store
    lanes: ReadLanes
    spawn: Callable[[Awaitable[None]], None]
    view: View
    writer: Writer
    feeds: Feeds
    log_reader: LogReader
    history: HistoryReader
    presence: Presence
    sessions: ClientSessions
    read_marks: ReadMarkWriter
    authenticator: Authenticator
    rate_limit: RateLimit[int]
    webhooks: Webhooks
    connections: set[Client] = field(default_factory=set)
    connection_counts: Counter[str] = field(default_factory=Counter)
    base_url: str = ""
    ports: frozenset[int] = frozenset()
    stopping: bool = False
    _empty: asyncio.Event = field(default_factory=asyncio.Event)
    _heartbeat: Heartbeat = field(init=False)

    def __post_init__(self) -> None:
        self._heartbeat = Heartbeat(self.loop, self.connections, self.config.ping_interval / 2)

    def open(self) -> None:
        """Create the lobby if it does not exist, submit the departure of guests who can't come back, and start the
        webhooks' deliveries.
        """
        self.writer.submit(OpenRoom(self.view.lobby), self)
        guests = [user.id for user in self.view.state.users.values() if not user.account]
        self.presence.begin(guests, self.store.without_token(guests))
        self.webhooks.open(self.store.hooks())
        self.loop.call_later(SWEEP_SECONDS, self._sweep)
        self._heartbeat.start()

    async def invite_owner(self) -> str | None:
        """Return the code of a new invitation for the server's owner; None if there was an owner before."""
        if self.view.state.owned:
            return None
        code = secrets.token_urlsafe(24)
        outcome = await self.ask(MakeInvitation(MACHINE, hash_code(code), role="owner", label="first start"))
        return None if isinstance(outcome, Refusal) else code

    async def close(self) -> None:
        """Store and answer the submitted commands, end the connections, and close the store."""
        self.stopping = True
        self._heartbeat.stop()
        self.presence.stop()
        await self.webhooks.stop()
        for client in tuple(self.connections):
            client.hold()
        await self.read_marks.stop()
        await self.writer.stop()
        self.writer.projection.finish()
        for client in tuple(self.connections):
            client.stop()
        if self.connections:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), CLOSING_SECONDS)
        for client in tuple(self.connections):
            client.abort()
        self.authenticator.close()
        self.lanes.close()
        self.store.close()

    # Calls of connections: see `ClientHost`

    def opened(self, client: Client) -> None:
        self.connections.add(client)
        log.debug("connection is established with %s (%s)", client.address, client.dialect)

    def closed(self, client: Client) -> None:
        self.connections.discard(client)
        if self.stopping and not self.connections:
            self._empty.set()
        if client.user:
            self.presence.gone(client, client.user)
            log.info("%s: the connection has ended", client.address, extra={"user": client.user})
            if not self.presence.online(client.user):
                self.rate_limit.forget(client.user)

    def bind(self, client: Client) -> None:
        user = self.view.state.users.get(client.user)
        if user is None:
            client.expel(refuse("session_unknown"))
            return
        log.info("connection is established with %s (%s)", client.address, client.dialect)
        log.info("The alias of this client is %s", user.name, extra={"user": user.id, "address": client.address})
        self.presence.arrived(client, user.id, can_return=user.account or client.resumes)
        self.sessions.begin(client)

    def abandon(self, user: int) -> None:
        if not self.presence.knows(user):
            self.writer.submit(ReleaseName(user), self.presence, user)

    def throttle(self, user: int, command: Command | None = None) -> float:
        return 0.0 if type(command) is ReleaseName else self.rate_limit.take(user)

    # Commands that come from no connection

    def ask(self, command: Command) -> Awaitable[Outcome]:
        """Submit a command, and return its outcome."""
        question = _Question(self.loop.create_future())
        self.writer.submit(command, question)
        return question.answer

    def decided(self, tag: object, outcome: Outcome) -> None:
        """See `Submitter`. Nobody waits for the outcome."""

    def _sweep(self) -> None:
        """End the connections of readers that are far behind and have taken no bytes for `stall_timeout`."""
        now = time.monotonic()
        for client in tuple(self.connections):
            if client.writable:
                continue
            if client.has_progressed():
                client.paused_at = now
                continue
            far_behind = self.feeds.lag(client) > FAR_BEHIND_EVENTS
            if far_behind and now - client.paused_at > self.config.stall_timeout:
                client.cut()
        if not self.stopping:
            self.loop.call_later(SWEEP_SECONDS, self._sweep)
