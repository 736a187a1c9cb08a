"""A room's events as server-sent events (HTML, section 9.2)."""

from functools import lru_cache
from typing import Final

from msgspec.json import Encoder

from parley.core.events import Event
from parley.core.rendering import AnySignal
from parley.gateways.view import View

from . import schemas, serialize

MEDIA_TYPE: Final = "text/event-stream"
RETRY_MS: Final = 1_000

HEARTBEAT: Final = b": here\n\n"
"""A comment that keeps proxies from closing an idle connection."""

_encode: Final = Encoder().encode


class EventStream:
    """See `parley.core.rendering.Rendering`. All followers of a room get the same bytes."""

    def __init__(self, view: View) -> None:
        self._view = view

    def event(self, event: Event) -> bytes:
        return b"id: %d\ndata: %b\n\n" % (event.seq, _encode(serialize.event(self._view, event)))

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return b"".join(events)

    def signal(self, signal: AnySignal) -> bytes:
        return b""


@lru_cache(maxsize=8)
def event_stream(view: View) -> EventStream:
    """Return the rendering that all followers share."""
    return EventStream(view)


def begins(room: schemas.Room, after: int) -> bytes:
    """Return the first event of a stream: the room, and the seq after which its events begin."""
    return b"retry: %d\nevent: room\ndata: %b\n\n" % (RETRY_MS, _encode({"after": after, "room": room}))


def ends(reason: str) -> bytes:
    """Return the last event of a stream. `reason`: `left`, `signed_out` or `stopping`."""
    return b"event: end\ndata: %b\n\n" % _encode({"reason": reason})
