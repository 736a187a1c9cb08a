"""The store: the logs, and the tables beside them, in an SQLite file."""

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

import apsw

from parley.core.events import Event
from parley.core.ports import Batch, CrashPoint, Keyed, KeysTaken, Place, StoreError, no_crash
from parley.core.read_marks import RoomReadMarks
from parley.storage.mark import FolderMark, Mark
from parley.storage.progress import Progress

from .changes import Changes
from .checkpoints import Checkpoints
from .counting import Counts
from .past import (
    HOW_TO_ACCEPT,
    empty_sentence,
    epoch_of,
    has_remains,
    is_labelled,
    is_partial,
    lost_file,
    older_copy,
    partial_sentence,
    put_label,
    renew_epochs,
    stored_events,
    wal_bytes,
)
from .reading import Reading, because, to_json
from .recording import Records
from .relations import Relations
from .schema import CLASSES, QUERIES, migrate

FILE_NAME: Final = "parley.db"

CHECKPOINT_PAGES: Final = 1_000
"""Size of the WAL, in pages of 4 KiB, at which a checkpoint moves it into the database.

After a checkpoint SQLite overwrites the WAL from its beginning. A file system syncs an overwritten file in half the
time of a growing one, so early checkpoints pay.
"""

_LONELY_VFS: Final = "unix-excl" if "unix-excl" in apsw.vfs_names() else None
"""An SQLite VFS that locks out all other processes. It needs no `-shm` file, which is for sharing with them."""

_KEPT_WAL_BYTES: Final = 64 * 1024 * 1024
_TABLES: Final = ("put_users", "put_rooms", "put_names", "put_topics", "put_members", "drop_members", "put_runs")
_STEPS_BETWEEN_REPORTS: Final = 2_000_000
_now = time.monotonic
_log = logging.getLogger(__name__)


class SqliteStore(Reading):
    """A `parley.core.ports.Store` in a file. WAL with `synchronous=FULL`: when `append` returns, the batch is on disk.

    One connection writes, and two read beside it, one for each lane; SQLite isolates them.

    Args:
        path: the file; its folder has to exist.
        crash: the crash points of tests.
        vfs: the SQLite file system to use; None for the system's.
        checkpoint_pages: size of the WAL, in pages, at which a checkpoint is made.

    Raises:
        StoreError: the file can't be opened, or is of a newer version.
    """

    def __init__(
        self,
        path: Path,
        crash: CrashPoint = no_crash,
        vfs: str | None = None,
        checkpoint_pages: int = CHECKPOINT_PAGES,
    ) -> None:
        self._crash = crash
        self._path = path
        self._checkpoint_pages = checkpoint_pages
        self._tips: dict[int, int] = {}  # of each log that was written to since the start
        self._counts = Counts(self._run)
        self._relations = Relations(self._run)
        self._mark = FolderMark(path)
        mark = self._mark.read()
        if problem := lost_file(path, mark):
            raise StoreError(problem)
        try:
            try:
                self._open(path, vfs, mark)
            except (apsw.IOError, apsw.FullError, apsw.CantOpenError) as error:
                if vfs is not None or not _LONELY_VFS or not _lacks_shared_memory(error):
                    raise
                # The disk has no space for the `-shm` file that SQLite shares with other processes: open without it.
                self._open(path, _LONELY_VFS, mark)
                _log.error(
                    "the disk has no room for %s-shm: until a restart with more room, no other program can read the "
                    "database, such as `parley doctor` or a backup",
                    path.name,
                )
        except (apsw.Error, ValueError) as error:
            raise StoreError(f"{path} can't be opened: {_in_words(error)}") from error
        except BaseException:
            self._mark.close()
            raise

    def _open(self, path: Path, vfs: str | None, mark: Mark | None) -> None:
        wal = wal_bytes(path)
        self._writer = apsw.Connection(str(path), vfs=vfs)
        self._progress = Progress(self._log_progress, _now, every=10.0)
        try:
            self._checkpoints = Checkpoints(self._writer, self._mark, self._checkpoint_pages)
            self._records = Records(self._run, self._counts, self._relations, self._checkpoints.erased)
            self._writer.set_progress_handler(self.report_progress, _STEPS_BETWEEN_REPORTS)
            self._prepare(mark, wal)
            self._writer.set_progress_handler(None)
            self.open_readers(path, vfs)
        except BaseException:
            self._writer.close(True)
            raise

    def report_progress(self) -> bool:
        self._progress("")
        return False

    def _log_progress(self, _what: str, seconds: int) -> None:
        _log.info(
            "%s is being opened, since %d seconds; after an upgrade or an erasure that takes long",
            self._path,
            seconds,
        )

    def _prepare(self, mark: Mark | None, wal: int) -> None:
        writer = self._writer
        writer.set_busy_timeout(5_000)
        events = self._check_past(mark, wal)
        if writer.pragma("journal_mode", "wal") != "wal":
            raise ValueError("SQLite can't keep a write-ahead log there; is it on a network drive?")
        writer.pragma("synchronous", "full")
        # macOS has F_FULLFSYNC; a plain fsync does not reach the disk there.
        writer.pragma("fullfsync", True)
        writer.pragma("checkpoint_fullfsync", True)
        writer.pragma("cache_size", -8_000)
        writer.pragma("journal_size_limit", _KEPT_WAL_BYTES)
        # Deleted and erased texts must not stay in free pages.
        writer.pragma("secure_delete", True)
        migrate(writer)
        known, checkpoints = is_labelled(writer), self._checkpoints
        checkpoints.remains = has_remains(writer)
        checkpoints.epoch, checkpoints.events = epoch_of(writer), events
        if why := older_copy(mark, checkpoints.epoch, events, known=known):
            with writer:
                checkpoints.epoch = renew_epochs(writer)
            _log.warning("%s %s. Every room has a new epoch, so that clients read the history again", self._path, why)
        if mark is None:
            # Write the mark before the label: a label without a mark means that the database comes from another folder.
            checkpoints.put_mark(0, sync=True)
        try:
            # If the last server was killed between a write and its fsync, SQLite shows a batch that may not be on disk
            # yet.
            checkpoints.fence()
            with writer:
                for room in self._counts.uncounted():
                    self._counts.count(room)
        except (apsw.FullError, apsw.IOError) as error:
            if not _cant_write(error):
                raise
            self._start_without_writing(error)
        else:
            checkpoints.put_mark(events, sync=True)
            if checkpoints.remains:
                self._rewrite()
            checkpoints.run()
        # The start has counted every log, so `Counts.known` has the right numbers.
        self._counts.undone()

    def _rewrite(self) -> None:
        """Write the whole database again (VACUUM) after texts were erased.

        When SQLite splits a page, it leaves parts of rows in the page's unused bytes, where `secure_delete` does not
        find them.
        """
        writer = self._writer
        _log.info("%s is written anew, as texts were erased since the last start", self._path.name)
        try:
            writer.execute("VACUUM")
            self._checkpoints.rewritten()
        except apsw.Error as error:
            _log.warning("Erased texts may be left in unused bytes until the next start: %s", because(error))

    def _check_past(self, mark: Mark | None, wal: int) -> int:
        """Return how many events the database has.

        Raises:
            StoreError: the database lacks events that the folder has had, and the server must not start with it.
        """
        events = stored_events(self._writer)
        if mark is not None and mark.events and not events:
            raise StoreError(empty_sentence(self._path, mark))
        if is_partial(self._writer, wal):
            raise StoreError(f"{partial_sentence(self._path)} {HOW_TO_ACCEPT}")
        return events

    def _start_without_writing(self, error: apsw.Error) -> None:
        """Start on a disk that can only be read, such as a full one: appends fail until it can be written.

        SQLite syncs the write-ahead log before a checkpoint writes to the database. So if the checkpoint succeeds, or
        can't write either, everything that is shown is on disk.
        """
        writer = self._writer
        try:
            writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except (apsw.FullError, apsw.IOError) as failed:
            if not _cant_write(failed):
                raise
        self._checkpoints.in_doubt = True
        writer.pragma("cache_spill", False)
        writer.pragma("temp_store", "memory")
        writer.execute("BEGIN")
        try:
            for room in self._counts.uncounted():
                self._counts.count(room)
            self._marks_at_start = self._read_marks(writer)
        finally:
            writer.execute("ROLLBACK")
            writer.pragma("cache_spill", True)
        _log.error("the disk can't be written: %s. Messages can be read, and are refused until it can", because(error))

    def _run(self, query: str, bindings: Any = ()) -> Any:
        return self._writer.execute(query, bindings)

    def tidy(self, *, idle: bool = False) -> bool:
        return self._checkpoints.tidy(idle=idle)

    def append(self, batch: Batch) -> dict[Keyed, Place]:
        try:
            if self._checkpoints.in_doubt:
                self._settle()
            return self._append(batch) if batch.events or batch.records else self._places(batch.maybe_stored)
        except (apsw.ConstraintError, _Contradiction) as error:
            if places := self._taken(batch):
                raise KeysTaken(places) from None
            raise StoreError(f"the batch contradicts what is stored: {error}") from error
        except apsw.Error as error:
            raise StoreError(because(error)) from error

    def recounted(self) -> dict[int, RoomReadMarks]:
        return {room: self._read_room_marks(room, self._writer) for room in self._records.recounted}

    def _append(self, batch: Batch) -> dict[Keyed, Place]:
        run, checkpoints = self._writer.execute, self._checkpoints
        messages = batch.plain_messages
        changes = Changes(batch.non_messages)
        try:
            run("BEGIN IMMEDIATE")
            tips = self._follow(batch.events)
            if messages:
                run(QUERIES["append_messages"], (to_json(messages),))
            if plain_changes := batch.plain_changes:
                run(QUERIES["append_changes"], (to_json(plain_changes), CLASSES))
            for name in _TABLES:
                if rows := getattr(changes, name):
                    run(QUERIES[name], (to_json(rows),))
            erased = self._relations.append(batch.related) if batch.related else []
            self._records.put(batch.records, erased)
            self._counts.count_often(tips)
            places = self._places(batch.maybe_stored)
            label = checkpoints.next_label()
            if label != checkpoints.label:
                put_label(self._writer, label)
            self._crash("store: before the commit")
            checkpoints.in_doubt = True
            run("COMMIT")
            checkpoints.in_doubt = False
            checkpoints.committed(label)
            self._counts.committed()
            self._tips.update(tips)
            checkpoints.events += len(batch.events)
            self._crash("store: after the commit")
        except BaseException:
            self._undo()
            raise
        return places

    def _follow(self, events: list[Event]) -> dict[int, int]:
        """Check that events continue their logs without gaps: the tables accept any seq. Return the new tips."""
        tips: dict[int, int] = {}
        for event in events:
            room = event.room
            tip = tips.get(room)
            if tip is None:
                tip = self._tip(room)
            if event.seq != tip + 1:
                raise _Contradiction(f"the log of room {room} ends at {tip}, and {event.seq} can't follow")
            tips[room] = event.seq
        return tips

    def _tip(self, room: int) -> int:
        tip = self._tips.get(room)
        if tip is None:
            tip = self._tips[room] = cast("int", self._writer.execute(QUERIES["tip"], (room,)).get)
            self._counts.known(room, tip)
        return tip

    def _undo(self) -> None:
        self._tips.clear()
        self._counts.undone()
        try:
            # SQLite rolls back by itself after some errors.
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            if self._checkpoints.in_doubt:
                self._settle()
        except apsw.Error:
            # The disk failed again. The next `append` calls `_settle` before anything else.
            self._checkpoints.in_doubt = True

    def _settle(self) -> None:
        """After a failed commit, make sure that its batch does not appear after a restart.

        When the fsync of a commit fails, the whole batch may be in the WAL file. A restart would find it there and show
        a batch that was refused. The next commit overwrites it in the file, so make one before the refusal.
        """
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")
        self._checkpoints.fence()
        self._checkpoints.in_doubt = False

    def _taken(self, batch: Batch) -> dict[Keyed, Place]:
        try:
            return self._places(batch.keys)
        except apsw.Error as error:
            raise StoreError(because(error)) from error

    def _places(self, keys: Sequence[Keyed]) -> dict[Keyed, Place]:
        if not keys:
            return {}
        rows = self._writer.execute(QUERIES["places"], (to_json(keys),))
        return {(user, key): (room, seq) for user, key, room, seq in cast("Any", rows)}

    def close(self) -> None:
        try:
            # Count now, so that the next start does not have to count these events before it serves anyone.
            if not self._checkpoints.in_doubt:
                with self._writer:
                    self._counts.count_rest(self._tips)
        except apsw.Error as error:
            _log.warning("The unread counts will be updated by the next start: %s", because(error))
        self._checkpoints.put_mark(self._checkpoints.events, sync=True)
        self.close_readers()
        if self._checkpoints.in_doubt or self._checkpoints.label.partial:
            try:
                self._settle()
            except apsw.Error:
                # The label may say "partial". Keep the write-ahead log: otherwise SQLite would move it into the
                # database and delete it.
                self._writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        self._writer.close()
        self._mark.close()


class _Contradiction(Exception):
    """The batch does not continue what is stored."""


def _lacks_shared_memory(error: apsw.Error) -> bool:
    return getattr(error, "extendedresult", 0) in (
        apsw.SQLITE_IOERR_SHMSIZE, apsw.SQLITE_IOERR_SHMOPEN, apsw.SQLITE_IOERR_SHMMAP,
    )  # fmt: skip


def _cant_write(error: apsw.Error) -> bool:
    """Tell whether the error means that the disk is full or failed to write. Reading may still work."""
    return isinstance(error, apsw.FullError) or getattr(error, "extendedresult", 0) == apsw.SQLITE_IOERR_WRITE


def _in_words(error: Exception) -> str:
    """Return the text of an error while opening the database, with advice on what to do."""
    for kind, advice in _ADVICE.items():
        if isinstance(error, kind):
            return f"{error}. {advice}"
    return str(error)


_ADVICE: Final = {
    apsw.FullError: "Make room there, and start again.",
    apsw.NotADBError: "Put a backup in its place, or choose another folder with --data.",
    apsw.CorruptError: "`parley doctor` lists what is damaged. Put a backup in its place.",
    apsw.BusyError: "Another program has it open.",
    apsw.ReadOnlyError: "Start the server as the user who owns it.",
    apsw.PermissionsError: "Start the server as the user who owns it.",
}
