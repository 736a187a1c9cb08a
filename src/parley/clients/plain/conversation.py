"""What is said between the user and the session, as lines: without I/O, the same on a terminal and in a pipe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct

from parley.clients.keep.identity import invitation_code
from parley.clients.model.names import bare, direct_address, fold
from parley.clients.model.room_ref import RoomRef
from parley.clients.protocol import effects as fx
from parley.clients.protocol.connection_state import Phase
from parley.clients.protocol.requests import (
    Action,
    AskHistory,
    AskStatus,
    ChangeTopic,
    CreateRoom,
    JoinRoom,
    LeaveRoom,
    MakeAccount,
    ModerateRoom,
    OutboxEntry,
    Request,
    Secret,
    SetLevel,
    StartDirect,
    TakeName,
)
from parley.clients.protocol.session import ClientSession
from parley.wire import web

from .commands import obey
from .read_status import LEVELS, ReadStatus
from .render import Style, TextLine, counts, described, excerpt, label, lines_of, messages, people, safe, until

LEAD: Final = 20
"""How many earlier messages are shown to one who enters a room."""

TYPING_SHOWN_SECONDS: Final = 5.0

_PROMPTS: Final = {
    "name": "Input username >>> ",
    "password": "Password >>> ",
    "invitation": "Invitation >>> ",
    "new password": "New password >>> ",
    "once more": "The same once more >>> ",
}


class Question(Struct, frozen=True):
    """What the next line answers, and why it is asked."""

    about: Literal["name", "password", "invitation", "new password", "once more"]
    why: str = ""

    @property
    def prompt(self) -> str:
        return _PROMPTS[self.about]

    @property
    def hidden(self) -> bool:
        """Whether the answer must not be seen."""
        return self.about in ("password", "new password", "once more")

    @property
    def held_up(self) -> bool:
        """Whether the server lets us in no sooner than with the answer."""
        return self.about in ("name", "password", "invitation")


class PlainConversation:
    """Turns typed lines into commands and effects into lines.

    Args:
        session: the session, which this gives commands to.
        room: the room to be in at first.
        now: the session's clock, in seconds.
        show: takes a line for the user.
        can_ask: whether the next line may be the answer to a question.
        looked_at: whether somebody reads the lines as they come.

    Attributes:
        room: the room that lines go to, without `#`, or `@PEOPLE`; None if the user has left it.
        asking: what the next line answers; None if nothing is asked.
        met: whether the server was reached at all.
        online: whether it can be reached at the moment.
        reading: what the user has read, and others of theirs.
        parting_words: is set when the user wants to go.
        refusals: how many messages were refused for good.
        fault: why the session ended, if that was not the user's wish.
    """

    def __init__(
        self,
        session: ClientSession,
        room: str,
        now: Callable[[], float],
        show: Callable[[TextLine], None],
        *,
        can_ask: bool = True,
        looked_at: bool = False,
    ) -> None:
        self.session = session
        self.can_ask = can_ask
        self.reading = ReadStatus(self, looked_at=looked_at)
        self.room: str | None = bare(room)
        self.asking: Question | None = None
        self._new_password: Secret | None = None
        self.met = False
        self.online = False
        self.parting_words: str | None = None
        self.refusals = 0
        self.fault = ""
        self._now = now
        self._show = show
        self._lost = False
        self._greeted = False
        self._from_earlier = len(session.unsent)
        self._left_behind: str | None = None  # the room to go back to if the new one can't be entered
        self._typing: dict[str, float] = {}
        session.join(room, now(), LEAD)

    # From the user -------------------------------------------------------------------------------------------------

    def hear(self, line: str) -> None:
        """Take a line that the user has typed."""
        if self.asking is not None:
            self._hear_answer(self.asking, line)
        elif line.strip():
            obey(self, line)

    def _hear_answer(self, question: Question, line: str) -> None:
        answer = line.strip()
        if not answer and question.about in ("password", "invitation"):
            self.asking = Question("name", "Under another name, then.")
            return
        if not answer and question.held_up:
            return
        self.asking = None
        match question.about:
            case "name":
                self.session.take_name(answer, self._now())
            case "password":
                self.session.take_password(Secret(line), self._now())
            case "invitation":
                self.session.take_invitation(invitation_code(answer), self._now())
            case "new password" if answer:
                self._new_password = Secret(line)
                self.asking = Question("once more")
            case _:
                self._make_account(line)

    def _make_account(self, again: str) -> None:
        password, self._new_password = self._new_password, None
        if password is None or not again:
            self.answer("No account is made.")
        elif password.value != again:
            self.problem("These are two different passwords. No account is made.")
        else:
            self.ask(self.session.register, password)

    def ask_new_password(self) -> None:
        """Ask for the password of the account that is to be made."""
        self.asking = Question("new password", "With a password, your name is yours for good. Nothing: no account.")

    def say(self, text: str) -> None:
        if room := self.room_or_complain():
            self.ask(self.session.say, room, text)

    def join(self, room: str) -> None:
        """Go to a room. What is typed from now on goes there, whether or not the server has answered."""
        room = bare(room)
        self.reading.turn_away()
        self._left_behind, self.room = self.room, room
        if self.session.topic_of(room) is not None:
            self.answer(f"You are in #{room} now.")
        self.session.join(room, self._now(), LEAD)

    def create(self, room: str) -> None:
        """Make a private room, and go there."""
        room = bare(room)
        self.reading.turn_away()
        self._left_behind, self.room = self.room, room
        self.session.create(room, self._now(), LEAD)

    def gather(self, names: list[str]) -> None:
        """Go to a conversation of several people; what is typed from now on goes there."""
        self.reading.turn_away()
        self._left_behind, self.room = self.room, direct_address(names, self.session.name)
        self.session.start_direct(names, self._now())

    def moderate(
        self,
        room: str,
        action: Action,
        whom: str = "",
        *,
        undo: bool = False,
        duration: int = 0,
        value: str = "",
        why: str = "",
    ) -> None:
        """Do something about a room or someone in it."""
        self.session.moderate(room, action, whom, undo=undo, duration=duration, value=value, why=why, now=self._now())

    def ask(self, command: Callable[..., object], *arguments: object) -> None:
        """Give the session a command, with the time."""
        command(*arguments, now=self._now())

    def room_or_complain(self, room: str = "") -> str | None:
        """Return the room that is meant: `room`, or else the one the user is in."""
        if room or self.room:
            return bare(room) or self.room
        self.problem("You are in no room. /join ROOM")
        return None

    def someone_types(self) -> str:
        """Return who is typing in this room, as a sentence without an end; empty if nobody is."""
        now = self._now()
        names = [safe(name) for name, at in self._typing.items() if now - at < TYPING_SHOWN_SECONDS]
        return f"{', '.join(names[:3])} {'is' if len(names) == 1 else 'are'} typing" if names else ""

    # To the user ---------------------------------------------------------------------------------------------------

    def answer(self, text: str) -> None:
        self.line(text, "answer")

    def notice(self, text: str) -> None:
        self.line(text, "notice")

    def problem(self, text: str) -> None:
        self.line(text, "problem")

    def refused(self, entry: OutboxEntry, why: str) -> None:
        """Say that a message was refused."""
        self.refusals += 1
        self.problem(f"Not sent to {entry.to.removeprefix('@')}: {excerpt(entry.text)!r}. {why}")

    def line(self, text: str, style: Style) -> None:
        """Show a line."""
        self._show(TextLine(safe(text), style))

    def take(self, effect: fx.Effect) -> None:
        """Show what a session's effect is for the user."""
        match effect:
            case fx.Show(place=place, events=events):
                here = self.is_here(place)
                for event in events:
                    self._typing.pop(event.name, None)
                    self.reading.note(place, event)
                    for line in lines_of(event, place, here=here, me=self.session.user):
                        self._show(line)
            case fx.Online(first=first):
                self._come_online(first)
            case fx.Offline(why=why, delay=delay):
                self._go_offline(why, delay)
            case fx.AskName(message=message):
                self.asking = Question("name", message)
            case fx.AskPassword(message=message):
                self.asking = Question("password", message)
            case fx.AskInvitation(message=message):
                self.asking = Question("invitation", message)
            case fx.SignedOut():
                self.notice("Your session on this server has ended.")
            case fx.InvitationKept():
                self.notice("This invitation is for making an account: /register uses it, once you are in.")
            case fx.NewIdentity(unsent=unsent):
                self._tell_new_identity(unsent)
            case fx.Entered(place=place, topic=topic, request=request):
                self._enter(place, topic, request)
            case fx.CaughtUp(place=place) if self.is_here(place):
                self._greet()
            case fx.Exited(place=place):
                self._go(place, effect)
            case fx.InvitedTo(room=room, by=by):
                self.line(f"{by} invites you to #{room}: /join {room}", "happened")
            case fx.Renamed(before=before, place=place) if self.is_here(before) or self.is_here(place):
                self.room = place.address
            case fx.Waiting(message=message):
                self.notice(f"{message} It is sent then; what you write there meanwhile waits behind it.")
            case fx.Rewound(place=place):
                self.reading.forget(place)
                self.notice(f"The history of #{place.name} was restored from a backup. This is what it is now:")
            case fx.Settle(entry=entry, state="refused", why=why):
                self.refused(entry, why)
            case fx.Answered(request=request, frame=frame, place=found):
                self._answer(request, frame, found)
            case fx.Failed(request=request, message=message):
                self._fail(request, message)
            case fx.Uncertain(request=ChangeTopic(topic=text)):
                self.problem(f"The connection broke before the server answered: the topic {text!r} may be set or not.")
            case fx.Uncertain(request=ModerateRoom(action=action, whom=whom, undo=undo)):
                command = f"/{'un' if undo else ''}{action} {whom}"
                self.problem(f"The connection broke before the server answered: {command} may be done or not.")
            case fx.Hint(place=place, signal=signal) if signal.kind == "typing" and self.is_here(place):
                self._typing[signal.name] = self._now()
            case fx.Complaint(message=message):
                self.problem(message)
            case fx.Over(fault=fault) if fault:
                self.fault = fault

    def is_here(self, place: RoomRef) -> bool:
        """Tell whether that is the room that the user is in."""
        if self.room is None:
            return False
        # Two rooms may be called alike, if one is private.
        here = self.session.place_of(self.room)
        return fold(self.room) == fold(place.address) if here is None else here.id == place.id

    def _come_online(self, first: bool) -> None:
        self.online = self.met = True
        if self.asking is not None and self.asking.held_up:
            self.asking = None
        unsent = len(self.session.unsent)
        if first:
            if self._from_earlier:
                self.notice(f"Sending {messages(self._from_earlier)} from earlier.")
        elif self._lost:
            self.notice("Connected again." + (f" Sending {messages(unsent)}." if unsent else ""))
        self._lost = False

    def _greet(self) -> None:
        # Not before the room is in step: from here on nothing is missed, whatever happens to the connection.
        if not self._greeted:
            self._greeted = True
            self.line("you are now connected!", "happened")
            self.reading.tell_elsewhere()

    def _go_offline(self, why: str, delay: float | None) -> None:
        was_online, self.online = self.online, False
        if self._lost or delay is None:
            return  # it was said
        self._lost = True
        begin = "The connection is lost" if was_online else "Can't connect"
        again = "now" if delay < 0.05 else f"in {delay:.1f} s"
        self.notice(f"{begin}: {why}. Trying again {again}; what you write is kept.")

    def _tell_new_identity(self, unsent: int) -> None:
        self.notice(
            "The server does not know you any more. You start again as a new guest; your direct conversations are gone."
        )
        if unsent:
            kept = f"{messages(unsent)} not sent yet will be sent as that guest"
            self.notice(f"The {kept}. If the first had reached the server already, it is there twice.")

    def _enter(self, place: RoomRef, topic: str, request: Request | None) -> None:
        if place.kind == "direct":
            if isinstance(request, StartDirect) and self.is_here(place):
                self.room, self._left_behind = place.address, None
                self.answer(f"What you write goes to {place.name} now.")
            return  # else the message that comes with it says it all
        if isinstance(request, CreateRoom):
            self.answer(f"#{place.name} is private: /invite NAME lets people in.")
        if isinstance(request, JoinRoom | CreateRoom) and self.is_here(place):
            self._left_behind = None
            if self.met and topic:
                self.line(f"The topic of #{place.name} is: {topic}", "happened")
            self.reading.tell_here(place)
        elif request is None:
            self.notice(f"You are in #{place.name} too now.")

    def _go(self, place: RoomRef, gone: fx.Exited) -> None:
        if self.session.phase in (Phase.LEAVING, Phase.OVER):
            return
        self.notice(_why_gone(place, gone))
        if self.is_here(place):
            rest = [other.name for other in self.session.rooms if other.kind != "direct"]
            self.room = rest[-1] if rest else None
            self.notice(f"You are in #{self.room} now." if self.room else "You are in no room. /join ROOM")

    def _answer(self, request: Request, frame: object, place: RoomRef | None) -> None:
        match request, frame:
            case AskHistory(limit=limit), web.Page(events=events) if place is not None:
                where = label(place.address)
                self.answer(f"The last {limit} messages of {where}:" if events else f"{where} has no messages yet.")
                for event in events:
                    for line in lines_of(event, place, me=self.session.user):
                        self.answer("  " + line.text)
            case AskStatus(), web.Members(members=members) if place is not None:
                self.reading.tell_status(place, request.seq, members)
            case _, web.Members(members=members) if place is not None:
                names = sorted((described(member) for member in members), key=str.casefold)
                self.answer(f"In {label(place.address)}: {', '.join(names) or 'nobody'}")
            case _, web.Rooms(rooms=rooms):
                here = self.session.place_of(self.room) if self.room else None
                for room in rooms:
                    mark = "*" if here is not None and here.id == room.id else " "
                    topic = f"  {room.topic}" if room.topic else ""
                    private = ", private" if room.kind == "private" else ""
                    unread = f", {counts(room.unread, room.mentions)}" if room.unread else ""
                    self.answer(f"{mark} #{room.name} ({people(room.members)}{private}{unread}){topic}")
            case SetLevel(level=level), _ if place is not None:
                self.answer(f"Of {label(place.address)} you are told of {LEVELS[level]} now, on all your devices.")
            case MakeAccount(), _:
                self.answer("Done. Your name is yours now.")
            case TakeName(name=name), _ if not self.session.rooms:
                self.answer(f"You are now known as {name}.")  # else the rooms say it

    def _fail(self, request: Request, message: str) -> None:
        self.problem(message)
        asked = request.room if isinstance(request, JoinRoom | CreateRoom) else None
        if isinstance(request, StartDirect):
            asked = direct_address(request.names, self.session.name)
        if asked is not None and self.room is not None and fold(asked) == fold(self.room):
            self.room, self._left_behind = self._left_behind, None
        elif isinstance(request, LeaveRoom) and self.room is not None and self.session.topic_of(self.room) is None:
            self.room = None


def _why_gone(place: RoomRef, gone: fx.Exited) -> str:
    if (by := gone.by) is not None:
        why = f": {by.text}" if by.text else "."
        if by.kind == "banned" and by.about is not None:
            return f"{by.name} has banned you from #{place.name}{until(by.about.until)}{why}"
        return f"{by.name} has sent you out of #{place.name}{why}"
    if gone.why and not gone.asked:
        return f"You are not in #{place.name} any more. {gone.why}"
    return f"You have left #{place.name}." + (f" {gone.why}" if gone.why else "")
