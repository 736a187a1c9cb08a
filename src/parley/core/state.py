"""The state: users and rooms. A fold over the logs, and nothing else."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from copy import copy as shallow_copy
from typing import Final, Literal

import msgspec
from msgspec import Struct, field

from .events import DIRECTORY, NEW_PASSWORD, SERVER, Event, RelatedEvent, departed
from .kinds import KINDS_OF_CHANGES, MESSAGE_KINDS
from .members import Members
from .text import fold
from .unicode.confusables import skeletons


class Profile(Struct, frozen=True, omit_defaults=True):
    """The public profile of a user. Empty fields are not set.

    Attributes:
        display: the display name; shown beside the name, never instead of it.
        colour: the avatar's colour, as `#rrggbb`.
        zone: the time zone, a name from the IANA database.
    """

    display: str = ""
    colour: str = ""
    zone: str = ""


class User(Struct):
    """Someone who holds a name: a guest, or the owner of an account. An account holds its name permanently.

    Attributes:
        rooms: the ids of the rooms that the user is a member of, direct ones included.
        role: the role on the server.
        disabled: whether the account is disabled.
        password_at: the directory's seq at the last change of the password; 0: never changed.
    """

    id: int
    name: str
    rooms: tuple[int, ...] = ()
    role: Literal["owner", "admin", "member", "bot", "guest"] = "guest"
    disabled: bool = False
    profile: Profile = Profile()
    password_at: int = 0

    @property
    def account(self) -> bool:
        return self.role != "guest"


class Room(Struct):
    """A room, or the directory.

    `tip` is the seq of the newest event, `said` that of the newest message or action; 0: there is none.
    The members of a direct room stay members permanently, whether they hold a name or not.

    Attributes:
        private: whether members join by invitation only.
        roles: the owners and moderators; a role is kept while its holder is away.
        invited: maps the users who may join a private room to the one who invited them.
        bans, mutes: map users to the end, in milliseconds since 1970 UTC; 0: until lifted.
        slow: seconds between two messages of one member; 0: no limit.
        read_only: whether only moderators may write.
        archived: whether nobody may write.
        closed_to_guests: whether guests may not join.
        broadcast_mentions: who may use `@here` and `@room`; stored as the kind `calls`.
        spoke: the time of each member's last message; kept while `slow` is set, and lost at a restart.
        pins: the pinned messages by seq, each with the seq of the event that pinned it.
        recounted: the seq of the newest event that changed how an earlier message counts; 0 after a restart.
    """

    id: int
    name: str
    epoch: str
    topic: str = ""
    tip: int = 0
    members: Members = field(default_factory=Members)
    private: bool = False
    roles: dict[int, str] = field(default_factory=dict)
    invited: dict[int, int] = field(default_factory=dict)
    bans: dict[int, int] = field(default_factory=dict)
    mutes: dict[int, int] = field(default_factory=dict)
    slow: int = 0
    read_only: bool = False
    archived: bool = False
    closed_to_guests: bool = False
    broadcast_mentions: Literal["members", "moderators", "nobody"] = "members"
    spoke: dict[int, int] = field(default_factory=dict)
    pins: dict[int, int] = field(default_factory=dict)
    recounted: int = 0
    said: int = 0

    @property
    def kind(self) -> Literal["public", "private", "direct"]:
        if self.private:
            return "private"
        return "direct" if self.name.startswith("@") else "public"

    @property
    def guarded(self) -> bool:
        """Whether some members may not write, or not at any time."""
        return bool(self.mutes or self.slow or self.read_only or self.archived)

    def copy(self) -> "Room":
        """Return an independent copy."""
        copy = Room(*[getattr(self, name) for name in Room.__struct_fields__])
        for name in ("members", "roles", "invited", "bans", "mutes", "spoke", "pins"):
            setattr(copy, name, getattr(self, name).copy())
        return copy


class Invitation(Struct, frozen=True, omit_defaults=True):
    """An invitation to the server, as stored in the text of its `invitation` event.

    Attributes:
        code: the SHA-256 of the code, in hex.
        uses: how many more people may use it; 0: any number.
        until: when it expires, in milliseconds since 1970 UTC; 0: never.
        room: the id of the room that a new user joins, which may be private; 0: the lobby.
        role: the role of accounts created with it; empty: guests may use it too.
        label: a label from its creator.
        by: the id of its creator.
    """

    code: str
    uses: int = 0
    until: int = 0
    room: int = 0
    role: Literal["", "member", "admin", "owner"] = ""
    label: str = ""
    by: int = 0


def direct_name(*users: int) -> str:
    """Return the name of these users' direct room. `is_name` does not allow it, so no other room can have it."""
    return "@" + "+".join(map(str, sorted(set(users))))


class State:
    """Users by id and by name, rooms by id and by name.

    Attributes:
        epoch: the epoch of rooms that are created from now on.
        next_user: an id that no user has had.
        next_room: an id that no room has had.
        invitations: the open invitations, by the hash of their code.
        owned: whether the server has or had an owner, or an invitation for one.
        deleted: the ids of deleted accounts; nobody can resume as one of them.
    """

    def __init__(self, epoch: str, next_user: int = 1, next_room: int = 1) -> None:
        self.epoch = epoch
        self.next_user = next_user
        self.next_room = next_room
        self.users: dict[int, User] = {}
        self.rooms: dict[int, Room] = {DIRECTORY: Room(DIRECTORY, "", epoch)}
        self.invitations: dict[str, Invitation] = {}
        self.owned = False
        self.deleted: set[int] = set()
        self._users_by_name: dict[str, int] = {}
        # A private room may have the same name as a public one or another private one.
        self._rooms_by_name: dict[str, tuple[int, ...]] = {}
        self._accounts_by_skeleton: dict[str, int] = {}
        # The direct rooms of users who hold no name at present: when such a user comes back, they are still a member.
        self._rooms_of_absent: dict[int, tuple[int, ...]] = {}
        self._rooms_inviting: dict[int, tuple[int, ...]] = {}

    # Reading

    def user_named(self, name: str) -> User | None:
        """Return the user who holds that name, in any spelling that folds to the same."""
        user = self._users_by_name.get(fold(name))
        return None if user is None else self.users[user]

    def account_like(self, name: str, but: int = 0) -> User | None:
        """Return an account, other than `but`, whose name is confusable with that one (UTS #39)."""
        for looks in skeletons(name) if self._accounts_by_skeleton else ():
            if (user := self._accounts_by_skeleton.get(looks, but)) != but:
                return self.users[user]
        return None

    def room_named(self, name: str) -> Room | None:
        """Return the public room of that name (without its `#`, in any spelling that folds to the same), or the direct
        room with that `direct_name`.
        """
        return next((room for room in self._rooms_named(name) if not room.private), None)

    def room_for(self, user: int, name: str) -> Room | None:
        """Return the room that the user means by that name: a private room that they are in, are invited to or have a
        role in; otherwise `room_named`.

        Only those users may learn a private room's name. So two rooms can have the same name: otherwise anyone could
        find out which names are taken by trying.
        """
        named = self._rooms_named(name)
        private = [room for room in named if room.private]
        for theirs in ("members", "invited", "roles"):
            if room := next((room for room in private if user in getattr(room, theirs)), None):
                return room
        return next((room for room in named if not room.private), None)

    def public_rooms(self) -> list[Room]:
        """Return the public rooms that are not archived, the largest first."""
        return self._sorted(
            room for room in self.rooms.values() if room.id != DIRECTORY and room.kind == "public" and not room.archived
        )

    def rooms_of(self, user: int) -> list[Room]:
        """Return the user's rooms except direct ones, by name."""
        mine = [self.rooms[id_] for id_ in self.users[user].rooms] if user in self.users else []
        return sorted((room for room in mine if room.kind != "direct"), key=lambda room: fold(room.name))

    def ids_of_rooms(self, user: int) -> tuple[int, ...]:
        """Return the ids of the rooms that a user is a member of, whether the user holds a name or not."""
        known = self.users.get(user)
        return self._rooms_of_absent.get(user, ()) if known is None else known.rooms

    def invited_to(self, user: int) -> list[Room]:
        """Return the private rooms that a user was invited to, by id. The user may have joined them meanwhile."""
        return [self.rooms[id_] for id_ in self._rooms_inviting.get(user, ())]

    def rooms_for(self, user: int) -> list[Room]:
        """Return the rooms that exist for the user, except direct ones: public ones and their private ones."""
        private = [room for room in self.rooms_of(user) if room.private and not room.archived]
        return self._sorted([*self.public_rooms(), *private])

    @staticmethod
    def _sorted(rooms: Iterable[Room]) -> list[Room]:
        return sorted(rooms, key=lambda room: (-len(room.members), fold(room.name)))

    def _rooms_named(self, name: str) -> list[Room]:
        return [self.rooms[id_] for id_ in self._rooms_by_name.get(fold(name), ())]

    # Folding

    def apply(self, event: Event) -> None:
        """Apply one event. The events of one log have to come in the order of their seq."""
        kind = event.kind
        if kind == "created":
            self._add_room(Room(event.room, event.text, self.epoch))
        room = self.rooms[event.room]
        room.tip = event.seq
        if kind in MESSAGE_KINDS:
            room.said = event.seq
            if room.slow:
                room.spoke[event.user] = event.at
            return
        if kind == "joined":
            room.members[event.user] = event.seq
            self._put(event.user, room.id)
        elif gone := departed(event):
            room.members.pop(gone, None)
            self._drop(gone, room.id)
        elif kind == "topic":
            room.topic = event.text
        elif kind == "room_renamed":
            self._forget_room_name(room)
            room.name = event.text
            self._note_room_name(room)
        elif kind == "named":
            self._name(event.user, event.text)
        elif kind == "released":
            self._forget_user(event.user)
        elif kind in KINDS_OF_CHANGES:
            self._of_message(event)
        self.apply_folded(event)

    def apply_all(self, events: Iterable[Event]) -> None:
        """Apply events in their order."""
        rooms = self.rooms
        for event in events:
            if event.kind in MESSAGE_KINDS and not (room := rooms[event.room]).slow:
                room.tip = room.said = event.seq
            else:
                self.apply(event)

    def apply_folded(self, event: Event) -> None:
        """Apply the changes of an event beyond names, members, topics and tips."""
        if fold_in := _FOLDED.get(event.kind):
            fold_in(self, event)

    def add(self, users: Iterable[User], rooms: Iterable[Room]) -> None:
        """Add users and rooms, e.g. from a store; they belong to the state from now on. `User.rooms` is computed from
        the rooms' members.
        """
        rooms_of: defaultdict[int, list[int]] = defaultdict(list)
        for user in users:
            user.rooms = ()
            self._add_user(user)
        for room in rooms:
            self._add_room(room)
            for member in room.members:
                rooms_of[member].append(room.id)
        for member, ids in rooms_of.items():
            if known := self.users.get(member):
                known.rooms = (*known.rooms, *ids)
            else:
                self._rooms_of_absent[member] = tuple(ids)

    def copy(self) -> "State":
        """Return an independent copy."""
        copy = State(self.epoch, self.next_user, self.next_room)
        copy.users = {id_: shallow_copy(user) for id_, user in self.users.items()}
        copy.rooms = {id_: room.copy() for id_, room in self.rooms.items()}
        for name in ("deleted", "invitations", *_INDEXES):
            setattr(copy, name, getattr(self, name).copy())
        copy.owned = self.owned
        return copy

    def revert(self, to: "State", events: Collection[Event]) -> None:
        """Undo `events`: all the events that this state has applied and `to` has not.

        The ids of users and rooms that these events used are not used again.
        """
        rooms = {event.room for event in events}
        # An event changes only the user who caused it and the user it affects; other members need no undo.
        users = {event.user for event in events} | {event.about.user for event in events if event.about is not None}
        for id_ in users:
            self._forget_user(id_)
            self._rooms_of_absent.pop(id_, None)
            self._rooms_inviting.pop(id_, None)
        for id_ in rooms:
            if old := self.rooms.pop(id_, None):
                self._forget_room_name(old)
            if id_ in to.rooms:
                self._add_room(to.rooms[id_].copy())
        for id_ in users:
            if user := to.users.get(id_):
                self._add_user(shallow_copy(user))
            for index, theirs in (
                (self._rooms_of_absent, to._rooms_of_absent),
                (self._rooms_inviting, to._rooms_inviting),
            ):
                if id_ in theirs:
                    index[id_] = theirs[id_]
        self.invitations = to.invitations.copy()
        self.owned = to.owned
        self.deleted = to.deleted.copy()

    def _add_room(self, room: Room) -> None:
        self.rooms[room.id] = room
        self._note_room_name(room)
        self.next_room = max(self.next_room, room.id + 1)

    def _put(self, user: int, room: int) -> None:
        """Record that a user is a member of a room."""
        known = self.users.get(user)
        rooms = self._rooms_of_absent.get(user, ()) if known is None else known.rooms
        if room in rooms:
            return
        if known is None:
            self._rooms_of_absent[user] = (*rooms, room)
        else:
            known.rooms = (*rooms, room)

    def _drop(self, user: int, room: int) -> None:
        """Record that a user is no longer a member of a room."""
        self._set_rooms(user, tuple(id_ for id_ in self.ids_of_rooms(user) if id_ != room))

    def _set_rooms(self, user: int, rooms: tuple[int, ...]) -> None:
        if known := self.users.get(user):
            known.rooms = rooms
        elif rooms:
            self._rooms_of_absent[user] = rooms
        else:
            self._rooms_of_absent.pop(user, None)

    def _add_user(self, user: User) -> None:
        self.users[user.id] = user
        self._users_by_name[fold(user.name)] = user.id
        if user.account:
            self._accounts_by_skeleton.update(dict.fromkeys(skeletons(user.name), user.id))
        self.next_user = max(self.next_user, user.id + 1)

    def _name(self, id_: int, name: str) -> None:
        if user := self.users.get(id_):
            self._forget_name(user)
            user.name = name
            self._add_user(user)
            return
        self._add_user(User(id_, name, self._rooms_of_absent.pop(id_, ())))

    def _forget_user(self, id_: int) -> None:
        if user := self.users.pop(id_, None):
            self._forget_name(user)
            self._set_rooms(id_, user.rooms)

    def _forget_name(self, user: User) -> None:
        if self._users_by_name.get(fold(user.name)) == user.id:
            del self._users_by_name[fold(user.name)]
        if user.account:
            for looks in skeletons(user.name):
                if self._accounts_by_skeleton.get(looks) == user.id:
                    del self._accounts_by_skeleton[looks]

    def _note_room_name(self, room: Room) -> None:
        if room.id != DIRECTORY:
            alike = self._rooms_by_name.get(fold(room.name), ())
            self._rooms_by_name[fold(room.name)] = tuple(sorted((*alike, room.id)))

    def _forget_room_name(self, room: Room) -> None:
        others = tuple(id_ for id_ in self._rooms_by_name.pop(fold(room.name), ()) if id_ != room.id)
        if others:
            self._rooms_by_name[fold(room.name)] = others

    # The kinds that are folded at start

    def _of_message(self, event: Event) -> None:
        assert isinstance(event, RelatedEvent)
        room = self.rooms[event.room]
        if event.kind == "pinned":
            room.pins[event.target] = event.seq
        elif event.kind == "edited":
            room.recounted = event.seq
        elif event.kind in ("unpinned", "erased"):
            room.pins.pop(event.target, None)
            if event.kind == "erased":
                room.recounted = event.seq

    def _created(self, event: Event) -> None:
        if event.user != SERVER:
            self.rooms[event.room].roles[event.user] = "owner"

    def _private(self, event: Event) -> None:
        self.rooms[event.room].private = True

    def _invited(self, event: Event) -> None:
        assert event.about is not None
        user, invited = event.about.user, self.rooms[event.room].invited
        if user not in invited:
            self._rooms_inviting[user] = tuple(sorted((*self._rooms_inviting.get(user, ()), event.room)))
        invited[user] = event.user

    def _kicked(self, event: Event) -> None:
        assert event.about is not None
        room = self.rooms[event.room]
        room.roles.pop(event.about.user, None)
        if room.invited.pop(event.about.user, None) is not None:
            user = event.about.user
            self._rooms_inviting[user] = tuple(id_ for id_ in self._rooms_inviting[user] if id_ != room.id)
        if event.kind == "banned":
            room.bans[event.about.user] = event.about.until

    def _unbanned(self, event: Event) -> None:
        assert event.about is not None
        self.rooms[event.room].bans.pop(event.about.user, None)

    def _muted(self, event: Event) -> None:
        assert event.about is not None
        self.rooms[event.room].mutes[event.about.user] = event.about.until

    def _unmuted(self, event: Event) -> None:
        assert event.about is not None
        self.rooms[event.room].mutes.pop(event.about.user, None)

    def _role(self, event: Event) -> None:
        assert event.about is not None
        if event.room == DIRECTORY:
            if user := self.users.get(event.about.user):
                user.role = event.text  # type: ignore[assignment]
        elif event.text == "member":
            self.rooms[event.room].roles.pop(event.about.user, None)
        else:
            self.rooms[event.room].roles[event.about.user] = event.text

    def _archived(self, event: Event) -> None:
        self.rooms[event.room].archived = event.kind == "archived"

    def _slow(self, event: Event) -> None:
        room = self.rooms[event.room]
        room.slow = int(event.text)
        if not room.slow:
            room.spoke.clear()

    def _read_only(self, event: Event) -> None:
        self.rooms[event.room].read_only = event.text == "on"

    def _guests(self, event: Event) -> None:
        self.rooms[event.room].closed_to_guests = event.text == "off"

    def _broadcast_mentions(self, event: Event) -> None:
        self.rooms[event.room].broadcast_mentions = event.text  # type: ignore[assignment]

    def _registered(self, event: Event) -> None:
        if user := self.users.get(event.user):
            user.role = event.text  # type: ignore[assignment]
            self._add_user(user)
        self.owned = self.owned or event.text == "owner"

    def _profile(self, event: Event) -> None:
        if user := self.users.get(event.user):
            user.profile = msgspec.json.decode(event.text, type=Profile)

    def _disabled(self, event: Event) -> None:
        assert event.about is not None
        if user := self.users.get(event.about.user):
            user.disabled = event.kind == "disabled"

    def _credentials(self, event: Event) -> None:
        if event.text == NEW_PASSWORD and event.about is not None and (user := self.users.get(event.about.user)):
            user.password_at = event.seq

    def _deleted(self, event: Event) -> None:
        assert event.about is not None
        self._forget_user(event.about.user)
        self.deleted.add(event.about.user)

    def _invitation(self, event: Event) -> None:
        invitation = msgspec.json.decode(event.text, type=Invitation)
        self.invitations[invitation.code] = invitation
        self.owned = self.owned or invitation.role == "owner"

    def _invitation_used(self, event: Event) -> None:
        invitation = self.invitations.get(event.text)
        if invitation is not None and invitation.uses == 1:
            del self.invitations[event.text]
        elif invitation is not None and invitation.uses:
            self.invitations[event.text] = msgspec.structs.replace(invitation, uses=invitation.uses - 1)

    def _invitation_revoked(self, event: Event) -> None:
        self.invitations.pop(event.text, None)


_INDEXES: Final = ("_accounts_by_skeleton", "_rooms_by_name", "_rooms_inviting", "_rooms_of_absent", "_users_by_name")

_FOLDED: Final = {
    "created": State._created,
    "private": State._private,
    "invited": State._invited,
    "kicked": State._kicked,
    "banned": State._kicked,
    "unbanned": State._unbanned,
    "muted": State._muted,
    "unmuted": State._unmuted,
    "role": State._role,
    "archived": State._archived,
    "reopened": State._archived,
    "slow": State._slow,
    "read_only": State._read_only,
    "guests": State._guests,
    "calls": State._broadcast_mentions,
    "registered": State._registered,
    "profile": State._profile,
    "disabled": State._disabled,
    "enabled": State._disabled,
    "credentials": State._credentials,
    "deleted": State._deleted,
    "invitation": State._invitation,
    "invitation_used": State._invitation_used,
    "invitation_revoked": State._invitation_revoked,
}
