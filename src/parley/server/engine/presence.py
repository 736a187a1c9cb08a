"""Who is connected, and when those who are not have gone for good."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from parley.core.commands import Command, ReleaseName
from parley.core.decision import Outcome
from parley.core.refusals import Refusal
from parley.core.rendering import Signal
from parley.core.state import State

if TYPE_CHECKING:
    from parley.server.net.connection import Connection

log = logging.getLogger("parley")

RETRY_SECONDS: Final = 5.0
SIGNAL_SECONDS: Final = 0.5

SIGNAL_MEMBERS: Final = 200
"""In larger rooms nobody is told who comes online: n members coming back would be n x n signals."""


class Presence:
    """The connections of each user. A user without any departs after a while: at once, if they have no token to
    come back with.

    Args:
        loop: the event loop.
        hold: seconds for which a guest with a token stays a member without a connection.
        submit: submits a command.
        signal: sends a signal to a room.
        state: returns the durable state.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        hold: float,
        submit: "Callable[[Command, Presence, object], None]",
        signal: Callable[[Signal], None],
        state: Callable[[], State],
    ) -> None:
        self._loop = loop
        self._hold = hold
        self._submit = submit
        self._signal = signal
        self._state = state
        self._connections: dict[int, tuple[Connection, ...]] = {}
        self._tokenless: set[int] = set()
        self._departures: dict[int, asyncio.TimerHandle] = {}
        self._changed: set[int] = set()
        self._stopped = False

    def online(self, user: int) -> bool:
        """Tell whether the user has a connection."""
        return user in self._connections

    def connections(self, user: int) -> "Iterable[Connection]":
        """Return the connections that speak for the user."""
        return self._connections.get(user, ())

    def knows(self, user: int) -> bool:
        """Tell whether the user has a connection or is awaited back."""
        return user in self._connections or user in self._departures

    def begin(self, users: Iterable[int], tokenless: Iterable[int]) -> None:
        """Take over from a server that ended: these users are here and have no connection."""
        self._tokenless.update(tokenless)
        for user in users:
            self._await_return(user)

    def arrived(self, connection: "Connection", user: int, *, can_return: bool) -> None:
        """A connection speaks for the user from now on."""
        if not can_return:
            self._tokenless.add(user)
        if timer := self._departures.pop(user, None):
            timer.cancel()
        mine = self._connections.get(user, ())
        self._connections[user] = (*mine, connection)
        if not mine:
            self._note(user)

    def gone(self, connection: "Connection", user: int) -> None:
        """A connection that spoke for the user has ended."""
        others = tuple(other for other in self._connections.get(user, ()) if other is not connection)
        if others:
            self._connections[user] = others
        elif self._connections.pop(user, None):
            self._note(user)
            self._await_return(user)

    def seen(self, user: int) -> None:
        """A guest without a connection has asked for something: they are awaited anew."""
        if user not in self._connections:
            if timer := self._departures.pop(user, None):
                timer.cancel()
            self._await_return(user)

    def stop(self) -> None:
        """Let nobody depart any more: the server is stopping, and its successor takes over."""
        self._stopped = True
        for timer in self._departures.values():
            timer.cancel()

    def decided(self, tag: object, outcome: Outcome) -> None:
        """A departure came to this."""
        assert isinstance(tag, int)
        if isinstance(outcome, Refusal) and not self._stopped and tag not in self._connections:
            self._departures[tag] = self._loop.call_later(RETRY_SECONDS, self._depart, tag)
        else:
            self._tokenless.discard(tag)

    def _await_return(self, user: int) -> None:
        known = self._state().users.get(user)
        # Who has an account is a member for as long as they like, connected or not.
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

    def _note(self, user: int) -> None:
        if not self._changed:
            self._loop.call_later(SIGNAL_SECONDS, self._tell_changes)
        self._changed.add(user)

    def _tell_changes(self) -> None:
        changed, self._changed = self._changed, set()
        for user in changed:
            self.tell("presence", user, online=self.online(user))

    def tell(self, kind: str, user: int, *, online: bool | None = None) -> None:
        """Tell the rooms of a user that something about them has changed; not the large ones."""
        state = self._state()
        known = state.users.get(user)
        name, rooms = ("", ()) if known is None else (known.name, known.rooms)
        if known is None:
            # A guest who has given up their name is in no room any more, but in direct ones for good.
            rooms = tuple(id_ for id_, room in state.rooms.items() if user in room.members)
        for id_ in rooms:
            if len(state.rooms[id_].members) <= SIGNAL_MEMBERS:
                self._signal(Signal(kind, id_, user, name, online))
