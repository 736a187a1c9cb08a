"""Effects: what a session wants done, as values. See `parley.gateways.session.Session` for how they are performed."""

from collections.abc import Sequence

from msgspec import Struct

from parley.core.commands import Command
from parley.core.rendering import Rendering, Signal


class Send(Struct, frozen=True, gc=False):
    """Write bytes to the client."""

    data: bytes


class Submit(Struct, frozen=True, gc=False):
    """Submit a command. `Session.decided` is called with the tag and the outcome."""

    command: Command
    tag: object = None


class ResumeToken(Struct, frozen=True):
    """Find out whose token has this SHA-256; `Session.token_resumed` is called with the answer."""

    token: bytes


class CheckPassword(Struct, frozen=True):
    """Check an account's password; `Session.password_checked` is called with the user's id or a refusal."""

    name: str
    password: str


class HashPassword(Struct, frozen=True):
    """Hash a password; `Session.password_hashed` is called with the hash, or why there is none."""

    password: str


class BindUser(Struct, frozen=True):
    """Let the connection speak for a user, until the session whose token has this SHA-256 ends. A dialect without
    tokens gives bytes that no other connection has.
    """

    user: int
    token: bytes | None = None


class Subscribe(Struct, frozen=True):
    """Write to the client the events of a room that follow `after`: those that exist at once, and all further ones.

    With `last`, the seq of an event that exists, the stream ends there, and the next effects wait until it is written.
    """

    room: int
    after: int
    rendering: Rendering
    last: int | None = None


class Unsubscribe(Struct, frozen=True):
    """End the stream of a room."""

    room: int


class Rerender(Struct, frozen=True):
    """Go on with the stream of a room in another rendering."""

    room: int
    rendering: Rendering


class ReadPage(Struct, frozen=True):
    """Read a page of a log: `limit` events before or after a seq; with `said` only messages and actions.
    `Session.page` is called with them.
    """

    room: int
    limit: int
    before: int | None = None
    after: int | None = None
    said: bool = False
    tag: object = None


class ReadFolded(Struct, frozen=True):
    """Read a folded page of a log (`parley.core.folding`): `limit` items before or after a seq.
    `Session.folded_page` is called with them.
    """

    room: int
    limit: int
    before: int | None = None
    after: int | None = None
    tag: object = None


class MarkRead(Struct, frozen=True, gc=False):
    """Move the user's read mark in a room: the seqs up to which events were delivered and read; 0: no news of that."""

    room: int
    delivered: int = 0
    read: int = 0


class FindSeq(Struct, frozen=True):
    """Find the first event of a room that is not older than `at`; `Session.seq_found` is called with its seq."""

    room: int
    at: int
    tag: object = None


class SetTimer(Struct, frozen=True):
    """Call `Session.timer_fired` in `seconds`. It replaces the timer set before; 0 only cancels that one."""

    seconds: float


class Close(Struct, frozen=True):
    """End the connection when everything is written; `code` is that of a WebSocket. `reset`: end it by a TCP reset."""

    code: int = 1000
    reset: bool = False


Effect = (
    Send
    | Submit
    | ResumeToken
    | CheckPassword
    | HashPassword
    | BindUser
    | Subscribe
    | Unsubscribe
    | Rerender
    | ReadPage
    | ReadFolded
    | Signal
    | MarkRead
    | FindSeq
    | SetTimer
    | Close
)
Effects = Sequence[Effect]
