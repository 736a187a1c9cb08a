"""The server and a proxy before it agree on the end of each request, so no probe can smuggle a second request."""

import re

import pytest

from tests.security.probes import HEALTH, LAST, PROBES, Probe, get, post
from tests.server.server_fixture import Server


def statuses(answer: bytes) -> tuple[int, ...]:
    return tuple(int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer))


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
async def test_a_smuggling_probe_gets_exactly_the_expected_answers(server: Server, probe: Probe) -> None:
    socket = await server.socket()
    await socket.sends(probe.sent + LAST)
    answer = await socket.reads()
    assert statuses(answer) == probe.answered
    assert answer.count(b'"status":"ok"') <= 1


UPGRADES = {
    "h2c": get(b"Host: x", b"Connection: Upgrade", b"Upgrade: h2c"),
    "h2c with a body": post(b"Connection: Upgrade", b"Upgrade: h2c", b"Content-Length: %d" % len(HEALTH), body=b""),
    "a WebSocket with a body": get(
        b"Host: x",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        b"Content-Length: %d" % len(HEALTH),
        target=b"/ws",
    ),
}


@pytest.mark.parametrize("head", UPGRADES.values(), ids=UPGRADES)
async def test_bytes_after_an_upgrade_are_not_parsed_as_a_request(server: Server, head: bytes) -> None:
    socket = await server.socket()
    await socket.sends(head)
    first = await socket._reader.readuntil(b"\r\n\r\n")
    await socket.sends(HEALTH + LAST)
    answer = first + await socket.reads()
    assert len(statuses(answer.replace(b"<reset>", b""))) == 1


async def test_after_a_websocket_handshake_only_frames_are_read(server: Server) -> None:
    head = get(
        b"Host: x",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        target=b"/ws",
    )
    for with_it in (HEALTH, b""):
        socket = await server.socket()
        await socket.sends(head + with_it)
        assert (await socket._reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        await socket.sends(HEALTH)
        assert b"HTTP/1.1" not in await socket.reads()
