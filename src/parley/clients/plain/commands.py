"""The meaning of a typed line: a message or a command."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from parley.clients.model.names import bare
from parley.clients.protocol import requests as rq
from parley.wire import commands_help as shared
from parley.wire.commands_help import (
    HISTORY_DEFAULT,
    LISTED_MEMBERS,
    LISTED_ROOMS,
    Help,
    UsageError,
    is_cut_off,
)
from parley.wire.encoding import is_text, visible

from .conversation import PlainConversation
from .render import excerpt, label

HISTORY_MOST: Final = 200
_CUT_OFF: Final = "The last line is a command without a newline. It may be cut off, so it was not carried out."


def hear(chat: PlainConversation, line: str) -> bool:
    """Take a line that the user has typed: an answer, a command, or a message for the current room.

    Returns:
        Whether it was taken. A line with bytes that are not UTF-8 is refused in a sentence and changes nothing.
    """
    if not is_text(line):
        hidden = chat.window.asking is not None and chat.window.asking.hidden
        chat.refuse_line("Not sent, as it is not UTF-8" + ("." if hidden else f": {excerpt(visible(line))}"))
        return False
    if chat.window.asking is not None:
        chat.hear_answer(chat.window.asking, line)
    elif line.startswith("//"):
        chat.say(line[1:])
    elif line == ".exit" or line.startswith((".exit ", "/")):
        _obey(chat, *line.split(" ", 1))
    elif line.strip():
        chat.say(line)
    return True


def hear_last(chat: PlainConversation, line: str) -> None:
    """Take the last line of an input that ended without a newline (docs/decisions/0017-unfinished-lines.md)."""
    if chat.window.asking is None and is_cut_off(line):
        chat.refuse_line(_CUT_OFF)
    else:
        hear(chat, line)


def _obey(chat: PlainConversation, typed: str, argument: str = "") -> None:
    word, argument = typed.lower(), argument.strip()
    try:
        if word in _COMMANDS:
            _COMMANDS[word](chat, argument)
        else:
            chat.window.problem(f"There is no command {typed[:40]}. /help lists the commands.")
    except UsageError as error:
        chat.window.problem(f"Like this: {error}")
    except ValueError as error:
        chat.window.problem(f"That can't be: {error}.")


def _needed(argument: str, command: str) -> str:
    """Return the argument of a command.

    Raises:
        UsageError: the argument is missing.
    """
    if not argument:
        raise UsageError(_HELP[command].full or _HELP[command].usage)
    return argument


def _moderate(word: str, chat: PlainConversation, argument: str) -> None:
    order = shared.parse_order(word, argument)
    if room := chat.window.room_or_complain():
        chat.window.ask(rq.ModerateRoom(room, *order))


def _leave(chat: PlainConversation, argument: str) -> None:
    if room := chat.window.room_or_complain(argument):
        chat.window.ask(rq.LeaveRoom(room))


def _who(chat: PlainConversation, argument: str) -> None:
    where, _, name = argument.partition(" ")
    here = chat.window.room
    if here is not None and where and not name and chat.window.session.topic_of(bare(where)) is None:
        where, name = "", where  # the user is not in a room of that name, so it is the name of a person
    if room := chat.window.room_or_complain(where):
        chat.window.ask(rq.AskMembers(room, name.strip(), limit=LISTED_MEMBERS))


def _more(chat: PlainConversation, argument: str) -> None:
    if chat.next_page is None:
        chat.window.answer("There is nothing more to show.")
    else:
        chat.window.ask(chat.next_page)


def _notify(chat: PlainConversation, argument: str) -> None:
    room = chat.window.room_or_complain()
    match argument.lower():
        case "all" | "mentions" | "nothing" as level if room:
            chat.window.ask(rq.SetLevel(room, level))
        case "" if room:
            chat.read_status.tell_level(room)
        case _ if room:
            _needed("", "/notify")


def _tell(chat: PlainConversation, argument: str) -> None:
    name, _, text = argument.partition(" ")
    chat.window.session.tell(name, _needed(text.strip(), "/msg"), chat.window.now())


def _topic(chat: PlainConversation, argument: str) -> None:
    room = chat.window.room_or_complain()
    if not room:
        return
    if argument:
        chat.window.ask(rq.ChangeTopic(room, argument))
        return
    topic = chat.window.session.topic_of(room)
    if topic is None:
        chat.window.problem(f"You are not in {label(room)} at the moment.")
    else:
        chat.window.answer(f"The topic of {label(room)} is: {topic}" if topic else f"{label(room)} has no topic.")


def _history(chat: PlainConversation, argument: str) -> None:
    if argument and not (argument.isascii() and argument.isdigit() and 0 < int(argument[:9]) <= HISTORY_MOST):
        raise UsageError(f"/history [1 to {HISTORY_MOST}]")
    if room := chat.window.room_or_complain():
        chat.window.ask(rq.AskHistory(room, int(argument) if argument else HISTORY_DEFAULT))


def _register(chat: PlainConversation, argument: str) -> None:
    if not chat.can_ask:
        chat.window.ask(rq.MakeAccount(rq.Secret(_needed(argument, "/register"))))
    elif argument:
        chat.window.problem("Write /register alone: the password is asked for then, and not shown.")
    else:
        chat.ask_new_password()


def _help(chat: PlainConversation, argument: str) -> None:
    for line in shared.help_lines(_HELP.values()):
        chat.window.answer(line)


def _quit(chat: PlainConversation, argument: str) -> None:
    chat.parting_words = argument


def _exit(chat: PlainConversation, argument: str) -> None:
    chat.parting_words = argument or ".exit"


_COMMANDS: Final[dict[str, Callable[[PlainConversation, str], object]]] = {
    "/join": lambda chat, room: chat.join(_needed(room, "/join")),
    "/leave": _leave,
    "/rooms": lambda chat, word: chat.window.ask(rq.AskRooms(word, limit=LISTED_ROOMS)),
    "/unread": lambda chat, _: chat.read_status.list_unread(),
    "/status": lambda chat, where: chat.read_status.ask_status(where),
    "/notify": _notify,
    "/who": _who,
    "/more": _more,
    "/msg": _tell,
    "/me": lambda chat, text: chat.say(_needed(text, "/me"), "action"),
    "/nick": lambda chat, name: chat.window.ask(rq.TakeName(_needed(name, "/nick"))),
    "/topic": _topic,
    "/history": _history,
    "/direct": lambda chat, names: chat.start_direct(_needed(names, "/direct").split()),
    "/register": _register,
    "/private": lambda chat, room: chat.create(_needed(room, "/private")),
    **{word: partial(_moderate, word) for word in shared.MODERATION},
    "/help": _help,
    "/quit": _quit,
    ".exit": _exit,
}
_OWN: Final = {
    "/unread": Help("/unread", "what you have not read, in which rooms"),
    "/status": Help("/status [@NAME]", "who has your last message here, or to NAME, and who has read it"),
    "/notify": Help(
        "/notify [LEVEL]", "what of this room you are told of: all, mentions, nothing", "/notify all|mentions|nothing"
    ),
    "/direct": Help("/direct NAME NAME...", "write to several people, from now on"),
    "/register": Help("/register", "make an account of your name, with a password", "/register PASSWORD"),
}
_HELP: Final = {word: (_OWN | shared.COMMANDS)[word] for word in _COMMANDS}
