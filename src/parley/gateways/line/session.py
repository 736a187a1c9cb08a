"""The conversation with one client of the line dialect."""

from collections.abc import Callable, Iterable
from typing import Final, Literal

from msgspec import Struct

from parley.core import commands
from parley.core.decision import Decision, Outcome
from parley.core.events import Event
from parley.core.records import Identity
from parley.core.refusals import Refusal, refuse
from parley.core.rendering import Rendering
from parley.core.roles import first_visible_seq, visible
from parley.core.state import Room
from parley.core.tokens import hash_code
from parley.gateways.effects import (
    BindUser,
    CheckPassword,
    Close,
    Effect,
    Effects,
    HashPassword,
    ReadPage,
    Rerender,
    Send,
    SetTimer,
    Submit,
    Subscribe,
)
from parley.gateways.view import View, within_bytes
from parley.wire.limits import LINE_BYTES, PIECE_BYTES
from parley.wire.line import LineDecoder, LineError, PrefixDecoder
from parley.wire.signature import Dialect, classify

from .commands import run
from .render import DirectLines, RoomLines, framed

PROMPT: Final = b"alias?"
PASSWORD_PROMPT: Final = b"password?"
INVITATION_PROMPT: Final = b"invite?"
HISTORY_LINES: Final = 20

NAMING_SECONDS: Final = 120.0
"""How long the prompt waits for an answer."""

SILENCE_SECONDS: Final = 0.3
"""A name or a message without a newline is complete when so long nothing follows."""

SINGLE_KEY_SECONDS: Final = 3.0
"""A lone character may be the first of a telnet that sends every key as it is typed."""

LINES_AT_ONCE: Final = 64
"""So many lines are taken before what they came to is written."""


Stage = Literal["inviting", "naming", "proving", "entering", "chatting", "gone"]
"""How far a conversation is. Plain words: looking up an Enum's member costs as much as decoding the line."""


class _Back(Struct, frozen=True, gc=False):
    """Someone is back in a room, whose tip it was."""

    room: int
    tip: int
    since: int


class LineSession:
    """See `parley.gateways.effects.Session`.

    Attributes:
        current: the room that lines go to; None while the user is in no room.
        user: the user's id; 0 before the name is taken.
        hashing: makes the command that waits for a password's hash.
        mark: what tells this session from the user's others, in place of a token's hash.
    """

    __slots__ = (
        "_account",
        "_answer",
        "_backlog",
        "_coming_in",
        "_decoder",
        "_greeted",
        "_invitation",
        "_landing",
        "_out",
        "_raw",
        "_stage",
        "blocked",
        "current",
        "hashing",
        "mark",
        "user",
        "view",
    )

    def __init__(self, view: View) -> None:
        self.view = view
        self.blocked = False
        self.current: Room | None = None
        self.user = 0
        self.hashing: Callable[[str], commands.Command] | None = None
        self._stage: Stage = "inviting" if view.policy.access == "invite" else "naming"
        self.mark: Final = b"line %d" % id(self)
        self._invitation: str | None = None
        self._landing = 0
        self._account = ""
        self._coming_in: Event | None = None
        self._out: Event | None = None
        self._raw = False
        self._decoder: LineDecoder | PrefixDecoder | None = None
        self._answer = b""
        self._backlog: list[str | LineError] = []
        self._greeted = False

    # What the server calls

    def opened(self) -> Effects:
        return [Send(_PROMPTS[self._stage]), SetTimer(NAMING_SECONDS)]

    @property
    def more(self) -> bool:
        return bool(self._backlog) and not self.blocked and self._stage != "gone"

    def receive(self, data: bytes) -> Effects:
        if self._decoder is None:
            return self._hear_answer(data)
        self._backlog += self._decoder.receive(data)
        effects = self._work()
        if isinstance(self._decoder, PrefixDecoder) and self._decoder.waiting:
            effects.append(SetTimer(SILENCE_SECONDS))
        return self._parted(effects)

    def go_on(self) -> Effects:
        return self._parted(self._work())

    def timer_fired(self) -> Effects:
        if self._decoder is None and self._answer:
            return self._begin(raw=True)
        if isinstance(self._decoder, PrefixDecoder) and self._decoder.waiting:
            return self._flush(self._decoder)
        if self._stage in _PROMPTS and not self._backlog and not self.blocked:
            return [*self.say("Nobody answered. Goodbye."), Close()]
        return []

    def ended(self) -> Effects:
        if self._decoder is None:
            return self._begin(raw=True) if self._answer else []
        return self._flush(self._decoder)

    def decided(self, tag: object, outcome: Outcome) -> Effects:
        if tag is None and type(outcome) is Decision:
            return []  # a message: its sender sees it in the room
        if tag == "depart":
            # Even if the departure could not be stored now: the server sees to it that it is.
            return [Close()]
        if self._expelled:
            return []
        if tag is not None:
            # It is this that was waited for, and not a message of before.
            self.blocked = False
        effects: Effects
        if isinstance(outcome, Refusal):
            effects = self._refused(outcome)
        elif tag == "enter":
            effects = self._entered(outcome)
        elif tag == "join":
            effects = self._joined_room(outcome)
        elif tag == "register":
            effects = self.say("Done. Your name is yours now.")
        elif tag == "password":
            effects = self.say("Done. Your other sessions have ended.")
        elif tag == "moderate" and isinstance(outcome, Decision) and not outcome.events:
            effects = self.say("That is so already.")
        else:
            effects = []
        # A message is not waited for: lines behind it are taken when there is room for what they come to.
        return self._parted([*effects, *(() if tag is None else self._work())])

    def token_resumed(self, identity: Identity | Refusal) -> Effects:
        return []

    def password_checked(self, user: int | Refusal) -> Effects:
        self.blocked = False
        effects: Effects
        if isinstance(user, Refusal):
            self._stage = "naming"
            effects = [*self.refuse(user), Send(PROMPT), SetTimer(NAMING_SECONDS)]
        else:
            effects = self._came_back(user)
        return self._parted([*effects, *self._work()])

    def password_hashed(self, hash: str | Refusal) -> Effects:
        make, self.hashing = self.hashing, None
        self.blocked = False
        assert make is not None
        if self._expelled:
            return []
        if isinstance(hash, Refusal):
            return self._parted([*self.refuse(hash), *self._work()])
        command = make(hash)
        return self._parted(self.ask(command, "register" if isinstance(command, commands.Register) else "password"))

    def expelled(self, refusal: Refusal) -> Effects:
        # What is still on its way is nobody's.
        self._stage, self.user = "gone", 0
        return self._parted([*self.refuse(refusal), Close()])

    def page(self, tag: object, events: list[Event] | None) -> Effects:
        self.blocked = False
        if self._expelled:
            return []
        if events:
            room = self.view.state.rooms[events[0].room]
            lowest = first_visible_seq(room, self.user)
            events = [event for event in events if event.seq >= lowest]
        effects: Effects
        if isinstance(tag, Event):
            self._coming_in = None
            inside = self.view.state.rooms[tag.room].members.get(self.user) == tag.seq
            effects = self._enter_room(tag, events or []) if inside else self._turned_out(tag.room, tag.seq - 1)
        elif isinstance(tag, _Back):
            inside = self.view.state.rooms[tag.room].members.get(self.user) == tag.since
            effects = self._go_on_in(tag, events or []) if inside else self._turned_out(tag.room, tag.tip)
        elif events is None:
            effects = self.refuse(refuse("not_read"))
        elif events:
            effects = self._write(
                self.rendering(self.view.state.rooms[events[0].room]), within_bytes(events, PIECE_BYTES, newest=True)
            )
        else:
            effects = self.say("Nothing has been said here yet.")
        return self._parted([*effects, *self._work()])

    def seq_found(self, tag: object, seq: int | None) -> Effects:
        raise AssertionError("nothing is looked for")

    def read_mark_moved(self, room: int) -> Effects:
        return []

    def preferences_changed(self, room: int) -> Effects:
        return []

    def joined(self, event: Event) -> Effects:
        if event == self._coming_in or self._stage == "gone":
            return []  # this session itself joined, and shows the room's history first
        room = self.view.state.rooms[event.room]
        return [Subscribe(room.id, event.seq - 1, self.rendering(room))]

    def left(self, event: Event) -> Effects:
        self._out = event
        if self._stage == "gone" or not self._greeted or self.current is None or self.current.id != event.room:
            return []
        return self._go_elsewhere()

    def renamed(self, event: Event) -> Effects:
        room = self.view.state.rooms[event.room]
        return [] if self._stage == "gone" else [Rerender(room.id, self.rendering(room))]

    def invited(self, event: Event) -> Effects:
        if self._stage != "chatting":
            return []  # an invitation let them in, and leads there
        room = self.view.state.rooms[event.room]
        return self._parted(self.say(_invites(event.name, room)))

    def stopping(self) -> Effects:
        return [*self.say("The server is stopping. Come back in a moment."), Close()]

    def stalled(self) -> Effects:
        return [Close()]

    @property
    def _expelled(self) -> bool:
        return self._stage == "gone" and not self.user

    # The first answer tells the kind of client

    def _hear_answer(self, data: bytes) -> Effects:
        self._answer += data
        if classify(self._answer) is Dialect.HTTP and b"\n" in self._answer:
            # A browser opens connections ahead of need and says nothing on them until it does. Cut off
            # before any answer, it asks again on a new one.
            return [Close(reset=True)]
        if b"\n" in self._answer or len(self._answer) > LINE_BYTES:
            return self._begin(raw=False)
        return [SetTimer(SILENCE_SECONDS if len(self._answer) > 1 else SINGLE_KEY_SECONDS)]

    def _begin(self, *, raw: bool) -> Effects:
        answer, self._answer = self._answer, b""
        self._raw = raw
        if not raw:
            self._decoder = LineDecoder()
            self._backlog += self._decoder.receive(answer)
            return [SetTimer(NAMING_SECONDS), *self._work()]
        name = answer.decode(errors="replace").strip()
        # Asked for an invitation, such a client answers as with any message: its prefix is in front already.
        prefix = name.rpartition(": ")[0] if self._stage == "inviting" else ""
        self._decoder = PrefixDecoder(prefix or name)
        self._backlog.append(name)
        return self._flush(self._decoder)

    # Lines

    def _flush(self, decoder: LineDecoder | PrefixDecoder) -> Effects:
        """Take what has no end as ended."""
        self._backlog += decoder.flush()
        effects = self._work()
        if self._stage in _PROMPTS:
            effects.append(SetTimer(NAMING_SECONDS))
        return self._parted(effects)

    def _work(self) -> list[Effect]:
        """Take lines until one has to be waited for, or enough has been written for once."""
        effects: list[Effect] = []
        lines = self._backlog[:LINES_AT_ONCE]
        taken = written = 0
        while taken < len(lines) and written < PIECE_BYTES and not self.blocked and self._stage != "gone":
            came = self._take(lines[taken])
            taken += 1
            written += sum([len(effect.data) for effect in came if type(effect) is Send])
            effects += came
        del self._backlog[:taken]
        return effects

    def _parted(self, effects: Effects) -> Effects:
        """Part what goes out at once, where nothing ends a message: the client would read it as one."""
        if not self._raw:
            return effects
        parted: list[Effect] = []
        first = True
        for effect in effects:
            if isinstance(effect, Send):
                parted.append(effect if first else Send(b"\n" + effect.data))
                first = False
            else:
                parted.append(effect)
        return parted

    def _take(self, line: str | LineError) -> Effects:
        if isinstance(line, LineError):
            again = [Send(_PROMPTS[self._stage])] if self._stage in _PROMPTS else []
            return [*self.refuse(refuse(line.code, why=line.why, limit=LINE_BYTES)), *again]
        if self._stage in _PROMPTS:
            return self._take_answer(line)
        if line.startswith((".exit", "/")):
            if not line.startswith("//"):
                return run(self, line)
            line = line[1:]
        if not line or line.isspace():
            return []
        if self.current is None:
            return self.say("You are in no room. /join ROOM takes you into one, /rooms lists them.")
        return [Submit(commands.SendMessage(self.user, self.current.id, line))]

    def _take_answer(self, line: str) -> Effects:
        answer = line.strip()
        if isinstance(self._decoder, PrefixDecoder) and self._stage != "proving":
            # Asked again, the report's client answers like with any message; its prefix was the first
            # answer and stays that.
            answer = answer.rpartition(": ")[2]
        if self._stage == "inviting":
            # Who has an account needs none, and answers with nothing.
            self._invitation = hash_code(answer.rpartition("/")[2]) if answer else None
            self._stage = "naming"
            return [Send(PROMPT), SetTimer(NAMING_SECONDS)]
        if not answer:
            self._stage = "naming"
            return [Send(PROMPT)]
        if self._stage == "proving":
            self.blocked = True
            return [CheckPassword(self._account, answer)]
        if (account := self.view.account(answer)) is not None:
            self._account = account.name
            self._stage = "proving"
            return [Send(PASSWORD_PROMPT), SetTimer(NAMING_SECONDS)]
        self._stage = "entering"
        invitation = self.view.state.invitations.get(self._invitation or "")
        self._landing = invitation.room if invitation is not None else 0
        return self.ask(commands.ClaimName(answer, invitation=self._invitation), "enter")

    # What came of it

    def _refused(self, refusal: Refusal) -> Effects:
        if self._stage == "entering" and self.user == 0:
            invite = self.view.policy.access == "invite" and refusal.code.startswith("invitation")
            self._stage = "inviting" if invite else "naming"
            return [*self.refuse(refusal), Send(_PROMPTS[self._stage]), SetTimer(NAMING_SECONDS)]
        if self._stage == "entering":
            self._stage = "chatting"
        return self.refuse(refusal)

    def _entered(self, outcome: Outcome) -> Effects:
        assert isinstance(outcome, Decision)
        event = outcome.events[0]
        self.user = event.user
        # The room that an invitation leads to, if there is one, is theirs to enter.
        room = self.view.state.rooms.get(self._landing)
        open_to_them = room is not None and (self.user in room.invited or visible(self.view.state, room, self.user))
        name = room.name if room is not None and room.id and open_to_them else self.view.lobby
        return [BindUser(self.user, self.mark), SetTimer(0), *self.ask(commands.Join(self.user, name), "join")]

    def _came_back(self, user: int) -> Effects:
        """Begin for someone who has an account, in the rooms that they are in."""
        self.user = user
        self._stage = "entering"
        effects: list[Effect] = [BindUser(user, self.mark), SetTimer(0)]
        mine = [self.view.state.rooms[id_] for id_ in self.view.state.users[user].rooms]
        groups = [room for room in mine if room.kind != "direct" and not room.archived]
        self.current = next((room for room in groups if room.name == self.view.lobby), groups[0] if groups else None)
        current = self.current
        effects += [Subscribe(room.id, room.tip, self.rendering(room)) for room in mine if room is not current]
        if current is None:
            return [*effects, *self.ask(commands.Join(user, self.view.lobby), "join")]
        self._stage = "chatting"
        self.blocked = True
        back = _Back(current.id, current.tip, current.members[user])
        return [*effects, ReadPage(current.id, HISTORY_LINES, before=current.tip + 1, said=True, tag=back)]

    def _go_on_in(self, back: _Back, history: list[Event]) -> Effects:
        """Show a room to someone who is in it already, and what follows."""
        room = self.view.state.rooms[back.room]
        effects = self._write(self.rendering(room), within_bytes(history, PIECE_BYTES, newest=True))
        effects += self._greet()
        return [*effects, Subscribe(room.id, back.tip, self.rendering(room))]

    def _joined_room(self, outcome: Outcome) -> Effects:
        assert isinstance(outcome, Decision)
        if not outcome.events:
            return []
        self._stage = "chatting"
        event = outcome.events[-1]
        self._coming_in = event
        self.blocked = True
        return [ReadPage(event.room, HISTORY_LINES, before=event.seq, said=True, tag=event)]

    def _enter_room(self, joined: Event, history: list[Event]) -> Effects:
        room = self.view.state.rooms[joined.room]
        effects = [
            *self.switch(room),
            *self._write(self.rendering(room), [*within_bytes(history, PIECE_BYTES, newest=True), joined]),
        ]
        effects += self._greet()
        if room.topic:
            effects += self.say(f"The topic of #{room.name} is: {room.topic}")
        return [*effects, Subscribe(room.id, joined.seq, self.rendering(room))]

    def _greet(self) -> list[Effect]:
        if self._greeted:
            return []
        self._greeted = True
        invitations = self.view.invitations(self.user) if self.user in self.view.state.users else []
        return self.say("you are now connected!", *[_invites(name, room) for room, _, name in invitations])

    def _turned_out(self, id_: int, after: int) -> list[Effect]:
        """Show to someone what followed in a room up to their going, which came while its history was looked up."""
        room, out = self.view.state.rooms[id_], self._out
        effects: list[Effect] = []
        if out is not None and out.room == id_ and self.user not in room.members:
            effects.append(Subscribe(id_, after, self.rendering(room), out.seq))
        effects += self._greet()
        if self.current is None or (self.current.id == id_ and self.user not in room.members):
            effects += self._go_elsewhere()
        return effects

    def _go_elsewhere(self) -> list[Effect]:
        others = self.rooms()
        if not others:
            self.current = None
            return self.say("You are in no room now. /join ROOM takes you into one.")
        return [*self.switch(others[0]), *self.say(f"You are in #{others[0].name} now.")]

    # For the commands

    def say(self, *lines: str) -> list[Effect]:
        """Write lines of the server's own."""
        return [Send(framed(lines, raw=self._raw))]

    def refuse(self, refusal: Refusal) -> list[Effect]:
        return self.say(refusal.message)

    def ask(self, command: commands.Command, tag: object) -> list[Effect]:
        """Submit a command and take no further line until it is decided."""
        self.blocked = True
        return [Submit(command, tag)]

    def depart(self, words: str) -> list[Effect]:
        """End the conversation."""
        self._stage = "gone"
        return self.ask(commands.ReleaseName(self.user, words), "depart")

    def ask_for_page(self, limit: int) -> list[Effect]:
        """Read the last messages of the current room."""
        assert self.current is not None
        self.blocked = True
        return [ReadPage(self.current.id, limit, before=self.current.tip + 1, said=True)]

    def ask_for_hash(self, password: str, make: Callable[[str], commands.Command]) -> list[Effect]:
        """Have a password hashed, and submit what `make` makes of the hash."""
        self.blocked = True
        self.hashing = make
        return [HashPassword(password)]

    def rooms(self) -> list[Room]:
        """Return the rooms the user is in, but for direct ones, by name."""
        return self.view.state.rooms_of(self.user)

    def switch(self, room: Room) -> list[Effect]:
        """Make `room` the current one: its lines lose their tag, those of the one before get theirs."""
        before, self.current = self.current, room
        if before is None or before.id == room.id:
            return [Rerender(room.id, self.rendering(room))]
        return [Rerender(before.id, self.rendering(before)), Rerender(room.id, self.rendering(room))]

    def rendering(self, room: Room) -> Rendering:
        """Return how this client sees a room's events."""
        if room.kind == "direct":
            return DirectLines(self.view, self.user, self.view.other_name(room, self.user), self._raw)
        if self.current is not None and self.current.id == room.id:
            return RoomLines(self.view, raw=self._raw)
        return RoomLines(self.view, tag=f"#{room.name}", raw=self._raw)

    def _write(self, rendering: Rendering, events: Iterable[Event]) -> list[Effect]:
        events = list(events)
        return [Send(rendering.piece(events[0].room, [rendering.event(event) for event in events]))] if events else []


def _invites(name: str, room: Room) -> str:
    return f"{name} invites you to #{room.name}: /join {room.name}"


_PROMPTS: Final[dict[Stage, bytes]] = {
    "inviting": INVITATION_PROMPT,
    "naming": PROMPT,
    "proving": PASSWORD_PROMPT,
}
"""What is asked at each stage before the user is in."""
