"""The plans by which SQLite executes those queries whose cost must not depend on the length of a log."""

import pytest

from parley.storage.sqlite import FILE_NAME, SqliteStore
from parley.storage.sqlite.schema import QUERIES


def test_counting_new_members_finds_each_by_the_primary_key(tmp_path):
    store = SqliteStore(tmp_path / FILE_NAME)
    plan = [row[3] for row in store._writer.execute(f"EXPLAIN QUERY PLAN {QUERIES['count_past']}", {"room": 1})]
    store.close()
    assert "SEARCH members USING PRIMARY KEY (room=? AND user=?)" in plan


@pytest.mark.parametrize("query", ["folded_before", "folded_after"])
def test_a_folded_page_goes_from_its_items_to_their_events(tmp_path, query):
    store = SqliteStore(tmp_path / FILE_NAME)
    names = {"room": 1, "seq": 5, "tip": 9, "items": 3, "least": 10, "newest": 3}
    plan = [row[3] for row in store._reader.execute(f"EXPLAIN QUERY PLAN {QUERIES[query]}", names)]
    store.close()
    items = max(at for at, step in enumerate(plan) if step.startswith("SCAN item"))
    events = next(at for at, step in enumerate(plan) if step.startswith("SEARCH events"))
    assert items < events
    assert plan[events].startswith("SEARCH events USING PRIMARY KEY (room=? AND seq>? AND seq<?)")
    assert not any("SCAN events" in step or "SCAN runs" in step for step in plan)


def test_the_last_message_of_a_room_is_found_from_the_end_of_its_log(tmp_path):
    store = SqliteStore(tmp_path / FILE_NAME)
    plan = [row[3] for row in store._reader.execute(f"EXPLAIN QUERY PLAN {QUERIES['rooms']}")]
    store.close()
    assert plan.count("SEARCH events USING PRIMARY KEY (room=?)") == 2
    assert not any("SCAN events" in step or "TEMP B-TREE" in step for step in plan)
