"""Our handshake and our one frame, judged by somebody else's library."""

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

from parley.wire.websocket import HandshakeError, accept_handshake, refuse_handshake, text_message


def received(data: bytes) -> list[Any]:
    client = ClientProtocol(parse_uri("ws://localhost/"), state=OPEN, max_size=None)
    client.receive_data(data)
    return client.events_received()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), max_size=5))
def test_messages_are_read_as_they_were_written(texts: list[str]) -> None:
    data = b"".join(text_message(text.encode()) for text in texts)
    assert received(data) == [Frame(Opcode.TEXT, text.encode()) for text in texts]


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_each_form_of_the_length(size: int) -> None:
    payload = b"x" * size
    message = text_message(payload)
    assert received(message) == [Frame(Opcode.TEXT, payload)]
    assert message == Frame(Opcode.TEXT, payload).serialize(mask=False)  # the shortest form, as RFC 6455, 5.2 demands


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


def test_a_client_opens() -> None:
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
def test_what_is_refused(method: bytes, headers: list[tuple[bytes, bytes]], status: int) -> None:
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
def test_never_more_is_let_in_than_the_library_lets_in(more: list[tuple[bytes, bytes]]) -> None:
    replaced = {name for name, _ in more}
    headers = [header for header in GOOD if header[0] not in replaced] + more
    try:
        accept_handshake(b"GET", headers)
    except HandshakeError:
        return
    request = Request("/", Headers((name.decode(), value.decode("latin-1")) for name, value in headers))
    assert ServerProtocol().accept(request).status_code == HTTPStatus.SWITCHING_PROTOCOLS
