"""What is said between the user and the session, as lines: without I/O, the same on a terminal and in a pipe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from parley.clients import effects as fx
from parley.clients.names import bare, fold
from parley.clients.requests import Entry, GetHistory, Join, Leave, Rename, Request, SetTopic
from parley.clients.session import Phase, Session
from parley.wire import web

from .commands import obey
from .render import Line, Style, lines_of, messages, people, safe

LEAD: Final = 20
"""How many earlier messages are shown to one who enters a room."""

TYPING_SHOWN_SECONDS: Final = 5.0
_EXCERPT_CHARS: Final = 40


class Conversation:
    """Turns typed lines into commands and effects into lines.

    Args:
        session: the session, which this gives commands to.
        room: the room to be in at first.
        now: the session's clock, in seconds.
        show: takes a line for the user.

    Attributes:
        room: the room that lines go to, without `#`; None if the user has left it.
        asking: why the user has to choose another name; empty if there is no need.
        met: whether the server was reached at all.
        online: whether it can be reached at the moment.
        parting_words: is set when the user wants to go.
        refusals: how many messages were refused for good.
        fault: why the session ended, if that was not the user's wish.
    """

    def __init__(self, session: Session, room: str, now: Callable[[], float], show: Callable[[Line], None]) -> None:
        self.session = session
        self.room: str | None = bare(room)
        self.asking = ""
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
        if self.asking:
            if name := line.strip():
                self.asking = ""
                self.session.take_name(name, self._now())
        elif line.strip():
            obey(self, line)

    def say(self, text: str) -> None:
        if room := self.room_or_complain():
            self.ask(self.session.say, room, text)

    def join(self, room: str) -> None:
        """Go to a room. What is typed from now on goes there, whether or not the server has answered."""
        room = bare(room)
        self._left_behind, self.room = self.room, room
        if self.session.topic_of(room) is not None:
            self.answer(f"You are in #{room} now.")
        self.session.join(room, self._now(), LEAD)

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
        self._line(text, "answer")

    def notice(self, text: str) -> None:
        self._line(text, "notice")

    def problem(self, text: str) -> None:
        self._line(text, "problem")

    def refused(self, entry: Entry, why: str) -> None:
        """Say that a message was refused."""
        self.refusals += 1
        excerpt = entry.text if len(entry.text) <= _EXCERPT_CHARS else entry.text[: _EXCERPT_CHARS - 1] + "…"
        self.problem(f"Not sent to {entry.to.removeprefix('@')}: {excerpt!r}. {why}")

    def _line(self, text: str, style: Style) -> None:
        self._show(Line(safe(text), style))

    def take(self, effect: fx.Effect) -> None:
        """Show what a session's effect is for the user."""
        match effect:
            case fx.Show(place=place, events=events):
                here = self._is_here(place)
                for event in events:
                    self._typing.pop(event.name, None)
                    for line in lines_of(event, place, here=here, me=self.session.user):
                        self._show(line)
            case fx.Online(first=first):
                self._come_online(first)
            case fx.Offline(why=why, delay=delay):
                self._go_offline(why, delay)
            case fx.AskName(message=message):
                self.asking = message
            case fx.NewIdentity(unsent=unsent):
                self._tell_new_identity(unsent)
            case fx.Entered(place=place, topic=topic, request=request):
                self._enter(place, topic, request)
            case fx.CaughtUp(place=place) if self._is_here(place):
                self._greet()
            case fx.Gone(place=place, why=why):
                self._go(place, why)
            case fx.Rewound(place=place):
                self.notice(f"The history of #{place.name} was restored from a backup. This is what it is now:")
            case fx.Settle(entry=entry, state="refused", why=why):
                self.refused(entry, why)
            case fx.Answer(request=request, frame=frame, place=found):
                self._answer(request, frame, found)
            case fx.Failed(request=request, message=message):
                self._fail(request, message)
            case fx.Uncertain(request=SetTopic(topic=text)):
                self.problem(f"The connection broke before the server answered: the topic {text!r} may be set or not.")
            case fx.Hint(place=place, signal=signal) if signal.kind == "typing" and self._is_here(place):
                self._typing[signal.name] = self._now()
            case fx.Complaint(message=message):
                self.problem(message)
            case fx.Over(fault=fault) if fault:
                self.fault = fault

    def _is_here(self, place: fx.Place) -> bool:
        return self.room is not None and place.kind != "direct" and fold(self.room) == fold(place.name)

    def _come_online(self, first: bool) -> None:
        self.online = self.met = True
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
            self._line("you are now connected!", "happened")

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

    def _enter(self, place: fx.Place, topic: str, request: Request | None) -> None:
        if place.kind == "direct":
            return  # the message that comes with it says it all
        if isinstance(request, Join) and self._is_here(place):
            self._left_behind = None
            if self.met and topic:
                self._line(f"The topic of #{place.name} is: {topic}", "happened")
        elif request is None:
            self.notice(f"You are in #{place.name} too now.")

    def _go(self, place: fx.Place, why: str) -> None:
        if self.session.phase in (Phase.LEAVING, Phase.OVER):
            return
        self.notice(f"You have left #{place.name}." + (f" {why}" if why else ""))
        if self._is_here(place):
            rest = [other.name for other in self.session.rooms if other.kind != "direct"]
            self.room = rest[-1] if rest else None
            self.notice(f"You are in #{self.room} now." if self.room else "You are in no room. /join ROOM")

    def _answer(self, request: Request, frame: object, place: fx.Place | None) -> None:
        match request, frame:
            case GetHistory(limit=limit), web.Page(events=events) if place is not None:
                self.answer(
                    f"The last {limit} messages of #{place.name}:" if events else f"#{place.name} has no messages yet."
                )
                for event in events:
                    for line in lines_of(event, place, me=self.session.user):
                        self.answer("  " + line.text)
            case _, web.Members(members=members) if place is not None:
                names = sorted((each.name + ("" if each.online else " (away)") for each in members), key=str.casefold)
                self.answer(f"In #{place.name}: {', '.join(names) or 'nobody'}")
            case _, web.Rooms(rooms=rooms):
                for room in rooms:
                    mark = "*" if self.room and fold(self.room) == fold(room.name) else " "
                    topic = f"  {room.topic}" if room.topic else ""
                    self.answer(f"{mark} #{room.name} ({people(room.members)}){topic}")
            case Rename(name=name), _ if not self.session.rooms:
                self.answer(f"You are now known as {name}.")  # else the rooms say it

    def _fail(self, request: Request, message: str) -> None:
        self.problem(message)
        if isinstance(request, Join) and self.room is not None and fold(request.room) == fold(self.room):
            self.room, self._left_behind = self._left_behind, None
        elif isinstance(request, Leave) and self.room is not None and self.session.topic_of(self.room) is None:
            self.room = None
