"""What a user wants: messages to be stored, and requests that are answered and forgotten."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Kind = Literal["message", "action"]


class Entry(Struct, frozen=True):
    """A message in the outbox.

    Attributes:
        key: the sender's name for it, chosen before the first attempt and kept until it is stored.
        to: `#ROOM` or `@PERSON`. A room's name, not its id: the message may be written before the room is known.
        text: what is said.
        kind: an action is `/me`.
    """

    key: str
    to: str
    text: str
    kind: Kind = "message"


class Join(Struct, frozen=True):
    """Enter a room, or go back to one. `lead` is how many earlier messages are to be shown when it is entered first."""

    room: str
    lead: int = 0


class Leave(Struct, frozen=True):
    room: str
    words: str = ""


class Rename(Struct, frozen=True):
    name: str


class SetTopic(Struct, frozen=True):
    room: str
    topic: str


class GetHistory(Struct, frozen=True):
    """The newest `limit` messages, or those before the seq `before`."""

    room: str
    limit: int
    before: int | None = None


class GetMembers(Struct, frozen=True):
    room: str


class GetRooms(Struct, frozen=True):
    pass


class Quit(Struct, frozen=True):
    """Say bye, which gives the name up; or, with `stay`, only hang up."""

    words: str = ""
    stay: bool = False


Read = GetHistory | GetMembers | GetRooms
Request = Join | Leave | Rename | SetTopic | Read | Quit
