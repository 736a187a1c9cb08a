"""Connections: receive bytes, pass them to sessions, and perform the sessions' effects."""

import asyncio
import logging
import os
import socket
import struct
import time
from typing import Any, Final, cast

from parley.core.decision import Outcome
from parley.core.events import Event
from parley.core.folding import Item
from parley.core.refusals import Refusal, refuse
from parley.core.rendering import Signal
from parley.gateways.dialect import Dialect
from parley.gateways.effects import (
    BindUser,
    CheckPassword,
    Close,
    Effect,
    Effects,
    FindSeq,
    HashPassword,
    MarkRead,
    NextTurn,
    ReadChanges,
    ReadFolded,
    ReadPage,
    ReadPins,
    ReadPresent,
    ReadReactors,
    ReadVersions,
    Rerender,
    ResumeToken,
    Send,
    SetTimer,
    Submit,
    Subscribe,
    Unsubscribe,
)
from parley.gateways.session import Session
from parley.server.protocols import Client, ClientHost

from .peer import Peer
from .tcp import unacknowledged

log = logging.getLogger("parley")

WRITE_HIGH_BYTES: Final = 20 * 1024
"""Above this many unsent bytes a connection is paused. One more piece and the refusals of all undecided commands may
follow, so there are at most 64 KiB in all.
"""

TURN_SECONDS: Final = 0.002
"""After this time, a connection that performs effects lets others continue."""

EFFECTS_UNTIMED: Final = 8
"""The clock is read once for this many effects, because reading it takes time."""

EFFECTS_AT_ONCE: Final = 128
"""Of a longer list, only the first `EFFECTS_UNTIMED` effects are performed in the turn in which the session returned
it, because making such a list took time already.
"""

PENDING_COMMANDS: Final = 256
"""While this many commands of a connection are undecided, nothing is read from it."""

CLOSE_SECONDS: Final = 5.0
"""Seconds that a client has to read the remaining bytes when its connection is being closed."""


class Connection(Client, asyncio.Protocol):
    """One client's connection: performs the effects of its session. Subclasses implement the framing.

    Args:
        host: the server.
        session: the session.
        peer: the other end of the connection.
    """

    __slots__ = (
        "__weakref__",
        "_answered",
        "_backlog",
        "_closing",
        "_ended",
        "_endings",
        "_going_on",
        "_held",
        "_host",
        "_lost",
        "_peer",
        "_pending",
        "_reading",
        "_session",
        "_timer",
        "_transport",
        "_unsent",
        "_unwritten",
    )

    def __init__(self, host: ClientHost, session: Session, peer: Peer) -> None:
        super().__init__(_drop)
        self._host = host
        self._session = session
        self._peer = peer
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
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
        self._unsent = 0

    @property
    def address(self) -> str:
        return self._peer.address

    # Calls of the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(WRITE_HIGH_BYTES, WRITE_HIGH_BYTES // 4)
        self.write = self._transport.write
        self._host.opened(self)
        self.perform(self._session.opened())

    def data_received(self, data: bytes) -> None:
        self.perform(self._session.receive(data))

    def eof_received(self) -> bool:
        # The client may have closed only its sending side: `echo hello | nc` still reads. First decide its commands and
        # show it the results.
        self._closing = self._ended = True
        self.perform(self._session.ended())
        # TLS has no half-closed connections.
        return self._transport is not None and self._transport.get_extra_info("ssl_object") is None

    def pause_writing(self) -> None:
        self.writable = False
        self.paused_at = time.monotonic()
        self._unsent = self._transport.get_write_buffer_size() if self._transport else 0
        self._host.feeds.paused(self)
        self._balance()

    def resume_writing(self) -> None:
        self.writable = True
        self._host.feeds.resumed(self)
        self._balance()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        self.write = _drop
        if self._timer is not None:
            self._timer.cancel()
        self._host.feeds.lost(self)
        self._endings = 0
        self._backlog = ()
        self._host.closed(self)
        self._peer.leave()

    # Calls of the server: see `Client`

    def decided(self, tag: object, outcome: Outcome) -> None:
        """See `Submitter`. The answers are written together, by `flush`."""
        self._pending -= 1
        if not self._answered:
            self._answered = True
            self._host.writer.flush_later(self)
        if effects := self._session.decided(tag, outcome):
            self._perform(effects, more=True)

    def flush(self) -> None:
        self._answered = False
        data, self._unwritten = self._unwritten, b""
        if data:
            self.write(data)
        self._balance()

    def joined(self, event: Event) -> None:
        self.perform(self._session.joined(event))

    def left(self, event: Event) -> None:
        # A subscription in the backlog ends with this event. A cursor whose end is set already keeps that end.
        self._backlog = tuple(_ended(effect, event) for effect in self._backlog)
        if not self._host.feeds.is_ending(self, event.room):
            self._endings += 1
            if not self._host.feeds.end_at(self, event.room, event.seq):
                self._endings -= 1
        self.perform(self._session.left(event))

    def renamed(self, event: Event) -> None:
        self.perform(self._session.renamed(event))

    def registered(self) -> None:
        self._host.authenticator.met(self.user, self._peer.host)

    def invited(self, event: Event) -> None:
        self.perform(self._session.invited(event))

    def read_mark_moved(self, room: int) -> None:
        self.perform(self._session.read_mark_moved(room))

    def preferences_changed(self, room: int) -> None:
        self.perform(self._session.preferences_changed(room))

    def ended(self) -> None:
        self._endings -= 1
        if not self._endings and self._backlog:
            self._host.loop.call_soon(self._catch_up)

    def caught_up(self) -> None:
        if self._ended:
            self._balance()

    def hold(self) -> None:
        self._held = True
        self._balance()

    def stop(self) -> None:
        self.perform(self._session.stopping())

    def cut(self) -> None:
        log.info("%s takes nothing and is far behind: cut", self.address)
        self._host.feeds.lost(self)
        self._endings = 0
        self._backlog = ()
        self.perform(self._session.stalled())

    def expel(self, refusal: Refusal) -> None:
        # Events of rooms that the user has left, and that were not written yet, are dropped.
        self._endings = 0
        self._backlog = ()
        self.perform(self._session.expelled(refusal))

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def has_progressed(self) -> bool:
        before, self._unsent = self._unsent, self._transport.get_write_buffer_size() if self._transport else 0
        return self._unsent < before

    def has_arrived(self) -> bool:
        if self._transport is None or self._lost or self._transport.get_write_buffer_size():
            return False
        if self._transport.get_extra_info("peername", ("",))[0] != self._peer.host:
            return False  # behind a proxy, an acknowledgement only means that the proxy's machine has the bytes
        sock = self._transport.get_extra_info("socket")
        return sock is not None and unacknowledged(sock.fileno()) == 0

    # Effects

    def perform(self, effects: Effects) -> None:
        """Perform the effects of a session. Then continue or stop reading, see `_balance`."""
        self._perform(effects)
        self._balance()

    def _perform(self, effects: Effects, *, more: bool = False, continued: bool = False) -> None:
        """Perform effects in order. Bytes to send are written together; with `more`, together with all that follows
        until `flush`. `continued`: they come from the backlog.

        If the user has left a room and the last events of its stream are not written yet, all effects wait in the
        backlog until they are. So the client learns of the departure, and perhaps of a return, after these events.
        """
        if self._held_up():
            self._backlog += tuple(effects)
            return
        data, self._unwritten = self._unwritten, b""
        until = 0.0
        if len(effects) > EFFECTS_UNTIMED and (continued or len(effects) <= EFFECTS_AT_ONCE):
            until = time.perf_counter() + TURN_SECONDS
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
                if count % EFFECTS_UNTIMED == 0 and count < len(effects) and time.perf_counter() > until:
                    # Let other connections continue: a user may be in a thousand rooms and lack events of each.
                    self._backlog = tuple(effects[count:])
                    self._host.loop.call_soon(self._catch_up)
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
            self._perform(effects, continued=True)
            self._balance()

    def _submit(self, effect: Submit) -> None:
        self._pending += 1
        wait = self._host.throttle(self.user, effect.command) if self.user else 0.0
        if wait:
            refusal = refuse("too_fast", int(wait * 1000) + 1, seconds=max(wait, 0.1))
            self._host.loop.call_soon(self._refuse, effect.tag, refusal)
        else:
            self._host.writer.submit(effect.command, self, effect.tag)

    def _refuse(self, tag: object, refusal: Refusal) -> None:
        self._pending -= 1
        self.perform(self._session.decided(tag, refusal))

    def _do(self, effect: Effect) -> None:
        host = self._host
        match effect:
            case BindUser():
                self.user, self.token = effect.user, effect.token
                if self._lost:
                    host.abandon(effect.user)
                else:
                    host.bind(self)
            case SetTimer():
                if self._timer is not None:
                    self._timer.cancel()
                    self._timer = None
                if effect.seconds and not self._lost:
                    self._timer = host.loop.call_later(effect.seconds, self._timer_fired)
            case _ if self._lost:
                pass
            case Subscribe():
                self._endings += effect.last is not None
                host.feeds.subscribe(self, effect.room, effect.after, effect.rendering, effect.last)
            case Unsubscribe():
                host.feeds.unsubscribe(self, effect.room)
            case Rerender():
                host.feeds.rerender(self, effect.room, effect.rendering)
            case Signal():
                if not host.throttle(self.user):
                    host.feeds.signal(effect, but=self)
            case MarkRead():
                host.read_marks.move(self.user, effect.room, delivered=effect.delivered, read=effect.read)
            case FindSeq():
                self._pending += 1
                host.spawn(self._find(effect))
            case ReadPresent() | ReadPins() | ReadChanges() | ReadVersions() | ReadReactors():
                self._pending += 1
                host.spawn(self._read_messages(effect))
            case ReadPage():
                self._pending += 1
                host.history.read(effect, self._deliver_page)
            case ReadFolded():
                self._pending += 1
                host.history.read_folded(effect, self._deliver_folded)
            case ResumeToken() | CheckPassword() | HashPassword():
                self._pending += 1
                host.spawn(self._authenticate(effect))
            case NextTurn():
                self._pending += 1
                host.loop.call_soon(self._next_turn)
            case Close():
                self._close(effect)

    def _next_turn(self) -> None:
        self._pending -= 1
        self.perform(self._session.next_turn())

    def _deliver_page(self, tag: object, page: list[Event] | None) -> None:
        self._pending -= 1
        self.perform(self._session.page(tag, page))

    def _deliver_folded(self, tag: object, items: list[Item] | None) -> None:
        self._pending -= 1
        self.perform(self._session.folded_page(tag, items))

    async def _read_messages(self, effect: ReadPresent | ReadPins | ReadChanges | ReadVersions | ReadReactors) -> None:
        host, session = self._host, self._session
        found: Any
        match effect:
            case ReadPresent():
                found = await host.history.present_page(effect)
            case ReadPins():
                found = await host.history.pins(effect)
            case ReadChanges():
                found = await host.history.changes(effect)
            case ReadVersions():
                found = await host.log_reader.versions(effect)
            case ReadReactors():
                found = await host.log_reader.reactors(effect)
        self._pending -= 1
        if self._held_up():
            # Events are written before the backlog is performed, and what is sent then has to include them: so it is
            # read again then.
            self._backlog += (effect,)
            self._balance()
            return
        match effect:
            case ReadPresent() | ReadPins():
                self.perform(session.present_page(effect.tag, found))
            case ReadChanges():
                self.perform(session.changes(effect.tag, found))
            case ReadVersions():
                self.perform(session.page(effect.tag, found))
            case ReadReactors():
                self.perform(session.reactors(effect.tag, found))

    async def _find(self, effect: FindSeq) -> None:
        seq = await self._host.log_reader.find(effect.room, effect.at)
        self._pending -= 1
        self.perform(self._session.seq_found(effect.tag, seq))

    async def _authenticate(self, effect: ResumeToken | CheckPassword | HashPassword) -> None:
        authenticator, session = self._host.authenticator, self._session
        match effect:
            case ResumeToken():
                identity = await authenticator.identify(effect.token, address=self._peer.host)
                self._pending -= 1
                self.perform(session.token_resumed(identity))
            case CheckPassword():
                user = await authenticator.sign_in(effect.name, effect.password, self._peer.host)
                self._pending -= 1
                self.perform(session.password_checked(user))
            case HashPassword():
                hashed = await authenticator.hash_password(effect.password)
                self._pending -= 1
                self.perform(session.password_hashed(hashed))

    def _timer_fired(self) -> None:
        self._timer = None
        self.perform(self._session.timer_fired())

    def _balance(self) -> None:
        """Read from the client only while the connection can take more output and more undecided commands."""
        if self._transport is None or self._lost:
            return
        more = self._has_more()
        free = self._is_free()
        if more and free and not self._going_on:
            self._going_on = True
            self._host.loop.call_soon(self._go_on)
        reading = free and not more and not self._closing and not self._held
        if reading != self._reading:
            self._reading = reading
            if not self._transport.is_closing():
                (self._transport.resume_reading if reading else self._transport.pause_reading)()
        done = self._ended and self._pending == 0 and not self._session.blocked and not more and not self._backlog
        # Before the connection ends, the client is shown all events up to its own messages.
        if done and not self._host.feeds.lag(self):
            # Events that were decided in this turn of the event loop are shown at the end of the turn, so end after
            # that.
            self._host.loop.call_soon(self._end)

    def _is_free(self) -> bool:
        """Tell whether the connection can take more output and more undecided commands."""
        return self.writable and not self._backlog and not self._session.blocked and self._pending < PENDING_COMMANDS

    def _has_more(self) -> bool:
        """Tell whether received input waits until the connection is free again."""
        return self._session.more

    def _go_on(self) -> None:
        self._going_on = False
        self.perform(self._session.go_on())

    def _close(self, effect: Close) -> None:
        if effect.reset and self._transport is not None:
            _reset(self._transport)
            return
        self._closing = True
        self._host.loop.call_soon(self._close_framing, effect)

    def _close_framing(self, effect: Close) -> None:
        """Close the connection in the way that the framing requires."""
        self._end()

    def _end(self) -> None:
        """Close when everything is written, or, if the client reads too slowly, after `CLOSE_SECONDS`."""
        if self._host.feeds.has_unwritten(self):
            self._host.loop.call_soon(self._end)
            return
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()
            self._host.loop.call_later(CLOSE_SECONDS, self.abort)


class BytesConnection(Connection):
    """A connection whose session receives pieces of a byte stream."""

    __slots__ = ("_dialect",)

    def __init__(self, host: ClientHost, dialect: Dialect, session: Session, peer: Peer) -> None:
        super().__init__(host, session, peer)
        self._dialect = dialect

    @property
    def dialect(self) -> str:  # type: ignore[override]
        return self._dialect.name

    @property
    def resumes(self) -> bool:  # type: ignore[override]
        return self._dialect.resumes

    @property
    def acknowledges(self) -> bool:  # type: ignore[override]
        return self._dialect.acknowledges


def _ended(effect: Effect, event: Event) -> Effect:
    """Return an effect of the backlog, changed for the user's departure from a room: a subscription to that room ends
    with the departure.
    """
    if isinstance(effect, Subscribe) and effect.room == event.room and effect.last is None:
        return Subscribe(effect.room, effect.after, effect.rendering, event.seq)
    return effect


def _drop(data: bytes) -> None:
    """Write to a connection that is not open."""


def _reset(transport: asyncio.Transport) -> None:
    """End a connection with a TCP reset."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        with socket.socket(fileno=os.dup(sock.fileno())) as copy:
            copy.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
