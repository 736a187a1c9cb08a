"""Dialects: what a connection may speak."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from .session import Session


class Dialect(Struct, frozen=True):
    """What a connection may speak. Another one is a folder here with its `DIALECT`, and a line in
    `parley.server.compose`.

    Attributes:
        name: as in `parley.wire.signature` and in the log.
        session: makes the session of a connection, of a `View`, a function that makes secrets, and, over a WebSocket,
            the SHA-256 of the token in the cookie or None.
        framing: what `Session.receive` gets: bytes as they come, or the texts of a WebSocket.
        resumes: whether a guest may come back with a token. Without, a guest leaves when the connection ends.
        acknowledges: whether clients say which events they have. Without, it counts what their machine has.
    """

    name: str
    session: Callable[..., Session]
    framing: Literal["bytes", "websocket"] = "bytes"
    resumes: bool = False
    acknowledges: bool = False
