"""Migrations from the first released schema to the newest; there is no downgrade."""

import re

import apsw
import pytest

from parley.core.events import Event
from parley.core.kinds import KINDS
from parley.core.ports import StoreError
from parley.core.records import Identity, KeepTokens, PutPassword, PutPreference, PutReadMark
from parley.storage.sqlite import FILE_NAME, SqliteStore, schema
from parley.storage.sqlite.doctor import examine
from parley.storage.sqlite.schema import QUERIES
from tests.storage.writing import batch, fold, said, same

# Never change this: existing databases have it.
FIRST_SCHEMA = """
CREATE TABLE events (
    room INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    user INTEGER NOT NULL,
    name TEXT    NOT NULL,
    kind TEXT    NOT NULL,
    text TEXT    NOT NULL,
    key  TEXT,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- Exactly once: a sender's key is stored one time, for ever.
CREATE UNIQUE INDEX events_by_key ON events (user, key) WHERE key IS NOT NULL;

CREATE TABLE users (
    id    INTEGER PRIMARY KEY,
    name  TEXT    NOT NULL,
    here  INTEGER NOT NULL, -- 1 while the user holds the name
    token BLOB              -- SHA-256 of the resume token
) STRICT;
CREATE UNIQUE INDEX users_by_token ON users (token) WHERE token IS NOT NULL;
CREATE INDEX users_here ON users (id) WHERE here = 1;

CREATE TABLE rooms (
    id    INTEGER PRIMARY KEY,
    name  TEXT    NOT NULL,
    epoch TEXT    NOT NULL,
    topic TEXT    NOT NULL
) STRICT;

CREATE TABLE members (
    room  INTEGER NOT NULL,
    user  INTEGER NOT NULL,
    since INTEGER NOT NULL, -- the seq of the member's joined
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user);

-- One row: the epoch that rooms get when they are made. Random, and made anew when a backup is restored.
CREATE TABLE house (
    epoch TEXT NOT NULL
) STRICT;
INSERT INTO house VALUES (lower(hex(randomblob(8))));
-- The directory is log 0.
INSERT INTO rooms SELECT 0, '', epoch, '' FROM house;
"""

FIRST_DATA = """
UPDATE house SET epoch = '9f2c61d000000000';
UPDATE rooms SET epoch = '9f2c61d000000000';
INSERT INTO events VALUES
    (0, 1, 1700000000000, 1, 'ada', 'named', 'ada', NULL),
    (0, 2, 1700000000001, 2, 'bob', 'named', 'bob', NULL),
    (0, 3, 1700000000009, 2, 'bob', 'released', '', NULL),
    (1, 1, 1700000000002, 0, 'parley', 'created', 'lobby', NULL),
    (1, 2, 1700000000003, 1, 'ada', 'joined', '', NULL),
    (1, 3, 1700000000004, 2, 'bob', 'joined', '', NULL),
    (1, 4, 1700000000005, 1, 'ada', 'message', 'first', 'k1'),
    (1, 5, 1700000000006, 1, 'ada', 'topic', 'tea', NULL),
    (1, 6, 1700000000007, 2, 'bob', 'action', 'waves', NULL),
    (1, 7, 1700000000008, 2, 'bob', 'left', 'bye', NULL),
    (0, 4, 1700000000010, 3, 'eve', 'named', 'eve', NULL),
    (0, 5, 1700000000011, 3, 'eve', 'named', 'eva', NULL),
    (2, 1, 1700000000012, 0, 'parley', 'created', '@1+3', NULL),
    (2, 2, 1700000000013, 1, 'ada', 'joined', '', NULL),
    (2, 3, 1700000000014, 3, 'eve', 'joined', '', NULL),
    (2, 4, 1700000000015, 3, 'eve', 'renamed', 'eva', NULL),
    (2, 5, 1700000000016, 3, 'eva', 'message', 'psst', 'k1'),
    (0, 6, 1700000000017, 4, 'zoe', 'named', 'zoe', NULL),
    (0, 7, 1700000000018, 4, 'zoe', 'released', '', NULL);
INSERT INTO users VALUES (1, 'ada', 1, x'aaaa'), (2, 'bob', 0, NULL), (3, 'eva', 1, NULL), (4, 'zoe', 0, x'dddd');
INSERT INTO rooms VALUES (1, 'lobby', '9f2c61d000000000', 'tea'), (2, '@1+3', '9f2c61d000000000', '');
INSERT INTO members VALUES (1, 1, 2), (2, 1, 2), (2, 3, 3);
PRAGMA user_version = 1;
"""


# The second migration, as it was released. Never change this either.
SECOND_STEP = """
ALTER TABLE events ADD COLUMN about TEXT;
CREATE INDEX events_rare ON events (at) WHERE kind NOT IN (
    'message', 'action', 'joined', 'left', 'topic', 'renamed', 'named', 'released'
);
CREATE TABLE tokens (
    id    INTEGER PRIMARY KEY,
    token BLOB    NOT NULL UNIQUE,
    user  INTEGER NOT NULL,
    kind  TEXT    NOT NULL, -- resume, session, bot, webhook
    label TEXT    NOT NULL,
    made  INTEGER NOT NULL  -- milliseconds since 1970 UTC
) STRICT;
CREATE INDEX tokens_by_user ON tokens (user);
INSERT INTO tokens (token, user, kind, label, made)
SELECT token, id, 'resume', '', 0 FROM users WHERE token IS NOT NULL;
DROP INDEX users_by_token;
ALTER TABLE users DROP COLUMN token;
CREATE TABLE hooks (
    id     INTEGER PRIMARY KEY, -- the seq of the webhook event in the directory
    room   INTEGER NOT NULL,
    label  TEXT    NOT NULL,
    url    TEXT    NOT NULL,
    secret TEXT    NOT NULL,
    kinds  TEXT    NOT NULL,    -- JSON
    acked  INTEGER NOT NULL,
    parked TEXT,                -- why nothing goes there any more
    user   INTEGER NOT NULL,    -- who made it
    made   INTEGER NOT NULL
) STRICT;
CREATE TABLE passwords (
    user INTEGER PRIMARY KEY,
    hash TEXT    NOT NULL
) STRICT;
"""

SECOND_DATA = """
INSERT INTO events VALUES
    (0, 8, 1700000000020, 1, 'ada', 'registered', 'owner', NULL, NULL),
    (1, 8, 1700000000021, 3, 'eva', 'joined', '', NULL, NULL),
    (1, 9, 1700000000022, 1, 'ada', 'muted', 'noise', NULL, '[3,"eva"]'),
    (1, 10, 1700000000023, 1, 'ada', 'message', 'hello @eva', 'k2', NULL),
    (1, 11, 1700000000024, 1, 'ada', 'topic', 'coffee', NULL, NULL),
    (3, 1, 1700000000025, 1, 'ada', 'created', 'tea', NULL, NULL),
    (3, 2, 1700000000026, 1, 'ada', 'joined', '', NULL, NULL);
INSERT INTO rooms VALUES (3, 'tea', '9f2c61d000000000', '');
UPDATE rooms SET topic = 'coffee' WHERE id = 1;
INSERT INTO members VALUES (1, 3, 8), (3, 1, 2);
INSERT INTO passwords VALUES (1, 'hash');
INSERT INTO tokens (token, user, kind, label, made) VALUES (x'bbbb', 1, 'session', 'phone', 1700000000030);
PRAGMA user_version = 2;
"""


@pytest.fixture
def second(path):
    """A database of the second version."""
    connection = apsw.Connection(str(path))
    connection.execute(SECOND_STEP)
    connection.execute(SECOND_DATA)
    connection.close()
    return path


@pytest.fixture
def path(tmp_path):
    """A database of the first version."""
    path = tmp_path / FILE_NAME
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.execute(FIRST_SCHEMA)
    connection.execute(FIRST_DATA)
    connection.close()
    return path


def contents(path):
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    names = [name for (name,) in connection.execute("SELECT sql FROM sqlite_schema ORDER BY name, sql")]
    rows = connection.execute("SELECT * FROM events").fetchall()
    version = connection.pragma("user_version")
    connection.close()
    return names, rows, version


def test_a_database_of_the_first_version_is_migrated_with_all_its_data(path):
    before = {tuple(row) for row in contents(path)[1]}
    store = SqliteStore(path)
    state = store.load()
    assert {(*row[:8],) for row in contents(path)[1]} == before
    assert len(before) == 19
    assert {row[8] for row in contents(path)[1]} == {None}
    assert {room.name: (room.tip, room.topic, room.epoch, room.members) for room in state.rooms.values()} == {
        "": (7, "", "9f2c61d000000000", {}),
        "lobby": (7, "tea", "9f2c61d000000000", {1: 2}),
        "@1+3": (5, "", "9f2c61d000000000", {1: 2, 3: 3}),
    }
    same(state, fold([event for room in range(3) for event in store.after(room, 0, 99)], "9f2c61d000000000"))
    assert {user.id: (user.name, user.role) for user in state.users.values()} == {
        1: ("ada", "guest"),
        3: ("eva", "guest"),
    }
    assert (state.next_user, state.next_room) == (5, 3)
    # Existing tokens belong to guests, present or not.
    assert store.who(b"\xaa\xaa") == Identity(1, "ada", "resume")
    assert store.who(b"\xdd\xdd") == Identity(4, "zoe", "resume")
    assert [(session.kind, session.token) for session in store.sessions(1)] == [("resume", b"\xaa\xaa")]
    assert store.sessions(2) == store.sessions(3) == []
    assert store.without_token([1, 2, 3, 4]) == [2, 3]
    assert store.password(1) is None
    assert store.audit(None, 99) == store.hooks() == []
    [first] = store.after(1, 3, 1)
    assert first == Event(1, 4, 1_700_000_000_005, 1, "ada", "message", "first", "k1", salt=first.salt)
    salts = [event.salt for room in range(3) for event in store.after(room, 0, 99)]
    assert len(set(salts)) == 19
    assert all(re.fullmatch(r"[\w-]{22}", salt, re.ASCII) for salt in salts)
    assert store.append(batch(said(1, 8), maybe_stored=[(1, "k1"), (3, "k1")])) == {
        (1, "k1"): (1, 4),
        (3, "k1"): (2, 5),
    }
    # A guest from before the migration can register.
    registered = Event(0, 8, 1_700_000_000_020, 1, "ada", "registered", "owner")
    store.append(batch(registered, records=[KeepTokens(1), PutPassword(1, "hash")]))
    assert store.who(b"\xaa\xaa") == Identity(1, "ada", "session")
    assert store.load().users[1].role == "owner"
    assert store.audit(None, 99) == [registered]
    store.close()
    assert contents(path)[2] == len(schema.migrations())
    assert examine(path).findings == []


def test_migrating_to_read_marks_marks_existing_messages_as_read(second):
    """Existing messages count as read; later ones are counted."""
    before = [tuple(row) for row in contents(second)[1]]
    store = SqliteStore(second)
    assert [row[:9] for row in contents(second)[1]] == before
    assert {row[9] for row in contents(second)[1]} == {None}
    marks = store.marks()
    assert {room: each.said for room, each in marks.rooms.items()} == {1: 3, 2: 1, 3: 0}
    assert {
        (room, user): (mark.since, mark.delivered, mark.read, *marks.unread(room, user))
        for room, each in marks.rooms.items()
        for user, mark in each.by_user().items()
    } == {
        (1, 1): (2, 11, 11, 0, 0),
        (1, 3): (8, 11, 11, 0, 0),
        (2, 1): (2, 5, 5, 0, 0),
        (2, 3): (3, 5, 5, 0, 0),
        (3, 1): (2, 2, 2, 0, 0),
    }
    assert store.preferences().users == {}
    assert (store.who(b"\xbb\xbb"), store.password(1)) == (Identity(1, "ada", "session"), "hash")
    assert store.load().rooms[1].mutes == {3: 0}
    store.append(batch(said(1, 12), said(1, 13, user=3, name="eva"), Event(1, 14, 5, 2, "bob", "joined")))
    store.append(batch(Event(1, 15, 5, 1, "ada", "message", "@room", None, None, (0,))))
    store.append(batch(records=[PutReadMark(3, 1, 8, 12, 12, 1, 0), PutPreference(3, 1, "all")]))
    store.close()
    assert examine(second).findings == []
    store = SqliteStore(second)
    marks = store.marks()
    assert [marks.unread(1, user) for user in (1, 2, 3)] == [(1, 0), (1, 1), (1, 1)]
    store.close()
    assert examine(second).findings == []


def test_a_new_database_has_the_same_schema_as_a_migrated_one(path, tmp_path):
    SqliteStore(path).close()
    new = tmp_path / "new.db"
    SqliteStore(new).close()
    assert contents(new)[0] == contents(path)[0]
    assert contents(new)[2] == contents(path)[2]


def test_the_first_migration_is_unchanged():
    migration = schema.migrations()[0]
    assert migration[migration.index("CREATE TABLE events") :].strip() == FIRST_SCHEMA.strip()


def test_the_second_migration_is_unchanged_except_for_comments():
    """Comments between statements may differ: no database contains them."""
    statements = [line for line in schema.migrations()[1].splitlines() if not line.startswith("--")]
    assert " ".join(statements).split() == SECOND_STEP.split()


def test_a_database_of_a_newer_version_is_refused_and_unchanged(path):
    newer = len(schema.migrations()) + 1
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", newer)
    connection.close()
    before = contents(path)
    with pytest.raises(StoreError) as refused:
        SqliteStore(path)
    assert str(refused.value) == (
        f"{path} can't be opened: it was written by a newer Parley (its version is {newer}, this one knows {newer - 1})"
    )
    assert contents(path) == before


def test_a_failed_migration_leaves_the_file_unchanged(path, monkeypatch):
    before = contents(path)
    steps = [
        *schema.migrations(),
        "CREATE TABLE extra (x); UPDATE events SET text = 'lost'",
        "DROP TABLE events; INSERT INTO nowhere VALUES (1)",
    ]
    monkeypatch.setattr(schema, "migrations", lambda: steps)
    with pytest.raises(StoreError, match="no such table: nowhere"):
        SqliteStore(path)
    assert contents(path) == before

    monkeypatch.setattr(schema, "migrations", lambda: steps[:-1])
    SqliteStore(path).close()
    names, rows, version = contents(path)
    assert "CREATE TABLE extra (x)" in names
    assert {row[6] for row in rows} == {"lost"}
    assert version == len(steps) - 1


def test_migrations_run_once_and_in_order(path, monkeypatch):
    steps = [*schema.migrations(), "CREATE TABLE extra (x)", "INSERT INTO extra VALUES ('once')"]
    monkeypatch.setattr(schema, "migrations", lambda: steps)
    for _ in range(2):
        SqliteStore(path).close()
    connection = apsw.Connection(str(path))
    assert connection.execute("SELECT x FROM extra").fetchall() == [("once",)]
    connection.close()


def test_every_event_gets_the_class_of_its_kind(second):
    SqliteStore(second).close()
    connection = apsw.Connection(str(second), flags=apsw.SQLITE_OPEN_READONLY)
    stored = dict(connection.execute("SELECT DISTINCT kind, class FROM events"))
    connection.close()
    assert {"message", "joined", "created", "muted", "registered"} <= stored.keys()
    assert stored == {kind: KINDS[kind].stored_class for kind in stored}


def test_a_start_and_the_audit_read_only_folded_and_audited_events(second):
    """Neither becomes slower when there are more joins, topics or messages."""
    SqliteStore(second).close()
    connection = apsw.Connection(str(second), flags=apsw.SQLITE_OPEN_READONLY)
    for query, arguments in (("folded_at_start", ()), ("audit", (2**62, 0, 0, 9))):
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {QUERIES[query]}", arguments)]
        assert "USING INDEX events_rare" in plan[0], plan
    [(entries,)] = connection.execute("SELECT count(*) FROM events INDEXED BY events_rare WHERE class > 1")
    [(rare,)] = connection.execute(
        "SELECT count(*) FROM events WHERE kind NOT IN "
        "('message', 'action', 'joined', 'left', 'topic', 'renamed', 'named', 'released')"
    )
    connection.close()
    assert entries == rare


def test_migration_keeps_counts(tmp_path):
    """A database from before messages could be changed, whose last messages are not counted yet."""
    path = tmp_path / FILE_NAME
    connection = apsw.Connection(str(path))
    for step in schema.migrations()[:5]:
        connection.execute(step)
    connection.pragma("user_version", 5)
    connection.execute(
        """
        INSERT INTO rooms (id, name, epoch, topic, said, counted) SELECT 1, 'lobby', epoch, '', 1, 4 FROM meta;
        INSERT INTO users (id, name, here) VALUES (1, 'ada', 1), (2, 'bob', 1);
        INSERT INTO members (room, user, since, delivered, read, past, moved, mentions) VALUES
            (1, 1, 2, 2, 2, 0, 1, 0), (1, 2, 3, 3, 3, 0, 0, 1);
        INSERT INTO events (room, seq, at, user, name, kind, text, mentions, class) VALUES
            (0, 1, 5, 1, 'ada', 'named', 'ada', NULL, 1), (0, 2, 5, 2, 'bob', 'named', 'bob', NULL, 1),
            (1, 1, 5, 0, 'parley', 'created', 'lobby', NULL, 3), (1, 2, 5, 1, 'ada', 'joined', '', NULL, 1),
            (1, 3, 5, 2, 'bob', 'joined', '', NULL, 1), (1, 4, 5, 1, 'ada', 'message', '@bob', '[2]', 0),
            (1, 5, 5, 1, 'ada', 'message', '@room', '[0]', 0), (1, 6, 5, 2, 'bob', 'action', 'waves', NULL, 0);
        INSERT INTO runs VALUES (1, 2, 3);
        """
    )
    connection.close()
    store = SqliteStore(path)
    marks = store.marks()
    assert (marks.unread(1, 1), marks.unread(1, 2), marks.rooms[1].said) == ((1, 0), (2, 2), 3)
    store.close()
    assert examine(path).findings == []
