"""Presence: the clients of each user, and the departure of guests who have had no client for a while."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final

from parley.core.commands import Command, ReleaseName
from parley.core.decision import Outcome
from parley.core.refusals import Refusal
from parley.core.rendering import Signal
from parley.core.state import State
from parley.server.protocols import Client, Submitter

log = logging.getLogger("parley")

RETRY_SECONDS: Final = 5.0
"""After this time, a departure that could not be stored is submitted again."""

SIGNAL_SECONDS: Final = 0.5
"""Changes are collected for this time before signals are sent to rooms."""

SIGNAL_MEMBERS: Final = 200
"""Rooms with more members get no signals: if n members come back at once, n x n signals would be sent."""


class Presence:
    """Knows the clients of each user. A guest without a client departs: at once, or, if the guest has a token, after a
    while.

    Args:
        loop: the event loop.
        hold: seconds for which a guest with a token stays without a client.
        submit: submits a command.
        send: sends a signal to a room.
        state: the durable state.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        hold: float,
        submit: Callable[[Command, Submitter, object], None],
        send: Callable[[Signal], None],
        state: State,
    ) -> None:
        self._loop = loop
        self._hold = hold
        self._submit = submit
        self._send = send
        self._state = state
        self._connections: dict[int, tuple[Client, ...]] = {}
        self._tokenless: set[int] = set()
        self._departures: dict[int, asyncio.TimerHandle] = {}
        self._changed: set[int] = set()
        self._stopped = False

    def online(self, user: int) -> bool:
        """Return whether the user has a client."""
        return user in self._connections

    def connections(self, user: int) -> tuple[Client, ...]:
        """Return the clients that speak for the user."""
        return self._connections.get(user, ())

    def knows(self, user: int) -> bool:
        """Return whether the user has a client, or is about to leave."""
        return user in self._connections or user in self._departures

    def begin(self, users: Iterable[int], tokenless: Iterable[int]) -> None:
        """Take over the guests of the server that ran before: they exist, but have no client yet."""
        self._tokenless.update(tokenless)
        for user in users:
            self._await_return(user)

    def arrived(self, client: Client, user: int, *, can_return: bool) -> None:
        """Record that a client speaks for the user from now on."""
        if not can_return:
            self._tokenless.add(user)
        if timer := self._departures.pop(user, None):
            timer.cancel()
        mine = self._connections.get(user, ())
        self._connections[user] = (*mine, client)
        if not mine:
            self._signal_later(user)

    def gone(self, client: Client, user: int) -> None:
        """Record that a client that spoke for the user has ended."""
        others = tuple(other for other in self._connections.get(user, ()) if other is not client)
        if others:
            self._connections[user] = others
        elif self._connections.pop(user, None):
            self._signal_later(user)
            self._await_return(user)

    def seen(self, user: int) -> None:
        """Record that the user has made a request: for a guest without a client, the time until departure starts
        again.
        """
        if user not in self._connections:
            if timer := self._departures.pop(user, None):
                timer.cancel()
            self._await_return(user)

    def stop(self) -> None:
        """Stop all departures, because the server is stopping. The next server takes the guests over."""
        self._stopped = True
        for timer in self._departures.values():
            timer.cancel()

    def decided(self, tag: object, outcome: Outcome) -> None:
        """See `Submitter`: the tag is the user who departs."""
        assert isinstance(tag, int)
        if isinstance(outcome, Refusal) and not self._stopped and tag not in self._connections:
            self._departures[tag] = self._loop.call_later(RETRY_SECONDS, self._depart, tag)
        else:
            self._tokenless.discard(tag)

    def _await_return(self, user: int) -> None:
        known = self._state.users.get(user)
        # An account stays a member without a client.
        if self._stopped or known is None or known.account:
            self._tokenless.discard(user)
            return
        if user in self._tokenless or self._hold <= 0:
            self._depart(user)
        else:
            self._departures[user] = self._loop.call_later(self._hold, self._depart, user)

    def _depart(self, user: int) -> None:
        self._departures.pop(user, None)
        if user not in self._connections:
            self._submit(ReleaseName(user), self, user)

    def _signal_later(self, user: int) -> None:
        if not self._changed:
            self._loop.call_later(SIGNAL_SECONDS, self._signal_changes)
        self._changed.add(user)

    def _signal_changes(self) -> None:
        changed, self._changed = self._changed, set()
        for user in changed:
            self.signal("presence", user, online=self.online(user))

    def signal(self, kind: str, user: int, *, online: bool | None = None) -> None:
        """Signal the rooms of a user, except large ones, that something about the user has changed."""
        state = self._state
        known = state.users.get(user)
        name = "" if known is None else known.name
        for id_ in state.ids_of_rooms(user):
            if len(state.rooms[id_].members) <= SIGNAL_MEMBERS:
                self._send(Signal(kind, id_, user, name, online))
