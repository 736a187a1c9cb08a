"""Commands: what someone wants to happen. `parley.core.rules` decides them into events or a refusal."""

from typing import Literal

from msgspec import Struct


class ClaimName(Struct, frozen=True, gc=False):
    """Take a name: as a new guest (`user` None) or as the guest one was before.

    `token` is the SHA-256 of the resume token of a new guest; a guest without one can't come back and leaves when the
    connection ends. `invitation` is the SHA-256 of an invitation's code, in hex.
    """

    name: str
    user: int | None = None
    token: bytes | None = None
    invitation: str | None = None


class Rename(Struct, frozen=True, gc=False):
    user: int
    name: str


class Join(Struct, frozen=True, gc=False):
    """Become a member of the room of that name; a public one is made if there is none.

    With `room`, of the room of that id and no other, whatever it is called: none is made.
    """

    user: int
    name: str
    room: int = 0


class Create(Struct, frozen=True, gc=False):
    """Make a room, and be its owner."""

    user: int
    name: str
    private: bool = False


class OpenDirect(Struct, frozen=True, gc=False):
    """Make the direct room of these people, if there is none."""

    user: int
    names: tuple[str, ...]


class Leave(Struct, frozen=True, gc=False):
    user: int
    room: int
    words: str = ""


class ReleaseName(Struct, frozen=True, gc=False):
    """Leave every room but the direct ones, and give the name up."""

    user: int
    words: str = ""


class SendMessage(Struct, frozen=True, gc=False):
    user: int
    room: int
    text: str
    kind: Literal["message", "action"] = "message"
    key: str | None = None


class SendDirect(Struct, frozen=True, gc=False):
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


class Moderate(Struct, frozen=True, gc=False):
    """Do something about a room or someone in it. `user` MACHINE is the owner of the machine.

    Attributes:
        action: what.
        whom: the name or the id of the one it is done to, for what is done to someone.
        undo: lift a ban or a mute, reopen what was archived.
        until: milliseconds since 1970 UTC, for bans and mutes; 0: for good.
        lasting: instead, how many milliseconds it lasts.
        value: the role, the new name, the seconds, `on` or `off`.
        why: the reason, for the log.
    """

    user: int
    room: int
    action: Literal[
        "invite", "kick", "ban", "mute", "role", "rename", "archive", "slow", "read_only", "guests", "calls"
    ]
    whom: str | int = ""
    undo: bool = False
    until: int = 0
    value: str = ""
    why: str = ""
    lasting: int = 0


class MoveReadMark(Struct, frozen=True, gc=False):
    """Note how far someone has a room's events, and has read them. Neither goes back.

    Attributes:
        since: the seq at which they joined.
        got, read: seqs.
        messages: how many messages of others that were unread are read by this.
        mentions: how many of those name them.
    """

    user: int
    room: int
    since: int
    got: int
    read: int
    messages: int = 0
    mentions: int = 0


class SetPreference(Struct, frozen=True, gc=False):
    """Set what someone wants to be told of.

    Attributes:
        room: in which room; 0: `hours` is set, and nothing else.
        level: of what in the room; None: it stays as it is.
        favourite: whether it is a favourite; None: likewise.
        hours: when they do not want to be disturbed, from and to, in minutes since midnight; None: never.
    """

    user: int
    room: int
    level: Literal["all", "mentions", "nothing"] | None = None
    favourite: bool | None = None
    hours: tuple[int, int] | None = None


# Accounts. Hashes are made before: a command holds no password and no token.


class Register(Struct, frozen=True, gc=False):
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


class SignIn(Struct, frozen=True, gc=False):
    """Begin a session of an account whose password was right, or, for a bot, make a token (`by` someone).

    `at` is the seq of the directory at which the password was right: if there has been another one since, it is not.
    """

    user: int
    token: bytes
    label: str = ""
    by: int | None = None
    at: int | None = None


class SignOut(Struct, frozen=True, gc=False):
    """End a session, or, with None, all but `but`."""

    user: int
    token: bytes | None
    but: bytes | None = None
    by: int | None = None


class SetPassword(Struct, frozen=True, gc=False):
    """Change a password; all sessions but `but` end."""

    user: int
    password: str
    but: bytes | None = None
    by: int | None = None


class SetProfile(Struct, frozen=True, gc=False):
    user: int
    display: str = ""
    colour: str = ""
    zone: str = ""


class DeleteAccount(Struct, frozen=True, gc=False):
    """Delete an account; `erase` its messages, or leave them as those of a deleted user."""

    user: int
    erase: bool
    by: int | None = None


class SetServerRole(Struct, frozen=True, gc=False):
    by: int
    user: int
    role: Literal["owner", "admin", "member"]


class Disable(Struct, frozen=True, gc=False):
    """Lock an account, or unlock it."""

    by: int
    user: int
    disabled: bool
    why: str = ""


class MakeInvitation(Struct, frozen=True, gc=False):
    """Let people into the server: whoever has the code whose SHA-256 `code` is, in hex."""

    by: int
    code: str
    uses: int = 1
    until: int = 0
    room: int = 0
    role: Literal["", "member", "admin", "owner"] = ""
    label: str = ""


class RevokeInvitation(Struct, frozen=True, gc=False):
    by: int
    code: str


class MakeWebhook(Struct, frozen=True, gc=False):
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

    by: int
    room: int
    label: str
    url: str = ""
    after: int = 0
    secret: str = ""
    token: bytes | None = None
    kinds: tuple[str, ...] = ()


class RemoveWebhook(Struct, frozen=True, gc=False):
    """Tell nothing more to where a webhook leads."""

    by: int
    room: int
    hook: int


class AdvanceWebhook(Struct, frozen=True, gc=False):
    """Note how far a webhook's endpoint is, and why it gets nothing more, if it does not."""

    hook: int
    acked: int
    parked: str | None = None


class OpenRoom(Struct, frozen=True, gc=False):
    """Make a public room on the server's own account, if there is none of that name."""

    name: str


Command = (
    ClaimName
    | Rename
    | Join
    | Create
    | OpenDirect
    | Leave
    | ReleaseName
    | SendMessage
    | SendDirect
    | SetTopic
    | Moderate
    | MoveReadMark
    | SetPreference
    | Register
    | SignIn
    | SignOut
    | SetPassword
    | SetProfile
    | DeleteAccount
    | SetServerRole
    | Disable
    | MakeInvitation
    | RevokeInvitation
    | MakeWebhook
    | RemoveWebhook
    | AdvanceWebhook
    | OpenRoom
)
