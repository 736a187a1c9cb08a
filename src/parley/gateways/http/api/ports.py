"""The ports of the API: what its handlers need of the server; and the caller of a request."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from parley.core.commands import Command
from parley.core.decision import Outcome
from parley.core.events import Event
from parley.core.records import Identity, TokenInfo, Webhook
from parley.core.refusals import Refusal
from parley.gateways.view import View

ADMIN_SOCKET = "admin_socket"
"""The key in the `state` of an ASGI scope that is true where the request came by the admin socket."""

TRANSPORT = "transport"
"""The key in the `state` of an ASGI scope of the connection's `Transport`."""


class Transport(Protocol):
    """The connection a request came by."""

    def abort(self) -> None:
        """End it at once, whatever is on its way."""

    def is_closing(self) -> bool:
        """Tell whether it has ended, or is about to."""


class Caller(Struct, frozen=True):
    """Who makes a request.

    Attributes:
        user: their id; None for someone nobody knows, `MACHINE` on the admin socket.
        admin_socket: whether the request came by the admin socket.
        token: the SHA-256 of their token; None without a valid one.
        address: the IP address of the client.
        secure: whether the connection is encrypted.
        cookie: whether the token came in a cookie.
    """

    user: int | None
    admin_socket: bool
    token: bytes | None
    address: str
    secure: bool
    cookie: bool = False

    @property
    def id(self) -> int:
        """The user id that commands carry; 0 for an observer."""
        return self.user or 0


class Commands(Protocol):
    """The view, and commands: every other port has them too.

    Attributes:
        view: what is known to be on disk.
        base_url: what links to the server begin with.
        own_origin: the origin that the configuration gives the server; None if it gives none.
        body_seconds: seconds that a request's body may take.
    """

    @property
    def view(self) -> View: ...

    @property
    def base_url(self) -> str: ...

    @property
    def own_origin(self) -> bytes | None: ...

    @property
    def body_seconds(self) -> float: ...

    def origin_refused(self, headers: Mapping[bytes, bytes], address: str) -> None:
        """Log that a request was refused for its origin, but not each of many."""

    def now(self) -> int:
        """Return the time, in milliseconds since 1970 UTC."""

    def new_token(self) -> str:
        """Return a new secret of 256 random bits, in letters that may stand in a URL."""

    def throttle(self, caller: Caller) -> float:
        """Return 0, or the seconds that the caller has to wait before they may change anything."""

    def submit(self, command: Command) -> Awaitable[Outcome]:
        """Have a command decided."""

    def in_time(self, work: Awaitable[Any], seconds: float) -> Awaitable[Any]:
        """Return what comes of `work`.

        Raises:
            TimeoutError: it took longer.
        """


class Identities(Commands, Protocol):
    """Tokens and passwords."""

    def identify(self, token: bytes) -> Identity | Awaitable[Identity | Refusal]:
        """Return whose token has this SHA-256: at once, where that is in memory."""

    def identify_webhook(self, token: bytes) -> Awaitable[Identity | Refusal]:
        """Return which bot an incoming webhook's token is."""

    def met(self, user: int, address: str) -> None:
        """Note that someone has proved at an address to be a user: guesses elsewhere don't slow them down there."""

    def seen(self, user: int) -> None:
        """Note that a guest has made a request: the server holds their name for a while longer."""

    def sign_in(self, name: str, password: str, address: str) -> Awaitable[int | Refusal]:
        """Return the id of the account of that name and password."""

    def hash_password(self, password: str) -> Awaitable[str | Refusal]:
        """Return what is stored of a password."""

    def sessions(self, user: int) -> Awaitable[Sequence[TokenInfo] | Refusal]:
        """Return a user's tokens, the oldest first."""


class History(Commands, Protocol):
    """The logs of rooms, and how far they are read."""

    def page(
        self, room: int, limit: int, *, before: int | None = None, after: int | None = None, said: bool = False
    ) -> Awaitable[list[Event] | None]:
        """Return a page of a log, oldest first; None if it can't be read. See `parley.core.ports.Store`."""

    def find(self, room: int, at: int) -> Awaitable[int | None]:
        """Return the seq of the first event of a room that is not older than `at`, one after the tip if there is none;
        None if the log can't be read.
        """

    def mark_read(self, user: int, room: int, seq: int) -> Awaitable[Refusal | None]:
        """Note that a user has read a room up to a seq, and wait until that is on disk."""


class WebhookAdmin(Commands, Protocol):
    """Outgoing webhooks."""

    def hooks(self) -> Awaitable[Sequence[Webhook] | Refusal]:
        """Return all of them."""

    def hook_status(self, hook: int) -> tuple[int, str | None, str | None] | None:
        """Return the seq that a webhook acknowledged, why it is parked, and its last error; None if there is none."""

    def resume_hook(self, hook: int) -> Awaitable[bool]:
        """Resume a parked webhook; False if there is no such one."""

    def check_url(self, url: str) -> str | None:
        """Return why a webhook may not have this URL, as a sentence without its full stop; None if it may."""


class Streams(Commands, Protocol):
    """Rooms as streams of events.

    Attributes:
        stalled_after: seconds after which a reader who takes nothing is cut.
    """

    @property
    def stalled_after(self) -> float: ...

    def follow(
        self, caller: Caller, room: int, after: int, first: bytes, gone: Callable[[], Awaitable[Any]]
    ) -> AsyncIterator[bytes]:
        """Yield `first`, and then the events of a room after a seq as an event stream, as they come, until the caller
        can't see the room any more, the session ends, the server stops, or `gone` is done.
        """


class Exports(Identities, Protocol):
    """What is read across all rooms."""

    def audit(self, before: tuple[int, int, int] | None, limit: int) -> Awaitable[Sequence[Event] | Refusal]:
        """Return the newest audited events, the newest first, before the one at (at, room, seq)."""

    def said_by(self, user: int, after: tuple[int, int], limit: int) -> Awaitable[Sequence[Event] | Refusal]:
        """Return messages of a user by room and seq, those after the place (room, seq)."""


class Server(History, WebhookAdmin, Streams, Exports, Protocol):
    """All ports together."""
