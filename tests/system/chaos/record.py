"""What clients write down, and what is on disk in the end. Plain values: the checker looks at nothing else."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

MARK = re.compile(r"<([a-z]+\d+[a-z]*\.\d+)>")
"""Every message ends in a mark of its own, `<web3.17>`: dialects that show neither keys nor seqs show that."""

Place = tuple[int, int]
"""A place in a log: (room id, seq)."""


def mark_of(text: str) -> str:
    """Return the mark that a text ends in; empty if it has none."""
    marks = MARK.findall(text)
    return marks[-1] if marks else ""


class Event(NamedTuple):
    """An event as a client was shown it."""

    seq: int
    user: int
    name: str
    kind: str
    text: str


class Stored(NamedTuple):
    """An event as it is on disk."""

    seq: int
    user: int
    name: str
    kind: str
    text: str
    key: str | None = None

    @property
    def shown(self) -> Event:
        return Event(*self[:5])


@dataclass(slots=True)
class Room:
    """A room on disk, with its log from seq 1."""

    id: int
    name: str
    epoch: str
    log: list[Stored] = field(default_factory=list)

    @property
    def members(self) -> tuple[int, ...] | None:
        """The only two users who may see it; None if it is public."""
        if not self.name.startswith("@"):
            return None
        return tuple(int(user) for user in self.name[1:].split("+"))


House = dict[int, Room]


@dataclass(slots=True)
class Stretch:
    """What a client was shown of a room: the events that follow `after`, however often it had to come back for them."""

    room: int
    epoch: str
    after: int
    events: list[Event] = field(default_factory=list)
    owner_joined: bool = False
    """Whether the stretch has to begin with the client's own `joined`."""

    @property
    def seen(self) -> int:
        return self.events[-1].seq if self.events else self.after


@dataclass(slots=True)
class Message:
    """A message with a key, as its sender knows it.

    Attributes:
        acks: every place the server ever answered, in the order of the answers.
        at_once: whether the first attempt was the one acknowledged; only then the order of sending says something.
        refused: the code, if the server said for good that it is not stored and there was no other attempt.
    """

    key: str
    text: str
    room: int | None
    to: str | None
    kind: str = "message"
    connection: int = 0
    attempts: int = 0
    acks: list[Place] = field(default_factory=list)
    at_once: bool = False
    refused: str = ""


@dataclass(slots=True)
class Page:
    """A page of history: what was asked and what came."""

    room: int
    epoch: str
    limit: int
    before: int | None
    after: int | None
    said: bool
    events: list[Event]
    more: bool


@dataclass(slots=True)
class WebAccount:
    """One web client's account of the run."""

    client: str
    user: int = 0
    stretches: list[Stretch] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)


@dataclass(slots=True)
class LineAccount:
    """One connection of a line client; it has a name of its own.

    Attributes:
        shown: the marks of the messages it was shown, in that order.
        sent: the marks of those it sent.
    """

    client: str
    name: str
    shown: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)


class Violation(NamedTuple):
    """A sentence of the promise that was broken.

    Attributes:
        sentence: its number; 0 for what holds it up (the server's health, the protocol's words).
        kind: what happened: lost, doubled, out of order, ...
    """

    sentence: int
    kind: str
    words: str
    room: int | None = None
    seq: int | None = None

    def __str__(self) -> str:
        where = "" if self.room is None else f" [room {self.room}" + ("]" if self.seq is None else f" seq {self.seq}]")
        return f"{self.kind} (sentence {self.sentence}): {self.words}{where}"
