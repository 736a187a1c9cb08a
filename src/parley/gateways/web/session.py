"""The conversation with one client of the web dialect."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import Struct

from parley.core import commands
from parley.core.decision import Decision, Outcome, Repeated
from parley.core.events import DIRECTORY, Event
from parley.core.records import Identity
from parley.core.refusals import Refusal, refuse
from parley.core.rendering import Signal
from parley.core.roles import first_visible_seq, visible
from parley.core.state import Room
from parley.core.text import NAME_CHARS, TEXT_CHARS, TOPIC_CHARS
from parley.core.tokens import hash_code, hash_token
from parley.gateways.effects import (
    BindUser,
    CheckPassword,
    Close,
    Effect,
    Effects,
    FindSeq,
    HashPassword,
    MarkRead,
    ReadPage,
    ResumeToken,
    Send,
    SetTimer,
    Submit,
    Subscribe,
    Unsubscribe,
)
from parley.gateways.view import View, within_bytes
from parley.wire import web
from parley.wire.limits import FRAME_BYTES, PAGE_EVENTS, PIECE_BYTES
from parley.wire.websocket import text_message

from .render import events_of, web_event, web_member, web_person, web_room

HELLO_SECONDS: Final = 10.0

NAMING_SECONDS: Final = 120.0
"""How long a client may take for another hello: a person may be choosing a name."""

RETRY_MS: Final = 1_000
GUEST: Final = "guest"

_MOST_NAMES: Final = 100
_MOST_DEPARTURES: Final = 50

LIMITS: Final = web.Limits(FRAME_BYTES, TEXT_CHARS, NAME_CHARS, TOPIC_CHARS, PAGE_EVENTS)


class _Asked(Struct, frozen=True, gc=False):
    """What a submitted command answers: the frame it came in, with what else is needed for the answer."""

    frame: Any
    token: str | None = None
    user: int = 0


class WebSession:
    """See `parley.gateways.effects.Session`.

    Args:
        view: what may be looked at.
        new_token: makes a token.
        cookie: the SHA-256 of the token that came with the request; None if none came.
    """

    __slots__ = (
        "_cookie",
        "_departures",
        "_hello",
        "_new_token",
        "_ready",
        "_registering",
        "_rooms",
        "_token",
        "_user",
        "_view",
        "_watched",
        "blocked",
    )

    def __init__(self, view: View, new_token: Callable[[], str], cookie: bytes | None = None) -> None:
        self.blocked = False
        self._cookie = cookie
        self._token: bytes | None = None  # of the session that this connection speaks for
        self._view = view
        self._new_token = new_token
        self._ready = False
        self._user = 0
        self._hello: web.Hello | None = None
        self._rooms: tuple[int, ...] = ()
        self._watched: tuple[int, ...] = ()
        self._departures: tuple[Event, ...] = ()
        self._registering: web.Register | None = None

    # What the server calls

    def opened(self) -> Effects:
        return [SetTimer(HELLO_SECONDS)]

    def receive(self, data: bytes) -> Effects:
        try:
            frame = web.decode_from_client(data)
        except web.FrameError as error:
            return self._error(refuse("frame_invalid", why=error))
        if type(frame) is web.Send:
            if self._user:
                return [
                    Submit(
                        commands.SendMessage(self._user, frame.room, frame.text, _said(frame.kind), key=frame.key),
                        frame,
                    )
                ]
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
        if type(tag) is web.Send and self._ready:
            if type(outcome) is Decision:
                event = outcome.events[-1]
                return [_frame(web.Stored(tag.key, event.room, event.seq))]
            if type(outcome) is Repeated:
                return [_frame(web.Stored(tag.key, outcome.room, outcome.seq))]
        assert isinstance(tag, web.Send | _Asked)
        return self._decided(tag, outcome)

    def token_resumed(self, identity: Identity | Refusal) -> Effects:
        hello = self._hello
        assert hello is not None
        if isinstance(identity, Refusal):
            self._token = None
            if hello.token is None and self._cookie is not None:
                # An old cookie is as good as none: the page asks who it is.
                self._cookie = None
                self.blocked = False
                return self._greet(hello)
            return self._not_let_in(identity)
        known = self._view.state.users.get(identity.user)
        # A guest who is here from when the server was open to guests has to be let in anew.
        if known is not None and (known.account or self._view.policy.access != "members"):
            self.blocked = False
            return self._welcome(identity.user)
        return [
            Submit(commands.ClaimName(hello.name or identity.name, identity.user), _Asked(hello, user=identity.user))
        ]

    def password_checked(self, user: int | Refusal) -> Effects:
        assert self._hello is not None
        if isinstance(user, Refusal):
            return self._not_let_in(user)
        token = self._new_token()
        self._token = hash_token(token)
        now = self._view.state.rooms[DIRECTORY].tip
        return [Submit(commands.SignIn(user, self._token, "web", at=now), _Asked(self._hello, token, user))]

    def password_hashed(self, hash: str | Refusal) -> Effects:
        asked, self._registering = self._registering, None
        self.blocked = False
        assert asked is not None
        if isinstance(hash, Refusal):
            return self._error(hash, asked.id)
        user = self._view.state.users.get(self._user)
        if user is None:
            return self._error(refuse("name_needed"), asked.id)
        code = None if asked.invitation is None else hash_code(asked.invitation)
        return [Submit(commands.Register(user.name, hash, self._user, invitation=code), _Asked(asked))]

    def expelled(self, refusal: Refusal) -> Effects:
        # What is still on its way is nobody's.
        self._ready, self._user, self._rooms, self._watched = False, 0, (), ()
        return [*self._error(refusal), _frame(web.Goodbye("session")), Close(1008)]

    def _not_let_in(self, refusal: Refusal) -> Effects:
        self.blocked = False
        return [*self._error(refusal), SetTimer(NAMING_SECONDS)]

    def page(self, tag: object, events: list[Event] | None) -> Effects:
        self.blocked = False
        assert isinstance(tag, web.History)
        if not self._ready:
            return []  # expelled meanwhile
        if events is None:
            return self._error(refuse("not_read", RETRY_MS), tag.id)
        room = self._view.state.rooms[tag.room]
        if not visible(self._view.state, room, self._user):
            return self._error(refuse("room_unknown"), tag.id)
        lowest = first_visible_seq(room, self._user)
        events = [event for event in events if event.seq >= lowest]
        newest = tag.after is None
        shown = within_bytes(events[-tag.limit :] if newest else events[: tag.limit], PIECE_BYTES, newest=newest)
        more = len(events) > len(shown)
        return [_frame(web.Page(room.id, room.epoch, self._shown(shown), more, tag.id))]

    def seq_found(self, tag: object, seq: int | None) -> Effects:
        self.blocked = False
        assert isinstance(tag, web.Find)
        if not self._ready:
            return []  # expelled meanwhile
        if seq is None:
            return self._error(refuse("not_read", RETRY_MS), tag.id)
        room = self._view.room_by_id(tag.room, self._user)
        if room is None:
            return self._error(refuse("room_unknown"), tag.id)
        return [_frame(web.Found(room.id, max(seq, first_visible_seq(room, self._user)), tag.id))]

    def read_mark_moved(self, room: int) -> Effects:
        mark = self._view.marks.of(room, self._user)
        if mark is None or room not in self._rooms:
            return []
        tip = self._view.state.rooms[room].tip
        return [_frame(web.Unread(room, mark.read, tip, *self._view.marks.unread(room, self._user)))]

    def preferences_changed(self, room: int) -> Effects:
        if not self._ready:
            return []
        if not room:
            return [_frame(web.Preferred(hours=self._hours()))]
        return [_frame(web.Preferred(room, *self._view.preferences.of(self._user, self._view.state.rooms[room])))]

    def joined(self, event: Event) -> Effects:
        self._departures = ()
        room = self._view.state.rooms[event.room]
        # Who has left again in the same commit was there only for the one who asked.
        if not self._ready or event.room in self._rooms or room.members.get(self._user) != event.seq:
            return []
        return self._enter_room(room, event.seq - 1)

    def left(self, event: Event) -> Effects:
        if event.room in self._watched and event.kind == "guests":
            self._watched = _without(self._watched, event.room)
            return [_frame(web.Left(event.room, event.seq))]
        if event.room not in self._rooms:
            # The same commit may hold the joined before it, of which we are told next.
            self._departures = (*self._departures[-_MOST_DEPARTURES:], event)
            # Whoever is banned without being in the room may go on looking at it from outside.
            return [Subscribe(event.room, event.seq, events_of(self._view))] if event.room in self._watched else []
        self._rooms = _without(self._rooms, event.room)
        return [_frame(web.Left(event.room, event.seq))]

    def renamed(self, event: Event) -> Effects:
        return []

    def invited(self, event: Event) -> Effects:
        room = self._view.state.rooms[event.room]
        return [_invited(room, event.user, event.name)] if self._ready else []

    def timer_fired(self) -> Effects:
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
                rooms = [web_room(self._view, room, self._user) for room in self._view.state.rooms_for(self._user)]
                return [_frame(web.Rooms(rooms, frame.id))]
            case web.GetMembers():
                return self._members(frame)
            case web.Find():
                return self._find(frame)
        if not self._user:
            return self._error(refuse("name_needed"), **_name_of(frame))
        match frame:
            case web.Join():
                return [Submit(commands.Join(self._user, frame.name, frame.room), _Asked(frame))]
            case web.Create():
                return [Submit(commands.Create(self._user, frame.name, frame.private), _Asked(frame))]
            case web.Gather():
                return [Submit(commands.OpenDirect(self._user, tuple(frame.names[:_MOST_NAMES])), _Asked(frame))]
            case web.Moderate():
                return [Submit(_moderate(self._user, frame), _Asked(frame))]
            case web.Register() if self._token is not None and self._token == self._cookie:
                # The cookie may have been planted, and can't be changed from here: a page registers by HTTP.
                return self._error(refuse("not_allowed"), frame.id)
            case web.Register():
                self.blocked, self._registering = True, frame
                return [HashPassword(frame.password)]
            case web.Leave():
                return [Submit(commands.Leave(self._user, frame.room, frame.words), _Asked(frame))]
            case web.Tell():
                return [
                    Submit(
                        commands.SendDirect(self._user, frame.to, frame.text, _said(frame.kind), key=frame.key),
                        _Asked(frame),
                    )
                ]
            case web.Rename():
                return [Submit(commands.Rename(self._user, frame.name), _Asked(frame))]
            case web.SetTopic():
                return [Submit(commands.SetTopic(self._user, frame.room, frame.topic), _Asked(frame))]
            case web.Read():
                return [MarkRead(frame.room, read=frame.seq)] if frame.room in self._rooms else []
            case web.Got():
                return [MarkRead(frame.room, delivered=frame.seq)] if frame.room in self._rooms else []
            case web.Prefer():
                return self._prefer(frame)
            case web.Typing():
                user = self._view.state.users.get(self._user) if frame.room in self._rooms else None
                return [Signal("typing", frame.room, self._user, user.name)] if user else []
            case web.Bye():
                return [Submit(commands.ReleaseName(self._user, frame.words), _Asked(frame))]
        return []

    def _greet(self, hello: web.Hello) -> Effects:
        if self._ready:
            return self._error(refuse("hello_repeated"))
        if hello.protocol != web.PROTOCOL:
            return self._error(refuse("protocol_unknown", version=web.PROTOCOL))
        self._hello = hello
        if hello.name is not None and hello.password is not None:
            # Whoever says a password means to be that account, whatever token the client still holds.
            self.blocked = True
            return [CheckPassword(hello.name, hello.password)]
        token = self._cookie if hello.token is None and hello.name is None else None
        if hello.token is not None:
            token = hash_token(hello.token)
        if token is not None:
            self.blocked, self._token = True, token
            return [ResumeToken(token)]
        if hello.name is None:
            return self._welcome(0) if self._view.policy.access == "open" else self._not_let_in(refuse("name_needed"))
        if (account := self._view.account(hello.name)) is not None:
            return self._not_let_in(refuse("password_needed", name=account.name))
        self.blocked = True
        new = self._new_token()
        self._token = hash_token(new)
        code = None if hello.invitation is None else hash_code(hello.invitation)
        return [Submit(commands.ClaimName(hello.name, token=self._token, invitation=code), _Asked(hello, new))]

    def _welcome(self, user: int, token: str | None = None) -> Effects:
        """Answer the hello, and begin the streams."""
        hello, state = self._hello, self._view.state
        assert hello is not None
        if user and (user not in state.users or state.users[user].disabled):
            # In the same commit the account was deleted, or locked.
            self._token = None
            return self._not_let_in(refuse("account_disabled" if user in state.users else "session_unknown"))
        self._ready, self._user = True, user
        person = None
        rooms, streams = [], []
        if user:
            me = state.users[user]
            person = web_person(me)
            seen = {entry.room: web.Seen(entry.epoch, entry.seq) for entry in hello.seen}
            for id_ in sorted(state.users[user].rooms):
                room = state.rooms[id_]
                after = _after(room, first_visible_seq(room, user), seen.get(id_), room.tip)
                rooms.append(web_room(self._view, room, user, after))
                streams.append(Subscribe(id_, after, events_of(self._view)))
            self._rooms = state.users[user].rooms
        hours = self._hours() or msgspec.UNSET
        ready = web.Ready(web.PROTOCOL, self._view.server, person, rooms, LIMITS, token, hours)
        self._hello = None
        invited = [_invited(*invitation) for invitation in self._view.invitations(user)] if user else []
        return [*([BindUser(user, self._token)] if user else []), SetTimer(0), _frame(ready), *invited, *streams]

    def _enter_room(self, room: Room, after: int, id_: str | None = None) -> Effects:
        known = room.id in self._rooms
        if not known:
            self._rooms += (room.id,)
        self._watched = _without(self._watched, room.id)
        effects: list[Effect] = (
            [] if known else [Unsubscribe(room.id), Subscribe(room.id, after, events_of(self._view))]
        )
        return [_frame(web.Joined(web_room(self._view, room, self._user, after), id_)), *effects]

    def _watch(self, frame: web.Watch) -> Effects:
        room = self._view.room(frame.name, self._user)
        if room is None:
            return self._error(refuse("room_unknown"), frame.id)
        after = _after(room, first_visible_seq(room, self._user), frame.seen, room.tip)
        answer = _frame(web.Watching(web_room(self._view, room, self._user, after), frame.id))
        if room.id in self._rooms or room.id in self._watched:
            return [answer]
        self._watched += (room.id,)
        return [answer, Subscribe(room.id, after, events_of(self._view))]

    def _unwatch(self, frame: web.Unwatch) -> Effects:
        if frame.room not in self._watched:
            return [_frame(web.Done(frame.id))]
        self._watched = _without(self._watched, frame.room)
        return [Unsubscribe(frame.room), _frame(web.Done(frame.id))]

    def _history(self, frame: web.History) -> Effects:
        if not 0 < frame.limit <= PAGE_EVENTS or (frame.before is not None and frame.after is not None):
            return self._error(refuse("page_invalid", limit=PAGE_EVENTS), frame.id)
        room = self._view.room_by_id(frame.room, self._user)
        if room is None:
            return self._error(refuse("room_unknown"), frame.id)
        self.blocked = True
        # One event more than asked for tells whether there are more.
        limit = frame.limit + 1
        if frame.after is not None:
            after = min(max(frame.after, first_visible_seq(room, self._user) - 1), room.tip)
            return [ReadPage(room.id, limit, after=after, said=frame.messages, tag=frame)]
        before = room.tip + 1 if frame.before is None else min(max(frame.before, 0), room.tip + 1)
        return [ReadPage(room.id, limit, before=before, said=frame.messages, tag=frame)]

    def _find(self, frame: web.Find) -> Effects:
        room = self._view.room_by_id(frame.room, self._user)
        if room is None:
            return self._error(refuse("room_unknown"), frame.id)
        self.blocked = True
        return [FindSeq(room.id, frame.at, frame)]

    def _prefer(self, frame: web.Prefer) -> Effects:
        if frame.room:
            wanted = commands.SetPreference(self._user, frame.room, frame.level, frame.favourite)
        elif isinstance(frame.hours, msgspec.UnsetType):
            return self._error(refuse("frame_invalid", why="it says neither a room nor hours"), frame.id)
        else:
            hours = None if frame.hours is None else (frame.hours.begin, frame.hours.end)
            wanted = commands.SetPreference(self._user, 0, hours=hours)
        return [Submit(wanted, _Asked(frame))]

    def _hours(self) -> web.Hours | None:
        hours = self._view.preferences.hours(self._user)
        return None if hours is None else web.Hours(hours.begin, hours.end)

    def _shown(self, events: list[Event]) -> list[web.Event]:
        is_bot = self._view.is_bot
        return [web_event(event, bot=is_bot(event.user)) for event in events]

    def _members(self, frame: web.GetMembers) -> Effects:
        room = self._view.room_by_id(frame.room, self._user)
        if room is None:
            return self._error(refuse("room_unknown"), frame.id)
        users = self._view.state.users
        members = [web_member(self._view, room, users[user]) for user in room.members if user in users]
        return [_frame(web.Members(room.id, members, frame.id))]

    # What came of it

    def _decided(self, tag: web.Send | _Asked, outcome: Outcome) -> Effects:
        frame: Any = tag.frame if isinstance(tag, _Asked) else tag
        if isinstance(frame, web.Hello):
            self.blocked = False
        elif not self._ready:
            return []  # expelled meanwhile
        if isinstance(outcome, Refusal):
            if isinstance(frame, web.Hello):
                self._token = None
            patience = [SetTimer(NAMING_SECONDS)] if isinstance(frame, web.Hello) else []
            return [*self._error(outcome, **_name_of(frame)), *patience]
        match frame:
            case web.Tell():
                place = outcome if isinstance(outcome, Repeated) else outcome.events[-1]
                return [_frame(web.Stored(frame.key, place.room, place.seq))]
            case web.Join() | web.Create():
                return self._came_in(frame, outcome)
            case web.Hello():
                assert isinstance(tag, _Asked)
                assert isinstance(outcome, Decision)
                return self._welcome(outcome.events[0].user if outcome.events else tag.user, tag.token)
            case web.Bye():
                return [_frame(web.Goodbye()), Close(1000)]
            case _:
                return [_frame(web.Done(frame.id))]

    def _came_in(self, frame: web.Join | web.Create, outcome: Outcome) -> Effects:
        assert isinstance(outcome, Decision)
        if outcome.events:
            joined = outcome.events[-1]
            room = self._view.state.rooms[joined.room]
            # Whoever has gone again was to see what there was from their coming on.
            lowest = joined.seq if room.private else 1
            after = _after(room, lowest, getattr(frame, "seen", None), joined.seq - 1)
            left = next((e.seq for e in self._departures if e.room == room.id and e.seq > joined.seq), None)
            return (
                self._enter_room(room, after, frame.id)
                if left is None
                else self._pass_through(room, after, left, frame.id, lowest)
            )
        id_ = frame.room if isinstance(frame, web.Join) else 0
        known = self._view.room_by_id(id_, self._user) if id_ else self._view.room(frame.name, self._user)
        if known is None:
            return self._error(refuse("room_unknown"), frame.id)
        after = _after(known, first_visible_seq(known, self._user), getattr(frame, "seen", None), known.tip)
        if self._user not in known.members:
            return self._pass_through(known, after, known.tip, frame.id)
        return self._enter_room(known, after, frame.id)

    def _pass_through(self, room: Room, after: int, left: int, id_: str | None, lowest: int = 1) -> Effects:
        """Answer a join that a leave in the same commit has undone: the room is shown up to there."""
        self._watched = _without(self._watched, room.id)
        shown = msgspec.structs.replace(web_room(self._view, room, self._user, after), floor=lowest)
        return [
            _frame(web.Joined(shown, id_)),
            Subscribe(room.id, after, events_of(self._view), left),
            _frame(web.Left(room.id, left)),
        ]

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


def _after(room: Room, lowest: int, seen: web.Seen | web.SeenRoom | None, otherwise: int) -> int:
    """Return where a client's stream begins: at what it has seen, if that is of this room's history, and never before
    the lowest seq that the user may see.
    """
    after = seen.seq if seen is not None and seen.epoch == room.epoch and 0 <= seen.seq <= room.tip else otherwise
    return max(after, lowest - 1)


def _invited(room: Room, by: int, name: str) -> Send:
    return _frame(web.Invited(room.id, room.name, web.Person(by, name)))


def _moderate(user: int, frame: web.Moderate) -> commands.Moderate:
    return commands.Moderate(
        user, frame.room, frame.action, frame.whom, frame.undo, frame.until, frame.value, frame.why, frame.lasting
    )
