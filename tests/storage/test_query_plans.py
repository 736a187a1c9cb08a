"""The plans by which SQLite executes those queries whose cost must not depend on the length of a log."""

import re

import pytest

from parley.core.events import Event, RelatedEvent
from parley.core.records import PutForm
from parley.storage.sqlite import FILE_NAME, SqliteStore, load, schema
from parley.storage.sqlite.schema import QUERIES
from tests.storage.writing import batch, opening, said


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


@pytest.mark.parametrize("query", ["with_text", "versions", "texts_of_changes"])
def test_query_plans_use_the_changes_table(tmp_path, query):
    """The changes of a message are found by `changes`: no other events of the room are read."""
    store = SqliteStore(tmp_path / FILE_NAME)
    bindings = {"with_text": (1, 4), "versions": (1, 4, 0, 99), "texts_of_changes": ("[[1,4]]",)}[query]
    plan = [row[3] for row in store._writer.execute(f"EXPLAIN QUERY PLAN {QUERIES[query]}", bindings)]
    store.close()
    assert "SEARCH events USING PRIMARY KEY (room=? AND seq=?)" in plan
    assert any(re.match(r"SEARCH (c|changes) USING PRIMARY KEY \(room=\? AND target=\?", step) for step in plan)
    assert not any(re.match("SCAN (events|c|changes)", step) for step in plan)


def statements(store, batch):
    """Return the names of the queries with which a store appends a batch."""
    found = []

    def note(_cursor, sql, _bindings):
        if not sql.startswith("--"):  # the comment between two queries
            found.append(next((name for name, query in QUERIES.items() if query.startswith(sql)), sql))
        return True

    store._writer.exec_trace = note
    store.append(batch)
    store._writer.exec_trace = None
    return found


def test_plain_batches_use_the_plain_statement(tmp_path):
    """Messages without any relation pay nothing for those that have one."""
    store = SqliteStore(tmp_path / FILE_NAME)
    store.append(opening())
    plain = statements(store, batch(said(1, 4), said(1, 5)))
    assert plain == ["BEGIN IMMEDIATE", "append_messages", "COMMIT"]
    topic = Event(1, 7, 5, 1, "ada", "topic", "tea")
    reaction = RelatedEvent(1, 8, 5, 1, "ada", "reacted", "👍", target=4)
    mixed = statements(store, batch(said(1, 6), topic, reaction))
    assert [name for name in mixed if name.startswith("append")] == [
        "append_messages", "append_changes", "append_related",
    ]  # fmt: skip
    store.close()


def test_start_loads_no_reaction(tmp_path, monkeypatch):
    store = SqliteStore(tmp_path / FILE_NAME)
    store.append(opening())
    reactions = [RelatedEvent(1, seq, 5, seq, "x", "reacted", "👍", target=4) for seq in range(5, 50)]
    pinned = RelatedEvent(1, 50, 5, 1, "ada", "pinned", target=4)
    form = PutForm(1, 4, 50, 0, 0, 0, 0, 50, "", 0, 0, [("👍", 45)])
    store.append(batch(said(1, 4), *reactions, pinned, records=[form]))
    store.close()
    loaded, read = [], []
    monkeypatch.setattr(load, "event_of", lambda row: loaded.append(schema.event_of(row)) or loaded[-1])
    store = SqliteStore(tmp_path / FILE_NAME)
    store._reader.exec_trace = lambda _cursor, sql, _bindings: not read.append(sql)
    assert store.load().rooms[1].pins == {4: 50}
    store.close()
    assert {event.kind for event in loaded} == {"created"}
    assert not [sql for sql in read if re.search(r"FROM (reactions|changes|replies)", sql)]
