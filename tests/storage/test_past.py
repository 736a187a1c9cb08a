"""A database that lacks events that its folder has had: lost files, copies without the write-ahead log, older copies.
Also: erased texts.
"""

import os
import shutil
from contextlib import closing

import apsw
import pytest
from click.testing import CliRunner

from parley.cli.main import cli
from parley.core.commands import Edit, Erase, React, Reply, SendMessage, SetTitle
from parley.core.events import About, Event, RelatedEvent
from parley.core.ports import StoreError
from parley.core.records import ForgetUser, PutForm
from parley.storage.mark import FolderMark, mark_path
from parley.storage.sqlite import FILE_NAME, SqliteStore, checkpoints
from parley.storage.sqlite.doctor import examine
from parley.storage.sqlite.past import is_partial
from tests.core.sessions import Rules
from tests.storage.disk import Disk
from tests.storage.writing import batch, opening, said


@pytest.fixture
def path(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / FILE_NAME


def serve(path, *batches):
    """Open the store, append the batches, and close it. Return the epoch and the texts of room 1."""
    with closing(SqliteStore(path)) as store:
        for each in batches:
            store.append(each)
            store.tidy(idle=True)
        return store.load().epoch, [event.text for event in store.after(1, 3, 99)]


def doctor(path, *more):
    return CliRunner().invoke(cli, ["doctor", "--data", str(path.parent), *more])


def copy_without_log(path, place):
    """Copy the file of a running server, as `cp parley.db` does. Return the copy's path."""
    place.mkdir()
    shutil.copyfile(path, place / FILE_NAME)
    return place / FILE_NAME


# Copies without the write-ahead log


def test_a_copy_of_the_file_alone_is_not_served_and_not_sound(path, tmp_path):
    with closing(SqliteStore(path)) as store:
        store.append(opening())
        early = copy_without_log(path, tmp_path / "early")
        store._checkpoints.run()
        store.append(batch(said(1, 4, "last")))
        late = copy_without_log(path, tmp_path / "late")
    for copy in (early, late):
        with pytest.raises(StoreError, match="was copied from a running server without its "):
            SqliteStore(copy)
        found = doctor(copy)
        assert found.exit_code == 1
        assert "what was stored last is missing" in found.output
    empty = doctor(early, "--restored")
    assert empty.exit_code == 2
    assert "has no events, so it is no backup" in empty.output
    with pytest.raises(StoreError):
        SqliteStore(early)
    # A copy with some events may be all that the owner has left, so it can be accepted.
    accepted = doctor(late, "--restored")
    assert accepted.exit_code == 1
    assert "what was stored last is missing" in accepted.output
    assert serve(late)[1] == []


def test_a_log_that_was_removed_after_a_crash_is_noticed(path, tmp_path):
    store = SqliteStore(path)
    store.append(opening())
    store._checkpoints.run()
    store.append(batch(said(1, 4)))
    crashed = tmp_path / "crashed"
    shutil.copytree(path.parent, crashed)
    store.close()
    (crashed / (FILE_NAME + "-wal")).unlink()
    (crashed / (FILE_NAME + "-shm")).unlink()
    with pytest.raises(StoreError, match="or the -wal was removed"):
        SqliteStore(crashed / FILE_NAME)


def test_the_labels_of_a_checkpoint_are_part_of_the_commits_around_it(path, tmp_path):
    """So a checkpoint makes nobody wait for commits of its own, unless no message follows."""
    disk = Disk()
    store = SqliteStore(path, vfs=disk.name, checkpoint_pages=8)
    store.append(opening())

    begin = len(disk.record)
    for seq in range(4, 40):
        store.append(batch(said(1, seq, "x" * 3_000)))
        store.tidy()
    synced = [name for what, name, *_ in disk.record[begin:] if what == "sync"]
    checkpoints = synced.count(str(path))
    assert checkpoints > 3
    # A checkpoint syncs the log and the database, and the next commit begins the log anew, with a sync of its header.
    assert len(synced) in (36 + 3 * checkpoints, 36 + 3 * checkpoints - 1)
    with closing(apsw.Connection(str(path))) as reader:
        while not is_partial(reader, 0):
            store.append(batch(said(1, seq := seq + 1, "x" * 3_000)))
            store.tidy()
        assert store.tidy()
        assert not store.tidy(idle=True)
        assert not is_partial(reader, 0)
    copy = copy_without_log(path, tmp_path / "copy")
    with pytest.raises(StoreError, match="was copied from a running server"):
        SqliteStore(copy)
    store.close()


@pytest.mark.parametrize("how", ["backup", "vacuum", "closed by SQLite", "killed", "stopped"])
def test_whole_copies_are_served(path, tmp_path, how):
    place = tmp_path / "copy"
    place.mkdir()
    copy = place / FILE_NAME
    store = SqliteStore(path)
    store.append(opening())
    store._checkpoints.run()
    store.append(batch(said(1, 4, "last")))
    if how == "backup":
        with (
            closing(apsw.Connection(str(path))) as source,
            closing(apsw.Connection(str(copy))) as target,
            target.backup("main", source, "main") as backup,
        ):
            backup.step()
    elif how == "vacuum":
        with closing(apsw.Connection(str(path))) as source:
            source.execute("VACUUM INTO ?", (str(copy),))
    elif how == "stopped":
        store.close()
        shutil.copyfile(path, copy)
    else:
        for end in ("", "-wal"):
            shutil.copyfile(f"{path}{end}", f"{copy}{end}")
        if how == "closed by SQLite":
            with closing(apsw.Connection(str(copy))) as shell:
                shell.execute("SELECT count(*) FROM events").fetchall()
    assert examine(copy).findings == []
    assert serve(copy)[1] == ["last"]
    store.close()


# Lost files


@pytest.mark.parametrize("lost", ["missing", "no bytes", "no tables", "no events"])
def test_an_empty_database_in_a_folder_with_a_past_is_not_served(path, tmp_path, lost):
    serve(path, opening())
    path.unlink()
    if lost == "no bytes":
        path.touch()
    elif lost == "no tables":
        with closing(apsw.Connection(str(path))) as connection:
            connection.execute("CREATE TABLE notes (text)")
    elif lost == "no events":
        (tmp_path / "new").mkdir()
        serve(tmp_path / "new" / FILE_NAME)
        shutil.copyfile(tmp_path / "new" / FILE_NAME, path)
    with pytest.raises(StoreError, match="a server has kept 5 events in this folder"):
        SqliteStore(path)
    for more in ((), ("--restored",)):
        found = doctor(path, *more)
        assert found.exit_code in (1, 2)
        assert "Sound" not in found.output
    for file in path.parent.iterdir():
        file.unlink()
    assert serve(path, opening())[1] == []  # as the error's sentence advises, to start with an empty database


def test_a_log_without_its_database_is_not_thrown_away(path):
    with closing(SqliteStore(path)) as store:
        store.append(opening())
        shutil.copyfile(f"{path}-wal", path.parent / "kept")
    path.unlink()
    (path.parent / "kept").rename(f"{path}-wal")
    with pytest.raises(StoreError, match="db-wal is there"):
        SqliteStore(path)
    assert doctor(path).exit_code == 2
    assert os.path.getsize(f"{path}-wal")


# Older copies


def test_an_older_copy_gets_a_new_epoch(path, tmp_path, caplog):
    epoch, _ = serve(path, opening(), batch(said(1, 4, "one")))
    shutil.copyfile(path, tmp_path / "older")
    assert serve(path, batch(said(1, 5, "two")))[0] == epoch
    shutil.copyfile(tmp_path / "older", path)
    found = doctor(path)
    assert (found.exit_code, "is an older copy: it has 6 events, and 7 were stored here" in found.output) == (1, True)
    renewed, texts = serve(path)
    assert renewed != epoch
    assert texts == ["one"]
    assert "Every room has a new epoch" in caplog.text
    caplog.clear()
    assert serve(path, batch(said(1, 5, "other"))) == (renewed, ["one", "other"])
    assert not caplog.records


def test_a_copy_from_this_run_of_the_server_gets_a_new_epoch_after_a_kill(path, tmp_path):
    with closing(SqliteStore(path)) as store:
        store.append(opening())
        store.tidy(idle=True)
        with closing(apsw.Connection(str(path))) as source:
            source.execute("VACUUM INTO ?", (str(tmp_path / "older"),))
        epoch = store.load().epoch
        store.append(batch(said(1, 4)))
        store.tidy(idle=True)
        shutil.copyfile(mark_path(path), tmp_path / "mark")
    shutil.copyfile(tmp_path / "older", path)
    # Put the earlier mark back, as after a kill: `close` has not written a new one.
    with mark_path(path).open("r+b") as mark:
        mark.write((tmp_path / "mark").read_bytes())
    assert serve(path)[0] != epoch


@pytest.mark.parametrize("how", ["the folder", "the database"])
def test_a_copy_in_another_folder_gets_a_new_epoch(path, tmp_path, how):
    epoch, _ = serve(path, opening())
    if how == "the folder":
        shutil.copytree(path.parent, tmp_path / "other")
    else:
        (tmp_path / "other").mkdir()
        shutil.copyfile(path, tmp_path / "other" / FILE_NAME)
    # The doctor accepts a backup in a folder without a mark.
    assert doctor(tmp_path / "other" / FILE_NAME).exit_code == 0
    renewed, _ = serve(tmp_path / "other" / FILE_NAME)
    assert renewed != epoch
    assert serve(tmp_path / "other" / FILE_NAME)[0] == renewed
    assert serve(path)[0] == epoch
    # Put the history of the other folder back into this one.
    shutil.copyfile(tmp_path / "other" / FILE_NAME, path)
    assert serve(path)[0] not in (epoch, renewed)


def test_a_restore_that_the_doctor_accepted_gets_one_new_epoch(path, tmp_path, caplog):
    epoch, _ = serve(path, opening())
    shutil.copyfile(path, tmp_path / "older")
    serve(path, batch(said(1, 4)))
    shutil.copyfile(tmp_path / "older", path)
    assert doctor(path, "--restored").exit_code == 0
    with closing(apsw.Connection(str(path))) as connection:
        told = connection.execute("SELECT epoch FROM meta").get
    assert serve(path)[0] == told != epoch
    assert "new epoch" not in caplog.text


@pytest.mark.parametrize("content", [b"", b"nothing", b"parley-mark-1 0 99 1 00000000\n", b"\xff" * 128])
def test_a_mark_that_cant_be_read_harms_nothing(path, content):
    epoch, _ = serve(path, opening(), batch(said(1, 4, "one")))
    mark_path(path).write_bytes(content)
    assert serve(path) == (epoch, ["one"])
    mark = FolderMark(path).read()
    assert mark is not None
    assert (mark.events, mark.in_place) == (6, True)


def test_the_mark_is_never_ahead_of_what_is_durable(path):
    """Checked at each operation on the disk, also while commits fail."""
    disk = Disk()
    durable, seen = [0], set()

    def look(operation):
        if mark := FolderMark(path).read():
            seen.add(mark.events)
            assert mark.events <= durable[0]
        if operation[0] == "sync" and failing:
            raise apsw.IOError("the test's fault")

    failing = []
    disk.fault = look
    store = SqliteStore(path, vfs=disk.name, checkpoint_pages=4)
    store.append(opening())
    durable[0] = 5
    store.tidy(idle=True)
    for seq in range(4, 12):
        store.append(batch(said(1, seq)))
        durable[0] += 1
        store.tidy()
        store.tidy(idle=True)
        failing.append(True)
        with pytest.raises(StoreError):
            store.append(batch(said(1, seq + 1)))
        failing.clear()
    store.close()
    assert seen >= set(range(5, 13))


# Erased texts


def words_in(folder, words):
    """Return which of the words are in any file."""
    files = b"".join(file.read_bytes() for file in folder.iterdir())
    return [word for word in words if word in files]


def test_erased_words_are_in_no_file_after_the_next_start(path):
    """The erased texts have all lengths, and are in pages that were split, in pages that were freed, and in the
    write-ahead log.
    """
    words = [b"SECRET%04d" % number for number in range(120)]
    tips = {1: 3, 2: 1, 3: 1}
    with closing(SqliteStore(path, checkpoint_pages=50)) as store:
        store.append(opening())
        for room in (2, 3):
            store.append(batch(Event(room, 1, 5, 1, "ada", "created", "tea")))
        for number, word in enumerate(words):
            for room, user in ((1 + number % 3, 1), (1 + number % 2, 2)):
                tips[room] += 1
                text = word.decode() * (1 + 7 * number) if user == 1 else "of bob"
                store.append(batch(said(room, tips[room], text, user=user)))
                store.tidy(idle=True)
        assert len(words_in(path.parent, words)) == len(words)
        store.append(batch(records=[ForgetUser(1, True)]))
        # While there is a reader, the write-ahead log can't be emptied.
        store._reader.execute("BEGIN")
        store._reader.execute("SELECT count(*) FROM events").fetchall()
        store.tidy(idle=True)
        held = len(words_in(path.parent, words))
        store._reader.execute("ROLLBACK")
        store.tidy(idle=True)
        # The remaining ones are in unused parts of pages.
        assert len(words_in(path.parent, words)) < min(held, len(words) // 20)
    serve(path)
    assert words_in(path.parent, words) == []
    assert words_in(path.parent, [b"of bob"])


@pytest.mark.parametrize("killed", [False, True])
def test_erased_text_is_in_no_byte_of_the_data_folder(path, tmp_path, killed):
    """A message that was edited twice, reacted to, given a title, answered in its thread and then erased; also a long
    one in a thread. Gone are the texts, mentions, emoji, names and salts, from the write-ahead log and backups as well.
    """
    rules = Rules()
    ada, bob = rules.enter("ada", "bob")
    room = rules.join("lobby", ada, bob)
    other = rules.join("tea", ada)
    long = "SECRET-LONG " * 300
    changes = [
        SendMessage(ada, room, "SECRET-ONE @bob"), Edit(ada, room, 4, "SECRET-TWO"), Edit(ada, room, 4, "SECRET-THREE"),
        React(bob, room, 4, "🦔"), React(bob, room, 4, "🦔", on=False), React(bob, room, 4, "🦔"),
        SetTitle(ada, room, 4, "SECRET-TITLE"), Reply(bob, room, long, thread=4), Edit(bob, room, 11, f"{long}2"),
    ]  # fmt: skip
    folder = path.parent
    store = SqliteStore(path)
    for command in changes:
        rules.done(command)
    gone = [event for event in rules.log if event.room == room and event.seq >= 4]
    words = [b"SECRET", "🦔".encode(), *(event.salt.encode() for event in gone)]
    for begin in range(0, len(rules.log), 3):
        store.append(batch(*rules.log[begin : begin + 3]))
        store.tidy(idle=True)
    store.append(batch(records=[record for record in rules.records if isinstance(record, PutForm)]))
    assert len(words_in(folder, words)) == len(words)
    stored, records = len(rules.log), len(rules.records)
    rules.done(Erase(ada, room, 4))
    rules.done(Erase(bob, room, 11))
    store.append(batch(*rules.log[stored:], records=rules.records[records:]))
    if killed:
        for end in ("", "-wal"):
            shutil.copyfile(f"{path}{end}", tmp_path / f"kept{end}")
    else:
        store.tidy(idle=True)
        assert words_in(folder, words[:1]) == []
    store.append(batch(*_more(rules, other)))
    store.close()
    if killed:
        for end in ("", "-wal"):
            (tmp_path / f"kept{end}").rename(f"{path}{end}")
    serve(path)
    assert words_in(folder, words) == []
    with closing(SqliteStore(path)) as store, closing(apsw.Connection(str(tmp_path / "backup"))) as backup:
        with backup.backup("main", store._reader, "main") as copy:
            copy.step()
        shown = [event for event in store.after(room, 3, 99) if event.kind != "erased"]
        assert {(event.name, event.salt, event.who) for event in shown} == {("", "", None)}
    assert words_in(folder, words) == []


def _more(rules, room):
    """Say something after the erasures. Return the events."""
    before = len(rules.log)
    rules.done(SendMessage(1, room, "later"))
    return rules.log[before:]


def test_tidy_empties_the_write_ahead_log_half_a_minute_after_an_erasure(path, monkeypatch):
    """While commits follow each other; when they stop, it does so at once."""
    clock = [1_000.0]
    monkeypatch.setattr(checkpoints, "_now", lambda: clock[0])
    with closing(SqliteStore(path)) as store:
        store.append(opening())
        for seq in (4, 6):
            erased = RelatedEvent(1, seq + 1, 5, 1, "ada", "erased", target=seq)
            store.append(batch(said(1, seq, "SECRET")))
            store.append(batch(erased))
            if seq == 4:
                clock[0] += checkpoints.ERASURE_SECONDS - 1
                assert store.tidy()
                assert words_in(path.parent, [b"SECRET"])
                clock[0] += 1.5
                store.tidy()
            else:
                assert words_in(path.parent, [b"SECRET"])
                store.tidy(idle=True)
            assert words_in(path.parent, [b"SECRET"]) == []


@pytest.mark.parametrize("how", ["killed", "before labels"])
def test_remains_are_removed_by_the_next_start_however_the_last_run_ended(path, how):
    word = b"SECRET"
    store = SqliteStore(path)
    store.append(opening())
    store._writer.pragma("secure_delete", False)
    store._writer.execute("CREATE TABLE pages (text); INSERT INTO pages VALUES ('SECRET'); DROP TABLE pages")
    deleted = Event(0, 3, 9, 1, "ada", "deleted", "", None, About(1, "ada"))
    store.append(batch(deleted, records=[ForgetUser(1, True)]))
    if how == "killed":
        for end in ("", "-wal"):
            shutil.copyfile(f"{path}{end}", path.parent / f"kept{end}")
        store.close()
        for end in ("", "-wal"):
            (path.parent / f"kept{end}").rename(f"{path}{end}")
    else:
        store.close()
        apsw.Connection(str(path)).pragma("application_id", 0)
    assert words_in(path.parent, [word])
    serve(path)
    assert words_in(path.parent, [word]) == []


def test_an_erased_account_and_a_full_disk_at_the_next_start(path, caplog):
    serve(path, opening(), batch(said(1, 4, "SECRET"), records=[ForgetUser(1, True)]))
    disk = Disk()

    def is_full(operation):
        if operation[0] == "write" and operation[1].endswith("-wal") and "written anew" in caplog.text:
            raise apsw.FullError("the test's fault")

    caplog.set_level("INFO")
    disk.fault = is_full
    with closing(SqliteStore(path, vfs=disk.name)) as store:
        assert "Erased texts may be left" in caplog.text
        assert store.after(1, 3, 9)
        disk.fault = lambda _operation: None
        store.append(batch(said(1, 5)))
    caplog.clear()
    serve(path)
    assert "written anew" in caplog.text
    caplog.clear()
    serve(path)
    assert "written anew" not in caplog.text
