"""Accounts and private rooms: client processes against a real server."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.processes import Client, ServerProcess, TerminalClient, run

PASSWORD = "sword fish"
on_terminals = pytest.mark.skipif(os.name != "posix", reason="a pty is POSIX's")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path / "server").start()
    yield server
    server.kill()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "client"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A file with the password."""
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    return file


def register(server: ServerProcess, data: Path, name: str = "bob", *lines: str) -> None:
    text = "\n".join([f"/register {PASSWORD}", *lines, ""])
    code, out, err = run(data, "chat", server.address, "--as", name, text=text)
    assert (code, "Done. Your name is yours now." in out) == (0, True), err


def invitation(server: ServerProcess, tmp_path: Path, *options: str) -> str:
    """Return an invitation's link."""
    arguments = ("admin", "--data", str(tmp_path / "server"), "--json", "invite", "create", *options)
    code, out, err = run(tmp_path, *arguments)
    assert code == 0, err
    return str(json.loads(out)["url"])


def revoke(tmp_path: Path) -> None:
    """End all of bob's sessions."""
    admin = ("admin", "--data", str(tmp_path / "server"), "session", "end", "bob", "--all", "--yes")
    code, _, err = run(tmp_path, *admin)
    assert code == 0, err


def test_an_account_signs_in_by_token_and_on_another_device_by_password(
    server: ServerProcess, data: Path, tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(server, data)
    assert run(data, "chat", server.address, "--as", "bob", text="by token\n")[0] == 0
    other = tmp_path / "other"
    code, out, err = run(other, "chat", server.address, "--as", "BOB", text="hello\n")
    assert (code, out) == (1, "")
    assert "bob is the name of an account here. Its password is needed." in err
    assert "--password-file FILE" in err
    code, out, _ = run(other, "send", "lobby", "again", "--to", server.address, "--as", "bob")
    assert (code, out) == (1, "")
    assert run(other, "chat", server.address, "--as", "bob", "--password-file", str(key), text="by password\n")[0] == 0
    assert run(other, "send", "lobby", "by the token of that", "--to", server.address, "--as", "bob")[0] == 0
    monkeypatch.setenv("PARLEY_PASSWORD", "sardines")
    code, out, err = run(tmp_path / "third", "send", "lobby", "hi", "--to", server.address, "--as", "bob")
    assert (code, out) == (1, "")
    assert err == "Error: That is not the right name and password.\n"
    monkeypatch.setenv("PARLEY_PASSWORD", PASSWORD)
    assert run(tmp_path / "third", "send", "lobby", "from a script", "--to", server.address, "--as", "bob")[0] == 0
    out = run(data, "tail", "lobby", "--from", server.address)[1]
    assert out.splitlines() == [
        "bob has connected to the chat room",
        "bob: by token",
        "bob: hello",  # queued while there was no password, and sent after the sign-in with it
        "bob: by password",
        "bob: by the token of that",
        "bob: from a script",
    ]
    for folder in (data, other, tmp_path / "third"):
        assert PASSWORD.encode() not in (folder / "client.db").read_bytes()
        if os.name == "posix":
            assert stat.S_IMODE((folder / "client.db").stat().st_mode) == 0o600


def test_a_password_file_without_a_password(server: ServerProcess, data: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\nsword fish\n")
    for command in (("chat", server.address), ("send", "a", "b", "--to", server.address)):
        code, out, err = run(data, *command, "--as", "bob", "--password-file", str(empty))
        assert (code, out) == (1, "")
        assert "holds no password: its first line is empty." in err


def test_two_devices_of_one_account_and_a_server_that_is_killed(
    server: ServerProcess, data: Path, tmp_path: Path, key: Path
) -> None:
    register(server, data)
    total = 40
    with (
        Client(data, "chat", server.address, "--as", "bob") as one,
        Client(tmp_path / "other", "chat", server.address, "--as", "bob", "--password-file", str(key)) as other,
    ):
        for client in (one, other):
            client.out.wait("you are now connected!\n")
        for number in range(total):
            one.say(f"one {number}")
            other.say(f"other {number}")
            if number == total // 3:
                server.kill()
                places = [client.err.wait("Trying again") for client in (one, other)]
            if number == 2 * total // 3:
                server.start()
                for client, place in zip((one, other), places, strict=True):
                    client.err.wait("Connected again.", after=place)
        for client in (one, other):
            client.out.wait(f"bob: one {total - 1}\n")
            client.out.wait(f"bob: other {total - 1}\n")
        said = [[line for line in client.lines if line.startswith("bob: o")] for client in (one, other)]
        assert said[0] == said[1]
        for who in ("one", "other"):
            mine = [line for line in said[0] if line.startswith(f"bob: {who} ")]
            assert mine == [f"bob: {who} {number}" for number in range(total)]
        assert one.finish() == other.finish() == 0
    out = run(data, "tail", "lobby", "--from", server.address, "--after", "0")[1]
    assert "has left" not in out  # an account stays a member


def test_a_private_room_from_its_creation_to_a_kick(
    server: ServerProcess, data: Path, tmp_path: Path, key: Path
) -> None:
    with (
        Client(data, "chat", server.address, "--as", "bob") as bob,
        Client(tmp_path / "eve", "chat", server.address, "--as", "eve") as eve,
    ):
        eve.out.wait("you are now connected!\n")
        eve.say(f"/register {PASSWORD}")
        eve.out.wait("Done. Your name is yours now.\n")
        bob.out.wait("you are now connected!\n")
        bob.say("/private den", "before you", "/invite eve")
        eve.out.wait("bob invites you to #den: /join den\n")
        eve.say("/join den", "hello", "/who", "/rooms")
        bob.out.wait("eve: hello\n")
        eve.out.wait("In #den: bob (owner), eve\n", "* #den (2 people, private)\n")
        assert "before you" not in eve.out.text
        # For a user outside the room it does not exist. A member can watch it without joining.
        tail = ("tail", "den", "--from", server.address)
        assert run(data, *tail) == (1, "", "There is no such room here.\n")
        code, out, _ = run(tmp_path / "tail", *tail, "--as", "eve", "--password-file", str(key))
        assert (code, out.splitlines()) == (0, ["eve has connected to the chat room", "eve: hello"])
        bob.say("/slow 5", "/readonly on", "/readonly off", "/mute eve 10m", "/unmute eve", "/slow 0", "/kick eve spam")
        eve.err.wait("bob has sent you out of #den: spam\n", "You are in #lobby now.\n")
        bob.say("psst")
        bob.out.wait("bob: psst\n")
        code, _, err = run(tmp_path / "tail", *tail, "--as", "eve")
        assert (code, err) == (1, "There is no such room here.\n")
        assert eve.finish("still here") == 0
        bob.out.wait("#lobby eve: still here\n")
        assert "psst" not in eve.out.text
        done = [line for line in eve.lines if line.startswith("bob has ")]
        assert done.pop(-4).startswith("bob has muted eve until ")
        assert done[-6:] == [
            "bob has set slow mode: 5 s",
            "bob has made the room read-only",
            "bob has let everybody write again",
            "bob has let eve speak again",
            "bob has ended slow mode",
            "bob has sent eve out: spam",
        ]


def test_a_room_joined_again_on_another_device_is_shown_from_there_on(
    server: ServerProcess, data: Path, tmp_path: Path, key: Path
) -> None:
    """The user left and was invited again while this device was offline: the device shows no events from the time in
    between.
    """
    with Client(tmp_path / "eve", "chat", server.address, "--as", "eve") as eve:
        eve.out.wait("you are now connected!\n")
        register(server, data)
        eve.say("/private den", "/invite bob")
        eve.out.wait("eve has invited bob\n")
        assert run(data, "chat", server.address, "--as", "bob", "--room", "den", text="here\n")[0] == 0
        other = (tmp_path / "other", "chat", server.address, "--as", "bob", "--password-file", str(key))
        assert run(*other, "--room", "den", text="/leave\n")[0] == 0
        eve.out.wait("bob has left the chat room!\n")
        eve.say("among us", "/invite bob")
        eve.out.wait("eve: among us\n")
        assert run(*other, "--room", "den", text="back\n")[0] == 0
        eve.say("welcome")
        eve.out.wait("eve: welcome\n")
        code, out, err = run(data, "chat", server.address, "--as", "bob", "--room", "den")
        assert (code, err) == (0, "")
        assert "among us" not in out
        assert [line for line in out.splitlines() if not line.startswith("#")] == [
            "bob has connected to the chat room",
            "bob: back",
            "eve: welcome",
            "you are now connected!",
        ]


def test_a_direct_conversation_of_three(server: ServerProcess, data: Path, tmp_path: Path) -> None:
    with (
        Client(data, "chat", server.address, "--as", "bob") as bob,
        Client(tmp_path / "eve", "chat", server.address, "--as", "eve") as eve,
        Client(tmp_path / "ada", "chat", server.address, "--as", "ada") as ada,
    ):
        for client in (bob, eve, ada):
            client.out.wait("you are now connected!\n")
        bob.say("/direct eve ada", "psst", "/who")
        bob.out.wait(
            "What you write goes to ada, eve now.\n", "you -> ada, eve: psst\n", "In @ada, eve: ada, bob, eve\n"
        )
        for client in (eve, ada):
            client.out.wait("bob -> you: psst\n")
        eve.say("/direct ada bob", "yes")
        for client in (bob, ada):
            client.out.wait("eve -> you: yes\n")


def test_a_server_that_requires_invitations(tmp_path: Path, data: Path) -> None:
    server = ServerProcess(tmp_path / "server", "--access", "invite").start()
    try:
        link = invitation(server, tmp_path)
        chat = ("chat", server.address, "--as", "bob")
        code, out, err = run(data, *chat, text="hello\n")
        assert (code, out) == (1, "")
        assert "People come to this server by invitation." in err
        assert "--invite CODE" in err
        code, out, err = run(data, *chat, "--invite", "nothing", text="")
        assert (code, out, err.splitlines()[-2:-1]) == (1, "", ["This invitation does not exist, or not any more."])
        code, out, err = run(data, *chat, "--invite", link, text="")
        assert code == 0, err
        assert "bob: hello" in out
        code, _, err = run(data, "tail", "lobby", "--from", server.address)
        assert (code, err) == (1, "Choose a name first: this needs one. (--as NAME)\n")
        if os.name == "posix":
            with TerminalClient(tmp_path / "eve", "chat", server.address, "--as", "eve") as eve:
                eve.wait("by invitation", "Invitation >>>")
                eve.type("nothing\r")
                eve.wait("This invitation does not exist", "Invitation >>>")
                eve.type(invitation(server, tmp_path) + "\r")
                eve.wait("eve has connected to the chat room")
    finally:
        server.kill()


def test_a_script_whose_session_is_revoked_signs_in_again(
    server: ServerProcess, data: Path, tmp_path: Path, key: Path
) -> None:
    register(server, data)
    with Client(tmp_path / "other", "chat", server.address, "--as", "bob", "--password-file", str(key)) as bob:
        bob.out.wait("you are now connected!\n")
        revoke(tmp_path)
        bob.err.wait("Your session on this server has ended.\n", "Connected again.\n")
        assert bob.finish("hello") == 0
    with Client(data, "chat", server.address, "--as", "bob") as bob:
        assert bob.finish("later") == 1
        assert "The password of bob is needed. Put it into a file" in bob.err.text
        assert "Not sent yet: 1 message" in bob.err.text


@on_terminals
def test_a_password_is_not_shown_on_the_terminal(server: ServerProcess, data: Path, tmp_path: Path) -> None:
    with TerminalClient(data, "chat", server.address, "--as", "bob") as bob:
        bob.wait("you are now connected!")
        bob.type("/register\r")
        bob.wait("New password >>>")
        bob.type(PASSWORD + "\r")
        bob.wait("The same once more >>>")
        bob.type(PASSWORD + "\r")
        place = bob.wait("Done. Your name is yours now.")
        bob.type("\x1b[A\x1b[A hello\r")  # the arrow keys bring back earlier lines, but no passwords
        bob.wait("bob: ", "hello", after=place)
        assert "fish" not in bob.out.text
        assert "***" not in bob.out.text
    with TerminalClient(tmp_path / "other", "chat", server.address, "--as", "bob") as bob:
        bob.wait("Its password is needed.", "Password >>>")
        bob.type("sardines\r")
        place = bob.wait("That is not the right name and password.", "Password >>>")
        bob.type(PASSWORD + "\r")
        bob.wait("you are now connected!", after=place)
        assert "fish" not in bob.out.text
        assert "sardines" not in bob.out.text
    with TerminalClient(tmp_path / "third", "send", "lobby", "hi", "--to", server.address, "--as", "bob") as bob:
        bob.wait("Its password is needed.", "Password >>>")
        bob.type(PASSWORD + "\n")
        assert bob.process.wait(20) == 0
        assert "fish" not in bob.out.text
    assert "bob: hi\n" in run(data, "tail", "lobby", "--from", server.address)[1]


@on_terminals
def test_a_revoked_session_asks_for_the_password_again(server: ServerProcess, data: Path, tmp_path: Path) -> None:
    register(server, data)
    with TerminalClient(data, "chat", server.address, "--as", "bob") as bob:
        bob.wait("you are now connected!")
        revoke(tmp_path)
        place = bob.wait("Your session on this server has ended.", "what you write is kept.", "Password >>>")
        bob.type(PASSWORD + "\r")
        bob.wait("Connected again.", after=place)
        bob.type("hello\r")
        bob.wait("bob: hello", after=place)
