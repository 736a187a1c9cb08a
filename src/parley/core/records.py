"""What is stored with events and stands in no log: the hashes of passwords and tokens, what follows a deletion, what
someone has read and what they want to be told of.
"""

import hashlib
from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

from . import commands as c
from .commands import SetPreference
from .events import Event

TokenKind = Literal["resume", "session", "bot", "webhook"]


def hash_token(token: str) -> bytes:
    """Return what is kept of a token: its SHA-256. It is 256 random bits: that is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def hash_code(code: str) -> str:
    """Return what is kept of the code of an invitation, which stands in the log: its SHA-256, as hex."""
    return hash_token(code).hex()


class PutToken(Struct, frozen=True):
    """Whoever has the token whose SHA-256 this is, is that user. `made` is in milliseconds since 1970 UTC."""

    user: int
    token: bytes
    kind: TokenKind
    label: str
    made: int


class DropTokens(Struct, frozen=True):
    """End the sessions of a user: that one, or, with None, all but `but`."""

    user: int
    token: bytes | None = None
    but: bytes | None = None


class KeepTokens(Struct, frozen=True):
    """What brought a guest back is a session of their account from now on."""

    user: int


class PutPassword(Struct, frozen=True):
    """The hash of a user's password, with its parameters."""

    user: int
    hash: str


class ForgetUser(Struct, frozen=True):
    """Forget who a user was: passwords, tokens, the name in the logs and, with `erase`, what they said."""

    user: int
    erase: bool


class Webhook(Struct, frozen=True):
    """A webhook: where a room's events go.

    Attributes:
        id: the seq of its `webhook` event in the directory.
        secret: with which they are signed.
        acked: the seq up to which the endpoint has them.
        parked: why it gets nothing more; None while it does.
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
    """How far an endpoint is."""

    hook: int
    acked: int
    parked: str | None


class DropWebhook(Struct, frozen=True):
    """A webhook is no more."""

    hook: int
    room: int


class PutReadMark(Struct, frozen=True, gc=False):
    """How far a member is in a room; see `parley.core.commands.Mark`."""

    user: int
    room: int
    since: int
    got: int
    read: int
    messages: int
    mentions: int


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
    | SetPreference
)


class Identity(Struct, frozen=True):
    """Whose token it is. `name` is the last one they had."""

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


WITH_RECORDS: Final = frozenset(
    (
        c.ClaimName, c.Register, c.SignIn, c.SignOut, c.SetPassword, c.Disable, c.DeleteAccount,
        c.MakeWebhook, c.RemoveWebhook, c.AdvanceWebhook, c.MoveReadMark, c.SetPreference,
    )
)  # fmt: skip
"""The commands that `follow` has something to say about."""


def follow(command: c.Command, events: Sequence[Event], at: int) -> list[Record]:
    """Return what is to be stored in the same commit as the events that `command` was decided to be."""
    match command:
        case c.ClaimName(token=token) if token is not None and events:
            return [PutToken(events[0].user, token, "resume", "", at)]
        case c.Register():
            user = next(event.user for event in events if event.kind == "registered")
            kept: list[Record] = [KeepTokens(user)] if command.user is not None else []
            if command.password is not None:
                kept.append(PutPassword(user, command.password))
            if command.token is not None:
                kind: TokenKind = "bot" if command.role == "bot" and command.by is not None else "session"
                kept.append(PutToken(user, command.token, kind, command.label, at))
            return kept
        case c.SignIn(by=by):
            return [PutToken(command.user, command.token, "session" if by is None else "bot", command.label, at)]
        case c.SignOut():
            return [DropTokens(command.user, command.token, command.but)]
        case c.SetPassword():
            return [PutPassword(command.user, command.password), DropTokens(command.user, but=command.but)]
        case c.Disable(disabled=True) if events:
            return [DropTokens(command.user)]
        case c.DeleteAccount():
            return [ForgetUser(command.user, command.erase)]
        case c.MakeWebhook(token=token) if token is not None:
            return [PutToken(events[0].user, token, "webhook", "webhook", at)]
        case c.MakeWebhook():
            made = (command.room, command.label, command.url, command.secret, command.kinds)
            return [Webhook(events[-1].seq, *made, command.after, None, command.by, at)]
        case c.RemoveWebhook():
            return [DropWebhook(command.hook, command.room)]
        case c.AdvanceWebhook():
            return [MoveWebhook(command.hook, command.acked, command.parked)]
        case c.MoveReadMark():
            moved = (command.got, command.read, command.messages, command.mentions)
            return [PutReadMark(command.user, command.room, command.since, *moved)]
        case c.SetPreference():
            return [command]
    return []
