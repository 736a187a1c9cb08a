"""The server is killed at each crash point while it stores a message; a retry with its key stores it exactly once."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from parley.server.engine.crashpoints import POINTS
from tests.system.chaos.database import read_house
from tests.system.chaos.server import Server
from tests.system.chaos.websocket import WebSocket

STORED = {
    "writer: before the store": False,
    "store: before the commit": False,
    "store: after the commit": True,
    "writer: stored, nobody told": True,
    "writer: senders told, readers not": True,
    "writer: everyone told": True,
}
"""By crash point: whether the message is on disk when the server is killed there."""

Frame = dict[str, Any]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, tmp_path / "data")
    yield server
    server.close()


def test_the_table_has_every_crash_point() -> None:
    assert tuple(STORED) == POINTS


@pytest.mark.parametrize("point", POINTS)
def test_a_retry_after_a_crash_stores_the_message_once(server: Server, tmp_path: Path, point: str) -> None:
    # The first commit creates the lobby, the second claims the name, the third joins, and the fourth stores the
    # message.
    server.start(f"{point}@4")
    token, answers = asyncio.run(_talk(server.port, None))
    assert server.wait(5) == -signal.SIGKILL
    assert server.points == [point]
    found = [event for event in read_house(tmp_path / "data" / "parley.db")[1].log if event.key == "k1"]
    assert len(found) == STORED[point]
    assert len([each for each in answers if each["t"] == "stored"]) <= STORED[point]

    server.start()
    _, answers = asyncio.run(_talk(server.port, token))
    assert server.terminate() == 0
    (stored,) = [event for event in read_house(tmp_path / "data" / "parley.db")[1].log if event.key == "k1"]
    places = [(each["room"], each["seq"]) for each in answers if each["t"] == "stored"]
    assert places == [(1, stored.seq)]
    assert stored.text == "hi"
    if found:
        assert stored == found[0]


async def _talk(port: int, token: str | None) -> tuple[str, list[Frame]]:
    """Send a hello, join the lobby and send one message. Return when the message is stored or the connection ends."""
    answers: list[Frame] = []

    def send(**frame: Any) -> None:
        socket.send(msgspec.json.encode(frame))

    def greet() -> None:
        send(t="hello", protocol=1, **({"token": token} if token else {"name": "bob"}))

    def receive(payload: bytes) -> None:
        frame = msgspec.json.decode(payload)
        answers.append(frame)
        if frame["t"] == "ready":
            send(t="join", id="1", name="lobby")
        elif frame["t"] == "joined":
            send(t="send", key="k1", room=frame["room"]["id"], text="hi")
        elif frame["t"] == "stored":
            socket.abort()

    socket = WebSocket(greet, receive)
    await asyncio.get_running_loop().create_connection(lambda: socket, "127.0.0.1", port)
    async with asyncio.timeout(5):
        await socket.ended
    return next(each["token"] for each in answers if each["t"] == "ready") if token is None else token, answers
