"""The mark of a data folder: how far its history has come, kept outside the database.

A database that is put back to an older copy can't know it. The mark can: it is a file of its own, which stays when
the database is replaced. See docs/decisions/0018-older-copies.md.
"""

import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

_KIND: Final = "parley-mark-1"
_BYTES: Final = 128


class Mark(NamedTuple):
    """What a mark says.

    Attributes:
        epoch: the epoch of the database.
        events: the number of events in all logs of the database when the mark was written. At least this many were on
            disk.
        in_place: whether the mark was written to this very file. It is False in a copied folder.
    """

    epoch: str
    events: int
    in_place: bool


UNREADABLE: Final = Mark("", 0, True)
"""A mark that says nothing."""


def mark_path(database: Path) -> Path:
    """Return where the mark is: `parley.mark` beside `parley.db`."""
    return database.with_suffix(".mark")


class FolderMark:
    """The mark of a folder.

    It is written over in place, and seldom synced: after a power loss it may be an older one, which is still true. A
    mark that is half written is no mark: it has a checksum.

    Args:
        database: the database's file, in the data folder, which this process has locked. The mark is beside it.
    """

    def __init__(self, database: Path) -> None:
        self._path = mark_path(database)
        self._file = -1
        self._inode = 0

    def read(self) -> Mark | None:
        """Return the mark; None without a file; `UNREADABLE` if it is no valid mark, e.g. after a power loss."""
        try:
            with self._path.open("rb") as file:
                return _parse(file.read(_BYTES), os.fstat(file.fileno()).st_ino) or UNREADABLE
        except FileNotFoundError:
            return None
        except OSError:
            return UNREADABLE

    def write(self, epoch: str, events: int, *, sync: bool = False) -> None:
        """Write the mark. Call it only when the counted events are on disk.

        Args:
            epoch: see `Mark`.
            events: see `Mark`.
            sync: whether the mark itself has to be on disk when this returns.

        Raises:
            OSError: it can't be written.
        """
        new = self._file < 0 and not self._path.exists()
        if self._file < 0:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            self._inode = os.fstat(self._file).st_ino
        text = f"{_KIND} {epoch} {events} {self._inode}"
        line = f"{text} {zlib.crc32(text.encode()):08x}".ljust(_BYTES - 1) + "\n"
        # One system call where there is `pwrite`: after each, this thread waits for the interpreter's lock while the
        # event loop is busy, and the next commit waits with it.
        if hasattr(os, "pwrite"):
            os.pwrite(self._file, line.encode(), 0)
        else:
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, line.encode())
        if sync:
            os.fsync(self._file)
            if new and os.name == "posix":
                _sync_folder(self._path.parent)

    def close(self) -> None:
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
            self._file = -1


def _parse(data: bytes, inode: int) -> Mark | None:
    text, _, checksum = data.decode("ascii", "replace").rstrip().rpartition(" ")
    parts = text.split(" ")
    if len(parts) != 4 or parts[0] != _KIND or checksum != f"{zlib.crc32(text.encode()):08x}":
        return None
    _, epoch, events, place = parts
    return Mark(epoch, int(events), int(place) == inode)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
