"""What a line that the user types means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from .conversation import Conversation

HISTORY_DEFAULT: Final = 20
HISTORY_MOST: Final = 200


def obey(conversation: Conversation, line: str) -> None:
    """Do what a line says: a command, or something to be said in the current room."""
    word, _, argument = line.partition(" ")
    if line.startswith("//"):
        conversation.say(line[1:])
    elif word == ".exit" or word.startswith("/"):
        command = COMMANDS.get(word.lower())
        if command is None:
            conversation.problem(f"There is no command {word[:40]}. /help lists the commands.")
        else:
            command.run(conversation, argument.strip())
    else:
        conversation.say(line)


def _usage(conversation: Conversation, usage: str) -> None:
    conversation.problem(f"Like this: {usage}")


def _join(conversation: Conversation, argument: str) -> None:
    if argument:
        conversation.join(argument)
    else:
        _usage(conversation, "/join ROOM")


def _leave(conversation: Conversation, argument: str) -> None:
    if room := conversation.room_or_complain(argument):
        conversation.ask(conversation.session.leave, room)


def _rooms(conversation: Conversation, argument: str) -> None:
    conversation.ask(conversation.session.list_rooms)


def _who(conversation: Conversation, argument: str) -> None:
    if room := conversation.room_or_complain(argument):
        conversation.ask(conversation.session.members, room)


def _tell(conversation: Conversation, argument: str) -> None:
    name, _, text = argument.partition(" ")
    if text.strip():
        conversation.ask(conversation.session.tell, name, text.strip())
    else:
        _usage(conversation, "/msg NAME text")


def _me(conversation: Conversation, argument: str) -> None:
    if not argument:
        _usage(conversation, "/me does something")
    elif room := conversation.room_or_complain():
        conversation.ask(conversation.session.action, room, argument)


def _nick(conversation: Conversation, argument: str) -> None:
    if argument:
        conversation.ask(conversation.session.rename, argument)
    else:
        _usage(conversation, "/nick NAME")


def _topic(conversation: Conversation, argument: str) -> None:
    room = conversation.room_or_complain()
    if not room:
        return
    if argument:
        conversation.ask(conversation.session.topic, room, argument)
        return
    topic = conversation.session.topic_of(room)
    if topic is None:
        conversation.problem(f"You are not in #{room} at the moment.")
    else:
        conversation.answer(f"The topic of #{room} is: {topic}" if topic else f"#{room} has no topic.")


def _history(conversation: Conversation, argument: str) -> None:
    if argument and not (argument.isascii() and argument.isdigit() and 0 < int(argument[:9]) <= HISTORY_MOST):
        _usage(conversation, f"/history [1 to {HISTORY_MOST}]")
    elif room := conversation.room_or_complain():
        conversation.ask(conversation.session.history, room, int(argument) if argument else HISTORY_DEFAULT)


def _help(conversation: Conversation, argument: str) -> None:
    width = max(len(command.usage) for command in COMMANDS.values())
    conversation.answer("Whatever you write goes to the room you are in. Beyond that:")
    for command in COMMANDS.values():
        conversation.answer(f"  {command.usage:<{width}}  {command.about}")
    conversation.answer("A line that shall begin with a slash begins with two.")


def _quit(conversation: Conversation, argument: str) -> None:
    conversation.parting_words = argument


def _exit(conversation: Conversation, argument: str) -> None:
    conversation.parting_words = argument or ".exit"  # the report's parting words


class _Command(NamedTuple):
    run: Callable[[Conversation, str], None]
    usage: str
    about: str


COMMANDS: Final = {
    "/join": _Command(_join, "/join ROOM", "enter a room, or go back to one; it is made if there is none"),
    "/leave": _Command(_leave, "/leave [ROOM]", "leave the room"),
    "/rooms": _Command(_rooms, "/rooms", "the rooms there are"),
    "/who": _Command(_who, "/who [ROOM]", "who is in the room"),
    "/msg": _Command(_tell, "/msg NAME text", "write to one person"),
    "/me": _Command(_me, "/me does something", "say what you do"),
    "/nick": _Command(_nick, "/nick NAME", "take another name"),
    "/topic": _Command(_topic, "/topic [text]", "show the room's topic, or set it"),
    "/history": _Command(_history, "/history [n]", "the last messages of the room"),
    "/help": _Command(_help, "/help", "this list"),
    "/quit": _Command(_quit, "/quit [words]", "go, with parting words if you like"),
    ".exit": _Command(_exit, ".exit [words]", "the same, as in the beginning"),
}
