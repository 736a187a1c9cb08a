"""Records: what one commit stores beside the events of the logs. Passwords and tokens are records as hashes only, read
marks and preferences as they are.
"""

from typing import Literal

from msgspec import Struct

TokenKind = Literal["resume", "session", "bot", "webhook"]
Level = Literal["all", "mentions", "nothing"]
"""What of a room someone wants to be told of."""


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
    """Turn the resume tokens of a guest into sessions of the account that they have now."""

    user: int


class PutPassword(Struct, frozen=True):
    """The hash of a user's password, with its parameters."""

    user: int
    hash: str


class ForgetUser(Struct, frozen=True):
    """Delete a user's password, tokens and preferences, their name in the logs, and, with `erase`, their messages."""

    user: int
    erase: bool


class Webhook(Struct, frozen=True):
    """An outgoing webhook.

    Attributes:
        id: the seq of its `webhook` event in the directory.
        secret: the key of the signatures.
        acked: the seq up to which the endpoint has acknowledged events.
        parked: why deliveries stopped; None while they go on.
        kinds: of the events that go there; empty: all.
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
    """How far an endpoint has acknowledged, and why deliveries stopped, if they did."""

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
    """What someone wants to be told of; see `parley.core.commands.SetPreference`."""

    user: int
    room: int
    level: Level | None = None
    favourite: bool | None = None
    hours: tuple[int, int] | None = None


class PutKey(Struct, frozen=True):
    """A command with this key was done. Its place is that of its last event; seq 0 if it had nothing to change.

    The keys of messages stand in their events instead.
    """

    user: int
    key: str
    room: int
    seq: int


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
)


class Identity(Struct, frozen=True):
    """Whose token it is. `name` is the last name they had."""

    user: int
    name: str
    kind: TokenKind


class TokenInfo(Struct, frozen=True):
    """A token, as its owner may see it. `made` is in milliseconds since 1970 UTC."""

    id: int
    kind: TokenKind
    label: str
    made: int
    token: bytes
