"""Connections: where bytes come in and effects are performed."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

from parley.core.commands import ReleaseName
from parley.core.decision import Outcome
from parley.core.events import Event
from parley.core.refusals import Refusal, refuse
from parley.core.rendering import Signal
from parley.gateways.effects import (
    BindUser,
    CheckPassword,
    Close,
    Effect,
    Effects,
    FindSeq,
    HashPassword,
    MarkRead,
    ReadPage,
    Rerender,
    ResumeToken,
    Send,
    SetTimer,
    Submit,
    Subscribe,
    Unsubscribe,
)
from parley.gateways.session import Session
from parley.server.engine.subscription import Cursor

from .peer import Peer
from .tcp import unacknowledged

if TYPE_CHECKING:
    from parley.server.hub import Hub

log = logging.getLogger("parley")

WRITE_HIGH_BYTES: Final = 32 * 1024
"""Above this many unsent bytes a connection is paused. One more piece may be on its way: together at most 64 KiB."""

PENDING_COMMANDS: Final = 256
"""With so many commands undecided, nothing more is read from a connection."""

CLOSE_SECONDS: Final = 5.0
"""How long a connection that is being closed may take to read what was written to it."""


class Connection(asyncio.Protocol):
    """One client's connection: performs what its session wants. Subclasses know the framing.

    Attributes:
        writable: see `parley.server.engine.subscription.Reader`.
        cursors: likewise.
        user: the id of the user it speaks for; 0 before.
        token: the SHA-256 of the token of the session it speaks for; None where there is none.
        paused_at: when it last stopped taking bytes (`time.monotonic`), while it does.
    """

    dialect = ""

    __slots__ = (
        "__weakref__",
        "_alarm",
        "_answered",
        "_backlog",
        "_closing",
        "_ended",
        "_endings",
        "_going_on",
        "_held",
        "_hub",
        "_lost",
        "_peer",
        "_pending",
        "_reading",
        "_session",
        "_transport",
        "_unwritten",
        "cursors",
        "paused_at",
        "token",
        "unsent",
        "user",
        "writable",
        "write",
    )

    def __init__(self, hub: "Hub", session: Session, peer: Peer) -> None:
        self._hub = hub
        self._session = session
        self._peer = peer
        self._transport: asyncio.Transport | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._pending = 0
        self._reading = True
        self._closing = False
        self._ended = False
        self._endings = 0
        self._backlog: tuple[Effect, ...] = ()
        self._unwritten = b""
        self._held = False
        self._going_on = False
        self._lost = False
        self._answered = False
        self.cursors: tuple[Cursor, ...] = ()
        self.user = 0
        self.token: bytes | None = None
        self.writable = True
        self.paused_at = 0.0
        self.unsent = 0
        self.write: Callable[[bytes], None] = _drop

    @property
    def address(self) -> str:
        """The client's address, as HOST:PORT."""
        return self._peer.address

    # What the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(WRITE_HIGH_BYTES, WRITE_HIGH_BYTES // 4)
        self.write = self._transport.write
        self._hub.opened(self)
        self.perform(self._session.opened())

    def data_received(self, data: bytes) -> None:
        self.perform(self._session.receive(data))

    def eof_received(self) -> bool:
        # Half-closed: `echo hello | nc` has said all it has to say and still reads. What it said is decided
        # and shown first.
        self._closing = self._ended = True
        self.perform(self._session.ended())
        # TLS knows no half-closed connections.
        return self._transport is not None and self._transport.get_extra_info("ssl_object") is None

    def pause_writing(self) -> None:
        self.writable = False
        self.paused_at = time.monotonic()
        self.unsent = self._transport.get_write_buffer_size() if self._transport else 0
        self._hub.feeds.paused(self)
        self._balance()

    def resume_writing(self) -> None:
        self.writable = True
        self._hub.feeds.resumed(self)
        self._balance()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        self.write = _drop
        if self._alarm is not None:
            self._alarm.cancel()
        self._hub.feeds.lost(self)
        self._endings = 0
        self._backlog = ()
        self._hub.closed(self)
        self._peer.leave()

    # What the house calls

    def decided(self, tag: object, outcome: Outcome) -> None:
        """A command that this connection submitted came to this. `flush` follows when all of the commit were told."""
        self._pending -= 1
        if not self._answered:
            self._answered = True
            self._hub.answered.append(self)
        if effects := self._session.decided(tag, outcome):
            self._perform(effects, more=True)

    def flush(self) -> None:
        """Write what came of the decisions that were told, in one go, and read on if they have made room."""
        self._answered = False
        data, self._unwritten = self._unwritten, b""
        if data:
            self.write(data)
        self._balance()

    def joined(self, event: Event) -> None:
        self.perform(self._session.joined(event))

    def left(self, event: Event) -> None:
        # A stream of the room that waits to begin, after an earlier leaving, ends with this event; one that is on its
        # way to an end keeps that.
        self._backlog = tuple(_ended(effect, event) for effect in self._backlog)
        if not any(cursor.feed.room == event.room and cursor.last is not None for cursor in self.cursors):
            self._endings += 1
            if not self._hub.feeds.end_at(self, event.room, event.seq):
                self._endings -= 1
        self.perform(self._session.left(event))

    def renamed(self, event: Event) -> None:
        self.perform(self._session.renamed(event))

    def invited(self, event: Event) -> None:
        self.perform(self._session.invited(event))

    def read_mark_moved(self, room: int) -> None:
        self.perform(self._session.read_mark_moved(room))

    def preferences_changed(self, room: int) -> None:
        self.perform(self._session.preferences_changed(room))

    def ended(self) -> None:
        """See `parley.server.engine.subscription.Reader`."""
        self._endings -= 1
        if not self._endings and self._backlog:
            self._hub.loop.call_soon(self._catch_up)

    def caught_up(self) -> None:
        """See `parley.server.engine.subscription.Reader`."""
        if self._ended:
            self._balance()

    def hold(self) -> None:
        """Read nothing more; what is on its way is decided and answered."""
        self._held = True
        self._balance()

    def stop(self) -> None:
        """Say goodbye: the server is stopping."""
        self.perform(self._session.stopping())

    def cut(self) -> None:
        """End a connection that takes nothing."""
        log.info("%s takes nothing and is far behind: cut", self.address)
        self._hub.feeds.lost(self)
        self._endings = 0
        self._backlog = ()
        self.perform(self._session.stalled())

    def expel(self, refusal: Refusal) -> None:
        """End it: the session it spoke for is over."""
        # Whatever it still lacked of a room it has left is not for it any more.
        self._endings = 0
        self._backlog = ()
        self.perform(self._session.expelled(refusal))

    def abort(self) -> None:
        """End it now."""
        if self._transport is not None:
            self._transport.abort()

    def progressed(self) -> bool:
        """Tell whether a paused connection has taken bytes since this was last asked."""
        before, self.unsent = self.unsent, self._transport.get_write_buffer_size() if self._transport else 0
        return self.unsent < before

    def written(self, room: int) -> int | None:
        """Return the seq up to which a room's events were written to the client; None if it does not read it."""
        cursor = next((cursor for cursor in self.cursors if cursor.feed.room == room), None)
        if cursor is None:
            return None
        return cursor.feed.shown if cursor.grouped else cursor.seq

    def arrived(self) -> bool:
        """Tell whether everything that was written is known to be on the client's machine."""
        if self._transport is None or self._lost or self._transport.get_write_buffer_size():
            return False
        if self._transport.get_extra_info("peername", ("",))[0] != self._peer.host:
            return False  # it is the proxy's machine that has it
        sock = self._transport.get_extra_info("socket")
        return sock is not None and unacknowledged(sock.fileno()) == 0

    # Effects

    def perform(self, effects: Effects) -> None:
        """Do what a session wants, and read on if there is room."""
        self._perform(effects)
        self._balance()

    def _perform(self, effects: Effects, *, more: bool = False) -> None:
        """Do what a session wants, in order. What is sent in one go is written in one go; with `more`, together with
        what follows until `flush`.

        While a cursor that has come to its end, because the user left the room, still lacks events, everything waits:
        that the user left, and perhaps came back, is told after the last of them.
        """
        if self._held_up():
            self._backlog += tuple(effects)
            return
        data, self._unwritten = self._unwritten, b""
        for count, effect in enumerate(effects, 1):
            kind = type(effect)
            if kind is Send:
                data += effect.data  # type: ignore[union-attr]
            elif kind is Submit:
                self._submit(cast("Submit", effect))
            else:
                if data:
                    self.write(data)
                    data = b""
                self._do(effect)
                if self._held_up():
                    self._backlog += tuple(effects[count:])
                    break
        if more:
            self._unwritten = data
        elif data:
            self.write(data)

    def _held_up(self) -> bool:
        return self._endings > 0 or bool(self._backlog)

    def _catch_up(self) -> None:
        if not self._endings:
            effects, self._backlog = self._backlog, ()
            self.perform(effects)

    def _submit(self, effect: Submit) -> None:
        self._pending += 1
        wait = self._hub.throttle(self.user, effect.command) if self.user else 0.0
        if wait:
            refusal = refuse("too_fast", int(wait * 1000) + 1, seconds=max(wait, 0.1))
            self._hub.loop.call_soon(self._turned_away, effect.tag, refusal)
        else:
            self._hub.writer.submit(effect.command, self, effect.tag)

    def _turned_away(self, tag: object, refusal: Refusal) -> None:
        self._pending -= 1
        self.perform(self._session.decided(tag, refusal))

    def _do(self, effect: Effect) -> None:
        hub = self._hub
        match effect:
            case BindUser():
                self.user, self.token = effect.user, effect.token
                if not self._lost:
                    hub.speaks(self)
                elif not hub.presence.knows(effect.user):
                    # The client went while its name was being stored.
                    hub.writer.submit(ReleaseName(effect.user), hub.presence, effect.user)
            case SetTimer():
                if self._alarm is not None:
                    self._alarm.cancel()
                    self._alarm = None
                if effect.seconds and not self._lost:
                    self._alarm = hub.loop.call_later(effect.seconds, self._ring)
            case _ if self._lost:
                pass
            case Subscribe():
                self._endings += effect.last is not None
                hub.feeds.subscribe(self, effect.room, effect.after, effect.rendering, effect.last)
            case Unsubscribe():
                hub.feeds.unsubscribe(self, effect.room)
            case Rerender():
                hub.feeds.rerender(self, effect.room, effect.rendering)
            case Signal():
                if not hub.throttle(self.user):
                    hub.feeds.signal(effect, but=self)
            case MarkRead():
                hub.receipts.move(self.user, effect.room, delivered=effect.delivered, read=effect.read)
            case FindSeq():
                self._pending += 1
                hub.spawn(self._find(effect))
            case ReadPage():
                self._look_up(effect)
            case ResumeToken() | CheckPassword() | HashPassword():
                self._pending += 1
                hub.spawn(self._ask_credentials(effect))
            case Close():
                self._close(effect)

    def _look_up(self, effect: ReadPage) -> None:
        self._pending += 1
        self._hub.pages.read(effect, self._turn_to)

    def _turn_to(self, tag: object, page: list[Event] | None) -> None:
        self._pending -= 1
        self.perform(self._session.page(tag, page))

    async def _find(self, effect: FindSeq) -> None:
        seq = await self._hub.find(effect.room, effect.at)
        self._pending -= 1
        self.perform(self._session.seq_found(effect.tag, seq))

    async def _ask_credentials(self, effect: ResumeToken | CheckPassword | HashPassword) -> None:
        hub, session = self._hub, self._session
        match effect:
            case ResumeToken():
                identity = await hub.credentials.identify(effect.token, address=self._peer.host)
                self._pending -= 1
                self.perform(session.token_resumed(identity))
            case CheckPassword():
                user = await hub.credentials.sign_in(effect.name, effect.password, self._peer.host)
                self._pending -= 1
                self.perform(session.password_checked(user))
            case HashPassword():
                hashed = await hub.credentials.hash_password(effect.password)
                self._pending -= 1
                self.perform(session.password_hashed(hashed))

    def _ring(self) -> None:
        self._alarm = None
        self.perform(self._session.timer_fired())

    def _balance(self) -> None:
        """Read only while there is room: what comes in must not outrun what goes out or is decided."""
        if self._transport is None or self._lost:
            return
        more = self._has_more()
        free = self._is_free()
        if more and free and not self._going_on:
            self._going_on = True
            self._hub.loop.call_soon(self._go_on)
        reading = free and not more and not self._closing and not self._held
        if reading != self._reading:
            self._reading = reading
            if not self._transport.is_closing():
                (self._transport.resume_reading if reading else self._transport.pause_reading)()
        done = self._ended and self._pending == 0 and not self._session.blocked and not more and not self._backlog
        # Who only writes no more is shown what they said, behind whatever else is said.
        if done and not self._hub.feeds.lag(self):
            # What was decided in this turn of the loop is about to be shown; that goes out first.
            self._hub.loop.call_soon(self._end)

    def _is_free(self) -> bool:
        """Tell whether there is room for what further input would come to."""
        return self.writable and not self._backlog and not self._session.blocked and self._pending < PENDING_COMMANDS

    def _has_more(self) -> bool:
        """Tell whether something that was received waits until there is room for what it comes to."""
        return self._session.more

    def _go_on(self) -> None:
        self._going_on = False
        self.perform(self._session.go_on())

    def _close(self, effect: Close) -> None:
        if effect.reset and self._transport is not None:
            self._hub.reset(self._transport)
            return
        self._closing = True
        self._hub.loop.call_soon(self._part, effect)

    def _part(self, effect: Close) -> None:
        """End the conversation as the framing demands."""
        self._end()

    def _end(self) -> None:
        """Close when everything is written, however slowly it is read, within bounds."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()
            self._hub.loop.call_later(CLOSE_SECONDS, self.abort)


class LineConnection(Connection):
    """Bytes are handed on as they come."""

    dialect = "line"
    __slots__ = ()


def _ended(effect: Effect, event: Event) -> Effect:
    """Return what is left of a subscription when its user has left the room."""
    if isinstance(effect, Subscribe) and effect.room == event.room and effect.last is None:
        return Subscribe(effect.room, effect.after, effect.rendering, event.seq)
    return effect


def _drop(data: bytes) -> None:
    """Write to a connection that is not there any more."""
