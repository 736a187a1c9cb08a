"""The conversation with one client of the line dialect."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from parley.core import commands
from parley.core.decision import Decision, Outcome
from parley.core.events import Event, RelatedEvent
from parley.core.forms import Shown
from parley.core.kinds import MESSAGE_KINDS
from parley.core.refusals import Refusal, refuse
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
    PresentPage,
    ReadPage,
    ReadPins,
    ReadPresent,
    ReadVersions,
    Rerender,
    Send,
    SetTimer,
    Submit,
    Subscribe,
)
from parley.gateways.history import NEWEST, VERSIONS, cut_present_page
from parley.gateways.membership import Departures, departure_after, with_departure
from parley.gateways.session import Session
from parley.gateways.view import View
from parley.wire.commands_help import GOODBYES, Number, is_cut_off, parse_substitution
from parley.wire.encoding import BOM
from parley.wire.limits import LINE_BYTES, PAGE_EVENTS, PIECE_BYTES
from parley.wire.line import LineDecoder, LineError, PrefixDecoder
from parley.wire.sentences import quote
from parley.wire.signature import Dialect, classify
from parley.wire.telnet import IAC_CODE, TelnetFilter

from .commands import OnMessage, OnVersions, run, substitute
from .render import DirectLines, RoomLines, framed
from .states import BLOCKED, MOVES, PRESENT, READING

PROMPT: Final = b"alias?"
PASSWORD_PROMPT: Final = b"password?"
INVITATION_PROMPT: Final = b"invite?"
HISTORY_LINES: Final = 20
THREAD_LINES: Final = 50
"""This many of a thread's newest messages are shown."""

NAMING_SECONDS: Final = 120.0
"""The connection is ended if a prompt has no answer within this time."""

SILENCE_SECONDS: Final = 0.3
"""A client without newlines has finished a name or a message when it has sent nothing for this time."""

SINGLE_KEY_SECONDS: Final = 3.0
"""The same time after a single character as name: it may be the first key from a telnet client that sends each key by
itself.
"""

LINES_AT_ONCE: Final = 64
"""At most this many lines are processed before their effects are performed."""


class _Stay(Struct, frozen=True, gc=False):
    """A membership in a room whose history is being read for the user.

    Attributes:
        room: the room.
        since: the seq of the event with which the user joined.
        after: the seq after which the stream of the room begins.
        arrival: the `joined` event, which is shown after the history; None for a user who was a member already.
    """

    room: int
    since: int
    after: int
    arrival: Event | None = None


class _Search(Struct, frozen=True):
    """The last message of a room is being looked for: with `own`, the user's own last one."""

    room: int
    own: bool
    act: OnMessage


class _Versions(Struct, frozen=True):
    """A message and its edits are being read."""

    room: int
    seq: int
    act: OnVersions


class _Listing(Struct, frozen=True):
    """Messages are being read to be shown with their numbers.

    Attributes:
        room: the room.
        root: the root of their thread; 0: they are the pinned ones.
    """

    room: int
    root: int = 0


class _Unfinished(Struct, frozen=True):
    """The last line of the input, which ended without a newline."""

    text: str


_Line = str | LineError | _Unfinished


class LineSession(Session):
    """A conversation in lines; see `parley.gateways.session.Session`.

    Args:
        view: the part of the server that sessions may read.
        new_token: returns a new random secret.

    Attributes:
        current: the current room, to which lines are sent; None while the user is in no room.
        user: the user's id; 0 before the name is taken.
        token: distinguishes this session from the user's other sessions; it takes the place of a token's hash.
        next_page: shows the next page of the last list; None if there is none.
    """

    MOVES = MOVES
    BLOCKED = BLOCKED

    __slots__ = (
        "_account",
        "_answer",
        "_backlog",
        "_comings",
        "_command",
        "_decoder",
        "_departures",
        "_held",
        "_invitation",
        "_landing",
        "_lost",
        "_newest",
        "_numbers",
        "_own",
        "_raw",
        "_reactions",
        "_sending",
        "_serial",
        "_stay",
        "_stored",
        "_telnet",
        "_typed",
        "current",
        "next_page",
        "token",
        "user",
        "view",
    )

    def __init__(self, view: View, new_token: Callable[[], str]) -> None:
        super().__init__("inviting" if view.policy.access == "invite" else "naming")
        self.view = view
        self.current: Room | None = None
        self.next_page: Callable[[], Effects] | None = None
        self.user = 0
        self.token: Final = new_token().encode()
        # Returns the command for the password hash that the session waits for.
        self._command: Callable[[str], commands.Command] | None = None
        self._invitation: str | None = None
        self._landing = 0
        self._account = ""
        self._stay: _Stay | None = None
        self._departures: Departures = ()
        self._raw = False
        self._numbers = False
        self._comings = self._reactions = True
        # The user's own messages have serial numbers: these are of the last one, of the last one that was stored, and
        # of the last one that was refused. A refusal may overtake earlier messages. `_held` waits for all of them.
        self._serial = self._stored = self._lost = self._sending = 0
        self._newest: tuple[int, int] | None = None  # the room and the seq of the last one that was stored
        self._own: dict[int, int] = {}
        self._held: Callable[[], Effects] | None = None
        self._decoder: LineDecoder | PrefixDecoder | None = None
        self._answer = b""
        self._typed = False  # the first answer came in pieces, so the client sends each key as it is typed
        self._telnet: TelnetFilter | None = None  # None until the first byte 255
        self._backlog: Sequence[_Line] = ()

    # Input

    def opened(self) -> Effects:
        return [Send(_PROMPTS[self.state]), SetTimer(NAMING_SECONDS)]

    @property
    def more(self) -> bool:
        return bool(self._backlog) and self.state in READING

    def receive(self, data: bytes) -> Effects:
        effects: list[Effect] = []
        if self._telnet is not None or IAC_CODE in data:
            data, effects = self._without_telnet(data)
        return [*effects, *self._hear(data)] if data else effects

    def go_on(self) -> Effects:
        return self._parted(self._work())

    def timer_fired(self) -> Effects:
        if self._decoder is None and self._answer and not self._ends_with_enter:
            return self._begin(raw=True)
        if isinstance(self._decoder, PrefixDecoder) and self._decoder.waiting:
            return self._flush(self._decoder)
        if self.state in _PROMPTS and not self._backlog:
            return [*self.say("Nobody answered. Goodbye."), Close()]
        return []

    def ended(self) -> Effects:
        rest = self._telnet.flush() if self._telnet is not None else b""
        effects = self._hear(rest) if rest else []
        if self._decoder is None:
            return [*effects, *(self._begin(raw=True) if self._answer else [])]
        return [*effects, *self._flush(self._decoder, finished=False)]

    # Answers

    def decided(self, tag: object, outcome: Outcome) -> Effects:
        if type(tag) is int:
            return self._sent(tag, outcome)
        if tag == "depart":
            # Close even if the departure could not be stored: the server releases the name of a user without
            # connections later.
            return [Close()]
        if self.state == "over":
            return []
        effects: Effects = []
        if isinstance(outcome, Refusal):
            effects = self._refused(outcome)
        elif tag == "enter":
            effects = self._named(outcome)
        elif tag == "join" and isinstance(outcome, Decision) and outcome.events:
            effects = self._joined_room(outcome.events[-1])
        else:
            self.move("answered")
            if tag in _DONE:
                effects = self.say(_DONE[tag])
            elif tag in _CHANGES and isinstance(outcome, Decision) and not outcome.events:
                effects = self.say("That is so already.")
            elif tag == "react" and not self._reactions:
                effects = self.say("Done.")
        return self._parted([*effects, *self._work()])

    def _sent(self, serial: int, outcome: Outcome) -> Effects:
        """Handle the outcome of a message, given its serial number. Later lines do not wait for it, except those about
        the user's last message. The sender sees the message in the room's stream.
        """
        self._sending -= 1
        effects: Effects = []
        if isinstance(outcome, Refusal):
            self._lost = max(self._lost, serial)
            effects = self.say(outcome.message)
        elif isinstance(outcome, Decision) and outcome.events and outcome.events[-1].kind in MESSAGE_KINDS:
            message = outcome.events[-1]
            self._stored = serial
            self._newest = message.room, message.seq
            self._own[message.room] = message.seq
        if self.state == "over":
            return []
        if self._held is not None and not self._sending:
            held, self._held = self._held, None
            self.move("answered")
            effects = [*effects, *held(), *self._work()]
        return self._parted(effects)

    def password_checked(self, user: int | Refusal) -> Effects:
        effects = self._refused(user) if isinstance(user, Refusal) else self._came_back(user)
        return self._parted([*effects, *self._work()])

    def password_hashed(self, hash: str | Refusal) -> Effects:
        make, self._command = self._command, None
        assert make is not None
        if self.state == "over":
            return []
        if isinstance(hash, Refusal):
            return self._parted([*self._refused(hash), *self._work()])
        command = make(hash)
        return [Submit(command, "register" if isinstance(command, commands.Register) else "password")]

    def page(self, tag: object, events: list[Event] | None) -> Effects:
        if self.state == "over":
            return []
        assert isinstance(tag, _Search | _Versions)
        self.move("answered")
        room = self.view.visible_room(tag.room, self.user)
        effects: Effects
        if events is None:
            effects = self.refuse("not_read")
        elif isinstance(room, Refusal):
            effects = self.say(room.message)
        elif isinstance(tag, _Search):
            effects = self._found(tag, [event for event in events if event.seq >= first_visible_seq(room, self.user)])
        elif tag.seq < first_visible_seq(room, self.user) or not _is_message(events, tag.seq):
            effects = self.refuse("message_unknown")
        else:
            effects = tag.act(events)
        return self._parted([*effects, *self._work()])

    def _found(self, search: _Search, events: list[Event]) -> Effects:
        said = [event for event in events if event.kind in MESSAGE_KINDS]
        if search.own:
            seq = max((event.seq for event in said if event.user == self.user), default=0)
            seq = max(seq, self._own.get(search.room, 0))
        else:
            seq = max((event.seq for event in said if not _is_erased(event)), default=0)
        if seq:
            return search.act(search.room, seq)
        whose = "message of yours" if search.own else "message"
        return self.say(f"No {whose} was found near the end of this room. Give its number: /numbers on shows them.")

    def present_page(self, tag: object, page: PresentPage | None) -> Effects:
        if self.state == "over":
            return []
        greeting = self._greeting() if self.state == "arriving" else []
        self.move("answered")
        effects: Effects
        if isinstance(tag, _Stay):
            self._stay = None
            effects = self._show_room(tag, page, greeting)
        elif page is None:
            effects = self.refuse("not_read")
        elif isinstance(tag, _Listing):
            effects = self._show_list(tag, page)
        else:
            assert isinstance(tag, Room)
            shown = self._shown(tag, page)
            effects = self._write(tag, shown) if shown else self.say("Nothing has been said here yet.")
        return self._parted([*effects, *self._work()])

    def _show_list(self, listing: _Listing, page: PresentPage) -> Effects:
        room = self.view.visible_room(listing.room, self.user)
        if isinstance(room, Refusal):
            return self.say(room.message)
        rendering, shown = self.rendering(room), self._shown(room, page)
        if not isinstance(rendering, RoomLines):
            return []
        number = listing.root
        if not shown:
            return self.say(f"[{number}] has no thread yet." if number else f"Nothing is pinned in #{room.name}.")
        title = f"The thread of {quote(rendering.quoted(room.id, number))}:" if number else f"Pinned in #{room.name}:"
        lines = [rendering.shown(item, number=True) for item in shown]
        return [*self.say(title), Send((b"\n" if self._raw else b"") + rendering.piece(room.id, lines))]

    # What happens to the user

    def joined(self, event: Event) -> Effects:
        if self.state in ("leaving", "over") or (self._stay is not None and event == self._stay.arrival):
            return []  # this session has joined itself, and shows the room's history before its stream
        room = self.view.state.rooms[event.room]
        return [Subscribe(room.id, event.seq - 1, self.rendering(room))]

    def left(self, event: Event) -> Effects:
        self._departures = with_departure(self._departures, event)
        elsewhere = self.current is None or self.current.id != event.room
        return [] if elsewhere or self.state not in ("chatting", "waiting") else self._go_elsewhere()

    def renamed(self, event: Event) -> Effects:
        room = self.view.state.rooms[event.room]
        return [] if self.state in ("leaving", "over") else [Rerender(room.id, self.rendering(room))]

    def invited(self, event: Event) -> Effects:
        if self.state not in PRESENT:
            return []  # the greeting will list this invitation
        return self._parted(self.say(_invites(event.name, self.view.state.rooms[event.room])))

    # The end

    def expelled(self, refusal: Refusal) -> Effects:
        self.move("expelled")
        return self._parted([*self.say(refusal.message), Close()])

    def stopping(self) -> Effects:
        return [*self.say("The server is stopping. Come back in a moment."), Close()]

    # Telnet

    def _without_telnet(self, data: bytes) -> tuple[bytes, list[Effect]]:
        """Return the text in `data`, and the answers to the commands in it."""
        if self._telnet is None:
            self._telnet = TelnetFilter(at_start=self._decoder is None and not self._answer)
        spoke = self._telnet.spoken
        text, answer = self._telnet.receive(data)
        effects: list[Effect] = [Send(answer)] if answer else []
        if self._telnet.spoken and not spoke:
            effects += self._expect_lines()
        return text, effects

    def _expect_lines(self) -> list[Effect]:
        """Expect a newline at the end of each line from now on, because the client is not one without newlines."""
        if self._decoder is None:
            return [SetTimer(NAMING_SECONDS)]
        if not self._raw:
            return []
        assert isinstance(self._decoder, PrefixDecoder)
        self._raw = False
        lines = LineDecoder()
        self._keep(lines.receive(self._decoder.take_rest()))
        self._decoder = lines
        return [Send(b"\n"), SetTimer(NAMING_SECONDS if self.state in _PROMPTS else 0), *self._rerendered()]

    def _rerendered(self) -> list[Effect]:
        """Continue the streams of all rooms of the user as they are to be rendered now."""
        shown = self.view.state.users[self.user].rooms if self.user in self.view.state.users else ()
        return [Rerender(id_, self.rendering(self.view.state.rooms[id_])) for id_ in shown]

    # The first answer shows what kind of client it is

    @property
    def _ends_with_enter(self) -> bool:
        """Whether the first answer certainly ends with a newline, which the Enter key sends."""
        return self._typed or BOM.startswith(self._answer) or (self._telnet is not None and self._telnet.spoken)

    def _hear(self, data: bytes) -> Effects:
        if self._decoder is None:
            return self._hear_answer(data)
        effects: list[Effect] = []
        # The report's client begins each message with its prefix. Only answers to prompts have none, and come in one
        # piece.
        is_key = self.state not in _PROMPTS or len(data) == 1
        if isinstance(self._decoder, PrefixDecoder) and is_key and self._decoder.is_foreign(data):
            effects = self._expect_lines()
        self._keep(self._decoder.receive(data))
        effects += self._work()
        if isinstance(self._decoder, PrefixDecoder) and self._decoder.waiting:
            effects.append(SetTimer(SILENCE_SECONDS))
        return self._parted(effects)

    def _hear_answer(self, data: bytes) -> Effects:
        self._typed = self._typed or self._answer.removeprefix(BOM) != b""
        self._answer += data
        if classify(self._answer) is Dialect.HTTP and b"\n" in self._answer:
            # A browser opens spare connections and sends nothing on them until it needs them, so the server took this
            # one for a line client. After a reset the browser repeats its request on a new connection.
            return [Close(reset=True)]
        if b"\n" in self._answer or b"\r\0" in self._answer or len(self._answer) > LINE_BYTES:
            return self._begin(raw=False)
        if self._ends_with_enter:
            return [SetTimer(NAMING_SECONDS)]
        single = len(self._answer.decode(errors="replace")) == 1
        return [SetTimer(SINGLE_KEY_SECONDS if single else SILENCE_SECONDS)]

    def _begin(self, *, raw: bool) -> Effects:
        answer, self._answer = self._answer, b""
        self._raw = raw
        if not raw:
            self._decoder = LineDecoder()
            self._keep(self._decoder.receive(answer))
            return [SetTimer(NAMING_SECONDS), *self._work()]
        name = answer.removeprefix(BOM).decode(errors="replace").strip()
        # In the answer to `invite?`, such a client's prefix comes before the answer.
        prefix = name.rpartition(": ")[0] if self.state == "inviting" else ""
        self._decoder = PrefixDecoder(prefix or name)
        self._keep([name])
        return self._flush(self._decoder)

    # Lines

    def _flush(self, decoder: LineDecoder | PrefixDecoder, *, finished: bool = True) -> Effects:
        """Process the incomplete input as a complete line, or, without `finished`, as a line that was cut off by the
        end of the stream.
        """
        lines = decoder.flush()
        self._keep(lines if finished else [_Unfinished(line) if isinstance(line, str) else line for line in lines])
        effects = self._work()
        if self.state in _PROMPTS:
            effects.append(SetTimer(NAMING_SECONDS))
        return self._parted(effects)

    def _keep(self, lines: Sequence[_Line]) -> None:
        """Add lines to the backlog. While it is empty, as it is for most of the time, it takes no memory."""
        if lines:
            self._backlog = [*self._backlog, *lines] if self._backlog else lines

    def _work(self) -> list[Effect]:
        """Process lines until one has to wait for an answer, or enough was written at once."""
        effects: list[Effect] = []
        backlog = self._backlog
        lines = backlog[:LINES_AT_ONCE]
        taken = written = 0
        while taken < len(lines) and written < PIECE_BYTES and self.state in READING:
            came = self._take(lines[taken])
            taken += 1
            written += sum([len(effect.data) for effect in came if type(effect) is Send])
            effects += came
        if taken:
            self._backlog = backlog[taken:] if taken < len(backlog) else ()
        return effects

    def _parted(self, effects: Effects) -> Effects:
        """Put newlines between messages that are sent together to a client without newlines."""
        if not self._raw:
            return effects
        later = [number for number, effect in enumerate(effects) if isinstance(effect, Send)][1:]
        return [
            Send(b"\n" + effect.data) if isinstance(effect, Send) and number in later else effect
            for number, effect in enumerate(effects)
        ]

    def _take(self, line: _Line) -> Effects:
        if not isinstance(line, str):
            if isinstance(line, LineError):
                again = [Send(_PROMPTS[self.state])] if self.state in _PROMPTS else []
                return [*self.refuse(line.code, why=line.why, limit=LINE_BYTES), *again]
            if self.state not in _PROMPTS and is_cut_off(line.text):
                return self.refuse("command_unfinished")
            line = line.text
        if self.state in _PROMPTS:
            return self._take_answer(line)
        if line.startswith((".exit", "/")):
            if not line.startswith("//"):
                return run(self, line)
            line = line[1:]
        if not line or line.isspace():
            return []
        if self.current is None:
            return self.say("You are in no room. /join ROOM takes you into one, /rooms lists them.")
        if (substitution := parse_substitution(line)) is not None:
            return substitute(self, self.current, line, substitution)
        return self.send(commands.SendMessage(self.user, self.current.id, line))

    def _take_answer(self, line: str) -> Effects:
        answer = line.strip()
        if isinstance(self._decoder, PrefixDecoder) and self.state != "proving":
            # When it is asked again, the report's client begins its answer with its prefix, which stays its first
            # answer for good.
            answer = answer.rpartition(": ")[2]
        if answer in GOODBYES:
            self.move("goodbye")
            return [Close()]
        if self.state == "inviting":
            # The answer of a user with an account is empty, because they need no invitation.
            self._invitation = hash_code(answer.rpartition("/")[2]) if answer else None
            self.move("code")
            return [Send(PROMPT), SetTimer(NAMING_SECONDS)]
        if not answer:
            self.move("empty")
            return [Send(PROMPT)]
        if self.state == "proving":
            self.move("password")
            return [CheckPassword(self._account, answer)]
        if (account := self.view.account(answer)) is not None:
            self._account = account.name
            self.move("account")
            return [Send(PASSWORD_PROMPT), SetTimer(NAMING_SECONDS)]
        self.move("name")
        invitation = self.view.state.invitations.get(self._invitation or "")
        self._landing = invitation.room if invitation is not None else 0
        return [Submit(commands.ClaimName(answer, invitation=self._invitation), "enter")]

    # Coming in

    def _refused(self, refusal: Refusal) -> Effects:
        uninvited = self.view.policy.access == "invite" and refusal.code.startswith("invitation")
        self.move("uninvited" if uninvited and self.state == "claiming" else "refused")
        effects = self.say(refusal.message)
        if self.state in _PROMPTS:
            effects += [Send(_PROMPTS[self.state]), SetTimer(NAMING_SECONDS)]
        return effects

    def _named(self, outcome: Outcome) -> Effects:
        """Enter the first room, after the user got a name."""
        assert isinstance(outcome, Decision)
        self.move("named")
        self.user = outcome.events[0].user
        # The user may enter the room that their invitation leads to, if there is one.
        room = self.view.state.rooms.get(self._landing)
        open_to_them = room is not None and (self.user in room.invited or visible(self.view.state, room, self.user))
        name = room.name if room is not None and room.id and open_to_them else self.view.lobby
        return [BindUser(self.user, self.token), SetTimer(0), Submit(commands.Join(self.user, name), "join")]

    def _came_back(self, user: int) -> Effects:
        """Begin the conversation of a user with an account, in the rooms of which they are a member."""
        self.user = user
        mine = [self.view.state.rooms[id_] for id_ in self.view.state.users[user].rooms]
        groups = [room for room in mine if room.kind != "direct" and not room.archived]
        self.current = next((room for room in groups if room.name == self.view.lobby), groups[0] if groups else None)
        current = self.current
        effects: list[Effect] = [BindUser(user, self.token), SetTimer(0)]
        effects += [Subscribe(room.id, room.tip, self.rendering(room)) for room in mine if room is not current]
        if current is None:
            self.move("named")
            return [*effects, Submit(commands.Join(user, self.view.lobby), "join")]
        self.move("joined")
        return [*effects, *self._read_room(current, _Stay(current.id, current.members[user], current.tip))]

    def _joined_room(self, event: Event) -> Effects:
        self.move("joined")
        return self._read_room(self.view.state.rooms[event.room], _Stay(event.room, event.seq, event.seq, event))

    def _read_room(self, room: Room, stay: _Stay) -> list[Effect]:
        self._stay = stay
        before = room.tip + 1 if stay.arrival is None else stay.since
        return [self._read_said(room, HISTORY_LINES, before, stay)]

    def _read_said(self, room: Room, limit: int, before: int, tag: object) -> ReadPresent:
        return ReadPresent(room.id, self.user, limit, before, tag=tag, said=True, quotes=True)

    def _show_room(self, stay: _Stay, history: PresentPage | None, greeting: list[Effect]) -> Effects:
        """Show a room's history, and begin the room's stream after it."""
        room = self.view.state.rooms[stay.room]
        if room.members.get(self.user) != stay.since:
            return self._turned_out(room, stay, greeting)
        shown = [] if history is None else self._shown(room, history)
        came = stay.arrival
        effects = [*self.switch(room), *self._write(room, shown, came), *greeting]
        if came is not None and room.topic:
            effects += self.say(f"The topic of #{room.name} is: {room.topic}")
        return [*effects, Subscribe(room.id, stay.after, self.rendering(room))]

    def _turned_out(self, room: Room, stay: _Stay, greeting: list[Effect]) -> Effects:
        """Show a room's events up to the user's departure, which happened while the history was read."""
        effects: list[Effect] = []
        left = departure_after(self._departures, room.id, stay.since)
        if left is not None and self.user not in room.members:
            after = stay.after if stay.arrival is None else stay.since - 1
            effects.append(Subscribe(room.id, after, self.rendering(room), left))
        effects += greeting
        if self.current is None or (self.current.id == room.id and self.user not in room.members):
            effects += self._go_elsewhere()
        return effects

    def _greeting(self) -> list[Effect]:
        invitations = self.view.invitations(self.user) if self.user in self.view.state.users else []
        return self.say("you are now connected!", *[_invites(name, room) for room, _, name in invitations])

    def _go_elsewhere(self) -> list[Effect]:
        others = self.view.state.rooms_of(self.user)
        if not others:
            self.current = None
            return self.say("You are in no room now. /join ROOM takes you into one.")
        return [*self.switch(others[0]), *self.say(f"You are in #{others[0].name} now.")]

    # For the commands; see `parley.gateways.line.commands.Conversation`

    def say(self, *lines: str) -> list[Effect]:
        return [Send(framed(lines, raw=self._raw))]

    def refuse(self, code: str, **values: object) -> list[Effect]:
        return self.say(refuse(code, None, **values).message)

    def ask(self, command: commands.Command, tag: str) -> list[Effect]:
        self.move("ask")
        return [Submit(command, tag)]

    def depart(self, words: str) -> list[Effect]:
        self.move("depart")
        return [Submit(commands.ReleaseName(self.user, words), "depart")]

    def read_history(self, room: Room, limit: int) -> list[Effect]:
        self.move("ask")
        return [self._read_said(room, limit, room.tip + 1, room)]

    def send(self, command: commands.SendMessage | commands.SendDirect) -> list[Effect]:
        self._sending += 1
        self._serial += 1
        return [Submit(command, self._serial)]

    def with_message(self, room: Room, number: Number, act: OnMessage) -> Effects:
        if isinstance(number, int):
            return act(room.id, number)
        if self._sending:
            # The user may mean the message that is on its way, and not the one before it.
            self.move("ask")
            self._held = lambda: self.with_message(room, number, act)
            return []
        if number is None:
            if self._lost > self._stored:
                return self.say("Your last message was not stored. Give the number of another: /numbers on shows them.")
            if self._newest is not None and self.view.state.rooms[self._newest[0]].kind == "direct":
                return act(*self._newest)
        self.move("ask")
        return [ReadPage(room.id, PAGE_EVENTS, before=room.tip + 1, tag=_Search(room.id, number is None, act))]

    def with_versions(self, room: int, seq: int, act: OnVersions) -> list[Effect]:
        self.move("ask")
        return [ReadVersions(room, seq, NEWEST, VERSIONS, _Versions(room, seq, act))]

    def read_thread(self, room: int, root: int) -> list[Effect]:
        self.move("ask")
        before = self.view.state.rooms[room].tip + 1
        return [ReadPresent(room, self.user, THREAD_LINES, before, 0, root, _Listing(room, root), quotes=True)]

    def read_pins(self, room: Room) -> list[Effect]:
        self.move("ask")
        return [ReadPins(room.id, self.user, _Listing(room.id), quotes=True)]

    def show_numbers(self, on: bool) -> list[Effect]:
        self._numbers = on
        return self._rerendered()

    def show(self, what: str, on: bool) -> list[Effect]:
        if what == "reactions":
            self._reactions = on
        else:
            self._comings = on
        return self._rerendered()

    def hash_password(self, password: str, make: Callable[[str], commands.Command]) -> list[Effect]:
        self.move("ask")
        self._command = make
        return [HashPassword(password)]

    def switch(self, room: Room) -> list[Effect]:
        before, self.current = self.current, room
        if before is None or before.id == room.id:
            return [Rerender(room.id, self.rendering(room))]
        return [Rerender(before.id, self.rendering(before)), Rerender(room.id, self.rendering(room))]

    def rendering(self, room: Room) -> RoomLines | DirectLines:
        """Return the rendering of a room's events for this client."""
        how = {"raw": self._raw, "numbers": self._numbers, "reactions": self._reactions}
        if room.kind == "direct":
            return DirectLines(self.user, self.view.other_name(room, self.user), view=self.view, **how)
        floor = first_visible_seq(room, self.user) if room.private else 0
        here = self.current is not None and self.current.id == room.id
        tag = "" if here else f"#{room.name}"
        return RoomLines(tag, self._comings, view=self.view, floor=floor, **how)

    def _shown(self, room: Room, page: PresentPage) -> list[Shown]:
        """Return the last messages of a page that the user may see, at most as many as are written at once."""
        first = first_visible_seq(room, self.user)
        return cut_present_page(page, first, len(page.items) + 1, PIECE_BYTES, newest=True)[0]

    def _write(self, room: Room, shown: list[Shown], arrival: Event | None = None) -> list[Effect]:
        """Write messages in their present form, and the user's arrival after them."""
        rendering = self.rendering(room)
        assert isinstance(rendering, RoomLines)
        lines = [rendering.shown(item) for item in shown]
        if arrival is not None:
            lines.append(rendering.event(arrival))
        return [Send(rendering.piece(room.id, lines))] if any(lines) else []


def _is_message(versions: list[Event], seq: int) -> bool:
    return bool(versions) and versions[0].seq == seq and versions[0].kind in MESSAGE_KINDS


def _is_erased(event: Event) -> bool:
    return isinstance(event, RelatedEvent) and event.erased > 0


def _invites(name: str, room: Room) -> str:
    return f"{name} invites you to #{room.name}: /join {room.name}"


_PROMPTS: Final[dict[str, bytes]] = {
    "inviting": INVITATION_PROMPT,
    "naming": PROMPT,
    "proving": PASSWORD_PROMPT,
}
"""The prompt of each state before the user has a name."""

_CHANGES: Final = ("moderate", "change", "react")
"""Commands that may turn out to change nothing."""

_DONE: Final[dict[object, str]] = {
    "register": "Done. Your name is yours now.",
    "password": "Done. Your other sessions have ended.",
}
