"""The location of a data folder's admin socket, and how its two ends authenticate each other.

Normally it is a Unix socket: file permissions decide who may connect. On Windows, and for a folder whose path is too
long, it is a TCP socket on the loopback address. Every user of the machine can connect to that, and after a crash of
the server any program may listen on its port. A file that only the server's owner can read, the "door", holds the port
and a secret. Each end proves that it knows the secret before anything else is sent:

    client   32 random bytes
    server   32 random bytes, and its proof
    client   its proof; HTTP from here on

The secret itself is never sent. No browser opens a connection with such bytes.
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
"""The door file in the data folder. Its own folder is created for its owner only, which works on Windows as well."""

HOST: Final = "127.0.0.1"
SECRET_BYTES: Final = 32
NONCE_BYTES: Final = 32
PROOF_BYTES: Final = 32

PATH_BYTES: Final = 100
"""The longest path of a Unix socket: macOS allows 104 bytes, Linux 108, including the final NUL."""


def takes_socket(folder: Path) -> bool:
    """Return whether a data folder can have a Unix socket: the system has them and the path is short enough."""
    return sys.platform != "win32" and len(os.fsencode(folder / SOCKET_NAME)) <= PATH_BYTES


def prove(secret: bytes, end: Literal["client", "server"], client: bytes, server: bytes) -> bytes:
    """Return the proof (HMAC-SHA256) that an end knows the secret. It is valid for one connection and one direction.

    Args:
        secret: the secret from the door file.
        end: the end that proves itself; the other end can't reuse the proof.
        client, server: the random bytes that each end sent first.
    """
    return hmac.new(secret, end.encode() + client + server, hashlib.sha256).digest()


def is_proof(proof: bytes, secret: bytes, end: Literal["client", "server"], client: bytes, server: bytes) -> bool:
    """Compare a proof with that of `prove`, in constant time."""
    return hmac.compare_digest(proof, prove(secret, end, client, server))


def encode_door(port: int, secret: bytes) -> bytes:
    """Return the content of a door file."""
    return f"{port} {secret.hex()}\n".encode()


def decode_door(data: bytes) -> tuple[int, bytes]:
    """Return the port and the secret of a door file.

    Raises:
        ValueError: the content is invalid.
    """
    port, secret = data.decode("ascii").split()
    if not 0 < int(port) < 65_536 or len(secret) != 2 * SECRET_BYTES:
        raise ValueError("no door")
    return int(port), bytes.fromhex(secret)
