"""Dialects: the protocols that a connection may speak."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from .session import Session


class Dialect(Struct, frozen=True):
    """A protocol that a connection may speak. To add one, add a folder here with its `DIALECT`, and a line in
    `parley.server.compose`.

    Attributes:
        name: its name in `parley.wire.signature` and in the server's log.
        session: makes the session of a connection, of a `View`, a function that makes secrets, and, over a WebSocket,
            the SHA-256 of the token in the cookie or None.
        framing: what `Session.receive` is called with: pieces of a byte stream, or the text messages of a WebSocket.
        resumes: whether a guest may come back with a token. If not, a guest leaves when the connection ends.
        acknowledges: whether clients report which events they have. If not, events count as delivered when the client's
            machine has acknowledged them by TCP.
    """

    name: str
    session: Callable[..., Session]
    framing: Literal["bytes", "websocket"] = "bytes"
    resumes: bool = False
    acknowledges: bool = False
