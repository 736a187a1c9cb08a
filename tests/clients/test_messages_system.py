"""Changing and answering messages, with the terminal client and the real netcat against a real server."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.processes import Client, Output, ServerProcess, TerminalClient, run


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path / "server").start()
    yield server
    server.kill()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "client"


@pytest.mark.skipif(shutil.which("nc") is None, reason="there is no netcat here")
def test_netcat_and_a_pipe_see_the_same_changes(server: ServerProcess, data: Path) -> None:
    host, port = server.address.split(":")
    netcat = subprocess.Popen(["nc", host, port], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert netcat.stdin is not None
    assert netcat.stdout is not None
    seen = Output(netcat.stdout.fileno())

    def say(*lines: str) -> None:
        assert netcat.stdin is not None
        netcat.stdin.write("".join(line + "\n" for line in lines).encode())
        netcat.stdin.flush()

    try:
        say("eve")
        seen.wait("you are now connected!\n")
        with Client(data, "chat", server.address, "--as", "bob") as bob:
            bob.out.wait("you are now connected!\n")
            bob.say("lunhc?")
            seen.wait("bob: lunhc?\n")
            say("/reply ^ when?")
            bob.out.wait('eve (re [4] bob: "lunhc?"): when?\n')
            bob.say("s/hc/ch/")
            seen.wait("* bob edited [4]: lunch?\n")
            say("/react 4 :+1:", "/thread 4 at noon", "s/noon/one/")
            bob.out.wait('eve (thread [4] bob: "lunch?"): at noon\n', "* eve edited [8]: at one\n")
            bob.out.wait("* eve reacted to [4]: 👍\n")
            seen.wait("* eve reacted to [4]: 👍\n")
            bob.say("/reply 8 fine", "/delete 4")
            deleted = '(thread [4] bob: "lunch?", re [8] eve: "at one"): fine\n', "* bob deleted [4]\n"
            bob.out.wait(*deleted)
            seen.wait(*deleted)
            say("/thread 4", "/history")
            thread = (
                "The thread of [4], a deleted message:\n",
                "[8] eve (thread [4], a deleted message): at one (edited)\n",
            )
            place = seen.wait(*thread)
            place = seen.wait("[10] bob (thread [4], a deleted message, re [8] eve:", "fine\n", after=place)
            seen.wait("eve (re [4], a deleted message): when?\n", after=place)
            bob.say("/thread 4", "/history")
            bob.out.wait(*thread)
            bob.out.wait("  eve (re [4], a deleted message): when?\n")
            assert bob.finish() == 0
    finally:
        netcat.kill()
        netcat.wait()
        netcat.stdin.close()
        netcat.stdout.close()


def test_send_answers_a_message_and_tail_shows_what_there_is_now(server: ServerProcess, data: Path) -> None:
    def send(*arguments: str) -> int:
        code, out, err = run(data, "send", "--to", server.address, "--as", "bob", "--json", "lobby", *arguments)
        assert code == 0, err
        return int(json.loads(out)["seq"])

    first = send("deploy?")
    send("done", "--reply", str(first))
    send("in detail", "--thread", str(first))
    assert run(data, "send", "--to", server.address, "--as", "bob", "lobby", "x", "--reply", "1")[0] == 1
    with Client(data, "chat", server.address, "--as", "bob") as bob:
        bob.out.wait("you are now connected!\n")
        assert bob.finish(f"/edit {first} deployed?", f"/delete {first + 1}") == 0
    code, out, err = run(data, "tail", "--from", server.address, "lobby")
    assert code == 0, err
    assert out.splitlines() == [
        "bob has connected to the chat room",
        "bob: deploy?",
        f'bob (thread [{first}] bob: "deploy?"): in detail',
        f"* bob edited [{first}]: deployed?",
        f"* bob deleted [{first + 1}]",
        "bob has left the chat room!",
    ]
    code, out, err = run(data, "tail", "--from", server.address, "--after", str(first), "--json", "lobby")
    assert code == 0, err
    events = [json.loads(line) for line in out.splitlines()]
    assert [(event["kind"], event.get("target"), event.get("thread"), event.get("erased")) for event in events] == [
        ("message", first, None, first + 4),
        ("message", first, first, None),
        ("edited", first, None, None),
        ("erased", first + 1, None, None),
        ("left", None, None, None),
    ]


def test_the_arrow_up_edits_the_last_message(server: ServerProcess, data: Path) -> None:
    with TerminalClient(data, "chat", server.address, "--as", "bob") as bob:
        bob.wait("you are now connected!")
        bob.type("helo\r")
        bob.wait("bob: helo")
        bob.type("\x1b[A")
        place = bob.wait("/edit helo")
        bob.type("\x7fo\x1b[D\x1b[Dl\r")
        bob.wait("* bob edited [3]: hello", after=place)
