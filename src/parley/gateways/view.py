"""The part of the server that sessions may read."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from parley.core.directory import Directory
from parley.core.events import SERVER
from parley.core.preferences import Preferences
from parley.core.quotes import Quotes
from parley.core.read_marks import ReadMarks
from parley.core.refusals import Refusal, refuse
from parley.core.roles import visible
from parley.core.rules import OPEN, Policy
from parley.core.rules.common import SERVER_NAME
from parley.core.state import Invitation, Room, State, User
from parley.core.text import bare_room_name
from parley.core.tokens import hash_code

FORMER_MEMBER: Final = "someone who left"
"""The name shown for a member of a direct room who holds no name any more. No user can take it, because names have no
spaces.
"""


class Reach(Struct, frozen=True):
    """The address and the access of the server, as people on other machines see it.

    Attributes:
        url: the beginning of links to the server.
        loopback: whether only this machine can reach it.
        plaintext: whether other machines may connect to it without TLS.
    """

    url: str = ""
    loopback: bool = True
    plaintext: bool = False


class View:
    """The part of the server that sessions may read: the durable state, and who is connected.

    Attributes:
        policy: who may enter.
        state: the durable state.
        directory: the rooms and people by name.
        online: tells whether a user, by id, has a connection.
        server: the server's name and version.
        lobby: the name of the room that newcomers enter.
        marks: the read marks of all members, and their unread counts.
        preferences: of all users.
        quotes: the messages that were answered last.
        reach: see `Reach`; it is set again when the server's ports are known.

    Args:
        receipts: the most members that a room may have for its members to see one another's read marks; 0: they never
            do.
    """

    def __init__(
        self,
        state: State,
        online: Callable[[int], bool],
        server: str,
        lobby: str = "lobby",
        policy: Policy = OPEN,
        marks: ReadMarks | None = None,
        preferences: Preferences | None = None,
        receipts: int = 50,
        reach: Reach = Reach(),  # noqa: B008 (it is frozen)
        quotes: Quotes | None = None,
    ) -> None:
        self.marks: Final = ReadMarks() if marks is None else marks
        self.preferences: Final = Preferences() if preferences is None else preferences
        self.quotes: Final = Quotes() if quotes is None else quotes
        self._receipts: Final = receipts
        self.policy: Final = policy
        self.state: Final = state
        self.directory: Final = Directory(state)
        self.online: Final = online
        self.server: Final = server
        self.lobby: Final = lobby
        self.reach = reach

    def room(self, name: str, user: int) -> Room | None:
        """Return the room of a name, if it exists for the user and is not a direct one."""
        room = self.state.room_for(user, bare_room_name(name))
        return room if room is not None and room.kind != "direct" and visible(self.state, room, user) else None

    def visible_room(self, id_: int, user: int) -> Room | Refusal:
        """Return the room of an id if it exists for the user, or `room_unknown`."""
        room = self.state.rooms.get(id_)
        return room if room is not None and visible(self.state, room, user) else refuse("room_unknown")

    def invitation(self, code: str, now: int) -> Invitation | None:
        """Return the invitation of a code, if it is valid at `now`, in milliseconds since 1970 UTC."""
        found = self.state.invitations.get(hash_code(code))
        return None if found is None or (found.until and found.until <= now) else found

    def account(self, name: str) -> User | None:
        """Return the account of that name."""
        user = self.state.user_named(name.strip())
        return user if user is not None and user.account else None

    def is_bot(self, user: int) -> bool:
        """Return whether a user is a bot."""
        known = self.state.users.get(user)
        return known is not None and known.role == "bot"

    def has_receipts(self, room: Room) -> bool:
        """Return whether the members of a room see one another's read marks."""
        return self.has_receipts_among(len(room.members))

    def has_receipts_among(self, members: int) -> bool:
        """Return whether the members of a room with so many see one another's read marks."""
        return 0 < members <= self._receipts

    def invitations(self, user: int) -> list[tuple[Room, int, str]]:
        """Return the rooms to which an account was invited and of which it is not a member, each with the id and name
        of the user who invited it.
        """
        users = self.state.users
        if not users[user].account:
            return []  # invitations of a guest are not listed, as they end with the connection
        rooms = [room for room in self.state.invited_to(user) if user not in room.members]
        return [
            (room, by, users[by].name) if (by := room.invited[user]) in users else (room, SERVER, SERVER_NAME)
            for room in rooms
            if not room.archived
        ]

    def other_name(self, room: Room, user: int) -> str:
        """Return the names of the others in a direct room; all who hold no name appear as a single `FORMER_MEMBER`."""
        others = [self.state.users.get(member) for member in room.members if member != user] or [None]
        names = sorted((other.name for other in others if other is not None), key=str.casefold)
        return ", ".join([*names, FORMER_MEMBER] if None in others else names)
