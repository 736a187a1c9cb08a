"""Ports: the interface that the core requires of a store. `parley.storage` implements it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from .events import Event, RelatedEvent
from .folding import Item, Run
from .forms import Message, Shown
from .kinds import MESSAGE_KINDS
from .preferences import Preferences
from .quotes import QuotedMessage
from .read_marks import ReadMarks, RoomReadMarks
from .records import Identity, PutKey, Record, TokenInfo, Webhook
from .state import State

Keyed = tuple[int, str]
"""A command or message, identified by its sender's key: (user id, key)."""

Place = tuple[int, int]
"""A place in a log: (room id, seq)."""

CrashPoint = Callable[[str], None]
"""The server calls it at each point at which a crash must do no harm, with the point's name. In tests it ends the
process there.
"""


def no_crash(point: str) -> None:
    """Continue: the crash point of a server outside of tests."""


class StoreError(Exception):
    """The store could not write or read; nothing of the batch is stored. The text gives the cause, for the log."""


class KeysTaken(Exception):
    """Keys of the batch are stored already; nothing of the batch was stored.

    Attributes:
        places: the stored place of each such key.
    """

    def __init__(self, places: dict[Keyed, Place]) -> None:
        super().__init__(f"{len(places)} keys are stored already")
        self.places = places


class Batch(Struct):
    """What one commit stores: all or nothing.

    Attributes:
        events: events of any logs, those of one log in the order of their seq.
        records: what is stored beside the events, in the order of the decisions. A `ForgetUser` belongs to the last
            decision of a batch: whatever is decided after it has to know what it erases.
        maybe_stored: keys of messages that the rules refuse. Such a message is refused only if the store does not have
            its key yet.
        non_messages: the events that are neither messages nor actions. They are few; most readers need only these.
        related: the events of the class `RelatedEvent`; few, too.
        quotes: the messages that messages of this batch answer, each as (room, seq, quote). They are not stored, but
            shown beside the answers.
    """

    events: list[Event]
    records: list[Record] = []
    maybe_stored: list[Keyed] = []
    non_messages: list[Event] = []
    related: list[RelatedEvent] = []
    quotes: list[tuple[int, int, QuotedMessage]] = []

    def __post_init__(self) -> None:
        self.non_messages = [event for event in self.events if event.kind not in MESSAGE_KINDS]
        self.related = [event for event in self.events if type(event) is RelatedEvent]

    @property
    def plain_messages(self) -> list[Event]:
        """The messages and actions that are not related."""
        if not self.non_messages and not self.related:
            return self.events
        return [event for event in self.events if event.kind in MESSAGE_KINDS and type(event) is Event]

    @property
    def plain_changes(self) -> list[Event]:
        """The other events that are not related."""
        return [event for event in self.non_messages if type(event) is Event] if self.related else self.non_messages

    @property
    def keys(self) -> list[Keyed]:
        """The keys in this batch."""
        of_messages = [(event.user, event.key) for event in self.events if event.key is not None]
        return of_messages + [(record.user, record.key) for record in self.records if type(record) is PutKey]


class Store(Protocol):
    """A durable log.

    Call `append`, `events_at` and `tidy` from one thread. The other reading methods belong to two lanes, each with a
    thread of its own, so that quick reads never wait for heavy ones: `said_by` and `audit`, which may read the whole
    log, are heavy; all others are quick. They read durable data, and raise StoreError if it can't be read. Call `close`
    last.
    """

    def load(self) -> State:
        """Return the state as of the last commit.

        Raises:
            StoreError: the state can't be read.
        """

    def append(self, batch: Batch) -> dict[Keyed, Place]:
        """Store the batch durably in one commit. Return the places of those keys in `maybe_stored` that are stored.

        Raises:
            KeysTaken: the key of an event is stored already. Nothing was stored.
            StoreError: the disk is full or failed, or the events do not follow their log. Nothing was stored.
        """

    def events_at(self, places: Sequence[Place]) -> dict[Place, Event]:
        """Return the events at these places, without those places that have none. Called from the thread of `append`.

        Raises:
            StoreError: they can't be read.
        """

    def recounted(self) -> dict[int, RoomReadMarks]:
        """Return the read marks, as of the last `append`, of the rooms in which it erased the messages of an account.
        Called from the thread of `append`, and only after one with a `ForgetUser`.

        Raises:
            StoreError: they can't be read.
        """

    def tidy(self, *, idle: bool = False) -> bool:
        """Do maintenance. Called after an `append` and after its senders got their answers, so that none of them waits
        for it. Return whether something is left for a call with `idle`, which comes when no `append` follows soon.
        """

    def after(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        """Return the first `limit` events of a log after `seq`, oldest first; with `said` only messages and actions
        that were not erased.
        """

    def before(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        """Return the last `limit` events of a log before `seq`, oldest first; with `said` only messages and actions
        that were not erased.
        """

    def shown(
        self, room: int, user: int, limit: int, *, before: int = 0, after: int = 0, thread: int = 0, said: bool = False
    ) -> tuple[list[Shown], int, int, int]:
        """Return a page in present form: the listed events (`parley.core.forms.is_listed`), oldest first; the first and
        the last seq that the page covers; and the seq as of which the forms are.

        Args:
            room: the room.
            user: whose reactions are `mine`.
            limit: at most this many events are listed. A page may list fewer, although there are more.
            before: list the last ones before this seq; 0: the first ones after `after`.
            after: list the first ones after this seq.
            thread: the root of the thread to list; 0: the room.
            said: whether only messages and actions that were not erased are listed.
        """

    def shown_folded(
        self, room: int, user: int, limit: int, *, before: int = 0, after: int = 0
    ) -> tuple[list[Shown], list[Run], int, int, int]:
        """Return a page of a room as `shown` does, in which long runs of comings and goings are folded as by
        `folded_before`. The runs follow the listed events, and count as one each.
        """

    def pinned(self, room: int, user: int) -> tuple[list[Shown], int]:
        """Return the pinned messages of a room, the oldest message first, and the seq as of which they are pinned."""

    def changed(self, room: int, user: int, after: int, floor: int, limit: int) -> tuple[list[Shown], list[int], int]:
        """Return messages that were changed after the seq `after`, in the order of their newest change and in present
        form; the seqs of all messages that were erased after it; and the seq as of which they are.

        Args:
            room: the room.
            user: whose reactions are `mine`.
            after: only changes after this seq count.
            floor: only messages with at least this seq are returned.
            limit: at most this many messages are returned.
        """

    def versions(self, room: int, seq: int, before: int, limit: int) -> list[Event]:
        """Return a message, and the last `limit` of its edits before the seq `before`, oldest first."""

    def reactors(self, room: int, seq: int, emoji: str, after: int, limit: int) -> list[tuple[int, int]]:
        """Return users who react to a message with an emoji, and the seqs of their reactions, in the order of these and
        after the seq `after`.
        """

    def messages(self, room: int, seqs: Sequence[int]) -> list[Message | None]:
        """Return the present forms of messages; None for a seq that has no message."""

    def folded_after(self, room: int, seq: int, limit: int) -> list[Item]:
        """Return the first `limit` items of a log after `seq`, oldest first, as `parley.core.folding.fold_runs` makes
        them of the events there. The cost depends on `limit` only, however long a run is.
        """

    def folded_before(self, room: int, seq: int, limit: int) -> list[Item]:
        """Return the last `limit` items of a log before `seq`, in the same form and order as `folded_after`."""

    def who(self, token: bytes) -> Identity | None:
        """Return the user whose token has this SHA-256; None if there is none."""

    def password(self, user: int) -> str | None:
        """Return the hash of a user's password."""

    def sessions(self, user: int) -> list[TokenInfo]:
        """Return a user's tokens, the oldest first."""

    def audit(self, before: tuple[int, int, int] | None, limit: int) -> list[Event]:
        """Return the newest events of the kinds in `AUDITED_KINDS`, of all logs, newest first; with `before`, those
        before the event at (at, room, seq).
        """

    def marks(self) -> ReadMarks:
        """Return all read marks and unread counts. Call it before the first `append`."""

    def preferences(self) -> Preferences:
        """Return all notification preferences."""

    def read_between(self, room: int, user: int, after: int, upto: int) -> tuple[int, int]:
        """Return how many messages and actions of users other than `user`, that were not erased, a log has with
        `after < seq <= upto`, and how many of those mention `user` at present.
        """

    def first_at(self, room: int, at: int, tip: int) -> int:
        """Return the seq of the first event of a log that is not older than `at`; `tip + 1` if there is none up to
        `tip`. If a log's times go backwards, the result is arbitrary.
        """

    def hooks(self) -> list[Webhook]:
        """Return the webhooks."""

    def said_by(self, user: int, after: tuple[int, int], limit: int) -> list[Event]:
        """Return the first `limit` messages, actions and edits of a user, without erased ones, after the place `after`
        (room, seq), ordered by room and seq. This scans the whole log.
        """

    def without_token(self, users: Sequence[int]) -> list[int]:
        """Return those of `users` who have no token and so can't come back."""

    def close(self) -> None:
        """Release all resources. Any later call is an error."""
