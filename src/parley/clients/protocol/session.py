"""A session, as it is used."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from parley.clients.model.names import bare, fold
from parley.clients.model.room_ref import RoomRef
from parley.clients.model.room_stream import Fault, LastSeen
from parley.clients.model.unread import UnreadCounter
from parley.clients.protocol import effects as fx
from parley.clients.protocol.requests import (
    Action,
    AskHistory,
    AskMembers,
    AskRooms,
    AskStatus,
    ChangeTopic,
    CreateRoom,
    JoinRoom,
    Kind,
    LeaveRoom,
    MakeAccount,
    ModerateRoom,
    OutboxEntry,
    Quit,
    Request,
    Secret,
    SetLevel,
    StartDirect,
    TakeName,
)
from parley.clients.protocol.room_streams import Start
from parley.wire import web

from .answers import Answers
from .state import Phase

TYPING_SECONDS: Final = 3.0
LEAD: Final = 20


class ClientSession(Answers):
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

    # What is known -----------------------------------------------------------------------------------------------

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

    def is_in_doubt(self, entry: OutboxEntry) -> bool:
        """Tell whether a message was sent and not answered: it may be stored or not. Of any other it is known."""
        return entry.key == self._in_doubt

    @property
    def seen(self) -> list[LastSeen]:
        """How far each room that we are in was shown."""
        return [stream.seen for stream in self._rooms.all if stream.begun and not stream.leaving]

    @property
    def rooms(self) -> list[RoomRef]:
        """The rooms that we are in."""
        return [stream.place for stream in self._rooms.live]

    def place_of(self, room: str) -> RoomRef | None:
        """Return the room of that name, if we are in it or were when the connection ended."""
        stream = self._rooms.named(room)
        return None if stream is None else stream.place

    def topic_of(self, room: str) -> str | None:
        """Return the topic of a room that we are in; None if we are not."""
        stream = self._rooms.live_named(room)
        return None if stream is None else stream.topic

    def marks_of(self, room: str) -> UnreadCounter | None:
        """Return what is unread in a room that we are in; None if we are not."""
        stream = self._rooms.live_named(room)
        return None if stream is None else stream.marks

    @property
    def unread(self) -> list[tuple[RoomRef, UnreadCounter]]:
        """The rooms in which something is unread."""
        return [(stream.place, stream.marks) for stream in self._rooms.live if stream.marks.unread]

    # What the connection tells -----------------------------------------------------------------------------------

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

    # What the user wants -----------------------------------------------------------------------------------------

    def say(self, room: str, text: str, now: float, kind: Kind = "message", key: str | None = None) -> OutboxEntry:
        """Say something in a room; `kind` "action" says what one does. The room is joined if need be.

        Args:
            key: the message's key if it is an earlier attempt made again.
        """
        stream, key = self._rooms.named(room), key or self._new_key()
        to = room if room.startswith("@") else "#" + bare(room)
        if stream is None:
            # What is written for a private room that is being made must not go to a public one if it can't be.
            made = any(isinstance(item, CreateRoom) and fold(item.room) == fold(to[1:]) for item in self._line)
            return self._keep(OutboxEntry(key, to, text, kind, confined=made), now)
        return self._keep(OutboxEntry(key, to, text, kind, stream.id, stream.epoch, stream.kind != "public"), now)

    def action(self, room: str, text: str, now: float) -> OutboxEntry:
        """Say what one does."""
        return self.say(room, text, now, "action")

    def create(self, room: str, now: float, lead: int = LEAD) -> Request:
        """Make a room that people enter by invitation."""
        return self._ask(CreateRoom(bare(room), lead), now)

    def gather(self, names: Iterable[str], now: float) -> Request:
        """Begin a direct conversation with these people, or go back to it."""
        return self._ask(StartDirect(tuple(names)), now)

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
        return self._ask(ModerateRoom(bare(room), action, whom, undo, until, value, why), now)

    def register(self, password: Secret, now: float) -> Request:
        """Make an account of our name, with that password."""
        return self._ask(MakeAccount(password), now)

    def tell(self, person: str, text: str, now: float) -> OutboxEntry:
        """Say something to one person."""
        return self._keep(OutboxEntry(self._new_key(), "@" + person, text), now)

    def join(self, room: str, now: float, lead: int = LEAD) -> Request:
        """Enter a room; if it is entered for the first time, its last `lead` messages are shown first."""
        room = bare(room)
        self._rooms.plan(room, lead=lead)
        return self._ask(JoinRoom(room, lead), now)

    def watch(self, room: str, now: float, start: Start, restart: Start) -> Request:
        """Follow a room from `start` on, as an observer; from `restart` on if its history is replaced by another."""
        room = bare(room)
        self._rooms.plan(room, start=start, restart=restart)
        return self._ask(JoinRoom(room), now)

    def leave(self, room: str, now: float, words: str = "") -> Request:
        """Leave a room, with parting words."""
        return self._ask(LeaveRoom(bare(room), words), now)

    def rename(self, name: str, now: float) -> Request:
        """Take another name."""
        return self._ask(TakeName(name), now)

    def topic(self, room: str, topic: str, now: float) -> Request:
        """Set a room's topic; empty clears it."""
        return self._ask(ChangeTopic(bare(room), topic), now)

    def history(self, room: str, limit: int, now: float, before: int | None = None) -> Request:
        """Ask for a room's last `limit` messages (those before the seq `before`, if it is given)."""
        return self._ask(AskHistory(bare(room), limit, before), now)

    def members(self, room: str, now: float) -> Request:
        """Ask who is in a room."""
        return self._ask(AskMembers(bare(room)), now)

    def list_rooms(self, now: float) -> Request:
        """Ask for the public rooms."""
        return self._ask(AskRooms(), now)

    def status(self, room: str, seq: int, now: float) -> Request:
        """Ask who has a message of a room, and who has read it."""
        return self._ask(AskStatus(bare(room), seq), now)

    def prefer(self, room: str, level: web.Level, now: float) -> Request:
        """Say what of a room the user wants to be told of, on all their devices."""
        return self._ask(SetLevel(bare(room), level), now)

    def acknowledge(self, read: Collection[int] = ()) -> None:
        """Tell the server that what was shown so far has arrived, and that of these rooms, by id, it was read. To be
        called when it is kept how far rooms were shown (`seen`), and at most once a second.
        """
        if self.phase is Phase.READY:
            self._rooms.acknowledge(read)

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
