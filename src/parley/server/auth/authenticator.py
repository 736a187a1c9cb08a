"""Authentication: tokens, passwords and sessions."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Protocol, TypeVar

from parley.core.events import Event
from parley.core.ports import Store
from parley.core.records import Identity, TokenInfo, Webhook
from parley.core.refusals import Refusal, refuse
from parley.core.text import PASSWORD_LEAST, PASSWORD_MOST, fold
from parley.core.throttle import Throttle
from parley.gateways.view import View
from parley.server.protocols import RETRY_MS

log = logging.getLogger("parley")

T = TypeVar("T")


class AuthenticatorReads(Protocol):
    """See `parley.server.engine.read_lanes.ReadLanes`."""

    async def quick(self, read: Callable[[], T]) -> T | None: ...
    async def heavy(self, read: Callable[[], T]) -> T | None: ...


class PasswordHasher(Protocol):
    """See `parley.server.auth.passwords.Passwords`."""

    async def hash(self, password: str) -> str: ...
    async def verify(self, hash: str | None, password: str) -> bool: ...
    def close(self) -> None: ...


class Authenticator:
    """Authenticates users. Tokens and passwords are stored as hashes, and never logged.

    Args:
        loop: the event loop.
        store: the store, which has the hashes of tokens and passwords.
        lanes: the reading threads.
        view: the durable state.

    Attributes:
        endings: the number of sessions that have ended and passwords that have changed. A result that was read from the
            store at a lower number may be out of date.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, store: Store, lanes: AuthenticatorReads, view: View) -> None:
        self._loop = loop
        self._store = store
        self._lanes = lanes
        self._view = view
        self._passwords: PasswordHasher | None = None
        self._throttle: Final = Throttle()
        self.endings = 0

    def ended(self) -> None:
        """Call it when any session has ended, or a password has changed."""
        self.endings += 1

    async def identify(self, token: bytes, *, webhook: bool = False, address: str = "") -> Identity | Refusal:
        """Return the owner of the token with this SHA-256.

        Args:
            token: the SHA-256 of the token.
            webhook: whether it must be an incoming webhook's token. Such a token is not accepted for anything else.
            address: the address of the client that uses it; see `met`.
        """
        identity = await self._current(lambda: self._store.who(token))
        if isinstance(identity, Refusal):
            return identity
        if identity is None or (identity.kind == "webhook") is not webhook:
            return refuse("token_unknown")
        user = self._view.state.users.get(identity.user)
        if identity.kind == "resume" and (user is None or not user.account):
            return identity
        if user is None or not user.account:
            return refuse("session_unknown")
        if user.disabled:
            return refuse("account_disabled")
        if identity.kind == "session":
            self.met(user.id, address)
        return identity

    def met(self, user: int, address: str) -> None:
        """Record that a user has proved their identity at an address. Failed sign-ins from other addresses then do not
        delay a sign-in to the account from there. For guests, who have no account, nothing is recorded.

        Args:
            user: the id.
            address: the client's IP address; empty if there is none, as on the admin socket.
        """
        known = self._view.state.users.get(user)
        if address and known is not None and known.account:
            self._throttle.met(_throttled(known.name, user), address)

    async def sign_in(self, name: str, password: str, address: str) -> int | Refusal:
        """Return the id of the account, if the password is right. The refusal of a wrong name is the same as that of a
        wrong password.
        """
        throttled, now = _throttled(name, self._account(name)[0]), self._loop.time()
        wait = self._throttle.wait(throttled, address, now)
        if wait > 0:
            return refuse("sign_in_throttled", int(wait * 1000) + 1, seconds=wait)
        if len(password) > PASSWORD_MOST:
            password = ""
        while True:
            account = self._account(name)
            known, _ = account
            # Read the store for an unknown name too, so that it takes as long as for a known one.
            hashed = await self._current(partial(self._store.password, known))
            if isinstance(hashed, Refusal):
                self._throttle.withdrawn(throttled, address)
                return hashed
            right = await self._verify(hashed, password)
            if isinstance(right, Refusal):
                self._throttle.withdrawn(throttled, address)
                return right
            if account == self._account(name):
                break  # otherwise the password was changed meanwhile, and the new one has to be checked
        if not right:
            self._throttle.failed(throttled, address, self._loop.time())
            log.info("a sign-in from %s failed", address)
            return refuse("sign_in_wrong")
        self._throttle.succeeded(throttled, address)
        return refuse("account_disabled") if self._view.state.users[known].disabled else known

    async def hash_password(self, password: str) -> str | Refusal:
        """Return the hash of a password, in the form in which it is stored."""
        if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
            return refuse("password_invalid")
        return await self._ask(lambda passwords: passwords.hash(password))

    async def sessions(self, user: int) -> list[TokenInfo] | Refusal:
        """Return a user's tokens."""
        return await self._current(lambda: self._store.sessions(user))

    async def audit(self, before: tuple[int, int, int] | None, limit: int) -> list[Event] | Refusal:
        """Return the newest events of the audit log before the event at `before`, as (at, room, seq)."""
        return await self._current(lambda: self._store.audit(before, limit), heavy=True)

    async def hooks(self) -> list[Webhook] | Refusal:
        """Return the webhooks."""
        return await self._current(self._store.hooks)

    async def said_by(self, user: int, after: tuple[int, int], limit: int) -> list[Event] | Refusal:
        """Return a user's messages after a place (room, seq)."""
        return await self._current(lambda: self._store.said_by(user, after, limit), heavy=True)

    def close(self) -> None:
        if self._passwords is not None:
            self._passwords.close()

    def _account(self, name: str) -> tuple[int, int]:
        """Return the id of the account of that name, and the seq at which its password was set; zeros without one."""
        user = self._view.account(name)
        return (user.id, user.password_at) if user is not None else (0, 0)

    async def _verify(self, hashed: str | None, password: str) -> bool | Refusal:
        return await self._ask(lambda passwords: passwords.verify(hashed, password))

    async def _ask(self, work: Callable[[PasswordHasher], Awaitable[T]]) -> T | Refusal:
        # Imported when the first password has to be checked, because a server starts faster without it.
        from .passwords import Busy, Passwords

        if self._passwords is None:
            self._passwords = Passwords()
        try:
            return await work(self._passwords)
        except Busy:
            return refuse("not_read", RETRY_MS)

    async def _current(self, read: Callable[[], T], *, heavy: bool = False) -> T | Refusal:
        """Return what `read` returns; call it again if a session has ended meanwhile."""
        run = self._lanes.heavy if heavy else self._lanes.quick
        while True:
            endings = self.endings
            answer = await run(lambda: (read(),))
            if answer is None:
                return refuse("not_read", RETRY_MS)
            if endings == self.endings:
                return answer[0]


def _throttled(name: str, user: int) -> str:
    """Return the key under which the throttle counts attempts: the id of the account, because its name may change, or,
    if there is no account, the name.
    """
    return f"\0{user}" if user else fold(name)
