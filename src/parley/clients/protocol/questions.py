"""Sends the user's requests, and reports their answers."""

from __future__ import annotations

from typing import Any, Final

from parley.clients.model.names import direct_address, fold
from parley.clients.model.room_ref import RoomRef
from parley.clients.model.room_stream import RoomStream
from parley.wire import web

from . import effects as fx
from . import requests as rq
from .greeting import Greeting
from .outlet import Outlet
from .queues import ConversationQueues, QueuedItem
from .room_streams import RoomStreams, folded_address

_NOT_TWICE: Final = ("kick", "ban", "mute")
"""Moderation commands that would take effect a second time if they were repeated."""


_REPLACED: Final = (
    "The history of this room was restored from a backup meanwhile, so the message may be another one now."
)


class Questions:
    """Sends the user's requests to the server, and reports their results.

    A request about a room waits in the queue of its conversation, behind the messages that were written before it. A
    `ReadRequest` also waits for the earlier items of its conversation, but later items do not wait for it. `Quit` waits
    for all earlier items, and no later item starts. `TakeName` also waits for all earlier items, and all later items
    wait for it, so that every message has the name under which it was written.

    If the connection ends before the answer, a request is repeated if it evidently was not carried out, or if repeating
    does no harm. A topic, a kick, a ban and a mute are not repeated: the user is told that nobody knows whether they
    were carried out.
    """

    def __init__(self, outlet: Outlet, rooms: RoomStreams, queues: ConversationQueues, greeting: Greeting) -> None:
        self._quit: tuple[int, rq.Quit] | None = None
        self._outlet = outlet
        self._rooms = rooms
        self._queues = queues
        self._greeting = greeting
        self._sent: dict[str, QueuedItem] = {}  # requests that were sent and have no answer yet, by id
        # Requests for rooms that the server has created, and whose `joined` frame has not come yet.
        self._made: list[QueuedItem] = []
        self._attempted: list[QueuedItem] = []  # requests whose answer was lost with the connection
        self._queries: list[tuple[int, rq.ReadRequest]] = []  # the queries that wait, with their serials
        self._asked: dict[str, tuple[int, rq.ReadRequest, RoomRef | None]] = {}  # the queries that were sent, by id

    def ask(self, request: rq.UserRequest) -> None:
        """Take a request."""
        match request:
            case rq.Quit():
                self._quit = self._quit or (self._queues.add_barrier(), request)
            case rq.ReadRequest():
                self._queries.append((self._queues.next_serial(), request))
            case rq.StartDirect(names=names):
                self._queues.add(request, self._rooms.names_of(direct_address(names, self._greeting.name)))
            case rq.RoomRequest(room=room):
                if isinstance(request, rq.JoinRoom):
                    self._rooms.plan(request)
                self._queues.add(request, self._rooms.names_of(room))
            case _:  # `TakeName` and `MakeAccount`
                # The empty name gives them a queue of their own, as no conversation has it. `TakeName` is a barrier, so
                # that every message has the name under which it was written.
                self._queues.add(request, ("",), barrier=isinstance(request, rq.TakeName))

    def is_creating(self, room: str) -> bool:
        """Return whether a request for a private room of that name is pending."""
        wanted = (waiting.item for waiting in self._queues.requests.values())
        return any(isinstance(request, rq.CreateRoom) and fold(request.room) == fold(room) for request in wanted)

    # Asking

    def start(self, waiting: QueuedItem, request: rq.UserRequest) -> bool:
        """Send the first request of a queue. Return True if it is settled at once."""
        match request:
            case rq.JoinRoom(room=room):
                if (stream := self._rooms.live_or_join(room)) is None:
                    return False
                self._queues.remove(waiting)
                self._outlet.emit(fx.Entered(stream.place, stream.topic, request))
                return True
            case rq.RoomRequest(room=room) if not isinstance(request, rq.CreateRoom):
                if self._rooms.is_joining(room):
                    return False
                if (stream := self._there(request, room)) is None:
                    self._queues.remove(waiting)
                    return True
                if isinstance(request, rq.MessageRequest) and request.epoch not in ("", stream.epoch):
                    self._queues.remove(waiting)
                    self._outlet.emit(fx.Failed(request, "message_unknown", _REPLACED))
                    return True
                stream.leaving = isinstance(request, rq.LeaveRoom)
                id_ = self._outlet.next_id()
                frame = _about_room(request, stream.id, id_)
            case _:
                if isinstance(request, rq.CreateRoom):
                    self._rooms.plan(request)
                id_ = self._outlet.next_id()
                frame = _about_user(request, id_, self._greeting.invitation)
        self._queues.start(waiting)
        self._sent[id_] = waiting
        self._outlet.transmit(frame)
        return False

    def start_queries(self, now: float) -> None:
        """Send the queries that do not have to wait any more."""
        waiting = []
        for serial, query in self._queries:
            if self._held_up(serial, query, now):
                waiting.append((serial, query))
            else:
                self._send_query(serial, query)
        self._queries = waiting

    def _held_up(self, serial: int, query: rq.ReadRequest, now: float) -> bool:
        match query:
            case rq.RoomReadRequest(room=room):
                return self._rooms.is_joining(room) or self._queues.holds_up(serial, self._rooms.names_of(room), now)
        return self._queues.holds_up(serial, None, now)

    def _send_query(self, serial: int, query: rq.ReadRequest) -> None:
        stream, id_ = None, self._outlet.next_id()
        frame: web.FromClient = web.GetRooms(id=id_)
        if isinstance(query, rq.AskRooms):
            frame = web.GetRooms(id=id_, query=query.query, after=query.after, limit=query.limit)
        if isinstance(query, rq.AskServer):
            frame = web.GetServer(id_)
        match query:
            case rq.RoomReadRequest(room=room):
                if (stream := self._there(query, room)) is None:
                    return
                frame = web.GetMembers(stream.id, id=id_)
                if isinstance(query, rq.AskMembers):
                    frame = web.GetMembers(stream.id, id=id_, query=query.query, after=query.after, limit=query.limit)
                if isinstance(query, rq.AskHistory):
                    limit = min(query.limit, self._rooms.page_limit)
                    frame = web.History(stream.id, limit, before=query.before, messages=True, id=id_, present=True)
                if isinstance(query, rq.AskThread):
                    limit = min(query.limit, self._rooms.page_limit)
                    frame = web.History(stream.id, limit, id=id_, present=True, thread=query.seq)
                if isinstance(query, rq.AskPins):
                    frame = web.GetPins(stream.id, id=id_)
                if isinstance(query, rq.AskVersions):
                    frame = web.GetVersions(stream.id, query.seq, id=id_)
        self._asked[id_] = (serial, query, None if stream is None else stream.place)
        self._outlet.transmit(frame)

    def _there(self, request: rq.UserRequest, room: str) -> RoomStream | None:
        """Return the room if the user is in it; otherwise tell the user and return None."""
        stream = self._rooms.live_named(room)
        if stream is None:
            address = room if room.startswith("@") else f"#{room}"
            self._outlet.emit(fx.Failed(request, "room_not_joined", f"You are not in {address}. Join it first."))
        return stream

    def due_to_quit(self, now: float) -> rq.Quit | None:
        """Return the request to end the session, if everything before it is done."""
        if self._quit is None or self._queries or self._asked or self._rooms.joining or self._queues.stalled(now):
            return None
        serial, request = self._quit
        return None if self._queues.has_before(serial) else request

    # Answers

    def joined(self, room: web.Room, id_: str | None) -> None:
        """Handle a `joined` frame: the user is in a room now, because of a request or for another reason."""
        made = self._sent.get(id_ or "")
        if made is not None and not isinstance(made.item, rq.CreateRoom | rq.StartDirect):
            made = None
        self._rooms.joined(room, id_, asked=made is not None)
        if made is None and room.kind == "direct" and self._made:
            made = self._made.pop(0)
        if made is not None and isinstance(made.item, rq.CreateRoom | rq.StartDirect):
            self._remove(id_, made)
            self._tell_entered(made.item)

    def _tell_entered(self, request: rq.CreateRoom | rq.StartDirect) -> bool:
        """Report a created room to the user, if the server has sent its `joined` frame. Return whether it has."""
        if isinstance(request, rq.CreateRoom):
            address = request.room
        else:
            address = direct_address(request.names, self._greeting.name)
        stream = self._rooms.live_named(address)
        if stream is not None:
            self._outlet.emit(fx.Entered(stream.place, stream.topic, request))
        return stream is not None

    def answered(self, frame: fx.Answer) -> bool:
        """Handle the answer to a query. Return False if the frame answers none."""
        _, query, place = self._asked.pop(frame.id or "", (0, None, None))
        if query is not None:
            self._outlet.emit(fx.Answered(query, frame, place))
        return query is not None

    def done(self, frame: web.Done) -> None:
        """Handle a `done` frame: a request was carried out."""
        id_ = frame.id
        waiting = self._sent.get(id_ or "")
        if waiting is None:
            return
        request = waiting.item
        assert not isinstance(request, rq.OutboxEntry)
        if isinstance(request, rq.StartDirect) and not self._tell_entered(request):
            del self._sent[id_ or ""]
            self._made.append(waiting)  # messages that follow may be for that room
            return
        self._remove(id_, waiting)
        match request:
            case rq.LeaveRoom(room=room):
                stream = self._rooms.named(room)
                if stream is not None and stream.leaving:
                    self._rooms.gone(stream, asked=True)
            case rq.TakeName(name=name):
                self._greeting.renamed(name)
                self._outlet.emit(fx.Answered(request, web.Done()))
            case rq.ChangeTopic(room=room) | rq.ModerateRoom(room=room) | rq.SetLevel(room=room):
                stream = self._rooms.named(room)
                if stream is not None and isinstance(request, rq.ChangeTopic):
                    stream.topic = request.topic
                self._outlet.emit(fx.Answered(request, web.Done(), None if stream is None else stream.place))
            case rq.MessageRequest(room=room):
                stream = self._rooms.named(room)
                self._outlet.emit(fx.Answered(request, frame, None if stream is None else stream.place))
            case rq.MakeAccount():
                self._greeting.registered()
                self._outlet.emit(fx.Answered(request, web.Done()))

    def refused(self, frame: web.Error, now: float) -> bool:
        """Handle a refusal. Return whether it concerns a request."""
        if frame.id in self._asked:
            _, query, _ = self._asked.pop(frame.id)
            self._outlet.emit(fx.Failed(query, frame.code, frame.message))
            return True
        waiting = self._sent.pop(frame.id or "", None)
        if waiting is None:
            return False
        request = waiting.item
        assert not isinstance(request, rq.OutboxEntry)
        self._queues.reset(waiting)
        if isinstance(request, rq.LeaveRoom) and (stream := self._rooms.named(request.room)) is not None:
            stream.leaving = False
        if not self._queues.postpone(frame, now, waiting):
            self._queues.remove(waiting)
            self._outlet.emit(fx.Failed(request, frame.code, frame.message))
        return True

    def join_refused(self, room: str, code: str, why: str) -> None:
        """Tell the user that a room, given by its folded name, can't be joined, if they have asked to join it."""
        waiting = self._queues.first(folded_address(room))
        if waiting is not None and isinstance(request := waiting.item, rq.JoinRoom) and fold(request.room) == room:
            self._queues.remove(waiting)
            self._outlet.emit(fx.Failed(request, code, why))

    # A connection that has ended

    def lost(self) -> None:
        """Call it when the connection has ended: requests without an answer are left to `settle_attempted`."""
        self._attempted += (*self._sent.values(), *self._made)
        self._sent.clear()
        self._made.clear()
        self._queries = sorted(
            [*self._queries, *((serial, query) for serial, query, _ in self._asked.values())], key=lambda each: each[0]
        )
        self._asked.clear()

    def settle_attempted(self) -> None:
        """Call it after the next connection is ready: report the requests whose results are evident by now, and repeat
        the others.
        """
        attempted, self._attempted = self._attempted, []
        for waiting in attempted:
            outcome = self._outcome(waiting.item)
            if outcome is not None:
                self._queues.remove(waiting)
                self._outlet.emit(*outcome)

    def _outcome(self, request: rq.OutboxEntry | rq.UserRequest) -> list[fx.Effect] | None:
        """Return the effects that report a request whose answer was lost; None if the request has to be repeated."""
        match request:
            case rq.LeaveRoom(room=room) if self._rooms.named(room) is None:
                return []  # `Exited` has reported it
            case rq.TakeName(name=name) if self._greeting.name == name:
                return [fx.Answered(request, web.Done())]
            case rq.ChangeTopic(room=room, topic=topic):
                stream = self._rooms.named(room)
                if stream is not None and stream.topic == topic:
                    return [fx.Answered(request, web.Done(), stream.place)]
                return [fx.Uncertain(request)]
            case rq.CreateRoom(room=room) if (stream := self._rooms.live_named(room)) and stream.kind == "private":
                return [fx.Entered(stream.place, stream.topic, request)]
            case rq.ModerateRoom(action=action) if action in _NOT_TWICE:
                return [fx.Uncertain(request)]
            case rq.MakeAccount() if self._greeting.account:
                return [fx.Answered(request, web.Done())]
        return None

    def _remove(self, id_: str | None, waiting: QueuedItem) -> None:
        self._sent.pop(id_ or "", None)
        self._queues.remove(waiting)


def _about_room(request: rq.RoomRequest, room: int, id_: str) -> web.FromClient:
    match request:
        case rq.LeaveRoom(words=words):
            return web.Leave(room, words, id_)
        case rq.ChangeTopic(topic=topic):
            return web.SetTopic(room, topic, id_)
        case rq.SetLevel(level=level):
            return web.Prefer(room, level, id=id_)
        case rq.ModerateRoom(_, action, whom, undo, duration, value, why):
            return web.Moderate(room, action, whom, undo, 0, value, why, id_, duration)
        case rq.MessageRequest():
            return _about_message(request, {"room": room, "seq": request.seq, "id": id_, "key": request.key})
    raise AssertionError(f"{request} is not about a room that the user is in")


def _about_message(request: rq.MessageRequest, where: dict[str, Any]) -> web.FromClient:
    match request:
        case rq.EditMessage(text=text):
            return web.Edit(text=text, **where)
        case rq.DeleteMessage(why=why):
            return web.Erase(why=why, **where)
        case rq.ReactTo(emoji=emoji, on=on):
            return web.React(emoji=emoji, on=on, **where)
        case rq.PinMessage(on=on):
            return web.Pin(on=on, **where)
        case rq.TitleThread(title=title):
            return web.SetTitle(text=title, **where)
    raise AssertionError(f"{request} is no change of a message")


def _about_user(request: rq.UserRequest, id_: str, invitation: str | None) -> web.FromClient:
    match request:
        case rq.TakeName(name=name):
            return web.Rename(name, id_)
        case rq.CreateRoom(room=room):
            return web.Create(room, True, id_)
        case rq.StartDirect(names=names):
            return web.Gather(list(names), id_)
        case rq.MakeAccount(password=password):
            return web.Register(password.value, invitation, id_)
    raise AssertionError(f"{request} has no queue")
