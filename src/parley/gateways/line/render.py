"""Events as lines."""

from collections.abc import Iterable

from msgspec import Struct

from parley.core.events import Event, RelatedEvent
from parley.core.rendering import ReadMarkSignal, Signal
from parley.gateways.view import View
from parley.wire.sentences import direct_lines, event_text


def line_of(event: Event, *, bot: bool = False) -> str:
    """Return an event as text; empty if it is not shown."""
    about = event.about
    whom, until = (None, 0) if about is None else (about.name, about.until)
    if not isinstance(event, RelatedEvent):
        return event_text(event.kind, event.name, event.text, bot, whom, until)
    if event.erased:
        return ""
    return event_text(event.kind, event.name, event.text, bot, whom, until, event.target, event.thread)


def framed(lines: Iterable[str], *, raw: bool) -> bytes:
    """Return lines as bytes, each with a newline at its end; with `raw`, only between the lines."""
    text = "\n".join(lines)
    return (text if raw or not text else text + "\n").encode()


class _Lines(Struct, frozen=True, kw_only=True):
    """The shared part of both renderings.

    Attributes:
        raw: whether the client sends messages without a terminator, so that the server's messages have none either.
    """

    raw: bool = False

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return b"\n".join(filter(None, events)) if self.raw else b"".join(events)

    def signal(self, signal: Signal | ReadMarkSignal) -> bytes:
        return b""


class RoomLines(_Lines, frozen=True):
    """The events of a room. Every line begins with `tag`: the room's name, or nothing in the current room."""

    view: View
    tag: str = ""

    def event(self, event: Event) -> bytes:
        text = line_of(event, bot=self.view.is_bot(event.user))
        if not text:
            return b""
        if self.tag:
            text = f"{self.tag} " + text.replace("\n", f"\n{self.tag} ")
        return (text if self.raw else text + "\n").encode()


class DirectLines(_Lines, frozen=True):
    """The messages of a direct room, for the member `me`; `other` are the names of the others."""

    view: View
    me: int
    other: str

    def event(self, event: Event) -> bytes:
        to = self.other if event.user == self.me else None
        lines = direct_lines(event.kind, event.name, event.text, bot=self.view.is_bot(event.user), to=to)
        return framed(lines, raw=self.raw)
