"""The session against a model of the server, with lost connections, kills, refusals and restores at random.

No message is lost, duplicated or out of order in its conversation, neither in the server's logs nor on the screen. The
seqs that a client acknowledges never decrease. A message from a private room is never stored in another room, a message
that is reported as refused is not stored, and the owner of an account never becomes another user.
"""

from __future__ import annotations

import random
from collections import deque
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from parley.clients.model.room_ref import RoomRef
from parley.clients.model.room_stream import LastSeen
from parley.clients.protocol import effects as fx
from parley.clients.protocol.connection_state import Phase
from parley.clients.protocol.requests import (
    AskHistory,
    AskMembers,
    AskRooms,
    ChangeTopic,
    JoinRoom,
    LeaveRoom,
    OutboxEntry,
    Secret,
    TakeName,
)
from parley.clients.protocol.session import ClientSession
from parley.wire import web
from tests.clients.model import EVE, Connection, Server

ROOMS = ("lobby", "tea")
DEN = "den"
"""A private room that eve owns."""


class MemoryOutbox:
    """An outbox in memory, which survives when the client is killed."""

    def __init__(self) -> None:
        self.token: str | None = None
        self.offered: str | None = None
        self.account = False
        self.name = "bob"
        self.entries: list[OutboxEntry] = []
        self.seen: dict[int, LastSeen] = {}

    def perform(self, effects: list[fx.Effect]) -> None:
        for effect in effects:
            match effect:
                case fx.Keep(entry=entry):
                    keys = [each.key for each in self.entries]
                    place = keys.index(entry.key) if entry.key in keys else len(keys)
                    self.entries[place : place + 1] = [entry]
                case fx.Settle(entry=entry):
                    self.entries = [each for each in self.entries if each.key != entry.key]
                case fx.Remember(name=name, token=token, account=account):
                    self.name, self.token, self.account, self.offered = name, token, account, None
                case fx.Offer(token=token):
                    self.offered = token
                case fx.Disown(token=token) if token == self.token:
                    self.token = None
                case fx.Forget(room=room):
                    self.seen.pop(room, None)


class Accidents(RuleBasedStateMachine):
    """One client, one server, and a network that delivers frames one by one or loses them."""

    account = False

    def __init__(self) -> None:
        super().__init__()
        self.server = Server()
        self.server.room(DEN, "private").members.add(EVE)
        if self.account:
            self.bob = self.server.register("bob", "swordfish")
        for room in ROOMS:
            self.server.other_says(room, f"first of {room}")
        self.now = 0.0
        self.random = random.Random(1)
        self.outbox = MemoryOutbox()
        self.keys = (f"key{number:06d}" for number in count())
        self.names = (f"bob{number}" for number in count())
        self.to_server: deque[tuple[Connection, bytes]] = deque()
        self.to_client: deque[bytes] = deque()
        self.connection: Connection | None = None
        self.said: dict[str, list[str]] = {room: [] for room in ROOMS}  # the texts of the user's messages, in order
        self.told: list[str] = []
        self.hushed: list[str] = []  # texts that were written in the den
        self.sent_out = False
        self.may_double: set[str] = set()
        self.number = count()
        self.start_client()

    # The client -----------------------------------------------------------------------------------------------------

    def start_client(self) -> None:
        self.session = ClientSession(
            name=self.outbox.name,
            token=self.outbox.token,
            account=self.outbox.account,
            offered=self.outbox.offered,
            new_token=lambda: f"of the client {next(self.number)}",
            seen=list(self.outbox.seen.values()),
            entries=list(self.outbox.entries),
            new_key=lambda: next(self.keys),
            random=self.random.random,
        )
        self.shown: dict[int, list[tuple[str, web.Event]]] = {}
        self.led: set[int] = set()
        self.session.ask(JoinRoom("lobby", lead=3), self.now)
        self.perform()

    def perform(self) -> None:
        while effects := self.session.effects():
            self.outbox.perform(effects)
            for effect in effects:
                match effect:
                    case fx.Transmit(frame=frame):
                        assert self.connection is not None
                        self.check_marks(web.decode_from_client(frame))
                        self.to_server.append((self.connection, frame))
                    case fx.Hangup(why=why):
                        assert "missing" not in why, why
                        assert "read" not in why, why
                        self.cut()
                    case fx.AskName():
                        self.session.take_name(next(self.names), self.now)
                    case fx.AskPassword(code="sign_in_wrong"):
                        self.session.take_name(self.server.names[self.bob], self.now)  # the user was renamed meanwhile
                    case fx.AskPassword():
                        self.session.take_password(Secret("swordfish"), self.now)
                    case fx.Online():
                        assert not self.account or self.session.user == self.bob
                    case fx.NewIdentity():
                        assert not self.account
                        # The user is told that messages without an answer may be stored twice.
                        self.may_double |= {entry.text for entry in self.session.unsent}
                    case fx.Show(place=place, events=events, lead=lead):
                        self.check_shown(place, events, lead)
                    case fx.Rewound(place=place):
                        self.shown.pop(place.id, None)
                        self.led.discard(place.id)
                    case fx.Forget(room=room):
                        # The room belonged to another identity. If the new one joins it on another device, it is shown
                        # from that join on.
                        self.shown.pop(room, None)
                        self.led.discard(room)
                    case fx.Exited(place=place):
                        self.shown.pop(place.id, None)
                        self.led.discard(place.id)
                    case fx.Settle(entry=entry, state="refused"):
                        self.take_refusal(entry)
                    case fx.Settle(entry=entry, room=room, seq=seq):
                        event = self.server.rooms[room].log[seq - 1]
                        assert event.text == entry.text
                    case fx.Failed(code=code):
                        assert code in ("name_taken", "room_not_joined", "room_unknown"), effect
        for seen in self.session.seen:
            before = self.outbox.seen.get(seen.room)
            assert before is None or before.epoch != seen.epoch or before.seq <= seen.seq
            self.outbox.seen[seen.room] = seen

    def check_marks(self, frame: web.FromClient) -> None:
        """Check that acknowledged events are stored as seen, so that the client never requests them again."""
        if isinstance(frame, web.Got | web.Read):
            assert frame.seq <= self.outbox.seen[frame.room].seq

    def take_refusal(self, entry: OutboxEntry) -> None:
        if "\x07" in entry.text:
            return
        assert self.account or self.sent_out or entry.text in self.hushed
        for said in (*self.said.values(), self.hushed):
            if entry.text in said:
                said.remove(entry.text)
        if entry.text not in self.may_double:
            assert all(event.text != entry.text for room in self.server.rooms.values() for event in room.log)

    def check_shown(self, place: RoomRef, events: list[web.Event], lead: bool) -> None:
        room = self.server.rooms[place.id]
        before = self.shown.setdefault(place.id, [])
        if lead:
            assert not before, "a lead after events"
            assert place.id not in self.led
            self.led.add(place.id)
        elif before and not (events[0].kind == "joined" and events[0].user == self.session.user):
            assert events[0].seq == before[-1][1].seq + 1
        if not lead:
            assert [event.seq for event in events] == list(range(events[0].seq, events[0].seq + len(events)))
        for event in events:
            if room.epoch == place.epoch:  # else the server was restored meanwhile
                assert room.log[event.seq - 1] == event
        if not lead:
            before += [(place.epoch, event) for event in events]

    # Steps ---------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        assert self.session.connect_at is not None
        self.now = max(self.now, self.session.connect_at)
        self.connection = self.server.accept(lambda frame: self.arrive(frame, number))
        number = self.epoch_of_connection = next(self.number)
        self.session.connected(self.now)
        self.perform()

    def arrive(self, frame: web.FromServer, number: int) -> None:
        if self.connection is not None and number == self.epoch_of_connection:
            self.to_client.append(web.encode(frame))

    @rule(frames=st.integers(1, 40), server_first=st.booleans())
    def flow(self, frames: int, server_first: bool) -> None:
        """Deliver up to that many frames, in both directions."""
        for _ in range(frames):
            if self.connection is None and self.session.connect_at is not None:
                self.connect()
            elif self.to_server and (server_first or not self.to_client):
                self.server_reads()
            elif self.to_client:
                self.client_reads()

    @rule(frames=st.integers(1, 5))
    def server_reads(self, frames: int = 1) -> None:
        for _ in range(min(frames, len(self.to_server))):
            connection, data = self.to_server.popleft()
            if not connection.closed:
                self.server.receive(connection, data)

    @rule(frames=st.integers(1, 5))
    def client_reads(self, frames: int = 1) -> None:
        for _ in range(frames):
            if self.to_client:  # a closed connection may have emptied the queue
                self.session.receive(self.to_client.popleft(), self.now)
                self.perform()

    @rule(
        accident=st.sampled_from(
            ["cut", "cut late", "server restarts", "client is killed", "hold runs out", "no tokens"]
        )
    )
    def accident(self, accident: str) -> None:
        if accident.startswith("cut") and self.connection is not None:
            self.cut(late=accident == "cut late")
            self.perform()
        elif accident == "server restarts":
            self.restart_server()
        elif accident == "client is killed":
            self.kill_client()
        elif accident == "hold runs out":
            self.server.expire()
        elif accident == "no tokens":
            self.server.forget_tokens()

    def cut(self, late: bool = False) -> None:
        """End the connection. If `late`, the server still reads frames that were sent on this connection, even during
        the next one.
        """
        assert self.connection is not None
        if not late:
            self.to_server = deque(each for each in self.to_server if each[0] is not self.connection)
            self.connection.closed = True
            if self.connection in self.server.connections:
                self.server.connections.remove(self.connection)
        self.connection = None
        self.to_client.clear()
        if self.session.phase is not Phase.OVER:
            self.session.lost(self.now)

    def restart_server(self) -> None:
        self.server.hang_up_all()
        self.to_server.clear()
        if self.connection is not None:
            self.cut()
            self.perform()

    def kill_client(self) -> None:
        self.connection = None
        self.to_client.clear()
        self.server.hang_up_all()
        self.start_client()

    @rule(back=st.integers(0, 3))
    def restore_backup(self, back: int) -> None:
        self.restart_server()
        room = self.server.room("lobby")
        unsent = {entry.text for entry in self.session.unsent}
        for event in room.log[max(1, room.tip - back) :]:
            # Messages that the client knows to be stored are lost, as with any restored backup. All others are sent
            # again.
            if event.text in self.said["lobby"] and event.text not in unsent:
                self.said["lobby"].remove(event.text)
        self.server.restore("lobby", max(1, room.tip - back))

    @rule(code=st.sampled_from(["too_fast", "not_stored"]), times=st.integers(1, 2))
    def server_refuses(self, code: str, times: int) -> None:
        self.server.refuse_next += [code] * times

    @rule(room=st.sampled_from(ROOMS), times=st.integers(1, 2))
    def room_is_slow(self, room: str, times: int) -> None:
        self.server.slow[self.server.room(room).id] = times

    @rule(room=st.sampled_from(ROOMS), times=st.integers(1, 12), naming=st.sampled_from(["", "", "us", "all"]))
    def others_talk(self, room: str, times: int, naming: str) -> None:
        named = {"us": (self.session.user or EVE,), "all": (0,)}.get(naming, ())
        for _ in range(times):
            self.server.other_says(room, f"other {next(self.number)}", *named)

    @rule(reads=st.booleans())
    def acknowledge(self, reads: bool) -> None:
        self.session.acknowledge({place.id for place in self.session.rooms} if reads else ())
        self.perform()

    @rule(room=st.sampled_from(ROOMS), back=st.integers(0, 3))
    def other_device_reads(self, room: str, back: int) -> None:
        found, user = self.server.room(room), self.session.user
        if user in found.members:
            elsewhere = Connection(lambda frame: None, user, greeted=True)
            self.server.receive(elsewhere, web.encode(web.Read(found.id, max(1, found.tip - back))))

    @rule(room=st.sampled_from(ROOMS), times=st.integers(1, 3), bad=st.booleans())
    def say(self, room: str, times: int, bad: bool) -> None:
        for _ in range(times):
            text = f"said {next(self.number)}" + "\x07" * bad
            if not bad:
                self.said[room].append(text)
            self.session.say(room, text, self.now)
        self.perform()

    @rule(times=st.integers(1, 3))
    def whisper(self, times: int) -> None:
        place = self.session.place_of(DEN)
        for _ in range(times if place is not None and place.kind == "private" else 0):
            self.hushed.append(f"hushed {next(self.number)}")
            self.session.say(DEN, self.hushed[-1], self.now)
        self.perform()

    @rule(comes=st.booleans())
    @precondition(lambda self: self.session.user in self.server.names)
    def eve_invites(self, comes: bool) -> None:
        """Eve invites the user to her den, who joins from another device; she may kick them first."""
        den, user = self.server.room(DEN, "private"), self.session.user
        assert user is not None
        if user in den.members:
            self.server.kick(den, user)
        if comes:
            den.invited.add(user)
            self.server.enter(den, user)
            self.server.append(den, EVE, "eve", "message", f"hush {next(self.number)}")

    @rule(room=st.sampled_from(ROOMS))
    def eve_sends_out(self, room: str) -> None:
        found, user = self.server.room(room), self.session.user
        if user in found.members and user in self.server.names:
            self.sent_out = True
            self.server.kick(found, user)

    @rule(times=st.integers(1, 3))
    def tell(self, times: int) -> None:
        for _ in range(times):
            text = f"told {next(self.number)}"
            self.told.append(text)
            self.session.tell("eve", text, self.now)
        self.perform()

    @rule(times=st.integers(1, 9))
    @precondition(lambda self: self.session.user is not None)
    def eve_tells(self, times: int) -> None:
        assert self.session.user is not None
        room = self.server.direct(EVE, self.session.user)
        for _ in range(times):
            self.server.append(room, EVE, "eve", "message", f"eve {next(self.number)}")

    @rule(
        room=st.sampled_from(ROOMS),
        what=st.sampled_from(["join", "leave", "left elsewhere", "read", "topic", "rename"]),
    )
    def do(self, room: str, what: str) -> None:
        session, now = self.session, self.now
        if what == "join":
            session.ask(JoinRoom(room, lead=3), now)
        elif what == "leave":
            session.ask(LeaveRoom(room), now)
        elif what == "left elsewhere":
            found, user = self.server.room(room), session.user
            if user in found.members and user in self.server.names:
                self.server.leave(found, user)
        elif what == "read":
            session.ask(AskRooms(), now)
            session.ask(AskMembers(room), now)
            session.ask(AskHistory(room, 5), now)
        elif what == "topic":
            session.ask(ChangeTopic(room, f"topic {next(self.number)}"), now)
            session.typing(room, now)
        else:
            session.ask(TakeName(next(self.names)), now)
        self.perform()

    @rule()
    @precondition(lambda self: self.session.deadline is not None)
    def time_passes(self) -> None:
        assert self.session.deadline is not None
        self.now = max(self.now, self.session.deadline)
        self.session.tick(self.now)
        self.perform()

    # Checks at the end
    # ----------------------------------------------------------------------------------------------------

    def check_unread(self) -> None:
        """Check that the client's unread counts equal those of the server."""
        for place in self.session.rooms:
            found = self.session.place_of(place.address)
            marks = self.session.unread_in(place.address)
            if found is not None and found.id == place.id and marks is not None and self.session.user is not None:
                counted = self.server.rooms[place.id].unread(self.session.user)
                assert (marks.unread, marks.mentions) == counted, place

    def teardown(self) -> None:
        self.settle()
        self.check_unread()
        self.acknowledge(True)
        self.settle()
        self.check_unread()
        assert not self.session.unread
        self.check_all()

    def settle(self) -> None:
        for _ in range(5000):
            if self.connection is None:
                if self.session.connect_at is None:
                    break
                self.connect()
            elif self.to_server:
                self.server_reads()
            elif self.to_client:
                self.client_reads()
            elif self.session.deadline is not None and self.session.phase is Phase.READY:
                self.time_passes()
            else:
                break

    def check_all(self) -> None:
        assert self.session.phase is Phase.READY, self.session.phase
        assert not self.session.unsent
        for name, said in self.said.items():
            room = self.server.room(name)
            stored = [event.text for event in room.log if event.kind == "message" and event.user != EVE]
            if not self.may_double:
                assert stored == said
            else:
                firsts = list(dict.fromkeys(stored))
                assert set(said) <= set(firsts)
                assert {text for text in firsts if stored.count(text) > 1} <= self.may_double
        hushed = [event.text for event in self.server.room(DEN, "private").log if event.text.startswith("hushed")]
        assert hushed == self.hushed if not self.may_double else set(self.hushed) <= set(hushed)
        for room in self.server.rooms.values():
            if room.kind == "public":
                assert not [event for event in room.log if event.text.startswith("hush")]
        direct = [event for room in self.server.rooms.values() if room.kind == "direct" for event in room.log]
        told = [event.text for event in direct if event.kind == "message" and event.user != EVE]
        if not self.may_double:
            assert told == self.told
        else:
            assert set(told) == set(self.told)
        for seen in self.session.seen:
            room = self.server.rooms[seen.room]
            assert (seen.epoch, seen.seq) == (room.epoch, room.tip)
        # All messages that eve wrote to this user were shown, by this client or by an earlier one.
        for room in self.server.rooms.values():
            if room.kind == "direct" and self.session.user in room.members:
                assert self.outbox.seen[room.id].seq == room.tip


class AccidentsOfAnAccount(Accidents):
    """The same for the owner of an account, whose sessions are revoked now and then."""

    account = True


TestAccidents = Accidents.TestCase
TestAccidentsOfAnAccount = AccidentsOfAnAccount.TestCase
TestAccidents.settings = TestAccidentsOfAnAccount.settings = settings(
    max_examples=120, stateful_step_count=80, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
