"""The store: the logs, and the tables beside them, in an SQLite file."""

import logging
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import apsw
import msgspec

from parley.core.events import DELETED_NAME, Event
from parley.core.folding import LEAST_RUN, NEWEST_OF_RUN, Item, Run, first_of
from parley.core.forms import Message, Shown
from parley.core.kinds import MESSAGE_KINDS
from parley.core.ports import Batch, CrashPoint, Keyed, KeysTaken, Place, StoreError, no_crash
from parley.core.preferences import Preferences
from parley.core.read_marks import ReadMarks, RoomReadMarks
from parley.core.records import (
    DropTokens,
    DropWebhook,
    ForgetUser,
    Identity,
    KeepTokens,
    MoveWebhook,
    PutForm,
    PutKey,
    PutPassword,
    PutPreference,
    PutReadMark,
    PutToken,
    Record,
    Recount,
    TokenInfo,
    Webhook,
)
from parley.core.state import State
from parley.storage.mark import FolderMark, Mark
from parley.storage.progress import Progress

from .changes import Changes
from .load import load
from .past import (
    HOW_TO_ACCEPT,
    Label,
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
from .present import Execute, read_changed, read_message, read_page, read_pinned
from .relations import Relations
from .schema import CLASSES, QUERIES, event_of, migrate

FILE_NAME: Final = "parley.db"

CHECKPOINT_PAGES: Final = 1_000
"""Size of the WAL, in pages of 4 KiB, at which a checkpoint moves it into the database.

After a checkpoint SQLite overwrites the WAL from its beginning. A file system syncs an overwritten file in half the
time of a growing one, so early checkpoints pay.
"""

ERASURE_SECONDS: Final = 30.0
"""While commits follow each other, the write-ahead log is emptied of erased texts this often. When they stop, it is
emptied at once.
"""

MARK_SECONDS: Final = 0.25
"""While commits follow each other, the folder's mark is at most this late. When they stop, it is written at once."""

COUNT_EVENTS: Final = 2_048
"""A room's unread counts are updated once for this many new events."""

_LONELY_VFS: Final = "unix-excl" if "unix-excl" in apsw.vfs_names() else None
"""An SQLite VFS that locks out all other processes. It needs no `-shm` file, which is for sharing with them."""

_KEPT_WAL_BYTES: Final = 64 * 1024 * 1024
_TABLES: Final = ("put_users", "put_rooms", "put_names", "put_topics", "put_members", "drop_members", "put_runs")
_ALL: Final = 2**62
_STEPS_BETWEEN_REPORTS: Final = 2_000_000
_now = time.monotonic

T = TypeVar("T")

_SCANNED: Final = 4
"""For each message that is wanted, this many events are scanned at a time."""

_encode = msgspec.json.Encoder().encode
_log = logging.getLogger(__name__)


def _json(rows: Sequence[Any]) -> str:
    return _encode(rows).decode()


class SqliteStore:
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
        self._in_doubt = False
        self._checkpoint_pages = self._checkpoint_due = checkpoint_pages
        self._wal_pages = 0
        # For each log that was written to since the start: its tip, and the seq up to which unread counts include its
        # events.
        self._tips: dict[int, int] = {}
        self._counted: dict[int, int] = {}
        self._marks_at_start: ReadMarks | None = None
        # Whether erased texts may be left in the write-ahead log (`_erased`), and in unused parts of pages
        # (`_remains`).
        self._erased = self._remains = False
        self._relations = Relations(self._run)
        self._mark = FolderMark(path)
        self._epoch = ""
        self._events = self._marked = 0
        self._marked_at = self._checked_at = 0.0
        # What the label of the last commit says (see `past`): "partial" from the commit before a checkpoint to the one
        # after it. `_moved` tells whether the checkpoint has moved that commit into the database.
        self._label = Label()
        self._moved = False
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
            self._writer.set_progress_handler(self._report_progress, _STEPS_BETWEEN_REPORTS)
            self._prepare(mark, wal)
            self._writer.set_progress_handler(None)
            self._reader, self._heavy_reader = (_open_reader(path, vfs) for _ in range(2))
        except BaseException:
            self._writer.close(True)
            raise

    def _report_progress(self) -> bool:
        """Log from time to time that the start is still running. Return False, which tells SQLite to continue."""
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
        # The store makes its own checkpoints, because SQLite's automatic checkpoint hides its errors.
        writer.set_wal_hook(self._note_wal_pages)
        migrate(writer)
        known = is_labelled(writer)
        self._remains = has_remains(writer)
        self._epoch, self._events = epoch_of(writer), events
        if why := older_copy(mark, self._epoch, events, known=known):
            with writer:
                self._epoch = renew_epochs(writer)
            _log.warning("%s %s. Every room has a new epoch, so that clients read the history again", self._path, why)
        if mark is None:
            # Write the mark before the label: a label without a mark means that the database comes from another folder.
            self._put_mark(0, sync=True)
        try:
            # If the last server was killed between a write and its fsync, SQLite shows a batch that may not be on disk
            # yet.
            self._fence()
            with writer:
                for room in self._uncounted():
                    self._count(room)
        except (apsw.FullError, apsw.IOError) as error:
            if not _cant_write(error):
                raise
            self._start_without_writing(error)
        else:
            self._put_mark(self._events, sync=True)
            if self._remains:
                self._rewrite()
            self._checkpoint()

    def _rewrite(self) -> None:
        """Write the whole database again (VACUUM) after texts were erased.

        When SQLite splits a page, it leaves parts of rows in the page's unused bytes, where `secure_delete` does not
        find them.
        """
        writer = self._writer
        _log.info("%s is written anew, as texts were erased since the last start", self._path.name)
        try:
            writer.execute("VACUUM")
            self._erased, self._remains = True, False
            self._fence()
        except apsw.Error as error:
            _log.warning("Erased texts may be left in unused bytes until the next start: %s", _because(error))

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

    def _uncounted(self) -> list[int]:
        return [room for (room,) in cast("Any", self._writer.execute(QUERIES["uncounted"]))]

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
        self._in_doubt = True
        writer.pragma("cache_spill", False)
        writer.pragma("temp_store", "memory")
        writer.execute("BEGIN")
        try:
            for room in self._uncounted():
                self._count(room)
            self._marks_at_start = self._read_marks(writer)
        finally:
            writer.execute("ROLLBACK")
            writer.pragma("cache_spill", True)
        _log.error("the disk can't be written: %s. Messages can be read, and are refused until it can", _because(error))

    def _run(self, query: str, bindings: Any = ()) -> Any:
        return self._writer.execute(query, bindings)

    def load(self) -> State:
        try:
            # One read transaction: all tables are read as of one moment while the other connection writes.
            self._reader.execute("BEGIN")
            try:
                return load(self._reader, self._report_progress)
            finally:
                self._reader.execute("ROLLBACK")
        except apsw.Error as error:
            raise StoreError(_because(error)) from error

    def append(self, batch: Batch) -> dict[Keyed, Place]:
        try:
            if self._in_doubt:
                self._settle()
            return self._append(batch) if batch.events or batch.records else self._places(batch.maybe_stored)
        except (apsw.ConstraintError, _Contradiction) as error:
            if places := self._taken(batch):
                raise KeysTaken(places) from None
            raise StoreError(f"the batch contradicts what is stored: {error}") from error
        except apsw.Error as error:
            raise StoreError(_because(error)) from error

    def _append(self, batch: Batch) -> dict[Keyed, Place]:
        run = self._writer.execute
        messages = batch.plain_messages
        changes = Changes(batch.non_messages)
        try:
            run("BEGIN IMMEDIATE")
            tips = self._follow(batch.events)
            if messages:
                run(QUERIES["append_messages"], (_json(messages),))
            if plain_changes := batch.plain_changes:
                run(QUERIES["append_changes"], (_json(plain_changes), CLASSES))
            for name in _TABLES:
                if rows := getattr(changes, name):
                    run(QUERIES[name], (_json(rows),))
            recounted = self._put_related(batch)
            self._put_records(batch.records)
            counted = self._count_often(tips)
            counted.update({room: tips[room] for room in recounted})
            places = self._places(batch.maybe_stored)
            label = self._next_label()
            if label != self._label:
                put_label(self._writer, label)
            self._crash("store: before the commit")
            self._in_doubt = True
            run("COMMIT")
            self._in_doubt = False
            self._committed(label)
            self._tips.update(tips)
            self._counted.update(counted)
            self._events += len(batch.events)
            self._crash("store: after the commit")
        except BaseException:
            self._undo()
            raise
        return places

    def _put_related(self, batch: Batch) -> set[int]:
        """Store what belongs to related events. Return the rooms whose messages count differently from now on; they are
        counted up to the batch's end.
        """
        erased = self._relations.append(batch.related) if batch.related else []
        recounted = {record.room for record in batch.records if type(record) is Recount}
        for room in recounted:
            self._count(room)
        if erased:
            self._relations.erase(erased)
            self._erased = self._remains = True
        return recounted

    def _put_records(self, records: list[Record]) -> None:
        marks: list[PutReadMark] = []
        forms: dict[Place, PutForm] = {}
        for record in records:
            kind = type(record)
            if kind is PutReadMark:
                marks.append(record)  # type: ignore[arg-type]
            elif kind is PutForm:
                forms[record.room, record.seq] = record  # type: ignore[union-attr,assignment]
            elif kind is Recount:
                # The marks that were decided before come first: their numbers do not know of this change.
                self._move_marks(marks)
                marks = []
                self._relations.recount(record)  # type: ignore[arg-type]
            else:
                self._put(record)
        self._move_marks(marks)
        if forms:
            self._relations.put_forms(forms.values())

    def _move_marks(self, marks: list[PutReadMark]) -> None:
        if marks:
            self._writer.execute(QUERIES["move_marks"], (_json([msgspec.structs.astuple(mark) for mark in marks]),))

    def _put(self, record: Record) -> None:
        run = self._writer.execute
        match record:
            case PutToken():
                made = (record.token, record.user, record.kind, record.label, record.made)
                run(QUERIES["put_token"], made)
            case DropTokens(token=None):
                run(QUERIES["drop_tokens"], (record.user, record.but))
            case DropTokens():
                run(QUERIES["drop_token"], (record.user, record.token))
            case KeepTokens():
                run(QUERIES["keep_tokens"], (record.user,))
            case PutPassword():
                run(QUERIES["put_password"], (record.user, record.hash))
            case Webhook():
                row = list(msgspec.structs.astuple(record))
                row[5] = _json(record.kinds)
                run(QUERIES["put_hook"], row)
            case MoveWebhook():
                run(QUERIES["move_hook"], (record.acked, record.parked, record.hook))
            case PutKey():
                run(QUERIES["put_key"], msgspec.structs.astuple(record))
            case PutPreference():
                hours = None if record.hours is None else _json(record.hours)
                set_ = (record.level, record.favourite, hours)
                run(QUERIES["put_preferences"], (record.user, record.room, *set_))
            case DropWebhook():
                run(QUERIES["drop_hook"], (record.hook, record.room))
            case ForgetUser():
                whom = {"user": record.user, "name": DELETED_NAME}
                run(QUERIES["drop_tokens"], (record.user, None))
                run(QUERIES["drop_password"], (record.user,))
                run(QUERIES["drop_preferences"], (record.user,))
                if record.erase:
                    run(QUERIES["redact_texts"], whom)
                self._erased = self._remains = True
                run(QUERIES["redact_names"], whom)
                run(QUERIES["redact_abouts"], whom)

    def _count_often(self, tips: dict[int, int]) -> dict[int, int]:
        """Update the unread counts of the rooms that are due, within the current commit. Return for each of them the
        seq up to which it is counted.
        """
        due = {room: tip for room, tip in tips.items() if room and tip - self._counted[room] >= COUNT_EVENTS}
        for room in due:
            self._count(room)
        return due

    def _count(self, room: int) -> None:
        run, where = self._writer.execute, {"room": room}
        said, came, named, upto = cast("Any", run(QUERIES["not_counted"], where).get)
        of_new, of_named = ("count_own_of_new", "count_past"), ("count_mentions", "count_calls")
        for query in ("count_own", *(of_new if came else ()), *(of_named if named else ())):
            run(QUERIES[query], where)
        run(QUERIES["count_said"], where | {"said": said, "upto": upto})

    def tidy(self, *, idle: bool = False) -> bool:
        if self._in_doubt:
            return False
        # Each system call makes this thread wait for the interpreter's lock, and the next commit waits with it.
        if self._events != self._marked and (idle or _now() - self._marked_at >= MARK_SECONDS):
            self._put_mark(self._events)
        if self._erased and (idle or _now() - self._checked_at >= ERASURE_SECONDS):
            self._checkpoint()
        elif self._label.partial:
            if not self._moved:
                self._move()
            if idle and self._moved:
                self._try_to(self._fence)
        return self._erased or self._label.partial or self._events != self._marked

    def _put_mark(self, events: int, *, sync: bool = False) -> None:
        """Write the folder's mark. Without it everything works, but an older copy of the database is not noticed."""
        try:
            self._mark.write(self._epoch, events, sync=sync)
        except OSError as error:
            _log.debug("the folder's mark can't be written: %s", error)
        self._marked, self._marked_at = events, _now()

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
            self._counted.setdefault(room, tip)  # the start counts every log up to its tip
        return tip

    def _undo(self) -> None:
        self._tips.clear()
        try:
            # SQLite rolls back by itself after some errors.
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            if self._in_doubt:
                self._settle()
        except apsw.Error:
            # The disk failed again. The next `append` calls `_settle` before anything else.
            self._in_doubt = True

    def _settle(self) -> None:
        """After a failed commit, make sure that its batch does not appear after a restart.

        When the fsync of a commit fails, the whole batch may be in the WAL file. A restart would find it there and show
        a batch that was refused. The next commit overwrites it in the file, so make one before the refusal.
        """
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")
        self._fence()
        self._in_doubt = False

    def _next_label(self) -> Label:
        """Return the label of the next commit."""
        partial = not self._moved if self._label.partial else self._wal_pages >= self._checkpoint_due
        return Label(partial, self._remains)

    def _committed(self, label: Label) -> None:
        self._label, self._moved = label, False

    def _fence(self) -> None:
        """Commit the label "whole" (see `past`). The commit also syncs all of the WAL."""
        self._commit_label(Label(remains=self._remains))

    def _commit_label(self, label: Label) -> None:
        put_label(self._writer, label)
        self._committed(label)

    def _note_wal_pages(self, _connection: apsw.Connection, _database: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _checkpoint(self) -> None:
        """Move the WAL into the database in one go, with commits of its own for the labels.

        After an erasure the WAL is also emptied, so that no erased text is left in it. This is possible only while
        nobody reads; `tidy` tries again until it succeeds.
        """
        self._checked_at = _now()
        if self._erased:
            self._try_to(self._empty_wal)
        self._try_to(lambda: self._commit_label(Label(partial=True, remains=self._remains)))
        if self._label.partial:
            self._move()
            self._try_to(self._fence)

    def _move(self) -> None:
        """Move the WAL into the database, as far as readers allow. Batches are durable without it.

        The label has to say "partial".
        """
        self._moved = True  # or it was tried: the next label is "whole"
        try:
            pages, moved = self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            self._checkpoint_due = self._checkpoint_pages + (pages if moved < pages else 0)
        except apsw.Error as error:
            _log.warning("The write-ahead log grows: it can't be moved into the database: %s", _because(error))
            self._checkpoint_due = self._wal_pages + self._checkpoint_pages

    def _try_to(self, act: Callable[[], None]) -> None:
        """Do maintenance, which may fail: it is tried again, and batches are durable without it."""
        try:
            act()
        except apsw.Error as error:
            # The commit of a label may be on disk or not; the next append commits another one first.
            self._in_doubt = True
            _log.warning("The write-ahead log grows: it can't be moved into the database: %s", _because(error))
            self._checkpoint_due = self._wal_pages + self._checkpoint_pages

    def _empty_wal(self) -> None:
        if self._label.partial:
            self._fence()
        # The label says "whole" now. If the server is killed now, it leaves a complete database without a log.
        self._writer.set_busy_timeout(0)
        try:
            self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            self._erased = False
        except apsw.BusyError:
            pass
        finally:
            self._writer.set_busy_timeout(5_000)

    def _taken(self, batch: Batch) -> dict[Keyed, Place]:
        try:
            return self._places(batch.keys)
        except apsw.Error as error:
            raise StoreError(_because(error)) from error

    def _places(self, keys: Sequence[Keyed]) -> dict[Keyed, Place]:
        if not keys:
            return {}
        rows = self._writer.execute(QUERIES["places"], (_json(keys),))
        return {(user, key): (room, seq) for user, key, room, seq in cast("Any", rows)}

    def events_at(self, places: Sequence[Place]) -> dict[Place, Event]:
        found = {}
        for room, seq in places:
            for event in _events(self._read("event_at", room, seq, connection=self._writer)):
                found[room, seq] = event
        return found

    def after(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        return _events(self._read("said_after" if said else "after", room, seq, limit))

    def before(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        if not said:
            return _events(self._read("before", room, seq, limit))[::-1]
        begin = seq - _SCANNED * limit
        newest_first = _events(self._read("said_before", room, seq, begin, limit))
        # If the short scan found too few messages, skip over long runs of comings and goings.
        while len(newest_first) < limit and begin > 1 and (items := self.folded_before(room, begin, _SCANNED * limit)):
            said_there = [item for item in items if isinstance(item, Event) and item.kind in MESSAGE_KINDS]
            newest_first += said_there[::-1]
            begin = first_of(items[0])
        return newest_first[:limit][::-1]

    def folded_after(self, room: int, seq: int, limit: int) -> list[Item]:
        tip = self._read("tip", room)[0][0]
        return self._folded("folded_after", room=room, seq=seq, tip=tip, items=limit)

    def folded_before(self, room: int, seq: int, limit: int) -> list[Item]:
        tip = self._read("tip", room)[0][0]
        return self._folded("folded_before", room=room, seq=min(seq, tip + 1), items=limit)

    def _folded(self, query: str, **names: int) -> list[Item]:
        bounds = {"least": LEAST_RUN, "newest": NEWEST_OF_RUN}
        try:
            rows = self._reader.execute(QUERIES[query], {**names, **bounds}).fetchall()
        except apsw.Error as error:
            raise StoreError(_because(error)) from error
        items: list[Item] = []
        for (first, last), of_item in groupby(rows, key=itemgetter(0, 1)):
            events = [event_of(row[2:]) for row in of_item]
            items.append(events[0] if first == last else Run(first, last, tuple(events)))
        return items

    def marks(self) -> ReadMarks:
        marks, self._marks_at_start = self._marks_at_start, None
        return marks if marks is not None else self._read_marks(self._reader)

    def _read_marks(self, connection: apsw.Connection) -> ReadMarks:
        marks = ReadMarks()
        for room, said in self._read("said_counts", connection=connection):
            columns = list(zip(*self._read("marks", room, connection=connection), strict=True))
            marks.rooms[room] = RoomReadMarks(said, columns) if columns else RoomReadMarks(said)
        return marks

    def preferences(self) -> Preferences:
        preferences = Preferences()
        for user, room, level, favourite, hours in self._read("preferences"):
            known = None if favourite is None else bool(favourite)
            minutes = None if hours is None else msgspec.json.decode(hours, type=tuple[int, int])
            preferences.set(PutPreference(user, room, level, known, minutes))
        return preferences

    def read_between(self, room: int, user: int, after: int, upto: int) -> tuple[int, int]:
        names = {"room": room, "user": user, "after": after, "upto": upto}
        try:
            return cast("tuple[int, int]", self._reader.execute(QUERIES["read_between"], names).fetchone())
        except apsw.Error as error:
            raise StoreError(_because(error)) from error

    def messages(self, room: int, seqs: Sequence[int]) -> list[Message | None]:
        return self._snapshot(lambda run: [read_message(run, room, seq) for seq in seqs])

    def shown(
        self, room: int, user: int, limit: int, *, before: int = 0, after: int = 0, thread: int = 0, said: bool = False
    ) -> tuple[list[Shown], int, int, int]:
        return self._snapshot(
            lambda run: read_page(run, room, user, limit, before=before, after=after, thread=thread, said=said)
        )

    def pinned(self, room: int, user: int) -> tuple[list[Shown], int]:
        return self._snapshot(lambda run: read_pinned(run, room, user))

    def changed(self, room: int, user: int, after: int, floor: int, limit: int) -> tuple[list[Shown], list[int], int]:
        return self._snapshot(lambda run: read_changed(run, room, user, after, floor, limit))

    def versions(self, room: int, seq: int) -> list[Event]:
        return _events(self._read("versions", room, seq))

    def reactors(self, room: int, seq: int, emoji: str, after: int, limit: int) -> list[tuple[int, int]]:
        return [(user, since) for user, since in self._read("reactors", room, seq, emoji, after, limit)]

    def _snapshot(self, read: Callable[[Execute], T]) -> T:
        """Call `read` with a function that executes queries, which all see one commit."""
        try:
            self._reader.execute("BEGIN")
            try:
                return read(self._reader.execute)
            finally:
                self._reader.execute("ROLLBACK")
        except apsw.Error as error:
            raise StoreError(_because(error)) from error

    def first_at(self, room: int, at: int, tip: int) -> int:
        low, high = 1, tip + 1
        while low < high:
            middle = (low + high) // 2
            rows = self._read("at", room, middle)
            if rows and rows[0][0] < at:
                low = middle + 1
            else:
                high = middle
        return low

    def who(self, token: bytes) -> Identity | None:
        rows = self._read("identity", token)
        return Identity(*rows[0]) if rows else None

    def password(self, user: int) -> str | None:
        rows = self._read("password", user)
        return rows[0][0] if rows else None

    def sessions(self, user: int) -> list[TokenInfo]:
        return [TokenInfo(*row) for row in self._read("sessions", user)]

    def audit(self, before: tuple[int, int, int] | None, limit: int) -> list[Event]:
        return _events(self._read("audit", *(before or (_ALL, 0, 0)), limit, connection=self._heavy_reader))

    def hooks(self) -> list[Webhook]:
        rows = [list(row) for row in self._read("hooks")]
        for row in rows:
            row[5] = tuple(msgspec.json.decode(row[5]))
        return [Webhook(*row) for row in rows]

    def said_by(self, user: int, after: tuple[int, int], limit: int) -> list[Event]:
        return _events(self._read("said_by", user, *after, limit, connection=self._heavy_reader))

    def without_token(self, users: Sequence[int]) -> list[int]:
        return [row[0] for row in self._read("without_token", _json(users))]

    def _read(self, query: str, *arguments: int | str | bytes, connection: apsw.Connection | None = None) -> list[Any]:
        try:
            # Fetch all rows at once: an unfinished query would keep SQLite from restarting the WAL.
            return (connection or self._reader).execute(QUERIES[query], arguments).fetchall()
        except apsw.Error as error:
            raise StoreError(_because(error)) from error

    def close(self) -> None:
        try:
            # Count now, so that the next start does not have to count these events before it serves anyone.
            if not self._in_doubt:
                with self._writer:
                    for room, tip in self._tips.items():
                        if room and tip > self._counted[room]:
                            self._count(room)
        except apsw.Error as error:
            _log.warning("The unread counts will be updated by the next start: %s", _because(error))
        self._put_mark(self._events, sync=True)
        self._heavy_reader.close()
        self._reader.close()
        if self._in_doubt or self._label.partial:
            try:
                self._settle()
            except apsw.Error:
                # The label may say "partial". Keep the write-ahead log: otherwise SQLite would move it into the
                # database and delete it.
                self._writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        self._writer.close()
        self._mark.close()


def _open_reader(path: Path, vfs: str | None) -> apsw.Connection:
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY, vfs=vfs)
    reader.set_busy_timeout(5_000)
    return reader


class _Contradiction(Exception):
    """The batch does not continue what is stored."""


def _events(rows: list[Any]) -> list[Event]:
    return [event_of(row) for row in rows]


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


def _because(error: apsw.Error) -> str:
    return f"{type(error).__name__}: {error}"
