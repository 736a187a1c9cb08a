"""What is unread, as SQLite counts it, late and many events at a time: the fold of the log, whenever one looks."""

import tempfile
from contextlib import suppress
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.core.commands import Join, Leave, Say
from parley.core.ports import Batch, StoreError
from parley.storage.memory import MemoryStore
from parley.storage.sqlite import FILE_NAME, SqliteStore, store
from parley.storage.sqlite.doctor import examine
from tests.core.test_marks import Reading, deeds, does
from tests.storage.disk import Disk

BEFORE = "store: before the commit"


class Power:
    """Fails at crash points, as often as it is told to."""

    def __init__(self):
        self.failures = 0

    def __call__(self, point):
        if point == BEFORE and self.failures:
            self.failures -= 1
            raise StoreError("there is none")


steps = st.one_of(
    st.lists(deeds, min_size=1, max_size=10), st.lists(deeds, max_size=4), st.just("reopen"), st.just("fail")
)


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=14), st.sampled_from([1, 2, 3, 7, 2_048]))
def test_after_every_start_the_counts_are_the_fold_of_the_log(session, count_events):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "COUNT_EVENTS", count_events)
        path, power, house, memory = Path(folder) / FILE_NAME, Power(), Reading(), MemoryStore()
        disk = SqliteStore(path, power)
        for step in [[], *session, "reopen"]:
            if step == "reopen":
                disk.close()
                disk = SqliteStore(path, power)
                assert disk.marks().rooms == house.marks.rooms
                assert memory.marks().rooms == house.marks.rooms
            elif step == "fail":
                power.failures = 1
            else:
                for deed in step:
                    does(house, *deed)
                batch = house.batch()
                while True:
                    with suppress(StoreError):
                        disk.append(batch)
                        break
                memory.append(batch)
        disk.close()
        assert examine(path).findings == []


@settings(max_examples=30, deadline=None)
@given(st.lists(deeds, max_size=30), st.integers(0, 60), st.integers(0, 60))
def test_counting_between_two_events_is_looking_at_each(session, after, upto):
    with tempfile.TemporaryDirectory() as folder:
        house, stores = Reading(), [MemoryStore(), SqliteStore(Path(folder) / FILE_NAME)]
        for deed in session:
            does(house, *deed)
        batch = house.batch()
        for each in stores:
            each.append(batch)
            for user in house.people:
                assert each.read_between(house.room, user, after, upto) == house.between(house.room, user, after, upto)
            each.close()


def told(house, count, text="hi"):
    for _ in range(count):
        house.done(Say(house.people[0], house.room, text))
    return house.batch()


def counted(path):
    """Return as of which event the tables of #lobby say what is unread, without opening it as a server does."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    found = connection.execute("SELECT said, counted FROM rooms WHERE id = 1").get
    connection.close()
    return found


def test_rooms_are_counted_every_so_many_events(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "COUNT_EVENTS", 10)
    path, house = tmp_path / FILE_NAME, Reading()
    disk = SqliteStore(path)
    disk.append(house.batch())  # five events
    assert counted(path) == (0, 0)
    disk.append(told(house, 4))
    assert counted(path) == (0, 0)
    disk.append(told(house, 1))
    assert counted(path) == (5, 10)
    disk.append(told(house, 9))
    assert counted(path) == (5, 10)
    disk.append(told(house, 25))
    assert counted(path) == (39, 44)
    disk.close()
    SqliteStore(path).close()
    assert counted(path) == (39, 44)


def test_a_commit_that_fails_counts_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "COUNT_EVENTS", 10)
    path, house, power = tmp_path / FILE_NAME, Reading(), Power()
    disk = SqliteStore(path, power)
    disk.append(house.batch())
    power.failures, batch = 1, told(house, 9, "@room")
    with pytest.raises(StoreError):
        disk.append(batch)
    assert counted(path) == (0, 0)
    disk.append(batch)
    assert counted(path) == (9, 14)
    disk.close()
    assert SqliteStore(path).marks().rooms == house.marks.rooms


def test_a_commit_whose_sync_fails_counts_nothing(tmp_path, monkeypatch):
    """SQLite shows such a batch, and takes it back."""
    monkeypatch.setattr(store, "COUNT_EVENTS", 3)
    house, platter = Reading(), Disk()
    disk = SqliteStore(tmp_path / FILE_NAME, vfs=platter.name)
    disk.append(house.batch())
    batch = told(house, 5, "@bob")

    def fail_once(operation):
        if operation[0] == "sync":
            platter.fault = lambda _operation: None
            raise apsw.IOError("the sync failed")

    platter.fault = fail_once
    with pytest.raises(StoreError):
        disk.append(batch)
    disk.append(batch)
    disk.close()
    again = SqliteStore(tmp_path / FILE_NAME)
    assert again.marks().rooms == house.marks.rooms
    again.close()


def test_a_mark_and_what_it_counts_may_come_in_any_order(tmp_path, monkeypatch):
    """A mark is stored before the messages that it has read are counted."""
    house = Reading()
    disk = SqliteStore(tmp_path / FILE_NAME)
    disk.append(house.batch())
    disk.append(told(house, 3, "@bob"))
    house.mark(house.people[1], house.room, read=10**6)
    disk.append(house.batch())
    disk.append(told(house, 2, "@bob"))
    disk.close()
    again = SqliteStore(tmp_path / FILE_NAME)
    assert again.marks().unread(house.room, house.people[1]) == (2, 2)
    again.close()


def test_who_leaves_and_comes_back_in_one_commit_begins_anew(tmp_path):
    house = Reading()
    bob = house.people[1]
    disk = SqliteStore(tmp_path / FILE_NAME)
    disk.append(house.batch())
    disk.append(told(house, 3, "@bob"))
    house.mark(bob, house.room, read=7)
    house.done(Say(bob, house.room, "my own"))
    disk.append(house.batch())
    house.mark(bob, house.room, read=8)  # of the stay that ends
    house.done(Leave(bob, house.room))
    told_while_away = [Say(house.people[0], house.room, "@bob @room") for _ in range(2)]
    for command in told_while_away:
        house.done(command)
    house.done(Join(bob, "lobby"))
    disk.append(house.batch())
    disk.append(told(house, 1, "@room"))
    disk.close()
    again = SqliteStore(tmp_path / FILE_NAME)
    assert again.marks().rooms == house.marks.rooms
    assert again.marks().unread(house.room, bob) == (1, 1)
    again.close()


def test_what_is_read_is_counted_as_of_what_is_on_disk(tmp_path):
    house = Reading()
    disk = SqliteStore(tmp_path / FILE_NAME)
    disk.append(house.batch())
    batch = told(house, 4)
    with suppress(StoreError):
        disk.append(Batch([*batch.events, batch.events[0]], [], []))
    assert disk.read_between(house.room, house.people[1], 0, 99) == (0, 0)
    disk.append(batch)
    assert disk.read_between(house.room, house.people[1], 0, 99) == (4, 0)
    disk.close()
