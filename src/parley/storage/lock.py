"""The lock on a data folder: one server at a time."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

LOCK_NAME: Final = "parley.lock"

if sys.platform == "win32":
    import msvcrt

    # On Windows a lock also keeps others from reading, so lock a byte far behind the process id, which others must be
    # able to read.
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
        # flock, not lockf: it also locks out a second server in the same process.
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _give(file: int) -> None:
        # Closing the file is not enough: a child process that was just forked may hold it open too.
        fcntl.flock(file, fcntl.LOCK_UN)


class FolderInUse(Exception):
    """Another server uses the folder. The text is a sentence for the person who started this one.

    Attributes:
        pid: the other server's process id; None if it can't be read.
    """

    def __init__(self, folder: Path, pid: int | None) -> None:
        process = "" if pid is None else f" (process {pid})"
        super().__init__(f"Another Parley server{process} is using {folder}.")
        self.pid = pid


class FolderLock:
    """Locks a data folder until `release`, or until the process ends in any way.

    Raises:
        FolderInUse: another server has locked it.
        OSError: the folder does not exist or is not writable.
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
        # If the disk is full, the process id is missing from the file; the lock holds without it.
        with suppress(OSError):
            os.ftruncate(self._file, 0)
            os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Unlock the folder. The file stays: removing it would race with a server that is opening it."""
        if self._file >= 0:
            with suppress(OSError):
                os.ftruncate(self._file, 0)
            _give(self._file)
            os.close(self._file)
            self._file = -1


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
