"""What a client sends in each protocol: the steps that bring it into a room, and a template for messages.

The text of every message ends in `~` and a token of eight hex digits: two for the number of the writer, six for the
serial number of the writer's message. The load generator looks for the token only, whatever the protocol puts around
it; the template says where in a message the token stands.
"""

from __future__ import annotations

import itertools
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from parley.wire import web

FILLER = "the quick brown fox jumps over the lazy dog and goes on "
TOKEN = "00000000"
_nonces = itertools.count(1)


@dataclass(frozen=True)
class Step:
    """One step of a dial: send `say`, then wait until the server has sent one of the texts in `until`."""

    say: bytes
    until: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Template:
    data: bytes
    offsets: tuple[int, ...]


def text_of(size: int) -> str:
    return (FILLER * (size // len(FILLER) + 1))[: size - 9] + "~" + TOKEN


def template(data: bytes) -> Template:
    places: list[int] = []
    at = data.find(TOKEN.encode())
    while at >= 0:
        places.append(at)
        at = data.find(TOKEN.encode(), at + len(TOKEN))
    return Template(data, tuple(places))


class Dialect(ABC):
    """The client side of one protocol."""

    framing: ClassVar[str] = "line"
    echo: ClassVar[bool] = True  # a sender in the room receives its own messages

    @abstractmethod
    def dial(self, name: str, room: str) -> Iterator[Step]: ...

    def dial_outside(self, name: str) -> Iterator[Step] | None:
        """Return the steps of a sender that does not join the room; None if only members may send."""
        return None

    @abstractmethod
    def message(self, name: str, room: str, size: int) -> Template: ...


class Bare(Dialect):
    """The protocol of the bare broadcasters: the server greets with `hello`; each line goes to all other clients."""

    def dial(self, name: str, room: str) -> Iterator[Step]:
        yield Step(b"", (b"hello\n",))

    def message(self, name: str, room: str, size: int) -> Template:
        return template(f"{text_of(size)}\n".encode())


class BareWeb(Bare):
    """The same protocol, with lines as long as the frames that Parley's web clients receive."""

    def message(self, name: str, room: str, size: int) -> Template:
        around = len(web.encode_event(web.Event(100_000, 1_700_000_000_000, 1, name, text="x"))) - 1
        return super().message(name, room, around + size)


class Report(Dialect):
    """The protocol of the chat server that the original report describes, whose client Parley serves as well.

    There is no framing, and the client puts its own name before the text.
    """

    def dial(self, name: str, room: str) -> Iterator[Step]:
        yield Step(b"", (b"alias?",))
        yield Step(name.encode(), (b"you are now connected!",))

    def message(self, name: str, room: str, size: int) -> Template:
        return template(f"{name}: {text_of(size)}\n".encode())


class Line(Dialect):
    """Parley's line protocol. Clients start in the room "lobby"."""

    def dial(self, name: str, room: str) -> Iterator[Step]:
        yield Step(f"{name}\n".encode(), (b"you are now connected!",))
        if room != "lobby":
            yield Step(f"/join {room}\n/who\n".encode(), (f"In #{room}: ".encode(),))

    def message(self, name: str, room: str, size: int) -> Template:
        return template(f"{text_of(size)}\n".encode())


class Irc(Dialect):
    echo = False

    def _register(self, name: str) -> Step:
        return Step(f"NICK {name}\r\nUSER {name} 0 * :{name}\r\n".encode(), (b" 376 ", b" 422 "))

    def dial(self, name: str, room: str) -> Iterator[Step]:
        yield self._register(name)
        yield Step(f"JOIN #{room}\r\n".encode(), (b" 366 ",))

    def dial_outside(self, name: str) -> Iterator[Step] | None:
        return iter([self._register(name)])

    def message(self, name: str, room: str, size: int) -> Template:
        return template(f"PRIVMSG #{room} :{text_of(size)}\r\n".encode())


def frame(payload: bytes | str) -> bytes:
    """Return a WebSocket text frame of a client (RFC 6455). Its mask is zero, so the token in it stays readable."""
    data = payload.encode() if isinstance(payload, str) else payload
    if len(data) < 126:
        head = bytes((0x81, 0x80 | len(data)))
    elif len(data) < 65536:
        head = bytes((0x81, 0xFE)) + len(data).to_bytes(2, "big")
    else:
        head = bytes((0x81, 0xFF)) + len(data).to_bytes(8, "big")
    return head + b"\0\0\0\0" + data


def json_frame(**fields: object) -> bytes:
    return frame(json.dumps(fields, separators=(",", ":")))


UPGRADE = Step(
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: cGFybGV5LWJlbmNoLWtleQ==\r\n\r\n",
    (b"\r\n\r\n",),
)


class Web(Dialect):
    """Parley's JSON over WebSocket."""

    framing = "web"

    def __init__(self) -> None:
        self.rooms: dict[str, int] = {}  # room name -> id; known when the first client has joined

    def dial(self, name: str, room: str) -> Iterator[Step]:
        yield UPGRADE
        yield Step(json_frame(t="hello", protocol=1, name=name), (b'"t":"ready"',))
        yield Step(json_frame(t="join", name=room, id="j"), (b'"id":"j"',))

    def message(self, name: str, room: str, size: int) -> Template:
        nonce = f"{os.getpid():x}.{next(_nonces)}."
        key = f"{nonce}{TOKEN}"
        return template(json_frame(t="send", key=key, room=self.rooms[room], text=text_of(size)))


def frames(data: bytes | bytearray) -> tuple[list[bytes], int]:
    """Return the payloads of the complete text frames in bytes from a server, and the length of all complete frames."""
    out: list[bytes] = []
    at = 0
    while len(data) - at >= 2:
        size, head = data[at + 1] & 127, 2
        if size == 126:
            size, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
        elif size == 127:
            size, head = int.from_bytes(data[at + 2 : at + 10], "big"), 10
        if len(data) - at < head + size:
            break
        if data[at] & 15 == 1:
            out.append(bytes(data[at + head : at + head + size]))
        at += head + size
    return out, at
