"""The doctor checks a database. It only reads, and can run beside a running server."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, cast, get_args

import apsw
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from parley.core.events import DELETED_NAME, DIRECTORY, Event, departed
from parley.core.kinds import PASSING_KINDS, Kind
from parley.core.roles import RoomRole, ServerRole
from parley.core.state import Invitation, Profile, Room, State, direct_name
from parley.core.text import fold
from parley.storage.mark import FolderMark, Mark

from .doctor_changes import faults_of_rows, faults_of_tables
from .past import (
    accept,
    empty_sentence,
    epoch_of,
    is_partial,
    lost_file,
    older_copy,
    partial_sentence,
    stored_events,
    wal_bytes,
)
from .schema import CLASSES, EVENT_COLUMNS, QUERIES, event_of, migrations, run_migrations

MOST: Final = 20
"""At most this many findings of one sort are reported one by one; further ones are only counted."""

_KINDS: Final = frozenset(get_args(Kind))
_EVENTS_BETWEEN_REPORTS: Final = 10_000
_STEPS_BETWEEN_REPORTS: Final = 2_000_000

_DIRECTORY_ONLY: Final = frozenset(
    (
        "named", "released", "registered", "profile", "disabled", "enabled", "deleted", "credentials",
        "invitation", "invitation_used", "invitation_revoked", "webhook",
    )
)  # fmt: skip
_TO_SOMEONE: Final = frozenset(
    ("invited", "kicked", "banned", "unbanned", "muted", "unmuted", "role", "disabled", "enabled", "deleted")
)

Progress = Callable[[str, int], None]
"""Called from time to time with the name of the current check and the number of events it has checked (0 if unknown).
"""


class Unreadable(Exception):
    """The database can't be checked at all. The text is a sentence that says why."""


class Finding(Struct, frozen=True):
    """A fault in the database.

    Attributes:
        words: the fault, as a sentence.
        room: the id of the log that has it; None if it is in no log.
        seq: the place in that log; None if there is no single place.
    """

    words: str
    room: int | None = None
    seq: int | None = None


class Report(Struct, frozen=True):
    """How many rooms, users and so on were checked, and the findings. There are none if the database is sound."""

    rooms: int
    users: int
    events: int
    findings: list[Finding]


def examine(path: Path, progress: Progress = lambda _what, _events: None) -> Report:
    """Check the database.

    Raises:
        Unreadable: the file does not exist, is not a Parley database, or is one of a newer version.
    """
    mark, wal = FolderMark(path).read(), wal_bytes(path)
    connection = _open(path, mark)
    try:
        report = _Examination(connection, progress).run()
        findings = [Finding(words) for words in _past(path, connection, mark, wal)]
        return replace(report, findings=findings + report.findings)
    except apsw.Error as error:
        raise Unreadable(f"{path} can't be read: {error}.") from error
    finally:
        connection.close()


def _past(path: Path, connection: apsw.Connection, mark: Mark | None, wal: int) -> Iterator[str]:
    """Yield a sentence for each sign that the folder has had events that the database lacks."""
    events = stored_events(connection)
    if mark is not None and mark.events and not events:
        yield empty_sentence(path, mark)
    elif mark is not None and (why := older_copy(mark._replace(in_place=True), epoch_of(connection), events)):
        yield f"{path} {why}. The next start gives every room a new epoch, as `--restored` does."
    if is_partial(connection, wal):
        yield partial_sentence(path)


def accept_restored(path: Path) -> Finding | None:
    """Accept a restored database as the folder's current one, and give every room a new epoch: clients may have events
    that this database lacks. Return a finding about the events that it lacks, if that is known.

    Raises:
        Unreadable: as for `examine`; or the database has no events, or can't be written.
    """
    mark, wal = FolderMark(path).read(), wal_bytes(path)
    _open(path, mark).close()
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            if not stored_events(connection):
                raise Unreadable(f"{path} has no events, so it is no backup. It was left as it is.")
            lacks = Finding(partial_sentence(path)) if is_partial(connection, wal) else None
            connection.pragma("synchronous", "full")
            connection.pragma("fullfsync", True)
            accept(path, connection)
            return lacks
        finally:
            connection.close()
    except (apsw.Error, OSError) as error:
        raise Unreadable(f"{path} can't be written: {error}.") from error


def check_there(path: Path, mark: Mark | None = None) -> None:
    """Check that the database file exists.

    Raises:
        Unreadable: there is none.
    """
    if problem := lost_file(path, mark or FolderMark(path).read()):
        raise Unreadable(problem)
    if not path.is_file():
        raise Unreadable(f"There is no Parley database in {path.parent}.")


def _open(path: Path, mark: Mark | None) -> apsw.Connection:
    """Open a database of a known version for reading."""
    check_there(path, mark)
    try:
        connection = _open_for_reading(path)
    except apsw.Error as error:
        raise Unreadable(f"{path} is not a database, or can't be read: {error}.") from error
    try:
        version = cast("int", connection.pragma("user_version"))
        newest = len(migrations())
        if version > newest:
            known = f"its version is {version}, this one knows versions up to {newest}"
            raise Unreadable(f"{path} was written by a newer Parley: {known}.")
        if version == 0:
            raise Unreadable(f"{path} is a database, but not one of Parley's.")
        if version < newest:
            raise Unreadable(
                f"{path} is of an older Parley (version {version}). Start the server once: it brings it up to date."
            )
    except BaseException:
        connection.close()
        raise
    return connection


def _open_for_reading(path: Path) -> apsw.Connection:
    def attempt(name: str, flags: int) -> apsw.Connection:
        connection = apsw.Connection(name, flags=apsw.SQLITE_OPEN_READONLY | flags)
        try:
            connection.set_busy_timeout(5_000)
            connection.pragma("user_version")
        except BaseException:
            connection.close()
            raise
        return connection

    try:
        return attempt(str(path), 0)
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        wal = path.with_name(path.name + "-wal")
        if wal.exists() and wal.stat().st_size:
            raise
        # On a read-only medium SQLite can't create the files that it shares with a server, and does not need them.
        return attempt(f"{path.absolute().as_uri()}?immutable=1", apsw.SQLITE_OPEN_URI)


class _Counts(NamedTuple):
    """A row of the query `counts_of_members`."""

    room: int
    user: int
    since: int
    delivered: int
    read: int
    past: int | None
    moved: int
    mentions: int
    counted: int
    before: int
    up_to_read: int
    own_counted: int
    own_read: int
    own: int
    named_counted: int
    named_read: int
    named: int


class _Examination:
    def __init__(self, connection: apsw.Connection, progress: Progress) -> None:
        self._connection = connection
        self._progress = progress
        self._findings: list[Finding] = []
        self._labels: dict[int, str] = {}
        self._logs: dict[int, tuple[int, int, int]] = {}
        self._listed: dict[int, tuple[str, str, str]] = {}
        self._state = State("")
        self._folded = True

    def run(self) -> Report:
        # One read transaction: all tables are read as of one moment, even while a server writes.
        with self._connection:
            for what, check in (
                ("the file", self._file),
                ("the tables", self._schema),
                ("the rooms", self._rooms),
                ("the sequences", self._sequences),
                ("the keys", self._keys),
                ("the changes", self._changes),
                ("the users", self._users),
                ("the credentials", self._credentials),
                ("the members", self._members),
                ("the direct rooms", self._direct_rooms),
                ("erased events", self._erased),
                ("changed messages", self._changed_messages),
                ("what is unread", self._counts),
            ):
                self._progress(what, 0)
                self._connection.set_progress_handler(partial(self._tick, what), _STEPS_BETWEEN_REPORTS)
                try:
                    self._add(check())
                except apsw.Error as error:
                    # A damaged page or a missing table. Other tables may be sound.
                    self._findings.append(Finding(f"Checking {what} was not possible: {error}."))
                    self._folded = self._folded and what != "the changes"
        events = sum(count for count, _, _ in self._logs.values())
        return Report(max(len(self._listed) - 1, 0), len(self._state.users), events, self._findings)

    def _tick(self, what: str) -> bool:
        self._progress(what, 0)
        return False

    def _rows(self, query: str, *arguments: int | str) -> Iterator[Any]:
        return cast("Iterator[Any]", self._connection.execute(QUERIES[query], arguments))

    def _add(self, findings: Iterable[Finding]) -> None:
        sorts: Counter[str] = Counter()
        for finding in findings:
            sorts["all"] += 1
            if sorts["all"] <= MOST:
                self._findings.append(finding)
        if (more := sorts["all"] - MOST) > 0:
            self._findings.append(Finding(f"... and {more:,} more like that."))

    # Checks

    def _file(self) -> Iterator[Finding]:
        for (line,) in self._rows("damages"):
            if line != "ok":
                yield Finding(f"The file is damaged: {line}.")

    def _schema(self) -> Iterator[Finding]:
        fresh = apsw.Connection(":memory:")
        run_migrations(fresh, migrations())
        wanted = {(kind, name): sql for kind, name, sql in cast("Any", fresh.execute(QUERIES["schema"]))}
        fresh.close()
        found = {(kind, name): sql for kind, name, sql in self._rows("schema")}
        for (kind, name), sql in wanted.items():
            if (kind, name) not in found:
                yield Finding(f"The {kind} {name} is missing.")
            elif found[kind, name] != sql:
                yield Finding(f"The {kind} {name} is not as Parley makes it.")

    def _rooms(self) -> Iterator[Finding]:
        self._listed = {id_: (name, topic, epoch) for id_, name, topic, epoch in self._rows("listed_rooms")}
        for id_, (name, _topic, epoch) in self._listed.items():
            self._labels[id_] = _label(id_, name)
            if not epoch:
                yield Finding(f"{self._labels[id_]} has no epoch.", id_)
        if DIRECTORY not in self._listed:
            yield Finding("The directory is not listed among the rooms.", DIRECTORY)

    def _sequences(self) -> Iterator[Finding]:
        self._logs = {room: (count, first, last) for room, count, first, last in self._rows("logs")}
        for room, (count, first, last) in self._logs.items():
            if room not in self._listed:
                yield Finding(
                    f"There is a log of {count:,} events, seqs {first} to {last}, of a room {room} that is not listed.",
                    room,
                )
            if first != 1:
                yield Finding(f"{self._label(room)}: the log begins with seq {first}, not 1.", room, first)
            if count != last - first + 1:
                for before, after in self._rows("gaps", room):
                    missing = f"seq {before + 1} is" if after == before + 2 else f"seqs {before + 1} to {after - 1} are"
                    yield Finding(f"{self._label(room)}: {missing} missing.", room, before + 1)
        for room in self._listed.keys() - self._logs.keys() - {DIRECTORY}:
            yield Finding(f"{self._label(room)} is listed, but has no log.", room)

    def _keys(self) -> Iterator[Finding]:
        for user, key, count, places in self._rows("doubled_keys"):
            where = [f"{self._label(room)} seq {seq}" for room, seq in json.loads(places)[:5]]
            yield Finding(f"User {user} has the key {_quoted(key)} on {count} messages: {', '.join(where)}.")

    def _changes(self) -> Iterator[Finding]:
        """Fold the logs one after the other, the directory first.

        The order between logs is unknown and does not matter: only the directory has names, only rooms have members.
        """
        state = self._state
        broken: set[int] = set()
        for number, row in enumerate(self._rows("every_change", CLASSES)):
            if number % _EVENTS_BETWEEN_REPORTS == 0:
                self._progress("the changes", number)
            event = _event_of(row)
            room = event.room
            if event.kind not in _KINDS:
                yield self._at(event, f"is of a kind that Parley does not know, {_quoted(event.kind)}")
                continue
            if room != DIRECTORY and room not in state.rooms and event.kind != "created" and room not in broken:
                broken.add(room)
                yield self._at(event, f"is {_quoted(event.kind)}, and no room was created before it")
            if room in broken:
                continue
            if problem := _contradiction(state, event):
                yield self._at(event, problem)
                known = event.kind in ("named", "released", "created") or event.room == DIRECTORY
                if known or not _has_whom(event) or not _makes_sense(event):
                    continue
            state.apply(event)
        yield from self._doubled_names()
        for room, seq, kind in self._rows("wrong_classes", CLASSES):
            words = f"{self._label(room)} seq {seq} is {_quoted(kind)}, and is stored as something else."
            yield Finding(words, room, seq)
        unsound = {finding.room for finding in self._findings}
        for room, first, last, listed in self._rows("wrong_runs", json.dumps(sorted(PASSING_KINDS))):
            if room not in unsound:  # in a log with a gap, a run is divided, and that is no further fault
                words = f"{self._label(room)}: the comings and goings from seq {first} to"
                yield Finding(f"{words} {last or 'nowhere'} are listed up to {listed or 'nowhere'}.", room, first)
        for room in self._listed.keys() & self._logs.keys() - state.rooms.keys() - broken:
            yield Finding(f"{self._label(room)} has a log, but no event that created it.", room)

    def _doubled_names(self) -> Iterator[Finding]:
        named: dict[str, int] = {}
        for room in self._state.rooms.values():
            if room.id != DIRECTORY and not room.private:
                other = named.setdefault(fold(room.name), room.id)
                if other != room.id:
                    yield Finding(f"Rooms {other} and {room.id} have one name, {_quoted(room.name)}.", room.id)

    def _users(self) -> Iterator[Finding]:
        for id_, seq, said, said_here, listed, listed_here, token in self._rows("users_compared"):
            if seq is None:
                which = "a token" if token else "no token"
                yield Finding(
                    f"User {id_}, {_quoted(listed)}, is listed with {which}, but the directory never named one."
                )
            elif listed is None:
                yield Finding(f"User {id_} is not listed, but was named {_quoted(said)}.", DIRECTORY, seq)
            elif said != listed:
                yield Finding(
                    f"User {id_} is listed as {_quoted(listed)}, but is called {_quoted(said)}.", DIRECTORY, seq
                )
            elif said_here != listed_here:
                listed_as, by_log = ("here", "gone") if listed_here else ("gone", "here")
                yield Finding(
                    f"User {id_}, {_quoted(said)}, is listed as {listed_as}, but is {by_log}.", DIRECTORY, seq
                )

    def _credentials(self) -> Iterator[Finding]:
        for (user,) in self._rows("lost_tokens"):
            yield Finding(f"There is a token of user {user}, who is not listed.")
        for (user,) in self._rows("lost_preferences"):
            yield Finding(f"There are preferences of user {user}, who is not listed.")
        for room, hook in self._rows("lost_hooks"):
            yield Finding(f"There is a webhook, {hook}, of a room {room} that is not listed.", room)
        for (user,) in self._rows("passwords") if self._folded else ():
            if user not in self._state.users or not self._state.users[user].account:
                yield Finding(f"User {user} has a password, but no account.")

    def _members(self) -> Iterator[Finding]:
        """Compare each room's stored name, topic and members with the fold of its log."""
        if not self._folded:
            return
        listed: dict[int, dict[int, int]] = {}
        for room, user, since in self._rows("members"):
            listed.setdefault(room, {})[user] = since
        for id_, members in listed.items():
            if id_ not in self._listed:
                yield Finding(f"There are {len(members):,} members of a room {id_} that is not listed.", id_)
        for id_, room in self._state.rooms.items():
            if id_ in self._listed:
                yield from self._compare(room, listed.get(id_, {}))
            elif room.tip:
                yield Finding(f"{_label(id_, room.name)} is not listed, but has a log.", id_)

    def _compare(self, room: Room, members: dict[int, int]) -> Iterator[Finding]:
        name, topic, _epoch = self._listed[room.id]
        label = self._label(room.id)
        if name != room.name:
            yield Finding(f"{label} is listed by that name, but was created as {_quoted(room.name)}.", room.id, 1)
        if topic != room.topic:
            yield Finding(f"{label}: the topic is listed as {_quoted(topic)}, but is {_quoted(room.topic)}.", room.id)
        for user in sorted(members.keys() | room.members.keys()):
            listed, since = members.get(user), room.members.get(user)
            if since is None:
                yield Finding(f"{label}: {self._person(user)} is listed as a member, but is none.", room.id, listed)
            elif listed is None:
                yield Finding(
                    f"{label}: {self._person(user)} is a member since seq {since}, but is not listed.", room.id, since
                )
            elif listed != since:
                words = (
                    f"{label}: {self._person(user)} is listed as a member since seq {listed}, but is one since {since}."
                )
                yield Finding(words, room.id, since)

    def _direct_rooms(self) -> Iterator[Finding]:
        for room in self._state.rooms.values():
            if room.kind == "direct":
                members = sorted(room.members)
                if len(members) < 2 or direct_name(*members) != room.name:
                    who = " and ".join(map(str, members)) or "nobody"
                    yield Finding(f"{self._label(room.id)}: its members are not those of its name, but {who}.", room.id)

    def _erased(self) -> Iterator[Finding]:
        for room, seq, problem in faults_of_rows(self._rows):
            yield Finding(f"{self._label(room)}: seq {seq} {problem}.", room, seq)

    def _changed_messages(self) -> Iterator[Finding]:
        """Compare the tables of changed messages with the fold of the logs, in rooms whose log is sound."""
        unsound = {finding.room for finding in self._findings}
        for room, seq, problem in faults_of_tables(self._rows):
            if room not in unsound:
                yield Finding(f"{self._label(room)}: seq {seq} {problem}.", room, seq)

    def _counts(self) -> Iterator[Finding]:
        """Recount unread messages, in rooms whose log and members are sound."""
        unsound = {finding.room for finding in self._findings}
        said: dict[int, int] = {}
        for room, listed, counted, found, messages, tip in self._rows("counts_of_rooms"):
            said[room] = messages
            if room in unsound:
                continue
            if counted > tip:
                words = f"{self._label(room)} is counted up to seq {counted}, but its log ends at {tip}."
                yield Finding(words, room, counted)
            elif listed != found:
                words = f"{listed:,} messages are counted up to seq {counted}, but there are {found:,}."
                yield Finding(f"{self._label(room)}: {words}", room, counted)
            else:
                continue
            unsound.add(room)
        for row in self._rows("counts_of_members"):
            if row[0] not in unsound:
                yield from self._compare_counts(_Counts(*row), said[row[0]])

    def _compare_counts(self, of: _Counts, said: int) -> Iterator[Finding]:
        who, tip = f"{self._label(of.room)}: {self._person(of.user)}", self._logs[of.room][2]
        if not of.since <= of.read <= of.delivered <= tip:
            yield Finding(
                f"{who} came in at seq {of.since}, has read up to {of.read} and got up to {of.delivered}, "
                f"which can't be in a log that ends at {tip}.",
                of.room,
                of.read,
            )
            return
        if of.past is None and of.since <= of.counted:
            yield Finding(f"{who} came in at seq {of.since}, and the room is counted without them.", of.room, of.since)
            return
        past = of.before if of.past is None else of.past
        # Events after the seq `counted` add the same number to both sides of each subtraction, so they cancel out.
        surplus = past + of.moved - (of.up_to_read + of.own_counted - of.own_read)
        unread = said - of.up_to_read - (of.own - of.own_read)
        if surplus:
            words = f"{who} has {unread:,} unread messages, but {unread - surplus:,} are counted."
            yield Finding(words, of.room, of.read)
        surplus, unread = of.mentions - (of.named_counted - of.named_read), of.named - of.named_read
        if surplus:
            words = f"{who} is named by {unread:,} unread messages, but {unread + surplus:,} are counted."
            yield Finding(words, of.room, of.read)

    # Sentences

    def _at(self, event: Event, problem: str) -> Finding:
        return Finding(f"{self._label(event.room)}: seq {event.seq} {problem}.", event.room, event.seq)

    def _label(self, room: int) -> str:
        return self._labels.get(room) or _label(room, None)

    def _person(self, id_: int) -> str:
        user = self._state.users.get(id_)
        return f"user {id_}" if user is None else f"user {id_}, {_quoted(user.name)},"


def _contradiction(state: State, event: Event) -> str | None:
    """Return why an event can't follow this state; None if it can."""
    kind = event.kind
    if kind in _DIRECTORY_ONLY and event.room != DIRECTORY:
        return f"is {_quoted(kind)}, which belongs in the directory"
    if kind in ("named", "released"):
        if kind == "released" and event.user not in state.users:
            return f"releases a name that user {event.user} does not hold"
        # All deleted accounts have the same name in the log.
        named = kind == "named" and event.text != DELETED_NAME
        holder = state.user_named(event.text) if named else None
        if holder is not None and holder.id != event.user:
            return f"names user {event.user} {_quoted(event.text)}, which is user {holder.id}'s name"
        return None
    if event.room == DIRECTORY and kind != "role" and kind not in _DIRECTORY_ONLY:
        return f"is {_quoted(kind)}, which does not belong in the directory"
    if kind == "created" and event.room in state.rooms:
        return "creates a room that was there already"
    members = state.rooms[event.room].members if event.room in state.rooms else {}
    if kind == "joined" and event.user in members:
        return f"joins user {event.user}, who was a member already"
    if kind == "left" and event.user not in members:
        return f"says that user {event.user} left, who was no member"
    if not _has_whom(event):
        return f"is {_quoted(kind)}, and does not say whom it was done to"
    if not _makes_sense(event):
        return f"is {_quoted(kind)}, and its text makes no sense, {_quoted(event.text)}"
    if kind == "kicked" and departed(event) not in members:
        return f"says that user {departed(event)} was sent out, who was no member"
    return None


def _has_whom(event: Event) -> bool:
    return event.kind not in _TO_SOMEONE or event.about is not None


def _makes_sense(event: Event) -> bool:
    """Return whether a state can fold the event's text."""
    kind, text = event.kind, event.text
    try:
        if kind == "profile":
            msgspec.json.decode(text, type=Profile)
        elif kind == "invitation":
            msgspec.json.decode(text, type=Invitation)
    except msgspec.DecodeError:
        return False
    if kind == "slow":
        return text.isascii() and text.isdigit() and len(text) < 9
    if kind in ("read_only", "guests"):
        return text in ("on", "off")
    if kind == "calls":
        return text in ("members", "moderators", "nobody")
    if kind in ("registered", "role"):
        roles = RoomRole if event.room != DIRECTORY else ServerRole
        return text in get_args(roles)
    return True


def _event_of(row: Sequence[Any]) -> Event:
    """Return the event of a row. If `about` can't be read, the event has none."""
    try:
        return event_of(row)
    except msgspec.DecodeError:
        columns = dict(zip(EVENT_COLUMNS, row, strict=True))
        return event_of(tuple((columns | {"about": None, "mentions": None}).values()))


def _label(room: int, name: str | None) -> str:
    if room == DIRECTORY:
        return "The directory"
    if name is None:
        return f"Room {room}"
    if name.startswith("@"):
        return f"Direct room {_quoted(name)[1:-1]}"
    return f"#{_quoted(name)[1:-1]}"


def _quoted(text: str) -> str:
    """Return text from the database in quotes, shortened, without characters that could control a terminal."""
    text = text if len(text) <= 60 else text[:60] + "..."
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)
    return f'"{safe}"'
