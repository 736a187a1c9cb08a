"""The admin socket on a loopback port, which is used if a Unix socket is not possible. Every user of the machine can
connect to it.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from parley.clients.net import admin_client as client
from parley.server.net import admin_socket
from parley.server.net.admin_socket import UNPROVEN_MOST, AdminSocket
from parley.wire.admin import (
    DOOR_NAME,
    NONCE_BYTES,
    PROOF_BYTES,
    SOCKET_NAME,
    decode_door,
    encode_door,
    is_proof,
    prove,
)
from tests.server.server_fixture import DEADLINE, Line, Serve, Server

ASKS = b"GET /api/admin/users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
MINE = b"m" * NONCE_BYTES


@pytest.fixture(autouse=True)
def no_unix_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_socket, "takes_socket", lambda _: False)


@asynccontextmanager
async def admin_port(server: Server, folder: Path) -> AsyncIterator[tuple[int, bytes]]:
    """Open an admin socket for that folder while the block runs. Yield its port and its secret."""
    there = AdminSocket(asyncio.get_running_loop(), folder, server.http.http, server.hub.config.handshake_timeout)
    # Opening and closing may block on files: a server does both while it has no clients.
    server._blockbuster.deactivate()
    await there.open()
    secret = decode_door((folder / DOOR_NAME).read_bytes()) if (folder / DOOR_NAME).exists() else (0, b"")
    server._blockbuster.activate()
    yield secret
    server._blockbuster.deactivate()
    there.close()
    server._blockbuster.activate()


async def connect(port: int) -> Line:
    return Line(*await asyncio.open_connection("127.0.0.1", port))


async def greeted(line: Line, secret: bytes) -> bytes:
    """Send the client's nonce and check the server's proof. Return the server's nonce."""
    await line.sends(MINE)
    async with asyncio.timeout(DEADLINE):
        answer = await line._reader.readexactly(NONCE_BYTES + PROOF_BYTES)
    assert is_proof(answer[NONCE_BYTES:], secret, "server", MINE, answer[:NONCE_BYTES])
    return answer[:NONCE_BYTES]


async def test_a_client_that_proves_the_secret_may_do_everything(server: Server, tmp_path: Path) -> None:
    async with admin_port(server, tmp_path) as (port, secret), await connect(port) as line:
        theirs = await greeted(line, secret)
        await line.sends(prove(secret, "client", MINE, theirs) + ASKS)
        answer = await line.reads()
        assert answer.startswith(b"HTTP/1.1 200 "), answer


async def test_the_proof_may_come_byte_by_byte(server: Server, tmp_path: Path) -> None:
    async with admin_port(server, tmp_path) as (port, secret), await connect(port) as line:
        for byte in MINE[:-1]:
            await line.sends(bytes([byte]))
        await line.sends(MINE[-1:])
        async with asyncio.timeout(DEADLINE):
            theirs = (await line._reader.readexactly(NONCE_BYTES + PROOF_BYTES))[:NONCE_BYTES]
        for byte in prove(secret, "client", MINE, theirs) + ASKS:
            await line.sends(bytes([byte]))
        assert (await line.reads()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("kind", ["guessed", "sent back", "of another connection", "of another secret"])
async def test_a_client_without_the_secret_is_disconnected(server: Server, tmp_path: Path, kind: str) -> None:
    async with admin_port(server, tmp_path) as (port, secret), await connect(port) as line:
        theirs = await greeted(line, secret)
        proof = {
            "guessed": bytes(PROOF_BYTES),
            "sent back": prove(secret, "server", MINE, theirs),
            "of another connection": prove(secret, "client", MINE, bytes(NONCE_BYTES)),
            "of another secret": prove(bytes(32), "client", MINE, theirs),
        }[kind]
        await line.sends(proof + ASKS)
        assert await cut(line) == b""
    assert "somebody on this machine tried to pass for the server's owner" in server.log


async def test_a_browser_gets_no_answer_that_it_could_show(server: Server, tmp_path: Path) -> None:
    async with admin_port(server, tmp_path) as (port, _), await connect(port) as line:
        await line.sends(ASKS.ljust(NONCE_BYTES + PROOF_BYTES))
        assert b"HTTP" not in await cut(line)


async def test_a_connection_without_a_proof_is_closed_after_the_timeout(serve: Serve, tmp_path: Path) -> None:
    server = await serve(handshake_timeout=0.05)
    async with admin_port(server, tmp_path) as (port, _), await connect(port) as line:
        assert await cut(line) == b""


async def test_unproven_connections_are_limited(server: Server, tmp_path: Path) -> None:
    async with admin_port(server, tmp_path) as (port, secret):
        unproven = [await connect(port) for _ in range(UNPROVEN_MOST)]
        for line in unproven:
            await greeted(line, secret)
        async with await connect(port) as line:
            assert await cut(line) == b""
        await unproven.pop().dispose()
        # The server notices at some later time that the place is free, so try until it accepts.
        async with asyncio.timeout(DEADLINE):
            while True:
                async with await connect(port) as line:
                    with suppress(asyncio.IncompleteReadError, ConnectionError):
                        await greeted(line, secret)
                        break
        for line in unproven:
            await line.dispose()


async def test_the_port_file_is_readable_by_its_owner_only_and_removed_at_the_end(
    server: Server, tmp_path: Path
) -> None:
    async with admin_port(server, tmp_path):
        if sys.platform != "win32":
            assert (tmp_path / DOOR_NAME).stat().st_mode & 0o777 == 0o600
            assert (tmp_path / DOOR_NAME).parent.stat().st_mode & 0o777 == 0o700
        assert os.listdir((tmp_path / DOOR_NAME).parent) == ["door"]
    assert not (tmp_path / DOOR_NAME).parent.exists()


async def test_the_port_file_of_a_killed_server_is_replaced(server: Server, tmp_path: Path) -> None:
    (tmp_path / SOCKET_NAME).touch()
    (tmp_path / DOOR_NAME).parent.mkdir(mode=0o777)
    old = encode_door(1, bytes(32))
    (tmp_path / DOOR_NAME).write_bytes(old)
    (tmp_path / DOOR_NAME).with_suffix(".new").write_bytes(old)
    async with admin_port(server, tmp_path) as (port, secret):
        assert port != 1
        assert secret != bytes(32)
        assert (tmp_path / DOOR_NAME).parent.stat().st_mode & 0o022 == 0
        assert not (tmp_path / SOCKET_NAME).exists()


async def test_a_server_runs_without_an_admin_socket_if_none_can_be_made(server: Server, tmp_path: Path) -> None:
    (tmp_path / DOOR_NAME).parent.mkdir()
    (tmp_path / DOOR_NAME).with_name("mine").touch()
    async with admin_port(server, tmp_path) as (port, _):
        assert not port
    assert any("there is no admin socket" in line for line in server.log)
    assert os.listdir((tmp_path / DOOR_NAME).parent) == ["mine"]


async def test_the_admin_commands_find_the_loopback_port(server: Server, tmp_path: Path) -> None:
    async with admin_port(server, tmp_path):
        users = await asyncio.to_thread(lambda: list(client.AdminClient(tmp_path).users()))
        assert users == []


async def cut(line: Line) -> bytes:
    """Return the bytes received until the connection is cut."""
    try:
        return await line.reads()
    except ConnectionError:
        return b""
