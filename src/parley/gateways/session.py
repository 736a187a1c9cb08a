"""The session: one connection's conversation, without I/O."""

from collections.abc import Mapping
from typing import Any, ClassVar

from parley.core.decision import Outcome
from parley.core.events import Event
from parley.core.folding import Item
from parley.core.records import Identity
from parley.core.refusals import Refusal

from .effects import Close, Effects


class ImpossibleMove(Exception):
    """A trigger came in a state that the session's table does not list for it."""


class Session:
    """One connection's conversation. The server calls a method for each thing that happens, and performs the effects
    that it returns. A subclass overrides the methods it needs; all others do nothing, or
    close the connection at the end.

    **Effects** are performed in the order of the list, before the next call on the session; only `expelled` may come
    while those after a `BindUser` are performed. No answer comes from within the call that asked for it. `Send`s in
    a row are written in one go; those of all `decided` calls of one commit are written together, when all commands of
    the commit have been told (`flush`), and before any event of that commit. Effects wait while a stream that ends at
    `left` still lacks events: what follows a departure is told after it. When the connection is lost, the session is
    not told, and of its further effects only `Submit` and `BindUser` are performed.

    **Input.** `opened` comes once and before all else. `receive` comes any number of times: with any piece of the
    bytes, or with one whole message where messages have a framing. `ended` comes at most once, after the last
    `receive`; with a framing it does not come. The connection is then closed when nothing is unanswered or unread.

    - `blocked`: the session waits for an answer. The server stops reading, and hands over no further message; bytes
      that were on their way may still come, and the session has to keep them.
    - `more`: the session has kept input, and can go on now. The server calls `go_on` when there is room for what comes
      of it. Only sessions of plain bytes are asked.

    **Answers** come once for each effect that asks: `decided` for `Submit`, `token_resumed` for `ResumeToken`,
    `password_checked` for `CheckPassword`, `password_hashed` for `HashPassword`, `page` for `ReadPage`,
    `folded_page` for `ReadFolded`, `seq_found` for `FindSeq`; `timer_fired` unless a further `SetTimer` comes first.
    `decided` comes in the order of the `Submit`s, but a command that is refused as `too_fast` may overtake others.

    **What happens to the user** comes any number of times, from `BindUser` to `expelled`; `left` also comes to those
    who watch a room without a name, when it is closed to them. For one commit it comes in this order: `left`;
    `expelled`, `preferences_changed` and `read_mark_moved`; `decided`; `joined` and `invited`; the events themselves,
    in the streams; `renamed`. So `decided` comes before the `joined` of the same command, and the `left` of someone
    who came in and went out in one commit comes before both. A stream ends by itself with the event of `left`.

    **The end.** `expelled`, `stopping` and `stalled` come at most once each, and the session has to answer with
    `Close`. Before `expelled` and `stalled` the server has ended all streams; before `stopping` every command has been
    decided. After `Close` nothing is received, and answers may still come. After `expelled` they must change nothing.
    Otherwise a `ClaimName` that was decided leads to `BindUser`, so that the server can release the name of a client
    that has gone.

    **States.** `MOVES` lists which trigger leads from which state to which. Messages, which are frequent, move nothing.

    Attributes:
        state: where the conversation is.
        blocked: see above; whether the state is in `BLOCKED`.
    """

    MOVES: ClassVar[Mapping[Any, str]] = {}
    BLOCKED: ClassVar[frozenset[str]] = frozenset()

    __slots__ = ("blocked", "state")

    def __init__(self, state: str = "open") -> None:
        self.state = state
        self.blocked = False

    def move(self, trigger: str) -> None:
        """Go to the state that `trigger` leads to.

        Raises:
            ImpossibleMove: the table lists no such move.
        """
        try:
            self.state = self.MOVES[self.state, trigger]
        except KeyError:
            raise ImpossibleMove(f"{trigger} in the state {self.state}") from None
        self.blocked = self.state in self.BLOCKED

    # Input

    def opened(self) -> Effects:
        """The connection is there."""
        return []

    def receive(self, data: bytes) -> Effects:
        """Bytes, or one message, came in."""
        return []

    @property
    def more(self) -> bool:
        """Whether the session has input that it can go on with."""
        return False

    def go_on(self) -> Effects:
        """Take more of the input that was kept."""
        return []

    def ended(self) -> Effects:
        """Nothing more will come in; the client may still be reading."""
        return []

    # Answers

    def decided(self, tag: object, outcome: Outcome) -> Effects:
        """The command that was submitted with `tag` came to this."""
        return []

    def token_resumed(self, identity: Identity | Refusal) -> Effects:
        """Whose token it is, or `token_unknown`."""
        return []

    def password_checked(self, user: int | Refusal) -> Effects:
        """The id of the account whose password it is, or why nobody is let in."""
        return []

    def password_hashed(self, hash: str | Refusal) -> Effects:
        """The hash, or why there is none."""
        return []

    def page(self, tag: object, events: list[Event] | None) -> Effects:
        """The page, oldest event first; None where the log could not be read."""
        return []

    def folded_page(self, tag: object, items: list[Item] | None) -> Effects:
        """The folded page, oldest item first; None where the log could not be read."""
        return []

    def seq_found(self, tag: object, seq: int | None) -> Effects:
        """The seq, one after the tip if there is no such event; None where the log could not be read."""
        return []

    def timer_fired(self) -> Effects:
        """The seconds of `SetTimer` are over."""
        return []

    # What happens to the user

    def joined(self, event: Event) -> Effects:
        """The user joined a room, through this session or another way."""
        return []

    def left(self, event: Event) -> Effects:
        """The user left a room or was put out, or may not watch it any more. Who is banned from a room that they only
        watch may subscribe anew.
        """
        return []

    def renamed(self, event: Event) -> Effects:
        """A room that the user is in has a new name."""
        return []

    def invited(self, event: Event) -> Effects:
        """The user was invited into a room."""
        return []

    def read_mark_moved(self, room: int) -> Effects:
        """The user has read more of a room, here or elsewhere."""
        return []

    def preferences_changed(self, room: int) -> Effects:
        """The user has set another level for a room; 0: other quiet hours."""
        return []

    # The end

    def expelled(self, refusal: Refusal) -> Effects:
        """The user's session was revoked, or their account was disabled or deleted."""
        return [Close()]

    def stopping(self) -> Effects:
        """The server is stopping."""
        return [Close()]

    def stalled(self) -> Effects:
        """The client has taken nothing for too long."""
        return [Close()]
