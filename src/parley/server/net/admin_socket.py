"""The admin socket: the HTTP API for those who can open the owner's files."""

import asyncio
import logging
import os
import secrets
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

from parley.wire.admin import (
    DOOR_NAME,
    HOST,
    NONCE_BYTES,
    PROOF_BYTES,
    SECRET_BYTES,
    SOCKET_NAME,
    encode_door,
    is_proof,
    prove,
    takes_socket,
)

from .peer import Peer

log = logging.getLogger("parley")

UNPROVEN_MOST: Final = 64
"""The most connections to the loopback port that have not proved yet that they know the secret. There is a limit
because every user of this machine can connect to the port.
"""


class AdminSocket:
    """Listens on a Unix socket in the data folder, that only the owner can open, or, if a Unix socket is not possible,
    on a loopback port whose two ends prove to each other that they know a secret (`parley.wire.admin`).

    Args:
        loop: the event loop.
        folder: the data folder.
        protocol: returns the protocol for a connection.
        timeout: seconds for the proof.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        folder: Path,
        protocol: Callable[[Peer], asyncio.Protocol],
        timeout: float,
    ) -> None:
        self._loop = loop
        self._folder = folder
        self._socket = folder / SOCKET_NAME
        self._port_file = folder / DOOR_NAME
        self._make_protocol = protocol
        self._timeout = timeout
        self._counts: Counter[str] = Counter()
        self._unproven: Counter[str] = Counter()
        self._server: asyncio.AbstractServer | None = None

    async def open(self) -> None:
        """Begin to listen. If that fails, the failure is logged, and the server runs without an admin socket."""
        try:
            # Remove the files of a server that was killed; no other server uses the folder, which is locked.
            self._clear()
            self._server = await (self._open_socket() if takes_socket(self._folder) else self._open_port())
        except OSError as error:
            log.warning("there is no admin socket in %s: %s", self._folder, error.strerror)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            with suppress(OSError):
                self._clear()

    async def _open_socket(self) -> asyncio.AbstractServer:
        before = os.umask(0o177)
        try:
            return await self._loop.create_unix_server(self._protocol, str(self._socket))
        finally:
            os.umask(before)

    async def _open_port(self) -> asyncio.AbstractServer:
        secret = secrets.token_bytes(SECRET_BYTES)
        server = await self._loop.create_server(lambda: self._prover(secret), HOST, 0)
        try:
            self._write_port_file(encode_door(server.sockets[0].getsockname()[1], secret))
        except OSError:
            server.close()
            raise
        return server

    def _write_port_file(self, content: bytes) -> None:
        self._port_file.parent.mkdir(mode=0o700)
        # Written under another name first, so that nobody reads a part of it.
        unfinished = self._port_file.with_suffix(".new")
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        unfinished.replace(self._port_file)

    def _clear(self) -> None:
        self._socket.unlink(missing_ok=True)
        if self._port_file.parent.is_dir():
            # Remove the folder as well, because an old one may be readable by others.
            for path in (self._port_file, self._port_file.with_suffix(".new")):
                path.unlink(missing_ok=True)
            self._port_file.parent.rmdir()

    def _prover(self, secret: bytes) -> asyncio.Protocol:
        return _ProofProtocol(self._loop, secret, self._unproven, self._protocol, self._timeout)

    def _protocol(self) -> asyncio.Protocol:
        peer = Peer(self._counts, "admin", 0)
        peer.admin = peer.secure = True
        return self._make_protocol(peer)


class _ProofProtocol(asyncio.Protocol):
    """A connection whose client has not proved yet that it knows the secret."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        secret: bytes,
        unproven: Counter[str],
        protocol: Callable[[], asyncio.Protocol],
        timeout: float,
    ) -> None:
        self._loop = loop
        self._timeout = timeout
        self._secret = secret
        self._peer = Peer(unproven, HOST, 0)
        self._full = unproven[HOST] > UNPROVEN_MOST
        self._protocol = protocol
        self._nonce = secrets.token_bytes(NONCE_BYTES)
        self._received = b""
        self._answered = False
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self._full:
            self._transport.abort()
        else:
            self._timer = self._loop.call_later(self._timeout, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        if self._transport.is_closing():
            return
        self._received += data
        client = self._received[:NONCE_BYTES]
        if len(client) == NONCE_BYTES and not self._answered:
            self._answered = True
            self._transport.write(self._nonce + prove(self._secret, "server", client, self._nonce))
        proof = self._received[NONCE_BYTES : NONCE_BYTES + PROOF_BYTES]
        if len(proof) < PROOF_BYTES:
            return
        if not is_proof(proof, self._secret, "client", client, self._nonce):
            log.warning("somebody on this machine tried to pass for the server's owner")
            self._transport.abort()
            return
        self._leave()
        protocol = self._protocol()
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        if rest := self._received[NONCE_BYTES + PROOF_BYTES :]:
            protocol.data_received(rest)

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()

    def _leave(self) -> None:
        self._peer.leave()
        if self._timer is not None:
            self._timer.cancel()
