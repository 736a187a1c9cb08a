"""Parley's own handshake and framing, compared with those of the library `websockets`."""

from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from parley.wire.websocket import (
    HandshakeError,
    accept_handshake,
    frame_end,
    pong_end,
    read_texts,
    refuse_handshake,
    text_message,
)


def received(data: bytes) -> list[Any]:
    client = ClientProtocol(parse_uri("ws://localhost/"), state=OPEN, max_size=None)
    client.receive_data(data)
    return client.events_received()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), max_size=5))
def test_the_library_reads_our_messages_unchanged(texts: list[str]) -> None:
    data = b"".join(text_message(text.encode()) for text in texts)
    assert received(data) == [Frame(Opcode.TEXT, text.encode()) for text in texts]


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_each_encoding_of_the_length(size: int) -> None:
    payload = b"x" * size
    message = text_message(payload)
    assert received(message) == [Frame(Opcode.TEXT, payload)]
    assert message == Frame(Opcode.TEXT, payload).serialize(mask=False)  # the shortest form (RFC 6455, section 5.2)


# Frames from clients

MOST = 20_000

TEXTS = st.builds(lambda data: Frame(Opcode.TEXT, data), st.binary(max_size=200) | st.sampled_from([b"x" * MOST]))
OTHERS = st.builds(
    lambda opcode, data, fin: Frame(opcode, data, fin=fin or opcode in (Opcode.PING, Opcode.PONG)),
    st.sampled_from([Opcode.BINARY, Opcode.CONT, Opcode.PING, Opcode.PONG]),
    st.binary(max_size=125),
    st.booleans(),
) | st.sampled_from([Frame(Opcode.TEXT, b"first of two", fin=False), Frame(Opcode.TEXT, b"x" * (MOST + 1))])


def taken(data: bytes) -> tuple[list[tuple[bool, bytes]], bytes]:
    """Return the messages and frames read from `data`, as (True, text) or (False, frame of another type), and the bytes
    that remain.
    """
    at, found = 0, []
    while True:
        texts, at = read_texts(data, at, MOST)
        found += [(True, text) for text in texts]
        end = frame_end(data, at)
        if end is None or end > len(data):
            return found, data[at:]
        found.append((False, data[at:end]))
        at = end


@given(st.lists(TEXTS | OTHERS, max_size=6), st.data())
def test_text_messages_are_read_and_other_frames_left_for_any_split_of_the_stream(
    frames: list[Frame], data: st.DataObject
) -> None:
    sent = [(frame, frame.serialize(mask=True)) for frame in frames]
    stream = b"".join(raw for _, raw in sent)
    simple = [frame.opcode is Opcode.TEXT and frame.fin and len(frame.data) <= MOST for frame, _ in sent]
    expected = [(yes, frame.data if yes else raw) for yes, (frame, raw) in zip(simple, sent, strict=True)]
    cut = data.draw(st.integers(0, len(stream)))
    found, rest = taken(stream[:cut])
    assert b"".join([raw for _, raw in sent[: len(found)]]) + rest == stream[:cut]
    assert found + taken(rest + stream[cut:])[0] == expected


def test_unmasked_frames_are_left_to_the_library() -> None:
    raw = Frame(Opcode.TEXT, b"hello").serialize(mask=False)
    assert read_texts(raw, 0, MOST) == ([], 0)
    assert frame_end(raw, 0) == len(raw)


@given(st.binary(max_size=125), st.binary(max_size=3))
def test_a_complete_pong_is_skipped(payload: bytes, before: bytes) -> None:
    pong = Frame(Opcode.PONG, payload).serialize(mask=True)
    stream, end = before + pong + b"\x81", len(before) + len(pong)
    assert pong_end(stream, len(before)) == end
    assert pong_end(stream[:end], len(before)) == end
    assert [pong_end(stream[:cut], len(before)) for cut in range(len(before), end)] == [len(before)] * len(pong)


@pytest.mark.parametrize(
    "raw",
    [
        Frame(Opcode.PONG, b"hello").serialize(mask=False),
        Frame(Opcode.PING, b"hello").serialize(mask=True),
        Frame(Opcode.TEXT, b"hello").serialize(mask=True),
        b"\x0a\x85" + bytes(9),
        b"\xca\x85" + bytes(9),
        b"\x8a\xfe\x00\x7e" + bytes(130),
    ],
    ids=["unmasked", "ping", "text", "fragment", "reserved bit", "long"],
)
def test_other_frames_and_invalid_pongs_are_left_to_the_library(raw: bytes) -> None:
    assert pong_end(raw, 0) == 0


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 10**7])
def test_the_end_of_a_frame_is_known_before_it_has_arrived(size: int) -> None:
    raw = Frame(Opcode.BINARY, b"x" * size).serialize(mask=True)
    head = len(raw) - size - 4
    assert [frame_end(raw[:length], 0) for length in range(head)] == [None] * head
    assert frame_end(raw[:head], 0) == len(raw)


# The handshake

GOOD = [
    (b"host", b"x"),
    (b"upgrade", b"websocket"),
    (b"connection", b"keep-alive, Upgrade"),
    (b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
    (b"sec-websocket-version", b"13"),
]


def test_the_example_of_rfc_6455() -> None:
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in accept_handshake(b"GET", GOOD)


def test_the_librarys_client_can_connect() -> None:
    client = ClientProtocol(parse_uri("ws://localhost/ws"))
    request = client.connect()
    headers = [(name.lower().encode(), value.encode()) for name, value in request.headers.raw_items()]
    client.send_request(request)
    client.receive_data(accept_handshake(b"GET", headers))
    assert client.state is OPEN
    assert client.handshake_exc is None


def without(name: bytes, *instead: bytes) -> list[tuple[bytes, bytes]]:
    return [header for header in GOOD if header[0] != name] + [(name, value) for value in instead]


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        (b"POST", GOOD, 405),
        (b"GET", without(b"connection"), 426),
        (b"GET", without(b"connection", b"close"), 426),
        (b"GET", without(b"upgrade"), 426),
        (b"GET", without(b"upgrade", b"h2c"), 426),
        (b"GET", without(b"sec-websocket-version"), 426),
        (b"GET", without(b"sec-websocket-version", b"8"), 426),
        (b"GET", without(b"sec-websocket-version", b"13", b"13"), 426),
        (b"GET", without(b"sec-websocket-key"), 400),
        (b"GET", without(b"sec-websocket-key", b"c2hvcnQ="), 400),
        (b"GET", without(b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ"), 400),
        (b"GET", without(b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ==", b"dGhlIHNhbXBsZSBub25jZQ=="), 400),
    ],
)
def test_invalid_handshakes_are_refused(method: bytes, headers: list[tuple[bytes, bytes]], status: int) -> None:
    with pytest.raises(HandshakeError) as caught:
        accept_handshake(method, headers)
    answer = refuse_handshake(caught.value)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert (b"Sec-WebSocket-Version: 13" in head) == (status == 426)  # RFC 6455, section 4.4


VALUES = st.sampled_from(
    [b"", b"websocket", b"WebSocket", b"Upgrade", b"close, upgrade", b"13", b"dGhlIHNhbXBsZSBub25jZQ==", b"=", b"\xff"]
)


@given(st.lists(st.tuples(st.sampled_from([name for name, _ in GOOD]), VALUES), max_size=4))
def test_we_accept_only_handshakes_that_the_library_accepts(more: list[tuple[bytes, bytes]]) -> None:
    replaced = {name for name, _ in more}
    headers = [header for header in GOOD if header[0] not in replaced] + more
    try:
        accept_handshake(b"GET", headers)
    except HandshakeError:
        return
    request = Request("/", Headers((name.decode(), value.decode("latin-1")) for name, value in headers))
    assert ServerProtocol().accept(request).status_code == HTTPStatus.SWITCHING_PROTOCOLS
