"""The listener: one port for every dialect, and clients that send arbitrary bytes."""

import asyncio
import errno
import os
import socket
import ssl
from typing import Any

import pytest
import trustme

from parley.server.net.listener import bind
from tests.server.server_fixture import Serve, Server, until


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        (b"bob\n", b"alias?bob has"),
        (b"\n", b"alias?alias?"),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 OK"),
        (b"NICK bob\r\n", b"ERROR :Parley does not speak IRC yet."),
        (b"cap ls\r\n", b"ERROR :Parley does not speak IRC yet."),
        (b"\x16\x03\x01\x00\x05hello", b"\x15\x03\x01\x00\x02\x02\x28"),
    ],
)
async def test_the_first_bytes_decide_the_dialect(server: Server, first: bytes, answer: bytes) -> None:
    peer = await server.socket()
    await peer.sends(first)
    await peer.sees_bytes(answer)


async def test_the_first_bytes_may_come_one_by_one(server: Server) -> None:
    peer = await server.socket()
    for byte in b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n":
        await peer.sends(bytes([byte]))
        await asyncio.sleep(0)
    await peer.sees_bytes(b"HTTP/1.1 200 OK")


async def test_an_incomplete_method_is_not_http(server: Server) -> None:
    peer = await server.socket()
    await peer.sends(b"GE")
    await peer.sees_characters("alias?")
    await peer.sends(b"rda\n")
    await peer.sees("GErda has connected to the chat room", "you are now connected!")


async def test_irc_is_refused_with_a_sentence(server: Server) -> None:
    peer = await server.socket()
    await peer.sends(b"NICK bob\r\nUSER bob 0 * :bob\r\n")
    text = await peer.reads()
    assert text.startswith(b"ERROR :Parley does not speak IRC yet.")
    assert text.count(b"\r\n") == 1
    await peer.closes()
    await until(lambda: not server.hub.connection_counts)


async def test_a_connection_that_closes_at_once_leaves_no_trace(server: Server) -> None:
    for way in ("closes", "aborts"):
        peer = await server.socket()
        await getattr(peer, way)()
    await until(lambda: not server.hub.connection_counts)
    assert server.log == ["the room #lobby is open"]


async def test_connections_of_an_address_are_limited(serve: Serve) -> None:
    server = await serve(connections_per_address=2)
    bob = await server.line("bob")
    await server.web("eve")
    third = await server.socket()
    assert await third.reads() == b"There are too many connections from your address. Close one and try again.\n"
    await bob.closes()
    await until(lambda: server.hub.connection_counts["127.0.0.1"] == 1)
    await server.line("zoe")
    assert "127.0.0.1 has 2 connections and gets no more" in server.log


async def test_a_refused_connection_may_be_closed_already(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = await serve(connections_per_address=1)
    await server.line("bob")
    knocking = [await server.socket() for _ in range(20)]
    for peer in knocking:
        await peer.aborts()
    server.hub.connection_counts.clear()
    await server.line("eve")


async def test_without_file_descriptors_open_connections_stay(server: Server) -> None:
    bob = await server.line("bob")
    [listener] = server._listeners

    class Exhausted:
        """A listening socket whose `accept` fails until file descriptors are free again."""

        def __init__(self, sock: socket.socket) -> None:
            self.sock = sock
            self.failures = 0

        def accept(self) -> Any:
            self.failures += 1
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

        def fileno(self) -> int:
            return self.sock.fileno()

        def close(self) -> None:
            self.sock.close()

    sock = listener._sock
    listener._loop.remove_reader(sock)
    listener._sock = broken = Exhausted(sock)  # type: ignore[assignment]
    listener._accept()
    assert server.log[-1] == "no more connections can be accepted for now: Too many open files"
    waiting = await server.socket()
    await bob.says("hi")
    await bob.sees("bob: hi")
    assert broken.failures == 1
    listener._sock = sock
    await waiting.says("eve")
    await waiting.sees_characters("alias?bob: hi\neve has connected")


def test_a_name_may_stand_for_several_addresses() -> None:
    socks = bind("localhost", 0)
    assert {sock.getsockname()[0] for sock in socks} <= {"127.0.0.1", "::1"}
    for sock in socks:
        sock.close()


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def theirs(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def ours(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_the_line_dialect_works_inside_tls(serve: Serve, theirs: ssl.SSLContext, ours: ssl.SSLContext) -> None:
    server = await serve(tls=theirs)
    bob = await server.line("bob", tls=ours)
    eve = await server.line("eve")
    await bob.sees("eve has connected to the chat room")
    await bob.says("hi")
    await eve.sees("bob: hi")
    await bob.aborts()
    await eve.sees("bob has left the chat room!")


async def test_a_silent_client_inside_tls_gets_the_prompt(
    serve: Serve, theirs: ssl.SSLContext, ours: ssl.SSLContext
) -> None:
    server = await serve(tls=theirs)
    bob = await server.socket(tls=ours)
    await bob.sees_characters("alias?")
    await bob.says("bob")
    await bob.sees("bob has connected to the chat room", "you are now connected!")


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 OK"),
        (b"NICK bob\r\n", b"ERROR :Parley does not speak IRC yet."),
        (b"\x16\x03\x01\n", b"alias?"),
    ],
)
async def test_the_first_bytes_inside_tls_decide_the_dialect(
    serve: Serve, theirs: ssl.SSLContext, ours: ssl.SSLContext, first: bytes, answer: bytes
) -> None:
    server = await serve(tls=theirs)
    peer = await server.socket(tls=ours)
    for byte in first:
        await peer.sends(bytes([byte]))
    await peer.sees_bytes(answer)


async def test_a_websocket_works_inside_tls(serve: Serve, theirs: ssl.SSLContext, ours: ssl.SSLContext) -> None:
    server = await serve(tls=theirs)
    bob = await server.browser(tls=ours)
    await bob.sends(t="hello", protocol=1, name="bob")
    assert (await bob.gets_frame())["t"] == "ready"
    await bob.closes()
    await until(lambda: not server.hub.connection_counts)


async def test_an_invalid_tls_handshake_is_logged(serve: Serve, theirs: ssl.SSLContext) -> None:
    server = await serve(tls=theirs)
    peer = await server.socket()
    await peer.sends(b"\x16\x03\x01\x00\x05hello")
    await peer.reads()
    await until(lambda: not server.hub.connection_counts)
    assert any("came to nothing" in line for line in server.log)


async def test_an_incomplete_tls_handshake_times_out(serve: Serve, theirs: ssl.SSLContext) -> None:
    server = await serve(tls=theirs, handshake_timeout=0.1)
    peer = await server.socket()
    await peer.sends(b"\x16")
    await peer.reads()
    await until(lambda: not server.hub.connection_counts)


async def test_old_tls_is_refused(serve: Serve, theirs: ssl.SSLContext, ours: ssl.SSLContext) -> None:
    server = await serve(tls=theirs)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        ours.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        await server.socket(tls=ours)
    await until(lambda: not server.hub.connection_counts)
