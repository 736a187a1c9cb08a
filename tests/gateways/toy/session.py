"""The conversation with one client of the toy dialect."""

from collections.abc import Callable

from parley.core.commands import ClaimName, Join, SendMessage
from parley.core.decision import Decision, Outcome
from parley.core.events import Event
from parley.core.rendering import AnySignal
from parley.gateways.effects import BindUser, Close, Effects, Send, Submit, Subscribe
from parley.gateways.session import Session
from parley.gateways.view import View


class ToySession(Session):
    """A session that overrides four methods."""

    def __init__(self, view: View, new_token: Callable[[], str]) -> None:
        super().__init__()
        self._token = new_token().encode()
        self._user = 0
        self._rest = b""

    def opened(self) -> Effects:
        return [Send(b"TOY\n")]

    def receive(self, data: bytes) -> Effects:
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [effect for line in lines for effect in self._line(line.decode())]

    def _line(self, line: str) -> Effects:
        if line.startswith("NICK "):
            return [Submit(ClaimName(line.removeprefix("NICK ")), "name")]
        return [Submit(SendMessage(self._user, 1, line))]

    def decided(self, tag: object, outcome: Outcome) -> Effects:
        if not isinstance(outcome, Decision):
            return [Send(b"NO\n")]
        if tag == "name":
            self._user = outcome.events[0].user
            return [BindUser(self._user, self._token), Submit(Join(self._user, "lobby"), "join")]
        if tag == "join":
            return [Subscribe(1, outcome.events[-1].seq, ToyRendering())]
        return []

    def stopping(self) -> Effects:
        return [Send(b"BYE\n"), Close()]


class ToyRendering:
    """Messages as `name text`; all readers share it."""

    def event(self, event: Event) -> bytes:
        return f"{event.name} {event.text}\n".encode() if event.kind == "message" else b""

    def piece(self, room: int, events: list[bytes]) -> bytes:
        return b"".join(events)

    def signal(self, signal: AnySignal) -> bytes:
        return b""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ToyRendering)

    def __hash__(self) -> int:
        return hash(ToyRendering)
