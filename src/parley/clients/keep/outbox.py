"""The outbox: the users' names and tokens, their unsent messages, and the last event shown of each room. One SQLite
file for all terminal clients of this machine's user.

It survives a kill -9 and a power cut at any moment: a message is shown as queued only when it is stored here. Several
clients may use it at the same time, for several users or for one: each entry belongs to one client (its *owner*), and
only that client sends it. When the owner is dead, the next client of the same user takes its entries over.
"""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Self

from parley.clients.keep.process_lock import ProcessLock, is_alive, others
from parley.clients.model.names import fold
from parley.clients.model.room_stream import LastSeen
from parley.clients.protocol.effects import Disown, Drop, Effect, Forget, Keep, Offer, Remember, Settle
from parley.clients.protocol.requests import OutboxEntry

ENVIRONMENT: Final = "PARLEY_CLIENT_DATA"
"""The environment variable with the folder to use instead of the platform's."""

_PATIENCE_SECONDS: Final = 10.0
_VERSION: Final = 4

# A name can have several identities, if it was given to another user of the server meanwhile: the one used last is
# valid.
_SCHEMA: Final = """
CREATE TABLE identity (
    id     INTEGER PRIMARY KEY,
    server TEXT NOT NULL,
    name   TEXT NOT NULL,
    folded TEXT NOT NULL,
    token  TEXT,
    used   INTEGER NOT NULL
);
CREATE INDEX identity_by_name ON identity (server, folded, used);
CREATE TABLE entry (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    identity INTEGER NOT NULL REFERENCES identity,
    owner    TEXT NOT NULL,
    key      TEXT NOT NULL,
    recipient TEXT NOT NULL,
    kind     TEXT NOT NULL,
    text     TEXT NOT NULL,
    state    TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'refused')),
    why      TEXT NOT NULL DEFAULT '',
    UNIQUE (identity, key)
);
CREATE TABLE seen (
    identity INTEGER NOT NULL REFERENCES identity,
    room     INTEGER NOT NULL,
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    epoch    TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (identity, room)
) WITHOUT ROWID;
"""

_FROM_1_TO_2: Final = """
ALTER TABLE identity ADD COLUMN account INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN room INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN epoch TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN confined INTEGER NOT NULL DEFAULT 0;
"""

_FROM_2_TO_3: Final = """
ALTER TABLE identity ADD COLUMN offered TEXT;
"""

_FROM_3_TO_4: Final = """
ALTER TABLE entry ADD COLUMN reply INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN thread INTEGER NOT NULL DEFAULT 0;
"""

_ENTRIES: Final = """
SELECT key, recipient, text, kind, room, epoch, confined, reply, thread, why FROM entry
WHERE identity = ? AND owner = ? AND state = ? ORDER BY id
"""

_KEEP: Final = """
INSERT INTO entry (identity, owner, key, recipient, kind, text, room, epoch, confined, reply, thread)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET
    text = excluded.text, room = excluded.room, epoch = excluded.epoch, confined = excluded.confined
"""

_REMEMBER: Final = """
UPDATE identity SET name = ?, folded = ?, token = ?, offered = NULL, account = ?, used = ? WHERE id = ?
"""

_SAVE_SEEN: Final = """
INSERT INTO seen (identity, room, name, kind, epoch, seq) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET
    name = excluded.name,
    kind = excluded.kind,
    seq = CASE WHEN epoch = excluded.epoch THEN max(seq, excluded.seq) ELSE excluded.seq END,
    epoch = excluded.epoch
"""


class OutboxError(Exception):
    """The outbox can't be used; the text says why, for the user."""


class Outbox:
    """One user's part of the outbox, opened by this client until `close`.

    Args:
        server: the server's URL.
        name: the user's name.
        directory: the folder of the file, which is created if it does not exist; None for `default_directory()`.

    Attributes:
        name: the name in its latest spelling.
        token: the token; None if the server has given out none, or does not know it any more.
        account: whether the name belongs to an account.
        offered: a token that this client made and sent in a hello, as long as no server has answered it.

    Raises:
        OutboxError: the file can't be opened or written.
    """

    def __init__(self, server: str, name: str, directory: Path | None = None) -> None:
        directory = directory or default_directory()
        self._server = server
        self._owners = directory / "owners"
        self._pending: list[Keep | Drop | Settle | Remember | Offer | Disown | Forget] = []
        with _explained(directory):
            self._database = _open(directory)
        try:
            with self._transaction():
                found = self._find(name) or self._create(name)
                self._identity, self.name, self.token, self.account, self.offered = found
                self._owner = ProcessLock(self._owners, self._identity)
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Close the file. The next client of the user takes over the queued messages."""
        with contextlib.suppress(OutboxError):
            self.save(())
        self._database.close()
        self._owner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def alone(self) -> bool:
        """Whether no other client of this user is running."""
        with self._transaction():
            return not any(is_alive(path) for path in others(self._owners, self._identity, self._owner.id))

    # Reading

    def adopt(self) -> list[OutboxEntry]:
        """Take over the entries of clients that have ended. Return all queued messages, in order."""
        with self._transaction():
            owners = self._database.execute("SELECT DISTINCT owner FROM entry WHERE identity = ?", (self._identity,))
            for (owner,) in owners.fetchall():
                if owner != self._owner.id and not is_alive(self._owners / owner):
                    change = "UPDATE entry SET owner = ? WHERE identity = ? AND owner = ?"
                    self._database.execute(change, (self._owner.id, self._identity, owner))
            return [entry for entry, _ in self._entries("queued")]

    def take_refused(self) -> list[tuple[OutboxEntry, str]]:
        """Return the refused messages that may not have been shown to the user, with the reasons, and delete them from
        the outbox.
        """
        with self._transaction():
            refused = self._entries("refused")
            delete = "DELETE FROM entry WHERE identity = ? AND owner = ? AND state = 'refused'"
            self._database.execute(delete, (self._identity, self._owner.id))
            return refused

    def _entries(self, state: str) -> list[tuple[OutboxEntry, str]]:
        rows = self._database.execute(_ENTRIES, (self._identity, self._owner.id, state))
        return [
            (OutboxEntry(key, to, text, kind, room, epoch, bool(confined), reply, thread), why)
            for key, to, text, kind, room, epoch, confined, reply, thread, why in rows
        ]

    def seen(self) -> list[LastSeen]:
        """Return the last event that was shown of each room."""
        select = "SELECT room, name, kind, epoch, seq FROM seen WHERE identity = ?"
        with self._transaction():
            return [LastSeen(*row) for row in self._database.execute(select, (self._identity,))]

    def reload(self) -> str | None:
        """Read the token from the file again and return it: another client of the same user may have stored a new
        one.
        """
        with self._transaction():
            row = self._database.execute("SELECT token FROM identity WHERE id = ?", (self._identity,)).fetchone()
        self.token = row[0] if row else None
        return self.token

    # Writing

    def perform(self, effects: Iterable[Effect]) -> None:
        """Store what a session's effects ask for, in one commit. It is on disk when this returns.

        Only `Settle` with the state `stored` may be written later: if a crash loses it, the message is sent again with
        the same key, and the server ignores it.
        """
        for effect in effects:
            if isinstance(effect, Keep | Drop | Settle | Remember | Offer | Disown | Forget):
                self._pending.append(effect)
        if not all(isinstance(effect, Settle) and effect.state == "stored" for effect in self._pending):
            self.save(())

    def save(self, seen: Iterable[LastSeen]) -> None:
        """Write the effects that `perform` has put off, and the last event shown of each room. If two clients of a user
        have shown different events, the later one is stored.
        """
        rows = [(self._identity, *(each.room, each.name, each.kind, each.epoch, each.seq)) for each in seen]
        if not rows and not self._pending:
            return
        with self._transaction():
            for effect in self._pending:
                self._perform(effect)
            self._database.executemany(_SAVE_SEEN, rows)
        self._pending.clear()

    def _perform(self, effect: Keep | Drop | Settle | Remember | Offer | Disown | Forget) -> None:
        execute = self._database.execute
        match effect:
            case Keep(entry=entry):
                whose = (self._identity, self._owner.id, entry.key)
                what = (entry.to, entry.kind, entry.text, entry.room, entry.epoch, entry.confined)
                execute(_KEEP, (*whose, *what, entry.reply, entry.thread))
            case Drop(entry=entry):
                execute("DELETE FROM entry WHERE identity = ? AND key = ?", (self._identity, entry.key))
            case Settle(entry=entry, state="stored"):
                execute("DELETE FROM entry WHERE identity = ? AND key = ?", (self._identity, entry.key))
            case Settle(entry=entry, why=why):
                change = "UPDATE entry SET state = 'refused', why = ? WHERE identity = ? AND key = ?"
                execute(change, (why, self._identity, entry.key))
            case Offer(token=token):
                self.offered = token
                execute("UPDATE identity SET offered = ? WHERE id = ?", (token, self._identity))
            case Remember(name=name, token=token, account=account):
                self.name, self.token, self.account, self.offered = name, token, account, None
                execute(_REMEMBER, (name, fold(name), token, account, self._next_use(), self._identity))
            case Disown(token=token):
                execute("UPDATE identity SET token = NULL WHERE id = ? AND token = ?", (self._identity, token))
            case Forget(room=room):
                execute("DELETE FROM seen WHERE identity = ? AND room = ?", (self._identity, room))

    def _find(self, name: str) -> tuple[int, str, str | None, bool, str | None] | None:
        row: tuple[int, str, str | None, int, str | None] | None = self._database.execute(
            "SELECT id, name, token, account, offered FROM identity WHERE server = ? AND folded = ? "
            "ORDER BY used DESC LIMIT 1",
            (self._server, fold(name)),
        ).fetchone()
        return None if row is None else (*row[:3], bool(row[3]), row[4])

    def _create(self, name: str) -> tuple[int, str, None, bool, None]:
        cursor = self._database.execute(
            "INSERT INTO identity (server, name, folded, used) VALUES (?, ?, ?, ?)",
            (self._server, name, fold(name), self._next_use()),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid, name, None, False, None

    def _next_use(self) -> int:
        (used,) = self._database.execute("SELECT coalesce(max(used), 0) + 1 FROM identity").fetchone()
        return int(used)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with _explained(self._owners):
            # IMMEDIATE takes the write lock at once. A transaction that begins by reading can't wait for another writer
            # later: SQLite then fails at once.
            _patiently(self._database, "BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            _patiently(self._database, "COMMIT")


def default_directory() -> Path:
    """Return the folder of the outbox: `$PARLEY_CLIENT_DATA`, or the platform's folder for an application's data."""
    if chosen := os.environ.get(ENVIRONMENT):
        return Path(chosen)
    import platformdirs  # imported here, because it is slow and not needed where the folder is given

    return platformdirs.user_data_path("parley", appauthor=False) / "client"


def _open(directory: Path) -> sqlite3.Connection:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / "client.db"
    # The file holds tokens, which are secret. SQLite creates its journal with the same file mode.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)
    database = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        # A rollback journal needs no shared memory and leaves one file. EXTRA syncs the folder after the journal is
        # deleted: with FULL, a power cut could bring the journal back and undo a commit.
        _patiently(database, "PRAGMA journal_mode = DELETE")
        database.execute("PRAGMA synchronous = EXTRA")
        database.execute("PRAGMA foreign_keys = ON")
        _patiently(database, "BEGIN IMMEDIATE")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version < _VERSION:
            script = "".join((_SCHEMA, _FROM_1_TO_2, _FROM_2_TO_3, _FROM_3_TO_4)[version:])
            for statement in filter(str.strip, script.split(";")):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {_VERSION}")
        _patiently(database, "COMMIT")
    except BaseException:
        database.close()
        raise
    if version > _VERSION:
        database.close()
        raise OutboxError(f"{path} was written by a newer Parley. Use that one, or another directory (--data).")
    return database


def _patiently(database: sqlite3.Connection, statement: str) -> None:
    """Execute a statement, and try again while another client writes.

    SQLite itself waits up to 100 ms between two attempts: while another client writes without pause, it would hardly
    ever find the file unlocked.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            database.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise
        time.sleep(random.uniform(0.0005, 0.004))


@contextlib.contextmanager
def _explained(place: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise OutboxError(f"The outbox in {place} can't be used: {error}") from error
