"""Detects that a database lacks events that its folder has had: lost files, copies without the write-ahead log, older
copies.

The database has a *label*, stored as the application id in its header. Its value says "whole" or "partial". Before each
checkpoint a commit writes "partial", which the checkpoint copies into the database file; after it, another commit
writes "whole" into the write-ahead log. So a file that is copied without its log says "partial", while a copy made by
SQLite, or a database that was closed, says "whole". See docs/decisions/0018-older-copies.md.
"""

from pathlib import Path
from typing import Final, NamedTuple, cast

import apsw

from parley.storage.mark import UNREADABLE, FolderMark, Mark, mark_path

from .schema import QUERIES

_LABEL: Final = 0x506172 << 8  # "Par", and a byte for the two bits below
_PARTIAL: Final = 1
_REMAINS: Final = 2

HOW_TO_ACCEPT: Final = "Put a backup in its place, or run `parley doctor --restored` to serve it as it is."

_BACKUP: Final = "Put a backup in its place (docs/guide/operations.md, Backup and restore)"


def wal_bytes(path: Path) -> int:
    """Return the size of the write-ahead log of a database; 0 if there is none."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except OSError:
        return 0


def lost_file(path: Path, mark: Mark | None) -> str | None:
    """Return a sentence if the database file is missing or empty although the folder has had one; otherwise None.

    Call it before SQLite opens the path, because SQLite creates a new database there, and discards a write-ahead log
    without a database.
    """
    try:
        if path.stat().st_size:
            return None
    except OSError:
        pass
    if wal_bytes(path):
        return f"{path} is missing or empty, but its {path.name}-wal is there. Put both back as they were together."
    if mark is not None and mark.events:
        return (
            f"{path} is missing or empty, but a server has kept {mark.events:,} events in this folder. {_BACKUP}. "
            f"To begin anew instead, remove {mark_path(path).name}."
        )
    return None


def is_partial(connection: apsw.Connection, wal: int) -> bool:
    """Tell whether a database was copied without its write-ahead log.

    Args:
        connection: to the database.
        wal: the size of the log when the connection was made; see `wal_bytes`.
    """
    return not wal and is_labelled(connection) and bool(_label(connection) & _PARTIAL)


def has_remains(connection: apsw.Connection) -> bool:
    """Tell whether unused parts of database pages may still contain erased texts. Without a label, assume so if an
    account was deleted.
    """
    if is_labelled(connection):
        return bool(_label(connection) & _REMAINS)
    return bool(connection.execute(QUERIES["has_deleted"]).get)


def is_labelled(connection: apsw.Connection) -> bool:
    """Tell whether a server has used the database in a folder with a mark."""
    return _label(connection) & ~0xFF == _LABEL


class Label(NamedTuple):
    """What the label of a database says.

    Attributes:
        partial: whether the newest part of the database is in the write-ahead log.
        remains: whether unused parts of database pages may still contain erased texts.
    """

    partial: bool = False
    remains: bool = False


def put_label(connection: apsw.Connection, label: Label) -> None:
    """Write the label, within the current transaction or in one of its own."""
    connection.pragma("application_id", _LABEL | label.partial * _PARTIAL | label.remains * _REMAINS)


def _label(connection: apsw.Connection) -> int:
    return cast("int", connection.pragma("application_id"))


def partial_sentence(path: Path) -> str:
    return (
        f"{path} was copied from a running server without its {path.name}-wal, or the -wal was removed: "
        "what was stored last is missing."
    )


def empty_sentence(path: Path, mark: Mark) -> str:
    return (
        f"{path} has no events, but a server has kept {mark.events:,} events in this folder. {_BACKUP}. "
        f"To begin anew instead, remove it and {mark_path(path).name}."
    )


def stored_events(connection: apsw.Connection) -> int:
    """Return how many events the database has, in all logs. It never decreases."""
    if not connection.pragma("user_version"):
        return 0
    return cast("int", connection.execute(QUERIES["stored_events"]).get)


def older_copy(mark: Mark | None, epoch: str, events: int, *, known: bool = False) -> str | None:
    """Return why a database may lack events that its folder has had, as the predicate of a sentence; None if it does
    not.

    Args:
        mark: the folder's mark.
        epoch: the epoch of the database.
        events: the number of events in the database.
        known: whether a server has used the database in a folder with a mark.
    """
    if mark is None:
        return "was brought here from another folder" if known and events else None
    if mark == UNREADABLE:
        return None
    if mark.epoch != epoch:
        return "is not the one that was served here last"
    if events < mark.events:
        return f"is an older copy: it has {events:,} events, and {mark.events:,} were stored here"
    if not mark.in_place:
        return "was copied here with its folder"
    return None


def renew_epochs(connection: apsw.Connection) -> str:
    """Give every room, and the database, a new epoch, within the current transaction. Return that of the database."""
    connection.execute(QUERIES["new_epoch"])
    connection.execute(QUERIES["new_epochs"])
    return epoch_of(connection)


def epoch_of(connection: apsw.Connection) -> str:
    return cast("str", connection.execute(QUERIES["epoch"]).get)


def accept(path: Path, connection: apsw.Connection) -> None:
    """Accept a restored database as the folder's current one: give it new epochs, and write the mark for it.

    Raises:
        apsw.Error: the database can't be written.
        OSError: the mark can't be written.
    """
    with connection:
        epoch = renew_epochs(connection)
        put_label(connection, Label(remains=has_remains(connection)))
    mark = FolderMark(path)
    try:
        mark.write(epoch, stored_events(connection), sync=True)
    finally:
        mark.close()
