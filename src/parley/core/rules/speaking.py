"""Messages, in rooms and in direct conversations."""

from parley.core.commands import OpenDirect, SendDirect, SendMessage
from parley.core.decision import Decision
from parley.core.events import DIRECTORY, SERVER, Event
from parley.core.members import Members
from parley.core.mentions import Online, mentions
from parley.core.refusals import Refusal, refuse
from parley.core.roles import RANKS, rank
from parley.core.state import Room, State, User, direct_name
from parley.core.text import TEXT_CHARS, TEXT_LINES, is_key, normalized
from parley.core.unicode.invisible import is_visible

from .common import SERVER_NAME, decided, entry, said_since, spelled

DIRECT_MOST = 20


def send_message(state: State, command: SendMessage, at: int, online: Online) -> Decision | Refusal:
    room, user = state.rooms.get(command.room), state.users.get(command.user)
    if user is None:
        return refuse("name_needed")
    if room is None or room.id == DIRECTORY:
        return refuse("room_not_joined")
    if user.id not in room.members.joined and user.id not in room.members:
        return refuse("room_not_joined")
    text = command.text if command.text.isprintable() else normalized(command.text)
    if problem := text_problem(text, command.key):
        return problem
    if user.disabled:
        return refuse("account_disabled")
    if room.guarded and (problem := kept_from_writing(state, room, user, at)):
        return problem
    if command.if_tip is not None and (problem := said_since(room, command.if_tip)):
        return problem
    if "@" not in text:
        return Decision([Event(room.id, room.tip + 1, at, user.id, user.name, command.kind, text, command.key)])
    named = mentions(state, room, user, text, online)
    return Decision(
        [Event(room.id, room.tip + 1, at, user.id, user.name, command.kind, text, command.key, None, named)]
    )


def kept_from_writing(state: State, room: Room, user: User, at: int, *, slow: bool = True) -> Refusal | None:
    """Return why a member may not write in the room now: messages, topics and parting words. None if allowed.

    Args:
        state: the state.
        room: the room.
        user: the member.
        at: the time of the decision.
        slow: whether slow mode counts.
    """
    if room.archived:
        return refuse("archived")
    if rank(state, room, user) >= RANKS["moderator"]:
        return None
    until = room.mutes.get(user.id)
    if until is not None and (until == 0 or until > at):
        return refuse("muted", until - at if until else None)
    if room.read_only:
        return refuse("read_only")
    wait = _slow_wait(room, user, at) if slow and room.slow else 0
    return refuse("slow", wait, seconds=wait / 1000) if wait > 0 else None


def _slow_wait(room: Room, user: User, at: int) -> int:
    """Return the milliseconds until the user may write again in slow mode."""
    spoke = room.spoke.get(user.id)
    # If the last message is in the future, the clock was set back, and nobody knows how long ago the message was. A
    # wait that is counted from its time could last longer than slow mode.
    if spoke is None or spoke > at:
        return 0
    return spoke + room.slow * 1000 - at


def send_direct(state: State, command: SendDirect, at: int, online: Online) -> Decision | Refusal:
    other = state.user_named(command.to)
    if other is None:
        return refuse("user_unknown", name=spelled(command.to))
    if other.id == command.user:
        return refuse("user_self")
    text = normalized(command.text)
    if problem := text_problem(text, command.key):
        return problem
    me = state.users[command.user]
    room, events = _direct_room(state, [me, other], at)
    seq = room.tip + len(events) + 1
    members = room if not events else Room(room.id, room.name, "", members=Members({me.id: 0, other.id: 0}))
    named = mentions(state, members, me, text, online) if "@" in text else None
    event = Event(room.id, seq, at, me.id, me.name, command.kind, text, command.key, None, named)
    return decided(*events, event)


def open_direct(state: State, command: OpenDirect, at: int) -> Decision | Refusal:
    if len(command.names) > DIRECT_MOST:
        return refuse("value_invalid", why=f"a direct conversation has at most {DIRECT_MOST} people")
    people = {command.user: state.users[command.user]}
    for name in command.names:
        other = state.user_named(name)
        if other is None:
            return refuse("user_unknown", name=spelled(name))
        people[other.id] = other
    if len(people) < 2:
        return refuse("user_self")
    if len(people) > DIRECT_MOST:
        return refuse("value_invalid", why=f"a direct conversation has at most {DIRECT_MOST} people")
    return decided(*_direct_room(state, list(people.values()), at)[1])


def _direct_room(state: State, people: list[User], at: int) -> tuple[Room, list[Event]]:
    """Return the direct room of these people, and the events that create it if it does not exist."""
    label = direct_name(*(user.id for user in people))
    room = state.room_named(label)
    if room is not None:
        return room, []
    room = Room(state.next_room, label, state.epoch)
    events = [Event(room.id, 1, at, SERVER, SERVER_NAME, "created", label)]
    return room, [*events, *(entry(room, at, user, "joined", ahead=n) for n, user in enumerate(people, 1))]


def text_problem(text: str, key: str | None) -> Refusal | None:
    """Return why a message can't have this text (`normalized`) or this key; None if it can."""
    # Nearly every text begins with a visible character of ASCII: a call less for each message.
    if not "!" <= text[:1] <= "~" and not is_visible(text):
        return refuse("text_empty")
    if len(text) > TEXT_CHARS:
        return refuse("text_too_long", length=len(text))
    # The line dialect repeats the sender's name on each line, so many lines cost a lot.
    if (breaks := text.count("\n")) >= TEXT_LINES:
        return refuse("text_lines", lines=breaks + 1)
    if key is not None and not is_key(key):
        return refuse("key_invalid")
    return None
