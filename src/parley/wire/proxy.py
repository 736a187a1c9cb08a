"""The header in which a proxy gives the address of its client: the PROXY protocol, versions 1 and 2.

Source: HAProxy's "The PROXY protocol, Versions 1 & 2" (doc/proxy-protocol.txt), sections 2.1 and 2.2.
"""

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from msgspec import Struct

MOST_BYTES: Final = 4096
"""A longer header is refused. Version 2 allows 64 KiB, but real headers are far shorter."""

_SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"
_WORD: Final = b"PROXY "
_LINE_BYTES: Final = 107
"""The longest line of version 1, including its end (section 2.1)."""

_PORT: Final = re.compile(r"0|[1-9][0-9]{0,4}").fullmatch
_LOCAL, _PROXY = 0x20, 0x21
_ADDRESS_BYTES: Final = {0x00: 0, 0x11: 12, 0x21: 36, 0x31: 216}
"""Bytes of addresses by family and transport: unspecified, TCP/IPv4, TCP/IPv6, UNIX streams (section 2.2)."""

_TLS: Final = 0x20
_CLIENT_TLS: Final = 0x01


class ProxyError(ValueError):
    """The bytes are not a PROXY header; the text says why."""


class ProxyHeader(Struct, frozen=True):
    """What a proxy reports about a connection.

    Attributes:
        source: the client's address and port; None for the proxy's own connection (a health check) or if unknown.
        secure: whether the client connected to the proxy with TLS. Only version 2 can say so.
        size: the length of the header in bytes; the client's bytes follow.
    """

    source: tuple[str, int] | None
    secure: bool
    size: int


def begins_header(first: bytes) -> bool | None:
    """Tell whether `first` begins a PROXY header; None while more bytes could change the answer."""
    for mark in (_SIGNATURE, _WORD):
        if first.startswith(mark):
            return True
        if mark.startswith(first):
            return None
    return False


def decode_header(data: bytes) -> ProxyHeader | None:
    """Read the header at the beginning of `data`; None while it is incomplete.

    Raises:
        ProxyError: the bytes can't become a valid header.
    """
    match begins_header(data):
        case None:
            return None
        case False:
            raise ProxyError("it has no PROXY header")
    return _decode_line(data) if data.startswith(_WORD) else _decode_binary(data)


def _decode_line(data: bytes) -> ProxyHeader | None:
    line, end, _ = data[:_LINE_BYTES].partition(b"\r\n")
    if not end:
        if len(data) >= _LINE_BYTES:
            raise ProxyError("its PROXY line does not end")
        return None
    size = len(line) + len(end)
    if not line.isascii():
        raise ProxyError("its PROXY line is not ASCII")
    words = line.decode().split(" ")
    if words[1] == "UNKNOWN":
        return ProxyHeader(None, False, size)
    if len(words) != 6 or words[1] not in ("TCP4", "TCP6"):
        raise ProxyError("its PROXY line is not as it should be")
    family = IPv4Address if words[1] == "TCP4" else IPv6Address
    try:
        source, _ = [family(word) for word in words[2:4]]
    except ValueError:
        raise ProxyError("its PROXY line has no such addresses") from None
    ports = [int(word) if _PORT(word) else -1 for word in words[4:]]
    if not all(0 <= port <= 65_535 for port in ports) or "%" in line.decode():
        raise ProxyError("its PROXY line has no such ports")
    return ProxyHeader((_plain(source), ports[0]), False, size)


def _decode_binary(data: bytes) -> ProxyHeader | None:
    if len(data) < 16:
        return None
    command, family = data[12], data[13]
    size = 16 + int.from_bytes(data[14:16])
    if command not in (_LOCAL, _PROXY):
        raise ProxyError("its PROXY header has an unknown version or command")
    if size > MOST_BYTES:
        raise ProxyError("its PROXY header is too long")
    if len(data) < size:
        return None
    if command == _LOCAL:
        return ProxyHeader(None, False, size)
    addresses = _ADDRESS_BYTES.get(family)
    if addresses is None:
        raise ProxyError("its PROXY header has an unknown family of addresses")
    if size < 16 + addresses:
        raise ProxyError("its PROXY header is too short for its addresses")
    source: tuple[str, int] | None = None
    if family == 0x11:
        source = (_plain(IPv4Address(data[16:20])), int.from_bytes(data[24:26]))
    elif family == 0x21:
        source = (_plain(IPv6Address(data[16:32])), int.from_bytes(data[48:50]))
    return ProxyHeader(source, _says_tls(data[16 + addresses : size]), size)


def _says_tls(fields: bytes) -> bool:
    """Read the fields after the addresses (type, length, value). Tell whether they report TLS."""
    secure = False
    while fields:
        end = 3 + int.from_bytes(fields[1:3])
        if len(fields) < 3 or len(fields) < end:
            raise ProxyError("its PROXY header has a field that does not end")
        if fields[0] == _TLS:
            if end < 3 + 5:
                raise ProxyError("its PROXY header says nothing readable of TLS")
            secure = bool(fields[3] & _CLIENT_TLS)
        fields = fields[end:]
    return secure


def _plain(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)
