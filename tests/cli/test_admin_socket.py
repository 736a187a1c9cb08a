"""The client side of the admin socket: every failure gives a clear sentence."""

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from parley.clients.net.admin_client import AdminClient, AdminError
from parley.wire.admin import (
    DOOR_NAME,
    HOST,
    NONCE_BYTES,
    PATH_BYTES,
    PROOF_BYTES,
    SECRET_BYTES,
    SOCKET_NAME,
    encode_door,
    is_proof,
    prove,
)
from tests.cli.admin_fixture import parley

SECRET = bytes(range(SECRET_BYTES))

WAYS = [pytest.param("socket", marks=pytest.mark.skipif("sys.platform == 'win32'", reason="there are none")), "door"]


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """The kind of admin socket: a Unix socket, or a TCP socket with a door file."""
    return request.param


def sentence(folder: Path, method: str = "GET") -> str:
    with pytest.raises(AdminError) as error:
        AdminClient(folder).send(method, "rooms")
    assert error.value.code is None
    return str(error.value)


def listening(folder: Path, way: str, secret: bytes = SECRET) -> socket.socket:
    """Return a server's listening socket at the place where clients look for it."""
    folder.mkdir(exist_ok=True)
    if way == "socket":
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(folder / SOCKET_NAME))
    else:
        server = socket.socket()
        server.bind((HOST, 0))
        (folder / DOOR_NAME).parent.mkdir()
        (folder / DOOR_NAME).write_bytes(encode_door(server.getsockname()[1], secret))
    return server


@contextmanager
def answering(folder: Path, way: str, answer: bytes) -> Iterator[list[bytes]]:
    """Accept one connection, send this answer to any request, and close."""
    asked: list[bytes] = []

    def serve() -> None:
        with server.accept()[0] as connection, connection.makefile("rb") as stream:
            if way == "door":
                client, mine = stream.read(NONCE_BYTES), bytes(NONCE_BYTES)
                connection.sendall(mine + prove(SECRET, "server", client, mine))
                assert is_proof(stream.read(PROOF_BYTES), SECRET, "client", client, mine)
            head = b"".join(iter(stream.readline, b"\r\n"))
            length = re.search(rb"Content-Length: (\d+)", head)
            asked.append(head + b"\r\n" + stream.read(int(length[1]) if length else 0))
            connection.sendall(answer)

    with listening(folder, way) as server:
        server.listen()
        thread = threading.Thread(target=serve)
        thread.start()
        yield asked
        thread.join(10)
        assert not thread.is_alive()


def http(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def chunked(*chunks: bytes) -> bytes:
    parts = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + parts


# No server


def test_a_missing_folder_is_reported(tmp_path):
    assert sentence(tmp_path / "none") == (
        f"There is no data folder {tmp_path / 'none'}. Where it is, say with --data DIR."
    )


def test_a_file_in_place_of_the_folder_is_reported(tmp_path):
    (tmp_path / "file").touch()
    assert sentence(tmp_path / "file").startswith("There is no data folder")


def test_no_running_server_is_reported(tmp_path):
    assert sentence(tmp_path) == f"No server is running with the data folder {tmp_path}."


def test_a_killed_server_is_reported(tmp_path, way):
    listening(tmp_path, way).close()
    assert sentence(tmp_path) == f"No server is running with the data folder {tmp_path}."


@pytest.mark.skipif("sys.platform == 'win32'", reason="there are none")
def test_a_path_too_long_for_the_servers_socket_is_reported(tmp_path):
    folder = tmp_path / ("x" * PATH_BYTES)
    folder.mkdir()
    assert sentence(folder) == f"No server is running with the data folder {folder}."
    (folder / SOCKET_NAME).touch()
    assert sentence(folder).startswith(f"The path of {folder} is too long")


# With a door file


def test_another_program_on_a_killed_servers_port_learns_nothing(tmp_path):
    gone = f"No server is running with the data folder {tmp_path}. Where the last one listened, another program does."
    said: list[bytes] = []

    def serve(answer: bytes) -> None:
        with server.accept()[0] as connection:
            said.append(connection.recv(4096))
            connection.sendall(answer)
            said.append(connection.recv(4096) if answer else b"")

    with listening(tmp_path, "door") as server:
        server.listen()
        # The other program closes the connection, sends something else, or echoes what it received.
        for answer in (b"", b"SSH-2.0-OpenSSH\r\n".ljust(NONCE_BYTES + PROOF_BYTES), bytes(NONCE_BYTES + PROOF_BYTES)):
            thread = threading.Thread(target=serve, args=(answer,))
            thread.start()
            assert sentence(tmp_path, "DELETE") == gone
            thread.join(10)
    assert [len(each) for each in said] == [NONCE_BYTES, 0] * 3, "it was told more than chance"


def test_an_invalid_door_file_is_reported(tmp_path):
    (tmp_path / DOOR_NAME).parent.mkdir()
    for content in (b"", b"1 2 3", b"99999 " + b"0" * 64, b"80 abc", b"\xff 1", b"80 " + b"x" * 64):
        (tmp_path / DOOR_NAME).write_bytes(content)
        assert sentence(tmp_path) == (
            f"The server that uses {tmp_path} can't be reached: {tmp_path / DOOR_NAME} can't be read."
        )


# Permissions


@pytest.mark.skipif("sys.platform == 'win32'", reason="there are no such rights")
def test_another_users_folder_is_reported(tmp_path):
    tmp_path.chmod(0)
    before = os.geteuid()
    try:
        if before == 0:
            os.seteuid(65_534)
        assert sentence(tmp_path) == (
            f"The data folder {tmp_path} is not yours to use: only the user who runs the server, and root, may do this."
        )
    finally:
        os.seteuid(before)
        tmp_path.chmod(0o700)


@pytest.mark.skipif("sys.platform == 'win32'", reason="there are no such rights")
def test_a_folder_that_everybody_can_write_to_is_refused(tmp_path, way):
    with answering(tmp_path, way, http(b"{}")) as asked:
        tmp_path.chmod(0o707)
        assert f"chmod o-w {tmp_path}" in sentence(tmp_path)
        assert not asked
        tmp_path.chmod(0o700)
        assert AdminClient(tmp_path).get("rooms") == {}


# Incomplete answers


def test_a_connection_closed_before_the_answer_is_reported(tmp_path, way):
    for number, answer in enumerate((b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")):
        with answering(tmp_path / str(number), way, answer):
            assert sentence(tmp_path / str(number)) == "The server went away before it had answered."


def test_a_change_without_an_answer_is_reported_as_uncertain(tmp_path, way):
    with answering(tmp_path, way, b""):
        assert sentence(tmp_path, "DELETE") == (
            "The server went away before it had answered. It is not known whether it was done."
        )


def test_a_timeout_is_reported(tmp_path, way, monkeypatch):
    monkeypatch.setattr("parley.clients.net.admin_client.ANSWER_SECONDS", 0.01)
    with listening(tmp_path, way) as server:
        server.listen()
        assert sentence(tmp_path) == "The server does not answer."


def test_an_answer_that_is_not_http_is_reported(tmp_path, way):
    answers = (
        (http(b"hello"), "What listens there is no Parley server."),
        (http(b"hello", "500 Oh"), "The server can't do this (HTTP status 500)."),
        (http(b"[]", "404 Oh"), "The server can't do this (HTTP status 404)."),
        (b"220 mail.example ESMTP\r\n", "The server went away before it had answered."),
    )
    for number, (answer, expected) in enumerate(answers):
        with answering(tmp_path / str(number), way, answer):
            assert sentence(tmp_path / str(number)) == expected


def test_a_truncated_download_is_reported(tmp_path, way):
    taken: list[bytes] = []
    with answering(tmp_path / "whole", way, chunked(b'{"messages":[', b"]", b"}")):
        AdminClient(tmp_path / "whole").download(taken.append, "me")
    assert b"".join(taken) == b'{"messages":[]}'
    cut = chunked(b'{"messages":[{"text":"[]"}')
    for name, answer in (("ended", cut), ("torn", cut.removesuffix(b"0\r\n\r\n"))):
        with answering(tmp_path / name, way, answer), pytest.raises(AdminError):
            AdminClient(tmp_path / name).download(taken.append, "me")


def test_the_request_is_sent_unchanged(tmp_path, way):
    with answering(tmp_path, way, http(b"{}")) as asked:
        AdminClient(tmp_path).send("PUT", "rooms", "a?b#c d%2F\r\nü", body={"why": "ü"}, query={"after": "a&b"})
    head, _, body = asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /api/rooms/a%3Fb%23c%20d%252F%0D%0A%C3%BC?after=a%26b HTTP/1.1\r\n")
    assert body == rb'{"why": "\u00fc"}'


# In commands


def test_a_command_without_a_server_prints_one_sentence(tmp_path):
    result = parley("admin", "--data", str(tmp_path), "user", "list")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: No server is running with the data folder {tmp_path}.\n"
