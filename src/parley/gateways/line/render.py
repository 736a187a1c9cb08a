"""Events as lines."""

from collections.abc import Iterable

from msgspec import Struct

from parley.core.events import Event
from parley.gateways.effects import Signal


def line_of(event: Event) -> str:
    """Return what an event looks like; empty if it is not shown. A message of several lines has the name on each,
    so that none can pass for another's.
    """
    kind, name, text = event.kind, event.name, event.text
    if kind == "message":
        return f"{name}: {text}" if "\n" not in text else "\n".join(f"{name}: {line}" for line in text.split("\n"))
    if kind == "action":
        return "\n".join(f"* {name} {line}" for line in text.split("\n"))
    if kind == "joined":
        return f"{name} has connected to the chat room"
    if kind == "left":
        return f"{name} has left the chat room!" + (f" with message {text}" if text else "")
    if kind == "topic":
        return f"{name} has set the topic: {text}" if text else f"{name} has cleared the topic"
    if kind == "renamed":
        return f"{name} is now known as {text}"
    return ""


def framed(lines: Iterable[str], *, raw: bool) -> bytes:
    """Return lines as bytes: each ended by a newline, or, for clients that end messages with nothing, only parted
    by one.
    """
    text = "\n".join(lines)
    return (text if raw or not text else text + "\n").encode()


class RoomLines(Struct, frozen=True):
    """Renders the events of a public room. `tag` is the room's name in front of every line, unless it is the
    reader's current room.
    """

    tag: str = ""
    raw: bool = False

    def event(self, event: Event) -> bytes:
        line = line_of(event)
        if self.tag and line:
            line = "\n".join(f"{self.tag} {part}" for part in line.split("\n"))
        return framed([line], raw=self.raw) if line else b""

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return b"\n".join(filter(None, events)) if self.raw else b"".join(events)

    def signal(self, signal: Signal) -> bytes:
        return b""


class DirectLines(Struct, frozen=True):
    """Renders a direct room for one of its two people."""

    me: int
    other: str
    raw: bool = False

    def event(self, event: Event) -> bytes:
        if event.kind not in ("message", "action"):
            return b""
        way = f"you -> {self.other}" if event.user == self.me else f"{event.name} -> you"
        mark = f"* {event.name} " if event.kind == "action" else ""
        return framed([f"{way}: {mark}{line}" for line in event.text.split("\n")], raw=self.raw)

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return b"\n".join(filter(None, events)) if self.raw else b"".join(events)

    def signal(self, signal: Signal) -> bytes:
        return b""
