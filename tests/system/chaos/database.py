"""Reads the database with its own SQL, not through the store that is under test."""

from contextlib import closing
from pathlib import Path
from typing import Any, cast

import apsw

from .record import House, Room, Stored


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
            "ifnull(target, 0), ifnull(sum, '') FROM events ORDER BY room, seq"
        )
        for room, *event in cast("Any", connection.execute(query)):
            hub.setdefault(room, Room(room, "", "")).log.append(Stored(*event))
    return hub


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
