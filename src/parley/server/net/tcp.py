"""What the kernel knows of a TCP connection and asyncio does not tell."""

import sys


def unacknowledged(descriptor: int) -> int | None:
    """Return how many bytes sent on a TCP socket the other end has not acknowledged; None where that can't be known."""
    if sys.platform != "linux":
        return None
    import fcntl
    import struct
    import termios

    try:
        return int(struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, b"\0\0\0\0"))[0])
    except OSError:
        return None
