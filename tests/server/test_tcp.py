"""The kernel's information about a TCP connection."""

import socket
import sys

import pytest

from parley.server.net.tcp import unacknowledged

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what was acknowledged")


def test_bytes_that_do_not_fit_the_peers_buffer_are_not_acknowledged() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    near = socket.create_connection(listener.getsockname())
    far, _ = listener.accept()
    assert unacknowledged(near.fileno()) == 0
    near.setblocking(False)
    try:
        while near.send(b"x" * 65_536):
            pass
    except BlockingIOError:
        pass
    assert unacknowledged(near.fileno())
    for sock in (near, far, listener):
        sock.close()


def test_an_unconnected_socket_has_no_information() -> None:
    with open(__file__, encoding="utf-8") as file:
        assert unacknowledged(file.fileno()) is None
