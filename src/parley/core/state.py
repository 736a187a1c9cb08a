"""The state: who is here and which rooms there are. A fold over the logs, and nothing else."""

from collections.abc import Collection, Iterable
from typing import Literal

from msgspec import Struct, field

from .events import DIRECTORY, Event
from .text import fold


class User(Struct):
    """Someone who holds a name. `rooms` are the ids of the rooms, direct ones included, with the user as a member."""

    id: int
    name: str
    rooms: tuple[int, ...] = ()


class Room(Struct):
    """A room, or the directory.

    `tip` is the seq of the newest event, `members` maps user ids to the seq at which they joined.
    A direct room has the two people as members for good, whether they hold a name or not.
    """

    id: int
    name: str
    epoch: str
    topic: str = ""
    tip: int = 0
    members: dict[int, int] = field(default_factory=dict)

    @property
    def kind(self) -> Literal["public", "direct"]:
        return "direct" if self.name.startswith("@") else "public"


def direct_name(one: int, other: int) -> str:
    """Return the name of the direct room of two users; it is no name that `is_name` allows."""
    return f"@{min(one, other)}+{max(one, other)}"


class State:
    """Users by id and by name, rooms by id and by name.

    Attributes:
        epoch: the epoch that rooms made from now on get.
        next_user: an id no user has had.
        next_room: an id no room has had.
    """

    def __init__(self, epoch: str, next_user: int = 1, next_room: int = 1) -> None:
        self.epoch = epoch
        self.next_user = next_user
        self.next_room = next_room
        self.users: dict[int, User] = {}
        self.rooms: dict[int, Room] = {DIRECTORY: Room(DIRECTORY, "", epoch)}
        self._users_by_name: dict[str, int] = {}
        self._rooms_by_name: dict[str, int] = {}

    # Reading

    def user_named(self, name: str) -> User | None:
        """Return the user who holds that name, however it is written."""
        user = self._users_by_name.get(fold(name))
        return None if user is None else self.users[user]

    def room_named(self, name: str) -> Room | None:
        """Return the room of that name, however it is written, without its `#`; a direct room by its `direct_name`."""
        room = self._rooms_by_name.get(fold(name))
        return None if room is None else self.rooms[room]

    def public_rooms(self) -> list[Room]:
        """Return the public rooms, the largest first."""
        public = (room for room in self.rooms.values() if room.id != DIRECTORY and room.kind == "public")
        return sorted(public, key=lambda room: (-len(room.members), fold(room.name)))

    # Folding

    def apply(self, event: Event) -> None:
        """Take one event in. Events of one log come in the order of their seq."""
        kind = event.kind
        if kind == "created":
            self._add_room(Room(event.room, event.text, self.epoch))
        room = self.rooms[event.room]
        room.tip = event.seq
        if kind in ("message", "action"):
            return
        if kind == "joined":
            room.members[event.user] = event.seq
            if user := self.users.get(event.user):
                _put(user, room.id)
        elif kind == "left":
            room.members.pop(event.user, None)
            if user := self.users.get(event.user):
                user.rooms = tuple(id_ for id_ in user.rooms if id_ != room.id)
        elif kind == "topic":
            room.topic = event.text
        elif kind == "named":
            self._name(event.user, event.text)
        elif kind == "released":
            self._forget_user(event.user)

    def add(self, users: Iterable[User], rooms: Iterable[Room]) -> None:
        """Take in users and rooms, e.g. from a store. `User.rooms` is not looked at: it follows from the members."""
        for user in users:
            self._add_user(User(user.id, user.name))
        for room in rooms:
            self._add_room(Room(room.id, room.name, room.epoch, room.topic, room.tip, dict(room.members)))

    def revert(self, to: "State", events: Collection[Event]) -> None:
        """Undo `events`, which are all that this state has folded beyond `to`.

        The ids that they used up are not given again.
        """
        rooms = {event.room for event in events}
        # Only the one who did it is changed by an event; the other members of the room are not.
        users = {event.user for event in events}
        for id_ in users:
            self._forget_user(id_)
        for id_ in rooms:
            if old := self.rooms.pop(id_, None):
                self._rooms_by_name.pop(fold(old.name), None)
        self.add((), [to.rooms[id_] for id_ in rooms if id_ in to.rooms])
        for id_ in users:
            if user := to.users.get(id_):
                self._add_user(User(user.id, user.name, user.rooms))

    def _add_room(self, room: Room) -> None:
        self.rooms[room.id] = room
        if room.id != DIRECTORY:
            self._rooms_by_name[fold(room.name)] = room.id
        self.next_room = max(self.next_room, room.id + 1)
        for member in room.members:
            if user := self.users.get(member):
                _put(user, room.id)

    def _add_user(self, user: User) -> None:
        self.users[user.id] = user
        self._users_by_name[fold(user.name)] = user.id
        self.next_user = max(self.next_user, user.id + 1)

    def _name(self, id_: int, name: str) -> None:
        if user := self.users.get(id_):
            del self._users_by_name[fold(user.name)]
            self._users_by_name[fold(name)] = id_
            user.name = name
            return
        # A guest who comes back is still a member of direct rooms; a new one is a member of nothing.
        known = () if id_ >= self.next_user else self.rooms.values()
        self._add_user(User(id_, name, tuple(room.id for room in known if id_ in room.members)))

    def _forget_user(self, id_: int) -> None:
        if user := self.users.pop(id_, None):
            del self._users_by_name[fold(user.name)]


def _put(user: User, room: int) -> None:
    if room not in user.rooms:
        user.rooms += (room,)
