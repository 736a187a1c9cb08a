"""kill -9 at each crash point of the store: acknowledged batches are kept, the current one completely or not at all."""

import os
import signal
import subprocess
import sys

import pytest

from parley.core.ports import KeysTaken
from parley.storage.sqlite import FILE_NAME, SqliteStore
from parley.storage.sqlite.doctor import examine
from tests.storage.writing import batch, opening, said

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 on Windows")

SERVER = """
import os, signal, sys
from pathlib import Path
from parley.storage.sqlite import SqliteStore
from tests.storage.writing import batch, opening, said

path, point, at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
reached = []

def crash(here):
    reached.append(here)
    if here == point and reached.count(point) == at:
        print("reached", here, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

store = SqliteStore(path, crash)
store.append(opening())
print("stored 3", flush=True)
for seq in range(4, 20):
    store.append(batch(said(1, seq, "x" * 2_000, key=f"k{seq}")))
    print("stored", seq, flush=True)
print("not killed", flush=True)
"""


def run(path, point, at):
    """Run a server that is killed when it passes the point for the `at`th time. Return its output."""
    server = subprocess.run(
        [sys.executable, "-c", SERVER, path, point, str(at)], capture_output=True, text=True, check=False, timeout=60
    )
    assert server.returncode == -signal.SIGKILL, server.stderr
    return server.stdout.splitlines()


@pytest.mark.parametrize("at", [2, 9])
def test_a_kill_before_the_commit_loses_the_batch_completely(tmp_path, at):
    said_by_server = run(tmp_path / FILE_NAME, "store: before the commit", at)
    assert said_by_server[-1] == "reached store: before the commit"
    acknowledged = int(said_by_server[-2].removeprefix("stored "))
    assert acknowledged == at + 1

    store = SqliteStore(tmp_path / FILE_NAME)
    assert store.load().rooms[1].tip == acknowledged
    assert [event.key for event in store.after(1, 3, 99)] == [f"k{seq}" for seq in range(4, acknowledged + 1)]
    store.append(batch(said(1, acknowledged + 1, key=f"k{acknowledged + 1}")))  # the sender's retry
    store.close()
    assert examine(tmp_path / FILE_NAME).findings == []


@pytest.mark.parametrize("at", [2, 9])
def test_a_kill_after_the_commit_keeps_the_unacknowledged_batch(tmp_path, at):
    said_by_server = run(tmp_path / FILE_NAME, "store: after the commit", at)
    assert said_by_server[-1] == "reached store: after the commit"
    acknowledged = int(said_by_server[-2].removeprefix("stored "))
    assert acknowledged == at + 1
    stored = acknowledged + 1

    store = SqliteStore(tmp_path / FILE_NAME)
    assert store.load().rooms[1].tip == stored
    with pytest.raises(KeysTaken) as taken:
        store.append(batch(said(1, stored + 1, key=f"k{stored}")))  # the sender's retry
    assert taken.value.places == {(1, f"k{stored}"): (1, stored)}
    assert store.load().rooms[1].tip == stored
    store.close()
    assert examine(tmp_path / FILE_NAME).findings == []


def test_each_batch_passes_both_crash_points_in_order(tmp_path):
    points = []
    store = SqliteStore(tmp_path / FILE_NAME, points.append)
    store.append(opening())
    store.append(batch(maybe_stored=[(1, "k")]))  # stores nothing
    store.append(batch(said(1, 4)))
    assert points == ["store: before the commit", "store: after the commit"] * 2
    store.close()
