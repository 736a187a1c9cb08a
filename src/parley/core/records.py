"""Records: what a commit stores beside events. Passwords and tokens are stored as hashes only."""

from typing import Literal

from msgspec import Struct

TokenKind = Literal["resume", "session", "bot", "webhook"]
Level = Literal["all", "mentions", "nothing"]
"""What a user is notified of in a room."""


class PutToken(Struct, frozen=True):
    """A new token: `token` is its SHA-256, `made` is in milliseconds since 1970 UTC."""

    user: int
    token: bytes
    kind: TokenKind
    label: str
    made: int


class DropTokens(Struct, frozen=True):
    """Delete one token of a user, or, with `token` None, all of them except `but`."""

    user: int
    token: bytes | None = None
    but: bytes | None = None


class KeepTokens(Struct, frozen=True):
    """Turn a guest's resume tokens into sessions of the account that the guest has registered."""

    user: int


class PutPassword(Struct, frozen=True):
    """The hash of a user's password, with its parameters."""

    user: int
    hash: str


class ForgetUser(Struct, frozen=True):
    """Delete a user's password, tokens, preferences and name in the logs, and, with `erase`, the text of messages."""

    user: int
    erase: bool


class Webhook(Struct, frozen=True):
    """An outgoing webhook.

    Attributes:
        id: the seq of its `webhook` event in the directory.
        secret: the key of the signatures.
        acked: the seq up to which the endpoint has acknowledged events.
        parked: why deliveries stopped; None while they go on.
        kinds: the kinds of events that are sent; empty: all.
        made: milliseconds since 1970 UTC.
    """

    id: int
    room: int
    label: str
    url: str
    secret: str
    kinds: tuple[str, ...]
    acked: int
    parked: str | None
    by: int
    made: int


class MoveWebhook(Struct, frozen=True):
    """How far a webhook's endpoint has acknowledged events, and why deliveries stopped; None while they go on."""

    hook: int
    acked: int
    parked: str | None


class DropWebhook(Struct, frozen=True):
    """Delete a webhook."""

    hook: int
    room: int


class PutReadMark(Struct, frozen=True, gc=False):
    """A read mark that moved; see `parley.core.commands.MoveReadMark`."""

    user: int
    room: int
    since: int
    delivered: int
    read: int
    messages: int
    mentions: int


class PutPreference(Struct, frozen=True):
    """A notification preference; see `parley.core.commands.SetPreference`."""

    user: int
    room: int
    level: Level | None = None
    favourite: bool | None = None
    hours: tuple[int, int] | None = None


class PutKey(Struct, frozen=True):
    """A command with this key was executed. The place is that of its last event; seq 0 if it changed nothing.

    The keys of messages are stored in their events instead.
    """

    user: int
    key: str
    room: int
    seq: int


class PutForm(Struct, frozen=True):
    """The present form of a message that was changed; see `parley.core.forms.Message`.

    Attributes:
        reactions: emoji and number of users, in the order of the first one.
    """

    room: int
    seq: int
    as_of: int
    edited: int
    edits: int
    erased: int
    by: int
    pinned: int
    title: str
    replies: int
    last: int
    reactions: list[tuple[str, int]]


class Recount(Struct, frozen=True):
    """A message of the user `user` counts differently from now on: it was erased, or other users are mentioned.

    Attributes:
        seq: the message.
        before: the mentions up to now.
        after: the mentions from now on.
        erased: whether the message itself does not count any more.
    """

    room: int
    seq: int
    user: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    erased: bool


Record = (
    PutToken
    | DropTokens
    | KeepTokens
    | PutPassword
    | ForgetUser
    | Webhook
    | MoveWebhook
    | DropWebhook
    | PutReadMark
    | PutPreference
    | PutKey
    | PutForm
    | Recount
)


class Identity(Struct, frozen=True):
    """The owner of a token. `name` is the user's last name."""

    user: int
    name: str
    kind: TokenKind


class TokenInfo(Struct, frozen=True):
    """A token as shown to its owner. `made` is in milliseconds since 1970 UTC."""

    id: int
    kind: TokenKind
    label: str
    made: int
    token: bytes
