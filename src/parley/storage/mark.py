"""The mark of a data folder: a file beside the database with the number of events that the folder has had.

If someone replaces the database by an older copy, the copy itself does not show it. The mark does: it is a separate
file, which stays when the database is replaced. See docs/decisions/0018-older-copies.md.
"""

import os
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

_KIND: Final = "parley-mark-1"
_BYTES: Final = 128
_SAME_NS: Final = 500_000_000
"""The two times that a file system records for one write differ by less than this, in nanoseconds."""


class Mark(NamedTuple):
    """The content of a mark.

    Attributes:
        epoch: the epoch of the database.
        events: the number of events in all logs of the database when the mark was written. At least this many were on
            disk.
        in_place: whether the mark was written to this very file. It is False for a copy: in a copied folder, or in a
            folder that was put back from a copy.
    """

    epoch: str
    events: int
    in_place: bool


UNREADABLE: Final = Mark("", 0, True)
"""The result of reading a file that is not a valid mark."""


def mark_path(database: Path) -> Path:
    """Return the path of the mark: `parley.mark` beside `parley.db`."""
    return database.with_suffix(".mark")


class FolderMark:
    """The mark of a folder.

    The file is overwritten in place and seldom synced. After a power loss it may have older content, which is harmless:
    the database has at least the events that it counts. A checksum detects a half-written mark.

    Args:
        database: the database's file, in the data folder, which this process has locked. The mark is beside it.
    """

    def __init__(self, database: Path) -> None:
        self._path = mark_path(database)
        self._file = -1

    def read(self) -> Mark | None:
        """Return the mark; None if there is no file; `UNREADABLE` if the file is not a valid mark, e.g. after a power
        loss.
        """
        try:
            with self._path.open("rb") as file:
                return _parse(file.read(_BYTES), os.fstat(file.fileno())) or UNREADABLE
        except FileNotFoundError:
            return None
        except OSError:
            return UNREADABLE

    def write(self, epoch: str, events: int, *, sync: bool = False, last: bool = False) -> None:
        """Write the mark. Call it only when the counted events are on disk.

        Args:
            epoch: see `Mark`.
            events: see `Mark`.
            sync: whether the mark itself has to be on disk when this returns.
            last: whether this is the last write before the database is closed. Such a mark also contains the time, by
                which `read` recognizes any later copy.

        Raises:
            OSError: it can't be written.
        """
        new = self._file < 0 and not self._path.exists()
        if self._file < 0:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        text = f"{_KIND} {epoch} {events} {os.fstat(self._file).st_ino}"
        if last:
            text += f" {time.time_ns()}"
        line = f"{text} {zlib.crc32(text.encode()):08x}".ljust(_BYTES - 1) + "\n"
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


def _parse(data: bytes, stat: os.stat_result) -> Mark | None:
    text, _, checksum = data.decode("ascii", "replace").rstrip().rpartition(" ")
    parts = text.split(" ")
    if len(parts) not in (4, 5) or parts[0] != _KIND or checksum != f"{zlib.crc32(text.encode()):08x}":
        return None
    _, epoch, events, inode, *last = parts
    in_place = int(inode) == stat.st_ino and _is_original(stat, int(last[0]) if last else stat.st_mtime_ns)
    return Mark(epoch, int(events), in_place)


def _is_original(stat: os.stat_result, written: int) -> bool:
    """Tell whether the times of a file are those of its last write, and not of a copy.

    The inode does not tell: a file that is overwritten by a copy keeps its inode, and a new file often gets the inode
    of a removed one. But a copy either has a later modification time than the original, or its status was changed later
    than its modification time: no program can set the time of the status change.

    Args:
        stat: the status of the file.
        written: the time at which the mark was written, in nanoseconds since 1970 UTC.
    """
    if os.name != "posix":  # on Windows `st_ctime` is the time at which the file was created
        return True
    return abs(stat.st_mtime_ns - written) < _SAME_NS and abs(stat.st_ctime_ns - stat.st_mtime_ns) < _SAME_NS


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
