"""What a line that the user types means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from parley.clients.protocol.requests import Action, Secret
from parley.wire.duration import parse_duration

from .render import label

if TYPE_CHECKING:
    from .conversation import PlainConversation

HISTORY_DEFAULT: Final = 20
HISTORY_MOST: Final = 200


_Run = Callable[["PlainConversation", str], None]


def obey(conversation: PlainConversation, line: str) -> None:
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


def _usage(conversation: PlainConversation, usage: str) -> None:
    conversation.problem(f"Like this: {usage}")


def _join(conversation: PlainConversation, argument: str) -> None:
    if argument:
        conversation.join(argument)
    else:
        _usage(conversation, "/join ROOM")


def _leave(conversation: PlainConversation, argument: str) -> None:
    if room := conversation.room_or_complain(argument):
        conversation.ask(conversation.session.leave, room)


def _rooms(conversation: PlainConversation, argument: str) -> None:
    conversation.ask(conversation.session.list_rooms)


def _who(conversation: PlainConversation, argument: str) -> None:
    if room := conversation.room_or_complain(argument):
        conversation.ask(conversation.session.members, room)


def _unread(conversation: PlainConversation, argument: str) -> None:
    conversation.reading.list_unread()


def _status(conversation: PlainConversation, argument: str) -> None:
    conversation.reading.ask_status(argument)


def _notify(conversation: PlainConversation, argument: str) -> None:
    room = conversation.room_or_complain()
    match argument.lower():
        case "all" | "mentions" | "nothing" as level if room:
            conversation.ask(conversation.session.set_level, room, level)
        case "" if room:
            conversation.reading.tell_level(room)
        case _ if room:
            _usage(conversation, "/notify all|mentions|nothing")


def _tell(conversation: PlainConversation, argument: str) -> None:
    name, _, text = argument.partition(" ")
    if text.strip():
        conversation.ask(conversation.session.tell, name, text.strip())
    else:
        _usage(conversation, "/msg NAME text")


def _me(conversation: PlainConversation, argument: str) -> None:
    if not argument:
        _usage(conversation, "/me does something")
    elif room := conversation.room_or_complain():
        conversation.ask(conversation.session.action, room, argument)


def _nick(conversation: PlainConversation, argument: str) -> None:
    if argument:
        conversation.ask(conversation.session.rename, argument)
    else:
        _usage(conversation, "/nick NAME")


def _topic(conversation: PlainConversation, argument: str) -> None:
    room = conversation.room_or_complain()
    if not room:
        return
    if argument:
        conversation.ask(conversation.session.topic, room, argument)
        return
    topic = conversation.session.topic_of(room)
    if topic is None:
        conversation.problem(f"You are not in {label(room)} at the moment.")
    else:
        conversation.answer(f"The topic of {label(room)} is: {topic}" if topic else f"{label(room)} has no topic.")


def _history(conversation: PlainConversation, argument: str) -> None:
    if argument and not (argument.isascii() and argument.isdigit() and 0 < int(argument[:9]) <= HISTORY_MOST):
        _usage(conversation, f"/history [1 to {HISTORY_MOST}]")
    elif room := conversation.room_or_complain():
        conversation.ask(conversation.session.history, room, int(argument) if argument else HISTORY_DEFAULT)


def _direct(conversation: PlainConversation, argument: str) -> None:
    if names := argument.split():
        conversation.gather(names)
    else:
        _usage(conversation, "/direct NAME NAME...")


# Accounts


def _register(conversation: PlainConversation, argument: str) -> None:
    if conversation.can_ask and argument:
        conversation.problem("Write /register alone: the password is asked for then, and not shown.")
    elif conversation.can_ask:
        conversation.ask_new_password()
    elif argument:
        conversation.ask(conversation.session.register, Secret(argument))
    else:
        _usage(conversation, "/register PASSWORD")


# Rooms by invitation, and what moderators do


def _private(conversation: PlainConversation, argument: str) -> None:
    if argument:
        conversation.create(argument)
    else:
        _usage(conversation, "/private ROOM")


def _moderating(action: Action, usage: str, *, undo: bool = False, lasts: bool = False) -> _Run:
    """Return what does something to someone: NAME, for how long if it `lasts`, and why."""

    def run(conversation: PlainConversation, argument: str) -> None:
        room = conversation.room_or_complain()
        name, _, rest = argument.partition(" ")
        if not name:
            _usage(conversation, usage)
        elif room:
            try:
                seconds, why = parse_duration(rest.strip()) if lasts else (0, rest.strip())
            except ValueError as error:
                conversation.problem(f"That can't be: {error}.")
                return
            conversation.moderate(room, action, name, undo=undo, duration=seconds * 1000, why=why)

    return run


def _role(conversation: PlainConversation, argument: str) -> None:
    room = conversation.room_or_complain()
    name, _, role = argument.partition(" ")
    if not role.strip():
        _usage(conversation, "/role NAME owner|moderator|member")
    elif room:
        conversation.moderate(room, "role", name, value=role.strip())


def _setting(action: Action, usage: str, *, undo: bool = False, empty: bool = False) -> _Run:
    """Return what changes something about the room: to a value, or, if that is `empty`, for a reason."""

    def run(conversation: PlainConversation, argument: str) -> None:
        room = conversation.room_or_complain()
        if not argument and not empty:
            _usage(conversation, usage)
        elif room:
            value, why = ("", argument) if empty else (argument, "")
            conversation.moderate(room, action, undo=undo, value=value, why=why)

    return run


def _help(conversation: PlainConversation, argument: str) -> None:
    width = max(len(command.usage) for command in COMMANDS.values())
    conversation.answer("Whatever you write goes to the room you are in. Beyond that:")
    for command in COMMANDS.values():
        conversation.answer(f"  {command.usage:<{width}}  {command.about}")
    conversation.answer("A line that shall begin with a slash begins with two.")


def _quit(conversation: PlainConversation, argument: str) -> None:
    conversation.parting_words = argument


def _exit(conversation: PlainConversation, argument: str) -> None:
    conversation.parting_words = argument or ".exit"  # the report's parting words


class _Command(NamedTuple):
    run: _Run
    usage: str
    about: str


COMMANDS: Final = {
    "/join": _Command(_join, "/join ROOM", "enter a room, or go back to one; it is made if there is none"),
    "/leave": _Command(_leave, "/leave [ROOM]", "leave the room"),
    "/rooms": _Command(_rooms, "/rooms", "the rooms there are"),
    "/unread": _Command(_unread, "/unread", "what you have not read, in which rooms"),
    "/status": _Command(_status, "/status [@NAME]", "who has your last message here, or to NAME, and who has read it"),
    "/notify": _Command(_notify, "/notify [LEVEL]", "what of this room you are told of: all, mentions, nothing"),
    "/who": _Command(_who, "/who [ROOM]", "who is in the room"),
    "/msg": _Command(_tell, "/msg NAME text", "write to one person"),
    "/me": _Command(_me, "/me does something", "say what you do"),
    "/nick": _Command(_nick, "/nick NAME", "take another name"),
    "/topic": _Command(_topic, "/topic [text]", "show the room's topic, or set it"),
    "/history": _Command(_history, "/history [n]", "the last messages of the room"),
    "/direct": _Command(_direct, "/direct NAME NAME...", "write to several people, from now on"),
    "/register": _Command(_register, "/register", "make an account of your name, with a password"),
    "/private": _Command(_private, "/private ROOM", "make a room that people enter by invitation"),
    "/invite": _Command(_moderating("invite", "/invite NAME"), "/invite NAME", "let someone into this private room"),
    "/kick": _Command(_moderating("kick", "/kick NAME [why]"), "/kick NAME [why]", "send someone out of this room"),
    "/ban": _Command(
        _moderating("ban", "/ban NAME [10m|2h|7d] [why]", lasts=True),
        "/ban NAME [7d] [why]",
        "send someone out, and keep them out",
    ),
    "/unban": _Command(_moderating("ban", "/unban NAME", undo=True), "/unban NAME", "let them in again"),
    "/mute": _Command(
        _moderating("mute", "/mute NAME [10m|2h|7d] [why]", lasts=True), "/mute NAME [7d] [why]", "keep someone quiet"
    ),
    "/unmute": _Command(_moderating("mute", "/unmute NAME", undo=True), "/unmute NAME", "let them speak again"),
    "/role": _Command(_role, "/role NAME ROLE", "make someone owner, moderator or member here"),
    "/rename": _Command(_setting("rename", "/rename NEW-NAME"), "/rename NEW-NAME", "give this room another name"),
    "/slow": _Command(
        _setting("slow", "/slow SECONDS"), "/slow SECONDS", "between two messages of a member; 0 ends it"
    ),
    "/readonly": _Command(
        _setting("read_only", "/readonly on|off"), "/readonly on|off", "whether only moderators write"
    ),
    "/guests": _Command(_setting("guests", "/guests on|off"), "/guests on|off", "whether guests may come in"),
    "/calls": _Command(
        _setting("calls", "/calls members|moderators|nobody"), "/calls WHO", "who may write @here and @room"
    ),
    "/archive": _Command(_setting("archive", "/archive", empty=True), "/archive [why]", "close this room for good"),
    "/reopen": _Command(_setting("archive", "/reopen", undo=True, empty=True), "/reopen", "open it again"),
    "/help": _Command(_help, "/help", "this list"),
    "/quit": _Command(_quit, "/quit [words]", "go, with parting words if you like"),
    ".exit": _Command(_exit, ".exit [words]", "the same, as in the beginning"),
}
