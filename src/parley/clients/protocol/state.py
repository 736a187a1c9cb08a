"""What a session keeps in mind, and how it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum, auto

from parley.clients.model.room_ref import RoomRef
from parley.clients.model.room_stream import LastSeen, RoomStream
from parley.clients.protocol import effects as fx
from parley.clients.protocol.backoff import Backoff
from parley.clients.protocol.requests import OutboxEntry, Query, Request, Secret
from parley.clients.protocol.room_streams import Outlet, RoomStreams
from parley.wire import web
from parley.wire.limits import FRAME_BYTES, PAGE_EVENTS


class Phase(Enum):
    """Where the conversation is."""

    APART = auto()  # there is no connection
    GREETING = auto()  # hello is sent
    ASKING = auto()  # the server wants another name, a password, an invitation: the user is asked
    READY = auto()
    LEAVING = auto()  # bye is sent
    CLOSING = auto()  # we hang up: nothing that comes now counts
    OVER = auto()


class State:
    """See `Session`."""

    def __init__(
        self,
        *,
        name: str | None,
        new_key: Callable[[], str],
        random: Callable[[], float],
        token: str | None = None,
        account: bool = False,
        password: Secret | None = None,
        invitation: str | None = None,
        seen: Iterable[LastSeen] = (),
        entries: Iterable[OutboxEntry] = (),
        follow: bool = True,
        watching: bool = False,
    ) -> None:
        self.name = name
        self.token = token
        self.account = account
        self.user: int | None = None
        self.phase = Phase.APART
        self.connect_at: float | None = 0.0
        self._nobody = name is None
        self._password = password
        self._invitation = invitation
        self._invitation_held = False
        self._new_key = new_key
        self._backoff = Backoff(random)
        self._line: deque[OutboxEntry | Request] = deque(entries)
        self._flight: OutboxEntry | Request | None = None  # the head of the line, once it is sent
        self._attempted: Request | None = None  # the head of the line, if the answer to it was lost
        self._reads: dict[str, tuple[Query, RoomRef | None]] = {}
        self._flight_id = ""
        self._outlet = Outlet()
        watching = watching or name is None
        self._rooms = RoomStreams(seen, self._outlet, observer=watching, follow=follow, shown=self._note_own_name)
        self._gathered = False  # the direct room that was asked for is on its way
        self._rejoined_for = ""
        self._in_doubt = ""
        self._limits = web.Limits(FRAME_BYTES, 0, 0, 0, PAGE_EVENTS)
        self._name_chosen = False
        self._renewed = False  # we may be somebody else than the one whose rooms and messages these were
        self._sign_in_needed = False
        self._met = False
        self._stalled_until = 0.0
        self._timeout: float | None = None
        self._ready_since: float | None = None
        self._come_back: float | None = None
        self._why_hung_up = ""
        self._typed_at: float | None = None

    @property
    def unsent(self) -> list[OutboxEntry]:
        """The messages that are not settled, in order."""
        return [item for item in self._line if isinstance(item, OutboxEntry)]

    def _note_own_name(self, stream: RoomStream, event: web.Event) -> None:
        # An event up to `tip` is older than what `ready` said of our name.
        if event.kind == "renamed" and event.user == self.user and event.seq > stream.tip:
            self._rename(event.text)

    def _rename(self, name: str) -> None:
        if self.name != name:
            self.name = name
            self._remember()

    def _remember(self) -> None:
        assert self.name is not None
        self._emit(fx.Remember(self.name, self.token, False, self.account))

    def _emit(self, *effects: fx.Effect) -> None:
        self._outlet.emit(*effects)

    def _hang_up(self, why: str) -> None:
        self.phase = Phase.CLOSING
        self._timeout = None
        self._why_hung_up = why
        self._emit(fx.Hangup(why))

    def _end(self, fault: str = "") -> None:
        connected = self.phase is not Phase.APART
        if self.phase is Phase.LEAVING and not self.account:
            self._rooms.depart()
        self.phase = Phase.OVER
        self.connect_at = self._timeout = None
        if connected:
            self._emit(fx.Hangup(fault))
        self._emit(fx.Over(fault))

    def _forget_connection(self) -> None:
        self._rooms.lost()
        if self._flight is not None and not isinstance(self._flight, OutboxEntry):
            self._attempted = self._flight
        self._flight = None
        self._line.extendleft(request for request, _ in reversed(self._reads.values()))
        self._reads.clear()
        self._gathered = False
        self._stalled_until = 0.0
        self._timeout = self._ready_since = None

    def _stall(self, retry_after: int, now: float) -> None:
        self._stalled_until = max(self._stalled_until, now + max(retry_after, 1) / 1000)

    def _drop_head(self) -> None:
        self._line.popleft()
        self._flight = None
