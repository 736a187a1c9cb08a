"""Events as lines."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from parley.core.events import Event
from parley.core.rendering import ReadMarkSignal, Signal
from parley.gateways.view import View


def line_of(event: Event, *, bot: bool = False) -> str:
    """Return what an event looks like; empty if it is not shown. A message of several lines has the name on each,
    so that none can pass for another's.
    """
    kind, name, text = event.kind, event.name + BOT if bot else event.name, event.text
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
    return _moderated(event, name)


def _moderated(event: Event, name: str) -> str:
    why = f": {event.text}" if event.text else ""
    if event.about is not None:
        whom = event.about.name
        until = f" until {_clock(event.about.until)}" if event.about.until else ""
        if event.kind == "role":
            return f"{name} has made {whom} {event.text} of this room"
        if event.kind in _TO_SOMEONE:
            return f"{name} has {_TO_SOMEONE[event.kind].format(whom=whom)}{until}{why}"
    if event.kind == "slow":
        return f"{name} has ended slow mode" if event.text == "0" else f"{name} has set slow mode: {event.text} s"
    if event.kind in _OF_THE_ROOM:
        return f"{name} has {_OF_THE_ROOM[event.kind]}{why}"
    sentence = _SWITCHED.get((event.kind, event.text))
    return f"{name} has {sentence}" if sentence else ""


_TO_SOMEONE: Final = {
    "invited": "invited {whom}",
    "kicked": "sent {whom} out",
    "banned": "banned {whom}",
    "unbanned": "lifted the ban of {whom}",
    "muted": "muted {whom}",
    "unmuted": "let {whom} speak again",
}
_OF_THE_ROOM: Final = {
    "archived": "archived the room",
    "reopened": "opened the room again",
    "room_renamed": "renamed the room",
}
_SWITCHED: Final = {
    ("read_only", "on"): "made the room read-only",
    ("read_only", "off"): "let everybody write again",
    ("guests", "off"): "closed the room to guests",
    ("guests", "on"): "opened the room to guests",
    ("calls", "members"): "let everybody use @here and @room",
    ("calls", "moderators"): "left @here and @room to moderators",
    ("calls", "nobody"): "turned @here and @room off",
}


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


BOT: Final = " (bot)"
"""Behind the name of one; no person's name has a blank in it."""


def framed(lines: Iterable[str], *, raw: bool) -> bytes:
    """Return lines as bytes: each ended by a newline, or, for clients that end messages with nothing, only parted
    by one.
    """
    text = "\n".join(lines)
    return (text if raw or not text else text + "\n").encode()


class RoomLines(Struct, frozen=True):
    """Renders the events of a room. `tag` is the room's name in front of every line, unless it is the reader's current
    room.
    """

    view: View
    tag: str = ""
    raw: bool = False

    def event(self, event: Event) -> bytes:
        line = line_of(event, bot=self.view.is_bot(event.user))
        if self.tag and line:
            line = "\n".join(f"{self.tag} {part}" for part in line.split("\n"))
        return framed([line], raw=self.raw) if line else b""

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return b"\n".join(filter(None, events)) if self.raw else b"".join(events)

    def signal(self, signal: Signal | ReadMarkSignal) -> bytes:
        return b""


class DirectLines(Struct, frozen=True):
    """Renders a direct room for one of its people."""

    view: View
    me: int
    other: str
    raw: bool = False

    def event(self, event: Event) -> bytes:
        if event.kind not in ("message", "action"):
            return b""
        name = event.name + BOT if self.view.is_bot(event.user) else event.name
        way = f"you -> {self.other}" if event.user == self.me else f"{name} -> you"
        mark = f"* {name} " if event.kind == "action" else ""
        return framed([f"{way}: {mark}{line}" for line in event.text.split("\n")], raw=self.raw)

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return b"\n".join(filter(None, events)) if self.raw else b"".join(events)

    def signal(self, signal: Signal | ReadMarkSignal) -> bytes:
        return b""
