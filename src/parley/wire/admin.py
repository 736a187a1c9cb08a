"""Where a data folder's admin socket is, and how the two ends of one know each other.

It is a Unix socket, where rights on files decide who may connect. Where there are none (on Windows, or in a folder
whose path is too long for one) it is a TCP socket on the loopback address, which every user of the machine can reach,
and anybody's program may listen on its port when the server has been killed. A file that only the server's owner can
read, the door, holds the port and a secret, and each end proves that it knows the secret before anything is said:

    client   32 bytes of its own
    server   32 bytes of its own, and its proof
    client   its proof; HTTP from here on

The secret itself is never sent. No browser says what begins like that.
"""

import hashlib
import hmac
import os
import sys
from pathlib import Path
from typing import Final, Literal

SOCKET_NAME: Final = "admin.sock"
"""The Unix socket in the data folder."""

DOOR_NAME: Final = "admin/door"
"""The door in the data folder. Its own folder is made for its owner alone, which works on Windows as well."""

HOST: Final = "127.0.0.1"
SECRET_BYTES: Final = 32
NONCE_BYTES: Final = 32
PROOF_BYTES: Final = 32

PATH_BYTES: Final = 100
"""A Unix socket's path is short: 104 bytes on macOS, 108 on Linux, with the final NUL."""


def takes_socket(folder: Path) -> bool:
    """Tell whether there can be a Unix socket in a data folder."""
    return sys.platform != "win32" and len(os.fsencode(folder / SOCKET_NAME)) <= PATH_BYTES


def prove(secret: bytes, end: Literal["client", "server"], client: bytes, server: bytes) -> bytes:
    """Return what shows that an end knows the secret (HMAC-SHA256), on a connection and in a direction.

    Args:
        secret: as the door has it.
        end: whose proof it is; one end's is of no use to the other.
        client, server: the bytes with which each began.
    """
    return hmac.new(secret, end.encode() + client + server, hashlib.sha256).digest()


def is_proof(proof: bytes, secret: bytes, end: Literal["client", "server"], client: bytes, server: bytes) -> bool:
    """Tell, in the same time for any, whether it is that end's proof; see `prove`."""
    return hmac.compare_digest(proof, prove(secret, end, client, server))


def encode_door(port: int, secret: bytes) -> bytes:
    """Return what stands in a door."""
    return f"{port} {secret.hex()}\n".encode()


def decode_door(data: bytes) -> tuple[int, bytes]:
    """Return the port and the secret of a door.

    Raises:
        ValueError: it is none.
    """
    port, secret = data.decode("ascii").split()
    if not 0 < int(port) < 65_536 or len(secret) != 2 * SECRET_BYTES:
        raise ValueError("no door")
    return int(port), bytes.fromhex(secret)
