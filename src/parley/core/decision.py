"""Decisions: what the rules return for a command, and what its sender gets."""

from collections.abc import Sequence

from msgspec import Struct

from .events import Event
from .records import Record
from .refusals import Refusal


class Decision(Struct, frozen=True, gc=False):
    """The result of a command. All of it is stored in one commit.

    Attributes:
        events: the events to append, in order; empty if nothing changes.
        records: what is stored beside the events.
    """

    events: list[Event]
    records: Sequence[Record] = ()


class Repeated(Struct, frozen=True, gc=False):
    """A command with the same key was executed before; this is the place of the event that it caused. Seq 0: it changed
    nothing.
    """

    room: int
    seq: int


Outcome = Decision | Repeated | Refusal
"""What the sender of a command gets. A `Decision` is durable by then."""
