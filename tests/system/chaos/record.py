"""The records of clients, and the contents of the disk at the end of a run. These plain values are the checker's only
input.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

MARK = re.compile(r"<([a-z]+\d+[a-z]*\.\d+)>")
"""Each message ends in a unique mark, `<web3.17>`. It identifies messages in dialects without keys and seqs."""

_HEARD = re.compile(rb"[<{]([a-z]+\d+[a-z]*\.\d+)[>}]")
_MARK_BYTES: Final = 64
"""The longest mark, in bytes."""

Place = tuple[int, int]
"""A place in a log: (room id, seq)."""


def mark_of(text: str) -> str:
    """Return the mark that a text ends in; empty if it has none."""
    marks = MARK.findall(text)
    return marks[-1] if marks else ""


class Ear:
    """Finds marks in all bytes that a client is sent, wherever the chunks are cut: marks of messages, and marks in
    names of private rooms, such as `{web3.18}`.

    Attributes:
        heard: the marks.
    """

    def __init__(self, heard: set[str]) -> None:
        self.heard: Final = heard
        self._rest = b""

    def hear(self, data: bytes) -> None:
        data = self._rest + data
        self.heard.update(mark.decode() for mark in _HEARD.findall(data))
        self._rest = data[-_MARK_BYTES:]


def secret_of(text: str) -> str:
    """Return the mark of a private room's name or text; empty if it has none."""
    marks = _HEARD.findall(text.encode(errors="surrogatepass"))
    return str(marks[-1].decode()) if marks else ""


class Event(NamedTuple):
    """An event as a client was shown it.

    Attributes:
        about: the id of the user it concerns; 0 for nobody.
        target: the event that it changes or answers; 0 for none, and for clients that do not know of this.
        sum: the hash that is kept if it is erased, as the client computes it from what it was shown; empty for clients
            that are not shown salts.
        erased: whether it was shown without its text, because it had been erased.
    """

    seq: int
    user: int
    name: str
    kind: str
    text: str
    about: int = 0
    target: int = 0
    sum: str = ""
    erased: bool = False


class Stored(NamedTuple):
    """An event as it is on disk.

    Attributes:
        until: the time at which a ban or mute ends by itself; 0: never.
        target: the event that it changes or answers; 0 for none.
        sum: what is kept of an erased event; empty if it was not erased.
        listed: whether a page in present form lists it: changes and messages of threads are not listed.
        kept: of a change that was not erased, what would be kept of it. Those who may not see its text are shown this.
    """

    seq: int
    user: int
    name: str
    kind: str
    text: str
    key: str | None = None
    about: int = 0
    until: int = 0
    target: int = 0
    sum: str = ""
    kept: str = ""
    listed: bool = True

    @property
    def shown(self) -> Event:
        return Event(*self[:5], self.about, self.target, erased=bool(self.sum))

    @property
    def departed(self) -> int:
        """The id of the user whose membership this event ends; 0 for nobody."""
        return departed(self.shown)


def departed(event: Event) -> int:
    """Return the id of the user whose membership an event ends; 0 for nobody."""
    if event.kind == "left":
        return event.user
    return event.about if event.kind in ("kicked", "banned") else 0


@dataclass
class Room:
    """A room on disk, with its log from seq 1."""

    id: int
    name: str
    epoch: str
    log: list[Stored] = field(default_factory=list)

    @property
    def members(self) -> tuple[int, ...] | None:
        """The users of a direct room; None for other rooms."""
        if not self.name.startswith("@"):
            return None
        return tuple(int(user) for user in self.name[1:].split("+"))

    @cached_property
    def edits(self) -> dict[int, set[str]]:
        """By the seq of a message, the texts of its edits."""
        edits: dict[int, set[str]] = {}
        for event in self.log:
            if event.kind == "edited":
                edits.setdefault(event.target, set()).add(event.text)
        return edits

    @cached_property
    def private(self) -> bool:
        return any(event.kind == "private" for event in self.log[:2])

    @cached_property
    def spans(self) -> dict[int, list[tuple[int, int]]]:
        """By user, the memberships: the seqs of the `joined` event and of the event that ended the membership."""
        spans: dict[int, list[tuple[int, int]]] = {}
        since: dict[int, int] = {}
        for event in self.log:
            if event.kind == "joined":
                since[event.user] = event.seq
            elif (gone := event.departed) in since:
                spans.setdefault(gone, []).append((since.pop(gone), event.seq))
        for user, seq in since.items():
            spans.setdefault(user, []).append((seq, self.log[-1].seq))
        return spans

    def may_see(self, user: int, seq: int) -> bool:
        """Return whether a user may be shown the event of that seq."""
        if self.members is not None:
            return user in self.members
        return not self.private or any(first <= seq <= last for first, last in self.spans.get(user, ()))

    def floors(self, user: int) -> list[int]:
        """Return the seqs at which the history may begin for a user."""
        return [first for first, _ in self.spans.get(user, ())] if self.private else [1]

    def joined(self, user: int, seq: int) -> bool:
        """Return whether the event of that seq is a join of the user."""
        return any(first == seq for first, _ in self.spans.get(user, ()))


House = dict[int, Room]


@dataclass(slots=True)
class Stretch:
    """The events of a room after `after` that a client was shown, across all its reconnections."""

    room: int
    epoch: str
    after: int
    events: list[Event] = field(default_factory=list)
    owner_joined: bool = False
    """Whether the stretch has to begin with the client's own `joined`."""
    rejoined: bool = False
    """Whether the client has rejoined a private room: then the stretch begins with its `joined`."""
    present: bool = False
    """Whether the client shows messages in present form, and so only listed events."""
    put_out: bool = False
    """Whether the stretch ended with the client's membership: then the event that ended it is the last."""

    @property
    def seen(self) -> int:
        return self.events[-1].seq if self.events else self.after


@dataclass(slots=True)
class Message:
    """A message with a key, as its sender knows it.

    Attributes:
        acks: the places in all answers of the server, in order.
        at_once: whether the order of this message is certain. Only such messages must be stored in the order of
            sending.
        refused: the code of the refusal, if the only attempt was refused for good.
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
    """A page of history: the request and the response."""

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
    """The record of one client that knows keys and seqs.

    Attributes:
        heard: the marks in all bytes that it was sent.
    """

    client: str
    user: int = 0
    stretches: list[Stretch] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)
    retold: list[tuple[Place, str]] = field(default_factory=list)
    """Places and keys of messages whose keys were taken again with another text."""


@dataclass(slots=True)
class LineAccount:
    """The record of one connection of a line client, under one name.

    Attributes:
        shown: the marks of the messages it was shown, in that order.
        sent: the marks of the messages it sent.
        heard: the marks in all bytes that it was sent.
    """

    client: str
    name: str
    shown: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)


class Violation(NamedTuple):
    """A broken promise.

    Attributes:
        sentence: the number of the promise in the README; 0 for the preconditions (the server runs and keeps the
            protocol).
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
