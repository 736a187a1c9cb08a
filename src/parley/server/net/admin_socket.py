"""The admin socket: the HTTP API for whoever may open a file of the owner's."""

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

from .http import HttpServer
from .peer import Peer

log = logging.getLogger("parley")

CALLERS_MOST: Final = 64
"""So many connections at the door at a time: everybody on this machine can reach it."""


class AdminSocket:
    """Listens on a Unix socket in the data folder, with owner-only rights, or, where there can be none, behind a door
    (`parley.wire.admin`).

    Args:
        folder: the data folder.
        http: serves what comes in.
    """

    def __init__(self, folder: Path, http: HttpServer) -> None:
        self._folder = folder
        self._socket = folder / SOCKET_NAME
        self._door = folder / DOOR_NAME
        self._http = http
        self._places: Counter[str] = Counter()
        self._callers: Counter[str] = Counter()
        self._server: asyncio.AbstractServer | None = None

    async def open(self) -> None:
        """Begin to listen. Without such a socket the server runs all the same."""
        try:
            self._clear()  # of a server that was killed; the folder is locked
            self._server = await (self._open_socket() if takes_socket(self._folder) else self._open_door())
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
            return await self._http.hub.loop.create_unix_server(self._protocol, str(self._socket))
        finally:
            os.umask(before)

    async def _open_door(self) -> asyncio.AbstractServer:
        secret = secrets.token_bytes(SECRET_BYTES)
        server = await self._http.hub.loop.create_server(lambda: self._caller(secret), HOST, 0)
        try:
            self._write_door(encode_door(server.sockets[0].getsockname()[1], secret))
        except OSError:
            server.close()
            raise
        return server

    def _write_door(self, content: bytes) -> None:
        self._door.parent.mkdir(mode=0o700)
        unfinished = self._door.with_suffix(".new")  # nobody reads half of it
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        unfinished.replace(self._door)

    def _clear(self) -> None:
        self._socket.unlink(missing_ok=True)
        if self._door.parent.is_dir():
            # The folder as well: who may look into one that is there already is not known.
            for path in (self._door, self._door.with_suffix(".new")):
                path.unlink(missing_ok=True)
            self._door.parent.rmdir()

    def _caller(self, secret: bytes) -> asyncio.Protocol:
        return _Caller(self._http, secret, self._callers, self._protocol)

    def _protocol(self) -> asyncio.Protocol:
        peer = Peer(self._places, "admin", 0)
        peer.admin = peer.secure = True
        return self._http.http(peer)


class _Caller(asyncio.Protocol):
    """Somebody at the door, who has not shown yet that they know the secret."""

    def __init__(
        self, http: HttpServer, secret: bytes, callers: Counter[str], enter: Callable[[], asyncio.Protocol]
    ) -> None:
        self._loop = http.hub.loop
        self._seconds = http.hub.config.handshake_timeout
        self._secret = secret
        self._peer = Peer(callers, HOST, 0)
        self._full = callers[HOST] > CALLERS_MOST
        self._enter = enter
        self._server = secrets.token_bytes(NONCE_BYTES)
        self._heard = b""
        self._greeted = False
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self._full:
            self._transport.abort()
        else:
            self._timer = self._loop.call_later(self._seconds, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        if self._transport.is_closing():
            return
        self._heard += data
        client = self._heard[:NONCE_BYTES]
        if len(client) == NONCE_BYTES and not self._greeted:
            self._greeted = True
            self._transport.write(self._server + prove(self._secret, "server", client, self._server))
        proof = self._heard[NONCE_BYTES : NONCE_BYTES + PROOF_BYTES]
        if len(proof) < PROOF_BYTES:
            return
        if not is_proof(proof, self._secret, "client", client, self._server):
            log.warning("somebody on this machine tried to pass for the server's owner")
            self._transport.abort()
            return
        self._leave()
        protocol = self._enter()
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        if rest := self._heard[NONCE_BYTES + PROOF_BYTES :]:
            protocol.data_received(rest)

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()

    def _leave(self) -> None:
        self._peer.leave()
        if self._timer is not None:
            self._timer.cancel()
