"""A user's session with a server, over any number of connections, without I/O."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final

from msgspec import structs

from parley.clients.model.names import bare
from parley.clients.model.room_ref import RoomRef
from parley.clients.model.room_stream import Fault, LastSeen
from parley.clients.model.unread import UnreadCounter
from parley.wire import web

from . import effects as fx
from .connection_state import ConnectionState, Phase
from .greeting import Greeting
from .outlet import Outlet
from .posting import Posting
from .questions import Questions
from .queues import ConversationQueues
from .requests import Kind, MessageRequest, OutboxEntry, Quit, Secret, UserRequest
from .room_streams import RoomStreams

TYPING_SECONDS: Final = 3.0

_BYE: Final = {"stopping": "the server is stopping", "stalled": "we were too slow", "session": "you were signed out"}


class ClientSession:
    """One user, or an observer, and one server.

    The order of calls. Whoever drives the session (`parley.clients.net.transport`) calls

        connected(now)          when a connection was made; make one when `connect_at` has come
        receive(frame, now)     for each frame of the server
        lost(now, why)          when the connection has ended, after `Hangup` as well, or could not be made
        tick(now)               when `deadline` has come
        say, tell, ask, typing  for requests of the user, at any time, with a connection or without one
        acknowledge(read)       after `seen` was stored

    and after each of these `effects()`. It performs the returned effects in order (`.effects`); those for the outbox
    must be on disk before it performs any other. It stops after `Over`. After `AskName`, `AskPassword` or
    `AskInvitation` the session waits for `take_name`, `take_password`, `take_invitation` or `take_token`; the
    connection may end meanwhile. `now` is in seconds of any clock that never goes back.

    The phases of a connection are a table (`.connection_state.TRANSITIONS`). The session itself only passes calls and
    frames to its parts:

        Greeting            the user's identity; hello and the answers to it
        RoomStreams         the events of the rooms, without gaps and duplicates; unread counts
        ConversationQueues  the order of messages and requests: a queue for each conversation
        Posting             sending messages
        Questions           requests and their answers

    After a lost connection, hello has the last event shown of each room. If the server does not list a room any more,
    the session joins it again, unless the user has left it or has an account: the owner of an account stays a member
    without a connection.

    Args:
        name: the user's name; None for an observer, who can only watch.
        token: the token from an earlier session, if there is one.
        account: whether the name belongs to an account, as far as the client knows. If so, the session never becomes a
            guest without asking the user.
        password: the account's password, used if there is no valid token.
        invitation: the code of an invitation.
        seen: the last event that an earlier session has shown of each room.
        entries: messages of earlier sessions that are not settled, in order.
        new_key: returns a new key for a message.
        random: returns a number in [0, 1).
        new_token: returns a new token for a guest, of 64 random hexadecimal digits; None: the server makes it.
        offered: the token that an earlier session has offered without getting an answer.
        follow: False for a session that only sends: no events are shown or caught up.
        watching: whether rooms are watched instead of joined; always so for an observer.
        fold: whether long runs of comings and goings may come as `Folded` in pages of history.

    Attributes:
        name, token, account, user: who the user is; see `.greeting.Greeting`.
        phase, connect_at: the state of the connection; see `.connection_state.ConnectionState`.
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
        seen: Iterable[LastSeen] = (),
        entries: Iterable[OutboxEntry] = (),
        follow: bool = True,
        watching: bool = False,
        new_token: Callable[[], str] | None = None,
        offered: str | None = None,
        fold: bool = False,
    ) -> None:
        self._new_key = new_key
        self._typed_at: float | None = None
        self._outlet = Outlet()
        self._queues = ConversationQueues()
        self._connection = ConnectionState(self._outlet, random)
        observer = watching or name is None
        self._rooms = RoomStreams(seen, self._outlet, observer=observer, follow=follow, fold=fold)
        parts = self._outlet, self._connection, self._rooms
        self._greeting = Greeting(
            *parts,
            lambda: len(self._queues.entries),
            name,
            token,
            account,
            password,
            invitation,
            new_token,
            offered,
        )
        self._rooms.renamed = self._greeting.renamed
        self._posting = Posting(self._outlet, self._rooms, self._queues, self._greeting)
        self._questions = Questions(self._outlet, self._rooms, self._queues, self._greeting)
        for entry in entries:
            self._posting.add(entry, maybe_sent=True)

    # The state

    def effects(self) -> list[fx.Effect]:
        """Return what has to be done since the last call, in order."""
        return self._outlet.take()

    @property
    def name(self) -> str | None:
        return self._greeting.name

    @property
    def token(self) -> str | None:
        return self._greeting.token

    @property
    def account(self) -> bool:
        return self._greeting.account

    @property
    def user(self) -> int | None:
        return self._greeting.user

    @property
    def phase(self) -> Phase:
        return self._connection.phase

    @property
    def connect_at(self) -> float | None:
        return self._connection.connect_at

    @property
    def deadline(self) -> float | None:
        """The time at which `tick` has to be called; None if it need not be called."""
        times = (self._connection.deadline, self._queues.deadline if self.phase is Phase.READY else None)
        return min((time for time in times if time is not None), default=None)

    @property
    def unsent(self) -> list[OutboxEntry]:
        """The messages that are not settled, in order."""
        items = (waiting.item for waiting in self._queues.entries.values())
        return [item for item in items if isinstance(item, OutboxEntry)]

    def is_in_doubt(self, entry: OutboxEntry) -> bool:
        """Return whether a message was sent and not answered, so that nobody knows whether the server has stored it."""
        return self._posting.is_in_doubt(entry)

    @property
    def seen(self) -> list[LastSeen]:
        """The last event shown of each room that the user is in."""
        return [stream.seen for stream in self._rooms.all if stream.begun and not stream.leaving]

    @property
    def rooms(self) -> list[RoomRef]:
        """The rooms that the user is in."""
        return [stream.place for stream in self._rooms.live]

    def place_of(self, room: str) -> RoomRef | None:
        """Return the room of that name, if the user is in it or was when the connection ended."""
        stream = self._rooms.named(room)
        return None if stream is None else stream.place

    def topic_of(self, room: str) -> str | None:
        """Return the topic of a room that the user is in; None if they are not."""
        stream = self._rooms.live_named(room)
        return None if stream is None else stream.topic

    def floor_of(self, place: RoomRef) -> int:
        """Return the number of the first event of a room that the user may see."""
        stream = self._rooms.get(place.id)
        return 1 if stream is None else stream.floor

    def unread_in(self, room: str) -> UnreadCounter | None:
        """Return the unread counts of a room that the user is in; None if they are not in it."""
        stream = self._rooms.live_named(room)
        return None if stream is None else stream.unread

    @property
    def unread(self) -> list[tuple[RoomRef, UnreadCounter]]:
        """The rooms with unread messages."""
        return [(stream.place, stream.unread) for stream in self._rooms.live if stream.unread.unread]

    # Calls of the connection

    def connected(self, now: float) -> None:
        """Call it when a connection was made."""
        if self.phase is Phase.APART:
            self._connection.opened()
            self._greeting.greet(now)

    def receive(self, data: bytes | str, now: float) -> None:
        """Handle a frame of the server."""
        if self.phase in (Phase.APART, Phase.CLOSING, Phase.OVER):
            return
        try:
            frame = web.decode_from_server(data)
        except web.FrameError as error:
            self._connection.hang_up(f"the server sent what could not be read: {error}")
            return
        if frame is None:
            return
        try:
            if self.phase in (Phase.GREETING, Phase.ASKING):
                self._receive_before_ready(frame, now)
            else:
                self._receive(frame, now)
                self._pump(now)
        except Fault as fault:
            self._connection.hang_up(str(fault))

    def _receive_before_ready(self, frame: web.FromServer, now: float) -> None:
        match frame:
            case web.Ready():
                self._posting.frame_bytes = frame.limits.frame_bytes
                self._rooms.page_limit = frame.limits.page
                self._greeting.ready(frame, now)
                self._posting.bind()
                self._questions.settle_attempted()
                self._pump(now)
            case web.Error():
                self._greeting.refused(frame, now)
            case web.Goodbye():
                self._goodbye(frame)

    def _receive(self, frame: web.FromServer, now: float) -> None:
        match frame:
            case web.Events():
                self._rooms.take(frame)
            case web.Unread(room=room):
                if (stream := self._rooms.get(room)) is not None:
                    stream.unread.take(frame)
            case web.Preferred(room=room, level=level):
                if (stream := self._rooms.get(room)) is not None:
                    stream.unread.level = level
            case web.Stored():
                self._posting.stored(frame)
            case web.Joined(room=joined, id=id_) | web.Watching(room=joined, id=id_):
                self._questions.joined(joined, id_)
                self._posting.bind()
            case web.Left(room=room, seq=seq):
                if (stream := self._rooms.get(room)) is not None:
                    if stream.sent_out is not None and stream.sent_out.seq == seq:
                        self._posting.bind(out_of=stream)
                    self._rooms.left(stream, seq)
            case web.Invited(name=name, by=by):
                self._outlet.emit(fx.InvitedTo(name, by.name))
            case web.Page():
                if not self._questions.answered(frame):
                    self._rooms.take_page(frame)
            case web.Rooms() | web.Members() | web.ServerInfo() | web.Versions():
                self._questions.answered(frame)
            case web.Done():
                self._questions.done(frame)
            case web.Signal(room=room):
                stream = self._rooms.get(room)
                if stream is not None and frame.user != self.user:
                    self._outlet.emit(fx.Hint(stream.place, frame))
            case web.Error() if self.phase is not Phase.LEAVING:
                self._error(frame, now)
            case web.Goodbye():
                self._goodbye(frame)

    def _error(self, frame: web.Error, now: float) -> None:
        if frame.code == "session_unknown" and frame.id is frame.key is None:
            if self.token is not None:
                self._greeting.lose_token(frame)  # the server sends bye next
        elif frame.code in ("name_needed", "hello_needed") and not self._greeting.observer:
            # Another client of the user has released the name; a new hello takes it again.
            self._connection.hang_up(frame.message)
        elif self._posting.refused(frame, now) or self._questions.refused(frame, now):
            pass
        elif self._rooms.has_asked(frame.id):
            why = "" if self._queues.postpone(frame, now) else frame.message or frame.code
            room = self._rooms.refused(frame.id, why)
            if room is not None and why:
                self._questions.join_refused(room, frame.code, why)
                self._posting.join_refused(room, why)
        elif frame.key is None and frame.id is None:
            self._outlet.emit(fx.Complaint(frame.code, frame.message))

    def _goodbye(self, frame: web.Goodbye) -> None:
        if self.phase is Phase.LEAVING:
            self._end()
            return
        if frame.retry_after is not None:
            self._connection.come_back_in(frame.retry_after / 1000)
        elif frame.reason == "stalled":
            self._connection.come_back_in(0.0)
        self._connection.hang_up(_BYE.get(frame.reason or "", "the server said bye"))

    def lost(self, now: float, why: str = "") -> None:
        """Call it when the connection has ended or could not be made; `why` is the reason in words."""
        if self.phase is Phase.OVER:
            return
        if self.phase is Phase.LEAVING:
            self._end()
            return
        self._rooms.lost()
        self._posting.lost()
        self._questions.lost()
        self._queues.lost()
        self._connection.lost(now, why)

    def tick(self, now: float) -> None:
        """Call it when `deadline` has come."""
        if self._connection.deadline is not None and now >= self._connection.deadline:
            self._connection.deadline = None
            if self.phase is Phase.LEAVING:
                self._end()
            else:
                self._connection.hang_up("the server does not answer")
        if self.phase is Phase.READY and self._queues.wake(now):
            self._rooms.ask_pages()
        self._pump(now)

    def _pump(self, now: float) -> None:
        """Send all messages and requests that can be sent now."""
        if self.phase is not Phase.READY:
            return
        if not self._queues.stalled(now):
            self._rooms.rejoin()
        self._questions.start_queries(now)
        while self._start_heads(now):
            self._questions.start_queries(now)
        if (request := self._questions.due_to_quit(now)) is not None:
            self._quit(request, now)

    def _start_heads(self, now: float) -> bool:
        """Start the first item of each queue. Return True if one was settled at once, so that its queue has a new first
        item.
        """
        settled = False
        for waiting in self._queues.heads(now):
            if isinstance(waiting.item, OutboxEntry):
                settled |= self._posting.start(waiting, waiting.item)
            else:
                settled |= self._questions.start(waiting, waiting.item)
        return settled

    def _quit(self, request: Quit, now: float) -> None:
        # Acknowledge here, because a session may quit before the interval of acknowledgements has passed.
        self._rooms.acknowledge(())
        if request.stay:
            self._end()
        else:
            self._connection.leave(now)
            self._outlet.transmit(web.Bye(request.words))

    def _end(self) -> None:
        if self.phase is Phase.LEAVING and not self.account:
            self._rooms.drop("public", "private")  # a guest stays a member of direct rooms
        self._connection.end()

    # Calls of the user

    def say(
        self,
        room: str,
        text: str,
        now: float,
        kind: Kind = "message",
        key: str | None = None,
        *,
        reply: int = 0,
        thread: int = 0,
    ) -> OutboxEntry:
        """Send a message to a room, which is joined if the user is not in it. With the `kind` "action" the text says
        what the user does.

        Args:
            key: the key of an earlier attempt, to repeat it.
            reply, thread: see `OutboxEntry`.
        """
        stream, key = self._rooms.named(room), key or self._new_key()
        to = room if room.startswith("@") else "#" + bare(room)
        if stream is None:
            # If the private room of that name is still being created, the message must not go to a public room of that
            # name if the creation fails.
            entry = OutboxEntry(
                key, to, text, kind, confined=self._questions.is_creating(to[1:]), reply=reply, thread=thread
            )
        else:
            place = stream.id, stream.epoch, stream.kind != "public"
            entry = OutboxEntry(key, to, text, kind, *place, reply, thread)
        return self._keep(entry, now)

    def tell(self, person: str, text: str, now: float) -> OutboxEntry:
        """Send a message to one person, in the direct room of the two."""
        return self._keep(OutboxEntry(self._new_key(), "@" + person, text), now)

    def _keep(self, entry: OutboxEntry, now: float) -> OutboxEntry:
        self._posting.keep(entry)
        self._pump(now)
        return entry

    def rewrite(self, entry: OutboxEntry, text: str) -> bool:
        """Change the text of a message that is not settled. Return False if it was sent, so that the server may have
        stored it as it was.
        """
        return self._posting.rewrite(entry, text)

    def discard(self, entry: OutboxEntry) -> bool:
        """Delete a message that is not settled. Return False if it was sent; see `rewrite`."""
        return self._posting.discard(entry)

    def ask(self, request: UserRequest, now: float) -> None:
        """Take a request. Its result is one of `Entered`, `Answered`, `Failed` and `Uncertain`."""
        if isinstance(request, MessageRequest):
            stream = self._rooms.named(request.room)
            epoch = "" if stream is None else stream.epoch
            request = structs.replace(request, key=self._new_key(), epoch=epoch)
        self._questions.ask(request)
        self._pump(now)

    def acknowledge(self, read: Collection[int] = ()) -> None:
        """Tell the server that the shown events were delivered, and that the rooms whose ids are in `read` were read.

        Call it after `seen` was stored, and at most once a second.
        """
        if self.phase is Phase.READY:
            self._rooms.acknowledge(read)

    def typing(self, room: str, now: float) -> None:
        """Tell the others in a room that the user is typing; calls within 3 seconds of the last one do nothing."""
        stream = self._rooms.live_named(room)
        rested = self._typed_at is None or now - self._typed_at >= TYPING_SECONDS
        if self.phase is Phase.READY and stream is not None and rested:
            self._typed_at = now
            self._outlet.transmit(web.Typing(stream.id))

    def abandon(self) -> None:
        """End the session now. Messages that are not settled stay in the outbox."""
        if self.phase is not Phase.OVER:
            self._end()

    def take_name(self, name: str, now: float) -> None:
        """Continue with another name, after `AskName`, or instead of the password or the invitation that was asked
        for.
        """
        self._greeting.take_name(name, now)

    def take_password(self, password: Secret, now: float) -> None:
        """Continue with the account's password, after `AskPassword`."""
        self._greeting.take_password(password, now)

    def take_invitation(self, code: str, now: float) -> None:
        """Continue with an invitation, after `AskInvitation`."""
        self._greeting.take_invitation(code, now)

    def take_token(self, name: str, token: str, now: float) -> None:
        """Continue with a token that another client of the same user has received, after `AskName` or `AskPassword`."""
        self._greeting.take_token(name, token, now)
