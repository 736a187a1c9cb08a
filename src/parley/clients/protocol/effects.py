"""The effects of a session, as values; `parley.clients.net.transport` performs them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from parley.clients.model.room_ref import RoomRef
from parley.wire import web

from .requests import OutboxEntry, UserRequest


class Effect(Struct, frozen=True):
    """Something to be done."""


# For the outbox: on disk before anything else of the same batch is done ----------------------------------------------


class Keep(Effect, frozen=True):
    """Store a message until it is settled."""

    entry: OutboxEntry


class Settle(Effect, frozen=True):
    """A message is stored, as (`room`, `seq`), or refused for good, with the reason in words."""

    entry: OutboxEntry
    state: Literal["stored", "refused"]
    room: int = 0
    seq: int = 0
    why: str = ""


class Remember(Effect, frozen=True):
    """Store who the user is. `fresh`: the server gave the token out just now; `account`: the name is an account's."""

    name: str
    token: str | None
    fresh: bool
    account: bool = False


class Offer(Effect, frozen=True):
    """Store the token that a new guest's hello is about to offer, until `Remember` says that it is the user's: a client
    that ends before the answer offers it again, and is the same guest.
    """

    token: str


class Disown(Effect, frozen=True):
    """The server does not know this token any more: forget it, unless another one was stored meanwhile."""

    token: str


class Forget(Effect, frozen=True):
    """The user has left the room: when they come back there is nothing to catch up."""

    room: int


# For the connection --------------------------------------------------------------------------------------------------


class Transmit(Effect, frozen=True):
    """Send this frame as one text message."""

    frame: bytes


class Hangup(Effect, frozen=True):
    """End the connection; `ClientSession.lost` is to be called when it has ended."""

    why: str = ""


class Over(Effect, frozen=True):
    """The session has ended. `fault` says why, in words, if it is not what the user asked for."""

    fault: str = ""


# For the user --------------------------------------------------------------------------------------------------------


class Online(Effect, frozen=True):
    """The server knows the user by this name; None for an observer. `first` is true once in a session."""

    name: str | None
    first: bool


class Offline(Effect, frozen=True):
    """There is no connection; the next attempt is in `delay` seconds, or, if None, when the user has answered."""

    why: str
    delay: float | None


class AskUser(Effect, frozen=True):
    """The server refuses hello with that code and that sentence: the user is asked for something else."""

    code: str
    message: str


class AskName(AskUser, frozen=True):
    """The server refuses the name: `ClientSession.take_name` goes on with another."""


class AskPassword(AskUser, frozen=True):
    """The name is an account's: `ClientSession.take_password` goes on with its password."""


class AskInvitation(AskUser, frozen=True):
    """The server requires an invitation: `ClientSession.take_invitation` goes on with a code."""


class SignedOut(Effect, frozen=True):
    """The account's session on the server has ended, by a change of the password for instance."""

    message: str


class InvitationKept(Effect, frozen=True):
    """The invitation is for making an account: `MakeAccount` uses it."""


class NewIdentity(Effect, frozen=True):
    """The server has forgotten the guest; the user starts as a new one.

    The `unsent` messages are sent as the new guest. The first of each conversation may have been stored in the old
    guest's name: keys belong to a user, so the server can't recognise them.
    """

    unsent: int


class Entered(Effect, frozen=True):
    """The user is in the room. `request` is what asked for it; None if they were brought in otherwise."""

    place: RoomRef
    topic: str
    request: UserRequest | None


class Exited(Effect, frozen=True):
    """The user is not in the room any more; the event `by` says who has sent them out, if somebody has."""

    place: RoomRef
    asked: bool
    why: str = ""
    by: web.Event | None = None


class InvitedTo(Effect, frozen=True):
    """Somebody invites the user to a room, which is entered by its name."""

    room: str
    by: str


class Renamed(Effect, frozen=True):
    """The room that was called `before` is `place` now."""

    before: RoomRef
    place: RoomRef


class Postponed(Effect, frozen=True):
    """The server does not take a message yet: it is sent again in `delay` seconds, and its conversation waits."""

    entry: OutboxEntry
    message: str
    delay: float


class Rewound(Effect, frozen=True):
    """The room's history was restored from a backup: what was shown of it may not exist any more."""

    place: RoomRef


class Show(Effect, frozen=True):
    """Show these events, in this order. With `lead` they are earlier messages, shown as an introduction."""

    place: RoomRef
    events: list[web.Event]
    lead: bool = False


class Folded(Effect, frozen=True):
    """A run of comings and goings came in place of its events, at this place between the events of `Show`."""

    place: RoomRef
    run: web.Run


class CaughtUp(Effect, frozen=True):
    """Everything that was in the room when this connection began has been shown."""

    place: RoomRef


class Answered(Effect, frozen=True):
    """A request is done. `place` is the room that it was about."""

    request: UserRequest
    frame: web.Page | web.Members | web.Rooms | web.ServerInfo | web.Done
    place: RoomRef | None = None


class Failed(Effect, frozen=True):
    """A request was refused."""

    request: UserRequest
    code: str
    message: str


class Uncertain(Effect, frozen=True):
    """The connection ended between a request and its answer: it may have been done or not."""

    request: UserRequest


class Hint(Effect, frozen=True):
    """Somebody is typing, has come online or gone offline."""

    place: RoomRef
    signal: web.Signal


class Complaint(Effect, frozen=True):
    """The server complains about something that was not a request of the user's."""

    code: str
    message: str
