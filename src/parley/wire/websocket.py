"""What of WebSockets must be cheap: the opening handshake, for when everybody comes at once, and a server's text
message, made once and written to many.
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1
from http import HTTPStatus
from typing import Final

_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_VERSION: Final = b"13"
_KEY_BYTES: Final = 16
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+").fullmatch  # RFC 9110, section 5.6.2


class HandshakeError(Exception):
    """A request does not open a WebSocket; the text says why.

    Attributes:
        status: the HTTP status to answer with.
    """

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


def accept_handshake(method: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the answer that opens a WebSocket, without extensions or a subprotocol (RFC 6455, section 4.2).

    Args:
        method: the request's method.
        headers: the request's headers, with names in lower case.

    Raises:
        HandshakeError: the request is none for a WebSocket, or not as it should be.
    """
    connections: list[bytes] = []
    upgrades, versions, keys = [], [], []
    for name, value in headers:
        if name == b"connection":
            connections += [token.strip() for token in value.lower().split(b",")]
        elif name == b"upgrade":
            upgrades.append(value.lower())
        elif name == b"sec-websocket-version":
            versions.append(value)
        elif name == b"sec-websocket-key":
            keys.append(value)
    if method != b"GET":
        raise HandshakeError(HTTPStatus.METHOD_NOT_ALLOWED, "A WebSocket is opened with GET.")
    if b"upgrade" not in connections or not all(map(_TOKEN, connections)) or upgrades != [b"websocket"]:
        raise HandshakeError(HTTPStatus.UPGRADE_REQUIRED, "This needs a WebSocket client.")
    if versions != [_VERSION]:
        raise HandshakeError(HTTPStatus.UPGRADE_REQUIRED, "This server speaks version 13 of WebSocket.")
    if len(keys) != 1 or not _is_key(keys[0]):
        raise HandshakeError(HTTPStatus.BAD_REQUEST, "Sec-WebSocket-Key has to be 16 bytes in base64.")
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        + b64encode(sha1(keys[0] + _MAGIC, usedforsecurity=False).digest())
        + b"\r\n\r\n"
    )


def refuse_handshake(error: HandshakeError) -> bytes:
    """Return the answer to a request that opens no WebSocket."""
    body = f"{error}\n".encode()
    more = "Sec-WebSocket-Version: 13\r\nUpgrade: websocket\r\n" if error.status is HTTPStatus.UPGRADE_REQUIRED else ""
    head = (
        f"HTTP/1.1 {error.status.value} {error.status.phrase}\r\n{more}Content-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def text_message(payload: bytes) -> bytes:
    """Return `payload` (UTF-8) as one unfragmented, unmasked text frame (RFC 6455, section 5.2)."""
    length = len(payload)
    if length < 126:
        return b"\x81%c%b" % (length, payload)
    if length < 65_536:
        return b"\x81\x7e" + length.to_bytes(2) + payload
    return b"\x81\x7f" + length.to_bytes(8) + payload


def _is_key(value: bytes) -> bool:
    try:
        return len(binascii.a2b_base64(value, strict_mode=True)) == _KEY_BYTES
    except binascii.Error:
        return False
