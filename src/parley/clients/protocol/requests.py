"""The user's messages, which the server stores, and requests, which it answers."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from parley.wire.commands_help import Action
from parley.wire.limits import DIRECTORY_PAGE
from parley.wire.web import Level

Kind = Literal["message", "action"]


LEAD: Final = 20
"""How many earlier messages are shown when the user enters a room."""


class Secret:
    """A password. It is sent to the server; its `repr` does not show it."""

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
        text: the text of the message.
        kind: `message`, or `action` for a `/me` message.
        room: the room's id, if it was known when the message was written; the room may have another name by now.
        epoch: the epoch of that room.
        confined: whether the message is only for the room with that id: it is stored there or refused. A message from
            a private room must not get into a public room of the same name.
        reply: the number of the message that it answers; 0: none.
        thread: the number of the root of the thread that it is in; 0: none.
    """

    key: str
    to: str
    text: str
    kind: Kind = "message"
    room: int = 0
    epoch: str = ""
    confined: bool = False
    reply: int = 0
    thread: int = 0


class UserRequest(Struct, frozen=True):
    """A request to the server, which answers it."""


class RoomRequest(UserRequest, frozen=True):
    """A request about a room, which is given by its name without `#`, or as `@PEOPLE`."""

    room: str


class ReadRequest(UserRequest, frozen=True):
    """A request that only reads."""


class RoomReadRequest(ReadRequest, frozen=True):
    """A query about a room, which is given by its name without `#`, or as `@PEOPLE`."""

    room: str


class After(Struct, frozen=True):
    """Show a room from the first event after `seq` on."""

    seq: int


class Last(Struct, frozen=True):
    """Show a room from its last `count` events on."""

    count: int


class JoinRoom(RoomRequest, frozen=True):
    """Enter a room, or go back to one.

    Attributes:
        lead: how many earlier messages are shown when a user enters the room for the first time.
        start: for an observer: the first events to show.
        restart: for an observer: the first events to show after the room's history was replaced by another.
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
    """Create a private room, which people enter by invitation."""

    lead: int = LEAD


class StartDirect(UserRequest, frozen=True):
    """Open the direct conversation with these people. It is created if it does not exist."""

    names: tuple[str, ...]


class ModerateRoom(RoomRequest, frozen=True):
    """Moderate a room or one of its members; see `parley.wire.web.Moderate`.

    `duration` is how long a ban or a mute lasts, in milliseconds; 0: for good. The server computes the end, by its
    own clock: the clock of this machine may be wrong.
    """

    action: Action
    whom: str = ""
    undo: bool = False
    duration: int = 0
    value: str = ""
    why: str = ""


class MessageRequest(RoomRequest, frozen=True):
    """Change the message `seq` of a room.

    The session sets the other fields. With the `key` the change is made once, even if the request is repeated. It is
    only made in the room's history `epoch`: in another one, the number means another message.
    """

    seq: int
    key: str = ""
    epoch: str = ""


class EditMessage(MessageRequest, frozen=True, kw_only=True):
    """Change the text of one's own message."""

    text: str


class DeleteMessage(MessageRequest, frozen=True, kw_only=True):
    """Delete a message."""

    why: str = ""


class ReactTo(MessageRequest, frozen=True, kw_only=True):
    """React with an emoji, or its name, or, with `on` False, no longer."""

    emoji: str
    on: bool = True


class PinMessage(MessageRequest, frozen=True, kw_only=True):
    """Pin a message to its room, or, with `on` False, unpin it."""

    on: bool = True


class TitleThread(MessageRequest, frozen=True, kw_only=True):
    """Name the thread whose root is the message; empty: take the name away."""

    title: str


class MakeAccount(UserRequest, frozen=True):
    """Register the guest's name as an account."""

    password: Secret


class SetLevel(RoomRequest, frozen=True):
    """Set the notification level of a room, on all devices of the user."""

    level: Level


class AskHistory(RoomReadRequest, frozen=True):
    """Ask for the newest `limit` messages in present form, or those before the seq `before`."""

    limit: int
    before: int | None = None


class AskThread(RoomReadRequest, frozen=True):
    """Ask for the newest `limit` messages of the thread whose root is `seq`."""

    seq: int
    limit: int


class AskPins(RoomReadRequest, frozen=True):
    """Ask for the pinned messages of a room."""


class AskVersions(RoomReadRequest, frozen=True):
    """Ask what the message `seq` was before it was edited."""

    seq: int


class AskMembers(RoomReadRequest, frozen=True):
    """Ask for the members of a room who match the query, from the `next` of an earlier answer on."""

    query: str = ""
    after: str = ""
    limit: int = DIRECTORY_PAGE


class AskStatus(RoomReadRequest, frozen=True):
    """Ask which members have received the message `seq` of a room, and which have read it."""

    seq: int


class AskRooms(ReadRequest, frozen=True):
    """Ask for the public rooms and the user's own rooms that match the query, from the `next` of an earlier answer
    on.
    """

    query: str = ""
    after: str = ""
    limit: int = DIRECTORY_PAGE


class AskServer(ReadRequest, frozen=True):
    """Ask who may enter the server, how they reach it, and whether the user is alone there."""


class Quit(UserRequest, frozen=True):
    """End the session after all earlier items are settled. Normally a `bye` is sent, which releases a guest's name;
    with `stay` none is sent.
    """

    words: str = ""
    stay: bool = False
