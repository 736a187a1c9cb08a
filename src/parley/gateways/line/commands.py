"""The commands of the line dialect: lines that begin with a slash, and `.exit`."""

from collections.abc import Callable
from typing import Final, Protocol

from parley.core import commands
from parley.core.directory import BEGINNING, Page, Position, position_of
from parley.core.roles import visible
from parley.core.state import Room, User
from parley.gateways.effects import Effects, Submit
from parley.gateways.view import View
from parley.wire.commands_help import (
    COMMANDS,
    HISTORY_DEFAULT,
    LISTED_MEMBERS,
    LISTED_ROOMS,
    MODERATION,
    Help,
    UsageError,
    help_lines,
    parse_order,
    usage,
)
from parley.wire.limits import PAGE_EVENTS


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
    return [Submit(commands.SendDirect(session.user, name, text.strip()))]


def _act(session: Conversation, room: Room, argument: str) -> Effects:
    if not argument:
        return session.refuse("command_usage", usage=usage("/me"))
    return [Submit(commands.SendMessage(session.user, room.id, argument, "action"))]


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
    "/register": _given(_ACCOUNTS["/register"].usage, _register),
    "/password": _given(_ACCOUNTS["/password"].usage, _password),
    "/private": _given(usage("/private"), _private),
    **{word: _moderate(word) for word in MODERATION},
    "/help": _help,
    "/quit": lambda session, argument: session.depart(argument),
    ".exit": lambda session, argument: session.depart(argument or ".exit"),
}
