"""The rooms of a session, and the events of them that were shown, over any number of connections."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Sequence
from typing import Final

from msgspec import structs

from parley.clients.model.names import PEOPLE_SEPARATOR, bare, fold, fold_people
from parley.clients.model.room_stream import Fault, Item, LastSeen, RoomStream
from parley.wire import web
from parley.wire.limits import PAGE_EVENTS

from . import effects as fx
from .outlet import Outlet
from .requests import After, CreateRoom, JoinRoom, Last

REWOUND_LEAD: Final = 20
"""How many messages are shown first after a room's history was replaced by another."""

NOT_KEPT: Final = "The place there was not kept. If you are still invited, you come in by its name."
LEFT_MEANWHILE: Final = "You have left it elsewhere, or were sent out."


class RoomStreams:
    """The rooms that the user is in, was in when the connection ended, or watches.

    Args:
        seen: the last event that an earlier session has shown of each room.
        outlet: takes frames and effects.
        observer: whether rooms are watched instead of joined; only planned rooms are followed then.
        follow: whether events are shown at all.
        fold: whether to request folded pages, in which a long run of comings and goings is one item. `Last` then counts
            such a run as one event.

    Attributes:
        page_limit: the most events of a page.
        me: the user's id; None until it is known.
        renamed: called with the user's new name when an event reports it.
    """

    def __init__(
        self, seen: Iterable[LastSeen], outlet: Outlet, *, observer: bool, follow: bool, fold: bool = False
    ) -> None:
        self.page_limit = PAGE_EVENTS
        self.me: int | None = None
        self.renamed: Callable[[str], None] = lambda name: None
        self._outlet = outlet
        self._observer = observer
        self._follow = follow
        self._fold = fold
        self._streams = {each.room: self._stream(each) for each in seen}
        self._leads: dict[str, int] = {}
        self._starts: dict[str, After | Last] = {}
        self._restarts: dict[str, After | Last] = {}
        self._joins: dict[str, str] = {}  # the folded names of the rooms being joined, by the id of the request
        # For each page that was requested: the id of its room, by the id of the request.
        self._pages: dict[str, int] = {}

    # Looking up

    @property
    def all(self) -> list[RoomStream]:
        return list(self._streams.values())

    @property
    def live(self) -> list[RoomStream]:
        """The rooms whose events the server sends on this connection."""
        return [stream for stream in self._streams.values() if stream.live]

    @property
    def joining(self) -> bool:
        """Whether any room is being joined."""
        return bool(self._joins)

    def is_joining(self, room: str) -> bool:
        """Return whether that room is being joined, or will be joined again."""
        stream = self.named(room)
        return fold(bare(room)) in self._joins.values() or (stream is not None and not stream.live)

    def get(self, id_: int) -> RoomStream | None:
        """Return the room of that id if it is live."""
        stream = self._streams.get(id_)
        return stream if stream is not None and stream.live else None

    def named(self, room: str) -> RoomStream | None:
        """Return the room of that name, live or not; `@ADA, EVE` is the direct room of these people.

        If several rooms have this name, return a private one, and of these the oldest, as the server does.
        """
        people = fold_people(room[1:]) if room.startswith("@") else None
        folded = fold(bare(room))
        found = [
            stream
            for stream in self._streams.values()
            if (fold(stream.name) == folded if people is None else fold_people(stream.name) == people)
            and (stream.kind == "direct") == (people is not None)
        ]
        return max(found, key=lambda each: (each.live, each.kind == "private", -each.id), default=None)

    def live_named(self, room: str) -> RoomStream | None:
        """Return the room of that name if it is live."""
        stream = self.named(room)
        return stream if stream is not None and stream.live else None

    def live_or_join(self, room: str) -> RoomStream | None:
        """Return the room of that name if it is live; otherwise ask to join it."""
        stream = self.live_named(room)
        if stream is None:
            self.join(room)
        return stream

    def names_of(self, address: str, id_: int = 0) -> set[str]:
        """Return all names that are known for a conversation: its addresses, folded, and the id of its room.

        Args:
            address: `ROOM`, `#ROOM`, or `@PEOPLE`.
            id_: the id of the room, if it is known.
        """
        names = {folded_address(address)}
        stream = self._streams.get(id_) if id_ else self.named(address)
        if id_ or stream is not None:
            names.add(str(id_ or (stream.id if stream is not None else 0)))
        if stream is not None:
            names.add(folded_address(stream.place.address))
        return names

    # Joining and leaving

    def plan(self, request: JoinRoom | CreateRoom) -> None:
        """Store which events are shown first when the room is entered: the lead, or, for an observer, `start`."""
        folded = fold(request.room)
        start = request.start if isinstance(request, JoinRoom) else None
        self._leads[folded] = self._lead_of(start) if self._observer else request.lead
        if isinstance(request, JoinRoom) and request.start is not None and request.restart is not None:
            self._starts[folded], self._restarts[folded] = request.start, request.restart

    def _stream(self, seen: LastSeen) -> RoomStream:
        return RoomStream(seen, fold=self._fold, fold_lead=self._fold and self._observer)

    def _lead_of(self, start: After | Last | None) -> int:
        """Return the lead of a room that begins with `start`. `Last` is a lead if pages are folded."""
        return start.count if self._fold and isinstance(start, Last) else 0

    def join(self, room: str) -> None:
        """Send a request to join a room, unless one was sent already. The answer brings the missed events."""
        folded = fold(room)
        if folded in self._joins.values():
            return
        stream = self.named(room)
        seen = None if stream is None else web.Seen(stream.epoch, stream.seq)
        id_ = self._outlet.next_id()
        self._joins[id_] = folded
        self._outlet.transmit(web.Watch(room, id_, seen) if self._observer else web.Join(room, id_, seen))

    def rejoin(self) -> None:
        """Join again all rooms whose events the server does not send any more."""
        for stream in self.all:
            if not stream.live:
                self.join(stream.name)

    def joined(self, room: web.Room, id_: str | None, *, asked: bool = False) -> None:
        """Handle a `joined` frame: the user is in a room now, because of a request or for another reason."""
        known = self.get(room.id) is not None
        asked = self._joins.pop(id_ or "", None) is not None or asked
        self._begin(room)
        if not asked and not known and room.id in self._streams:
            self._outlet.emit(fx.Entered(self._streams[room.id].place, room.topic, None))

    def has_asked(self, id_: str | None) -> bool:
        """Return whether `id_` belongs to the request of a join or of a page."""
        return id_ in self._joins or id_ in self._pages

    def refused(self, id_: str | None, why: str) -> str | None:
        """Handle the refusal of a join or a page. If `why` is given it is final; otherwise `rejoin` and `ask_pages`
        repeat the request.

        Returns:
            The folded name of the room that can't be joined; None if it was a page.

        Raises:
            Fault: the page was refused for good, and without it events are missing.
        """
        if id_ in self._pages:
            self._refuse_page(id_, why)
            return None
        folded = self._joins.pop(id_ or "")
        stream = self.named(folded)
        if why:
            self._leads.pop(folded, None)
            if stream is not None and not stream.live:
                self.gone(stream, asked=False, why=why)
        return folded

    def listed(self, rooms: list[web.Room], *, all_of_them: bool) -> None:
        """Take the list of the user's rooms, which the server sends at the beginning of a connection.

        Args:
            all_of_them: whether the user certainly is in no other room. That is so for the owner of an account; a
                guest's membership is kept only for a while, and the guest joins again.
        """
        ids = {room.id for room in rooms}
        for stream in self.all:
            if stream.id in ids or (self._observer and stream.kind == "public"):
                continue
            if stream.leaving:
                self.gone(stream, asked=True)  # the user has left it, and the answer was lost
            elif stream.kind == "direct":
                del self._streams[stream.id]
            elif all_of_them or self._observer:
                self.gone(stream, asked=False, why=LEFT_MEANWHILE)
            elif stream.kind == "private":
                # If the invitation was withdrawn, joining the room by its name would create a public room of that name.
                self.gone(stream, asked=False, why=NOT_KEPT)
        for room in rooms:
            self._begin(room, ids)

    def left(self, stream: RoomStream, seq: int) -> None:
        """Handle a `left` frame: the membership of the user has ended with the event `seq`."""
        by = stream.sent_out
        if by is not None and by.seq == seq:
            self.gone(stream, asked=False, by=by)
        else:
            self.gone(stream, asked=stream.leaving)

    def gone(self, stream: RoomStream, *, asked: bool, why: str = "", by: web.Event | None = None) -> None:
        """Remove a room that the user is not in any more, and report it."""
        del self._streams[stream.id]
        self._outlet.emit(fx.Forget(stream.id), fx.Exited(stream.place, asked, why, by))

    def drop(self, *kinds: str) -> None:
        """Remove the rooms of these kinds, because another user has signed in, or a guest has sent a bye."""
        for stream in self.all:
            if stream.kind in kinds:
                del self._streams[stream.id]
                self._outlet.emit(fx.Forget(stream.id))

    def lost(self) -> None:
        """Call it when the connection has ended."""
        for stream in self._streams.values():
            stream.end()
        self._joins.clear()
        self._pages.clear()

    # Events

    def take(self, frame: web.Events) -> None:
        """Show the events of an `events` frame.

        Raises:
            Fault: an event is missing.
        """
        stream = self.get(frame.room)
        if stream is None:
            return  # without the room object, its events can't be shown in order
        for event in frame.events:
            if event.kind in ("kicked", "banned") and event.about is not None and event.about.user == self.me:
                stream.sent_out = event
        stream.unread.count(frame.events, self.me)
        if self._follow:
            self._show(stream, stream.take(frame.events))
            self._tell_caught_up(stream)

    def acknowledge(self, read: Collection[int]) -> None:
        """Tell the server the last event shown of each room, and that the rooms whose ids are in `read` were read."""
        if self._observer or not self._follow:
            return
        for stream in self.live:
            if stream.leaving:
                continue  # the last event shown of it is not stored any more
            for frame in stream.unread.acknowledge(stream.id, stream.seq, read=stream.id in read):
                self._outlet.transmit(frame)

    def take_page(self, frame: web.Page) -> None:
        """Show a page that was requested because events were missing.

        Raises:
            Fault: events are still missing after it.
        """
        stream = self.get(self._pages.pop(frame.id or "", 0))
        if stream is None or stream.page_id != frame.id:
            return
        stream.page_id = ""
        lead, events = stream.take_page(frame, self.page_limit)
        self._show(stream, lead, lead=True)
        self._show(stream, events)
        self._ask_page(stream)
        self._tell_caught_up(stream)

    def _refuse_page(self, id_: str | None, why: str) -> None:
        stream = self.get(self._pages.pop(id_ or "", 0))
        if stream is None or stream.page_id != id_:
            return
        stream.page_id = ""
        if not why:
            return
        if not stream.lead:
            raise Fault(why)
        self._show(stream, stream.skip_lead())
        self._ask_page(stream)

    def ask_pages(self) -> None:
        """Request again the pages that were refused for the moment."""
        for stream in self.live:
            self._ask_page(stream)

    def _begin(self, room: web.Room, listed: Container[int] = ()) -> None:
        """Begin a room with the server's room object: the server sends its events from now on. `listed` are the ids of
        all rooms of the same list.
        """
        if self._observer and fold(room.name) not in self._starts:
            return  # the user is a member of the room, but has not asked to watch it
        stream = self._streams.get(room.id)
        if stream is not None and stream.live:
            return  # the server has sent its room object before
        if stream is not None and stream.epoch != room.epoch and fold(stream.name) != fold(room.name):
            stream = None  # after the server was restored from a backup, the id belongs to another room
        public = room.kind != "direct"
        rewound = False
        for other in self.all if public else ():
            alike = fold(other.name) == fold(room.name) and other.kind == room.kind
            if alike and other.id != room.id and not other.live and other.id not in listed:
                del self._streams[other.id]  # the room was created again, with another id
                self._outlet.emit(fx.Forget(other.id))
                rewound = stream is None
        new = stream is None
        if stream is None:
            stream = self._streams[room.id] = self._stream(_beginning(room, self._starts, folding=self._fold))
        if public and not stream.begun:
            stream.lead = self._leads.pop(fold(room.name), REWOUND_LEAD if rewound and not self._observer else 0)
        before = stream.place
        restart = self._lead_of(self._restarts.get(fold(room.name))) if self._observer else REWOUND_LEAD
        restored = stream.begin(room, restart)
        stream.unread.begin(room, stream.seq, stream.lead, new=new or restored)
        if restored or rewound:
            if self._observer:
                stream.seq = _beginning(room, self._restarts, folding=self._fold).seq
            self._outlet.emit(fx.Rewound(stream.place))
        elif before.name != stream.name:
            self._outlet.emit(fx.Renamed(before, stream.place))
        if not self._follow:
            stream.seq = room.tip
            return
        self._ask_page(stream)
        self._tell_caught_up(stream)

    def _ask_page(self, stream: RoomStream) -> None:
        frame = stream.wanted(self.page_limit)
        if frame is None or stream.page_id or not self._follow:
            return
        id_ = stream.page_id = self._outlet.next_id()
        self._pages[id_] = stream.id
        self._outlet.transmit(structs.replace(frame, id=id_))

    def _show(self, stream: RoomStream, items: Sequence[Item], lead: bool = False) -> None:
        events: list[web.Event] = []
        for item in items:
            if isinstance(item, web.Event):
                events.append(item)
            else:
                self._show_events(stream, events, lead)
                events = []
                self._outlet.emit(fx.Folded(stream.place, item))
        self._show_events(stream, events, lead)

    def _show_events(self, stream: RoomStream, events: list[web.Event], lead: bool) -> None:
        if not events:
            return
        self._outlet.emit(fx.Show(stream.place, events, lead))
        # Renamings up to `tip` are in the room object and `ready` already, so only later ones are applied.
        for event in events if not lead else ():
            if event.seq > stream.tip:
                if event.kind == "renamed" and event.user == self.me:
                    self.renamed(event.text)
                self._take_name(stream, event)

    def _take_name(self, stream: RoomStream, event: web.Event) -> None:
        before = stream.place
        if event.kind == "room_renamed":
            stream.name = event.text
        elif event.kind == "renamed" and stream.kind == "direct" and event.user != self.me:
            people = stream.name.split(PEOPLE_SEPARATOR)
            names = [event.text if fold(name) == fold(event.name) else name for name in people]
            stream.name = PEOPLE_SEPARATOR.join(sorted(names, key=str.casefold))
        if stream.name != before.name:
            self._outlet.emit(fx.Renamed(before, stream.place))

    def _tell_caught_up(self, stream: RoomStream) -> None:
        if not stream.caught_up and stream.seq >= stream.tip and stream.wanted(1) is None:
            stream.caught_up = True
            self._outlet.emit(fx.CaughtUp(stream.place))


def _beginning(room: web.Room, starts: dict[str, After | Last], *, folding: bool) -> LastSeen:
    """Return the place from which a room is shown that was never shown before."""
    after = room.tip if room.after is None else room.after
    match starts.get(fold(room.name)):
        case After(seq=seq):
            after = min(seq, after)
        case Last(count=count) if not folding:
            after = max(0, after - count)
        case None if room.kind == "direct":
            after = 0  # another user began the conversation while this one was not connected, so show all of it
    after = max(after, room.floor - 1)
    return LastSeen(room.id, room.name, room.kind, room.epoch, after)


def folded_address(address: str) -> str:
    """Return an address in folded form, so that it can be compared."""
    if address.startswith("@"):
        return "@" + PEOPLE_SEPARATOR.join(fold_people(address[1:]))
    return "#" + fold(bare(address))
