"""The session: one connection's conversation, without I/O."""

from collections.abc import Mapping
from typing import Any, ClassVar

from parley.core.decision import Outcome
from parley.core.events import Event
from parley.core.folding import Item
from parley.core.records import Identity
from parley.core.refusals import Refusal

from .effects import ChangedPage, Close, Effects, PresentPage


class ImpossibleMove(Exception):
    """A trigger came in a state that the session's table does not list for it."""


class Session:
    """One connection's conversation. The server calls a method for each occurrence, and performs the effects that the
    method returns. A subclass overrides the methods it needs. The others do nothing; `expelled`, `stopping` and
    `stalled` close the connection.

    **Effects** are performed in the order of the list, before the next call on the session; only `expelled` may come
    while those after a `BindUser` are performed. An answer never comes before the call that asked for it has returned.
    `Send`s in a row are written in one go; those of all `decided` calls of one commit are written together (`flush`),
    after `decided` was called for all its commands, and before any event of that commit. If a stream ends at a `left`
    and some of its events are not written yet, later effects wait for them, so that everything that follows a departure
    is written after it. When the connection is lost, the session is not told, and of its further effects only `Submit`
    and `BindUser` are performed.

    **Input.** `opened` comes once and before all else. `receive` comes any number of times: with a piece of a byte
    stream, or with one whole message if the dialect has a framing. `ended` comes at most once, after the last
    `receive`; with a framing it does not come. After it, the server closes the connection when every command is decided
    and all is written.

    - `blocked`: the session waits for an answer. The server stops reading, and passes on no further message. Bytes that
      were received already may still come, and the session has to keep them.
    - `more`: the session has kept input and can process it now. The server calls `go_on` when the connection has room
      for more output. Only sessions without a framing use it.

    **Answers** come once for each effect that asks: `decided` for `Submit`, `token_resumed` for `ResumeToken`,
    `password_checked` for `CheckPassword`, `password_hashed` for `HashPassword`, `page` for `ReadPage`,
    `folded_page` for `ReadFolded`, `seq_found` for `FindSeq`, `next_turn` for `NextTurn`; `timer_fired` unless a
    further `SetTimer` comes first. `decided` comes in the order of the `Submit`s, but a command that is refused as
    `too_fast` may overtake others.

    **What happens to the user** comes any number of times, from `BindUser` to `expelled`; `left` also comes to those
    who watch a room without a name, when it is closed to them. For one commit it comes in this order: `left`;
    `expelled`, `preferences_changed` and `read_mark_moved`; `decided`; `joined` and `invited`; the events themselves,
    in the streams; `renamed`. So `decided` comes before the `joined` of the same command. If a user joined and left in
    one commit, `left` comes before both. A stream ends by itself with the event of `left`.

    **The end.** `expelled`, `stopping` and `stalled` come at most once each, and the session has to answer with
    `Close`. Before `expelled` and `stalled` the server has ended all streams; before `stopping` every command has been
    decided. After `Close` no input comes, but answers may. After `expelled`, answers must change nothing. In all other
    cases, a `ClaimName` that was decided leads to `BindUser`, so that the server can release the name of a client that
    has disconnected.

    **States.** `MOVES` lists which trigger leads from which state to which. A message, as it is frequent, is no
    trigger.

    Attributes:
        state: the current state of the conversation.
        blocked: whether the state is in `BLOCKED`; see above.
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
        """Called when the connection was made."""
        return []

    def receive(self, data: bytes) -> Effects:
        """Called with bytes, or one whole message, that the client has sent."""
        return []

    @property
    def more(self) -> bool:
        """Whether the session has kept input that it can process now."""
        return False

    def go_on(self) -> Effects:
        """Process more of the input that was kept."""
        return []

    def ended(self) -> Effects:
        """Called when the client has ended its side of the connection; it may still be reading."""
        return []

    # Answers

    def decided(self, tag: object, outcome: Outcome) -> Effects:
        """Called with the outcome of the command that was submitted with `tag`."""
        return []

    def token_resumed(self, identity: Identity | Refusal) -> Effects:
        """Called with the owner of the token, or the refusal `token_unknown`."""
        return []

    def password_checked(self, user: int | Refusal) -> Effects:
        """Called with the id of the account if the password is right, or a refusal."""
        return []

    def password_hashed(self, hash: str | Refusal) -> Effects:
        """Called with the hash of the password, or a refusal."""
        return []

    def page(self, tag: object, events: list[Event] | None) -> Effects:
        """Called with the page, oldest event first, or None if the log could not be read."""
        return []

    def folded_page(self, tag: object, items: list[Item] | None) -> Effects:
        """Called with the folded page, oldest item first, or None if the log could not be read."""
        return []

    def present_page(self, tag: object, page: PresentPage | None) -> Effects:
        """Called with a page in present form, or the pinned messages, or None if the log could not be read."""
        return []

    def changes(self, tag: object, page: ChangedPage | None) -> Effects:
        """Called with messages that were changed, or None if the log could not be read."""
        return []

    def reactors(self, tag: object, found: list[tuple[int, int]] | Refusal) -> Effects:
        """Called with the ids of users who react, and the seqs of their reactions; or why there are none."""
        return []

    def seq_found(self, tag: object, seq: int | None) -> Effects:
        """Called with the seq, which is the one after the tip if there is no such event, or None if the log could not
        be read.
        """
        return []

    def next_turn(self) -> Effects:
        """Called in the turn of the event loop after the one in which the session asked for it."""
        return []

    def timer_fired(self) -> Effects:
        """Called when the seconds of `SetTimer` are over."""
        return []

    # What happens to the user

    def joined(self, event: Event) -> Effects:
        """Called when the user has joined a room, by this session or otherwise."""
        return []

    def left(self, event: Event) -> Effects:
        """Called when the user has left a room or was kicked or banned, or may not watch it any more. A user who is
        banned from a public room that they only watch may subscribe again.
        """
        return []

    def renamed(self, event: Event) -> Effects:
        """Called when a room that the user is in was renamed."""
        return []

    def invited(self, event: Event) -> Effects:
        """Called when the user was invited into a room."""
        return []

    def read_mark_moved(self, room: int) -> Effects:
        """Called when the user has read more of a room, by this session or another one."""
        return []

    def preferences_changed(self, room: int) -> Effects:
        """Called when the user has changed the preferences for a room, or, with the room 0, the quiet hours."""
        return []

    # The end

    def expelled(self, refusal: Refusal) -> Effects:
        """Called when the user's session was ended, or their account was disabled or deleted."""
        return [Close()]

    def stopping(self) -> Effects:
        """Called when the server is stopping."""
        return [Close()]

    def stalled(self) -> Effects:
        """Called when the client has read nothing for too long."""
        return [Close()]
