"""A failing or full disk: nothing of the batch is stored or shown, reading still works, and the store recovers."""

import os
import shutil
import subprocess
import sys

import apsw
import pytest

from parley.core.events import Event
from parley.core.ports import KeysTaken, StoreError
from parley.storage.sqlite import FILE_NAME, SqliteStore
from parley.storage.sqlite.doctor import examine
from tests.storage.disk import Disk
from tests.storage.writing import batch, fold, opening, said, same

FULL = (apsw.FullError, apsw.SQLITE_FULL)
CANNOT_WRITE = (apsw.IOError, apsw.SQLITE_IOERR_WRITE)
CANNOT_SYNC = (apsw.IOError, apsw.SQLITE_IOERR_FSYNC)
CANNOT_CUT = (apsw.IOError, apsw.SQLITE_IOERR_TRUNCATE)
CANNOT_READ = (apsw.IOError, apsw.SQLITE_IOERR_READ)

FAULTS = [
    pytest.param("write", FULL, id="full"),
    pytest.param("write", CANNOT_WRITE, id="write"),
    pytest.param("sync", CANNOT_SYNC, id="sync"),
    pytest.param("sync", FULL, id="full at sync"),
    pytest.param("truncate", CANNOT_CUT, id="truncate"),
    pytest.param("read", CANNOT_READ, id="read"),
]


class Failing:
    """From the `first` operation of a kind on, the disk fails: once, or until it is repaired."""

    def __init__(self, what, error, first, once):
        self.what, self.error, self.first, self.once = what, error, first, once
        self.met = 0
        self.hit = False

    def __call__(self, operation):
        if operation[0] != self.what:
            return
        self.met += 1
        if self.met == self.first or (self.met > self.first and not self.once):
            self.hit = True
            kind, code = self.error
            error = kind(f"the test's fault at {operation[0]} {self.met}")
            error.extendedresult = code
            raise error


def healthy(_operation):
    pass


# A batch that changes every table and many pages, and a competing one with the same seqs.
BIG = batch(
    *(said(1, 4 + number, "x" * 3_000, key=f"big{number}") for number in range(12)),
    Event(2, 1, 5, 1, "ada", "created", "tea"),
    Event(2, 2, 5, 1, "ada", "joined"),
    Event(2, 3, 5, 1, "ada", "topic", "green"),
    Event(0, 3, 5, 3, "eve", "named", "eve"),
    Event(1, 16, 5, 2, "bob", "left"),
    tokens={3: b"e" * 32},
)
RIVAL = batch(said(1, 4, "another", user=2, name="bob", key="other"))


def copy_as_killed(folder, place):
    """Copy the files as the operating system has them if the server is killed now."""
    place.mkdir()
    for name in (FILE_NAME, FILE_NAME + "-wal"):
        shutil.copy(folder / name, place / name)


def events_of(store):
    return [event for room in (0, 1, 2) for event in store.after(room, 0, 999)]


def by_log(events):
    return sorted(events, key=lambda event: (event.room, event.seq))


def shows(store, *batches):
    events = by_log([event for made in batches for event in made.events])
    assert events_of(store) == events
    same(store.load(), fold(events, store.load().epoch))


def append_with_fault(folder, what, error, first, once):
    """Append with a failing disk. Return whether the fault occurred.

    In every case, the batch is stored completely or not at all, reading still works, and the store works again when the
    disk does.
    """
    folder.mkdir()
    disk = Disk()
    store = SqliteStore(folder / FILE_NAME, vfs=disk.name, checkpoint_pages=8)
    store.append(opening())
    fault = disk.fault = Failing(what, error, first, once)
    try:
        store.append(BIG)
        refused = False
        store.tidy(idle=True)
    except StoreError:
        refused = True
    if what != "read":  # nobody can read from a disk whose reads fail
        shows(store, opening(), *([] if refused else [BIG]))
    copy_as_killed(folder, folder / "killed")

    disk.fault = healthy
    if refused:
        assert fault.hit
        shows(store, opening())
        store.append(RIVAL)
        shows(store, opening(), RIVAL)
        assert store.append(batch(maybe_stored=[(1, "big0"), (2, "other")])) == {(2, "other"): (1, 4)}
    else:
        shows(store, opening(), BIG)
        store.append(batch(said(1, 17)))
    tip = store.load().rooms[1].tip
    with pytest.raises(KeysTaken):
        store.append(batch(said(1, tip + 1, user=2 if refused else 1, key="other" if refused else "big3")))
    store.close()
    assert examine(folder / FILE_NAME).findings == []

    after_kill = SqliteStore(folder / "killed" / FILE_NAME)
    if not refused:
        shows(after_kill, opening(), BIG)
    elif once:
        # A refused batch stays refused, even if all of it had reached the file before the sync failed.
        shows(after_kill, opening())
    else:
        # The disk also failed the undo. The batch is there completely or not at all.
        shows(after_kill, opening(), *([BIG] if len(events_of(after_kill)) > len(opening().events) else []))
    after_kill.close()
    return fault.hit


@pytest.mark.parametrize("once", [True, False], ids=["once", "until healed"])
@pytest.mark.parametrize(("what", "error"), FAULTS)
def test_the_store_survives_a_fault_at_every_disk_operation(tmp_path, what, error, once):
    first = 1
    while append_with_fault(tmp_path / str(first), what, error, first, once):
        first += 1
    assert first > {"write": 20, "sync": 3, "truncate": 0, "read": 2}[what]


def test_a_refused_batch_does_not_reappear_after_a_crash(tmp_path):
    """The whole batch is in the WAL when its sync fails. A restart must not find it there."""
    disk = Disk()
    store = SqliteStore(tmp_path / FILE_NAME, vfs=disk.name)
    store.append(opening())
    disk.fault = Failing("sync", CANNOT_SYNC, 1, once=True)
    with pytest.raises(StoreError, match="the test's fault at sync 1"):
        store.append(BIG)
    copy_as_killed(tmp_path, tmp_path / "killed")
    store.close()
    again = SqliteStore(tmp_path / "killed" / FILE_NAME)
    shows(again, opening())
    again.append(BIG)  # the clients' retry, with the same keys
    shows(again, opening(), BIG)
    again.close()


def test_a_refused_batch_that_could_not_be_undone_is_undone_before_the_next_one(tmp_path):
    """The next batch begins with the same pages as the refused one, and its commit fails in the middle. The rest of the
    old batch in the WAL must not complete it.
    """
    disk = Disk()
    store = SqliteStore(tmp_path / FILE_NAME, vfs=disk.name)
    store.append(opening())
    # This batch is so small that the database does not grow. So the second time all pages are identical, including
    # their checksums.
    small = batch(said(1, 4, key="k"), Event(1, 5, 5, 2, "bob", "left"))
    failed = []

    def fault(operation):
        if operation[0] == "sync" or (failed and operation[0] == "write"):
            failed.append(operation)
            raise apsw.IOError("the test's fault")

    disk.fault = fault
    with pytest.raises(StoreError):
        store.append(small)
    assert [operation[0] for operation in failed] == ["sync", "write"]
    # The disk works again. Append the same batch again, with a fault after its first page.
    seen = []

    def second_page(operation):
        if operation[0] == "write":
            seen.append(operation)
            if len(seen) > 2:
                raise apsw.IOError("the test's fault")

    disk.fault = second_page
    with pytest.raises(StoreError):
        store.append(small)
    copy_as_killed(tmp_path, tmp_path / "killed")
    again = SqliteStore(tmp_path / "killed" / FILE_NAME)
    shows(again, opening())
    again.close()
    disk.fault = healthy
    store.close()


def test_a_failed_checkpoint_refuses_no_batch_and_is_repeated(tmp_path, caplog):
    disk = Disk()
    store = SqliteStore(tmp_path / FILE_NAME, vfs=disk.name, checkpoint_pages=4)
    store.append(opening())

    def database_fails(operation):
        if operation[0] == "write" and operation[1].endswith(FILE_NAME):
            raise apsw.IOError("the test's fault")

    disk.fault = database_fails
    for seq in range(4, 30):
        store.append(batch(said(1, seq, "x" * 3_000)))
        store.tidy(idle=True)
    assert "can't be moved into the database" in caplog.text
    assert len(caplog.records) < 20  # not one per batch
    disk.fault = healthy
    before = len(disk.record)
    for seq in range(30, 40):
        store.append(batch(said(1, seq, "x" * 3_000)))
        store.tidy(idle=True)
    assert any(what == "write" and path.endswith(FILE_NAME) for what, path, *_ in disk.record[before:])
    assert [event.seq for event in store.after(1, 0, 99)] == list(range(1, 40))
    store.close()


def test_the_size_of_the_wal_is_bounded(tmp_path):
    store = SqliteStore(tmp_path / FILE_NAME, checkpoint_pages=10)
    store.append(opening())
    for seq in range(4, 200):
        store.append(batch(said(1, seq, "x" * 3_000)))
        store.tidy(idle=True)
    assert (tmp_path / (FILE_NAME + "-wal")).stat().st_size < 30 * 4_200
    store.close()


def test_a_failure_to_encode_leaves_no_transaction_open(tmp_path):
    store = SqliteStore(tmp_path / FILE_NAME)
    with pytest.raises(UnicodeEncodeError):
        store.append(batch(*opening().events, said(1, 4, "\ud800")))
    store.append(opening())
    shows(store, opening())
    store.close()


def test_an_error_between_begin_and_commit_leaves_no_transaction_open(tmp_path):
    points = []

    def crash(point):
        points.append(point)
        if len(points) == 1:
            raise RuntimeError(point)

    store = SqliteStore(tmp_path / FILE_NAME, crash)
    with pytest.raises(RuntimeError, match="store: before the commit"):
        store.append(opening())
    shows(store)
    store.append(opening())
    shows(store, opening())
    assert points == ["store: before the commit"] * 2 + ["store: after the commit"]
    store.close()


def test_a_file_that_can_not_be_created_gives_a_clear_error(tmp_path):
    with pytest.raises(StoreError, match="can't be opened: unable to open database file"):
        SqliteStore(tmp_path / "nowhere" / FILE_NAME)
    (tmp_path / FILE_NAME).write_bytes(b"something else entirely" * 100)
    with pytest.raises(StoreError, match="can't be opened: file is not a database"):
        SqliteStore(tmp_path / FILE_NAME)


def test_load_reads_one_snapshot_while_batches_are_stored(tmp_path):
    store = SqliteStore(tmp_path / FILE_NAME)
    store.append(opening())
    reader = store._reader
    appended = []

    def write_in_between(_cursor, sql, _bindings):
        if "FROM members" in sql and not appended:
            appended.append(True)
            store.append(batch(Event(2, 1, 5, 1, "ada", "created", "tea"), Event(2, 2, 5, 1, "ada", "joined")))
        return True

    reader.exec_trace = write_in_between
    same(store.load(), fold(opening().events, store.load().epoch))
    assert appended
    store.close()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 2 MB."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system, and this test knows how to on Linux only")
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(ballast):
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(file, bytes(4096))
    except OSError:
        return
    finally:
        os.close(file)


def append_until_full(store):
    """Append messages until one is refused. Return the seqs of the stored ones."""
    appended = []
    try:
        for seq in range(4, 1_000):
            store.append(batch(said(1, seq, "x" * 3_000, key=f"k{seq}")))
            appended.append(seq)
            store.tidy(idle=True)
    except StoreError:
        pass
    return appended


def test_a_real_full_disk(small_disk):
    store = SqliteStore(small_disk / FILE_NAME, checkpoint_pages=50)
    store.append(opening())
    ballast = small_disk / "ballast"
    fill(ballast)
    appended = append_until_full(store)
    assert len(appended) < 900
    for _ in range(3):
        with pytest.raises(StoreError, match="full"):
            store.append(batch(*(said(1, 4 + len(appended) + number, "x" * 3_000) for number in range(50))))
    assert [event.seq for event in store.after(1, 3, 999)] == appended
    assert store.load().rooms[1].tip == 3 + len(appended)

    ballast.unlink()
    next_seq = 4 + len(appended)
    store.append(batch(said(1, next_seq, key=f"k{next_seq}")))
    assert [event.seq for event in store.after(1, 3, 999)] == [*appended, next_seq]
    store.close()
    assert examine(small_disk / FILE_NAME).findings == []


CANT_WRITE = [pytest.param(FULL, id="full"), pytest.param(CANNOT_WRITE, id="failing")]


@pytest.mark.parametrize("error", CANT_WRITE)
def test_a_start_on_a_disk_that_cant_be_written_reads_and_recovers(tmp_path, error, caplog):
    """The killed server has left a write-ahead log, and events that are not counted yet."""
    store = SqliteStore(tmp_path / FILE_NAME)
    store.append(opening())
    store.append(batch(*(said(1, seq, f"@bob {seq}", key=f"k{seq}") for seq in range(4, 9))))
    copy_as_killed(tmp_path, tmp_path / "killed")
    store.close()
    for file in (tmp_path / "killed").iterdir():
        shutil.copyfile(file, tmp_path / file.name)

    disk = Disk()
    disk.fault = Failing("write", error, 1, once=False)
    again = SqliteStore(tmp_path / FILE_NAME, vfs=disk.name)
    assert "Messages can be read, and are refused until it can" in caplog.text
    assert [event.seq for event in again.after(1, 0, 99)] == list(range(1, 9))
    marks = again.marks()
    assert [marks.unread(1, user) for user in (1, 2)] == [(0, 0), (5, 0)]
    for _ in range(2):
        with pytest.raises(StoreError):
            again.append(batch(said(1, 9)))
        again.tidy(idle=True)
    disk.fault = healthy
    again.append(batch(said(1, 9)))
    again.tidy(idle=True)
    assert [event.seq for event in again.after(1, 0, 99)] == list(range(1, 10))
    again.close()
    assert examine(tmp_path / FILE_NAME).findings == []
    last = SqliteStore(tmp_path / FILE_NAME)
    assert last.marks().unread(1, 2) == (6, 0)
    last.close()


def test_a_store_that_is_closed_on_a_full_disk_keeps_everything(tmp_path):
    disk = Disk()
    store = SqliteStore(tmp_path / FILE_NAME, vfs=disk.name, checkpoint_pages=2)
    store.append(opening())
    store.append(batch(said(1, 4)))

    def log_fails_after_the_checkpoint(operation):
        if operation[0] == "write" and disk.record[-1] == ("sync", str(tmp_path / FILE_NAME)):
            disk.fault = Failing("write", FULL, 1, once=False)
            disk.fault(operation)

    disk.fault = log_fails_after_the_checkpoint
    store.tidy(idle=True)
    assert isinstance(disk.fault, Failing)
    store.close()
    disk.fault = healthy
    again = SqliteStore(tmp_path / FILE_NAME, vfs=disk.name)
    shows(again, opening(), batch(said(1, 4)))
    again.close()


def test_a_start_on_a_real_full_disk(small_disk, caplog):
    """A server that was stopped normally has left neither a write-ahead log nor a `-shm` file, and the disk has no
    space for new ones.
    """
    store = SqliteStore(small_disk / FILE_NAME)
    store.append(opening())
    store.close()
    ballast = small_disk / "ballast"
    fill(ballast)
    again = SqliteStore(small_disk / FILE_NAME)
    assert "the disk has no room for parley.db-shm" in caplog.text
    shows(again, opening())
    with pytest.raises(StoreError, match="full"):
        again.append(batch(said(1, 4)))
    ballast.unlink()
    again.append(batch(said(1, 4)))
    assert again.load().rooms[1].tip == 4
    again.close()
    last = SqliteStore(small_disk / FILE_NAME)
    assert last.load().rooms[1].tip == 4
    last.close()
    assert examine(small_disk / FILE_NAME).findings == []
