"""Our one WebSocket frame, read by somebody else's library."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from parley.wire.websocket import text_message


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
