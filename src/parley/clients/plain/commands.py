"""The meaning of a typed line: a message or a command."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, TypeGuard

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
THREAD_LINES: Final = 50
"""This many of a thread's newest messages are shown."""
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
        _say(chat, line)
    return True


def _say(chat: PlainConversation, line: str) -> None:
    """Say a line, or, if it is `s/old/new/`, change the user's last message by it."""
    substitution = shared.parse_substitution(line)
    room = chat.window.room
    if substitution is None or room is None:
        chat.say(line)
        return
    changed = substitution.apply(chat.last_text(room))
    if changed is None and not substitution.closed:
        chat.say(line)
    elif (own := chat.own_last(room)) is None:
        return
    elif changed is None:
        chat.window.problem(f"Your last message does not hold {substitution.old}. Nothing was sent.")
    else:
        _change(chat, room, own, changed)


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


def _about(chat: PlainConversation, argument: str) -> tuple[str, rq.OutboxEntry | int | None, str]:
    """Return the current room, the message that an argument names, and the rest of the argument. If there is no room or
    no such message, the user is told, and the message is None.
    """
    number, rest = shared.parse_number(argument)
    room = chat.window.room_or_complain()
    if not room:
        return "", None, rest
    if number is None:
        return room, chat.own_last(room), rest
    return room, _numbered(chat, room, number), rest


def _numbered(chat: PlainConversation, room: str, number: shared.Number) -> int | None:
    if isinstance(number, int):
        return number
    place = chat.window.session.place_of(room)
    seq = chat.messages.last(place.id) if place is not None else 0
    if not seq:
        chat.window.problem(f"No message of {label(room)} was shown yet.")
    return seq or None


def _needs_number(chat: PlainConversation, command: str, argument: str) -> tuple[str, int | None, str]:
    """Do the same as `_about`, for a command that needs a number."""
    number, rest = shared.needed_number(command, argument)
    room = chat.window.room_or_complain()
    return room or "", _numbered(chat, room, number) if room else None, rest


def _is_stored(own: rq.OutboxEntry | int, chat: PlainConversation) -> TypeGuard[int]:
    """Tell whether a message has a number. If it is on its way, tell the user."""
    if not isinstance(own, int):
        chat.window.problem("Your last message is on its way. Try again when it is shown.")
    return isinstance(own, int)


def _change(chat: PlainConversation, room: str, own: rq.OutboxEntry | int, text: str) -> None:
    """Change the text of a message: in the outbox, if it was not sent yet."""
    if isinstance(own, rq.OutboxEntry) and chat.window.session.rewrite(own, text):
        chat.window.answer(f"It is sent as: {excerpt(text)}")
    elif _is_stored(own, chat):
        chat.window.ask(rq.EditMessage(room, own, text=text))


def _edit(chat: PlainConversation, argument: str) -> None:
    _, text = shared.parse_number(argument)
    _needed(text, "/edit")
    room, own, text = _about(chat, argument)
    if own is not None:
        _change(chat, room, own, text)


def _delete(chat: PlainConversation, argument: str) -> None:
    shared.parse_deletion(argument)
    room, own, why = _about(chat, argument)
    if own is None:
        return
    if isinstance(own, rq.OutboxEntry) and chat.window.session.discard(own):
        chat.window.answer(f"It is not sent: {excerpt(own.text)}")
    elif _is_stored(own, chat):
        chat.window.ask(rq.DeleteMessage(room, own, why=why))


def _reply(chat: PlainConversation, argument: str) -> None:
    room, seq, text = _needs_number(chat, "/reply", argument)
    _needed(text, "/reply")
    if seq is not None:
        chat.say(text, reply=seq, thread=chat.thread_of(room, seq))


def _thread(chat: PlainConversation, argument: str) -> None:
    room, seq, text = _needs_number(chat, "/thread", argument)
    if seq is None:
        return
    root = chat.thread_of(room, seq) or seq
    if text:
        chat.say(text, reply=seq, thread=root)
    else:
        chat.window.ask(rq.AskThread(room, root, THREAD_LINES))


def _title(chat: PlainConversation, argument: str) -> None:
    room, seq, title = _needs_number(chat, "/title", argument)
    if seq is not None:
        chat.window.ask(rq.TitleThread(room, seq, title=title))


def _react(chat: PlainConversation, argument: str) -> None:
    room, seq, rest = _needs_number(chat, "/react", argument)
    emoji, on = shared.parse_reaction("/react", rest)
    if seq is not None:
        chat.window.ask(rq.ReactTo(room, seq, emoji=emoji, on=on))


def _pin(word: str, chat: PlainConversation, argument: str) -> None:
    room, own, rest = _about(chat, argument)
    if rest:
        raise UsageError(shared.usage(word))
    if own is not None and _is_stored(own, chat):
        chat.window.ask(rq.PinMessage(room, own, on=word == "/pin"))


def _pins(chat: PlainConversation, argument: str) -> None:
    if room := chat.window.room_or_complain():
        chat.window.ask(rq.AskPins(room))


def _versions(chat: PlainConversation, argument: str) -> None:
    room, own, rest = _about(chat, argument)
    if rest:
        raise UsageError(shared.usage("/versions"))
    if own is not None and _is_stored(own, chat):
        chat.window.ask(rq.AskVersions(room, own))


def _numbers(chat: PlainConversation, argument: str) -> None:
    _, chat.numbers = shared.parse_switch("/numbers", argument)
    how = (
        "Each message is shown with its number now."
        if chat.numbers
        else "Messages are shown without their numbers now."
    )
    chat.window.answer(how)


def _quiet(chat: PlainConversation, argument: str) -> None:
    what, hidden = shared.parse_switch("/quiet", argument, shared.QUIET)
    chat.quiet = chat.quiet | {what} if hidden else chat.quiet - {what}
    named = "Reactions" if what == "reactions" else "Comings and goings"
    chat.window.answer(f"{named} are {'hidden' if hidden else 'shown'} now.")


def last_line(chat: PlainConversation) -> str:
    """Return the line that edits the user's last message in the current room; empty if there is none that can be
    edited in one line.
    """
    room = chat.window.room
    text = chat.last_text(room) if room and not chat.window.asking else ""
    if not text or "\n" in text or shared.parse_number(text)[0] is not None:
        return ""
    return f"/edit {text}"


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
    "/edit": _edit,
    "/delete": _delete,
    "/reply": _reply,
    "/thread": _thread,
    "/title": _title,
    "/react": _react,
    "/pin": partial(_pin, "/pin"),
    "/unpin": partial(_pin, "/unpin"),
    "/pins": _pins,
    "/versions": _versions,
    "/numbers": _numbers,
    "/quiet": _quiet,
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
