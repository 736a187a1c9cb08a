"""Effects: what a session asks the server to do, as values. See `parley.gateways.session.Session` for how they are
performed.
"""

from collections.abc import Sequence

from msgspec import Struct

from parley.core.commands import Command
from parley.core.folding import Run
from parley.core.forms import Shown
from parley.core.rendering import Rendering, Signal


class Send(Struct, frozen=True, gc=False):
    """Write bytes to the client."""

    data: bytes


class Submit(Struct, frozen=True, gc=False):
    """Submit a command. `Session.decided` is called with the tag and the outcome."""

    command: Command
    tag: object = None


class ResumeToken(Struct, frozen=True):
    """Find the user whose token has this SHA-256; `Session.token_resumed` is called with the answer."""

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
    tokens gives unique bytes in place of the SHA-256.
    """

    user: int
    token: bytes | None = None


class Subscribe(Struct, frozen=True):
    """Stream a room's events after the seq `after` to the client: the existing ones at once, later ones as they come.

    With `last`, the seq of an existing event, the stream ends with that event, and the next effects wait until it is
    written.
    """

    room: int
    after: int
    rendering: Rendering
    last: int | None = None


class Unsubscribe(Struct, frozen=True):
    """End the stream of a room."""

    room: int


class Rerender(Struct, frozen=True):
    """Continue the stream of a room in another rendering."""

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
    """Move the user's read mark in a room: the seqs up to which events were delivered and read; 0: unchanged."""

    room: int
    delivered: int = 0
    read: int = 0


class ReadPresent(Struct, frozen=True):
    """Read a page in present form; `Session.present_page` is called with it.

    Attributes:
        user: whose reactions are marked.
        before: the last events before this seq; 0: the first ones after `after`.
        thread: the root of the thread to read; 0: the room.
        said: whether only messages and actions that were not erased are read.
        quotes: whether the view's quotes have to have the messages that those of the page answer.
        fold: whether long runs of comings and goings are folded.
    """

    room: int
    user: int
    limit: int
    before: int = 0
    after: int = 0
    thread: int = 0
    tag: object = None
    said: bool = False
    quotes: bool = False
    fold: bool = False


class ReadPins(Struct, frozen=True):
    """Read the pinned messages of a room in present form; `Session.present_page` is called with them. With `quotes` see
    `ReadPresent`.
    """

    room: int
    user: int
    tag: object = None
    quotes: bool = False


class ReadChanges(Struct, frozen=True):
    """Read the messages that were changed after a seq; `Session.changes` is called with them. `floor` is the first seq
    that the user may see.
    """

    room: int
    user: int
    after: int
    floor: int
    limit: int
    tag: object = None


class ReadVersions(Struct, frozen=True):
    """Read a message and its last `limit` edits before the seq `before`; `Session.page` is called with them."""

    room: int
    seq: int
    before: int
    limit: int
    tag: object = None


class ReadReactors(Struct, frozen=True):
    """Read who reacts to a message with an emoji; `Session.reactors` is called with user ids and seqs."""

    room: int
    seq: int
    emoji: str
    after: int
    limit: int
    tag: object = None


class PresentPage(Struct, frozen=True):
    """A page in present form.

    Attributes:
        items: what is listed, oldest first.
        first, last: the seqs that the page covers, both inclusive. The room's events between them that are not listed
            change messages, or are in threads.
        runs: the folded runs of comings and goings.
        upto: the seq as of which the items are. It is at least that of the last event of the room that was written to
            the client before.
    """

    items: list[Shown]
    first: int
    last: int
    upto: int
    runs: Sequence[Run] = ()


class ChangedPage(Struct, frozen=True):
    """Messages that were changed after a seq.

    Attributes:
        items: the messages in present form, in the order of their newest change when they were read.
        changes: for each of them the seq of that change. A message that changes again moves behind the others.
        erased: the seqs of all messages that were erased after the seq.
        upto: the seq as of which the items are; see `PresentPage`.
    """

    items: list[Shown]
    changes: list[int]
    erased: list[int]
    upto: int


class FindSeq(Struct, frozen=True):
    """Find the first event of a room that is not older than `at`; `Session.seq_found` is called with its seq."""

    room: int
    at: int
    tag: object = None


class SetTimer(Struct, frozen=True):
    """Call `Session.timer_fired` in `seconds`. It replaces an earlier timer; 0 seconds only cancel the earlier one."""

    seconds: float


class NextTurn(Struct, frozen=True):
    """Call `Session.next_turn` in the next turn of the event loop, when other connections had theirs."""


class Close(Struct, frozen=True):
    """End the connection when everything is written. `code` is the close code of a WebSocket. With `reset`, end it by a
    TCP reset.
    """

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
    | ReadPresent
    | ReadPins
    | ReadChanges
    | ReadVersions
    | ReadReactors
    | FindSeq
    | SetTimer
    | NextTurn
    | Close
)
Effects = Sequence[Effect]
