"""The commands of the line dialect: lines that begin with a slash, and `.exit`."""

from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from parley.core import commands
from parley.core.directory import BEGINNING, Page, Position, position_of
from parley.core.events import Event, RelatedEvent
from parley.core.roles import may, visible
from parley.core.state import Room, User
from parley.gateways.effects import Effects
from parley.gateways.view import View
from parley.wire.commands_help import (
    COMMANDS,
    HISTORY_DEFAULT,
    LISTED_MEMBERS,
    LISTED_ROOMS,
    MODERATION,
    QUIET,
    Help,
    Number,
    Substitution,
    UsageError,
    help_lines,
    needed_number,
    parse_deletion,
    parse_number,
    parse_order,
    parse_reaction,
    parse_switch,
    usage,
)
from parley.wire.limits import PAGE_EVENTS
from parley.wire.sentences import at_utc

OnMessage = Callable[[int, int], Effects]
"""Takes the id of a room and the seq of a message."""

OnVersions = Callable[[list[Event]], Effects]


class Conversation(Protocol):
    """The interface of the session that the commands use. All methods return effects.

    Attributes:
        view: the part of the server that sessions may read.
        user: the id of the user.
        current: the current room, to which lines are sent; None while the user is in no room.
        token: distinguishes this session from the user's other sessions.
        next_page: shows the next page of the last list; None if there is none.
    """

    view: View
    user: int
    current: Room | None
    next_page: Callable[[], Effects] | None

    @property
    def token(self) -> bytes: ...

    def say(self, *lines: str) -> Effects:
        """Write lines from the server itself."""

    def refuse(self, code: str, **values: object) -> Effects:
        """Write the sentence of a refusal."""

    def ask(self, command: commands.Command, tag: str) -> Effects:
        """Submit a command, and process no further line until it is decided."""

    def depart(self, words: str) -> Effects:
        """End the conversation."""

    def switch(self, room: Room) -> Effects:
        """Make a room the current one. Lines of the former current room begin with the room's name from now on, and
        those of the new one do not.
        """

    def send(self, command: commands.SendMessage | commands.SendDirect) -> Effects:
        """Submit a message."""

    def with_message(self, room: Room, number: Number, act: OnMessage) -> Effects:
        """Call `act` with the room and the seq of the message that a number names, when it is known which one that is,
        and perform what it returns.
        """

    def with_versions(self, room: int, seq: int, act: OnVersions) -> Effects:
        """Call `act` with a message and its edits, oldest first, if it is there for the user, and perform what it
        returns.
        """

    def read_thread(self, room: int, root: int) -> Effects:
        """Show the newest messages of a thread."""

    def read_pins(self, room: Room) -> Effects:
        """Show the pinned messages of a room."""

    def show_numbers(self, on: bool) -> Effects:
        """Show messages with their numbers from now on, or without."""

    def show(self, what: str, on: bool) -> Effects:
        """Show reactions, or comings and goings, from now on, or hide them. `what` is one of `QUIET`."""

    def read_history(self, room: Room, limit: int) -> Effects:
        """Show the last `limit` messages of a room."""

    def hash_password(self, password: str, make: Callable[[str], commands.Command]) -> Effects:
        """Hash a password, and submit the command that `make` returns for the hash."""


_Run = Callable[[Conversation, str], Effects]
_RunInRoom = Callable[[Conversation, Room, str], Effects]


def run(session: Conversation, line: str) -> Effects:
    """Execute a command line."""
    word, _, argument = line.partition(" ")
    known = _COMMANDS.get(word.lower())
    if known is None:
        return session.refuse("command_unknown", command=word[:40])
    return known(session, argument.strip())


def _given(usage: str, run: _Run) -> _Run:
    """Return `run` for a command that needs an argument."""
    return lambda session, argument: (
        run(session, argument) if argument else session.refuse("command_usage", usage=usage)
    )


def _in_room(run: _RunInRoom) -> _Run:
    """Return `run` for a command about the current room."""
    return lambda session, argument: (
        session.refuse("room_not_joined") if session.current is None else run(session, session.current, argument)
    )


def _join(session: Conversation, argument: str) -> Effects:
    room = session.view.room(argument, session.user)
    if room is not None and session.user in room.members:
        return [*session.switch(room), *session.say(f"You are in #{room.name} now.")]
    return session.ask(commands.Join(session.user, argument), "join")


def _leave(session: Conversation, argument: str) -> Effects:
    room = session.view.room(argument, session.user) if argument else session.current
    if room is None:
        return session.refuse("room_not_joined")
    return session.ask(commands.Leave(session.user, room.id), "leave")


def _rooms(session: Conversation, argument: str) -> Effects:
    return _list_rooms(session, argument, BEGINNING)


def _list_rooms(session: Conversation, query: str, after: Position) -> Effects:
    page = session.view.directory.rooms(session.user, query, after, LISTED_ROOMS)
    lines = []
    for room in (session.view.state.rooms[id_] for id_ in page.ids):
        people = f"{len(room.members)} {'person' if len(room.members) == 1 else 'people'}"
        mark = "*" if session.current is not None and room.id == session.current.id else " "
        kind = ", private" if room.private else ""
        lines.append(f"{mark} #{room.name} ({people}{kind})" + (f"  {room.topic}" if room.topic else ""))
    if not lines and not page.next and after == BEGINNING:
        lines.append(f"There is no room with {query} in its name." if query else "There are no rooms.")
    lines += _go_on(session, page, lambda after: _list_rooms(session, query, after), "/rooms WORD finds some.")
    return session.say(*lines)


def _who(session: Conversation, argument: str) -> Effects:
    word, _, rest = argument.partition(" ")
    room = session.view.room(word, session.user) if word else session.current
    query = rest.strip()
    if room is None and session.current is not None and not word.startswith("#") and rest == "":
        # There is no room of that name: the word may be the name of a member of the current room.
        found = session.view.directory.members(session.current, word, BEGINNING, 1)
        room, query = (session.current, word) if found.ids or found.next else (None, "")
    if room is None:
        return session.refuse("room_unknown")
    return _list_members(session, room, query, BEGINNING)


def _list_members(session: Conversation, room: Room, query: str, after: Position) -> Effects:
    if not visible(session.view.state, room, session.user):
        return session.refuse("room_unknown")
    page = session.view.directory.members(room, query, after, LISTED_MEMBERS)
    users = session.view.state.users
    names = [_described(session, room, users[id_]) for id_ in page.ids]
    lines = [f"In #{room.name}: {', '.join(names) or 'nobody'}"] if names or not page.next else []
    how = f"/who #{room.name} NAME finds some."
    lines += _go_on(session, page, lambda after: _list_members(session, room, query, after), how)
    return session.say(*lines)


def _go_on(session: Conversation, page: Page, turn: Callable[[Position], Effects], how: str) -> list[str]:
    """Store the function that shows the next page, for `/more`. Return a line that tells the user about it, if there is
    one.
    """
    after = position_of(page.next) if page.next else None
    session.next_page = None if after is None else lambda: turn(after)
    return [] if after is None else [f"There are more: /more shows them, and {how}"]


def _more(session: Conversation, argument: str) -> Effects:
    return session.say("There is nothing more to show.") if session.next_page is None else session.next_page()


def _described(session: Conversation, room: Room, user: User) -> str:
    marks = [room.roles[user.id]] if user.id in room.roles else []
    if user.role == "bot":
        marks.append("bot")
    elif not session.view.online(user.id):
        marks.append("away")
    return f"{user.name} ({', '.join(marks)})" if marks else user.name


def _send_direct(session: Conversation, argument: str) -> Effects:
    name, _, text = argument.partition(" ")
    if not text.strip():
        return session.refuse("command_usage", usage=usage("/msg"))
    return session.send(commands.SendDirect(session.user, name, text.strip()))


def _act(session: Conversation, room: Room, argument: str) -> Effects:
    if not argument:
        return session.refuse("command_usage", usage=usage("/me"))
    return session.send(commands.SendMessage(session.user, room.id, argument, "action"))


def _rename(session: Conversation, argument: str) -> Effects:
    return session.ask(commands.Rename(session.user, argument), "nick")


def _topic(session: Conversation, room: Room, argument: str) -> Effects:
    if argument:
        return session.ask(commands.SetTopic(session.user, room.id, argument), "topic")
    return session.say(f"The topic of #{room.name} is: {room.topic}" if room.topic else f"#{room.name} has no topic.")


def _history(session: Conversation, room: Room, argument: str) -> Effects:
    if argument and not (argument.isascii() and argument.isdigit() and 0 < int(argument[:9]) <= PAGE_EVENTS):
        return session.refuse("command_usage", usage=f"/history [1 to {PAGE_EVENTS}]")
    return session.read_history(room, int(argument) if argument else HISTORY_DEFAULT)


# Messages


def _about_message(parse: Callable[[str], tuple[Number, Callable[[Conversation, int, int], Effects]]]) -> _Run:
    """Return a command about a message of the current room. `parse` returns which one, and what to do about it."""

    def run(session: Conversation, room: Room, argument: str) -> Effects:
        try:
            number, act = parse(argument)
        except UsageError as error:
            return session.refuse("command_usage", usage=error)
        return session.with_message(room, number, lambda place, seq: act(session, place, seq))

    return _in_room(run)


_About = tuple[Number, Callable[[Conversation, int, int], Effects]]


def _edit(argument: str) -> _About:
    number, text = parse_number(argument)
    if not text:
        raise UsageError(usage("/edit"))
    return number, lambda session, room, seq: session.ask(commands.Edit(session.user, room, seq, text), "change")


def _delete(argument: str) -> _About:
    number, why = parse_deletion(argument)
    return number, lambda session, room, seq: session.ask(commands.Erase(session.user, room, seq, why), "change")


def _reply(argument: str) -> _About:
    number, text = needed_number("/reply", argument)
    if not text:
        raise UsageError(usage("/reply"))
    return number, lambda session, room, seq: _answer(session, room, seq, text)


def _answer(session: Conversation, room: int, seq: int, text: str, *, in_thread: bool = False) -> Effects:
    """Answer a message: in its thread if it is in one, or, with `in_thread`, in a thread of which it is the root."""

    def act(versions: list[Event]) -> Effects:
        thread = _thread_of(versions[0]) or (seq if in_thread else 0)
        return session.send(commands.Reply(session.user, room, text, "message", seq, thread))

    return session.with_versions(room, seq, act)


def _thread_of(event: Event) -> int:
    return event.thread if isinstance(event, RelatedEvent) else 0


def _thread(argument: str) -> _About:
    number, text = needed_number("/thread", argument)

    def act(session: Conversation, room: int, seq: int) -> Effects:
        if text:
            return _answer(session, room, seq, text, in_thread=True)
        return session.with_versions(
            room, seq, lambda versions: session.read_thread(room, _thread_of(versions[0]) or seq)
        )

    return number, act


def _title(argument: str) -> _About:
    number, text = needed_number("/title", argument)
    return number, lambda session, room, seq: session.ask(commands.SetTitle(session.user, room, seq, text), "change")


def _react(argument: str) -> _About:
    number, rest = needed_number("/react", argument)
    emoji, on = parse_reaction("/react", rest)
    return number, lambda session, room, seq: session.ask(commands.React(session.user, room, seq, emoji, on), "react")


def _pin(argument: str, *, on: bool = True) -> _About:
    number, rest = parse_number(argument)
    if rest:
        raise UsageError(usage("/pin" if on else "/unpin"))
    return number, lambda session, room, seq: session.ask(commands.Pin(session.user, room, seq, on), "change")


def _versions(argument: str) -> _About:
    number, rest = parse_number(argument)
    if rest:
        raise UsageError(usage("/versions"))

    def act(session: Conversation, room: int, seq: int) -> Effects:
        return session.with_versions(room, seq, lambda versions: _show_versions(session, room, versions))

    return number, act


def _show_versions(session: Conversation, room: int, versions: list[Event]) -> Effects:
    state, first = session.view.state, versions[0]
    if first.user != session.user and not may(state, state.rooms[room], state.users.get(session.user), "erase"):
        return session.refuse("not_allowed")
    if isinstance(first, RelatedEvent) and first.erased:
        return session.refuse("message_deleted")
    if len(versions) == 1:
        return session.say(f"[{first.seq}] was never edited.")
    lines = []
    for version in versions:
        start = f"  {at_utc(version.at)} {first.name}: "
        lines.append(start + version.text.replace("\n", "\n" + start))
    return session.say(f"The versions of [{first.seq}]:", *lines)


def substitute(session: Conversation, room: Room, line: str, substitution: Substitution) -> Effects:
    """Change the user's last message by a line `s/old/new/`. If nothing is found in it, the line is an ordinary message
    unless it is `closed`.
    """

    def act(versions: list[Event]) -> Effects:
        first, text = versions[0], substitution.apply(versions[-1].text)
        if isinstance(first, RelatedEvent) and first.erased:
            return session.refuse("message_deleted")
        if text is not None:
            return session.ask(commands.Edit(session.user, first.room, first.seq, text), "change")
        if substitution.closed:
            return session.say(f"Your last message, [{first.seq}], does not hold {substitution.old}. Nothing was sent.")
        return session.send(commands.SendMessage(session.user, room.id, line))

    return session.with_message(room, None, lambda place, seq: session.with_versions(place, seq, act))


def _numbers(session: Conversation, argument: str) -> Effects:
    try:
        _, on = parse_switch("/numbers", argument)
    except UsageError as error:
        return session.refuse("command_usage", usage=error)
    how = "Each message is shown with its number now." if on else "Messages are shown without their numbers now."
    return [*session.show_numbers(on), *session.say(how)]


def _quiet(session: Conversation, argument: str) -> Effects:
    try:
        what, on = parse_switch("/quiet", argument, QUIET)
    except UsageError as error:
        return session.refuse("command_usage", usage=error)
    named = "Reactions" if what == "reactions" else "Comings and goings"
    return [*session.show(what, not on), *session.say(f"{named} are {'hidden' if on else 'shown'} now.")]


# Accounts


def _register(session: Conversation, argument: str) -> Effects:
    user = session.user
    name = session.view.state.users[user].name
    return session.hash_password(argument, lambda hashed: commands.Register(name, hashed, user))


def _password(session: Conversation, argument: str) -> Effects:
    user = session.user
    return session.hash_password(argument, lambda hashed: commands.SetPassword(user, hashed, session.token))


# Private rooms and moderation


def _private(session: Conversation, argument: str) -> Effects:
    return session.ask(commands.Create(session.user, argument, private=True), "join")


def _moderate(word: str) -> _Run:
    def run(session: Conversation, room: Room, argument: str) -> Effects:
        try:
            order = parse_order(word, argument)
        except UsageError as error:
            return session.refuse("command_usage", usage=error)
        except ValueError as error:
            return session.refuse("value_invalid", why=error)
        return session.ask(commands.Moderate(session.user, room.id, **order._asdict()), "moderate")

    return _in_room(run)


def _help(session: Conversation, argument: str) -> Effects:
    known = list(COMMANDS.values())
    known[list(COMMANDS).index("/private") : 0] = _ACCOUNTS.values()
    return session.say(*help_lines(known))


_ACCOUNTS: Final = {
    "/register": Help("/register PASSWORD", "make an account of your name (over TLS, if you can)"),
    "/password": Help("/password NEW", "change your password; your other sessions end"),
}
"""The commands that only this dialect has."""

_COMMANDS: Final[dict[str, _Run]] = {
    "/join": _given(usage("/join"), _join),
    "/leave": _leave,
    "/rooms": _rooms,
    "/who": _who,
    "/more": _more,
    "/msg": _send_direct,
    "/me": _in_room(_act),
    "/nick": _given(usage("/nick"), _rename),
    "/topic": _in_room(_topic),
    "/history": _in_room(_history),
    "/edit": _about_message(_edit),
    "/delete": _about_message(_delete),
    "/reply": _about_message(_reply),
    "/thread": _about_message(_thread),
    "/title": _about_message(_title),
    "/react": _about_message(_react),
    "/pin": _about_message(_pin),
    "/unpin": _about_message(partial(_pin, on=False)),
    "/pins": _in_room(lambda session, room, argument: session.read_pins(room)),
    "/versions": _about_message(_versions),
    "/numbers": _numbers,
    "/quiet": _quiet,
    "/register": _given(_ACCOUNTS["/register"].usage, _register),
    "/password": _given(_ACCOUNTS["/password"].usage, _password),
    "/private": _given(usage("/private"), _private),
    **{word: _moderate(word) for word in MODERATION},
    "/help": _help,
    "/quit": lambda session, argument: session.depart(argument),
    ".exit": lambda session, argument: session.depart(argument or ".exit"),
}
