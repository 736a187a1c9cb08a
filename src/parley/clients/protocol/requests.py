"""The user's messages, which are stored, and requests, which are answered."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from parley.wire.commands_help import Action
from parley.wire.limits import DIRECTORY_PAGE
from parley.wire.web import Level

Kind = Literal["message", "action"]


LEAD: Final = 20
"""How many earlier messages introduce a room."""


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
        to: `#ROOM`, or `@PERSON` (`@ADA, EVE` for a conversation of several). It is a name, because a message may be
            written before the room is known.
        text: what is said.
        kind: an action is `/me`.
        room: the room's id, if it was known when the message was written; the room may have another name by now.
        epoch: the epoch of that room.
        confined: whether the message is only for the room with that id: it is stored there or refused. A message from
            a private room must not get into a public room of the same name.
    """

    key: str
    to: str
    text: str
    kind: Kind = "message"
    room: int = 0
    epoch: str = ""
    confined: bool = False


class UserRequest(Struct, frozen=True):
    """Something the server is asked for, and answers."""


class RoomRequest(UserRequest, frozen=True):
    """A request about a room, which is given by its name without `#`, or as `@PEOPLE`."""

    room: str


class ReadRequest(UserRequest, frozen=True):
    """A request that only reads."""


class RoomReadRequest(ReadRequest, frozen=True):
    """A query about a room, which is given by its name without `#`, or as `@PEOPLE`."""

    room: str


class After(Struct, frozen=True):
    """Begin with a room after that seq."""

    seq: int


class Last(Struct, frozen=True):
    """Begin with the last `count` events of a room."""

    count: int


class JoinRoom(RoomRequest, frozen=True):
    """Enter a room, or go back to one.

    Attributes:
        lead: how many earlier messages are shown when a user enters the room for the first time.
        start: for an observer: where to begin.
        restart: for an observer: where to begin if the history is replaced by another.
    """

    lead: int = LEAD
    start: After | Last | None = None
    restart: After | Last | None = None


class LeaveRoom(RoomRequest, frozen=True):
    """Leave a room, with parting words."""

    words: str = ""


class TakeName(UserRequest, frozen=True):
    """Take another name."""

    name: str


class ChangeTopic(RoomRequest, frozen=True):
    """Set a room's topic; an empty one clears it."""

    topic: str


class CreateRoom(RoomRequest, frozen=True):
    """Make a room that people enter by invitation."""

    lead: int = LEAD


class StartDirect(UserRequest, frozen=True):
    """Begin a direct conversation with these people, or go back to it."""

    names: tuple[str, ...]


class ModerateRoom(RoomRequest, frozen=True):
    """Do something about a room, or someone in it; see `parley.wire.web.Moderate`.

    `duration` is how long a ban or a mute lasts, in milliseconds; 0: for good. The server computes the end, by its
    own clock: the clock of this machine may be wrong.
    """

    action: Action
    whom: str = ""
    undo: bool = False
    duration: int = 0
    value: str = ""
    why: str = ""


class MakeAccount(UserRequest, frozen=True):
    """Make an account of the guest's name."""

    password: Secret


class SetLevel(RoomRequest, frozen=True):
    """Set the notification level of a room, on all devices of the user."""

    level: Level


class AskHistory(RoomReadRequest, frozen=True):
    """Ask for the newest `limit` messages, or those before the seq `before`."""

    limit: int
    before: int | None = None


class AskMembers(RoomReadRequest, frozen=True):
    """Ask who is in a room: those who match the query, after the `next` of an earlier answer."""

    query: str = ""
    after: str = ""
    limit: int = DIRECTORY_PAGE


class AskStatus(RoomReadRequest, frozen=True):
    """Ask who has the message `seq` of a room, and who has read it."""

    seq: int


class AskRooms(ReadRequest, frozen=True):
    """Ask for the public rooms and one's own: those that match the query, after the `next` of an earlier answer."""

    query: str = ""
    after: str = ""
    limit: int = DIRECTORY_PAGE


class AskServer(ReadRequest, frozen=True):
    """Ask who may enter the server, how they reach it, and whether the user is alone there."""


class Quit(UserRequest, frozen=True):
    """End the session when everything before is done. A bye gives a guest's name up; with `stay` none is sent."""

    words: str = ""
    stay: bool = False
