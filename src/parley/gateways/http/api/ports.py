"""The ports of the API: the interfaces that its handlers require of the server; and the caller of a request."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from parley.core.commands import Command
from parley.core.decision import Outcome
from parley.core.events import Event
from parley.core.records import Identity, TokenInfo, Webhook
from parley.core.refusals import Refusal
from parley.gateways.effects import PresentPage, ReadPins, ReadPresent, ReadReactors, ReadVersions
from parley.gateways.view import View

ADMIN_SOCKET = "admin_socket"
"""The key in the `state` of an ASGI scope. Its value is true if the request came by the admin socket."""

TRANSPORT = "transport"
"""The key in the `state` of an ASGI scope. Its value is the connection's `Transport`."""


class Transport(Protocol):
    """The connection a request came by."""

    def abort(self) -> None:
        """End the connection at once, without sending what is still buffered."""

    def is_closing(self) -> bool:
        """Tell whether the connection has ended or is about to end."""


class Caller(Struct, frozen=True):
    """Who makes a request.

    Attributes:
        user: their id; None for a caller without a token, `MACHINE` on the admin socket.
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
    """Reading the durable state and submitting commands. Every other port includes this one.

    Attributes:
        view: the durable state.
        base_url: the beginning of links to the server.
        own_origin: the origin that the configuration gives the server; None if it gives none.
        body_seconds: the seconds within which a request's body has to arrive.
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
        """Log that a request was refused because of its origin. If there are many, only some are logged."""

    def now(self) -> int:
        """Return the time, in milliseconds since 1970 UTC."""

    def new_token(self) -> str:
        """Return a new secret of 256 random bits, in characters that are allowed in a URL."""

    def throttle(self, caller: Caller) -> float:
        """Return 0, or the seconds that the caller has to wait before they may change anything."""

    def submit(self, command: Command) -> Awaitable[Outcome]:
        """Submit a command and return its outcome."""

    def in_time(self, work: Awaitable[Any], seconds: float) -> Awaitable[Any]:
        """Return the result of `work`.

        Raises:
            TimeoutError: it took longer than `seconds`.
        """


class Identities(Commands, Protocol):
    """Tokens and passwords."""

    def identify(self, token: bytes) -> Identity | Awaitable[Identity | Refusal]:
        """Return the owner of the token with this SHA-256: directly, if it is in memory, otherwise as an awaitable."""

    def identify_webhook(self, token: bytes) -> Awaitable[Identity | Refusal]:
        """Return the bot that an incoming webhook's token belongs to."""

    def met(self, user: int, address: str) -> None:
        """Record that a user has proved their identity at an address. Failed sign-ins from other addresses then don't
        delay the user there.
        """

    def seen(self, user: int) -> None:
        """Record that a guest has made a request, so that the server holds their name for another while."""

    def sign_in(self, name: str, password: str, address: str) -> Awaitable[int | Refusal]:
        """Return the id of the account of that name and password."""

    def hash_password(self, password: str) -> Awaitable[str | Refusal]:
        """Return the hash of a password, in the form in which it is stored."""

    def sessions(self, user: int) -> Awaitable[Sequence[TokenInfo] | Refusal]:
        """Return a user's tokens, the oldest first."""


class History(Commands, Protocol):
    """Reading the logs of rooms, and setting read marks."""

    def page(
        self, room: int, limit: int, *, before: int | None = None, after: int | None = None, said: bool = False
    ) -> Awaitable[list[Event] | None]:
        """Return a page of a log, oldest first; None if it can't be read. See `parley.core.ports.Store`."""

    def present_page(self, page: ReadPresent) -> Awaitable[PresentPage | None]:
        """Return a page in present form; None if it can't be read."""

    def message(self, room: int, user: int, seq: int) -> Awaitable[PresentPage | None]:
        """Return a page with one message in present form, empty if there is no such message; None if it can't be
        read.
        """

    def pins(self, pins: ReadPins) -> Awaitable[PresentPage | None]:
        """Return the pinned messages of a room; None if they can't be read."""

    def versions(self, versions: ReadVersions) -> Awaitable[list[Event] | None]:
        """Return a message and edits of it, oldest first; None if they can't be read."""

    def reactors(self, reactors: ReadReactors) -> Awaitable[list[tuple[int, int]] | Refusal]:
        """Return users who react to a message and the seqs of their reactions."""

    def find(self, room: int, at: int) -> Awaitable[int | None]:
        """Return the seq of the first event of a room that is not older than `at`, or the seq after the tip if there is
        none. Return None if the log can't be read.
        """

    def mark_read(self, user: int, room: int, seq: int) -> Awaitable[Refusal | None]:
        """Record that a user has read a room up to a seq, and wait until that is on disk."""


class WebhookAdmin(Commands, Protocol):
    """Outgoing webhooks."""

    def hooks(self) -> Awaitable[Sequence[Webhook] | Refusal]:
        """Return all outgoing webhooks."""

    def hook_status(self, hook: int) -> tuple[int, str | None, str | None] | None:
        """Return the seq that a webhook acknowledged, why it is parked, and its last error; None if there is none."""

    def resume_hook(self, hook: int) -> Awaitable[bool]:
        """Resume a parked webhook; False if there is no such one."""

    def check_url(self, url: str) -> str | None:
        """Return why a webhook may not have this URL, as a sentence without its full stop; None if it may."""


class Streams(Commands, Protocol):
    """Rooms as streams of events.

    Attributes:
        stalled_after: the seconds after which the connection of a client that reads nothing is ended.
    """

    @property
    def stalled_after(self) -> float: ...

    def follow(
        self, caller: Caller, room: int, after: int, first: bytes, gone: Callable[[], Awaitable[Any]]
    ) -> AsyncIterator[bytes]:
        """Yield `first`, and then a room's events after a seq as server-sent events, as they come. The stream ends when
        the caller may not see the room any more, the session ends, the server stops, or `gone` completes.
        """


class Exports(Identities, Protocol):
    """Reading across the logs of all rooms."""

    def audit(self, before: tuple[int, int, int] | None, limit: int) -> Awaitable[Sequence[Event] | Refusal]:
        """Return the newest audited events, the newest first, before the one at (at, room, seq)."""

    def said_by(self, user: int, after: tuple[int, int], limit: int) -> Awaitable[Sequence[Event] | Refusal]:
        """Return messages and edits of a user after the place `after` (room, seq), ordered by room and seq."""


class Server(History, WebhookAdmin, Streams, Exports, Protocol):
    """All ports in one."""
