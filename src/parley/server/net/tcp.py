"""Information about a TCP connection that asyncio does not provide."""

import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

IDLE_SECONDS: Final = 60
PROBE_SECONDS: Final = 15
PROBES: Final = 4

_AFTER_STALL_SECONDS: Final = 60.0
"""After `stall_timeout` the server itself ends the connection of a reader that takes nothing, with a message. TCP ends
it only this much later.
"""


def silence_options(stall_timeout: float) -> tuple[tuple[int, int, int], ...]:
    """Return the socket options, as (level, option, value), that make the system end a connection whose other machine
    has vanished: after two minutes without traffic (RFC 9293, section 3.8.4), and, if bytes stay unacknowledged, one
    minute after `stall_timeout` (RFC 5482). The usual defaults are two hours and a quarter of an hour. Options that the
    system lacks are left out.

    Args:
        stall_timeout: seconds for which a reader may take nothing.
    """
    # macOS has another name for the first option.
    idle = getattr(socket, "TCP_KEEPIDLE", getattr(socket, "TCP_KEEPALIVE", None))
    user_timeout = min(int((stall_timeout + _AFTER_STALL_SECONDS) * 1000), 2**31 - 1)
    options = (
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, idle, IDLE_SECONDS),
        (socket.IPPROTO_TCP, getattr(socket, "TCP_KEEPINTVL", None), PROBE_SECONDS),
        (socket.IPPROTO_TCP, getattr(socket, "TCP_KEEPCNT", None), PROBES),
        (socket.IPPROTO_TCP, getattr(socket, "TCP_USER_TIMEOUT", None), user_timeout),
    )
    return tuple((level, option, value) for level, option, value in options if option is not None)


def detect_silence(sock: socket.socket, options: Iterable[tuple[int, int, int]]) -> None:
    """Set the options of `silence_options`. Do nothing if the socket is not TCP."""
    with suppress(OSError):
        for level, option, value in options:
            sock.setsockopt(level, option, value)


def unacknowledged(descriptor: int) -> int | None:
    """Return how many of the bytes sent on a TCP socket are not acknowledged; None if the system does not tell."""
    if sys.platform != "linux":
        return None
    import fcntl
    import struct
    import termios

    try:
        return int(struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, b"\0\0\0\0"))[0])
    except OSError:
        return None
