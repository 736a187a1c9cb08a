"""A simulated disk for SQLite that records operations and can fail: a VFS over the real one.

The record contains all writes, truncations, syncs and deletions, in order. For any beginning of the record, `Platter`
computes what a power loss at that point could have left. The real files stay as the operating system sees them.

SQLite's shared memory (the -shm file) is passed through: it is rebuilt after a crash, and no promise depends on it.
"""

import random
from collections.abc import Callable
from itertools import count
from pathlib import Path

import apsw

SECTOR = 512

Operation = tuple
"""(what, path, ...): ("create", path), ("write", path, offset, data), ("truncate", path, size), ("sync", path),
("sync folder", path), ("delete", path), and ("note", text) from the test itself."""

_names = count()


class Disk(apsw.VFS):
    """The file system that a test gives to a store by its `name`.

    Attributes:
        record: all operations so far.
        fault: called before each operation (also "read", which is not recorded); may raise.
    """

    def __init__(self) -> None:
        self.name = f"disk-{next(_names)}"
        self.record: list[Operation] = []
        self.fault: Callable[[Operation], None] = lambda _operation: None
        super().__init__(self.name, "")

    def do(self, *operation) -> None:
        self.fault(operation)
        if operation[0] != "read":
            self.record.append(operation)

    def note(self, text: str) -> None:
        self.record.append(("note", text))

    def xOpen(self, name, flags):
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if flags[0] & apsw.SQLITE_OPEN_CREATE and path is not None and not Path(path).exists():
            self.do("create", path)
        return _File(self, name, path, flags)

    def xDelete(self, filename, syncdir):
        self.do("delete", filename)
        super().xDelete(filename, syncdir)
        if syncdir:
            self.do("sync folder", filename)


class _File(apsw.VFSFile):
    def __init__(self, disk, name, path, flags) -> None:
        self._disk = disk
        self._path = path
        # As in SQLite's own VFS, the first sync of a journal syncs its folder too.
        self._syncs_folder = bool(flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL))
        super().__init__("", name, flags)

    def xRead(self, amount, offset):
        self._disk.do("read", self._path)
        return super().xRead(amount, offset)

    def xWrite(self, data, offset):
        self._disk.do("write", self._path, offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, size):
        self._disk.do("truncate", self._path, size)
        super().xTruncate(size)

    def xSync(self, flags):
        # Skip the real sync: no test depends on it, and it takes most of the time.
        self._disk.do("sync", self._path)
        if self._syncs_folder:
            self._syncs_folder = False
            self._disk.do("sync folder", self._path)


class _Sheet:
    """One file: its synced content, and the operations since, in order."""

    def __init__(self, durable: bytes | None, pending: list[Operation]) -> None:
        self.durable = durable
        self.pending = pending

    def sync_entry(self) -> None:
        """Make the file's existence (or deletion) durable, but not its content."""
        for number, operation in reversed(list(enumerate(self.pending))):
            if operation[0] == "delete":
                self.durable = None
                del self.pending[: number + 1]
                break
        if self.pending and self.pending[0][0] == "create":
            self.durable = b""
            del self.pending[0]


class Platter:
    """The content of the disk after a power loss."""

    def __init__(self) -> None:
        self._sheets: dict[str, _Sheet] = {}

    def play(self, operation: Operation) -> None:
        what, path = operation[0], operation[1]
        if what == "note":
            return
        if what == "sync folder":
            for sheet in self._sheets.values():
                sheet.sync_entry()
            return
        sheet = self._sheets.setdefault(path, _Sheet(None, []))
        sheet.pending.append(operation)
        if what == "sync":
            sheet.durable = _apply(sheet.durable, sheet.pending)
            sheet.pending = []

    def moved(self, folder: Path) -> "Platter":
        """Return a copy whose files are in another folder."""
        copy = Platter()
        for path, sheet in self._sheets.items():
            copy._sheets[str(folder / Path(path).name)] = _Sheet(sheet.durable, list(sheet.pending))
        return copy

    def survivors(self, chance: random.Random, way: str) -> dict[str, bytes]:
        """Return the files and their bytes.

        `way` is what survives of the unsynced operations: all, none, some (of the operations), torn (some sectors).
        """
        left = {}
        for path, sheet in self._sheets.items():
            content = _apply(sheet.durable, _surviving(sheet.pending, chance, way))
            if content is not None:
                left[path] = content
        return left


def _surviving(pending: list[Operation], chance: random.Random, way: str) -> list[Operation]:
    if way == "all":
        return pending
    if way == "none":
        return []
    left: list[Operation] = []
    for operation in pending:
        if operation[0] == "write" and way == "torn":
            _, path, offset, data = operation
            start = 0
            while start < len(data):
                end = min(len(data), (offset + start) // SECTOR * SECTOR + SECTOR - offset)
                if chance.random() < 0.7:
                    left.append(("write", path, offset + start, data[start:end]))
                start = end
        elif chance.random() < 0.7:
            left.append(operation)
    return left


def _apply(content: bytes | None, operations: list[Operation]) -> bytes | None:
    if not operations:
        return content
    new = None if content is None else bytearray(content)
    for what, _path, *rest in operations:
        if what == "delete":
            new = None
        elif what == "create":
            new = bytearray()
        elif new is None and what != "sync":
            new = bytearray()  # the file's creation was lost or came later, but its content may have survived
        if what == "write":
            offset, data = rest
            if len(new) < offset:
                new += bytes(offset - len(new))
            new[offset : offset + len(data)] = data
        elif what == "truncate":
            size = rest[0]
            new[size:] = bytes(max(size - len(new), 0))
    return None if new is None else bytes(new)


def put(files: dict[str, bytes], folder: Path) -> None:
    """Write the surviving files into a folder."""
    for path, content in files.items():
        (folder / Path(path).name).write_bytes(content)
