"""What a session wants done and shown: values, performed in one place (`parley.clients.net.transport`)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from parley.clients.model.room_ref import RoomRef
from parley.wire import web

from .requests import OutboxEntry, Request

# For the outbox: on disk before anything else of the same batch is done ----------------------------------------------


class Keep(Struct, frozen=True):
    """Keep a message until it is settled."""

    entry: OutboxEntry


class Settle(Struct, frozen=True):
    """A message is stored, as (`room`, `seq`), or refused for good, with the reason in words."""

    entry: OutboxEntry
    state: Literal["stored", "refused"]
    room: int = 0
    seq: int = 0
    why: str = ""


class Remember(Struct, frozen=True):
    """This is who we are: keep it. `fresh` says that the server gave the token out just now, `account` that the name
    is an account's.
    """

    name: str
    token: str | None
    fresh: bool
    account: bool = False


class Disown(Struct, frozen=True):
    """The server does not know this token any more: forget it, unless there is another one by now."""

    token: str


class Forget(Struct, frozen=True):
    """We left the room on purpose: coming back later is entering anew, with nothing to catch up."""

    room: int


# For the connection --------------------------------------------------------------------------------------------------


class Transmit(Struct, frozen=True):
    """Send this frame as one text message."""

    frame: bytes


class Hangup(Struct, frozen=True):
    """End the connection; `Session.lost` is to be called when it has ended."""

    why: str = ""


class Over(Struct, frozen=True):
    """The session has ended. `fault` says why, in words, if it is not what the user asked for."""

    fault: str = ""


# For the user --------------------------------------------------------------------------------------------------------


class Online(Struct, frozen=True):
    """The server knows us by this name; None for an observer. `first` is true once in a session."""

    name: str | None
    first: bool


class Offline(Struct, frozen=True):
    """There is no connection; the next attempt is in `delay` seconds, or, if None, when the user has chosen a name."""

    why: str
    delay: float | None


class AskName(Struct, frozen=True):
    """The server refuses the name: `Session.take_name` goes on with another."""

    code: str
    message: str


class AskPassword(Struct, frozen=True):
    """The name is an account's: `Session.take_password` goes on with its password."""

    code: str
    message: str


class AskInvitation(Struct, frozen=True):
    """The server lets in who is invited: `Session.take_invitation` goes on with a code."""

    code: str
    message: str


class SignedOut(Struct, frozen=True):
    """The session of the account has ended, by a change of the password, say; the password is needed again."""

    message: str


class InvitationKept(Struct, frozen=True):
    """The invitation is for those who make an account: it is used when the user does (`Session.register`)."""


class NewIdentity(Struct, frozen=True):
    """The server has forgotten who we were; we start as a new guest.

    The `unsent` messages are sent as that guest. One of them may have been stored in the old guest's name before:
    keys are each user's own, so the server can't know.
    """

    unsent: int


class Entered(Struct, frozen=True):
    """We are in the room. `request` is what asked for it (`Join`, `Create`, `Gather`), None if we were brought in
    otherwise.
    """

    place: RoomRef
    topic: str
    request: Request | None


class Exited(Struct, frozen=True):
    """We are in the room no longer: because we asked, by another of our connections, because of `why`, or because
    somebody has sent us out, which is the event `by`.
    """

    place: RoomRef
    asked: bool
    why: str = ""
    by: web.Event | None = None


class InvitedTo(Struct, frozen=True):
    """Somebody invites us to a room, which is entered by its name."""

    room: str
    by: str


class Renamed(Struct, frozen=True):
    """The room that was called `before` is `place` now."""

    before: RoomRef
    place: RoomRef


class Waiting(Struct, frozen=True):
    """The server does not take a message yet; it is sent again in `delay` seconds, and others wait behind it."""

    entry: OutboxEntry
    message: str
    delay: float


class Rewound(Struct, frozen=True):
    """The room's history was restored from a backup: what was shown of it may never have happened."""

    place: RoomRef


class Show(Struct, frozen=True):
    """Show these events, in this order. `lead`: they are earlier messages, shown as an introduction."""

    place: RoomRef
    events: list[web.Event]
    lead: bool = False


class CaughtUp(Struct, frozen=True):
    """Everything that was in the room when we (re)entered it has been shown."""

    place: RoomRef


class Answered(Struct, frozen=True):
    """What came of a request. `place` is the room it was about."""

    request: Request
    frame: web.Page | web.Members | web.Rooms | web.Done
    place: RoomRef | None = None


class Failed(Struct, frozen=True):
    """A request was refused."""

    request: Request
    code: str
    message: str


class Uncertain(Struct, frozen=True):
    """The connection ended between a request and its answer: it may have been done or not."""

    request: Request


class Hint(Struct, frozen=True):
    """Somebody is typing, has come online or gone offline."""

    place: RoomRef
    signal: web.Signal


class Complaint(Struct, frozen=True):
    """The server complains about something that was no request of the user's."""

    code: str
    message: str


Effect = (
    Keep
    | Settle
    | Remember
    | Disown
    | Forget
    | Transmit
    | Hangup
    | Over
    | Online
    | Offline
    | AskName
    | AskPassword
    | AskInvitation
    | SignedOut
    | InvitationKept
    | NewIdentity
    | Entered
    | Exited
    | InvitedTo
    | Renamed
    | Waiting
    | Rewound
    | Show
    | CaughtUp
    | Answered
    | Failed
    | Uncertain
    | Hint
    | Complaint
)
