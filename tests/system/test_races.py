"""Races that occur too rarely in chaos, with real processes."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.system.chaos.server import SOURCE, Server
from tests.system.chaos.websocket import WebSocket

Frame = dict[str, Any]

SOURCE_VARIABLE = "PARLEY_RACES_SOURCE"
"""An environment variable with the folder of the package to test (test_curated_bugs.py). By default it is the
repository's package.
"""

SMALL_BUFFER = 8 * 1024
SMALL_SEGMENT = 1_400


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, tmp_path / "data", Path(os.environ.get(SOURCE_VARIABLE, SOURCE)))
    server.start()
    yield server
    server.close()


class Talker:
    """A web client that keeps all frames it gets."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.socket: WebSocket
        self._news = asyncio.Event()

    async def open(self, port: int, **hello: str) -> Frame:
        self.socket = WebSocket(lambda: self.send(t="hello", protocol=1, **hello), self._receive)
        sock = socket.socket(proto=socket.IPPROTO_TCP)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # With small buffers, the server soon notices that a client does not read.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        if hasattr(socket, "TCP_MAXSEG"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SMALL_SEGMENT)
        sock.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, ("127.0.0.1", port))
        await loop.create_connection(lambda: self.socket, sock=sock)
        return await self.hear("ready")

    def send(self, **frame: Any) -> None:
        self.socket.send(msgspec.json.encode(frame))

    async def hear(self, kind: str, **fields: Any) -> Frame:
        """Wait for a frame. Frames that have come already count as well."""
        async with asyncio.timeout(10):
            while True:
                for frame in self.frames:
                    if frame["t"] == kind and fields.items() <= frame.items():
                        return frame
                self._news.clear()
                await self._news.wait()

    async def hear_event(self, room: int, seq: int) -> None:
        """Wait for an event."""
        async with asyncio.timeout(10):
            while seq not in self.seqs(room):
                self._news.clear()
                await self._news.wait()

    def seqs(self, room: int) -> list[int]:
        """Return the seqs of a room's events, in the order in which they came."""
        mine = [frame for frame in self.frames if frame["t"] == "events" and frame["room"] == room]
        return [event["seq"] for frame in mine for event in frame["events"]]

    def _receive(self, payload: bytes) -> None:
        self.frames.append(msgspec.json.decode(payload))
        self._news.set()


@asynccontextmanager
async def talkers(count: int) -> AsyncIterator[list[Talker]]:
    them = [Talker() for _ in range(count)]
    try:
        yield them
    finally:
        for each in them:
            each.socket.abort()
            await each.socket.ended


@pytest.mark.parametrize("comes_back", [False, True])
def test_a_slow_reader_gets_the_last_events_before_left(server: Server, comes_back: bool) -> None:
    async def story() -> tuple[int, Talker]:
        async with talkers(3) as (ann, slow, eve):
            token = (await ann.open(server.port, name="ann"))["token"]
            ann.send(t="join", id="1", name="lobby")
            await ann.hear("joined", id="1")
            await slow.open(server.port, token=token)
            await eve.open(server.port, name="eve")
            eve.send(t="join", id="1", name="lobby")
            await eve.hear("joined", id="1")
            slow.socket.hold()
            for number in range(300):
                eve.send(t="send", key=f"k{number}", room=1, text="x" * 4_000)
                await eve.hear("stored", key=f"k{number}")
            ann.send(t="leave", id="2", room=1)
            left = (await ann.hear("left"))["seq"]
            if comes_back:
                ann.send(t="join", id="3", name="lobby")
                await ann.hear("joined", id="3")
            slow.socket.go_on()
            await slow.hear("left", seq=left)
            if comes_back:
                await slow.hear_event(1, left + 1)
            return left, slow

    left, slow = asyncio.run(story())
    order = [frame for frame in slow.frames if frame["t"] in ("events", "left")]
    before = order[: order.index(next(frame for frame in order if frame["t"] == "left"))]
    assert [event["seq"] for frame in before for event in frame["events"]][-1] == left
    seqs = slow.seqs(1)
    assert seqs == list(range(seqs[0], left + 1 + comes_back))


def test_a_command_sent_during_a_commit_is_answered_after_it(server: Server) -> None:
    """The second join needs no commit, so it may be decided while the first one's commit runs."""

    async def story() -> Talker:
        async with talkers(1) as (ann,):
            await ann.open(server.port, name="ann")
            for number in range(40):
                ann.send(t="join", id=f"first{number}", name=f"r{number}")
                # The commit runs at some time within the next two milliseconds.
                later = time.perf_counter() + number * 0.000_05
                while time.perf_counter() < later:
                    pass
                ann.send(t="join", id=f"second{number}", name=f"r{number}")
                await ann.hear("joined", id=f"second{number}")
                room = (await ann.hear("joined", id=f"first{number}"))["room"]["id"]
                ann.send(t="send", key=f"k{number}", room=room, text="hi")
                await ann.hear("stored", key=f"k{number}")
                await ann.hear_event(room, 3)
            return ann

    ann = asyncio.run(story())
    answers = [frame for frame in ann.frames if frame["t"] == "joined"]
    for first, second in zip(answers[::2], answers[1::2], strict=True):
        assert (first["id"][:5], second["id"][:6]) == ("first", "second")
        assert first["room"]["after"] == 1
        assert ann.seqs(first["room"]["id"]) == [2, 3]


def test_joins_and_departures_of_one_commit_are_sent_in_order(server: Server) -> None:
    async def story() -> tuple[Talker, Talker]:
        async with talkers(3) as (ann, other, eve):
            token = (await ann.open(server.port, name="ann"))["token"]
            await other.open(server.port, token=token)
            await eve.open(server.port, name="eve")
            eve.send(t="join", id="0", name="red")
            room = (await eve.hear("joined"))["room"]["id"]
            ann.send(t="join", id="1", name="red")
            ann.send(t="leave", id="2", room=room)
            eve.send(t="send", key="k", room=room, text="hi")
            await ann.hear("done", id="2")
            ann.send(t="join", id="3", name="red")
            ann.send(t="leave", id="4", room=room)
            ann.send(t="join", id="5", name="red")
            joined = await ann.hear("joined", id="5")
            for each in (ann, other):
                await each.hear_event(room, joined["room"]["after"] + 1)
            return ann, other

    for talker in asyncio.run(story()):
        after: int | None = None
        for frame in talker.frames:
            if frame["t"] == "joined":
                assert after is None
                after = frame["room"]["after"]
            elif frame["t"] == "events":
                for event in frame["events"]:
                    assert after is not None
                    assert event["seq"] == after + 1
                    after = event["seq"]
            elif frame["t"] == "left":
                assert frame["seq"] == after
                after = None
        assert after is not None
