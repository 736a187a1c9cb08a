"""Renderings: how a dialect writes events and signals to its readers."""

from typing import Protocol

from msgspec import Struct

from .events import Event


class Signal(Struct, frozen=True):
    """Something shown to a room's readers but never stored: typing, presence, a changed profile. It may be lost."""

    kind: str
    room: int
    user: int
    name: str
    online: bool | None = None


class ReadMarkSignal(Struct, frozen=True):
    """Read marks of a room that moved: (user, delivered, read), the last two seqs. It may be lost, like a `Signal`."""

    room: int
    marks: tuple[tuple[int, int, int], ...]


class ReactionsSignal(Struct, frozen=True):
    """Reactions to one message that came within a few seconds. It may be lost, like a `Signal`.

    Attributes:
        seq: the message.
        people: how many people they are of.
        name: the first of these people.
        emoji: each emoji with the number of people, in the order of the first ones.
        back: whether the reactions were taken back.
    """

    room: int
    seq: int
    people: int
    name: str
    emoji: tuple[tuple[str, int], ...]
    back: bool = False


AnySignal = Signal | ReadMarkSignal | ReactionsSignal


class Rendering(Protocol):
    """How a dialect writes events. Equal renderings make equal bytes: readers with equal renderings share them."""

    def event(self, event: Event) -> bytes:
        """Return one event's bytes; empty if the dialect does not show the event."""

    def piece(self, room: int, events: list[bytes]) -> bytes:
        """Return the bytes to write for consecutive events, given the bytes of each."""

    def signal(self, signal: AnySignal) -> bytes:
        """Return a signal's bytes; empty if the dialect does not show the signal."""

    def __hash__(self) -> int: ...
