"""The effects of a session, as values; `parley.clients.net.transport` performs them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from parley.clients.model.room_ref import RoomRef
from parley.wire import web

from .requests import OutboxEntry, UserRequest


class Effect(Struct, frozen=True):
    """Something to be done."""


# For the outbox: they must be on disk before any other effect of the same batch is performed
# ----------------------------------------------


class Keep(Effect, frozen=True):
    """Store a message until it is settled."""

    entry: OutboxEntry


class Settle(Effect, frozen=True):
    """Record the result of a message: the server has stored it as (`room`, `seq`), or has refused it for good, with the
    reason in words.
    """

    entry: OutboxEntry
    state: Literal["stored", "refused"]
    room: int = 0
    seq: int = 0
    why: str = ""


class Drop(Effect, frozen=True):
    """Delete a message that was never sent."""

    entry: OutboxEntry


class Remember(Effect, frozen=True):
    """Store the user's name and token. `fresh`: the token is new. `account`: the name belongs to an account."""

    name: str
    token: str | None
    fresh: bool
    account: bool = False


class Offer(Effect, frozen=True):
    """Store the token that a new guest's hello is about to offer, until `Remember` confirms it. If the client ends
    before the answer, the next one offers the same token and gets the same guest.
    """

    token: str


class Disown(Effect, frozen=True):
    """Delete this token, which the server does not know any more, unless another one was stored meanwhile."""

    token: str


class Forget(Effect, frozen=True):
    """Delete the last event shown of a room that the user has left: nothing is caught up when they come back."""

    room: int


# For the connection --------------------------------------------------------------------------------------------------


class Transmit(Effect, frozen=True):
    """Send this frame as one text message."""

    frame: bytes


class Hangup(Effect, frozen=True):
    """End the connection, and call `ClientSession.lost` when it has ended."""

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
    """The server refuses the hello with this code and sentence, so the user has to be asked."""

    code: str
    message: str


class AskName(AskUser, frozen=True):
    """The server refuses the name. Ask the user for another one and call `ClientSession.take_name`."""


class AskPassword(AskUser, frozen=True):
    """The name belongs to an account. Ask the user for its password and call `ClientSession.take_password`."""


class AskInvitation(AskUser, frozen=True):
    """The server requires an invitation. Ask the user for its code and call `ClientSession.take_invitation`."""


class SignedOut(Effect, frozen=True):
    """The account's session on the server has ended, by a change of the password for instance."""

    message: str


class InvitationKept(Effect, frozen=True):
    """The invitation is for registering an account, so it is not used yet: `MakeAccount` uses it."""


class NewIdentity(Effect, frozen=True):
    """The server has forgotten the guest; the user starts as a new one.

    The `unsent` messages are sent as the new guest. The first of each conversation may have been stored in the old
    guest's name: keys belong to a user, so the server can't recognise them.
    """

    unsent: int


class Entered(Effect, frozen=True):
    """The user is in the room now. `request` is the request that led there; None if there was none."""

    place: RoomRef
    topic: str
    request: UserRequest | None


class Exited(Effect, frozen=True):
    """The user is not in the room any more. `by` is the event of a kick or ban, if that was the reason."""

    place: RoomRef
    asked: bool
    why: str = ""
    by: web.Event | None = None


class InvitedTo(Effect, frozen=True):
    """Somebody has invited the user to a private room. The user enters it by its name."""

    room: str
    by: str


class Renamed(Effect, frozen=True):
    """The room `before` was renamed; `place` has its new name."""

    before: RoomRef
    place: RoomRef


class Postponed(Effect, frozen=True):
    """The server refuses a message for the moment. It is sent again in `delay` seconds; later messages of its
    conversation wait.
    """

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
    """Show a run of comings and goings as a count. It comes in order with the events of `Show`."""

    place: RoomRef
    run: web.Run


class CaughtUp(Effect, frozen=True):
    """Everything that was in the room when this connection began has been shown."""

    place: RoomRef


Answer = web.Page | web.Members | web.Rooms | web.ServerInfo | web.Versions | web.Done
"""The frames that answer requests."""


class Answered(Effect, frozen=True):
    """A request was carried out. `place` is the room that it was about."""

    request: UserRequest
    frame: Answer
    place: RoomRef | None = None


class Failed(Effect, frozen=True):
    """A request was refused."""

    request: UserRequest
    code: str
    message: str


class Uncertain(Effect, frozen=True):
    """The connection ended between a request and its answer, so nobody knows whether it was carried out."""

    request: UserRequest


class Hint(Effect, frozen=True):
    """Somebody is typing, has come online or gone offline."""

    place: RoomRef
    signal: web.Signal


class Complaint(Effect, frozen=True):
    """The server reports an error that belongs to no request of the user."""

    code: str
    message: str
