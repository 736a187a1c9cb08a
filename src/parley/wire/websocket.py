"""The parts of WebSocket that have to be fast: the opening handshake, clients' text messages, and text frames that are
encoded once and written to many clients. The library `websockets` handles the rest: control frames except pongs,
fragments, errors.
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
_WHOLE_TEXT: Final = 0x81  # FIN, and the opcode of text
_PONG: Final = 0x8A  # FIN, and the opcode of a pong
_MASKED: Final = 0x80
_LEAST: Final = 6  # bytes of a masked frame with an empty payload
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+").fullmatch  # RFC 9110, section 5.6.2


class HandshakeError(Exception):
    """A request that does not open a WebSocket; the text says why.

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
        HandshakeError: the request is not a valid WebSocket handshake.
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
    """Return the response to a failed handshake."""
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


def read_texts(data: bytes, at: int, most: int) -> tuple[list[bytes], int]:
    """Read the consecutive text messages from `at` on, as long as they are complete and in the usual form: one masked
    frame each, without extensions, of up to `most` bytes, and less than 64 KiB (RFC 6455, section 5.2).

    Returns:
        The unmasked messages, and the index of the first byte that was not read.
    """
    texts: list[bytes] = []
    size = len(data)
    while at + _LEAST <= size and data[at] == _WHOLE_TEXT:
        length = data[at + 1] - _MASKED  # negative if the frame is not masked
        begin = at + 6
        if length == 126 and at + 8 <= size:
            length = data[at + 2] << 8 | data[at + 3]
            begin = at + 8
        elif not 0 <= length < 126:
            break
        end = begin + length
        if end > size or length > most:
            break
        mask = (data[begin - 4 : begin] * (length // 4 + 1))[:length]
        text = int.from_bytes(data[begin:end], "little") ^ int.from_bytes(mask, "little")
        texts.append(text.to_bytes(length, "little"))
        at = end
    return texts, at


def pong_end(data: bytes, at: int) -> int:
    """Return the index of the end of a pong (RFC 6455, section 5.5.3) at `at`; `at` itself if there is none, if it is
    incomplete, or if it is not in the form that clients must send.
    """
    if at + _LEAST > len(data) or data[at] != _PONG or not 0 <= data[at + 1] - _MASKED < 126:
        return at
    end = at + _LEAST + data[at + 1] - _MASKED
    return end if end <= len(data) else at


def frame_end(data: bytes, at: int) -> int | None:
    """Return the index of the end of the frame at `at`, which may be beyond the end of `data`. Return None while the
    frame's length is unknown.
    """
    if len(data) < at + 2:
        return None
    length = data[at + 1] & ~_MASKED
    begin = at + 2
    if length >= 126:
        begin += 2 if length == 126 else 8
        if len(data) < begin:
            return None
        length = int.from_bytes(data[at + 2 : begin])
    return begin + (4 if data[at + 1] & _MASKED else 0) + length


def _is_key(value: bytes) -> bool:
    try:
        return len(binascii.a2b_base64(value, strict_mode=True)) == _KEY_BYTES
    except binascii.Error:
        return False
