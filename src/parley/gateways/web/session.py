"""The conversation with one client of the web dialect."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec import Struct

from parley.core import commands
from parley.core.decision import Decision, Outcome, Repeated
from parley.core.directory import position_of
from parley.core.emoji import emoji_of
from parley.core.events import DIRECTORY, Event, RelatedEvent
from parley.core.folding import Item, Run
from parley.core.kinds import MESSAGE_KINDS
from parley.core.records import Identity
from parley.core.refusals import Refusal, refuse
from parley.core.rendering import Signal
from parley.core.roles import first_visible_seq, may
from parley.core.state import Room
from parley.core.text import NAME_CHARS, TEXT_CHARS, TOPIC_CHARS
from parley.core.tokens import CLIENT_TOKEN_RULE, hash_code, hash_token, is_client_token
from parley.gateways.alone import is_alone
from parley.gateways.effects import (
    BindUser,
    ChangedPage,
    CheckPassword,
    Close,
    Effect,
    Effects,
    FindSeq,
    HashPassword,
    MarkRead,
    NextTurn,
    PresentPage,
    ReadChanges,
    ReadFolded,
    ReadPage,
    ReadPins,
    ReadPresent,
    ReadReactors,
    ReadVersions,
    ResumeToken,
    Send,
    SetTimer,
    Submit,
    Subscribe,
    Unsubscribe,
)
from parley.gateways.history import (
    NEWEST,
    RETRY_MS,
    VERSIONS,
    cut_changes,
    cut_folded_page,
    cut_folded_present_page,
    cut_page,
    cut_present_page,
    cut_versions,
    folded_page_request,
    page_request,
)
from parley.gateways.membership import Membership, departure_after, stream_start
from parley.gateways.session import Session
from parley.gateways.view import View
from parley.wire import web
from parley.wire.limits import DIRECTORY_PAGE, FRAME_BYTES, PAGE_EVENTS, PIECE_BYTES
from parley.wire.websocket import text_message

from .commands import command_of, message_of
from .render import events_of, web_event, web_item, web_member, web_person, web_person_here, web_room, web_run
from .states import BLOCKED, MOVES, READY

HELLO_SECONDS: Final = 10.0

NAMING_SECONDS: Final = 120.0
"""After a refused hello, the connection is ended if no other hello comes within this time, in which a person may have
to choose a name.
"""

ROOMS_AT_ONCE: Final = 128
"""At most this many rooms are collected for `ready` in one turn of the event loop, because a user may be in a thousand
rooms.
"""

LIMITS: Final = web.Limits(FRAME_BYTES, TEXT_CHARS, NAME_CHARS, TOPIC_CHARS, PAGE_EVENTS)


class _Asked(Struct, frozen=True, gc=False):
    """The tag of a command: the frame it came in, and for a hello the other fields of `ready`."""

    frame: Any
    token: str | None = None
    user: int = 0


class _Arrival:
    """The rooms of a user who was accepted, collected for `ready`.

    While they are collected, events may follow that a collected room does not show yet: its stream begins after `after`
    and tells of them. Changes that no event tells of, such as a moved read mark, make the room missing again.

    Attributes:
        person: the user, as of the beginning.
        token: the new token for the client; None if it gets none.
        seen: the last events that the client has, by room.
        missing: the ids of the rooms that are not collected yet, in the order in which they are.
        rooms: the collected rooms by id, each with the subscription that begins its stream.
    """

    __slots__ = ("missing", "person", "rooms", "seen", "token")

    def __init__(
        self, person: web.Person, token: str | None, seen: dict[int, web.SeenRoom], missing: Iterable[int]
    ) -> None:
        self.person = person
        self.token = token
        self.seen = seen
        self.missing = dict.fromkeys(missing)
        self.rooms: dict[int, tuple[web.Room, Subscribe]] = {}

    def take(self, count: int) -> list[int]:
        """Take the ids of the next rooms."""
        taken = list(islice(self.missing, count))
        for id_ in taken:
            del self.missing[id_]
        return taken

    def drop(self, room: int) -> None:
        """Leave out a room, because the user has left it."""
        self.missing.pop(room, None)
        self.rooms.pop(room, None)


class WebSession(Session):
    """A conversation in JSON frames; see `parley.gateways.session.Session`.

    Args:
        view: the part of the server that sessions may read.
        new_token: returns a new token.
        cookie: the SHA-256 of the token in the request's cookie; None if there is none.
    """

    MOVES = MOVES
    BLOCKED = BLOCKED

    __slots__ = (
        "_arrival",
        "_cookie",
        "_hello",
        "_membership",
        "_new_token",
        "_registering",
        "_token",
        "_user",
        "_view",
    )

    def __init__(self, view: View, new_token: Callable[[], str], cookie: bytes | None = None) -> None:
        super().__init__("new")
        self._cookie = cookie
        self._token: bytes | None = None  # the hash of the token by which the user was identified
        self._view = view
        self._new_token = new_token
        self._user = 0
        self._hello: web.Hello | None = None
        self._arrival: _Arrival | None = None
        self._membership = Membership()
        self._registering: web.Register | None = None

    # Input

    def opened(self) -> Effects:
        return [SetTimer(HELLO_SECONDS)]

    def receive(self, data: bytes) -> Effects:
        try:
            frame = web.decode_from_client(data)
        except web.FrameError as error:
            return self._error(refuse("frame_invalid", why=error))
        if type(frame) is web.Send:
            if self._user:
                return [Submit(message_of(self._user, frame), frame)]
            return self._error(refuse("name_needed" if self.state in READY else "hello_needed"), frame)
        return self._receive(frame)

    def timer_fired(self) -> Effects:
        return [] if self.state in READY else [*self._error(refuse("hello_needed")), Close(1008)]

    # Answers

    def decided(self, tag: object, outcome: Outcome) -> Effects:
        if type(tag) is web.Send and self._user:
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
            if hello.token is None and hello.name is None and self._cookie is not None:
                # An invalid cookie is ignored, so that the page asks the user for a name.
                self._cookie = self._token = None
                self.move("turned away")
                return self._greet(hello)
            return self._turn_away(identity)
        known = self._view.state.users.get(identity.user)
        # If the policy was changed and admits no guests any more, the rules decide again whether this guest may enter.
        # The client may not know yet that the server has accepted it.
        token = hello.new_token if hello.token is None else None
        if known is not None and (known.account or self._view.policy.access != "members"):
            return self._welcome(identity.user, token)
        return [
            Submit(
                commands.ClaimName(hello.name or identity.name, identity.user),
                _Asked(hello, token, identity.user),
            )
        ]

    def password_checked(self, user: int | Refusal) -> Effects:
        assert self._hello is not None
        if isinstance(user, Refusal):
            return self._turn_away(user)
        token = self._new_token()
        self._token = hash_token(token)
        now = self._view.state.rooms[DIRECTORY].tip
        return [Submit(commands.SignIn(user, self._token, "web", at=now), _Asked(self._hello, token, user))]

    def password_hashed(self, hash: str | Refusal) -> Effects:
        frame, self._registering = self._registering, None
        assert frame is not None
        if self.state == "over":
            return []
        self.move("answered")
        if isinstance(hash, Refusal):
            return self._error(hash, frame)
        user = self._view.state.users.get(self._user)
        if user is None:
            return self._error(refuse("name_needed"), frame)
        code = None if frame.invitation is None else hash_code(frame.invitation)
        return [Submit(commands.Register(user.name, hash, self._user, invitation=code), _Asked(frame))]

    def page(self, tag: object, events: list[Event] | None) -> Effects:
        assert isinstance(tag, web.History | web.GetVersions)
        if self.state == "over":
            return []
        self.move("answered")
        room = refuse("not_read", RETRY_MS) if events is None else self._view.visible_room(tag.room, self._user)
        if isinstance(room, Refusal):
            return self._error(room, tag)
        first = first_visible_seq(room, self._user)
        if isinstance(tag, web.GetVersions):
            return self._versions(tag, room, [event for event in events or [] if event.seq >= first])
        shown, more = cut_page(events or [], first, tag.limit, PIECE_BYTES, newest=tag.after is None)
        is_bot = self._view.is_bot
        frames = [web_event(event, bot=is_bot(event.user)) for event in shown]
        return [_frame(web.Page(room.id, room.epoch, frames, more, tag.id))]

    def present_page(self, tag: object, page: PresentPage | None) -> Effects:
        assert isinstance(tag, web.History | web.GetPins)
        if self.state == "over":
            return []
        self.move("answered")
        if page is None:
            return self._error(refuse("not_read", RETRY_MS), tag)
        room = self._view.visible_room(tag.room, self._user)
        if isinstance(room, Refusal):
            return self._error(room, tag)
        first = first_visible_seq(room, self._user)
        if isinstance(tag, web.GetPins):
            pins = [item for item in page.items if item.event.seq > tag.after]
            shown, _, _ = cut_present_page(PresentPage(pins, 0, 0, 0), first, PAGE_EVENTS, PIECE_BYTES, newest=False)
            more = bool(shown) and shown[-1] is not pins[-1]
            listed = [web_item(self._view, item) for item in shown]
            return [_frame(web.Page(room.id, room.epoch, listed, more, tag.id, upto=page.upto))]
        newest = tag.after is None
        items, folded, begin, end = cut_folded_present_page(page, first, tag.limit, PIECE_BYTES, newest=newest)
        more = begin > first if newest else end < room.tip
        events = [web_item(self._view, item) for item in items]
        runs = [web_run(self._view, run) for run in folded]
        where = (begin, end, page.upto)
        return [_frame(web.Page(room.id, room.epoch, events, more, tag.id, runs, *where))]

    def changes(self, tag: object, page: ChangedPage | None) -> Effects:
        assert isinstance(tag, web.GetChanges)
        if self.state == "over":
            return []
        self.move("answered")
        if page is None:
            return self._error(refuse("not_read", RETRY_MS), tag)
        room = self._view.visible_room(tag.room, self._user)
        if isinstance(room, Refusal):
            return self._error(room, tag)
        first = first_visible_seq(room, self._user)
        shown, next_ = cut_changes(page, tag.limit, PIECE_BYTES)
        events = [web_item(self._view, item) for item in shown if item.event.seq >= first]
        erased = [seq for seq in page.erased if seq >= first]
        more = len(shown) < len(page.items)
        return [_frame(web.Forms(room.id, room.epoch, events, erased, next_, page.upto, more, tag.id))]

    def reactors(self, tag: object, found: list[tuple[int, int]] | Refusal) -> Effects:
        assert isinstance(tag, web.GetReactors)
        if self.state == "over":
            return []
        self.move("answered")
        room = self._view.visible_room(tag.room, self._user)
        if isinstance(room, Refusal):
            return self._error(room, tag)
        if isinstance(found, Refusal) or tag.seq < first_visible_seq(room, self._user):
            return self._error(found if isinstance(found, Refusal) else refuse("message_unknown"), tag)
        shown = found[:DIRECTORY_PAGE]
        names = self._view.state.users
        users = [web.Reactor(id_, names[id_].name if id_ in names else "") for id_, _ in shown]
        after = shown[-1][1] if len(found) > len(shown) else 0
        return [_frame(web.Reactors(room.id, tag.seq, tag.emoji, users, tag.id, bool(after), after))]

    def folded_page(self, tag: object, items: list[Item] | None) -> Effects:
        assert isinstance(tag, web.History)
        if self.state == "over":
            return []
        self.move("answered")
        room = refuse("not_read", RETRY_MS) if items is None else self._view.visible_room(tag.room, self._user)
        if isinstance(room, Refusal):
            return self._error(room, tag)
        first = first_visible_seq(room, self._user)
        shown, more = cut_folded_page(items or [], first, tag.limit, PIECE_BYTES, newest=tag.after is None)
        is_bot = self._view.is_bot
        events = [web_event(item, bot=is_bot(item.user)) for item in shown if isinstance(item, Event)]
        runs = [web_run(self._view, item) for item in shown if isinstance(item, Run)]
        return [_frame(web.Page(room.id, room.epoch, events, more, tag.id, runs))]

    def seq_found(self, tag: object, seq: int | None) -> Effects:
        assert isinstance(tag, web.Find)
        if self.state == "over":
            return []
        self.move("answered")
        room = refuse("not_read", RETRY_MS) if seq is None else self._view.visible_room(tag.room, self._user)
        if isinstance(room, Refusal):
            return self._error(room, tag)
        return [_frame(web.Found(room.id, max(seq or 0, first_visible_seq(room, self._user)), tag.id))]

    # What happens to the user

    def joined(self, event: Event) -> Effects:
        room = self._view.state.rooms[event.room]
        # A join that was undone in the same commit is shown only to the session that requested it.
        undone = room.members.get(self._user) != event.seq
        if self._arrival is not None and not undone:
            self._membership.enter(room.id)
            self._arrival.missing[room.id] = None
            return []
        if self.state not in READY or undone or event.room in self._membership.entered:
            return []
        return self._enter_room(room, event.seq - 1)

    def left(self, event: Event) -> Effects:
        membership = self._membership
        if self._arrival is not None:
            membership.leave(event)
            self._arrival.drop(event.room)
            return []
        if event.kind == "guests" and membership.unwatch(event.room):
            return [_frame(web.Left(event.room, event.seq))]
        if membership.leave(event):
            return [_frame(web.Left(event.room, event.seq))]
        # A user who is banned from a public room may still watch it.
        return [Subscribe(event.room, event.seq, events_of(self._view))] if event.room in membership.watched else []

    def invited(self, event: Event) -> Effects:
        room = self._view.state.rooms[event.room]
        return [_invited(room, event.user, event.name)] if self.state in READY else []

    def read_mark_moved(self, room: int) -> Effects:
        mark = self._view.marks.of(room, self._user)
        if mark is None or room not in self._membership.entered:
            return []
        if self._arrival is not None:
            self._arrival.missing[room] = None
            return []
        tip = self._view.state.rooms[room].tip
        return [_frame(web.Unread(room, mark.read, tip, *self._view.marks.unread(room, self._user)))]

    def preferences_changed(self, room: int) -> Effects:
        if self._arrival is not None and room in self._membership.entered:
            self._arrival.missing[room] = None
        if self.state not in READY:
            return []
        if not room:
            return [_frame(web.Preferred(hours=self._hours()))]
        return [_frame(web.Preferred(room, *self._view.preferences.of(self._user, self._view.state.rooms[room])))]

    # The end

    def expelled(self, refusal: Refusal) -> Effects:
        self.move("expelled")
        self._user, self._membership, self._arrival = 0, Membership(), None
        return [*self._error(refusal), _frame(web.Goodbye("session")), Close(1008)]

    def stopping(self) -> Effects:
        return [_frame(web.Goodbye("stopping", RETRY_MS)), Close(1012)]

    def stalled(self) -> Effects:
        return [_frame(web.Goodbye("stalled", 0)), Close(1013)]

    # Frames

    def _receive(self, frame: web.FromClient) -> Effects:
        if isinstance(frame, web.Hello):
            return self._greet(frame)
        if self.state not in READY:
            return self._error(refuse("hello_needed"), frame)
        match frame:
            case web.Watch():
                return self._watch(frame)
            case web.Unwatch():
                return self._unwatch(frame)
            case web.History():
                return self._history(frame)
            case web.GetRooms() | web.GetMembers() | web.GetPeople():
                return self._directory_page(frame)
            case web.Find():
                return self._find(frame)
            case web.GetPins() | web.GetChanges() | web.GetVersions() | web.GetReactors():
                return self._read_of_messages(frame)
        if not self._user:
            return self._error(refuse("name_needed"), frame)
        if isinstance(frame, web.Register):
            return self._register(frame)
        if isinstance(frame, web.GetServer):
            view, reach = self._view, self._view.reach
            alone = is_alone(view, self._user)
            info = web.ServerInfo(reach.url, view.policy.access, reach.loopback, reach.plaintext, alone, frame.id)
            return [_frame(info)]
        command = command_of(self._user, frame)
        if isinstance(command, Refusal):
            return self._error(command, frame)
        return self._note(frame) if command is None else [Submit(command, _Asked(frame))]

    def _register(self, frame: web.Register) -> Effects:
        if self._token is not None and self._token == self._cookie:
            # An attacker may have put the cookie into this browser, and a WebSocket can't replace it. So a page
            # registers by HTTP.
            return self._error(refuse("not_allowed"), frame)
        self.move("ask")
        self._registering = frame
        return [HashPassword(frame.password)]

    def _note(self, frame: web.FromClient) -> Effects:
        """Handle a read mark or a typing notice for a room that the user is in."""
        if not isinstance(frame, web.Read | web.Got | web.Typing) or frame.room not in self._membership.entered:
            return []
        if isinstance(frame, web.Read):
            return [MarkRead(frame.room, read=frame.seq)]
        if isinstance(frame, web.Got):
            return [MarkRead(frame.room, delivered=frame.seq)]
        user = self._view.state.users.get(self._user)
        return [Signal("typing", frame.room, self._user, user.name)] if user else []

    def _greet(self, hello: web.Hello) -> Effects:
        if self.state in READY:
            return self._error(refuse("hello_repeated"))
        if hello.protocol != web.PROTOCOL:
            return self._error(refuse("protocol_unknown", version=web.PROTOCOL))
        self._hello = hello
        if hello.name is not None and hello.password is not None:
            # A password takes precedence over a token.
            self.move("hello")
            return [CheckPassword(hello.name, hello.password)]
        token = self._cookie if hello.token is None and hello.name is None else None
        if hello.token is not None:
            token = hash_token(hello.token)
        if token is not None:
            self.move("hello")
            self._token = token
            return [ResumeToken(token)]
        if hello.new_token is not None and not is_client_token(hello.new_token):
            return self._turn_away(refuse("frame_invalid", why=CLIENT_TOKEN_RULE))
        if hello.name is None:
            return self._observe() if self._view.policy.access == "open" else self._turn_away(refuse("name_needed"))
        if (account := self._view.account(hello.name)) is not None:
            return self._turn_away(refuse("password_needed", name=account.name))
        self.move("hello")
        new = hello.new_token or self._new_token()
        self._token = hash_token(new)
        key = None if hello.new_token is None else self._token.hex()
        code = None if hello.invitation is None else hash_code(hello.invitation)
        claim = commands.ClaimName(hello.name, token=self._token, invitation=code, key=key)
        return [Submit(claim, _Asked(hello, new))]

    def _turn_away(self, refusal: Refusal) -> Effects:
        self.move("turned away")
        self._token = None
        return [*self._error(refusal), SetTimer(NAMING_SECONDS)]

    def _welcome(self, user: int, token: str | None = None) -> Effects:
        """Answer the hello of a user, and begin the streams. The rooms are collected first, over several turns if there
        are many.
        """
        hello, users = self._hello, self._view.state.users
        assert hello is not None
        if user not in users or users[user].disabled:
            # The account was deleted or disabled in the same commit as the sign-in.
            return self._turn_away(refuse("account_disabled" if user in users else "session_unknown"))
        self.move("accepted")
        self._hello, self._user = None, user
        self._membership = Membership(users[user].rooms)
        seen = {entry.room: entry for entry in hello.seen}
        self._arrival = _Arrival(web_person(users[user]), token, seen, sorted(users[user].rooms))
        return [BindUser(user, self._token), SetTimer(0), *self.next_turn()]

    def next_turn(self) -> Effects:
        """Collect further rooms for `ready`. When there are none left, send it, and begin the streams."""
        arrival, view, user = self._arrival, self._view, self._user
        if arrival is None:
            return []
        for id_ in arrival.take(ROOMS_AT_ONCE):
            room = view.state.rooms[id_]
            entry, folded = arrival.seen.get(id_), 0
            after = stream_start(room, first_visible_seq(room, user), entry, room.tip)
            if entry is not None and 0 < entry.fold < room.tip - after:
                folded, after = after, room.tip
            arrival.rooms[id_] = web_room(view, room, user, after, folded), Subscribe(id_, after, events_of(view))
        if arrival.missing:
            return [NextTurn()]
        self.move("user")
        self._arrival = None
        person, invited = arrival.person, []
        if (known := view.state.users.get(user)) is not None:  # otherwise another client has released the guest's name
            person = web_person(known)
            invited = [_invited(*invitation) for invitation in view.invitations(user)]
        found = [arrival.rooms[id_] for id_ in sorted(arrival.rooms)]
        ready = self._ready(person, [room for room, _ in found], arrival.token)
        return [ready, *invited, *[stream for _, stream in found]]

    def _observe(self) -> Effects:
        """Answer the hello of someone without a name."""
        self.move("observer")
        self._hello = None
        return [SetTimer(0), self._ready(None, [], None)]

    def _ready(self, person: web.Person | None, rooms: list[web.Room], token: str | None) -> Send:
        view = self._view
        hours = self._hours() or msgspec.UNSET
        return _frame(web.Ready(web.PROTOCOL, view.server, person, rooms, LIMITS, token, hours))

    def _enter_room(self, room: Room, after: int, id_: str | None = None) -> Effects:
        streams: list[Effect] = []
        if self._membership.enter(room.id):
            streams = [Unsubscribe(room.id), Subscribe(room.id, after, events_of(self._view))]
        return [_frame(web.Joined(web_room(self._view, room, self._user, after), id_)), *streams]

    def _watch(self, frame: web.Watch) -> Effects:
        room = self._view.room(frame.name, self._user)
        if room is None:
            return self._error(refuse("room_unknown"), frame)
        after = stream_start(room, first_visible_seq(room, self._user), frame.seen, room.tip)
        answer = _frame(web.Watching(web_room(self._view, room, self._user, after), frame.id))
        if not self._membership.watch(room.id):
            return [answer]
        return [answer, Subscribe(room.id, after, events_of(self._view))]

    def _unwatch(self, frame: web.Unwatch) -> Effects:
        done = _frame(web.Done(frame.id))
        return [Unsubscribe(frame.room), done] if self._membership.unwatch(frame.room) else [done]

    def _history(self, frame: web.History) -> Effects:
        room = self._view.visible_room(frame.room, self._user)
        if isinstance(room, Refusal):
            return self._error(room, frame)
        first = first_visible_seq(room, self._user)
        where = (room, first, frame.limit, frame.before, frame.after)
        if frame.present or frame.thread:
            return self._present_history(room, frame, page_request(*where, messages=False, tag=frame))
        page: ReadPage | ReadFolded | Refusal
        if frame.fold and not frame.messages:
            page = folded_page_request(*where, tag=frame)
        else:
            page = page_request(*where, messages=frame.messages, tag=frame)
        if isinstance(page, Refusal):
            return self._error(page, frame)
        self.move("ask")
        return [page]

    def _present_history(self, room: Room, frame: web.History, page: ReadPage | Refusal) -> Effects:
        if isinstance(page, Refusal):
            return self._error(page, frame)
        if frame.thread and not self._is_visible(room, frame.thread):
            return self._error(refuse("message_unknown"), frame)
        self.move("ask")
        where = (max(page.before, 1), 0) if page.before is not None else (0, page.after or 0)
        fold = frame.fold and not frame.messages and not frame.thread
        return [ReadPresent(room.id, self._user, frame.limit, *where, frame.thread, frame, frame.messages, fold=fold)]

    def _read_of_messages(self, frame: web.GetPins | web.GetChanges | web.GetVersions | web.GetReactors) -> Effects:
        room = self._view.visible_room(frame.room, self._user)
        if isinstance(room, Refusal):
            return self._error(room, frame)
        first = first_visible_seq(room, self._user)
        if isinstance(frame, web.GetVersions | web.GetReactors) and not self._is_visible(room, frame.seq):
            return self._error(refuse("message_unknown"), frame)
        if isinstance(frame, web.GetChanges) and not 0 < frame.limit <= PAGE_EVENTS:
            return self._error(refuse("page_invalid", limit=PAGE_EVENTS), frame)
        if isinstance(frame, web.GetReactors) and emoji_of(frame.emoji) is None:
            return self._error(refuse("emoji_invalid"), frame)
        self.move("ask")
        match frame:
            case web.GetPins():
                return [ReadPins(room.id, self._user, frame)]
            case web.GetChanges():
                after = min(max(frame.after, first - 1), room.tip)
                return [ReadChanges(room.id, self._user, after, first, frame.limit + 1, frame)]
            case web.GetVersions():
                return [ReadVersions(room.id, frame.seq, _up_to(frame.before), VERSIONS + 1, frame)]
            case web.GetReactors():
                where = (room.id, frame.seq, emoji_of(frame.emoji) or "", _up_to(frame.after, 0), DIRECTORY_PAGE + 1)
                return [ReadReactors(*where, frame)]

    def _is_visible(self, room: Room, seq: int) -> bool:
        return first_visible_seq(room, self._user) <= seq <= room.tip

    def _versions(self, frame: web.GetVersions, room: Room, events: list[Event]) -> Effects:
        """Answer with the versions of a message. They are for its author and for moderators."""
        if not events or events[0].seq != frame.seq or events[0].kind not in MESSAGE_KINDS:
            return self._error(refuse("message_unknown"), frame)
        state = self._view.state
        if events[0].user != self._user and not may(state, room, state.users.get(self._user), "erase"):
            return self._error(refuse("not_allowed"), frame)
        if isinstance(events[0], RelatedEvent) and events[0].erased:
            return self._error(refuse("message_deleted"), frame)
        shown, more = cut_versions(events, _up_to(frame.before), PIECE_BYTES)
        versions = [web.Version(event.seq, event.at, event.text) for event in shown]
        return [_frame(web.Versions(room.id, frame.seq, versions, frame.id, more))]

    def _find(self, frame: web.Find) -> Effects:
        room = self._view.visible_room(frame.room, self._user)
        if isinstance(room, Refusal):
            return self._error(room, frame)
        self.move("ask")
        return [FindSeq(room.id, frame.at, frame)]

    def _hours(self) -> web.Hours | None:
        hours = self._view.preferences.hours(self._user)
        return None if hours is None else web.Hours(hours.begin, hours.end)

    def _directory_page(self, frame: web.GetRooms | web.GetMembers | web.GetPeople) -> Effects:
        after = position_of(frame.after)
        if after is None or not 0 < frame.limit <= DIRECTORY_PAGE:
            return self._error(refuse("page_invalid", limit=DIRECTORY_PAGE), frame)
        view, directory, users = self._view, self._view.directory, self._view.state.users
        match frame:
            case web.GetRooms():
                page = directory.rooms(self._user, frame.query, after, frame.limit)
                rooms = [web_room(view, view.state.rooms[id_], self._user) for id_ in page.ids]
                return [_frame(web.Rooms(rooms, frame.id, bool(page.next), page.next))]
            case web.GetMembers():
                room = view.visible_room(frame.room, self._user)
                if isinstance(room, Refusal):
                    return self._error(room, frame)
                page = directory.members(room, frame.query, after, frame.limit)
                members = [web_member(view, room, users[id_]) for id_ in page.ids]
                return [_frame(web.Members(room.id, members, frame.id, bool(page.next), page.next))]
            case web.GetPeople():
                if not self._user:
                    return self._error(refuse("name_needed"), frame)
                page = directory.people(frame.query, after, frame.limit)
                people = [web_person_here(view, users[id_]) for id_ in page.ids]
                return [_frame(web.People(people, frame.id, bool(page.next), page.next))]

    # Outcomes of commands

    def _decided(self, tag: web.Send | _Asked, outcome: Outcome) -> Effects:
        if self.state == "over":
            return []
        frame: Any = tag.frame if isinstance(tag, _Asked) else tag
        if isinstance(outcome, Refusal):
            if isinstance(frame, web.Hello):
                return self._turn_away(outcome)
            return self._error(outcome, frame)
        match frame:
            case web.Tell():
                place = outcome if isinstance(outcome, Repeated) else outcome.events[-1]
                return [_frame(web.Stored(frame.key, place.room, place.seq))]
            case web.Join() | web.Create():
                return self._came_in(frame, outcome)
            case web.Hello():
                assert isinstance(tag, _Asked)
                if isinstance(outcome, Repeated):
                    # An earlier hello with this token got the name, but its `ready` was lost.
                    assert self._token is not None
                    return [ResumeToken(self._token)]
                return self._welcome(outcome.events[0].user if outcome.events else tag.user, tag.token)
            case web.Bye():
                return [_frame(web.Goodbye()), Close(1000)]
            case web.Edit() | web.Erase() | web.React() | web.Pin() | web.SetTitle():
                if isinstance(outcome, Repeated):
                    return [_frame(web.Done(frame.id, outcome.room or frame.room, outcome.seq))]
                seq = outcome.events[-1].seq if outcome.events else 0
                return [_frame(web.Done(frame.id, frame.room, seq))]
            case _:
                return [_frame(web.Done(frame.id))]

    def _came_in(self, frame: web.Join | web.Create, outcome: Outcome) -> Effects:
        seen = frame.seen if isinstance(frame, web.Join) else None
        if isinstance(outcome, Decision) and outcome.events:
            joined = outcome.events[-1]
            room = self._view.state.rooms[joined.room]
            # `first_visible_seq` can't be used: the membership may have ended in the same commit.
            first = joined.seq if room.private else 1
            after = stream_start(room, first, seen, joined.seq - 1)
            left = departure_after(self._membership.departures, room.id, joined.seq)
            if left is not None:
                return self._pass_through(room, after, left, frame.id, first)
            return self._enter_room(room, after, frame.id)
        id_ = frame.room if isinstance(frame, web.Join) else 0
        if isinstance(outcome, Repeated):
            id_ = outcome.room
        known = self._view.visible_room(id_, self._user) if id_ else self._view.room(frame.name, self._user)
        if known is None or isinstance(known, Refusal):
            return self._error(refuse("room_unknown"), frame)
        after = stream_start(known, first_visible_seq(known, self._user), seen, known.tip)
        if self._user not in known.members:
            return self._pass_through(known, after, known.tip, frame.id)
        return self._enter_room(known, after, frame.id)

    def _pass_through(self, room: Room, after: int, left: int, id_: str | None, first: int = 1) -> Effects:
        """Answer a join that a departure in the same commit has undone: show the room up to the departure."""
        self._membership.unwatch(room.id)
        shown = msgspec.structs.replace(web_room(self._view, room, self._user, after), floor=first)
        return [
            _frame(web.Joined(shown, id_)),
            Subscribe(room.id, after, events_of(self._view), left),
            _frame(web.Left(room.id, left)),
        ]

    def _error(self, refusal: Refusal, frame: web.FromClient | None = None) -> Effects:
        """Answer a frame with a refusal; the answer has the key if the frame is a message, otherwise the frame's id."""
        key = frame.key if isinstance(frame, web.Send | web.Tell) else None
        return [_frame(web.Error(refusal.code, refusal.message, getattr(frame, "id", None), key, refusal.retry_after))]


def _up_to(seq: int, otherwise: int = NEWEST) -> int:
    """Return a seq that a client gave, or `otherwise` if that is 0, within the numbers that the store takes."""
    return min(max(seq, 0), NEWEST) or otherwise


def _frame(frame: web.FromServer) -> Send:
    return Send(text_message(web.encode(frame)))


def _invited(room: Room, by: int, name: str) -> Send:
    return _frame(web.Invited(room.id, room.name, web.Person(by, name)))
