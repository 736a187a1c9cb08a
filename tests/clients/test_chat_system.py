"""Client processes against a real server, which some tests kill."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.processes import Client, ServerProcess, TerminalClient, run


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path / "server").start()
    yield server
    server.kill()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "client"


def test_two_people_in_pipes(server: ServerProcess, data: Path) -> None:
    with (
        Client(data, "chat", server.address, "--as", "bob") as bob,
        Client(data, "chat", server.address) as eve,
    ):
        bob.out.wait("bob has connected to the chat room\n")
        eve.err.wait("Input username >>> ")
        eve.say("eve")
        bob.out.wait("eve has connected to the chat room\n")
        bob.say("hello", "/me waves", "//shrug", "/nick robert", "/msg eve psst")
        eve.out.wait("bob is now known as robert\n", "robert -> you: psst\n")
        assert eve.finish("/join tea", "in tea", ".exit see you") == 0
        bob.out.wait("you -> eve: psst\n", "eve has left the chat room! with message see you\n")
        assert bob.finish() == 0
    assert eve.lines == [
        "eve has connected to the chat room",
        "you are now connected!",
        "bob: hello",
        "* bob waves",
        "bob: /shrug",
        "bob is now known as robert",
        "robert -> you: psst",
        "eve has connected to the chat room",
        "eve: in tea",
        "#lobby eve has left the chat room! with message see you",
        "eve has left the chat room! with message see you",
    ]
    for client in (bob, eve):
        assert "\x1b" not in client.out.text + client.err.text


def test_the_last_messages_are_shown_on_entering(server: ServerProcess, data: Path) -> None:
    assert run(data, "chat", server.address, "--as", "bob", text="".join(f"line {n}\n" for n in range(30)))[0] == 0
    code, out, _ = run(data, "chat", server.address, "--as", "eve")
    assert code == 0
    assert out.splitlines()[:20] == [f"bob: line {n}" for n in range(10, 30)]
    assert out.splitlines()[20:] == [
        "eve has connected to the chat room",
        "you are now connected!",
        "eve has left the chat room!",
    ]


def test_a_killed_server_loses_and_doubles_nothing(server: ServerProcess, data: Path) -> None:
    total = 60
    with (
        Client(data, "chat", server.address, "--as", "bob") as bob,
        Client(data, "chat", server.address, "--as", "eve") as eve,
        Client(data, "tail", "lobby", "--from", server.address, "--after", "0", "--follow", "--json") as tail,
    ):
        for client in (bob, eve):
            client.out.wait("you are now connected!\n")
        tail.out.wait("\n")
        place = 0
        for number in range(total):
            bob.say(f"line {number}")
            if number % 20 == 10:
                server.kill()
                place = bob.err.wait("Trying again", after=place)
            if number % 20 == 15:
                server.start()
                place = bob.err.wait("Connected again.", after=place)
        for client in (bob, eve):
            client.out.wait(f"bob: line {total - 1}\n")
            said = [line for line in client.lines if line.startswith("bob: line")]
            assert said == [f"bob: line {number}" for number in range(total)]
        tail.out.wait(f'"line {total - 1}"')
        bob.finish()
        tail.out.wait('"kind":"left"')
        records = [json.loads(line) for line in tail.lines]
        assert [record["seq"] for record in records] == list(range(1, len(records) + 1))


def test_a_killed_client_sends_its_queued_messages_after_a_restart(server: ServerProcess, data: Path) -> None:
    with Client(data, "chat", server.address, "--as", "bob") as bob:
        bob.out.wait("bob has connected")
        server.kill()
        bob.err.wait("Trying again")
        bob.say("one", "two")
        # Lines are processed in order: once this command is answered, the messages before it are in the outbox.
        bob.say("/topic")
        place = bob.err.wait("You are not in #lobby at the moment.")
        bob.say("/topic")
        bob.err.wait("You are not in #lobby at the moment.", after=place)
        bob.kill()
    server.start()
    with Client(data, "chat", server.address, "--as", "bob") as bob:
        bob.err.wait("Sending 2 messages from earlier.")
        bob.out.wait("bob: one\n", "bob: two\n")
        assert bob.finish() == 0
    code, out, _ = run(data, "tail", "lobby", "--from", server.address)
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("bob:")] == ["bob: one", "bob: two"]
    assert out.count("bob has connected") == 1  # bob stays in the room when the connection is lost


def test_a_pipe_that_ends_without_a_server_keeps_the_outbox(tmp_path: Path, data: Path) -> None:
    server = ServerProcess(tmp_path / "server")
    code, out, err = run(data, "chat", server.address, "--as", "bob", "--patience", "0.5", text="later\n")
    assert (code, out) == (1, "")
    assert "Can't connect: nothing listens there (connection refused)." in err
    assert f"Not sent yet: 1 message, kept for the next time: parley chat --as bob {server.address}" in err
    server.start()
    try:
        assert run(data, "chat", server.address, "--as", "bob")[0] == 0
        assert "bob: later\n" in run(data, "tail", "lobby", "--from", server.address)[1]
    finally:
        server.kill()


def test_one_of_two_terminals_of_a_user_may_quit(server: ServerProcess, data: Path) -> None:
    with Client(data, "chat", server.address, "--as", "bob") as one:
        one.out.wait("you are now connected!\n")
        other = Client(data, "chat", server.address, "--as", "BOB")
        other.out.wait("you are now connected!\n")
        one.say("from one")
        other.out.wait("bob: from one\n")
        assert one.finish() == 0
        other.say("still here", "/who")
        other.out.wait("bob: still here\n", "In #lobby: bob\n")
        assert other.finish() == 0
        other.kill()
    out = run(data, "tail", "lobby", "--from", server.address)[1]
    assert out.count("has connected") == 1
    assert out.count("has left") == 1


def test_a_taken_name_ends_a_pipe(server: ServerProcess, data: Path, tmp_path: Path) -> None:
    with Client(data, "chat", server.address, "--as", "bob") as bob:
        bob.out.wait("you are now connected!\n")
        code, out, err = run(tmp_path / "other", "chat", server.address, "--as", "bob", text="hello\n")
        assert (code, out) == (1, "")
        assert "The name bob is taken." in err


def test_wrong_usage_exits_with_2(data: Path) -> None:
    assert run(data, "chat", "ftp://host")[0] == 2
    assert run(data, "send", "lobby")[0] == 2
    assert run(data, "tail", "lobby", "--after", "-1")[0] == 2


# send and tail -------------------------------------------------------------------------------------------------------


def test_send_is_exactly_once_for_its_key(server: ServerProcess, data: Path) -> None:
    send = ("send", "#ops", "--to", server.address, "--json", "--key", "K1")
    first = run(data, *send, "disk is full")
    assert first[0] == 0
    assert json.loads(first[1]) == {"room": "ops", "room_id": 2, "seq": 3, "key": "K1"}
    server.kill()
    server.start()
    assert run(data, *send, "disk is full") == first
    assert run(data, "send", "ops", "-", "--to", server.address, text="two\nlines\n") == (0, "", "")
    out = run(data, "tail", "ops", "--from", server.address, "--json")[1]
    messages = [record["text"] for record in map(json.loads, out.splitlines()) if record["kind"] == "message"]
    assert messages == ["disk is full", "two\nlines"]


def test_sends_that_start_together_come_from_one_user(server: ServerProcess, data: Path) -> None:
    clients = [Client(data, "send", "ops", f"job {n}", "--to", server.address, "--as", "cron") for n in range(6)]
    for client in clients:
        with client:
            assert client.wait() == 0, client.err.text
    out = run(data, "tail", "ops", "--from", server.address)[1]
    assert sorted(line for line in out.splitlines() if "job" in line) == [f"cron: job {n}" for n in range(6)]
    assert out.count("has connected") == 1


def test_send_says_how_to_try_again(tmp_path: Path, data: Path) -> None:
    server = ServerProcess(tmp_path / "server")
    code, out, err = run(data, "send", "ops", "hi", "--to", server.address, "--timeout", "0.5")
    assert (code, out) == (1, "")
    assert err.startswith("The message is not stored: can't connect to")
    key = err.split("--key ")[1].split(":")[0]
    server.start()
    try:
        code, out, _ = run(data, "send", "ops", "hi", "--to", server.address, "--key", key, "-v")
        assert (code, out) == (0, f"ops 3 {key}\n")
    finally:
        server.kill()


def test_a_refused_message_exits_with_1(server: ServerProcess, data: Path) -> None:
    code, out, err = run(data, "send", "no room", "hi", "--to", server.address)
    assert (code, out) == (1, "")
    assert "A room's name has" in err
    assert "--key" not in err
    code, out, err = run(data, "tail", "nowhere", "--from", server.address)
    assert (code, out) == (1, "")
    assert "no such room" in err


def test_tail_begins_and_follows(server: ServerProcess, data: Path) -> None:
    run(data, "chat", server.address, "--as", "bob", text="".join(f"line {n}\n" for n in range(80)))
    out = run(data, "tail", "lobby", "--from", server.address)[1]
    assert out.splitlines() == [*(f"bob: line {n}" for n in range(61, 80)), "bob has left the chat room!"]
    out = run(data, "tail", "lobby", "--from", server.address, "--after", "0", "--json")[1]
    records = [json.loads(line) for line in out.splitlines()]
    assert [record["seq"] for record in records] == list(range(1, 84))
    assert {record["room"] for record in records} == {"lobby"}
    assert len({record["epoch"] for record in records}) == 1


@pytest.mark.skipif(os.name != "posix", reason="head is POSIX's")
def test_tail_ends_when_its_reader_is_gone(server: ServerProcess, data: Path) -> None:
    with Client(data, "chat", server.address, "--as", "bob") as bob:
        bob.out.wait("you are now connected!\n")
        with Client(data, "tail", "lobby", "--from", server.address, "--follow") as tail:
            tail.out.wait("bob has connected")
            assert tail.process.stdout is not None
            # The test is the only reader of the pipe: so closing it breaks the pipe.
            command = [sys.executable, "-m", "parley", "tail", "lobby", "--from", server.address, "--follow"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as piped:
                assert piped.stdout is not None
                piped.stdout.readline()
                piped.stdout.close()
                bob.say("one")
                tail.out.wait("bob: one\n")
                bob.say("two")
                assert piped.stderr is not None
                assert piped.stderr.read() == b""
                assert piped.wait(20) == 0


# On a terminal -------------------------------------------------------------------------------------------------------

on_terminals = pytest.mark.skipif(os.name != "posix", reason="a pty is POSIX's")


@on_terminals
def test_a_terminal_shows_queued_messages_below_the_log_until_they_are_stored(
    server: ServerProcess, data: Path
) -> None:
    with (
        TerminalClient(data, "chat", server.address) as bob,
        Client(data, "chat", server.address, "--as", "eve") as eve,
    ):
        bob.wait("Input username >>>")
        bob.type("bob\r")
        bob.wait("bob has connected to the chat room", "you are now connected!")
        eve.out.wait("eve has connected")
        bob.type("hello\r")
        bob.wait("bob: hello")
        bob.type("half a sen")
        server.kill()
        bob.wait("connection is lost")
        bob.type("tence\r")
        bob.wait("half a sentence  (queued, not sent yet)")
        bob.wait("1 message queued")
        assert "bob: half a sentence" not in bob.text
        server.start()
        bob.wait("Connected again. Sending 1 message.", "bob: half a sentence")
        eve.out.wait("bob: half a sentence\n")
        place = len(bob.out.text)
        bob.type("\x03")
        eve.out.wait("bob has left the chat room!")
        assert bob.process.wait(20) == 0
        assert "Traceback" not in bob.out.text[place:]
        assert bob.text.count("bob: half a sentence") == 1


@on_terminals
def test_a_terminal_says_at_once_that_no_server_is_there(tmp_path: Path, data: Path) -> None:
    server = ServerProcess(tmp_path / "server")
    with TerminalClient(data, "chat", server.address, "--as", "bob") as bob:
        assert bob.process.wait(20) == 1
        bob.wait("Can't connect to", "connection refused")


@on_terminals
def test_a_terminal_tells_who_is_alone_how_others_get_in(tmp_path: Path, data: Path) -> None:
    config = tmp_path / "parley.toml"
    config.write_text('url = "https://chat.example.org"')
    server = ServerProcess(tmp_path / "server", "--config", str(config)).start()
    try:
        with TerminalClient(data, "chat", server.address, "--as", "bob") as bob:
            bob.wait("Others get in at https://chat.example.org", "▄")
            with TerminalClient(tmp_path / "other", "chat", server.address, "--as", "eve") as eve:
                eve.wait("you are now connected!")
                eve.type("hello\r")
                eve.wait("eve: hello")
                assert "the only one here" not in eve.text
    finally:
        server.kill()


@on_terminals
def test_a_terminal_asks_for_another_name(server: ServerProcess, data: Path, tmp_path: Path) -> None:
    with Client(tmp_path / "other", "chat", server.address, "--as", "bob") as taken:
        taken.out.wait("you are now connected!\n")
        with TerminalClient(data, "chat", server.address, "--as", "bob") as bob:
            bob.wait("The name bob is taken.", "Input username >>>")
            bob.type("robert\r")
            bob.wait("robert has connected to the chat room")


def test_a_goodbye_is_no_name(server: ServerProcess, data: Path) -> None:
    with Client(data, "chat", server.address) as eve:
        assert eve.finish(".exit") == 0
        assert "connected" not in eve.out.finish()


@on_terminals
def test_bytes_that_are_not_utf8_can_be_corrected_on_a_terminal(server: ServerProcess, data: Path) -> None:
    with TerminalClient(data, "chat", server.address) as bob:
        bob.wait("Input username >>>")
        bob.type(b"b\xf6b\r")
        bob.wait("This is not UTF-8: b\\xf6b", "b?b")  # the field has the refused text again, to be corrected
        bob.type("\x7f\x7fob\r")
        bob.wait("you are now connected!")
        bob.type(b"caf\xe9\r")
        bob.wait("Not sent, as it is not UTF-8: caf\\xe9", "caf?")
        bob.type("\x7fé\r")
        bob.wait("bob: café")
        bob.type("/quit\r")
        assert bob.process.wait(20) == 0
        assert "Traceback" not in bob.text


def test_in_a_pipe_lines_that_are_not_utf8_are_refused_and_the_others_sent(server: ServerProcess, data: Path) -> None:
    with Client(data, "chat", server.address, "--as", "bob") as bob:
        bob.send(b"\xef\xbb\xbf/who\r\ncaf\xe9\r\nhello\r\n/topic tea")
        assert bob.finish() == 1
    assert {"In #lobby: bob", "bob: hello"} < set(bob.lines)
    assert "Not sent, as it is not UTF-8: caf\\xe9\n" in bob.err.text
    assert "The last line is a command without a newline." in bob.err.text
    for sent, code, told in [
        ("\ufefffrom Windows\r\n".encode(), 0, ""),
        (b"caf\xe9", 2, "The text on stdin is not UTF-8."),
        ("hi".encode("utf-16"), 2, "The text on stdin is UTF-16, and only UTF-8 is read."),
    ]:
        with Client(data, "send", "lobby", "-", "--as", "bob", "--to", server.address) as client:
            client.send(sent)
            assert client.finish() == code
        assert told in client.err.text
    assert run(data, "tail", "lobby", "--from", server.address)[1].splitlines()[-1] == "bob: from Windows"


@on_terminals
@pytest.mark.parametrize("how", ["pipe", "terminal"])
def test_an_interrupt_leaves_cleanly(server: ServerProcess, data: Path, how: str) -> None:
    kind = Client if how == "pipe" else TerminalClient
    with kind(data, "chat", server.address, "--as", "bob") as bob:
        bob.out.wait("bob has connected")
        bob.process.send_signal(signal.SIGINT)
        assert bob.process.wait(20) == 0
    assert "bob has left the chat room!" in run(data, "tail", "lobby", "--from", server.address)[1]


@on_terminals
def test_no_color_is_respected(server: ServerProcess, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with TerminalClient(data, "chat", server.address, "--as", "bob") as bob:
        bob.wait("bob has connected to the chat room")
        assert not re.search(r"\x1b\[(\d+;)*(3[0-8]|9\d)[;m]", bob.out.text)
