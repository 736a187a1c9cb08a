"""Ports: what the core asks of a store. The adapters are in `parley.storage`."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from .events import Event
from .kinds import MESSAGE_KINDS
from .preferences import Preferences
from .read_marks import ReadMarks
from .records import Identity, PutKey, Record, TokenInfo, Webhook
from .state import State

Keyed = tuple[int, str]
"""A message by the name its sender gave it: (user id, key)."""

Place = tuple[int, int]
"""A place in a log: (room id, seq)."""

CrashPoint = Callable[[str], None]
"""Called with the name of each point at which a crash must be harmless; tests crash there."""


def no_crash(point: str) -> None:
    """Go on: the crash point of a server that nobody tests."""


class StoreError(Exception):
    """The store could not write or read: nothing of the batch is stored. The text says why, for the log."""


class KeysTaken(Exception):
    """Keys of the batch were stored before; nothing of the batch is stored.

    Attributes:
        places: where the message of each such key is.
    """

    def __init__(self, places: dict[Keyed, Place]) -> None:
        super().__init__(f"{len(places)} keys are stored already")
        self.places = places


class Batch(Struct):
    """What one commit stores, all or nothing.

    Attributes:
        events: of any logs, those of one log in the order of their seq.
        records: what is stored beside them.
        doubts: keys of messages that are about to be refused: were they stored before?
        unsaid: those of the events that are neither messages nor actions. They are few, and all that most look for.
    """

    events: list[Event]
    records: list[Record] = []
    maybe_stored: list[Keyed] = []
    non_messages: list[Event] = []

    def __post_init__(self) -> None:
        self.non_messages = [event for event in self.events if event.kind not in MESSAGE_KINDS]

    @property
    def messages(self) -> list[Event]:
        """The other events."""
        if not self.non_messages:
            return self.events
        return [event for event in self.events if event.kind in MESSAGE_KINDS]

    @property
    def keys(self) -> list[Keyed]:
        """The keys that the batch stores."""
        of_messages = [(event.user, event.key) for event in self.events if event.key is not None]
        return of_messages + [(record.user, record.key) for record in self.records if type(record) is PutKey]


class Store(Protocol):
    """A durable log.

    `append` and `tidy` are called from one thread. The reading methods belong to two lanes, each with a thread of its
    own, so that what is quick never waits for what is heavy: `said_by` and `audit`, which may look through the whole
    log, are heavy; all others are quick. They read what is durable, and raise StoreError where it can't be read.
    `close` comes after all other calls.
    """

    def load(self) -> State:
        """Return the state as of the last commit.

        Raises:
            StoreError: it can't be read.
        """

    def append(self, batch: Batch) -> dict[Keyed, Place]:
        """Store the batch durably, in one commit, and return the places of those of its doubts that are stored.

        Raises:
            KeysTaken: an event's key is stored already. Nothing was stored.
            StoreError: the disk is full or failed, or the events do not follow on the log. Nothing was stored.
        """

    def tidy(self) -> None:
        """Do what is to be done now and then. Called after an append whose senders need not wait for it."""

    def after(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        """Return the first `limit` events of a log after `seq`, oldest first; with `said` only messages and actions."""

    def before(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        """Return the last `limit` events of a log before `seq`, oldest first; with `said` only messages and actions."""

    def who(self, token: bytes) -> Identity | None:
        """Return whose token has this SHA-256."""

    def password(self, user: int) -> str | None:
        """Return the hash of a user's password."""

    def sessions(self, user: int) -> list[TokenInfo]:
        """Return a user's tokens, the oldest first."""

    def audit(self, before: tuple[int, int, int] | None, limit: int) -> list[Event]:
        """Return the newest events of the kinds in `AUDITED`, of all logs, the newest first; those before the one at
        (at, room, seq), if it is given.
        """

    def marks(self) -> ReadMarks:
        """Return how far members are, and what they have not read. Called before the first `append`."""

    def preferences(self) -> Preferences:
        """Return what users want to be told of."""

    def read_between(self, room: int, user: int, after: int, upto: int) -> tuple[int, int]:
        """Return how many messages and actions of others than `user` a log has after a seq and up to another one, and
        how many of those name them.
        """

    def first_at(self, room: int, at: int, tip: int) -> int:
        """Return the seq of the first event of a log that is not older than `at`; `tip + 1` if there is none up to
        `tip`. Times of a log that go back are none to go by.
        """

    def hooks(self) -> list[Webhook]:
        """Return the webhooks."""

    def said_by(self, user: int, after: tuple[int, int], limit: int) -> list[Event]:
        """Return the first `limit` messages and actions of a user after the place (room, seq), by room and seq. This
        looks through the whole log.
        """

    def without_token(self, users: Sequence[int]) -> list[int]:
        """Return those of `users` that have no token, so that they can't come back."""

    def close(self) -> None:
        """Let go of everything. Further calls are errors."""
