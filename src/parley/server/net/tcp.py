"""Information about a TCP connection that asyncio does not provide."""

import sys


def unacknowledged(descriptor: int) -> int | None:
    """Return how many of the bytes sent on a TCP socket are not acknowledged; None where the system does not tell."""
    if sys.platform != "linux":
        return None
    import fcntl
    import struct
    import termios

    try:
        return int(struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, b"\0\0\0\0"))[0])
    except OSError:
        return None
