"""What a line that begins with a slash, or with `.exit`, does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from parley.core import commands
from parley.core.refusals import refuse
from parley.core.state import Room, User
from parley.gateways.effects import Effects, Submit
from parley.wire.lasting import lasting
from parley.wire.limits import PAGE_EVENTS

if TYPE_CHECKING:
    from .session import LineSession

HISTORY_DEFAULT: Final = 20


def run(session: LineSession, line: str) -> Effects:
    """Do what a command line says."""
    word, _, argument = line.partition(" ")
    entry = _COMMANDS.get(word.lower())
    if entry is None:
        return session.refuse(refuse("command_unknown", command=word[:40]))
    return entry.run(session, argument.strip())


def _join(session: LineSession, argument: str) -> Effects:
    if not argument:
        return session.refuse(refuse("command_usage", usage="/join ROOM"))
    room = session.view.room(argument, session.user)
    if room is not None and session.user in room.members:
        return [*session.switch(room), *session.say(f"You are in #{room.name} now.")]
    return session.ask(commands.Join(session.user, argument), "join")


def _leave(session: LineSession, argument: str) -> Effects:
    room = session.view.room(argument, session.user) if argument else session.current
    if room is None:
        return session.refuse(refuse("room_not_joined"))
    return session.ask(commands.Leave(session.user, room.id), "leave")


def _rooms(session: LineSession, argument: str) -> Effects:
    lines = []
    for room in session.view.state.rooms_for(session.user):
        people = f"{len(room.members)} {'person' if len(room.members) == 1 else 'people'}"
        mark = "*" if session.current is not None and room.id == session.current.id else " "
        kind = ", private" if room.private else ""
        lines.append(f"{mark} #{room.name} ({people}{kind})" + (f"  {room.topic}" if room.topic else ""))
    return session.say(*lines)


def _who(session: LineSession, argument: str) -> Effects:
    room = session.view.room(argument, session.user) if argument else session.current
    if room is None:
        return session.refuse(refuse("room_unknown"))
    users = session.view.state.users
    names = sorted((_described(session, room, users[user]) for user in room.members if user in users), key=str.casefold)
    return session.say(f"In #{room.name}: {', '.join(names) or 'nobody'}")


def _described(session: LineSession, room: Room, user: User) -> str:
    marks = [room.roles[user.id]] if user.id in room.roles else []
    if user.role == "bot":
        marks.append("bot")
    elif not session.view.online(user.id):
        marks.append("away")
    return f"{user.name} ({', '.join(marks)})" if marks else user.name


def _tell(session: LineSession, argument: str) -> Effects:
    name, _, text = argument.partition(" ")
    if not text.strip():
        return session.refuse(refuse("command_usage", usage="/msg NAME text"))
    return [Submit(commands.SendDirect(session.user, name, text.strip()))]


def _me(session: LineSession, argument: str) -> Effects:
    if session.current is None:
        return session.refuse(refuse("room_not_joined"))
    if not argument:
        return session.refuse(refuse("command_usage", usage="/me does something"))
    return [Submit(commands.SendMessage(session.user, session.current.id, argument, "action"))]


def _nick(session: LineSession, argument: str) -> Effects:
    if not argument:
        return session.refuse(refuse("command_usage", usage="/nick NAME"))
    return session.ask(commands.Rename(session.user, argument), "nick")


def _topic(session: LineSession, argument: str) -> Effects:
    if session.current is None:
        return session.refuse(refuse("room_not_joined"))
    if not argument:
        topic = session.current.topic
        return session.say(
            f"The topic of #{session.current.name} is: {topic}" if topic else f"#{session.current.name} has no topic."
        )
    return session.ask(commands.SetTopic(session.user, session.current.id, argument), "topic")


def _history(session: LineSession, argument: str) -> Effects:
    if session.current is None:
        return session.refuse(refuse("room_not_joined"))
    if argument and not (argument.isascii() and argument.isdigit() and 0 < int(argument[:9]) <= PAGE_EVENTS):
        return session.refuse(refuse("command_usage", usage=f"/history [1 to {PAGE_EVENTS}]"))
    return session.ask_for_page(int(argument) if argument else HISTORY_DEFAULT)


def _quit(session: LineSession, argument: str) -> Effects:
    return session.depart(argument)


def _exit(session: LineSession, argument: str) -> Effects:
    return session.depart(argument or ".exit")


# Accounts


def _register(session: LineSession, argument: str) -> Effects:
    if not argument:
        return session.refuse(refuse("command_usage", usage="/register PASSWORD"))
    user = session.user
    name = session.view.state.users[user].name
    return session.ask_for_hash(argument, lambda hashed: commands.Register(name, hashed, user))


def _password(session: LineSession, argument: str) -> Effects:
    if not argument:
        return session.refuse(refuse("command_usage", usage="/password NEW"))
    user = session.user
    return session.ask_for_hash(argument, lambda hashed: commands.SetPassword(user, hashed, session.mark))


# Rooms by invitation, and what moderators do


def _private(session: LineSession, argument: str) -> Effects:
    if not argument:
        return session.refuse(refuse("command_usage", usage="/private ROOM"))
    return session.ask(commands.Create(session.user, argument, private=True), "join")


def _moderating(action: Any, usage: str, *, undo: bool = False, lasts: bool = False) -> Callable[..., Effects]:
    """Return what does something to someone: NAME, for how long if it `lasts`, and why."""

    def run(session: LineSession, argument: str) -> Effects:
        if session.current is None:
            return session.refuse(refuse("room_not_joined"))
        name, _, rest = argument.partition(" ")
        if not name:
            return session.refuse(refuse("command_usage", usage=usage))
        try:
            seconds, rest = lasting(rest.strip()) if lasts else (0, rest.strip())
        except ValueError as error:
            return session.refuse(refuse("value_invalid", why=error))
        return session.ask(
            commands.Moderate(session.user, session.current.id, action, name, undo, why=rest, duration=seconds * 1000),
            "moderate",
        )

    return run


def _setting(action: Any, usage: str, *, undo: bool = False, empty: bool = False) -> Callable[..., Effects]:
    def run(session: LineSession, argument: str) -> Effects:
        if session.current is None:
            return session.refuse(refuse("room_not_joined"))
        if not argument and not empty:
            return session.refuse(refuse("command_usage", usage=usage))
        value, why = ("", argument) if empty else (argument, "")
        command = commands.Moderate(session.user, session.current.id, action, undo=undo, value=value, why=why)
        return session.ask(command, "moderate")

    return run


def _role(session: LineSession, argument: str) -> Effects:
    name, _, role = argument.partition(" ")
    if session.current is None or not role.strip():
        return session.refuse(refuse("command_usage", usage="/role NAME owner|moderator|member"))
    command = commands.Moderate(session.user, session.current.id, "role", name, value=role.strip())
    return session.ask(command, "moderate")


def _help(session: LineSession, argument: str) -> Effects:
    width = max(len(entry.usage) for entry in _COMMANDS.values())
    return session.say(
        "Whatever you write goes to the room you are in. Beyond that:",
        *(f"  {entry.usage:<{width}}  {entry.about}" for entry in _COMMANDS.values()),
        "A line that shall begin with a slash begins with two.",
    )


class _Entry(NamedTuple):
    run: Callable[[LineSession, str], Effects]
    usage: str
    about: str


_COMMANDS: Final = {
    "/join": _Entry(_join, "/join ROOM", "enter a room, or go back to one; it is made if there is none"),
    "/leave": _Entry(_leave, "/leave [ROOM]", "leave the room"),
    "/rooms": _Entry(_rooms, "/rooms", "the rooms there are"),
    "/who": _Entry(_who, "/who [ROOM]", "who is in the room"),
    "/msg": _Entry(_tell, "/msg NAME text", "write to one person"),
    "/me": _Entry(_me, "/me does something", "say what you do"),
    "/nick": _Entry(_nick, "/nick NAME", "take another name"),
    "/topic": _Entry(_topic, "/topic [text]", "show the room's topic, or set it"),
    "/history": _Entry(_history, "/history [n]", "the last messages of the room"),
    "/register": _Entry(_register, "/register PASSWORD", "make an account of your name (over TLS, if you can)"),
    "/password": _Entry(_password, "/password NEW", "change your password; your other sessions end"),
    "/private": _Entry(_private, "/private ROOM", "make a room that people enter by invitation"),
    "/invite": _Entry(_moderating("invite", "/invite NAME"), "/invite NAME", "let someone into this private room"),
    "/kick": _Entry(_moderating("kick", "/kick NAME [why]"), "/kick NAME [why]", "send someone out of this room"),
    "/ban": _Entry(
        _moderating("ban", "/ban NAME [10m|2h|7d] [why]", lasts=True),
        "/ban NAME [7d] [why]",
        "send someone out, and keep them out",
    ),
    "/unban": _Entry(_moderating("ban", "/unban NAME", undo=True), "/unban NAME", "let them in again"),
    "/mute": _Entry(
        _moderating("mute", "/mute NAME [10m|2h|7d] [why]", lasts=True), "/mute NAME [7d] [why]", "keep someone quiet"
    ),
    "/unmute": _Entry(_moderating("mute", "/unmute NAME", undo=True), "/unmute NAME", "let them speak again"),
    "/role": _Entry(_role, "/role NAME ROLE", "make someone owner, moderator or member here"),
    "/rename": _Entry(_setting("rename", "/rename NEW-NAME"), "/rename NEW-NAME", "give this room another name"),
    "/slow": _Entry(_setting("slow", "/slow SECONDS"), "/slow SECONDS", "between two messages of a member; 0 ends it"),
    "/readonly": _Entry(_setting("read_only", "/readonly on|off"), "/readonly on|off", "whether only moderators write"),
    "/guests": _Entry(_setting("guests", "/guests on|off"), "/guests on|off", "whether guests may come in"),
    "/calls": _Entry(
        _setting("calls", "/calls members|moderators|nobody"), "/calls WHO", "who may write @here and @room"
    ),
    "/archive": _Entry(_setting("archive", "/archive", empty=True), "/archive [why]", "close this room for good"),
    "/reopen": _Entry(_setting("archive", "/reopen", undo=True, empty=True), "/reopen", "open it again"),
    "/help": _Entry(_help, "/help", "this list"),
    "/quit": _Entry(_quit, "/quit [words]", "go, with parting words if you like"),
    ".exit": _Entry(_exit, ".exit [words]", "the same, as in the beginning"),
}
