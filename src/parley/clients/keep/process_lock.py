"""Locks that show which clients run: the operating system releases a client's lock when it ends, however it ends.

The lock is SQLite's, on an empty database file: the only lock in the standard library that works alike on every
system. Lock files are created, tried and removed inside a writing transaction of the outbox; otherwise one could be
removed between its creation and its locking.
"""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path


class ProcessLock:
    """The lock of this client.

    Args:
        directory: the folder of the lock files, which is created if it does not exist.
        identity: the user's number in the outbox.

    Attributes:
        id: the id of this client, which no other client has; also the name of its lock file.

    Raises:
        OSError, sqlite3.Error: the lock can't be made.
    """

    def __init__(self, directory: Path, identity: int) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.id = f"{identity}-{os.urandom(8).hex()}"
        self._path = directory / self.id
        self._lock = _lock(self._path)
        if self._lock is None:
            raise OSError(f"{self._path} is locked")

    def close(self) -> None:
        """Release the lock."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
            self._path.unlink(missing_ok=True)


def others(directory: Path, identity: int, own: str) -> Iterator[Path]:
    """Return the lock files of the user's other clients, running or not: all except `own`."""
    return (path for path in directory.glob(f"{identity}-*") if path.name != own and "-journal" not in path.name)


def is_alive(path: Path) -> bool:
    """Return whether the client of a lock file is running. The file of a client that has ended is removed."""
    if not path.exists():
        return False
    lock = _lock(path)
    if lock is None:
        return True
    lock.close()
    path.unlink(missing_ok=True)
    return False


def _lock(path: Path) -> sqlite3.Connection | None:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        connection.close()
        return None
    return connection
