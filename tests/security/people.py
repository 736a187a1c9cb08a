"""Users for the security tests: at many addresses, and with one of everything that a user can own."""

import asyncio
import json
from typing import Any

from tests.server.api import HOST, Answer, Http
from tests.server.server_fixture import DEADLINE, Server


async def asks_from(host: str, server: Server, path: str, body: Any) -> Answer:
    """Make one POST request with JSON from one of this machine's addresses, e.g. 127.0.0.7."""
    return await posts_from(host, server, path, json.dumps(body).encode(), "application/json")


async def posts_from(host: str, server: Server, path: str, data: bytes, kind: str) -> Answer:
    """Make one POST request from one of this machine's addresses, with a body of any media type."""
    async with asyncio.timeout(DEADLINE):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, local_addr=(host, 0))
        head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {kind}\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
        answer = await reader.read(-1)
        writer.close()
        await writer.wait_closed()
    first, _, content = answer.partition(b"\r\n\r\n")
    status, *lines = first.decode("latin-1").split("\r\n")
    return Answer(
        int(status.split()[1]),
        {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)},
        content,
    )


async def incoming(owner: Http, room: str) -> str:
    """Create an incoming webhook; return the path of its URL."""
    made = await owner.asks("POST", f"/api/rooms/{room}/webhooks", {"label": f"hook-{room}"})
    assert made.status == 201, made
    return str(made.json["url"].partition("//")[2].partition("/")[2])
