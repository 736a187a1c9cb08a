"""The PROXY header, decoded byte by byte and at once."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.wire.proxy import MOST_BYTES, ProxyError, ProxyHeader, begins_header, decode_header

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
V4 = bytes([192, 0, 2, 7, 198, 51, 100, 1]) + (4711).to_bytes(2) + (443).to_bytes(2)
V6 = (
    socket.inet_pton(socket.AF_INET6, "2001:db8::7")
    + socket.inet_pton(socket.AF_INET6, "2001:db8::1")
    + (4711).to_bytes(2)
    + (443).to_bytes(2)
)
MAPPED = b"\0" * 10 + b"\xff\xff" + V4[:4] + V6[16:]


def binary(body: bytes, *, command: int = 0x21, family: int = 0x11) -> bytes:
    return SIGNATURE + bytes([command, family]) + len(body).to_bytes(2) + body


def field(kind: int, value: bytes) -> bytes:
    return bytes([kind]) + len(value).to_bytes(2) + value


BY_TLS = field(0x20, b"\x01\0\0\0\0" + field(0x21, b"TLSv1.3"))
IN_PLAIN = field(0x20, b"\x00\0\0\0\1")


@pytest.mark.parametrize(
    ("data", "source", "secure"),
    [
        (b"PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n", ("192.0.2.7", 4711), False),
        (b"PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n", ("2001:db8::7", 4711), False),
        (b"PROXY TCP6 2001:0DB8:0:0::7 ::1 0 65535\r\n", ("2001:db8::7", 0), False),
        (b"PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n", ("192.0.2.7", 1), False),
        (b"PROXY UNKNOWN\r\n", None, False),
        (b"PROXY UNKNOWN ffff:f...f:ffff whatever\r\n", None, False),
        (binary(V4), ("192.0.2.7", 4711), False),
        (binary(V6, family=0x21), ("2001:db8::7", 4711), False),
        (binary(MAPPED, family=0x21), ("192.0.2.7", 4711), False),
        (binary(b"", family=0x00), None, False),
        (binary(b"\0" * 216, family=0x31), None, False),
        (binary(V4, command=0x20), None, False),
        (binary(b"", command=0x20, family=0xFF), None, False),
        (binary(V4 + BY_TLS), ("192.0.2.7", 4711), True),
        (binary(V4 + IN_PLAIN), ("192.0.2.7", 4711), False),
        (binary(V4 + field(0x04, b"") + field(0x02, b"chat.example") + BY_TLS), ("192.0.2.7", 4711), True),
        (binary(b"" + BY_TLS, family=0x00), None, True),
        (binary(V4 + BY_TLS, command=0x20), None, False),
    ],
)
def test_valid_headers(data: bytes, source: tuple[str, int] | None, secure: bool) -> None:
    assert decode_header(data) == ProxyHeader(source, secure, len(data))
    assert decode_header(data + b"alias\n") == ProxyHeader(source, secure, len(data))


@pytest.mark.parametrize(
    "data",
    [
        b"bob\n",
        b"PROXY \r\n",
        b"PROXY TCP4\r\n",
        b"PROXY TCP4 192.0.2.7 198.51.100.1 4711\r\n",
        b"PROXY TCP4 192.0.2.7 198.51.100.1 4711 443 \r\n",
        b"PROXY TCP4 192.0.2.7 198.51.100.1  4711 443\r\n",
        b"PROXY TCP4 192.0.2.256 198.51.100.1 4711 443\r\n",
        b"PROXY TCP4 2001:db8::7 2001:db8::1 4711 443\r\n",
        b"PROXY TCP6 192.0.2.7 198.51.100.1 4711 443\r\n",
        b"PROXY TCP6 fe80::1%eth0 ::1 4711 443\r\n",
        b"PROXY TCP4 192.0.2.7 198.51.100.1 65536 443\r\n",
        b"PROXY TCP4 192.0.2.7 198.51.100.1 04711 443\r\n",
        b"PROXY TCP4 192.0.2.7 198.51.100.1 -1 443\r\n",
        b"PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\n" + b" " * 80,
        b"PROXY UNKNOWN \xff\r\n",
        b"PROXY TCP5 192.0.2.7 198.51.100.1 4711 443\r\n",
        b"PROXY UNKNOWN " + b"x" * 92 + b"\r\n",
        binary(V4, command=0x11),
        binary(V4, command=0x22),
        binary(V4, family=0x12),
        binary(V4[:-1]),
        binary(V4, family=0x21),
        binary(V4 + b"\x20"),
        binary(V4 + b"\x20\0\x05abcd"),
        binary(V4 + field(0x20, b"\x01")),
        binary(V4 + b"\0" * MOST_BYTES),
    ],
)
def test_invalid_headers(data: bytes) -> None:
    with pytest.raises(ProxyError, match=r"^its? "):
        decode_header(data)


def test_the_longest_valid_line() -> None:
    line = b"PROXY UNKNOWN " + b"x" * 91 + b"\r\n"
    assert len(line) == 107
    assert decode_header(line) == ProxyHeader(None, False, 107)


heads = st.sampled_from(
    [b"", SIGNATURE, b"PROXY ", b"PROXY TCP4 ", b"PROXY UNKNOWN", binary(V4 + BY_TLS), SIGNATURE + b"!"]
)
lines = st.builds(
    lambda kind, words, end: f"PROXY {kind} {' '.join(words)}".encode() + end,
    st.sampled_from(["TCP4", "TCP6", "UNKNOWN", ""]),
    st.lists(st.one_of(st.ip_addresses().map(str), st.integers(-1, 70_000).map(str)), max_size=5),
    st.sampled_from([b"\r\n", b"\n", b"", b"\r"]),
)
headers = st.builds(
    lambda body, command, family, rest: binary(body, command=command, family=family) + rest,
    st.builds(
        lambda start, rest: start + rest, st.sampled_from([b"", V4, V6]), st.one_of(st.binary(), st.just(BY_TLS))
    ),
    st.sampled_from([0x20, 0x21, 0x22]),
    st.sampled_from([0x00, 0x11, 0x12, 0x21, 0x31]),
    st.binary(max_size=8),
)
anything = st.one_of(st.binary(), st.builds(lambda head, rest: head + rest, heads, st.binary()), lines, headers)


def verdict(data: bytes) -> ProxyHeader | str | None:
    try:
        return decode_header(data)
    except ProxyError as error:
        return str(error)


@given(anything)
def test_decoding_byte_by_byte_gives_the_same_result(data: bytes) -> None:
    found = None
    for size in range(len(data) + 1):
        found = verdict(data[:size])
        if found is not None:
            break
    assert found == verdict(data)
    if isinstance(found, ProxyHeader):
        assert found.size <= len(data)
        assert begins_header(data) is True


@given(anything, st.binary(max_size=20))
def test_more_bytes_do_not_change_a_result(data: bytes, more: bytes) -> None:
    if begins_header(data) is not None:
        assert begins_header(data + more) is begins_header(data)
    if (found := verdict(data)) is not None:
        assert verdict(data + more) == found


@given(anything.map(lambda data: data + b"\0" * (MOST_BYTES + 1)))
def test_a_bounded_number_of_bytes_is_enough_to_decide(data: bytes) -> None:
    assert verdict(data) is not None


@given(st.ip_addresses(), st.integers(0, 65_535), st.booleans())
def test_every_address_is_decoded_unchanged(address: object, port: int, tls: bool) -> None:
    packed = address.packed  # type: ignore[attr-defined]
    body = packed * 2 + port.to_bytes(2) + b"\0\0" + (BY_TLS if tls else b"")
    header = decode_header(binary(body, family=0x11 if len(packed) == 4 else 0x21))
    assert header is not None
    mapped = getattr(address, "ipv4_mapped", None)
    assert header.source == (str(mapped or address), port)
    assert header.secure is tls
