"""The admin socket: the HTTP API for whoever may open a file of the owner's."""

import asyncio
import logging
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from parley.storage.folder import ADMIN_SOCKET_NAME

from .http import HttpGate
from .visitor import Visitor

log = logging.getLogger("parley")

PATH_BYTES: Final = 100
"""A Unix socket's path is short: 104 bytes on macOS, 108 on Linux, with the final NUL."""


class AdminSocket:
    """Listens on a Unix socket in the data folder, with owner-only rights.

    Args:
        folder: the data folder.
        http: serves what comes in.
    """

    def __init__(self, folder: Path, http: HttpGate) -> None:
        self._path = folder / ADMIN_SOCKET_NAME
        self._http = http
        self._places: Counter[str] = Counter()
        self._server: asyncio.AbstractServer | None = None

    async def open(self) -> None:
        """Begin to listen. Without such a socket the server runs all the same."""
        if sys.platform == "win32" or len(os.fsencode(self._path)) > PATH_BYTES:
            log.warning("there is no admin socket: %s is no place for one", self._path)
            return
        self._path.unlink(missing_ok=True)  # of a server that was killed; the folder is locked
        before = os.umask(0o177)
        try:
            self._server = await asyncio.get_running_loop().create_unix_server(self._protocol, str(self._path))
        except OSError as error:
            log.warning("there is no admin socket: %s: %s", self._path, error.strerror)
        finally:
            os.umask(before)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    def _protocol(self) -> asyncio.Protocol:
        visitor = Visitor(self._places, "admin", 0)
        visitor.admin = visitor.secure = True
        return self._http.http(visitor)
