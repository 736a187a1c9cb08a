"""A room's events as server-sent events (HTML, section 9.2)."""

from functools import lru_cache
from typing import Final

from msgspec.json import Encoder

from parley.core.events import Event
from parley.core.rendering import ReadMarkSignal, Signal
from parley.gateways.view import View

from . import schemas, serialize

MEDIA_TYPE: Final = "text/event-stream"
RETRY_MS: Final = 1_000

HEARTBEAT: Final = b": here\n\n"
"""A comment, so that the line is in use and whoever is between does not take it for dead."""

_encode: Final = Encoder().encode


class EventStream:
    """See `parley.gateways.effects.Rendering`. Everybody who follows a room is shown the same bytes."""

    def __init__(self, view: View) -> None:
        self._view = view

    def event(self, event: Event) -> bytes:
        return b"id: %d\ndata: %b\n\n" % (event.seq, _encode(serialize.event(self._view, event)))

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return b"".join(events)

    def signal(self, signal: Signal | ReadMarkSignal) -> bytes:
        return b""


@lru_cache(maxsize=8)
def event_stream(view: View) -> EventStream:
    """Return the one rendering that all who follow rooms share."""
    return EventStream(view)


def begins(room: schemas.Room, after: int) -> bytes:
    """Return how a stream begins: with the room, and the seq that the first event follows on."""
    return b"retry: %d\nevent: room\ndata: %b\n\n" % (RETRY_MS, _encode({"after": after, "room": room}))


def ends(reason: str) -> bytes:
    """Return how a stream ends. `reason`: `left`, `signed_out` or `stopping`."""
    return b"event: end\ndata: %b\n\n" % _encode({"reason": reason})
