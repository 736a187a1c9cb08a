"""Clients that vanish without closing the connection: WebSockets are pinged, and TCP probes all others."""

import socket
import sys

import pytest

from parley.server.engine.heartbeat import SLICE, Heartbeat
from parley.server.net.connection import Connection
from parley.server.protocols import Client
from tests.server.server_fixture import Serve, Server, Web, until
from tests.server.test_pacing import Clock


def beat(connection: Connection, times: int) -> None:
    for _ in range(times):
        connection.beat()


async def silent(server: Server, name: str) -> tuple[Web, Connection]:
    """Connect a user whose client does not answer any more from now on."""
    web = await server.web(name, "lobby")
    await web.gets_nothing_more()
    [connection] = server.connections(name)
    web.transport.pause_reading()
    return web, connection


async def test_a_silent_client_is_pinged_and_stays_if_it_answers(server: Server) -> None:
    bob = await server.web("bob", "lobby")
    await bob.gets_nothing_more()
    [connection] = server.connections("bob")
    for _ in range(3):
        beat(connection, 3)
        # Wait for the answer to the ping.
        await until(lambda: connection._silent_beats == 0)  # type: ignore[attr-defined]
    await bob.gets_nothing_more()


async def test_idle_clients_that_answer_pings_need_no_websocket_protocol_object(server: Server) -> None:
    bob = await server.web("bob", "lobby")
    await bob.gets_nothing_more()
    [connection] = server.connections("bob")
    beat(connection, 3)
    await until(lambda: connection._silent_beats == 0)  # type: ignore[attr-defined]
    assert connection._protocol is None  # type: ignore[attr-defined]


async def test_a_client_that_does_not_answer_a_ping_is_ended(server: Server) -> None:
    _, connection = await silent(server, "bob")
    beat(connection, 3)
    assert server.connections("bob")
    beat(connection, 1)
    await until(lambda: not server.connections("bob"))
    assert not server.hub.presence.online(server.user("bob"))
    assert any("does not answer a ping" in line for line in server.log)


async def test_anything_from_a_client_is_a_sign_of_life(server: Server) -> None:
    bob, connection = await silent(server, "bob")
    beat(connection, 3)
    await bob.sends_at_once({"t": "typing", "room": 1})
    await until(lambda: connection._silent_beats == 0)  # type: ignore[attr-defined]
    beat(connection, 3)
    eve = await server.web("eve")
    await eve.gets_nothing_more()
    assert server.connections("bob")


async def test_a_client_whose_answer_could_not_be_read_is_not_ended(server: Server) -> None:
    _, connection = await silent(server, "bob")
    connection.hold()
    beat(connection, 10)
    eve = await server.web("eve")
    await eve.gets_nothing_more()
    assert server.connections("bob")


async def test_the_server_pings_by_itself(serve: Serve) -> None:
    server = await serve(ping_interval=0.02)
    await silent(server, "bob")
    await until(lambda: not server.hub.connections)


async def test_without_an_interval_there_are_no_pings(serve: Serve) -> None:
    server = await serve(ping_interval=0)
    assert server.hub._heartbeat._timer is None


class Counted(Client):
    """A client that counts its beats."""

    def __init__(self) -> None:
        super().__init__(lambda data: None)
        self.beats = 0

    def beat(self) -> None:
        self.beats += 1
        if self.beats == 2:
            raise ZeroDivisionError


def test_the_beats_of_many_clients_are_spread_over_the_period() -> None:
    clock, clients = Clock(), {Counted() for _ in range(2 * SLICE + 1)}
    heartbeat = Heartbeat(clock, clients, 15.0)
    heartbeat.start()
    assert clock.rest == 15.0
    done = []
    for _ in range(4):
        assert clock.elapse()
        assert clock.rest == 5.0
        done.append(sum(client.beats for client in clients))
    assert done == [SLICE, 2 * SLICE, 2 * SLICE + 1, 3 * SLICE + 1]
    clients.clear()
    while heartbeat._waiting:
        clock.elapse()
    clock.elapse()
    assert clock.rest == 15.0, "an empty server is looked at once in a period"
    heartbeat.stop()
    clock.close()


def test_a_client_that_fails_keeps_no_other_from_its_beat(caplog: pytest.LogCaptureFixture) -> None:
    clock, clients = Clock(), {Counted() for _ in range(3)}
    heartbeat = Heartbeat(clock, clients, 1.0)
    heartbeat.start()
    for _ in range(3):
        clock.elapse()
    assert {client.beats for client in clients} == {3}
    assert "a client failed" in caplog.text
    clock.close()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other options")
async def test_tcp_probes_a_line_client_that_is_silent(serve: Serve) -> None:
    server = await serve(stall_timeout=50)
    await server.line("bob")
    [connection] = server.connections("bob")
    assert connection._transport
    sock = connection._transport.get_extra_info("socket")
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    idle, pause, probes, unacknowledged = (
        sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
        for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT")
    )
    assert idle + pause * probes <= 120
    assert 50_000 < unacknowledged <= 110_000
