"""The body of a request, within limits of size and time."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from .ports import Commands
from .problems import own
from .request import Refused, refused

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class ClientGone(Exception):
    """The client has disconnected before its request was complete, so nobody waits for a response."""


async def read_body(server: Commands, receive: Receive, most: int) -> bytes:
    """Return the body of a request, of at most `most` bytes.

    Raises:
        Refused: `frame_too_long` or `body_late`.
        ClientGone: the client has disconnected.
    """
    try:
        body: bytes = await server.in_time(_read(receive, most), server.body_seconds)
    except TimeoutError:
        raise Refused(own("body_late")) from None
    return body


async def _read(receive: Receive, most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        body += message.get("body", b"")
        if len(body) > most:
            raise refused("frame_too_long", limit=most)
        if not message.get("more_body", False):
            return bytes(body)
