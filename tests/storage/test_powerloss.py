"""Power loss: all acknowledged batches survive, and the current one completely or not at all.

One run is recorded on a `Disk`; then the power fails after each single write, sync, truncation and deletion in it.
Synced data survives. Unsynced data survives completely, not at all, or in part, down to single sectors. Then a server
starts on what is left.
"""

import random

import apsw
import pytest

from parley.core.records import PutToken
from parley.storage.sqlite import FILE_NAME, SqliteStore
from parley.storage.sqlite.doctor import examine
from tests.storage.disk import Disk, Platter, put
from tests.storage.writing import Chatter, expected, fold, said, same

WAYS = ("all", "none", "some", "torn")


class Run:
    """A recorded run of a store: successive batches, with occasional checkpoints."""

    def __init__(self, folder, seed, appends, checkpoint_pages=25):
        disk = Disk()
        chatter = Chatter(seed)
        self.batches = []
        folder.mkdir()
        store = SqliteStore(folder / FILE_NAME, vfs=disk.name, checkpoint_pages=checkpoint_pages)
        disk.note("open")
        for number in range(appends):
            batch = chatter.batch(1 + number % 9, longest=(30, 300, 3_000)[number % 3])
            if not batch.events:
                continue
            self.batches.append(batch)
            store.append(batch)
            disk.note("acknowledged")
            store.tidy(idle=number % 4 == 0)
        store.close()
        self.record = disk.record
        syncs = {path.rpartition("-")[2] for what, path, *_ in disk.record if what == "sync"}
        assert len(syncs) >= 2, "the database itself was never synced: there was no checkpoint"

    def cuts(self):
        """Yield (the disk's record, number of acknowledged batches) after each operation."""
        platter, acknowledged = Platter(), 0
        for operation in self.record:
            if operation == ("note", "acknowledged"):
                acknowledged += 1
            else:
                platter.play(operation)
            yield platter, acknowledged

    def check(self, store, acknowledged):
        """Check that the store has the acknowledged batches, and the next completely or not at all. Return how many."""
        state = store.load()
        stored = {room: store.after(room, 0, 10**6) for room in state.rooms}
        for held in (acknowledged, acknowledged + 1):
            log, tokens, passwords = expected(self.batches[:held])
            if sum(map(len, stored.values())) == len(log):
                break
        for room, events in stored.items():
            assert events == [event for event in log if event.room == room]
        same(state, fold(log, state.epoch))
        for batch in self.batches[:held]:
            for record in batch.records:
                if isinstance(record, PutToken):
                    known = store.who(record.token)
                    assert (known and (known.user, known.kind)) == tokens.get(record.token)
                if user := getattr(record, "user", 0):
                    assert store.password(user) == passwords.get(user)
        return held

    def append_next(self, store, held):
        """Append the next batch of the run, or another one if there is none left."""
        if held < len(self.batches):
            store.append(self.batches[held])
            self.check(store, held + 1)
        else:
            tip = store.load().rooms[1].tip
            store.append(type(self.batches[0])([said(1, tip + 1, key="the-last")], {}, []))


def fail_everywhere(run, folder, ways_at):
    chance = random.Random(1)
    cuts = 0
    for number, (platter, acknowledged) in enumerate(run.cuts()):
        for way in ways_at(number):
            place = folder / f"{number}-{cuts}"
            place.mkdir()
            put(platter.survivors(chance, way), place)
            disk = Disk()  # it skips the real syncs, which would take most of the time
            store = SqliteStore(place / FILE_NAME, vfs=disk.name)
            try:
                held = run.check(store, acknowledged)
                assert examine(place / FILE_NAME).findings == []
                run.append_next(store, held)
            finally:
                store.close()
            for file in place.iterdir():
                file.unlink()
            cuts += 1
    return cuts


def test_nothing_is_lost_if_power_fails_at_a_write_or_sync(tmp_path):
    run = Run(tmp_path / "run", seed=3, appends=24)
    every_third = fail_everywhere(run, tmp_path, lambda number: [] if number % 3 else [WAYS[number % 4]])
    assert every_third > 80


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_lost_if_power_fails_at_any_write_or_sync_in_any_way(tmp_path, seed):
    run = Run(tmp_path / "run", seed=seed, appends=40, checkpoint_pages=(5, 25, 60, 1_000)[seed])
    assert fail_everywhere(run, tmp_path, lambda _number: [*WAYS, "some", "torn"]) > 2_000


def kill_then_fail(run, folder, every, ways):
    """Kill the server at a cut: written data stays. What the next server shows must survive a power loss."""
    chance = random.Random(2)
    for number, (platter, acknowledged) in enumerate(run.cuts()):
        if number % every:
            continue
        place = folder / f"kill-{number}"
        place.mkdir()
        put(platter.survivors(chance, "all"), place)
        disk = Disk()
        store = SqliteStore(place / FILE_NAME, vfs=disk.name)
        held = run.check(store, acknowledged)
        # The platter has the old files under their old names.
        after = platter.moved(place)
        for operation in disk.record:
            after.play(operation)
        for way in ways:
            again = folder / f"kill-{number}-{way}"
            again.mkdir()
            put(after.survivors(chance, way), again)
            second = SqliteStore(again / FILE_NAME, vfs=disk.name)
            try:
                run.check(second, held)
                assert second.load().rooms.keys() == store.load().rooms.keys()
                assert {room: second.load().rooms[room].tip for room in second.load().rooms} == {
                    room: store.load().rooms[room].tip for room in store.load().rooms
                }
            finally:
                second.close()
        store.close()


def test_after_a_kill_the_next_server_syncs_the_wal_before_it_shows_events(tmp_path):
    run = Run(tmp_path / "run", seed=5, appends=14)
    kill_then_fail(run, tmp_path, every=3, ways=["none"])


@pytest.mark.slow
def test_after_a_kill_at_any_point_the_next_server_shows_only_durable_events(tmp_path):
    run = Run(tmp_path / "run", seed=6, appends=40)
    kill_then_fail(run, tmp_path, every=1, ways=["none", "some", "torn"])


def test_the_simulated_disk_loses_unsynced_data(tmp_path):
    """A simulated disk that loses nothing would prove nothing."""
    disk = Disk()
    connection = apsw.Connection(str(tmp_path / "x.db"), vfs=disk.name)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "normal")  # SQLite then does not sync the WAL
    for statement in ("CREATE TABLE t (x)", "PRAGMA wal_checkpoint", "INSERT INTO t VALUES (1)"):
        connection.execute(statement).fetchall()
    platter = Platter()
    for operation in disk.record:
        platter.play(operation)
    for way, count in (("all", 1), ("none", 0)):
        place = tmp_path / way
        place.mkdir()
        put(platter.survivors(random.Random(1), way), place)
        survivor = apsw.Connection(str(place / "x.db"))
        assert survivor.execute("SELECT count(*) FROM t").get == count
        survivor.close()
    connection.close()
