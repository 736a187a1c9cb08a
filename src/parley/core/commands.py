"""Commands: requests to change something. `parley.core.rules` decides each: events or a refusal."""

from typing import Literal

from msgspec import Struct

from .events import MACHINE
from .records import Level


class Command(Struct, frozen=True, gc=False, kw_only=True):
    """A request to change something.

    Attributes:
        key: the sender's name for it, 1 to 64 characters of printable ASCII, unique per `actor`. A command with a key
            is executed once: if it is sent again, even a year later, the sender gets the first result.
    """

    key: str | None = None

    @property
    def actor(self) -> int:
        """The id of the user who gives the command and owns its key; 0 if the sender has no id, in which case a key is
        ignored.
        """
        return 0


class _OfUser(Command, frozen=True, gc=False):
    """A command of the user `user`."""

    user: int

    @property
    def actor(self) -> int:
        return self.user


class _By(Command, frozen=True, gc=False):
    """A command given by the user `by`, or by the server itself (`parley.core.events.MACHINE`)."""

    by: int

    @property
    def actor(self) -> int:
        return self.by


class _MaybeBy(Command, frozen=True, gc=False, kw_only=True):
    # A separate class, because `kw_only` applies to all fields that a class defines: `user` of `_ForUser` stays
    # positional.
    by: int | None = None


class _ForUser(_MaybeBy, frozen=True, gc=False):
    """A command about the account of `user`. `by` gives it: another user, `MACHINE`, or, if None, `user`."""

    user: int

    @property
    def actor(self) -> int:
        return self.user if self.by is None else self.by


class ClaimName(Command, frozen=True, gc=False):
    """Take a name, as a new guest (`user` None) or again as the guest with the id `user`.

    `token` is the SHA-256 of a new guest's resume token. A guest without a token can't come back and is removed when
    the connection ends. `invitation` is the SHA-256 of an invitation's code, in hex.

    If the answer is lost, a client that made the token itself repeats the command. `key` is then the hash of the token
    in hex, so that the same token takes a name only once. Only someone who knows the token can give this key.
    """

    name: str
    user: int | None = None
    token: bytes | None = None
    invitation: str | None = None

    @property
    def actor(self) -> int:
        is_repeatable = self.user is None and self.token is not None and self.key == self.token.hex()
        return MACHINE if is_repeatable else 0


class Rename(_OfUser, frozen=True, gc=False):
    """Change a name. `by` gives the command: someone who manages accounts, `MACHINE`, or, if None, the user."""

    name: str
    by: int | None = None

    @property
    def actor(self) -> int:
        return self.user if self.by is None else self.by


class Join(_OfUser, frozen=True, gc=False):
    """Join the room of that name. If there is none, a public room is created.

    If `room` is set, join the room with that id, whatever its name is; no room is created.
    """

    name: str
    room: int = 0


class Create(_OfUser, frozen=True, gc=False):
    """Create a room and become its owner."""

    name: str
    private: bool = False


class OpenDirect(_OfUser, frozen=True, gc=False):
    """Create the direct room of these people, if it does not exist."""

    names: tuple[str, ...]


class Leave(_OfUser, frozen=True, gc=False):
    room: int
    words: str = ""


class ReleaseName(_OfUser, frozen=True, gc=False):
    """Leave all rooms except direct ones, and release the name."""

    words: str = ""


class _IfTip(_OfUser, frozen=True, gc=False, kw_only=True):
    """A command that is refused if somebody has said something since the event `if_tip` of the room; None: never."""

    if_tip: int | None = None


class SendMessage(_IfTip, frozen=True, gc=False):
    room: int
    text: str
    kind: Literal["message", "action"] = "message"


class Reply(SendMessage, frozen=True, gc=False):
    """Send a message that answers another one, or that is part of a thread.

    Attributes:
        answers: the seq of the message that it answers; 0: none.
        thread: the seq of the thread's root; 0: it is in no thread.
        also: whether a message in a thread is shown in the room as well.
    """

    answers: int = 0
    thread: int = 0
    also: bool = False


class _OfMessage(_OfUser, frozen=True, gc=False):
    """A change of the message `seq` of a room."""

    room: int
    seq: int


class Edit(_OfMessage, frozen=True, gc=False):
    """Change the text of one's own message.

    With `if_edited`, it is refused unless the newest edit has this seq (0: there was none).
    """

    text: str
    if_edited: int | None = None


class Erase(_OfMessage, frozen=True, gc=False):
    """Delete a message, and erase its text, its versions and its reactions."""

    why: str = ""


class EraseMany(_OfUser, frozen=True, gc=False):
    """Delete several messages of a room, each as `Erase` does."""

    room: int
    seqs: tuple[int, ...]
    why: str = ""


class React(_OfMessage, frozen=True, gc=False):
    """React with an emoji, or, with `on` False, no longer react with it."""

    emoji: str
    on: bool = True


class Pin(_OfMessage, frozen=True, gc=False):
    """Pin a message to its room, or, with `on` False, unpin it. `if_tip` is that of `SendMessage`."""

    on: bool = True
    if_tip: int | None = None


class SetTitle(_OfMessage, frozen=True, gc=False):
    """Set the title of the thread whose root is the message; empty: none."""

    text: str


class SendDirect(_OfUser, frozen=True, gc=False):
    """Send a message to one user, in the direct room of the two. The room is created if it does not exist."""

    to: str
    text: str
    kind: Literal["message", "action"] = "message"


class SetTopic(_IfTip, frozen=True, gc=False):
    room: int
    topic: str


class Moderate(_OfUser, frozen=True, gc=False):
    """Moderate a room or one of its members. `user` may be `MACHINE`.

    Attributes:
        action: what to do.
        whom: the name or id of the target, for actions that have one.
        undo: reverse the action: lift a ban or a mute, reopen an archived room.
        until: when a ban or mute ends, in milliseconds since 1970 UTC; 0: never.
        duration: how long a ban or mute lasts from the decision, in milliseconds; 0: use `until`.
        value: the role, the new name, the seconds, `on` or `off`.
        why: the reason, stored in the log.
    """

    room: int
    action: Literal[
        "invite", "kick", "ban", "mute", "role", "rename", "archive", "slow", "read_only", "guests", "calls"
    ]
    whom: str | int = ""
    undo: bool = False
    until: int = 0
    value: str = ""
    why: str = ""
    duration: int = 0


class MoveReadMark(_OfUser, frozen=True, gc=False):
    """Move a member's read mark. `delivered` and `read` only increase.

    Attributes:
        since: the seq at which the member joined.
        delivered: the seq up to which one of the member's clients has the events.
        read: the seq up to which the member has read.
        messages: how many unread messages of others this marks as read.
        mentions: how many of those mention the member.
        as_of: the room's tip before they were counted. If a message counts differently since then, the command is
            refused.
        deletions: how many accounts had been deleted before they were counted. Deleting one may erase messages.
    """

    room: int
    since: int
    delivered: int
    read: int
    messages: int = 0
    mentions: int = 0
    as_of: int = 0
    deletions: int = 0


class SetPreference(_OfUser, frozen=True, gc=False):
    """Set a user's notification preferences.

    Attributes:
        room: the room that `level` and `favourite` are for; 0: set `hours` only.
        level: what the user is notified of; None: unchanged.
        favourite: whether the room is a favourite; None: unchanged.
        hours: do not disturb, from and to, in minutes since midnight; None: never.
    """

    room: int
    level: Level | None = None
    favourite: bool | None = None
    hours: tuple[int, int] | None = None


# Accounts. The caller hashes first: no command holds a password or a token.


class Register(Command, frozen=True, gc=False):
    """Create an account: for the guest `user`, who keeps name, rooms and messages, or, with None, for someone new.

    Attributes:
        by: who creates it; None: its future owner.
        password: the hash; None for a bot.
        role: the role, unless an `invitation` grants a higher one.
        token: the SHA-256 of the first session's token.
    """

    name: str
    password: str | None
    user: int | None = None
    by: int | None = None
    role: Literal["owner", "admin", "member", "bot"] = "member"
    invitation: str | None = None
    token: bytes | None = None
    label: str = ""

    @property
    def actor(self) -> int:
        return self.by or self.user or 0


class SignIn(_ForUser, frozen=True, gc=False):
    """Start a session of an account, after its password was checked. If `by` is set, create a bot's token instead.

    `at` is the directory's seq when the password was checked. If the password was changed after that seq, the sign-in
    fails.
    """

    token: bytes
    label: str = ""
    at: int | None = None


class SignOut(_ForUser, frozen=True, gc=False):
    """End one session, or, with None, all sessions except `but`."""

    token: bytes | None
    but: bytes | None = None


class SetPassword(_ForUser, frozen=True, gc=False):
    """Change a password and end all sessions except `but`."""

    password: str
    but: bytes | None = None


class SetProfile(_OfUser, frozen=True, gc=False):
    display: str = ""
    colour: str = ""
    zone: str = ""


class DeleteAccount(_ForUser, frozen=True, gc=False):
    """Delete an account. Its messages are erased if `erase` is set, else kept under the name "deleted user"."""

    erase: bool


class SetServerRole(_By, frozen=True, gc=False):
    user: int
    role: Literal["owner", "admin", "member"]


class Disable(_By, frozen=True, gc=False):
    """Disable an account, or enable it again."""

    user: int
    disabled: bool
    why: str = ""


class MakeInvitation(_By, frozen=True, gc=False):
    """Create an invitation to the server. `code` is the SHA-256 of its code, in hex."""

    code: str
    uses: int = 1
    until: int = 0
    room: int = 0
    role: Literal["", "member", "admin", "owner"] = ""
    label: str = ""


class RevokeInvitation(_By, frozen=True, gc=False):
    code: str


class MakeWebhook(_By, frozen=True, gc=False):
    """Create an outgoing webhook, which sends a room's events to a URL, or an incoming one, which can post in the room.

    Attributes:
        by: who creates it.
        label: its label; of an incoming webhook, the name it posts under.
        url: where events are sent; empty: the webhook is an incoming one.
        secret: the key that signs outgoing requests.
        token: the SHA-256 of an incoming webhook's token.
        kinds: the kinds of events that are sent; empty: all.
        after: send the events after this seq.
    """

    room: int
    label: str
    url: str = ""
    after: int = 0
    secret: str = ""
    token: bytes | None = None
    kinds: tuple[str, ...] = ()


class RemoveWebhook(_By, frozen=True, gc=False):
    """Delete a webhook."""

    room: int
    hook: int


class AdvanceWebhook(Command, frozen=True, gc=False):
    """Store how far a webhook's endpoint has acknowledged events, and, if deliveries stopped, why (`parked`)."""

    hook: int
    acked: int
    parked: str | None = None


def named_messages(command: Command) -> tuple[int, ...]:
    """Return the seqs of the messages, in the room of the command, whose forms decide it; 0: none at this place."""
    kind = command.__class__
    if kind is Reply:
        return (command.answers, command.thread)  # type: ignore[attr-defined]
    if kind is EraseMany:
        return command.seqs  # type: ignore[attr-defined,no-any-return]
    return (command.seq,) if kind in _OF_MESSAGES else ()  # type: ignore[attr-defined]


class OpenRoom(Command, frozen=True, gc=False):
    """Create a public room, with the server as its creator, if there is none of that name."""

    name: str


_OF_MESSAGES = frozenset((Edit, Erase, React, Pin, SetTitle))
