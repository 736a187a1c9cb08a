"""What a line that begins with a slash, or with `.exit`, does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from parley.core import commands
from parley.core.refusals import refuse
from parley.gateways.effects import Effects, Submit
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
    room = session.view.public_room(argument)
    if room is not None and session.user in room.members:
        return [*session.switch(room), *session.say(f"You are in #{room.name} now.")]
    return session.ask(commands.Join(session.user, argument), "join")


def _leave(session: LineSession, argument: str) -> Effects:
    room = session.view.public_room(argument) if argument else session.current
    if room is None:
        return session.refuse(refuse("room_not_joined"))
    return session.ask(commands.Leave(session.user, room.id), "leave")


def _rooms(session: LineSession, argument: str) -> Effects:
    lines = []
    for room in session.view.state.public_rooms():
        people = f"{len(room.members)} {'person' if len(room.members) == 1 else 'people'}"
        mark = "*" if session.current is not None and room.id == session.current.id else " "
        lines.append(f"{mark} #{room.name} ({people})" + (f"  {room.topic}" if room.topic else ""))
    return session.say(*lines)


def _who(session: LineSession, argument: str) -> Effects:
    room = session.view.public_room(argument) if argument else session.current
    if room is None:
        return session.refuse(refuse("room_unknown"))
    users = session.view.state.users
    names = sorted(
        (users[user].name + ("" if session.view.online(user) else " (away)") for user in room.members if user in users),
        key=str.casefold,
    )
    return session.say(f"In #{room.name}: {', '.join(names) or 'nobody'}")


def _tell(session: LineSession, argument: str) -> Effects:
    name, _, text = argument.partition(" ")
    if not text.strip():
        return session.refuse(refuse("command_usage", usage="/msg NAME text"))
    return [Submit(commands.Tell(session.user, name, text.strip()))]


def _me(session: LineSession, argument: str) -> Effects:
    if session.current is None:
        return session.refuse(refuse("room_not_joined"))
    if not argument:
        return session.refuse(refuse("command_usage", usage="/me does something"))
    return [Submit(commands.Say(session.user, session.current.id, argument, "action"))]


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
    "/help": _Entry(_help, "/help", "this list"),
    "/quit": _Entry(_quit, "/quit [words]", "go, with parting words if you like"),
    ".exit": _Entry(_exit, ".exit [words]", "the same, as in the beginning"),
}
