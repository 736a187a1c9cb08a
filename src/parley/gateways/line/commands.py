"""What a line that begins with a slash, or with `.exit`, does."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol

from parley.core import commands
from parley.core.state import Room, User
from parley.gateways.effects import Effects, Submit
from parley.gateways.view import View
from parley.wire.duration import parse_duration
from parley.wire.limits import PAGE_EVENTS

HISTORY_DEFAULT: Final = 20


class Conversation(Protocol):
    """The session, as the commands see it. All methods return what shall be done.

    Attributes:
        view: what may be looked at.
        user: the id of the user.
        current: the room that lines go to; None while the user is in no room.
        token: what tells this session from the user's others.
    """

    view: View
    user: int
    current: Room | None

    @property
    def token(self) -> bytes: ...

    def say(self, *lines: str) -> Effects:
        """Write lines of the server's own."""

    def refuse(self, code: str, **values: object) -> Effects:
        """Write the sentence of a refusal."""

    def ask(self, command: commands.Command, tag: str) -> Effects:
        """Submit a command, and take no further line until it is decided."""

    def depart(self, words: str) -> Effects:
        """End the conversation."""

    def switch(self, room: Room) -> Effects:
        """Make a room the current one: its lines lose their tag, those of the one before get theirs."""

    def read_history(self, room: Room, limit: int) -> Effects:
        """Show the last `limit` messages of a room."""

    def hash_password(self, password: str, make: Callable[[str], commands.Command]) -> Effects:
        """Have a password hashed, and submit what `make` makes of the hash."""


_Run = Callable[[Conversation, str], Effects]
_RunInRoom = Callable[[Conversation, Room, str], Effects]


def run(session: Conversation, line: str) -> Effects:
    """Do what a command line says."""
    word, _, argument = line.partition(" ")
    entry = _COMMANDS.get(word.lower())
    if entry is None:
        return session.refuse("command_unknown", command=word[:40])
    return entry.run(session, argument.strip())


def _given(usage: str, run: _Run) -> _Run:
    """Return `run` for a command that needs an argument."""
    return lambda session, argument: (
        run(session, argument) if argument else session.refuse("command_usage", usage=usage)
    )


def _in_room(run: _RunInRoom, usage: str = "") -> _Run:
    """Return `run` for a command about the current room; with `usage` it needs an argument."""

    def checked(session: Conversation, argument: str) -> Effects:
        if session.current is None:
            return session.refuse("room_not_joined")
        if usage and not argument:
            return session.refuse("command_usage", usage=usage)
        return run(session, session.current, argument)

    return checked


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
    lines = []
    for room in session.view.state.rooms_for(session.user):
        people = f"{len(room.members)} {'person' if len(room.members) == 1 else 'people'}"
        mark = "*" if session.current is not None and room.id == session.current.id else " "
        kind = ", private" if room.private else ""
        lines.append(f"{mark} #{room.name} ({people}{kind})" + (f"  {room.topic}" if room.topic else ""))
    return session.say(*lines)


def _who(session: Conversation, argument: str) -> Effects:
    room = session.view.room(argument, session.user) if argument else session.current
    if room is None:
        return session.refuse("room_unknown")
    users = session.view.state.users
    names = sorted((_described(session, room, users[user]) for user in room.members if user in users), key=str.casefold)
    return session.say(f"In #{room.name}: {', '.join(names) or 'nobody'}")


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
        return session.refuse("command_usage", usage="/msg NAME text")
    return [Submit(commands.SendDirect(session.user, name, text.strip()))]


def _act(session: Conversation, room: Room, argument: str) -> Effects:
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


def _quit(session: Conversation, argument: str) -> Effects:
    return session.depart(argument)


def _exit(session: Conversation, argument: str) -> Effects:
    return session.depart(argument or ".exit")


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


def _moderate(action: Any, usage: str, *, undo: bool = False, lasts: bool = False) -> _Run:
    """Return what does something to someone: NAME, for how long if it `lasts`, and why."""

    def run(session: Conversation, room: Room, argument: str) -> Effects:
        name, _, rest = argument.partition(" ")
        try:
            seconds, rest = parse_duration(rest.strip()) if lasts else (0, rest.strip())
        except ValueError as error:
            return session.refuse("value_invalid", why=error)
        command = commands.Moderate(session.user, room.id, action, name, undo, why=rest, duration=seconds * 1000)
        return session.ask(command, "moderate")

    return _in_room(run, usage)


def _set(action: Any, usage: str) -> _Run:
    """Return what sets a setting of the room to its argument."""

    def run(session: Conversation, room: Room, argument: str) -> Effects:
        return session.ask(commands.Moderate(session.user, room.id, action, value=argument), "moderate")

    return _in_room(run, usage)


def _archive(*, undo: bool) -> _Run:
    def run(session: Conversation, room: Room, argument: str) -> Effects:
        command = commands.Moderate(session.user, room.id, "archive", undo=undo, why=argument)
        return session.ask(command, "moderate")

    return _in_room(run)


def _role(session: Conversation, argument: str) -> Effects:
    name, _, role = argument.partition(" ")
    if session.current is None or not role.strip():
        return session.refuse("command_usage", usage="/role NAME owner|moderator|member")
    command = commands.Moderate(session.user, session.current.id, "role", name, value=role.strip())
    return session.ask(command, "moderate")


def _help(session: Conversation, argument: str) -> Effects:
    width = max(len(entry.usage) for entry in _COMMANDS.values())
    return session.say(
        "Whatever you write goes to the room you are in. Beyond that:",
        *(f"  {entry.usage:<{width}}  {entry.about}" for entry in _COMMANDS.values()),
        "A line that shall begin with a slash begins with two.",
    )


class _Entry(NamedTuple):
    run: _Run
    usage: str
    about: str


_COMMANDS: Final = {
    "/join": _Entry(
        _given("/join ROOM", _join), "/join ROOM", "enter a room, or go back to one; it is made if there is none"
    ),
    "/leave": _Entry(_leave, "/leave [ROOM]", "leave the room"),
    "/rooms": _Entry(_rooms, "/rooms", "the rooms there are"),
    "/who": _Entry(_who, "/who [ROOM]", "who is in the room"),
    "/msg": _Entry(_send_direct, "/msg NAME text", "write to one person"),
    "/me": _Entry(_in_room(_act, "/me does something"), "/me does something", "say what you do"),
    "/nick": _Entry(_given("/nick NAME", _rename), "/nick NAME", "take another name"),
    "/topic": _Entry(_in_room(_topic), "/topic [text]", "show the room's topic, or set it"),
    "/history": _Entry(_in_room(_history), "/history [n]", "the last messages of the room"),
    "/register": _Entry(
        _given("/register PASSWORD", _register),
        "/register PASSWORD",
        "make an account of your name (over TLS, if you can)",
    ),
    "/password": _Entry(
        _given("/password NEW", _password), "/password NEW", "change your password; your other sessions end"
    ),
    "/private": _Entry(
        _given("/private ROOM", _private), "/private ROOM", "make a room that people enter by invitation"
    ),
    "/invite": _Entry(_moderate("invite", "/invite NAME"), "/invite NAME", "let someone into this private room"),
    "/kick": _Entry(_moderate("kick", "/kick NAME [why]"), "/kick NAME [why]", "send someone out of this room"),
    "/ban": _Entry(
        _moderate("ban", "/ban NAME [10m|2h|7d] [why]", lasts=True),
        "/ban NAME [7d] [why]",
        "send someone out, and keep them out",
    ),
    "/unban": _Entry(_moderate("ban", "/unban NAME", undo=True), "/unban NAME", "let them in again"),
    "/mute": _Entry(
        _moderate("mute", "/mute NAME [10m|2h|7d] [why]", lasts=True), "/mute NAME [7d] [why]", "keep someone quiet"
    ),
    "/unmute": _Entry(_moderate("mute", "/unmute NAME", undo=True), "/unmute NAME", "let them speak again"),
    "/role": _Entry(_role, "/role NAME ROLE", "make someone owner, moderator or member here"),
    "/rename": _Entry(_set("rename", "/rename NEW-NAME"), "/rename NEW-NAME", "give this room another name"),
    "/slow": _Entry(_set("slow", "/slow SECONDS"), "/slow SECONDS", "between two messages of a member; 0 ends it"),
    "/readonly": _Entry(_set("read_only", "/readonly on|off"), "/readonly on|off", "whether only moderators write"),
    "/guests": _Entry(_set("guests", "/guests on|off"), "/guests on|off", "whether guests may come in"),
    "/calls": _Entry(_set("calls", "/calls members|moderators|nobody"), "/calls WHO", "who may write @here and @room"),
    "/archive": _Entry(_archive(undo=False), "/archive [why]", "close this room for good"),
    "/reopen": _Entry(_archive(undo=True), "/reopen", "open it again"),
    "/help": _Entry(_help, "/help", "this list"),
    "/quit": _Entry(_quit, "/quit [words]", "go, with parting words if you like"),
    ".exit": _Entry(_exit, ".exit [words]", "the same, as in the beginning"),
}
