"""Tells the retry of a command from another command that was sent with the same key by mistake."""

from typing import Final

from . import commands as c
from .emoji import emoji_of
from .events import Event, RelatedEvent
from .kinds import MESSAGE_KINDS, Kind
from .state import State, direct_name
from .text import as_typed, bare_room_name, fold, normalized, single_line

NOWHERE: Final = -1
"""A room id that no room has. A command has it if its sender named a room and no room has that name, or not any more.
"""

_KINDS: Final[dict[str, tuple[Kind, Kind]]] = {
    "invite": ("invited", "invited"),
    "kick": ("kicked", "kicked"),
    "ban": ("banned", "unbanned"),
    "mute": ("muted", "unmuted"),
    "role": ("role", "role"),
    "rename": ("room_renamed", "room_renamed"),
    "archive": ("archived", "reopened"),
    "slow": ("slow", "slow"),
    "read_only": ("read_only", "read_only"),
    "guests": ("guests", "guests"),
    "calls": ("calls", "calls"),
}
"""The kind of the event of each action of `Moderate`, and of its undoing."""


def is_repetition(state: State, command: c.Command, stored: Event | None, created: Event | None = None) -> bool:
    """Tell whether `command` may be a retry of the command that used its key first. False if it certainly is another.

    Of a message, room, kind and text are compared; of any other command, those of its fields that its event stores.

    Args:
        state: the present state.
        command: the command that came with a used key.
        stored: the event at the place of the key; None if the first command changed nothing.
        created: the first event of the same log, if it is known.
    """
    if isinstance(command, c.SendMessage | c.SendDirect):
        return stored is not None and _is_message(state, command, stored)
    if stored is None:
        return True
    if stored.kind in MESSAGE_KINDS:
        return False
    match command:
        case c.SetTopic():
            return _is(stored, "topic", command.room) and stored.text == single_line(command.topic)
        case c.Create() | c.Join():
            return stored.kind == "joined" and _is_named(state, command, stored, created)
        case c.Leave():
            return _is(stored, "left", command.room)
        case c.Moderate():
            return _is(stored, _KINDS[command.action][command.undo], command.room) and _is_moderated(command, stored)
        case c.Edit() | c.Erase() | c.React() | c.Pin() | c.SetTitle():
            return _is_change(command, stored)
        case c.EraseMany():
            return _is(stored, "erased", command.room)
        case _:
            return True


def _is_change(command: c.Edit | c.Erase | c.React | c.Pin | c.SetTitle, stored: Event) -> bool:
    if not isinstance(stored, RelatedEvent) or (stored.room, stored.target) != (command.room, command.seq):
        return False
    kind: Kind
    match command:
        case c.Edit():
            kind, text = "edited", normalized(command.text)
        case c.Erase():
            # The reason may be shortened when it is stored, so it is not compared.
            kind, text = "erased", stored.text
        case c.React():
            kind, text = "reacted" if command.on else "unreacted", emoji_of(command.emoji) or ""
        case c.Pin():
            kind, text = "pinned" if command.on else "unpinned", ""
        case c.SetTitle():
            kind, text = "titled", single_line(command.text)
    return stored.kind == kind and (bool(stored.erased) or stored.text == text)


def _is_message(state: State, command: c.SendMessage | c.SendDirect, stored: Event) -> bool:
    if stored.key != command.key or stored.kind != command.kind:
        return False
    if stored.text and stored.text != normalized(command.text):  # the text of an erased message is empty
        return False
    answers, thread = (command.answers, command.thread) if isinstance(command, c.Reply) else (0, 0)
    target, root = (stored.target, stored.thread) if isinstance(stored, RelatedEvent) else (0, 0)
    if (thread or answers, thread) != (target, root):
        return False
    if isinstance(command, c.SendMessage):
        return command.room in (stored.room, NOWHERE)
    room = state.rooms.get(stored.room)
    other = state.user_named(command.to)
    if room is None or room.kind != "direct" or other is None:
        return room is None or room.kind == "direct"
    return room.name == direct_name(command.user, other.id)


def _is_named(state: State, command: c.Create | c.Join, stored: Event, created: Event | None) -> bool:
    if isinstance(command, c.Join) and command.room:
        return command.room == stored.room
    room = state.rooms.get(stored.room)
    if room is None or created is None:
        return True
    if isinstance(command, c.Create) and command.private != (room.kind == "private"):
        return False
    return fold(bare_room_name(command.name)) in (fold(room.name), fold(created.text))


def _is_moderated(command: c.Moderate, stored: Event) -> bool:
    match command.action:
        case "rename":
            return stored.text == as_typed(bare_room_name(command.value))
        case "slow" | "read_only" | "guests" | "calls":
            return stored.text.lstrip("0") == command.value.lstrip("0")
        case "archive":
            return True
    about = stored.about
    if about is None or (command.action == "role" and stored.text != command.value):
        return False
    if command.action in ("ban", "mute") and not command.undo:
        until = stored.at + command.duration if command.duration else command.until
        if about.until != until:
            return False
    return about.user == command.whom if isinstance(command.whom, int) else fold(about.name) == fold(command.whom)


def _is(stored: Event, kind: Kind, room: int) -> bool:
    return stored.kind == kind and stored.room == room
