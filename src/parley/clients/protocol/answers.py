"""What the server says."""

from __future__ import annotations

from typing import Final

from parley.clients.model.names import fold
from parley.clients.model.room_stream import RoomStream
from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import (
    ChangeTopic,
    CreateRoom,
    JoinRoom,
    LeaveRoom,
    MakeAccount,
    ModerateRoom,
    OutboxEntry,
    SetLevel,
    StartDirect,
    TakeName,
)
from parley.wire import web

from .hello import Hello
from .line import conversation
from .state import Phase

WAIT_MOST_SECONDS: Final = 15.0
"""A refusal that says to try again later than that is for good."""

WAIT_TOLD_SECONDS: Final = 2.0
"""A message that has to wait longer than that is not held back silently."""

_NOT_A_MEMBER: Final = ("room_not_joined", "room_unknown")

_BYE: Final = {
    "stopping": "the server is stopping",
    "stalled": "we were too slow",
    "session": "you were signed out",
}


class Answers(Hello):
    """See `Session`. Here it takes what the server sends."""

    def _receive(self, frame: web.FromServer, now: float) -> None:
        if self.phase in (Phase.GREETING, Phase.ASKING):
            match frame:
                case web.Ready():
                    self._ready(frame, now)
                case web.Error():
                    self._refused_hello(frame, now)
                case web.Goodbye():
                    self._goodbye(frame)
            return
        match frame:
            case web.Events():
                self._rooms.take(frame)
            case web.Unread(room=room):
                if (stream := self._rooms.get(room)) is not None:
                    stream.marks.take(frame)
            case web.Preferred(room=room, level=level):
                if (stream := self._rooms.get(room)) is not None:
                    stream.marks.level = level
            case web.Stored(key=key, room=room, seq=seq):
                if isinstance(self._flight, OutboxEntry) and self._flight.key == key:
                    self._emit(fx.Settle(self._flight, "stored", room, seq))
                    self._drop_head()
            case web.Joined(room=room, id=id_) | web.Watching(room=room, id=id_):
                self._joined_room(room, id_)
            case web.Left(room=room, seq=seq):
                if (stream := self._rooms.get(room)) is not None:
                    self._left(stream, seq)
            case web.Invited(name=name, by=by):
                self._emit(fx.InvitedTo(name, by.name))
            case web.Page():
                self._page(frame)
            case web.Rooms(id=id_) | web.Members(id=id_):
                request, place = self._reads.pop(id_ or "", (None, None))
                if request is not None:
                    self._emit(fx.Answered(request, frame, place))
            case web.Done(id=id_):
                self._done(id_)
            case web.Signal(room=room):
                stream = self._rooms.get(room)
                if stream is not None and frame.user != self.user:
                    self._emit(fx.Hint(stream.place, frame))
            case web.Error():
                self._error(frame, now)
            case web.Goodbye():
                self._goodbye(frame)
            case web.Ready():
                pass
        self._pump(now)

    def _joined_room(self, room: web.Room, id_: str | None) -> None:
        request = self._flight
        if isinstance(request, CreateRoom | StartDirect) and id_ == self._flight_id:
            self._drop_head()
            self._rooms.joined(room, id_, asked=True)
            self._enter(request)
        else:
            self._rooms.joined(room, id_)
            if self._gathered and isinstance(request, StartDirect) and room.kind == "direct":
                self._drop_head()
                self._gathered = False
                self._enter(request)
        self._bind_entries()

    def _enter(self, request: CreateRoom | StartDirect) -> bool:
        """Say that what was asked for is there, if it is."""
        address = request.room if isinstance(request, CreateRoom) else conversation(request.names, self.name)
        stream = self._rooms.live_named(address)
        if stream is not None:
            self._emit(fx.Entered(stream.place, stream.topic, request))
        return stream is not None

    def _left(self, stream: RoomStream, seq: int) -> None:
        by = stream.sent_out
        if by is not None and by.seq == seq:
            self._bind_entries(stream)
            self._rooms.gone(stream, asked=False, by=by)
        else:
            self._rooms.gone(stream, asked=stream.leaving)

    def _page(self, frame: web.Page) -> None:
        request, place = self._reads.pop(frame.id or "", (None, None))
        if request is not None:
            self._emit(fx.Answered(request, frame, place))
        else:
            self._rooms.take_page(frame)

    def _done(self, id_: str | None) -> None:
        request = self._flight
        if request is None or isinstance(request, OutboxEntry) or id_ != self._flight_id:
            return
        if isinstance(request, StartDirect) and not self._enter(request):
            # The room is on its way, and what follows may be for it.
            self._gathered = True
            return
        self._drop_head()
        match request:
            case LeaveRoom(room=room):
                stream = self._rooms.named(room)
                if stream is not None and stream.leaving:
                    self._rooms.gone(stream, asked=True)
            case TakeName(name=name):
                self._rename(name)
                self._emit(fx.Answered(request, web.Done()))
            case ChangeTopic(room=room, topic=topic):
                stream = self._rooms.named(room)
                if stream is not None:
                    stream.topic = topic
                self._emit(fx.Answered(request, web.Done(), None if stream is None else stream.place))
            case ModerateRoom(room=room) | SetLevel(room=room):
                stream = self._rooms.named(room)
                self._emit(fx.Answered(request, web.Done(), None if stream is None else stream.place))
            case MakeAccount():
                self.account, self._invitation = True, None
                self._remember()
                self._emit(fx.Answered(request, web.Done()))

    def _error(self, frame: web.Error, now: float) -> None:
        flight = self._flight
        if self.phase is Phase.LEAVING:
            return
        if frame.code == "session_unknown" and frame.id is frame.key is None:
            if self.token is not None:
                self._lose_token(frame)  # the server says bye next
        elif frame.code in ("name_needed", "hello_needed") and not self._nobody:
            self._hang_up(frame.message)  # the name was given up elsewhere: a new hello takes it again
        elif isinstance(flight, OutboxEntry) and frame.key == flight.key:
            self._entry_error(flight, frame, now)
        elif flight is not None and not isinstance(flight, OutboxEntry) and frame.id == self._flight_id:
            self._flight = None
            if isinstance(flight, LeaveRoom) and (stream := self._rooms.named(flight.room)) is not None:
                stream.leaving = False
            if not self._final(frame, now):
                return
            self._drop_head()
            self._emit(fx.Failed(flight, frame.code, frame.message))
        elif self._rooms.is_join(frame.id):
            self._join_error(frame, now)
        elif frame.id in self._reads:
            request, _ = self._reads.pop(frame.id)
            self._emit(fx.Failed(request, frame.code, frame.message))
        elif self._rooms.is_page(frame.id):
            self._rooms.refuse_page(frame.id, self._final(frame, now))
        elif frame.key is None and frame.id is None:
            self._emit(fx.Complaint(frame.code, frame.message))

    def _entry_error(self, entry: OutboxEntry, frame: web.Error, now: float) -> None:
        self._in_doubt = ""
        if not (why := self._final(frame, now)):
            self._flight = None
            assert frame.retry_after is not None
            if frame.retry_after > WAIT_TOLD_SECONDS * 1000:
                self._emit(fx.Waiting(entry, frame.message, frame.retry_after / 1000))
            return
        kept_out = entry.confined or (self.account and entry.room) or entry.to[0] == "@"
        if frame.code in _NOT_A_MEMBER and not kept_out and self._rejoined_for != entry.key:
            # Another of our connections left the room, or it was restored under another id. Once more, from the door.
            self._rejoined_for = entry.key
            self._flight = None
            if (stream := self._rooms.named(entry.to)) is not None:
                stream.end()
        else:
            self._refuse(entry, why)

    def _join_error(self, frame: web.Error, now: float) -> None:
        why = self._final(frame, now)
        folded = self._rooms.refuse_join(frame.id, why)
        if not why:
            return
        match self._line[0] if self._line else None:
            case JoinRoom(room=room) as request if fold(room) == folded:
                self._drop_head()
                self._emit(fx.Failed(request, frame.code, why))
            case OutboxEntry(to=to) as entry if to[0] == "#" and fold(to[1:]) == folded:
                self._refuse(entry, why)

    def _final(self, frame: web.Error, now: float) -> str:
        """Return the reason if the refusal is for good; if it is for a while, wait that long and return nothing."""
        if frame.retry_after is None or frame.retry_after > WAIT_MOST_SECONDS * 1000:
            return frame.message or frame.code
        self._stall(frame.retry_after, now)
        return ""

    def _goodbye(self, frame: web.Goodbye) -> None:
        if self.phase is Phase.LEAVING:
            self._end()
            return
        if frame.retry_after is not None:
            self._come_back = frame.retry_after / 1000
        elif frame.reason == "stalled":
            self._come_back = 0.0
        self._hang_up(_BYE.get(frame.reason or "", "the server said bye"))
