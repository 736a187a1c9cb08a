"""The progress of a task is shown after two seconds, and then at intervals."""

import logging

from parley.storage.progress import Progress
from parley.storage.sqlite import FILE_NAME, SqliteStore, store
from tests.storage.writing import batch, opening, said


def test_a_long_task_shows_its_progress_at_intervals_and_a_short_one_nothing():
    shown, times = [], iter([100.0, 100.0, 101.9, 102.0, 102.5, 106.9, 107.0, 130.0])
    progress = Progress(lambda *what: shown.append(what), lambda: next(times), every=5.0)
    for what in "abcdefg":
        progress(what)
    assert shown == [("c", 2), ("f", 7), ("g", 30)]


def test_a_long_start_is_logged(tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    first = SqliteStore(tmp_path / FILE_NAME)
    first.append(opening())
    first.append(batch(*(said(1, seq) for seq in range(4, 400))))
    first._writer.execute("UPDATE rooms SET counted = 0, said = 0")
    first.close()
    clock = iter(range(0, 100_000, 3))
    monkeypatch.setattr(store, "_now", lambda: float(next(clock)))
    monkeypatch.setattr(store, "_STEPS_BETWEEN_REPORTS", 100)
    again = SqliteStore(tmp_path / FILE_NAME)
    assert any("is being opened" in message for message in caplog.messages)
    caplog.clear()
    for _ in range(5):
        again.load()
    assert any("is being opened" in message for message in caplog.messages)
    again.close()
