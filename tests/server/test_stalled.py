"""A reader that stops reading costs a bounded amount of memory, delays nobody, and gets everything when it
reads again.
"""

import pytest

from parley.server import hub as hub_module
from tests.server.server_fixture import Serve, Server, until
from tests.server.test_bounds import BUFFERED, measured


@pytest.mark.parametrize("dialect", ["line", "web"])
async def test_a_stalled_reader_gets_everything_and_delays_nobody(serve: Serve, dialect: str) -> None:
    server = await serve(rate_messages=0)
    if dialect == "line":
        line = await server.line("eve")
        connection = server.stalls("eve", line)
    else:
        web = await server.web("eve", "lobby")
        connection = server.stalls("eve", web)
    buffered = measured(connection)
    bob = await server.web("bob", "lobby")
    zoe = await server.line("zoe")
    count, size = 1_500, 1_000
    texts = [f"{number} {'x' * size}" for number in range(count)]
    for start in range(0, count, 100):
        await bob.sends_at_once(
            *[
                {"t": "send", "key": f"k{start + index}", "room": 1, "text": text}
                for index, text in enumerate(texts[start : start + 50])
            ]
        )
        await bob.sends_at_once(
            *[
                {"t": "send", "key": f"k{start + 50 + index}", "room": 1, "text": text}
                for index, text in enumerate(texts[start + 50 : start + 100])
            ]
        )
        # A client that reads sees each message while the other one is stalled.
        await zoe.sees(*[f"bob: {text}" for text in texts[start : start + 100]])
        while (await bob.gets_frame()).get("key") != f"k{start + 99}":
            pass
    assert not connection.writable
    assert max(buffered) <= BUFFERED
    assert server.hub.feeds.lag(connection) > 0
    if dialect == "line":
        line.transport.resume_reading()
        await line.sees(
            "bob has connected to the chat room",
            "zoe has connected to the chat room",
            *[f"bob: {text}" for text in texts],
        )
        await line.sees_nothing_more()
    else:
        web.transport.resume_reading()
        events = await web.gets_events(1, count + 4)
        assert [event["seq"] for event in events] == list(range(3, count + 5))
        assert [event["text"] for event in events[2:]] == texts
        await web.gets_nothing_more()
    assert max(buffered) <= BUFFERED


async def test_a_stalled_reader_that_is_far_behind_is_disconnected(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "FAR_BEHIND_EVENTS", 10)
    server = await serve(rate_messages=0, stall_timeout=0.01)
    eve, bob = await server.web("eve", "lobby"), await server.web("bob", "lobby")
    slow = await server.line("slow")
    connection = server.stalls("eve", eve)
    other = server.stalls("slow", slow)
    for number in range(400):
        await bob.says(1, "x" * 8_000, f"k{number}")
    assert not connection.writable
    assert not other.writable
    server.hub._sweep()
    connection.paused_at = other.paused_at = 0
    server.hub._sweep()
    assert sum("takes nothing and is far behind: cut" in line for line in server.log) == 2
    eve.transport.resume_reading()
    while (found := await eve.gets_frame())["t"] in ("events", "signal"):
        pass
    assert found["reason"] == "stalled"
    assert await eve.is_closed() == 1013
    slow.transport.resume_reading()
    await slow.reads()
    await bob.says(1, "hi", "last")
    # The client can reconnect at once, and gets all events that it lacks.
    again = await server.web(token=eve.token, seen=[{"room": 1, "epoch": bob_epoch(server), "seq": 4}])
    assert again.ready["rooms"][0]["after"] == 4
    assert [event["seq"] for event in await again.gets_events(1, 300)][:3] == [5, 6, 7]


async def test_a_reader_that_is_not_far_behind_is_not_disconnected(serve: Serve) -> None:
    server = await serve(stall_timeout=0.01)
    eve = await server.line("eve")
    connection = server.stalls("eve", eve)
    connection.pause_writing()
    connection.paused_at = 0
    server.hub._sweep()
    assert not any("cut" in line for line in server.log)
    connection.resume_writing()


async def test_signals_are_dropped_for_readers_that_are_behind(server: Server) -> None:
    eve, bob = await server.web("eve", "lobby"), await server.web("bob", "lobby")
    await eve.gets_events(1, 3)
    [connection] = server.connections("eve")
    connection.pause_writing()
    await bob.sends(t="typing", room=1)
    await bob.gets_nothing_more()
    await bob.says(1, "hi", "k")
    connection.resume_writing()
    await eve.gets_events(1, 4)
    await until(lambda: server.hub.feeds.lag(connection) == 0)
    await eve.sends(t="unwatch", id="fence", room=0)
    while (found := await eve.gets_frame())["t"] == "signal":
        assert found["kind"] != "typing"
    assert found["id"] == "fence"


def bob_epoch(server: Server) -> str:
    return server.hub.view.state.rooms[1].epoch


async def test_a_stalled_reader_is_told_that_it_left_after_the_events_it_missed(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    eve, bob = await server.web("eve", "lobby"), await server.web("bob", "lobby")
    connection = server.stalls("eve", eve)
    for number in range(300):
        await bob.says(1, "x" * 8_000, f"k{number}")
    assert not connection.writable
    other = await server.web(token=eve.token)
    await other.sends(t="leave", id="1", room=1)
    while (await other.gets_frame()).get("id") != "1":
        pass
    await bob.says(1, "unheard", "u")
    await other.joins("lobby")
    await bob.says(1, "heard", "h")
    # Requests that it sends meanwhile are answered in order.
    await eve.sends(t="unwatch", id="2", room=0)
    eve.transport.resume_reading()
    seqs: list[int] = []
    story: list[tuple[str, int]] = []
    while (found := await eve.gets_frame()).get("id") != "2" or not story:
        if found["t"] == "events":
            seqs += [event["seq"] for event in found["events"]]
        elif found["t"] in ("joined", "left"):
            story.append((found["t"], seqs[-1]))
    left = 304
    if not seqs or seqs[-1] < left + 3:
        seqs += [event["seq"] for event in await eve.gets_events(1, left + 3)]
    assert story == [("left", left), ("joined", left)]
    assert seqs == [*range(3, left + 1), left + 2, left + 3]
