"""The conversation with one client of the web dialect."""

import hashlib
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from parley.core import commands
from parley.core.events import Event
from parley.core.refusals import Refusal, refuse
from parley.core.state import Room
from parley.core.text import NAME_CHARS, TEXT_CHARS, TOPIC_CHARS
from parley.gateways.effects import (
    Alarm,
    Close,
    Effect,
    Effects,
    Outcome,
    Read,
    Recognise,
    Repeated,
    Send,
    Signal,
    Speak,
    Stored,
    Submit,
    Subscribe,
    Unsubscribe,
)
from parley.gateways.view import View, within_bytes
from parley.wire import web
from parley.wire.limits import FRAME_BYTES, PAGE_EVENTS, PIECE_BYTES
from parley.wire.websocket import text_message

from .render import EVENTS, web_event, web_room

HELLO_SECONDS: Final = 10.0

NAMING_SECONDS: Final = 120.0
"""How long a client may take for another hello: a person may be choosing a name."""

RETRY_MS: Final = 1_000

LIMITS: Final = web.Limits(FRAME_BYTES, TEXT_CHARS, NAME_CHARS, TOPIC_CHARS, PAGE_EVENTS)


class _Asked(Struct, frozen=True, gc=False):
    """What a submitted command answers: the frame it came in, with what else is needed for the answer."""

    frame: Any
    token: str | None = None
    user: int = 0


def hash_token(token: str) -> bytes:
    """Return what the store knows of a resume token. It is 256 random bits: a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()


class WebSession:
    """See `parley.gateways.effects.Session`.

    Args:
        view: what may be looked at.
        new_token: makes a resume token.
    """

    __slots__ = ("_departures", "_hello", "_new_token", "_ready", "_rooms", "_user", "_view", "_watched", "blocked")

    def __init__(self, view: View, new_token: Callable[[], str]) -> None:
        self.blocked = False
        self._view = view
        self._new_token = new_token
        self._ready = False
        self._user = 0
        self._hello: web.Hello | None = None
        self._rooms: tuple[int, ...] = ()
        self._watched: tuple[int, ...] = ()
        self._departures: tuple[Event, ...] = ()

    # What the server calls

    def opened(self) -> Effects:
        return [Alarm(HELLO_SECONDS)]

    def receive(self, data: bytes) -> Effects:
        try:
            frame = web.decode_from_client(data)
        except web.FrameError as error:
            return self._error(refuse("frame_invalid", why=error))
        if type(frame) is web.Send:
            if self._user:
                return [Submit(commands.Say(self._user, frame.room, frame.text, _said(frame.kind), frame.key), frame)]
            return self._error(refuse("name_needed" if self._ready else "hello_needed"), key=frame.key)
        return self._receive(frame)

    @property
    def more(self) -> bool:
        return False

    def go_on(self) -> Effects:
        return []

    def ended(self) -> Effects:
        return []

    def decided(self, tag: object, outcome: Outcome) -> Effects:
        if type(tag) is web.Send:
            if type(outcome) is Stored:
                event = outcome.events[-1]
                return [_frame(web.Stored(tag.key, event.room, event.seq))]
            if type(outcome) is Repeated:
                return [_frame(web.Stored(tag.key, outcome.room, outcome.seq))]
        assert isinstance(tag, web.Send | _Asked)
        return self._decided(tag, outcome)

    def recognised(self, user: tuple[int, str] | Refusal) -> Effects:
        assert self._hello is not None
        if isinstance(user, Refusal):
            self.blocked = False
            return [*self._error(user), Alarm(NAMING_SECONDS)]
        id_, name = user
        if id_ in self._view.state.users:
            self.blocked = False
            return self._welcome(id_)
        return [Submit(commands.Enter(self._hello.name or name, id_), _Asked(self._hello, user=id_))]

    def page(self, tag: object, events: list[Event] | None) -> Effects:
        self.blocked = False
        assert isinstance(tag, web.History)
        if events is None:
            return self._error(refuse("not_read", RETRY_MS), tag.id)
        room = self._view.state.rooms[tag.room]
        newest = tag.after is None
        shown = within_bytes(events[-tag.limit :] if newest else events[: tag.limit], PIECE_BYTES, newest=newest)
        more = len(events) > len(shown)
        return [_frame(web.Page(room.id, room.epoch, [web_event(event) for event in shown], more, tag.id))]

    def joined(self, event: Event) -> Effects:
        self._departures = ()
        room = self._view.state.rooms[event.room]
        # Who has left again in the same commit was there only for the one who asked.
        if not self._ready or event.room in self._rooms or room.members.get(self._user) != event.seq:
            return []
        return self._enter_room(room, event.seq - 1)

    def left(self, event: Event) -> Effects:
        if event.room not in self._rooms:
            # The same commit holds the joined before it, of which we are told next.
            self._departures += (event,)
            return []
        self._rooms = _without(self._rooms, event.room)
        return [_frame(web.Left(event.room, event.seq))]

    def alarm(self) -> Effects:
        return [] if self._ready else [*self._error(refuse("hello_needed")), Close(1008)]

    def stopping(self) -> Effects:
        return [_frame(web.Goodbye("stopping", RETRY_MS)), Close(1012)]

    def stalled(self) -> Effects:
        return [_frame(web.Goodbye("stalled", 0)), Close(1013)]

    # Frames

    def _receive(self, frame: web.FromClient) -> Effects:
        if isinstance(frame, web.Hello):
            return self._greet(frame)
        if not self._ready:
            return self._error(refuse("hello_needed"), **_name_of(frame))
        match frame:
            case web.Watch():
                return self._watch(frame)
            case web.Unwatch():
                return self._unwatch(frame)
            case web.History():
                return self._history(frame)
            case web.GetRooms():
                rooms = [web_room(self._view, room, self._user) for room in self._view.state.public_rooms()]
                return [_frame(web.Rooms(rooms, frame.id))]
            case web.GetMembers():
                return self._members(frame)
        if not self._user:
            return self._error(refuse("name_needed"), **_name_of(frame))
        match frame:
            case web.Join():
                return [Submit(commands.Join(self._user, frame.name), _Asked(frame))]
            case web.Leave():
                return [Submit(commands.Leave(self._user, frame.room, frame.words), _Asked(frame))]
            case web.Tell():
                return [
                    Submit(commands.Tell(self._user, frame.to, frame.text, _said(frame.kind), frame.key), _Asked(frame))
                ]
            case web.Rename():
                return [Submit(commands.Rename(self._user, frame.name), _Asked(frame))]
            case web.SetTopic():
                return [Submit(commands.SetTopic(self._user, frame.room, frame.topic), _Asked(frame))]
            case web.Typing():
                user = self._view.state.users.get(self._user) if frame.room in self._rooms else None
                return [Signal("typing", frame.room, self._user, user.name)] if user else []
            case web.Bye():
                return [Submit(commands.Depart(self._user, frame.words), _Asked(frame))]
        return []

    def _greet(self, hello: web.Hello) -> Effects:
        if self._ready:
            return self._error(refuse("hello_repeated"))
        if hello.protocol != web.PROTOCOL:
            return self._error(refuse("protocol_unknown", version=web.PROTOCOL))
        self._hello = hello
        if hello.token is not None:
            self.blocked = True
            return [Recognise(hash_token(hello.token))]
        if hello.name is not None:
            self.blocked = True
            token = self._new_token()
            return [Submit(commands.Enter(hello.name, token=hash_token(token)), _Asked(hello, token))]
        return self._welcome(0)

    def _welcome(self, user: int, token: str | None = None) -> Effects:
        """Answer the hello, and begin the streams."""
        hello, state = self._hello, self._view.state
        assert hello is not None
        self._ready, self._user = True, user
        person = None
        rooms, streams = [], []
        if user:
            person = web.Person(user, state.users[user].name)
            seen = {entry.room: web.Seen(entry.epoch, entry.seq) for entry in hello.seen}
            for id_ in sorted(state.users[user].rooms):
                room = state.rooms[id_]
                after = _after(room, seen.get(id_), room.tip)
                rooms.append(web_room(self._view, room, user, after))
                streams.append(Subscribe(id_, after, EVENTS))
            self._rooms = state.users[user].rooms
        ready = web.Ready(web.PROTOCOL, self._view.server, person, rooms, LIMITS, token)
        self._hello = None
        return [*([Speak(user)] if user else []), Alarm(0), _frame(ready), *streams]

    def _enter_room(self, room: Room, after: int, id_: str | None = None) -> Effects:
        known = room.id in self._rooms
        if not known:
            self._rooms += (room.id,)
        self._watched = _without(self._watched, room.id)
        effects: list[Effect] = [] if known else [Unsubscribe(room.id), Subscribe(room.id, after, EVENTS)]
        return [_frame(web.Joined(web_room(self._view, room, self._user, after), id_)), *effects]

    def _watch(self, frame: web.Watch) -> Effects:
        room = self._view.public_room(frame.name)
        if room is None:
            return self._error(refuse("room_unknown"), frame.id)
        after = _after(room, frame.seen, room.tip)
        answer = _frame(web.Watching(web_room(self._view, room, self._user, after), frame.id))
        if room.id in self._rooms or room.id in self._watched:
            return [answer]
        self._watched += (room.id,)
        return [answer, Subscribe(room.id, after, EVENTS)]

    def _unwatch(self, frame: web.Unwatch) -> Effects:
        if frame.room not in self._watched:
            return [_frame(web.Done(frame.id))]
        self._watched = _without(self._watched, frame.room)
        return [Unsubscribe(frame.room), _frame(web.Done(frame.id))]

    def _history(self, frame: web.History) -> Effects:
        if not 0 < frame.limit <= PAGE_EVENTS or (frame.before is not None and frame.after is not None):
            return self._error(refuse("page_invalid", limit=PAGE_EVENTS), frame.id)
        room = self._visible_room(frame.room)
        if room is None:
            return self._error(refuse("room_unknown"), frame.id)
        self.blocked = True
        # One event more than asked for tells whether there are more.
        limit = frame.limit + 1
        if frame.after is not None:
            return [Read(room.id, limit, after=min(max(frame.after, 0), room.tip), said=frame.messages, tag=frame)]
        before = room.tip + 1 if frame.before is None else min(max(frame.before, 0), room.tip + 1)
        return [Read(room.id, limit, before=before, said=frame.messages, tag=frame)]

    def _members(self, frame: web.GetMembers) -> Effects:
        room = self._visible_room(frame.room)
        if room is None:
            return self._error(refuse("room_unknown"), frame.id)
        users, online = self._view.state.users, self._view.online
        members = [web.Member(user, users[user].name, online(user)) for user in room.members if user in users]
        return [_frame(web.Members(room.id, members, frame.id))]

    def _visible_room(self, id_: int) -> Room | None:
        """Return a room this user may read: a public one, or a direct one of theirs."""
        room = self._view.state.rooms.get(id_) if id_ > 0 else None
        if room is None or (room.kind != "public" and self._user not in room.members):
            return None
        return room

    # What came of it

    def _decided(self, tag: web.Send | _Asked, outcome: Outcome) -> Effects:
        frame: Any = tag.frame if isinstance(tag, _Asked) else tag
        if isinstance(frame, web.Hello):
            self.blocked = False
        if isinstance(outcome, Refusal):
            patience = [Alarm(NAMING_SECONDS)] if isinstance(frame, web.Hello) else []
            return [*self._error(outcome, **_name_of(frame)), *patience]
        match frame:
            case web.Tell():
                place = outcome if isinstance(outcome, Repeated) else outcome.events[-1]
                return [_frame(web.Stored(frame.key, place.room, place.seq))]
            case web.Join():
                return self._came_in(frame, outcome)
            case web.Hello():
                assert isinstance(tag, _Asked)
                assert isinstance(outcome, Stored)
                return self._welcome(outcome.events[0].user if outcome.events else tag.user, tag.token)
            case web.Bye():
                return [_frame(web.Goodbye()), Close(1000)]
            case _:
                return [_frame(web.Done(frame.id))]

    def _came_in(self, frame: web.Join, outcome: Outcome) -> Effects:
        assert isinstance(outcome, Stored)
        if outcome.events:
            joined = outcome.events[-1]
            room = self._view.state.rooms[joined.room]
            after = _after(room, frame.seen, joined.seq - 1)
            left = next((e.seq for e in self._departures if e.room == room.id and e.seq > joined.seq), None)
            return (
                self._enter_room(room, after, frame.id)
                if left is None
                else self._pass_through(room, after, left, frame.id)
            )
        known = self._view.public_room(frame.name)
        if known is None:
            return self._error(refuse("room_unknown"), frame.id)
        after = _after(known, frame.seen, known.tip)
        if self._user not in known.members:
            return self._pass_through(known, after, known.tip, frame.id)
        return self._enter_room(known, after, frame.id)

    def _pass_through(self, room: Room, after: int, left: int, id_: str | None) -> Effects:
        """Answer a join that a leave in the same commit has undone: the room is shown up to there."""
        self._watched = _without(self._watched, room.id)
        answer = _frame(web.Joined(web_room(self._view, room, self._user, after), id_))
        return [answer, Subscribe(room.id, after, EVENTS, left), _frame(web.Left(room.id, left))]

    def _error(self, refusal: Refusal, id: str | None = None, key: str | None = None) -> Effects:
        return [_frame(web.Error(refusal.code, refusal.message, id, key, refusal.retry_after))]


def _said(kind: str) -> Any:
    """Anything that is no action is a message: a client of a later version may know more kinds."""
    return "action" if kind == "action" else "message"


def _without(rooms: tuple[int, ...], room: int) -> tuple[int, ...]:
    return tuple(other for other in rooms if other != room)


def _frame(frame: web.FromServer) -> Send:
    return Send(text_message(web.encode(frame)))


def _name_of(frame: web.FromClient) -> dict[str, str | None]:
    return {"id": getattr(frame, "id", None), "key": getattr(frame, "key", None)}


def _after(room: Room, seen: web.Seen | web.SeenRoom | None, otherwise: int) -> int:
    """Return where a client's stream begins: at what it has seen, if that is of this room's history."""
    return seen.seq if seen is not None and seen.epoch == room.epoch and 0 <= seen.seq <= room.tip else otherwise
