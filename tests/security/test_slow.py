"""Slow clients hold a connection for a bounded time, and an address has a bounded number of connections."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from tests.security.people import incoming
from tests.server.api import Http, account
from tests.server.server_fixture import DEADLINE, Line, Serve, Server, _narrow, masked, until

SECONDS = 0.1
PACE = 0.005


async def comes(line: Line, piece: bytes) -> AsyncIterator[bytes]:
    """Send a piece repeatedly, with pauses. Yield the answers until the connection ends."""
    async with asyncio.timeout(DEADLINE):
        while True:
            try:
                async with asyncio.timeout(PACE):
                    data = await line._reader.read(65_536)
            except TimeoutError:
                line._writer.write(piece)
                continue
            except ConnectionResetError:
                return
            if not data:
                return
            yield data


async def drips(line: Line, piece: bytes) -> bytes:
    return b"".join([data async for data in comes(line, piece)])


SLOW = {
    "a method": (b"GET ", b"/", b"408"),
    "headers": (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X: y\r\n", b"408"),
    "a header": (b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"y", b"408"),
    "the second request": (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nG", b"", b"408"),
    "a body nobody reads": (b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", b"x", b"404"),
    "the body of a GET": (b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", b"x", b"200"),
    "chunks nobody reads": (b"POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                            b"1\r\nx\r\n", b"404"),
    "blank lines between requests": (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n", b"200"),
    "the body of an API request": (b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n",
                                   b"x", b"408"),
    "chunks of an API request": (b"POST /api/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                                 b"1\r\nx\r\n", b"408"),
}  # fmt: skip
"""The bytes that are sent first, the piece that is then sent repeatedly, and the status of the last answer."""


@pytest.mark.parametrize("what", SLOW)
async def test_slow_headers_and_bodies_are_cut_off(serve: Serve, what: str) -> None:
    first, piece, status = SLOW[what]
    server = await serve(handshake_timeout=SECONDS)
    line = await server.socket()
    await line.sends(first)
    answer = await drips(line, piece)
    assert b"HTTP/1.1 " + status in answer
    await until(lambda: not server.hub.connection_counts)


async def test_slow_forms_and_webhook_bodies_are_cut_off(serve: Serve) -> None:
    server = await serve(handshake_timeout=SECONDS)
    ann = await account(server, "ann")
    await ann.room("den")
    for path in (f"join/{await server.invitation()}", await incoming(ann, "den")):
        line = await server.socket()
        await line.sends(f"POST /{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n".encode())
        assert b"HTTP/1.1 408 " in await drips(line, b"x")


async def test_a_large_unwanted_body_does_no_harm(server: Server) -> None:
    line = await server.socket()
    await line.sends(b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n")
    await line._reader.readuntil(b"\r\n\r\n")
    await line.sends(b"x" * 3_000_000 + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b'"status":"ok"' in await line.reads()


@pytest.mark.parametrize("last", [40, 3])
async def test_a_client_that_reads_no_answers_is_cut_off(serve: Serve, last: int) -> None:
    """This holds while the server has unsent answers, and after it has closed its side."""
    server = await serve(stall_timeout=SECONDS)
    ann = Http(server)
    assert (await ann.asks("GET", "/healthz")).status == 200
    [connection] = server.http.connections
    assert ann._writer is not None
    for transport in (connection.transport, ann._writer.transport):
        _narrow(transport)
    ann._writer.transport.pause_reading()  # type: ignore[attr-defined]
    for _ in range(last):
        await ann.sends("GET", "/api/openapi.json")
    await ann.sends("GET", "/api/openapi.json", headers={"Connection": "close"})
    await until(lambda: not server.hub.connection_counts)


async def test_a_client_that_does_not_read_the_last_answer_is_cut_off(serve: Serve) -> None:
    """The answer fits in the server's buffer, and the server closes the connection after it."""
    server = await serve(stall_timeout=SECONDS)
    ann = await account(server, "ann")
    await ann.joins("lobby")
    for _ in range(12):
        await ann.says("lobby", "x" * 4_000)
    await ann.dispose()
    await until(lambda: not server.hub.connection_counts)
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", server.port))
        sock.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: bool(server.http.connections))
        [connection] = server.http.connections
        connection.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        sock.send(b"GET /api/rooms/lobby/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        await until(connection.transport.is_closing)
        assert 0 < connection.transport.get_write_buffer_size() < 64 * 1024
        await until(lambda: not server.hub.connection_counts)


async def test_connections_per_address_are_limited_and_slow_ones_are_freed(serve: Serve) -> None:
    server = await serve(handshake_timeout=SECONDS, connections_per_address=8)
    slow = [await server.socket() for _ in range(8)]
    for line in slow:
        await line.sends(b"GET / HTTP/1.1\r\n")
    await until(lambda: server.hub.connection_counts["127.0.0.1"] == 8)
    ninth = await server.socket()
    assert (await ninth.reads()).startswith(b"There are too many connections")
    await until(lambda: not server.hub.connection_counts)
    assert (await Http(server).asks("GET", "/healthz")).status == 200


async def test_empty_fragments_cost_nothing(server: Server) -> None:
    """The size limit does not stop a message of empty fragments, because its size stays 0."""
    web = await server.web("ann")
    [connection] = server.connections("ann")
    await web.sends_bytes(masked(b'{"t":', 0x01))
    for _ in range(1_000):
        await web.sends_bytes(masked(b"", 0x00))
    await web.sends_bytes(masked(b'"rooms"}', 0x80))
    assert (await web.gets_frame())["t"] == "rooms"
    await web.sends_bytes(masked(b"", 0x01))
    for _ in range(1_000):
        await web.sends_bytes(masked(b"", 0x00))
    await web.sends_bytes(masked(b"", 0x89))  # a ping, which the server answers
    await until(lambda: connection._fragments is not None)  # type: ignore[attr-defined]
    assert len(connection._fragments) == 0  # type: ignore[attr-defined]
