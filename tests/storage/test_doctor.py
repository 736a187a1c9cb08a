"""The doctor finds nothing in a sound database, and reports every fault in words."""

import json
import os
import shutil

import apsw
import pytest
from click.testing import CliRunner

from parley.cli.doctor import doctor
from parley.core.events import About, Event, RelatedEvent
from parley.core.records import ForgetUser, PutForm, PutPassword, PutToken, Recount
from parley.storage.lock import FolderLock
from parley.storage.mark import mark_path
from parley.storage.sqlite import FILE_NAME, SqliteStore
from parley.storage.sqlite.doctor import MOST, Unreadable, accept_restored, examine
from parley.storage.sqlite.schema import CLASSES, PLAIN_COLUMNS, QUERIES
from tests.storage.writing import Chatter, batch, opening, said


@pytest.fixture
def path(tmp_path):
    """#lobby (room 1) with ada and bob and a topic, #tea (2) with ada, a direct room of the two (3); eve is gone."""
    path = tmp_path / FILE_NAME
    store = SqliteStore(path)
    store.append(opening())
    store.append(
        batch(
            Event(1, 4, 1_000, 1, "ada", "message", "hello @bob", "k1", None, (2,)),
            said(1, 5, "hello", user=2, name="bob", key="k1"),
            Event(1, 6, 5, 1, "ada", "topic", "today"),
            Event(1, 7, 1_000, 1, "ada", "message", "bye @room", "k2", None, (0,)),
            Event(2, 1, 5, 1, "ada", "created", "tea"),
            Event(2, 2, 5, 1, "ada", "joined"),
            Event(3, 1, 5, 0, "parley", "created", "@1+2"),
            Event(3, 2, 5, 1, "ada", "joined"),
            Event(3, 3, 5, 2, "bob", "joined"),
            said(3, 4, "psst", key="k3"),
            Event(0, 3, 5, 3, "eve", "named", "eve"),
            Event(0, 4, 5, 3, "eve", "named", "eva"),
            Event(0, 5, 5, 3, "eva", "released"),
            tokens={3: b"e" * 32},
        )
    )
    store.close()
    SqliteStore(path).close()  # opening it counts unread messages
    return path


def damage(path, *statements):
    """Change a database by SQL; `$PLAIN` stands for a plain event's columns. Each event then gets its kind's class."""
    connection = apsw.Connection(str(path))
    for statement in statements:
        connection.execute(statement.replace("$PLAIN", ", ".join(PLAIN_COLUMNS)))
    if connection.table_exists(None, "events"):
        connection.execute("UPDATE events SET class = iif(erased, 1, ifnull(? ->> kind, 1))", (CLASSES,))
    connection.pragma("wal_checkpoint", "TRUNCATE")
    connection.close()


def words(path):
    return [finding.words for finding in examine(path).findings]


# Sound databases


def test_a_sound_database_has_no_findings(path):
    report = examine(path)
    assert report.findings == []
    assert (report.rooms, report.users, report.events) == (3, 2, 18)


def test_a_class_that_contradicts_the_kind_is_found(path):
    connection = apsw.Connection(str(path))
    connection.execute("UPDATE events SET class = 1 WHERE room = 1 AND seq IN (1, 4)")
    connection.close()
    assert [line for line in words(path) if "stored as" in line] == [
        '#lobby seq 1 is "created", and is stored as something else.',
        '#lobby seq 4 is "message", and is stored as something else.',
    ]


def test_a_run_of_comings_and_goings_that_contradicts_the_log_is_found(path):
    connection = apsw.Connection(str(path))
    connection.execute("UPDATE runs SET last = 9 WHERE room = 1 AND first = 2; INSERT INTO runs VALUES (1, 4, 6)")
    connection.close()
    assert [line for line in words(path) if "comings" in line] == [
        "#lobby: the comings and goings from seq 2 to 3 are listed up to 9.",
        "#lobby: the comings and goings from seq 4 to nowhere are listed up to 6.",
    ]


def test_a_new_database_is_sound(tmp_path):
    SqliteStore(tmp_path / FILE_NAME).close()
    report = examine(tmp_path / FILE_NAME)
    assert (report.rooms, report.users, report.events, report.findings) == (0, 0, 0, [])


def test_mentions_of_everybody_count_since_joining_and_not_for_their_author(tmp_path):
    store = SqliteStore(tmp_path / FILE_NAME)
    store.append(opening())
    store.append(
        batch(
            Event(1, 4, 5, 1, "ada", "message", "@room", None, None, (0,)),
            Event(1, 5, 5, 2, "bob", "message", "@room", None, None, (0,)),
            Event(0, 3, 5, 3, "eve", "named", "eve"),
            Event(1, 6, 5, 3, "eve", "joined"),
            Event(1, 7, 5, 1, "ada", "message", "@eve @bob", None, None, (2, 3)),
            Event(1, 8, 5, 3, "eve", "message", "@room", None, None, (0,)),
            Event(1, 9, 5, 2, "bob", "message", "@room", None, None, (0,)),
            tokens={3: b"e" * 32},
        )
    )
    store.close()
    SqliteStore(tmp_path / FILE_NAME).close()
    assert words(tmp_path / FILE_NAME) == []
    damage(
        tmp_path / FILE_NAME,
        "UPDATE members SET mentions = 9",
        "UPDATE members SET delivered = 7, read = 7, past = 2, moved = 0 WHERE user = 2",
    )
    named = [line for line in words(tmp_path / FILE_NAME) if "named" in line]
    assert named == [
        f'#lobby: user {user}, "{name}", is named by {unread} unread messages, but 9 are counted.'
        for user, name, unread in ((1, "ada", 3), (2, "bob", 1), (3, "eve", 2))
    ]


def steps(path, query):
    """Return the number of steps that SQLite takes for a query, in thousands."""
    count = [0]

    def counts():
        count[0] += 1
        return False

    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_progress_handler(counts, 1_000)
    for _ in connection.execute(QUERIES[query]):
        pass
    connection.close()
    return count[0]


def test_checking_mentions_of_everybody_takes_linear_time(tmp_path):
    taken = []
    for size in (300, 600):
        path = tmp_path / f"{size}.db"
        store = SqliteStore(path)
        people = range(3, size + 3)
        store.append(opening())
        store.append(batch(*(Event(1, user + 1, 5, user, f"guest{user}", "joined") for user in people)))
        store.append(
            batch(
                *(Event(1, size + 1 + number, 5, 1, "ada", "message", "@room", None, None, (0,)) for number in people)
            )
        )
        store.close()
        taken.append(steps(path, "counts_of_members"))
    assert taken[1] <= 2.5 * taken[0]


@pytest.mark.parametrize("seed", range(3))
def test_data_written_by_a_server_is_sound(tmp_path, seed):
    chatter = Chatter(seed)
    store = SqliteStore(tmp_path / FILE_NAME)
    for _ in range(30):
        store.append(chatter.batch(30, longest=20))
    store.close()
    assert words(tmp_path / FILE_NAME) == []


def test_every_kind_of_account_and_room_event_is_sound(path):
    store = SqliteStore(path)
    bob, eva = About(2, "bob"), About(3, "deleted user")
    store.append(
        batch(
            Event(0, 6, 5, 2, "bob", "registered", "owner"),
            Event(0, 7, 5, 3, "eva", "named", "eva"),
            Event(0, 8, 5, 3, "eva", "registered", "member"),
            Event(0, 9, 5, 2, "bob", "role", "admin", None, About(3, "eva")),
            Event(0, 10, 5, 2, "bob", "disabled", "", None, About(3, "eva")),
            Event(0, 11, 5, 2, "bob", "enabled", "", None, About(3, "eva")),
            Event(0, 12, 5, 3, "eva", "profile", '{"display":"E."}'),
            Event(0, 13, 5, 2, "bob", "invitation", '{"code":"c","uses":1}'),
            Event(4, 1, 5, 3, "eva", "created", "den"),
            Event(4, 2, 5, 3, "eva", "private"),
            Event(4, 3, 5, 3, "eva", "joined"),
            Event(4, 4, 5, 3, "eva", "invited", "", None, bob),
            Event(4, 5, 5, 2, "bob", "joined"),
            Event(4, 6, 5, 3, "eva", "kicked", "", None, bob),
            Event(4, 7, 5, 3, "eva", "banned", "", None, bob),
            Event(4, 8, 5, 3, "eva", "room_renamed", "tea"),  # a private room may have the name of a public room
            Event(4, 9, 5, 3, "deleted user", "left"),
            Event(0, 14, 5, 3, "deleted user", "released"),
            Event(0, 15, 5, 3, "deleted user", "deleted", "erased", None, eva),
            records=[PutPassword(2, "hash"), PutToken(2, b"b", "session", "", 5), ForgetUser(3, True)],
        )
    )
    store.close()
    assert words(path) == []


def test_beside_a_live_writer_the_doctor_reads_one_snapshot(path):
    """Between any two checks of the doctor, the server stores another message."""
    store = SqliteStore(path)
    seqs = iter(range(8, 99))
    steps = []

    def write_more(what, _events):
        steps.append(what)
        seq = next(seqs)
        store.append(batch(said(1, seq, key=f"more{seq}")))

    report = examine(path, write_more)
    assert report.findings == []
    assert report.events == 18 + 1  # the events stored before its first query
    assert len(steps) >= 9
    assert store.load().rooms[1].tip == 7 + len(steps)
    store.close()


def test_the_doctor_does_not_change_the_database(path):
    before = path.read_bytes()
    examine(path)
    assert path.read_bytes() == before


def test_the_doctor_reads_the_wal_of_a_killed_server(path, tmp_path):
    store = SqliteStore(path)
    store.append(batch(said(1, 8)))
    place = tmp_path / "killed"
    place.mkdir()
    for name in (FILE_NAME, FILE_NAME + "-wal"):
        shutil.copy(tmp_path / name, place / name)
    store.close()
    assert examine(place / FILE_NAME).events == 19


# Faults, in words

WRONG = {
    "a gap": (
        ["DELETE FROM events WHERE room = 1 AND seq = 5"],
        ["#lobby: seq 5 is missing."],
    ),
    "a longer gap": (
        ["DELETE FROM events WHERE room = 1 AND seq IN (4, 5)"],
        ["#lobby: seqs 4 to 5 are missing."],
    ),
    "a log without its beginning": (
        ["DELETE FROM events WHERE room = 2 AND seq = 1"],
        [
            "#tea: the log begins with seq 2, not 1.",
            '#tea: seq 2 is "joined", and no room was created before it.',
        ],
    ),
    "a seq before the first": (
        ["INSERT INTO events ($PLAIN) VALUES (1, 0, 5, 1, 'ada', 'message', 'x', NULL, NULL, NULL, 'salt')"],
        ["#lobby: the log begins with seq 0, not 1."],
    ),
    "a room with no log": (
        ["DELETE FROM events WHERE room = 2"],
        ["#tea is listed, but has no log."],
    ),
    "a room of messages alone": (
        ["UPDATE events SET kind = 'message' WHERE room = 2"],
        ["#tea has a log, but no event that created it."],
    ),
    "a room that is not listed": (
        ["DELETE FROM rooms WHERE id = 2"],
        [
            "There is a log of 2 events, seqs 1 to 2, of a room 2 that is not listed.",
            "There are 1 members of a room 2 that is not listed.",
            "#tea is not listed, but has a log.",
        ],
    ),
    "a room by another name": (
        ["UPDATE rooms SET name = 'coffee' WHERE id = 2"],
        ['#coffee is listed by that name, but was created as "tea".'],
    ),
    "a room without an epoch": (["UPDATE rooms SET epoch = '' WHERE id = 1"], ["#lobby has no epoch."]),
    "a topic": (
        ["UPDATE rooms SET topic = 'yesterday' WHERE id = 1"],
        ['#lobby: the topic is listed as "yesterday", but is "today".'],
    ),
    "a member who is none": (
        ["INSERT INTO members (room, user, since) VALUES (2, 2, 2)"],
        ['#tea: user 2, "bob", is listed as a member, but is none.'],
    ),
    "a member who is not listed": (
        ["DELETE FROM members WHERE room = 1 AND user = 2"],
        ['#lobby: user 2, "bob", is a member since seq 3, but is not listed.'],
    ),
    "a member since another seq": (
        ["UPDATE members SET since = 9 WHERE room = 1 AND user = 2"],
        ['#lobby: user 2, "bob", is listed as a member since seq 9, but is one since 3.'],
    ),
    "a user by another name": (
        ["UPDATE users SET name = 'zoe' WHERE id = 1"],
        ['User 1 is listed as "zoe", but is called "ada".'],
    ),
    "a user who is gone": (
        ["UPDATE users SET here = 1 WHERE id = 3"],
        ['User 3, "eva", is listed as here, but is gone.'],
    ),
    "a user who is here": (
        ["UPDATE users SET here = 0 WHERE id = 2"],
        ['User 2, "bob", is listed as gone, but is here.'],
    ),
    "a user who is not listed": (
        ["DELETE FROM users WHERE id = 2"],
        ['User 2 is not listed, but was named "bob".'],
    ),
    "a token without its user": (
        [
            "INSERT INTO users VALUES (9, 'x', 0)",
            "INSERT INTO tokens (token, user, kind, label, made) VALUES (x'1234', 9, 'resume', '', 0)",
        ],
        ['User 9, "x", is listed with a token, but the directory never named one.'],
    ),
    "an unknown kind": (
        ["UPDATE events SET kind = 'waved' WHERE room = 1 AND seq = 7"],
        ['#lobby: seq 7 is of a kind that Parley does not know, "waved".'],
    ),
    "a direct room with a stranger": (
        [
            "UPDATE events SET user = 3 WHERE room = 3 AND seq = 3",
            "UPDATE members SET user = 3 WHERE room = 3 AND user = 2",
        ],
        ["Direct room @1+2: its members are not those of its name, but 1 and 3."],
    ),
    "a direct room with one": (
        [
            "UPDATE events SET kind = 'message' WHERE room = 3 AND seq = 3",
            "DELETE FROM members WHERE room = 3 AND user = 2",
        ],
        ["Direct room @1+2: its members are not those of its name, but 1."],
    ),
    "a key twice": (
        [
            "DROP INDEX events_by_key",
            "INSERT INTO events ($PLAIN) VALUES (2, 3, 5, 1, 'ada', 'message', 'hello', 'k1', NULL, NULL, 'salt')",
        ],
        [
            "The index events_by_key is missing.",
            'User 1 has the key "k1" on 2 messages: #lobby seq 4, #tea seq 3.',
        ],
    ),
    "a table of another shape": (
        ["DROP INDEX members_by_user", "CREATE INDEX members_by_user ON members (since)"],
        ["The index members_by_user is not as Parley makes it."],
    ),
    "a name of two": (
        [
            "INSERT INTO events ($PLAIN) VALUES (0, 6, 5, 3, 'ADA', 'named', 'ADA', NULL, NULL, NULL, 'salt')",
            "UPDATE users SET name = 'ADA', here = 1 WHERE id = 3",
        ],
        ['The directory: seq 6 names user 3 "ADA", which is user 1\'s name.'],
    ),
    "a name given up by someone without one": (
        ["INSERT INTO events ($PLAIN) VALUES (0, 6, 5, 3, 'eva', 'released', '', NULL, NULL, NULL, 'salt')"],
        ["The directory: seq 6 releases a name that user 3 does not hold."],
    ),
    "a room made twice": (
        ["UPDATE events SET kind = 'created', text = 'lobby' WHERE room = 1 AND seq = 7"],
        ["#lobby: seq 7 creates a room that was there already."],
    ),
    "two rooms of one name": (
        ["UPDATE events SET text = 'LOBBY' WHERE room = 2 AND seq = 1", "UPDATE rooms SET name = 'LOBBY' WHERE id = 2"],
        ['Rooms 1 and 2 have one name, "LOBBY".'],
    ),
    "a member twice": (
        [
            "UPDATE events SET kind = 'joined', user = 2 WHERE room = 1 AND seq = 7",
            "UPDATE members SET since = 7 WHERE user = 2 AND room = 1",
        ],
        ["#lobby: seq 7 joins user 2, who was a member already."],
    ),
    "someone who leaves without being in": (
        ["UPDATE events SET kind = 'left', user = 3 WHERE room = 1 AND seq = 7"],
        ["#lobby: seq 7 says that user 3 left, who was no member."],
    ),
    "a name in a room": (
        ["UPDATE events SET kind = 'named', text = 'zoe' WHERE room = 1 AND seq = 7"],
        ['#lobby: seq 7 is "named", which belongs in the directory.'],
    ),
    "a topic in the directory": (
        ["UPDATE events SET kind = 'topic' WHERE room = 0 AND seq = 4", "UPDATE users SET name = 'eva' WHERE id = 3"],
        ['The directory: seq 4 is "topic", which does not belong in the directory.'],
    ),
    "the directory is not listed": (
        ["DELETE FROM rooms WHERE id = 0"],
        [
            "The directory is not listed among the rooms.",
            "There is a log of 5 events, seqs 1 to 5, of a room 0 that is not listed.",
            "The directory is not listed, but has a log.",
        ],
    ),
    "a room's new name": (
        ["UPDATE events SET kind = 'room_renamed', text = 'coffee' WHERE room = 1 AND seq = 6"],
        ['#lobby is listed by that name, but was created as "coffee".'],
    ),
    "somebody sent out who is still listed": (
        ["UPDATE events SET kind = 'kicked', about = '[2,\"bob\"]' WHERE room = 1 AND seq = 7"],
        ['#lobby: user 2, "bob", is listed as a member, but is none.'],
    ),
    "somebody sent out who was not in": (
        ["UPDATE events SET kind = 'kicked', about = '[3,\"eva\"]' WHERE room = 1 AND seq = 7"],
        ["#lobby: seq 7 says that user 3 was sent out, who was no member."],
    ),
    "done to nobody": (
        ["UPDATE events SET kind = 'muted' WHERE room = 1 AND seq = 7"],
        ['#lobby: seq 7 is "muted", and does not say whom it was done to.'],
    ),
    "a mute in the directory": (
        [
            "UPDATE events SET kind = 'muted', about = '[1,\"ada\"]' WHERE room = 0 AND seq = 4",
            "UPDATE users SET name = 'eva' WHERE id = 3",
        ],
        ['The directory: seq 4 is "muted", which does not belong in the directory.'],
    ),
    "an account in a room": (
        ["UPDATE events SET kind = 'registered', text = 'owner' WHERE room = 1 AND seq = 7"],
        ['#lobby: seq 7 is "registered", which belongs in the directory.'],
    ),
    "a role with no one": (
        ["UPDATE events SET kind = 'role', text = 'owner' WHERE room = 1 AND seq = 7"],
        ['#lobby: seq 7 is "role", and does not say whom it was done to.'],
    ),
    "slow mode of no number": (
        ["UPDATE events SET kind = 'slow', text = 'soon' WHERE room = 1 AND seq = 7"],
        ['#lobby: seq 7 is "slow", and its text makes no sense, "soon".'],
    ),
    "an invitation that is none": (
        ["INSERT INTO events ($PLAIN) VALUES (0, 6, 5, 1, 'ada', 'invitation', 'come in', NULL, NULL, NULL, 'salt')"],
        ['The directory: seq 6 is "invitation", and its text makes no sense, "come in".'],
    ),
    "a profile that is none": (
        ["INSERT INTO events ($PLAIN) VALUES (0, 6, 5, 1, 'ada', 'profile', '[1', NULL, NULL, NULL, 'salt')"],
        ['The directory: seq 6 is "profile", and its text makes no sense, "[1".'],
    ),
    "about what is no one": (
        ["UPDATE events SET kind = 'muted', about = '{' WHERE room = 1 AND seq = 7"],
        ['#lobby: seq 7 is "muted", and does not say whom it was done to.'],
    ),
    "a token that leads to nobody": (
        ["INSERT INTO tokens (token, user, kind, label, made) VALUES (x'1234', 9, 'session', '', 0)"],
        ["There is a token of user 9, who is not listed."],
    ),
    "a password of nobody": (
        ["INSERT INTO passwords VALUES (9, 'hash'), (2, 'hash')"],
        ["User 9 has a password, but no account.", "User 2 has a password, but no account."],
    ),
    "a role that there is not": (
        ["UPDATE events SET kind = 'role', text = 'king', about = '[2,\"bob\"]' WHERE room = 1 AND seq = 7"],
        ['#lobby: seq 7 is "role", and its text makes no sense, "king".'],
    ),
    "a webhook of nowhere": (
        ["INSERT INTO hooks VALUES (7, 9, '', 'https://example.org', '', '[]', 0, NULL, 1, 5)"],
        ["There is a webhook, 7, of a room 9 that is not listed."],
    ),
    "calls of nobody there is": (
        ["UPDATE events SET kind = 'calls', text = 'kings' WHERE room = 1 AND seq = 7"],
        ['#lobby: seq 7 is "calls", and its text makes no sense, "kings".'],
    ),
    "preferences of nobody": (
        ["INSERT INTO preferences VALUES (9, 1, 'all', 1, NULL)"],
        ["There are preferences of user 9, who is not listed."],
    ),
    "more said than there is": (
        ["UPDATE rooms SET said = 4 WHERE id = 1"],
        ["#lobby: 4 messages are counted up to seq 7, but there are 3."],
    ),
    "counted further than the log goes": (
        ["UPDATE rooms SET counted = 8 WHERE id = 1"],
        ["#lobby is counted up to seq 8, but its log ends at 7."],
    ),
    "counted less far than it is": (
        ["UPDATE rooms SET counted = 5 WHERE id = 1"],
        ["#lobby: 3 messages are counted up to seq 5, but there are 2."],
    ),
    "read before one came": (
        ["UPDATE members SET read = 2 WHERE room = 1 AND user = 2"],
        [
            '#lobby: user 2, "bob", came in at seq 3, has read up to 2 and got up to 3, '
            "which can't be in a log that ends at 7."
        ],
    ),
    "read and not got": (
        ["UPDATE members SET read = 5 WHERE room = 1 AND user = 2"],
        [
            '#lobby: user 2, "bob", came in at seq 3, has read up to 5 and got up to 3, '
            "which can't be in a log that ends at 7."
        ],
    ),
    "got what is not there": (
        ["UPDATE members SET delivered = 8 WHERE room = 1 AND user = 2"],
        [
            '#lobby: user 2, "bob", came in at seq 3, has read up to 3 and got up to 8, '
            "which can't be in a log that ends at 7."
        ],
    ),
    "a member who is not counted": (
        ["UPDATE members SET past = NULL WHERE room = 1 AND user = 2"],
        ['#lobby: user 2, "bob", came in at seq 3, and the room is counted without them.'],
    ),
    "too little unread": (
        ["UPDATE members SET moved = moved + 1 WHERE room = 1 AND user = 2"],
        ['#lobby: user 2, "bob", has 2 unread messages, but 1 are counted.'],
    ),
    "too much unread": (
        ["UPDATE members SET past = past - 1 WHERE room = 1 AND user = 1"],
        ['#lobby: user 1, "ada", has 1 unread messages, but 2 are counted.'],
    ),
    "a mark that nothing was counted for": (
        ["UPDATE members SET delivered = 4, read = 4 WHERE room = 1 AND user = 2"],
        ['#lobby: user 2, "bob", has 1 unread messages, but 2 are counted.'],
    ),
    "one mention too many": (
        ["UPDATE members SET mentions = 3 WHERE room = 1 AND user = 2"],
        ['#lobby: user 2, "bob", is named by 2 unread messages, but 3 are counted.'],
    ),
    "mentions that are none": (
        ["UPDATE events SET mentions = '[2' WHERE room = 1 AND seq = 4"],
        ["Checking what is unread was not possible: malformed JSON."],
    ),
    "what could upset a terminal": (
        ["UPDATE rooms SET topic = 'x' || char(27) || '[31m' || char(10, 0x202e) WHERE id = 1"],
        ['#lobby: the topic is listed as "x\\x1b[31m\\n\\u202e", but is "today".'],
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_fault_is_reported_in_words(path, what):
    statements, expected = WRONG[what]
    damage(path, *statements)
    found = words(path)
    assert [finding for finding in expected if finding not in found] == [], found
    assert len(found) <= len(expected) + 1, found


def test_findings_contain_room_and_seq(path):
    damage(path, "DELETE FROM events WHERE room = 1 AND seq = 5")
    [finding] = examine(path).findings
    assert (finding.room, finding.seq) == (1, 5)


def test_only_the_first_findings_of_a_sort_are_listed(path):
    connection = apsw.Connection(str(path))
    with connection:
        for user in range(100, 100 + 5 * MOST):
            connection.execute("INSERT INTO members (room, user, since) VALUES (1, ?, 1)", (user,))
    connection.close()
    found = words(path)
    assert len(found) == MOST + 1
    assert found[-1] == f"... and {4 * MOST} more like that."


def test_flipped_bytes_that_damage_the_structure_are_found(path):
    sound = path.read_bytes()
    page = 4096
    for number in range(1, len(sound) // page):
        hurt = bytearray(sound)
        hurt[number * page] ^= 0xFF  # the byte with the page's type
        path.write_bytes(hurt)
        try:
            found = words(path)
        except Unreadable:
            continue
        assert found, number
    path.write_bytes(sound)
    assert words(path) == []


def test_an_index_that_differs_from_its_table_is_found(path):
    connection = apsw.Connection(str(path))
    root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'events_by_key'").get
    connection.close()
    sound = bytearray(path.read_bytes())
    at = sound.index(b"k2", (root - 1) * 4096)
    sound[at : at + 2] = b"kX"
    path.write_bytes(sound)
    assert any(finding.startswith("The file is damaged: ") for finding in words(path))


# Changed and erased messages

CHANGED = {
    "no salt": (
        ["UPDATE events SET salt = '' WHERE room = 2 AND seq = 2"],
        ["#tea: seq 2 has no salt, and nothing that is kept of an erased event."],
    ),
    "salt and who": (
        ["UPDATE events SET who = 'x' WHERE room = 2 AND seq = 2"],
        ["#tea: seq 2 has two of salt, sum and who, with which an erased text or name can be guessed."],
    ),
    "a text that nobody erased": (
        ["UPDATE events SET salt = '', text = '', sum = 'x' WHERE room = 3 AND seq = 4"],
        ["Direct room @1+2: seq 4 was erased, but no event says so."],
    ),
    "a text that another event erased": (
        ["UPDATE events SET salt = '', text = '', sum = 'x', erased = 7 WHERE room = 1 AND seq = 5"],
        ["#lobby: seq 5 was erased, but no event says so."],
    ),
    "a text erased with an account that is there": (
        ["UPDATE events SET salt = '', text = '', sum = 'x', erased = 4 WHERE room = 3 AND seq = 4"],
        ["Direct room @1+2: seq 4 was erased, but no event says so."],
    ),
    "no form": (["DELETE FROM forms WHERE seq = 4"], ["#lobby: seq 4 was changed, but has no form."]),
    "another form": (
        ["UPDATE forms SET replies = 2 WHERE seq = 4"],
        ["#lobby: seq 4 has a form that its changes do not make."],
    ),
    "a form that can't be read": (
        ["UPDATE forms SET reactions = '[' WHERE seq = 4"],
        ["#lobby: seq 4 has a form that its changes do not make."],
    ),
    "a form of what was never changed": (
        ["INSERT INTO forms SELECT room, 7, as_of, 0, 0, 0, 0, 0, '', 0, 0, '[]' FROM forms WHERE seq = 4"],
        ["#lobby: seq 7 has a form, but nothing has changed it."],
    ),
    "a reaction too few": (
        ["DELETE FROM reactions"],
        ["#lobby: seq 4 has reactions that differ from those in the log."],
    ),
    "reactions of nobody": (
        ["INSERT INTO reactions SELECT room, 7, emoji, user, since FROM reactions"],
        ["#lobby: seq 7 has reactions, but nobody reacts to it."],
    ),
    "a change that is not listed": (
        ["DELETE FROM changes WHERE seq = 9"],
        ["#lobby: seq 9 is not listed as a change of seq 4."],
    ),
    "a change that is none": (
        ["INSERT INTO changes VALUES (1, 4, 6)"],
        ["#lobby: seq 6 is listed as a change of seq 4, but is none."],
    ),
    "a reply that is not listed": (
        ["DELETE FROM replies"],
        ["#lobby: seq 10 is not listed in the thread of seq 4."],
    ),
    "a reply that is none": (
        ["INSERT INTO replies VALUES (1, 4, 7)"],
        ["#lobby: seq 7 is listed in the thread of seq 4, but is none."],
    ),
}


@pytest.mark.parametrize("what", ["nothing", *CHANGED])
def test_each_fault_of_changed_messages_is_reported_in_words(path, what):
    """In #lobby, message 4 was edited and reacted to, and has a thread; message 5 was erased."""
    store = SqliteStore(path)
    store.append(
        batch(
            RelatedEvent(1, 8, 5, 1, "ada", "edited", "hello", None, None, (2,), target=4),
            RelatedEvent(1, 9, 5, 2, "bob", "reacted", "🎉", target=4),
            RelatedEvent(1, 10, 5, 2, "bob", "message", "re", target=4, thread=4),
            RelatedEvent(1, 11, 5, 2, "bob", "erased", target=5),
            records=[
                PutForm(1, 4, 10, 8, 1, 0, 0, 0, "", 1, 10, [("🎉", 1)]),
                PutForm(1, 5, 11, 0, 0, 11, 2, 0, "", 0, 0, []),
                Recount(1, 5, 2, (), (), True),
            ],
        )
    )
    store.close()
    statements, expected = CHANGED.get(what, ([], []))
    damage(path, *statements)
    assert [line for line in words(path) if "unread" not in line and "counted" not in line] == expected


# Unreadable databases


def ask(*arguments):
    return CliRunner().invoke(doctor, [str(argument) for argument in arguments])


def cut_off(path):
    path.write_bytes(path.read_bytes()[:50])


def newer(path):
    damage(path, "PRAGMA user_version = 99")


def stranger(path):
    path.unlink()
    damage(path, "CREATE TABLE recipes (x)")


UNREADABLE = {
    "no database": (lambda path: path.unlink(), "is missing or empty, but a server has kept "),
    "nothing": (lambda path: [file.unlink() for file in path.parent.iterdir()], "There is no Parley database in "),
    "no folder": (lambda path: shutil.rmtree(path.parent), "There is no Parley database in "),
    "another file": (lambda path: path.write_bytes(b"no database " * 1000), "is not a database, or can't be read: "),
    "the beginning of one": (cut_off, "is a database, but not one of Parley's."),
    "a newer one": (newer, "was written by a newer Parley: its version is 99, this one knows versions up to "),
    "a stranger's": (stranger, "is a database, but not one of Parley's."),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_an_unreadable_database_is_reported_in_words(path, what):
    change, sentence = UNREADABLE[what]
    change(path)
    for more in ((), ("--restored",)):
        result = ask("--data", path.parent, *more)
        assert result.exit_code == 2
        assert sentence in result.output
        assert result.output.count("\n") == 1


# The command


def test_the_command_reports_a_sound_folder(path):
    result = ask("--data", path.parent)
    assert result.exit_code == 0
    assert result.output == "Sound: 18 events in 3 rooms, 2 names taken.\n"


def test_the_command_reports_a_damaged_folder(path):
    damage(path, "DELETE FROM events WHERE room = 1 AND seq = 5", "UPDATE rooms SET topic = 'x' WHERE id = 2")
    result = ask("--data", path.parent)
    assert result.exit_code == 1
    assert result.output == (
        "#lobby: seq 5 is missing.\n"
        '#tea: the topic is listed as "x", but is "".\n'
        "Not sound: 2 findings. Checked 17 events in 3 rooms, 2 names taken.\n"
    )


def test_the_command_can_print_json(path):
    assert json.loads(ask("--data", path.parent, "--json").output) == {
        "rooms": 3,
        "users": 2,
        "events": 18,
        "findings": [],
    }
    damage(path, "DELETE FROM events WHERE room = 1 AND seq = 5")
    result = ask("--data", path.parent, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["findings"] == [{"words": "#lobby: seq 5 is missing.", "room": 1, "seq": 5}]
    path.unlink()
    mark_path(path).unlink()
    result = ask("--data", path.parent, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {"problem": f"There is no Parley database in {path.parent}."}


def test_the_command_works_beside_a_running_server(path):
    lock = FolderLock(path.parent)
    store = SqliteStore(path)
    assert ask("--data", path.parent).exit_code == 0
    store.append(batch(said(1, 8)))
    store.close()
    lock.release()


# Restoring a backup


def epochs(path):
    store = SqliteStore(path)
    state = store.load()
    store.close()
    return {state.epoch, *(room.epoch for room in state.rooms.values())}


def test_restored_gives_every_room_a_new_epoch(path):
    [before] = epochs(path)
    result = ask("--data", path.parent, "--restored")
    assert result.exit_code == 0
    assert result.output == "Every room has a new epoch.\nSound: 18 events in 3 rooms, 2 names taken.\n"
    [after] = epochs(path)  # new rooms get this epoch too
    assert after != before
    assert len(after) == len(before) == 16
    ask("--data", path.parent, "--restored")
    assert epochs(path) != {after}


def test_without_restored_the_epochs_stay(path):
    before = epochs(path)
    ask("--data", path.parent)
    assert epochs(path) == before


def test_restored_is_refused_while_a_server_runs(path):
    before = epochs(path)
    lock = FolderLock(path.parent)
    result = ask("--data", path.parent, "--restored")
    lock.release()
    assert result.exit_code == 2
    assert result.output.startswith("Another Parley server (process ")
    assert epochs(path) == before


def test_restored_unlocks_the_folder(path):
    ask("--data", path.parent, "--restored")
    FolderLock(path.parent).release()


def test_renewing_the_epochs_of_a_missing_database_creates_none(tmp_path):
    with pytest.raises(Unreadable):
        accept_restored(tmp_path / FILE_NAME)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="there is no pseudo-terminal on Windows")
def test_on_a_terminal_progress_is_shown_and_cleared(path, monkeypatch):
    shown = []
    now = iter(range(10_000))
    monkeypatch.setattr("parley.cli.progress.sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("parley.cli.progress.time.monotonic", lambda: float(next(now)))
    monkeypatch.setattr(
        "parley.cli.progress.click.echo", lambda text, **how: shown.append((text, how.get("err", False)))
    )
    with pytest.raises(SystemExit):
        doctor.callback(path.parent, False, False)
    assert [text for text, err in shown if not err] == ["Sound: 18 events in 3 rooms, 2 names taken."]
    lines = [text for text, err in shown if err]
    assert lines[-1] == "\r\x1b[K"
    assert lines[0].startswith("\r\x1b[KChecking the tables (2 s)")
    assert "\n" not in "".join(lines)


def test_without_a_terminal_a_long_check_shows_a_line_from_time_to_time(path, monkeypatch):
    assert ask("--data", path.parent).stderr == ""
    now = iter(range(0, 100_000, 4))
    monkeypatch.setattr("parley.cli.progress.time.monotonic", lambda: float(next(now)))
    lines = ask("--data", path.parent).stderr.splitlines()
    assert lines[0] == "Checking the file (4 s)"
    assert 1 < len(lines) < 8
    assert "\x1b" not in "".join(lines)
