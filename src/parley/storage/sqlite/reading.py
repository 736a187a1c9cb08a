"""Reads the logs, and the tables beside them."""

from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import apsw
import msgspec

from parley.core.erasure import is_said
from parley.core.events import Event
from parley.core.folding import LEAST_RUN, NEWEST_OF_RUN, Item, Run, first_of, last_of
from parley.core.forms import Message, Shown, is_listed
from parley.core.ports import Place, StoreError
from parley.core.preferences import Preferences
from parley.core.read_marks import ReadMarks, RoomReadMarks
from parley.core.records import Identity, PutPreference, TokenInfo, Webhook
from parley.core.state import State

from .load import load
from .present import SCANNED_EVENTS, Execute, read_at, read_changed, read_message, read_page, read_pinned
from .schema import QUERIES, event_of

_ALL: Final = 2**62

_SCANNED: Final = 4
"""For each message that is wanted, this many events are scanned at a time."""

_encode = msgspec.json.Encoder().encode

T = TypeVar("T")


def to_json(rows: Sequence[Any]) -> str:
    """Return rows as the JSON parameter of a query."""
    return _encode(rows).decode()


def because(error: apsw.Error) -> str:
    """Return why SQLite failed, for a `StoreError`."""
    return f"{type(error).__name__}: {error}"


class Reading:
    """The reading methods of a store (`parley.core.ports.Store`). Two connections read beside the one that writes, one
    for each lane.

    Call `open_readers` before anything else, and `close_readers` last.
    """

    _writer: apsw.Connection
    _marks_at_start: ReadMarks | None = None

    def open_readers(self, path: Path, vfs: str | None) -> None:
        self._reader, self._heavy_reader = (_open_reader(path, vfs) for _ in range(2))

    def close_readers(self) -> None:
        self._heavy_reader.close()
        self._reader.close()

    def report_progress(self) -> bool:
        """Called from time to time while the store starts. Return False, which tells SQLite to continue."""
        return False

    def load(self) -> State:
        try:
            # One read transaction: all tables are read as of one moment while the other connection writes.
            self._reader.execute("BEGIN")
            try:
                return load(self._reader, self.report_progress)
            finally:
                self._reader.execute("ROLLBACK")
        except apsw.Error as error:
            raise StoreError(because(error)) from error

    def events_at(self, places: Sequence[Place]) -> dict[Place, Event]:
        found = {}
        for room, seq in places:
            for event in _events(self._read("event_at", room, seq, connection=self._writer)):
                found[room, seq] = event
        return found

    def after(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        return _events(self._read("said_after" if said else "after", room, seq, limit))

    def before(self, room: int, seq: int, limit: int, *, said: bool = False) -> list[Event]:
        if not said:
            return _events(self._read("before", room, seq, limit))[::-1]
        begin = seq - _SCANNED * limit
        newest_first = _events(self._read("said_before", room, seq, begin, limit))
        # If the short scan found too few messages, skip over long runs of comings and goings.
        while len(newest_first) < limit and begin > 1 and (items := self.folded_before(room, begin, _SCANNED * limit)):
            said_there = [item for item in items if isinstance(item, Event) and is_said(item)]
            newest_first += said_there[::-1]
            begin = first_of(items[0])
        return newest_first[:limit][::-1]

    def folded_after(self, room: int, seq: int, limit: int) -> list[Item]:
        tip = self._read("tip", room)[0][0]
        return self._folded("folded_after", room=room, seq=seq, tip=tip, items=limit)

    def folded_before(self, room: int, seq: int, limit: int) -> list[Item]:
        tip = self._read("tip", room)[0][0]
        return self._folded("folded_before", room=room, seq=min(seq, tip + 1), items=limit)

    def _folded(self, query: str, **names: int) -> list[Item]:
        bounds = {"least": LEAST_RUN, "newest": NEWEST_OF_RUN}
        try:
            rows = self._reader.execute(QUERIES[query], {**names, **bounds}).fetchall()
        except apsw.Error as error:
            raise StoreError(because(error)) from error
        items: list[Item] = []
        for (first, last), of_item in groupby(rows, key=itemgetter(0, 1)):
            events = [event_of(row[2:]) for row in of_item]
            items.append(events[0] if first == last else Run(first, last, tuple(events)))
        return items

    def marks(self) -> ReadMarks:
        marks, self._marks_at_start = self._marks_at_start, None
        return marks if marks is not None else self._read_marks(self._reader)

    def _read_marks(self, connection: apsw.Connection) -> ReadMarks:
        marks = ReadMarks()
        for (room,) in self._read("counted_rooms", connection=connection):
            marks.rooms[room] = self._read_room_marks(room, connection)
        return marks

    def _read_room_marks(self, room: int, connection: apsw.Connection) -> RoomReadMarks:
        [(said,)] = self._read("said", room, connection=connection)
        columns = list(zip(*self._read("marks", room, connection=connection), strict=True))
        return RoomReadMarks(said, columns) if columns else RoomReadMarks(said)

    def preferences(self) -> Preferences:
        preferences = Preferences()
        for user, room, level, favourite, hours in self._read("preferences"):
            known = None if favourite is None else bool(favourite)
            minutes = None if hours is None else msgspec.json.decode(hours, type=tuple[int, int])
            preferences.set(PutPreference(user, room, level, known, minutes))
        return preferences

    def read_between(self, room: int, user: int, after: int, upto: int) -> tuple[int, int]:
        names = {"room": room, "user": user, "after": after, "upto": upto}
        try:
            return cast("tuple[int, int]", self._reader.execute(QUERIES["read_between"], names).fetchone())
        except apsw.Error as error:
            raise StoreError(because(error)) from error

    def messages(self, room: int, seqs: Sequence[int]) -> list[Message | None]:
        return self._snapshot(lambda run: [read_message(run, room, seq) for seq in seqs])

    def shown(
        self, room: int, user: int, limit: int, *, before: int = 0, after: int = 0, thread: int = 0, said: bool = False
    ) -> tuple[list[Shown], int, int, int]:
        return self._snapshot(
            lambda run: read_page(run, room, user, limit, before=before, after=after, thread=thread, said=said)
        )

    def shown_folded(
        self, room: int, user: int, limit: int, *, before: int = 0, after: int = 0
    ) -> tuple[list[Shown], list[Run], int, int, int]:
        def read(run: Execute) -> tuple[list[Shown], list[Run], int, int, int]:
            tip = cast("int", run(QUERIES["tip"], (room,)).get)
            end = min(before - 1, tip) if before else after
            begin = end + 1
            items: list[Item] = []
            # Changes and messages of threads are left out, so one reading may not be enough.
            for _ in range(SCANNED_EVENTS // limit + 1):
                found = self.folded_before(room, begin, limit) if before else self.folded_after(room, end, limit)
                if not found:
                    break
                listed = [item for item in found if isinstance(item, Run) or is_listed(item)]
                if before:
                    items, begin = listed + items, first_of(found[0])
                else:
                    items, end = items + listed, last_of(found[-1])
                if len(items) >= limit:
                    break
            if len(items) >= limit:
                items = items[-limit:] if before else items[:limit]
                begin, end = (first_of(items[0]), end) if before else (begin, last_of(items[-1]))
            seqs = [item.seq for item in items if isinstance(item, Event)]
            runs = [item for item in items if isinstance(item, Run)]
            return read_at(run, room, user, seqs), runs, begin, end, tip

        return self._snapshot(read)

    def pinned(self, room: int, user: int) -> tuple[list[Shown], int]:
        return self._snapshot(lambda run: read_pinned(run, room, user))

    def changed(self, room: int, user: int, after: int, floor: int, limit: int) -> tuple[list[Shown], list[int], int]:
        return self._snapshot(lambda run: read_changed(run, room, user, after, floor, limit))

    def versions(self, room: int, seq: int, before: int, limit: int) -> list[Event]:
        return _events(self._read("versions", room, seq, before, limit))

    def reactors(self, room: int, seq: int, emoji: str, after: int, limit: int) -> list[tuple[int, int]]:
        return [(user, since) for user, since in self._read("reactors", room, seq, emoji, after, limit)]

    def _snapshot(self, read: Callable[[Execute], T]) -> T:
        """Call `read` with a function that executes queries, which all see one commit."""
        try:
            self._reader.execute("BEGIN")
            try:
                return read(self._reader.execute)
            finally:
                self._reader.execute("ROLLBACK")
        except apsw.Error as error:
            raise StoreError(because(error)) from error

    def first_at(self, room: int, at: int, tip: int) -> int:
        low, high = 1, tip + 1
        while low < high:
            middle = (low + high) // 2
            rows = self._read("at", room, middle)
            if rows and rows[0][0] < at:
                low = middle + 1
            else:
                high = middle
        return low

    def who(self, token: bytes) -> Identity | None:
        rows = self._read("identity", token)
        return Identity(*rows[0]) if rows else None

    def password(self, user: int) -> str | None:
        rows = self._read("password", user)
        return rows[0][0] if rows else None

    def sessions(self, user: int) -> list[TokenInfo]:
        return [TokenInfo(*row) for row in self._read("sessions", user)]

    def audit(self, before: tuple[int, int, int] | None, limit: int) -> list[Event]:
        return _events(self._read("audit", *(before or (_ALL, 0, 0)), limit, connection=self._heavy_reader))

    def hooks(self) -> list[Webhook]:
        rows = [list(row) for row in self._read("hooks")]
        for row in rows:
            row[5] = tuple(msgspec.json.decode(row[5]))
        return [Webhook(*row) for row in rows]

    def said_by(self, user: int, after: tuple[int, int], limit: int) -> list[Event]:
        return _events(self._read("said_by", user, *after, limit, connection=self._heavy_reader))

    def without_token(self, users: Sequence[int]) -> list[int]:
        return [row[0] for row in self._read("without_token", to_json(users))]

    def _read(self, query: str, *arguments: int | str | bytes, connection: apsw.Connection | None = None) -> list[Any]:
        try:
            # Fetch all rows at once: an unfinished query would keep SQLite from restarting the WAL.
            return (connection or self._reader).execute(QUERIES[query], arguments).fetchall()
        except apsw.Error as error:
            raise StoreError(because(error)) from error


def _open_reader(path: Path, vfs: str | None) -> apsw.Connection:
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY, vfs=vfs)
    reader.set_busy_timeout(5_000)
    return reader


def _events(rows: list[Any]) -> list[Event]:
    return [event_of(row) for row in rows]
