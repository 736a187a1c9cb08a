"""Creating, joining and leaving rooms."""

from parley.core.commands import Create, Join, Leave, OpenRoom, SetTopic
from parley.core.decision import Decision
from parley.core.refusals import Refusal, refuse
from parley.core.roles import may
from parley.core.state import Room, State, User
from parley.core.text import TOPIC_CHARS, as_typed, bare_room_name, is_name, single_line

from .common import Policy, decided, entry, group_rooms, is_banned, said_since, words
from .speaking import kept_from_writing


def join(state: State, command: Join, at: int, policy: Policy) -> Decision | Refusal:
    name = as_typed(bare_room_name(command.name))
    user = state.users[command.user]
    if command.room:
        room = _there(state, user, command.room)
        if room is None:
            return refuse("room_unknown")
    else:
        room = state.room_for(user.id, name)
        # The name of an existing room is not checked: rooms from older versions can be called `.` or `..`. A direct
        # room can't be joined by its internal name.
        if (room is None or room.kind == "direct") and not is_name(name):
            return refuse("room_invalid")
    if room is not None and user.id in room.members:
        return decided()
    if problem := _too_many(state, user, policy):
        return problem
    if room is None:
        return _made(state, user, name, at, private=False)
    if problem := _kept_out(room, user, at):
        return problem
    return decided(entry(room, at, user, "joined"))


def create(state: State, command: Create, at: int, policy: Policy) -> Decision | Refusal:
    name = as_typed(bare_room_name(command.name))
    if not is_name(name):
        return refuse("room_invalid")
    user = state.users[command.user]
    # Whoever is invited to a private room would confuse it with a public room of the same name.
    if (state.room_for(user.id, name) if command.private else state.room_named(name)) is not None:
        return refuse("room_taken", name=name)
    return _too_many(state, user, policy) or _made(state, user, name, at, private=command.private)


def open_room(state: State, command: OpenRoom, at: int) -> Decision | Refusal:
    if state.room_named(command.name) is not None:
        return decided()
    return decided(entry(Room(state.next_room, command.name, state.epoch), at, None, "created", command.name))


def leave(state: State, command: Leave, at: int) -> Decision | Refusal:
    room = state.rooms.get(command.room)
    if room is None or command.user not in room.members:
        return refuse("room_not_joined")
    if room.kind == "direct":
        return refuse("room_direct")
    user = state.users[command.user]
    text = "" if kept_from_writing(state, room, user, at) else words(command.words)
    return decided(entry(room, at, user, "left", text))


def set_topic(state: State, command: SetTopic, at: int) -> Decision | Refusal:
    room = state.rooms.get(command.room)
    if room is None or command.user not in room.members:
        return refuse("room_not_joined")
    if room.kind == "direct":
        return refuse("room_direct")
    user = state.users[command.user]
    if problem := kept_from_writing(state, room, user, at):
        return problem
    if not may(state, room, user, "topic"):
        return refuse("not_allowed")
    topic = single_line(command.topic)
    if len(topic) > TOPIC_CHARS:
        return refuse("topic_invalid")
    if problem := said_since(room, command.if_tip):
        return problem
    if topic == room.topic:
        return decided()
    return decided(entry(room, at, user, "topic", topic))


def _made(state: State, user: User, name: str, at: int, *, private: bool) -> Decision:
    room = Room(state.next_room, name, state.epoch)
    events = [entry(room, at, user, "created", name)]
    if private:
        events.append(entry(room, at, user, "private", ahead=1))
    return decided(*events, entry(room, at, user, "joined", ahead=len(events)))


def _kept_out(room: Room, user: User, at: int) -> Refusal | None:
    if is_banned(room, user.id, at):
        until = room.bans[user.id]
        return refuse("banned", until - at if until else None)
    if room.archived:
        return refuse("archived")
    if room.closed_to_guests and user.role == "guest" and user.id not in room.invited:
        return refuse("guests_closed")
    return None


def _there(state: State, user: User, id_: int) -> Room | None:
    """Return the room with that id, if the user may know that it exists."""
    room = state.rooms.get(id_)
    if room is None or room.kind == "direct" or room.id <= 0:
        return None
    known = not room.private or user.id in room.members or user.id in room.invited or user.id in room.roles
    return room if known else None


def _too_many(state: State, user: User, policy: Policy) -> Refusal | None:
    # Direct rooms are not counted: anyone can create one with anyone.
    if len(group_rooms(state, user.id)) >= policy.rooms_per_user:
        return refuse("rooms_too_many", limit=policy.rooms_per_user)
    return None
