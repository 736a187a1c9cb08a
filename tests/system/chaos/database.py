"""Reads the database with its own SQL, not through the store that is under test."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any, Final, cast

import apsw

from parley.core.proof import hashes, text64

from .record import House, Room, Stored

LISTED: Final = "((target IS NULL OR kind IN ('message', 'action')) AND (thread IS NULL OR also = 1))"


def _open(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(2_000)
    return connection


def read_house(path: Path) -> House:
    """Return every room with its log."""
    with closing(_open(path)) as connection:
        rows = cast("Any", connection.execute("SELECT id, name, epoch FROM rooms"))
        hub = {id_: Room(id_, name, epoch) for id_, name, epoch in rows}
        query = (
            "SELECT room, seq, user, name, kind, text, key, ifnull(about ->> 0, 0), ifnull(about ->> 2, 0), "
            "ifnull(target, 0), ifnull(sum, ''), '', LISTED FROM events ORDER BY room, seq"
        )
        for room, *event in cast("Any", connection.execute(query.replace("LISTED", LISTED))):
            hub.setdefault(room, Room(room, "", "")).log.append(Stored(*event))
        changes = (
            "SELECT room, seq, name, kind, text, salt, mentions, thread FROM events "
            "WHERE kind IN ('edited', 'reacted', 'unreacted', 'titled') AND sum IS NULL"
        )
        for room, seq, name, kind, text, salt, mentions, thread in cast("Any", connection.execute(changes)):
            fields = {"name": name, "kind": kind, "text": text, "salt": salt, "thread": thread}
            fields["mentions"] = json.loads(mentions or "[]")
            _, kept = hashes({field: value for field, value in fields.items() if value})
            log = hub[room].log
            log[seq - 1] = log[seq - 1]._replace(kept=text64(kept))
    return hub


def read_listed_tips(path: Path) -> dict[int, int]:
    """Return the newest seq of every room that a page in present form lists."""
    with closing(_open(path)) as connection:
        query = f"SELECT room, max(seq) FROM events WHERE {LISTED} GROUP BY room"
        return dict(cast("Any", connection.execute(query)))


def read_tips(path: Path) -> dict[int, int]:
    """Return the newest seq of every room."""
    with closing(_open(path)) as connection:
        return dict(cast("Any", connection.execute("SELECT room, max(seq) FROM events GROUP BY room")))


def holds(path: Path, room: int, seq: int) -> bool | None:
    """Return whether the event exists; None if the database can't be read now."""
    try:
        with closing(_open(path)) as connection:
            query = "SELECT count(*) FROM events WHERE room = ? AND seq = ?"
            return bool(cast("Any", connection.execute(query, (room, seq)).get))
    except apsw.Error:
        return None
