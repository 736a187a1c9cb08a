"""Decisions: what the rules make of a command, and what its sender is told."""

from collections.abc import Sequence

from msgspec import Struct

from .events import Event
from .records import Record
from .refusals import Refusal


class Decision(Struct, frozen=True, gc=False):
    """What a command comes to. All of it is stored in one commit.

    Attributes:
        events: the events to append, in order; empty if there is nothing to change.
        records: what is stored beside them.
    """

    events: list[Event]
    records: Sequence[Record] = ()


class Repeated(Struct, frozen=True, gc=False):
    """A command with the same key was done before; the result of that one is at this place. Seq 0: it had nothing to
    change.
    """

    room: int
    seq: int


Outcome = Decision | Repeated | Refusal
"""What the sender of a command is told. A `Decision` is on disk by then."""
