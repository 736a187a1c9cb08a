"""The interfaces between server and clients: the server's calls on a client, and a client's calls on the server.
`compose` ties the two together."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from parley.core.commands import Command
from parley.core.decision import Outcome
from parley.core.events import Event
from parley.core.folding import Item
from parley.core.records import Identity
from parley.core.refusals import Refusal
from parley.core.rendering import ReadMarkSignal, Rendering, Signal
from parley.gateways.effects import (
    ChangedPage,
    PresentPage,
    ReadChanges,
    ReadFolded,
    ReadPage,
    ReadPins,
    ReadPresent,
    ReadReactors,
    ReadVersions,
)

RETRY_MS: Final = 1_000
"""Milliseconds after which a client may repeat a request for which the store could not be written or read."""


class Client:
    """A connection or a stream that shows rooms to one user. A subclass overrides the calls that concern it.

    Attributes:
        dialect: the name of its dialect.
        resumes, acknowledges: see `parley.gateways.dialect.Dialect`.
        address: HOST:PORT of the other end.
        user: the id of the user for whom it speaks; 0 until the user is known.
        token: the SHA-256 of the token of its session; None if it has none.
        writable: whether it takes more bytes now.
        write: writes bytes to it.
        cursors: its cursors, one for each room that it reads. `parley.server.engine.subscription` keeps them here; it
            is a tuple because cursors are few, and a tuple is smaller than a dict.
        paused_at: the time (`time.monotonic`) at which it stopped taking bytes, if it is not writable.
    """

    __slots__ = ("cursors", "paused_at", "token", "user", "writable", "write")

    dialect = ""
    resumes = True
    acknowledges = True

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.cursors: tuple[Any, ...] = ()
        self.paused_at = 0.0
        self.token: bytes | None = None
        self.user = 0
        self.writable = True
        self.write = write

    @property
    def address(self) -> str:
        return ""

    # Calls of subscriptions

    def ended(self) -> None:
        """Called when a cursor has written its last event."""

    def caught_up(self) -> None:
        """Called when a cursor that was behind is in step with its room again."""

    # Calls after a commit: `left` before the submitters are answered, the others after it

    def flush(self) -> None:
        """Write the answers. Called when all commands of a commit are answered."""

    def joined(self, event: Event) -> None:
        """Called when the user has joined a room."""

    def left(self, event: Event) -> None:
        """Called when the user has left a room, or may not watch it any more. The event is in the room's tail."""

    def renamed(self, event: Event) -> None:
        """Called when a room of the user was renamed, after the event was shown."""

    def registered(self) -> None:
        """Called when the user has got an account."""

    def invited(self, event: Event) -> None:
        """Called when the user was invited to a room."""

    def read_mark_moved(self, room: int) -> None:
        """Called when the user has read more of a room, on this client or another one."""

    def preferences_changed(self, room: int) -> None:
        """Called when the user has changed the preferences for a room, or, with the room 0, the quiet hours."""

    def expel(self, refusal: Refusal) -> None:
        """End, because the user's session has ended. Write only this refusal."""

    # Calls on open connections

    def hold(self) -> None:
        """Receive no more input. Input that was received is still processed and answered."""

    def stop(self) -> None:
        """Tell the client that the server is stopping, and end."""

    def cut(self) -> None:
        """End, because the client takes no bytes and is far behind."""

    def abort(self) -> None:
        """End at once, even if bytes are unsent."""

    def beat(self) -> None:
        """Called twice in a `ping_interval`: a silent client may be pinged, and ended if it does not answer."""

    def has_progressed(self) -> bool:
        """Return whether the client has taken bytes since the last call, although it is not writable."""
        return True

    def has_arrived(self) -> bool:
        """Return whether all written bytes have certainly arrived at the client's machine."""
        return False


class Submitter(Protocol):
    """A sender of commands."""

    def decided(self, tag: object, outcome: Outcome) -> None:
        """Called with the outcome of the command that was submitted with this tag."""


class CommandWriter(Protocol):
    """Decides and stores commands, in this process, or by forwarding them to another one."""

    def submit(self, command: Command, submitter: Submitter, tag: object = None) -> None:
        """Submit a command. `submitter.decided` is called once with its outcome, never within this call."""

    def flush_later(self, client: Client) -> None:
        """Call `client.flush` when all commands of the commit are answered. To be called from `decided`."""


class Subscriptions(Protocol):
    """See `parley.server.engine.subscription.Feeds`."""

    def subscribe(
        self, client: Client, room: int, after: int, rendering: Rendering, last: int | None = None
    ) -> None: ...
    def unsubscribe(self, client: Client, room: int) -> None: ...
    def rerender(self, client: Client, room: int, rendering: Rendering) -> None: ...
    def end_at(self, client: Client, room: int, seq: int) -> bool: ...
    def is_ending(self, client: Client, room: int) -> bool: ...
    def paused(self, client: Client) -> None: ...
    def resumed(self, client: Client) -> None: ...
    def lost(self, client: Client) -> None: ...
    def lag(self, client: Client) -> int: ...
    def has_unwritten(self, client: Client) -> bool: ...
    def signal(self, signal: Signal | ReadMarkSignal, but: Client | None = None) -> None: ...


class Pages(Protocol):
    """See `parley.server.engine.history.HistoryReader`."""

    def read(self, effect: ReadPage, deliver: Callable[[object, list[Event] | None], None]) -> None: ...
    def read_folded(self, effect: ReadFolded, deliver: Callable[[object, list[Item] | None], None]) -> None: ...
    async def present_page(self, effect: ReadPresent) -> PresentPage | None: ...
    async def changes(self, effect: ReadChanges) -> ChangedPage | None: ...
    async def pins(self, effect: ReadPins) -> PresentPage | None: ...


class Log(Protocol):
    """See `parley.server.engine.history.LogReader`."""

    async def find(self, room: int, at: int) -> int | None: ...
    async def versions(self, effect: ReadVersions) -> list[Event] | None: ...
    async def reactors(self, effect: ReadReactors) -> list[tuple[int, int]] | Refusal: ...


class ReadMarkPort(Protocol):
    """See `parley.server.engine.read_marks.ReadMarkWriter`."""

    def move(self, user: int, room: int, *, delivered: int = 0, read: int = 0) -> None: ...


class AuthenticatorPort(Protocol):
    """See `parley.server.auth.authenticator.Authenticator`."""

    async def identify(self, token: bytes, *, webhook: bool = False, address: str = "") -> Identity | Refusal: ...
    def met(self, user: int, address: str) -> None: ...
    async def sign_in(self, name: str, password: str, address: str) -> int | Refusal: ...
    async def hash_password(self, password: str) -> str | Refusal: ...


class ClientHost(Protocol):
    """The calls of a connection on the server.

    `opened` comes first and `closed` last. `bind` comes between them, once; if the client disconnected while its name
    was being stored, `abandon` comes after `closed` instead.
    """

    @property
    def loop(self) -> asyncio.AbstractEventLoop: ...
    @property
    def writer(self) -> CommandWriter: ...
    @property
    def feeds(self) -> Subscriptions: ...
    @property
    def history(self) -> Pages: ...
    @property
    def log_reader(self) -> Log: ...
    @property
    def read_marks(self) -> ReadMarkPort: ...
    @property
    def authenticator(self) -> AuthenticatorPort: ...

    def opened(self, client: Client) -> None:
        """Call it when a connection was made."""

    def bind(self, client: Client) -> None:
        """Call it when the client speaks for `client.user` from now on."""

    def closed(self, client: Client) -> None:
        """Call it when the connection has ended."""

    def abandon(self, user: int) -> None:
        """Release the name of a user whose connection ended while the name was being stored, unless another client
        speaks for the user.
        """

    def throttle(self, user: int, command: Command | None = None) -> float:
        """Return 0, or the seconds that a user has to wait before this command, or, if `command` is None, before
        another signal.
        """

    def spawn(self, work: Awaitable[None]) -> None:
        """Run a coroutine in the background."""
