"""The connection of a session: its phase, the time limit of that phase, and when to connect again."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from . import effects as fx
from .backoff import Backoff
from .outlet import Outlet

HELLO_SECONDS: Final = 15.0
"""The connection is ended if the server does not answer a hello within this time."""

BYE_SECONDS: Final = 5.0
"""The connection is ended if the server does not answer a bye within this time."""


class Phase(Enum):
    """The state of the connection."""

    APART = auto()  # there is no connection
    GREETING = auto()  # hello was sent
    ASKING = auto()  # the server requires another name, a password or an invitation, and the user is asked for it
    READY = auto()  # the server has answered with `ready`
    LEAVING = auto()  # bye was sent
    CLOSING = auto()  # the client is closing the connection: frames are ignored from now on
    OVER = auto()  # the session has ended


class Step(Enum):
    """The triggers that change the phase."""

    HELLO = auto()  # the client sends hello
    ASK = auto()  # the client asks the user
    READY = auto()  # the server sends ready
    BYE = auto()  # the client sends bye
    HANG_UP = auto()  # the client ends the connection
    LOSE = auto()  # the connection has ended
    END = auto()  # the session ends


APART, GREETING, ASKING, READY, LEAVING, CLOSING, OVER = Phase
_NEXT: Final = {
    #          HELLO     ASK     READY  BYE      HANG_UP  LOSE   END
    APART:    (GREETING, ASKING, None,  None,    None,    APART, OVER),
    GREETING: (GREETING, ASKING, READY, None,    CLOSING, APART, OVER),
    ASKING:   (GREETING, ASKING, READY, None,    CLOSING, APART, OVER),
    READY:    (None,     None,   None,  LEAVING, CLOSING, APART, OVER),
    LEAVING:  (None,     None,   None,  None,    CLOSING, None,  OVER),
    CLOSING:  (None,     None,   None,  None,    None,    APART, OVER),
    OVER:     (None,     None,   None,  None,    None,    None,  None),
}  # fmt: skip

TRANSITIONS: Final = {
    (phase, step): after for phase, row in _NEXT.items() for step, after in zip(Step, row, strict=True) if after
}
"""The next phase, by phase and step. A step that is missing here raises KeyError: it is an error of this library."""


class ConnectionState:
    """Tracks the session's connections, of which there is one at a time.

    Args:
        outlet: takes the effects.
        random: returns a number in [0, 1).

    Attributes:
        phase: the current phase.
        connect_at: when to connect; None while there is a connection, the user is asked, or the session is over.
        deadline: the time by which the server must answer; None if no answer is expected.
    """

    def __init__(self, outlet: Outlet, random: Callable[[], float]) -> None:
        self.phase = Phase.APART
        self.connect_at: float | None = 0.0
        self.deadline: float | None = None
        self._outlet = outlet
        self._backoff = Backoff(random)
        self._ready_since: float | None = None
        self._asked_delay: float | None = None
        self._why_hung_up = ""

    def _go(self, step: Step, deadline: float | None = None) -> None:
        self.phase = TRANSITIONS[self.phase, step]
        self.deadline = deadline

    def opened(self) -> None:
        """Call it when a connection was made. `greet` or `ask` follows."""
        self.connect_at = None
        self._why_hung_up = ""

    def greet(self, now: float) -> None:
        """Call it when a hello is sent."""
        self._go(Step.HELLO, now + HELLO_SECONDS)

    def ask(self, question: fx.AskUser) -> None:
        """Ask the user."""
        self._go(Step.ASK)
        self._outlet.emit(question)

    def ready(self, now: float) -> None:
        """Call it when the server has accepted the hello."""
        self._go(Step.READY)
        self._ready_since = now

    def leave(self, now: float) -> None:
        """Call it when a bye is sent."""
        self._go(Step.BYE, now + BYE_SECONDS)

    def come_back_in(self, seconds: float) -> None:
        """Take the delay that the server asks for before the next connection."""
        self._asked_delay = seconds

    def come_back(self, now: float) -> None:
        """Connect now, because the user has answered a question after the connection ended."""
        if self.phase is Phase.APART and self.connect_at is None:
            self.connect_at = now

    def hang_up(self, why: str) -> None:
        """End the connection. `lost` is called when it has ended."""
        self._go(Step.HANG_UP)
        self._why_hung_up = why
        self._outlet.emit(fx.Hangup(why))

    def lost(self, now: float, why: str) -> None:
        """Call it when the connection has ended or could not be made: decides when to try again."""
        asking = self.phase is Phase.ASKING
        held = 0.0 if self._ready_since is None else now - self._ready_since
        self._go(Step.LOSE)
        delay = None if asking else self._backoff.delay(held, self._asked_delay)
        self.connect_at = None if delay is None else now + delay
        self._asked_delay = self._ready_since = None
        self._outlet.emit(fx.Offline(self._why_hung_up or why or "the connection ended", delay))

    def end(self, fault: str = "") -> None:
        """End the session, and the connection if there is one."""
        if self.phase is not Phase.APART:
            self._outlet.emit(fx.Hangup(fault))
        self._go(Step.END)
        self.connect_at = None
        self._outlet.emit(fx.Over(fault))
