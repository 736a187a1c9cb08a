"""The read marks that chat processes set on a real server, as another member sees them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.clients.processes import DEADLINE_SECONDS, Client, ServerProcess, TerminalClient, run

on_terminals = pytest.mark.skipif(sys.platform == "win32", reason="no terminals to test with")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path / "server").start()
    yield server
    server.kill()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "client"


class Zoe:
    """A member of the lobby who sees the others' read marks."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._marks: dict[int, tuple[int, int]] = {}
        self._ids: dict[str, int] = {}
        self.sends(t="hello", protocol=1, name="zoe")
        self.sends(t="join", id="1", name="lobby")
        self.waits(lambda frame: frame["t"] == "joined")

    def sends(self, **frame: Any) -> None:
        self._socket.send(json.dumps(frame))

    def waits(self, found: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            frame: dict[str, Any] = json.loads(self._socket.recv(DEADLINE_SECONDS))
            if frame["t"] == "events":
                self._ids |= {event["name"]: event["user"] for event in frame["events"]}
            elif frame["t"] == "marks":
                self._marks |= {user: (got, read) for user, got, read in frame["marks"]}
            if found(frame):
                return frame

    def says(self, text: str, key: str) -> int:
        self.sends(t="send", key=key, room=1, text=text)
        return int(self.waits(lambda frame: frame["t"] == "stored")["seq"])

    def waits_for(self, name: str, **wanted: int) -> None:
        """Wait until a member's mark has reached these seqs (`got`, `read`)."""

        def far_enough(_: object) -> bool:
            got, read = self._marks.get(self._ids.get(name, 0), (0, 0))
            return got >= wanted.get("got", 0) and read >= wanted.get("read", 0)

        if not far_enough(None):
            self.waits(far_enough)

    def read_of(self, name: str) -> int:
        """Return the seq up to which a member has read."""
        self.sends(t="members", id="m", room=1)
        members = self.waits(lambda frame: frame["t"] == "members")["members"]
        return int(next(member.get("read", 0) for member in members if member["name"] == name))


@pytest.fixture
def zoe(server: ServerProcess) -> Iterator[Zoe]:
    with connect(f"ws://{server.address}/ws", proxy=None) as socket:
        yield Zoe(socket)


def test_a_pipe_acknowledges_delivery_and_not_reading(server: ServerProcess, data: Path, zoe: Zoe) -> None:
    with Client(data, "chat", server.address, "--as", "eve") as eve:
        eve.out.wait("you are now connected!")
        seq = zoe.says("hello", "k1")
        zoe.waits_for("eve", got=seq)
        eve.out.wait("zoe: hello\n")
        assert zoe.read_of("eve") < seq
        eve.say("/unread")
        eve.out.wait("#lobby: 1 unread\n")
        assert eve.finish() == 0


@on_terminals
def test_a_terminal_reads_the_current_room(server: ServerProcess, data: Path, zoe: Zoe) -> None:
    with TerminalClient(data, "chat", server.address, "--as", "bob") as bob:
        bob.wait("you are now connected!")
        zoe.waits_for("bob", read=zoe.says("hello", "k1"))
        bob.wait("zoe: hello")

        bob.type("/join tea\r")
        bob.wait("bob has connected to the chat room", "tea>")
        seq = zoe.says("@bob, where are you?", "k2")
        zoe.waits_for("bob", got=seq)
        assert zoe.read_of("bob") < seq
        bob.wait("#lobby zoe: @bob, where are you?", "1 unread elsewhere, 1 mentions you")

        bob.type("/join lobby\r")
        bob.wait("In #lobby: 1 unread, 1 mentions you")
        zoe.waits_for("bob", read=seq)


@on_terminals
def test_unread_counts_and_status_on_coming_back(server: ServerProcess, data: Path, zoe: Zoe) -> None:
    with Client(data, "chat", server.address, "--as", "bob") as bob:
        bob.say("/register correct horse battery")
        bob.out.wait("Done. Your name is yours now.")
        assert bob.finish("hello zoe") == 0
    seq = zoe.says("@bob hello", "k1")
    zoe.sends(t="read", room=1, seq=seq)
    with TerminalClient(data, "chat", server.address, "--as", "bob") as bob:
        bob.wait("In #lobby: 1 unread, 1 mentions you", "zoe: @bob hello", "you are now connected!")
        zoe.waits_for("bob", read=seq)
        bob.type("and again\r")
        bob.wait("bob: and again")
        bob.type("/status\r")
        bob.wait("'and again' is stored, delivered to ")


def test_a_pipe_that_ends_at_once_still_acknowledges(server: ServerProcess, data: Path, zoe: Zoe) -> None:
    assert run(data, "chat", server.address, "--as", "bob", text="/register correct horse battery\n")[0] == 0
    seq = zoe.says("hello", "k1")
    code, out, _ = run(data, "chat", server.address, "--as", "bob")
    assert (code, "zoe: hello\n" in out) == (0, True)
    code, out, _ = run(data, "chat", server.address, "--as", "bob", text="more\n")
    assert code == 0
    zoe.waits_for("bob", got=seq)
