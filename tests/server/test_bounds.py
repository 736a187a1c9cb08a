"""The memory that one client can use is bounded, and a client that floods delays only itself."""

import asyncio

import pytest

from parley.gateways.line.session import LINES_AT_ONCE
from parley.server.net.connection import PENDING_COMMANDS, Connection
from tests.server.server_fixture import FENCED, Serve, Server, until

BUFFERED = 64 * 1024


def measured(connection: Connection) -> list[int]:
    """Return a list to which each write of the connection appends the number of bytes in its buffer."""
    sizes: list[int] = []
    write = connection.write

    def measure(data: bytes) -> None:
        write(data)
        sizes.append(connection._transport.get_write_buffer_size() if connection._transport else 0)

    connection.write = measure
    for cursor in connection.cursors:
        if cursor.grouped:
            cursor.feed.groups[cursor.rendering][cursor] = measure
    return sizes


async def test_a_flood_is_refused_with_retry_after(serve: Serve) -> None:
    server = await serve(rate_messages=0.5, rate_burst=5)
    bob, eve = await server.line("bob"), await server.web("eve", "lobby")
    await bob.sees("eve has connected to the chat room")
    for number in range(4):
        assert await eve.says(1, f"{number}", f"k{number}") == number + 4
    await eve.sends(t="send", key="k4", room=1, text="too much")
    error = await eve.gets_answer()
    assert error["code"] == "too_fast"
    assert error["key"] == "k4"
    assert 0 < error["retry_after"] <= 2001
    await bob.sees("eve: 0", "eve: 1", "eve: 2", "eve: 3")
    await bob.says("mine goes through")
    await bob.sees("bob: mine goes through")


@pytest.mark.parametrize(
    ("frame", "count"),
    [({"t": "rooms"}, 6_000), ({"t": "members", "room": 1}, 6_000), ({"t": "history", "room": 1, "limit": 200}, 200)],
)
async def test_requests_wait_while_their_answers_are_not_read(
    server: Server, frame: dict[str, object], count: int
) -> None:
    bob = await server.web("bob", "lobby")
    for number in range(20):
        await bob.says(1, "x" * 500, f"k{number}")
    eve = await server.web("eve", "lobby")
    connection = server.stalls("eve", eve)
    buffered = measured(connection)
    questions = [frame | {"id": f"{number}"} for number in range(count)]
    await eve.sends_at_once(*questions)
    await until(lambda: not connection.writable)
    assert max(buffered) <= BUFFERED
    # Other clients do not wait, and every request is answered.
    assert await bob.says(1, "hi", "last")
    eve.transport.resume_reading()
    answered = 0
    while answered < len(questions):
        found = await eve.gets_frame()
        if found["t"] not in ("events", "signal"):
            assert found["id"] == f"{answered}"
            answered += 1
    assert max(buffered) <= BUFFERED


async def test_commands_wait_while_their_answers_are_not_read(server: Server) -> None:
    bob = await server.line("bob")
    connection = server.stalls("bob", bob)
    buffered = measured(connection)
    count = 2_000
    await bob.sends(b"/help\n" * count)
    await until(lambda: not connection.writable)
    eve = await server.line("eve")
    await eve.says("hi")
    await eve.sees("eve: hi")
    bob.transport.resume_reading()
    await bob.says("/fence")
    lines = await bob.sees_until(FENCED)
    assert [line for line in lines if line.startswith("eve")] == ["eve has connected to the chat room", "eve: hi"]
    assert sum(line.startswith("  /join") for line in lines) == count
    assert max(buffered) <= BUFFERED


@pytest.mark.parametrize(("rate", "said"), [(0.0, 256), (10.0, 100), (10.0, 2_000)])
async def test_commands_behind_messages_wait_until_answers_are_read(serve: Serve, rate: float, said: int) -> None:
    server = await serve(rate_messages=rate)
    bob = await server.line("bob")
    connection = server.stalls("bob", bob)
    buffered = measured(connection)
    await bob.sends(b"hi\n" * said + b"/help\n" * 10_000)
    await until(lambda: not connection.writable)
    eve = await server.line("eve")
    await eve.says("hi")
    await eve.sees("eve: hi")
    assert max(buffered) <= BUFFERED
    assert connection._pending <= PENDING_COMMANDS + LINES_AT_ONCE


async def test_many_simultaneous_requests_for_pages_are_answered(server: Server) -> None:
    bob = await server.line("bob")
    await bob.says("hi")
    await bob.sees("bob: hi")
    await bob.says(*["/history 1"] * 3_000)
    await bob.sees(*["bob: hi"] * 3_000)
    await bob.sees_nothing_more()


async def test_a_chunk_of_empty_lines_delays_nobody(server: Server) -> None:
    bob, eve = await server.line("bob"), await server.line("eve")
    await bob.sees("eve has connected to the chat room")
    for _ in range(2):
        await bob.sends(b"\n" * 100_000)
    await eve.says("hi")
    await eve.sees("eve: hi")
    await bob.sees("eve: hi")
    await bob.sees_nothing_more()


async def test_a_chunk_of_small_frames_delays_nobody(server: Server) -> None:
    bob, eve = await server.web("bob", "lobby"), await server.web("eve", "lobby")
    [connection] = server.connections("bob")
    # Unsolicited pongs are the smallest frames, and have no answers that could slow their sender down.
    connection.data_received(b"\x8a\x80\0\0\0\0" * 50_000 + _send_frame("k"))
    assert not connection._reading  # the rest of the chunk is processed first, one slice in each turn of the loop
    for _ in range(10):
        await asyncio.sleep(0)
    assert connection._has_more()
    await eve.says(1, "hi", "k")
    while (await bob.gets_frame()).get("key") != "k":
        pass
    assert connection._reading
    while (await eve.gets_frame()).get("events", [{}])[-1].get("text") != "at last":
        pass


def _send_frame(key: str) -> bytes:
    text = f'{{"t":"send","key":"{key}","room":1,"text":"at last"}}'.encode()
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text
