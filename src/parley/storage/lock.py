"""The lock on a data folder: one server at a time."""

import os
import sys
from pathlib import Path
from typing import Final

LOCK_NAME: Final = "parley.lock"

if sys.platform == "win32":
    import msvcrt

    # Locks bind readers there, so the byte that is locked lies far behind the pid that everyone may read.
    _LOCKED_BYTE: Final = 1 << 30

    def _take(file: int) -> None:
        os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)

    def _give(file: int) -> None:
        os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: int) -> None:
        # flock, not lockf: it also holds against a second server in the same process.
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _give(file: int) -> None:
        # Closing the file is not enough: a child that was just forked may have it too.
        fcntl.flock(file, fcntl.LOCK_UN)


class FolderInUse(Exception):
    """Another server has the folder. The text is a sentence for the person who started this one.

    Attributes:
        pid: the other server's process id; None where it can't be read.
    """

    def __init__(self, folder: Path, pid: int | None) -> None:
        process = "" if pid is None else f" (process {pid})"
        super().__init__(f"Another Parley server{process} is using {folder}.")
        self.pid = pid


class FolderLock:
    """Holds a data folder from its making until `release`, or until the process ends, however it ends.

    Raises:
        FolderInUse: another server holds it.
        OSError: there is no such folder, or nothing can be written there.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / LOCK_NAME
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(self._file)
        except (BlockingIOError, PermissionError):
            os.close(self._file)
            raise FolderInUse(folder, _read_pid(path)) from None
        except BaseException:
            os.close(self._file)
            raise
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let the folder go. The file stays: removing it would race with a server that is just opening it."""
        if self._file >= 0:
            os.ftruncate(self._file, 0)
            _give(self._file)
            os.close(self._file)
            self._file = -1


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
