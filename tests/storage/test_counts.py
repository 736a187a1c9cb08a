"""Unread counts in SQLite. They are updated late, for many events at once, but at any time the store returns what a
fold of the log gives.
"""

import tempfile
from contextlib import suppress
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.core.commands import Edit, Join, Leave, SendMessage
from parley.core.ports import Batch, StoreError
from parley.storage.sqlite import FILE_NAME, SqliteStore, counting
from parley.storage.sqlite.doctor import examine
from tests.core.test_read_marks import Reading, actions, apply_action
from tests.storage.disk import Disk
from tests.storage.memory_store import MemoryStore

BEFORE = "store: before the commit"


def kill(disk):
    """End a store as a kill does: `close` would count, and leave the next start nothing to count."""
    for connection in (disk._heavy_reader, disk._reader, disk._writer):
        connection.close()
    disk._mark.close()


class Power:
    """Raises at crash points, as often as the test says."""

    def __init__(self):
        self.failures = 0

    def __call__(self, point):
        if point == BEFORE and self.failures:
            self.failures -= 1
            raise StoreError("there is none")


steps = st.one_of(
    st.lists(actions, min_size=1, max_size=10), st.lists(actions, max_size=4), st.just("reopen"), st.just("fail")
)


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=14), st.sampled_from([1, 2, 3, 7, 2_048]))
def test_tables_counted_late_equal_the_fold(session, count_events):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "COUNT_EVENTS", count_events)
        path, power, hub, memory = Path(folder) / FILE_NAME, Power(), Reading(), MemoryStore()
        disk = SqliteStore(path, power)
        for step in [[], *session, "reopen"]:
            if step == "reopen":
                kill(disk)
                disk = SqliteStore(path, power)
                assert disk.marks().rooms == hub.marks.rooms
                assert memory.marks().rooms == hub.marks.rooms
            elif step == "fail":
                power.failures = 1
            else:
                for action in step:
                    apply_action(hub, *action)
                batch = hub.batch()
                while True:
                    with suppress(StoreError):
                        disk.append(batch)
                        break
                memory.append(batch)
                # A count from the tables, some of them counted late, as of this commit.
                for user in hub.people:
                    there = hub.between(hub.room, user, len(hub.log) // 3, 10**6)
                    assert disk.read_between(hub.room, user, len(hub.log) // 3, 10**6) == there
                    assert memory.read_between(hub.room, user, len(hub.log) // 3, 10**6) == there
        kill(disk)
        assert examine(path).findings == []


@settings(max_examples=30, deadline=None)
@given(st.lists(actions, max_size=30), st.integers(0, 60), st.integers(0, 60))
def test_read_between_equals_counting_event_by_event(session, after, upto):
    with tempfile.TemporaryDirectory() as folder:
        hub, stores = Reading(), [MemoryStore(), SqliteStore(Path(folder) / FILE_NAME)]
        for action in session:
            apply_action(hub, *action)
        batch = hub.batch()
        for each in stores:
            each.append(batch)
            for user in hub.people:
                assert each.read_between(hub.room, user, after, upto) == hub.between(hub.room, user, after, upto)
            each.close()


def told(hub, count, text="hi"):
    for _ in range(count):
        hub.done(SendMessage(hub.people[0], hub.room, text))
    return hub.batch()


def counted(path):
    """Return the number of messages in #lobby and the seq up to which they are counted in the tables, without opening
    the database as a server does.
    """
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    found = connection.execute("SELECT said, counted FROM rooms WHERE id = 1").get
    connection.close()
    return found


def test_a_room_is_counted_once_per_count_events(tmp_path, monkeypatch):
    monkeypatch.setattr(counting, "COUNT_EVENTS", 10)
    path, hub = tmp_path / FILE_NAME, Reading()
    disk = SqliteStore(path)
    disk.append(hub.batch())  # five events
    assert counted(path) == (0, 0)
    disk.append(told(hub, 4))
    assert counted(path) == (0, 0)
    disk.append(told(hub, 1))
    assert counted(path) == (5, 10)
    disk.append(told(hub, 9))
    assert counted(path) == (5, 10)
    disk.append(told(hub, 25))
    assert counted(path) == (39, 44)
    kill(disk)
    SqliteStore(path).close()
    assert counted(path) == (39, 44)


def test_closing_counts_what_the_next_start_would_have_to_count(tmp_path):
    path, hub = tmp_path / FILE_NAME, Reading()
    disk = SqliteStore(path)
    disk.append(hub.batch())
    disk.append(told(hub, 9, "@room"))
    assert counted(path) == (0, 0)
    disk.close()
    assert counted(path) == (9, 14)


def test_a_failed_commit_does_not_count(tmp_path, monkeypatch):
    monkeypatch.setattr(counting, "COUNT_EVENTS", 10)
    path, hub, power = tmp_path / FILE_NAME, Reading(), Power()
    disk = SqliteStore(path, power)
    disk.append(hub.batch())
    power.failures, batch = 1, told(hub, 9, "@room")
    with pytest.raises(StoreError):
        disk.append(batch)
    assert counted(path) == (0, 0)
    disk.append(batch)
    assert counted(path) == (9, 14)
    kill(disk)
    assert SqliteStore(path).marks().rooms == hub.marks.rooms


def test_a_commit_with_a_failed_sync_does_not_count(tmp_path, monkeypatch):
    """SQLite shows the batch of a commit with a failed sync until the store undoes it."""
    monkeypatch.setattr(counting, "COUNT_EVENTS", 3)
    hub, platter = Reading(), Disk()
    disk = SqliteStore(tmp_path / FILE_NAME, vfs=platter.name)
    disk.append(hub.batch())
    batch = told(hub, 5, "@bob")

    def fail_once(operation):
        if operation[0] == "sync":
            platter.fault = lambda _operation: None
            raise apsw.IOError("the sync failed")

    platter.fault = fail_once
    with pytest.raises(StoreError):
        disk.append(batch)
    disk.append(batch)
    kill(disk)
    again = SqliteStore(tmp_path / FILE_NAME)
    assert again.marks().rooms == hub.marks.rooms
    kill(again)


def test_an_edit_is_no_message_that_mentions(tmp_path):
    """An edit has mentions, and is counted in one commit with a message that has some."""
    hub = Reading()
    ada, bob = hub.people[:2]
    disk = SqliteStore(tmp_path / FILE_NAME)
    disk.append(hub.batch())
    for text in ("hi", "@bob", "@room"):
        hub.done(SendMessage(ada, hub.room, text))
    first = hub.message(0).seq
    for text in ("@bob", "@room"):
        hub.done(Edit(ada, hub.room, first, text))
    disk.append(hub.batch())
    kill(disk)
    again = SqliteStore(tmp_path / FILE_NAME)
    assert again.marks().unread(hub.room, bob) == (3, 3)
    assert again.marks().rooms == hub.marks.rooms
    kill(again)


def test_a_mark_can_be_stored_before_its_messages_are_counted(tmp_path, monkeypatch):
    """The mark is stored before its messages are counted."""
    hub = Reading()
    disk = SqliteStore(tmp_path / FILE_NAME)
    disk.append(hub.batch())
    disk.append(told(hub, 3, "@bob"))
    hub.mark(hub.people[1], hub.room, read=10**6)
    disk.append(hub.batch())
    disk.append(told(hub, 2, "@bob"))
    kill(disk)
    again = SqliteStore(tmp_path / FILE_NAME)
    assert again.marks().unread(hub.room, hub.people[1]) == (2, 2)
    kill(again)


def test_leaving_and_joining_in_one_commit_starts_a_new_mark(tmp_path):
    hub = Reading()
    bob = hub.people[1]
    disk = SqliteStore(tmp_path / FILE_NAME)
    disk.append(hub.batch())
    disk.append(told(hub, 3, "@bob"))
    hub.mark(bob, hub.room, read=7)
    hub.done(SendMessage(bob, hub.room, "my own"))
    disk.append(hub.batch())
    hub.mark(bob, hub.room, read=8)  # this mark belongs to the membership that ends below
    hub.done(Leave(bob, hub.room))
    told_while_away = [SendMessage(hub.people[0], hub.room, "@bob @room") for _ in range(2)]
    for command in told_while_away:
        hub.done(command)
    hub.done(Join(bob, "lobby"))
    disk.append(hub.batch())
    disk.append(told(hub, 1, "@room"))
    kill(disk)
    again = SqliteStore(tmp_path / FILE_NAME)
    assert again.marks().rooms == hub.marks.rooms
    assert again.marks().unread(hub.room, bob) == (1, 1)
    kill(again)


def test_counts_of_read_messages_are_based_on_durable_events(tmp_path):
    hub = Reading()
    disk = SqliteStore(tmp_path / FILE_NAME)
    disk.append(hub.batch())
    batch = told(hub, 4)
    with suppress(StoreError):
        disk.append(Batch([*batch.events, batch.events[0]], [], []))
    assert disk.read_between(hub.room, hub.people[1], 0, 99) == (0, 0)
    disk.append(batch)
    assert disk.read_between(hub.room, hub.people[1], 0, 99) == (4, 0)
    kill(disk)
