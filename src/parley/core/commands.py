"""Commands: what someone wants to happen. `parley.core.rules` decides them into events or a refusal."""

from typing import Literal

from msgspec import Struct


class Command(Struct, frozen=True, gc=False, kw_only=True):
    """What someone wants to happen.

    Attributes:
        key: the sender's name for it, 1 to 64 characters of printable ASCII. A command with a key is done once: if it
            comes again, be it a year later, its sender is told of the first result. A key is unique per `actor`.
    """

    key: str | None = None

    @property
    def actor(self) -> int:
        """The id of whoever wants it, whose keys it is among; 0 for somebody without an id, who can have no keys."""
        return 0


class _OfUser(Command, frozen=True, gc=False):
    """A command of the user `user`."""

    user: int

    @property
    def actor(self) -> int:
        return self.user


class _By(Command, frozen=True, gc=False):
    """A command of the user `by`, or of the server itself: `by` may be `parley.core.events.MACHINE`."""

    by: int

    @property
    def actor(self) -> int:
        return self.by


class _MaybeBy(Command, frozen=True, gc=False, kw_only=True):
    by: int | None = None


class _ForUser(_MaybeBy, frozen=True, gc=False):
    """A command about the account of `user`, by the user `by`, the machine, or, with None, the user."""

    user: int

    @property
    def actor(self) -> int:
        return self.user if self.by is None else self.by


class ClaimName(Command, frozen=True, gc=False):
    """Take a name: as a new guest (`user` None) or as the guest one was before.

    `token` is the SHA-256 of the resume token of a new guest; a guest without one can't come back and leaves when the
    connection ends. `invitation` is the SHA-256 of an invitation's code, in hex.
    """

    name: str
    user: int | None = None
    token: bytes | None = None
    invitation: str | None = None


class Rename(_OfUser, frozen=True, gc=False):
    name: str


class Join(_OfUser, frozen=True, gc=False):
    """Become a member of the room of that name; a public one is made if there is none.

    With `room`, of the room of that id and no other, whatever it is called: none is made.
    """

    name: str
    room: int = 0


class Create(_OfUser, frozen=True, gc=False):
    """Make a room, and be its owner."""

    name: str
    private: bool = False


class OpenDirect(_OfUser, frozen=True, gc=False):
    """Make the direct room of these people, if there is none."""

    names: tuple[str, ...]


class Leave(_OfUser, frozen=True, gc=False):
    room: int
    words: str = ""


class ReleaseName(_OfUser, frozen=True, gc=False):
    """Leave every room but the direct ones, and give the name up."""

    words: str = ""


class SendMessage(_OfUser, frozen=True, gc=False):
    room: int
    text: str
    kind: Literal["message", "action"] = "message"


class SendDirect(_OfUser, frozen=True, gc=False):
    """Say something to one person, in the direct room of the two, which is made if there is none."""

    to: str
    text: str
    kind: Literal["message", "action"] = "message"


class SetTopic(_OfUser, frozen=True, gc=False):
    room: int
    topic: str


class Moderate(_OfUser, frozen=True, gc=False):
    """Do something about a room or someone in it. `user` MACHINE is the owner of the machine.

    Attributes:
        action: what.
        whom: the name or the id of the one it is done to, for what is done to someone.
        undo: lift a ban or a mute, reopen what was archived.
        until: milliseconds since 1970 UTC, for bans and mutes; 0: for good.
        duration: instead, for how many milliseconds from the decision on; 0: `until` counts.
        value: the role, the new name, the seconds, `on` or `off`.
        why: the reason, for the log.
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
    """Note up to which seqs a member's clients have a room's events and the member has read them. Neither goes back.

    Attributes:
        since: the seq at which the member joined.
        delivered, read: seqs.
        messages: how many unread messages of others are read by this.
        mentions: how many of those name the member.
    """

    room: int
    since: int
    delivered: int
    read: int
    messages: int = 0
    mentions: int = 0


class SetPreference(_OfUser, frozen=True, gc=False):
    """Set what someone wants to be told of.

    Attributes:
        room: in which room; 0: `hours` is set, and nothing else.
        level: of what in the room; None: it stays as it is.
        favourite: whether it is a favourite; None: likewise.
        hours: when they do not want to be disturbed, from and to, in minutes since midnight; None: never.
    """

    room: int
    level: Literal["all", "mentions", "nothing"] | None = None
    favourite: bool | None = None
    hours: tuple[int, int] | None = None


# Accounts. Hashes are made before: a command holds no password and no token.


class Register(Command, frozen=True, gc=False):
    """Make an account: of the guest `user`, who keeps name, rooms and messages, or, with None, of nobody yet.

    Attributes:
        by: who makes it; None: the one whose account it will be.
        password: the hash; None for a bot.
        role: what it is at most: an `invitation` may make it more.
        token: the SHA-256 of a first session's token.
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
    """Begin a session of an account whose password was right, or, for a bot, make a token (`by` someone).

    `at` is the seq of the directory at which the password was right: if there has been another one since, it is not.
    """

    token: bytes
    label: str = ""
    at: int | None = None


class SignOut(_ForUser, frozen=True, gc=False):
    """End a session, or, with None, all but `but`."""

    token: bytes | None
    but: bytes | None = None


class SetPassword(_ForUser, frozen=True, gc=False):
    """Change a password; all sessions but `but` end."""

    password: str
    but: bytes | None = None


class SetProfile(_OfUser, frozen=True, gc=False):
    display: str = ""
    colour: str = ""
    zone: str = ""


class DeleteAccount(_ForUser, frozen=True, gc=False):
    """Delete an account; `erase` its messages, or leave them as those of a deleted user."""

    erase: bool


class SetServerRole(_By, frozen=True, gc=False):
    user: int
    role: Literal["owner", "admin", "member"]


class Disable(_By, frozen=True, gc=False):
    """Lock an account, or unlock it."""

    user: int
    disabled: bool
    why: str = ""


class MakeInvitation(_By, frozen=True, gc=False):
    """Let people into the server: whoever has the code whose SHA-256 `code` is, in hex."""

    code: str
    uses: int = 1
    until: int = 0
    room: int = 0
    role: Literal["", "member", "admin", "owner"] = ""
    label: str = ""


class RevokeInvitation(_By, frozen=True, gc=False):
    code: str


class MakeWebhook(_By, frozen=True, gc=False):
    """Have something else told of a room's events, or let it speak there.

    Attributes:
        by: who makes it.
        label: what it is called: of one that speaks, the name it speaks under.
        url: where events go; empty: it speaks.
        secret: with which what goes there is signed.
        token: the SHA-256 of the token of one that speaks.
        kinds: of the events that go there; empty: all.
        after: the seq after which they begin.
    """

    room: int
    label: str
    url: str = ""
    after: int = 0
    secret: str = ""
    token: bytes | None = None
    kinds: tuple[str, ...] = ()


class RemoveWebhook(_By, frozen=True, gc=False):
    """Tell nothing more to where a webhook leads."""

    room: int
    hook: int


class AdvanceWebhook(Command, frozen=True, gc=False):
    """Note how far a webhook's endpoint is, and why it gets nothing more, if it does not."""

    hook: int
    acked: int
    parked: str | None = None


class OpenRoom(Command, frozen=True, gc=False):
    """Make a public room on the server's own account, if there is none of that name."""

    name: str
