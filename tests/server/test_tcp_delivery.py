"""Delivery to line clients, which send no acknowledgement of their own."""

import sys

import pytest

from parley.server.engine import tcp_delivery
from tests.server.server_fixture import Serve, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what was acknowledged")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp_delivery, "LOOK_SECONDS", 0.01)


async def test_a_message_is_delivered_to_a_line_client_that_reads(serve: Serve) -> None:
    server = await serve()
    eve = await server.line("eve")
    bob = await server.web("bob", "lobby")
    await bob.sends(t="send", key="k", room=1, text="hi")
    await eve.sees("bob has connected to the chat room", "bob: hi")
    mark = server.hub.view.marks.of
    await until(lambda: mark(1, 1).delivered == 4)  # type: ignore[union-attr]
    assert mark(1, 1).read < 4  # type: ignore[union-attr]


async def test_a_message_is_not_delivered_while_the_client_reads_nothing(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    eve = await server.line("eve")
    connection = server.stalls("eve", eve)
    bob = await server.web("bob", "lobby")
    sent = 0
    while connection.writable:
        await bob.sends(t="send", key=f"k{sent}", room=1, text="x" * 7_000)
        while (await bob.gets_frame()).get("key") != f"k{sent}":
            pass
        sent += 1
    tip = server.hub.view.state.rooms[1].tip
    assert not connection.has_arrived()
    assert server.hub.view.marks.of(1, 1).delivered < tip  # type: ignore[union-attr]
    eve.transport.resume_reading()
    await until(lambda: server.hub.view.marks.of(1, 1).delivered == tip)  # type: ignore[union-attr]


async def test_delivery_is_not_tracked_in_rooms_without_receipts(serve: Serve) -> None:
    server = await serve(receipts=1)
    eve = await server.line("eve")
    bob = await server.web("bob", "lobby")
    before = server.hub.view.marks.of(1, 1).delivered  # type: ignore[union-attr]
    await bob.sends(t="send", key="k", room=1, text="hi")
    await eve.sees("bob has connected to the chat room", "bob: hi")
    await until(lambda: not server.hub.writer.projection.tcp_delivery._looks_left)
    assert server.hub.view.marks.of(1, 1).delivered == before  # type: ignore[union-attr]
