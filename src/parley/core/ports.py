"""Ports: what the core asks of a store. The adapters are in `parley.storage`."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from .events import Event
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
        tokens: SHA-256 of the resume token by user, for users that the events name for the first time.
        doubts: keys of messages that are about to be refused: were they stored before?
    """

    events: list[Event]
    tokens: dict[int, bytes]
    doubts: list[Keyed]


class Store(Protocol):
    """A durable log.

    `append` and `close` are called from one thread, the reading methods from any one other at a time. All methods but
    `append` and `close` read what is durable, and raise StoreError where it can't be read.
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

    def who(self, token: bytes) -> tuple[int, str] | None:
        """Return the id and the last name of the user whose resume token has this SHA-256."""

    def without_token(self, users: Sequence[int]) -> list[int]:
        """Return those of `users` that have no resume token, so that they can't come back."""

    def close(self) -> None:
        """Let go of everything. Further calls are errors."""
