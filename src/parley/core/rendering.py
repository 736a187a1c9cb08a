"""Renderings: how a dialect writes events and signals to its readers."""

from typing import Protocol

from msgspec import Struct

from .events import Event


class Signal(Struct, frozen=True):
    """What a room's readers are told and nobody stores: typing, presence, a changed profile. It may be lost."""

    kind: str
    room: int
    user: int
    name: str
    online: bool | None = None


class ReadMarkSignal(Struct, frozen=True):
    """Read marks of a room that moved: (user, delivered, read), seqs. It may be lost, as a `Signal` may."""

    room: int
    marks: tuple[tuple[int, int, int], ...]


class Rendering(Protocol):
    """How a dialect writes events. Equal renderings make equal bytes: readers with equal renderings share them."""

    def event(self, event: Event) -> bytes:
        """Return one event's bytes; none if the dialect does not show it."""

    def piece(self, room: int, events: list[bytes]) -> bytes:
        """Return the bytes to write for events that follow one another."""

    def signal(self, signal: Signal | ReadMarkSignal) -> bytes:
        """Return a signal's bytes; none if the dialect does not show it."""

    def __hash__(self) -> int: ...
