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
from parley.gateways.effects import ReadFolded, ReadPage

RETRY_MS: Final = 1_000
"""Milliseconds after which something that can't be stored or read now may be tried again."""


class Client:
    """A connection or a stream that shows rooms to one user. A subclass overrides the calls that concern it.

    Attributes:
        dialect: the name of what it speaks.
        resumes, acknowledges: see `parley.gateways.dialect.Dialect`.
        address: HOST:PORT of the other end.
        user: the id of the user it speaks for; 0 before that is known.
        token: the SHA-256 of the token of its session; None where there is none.
        writable: whether it takes more bytes now.
        write: writes bytes to it.
        cursors: its places in rooms, one for each room it reads, by the room's id. `parley.server.engine.subscription`
            keeps them here; they are few, and a tuple is smaller than a dict.
        paused_at: when it last stopped taking bytes (`time.monotonic`), if it is not writable.
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

    # From subscriptions

    def ended(self) -> None:
        """A cursor has written the event after which it was to end."""

    def caught_up(self) -> None:
        """A cursor that was behind is in step with its room again."""

    # After a commit: `left` before the submitters are answered, the others after that

    def flush(self) -> None:
        """All commands of a commit are answered: write the answers."""

    def joined(self, event: Event) -> None:
        """The user has joined a room."""

    def left(self, event: Event) -> None:
        """The user has left a room, or may not watch it any more; the event is in the room's tail."""

    def renamed(self, event: Event) -> None:
        """A room of the user has a new name. The event was shown before."""

    def invited(self, event: Event) -> None:
        """The user was invited to a room."""

    def read_mark_moved(self, room: int) -> None:
        """The user has read more of a room, here or on another client."""

    def preferences_changed(self, room: int) -> None:
        """The user has changed what to be notified of in a room; 0: in general."""

    def expel(self, refusal: Refusal) -> None:
        """The session is over: write nothing but that, and end."""

    # For connections that a server has open

    def hold(self) -> None:
        """Receive nothing more; what was received is decided and answered."""

    def stop(self) -> None:
        """The server stops: say so, and end."""

    def cut(self) -> None:
        """End it, as it takes no bytes and is far behind."""

    def abort(self) -> None:
        """End it now, whatever is unsent."""

    def beat(self) -> None:
        """Called twice in a `ping_interval`: a client that has been silent may be asked whether it is still there, and
        ended if it does not answer.
        """

    def has_progressed(self) -> bool:
        """Return whether it has taken bytes since the last call, though it is not writable."""
        return True

    def has_arrived(self) -> bool:
        """Return whether all written bytes are known to have arrived at the client's machine."""
        return False


class Submitter(Protocol):
    """A sender of commands."""

    def decided(self, tag: object, outcome: Outcome) -> None:
        """The command that was submitted with this tag came to this."""


class CommandWriter(Protocol):
    """Where commands are decided and stored: in this process, or in another one that it forwards them to."""

    def submit(self, command: Command, submitter: Submitter, tag: object = None) -> None:
        """Have a command decided. `submitter.decided` is called once, never from within this call."""

    def flush_later(self, client: Client) -> None:
        """Call `client.flush` when all commands that are being answered are answered. For `decided` to call."""


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
    def signal(self, signal: Signal | ReadMarkSignal, but: Client | None = None) -> None: ...


class Pages(Protocol):
    """See `parley.server.engine.history.HistoryReader`."""

    def read(self, effect: ReadPage, deliver: Callable[[object, list[Event] | None], None]) -> None: ...
    def read_folded(self, effect: ReadFolded, deliver: Callable[[object, list[Item] | None], None]) -> None: ...


class Log(Protocol):
    """See `parley.server.engine.history.LogReader`."""

    async def find(self, room: int, at: int) -> int | None: ...


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

    `opened` comes first and `closed` last. `bind` comes between them, once; where the client went while its name was
    being stored, `abandon` comes after `closed` in its place.
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
        """A connection is there."""

    def bind(self, client: Client) -> None:
        """It speaks for `client.user` from now on."""

    def closed(self, client: Client) -> None:
        """It is gone."""

    def abandon(self, user: int) -> None:
        """The connection that took this user's name is gone: the name is released if nobody else speaks for them."""

    def throttle(self, user: int, command: Command | None = None) -> float:
        """Return 0, or the seconds a user has to wait before another command; without a command: another signal."""

    def spawn(self, work: Awaitable[None]) -> None:
        """Run a coroutine in the background."""
