"""Translates between the lines of the user and the session. It does no I/O and is the same on a terminal and in a
pipe.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from parley.clients.keep.identity import invitation_code
from parley.clients.model.messages import MESSAGE_KINDS, Messages, presented
from parley.clients.model.names import bare, direct_address, fold
from parley.clients.model.room_ref import RoomRef
from parley.clients.protocol import effects as fx
from parley.clients.protocol import requests as rq
from parley.clients.protocol.connection_state import Phase
from parley.clients.protocol.session import ClientSession
from parley.wire import web
from parley.wire.commands_help import GOODBYES
from parley.wire.sentences import at_utc, quote, until_utc

from .folding import Folding
from .reactions import REACTIONS, UntoldReactions
from .read_status import LEVELS, ReadStatus
from .render import (
    TextLine,
    Viewer,
    counts,
    described,
    excerpt,
    label,
    lines_of,
    messages,
    quoted,
    run_line,
    safe,
    state_line,
)
from .ways_in import ways_in
from .window import About, Prompt, Window

TYPING_SHOWN_SECONDS: Final = 5.0
_ASKED_FOR: Final[dict[type[fx.Effect], About]] = {
    fx.AskName: "name",
    fx.AskPassword: "password",
    fx.AskInvitation: "invitation",
}


class PlainConversation:
    """Passes the user's requests to the session, and shows the session's effects as lines. `.commands` parses typed
    lines.

    Args:
        session: the session.
        room: the room to join first.
        now: the session's clock, in seconds.
        show: takes a line for the user.
        can_ask: whether the next line may be the answer to a question.
        looked_at: whether somebody reads the lines when they appear, as on a terminal.

    Attributes:
        window: the current room, and the question that the user has to answer.
        read_status: which messages the user has read, and which of the user's messages others have read.
        met: whether there was any connection to the server yet.
        online: whether there is a connection to the server now.
        parting_words: set when the user quits; may be empty.
        refusals: how many messages and lines were refused for good.
        fault: why the session ended, if the user did not want it to.
        next_page: the request for the next page of the last list; None if there is none.
        messages: the messages that were shown.
        numbers: whether messages are shown with their numbers.
        quiet: what is hidden: `reactions`, `joins`.
        reactions: the reactions that were not shown yet; `tell_reactions` shows them.
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
        self.window = Window(session, room, now, show)
        self.read_status = ReadStatus(self.window, looked_at=looked_at)
        self.can_ask = can_ask
        self._looked_at = looked_at
        self.met = False
        self.online = False
        self.parting_words: str | None = None
        self.refusals = 0
        self.fault = ""
        self.next_page: rq.AskRooms | rq.AskMembers | None = None
        self.messages = Messages()
        self.numbers = False
        self.quiet: frozenset[str] = frozenset()
        self.reactions = UntoldReactions()
        # The keys of the last messages that were stored and refused, and where the last stored one went. Keys increase.
        self._stored = self._lost_message = ""
        self._went_to = ""
        self._session = session
        self._new_password: rq.Secret | None = None
        self._lost = False
        self._greeted = False
        self._from_earlier = len(session.unsent)
        self._left_behind: str | None = None  # the room to go back to if the new one can't be entered
        self._typing: dict[str, float] = {}
        self._folding = Folding()
        self.window.ask(rq.JoinRoom(bare(room)))

    # From the user

    def hear_answer(self, prompt: Prompt, line: str) -> None:
        """Take the line that answers a question."""
        window, answer = self.window, line.strip()
        if answer in GOODBYES:
            window.asking = None
            self.parting_words = ""
            return
        if not answer and prompt.about in ("password", "invitation"):
            window.asking = Prompt("name", "Under another name, then.")
            return
        if not answer and prompt.required:
            return
        window.asking = None
        match prompt.about:
            case "name":
                self._session.take_name(answer, window.now())
            case "password":
                self._session.take_password(rq.Secret(line), window.now())
            case "invitation":
                self._session.take_invitation(invitation_code(answer), window.now())
            case "new password" if answer:
                self._new_password = rq.Secret(line)
                window.asking = Prompt("once more")
            case _:
                self._make_account(line)

    def _make_account(self, again: str) -> None:
        password, self._new_password = self._new_password, None
        if password is None or not again:
            self.window.answer("No account is made.")
        elif password.value != again:
            self.window.problem("These are two different passwords. No account is made.")
        else:
            self.window.ask(rq.MakeAccount(password))

    def ask_new_password(self) -> None:
        """Ask for the password of the account that is to be made."""
        why = "With a password, your name is yours for good. Nothing: no account."
        self.window.asking = Prompt("new password", why)

    def say(self, text: str, kind: rq.Kind = "message", *, reply: int = 0, thread: int = 0) -> None:
        if room := self.window.room_or_complain():
            self._session.say(room, text, self.window.now(), kind, reply=reply, thread=thread)

    # The user's last message

    def own_last(self, room: str) -> rq.OutboxEntry | int | None:
        """Return the user's last message in a room: its number, or, if it is not stored yet, its entry in the outbox.
        Otherwise tell the user why there is none.
        """
        unsent = self._session.unsent
        newest = max(unsent, key=lambda entry: entry.key, default=None)
        to, key = (self._went_to, self._stored) if newest is None else (newest.to, newest.key)
        here = fold(to) == fold(label(room))
        if self._lost_message > key:
            self.window.problem("Your last message was not stored. Give the number of another: /numbers on shows them.")
        elif to.startswith("@") and not here:
            # After /msg, the user means the direct message, and not the one before it in this room.
            self.window.problem(f"Your last message went to {to[1:]}. /direct {to[1:]} goes there, or give a number.")
        elif (waiting := max(_of_room(unsent, room), key=lambda entry: entry.key, default=None)) is not None:
            return waiting
        elif (place := self._session.place_of(room)) is not None and (seq := self.messages.own_last(place.id)):
            return seq
        else:
            self.window.problem(f"You have said nothing in {label(room)} since this chat was begun. Give a number.")
        return None

    def last_text(self, room: str) -> str:
        """Return the text of the user's last message in a room; empty if it is not known."""
        unsent = max(_of_room(self._session.unsent, room), key=lambda entry: entry.key, default=None)
        if unsent is not None:
            return unsent.text
        place = self._session.place_of(room)
        known = self.messages.find(place.id, self.messages.own_last(place.id)) if place is not None else None
        return "" if known is None else known.text

    def thread_of(self, room: str, seq: int) -> int:
        """Return the number of the root of the thread that a message is in; 0 if it is in none, or is not known."""
        place = self._session.place_of(room)
        known = self.messages.find(place.id, seq) if place is not None else None
        return 0 if known is None else known.thread

    def tell_reactions(self) -> None:
        """Show the reactions that were gathered."""
        for place, sentence in self.reactions.take():
            if "reactions" not in self.quiet:
                tag = "" if self.window.is_here(place) else label(place.address) + " "
                self.window.line(tag + sentence, "private" if place.kind == "direct" else "happened")

    def _viewer(self, place: RoomRef, *, numbers: bool = False) -> Viewer:
        session = self._session
        return Viewer(self.messages, session.user, session.floor_of(place), self.numbers or numbers, self.quiet)

    def join(self, room: str) -> None:
        """Go to a room. Lines that the user types after that go to this room, even before the server has answered."""
        room = bare(room)
        self._turn_to(room)
        if self._session.topic_of(room) is not None:
            self.window.answer(f"You are in #{room} now.")
        self.window.ask(rq.JoinRoom(room))

    def create(self, room: str) -> None:
        """Make a private room, and go there."""
        self._turn_to(bare(room))
        self.window.ask(rq.CreateRoom(bare(room)))

    def start_direct(self, names: list[str]) -> None:
        """Go to a direct conversation with several people."""
        self._turn_to(direct_address(names, self._session.name))
        self.window.ask(rq.StartDirect(tuple(names)))

    def _turn_to(self, room: str) -> None:
        self.read_status.turn_away()
        self._left_behind, self.window.room = self.window.room, room

    # To the user

    def someone_types(self) -> str:
        """Return who is typing in this room, as a sentence without a full stop; empty if nobody is."""
        now = self.window.now()
        names = [safe(name) for name, at in self._typing.items() if now - at < TYPING_SHOWN_SECONDS]
        return f"{', '.join(names[:3])} {'is' if len(names) == 1 else 'are'} typing" if names else ""

    def refused(self, entry: rq.OutboxEntry, why: str) -> None:
        """Show that a message was refused."""
        self.refusals += 1
        self.window.problem(f"Not sent to {entry.to.removeprefix('@')}: {excerpt(entry.text)!r}. {why}")

    def refuse_line(self, why: str) -> None:
        """Show why a line was refused."""
        self.refusals += 1
        self.window.problem(why)

    def take(self, effect: fx.Effect) -> None:
        """Show an effect of the session to the user."""
        window = self.window
        for place, item in self._folding.take(effect):
            self._show(place, item)
        match effect:
            case fx.Online(first=first):
                self._come_online(first)
            case fx.Offline(why=why, delay=delay):
                self._go_offline(why, delay)
            case fx.AskUser(message=message):
                window.asking = Prompt(_ASKED_FOR[type(effect)], message)
            case fx.SignedOut():
                window.notice("Your session on this server has ended.")
            case fx.InvitationKept():
                window.notice("This invitation is for making an account: /register uses it, once you are in.")
            case fx.NewIdentity(unsent=unsent):
                self._tell_new_identity(unsent)
            case fx.Entered(place=place, topic=topic, request=request):
                self._enter(place, topic, request)
            case fx.CaughtUp(place=place) if window.is_here(place):
                self._greet()
            case fx.Exited(place=place):
                self._exit(place, effect)
            case fx.InvitedTo(room=room, by=by):
                window.line(f"{by} invites you to #{room}: /join {room}", "happened")
            case fx.Renamed(before=before, place=place) if window.is_here(before) or window.is_here(place):
                window.room = place.address
            case fx.Postponed(message=message):
                window.notice(f"{message} It is sent then; what you write there meanwhile waits behind it.")
            case fx.Rewound(place=place):
                self.read_status.forget(place)
                self.messages.forget(place.id)
                window.notice(f"The history of #{place.name} was restored from a backup. This is what it is now:")
            case fx.Settle(entry=entry, state="refused", why=why):
                self._lost_message = max(self._lost_message, entry.key)
                self.refused(entry, why)
            case fx.Settle(entry=entry, room=room, seq=seq):
                self.messages.stored(room, seq)
                if entry.key > self._stored:
                    self._stored, self._went_to = entry.key, entry.to
            case fx.Answered(request=request, frame=frame, place=found):
                self._answer(request, frame, found)
            case fx.Failed(request=request, message=message):
                self._fail(request, message)
            case fx.Uncertain(request=rq.ChangeTopic(topic=text)):
                self._tell_uncertain(f"the topic {text!r} may be set or not")
            case fx.Uncertain(request=rq.MessageRequest(seq=seq)):
                self._tell_uncertain(f"[{seq}] may be changed or not")
            case fx.Uncertain(request=rq.ModerateRoom(action=action, whom=whom, undo=undo)):
                self._tell_uncertain(f"/{'un' if undo else ''}{action} {whom} may be done or not")
            case fx.Hint(place=place, signal=signal) if signal.kind == "typing" and window.is_here(place):
                self._typing[signal.name] = window.now()
            case fx.Complaint(message=message):
                window.problem(message)
            case fx.Over(fault=fault) if fault:
                self.fault = fault

    def _show(self, place: RoomRef, item: web.Event | int) -> None:
        here = self.window.is_here(place)
        if isinstance(item, int):
            self.window.show(run_line(item, place, here=here))
            return
        self._typing.pop(item.name, None)
        self.messages.take(place.id, item, self._session.user)
        item = presented(item)
        self.read_status.note(place, item)
        if item.kind in REACTIONS:
            self.reactions.add(place, item)
            return
        if item.kind == "erased":
            self.reactions.drop(place, item.target)
        for line in lines_of(item, place, self._viewer(place), here=here):
            self.window.show(line)

    def _come_online(self, first: bool) -> None:
        self.online = self.met = True
        if self.window.asking is not None and self.window.asking.required:
            self.window.asking = None
        unsent = len(self._session.unsent)
        if first and self._from_earlier:
            self.window.notice(f"Sending {messages(self._from_earlier)} from earlier.")
        elif self._lost and not first:
            self.window.notice("Connected again." + (f" Sending {messages(unsent)}." if unsent else ""))
        self._lost = False

    def _greet(self) -> None:
        # Called only when the room is caught up: from then on no message is missed, even if the connection breaks.
        if not self._greeted:
            self._greeted = True
            self.window.line("you are now connected!", "happened")
            self.read_status.tell_elsewhere()
            if self._looked_at:
                self.window.ask(rq.AskServer())

    def _go_offline(self, why: str, delay: float | None) -> None:
        was_online, self.online = self.online, False
        if self._lost or delay is None:
            return  # the user knows it already
        self._lost = True
        begin = "The connection is lost" if was_online else "Can't connect"
        again = "now" if delay < 0.05 else f"in {delay:.1f} s"
        self.window.notice(f"{begin}: {why}. Trying again {again}; what you write is kept.")

    def _tell_new_identity(self, unsent: int) -> None:
        self.window.notice(
            "The server does not know you any more. You start again as a new guest; your direct conversations are gone."
        )
        if unsent:
            kept = f"{messages(unsent)} not sent yet will be sent as that guest"
            self.window.notice(f"The {kept}. If the first had reached the server already, it is there twice.")

    def _tell_uncertain(self, what: str) -> None:
        self.window.problem(f"The connection broke before the server answered: {what}.")

    def _enter(self, place: RoomRef, topic: str, request: rq.UserRequest | None) -> None:
        here = self.window.is_here(place)
        if place.kind == "direct":
            if isinstance(request, rq.StartDirect) and here:
                self.window.room, self._left_behind = place.address, None
                self.window.answer(f"What you write goes to {place.name} now.")
            return  # other direct rooms are shown when their first message comes
        if isinstance(request, rq.CreateRoom):
            self.window.answer(f"#{place.name} is private: /invite NAME lets people in.")
        if isinstance(request, rq.JoinRoom | rq.CreateRoom) and here:
            self._left_behind = None
            if self.met and topic:
                self.window.line(f"The topic of #{place.name} is: {topic}", "happened")
            self.read_status.tell_here(place)
        elif request is None:
            self.window.notice(f"You are in #{place.name} too now.")

    def _exit(self, place: RoomRef, exited: fx.Exited) -> None:
        if self._session.phase in (Phase.LEAVING, Phase.OVER):
            return
        self.window.notice(_why_exited(place, exited))
        if self.window.is_here(place):
            rest = [other.name for other in self._session.rooms if other.kind != "direct"]
            room = self.window.room = rest[-1] if rest else None
            self.window.notice(f"You are in #{room} now." if room else "You are in no room. /join ROOM")

    def _answer(self, request: rq.UserRequest, frame: object, place: RoomRef | None) -> None:
        answer = self.window.answer
        match request, frame:
            case rq.AskHistory(limit=limit), web.Page(events=events) if place is not None:
                where = label(place.address)
                answer(f"The last {limit} messages of {where}:" if events else f"{where} has no messages yet.")
                self._list(place, events)
            case rq.AskThread(seq=seq), web.Page(events=events) if place is not None:
                for event in events:
                    self.messages.take(place.id, event, self._session.user)
                root = quote(quoted(place, seq, self._viewer(place)))
                answer(f"The thread of {root}:" if events else f"[{seq}] has no thread yet.")
                self._list(place, events, numbers=True)
            case rq.AskPins(), web.Page(events=events) if place is not None:
                where = label(place.address)
                answer(f"Pinned in {where}:" if events else f"Nothing is pinned in {where}.")
                self._list(place, events, numbers=True)
            case rq.AskVersions(seq=seq), web.Versions(versions=versions):
                if len(versions) < 2:
                    answer(f"[{seq}] was never edited.")
                    return
                answer(f"The versions of [{seq}]:")
                for version in versions:
                    for text in version.text.split("\n"):
                        answer(f"  {at_utc(version.at)}: {text}")
            case rq.MessageRequest(), web.Done(seq=0):
                answer("That is so already.")
            case rq.ReactTo(), _ if "reactions" in self.quiet:
                answer("Done.")
            case rq.AskStatus(), web.Members(members=members) if place is not None:
                self.read_status.tell_status(place, request.seq, members)
            case rq.AskMembers(), web.Members(members=members) if place is not None:
                if members or not frame.next:
                    names = sorted((described(member) for member in members), key=str.casefold)
                    answer(f"In {label(place.address)}: {', '.join(names) or 'nobody'}")
                self._go_on(request, frame.next, f"/who {label(place.address)} NAME finds some.")
            case rq.AskRooms(), web.Rooms(rooms=rooms):
                if not rooms and not frame.next and not request.after:
                    answer("There is no such room.")
                here = self._session.place_of(self.window.room) if self.window.room else None
                for room in rooms:
                    mark = "*" if here is not None and here.id == room.id else " "
                    topic = f"  {room.topic}" if room.topic else ""
                    people = "person" if room.members == 1 else "people"
                    private = ", private" if room.kind == "private" else ""
                    unread = f", {counts(room.unread, room.mentions)}" if room.unread else ""
                    answer(f"{mark} #{room.name} ({room.members} {people}{private}{unread}){topic}")
                self._go_on(request, frame.next, "/rooms WORD finds some.")
            case rq.AskServer(), web.ServerInfo():
                for line in ways_in(frame, account=self._session.account):
                    self.window.show(line)
            case rq.SetLevel(level=level), _ if place is not None:
                answer(f"Of {label(place.address)} you are told of {LEVELS[level]} now, on all your devices.")
            case rq.MakeAccount(), _:
                answer("Done. Your name is yours now.")
            case rq.TakeName(name=name), _ if not self._session.rooms:
                answer(f"You are now known as {name}.")  # in a room, the event `renamed` shows it

    def _list(self, place: RoomRef, events: list[web.Event], *, numbers: bool = False) -> None:
        """Show messages in their present form, as an answer."""
        for event in events:
            self.messages.take(place.id, event, self._session.user)
        viewer = self._viewer(place, numbers=numbers)
        for event in events:
            if event.kind in MESSAGE_KINDS and event.now is not None and event.now.erased:
                self.window.answer(
                    f"  [{event.seq}] a deleted message" + (f" of {event.now.name}" if event.now.name else "")
                )
                continue
            for line in lines_of(event, place, viewer):
                self.window.answer("  " + line.text)
            if state := state_line(event):
                self.window.answer("  " + state)

    def _go_on(self, request: rq.AskRooms | rq.AskMembers, after: str, how: str) -> None:
        """Store the request for the next page of a list, for `/more`, and tell the user that there is one."""
        self.next_page = msgspec.structs.replace(request, after=after) if after else None
        if after:
            self.window.answer(f"There are more: /more shows them, and {how}")

    def _fail(self, request: rq.UserRequest, message: str) -> None:
        window = self.window
        window.problem(message)
        asked = request.room if isinstance(request, rq.JoinRoom | rq.CreateRoom) else None
        if isinstance(request, rq.StartDirect):
            asked = direct_address(request.names, self._session.name)
        if asked is not None and window.room is not None and fold(asked) == fold(window.room):
            window.room, self._left_behind = self._left_behind, None
        elif isinstance(request, rq.LeaveRoom) and window.room and self._session.topic_of(window.room) is None:
            window.room = None


def _of_room(entries: list[rq.OutboxEntry], room: str) -> list[rq.OutboxEntry]:
    return [entry for entry in entries if fold(entry.to) == fold(label(room))]


def _why_exited(place: RoomRef, exited: fx.Exited) -> str:
    if (by := exited.by) is not None:
        why = f": {by.text}" if by.text else "."
        if by.kind == "banned" and by.about is not None:
            return f"{by.name} has banned you from #{place.name}{until_utc(by.about.until)}{why}"
        return f"{by.name} has sent you out of #{place.name}{why}"
    if exited.why and not exited.asked:
        return f"You are not in #{place.name} any more. {exited.why}"
    return f"You have left #{place.name}." + (f" {exited.why}" if exited.why else "")
