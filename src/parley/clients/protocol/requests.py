"""What a user wants: messages to be stored, and requests that are answered and forgotten."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from parley.wire.web import Level

Kind = Literal["message", "action"]
Action = Literal["invite", "kick", "ban", "mute", "role", "rename", "archive", "slow", "read_only", "guests", "calls"]


class Secret:
    """A password: it is sent, and shown nowhere."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "Secret()"


class OutboxEntry(Struct, frozen=True):
    """A message in the outbox.

    Attributes:
        key: the sender's name for it, chosen before the first attempt and kept until it is stored.
        to: `#ROOM`, or `@PERSON` (`@ADA, EVE` for a conversation of several). A name, as the message may be written
            before the room is known.
        text: what is said.
        kind: an action is `/me`.
        room: the room's id, if it was known when the message was written: the room may be called otherwise by now.
        epoch: of that room.
        confined: whether the message is for that very room. It may be stored there or be refused; what was written
            among few must not come to stand in a public room of the same name.
    """

    key: str
    to: str
    text: str
    kind: Kind = "message"
    room: int = 0
    epoch: str = ""
    confined: bool = False


class JoinRoom(Struct, frozen=True):
    """Enter a room, or go back to one. `lead` is how many earlier messages are to be shown when it is entered first."""

    room: str
    lead: int = 0


class LeaveRoom(Struct, frozen=True):
    room: str
    words: str = ""


class TakeName(Struct, frozen=True):
    name: str


class ChangeTopic(Struct, frozen=True):
    room: str
    topic: str


class CreateRoom(Struct, frozen=True):
    """Make a room that people enter by invitation."""

    room: str
    lead: int = 0


class StartDirect(Struct, frozen=True):
    """Begin a direct conversation with these people, or go back to it."""

    names: tuple[str, ...]


class ModerateRoom(Struct, frozen=True):
    """Do something about a room, or someone in it; see `parley.wire.web.Moderate`.

    `duration` is how long a ban or a mute lasts, in milliseconds; 0: for good. The server computes the end, by its
    own clock: the clock of this machine may be wrong.
    """

    room: str
    action: Action
    whom: str = ""
    undo: bool = False
    duration: int = 0
    value: str = ""
    why: str = ""


class MakeAccount(Struct, frozen=True):
    """Make an account of the guest's name."""

    password: Secret


class AskHistory(Struct, frozen=True):
    """The newest `limit` messages, or those before the seq `before`."""

    room: str
    limit: int
    before: int | None = None


class AskMembers(Struct, frozen=True):
    room: str


class AskStatus(Struct, frozen=True):
    """Who has the message `seq` of a room, and who has read it?"""

    room: str
    seq: int


class SetLevel(Struct, frozen=True):
    """What the user wants to be told of in a room."""

    room: str
    level: Level


class AskRooms(Struct, frozen=True):
    pass


class Quit(Struct, frozen=True):
    """Say bye, which gives the name up; or, with `stay`, only hang up."""

    words: str = ""
    stay: bool = False


Query = AskHistory | AskMembers | AskStatus | AskRooms
Request = (
    JoinRoom
    | CreateRoom
    | StartDirect
    | LeaveRoom
    | TakeName
    | ChangeTopic
    | ModerateRoom
    | SetLevel
    | MakeAccount
    | Query
    | Quit
)
