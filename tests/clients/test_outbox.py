"""The outbox: its content, the client that owns an entry, and kill -9 at any moment."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from parley.clients.keep.outbox import Outbox, OutboxError
from parley.clients.model.room_stream import LastSeen
from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import OutboxEntry
from tests.clients.talk import Talk, room

SERVER = "ws://127.0.0.1:59000/ws"


def entry(number: int) -> OutboxEntry:
    return OutboxEntry(f"k{number}", "#lobby", f"text {number}\nä", "action" if number % 2 else "message")


def open_outbox(directory: Path, name: str = "bob", server: str = SERVER) -> Outbox:
    return Outbox(server, name, directory)


def test_entries_are_kept_in_order_until_they_are_settled(tmp_path: Path) -> None:
    with open_outbox(tmp_path) as outbox:
        outbox.perform([fx.Keep(entry(3)), fx.Keep(entry(1)), fx.Keep(entry(2)), fx.Transmit(b"{}")])
        outbox.perform([fx.Settle(entry(1), "stored", 1, 5)])
    with open_outbox(tmp_path) as outbox:
        assert outbox.adopt() == [entry(3), entry(2)]


def test_a_refusal_is_kept_until_it_was_shown(tmp_path: Path) -> None:
    with open_outbox(tmp_path) as outbox:
        outbox.perform([fx.Keep(entry(1)), fx.Settle(entry(1), "refused", why="No.")])
    with open_outbox(tmp_path) as outbox:
        assert outbox.adopt() == []
        assert outbox.take_refused() == [(entry(1), "No.")]
        assert outbox.take_refused() == []


def test_an_identity_is_one_name_on_one_server(tmp_path: Path) -> None:
    with open_outbox(tmp_path) as outbox:
        assert outbox.token is None
        outbox.perform([fx.Remember("Bob", "T1", fresh=True), fx.Keep(entry(1))])
    with open_outbox(tmp_path, "BOB") as outbox:
        assert (outbox.name, outbox.token, outbox.adopt()) == ("Bob", "T1", [entry(1)])
    with open_outbox(tmp_path, "eve") as eve, open_outbox(tmp_path, server="ws://other/ws") as other:
        assert eve.token is other.token is None
        assert eve.adopt() == other.adopt() == []


def test_an_offered_token_is_kept_until_the_server_has_answered(tmp_path: Path) -> None:
    with open_outbox(tmp_path) as outbox:
        assert outbox.offered is None
        outbox.perform([fx.Offer("C1")])
    with open_outbox(tmp_path) as outbox:
        assert (outbox.offered, outbox.token) == ("C1", None)
        outbox.perform([fx.Remember("bob", "C1", fresh=True)])
        assert outbox.offered is None
    with open_outbox(tmp_path) as outbox:
        assert (outbox.offered, outbox.token) == (None, "C1")


def test_an_identity_is_found_under_its_new_name(tmp_path: Path) -> None:
    with open_outbox(tmp_path) as outbox:
        outbox.perform([fx.Remember("robert", "T1", fresh=False)])
    with open_outbox(tmp_path, "robert") as outbox:
        assert outbox.token == "T1"
    with open_outbox(tmp_path) as outbox:
        assert outbox.token is None


def test_the_seen_seq_never_goes_back(tmp_path: Path) -> None:
    with open_outbox(tmp_path) as one, open_outbox(tmp_path) as other:
        one.save([LastSeen(1, "lobby", "public", "e1", 20)])
        other.save([LastSeen(1, "lobby", "public", "e1", 15), LastSeen(2, "tea", "public", "e1", 3)])
        assert one.seen() == [LastSeen(1, "lobby", "public", "e1", 20), LastSeen(2, "tea", "public", "e1", 3)]
        # But with another epoch, a lower seq replaces the old one.
        other.save([LastSeen(1, "lobby", "public", "e2", 4)])
        one.perform([fx.Forget(2)])
        assert one.seen() == [LastSeen(1, "lobby", "public", "e2", 4)]


def test_only_the_entries_of_dead_clients_are_taken_over(tmp_path: Path) -> None:
    with open_outbox(tmp_path) as one, open_outbox(tmp_path) as other:
        one.perform([fx.Keep(entry(1))])
        other.perform([fx.Keep(entry(2))])
        assert not one.alone
        assert other.adopt() == [entry(2)]
        one.close()
        assert other.alone
        assert other.adopt() == [entry(1), entry(2)]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_other_users_of_the_machine_can_not_read_the_token(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    with open_outbox(directory):
        assert stat.S_IMODE((directory / "client.db").stat().st_mode) == 0o600
    (directory / "client.db").chmod(0o644)
    with open_outbox(directory):
        assert stat.S_IMODE((directory / "client.db").stat().st_mode) == 0o600


def test_a_foreign_file_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "client.db").write_text("a text that somebody put here, long enough to be looked at " * 20)
    with pytest.raises(OutboxError, match="can't be used"):
        open_outbox(tmp_path)


FIRST_SCHEMA = """
CREATE TABLE identity (id INTEGER PRIMARY KEY, server TEXT NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL,
    token TEXT, used INTEGER NOT NULL);
CREATE INDEX identity_by_name ON identity (server, folded, used);
CREATE TABLE entry (id INTEGER PRIMARY KEY AUTOINCREMENT, identity INTEGER NOT NULL REFERENCES identity,
    owner TEXT NOT NULL, key TEXT NOT NULL, recipient TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'refused')), why TEXT NOT NULL DEFAULT '',
    UNIQUE (identity, key));
CREATE TABLE seen (identity INTEGER NOT NULL REFERENCES identity, room INTEGER NOT NULL, name TEXT NOT NULL,
    kind TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (identity, room)) WITHOUT ROWID;
INSERT INTO identity VALUES (1, 'ws://127.0.0.1:59000/ws', 'bob', 'bob', 'T1', 1);
INSERT INTO entry (identity, owner, key, recipient, kind, text) VALUES (1, '1-dead', 'k1', '#lobby', 'message', 'hi');
INSERT INTO seen VALUES (1, 1, 'lobby', 'public', 'e1', 9);
PRAGMA user_version = 1;
"""


def test_a_file_of_the_first_version_is_migrated(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "client.db")
    database.executescript(FIRST_SCHEMA)
    database.close()
    for _ in range(2):
        with open_outbox(tmp_path) as outbox:
            assert (outbox.token, outbox.account, outbox.offered) == ("T1", False, None)
            assert outbox.adopt() == [OutboxEntry("k1", "#lobby", "hi")]
            assert outbox.seen() == [LastSeen(1, "lobby", "public", "e1", 9)]
            outbox.perform([fx.Keep(OutboxEntry("k2", "#den", "psst", room=5, epoch="e1", confined=True))])
            outbox.perform([fx.Settle(OutboxEntry("k2", "#den", ""), "stored", 5, 1)])


SECOND_VERSION = FIRST_SCHEMA.replace(
    "PRAGMA user_version = 1;",
    """
ALTER TABLE identity ADD COLUMN account INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN room INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN epoch TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN confined INTEGER NOT NULL DEFAULT 0;
UPDATE identity SET account = 1;
INSERT INTO entry (identity, owner, key, recipient, kind, text, room, epoch, confined)
    VALUES (1, '1-dead', 'k2', '#den', 'action', 'nods', 5, 'e1', 1);
INSERT INTO entry (identity, owner, key, recipient, kind, text) VALUES (1, '1-dead', 'k3', '@eve', 'message', 'psst');
INSERT INTO entry (identity, owner, key, recipient, kind, text, room, epoch)
    VALUES (1, '1-dead', 'k4', '#lobby', 'message', 'there', 1, 'e1');
PRAGMA user_version = 2;
""",
)


def test_an_outbox_from_before_the_queues_is_sent_in_order_in_each_conversation(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "client.db")
    database.executescript(SECOND_VERSION)
    database.close()
    with open_outbox(tmp_path) as outbox:
        assert outbox.offered is None
        talk = Talk(token=outbox.token, account=outbox.account, seen=outbox.seen(), entries=outbox.adopt())
        den = room(3, 3, id_=5, name="den", kind="private")
        talk.ready(room(9, 9), den, token=None, role="member")
        assert [(frame["t"], frame["key"]) for frame in talk.sent()[1:]] == [
            ("send", "k1"),
            ("send", "k2"),
            ("tell", "k3"),
        ]
        talk.server({"t": "stored", "key": "k1", "room": 1, "seq": 10})
        outbox.perform(talk.told())
        assert [frame["key"] for frame in talk.sent()] == ["k4"]
        outbox.save(talk.session.seen)
        assert [each.key for each in outbox.adopt()] == ["k2", "k3", "k4"]


def test_an_account_is_remembered_without_its_revoked_token(tmp_path: Path) -> None:
    with open_outbox(tmp_path) as outbox:
        outbox.perform([fx.Remember("bob", "S1", fresh=True, account=True)])
    with open_outbox(tmp_path) as outbox, open_outbox(tmp_path) as other:
        assert (outbox.token, outbox.account) == ("S1", True)
        other.perform([fx.Remember("bob", "S2", fresh=True, account=True)])
        outbox.perform([fx.Disown("S1")])  # another client has signed in meanwhile, so the new token stays
        assert outbox.reload() == "S2"
        outbox.perform([fx.Disown("S2")])
        assert outbox.reload() is None
    with open_outbox(tmp_path) as outbox:
        assert outbox.account


def test_an_entry_bound_later_keeps_its_place(tmp_path: Path) -> None:
    bound = OutboxEntry("k1", "#den", "psst", room=5, epoch="e1", confined=True)
    with open_outbox(tmp_path) as outbox:
        outbox.perform([fx.Keep(OutboxEntry("k1", "#den", "psst")), fx.Keep(entry(2)), fx.Keep(bound)])
    with open_outbox(tmp_path) as outbox:
        assert outbox.adopt() == [bound, entry(2)]


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    open_outbox(tmp_path).close()
    database = sqlite3.connect(tmp_path / "client.db")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(OutboxError, match="newer"):
        open_outbox(tmp_path)


CHILD = """
import sys
from pathlib import Path
from itertools import count
from parley.clients.protocol import effects as fx
from parley.clients.keep.outbox import Outbox
from parley.clients.protocol.requests import OutboxEntry
from parley.clients.model.room_stream import LastSeen

outbox = Outbox("ws://127.0.0.1:59000/ws", "bob", Path(sys.argv[1]))
outbox.perform([fx.Remember("bob", "T1", fresh=True)])
for number in count(int(sys.argv[2])):
    entry = OutboxEntry(f"k{number}", "#lobby", f"text {number}")
    outbox.perform([fx.Keep(entry)])
    print(number, flush=True)
    outbox.save([LastSeen(1, "lobby", "public", "e1", number)])
"""


def test_an_entry_shown_as_queued_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    shown = -1
    for round_ in range(6):
        arguments = [sys.executable, "-c", CHILD, str(tmp_path), str(shown + 1)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for _ in range(5 + 7 * round_):
                line = child.stdout.readline()
            child.kill()
            rest = child.stdout.read()
        shown = int((line + rest).split("\n")[-2])
        with open_outbox(tmp_path) as outbox:
            assert outbox.token == "T1"
            assert outbox.alone  # the lock of the killed client was released
            kept = outbox.adopt()
            numbers = [int(each.key[1:]) for each in kept]
            # All messages that were shown as queued, in order. One more may have been on disk but not shown yet.
            assert numbers in (list(range(shown + 1)), list(range(shown + 2)))
            shown = numbers[-1]
            (seen,) = outbox.seen()
            assert seen.seq <= shown


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    children = [
        subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path), start], stdout=subprocess.PIPE, text=True)
        for start in ("0", "100000")
    ]
    counts = []
    for child in children:
        assert child.stdout is not None
        for _ in range(40):
            child.stdout.readline()
    for child in children:
        assert child.stdout is not None
        child.kill()
        counts.append(40 + len(child.stdout.read().split()))
        child.stdout.close()
        child.wait()
    with open_outbox(tmp_path) as outbox:
        numbers = [int(each.key[1:]) for each in outbox.adopt()]
        one, other = [each for each in numbers if each < 100000], [each for each in numbers if each >= 100000]
        assert one == list(range(len(one)))
        assert other == list(range(100000, 100000 + len(other)))
        assert len(one) - counts[0] in (0, 1)
        assert len(other) - counts[1] in (0, 1)
