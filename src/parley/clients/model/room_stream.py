"""The events of one room as a client shows them: without gaps and duplicates.

First a lead is shown (a few earlier messages, to introduce the room), then every event after `seq`, in order. The
server's stream begins after the seq `after`. That is later than `seq` if the hello frame did not mention the room. The
events in between are fetched as pages of history, and the events of the stream are held back until then. The user may
not see events before the room's `floor`. So if `seq` is before the floor, events are shown from the floor on, and that
is no gap.
"""

from collections.abc import Sequence

from msgspec import Struct, structs

from parley.clients.model.names import fold
from parley.clients.model.room_ref import RoomRef
from parley.clients.model.unread import UnreadCounter
from parley.wire import web

Item = web.Event | web.Run


class Fault(Exception):
    """The server broke the protocol. The client connects again, and its hello says which events were shown."""


class LastSeen(Struct, frozen=True):
    """The last event that was shown of a room, and the room's id, name, kind and epoch, to find the room again."""

    room: int
    name: str
    kind: str
    epoch: str
    seq: int


class RoomStream:
    """One room's events.

    Args:
        fold: whether pages may have runs of comings and goings in place of their events.
        fold_lead: whether the lead is fetched as a folded page; otherwise it has only messages.

    Attributes:
        seq: the seq of the last event that was shown; at first, the seq after which events are shown.
        lead: how many earlier messages are still to be shown before anything else.
        live: whether the server sends the room's events on this connection.
        begun: whether the server has sent the room's events on this connection or an earlier one of this session.
        leaving: whether the user has asked to leave the room.
        page_id: the id of the page that was asked for; empty if none was.
        caught_up: whether all events up to `tip` have been shown.
        floor: the seq of the first event that the user may see.
        tip: the room's newest seq when the server began to send it on this connection.
        sent_out: the event by which somebody has kicked or banned the user, if there was one.
        unread: the unread counts of the room.
    """

    def __init__(self, seen: LastSeen, lead: int = 0, *, fold: bool = False, fold_lead: bool = False) -> None:
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
        self.floor = 1
        self.sent_out: web.Event | None = None
        self.unread = UnreadCounter()
        self._fold = fold
        self._fold_lead = fold_lead
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
        """Start with the room object of the server, which sends the room's events after `room.after` from now on.

        Returns:
            True if the room's history was replaced since events were last shown, for instance by a backup. Events are
            then shown after `room.after`, with a lead of `rewound_lead` messages.
        """
        after = room.tip if room.after is None else room.after
        if room.epoch == self.epoch:
            # The floor is higher if the user has left and rejoined the room meanwhile, for instance on another device.
            self.seq = max(self.seq, min(room.floor - 1, after))
        # An `after` before `seq` means that the server has no such seq: the history was replaced.
        rewound = room.epoch != self.epoch or after < self.seq
        if rewound:
            self.seq = after
            self.lead = rewound_lead
        if self.seq < room.floor:
            self.lead = 0  # the user may see no earlier message
        self.name, self.kind, self.epoch, self.topic = room.name, room.kind, room.epoch, room.topic
        self.live = self.begun = True
        self.leaving = self.caught_up = False
        self.page_id = ""
        self.tip, self.floor = room.tip, room.floor
        self.sent_out = None
        self._after = self._newest = after
        self._held.clear()
        return rewound

    def end(self) -> None:
        """Call it when the connection has ended. Events that were held back are dropped: the server sends them
        again.
        """
        self.live = False
        self.page_id = ""
        self._held.clear()

    def wanted(self, page_limit: int) -> web.History | None:
        """Return the request for the page of history that has to be shown before the stream; None if none is needed."""
        if self.lead:
            limit, before = min(self.lead, page_limit), self.seq + 1
            said = not self._fold_lead
            return web.History(self.id, limit, before=before, messages=said, fold=self._fold_lead, present=said)
        if self.seq < self._after:
            return web.History(self.id, page_limit, after=self.seq, fold=self._fold)
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
            if event.seq == self._newest + 1:  # otherwise it is a duplicate
                self._newest = event.seq
                fresh.append(event)
        if self.lead or self.seq < self._after:
            self._held += fresh
            return []
        return self._shown(fresh)

    def take_page(self, page: web.Page, page_limit: int) -> tuple[list[Item], list[Item]]:
        """Take the page that `wanted` has requested. Return the items of the lead, and the items to be shown after it.

        Raises:
            Fault: the page does not continue what was shown, or belongs to another history.
        """
        if page.epoch != self.epoch:
            raise Fault(f"the history of #{self.name} was replaced")
        items: list[Item] = [*page.events, *page.runs]
        items.sort(key=_first)
        if self.lead:
            lead = _between(items, 0, self.seq)[-self.lead :]
            self.lead = 0
            return lead, [*self._release(page_limit)]
        following = _between(items, self.seq, self._after)
        at = self.seq
        for item in following:
            if _first(item) != at + 1:
                raise Fault(f"event {self.seq + 1} of #{self.name} is missing")
            at = _last(item)
        if not following:
            raise Fault(f"the history of #{self.name} ends before event {self.seq + 1}")
        self._shown([item for item in following if isinstance(item, web.Event)])
        self.seq = at
        return [], [*following, *self._release(page_limit)]

    def skip_lead(self) -> list[web.Event]:
        """Give up the lead. Return the events that were held back until it was shown."""
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
            # `room.topic` already includes all changes up to `tip`.
            if event.kind == "topic" and event.seq > self.tip:
                self.topic = event.text
        return events


def _first(item: Item) -> int:
    return item.seq if isinstance(item, web.Event) else item.first


def _last(item: Item) -> int:
    return item.seq if isinstance(item, web.Event) else item.last


def _between(items: Sequence[Item], after: int, upto: int) -> list[Item]:
    """Return the items of a page after the seq `after` and up to `upto`. A run that goes beyond is cut: the stream has
    its other events.
    """
    found: list[Item] = []
    for item in items:
        if isinstance(item, web.Event):
            if after < item.seq <= upto:
                found.append(item)
        elif item.last > after and item.first <= upto:
            newest = [event for event in item.newest if after < event.seq <= upto]
            first, last = max(item.first, after + 1), min(item.last, upto)
            found.append(structs.replace(item, first=first, last=last, newest=newest))
    return found
