"""A lobby in which more than a thousand people have joined since the last message."""

import asyncio
from pathlib import Path

from parley.clients.net.address import parse_address
from parley.clients.net.client_options import ClientOptions
from parley.clients.tail import tail
from parley.core.commands import ClaimName, Join, SendMessage
from tests.server.server_fixture import Serve, Server

SAID = [f"bob: {number}" for number in range(25)]
CROWD = 1_200
"""More joins than a tail has events."""


async def crowded(serve: Serve) -> Server:
    server = await serve(rate_messages=0)
    await server.line("bob")
    bob, lobby = server.user("bob"), server.room("lobby")
    for number in range(25):
        await server.does(SendMessage(bob, lobby, str(number)))
    await asyncio.gather(*(server.does(ClaimName(f"u{number}")) for number in range(CROWD)))
    await asyncio.gather(*(server.does(Join(server.user(f"u{number}"), "lobby")) for number in range(CROWD)))
    return server


async def printed(server: Server, tmp_path: Path, **how: object) -> list[str]:
    lines: list[str] = []
    options = ClientOptions(parse_address(f"127.0.0.1:{server.port}"), data=tmp_path)
    assert await tail(options, "lobby", write=lines.append, complain=lines.append, **how)  # type: ignore[arg-type]
    return lines


async def test_the_last_messages_are_shown_to_a_user_who_joins(serve: Serve, tmp_path: Path) -> None:
    server = await crowded(serve)
    crowd = f"({CROWD:,} comings and goings)"
    assert await printed(server, tmp_path) == [*SAID[-19:], crowd]
    assert await printed(server, tmp_path, after=0) == ["bob has connected to the chat room", *SAID, crowd]
    every = await printed(server, tmp_path, after=0, json=True)
    assert len(every) == server.hub.view.state.rooms[server.room("lobby")].tip
    eve = await server.line("eve")
    assert eve.entrance[:-2] == SAID[-20:]
