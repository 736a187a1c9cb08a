"""A session without a server. The fixture performs the session's effects on a state and on logs in memory, when the
test says so.
"""

import json
from collections import deque
from typing import Any, Final

from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from parley import __version__
from parley.core.commands import ClaimName, Command, Erase, OpenRoom, Register, Reply, SignIn, named_messages
from parley.core.decision import Repeated
from parley.core.erasure import WITH_TEXT, tombstone
from parley.core.events import Event, RelatedEvent, departed
from parley.core.forms import Message, Shown, is_listed, present
from parley.core.quotes import QuotedMessage
from parley.core.records import Identity
from parley.core.refusals import Refusal, refuse
from parley.core.rendering import Rendering, Signal
from parley.core.rules import Policy, decide
from parley.core.salts import put_salts
from parley.core.state import State
from parley.gateways.effects import (
    BindUser,
    CheckPassword,
    Close,
    Effects,
    FindSeq,
    HashPassword,
    MarkRead,
    NextTurn,
    PresentPage,
    ReadPage,
    ReadPins,
    ReadPresent,
    ReadVersions,
    Rerender,
    ResumeToken,
    Send,
    SetTimer,
    Submit,
    Subscribe,
    Unsubscribe,
)
from parley.gateways.line import LineSession
from parley.gateways.session import Session
from parley.gateways.view import View
from parley.gateways.web import WebSession
from tests.salts import without_salts

ANYONE: Final = Policy()


Asking = (
    Submit
    | ReadPage
    | ReadPresent
    | ReadPins
    | ReadVersions
    | FindSeq
    | ResumeToken
    | CheckPassword
    | HashPassword
    | NextTurn
)
"""The effects that need an answer."""


class SessionFixture:
    """The server as one session sees it.

    Attributes:
        waiting: the effects that need an answer and have none yet.
        alarm: the seconds of the timer; 0 for none.
        closed: the `Close` effect, if there was one.
    """

    def __init__(self, policy: Policy = ANYONE) -> None:
        self.state = State("e1")
        self.logs: dict[int, list[Event]] = {}
        self.tokens: dict[bytes, Identity] = {}
        self.passwords: dict[int, str] = {}
        self.places: dict[tuple[int, str], tuple[int, int]] = {}
        self.view = View(self.state, lambda user: True, f"Parley {__version__}", policy=policy)
        self.waiting: deque[Asking] = deque()
        self.signals: list[Signal] = []
        self.marks: list[MarkRead] = []
        self.readers: dict[int, tuple[int, Rendering]] = {}
        self.alarm = 0.0
        self.closed: Close | None = None
        self.user = 0
        self.out = b""
        self.session: Session
        self._at = 0
        self.happens(OpenRoom("lobby"))

    # Calls of the server

    def opens(self) -> None:
        self.perform(self.session.opened())

    def receives(self, data: bytes) -> None:
        self.perform(self.session.receive(data))

    def rings(self) -> None:
        assert self.alarm
        self.alarm = 0.0
        self.perform(self.session.timer_fired())

    def perform(self, effects: Effects) -> None:
        for effect in effects:
            match effect:
                case Send(data):
                    self.out += data
                case _ if isinstance(effect, Asking):
                    self.waiting.append(effect)
                case BindUser(user):
                    assert user in self.state.users
                    self.user = user
                case Subscribe(room, after, rendering, last):
                    assert 0 <= after <= self.state.rooms[room].tip
                    if last is None:
                        self.readers[room] = after, rendering
                        self.pump()
                    else:
                        self.write(rendering, room, self.logs[room][after:last])
                case Unsubscribe(room):
                    self.readers.pop(room, None)
                case Rerender(room, rendering):
                    if room in self.readers:
                        self.readers[room] = self.readers[room][0], rendering
                case Signal():
                    self.signals.append(effect)
                case MarkRead():
                    self.marks.append(effect)
                case SetTimer(seconds):
                    self.alarm = seconds
                case Close():
                    self.closed = self.closed or effect

    def answer(self, *, refusal: str | None = None) -> None:
        """Answer the oldest waiting effect, as the rules decide, or with a refusal."""
        effect = self.waiting.popleft()
        match effect:
            case Submit(command, tag):
                if refusal:
                    self.perform(self.session.decided(tag, refuse(refusal, 1000, seconds=1.0)))
                else:
                    self.happens(command, tag=tag, asked=True)
            case ReadPage(room, limit, before, after, said, tag):
                events: list[Event] | None = None
                if not refusal:
                    events = [event for event in self.logs[room] if not said or event.kind in ("message", "action")]
                    if before is not None:
                        events = [event for event in events if event.seq < before][-limit:]
                    elif after is not None:
                        events = [event for event in events if event.seq > after][:limit]
                self.perform(self.session.page(tag, events))
            case ReadPresent() | ReadPins():
                page = None if refusal else self.present_page(effect)
                self.perform(self.session.present_page(effect.tag, page))
            case ReadVersions(room, seq, before, limit, tag):
                edits = [
                    event
                    for event in self.logs[room]
                    if event.kind == "edited" and isinstance(event, RelatedEvent) and event.target == seq
                ]
                edits = [event for event in edits if event.seq < before][-limit:]
                versions = [event for event in self.logs[room] if event.seq == seq] + edits
                self.perform(self.session.page(tag, None if refusal else versions))
            case FindSeq(room, at, tag):
                seqs = [event.seq for event in self.logs[room] if event.at >= at]
                found = None if refusal else min(seqs, default=self.state.rooms[room].tip + 1)
                self.perform(self.session.seq_found(tag, found))
            case ResumeToken(token):
                known = None if refusal else self.tokens.get(token)
                self.perform(self.session.token_resumed(known or refuse("token_unknown")))
            case CheckPassword(name, password):
                user = self.state.user_named(name)
                right = user is not None and not refusal and self.passwords.get(user.id) == f"hash of {password}"
                self.perform(self.session.password_checked(user.id if user and right else refuse("sign_in_wrong")))
            case HashPassword(password):
                self.perform(self.session.password_hashed(refuse(refusal, 1000) if refusal else f"hash of {password}"))
            case NextTurn():
                self.perform(self.session.next_turn())

    def present_page(self, effect: ReadPresent | ReadPins) -> PresentPage:
        """Read a page in present form."""
        log = self.logs[effect.room]
        forms = present(log)
        listed = [event for event in log if event.seq in forms]
        if isinstance(effect, ReadPins):
            listed = [event for event in listed if forms[event.seq].pinned]
        else:
            listed = [event for event in log if is_listed(event, effect.thread)]
            if effect.said:
                listed = [event for event in listed if event.seq in forms and not forms[event.seq].erased]
            listed = [event for event in listed if event.seq < effect.before][-effect.limit :]
        for event in listed:
            for seq in (getattr(event, "target", 0), getattr(event, "reply", 0)):
                if seq and effect.quotes:
                    self.view.quotes.put(effect.room, seq, QuotedMessage.of(forms[seq]))
        items = [
            Shown.of(event, forms[event.seq], effect.user) if event.seq in forms else Shown(event) for event in listed
        ]
        return PresentPage(items, 1, len(log), len(log))

    def forms_of(self, command: Command) -> list[Message | None]:
        """Return the forms of the messages that decide a command."""
        messages = present(self.logs.get(getattr(command, "room", 0), ()))
        found = [messages.get(seq) for seq in named_messages(command)]
        if isinstance(command, Erase) and found[0] is not None and found[0].thread:
            found.append(messages[found[0].thread])
        return found

    def erase(self, by: RelatedEvent) -> None:
        """Erase what the event `by` erases from the log."""
        for at, event in enumerate(log := self.logs[by.room]):
            is_change = isinstance(event, RelatedEvent) and event.target == by.target and event.kind in WITH_TEXT
            if event.seq == by.target or is_change:
                log[at] = tombstone(event, by.seq)

    def settle(self) -> None:
        """Answer until nothing waits."""
        while self.waiting:
            self.answer()

    def happens(self, command: Command, *, tag: object = None, asked: bool = False) -> list[Event]:
        """Decide a command of the session or of somebody else, and call the session in the order of the server."""
        self._at += 1
        keyed = command.actor, command.key
        if keyed in self.places:
            self.perform(self.session.decided(tag, Repeated(*self.places[keyed])))
            return []
        forms = self.forms_of(command)
        decision = decide(self.state, command, self._at, self.view.policy, forms=forms)
        if isinstance(decision, Refusal):
            if asked:
                self.perform(self.session.decided(tag, decision))
            return []
        events = decision.events
        put_salts(events)
        for event in events:
            self.state.apply(event)
            self.view.directory.apply([event])
            if event.room:
                self.view.marks.apply(event.room, [event])
            self.logs.setdefault(event.room, []).append(event)
            if isinstance(event, RelatedEvent):
                for form in forms if isinstance(command, Reply) else ():
                    if form is not None:
                        self.view.quotes.put(event.room, form.seq, QuotedMessage.of(form))
                self.view.quotes.apply(event)
                if event.kind == "erased":
                    self.erase(event)
            if event.key is not None:
                self.places[event.user, event.key] = event.room, event.seq
        if isinstance(command, ClaimName | SignIn) and command.token is not None:
            # The token belongs to the new guest, or to the account that signs in.
            id_ = command.user or events[0].user
            self.tokens[command.token] = Identity(id_, self.state.users[id_].name, "resume")
        if isinstance(command, Register) and command.password is not None:
            self.passwords[next(event.user for event in events if event.kind == "registered")] = command.password
        mine = [event for event in events if self.user and event.user == self.user]
        for event in events:
            if self.user and departed(event) == self.user:
                self.pump()
                self.readers.pop(event.room, None)
                self.perform(self.session.left(event))
        if asked:
            self.perform(self.session.decided(tag, decision))
        for event in mine:
            if event.kind == "joined":
                self.perform(self.session.joined(event))
        for event in events:
            if event.kind == "room_renamed" and self.user in self.state.rooms[event.room].members:
                self.perform(self.session.renamed(event))
            if event.kind == "invited" and event.about is not None and event.about.user == self.user:
                self.perform(self.session.invited(event))
        self.pump()
        return events

    def user_named(self, name: str) -> int:
        """Return the id of the user of that name."""
        user = self.state.user_named(name)
        assert user
        return user.id

    def expel_if_deleted(self) -> None:
        """End the session if the account of its user has been deleted."""
        if self.user in self.state.deleted:
            self.expel()

    def expel(self) -> None:
        """End the streams, and expel the session."""
        self.readers.clear()
        self.perform(self.session.expelled(refuse("session_unknown")))
        self.user = 0

    def pump(self) -> None:
        for room, (after, rendering) in list(self.readers.items()):
            fresh = self.logs[room][after:]
            if fresh:
                self.readers[room] = fresh[-1].seq, rendering
                self.write(rendering, room, fresh)

    def write(self, rendering: Rendering, room: int, events: list[Event]) -> None:
        rendered = [rendering.event(event) for event in events]
        if any(rendered):
            self.out += rendering.piece(room, rendered)

    # Output that the test reads

    def said(self) -> str:
        """Return what was written since this was last asked."""
        out, self.out = self.out, b""
        return out.decode()


class LineSessionFixture(SessionFixture):
    """A client of the line dialect."""

    def __init__(self, policy: Policy = ANYONE) -> None:
        super().__init__(policy)
        self.session: LineSession = LineSession(self.view, lambda: "secret")

    def says(self, text: str) -> str:
        """Receive characters, answer everything, and return what was written."""
        self.receives(text.encode())
        self.settle()
        return self.said()

    def is_silent(self) -> str:
        """Let the session's timer fire, and return what was written."""
        self.rings()
        self.settle()
        return self.said()


class WebSessionFixture(SessionFixture):
    """A client of the web dialect."""

    def __init__(self, policy: Policy = ANYONE) -> None:
        super().__init__(policy)
        tokens = iter(range(10**6))
        self.session: WebSession = WebSession(self.view, lambda: f"token-{next(tokens)}")
        self._protocol = ClientProtocol(parse_uri("ws://localhost/"), state=OPEN, max_size=None)

    def sends(self, **frame: Any) -> list[dict[str, Any]]:
        """Receive a frame, answer everything, and return the frames that were written."""
        self.receives(json.dumps(frame).encode())
        self.settle()
        return self.frames()

    def frames(self) -> list[dict[str, Any]]:
        """Return the frames that were written since this was last asked."""
        out, self.out = self.out, b""
        self._protocol.receive_data(out)
        return [
            without_salts(json.loads(bytes(event.data)))
            for event in self._protocol.events_received()
            if isinstance(event, Frame)
        ]
