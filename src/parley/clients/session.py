"""A user's conversation with a server, without I/O: calls tell what has happened, effects say what shall happen.

    session = Session(name="bob", new_key=KeySequence(), random=random.random)
    session.connected(now)            there is a connection
    session.receive(frame, now)       the server sent a frame
    session.lost(now, why)            the connection has ended, or could not be made
    session.tick(now)                 `session.deadline` has come
    session.say("lobby", "hi", now)   and the other commands
    session.effects()                 after each of these: what shall be done, in order (`parley.clients.effects`)

`now` is in seconds of any clock that never goes back. While there is no connection and there shall be one,
`connect_at` says when.

**The line.** What the user wants stands in one line, in the order in which it was said, and its head is what the
server is working on. A message leaves the line when it is stored, or refused for good; a request when it is answered.
Nothing else is under way meanwhile. That costs a round trip per message, and it is the only way with this protocol in
which a message can never overtake another: of two messages sent at once, the first may be refused with `retry_after`
(too fast; a disk that failed for one commit) and the second be stored, and no sending again puts that right.
Reconnecting is harmless: whatever the server still makes of the frames of the old connection, it does in order, and
knows the keys when they come again.

What the server refuses for a moment (`retry_after`) is tried again by itself, if the moment is short; a message to
a room in slow mode, or from someone who is muted for a week, is refused, and the user is told.

What only reads (history, members, rooms) waits for its turn, so that it shows what was said before it, but does not
hold up what follows; while the head of the line has to wait before it tries again, reads go past it.

**Coming back.** The hello says what was seen. Rooms that the server does not list any more (it holds a guest's place
for a while only) are joined again with what was seen, unless the user had left them. One who has an account stays a
member without a connection: a room that is not listed was left elsewhere, or they were sent out of it. A request whose
answer was lost is made again where that can do no harm, or if what it asked for has not come about; a topic or a ban
is not: the user is told.

**Who one is.** A token, which the server gives out, or a name, for an account with its password, which is kept until
the server has answered and no longer. Whoever has had an account here never comes back as a guest unasked.

**Where a message goes.** To the room it was written in, by its id; by name if that room is not known yet, or not there
any more. By name a room is made if there is none: what was written in a private room, or in one that its writer was
sent out of, therefore never goes by name. The server is asked about it by its id and refuses it, unless it was stored
before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import Final

import msgspec

from parley.wire import web
from parley.wire.limits import FRAME_BYTES, PAGE_EVENTS

from . import effects as fx
from .backoff import Backoff
from .names import bare, fold
from .requests import (
    Action,
    Create,
    Entry,
    Gather,
    GetHistory,
    GetMembers,
    GetRooms,
    Join,
    Kind,
    Leave,
    Moderate,
    Quit,
    Read,
    Register,
    Rename,
    Request,
    Secret,
    SetTopic,
)
from .rooms import Outlet, Rooms, Start
from .stream import Fault, Seen, Stream

HELLO_SECONDS: Final = 15.0
"""How long a server may take to answer a hello."""

ACCOUNT_FIRST: Final = (
    "This invitation is for making an account: open its link in a browser, and come back with the password."
)

SEVERAL: Final = ", "
"""What is between the names of a direct room's people."""

GUEST: Final = "guest"
"""The role of those who have no account."""

BYE_SECONDS: Final = 5.0
"""How long a server may take to answer a bye."""

TYPING_SECONDS: Final = 3.0
LEAD: Final = 20

WAIT_MOST_SECONDS: Final = 15.0
"""A refusal that says to try again later than that is for good."""

WAIT_TOLD_SECONDS: Final = 2.0
"""A message that has to wait longer than that is not held back silently."""

_NOT_A_MEMBER: Final = ("room_not_joined", "room_unknown")
_NAME_REFUSED: Final = ("name_taken", "name_invalid", "name_needed", "sign_in_needed")
_PASSWORD_REFUSED: Final = ("password_needed", "sign_in_wrong", "sign_in_throttled")
_INVITATION_REFUSED: Final = ("invitation_needed", "invitation_unknown")
_TOKEN_REFUSED: Final = ("token_unknown", "session_unknown")
_NOT_AGAIN: Final = ("kick", "ban", "mute")
"""What moderators do that is done once more when it is asked for again."""


class Phase(Enum):
    """Where the conversation is."""

    APART = auto()  # there is no connection
    GREETING = auto()  # hello is sent
    ASKING = auto()  # the server wants another name, a password, an invitation: the user is asked
    READY = auto()
    LEAVING = auto()  # bye is sent
    CLOSING = auto()  # we hang up: nothing that comes now counts
    OVER = auto()


class Session:
    """One user, or an observer, and one server.

    Args:
        name: the name to have; None for one without a name, who can only watch.
        token: the token, if there is one from earlier.
        account: whether the name is known to be an account's.
        password: the account's password, for when there is no token that is good.
        invitation: the code of an invitation.
        seen: how far rooms were shown earlier.
        entries: messages from earlier that are not settled yet.
        new_key: returns a new key for a message.
        random: returns a number in [0, 1).
        follow: False for one who only wants to send: nothing is shown, nothing is caught up.
        watching: whether rooms are watched instead of joined; always so without a name.

    Attributes:
        name: the name we go by.
        token: the token by which the server knows us.
        account: whether the name is an account's.
        user: our id; None as long as it is not known.
        phase: where the conversation is.
        connect_at: when to connect; None while there is a connection, the user is asked for something, or all is
            over.
    """

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
        seen: Iterable[Seen] = (),
        entries: Iterable[Entry] = (),
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
        self._line: deque[Entry | Request] = deque(entries)
        self._flight: Entry | Request | None = None  # the head of the line, once it is sent
        self._attempted: Request | None = None  # the head of the line, if the answer to it was lost
        self._reads: dict[str, tuple[Read, fx.Place | None]] = {}
        self._flight_id = ""
        self._outlet = Outlet()
        watching = watching or name is None
        self._rooms = Rooms(seen, self._outlet, observer=watching, follow=follow, shown=self._note_own_name)
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

    # What is known -------------------------------------------------------------------------------------------------

    def effects(self) -> list[fx.Effect]:
        """Return what has to be done since the last call, in order."""
        effects, self._outlet.effects = self._outlet.effects, []
        return effects

    @property
    def deadline(self) -> float | None:
        """When `tick` wants to be called; None: not at all."""
        times = [] if self._timeout is None else [self._timeout]
        if self.phase is Phase.READY and self._stalled_until:
            times.append(self._stalled_until)
        return min(times, default=None)

    @property
    def unsent(self) -> list[Entry]:
        """The messages that are not settled, in order."""
        return [item for item in self._line if isinstance(item, Entry)]

    def is_in_doubt(self, entry: Entry) -> bool:
        """Tell whether a message was sent and not answered: it may be stored or not. Of any other it is known."""
        return entry.key == self._in_doubt

    @property
    def seen(self) -> list[Seen]:
        """How far each room that we are in was shown."""
        return [stream.seen for stream in self._rooms.all if stream.begun and not stream.leaving]

    @property
    def rooms(self) -> list[fx.Place]:
        """The rooms that we are in."""
        return [stream.place for stream in self._rooms.live]

    def place_of(self, room: str) -> fx.Place | None:
        """Return the room of that name, if we are in it or were when the connection ended."""
        stream = self._rooms.named(room)
        return None if stream is None else stream.place

    def topic_of(self, room: str) -> str | None:
        """Return the topic of a room that we are in; None if we are not."""
        stream = self._rooms.live_named(room)
        return None if stream is None else stream.topic

    # What the connection tells -------------------------------------------------------------------------------------

    def connected(self, now: float) -> None:
        """There is a connection."""
        if self.phase is not Phase.APART:
            return
        self.connect_at = None
        self._why_hung_up = ""
        self._greet(now)

    def receive(self, data: bytes | str, now: float) -> None:
        """The server sent a frame."""
        if self.phase in (Phase.APART, Phase.CLOSING, Phase.OVER):
            return
        try:
            frame = web.decode_from_server(data)
        except web.FrameError as error:
            self._hang_up(f"the server sent what could not be read: {error}")
            return
        try:
            if frame is not None:
                self._receive(frame, now)
        except Fault as fault:
            self._hang_up(str(fault))

    def lost(self, now: float, why: str = "") -> None:
        """The connection has ended, or could not be made; `why` in words."""
        if self.phase is Phase.OVER:
            return
        if self.phase is Phase.LEAVING:
            self._end()
            return
        asking = self.phase is Phase.ASKING
        held = 0.0 if self._ready_since is None else now - self._ready_since
        self._forget_connection()
        self.phase = Phase.APART
        delay = None if asking else self._backoff.delay(held, self._come_back)
        self.connect_at = None if delay is None else now + delay
        self._come_back = None
        self._emit(fx.Offline(self._why_hung_up or why or "the connection ended", delay))

    def tick(self, now: float) -> None:
        """The `deadline` has come."""
        if self._timeout is not None and now >= self._timeout:
            self._timeout = None
            if self.phase is Phase.LEAVING:
                self._end()
            else:
                self._hang_up("the server does not answer")
        if self.phase is Phase.READY and self._stalled_until and now >= self._stalled_until:
            self._stalled_until = 0.0
            self._rooms.ask_pages()
        self._pump(now)

    # What the user wants -------------------------------------------------------------------------------------------

    def say(self, room: str, text: str, now: float, kind: Kind = "message", key: str | None = None) -> Entry:
        """Say something in a room; `kind` "action" says what one does. The room is joined if need be.

        Args:
            key: the message's key if it is an earlier attempt made again.
        """
        stream, key = self._rooms.named(room), key or self._new_key()
        to = room if room.startswith("@") else "#" + bare(room)
        if stream is None:
            # What is written for a private room that is being made must not go to a public one if it can't be.
            made = any(isinstance(item, Create) and fold(item.room) == fold(to[1:]) for item in self._line)
            return self._keep(Entry(key, to, text, kind, confined=made), now)
        return self._keep(Entry(key, to, text, kind, stream.id, stream.epoch, stream.kind != "public"), now)

    def action(self, room: str, text: str, now: float) -> Entry:
        """Say what one does."""
        return self.say(room, text, now, "action")

    def create(self, room: str, now: float, lead: int = LEAD) -> Request:
        """Make a room that people enter by invitation."""
        return self._ask(Create(bare(room), lead), now)

    def gather(self, names: Iterable[str], now: float) -> Request:
        """Begin a direct conversation with these people, or go back to it."""
        return self._ask(Gather(tuple(names)), now)

    def moderate(
        self,
        room: str,
        action: Action,
        whom: str = "",
        *,
        undo: bool = False,
        until: int = 0,
        value: str = "",
        why: str = "",
        now: float,
    ) -> Request:
        """Do something about a room or someone in it; `until` is in milliseconds since 1970 UTC, 0: for good."""
        return self._ask(Moderate(bare(room), action, whom, undo, until, value, why), now)

    def register(self, password: Secret, now: float) -> Request:
        """Make an account of our name, with that password."""
        return self._ask(Register(password), now)

    def tell(self, person: str, text: str, now: float) -> Entry:
        """Say something to one person."""
        return self._keep(Entry(self._new_key(), "@" + person, text), now)

    def join(self, room: str, now: float, lead: int = LEAD) -> Request:
        """Enter a room; if it is entered for the first time, its last `lead` messages are shown first."""
        room = bare(room)
        self._rooms.plan(room, lead=lead)
        return self._ask(Join(room, lead), now)

    def watch(self, room: str, now: float, start: Start, restart: Start) -> Request:
        """Follow a room from `start` on, as an observer; from `restart` on if its history is replaced by another."""
        room = bare(room)
        self._rooms.plan(room, start=start, restart=restart)
        return self._ask(Join(room), now)

    def leave(self, room: str, now: float, words: str = "") -> Request:
        """Leave a room, with parting words."""
        return self._ask(Leave(bare(room), words), now)

    def rename(self, name: str, now: float) -> Request:
        """Take another name."""
        return self._ask(Rename(name), now)

    def topic(self, room: str, topic: str, now: float) -> Request:
        """Set a room's topic; empty clears it."""
        return self._ask(SetTopic(bare(room), topic), now)

    def history(self, room: str, limit: int, now: float, before: int | None = None) -> Request:
        """Ask for a room's last `limit` messages (those before the seq `before`, if it is given)."""
        return self._ask(GetHistory(bare(room), limit, before), now)

    def members(self, room: str, now: float) -> Request:
        """Ask who is in a room."""
        return self._ask(GetMembers(bare(room)), now)

    def list_rooms(self, now: float) -> Request:
        """Ask for the public rooms."""
        return self._ask(GetRooms(), now)

    def typing(self, room: str, now: float) -> None:
        """Tell the others in a room that the user is typing; more often than every 3 seconds is as good as once."""
        stream = self._rooms.live_named(room)
        rested = self._typed_at is None or now - self._typed_at >= TYPING_SECONDS
        if self.phase is Phase.READY and stream is not None and rested:
            self._typed_at = now
            self._outlet.transmit(web.Typing(stream.id))

    def quit(self, now: float, words: str = "", *, stay: bool = False) -> None:
        """End the session when everything before is done: by a bye, or, to keep our place (`stay`), by hanging up."""
        self._ask(Quit(words, stay), now)

    def abandon(self) -> None:
        """End the session now. What is not settled stays in the outbox."""
        if self.phase is not Phase.OVER:
            self._end()

    def take_name(self, name: str, now: float) -> None:
        """Go on under another name, after `AskName`, or instead of the password or the invitation asked for."""
        if self.account or self._sign_in_needed:
            self.token, self.account = None, False  # the token is of no use, or another's
            self._renewed = True
        self._password = None
        self.name = name
        self._name_chosen = True
        self._go_on(now)

    def take_password(self, password: Secret, now: float) -> None:
        """Go on with the account's password, after `AskPassword`."""
        self._renewed = self._renewed or not self.account
        self._password = password
        self._go_on(now)

    def take_invitation(self, code: str, now: float) -> None:
        """Go on with an invitation, after `AskInvitation`."""
        self._invitation, self._invitation_held = code, False
        self._go_on(now)

    def take_token(self, name: str, token: str, now: float) -> None:
        """Go on as the one who was given that token meanwhile, after `AskName` or `AskPassword`."""
        self.name, self.token = name, token
        self._go_on(now)

    # Hello ---------------------------------------------------------------------------------------------------------

    def _go_on(self, now: float) -> None:
        if self.phase is Phase.ASKING:
            self._greet(now)
        elif self.phase is Phase.APART and self.connect_at is None:
            self.connect_at = now

    def _greet(self, now: float) -> None:
        if self.account and self.token is None and self._password is None:
            # A name alone would do for a guest, if the account has been deleted meanwhile.
            self._ask_user(fx.AskPassword("password_needed", f"The password of {self.name} is needed."))
            return
        self.phase = Phase.GREETING
        self._timeout = now + HELLO_SECONDS
        self._sign_in_needed = False
        name, password, invitation = self.name, None, None
        if self.token is not None:
            name = self.name if self._name_chosen else None
        elif self._password is not None:
            password = self._password.value
        elif not self._invitation_held:
            invitation = self._invitation
        seen = [web.SeenRoom(each.id, each.epoch, each.seq) for each in self._rooms.all]
        hello = web.Hello(web.PROTOCOL, name, self.token, seen, password, invitation)
        # With very many rooms the hello grows too long. What it does not say is made up for by pages of history.
        while len(web.encode(hello)) > FRAME_BYTES and seen:
            seen = seen[: len(seen) // 2]
            hello = web.Hello(web.PROTOCOL, name, self.token, seen, password, invitation)
        self._outlet.transmit(hello)

    def _ask_user(self, question: fx.AskName | fx.AskPassword | fx.AskInvitation) -> None:
        self.phase = Phase.ASKING
        self._emit(question)

    def _ready(self, frame: web.Ready, now: float) -> None:
        self.phase = Phase.READY
        self._timeout = None
        self._ready_since = now
        self._limits = frame.limits
        self._rooms.page_limit = frame.limits.page
        self._name_chosen = False
        if frame.user is not None:
            if self._met and self.user != frame.user.id:
                self._rooms.drop_others()
                self._renewed = True
            self.user = self._rooms.me = frame.user.id
            if frame.token is not None:
                self.token = frame.token
            self.name, self.account = frame.user.name, frame.user.role != GUEST
            self._password = None
            if not self._invitation_held:
                self._invitation = None
            self._emit(fx.Remember(self.name, self.token, frame.token is not None, self.account))
        self._emit(fx.Online(self.name, first=not self._met))
        self._met = True
        self._rooms.listed(frame.rooms, all_of_them=self.account and not self._renewed)
        self._renewed = False
        self._bind_entries()
        self._settle_attempted()
        self._pump(now)

    def _refused_hello(self, frame: web.Error, now: float) -> None:
        self._timeout = None
        if frame.code in _PASSWORD_REFUSED and not self._nobody:
            self._password = None
            self._ask_user(fx.AskPassword(frame.code, frame.message))
        elif frame.retry_after is not None:
            self._come_back = frame.retry_after / 1000
            self._hang_up(frame.message)
        elif frame.code in _TOKEN_REFUSED and self.token is not None:
            self._lose_token(frame)
            self._greet(now)
        elif frame.code == "account_needed" and self._invitation is not None and not self._invitation_held:
            self._invitation_held = True
            self._emit(fx.InvitationKept())
            self._greet(now)
        elif frame.code in _INVITATION_REFUSED and not self._nobody:
            message = ACCOUNT_FIRST if self._invitation_held else frame.message
            self._ask_user(fx.AskInvitation("account_needed" if self._invitation_held else frame.code, message))
        elif frame.code in _NAME_REFUSED and not self._nobody:
            self._sign_in_needed = frame.code == "sign_in_needed"
            self._ask_user(fx.AskName(frame.code, frame.message))
        elif self.phase is not Phase.ASKING:  # there, the server may grow tired of waiting; the connection will end
            self._end(frame.message)

    def _lose_token(self, frame: web.Error) -> None:
        """The server does not know our token: a guest starts anew, who has an account signs in again."""
        assert self.token is not None
        self._emit(fx.Disown(self.token))
        self.token = None
        if self.account or frame.code == "session_unknown":
            self.account = True
            self._emit(fx.SignedOut(frame.message))
        else:
            self._rooms.drop_others()
            self._renewed = True
            self._emit(fx.NewIdentity(len(self.unsent)))

    def _settle_attempted(self) -> None:
        """Find out what became of the request whose answer was lost."""
        request, self._attempted = self._attempted, None
        match request:
            case Leave(room=room) if self._rooms.named(room) is None:
                self._line.remove(request)
            case Rename(name=name) if self.name == name:
                self._line.remove(request)
                self._emit(fx.Answer(request, web.Done()))
            case SetTopic(room=room, topic=topic):
                self._line.remove(request)
                stream = self._rooms.named(room)
                if stream is not None and stream.topic == topic:
                    self._emit(fx.Answer(request, web.Done(), stream.place))
                else:
                    self._emit(fx.Uncertain(request))
            case Create(room=room) if (stream := self._rooms.live_named(room)) and stream.kind == "private":
                self._line.remove(request)
                self._emit(fx.Entered(stream.place, stream.topic, request))
            case Moderate(action=action) if action in _NOT_AGAIN:
                self._line.remove(request)
                self._emit(fx.Uncertain(request))
            case Register() if self.account:
                self._line.remove(request)
                self._emit(fx.Answer(request, web.Done()))

    # The line ------------------------------------------------------------------------------------------------------

    def _keep(self, entry: Entry, now: float) -> Entry:
        self._emit(fx.Keep(entry))
        self._line.append(entry)
        self._pump(now)
        return entry

    def _ask(self, request: Request, now: float) -> Request:
        self._line.append(request)
        self._pump(now)
        return request

    def _pump(self, now: float) -> None:
        """Start what can be started."""
        if self.phase is not Phase.READY:
            return
        if self._stalled_until > now:
            for item in [item for item in self._line if isinstance(item, Read) and not self._rooms.joining]:
                self._start_read(item)
                self._line.remove(item)
            return
        self._rooms.rejoin()
        while self._flight is None and self._line and self._start(self._line[0], now):
            pass

    def _start(self, item: Entry | Request, now: float) -> bool:
        """Start the head of the line; returns whether the line may move on."""
        if self._rooms.joining and not isinstance(item, Entry | Join | Rename | Register):
            return False  # it may be about the room that is being joined
        match item:
            case Entry():
                return self._start_entry(item)
            case Join(room=room):
                if (stream := self._joined(room)) is None:
                    return False
                self._drop_head()
                self._emit(fx.Entered(stream.place, stream.topic, item))
            case Leave(room=room) | SetTopic(room=room) | Moderate(room=room):
                if (stream := self._there(item, room)) is None:
                    self._drop_head()
                    return True
                stream.leaving = isinstance(item, Leave)
                self._fly(item)
                self._outlet.transmit(_about_room(item, stream.id, self._flight_id))
            case Rename(name=name):
                self._fly(item)
                self._outlet.transmit(web.Rename(name, self._flight_id))
            case Create(room=room, lead=lead):
                self._fly(item)
                self._rooms.plan(room, lead=lead)
                self._outlet.transmit(web.Create(room, True, self._flight_id))
            case Gather(names=names):
                self._fly(item)
                self._outlet.transmit(web.Gather(list(names), self._flight_id))
            case Register(password=password):
                self._fly(item)
                self._outlet.transmit(web.Register(password.value, self._invitation, self._flight_id))
            case Quit(words=words, stay=stay):
                if self._reads:
                    return False  # their answers are still to come
                self._start_quit(words, stay, now)
                return False
            case _:
                self._start_read(item)
                self._drop_head()
        return self._flight is None

    def _start_entry(self, entry: Entry) -> bool:
        frame: web.Send | web.Tell
        if entry.to[0] == "@" and not entry.room and SEVERAL not in entry.to:
            frame = web.Tell(entry.key, entry.to[1:], entry.text, entry.kind)
        else:
            room = self._destination(entry)
            if room is None:
                return False
            if not room:
                self._refuse(entry, "That room is not there.")
                return True
            frame = web.Send(entry.key, room, entry.text, entry.kind)
        limit = self._limits.frame_bytes
        if len(web.encode(frame)) > limit:
            # The server would end the connection, again and again.
            self._refuse(entry, f"A message has at most {limit:,} bytes. It was not sent.")
            return True
        self._fly(entry)
        self._in_doubt = entry.key
        self._outlet.transmit(frame)
        return False

    def _destination(self, entry: Entry) -> int | None:
        """Return the id of the room that a message goes to; None: it is being joined; 0: it goes nowhere."""
        name = entry.to[1:]
        if entry.room:
            there = self._rooms.get(entry.room)
            if there is not None:
                restored = fold(there.name) == fold(name) and (there.kind != "public") == entry.confined
                if there.epoch == entry.epoch or restored:
                    return there.id
            alike = self._rooms.live_named(entry.to)
            if not entry.confined and alike and alike.kind == "public" and alike.epoch != entry.epoch:
                return alike.id  # the history was restored, and the room made again
            if entry.confined or self.account:
                # We are not in it: the server only stores it if it has done so before.
                return 0 if there is not None else entry.room
        if entry.to[0] == "@" or entry.confined:
            stream = self._rooms.live_named(entry.to)
            return 0 if stream is None or stream.kind == "public" else stream.id
        stream = self._joined(name)
        return None if stream is None else stream.id

    def _bind_entries(self, out_of: Stream | None = None) -> None:
        """See to it that no message goes by name to another room than the private one it was written for.

        Args:
            out_of: a room that we were sent out of: what was written in it before does not take us back in.
        """
        private = {fold(stream.name): stream for stream in self._rooms.live if stream.kind == "private"}
        for place, item in enumerate(self._line if private or out_of else ()):
            if not isinstance(item, Entry) or item.confined or item.to[0] != "#":
                continue
            bound = None if item.room else private.get(fold(item.to[1:]))
            if out_of is not None and (item.room == out_of.id or (not item.room and out_of.is_called(item.to[1:]))):
                bound = out_of
            if bound is not None:
                entry = msgspec.structs.replace(item, room=bound.id, epoch=bound.epoch, confined=True)
                self._line[place] = entry
                if self._flight is item:
                    self._flight = entry
                self._emit(fx.Keep(entry))

    def _start_read(self, request: Read) -> None:
        place = None
        frame: web.History | web.GetMembers | web.GetRooms
        id_ = self._outlet.next_id()
        if isinstance(request, GetRooms):
            frame = web.GetRooms(id_)
        else:
            if (stream := self._there(request, request.room)) is None:
                return
            place = stream.place
            if isinstance(request, GetMembers):
                frame = web.GetMembers(stream.id, id_)
            else:
                limit = min(request.limit, self._limits.page)
                frame = web.History(stream.id, limit, before=request.before, messages=True, id=id_)
        self._reads[id_] = (request, place)
        self._outlet.transmit(frame)

    def _start_quit(self, words: str, stay: bool, now: float) -> None:
        if stay:
            self._end()
            return
        self._timeout = now + BYE_SECONDS
        self.phase = Phase.LEAVING
        self._outlet.transmit(web.Bye(words))

    def _fly(self, item: Entry | Request) -> None:
        self._flight = item
        self._flight_id = "" if isinstance(item, Entry) else self._outlet.next_id()

    def _drop_head(self) -> None:
        self._line.popleft()
        self._flight = None

    def _refuse(self, entry: Entry, why: str) -> None:
        self._drop_head()
        self._emit(fx.Settle(entry, "refused", why=why))

    def _stall(self, retry_after: int, now: float) -> None:
        self._stalled_until = max(self._stalled_until, now + max(retry_after, 1) / 1000)

    def _there(self, request: Request, room: str) -> Stream | None:
        """Return the room if we are in it; complain if not."""
        stream = self._rooms.live_named(room)
        if stream is None:
            address = room if room.startswith("@") else f"#{room}"
            self._emit(fx.Failed(request, "room_not_joined", f"You are not in {address}. Join it first."))
        return stream

    def _joined(self, room: str) -> Stream | None:
        """Return the room if we are in it; ask to join it if not."""
        stream = self._rooms.live_named(room)
        if stream is None:
            self._rooms.join(room)
        return stream

    def _note_own_name(self, stream: Stream, event: web.Event) -> None:
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

    # What the server says ------------------------------------------------------------------------------------------

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
            case web.Stored(key=key, room=room, seq=seq):
                if isinstance(self._flight, Entry) and self._flight.key == key:
                    self._emit(fx.Settle(self._flight, "stored", room, seq))
                    self._drop_head()
            case web.Joined(room=room, id=id_) | web.Watching(room=room, id=id_):
                self._joined_room(room, id_)
            case web.Left(room=room, seq=seq):
                if (stream := self._rooms.get(room)) is not None:
                    self._left(stream, seq)
            case web.Invited(name=name, by=by):
                self._emit(fx.Invited(name, by.name))
            case web.Page():
                self._page(frame)
            case web.Rooms(id=id_) | web.Members(id=id_):
                request, place = self._reads.pop(id_ or "", (None, None))
                if request is not None:
                    self._emit(fx.Answer(request, frame, place))
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
        if isinstance(request, Create | Gather) and id_ == self._flight_id:
            self._drop_head()
            self._rooms.joined(room, id_, asked=True)
            self._enter(request)
        else:
            self._rooms.joined(room, id_)
            if self._gathered and isinstance(request, Gather) and room.kind == "direct":
                self._drop_head()
                self._gathered = False
                self._enter(request)
        self._bind_entries()

    def _enter(self, request: Create | Gather) -> bool:
        """Say that what was asked for is there, if it is."""
        address = request.room if isinstance(request, Create) else conversation(request.names, self.name)
        stream = self._rooms.live_named(address)
        if stream is not None:
            self._emit(fx.Entered(stream.place, stream.topic, request))
        return stream is not None

    def _left(self, stream: Stream, seq: int) -> None:
        by = stream.sent_out
        if by is not None and by.seq == seq:
            self._bind_entries(stream)
            self._rooms.gone(stream, asked=False, by=by)
        else:
            self._rooms.gone(stream, asked=stream.leaving)

    def _page(self, frame: web.Page) -> None:
        request, place = self._reads.pop(frame.id or "", (None, None))
        if request is not None:
            self._emit(fx.Answer(request, frame, place))
        else:
            self._rooms.take_page(frame)

    def _done(self, id_: str | None) -> None:
        request = self._flight
        if request is None or isinstance(request, Entry) or id_ != self._flight_id:
            return
        if isinstance(request, Gather) and not self._enter(request):
            # The room is on its way, and what follows may be for it.
            self._gathered = True
            return
        self._drop_head()
        match request:
            case Leave(room=room):
                stream = self._rooms.named(room)
                if stream is not None and stream.leaving:
                    self._rooms.gone(stream, asked=True)
            case Rename(name=name):
                self._rename(name)
                self._emit(fx.Answer(request, web.Done()))
            case SetTopic(room=room, topic=topic):
                stream = self._rooms.named(room)
                if stream is not None:
                    stream.topic = topic
                self._emit(fx.Answer(request, web.Done(), None if stream is None else stream.place))
            case Moderate(room=room):
                stream = self._rooms.named(room)
                self._emit(fx.Answer(request, web.Done(), None if stream is None else stream.place))
            case Register():
                self.account, self._invitation = True, None
                self._remember()
                self._emit(fx.Answer(request, web.Done()))

    def _error(self, frame: web.Error, now: float) -> None:
        flight = self._flight
        if self.phase is Phase.LEAVING:
            return
        if frame.code == "session_unknown" and frame.id is frame.key is None:
            if self.token is not None:
                self._lose_token(frame)  # the server says bye next
        elif frame.code in ("name_needed", "hello_needed") and not self._nobody:
            self._hang_up(frame.message)  # the name was given up elsewhere: a new hello takes it again
        elif isinstance(flight, Entry) and frame.key == flight.key:
            self._entry_error(flight, frame, now)
        elif flight is not None and not isinstance(flight, Entry) and frame.id == self._flight_id:
            self._flight = None
            if isinstance(flight, Leave) and (stream := self._rooms.named(flight.room)) is not None:
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

    def _entry_error(self, entry: Entry, frame: web.Error, now: float) -> None:
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
            case Join(room=room) as request if fold(room) == folded:
                self._drop_head()
                self._emit(fx.Failed(request, frame.code, why))
            case Entry(to=to) as entry if to[0] == "#" and fold(to[1:]) == folded:
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

    # The end -------------------------------------------------------------------------------------------------------

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
        if self._flight is not None and not isinstance(self._flight, Entry):
            self._attempted = self._flight
        self._flight = None
        self._line.extendleft(request for request, _ in reversed(self._reads.values()))
        self._reads.clear()
        self._gathered = False
        self._stalled_until = 0.0
        self._timeout = self._ready_since = None

    def _emit(self, *effects: fx.Effect) -> None:
        self._outlet.emit(*effects)


def conversation(names: Iterable[str], me: str | None) -> str:
    """Return the address of the direct room of these people and `me`, as long as it is not known."""
    others = {fold(name): name for name in names if fold(name) != fold(me or "")}
    return "@" + SEVERAL.join(others.values())


_BYE: Final = {
    "stopping": "the server is stopping",
    "stalled": "we were too slow",
    "session": "you were signed out",
}


def _about_room(request: Leave | SetTopic | Moderate, room: int, id_: str) -> web.FromClient:
    match request:
        case Leave(words=words):
            return web.Leave(room, words, id_)
        case SetTopic(topic=topic):
            return web.SetTopic(room, topic, id_)
        case Moderate(_, action, whom, undo, until, value, why):
            return web.Moderate(room, action, whom, undo, until, value, why, id_)
