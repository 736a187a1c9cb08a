"""The events of one room as a client shows them: without gaps and duplicates.

First a lead is shown (a few earlier messages, to introduce the room), then every event after `seq`, in order. The
server's stream begins after `after`, which may be later than `seq`: hello may not have named the room. The events in
between are fetched as pages of history, and the events of the stream are held back until then. Events before the
room's `floor` are not visible to the user: if `seq` is before it, showing goes on at the floor, and nothing is missing.
"""

from msgspec import Struct

from parley.clients.model.names import fold
from parley.clients.model.room_ref import RoomRef
from parley.clients.model.unread import UnreadCounter
from parley.wire import web


class Fault(Exception):
    """The server broke the protocol. The client connects again and says in hello what was shown."""


class LastSeen(Struct, frozen=True):
    """How far a room was shown, with what is needed to find it again."""

    room: int
    name: str
    kind: str
    epoch: str
    seq: int


class RoomStream:
    """One room's events.

    Attributes:
        seq: the seq of the last event that was shown; at first, the seq after which events are shown.
        lead: how many earlier messages are still to be shown before anything else.
        live: whether the server sends the room's events on this connection.
        begun: whether it has begun to, on this connection or an earlier one of this session.
        leaving: whether the user has asked to leave the room.
        page_id: the id of the page that was asked for; empty if none was.
        caught_up: whether all events up to `tip` have been shown.
        tip: the room's newest seq when the server began to send it on this connection.
        sent_out: the event by which somebody has sent the user out, if there was one.
        unread: how much of the room is unread.
    """

    def __init__(self, seen: LastSeen, lead: int = 0) -> None:
        self.id = seen.room
        self.name = seen.name
        self.kind = seen.kind
        self.epoch = seen.epoch
        self.seq = seen.seq
        self.lead = lead
        self.topic = ""
        self.live = False
        self.begun = False
        self.leaving = False
        self.page_id = ""
        self.caught_up = False
        self.tip = 0
        self.sent_out: web.Event | None = None
        self.unread = UnreadCounter()
        self._after = 0
        self._newest = 0
        self._held: list[web.Event] = []

    @property
    def place(self) -> RoomRef:
        return RoomRef(self.id, self.name, self.kind, self.epoch)

    def is_called(self, name: str) -> bool:
        """Return whether that is the room's name, in any spelling."""
        return fold(self.name) == fold(name)

    @property
    def seen(self) -> LastSeen:
        return LastSeen(self.id, self.name, self.kind, self.epoch, self.seq)

    def begin(self, room: web.Room, rewound_lead: int) -> bool:
        """The server begins to send the room's events, after `room.after`.

        Returns:
            True if the history is not the one that was shown before. It is shown after `room.after` then, with
            `rewound_lead` as lead.
        """
        after = room.tip if room.after is None else room.after
        if room.epoch == self.epoch:
            # The user has left and rejoined the room meanwhile, for instance on another device.
            self.seq = max(self.seq, min(room.floor - 1, after))
        # An `after` before `seq` means that the server has no such seq: the history was replaced.
        rewound = room.epoch != self.epoch or after < self.seq
        if rewound:
            self.seq = after
            self.lead = rewound_lead
        if self.seq < room.floor:
            self.lead = 0  # no earlier message is visible
        self.name, self.kind, self.epoch, self.topic = room.name, room.kind, room.epoch, room.topic
        self.live = self.begun = True
        self.leaving = self.caught_up = False
        self.page_id = ""
        self.tip = room.tip
        self.sent_out = None
        self._after = self._newest = after
        self._held.clear()
        return rewound

    def end(self) -> None:
        """The connection has ended. The server sends again what was held back."""
        self.live = False
        self.page_id = ""
        self._held.clear()

    def wanted(self, page_limit: int) -> web.History | None:
        """Return the page that is needed before the stream can be shown, if any."""
        if self.lead:
            return web.History(self.id, min(self.lead, page_limit), before=self.seq + 1, messages=True)
        if self.seq < self._after:
            return web.History(self.id, page_limit, after=self.seq)
        return None

    def take(self, events: list[web.Event]) -> list[web.Event]:
        """Take events of the stream; return those that are to be shown now.

        Raises:
            Fault: an event is missing.
        """
        fresh = []
        for event in events:
            if event.seq > self._newest + 1:
                raise Fault(f"event {self._newest + 1} of #{self.name} is missing")
            if event.seq == self._newest + 1:  # otherwise it came before
                self._newest = event.seq
                fresh.append(event)
        if self.lead or self.seq < self._after:
            self._held += fresh
            return []
        return self._shown(fresh)

    def take_page(self, page: web.Page, page_limit: int) -> tuple[list[web.Event], list[web.Event]]:
        """Take the page that `wanted` asked for; return the lead, and the events to be shown after it.

        Raises:
            Fault: the page does not continue what was shown, or belongs to another history.
        """
        if page.epoch != self.epoch:
            raise Fault(f"the history of #{self.name} was replaced")
        lead: list[web.Event] = []
        if self.lead:
            lead = [event for event in page.events if event.seq <= self.seq][-self.lead :]
            self.lead = 0
        else:
            following = [event for event in page.events if self.seq < event.seq <= self._after]
            if [event.seq for event in following] != list(range(self.seq + 1, self.seq + 1 + len(following))):
                raise Fault(f"event {self.seq + 1} of #{self.name} is missing")
            if not following:
                raise Fault(f"the history of #{self.name} ends before event {self.seq + 1}")
            return lead, self._shown(following) + self._release(page_limit)
        return lead, self._release(page_limit)

    def skip_lead(self) -> list[web.Event]:
        """Do without the lead; return the events that were held back for it."""
        self.lead = 0
        return self._release(1)

    def _release(self, page_limit: int) -> list[web.Event]:
        if self.wanted(page_limit) is not None:
            return []
        held, self._held = self._held, []
        return self._shown(held)

    def _shown(self, events: list[web.Event]) -> list[web.Event]:
        if events:
            self.seq = events[-1].seq
        for event in events:
            # `room.topic` has all changes up to `tip` already.
            if event.kind == "topic" and event.seq > self.tip:
                self.topic = event.text
        return events
