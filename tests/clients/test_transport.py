"""The transport against scripted servers."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from websockets.asyncio.server import ServerConnection, serve

from parley.clients.keep.outbox import Outbox
from parley.clients.net.address import parse_address
from parley.clients.net.client_options import ClientOptions
from parley.clients.send import send
from parley.clients.tail import tail
from tests.clients.talk import Frame, ready, room

Script = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def playing(script: Script, **options: object) -> AsyncIterator[str]:
    """Run a server that calls the script for each connection. Yield its address."""
    async with serve(script, "127.0.0.1", 0, **options) as server:  # type: ignore[arg-type]
        yield f"127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


async def answer(connection: ServerConnection, *frames: Frame) -> Frame:
    """Read a frame, send these answers, and return what was read."""
    asked: Frame = json.loads(await connection.recv())
    for frame in frames:
        await connection.send(json.dumps({**frame, "id": asked["id"]} if "id" in asked else frame))
    return asked


async def watch(address: str, ca: Path | None = None, **options: object) -> tuple[bool, list[str], list[str]]:
    lines: list[str] = []
    complaints: list[str] = []
    client = ClientOptions(parse_address(address), ca=ca)
    done = await tail(client, "lobby", write=lines.append, complain=complaints.append, **options)  # type: ignore[arg-type]
    return done, lines, complaints


async def test_hostile_events_can_not_control_the_terminal() -> None:
    evil = {"seq": 1, "at": 0, "user": 1, "name": "e\x1b[2Jve", "kind": "message", "text": "a\x07\u202eb\nc\x9b"}

    async def script(connection: ServerConnection) -> None:
        await answer(connection, ready(user=None, token=None))
        await answer(connection, {"t": "watching", "room": room(1, 0)})
        await connection.send(json.dumps({"t": "events", "room": 1, "events": [evil]}))
        await connection.wait_closed()

    async with playing(script) as address:
        done, lines, _ = await watch(address, after=0)
    assert done
    assert lines == ["e\\x1b[2Jve: a\\x07\\u202eb", "e\\x1b[2Jve: c\\x9b"]


async def test_another_kind_of_server_is_explained() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async def speak_smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n")
        await reader.read(1)
        writer.close()

    for script, words in ((refuse, "HTTP status 404"), (speak_smtp, "something else than a Parley server")):
        async with await asyncio.start_server(script, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            done, lines, complaints = await watch(f"127.0.0.1:{port}")
        assert (done, lines) == (False, [])
        assert words in complaints[0]


async def test_certificates_are_checked(tmp_path: Path) -> None:
    import ssl

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusted = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(trusted)

    async def script(connection: ServerConnection) -> None:
        await answer(connection, ready(user=None, token=None))
        await answer(connection, {"t": "watching", "room": room(0, 0)})
        await connection.wait_closed()

    async with playing(script, ssl=context) as address:
        assert await watch(f"wss://{address}", ca=trusted) == (True, [], [])
        trustme.CA().cert_pem.write_to_path(trusted)
        done, _, complaints = await watch(f"wss://{address}", ca=trusted)
        assert not done
        assert "certificate is not trusted" in complaints[0]


async def test_send_says_when_it_is_unknown_whether_a_message_is_stored(tmp_path: Path) -> None:
    async def script(connection: ServerConnection) -> None:
        await answer(connection, ready())
        await answer(connection, {"t": "joined", "room": room(1, 0)})
        await connection.wait_closed()

    async with playing(script) as address:
        sent = await send(
            ClientOptions(parse_address(address), "bob", data=tmp_path), "lobby", "hi", key="K1", patience=0.5
        )
    assert sent.retry
    assert sent.key == "K1"
    assert sent.fault == "It is not known whether the message is stored: the server has not answered within 0.5 s."


async def test_a_lost_ready_does_not_hold_the_name(tmp_path: Path) -> None:
    offered = []

    async def script(connection: ServerConnection) -> None:
        hello = json.loads(await connection.recv())
        offered.append(hello["new_token"])
        with Outbox(parse_address(address).url, "bob", tmp_path) as outbox:
            assert outbox.offered == hello["new_token"]
        if len(offered) == 1:
            connection.transport.abort()
            return
        await connection.send(json.dumps(ready(room(1, 1), token=hello["new_token"])))
        key = json.loads(await connection.recv())["key"]
        await connection.send(json.dumps({"t": "stored", "key": key, "room": 1, "seq": 2}))
        await connection.wait_closed()

    async with playing(script) as address:
        sent = await send(ClientOptions(parse_address(address), "bob", data=tmp_path), "lobby", "hi")
    assert (sent.fault, sent.seq) == ("", 2)
    assert offered[0] == offered[1]
    assert re.fullmatch(r"[0-9a-f]{64}", offered[0])


async def test_send_tries_again_with_the_same_key_after_a_lost_connection(tmp_path: Path) -> None:
    keys = []

    async def script(connection: ServerConnection) -> None:
        await answer(connection, ready(room(1, 1)))
        keys.append((await answer(connection))["key"])
        if len(keys) == 1:
            connection.transport.abort()
        else:
            await connection.send(json.dumps({"t": "stored", "key": keys[-1], "room": 1, "seq": 2}))
            await connection.wait_closed()

    async with playing(script) as address:
        sent = await send(ClientOptions(parse_address(address), "bob", data=tmp_path), "lobby", "hi")
        with Outbox(parse_address(address).url, "bob", tmp_path) as outbox:
            assert outbox.token == "T1"
            assert outbox.adopt() == []  # nothing is queued, as the caller decides whether to try again
    assert (sent.fault, sent.seq) == ("", 2)
    assert keys == [sent.key, sent.key]


async def test_events_of_any_size_are_read() -> None:
    big = {"seq": 1, "at": 0, "user": 1, "name": "eve", "kind": "message", "text": "x" * 3_000_000}

    async def script(connection: ServerConnection) -> None:
        await answer(connection, ready(user=None, token=None))
        await answer(connection, {"t": "watching", "room": room(1, 0)})
        await connection.send(json.dumps({"t": "events", "room": 1, "events": [big]}))
        await connection.wait_closed()

    async with playing(script) as address:
        _, lines, _ = await watch(address, after=0)
    assert [len(line) for line in lines] == [3_000_005]


@pytest.mark.parametrize("module", ["chat", "send", "tail"])
def test_commands_are_quick_to_load(module: str) -> None:
    import subprocess
    import sys

    code = f"import sys, parley.cli.{module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"websockets", "prompt_toolkit", "sqlite3", "ssl"} & set(loaded)
