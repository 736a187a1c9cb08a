"""The rules: decide what becomes of a command. Pure functions of the state, the command and the time.

A decision is the events to append, in order, or a refusal. It may be no events at all: what was asked for is so
already.
"""

from collections.abc import Callable
from typing import Any, Final

from .commands import Command, Depart, Enter, Join, Leave, OpenRoom, Rename, Say, SetTopic, Tell
from .events import DIRECTORY, SERVER, Event, Kind
from .refusals import Refusal, refuse
from .state import Room, State, direct_name
from .text import (
    KEY_CHARS,
    TEXT_CHARS,
    TEXT_LINES,
    TOPIC_CHARS,
    as_typed,
    bare_room_name,
    fold,
    is_key,
    is_line,
    is_name,
    is_text,
)

SERVER_NAME: Final = "parley"
"""The name in events that the server causes itself."""

ROOMS_PER_USER: Final = 50

Decision = list[Event] | Refusal


def decide(state: State, command: Command, at: int) -> Decision:
    """Decide `command` at the time `at` (milliseconds since 1970 UTC). The state is not changed."""
    if not isinstance(command, _FOR_ANYONE) and command.user not in state.users:
        return refuse("name_needed")
    return _RULES[command.__class__](state, command, at)


def _say(state: State, command: Say, at: int) -> Decision:
    room = state.rooms.get(command.room)
    if room is None or command.user not in room.members or room.id == DIRECTORY:
        return refuse("room_not_joined")
    if problem := _text_problem(command.text, command.key):
        return problem
    name = state.users[command.user].name
    return [Event(room.id, room.tip + 1, at, command.user, name, command.kind, command.text, command.key)]


def _tell(state: State, command: Tell, at: int) -> Decision:
    other = state.user_named(command.to)
    if other is None:
        return refuse("user_unknown", name=command.to[:KEY_CHARS] if is_text(command.to) else "that")
    if other.id == command.user:
        return refuse("user_self")
    if problem := _text_problem(command.text, command.key):
        return problem
    me = state.users[command.user]
    label = direct_name(me.id, other.id)
    room = state.room_named(label)
    events = []
    if room is None:
        room = Room(state.next_room, label, state.epoch)
        events = [
            Event(room.id, 1, at, SERVER, SERVER_NAME, "created", label),
            Event(room.id, 2, at, me.id, me.name, "joined"),
            Event(room.id, 3, at, other.id, other.name, "joined"),
        ]
    seq = room.tip + len(events) + 1
    return [*events, Event(room.id, seq, at, me.id, me.name, command.kind, command.text, command.key)]


def _text_problem(text: str, key: str | None) -> Refusal | None:
    if not text or text.isspace():
        return refuse("text_empty")
    if len(text) > TEXT_CHARS:
        return refuse("text_too_long", length=len(text))
    if not is_text(text):
        return refuse("text_invalid")
    # Line clients are shown the sender's name on each line.
    if (breaks := text.count("\n")) >= TEXT_LINES:
        return refuse("text_lines", lines=breaks + 1)
    if key is not None and not is_key(key):
        return refuse("key_invalid")
    return None


def _join(state: State, command: Join, at: int) -> Decision:
    name = as_typed(bare_room_name(command.name))
    if not is_name(name):
        return refuse("room_invalid")
    user = state.users[command.user]
    room = state.room_named(name)
    if room is not None and user.id in room.members:
        return []
    # Direct rooms don't count: anyone can make one with anyone.
    if len(_public_rooms_of(state, user.id)) >= ROOMS_PER_USER:
        return refuse("rooms_too_many", limit=ROOMS_PER_USER)
    if room is not None:
        return [Event(room.id, room.tip + 1, at, user.id, user.name, "joined")]
    return [
        Event(state.next_room, 1, at, user.id, user.name, "created", name),
        Event(state.next_room, 2, at, user.id, user.name, "joined"),
    ]


def _open_room(state: State, command: OpenRoom, at: int) -> Decision:
    if state.room_named(command.name) is not None:
        return []
    return [Event(state.next_room, 1, at, SERVER, SERVER_NAME, "created", command.name)]


def _leave(state: State, command: Leave, at: int) -> Decision:
    room = state.rooms.get(command.room)
    if room is None or command.user not in room.members:
        return refuse("room_not_joined")
    if room.kind == "direct":
        return refuse("room_direct")
    return [_next(room, at, command.user, state.users[command.user].name, "left", _parting(command.words))]


def _depart(state: State, command: Depart, at: int) -> Decision:
    user = state.users.get(command.user)
    if user is None:
        return []
    words = _parting(command.words)
    public = _public_rooms_of(state, user.id)
    events = [_next(state.rooms[id_], at, user.id, user.name, "left", words) for id_ in public]
    return [*events, _next(state.rooms[DIRECTORY], at, user.id, user.name, "released")]


def _parting(words: str) -> str:
    """Parting words that could not be shown are left out: nobody is kept from going."""
    words = words.strip()
    return words if len(words) <= TOPIC_CHARS and is_line(words) else ""


def _enter(state: State, command: Enter, at: int) -> Decision:
    if command.user is not None and command.user in state.users:
        return []
    name = as_typed(command.name)
    if not is_name(name):
        return refuse("name_invalid")
    if state.user_named(name) is not None or fold(name) == SERVER_NAME:
        return refuse("name_taken", name=name)
    user = state.next_user if command.user is None else command.user
    return [_next(state.rooms[DIRECTORY], at, user, name, "named", name)]


def _rename(state: State, command: Rename, at: int) -> Decision:
    user = state.users[command.user]
    name = as_typed(command.name)
    if not is_name(name):
        return refuse("name_invalid")
    if name == user.name:
        return []
    holder = state.user_named(name)
    if (holder is not None and holder.id != user.id) or fold(name) == SERVER_NAME:
        return refuse("name_taken", name=name)
    events = [_next(state.rooms[id_], at, user.id, user.name, "renamed", name) for id_ in sorted(user.rooms)]
    return [_next(state.rooms[DIRECTORY], at, user.id, user.name, "named", name), *events]


def _set_topic(state: State, command: SetTopic, at: int) -> Decision:
    room = state.rooms.get(command.room)
    if room is None or command.user not in room.members:
        return refuse("room_not_joined")
    if room.kind == "direct":
        return refuse("room_direct")
    topic = command.topic.strip()
    if len(topic) > TOPIC_CHARS or not is_line(topic):
        return refuse("topic_invalid")
    if topic == room.topic:
        return []
    return [_next(room, at, command.user, state.users[command.user].name, "topic", topic)]


def _public_rooms_of(state: State, user: int) -> list[int]:
    return [id_ for id_ in sorted(state.users[user].rooms) if state.rooms[id_].kind == "public"]


def _next(room: Room, at: int, user: int, name: str, kind: Kind, text: str = "") -> Event:
    return Event(room.id, room.tip + 1, at, user, name, kind, text)


_FOR_ANYONE: Final = (Enter, Depart, OpenRoom)

_RULES: Final[dict[type, Callable[[State, Any, int], Decision]]] = {
    Say: _say,
    Tell: _tell,
    Join: _join,
    Leave: _leave,
    Enter: _enter,
    Depart: _depart,
    Rename: _rename,
    SetTopic: _set_topic,
    OpenRoom: _open_room,
}
