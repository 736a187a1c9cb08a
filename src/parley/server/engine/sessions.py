"""Ends the clients of an account's session, with the commit that ends the session."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from parley.core.records import DropTokens, ForgetUser, Identity
from parley.core.refusals import Refusal, refuse
from parley.core.state import State
from parley.server.protocols import Client

from .isolation import isolated
from .presence import Presence
from .subscription import Feeds


@dataclass(eq=False)
class ClientSessions:
    """Expels clients whose session has ended.

    Args:
        state: the durable state.
        presence: knows the clients of each user.
        feeds: the clients' subscriptions.
        identify: finds out whether a token is valid.
        forget: called when any session has ended, because results of earlier reads may be out of date.
        spawn: runs a coroutine in the background.
    """

    state: State
    presence: Presence
    feeds: Feeds
    identify: Callable[[bytes], Awaitable[Identity | Refusal]]
    forget: Callable[[], None]
    spawn: Callable[[Awaitable[None]], object]
    _just_ended: set[int] = field(default_factory=set)

    def end(self, record: DropTokens | ForgetUser) -> None:
        """Expel the clients of the sessions that a committed record ends."""
        self.forget()
        self._just_ended.add(record.user)
        user = self.state.users.get(record.user)
        refusal = refuse("account_disabled" if user is not None and user.disabled else "session_unknown")
        for client in tuple(self.presence.connections(record.user)):
            if _ends(record, client.token):
                self._expel(client, refusal)

    def begin(self, client: Client) -> None:
        """Call it when a client was bound to its user. If sessions of the user ended in the commit that is being shown,
        this checks whether the client's session is one of them.
        """
        if client.user in self._just_ended and client.token is not None:
            self.spawn(self._check(client, client.user, client.token))

    def shown(self) -> None:
        """Call it when the commit was shown."""
        self._just_ended.clear()

    async def _check(self, client: Client, user: int, token: bytes) -> None:
        identity = await self.identify(token)
        if isinstance(identity, Refusal) and client.user == user:
            self._expel(client, identity)

    def _expel(self, client: Client, refusal: Refusal) -> None:
        """End a client. It speaks for no user from now on."""
        self.feeds.lost(client)
        self.presence.gone(client, client.user)
        client.user = 0
        with isolated:
            client.expel(refusal)


def _ends(record: DropTokens | ForgetUser, token: bytes | None) -> bool:
    if isinstance(record, DropTokens):
        if record.token is not None:
            return token == record.token
        return record.but is None or token != record.but
    return True
