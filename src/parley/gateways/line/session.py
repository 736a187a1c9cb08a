"""The conversation with one client of the line dialect."""

from collections.abc import Iterable
from enum import Enum, auto
from typing import Final

from parley.core import commands
from parley.core.events import Event
from parley.core.refusals import Refusal, refuse
from parley.core.state import Room
from parley.gateways.effects import (
    Alarm,
    Close,
    Effect,
    Effects,
    Outcome,
    Read,
    Rendering,
    Rerender,
    Send,
    Speak,
    Stored,
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
HISTORY_LINES: Final = 20

NAMING_SECONDS: Final = 120.0
"""How long the prompt waits for an answer."""

SILENCE_SECONDS: Final = 0.3
"""A name or a message without a newline is complete when so long nothing follows."""

SINGLE_KEY_SECONDS: Final = 3.0
"""A lone character may be the first of a telnet that sends every key as it is typed."""

LINES_AT_ONCE: Final = 64
"""So many lines are taken before what they came to is written."""


class Stage(Enum):
    NAMING = auto()
    ENTERING = auto()
    CHATTING = auto()
    GONE = auto()


class LineSession:
    """See `parley.gateways.effects.Session`.

    Attributes:
        current: the room that lines go to; None while the user is in no room.
        user: the user's id; 0 before the name is taken.
    """

    __slots__ = ("_answer", "_backlog", "_decoder", "_greeted", "_raw", "_stage", "blocked", "current", "user", "view")

    def __init__(self, view: View) -> None:
        self.view = view
        self.blocked = False
        self.current: Room | None = None
        self.user = 0
        self._stage = Stage.NAMING
        self._raw = False
        self._decoder: LineDecoder | PrefixDecoder | None = None
        self._answer = b""
        self._backlog: list[str | LineError] = []
        self._greeted = False

    # What the server calls

    def opened(self) -> Effects:
        return [Send(PROMPT), Alarm(NAMING_SECONDS)]

    @property
    def more(self) -> bool:
        return bool(self._backlog) and not self.blocked and self._stage is not Stage.GONE

    def receive(self, data: bytes) -> Effects:
        if self._decoder is None:
            return self._hear_answer(data)
        self._backlog += self._decoder.receive(data)
        effects = self._work()
        if isinstance(self._decoder, PrefixDecoder) and self._decoder.waiting:
            effects.append(Alarm(SILENCE_SECONDS))
        return self._parted(effects)

    def go_on(self) -> Effects:
        return self._parted(self._work())

    def alarm(self) -> Effects:
        if self._decoder is None and self._answer:
            return self._begin(raw=True)
        if isinstance(self._decoder, PrefixDecoder) and self._decoder.waiting:
            return self._flush(self._decoder)
        if self._stage is Stage.NAMING and not self._backlog:
            return [*self.say("Nobody answered. Goodbye."), Close()]
        return []

    def ended(self) -> Effects:
        if self._decoder is None:
            return self._begin(raw=True) if self._answer else []
        return self._flush(self._decoder)

    def decided(self, tag: object, outcome: Outcome) -> Effects:
        if tag == "depart":
            # Even if the departure could not be stored now: the server sees to it that it is.
            return [Close()]
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
        else:
            effects = []
        return self._parted([*effects, *self._work()])

    def recognised(self, user: tuple[int, str] | Refusal) -> Effects:
        return []

    def page(self, tag: object, events: list[Event] | None) -> Effects:
        self.blocked = False
        if isinstance(tag, Event):
            effects = self._enter_room(tag, events or [])
        elif events is None:
            effects = self.refuse(refuse("not_read"))
        elif events:
            effects = self._write(
                self.rendering(self.view.state.rooms[events[0].room]), within_bytes(events, PIECE_BYTES, newest=True)
            )
        else:
            effects = self.say("Nothing has been said here yet.")
        return self._parted([*effects, *self._work()])

    def joined(self, event: Event) -> Effects:
        # A public room was joined by this session itself, which shows its history first.
        room = self.view.state.rooms[event.room]
        return [Subscribe(room.id, event.seq - 1, self.rendering(room))] if room.kind == "direct" else []

    def left(self, event: Event) -> Effects:
        if self._stage is Stage.GONE or self.current is None or self.current.id != event.room:
            return []
        others = self.rooms()
        if not others:
            self.current = None
            return self.say("You are in no room now. /join ROOM takes you into one.")
        return [*self.switch(others[0]), *self.say(f"You are in #{others[0].name} now.")]

    def stopping(self) -> Effects:
        return [*self.say("The server is stopping. Come back in a moment."), Close()]

    def stalled(self) -> Effects:
        return [Close()]

    # The first answer tells the kind of client

    def _hear_answer(self, data: bytes) -> Effects:
        self._answer += data
        if classify(self._answer) is Dialect.HTTP and b"\n" in self._answer:
            # A browser opens connections ahead of need and says nothing on them until it does. Cut off
            # before any answer, it asks again on a new one.
            return [Close(reset=True)]
        if b"\n" in self._answer or len(self._answer) > LINE_BYTES:
            return self._begin(raw=False)
        return [Alarm(SILENCE_SECONDS if len(self._answer) > 1 else SINGLE_KEY_SECONDS)]

    def _begin(self, *, raw: bool) -> Effects:
        answer, self._answer = self._answer, b""
        self._raw = raw
        if not raw:
            self._decoder = LineDecoder()
            self._backlog += self._decoder.receive(answer)
            return [Alarm(NAMING_SECONDS), *self._work()]
        name = answer.decode(errors="replace").strip()
        self._decoder = PrefixDecoder(name)
        self._backlog.append(name)
        return self._flush(self._decoder)

    # Lines

    def _flush(self, decoder: LineDecoder | PrefixDecoder) -> Effects:
        """Take what has no end as ended."""
        self._backlog += decoder.flush()
        effects = self._work()
        if self._stage is Stage.NAMING:
            effects.append(Alarm(NAMING_SECONDS))
        return self._parted(effects)

    def _work(self) -> list[Effect]:
        """Take lines until one has to be waited for, or enough has been written for once."""
        effects: list[Effect] = []
        lines = self._backlog[:LINES_AT_ONCE]
        taken = written = 0
        while taken < len(lines) and written < PIECE_BYTES and not self.blocked and self._stage is not Stage.GONE:
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
            again = [Send(PROMPT)] if self._stage is Stage.NAMING else []
            return [*self.refuse(refuse(line.code, why=line.why, limit=LINE_BYTES)), *again]
        if self._stage is Stage.NAMING:
            return self._take_name(line)
        if line.startswith((".exit", "/")) and not line.startswith("//"):
            return run(self, line)
        if not line or line.isspace():
            return []
        if self.current is None:
            return self.say("You are in no room. /join ROOM takes you into one, /rooms lists them.")
        return [
            Submit(commands.Say(self.user, self.current.id, line.removeprefix("/") if line.startswith("//") else line))
        ]

    def _take_name(self, line: str) -> Effects:
        name = line.strip()
        if not name:
            return [Send(PROMPT)]
        if isinstance(self._decoder, PrefixDecoder):
            # Asked again, the report's client answers like with any message; its prefix was the first
            # answer and stays that.
            name = name.rpartition(": ")[2]
        self._stage = Stage.ENTERING
        return self.ask(commands.Enter(name), "enter")

    # What came of it

    def _refused(self, refusal: Refusal) -> Effects:
        if self._stage is Stage.ENTERING and self.user == 0:
            self._stage = Stage.NAMING
            return [*self.refuse(refusal), Send(PROMPT), Alarm(NAMING_SECONDS)]
        if self._stage is Stage.ENTERING:
            self._stage = Stage.CHATTING
        return self.refuse(refusal)

    def _entered(self, outcome: Outcome) -> Effects:
        assert isinstance(outcome, Stored)
        event = outcome.events[0]
        self.user = event.user
        return [Speak(self.user), Alarm(0), *self.ask(commands.Join(self.user, self.view.lobby), "join")]

    def _joined_room(self, outcome: Outcome) -> Effects:
        assert isinstance(outcome, Stored)
        if not outcome.events:
            return []
        self._stage = Stage.CHATTING
        event = outcome.events[-1]
        self.blocked = True
        return [Read(event.room, HISTORY_LINES, before=event.seq, said=True, tag=event)]

    def _enter_room(self, joined: Event, history: list[Event]) -> Effects:
        room = self.view.state.rooms[joined.room]
        effects = [
            *self.switch(room),
            *self._write(self.rendering(room), [*within_bytes(history, PIECE_BYTES, newest=True), joined]),
        ]
        if not self._greeted:
            self._greeted = True
            effects += self.say("you are now connected!")
        if room.topic:
            effects += self.say(f"The topic of #{room.name} is: {room.topic}")
        return [*effects, Subscribe(room.id, joined.seq, self.rendering(room))]

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
        self._stage = Stage.GONE
        return self.ask(commands.Depart(self.user, words), "depart")

    def ask_for_page(self, limit: int) -> list[Effect]:
        """Read the last messages of the current room."""
        assert self.current is not None
        self.blocked = True
        return [Read(self.current.id, limit, before=self.current.tip + 1, said=True)]

    def rooms(self) -> list[Room]:
        """Return the public rooms the user is in, by name."""
        state = self.view.state
        mine = [state.rooms[id_] for id_ in state.users[self.user].rooms] if self.user in state.users else []
        return sorted((room for room in mine if room.kind == "public"), key=lambda room: room.name)

    def switch(self, room: Room) -> list[Effect]:
        """Make `room` the current one: its lines lose their tag, those of the one before get theirs."""
        before, self.current = self.current, room
        if before is None or before.id == room.id:
            return [Rerender(room.id, self.rendering(room))]
        return [Rerender(before.id, self.rendering(before)), Rerender(room.id, self.rendering(room))]

    def rendering(self, room: Room) -> Rendering:
        """Return how this client sees a room's events."""
        if room.kind == "direct":
            return DirectLines(self.user, self.view.other_name(room, self.user), self._raw)
        if self.current is not None and self.current.id == room.id:
            return RoomLines(raw=self._raw)
        return RoomLines(tag=f"#{room.name}", raw=self._raw)

    def _write(self, rendering: Rendering, events: Iterable[Event]) -> list[Effect]:
        events = list(events)
        return [Send(rendering.piece(events[0].room, [rendering.event(event) for event in events]))] if events else []
