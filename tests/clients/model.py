"""A model of a server in memory, for tests of the session. It does what docs/protocol/web.md promises, and nothing
else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec.structs import replace

from parley.wire import web

EVE = 999
"""Another user, who is always connected."""

LIMITS = web.Limits(frame_bytes=16384, text_chars=8000, name_chars=32, topic_chars=250, page=7)


@dataclass
class Room:
    id: int
    name: str
    kind: str
    epoch: str
    log: list[web.Event] = field(default_factory=list)
    members: set[int] = field(default_factory=set)
    topic: str = ""
    floors: dict[int, int] = field(default_factory=dict)  # the seq at which each member of a private room joined
    invited: set[int] = field(default_factory=set)
    read: dict[int, int] = field(default_factory=dict)  # the seq up to which each member has read
    got: dict[int, int] = field(default_factory=dict)

    def floor(self, user: int | None) -> int:
        return self.floors.get(user or 0, self.tip + 1) if self.kind == "private" else 1

    def unread(self, user: int) -> tuple[int, int]:
        """Return how many messages of others a member has not read, and how many of those mention the member."""
        first = max(self.read.get(user, 0), self.floor(user) - 1)
        unread = [event for event in self.log[first:] if event.kind in ("message", "action") and event.user != user]
        return len(unread), sum(user in event.mentions or 0 in event.mentions for event in unread)

    @property
    def tip(self) -> int:
        return len(self.log)


@dataclass
class Connection:
    """One connection. `after` has, for each streamed room, the seq up to which it was sent."""

    send: Callable[[web.FromServer], None]
    user: int | None = None
    greeted: bool = False
    closed: bool = False
    after: dict[int, int] = field(default_factory=dict)


class Server:
    """Rooms, users, keys. `refuse_next` has the codes with which the next messages are refused, with a
    `retry_after`.
    """

    def __init__(self) -> None:
        self.rooms: dict[int, Room] = {}
        self.names: dict[int, str] = {EVE: "eve"}  # the names of users who hold one
        self.last_names: dict[int, str] = {EVE: "eve"}
        self.tokens: dict[str, int] = {}
        self.accounts: dict[str, tuple[int, str]] = {}  # (user id, password) by name
        self.keys: dict[tuple[int, str], tuple[int, int]] = {}
        self.connections: list[Connection] = []
        self.refuse_next: list[str] = []
        self.slow: dict[int, int] = {}  # how many of the next messages each room refuses
        self.epoch = "e1"
        self.clock = 0
        self.made = 0

    # Rooms and users --------------------------------------------------------------------------------------------------

    def register(self, name: str, password: str) -> int:
        """Make an account; return its user id."""
        self.made += 1
        self.accounts[name] = (self.made, password)
        self._name(self.made, name)
        return self.made

    def has_account(self, user: int | None) -> bool:
        return any(user == id_ for id_, _ in self.accounts.values())

    def room(self, name: str, kind: str = "public", user: int | None = None) -> Room:
        """Return the room that `user` means by a name."""
        for room in self.rooms.values():
            if room.name == name and room.kind == "private" and user in room.members | room.invited:
                return room
        for room in self.rooms.values():
            if room.name == name and room.kind == kind:
                return room
        room = Room(len(self.rooms) + 1, name, kind, self.epoch)
        self.rooms[room.id] = room
        self.append(room, 0, "", "created", name)
        return room

    def append(
        self, room: Room, user: int, name: str, kind: str, text: str = "", about: int = 0, *mentions: int
    ) -> int:
        self.clock += 1
        whom = web.About(about, self.last_names[about]) if about else None
        room.log.append(web.Event(room.tip + 1, self.clock, user, name, kind, text, whom, mentions))
        if kind == "joined":
            room.read[user] = room.got[user] = room.tip
        self.pump()
        return room.tip

    def kick(self, room: Room, user: int) -> None:
        """Kick a user out of a room, as eve."""
        room.members.discard(user)
        room.invited.discard(user)
        self._part(room, user, self.append(room, EVE, "eve", "kicked", "why", user))

    def enter(self, room: Room, user: int) -> int:
        """Add a user to a room without a request on a connection of the model."""
        room.members.add(user)
        room.floors[user] = room.tip + 1
        seq = self.append(room, user, self.names[user], "joined")
        for each in self.connections:
            if each.user == user and each.greeted and room.id not in each.after:
                each.after[room.id] = seq - 1
                each.send(web.Joined(self._shown(room, user, seq - 1)))
        self.pump()
        return seq

    def pump(self) -> None:
        for connection in self.connections:
            for id_, after in list(connection.after.items()):
                log = self.rooms[id_].log[after:]
                if log and not connection.closed:
                    connection.after[id_] = after + len(log)
                    connection.send(web.Events(id_, log))

    def direct(self, one: int, other: int) -> Room:
        pair = {one, other}
        name = f"@{min(pair)}+{max(pair)}"
        known = any(room.name == name for room in self.rooms.values())
        room = self.room(name, "direct")
        if not known:
            room.members = pair
            for each in self.connections:
                if each.user in pair:
                    each.after[room.id] = 0
                    each.send(web.Joined(self._shown(room, each.user, 0)))
        return room

    def other_says(self, room: str, text: str, *mentions: int) -> None:
        self.append(self.room(room), EVE, "eve", "message", text, 0, *mentions)

    def expire(self) -> None:
        """Remove the names and memberships of guests without a connection."""
        here = {connection.user for connection in self.connections if not connection.closed}
        for user in [user for user in self.names if user not in here and user != EVE and not self.has_account(user)]:
            self.depart(user, "")

    def depart(self, user: int, words: str) -> None:
        for room in self.rooms.values():
            if room.kind != "direct" and user in room.members:
                self.leave(room, user, words)
        del self.names[user]

    def leave(self, room: Room, user: int, words: str = "") -> int:
        room.members.discard(user)
        return self._part(room, user, self.append(room, user, self.names[user], "left", words))

    def _part(self, room: Room, user: int, seq: int) -> int:
        for connection in self.connections:
            if connection.user == user and connection.after.pop(room.id, None) is not None:
                connection.send(web.Left(room.id, seq))
        return seq

    def forget_tokens(self) -> None:
        self.tokens.clear()

    def restore(self, room: str, seq: int) -> None:
        """Restore a room from a backup that ends at `seq`, with a restart of the server."""
        self.hang_up_all()
        self.epoch += "'"
        found = self.room(room)
        del found.log[seq:]
        found.epoch = self.epoch
        self.keys = {key: place for key, place in self.keys.items() if place[0] != found.id or place[1] <= seq}
        # Compute the members as of that event.
        found.members = set()
        for event in found.log:
            if event.kind == "joined":
                found.members.add(event.user)
            elif event.kind == "left":
                found.members.discard(event.user)
        found.members &= set(self.names)
        found.read = {user: min(seq, found.tip) for user, seq in found.read.items()}
        found.got = {user: min(seq, found.tip) for user, seq in found.got.items()}

    def hang_up_all(self) -> None:
        for connection in self.connections:
            connection.closed = True
        self.connections.clear()

    # A conversation ---------------------------------------------------------------------------------------------------

    def accept(self, send: Callable[[web.FromServer], None]) -> Connection:
        connection = Connection(send)
        self.connections.append(connection)
        return connection

    def receive(self, connection: Connection, data: bytes) -> None:
        frame = web.decode_from_client(data)
        assert len(data) <= LIMITS.frame_bytes
        if not connection.greeted:
            assert isinstance(frame, web.Hello), frame
            self._hello(connection, frame)
            return
        assert not isinstance(frame, web.Hello), "a second hello after ready"
        getattr(self, "_" + type(frame).__name__.lower())(connection, frame)

    def _hello(self, connection: Connection, frame: web.Hello) -> None:
        token, new = frame.token, None
        if token is None and frame.new_token in self.tokens:
            token = new = frame.new_token
        if token is not None:
            user = self.tokens.get(token)
            if user is None:
                connection.send(web.Error("token_unknown", "unknown"))
                return
            if user not in self.names:
                name = self.last_names[user]
                if name in self.names.values():
                    name = frame.name or name
                if name in self.names.values():
                    connection.send(web.Error("name_taken", "taken"))
                    return
                self._name(user, name)
        elif frame.password is not None:
            user, password = self.accounts.get(frame.name or "", (0, ""))
            if not user or password != frame.password:
                connection.send(web.Error("sign_in_wrong", "wrong"))
                return
            self.made += 1
            new = f"token{self.made}"
            self.tokens[new] = user
        elif frame.name in self.accounts:
            connection.send(web.Error("password_needed", "needed"))
            return
        elif frame.name is not None:
            if frame.name in self.names.values():
                connection.send(web.Error("name_taken", "taken"))
                return
            self.made += 1
            user = self.made
            new = frame.new_token or f"token{user}"
            self.tokens[new] = user
            self._name(user, frame.name)
        else:
            user = None
        connection.greeted, connection.user = True, user
        seen = {each.room: each for each in frame.seen}
        mine = [room for room in self.rooms.values() if user is not None and user in room.members]
        rooms = [self._start(connection, room, seen.get(room.id)) for room in mine]
        role = "member" if self.has_account(user) else "guest"
        person = None if user is None else web.Person(user, self.names[user], role)
        connection.send(web.Ready(1, "model", person, rooms, LIMITS, new))
        self.pump()

    def _name(self, user: int, name: str) -> None:
        self.names[user] = self.last_names[user] = name

    def _start(self, connection: Connection, room: Room, seen: web.Seen | web.SeenRoom | None) -> web.Room:
        after = room.tip
        if seen is not None and seen.epoch == room.epoch and seen.seq <= room.tip:
            after = seen.seq
        after = max(after, room.floor(connection.user) - 1)
        connection.after[room.id] = after
        return self._shown(room, connection.user, after)

    def _shown(self, room: Room, user: int | None, after: int | None = None) -> web.Room:
        name = room.name
        if room.kind == "direct":
            name = next((self.last_names.get(one, "?") for one in room.members if one != user), "?")
        shown = web.Room(
            room.id, name, room.kind, room.topic, room.epoch, room.tip, len(room.members), after, room.floor(user)
        )
        if user is None or user not in room.members:
            return shown
        unread, mentions = room.unread(user)
        return replace(shown, read=room.read.get(user, 0), unread=unread, mentions=mentions, receipts=True)

    def _join(self, connection: Connection, frame: web.Join) -> None:
        assert connection.user is not None
        if connection.user not in self.names:
            connection.send(web.Error("name_needed", "needed", frame.id))
            return
        room = self.room(frame.name, user=connection.user)
        known = room.id in connection.after
        if connection.user not in room.members:
            room.members.add(connection.user)
            room.floors[connection.user] = room.tip + 1
            seq = self.append(room, connection.user, self.names[connection.user], "joined")
            shown = self._start(connection, room, frame.seen)
            if frame.seen is None:
                connection.after[room.id] = seq - 1
                shown = self._shown(room, connection.user, seq - 1)
            for other in self.connections:
                if other is not connection and other.user == connection.user and room.id not in other.after:
                    other.after[room.id] = seq - 1
                    other.send(web.Joined(self._shown(room, other.user, seq - 1)))
        elif known:
            shown = self._shown(room, connection.user, connection.after[room.id])
        else:
            shown = self._start(connection, room, frame.seen)
        connection.send(web.Joined(shown, frame.id))
        self.pump()

    def _watch(self, connection: Connection, frame: web.Watch) -> None:
        if all(room.name != frame.name for room in self.rooms.values()):
            connection.send(web.Error("room_unknown", "unknown", frame.id))
            return
        connection.send(web.Watching(self._start(connection, self.room(frame.name), frame.seen), frame.id))
        self.pump()

    def _leave(self, connection: Connection, frame: web.Leave) -> None:
        assert connection.user is not None
        room = self.rooms[frame.room]
        if connection.user not in room.members:
            connection.send(web.Error("room_not_joined", "not joined", frame.id))
            return
        self.leave(room, connection.user, frame.words)
        connection.send(web.Done(frame.id))

    def _send(self, connection: Connection, frame: web.Send) -> None:
        assert connection.user is not None
        if stored := self.keys.get((connection.user, frame.key)):
            connection.send(web.Stored(frame.key, *stored))
            return
        if self.refuse_next:
            connection.send(web.Error(self.refuse_next.pop(0), "later", key=frame.key, retry_after=100))
            return
        room = self.rooms.get(frame.room)
        if room is None or connection.user not in room.members:
            connection.send(web.Error("room_not_joined", "not joined", key=frame.key))
            return
        if self.slow.get(room.id):
            self.slow[room.id] -= 1
            connection.send(web.Error("slow", "slow", key=frame.key, retry_after=5000))
            return
        if "\x07" in frame.text:
            connection.send(web.Error("text_invalid", "controls", key=frame.key))
            return
        self._store(connection, room, frame)

    def _tell(self, connection: Connection, frame: web.Tell) -> None:
        assert connection.user is not None
        if stored := self.keys.get((connection.user, frame.key)):
            connection.send(web.Stored(frame.key, *stored))
            return
        other = next((user for user, name in self.names.items() if name == frame.to), None)
        if other is None:
            connection.send(web.Error("user_unknown", "unknown", key=frame.key))
            return
        self._store(connection, self.direct(connection.user, other), frame)

    def _store(self, connection: Connection, room: Room, frame: web.Send | web.Tell) -> None:
        assert connection.user is not None
        self.keys[connection.user, frame.key] = (room.id, room.tip + 1)
        # `stored` may come before or after the event itself: the protocol allows both.
        early = self.clock % 2
        if early:
            connection.send(web.Stored(frame.key, room.id, room.tip + 1))
        self.append(room, connection.user, self.names[connection.user], frame.kind, frame.text)
        if not early:
            connection.send(web.Stored(frame.key, room.id, room.tip))

    def _rename(self, connection: Connection, frame: web.Rename) -> None:
        assert connection.user is not None
        if frame.name in self.names.values() and self.names[connection.user] != frame.name:
            connection.send(web.Error("name_taken", "taken", frame.id))
            return
        old = self.names[connection.user]
        self._name(connection.user, frame.name)
        if self.has_account(connection.user):
            self.accounts[frame.name] = self.accounts.pop(old)
        for room in self.rooms.values():
            if connection.user in room.members and room.kind != "direct":
                self.append(room, connection.user, old, "renamed", frame.name)
        connection.send(web.Done(frame.id))

    def _settopic(self, connection: Connection, frame: web.SetTopic) -> None:
        assert connection.user is not None
        room = self.rooms[frame.room]
        if connection.user not in room.members:
            connection.send(web.Error("room_not_joined", "not joined", frame.id))
            return
        room.topic = frame.topic
        self.append(room, connection.user, self.names[connection.user], "topic", frame.topic)
        connection.send(web.Done(frame.id))

    def _history(self, connection: Connection, frame: web.History) -> None:
        assert 1 <= frame.limit <= LIMITS.page
        room = self.rooms[frame.room]
        if room.kind == "private" and connection.user not in room.members:
            connection.send(web.Error("room_unknown", "unknown", frame.id))
            return
        log = room.log[room.floor(connection.user) - 1 :]
        events = [event for event in log if not frame.messages or event.kind in ("message", "action")]
        if frame.after is not None:
            found = [event for event in events if event.seq > frame.after]
            page = found[: frame.limit]
        else:
            before = room.tip + 1 if frame.before is None else frame.before
            found = [event for event in events if event.seq < before]
            page = found[-frame.limit :]
        connection.send(web.Page(room.id, room.epoch, page, len(page) < len(found), frame.id))

    def _getmembers(self, connection: Connection, frame: web.GetMembers) -> None:
        room = self.rooms[frame.room]
        if room.kind == "private" and connection.user not in room.members:
            connection.send(web.Error("room_unknown", "unknown", frame.id))
            return
        members = [web.Member(user, self.names[user], True) for user in sorted(room.members)]
        connection.send(web.Members(room.id, members, frame.id))

    def _getrooms(self, connection: Connection, frame: web.GetRooms) -> None:
        public = [self._shown(room, None) for room in self.rooms.values() if room.kind == "public"]
        connection.send(web.Rooms(public, frame.id))

    def _read(self, connection: Connection, frame: web.Read) -> None:
        room, user = self.rooms[frame.room], connection.user
        if user not in room.members or user is None or frame.seq <= room.read.get(user, 0):
            return
        assert frame.seq <= room.tip
        room.read[user] = frame.seq
        self._got(connection, web.Got(frame.room, frame.seq))
        for each in self.connections:
            if each.user == user and room.id in each.after:
                each.send(web.Unread(room.id, frame.seq, room.tip, *room.unread(user)))

    def _got(self, connection: Connection, frame: web.Got) -> None:
        room, user = self.rooms[frame.room], connection.user
        if user in room.members and user is not None:
            room.got[user] = max(room.got.get(user, 0), frame.seq)

    def _typing(self, connection: Connection, frame: web.Typing) -> None:
        for other in self.connections:
            if frame.room in other.after and connection.user is not None:
                name = self.names[connection.user]
                other.send(web.Signal("typing", frame.room, connection.user, name))

    def _bye(self, connection: Connection, frame: web.Bye) -> None:
        assert connection.user is not None
        if not self.has_account(connection.user):
            self.depart(connection.user, frame.words)
        connection.send(web.Goodbye())
        connection.closed = True
        self.connections.remove(connection)
