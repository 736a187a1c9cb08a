"""Telnet over real sockets: the real program, and the bytes that other telnet clients are known to send."""

import asyncio
import os
import shutil
import socket

import pytest

from tests.clients.processes import Terminal
from tests.server.server_fixture import Server

TELNET = shutil.which("telnet")
PUTTY = bytes.fromhex("fffb1f fffb20 fffb18 fffb27 fffd01 fffb03 fffd03")
REFUSALS = bytes.fromhex("fffe1f fffe20 fffe18 fffe27 fffc01 fffe03 fffc03")


@pytest.mark.skipif(TELNET is None, reason="needs the program telnet (Debian: inetutils-telnet); .ci/run installs it")
async def test_linux_telnet_goes_on_after_ctrl_c(server: Server) -> None:
    eve = await server.line("eve")
    assert TELNET
    with Terminal(TELNET, "127.0.0.1", str(server.port)) as bob:

        async def sees(*wanted: str) -> None:
            await asyncio.to_thread(bob.wait, *wanted)

        await sees("alias?")
        bob.type("bob\r")
        await sees("you are now connected!")
        await eve.sees("bob has connected to the chat room")
        bob.type("one\r")
        await sees("bob: one")
        bob.type("wrong\x03")
        bob.type("two\r")
        await sees("bob: two")
        await eve.says("three")
        await sees("eve: three")
        # In its character mode, telnet sends every key by itself, and CR NUL for Enter.
        bob.type("\x1d")
        await sees("telnet> ")
        bob.type("mode character\r")
        for key in "fuor\x7f\x7f\x7four\r":
            bob.type(key)
        await sees("bob: four")
        await eve.sees("bob: one", "bob: two", "eve: three", "bob: four")
        bob.type(".exit\r")
        await eve.sees("bob has left the chat room! with message .exit")


async def test_putty_begins_with_offers(server: Server) -> None:
    bob = await server.socket()
    await bob.sends(PUTTY)
    await bob.sees_bytes(b"alias?" + REFUSALS)
    await bob.says("bob\r")
    await bob.sees("bob has connected to the chat room", "you are now connected!")


async def test_the_urgent_byte_of_a_synch_stays_in_its_place(server: Server) -> None:
    bob = await server.line("bob")
    sock = bob.transport.get_extra_info("socket")
    with socket.socket(fileno=os.dup(sock.fileno())) as copy:
        copy.send(b"one\n\xff")
        copy.send(b"\xf2", socket.MSG_OOB)
        copy.send(b"two\n")
    await bob.sees("bob: one", "bob: two")


async def test_keys_that_come_one_by_one_make_one_line(server: Server) -> None:
    eve = await server.line("eve")
    bob = await server.socket()
    await bob.sees_characters("alias?")
    bob.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for key in b"winn\x089\r\n":
        await bob.sends(bytes([key]))
    await eve.sees("win9 has connected to the chat room")
    for key in b"hello\r\n":
        await bob.sends(bytes([key]))
    await eve.sees("win9: hello")
