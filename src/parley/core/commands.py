"""Commands: what someone wants to happen. `parley.core.rules` decides them into events or a refusal."""

from typing import Literal

from msgspec import Struct


class Enter(Struct, frozen=True, gc=False):
    """Take a name: as a new guest (`user` None) or as the guest one was before.

    `token` is the SHA-256 of the resume token of a new guest; a guest without one can't come back and leaves when the
    connection ends.
    """

    name: str
    user: int | None = None
    token: bytes | None = None


class Rename(Struct, frozen=True, gc=False):
    user: int
    name: str


class Join(Struct, frozen=True, gc=False):
    """Become a member of the public room of that name, which is made if there is none."""

    user: int
    name: str


class Leave(Struct, frozen=True, gc=False):
    user: int
    room: int
    words: str = ""


class Depart(Struct, frozen=True, gc=False):
    """Leave every public room and give the name up."""

    user: int
    words: str = ""


class Say(Struct, frozen=True, gc=False):
    user: int
    room: int
    text: str
    kind: Literal["message", "action"] = "message"
    key: str | None = None


class Tell(Struct, frozen=True, gc=False):
    """Say something to one person, in the direct room of the two, which is made if there is none."""

    user: int
    to: str
    text: str
    kind: Literal["message", "action"] = "message"
    key: str | None = None


class SetTopic(Struct, frozen=True, gc=False):
    user: int
    room: int
    topic: str


class OpenRoom(Struct, frozen=True, gc=False):
    """Make a public room on the server's own account, if there is none of that name."""

    name: str


Command = Enter | Rename | Join | Leave | Depart | Say | Tell | SetTopic | OpenRoom
