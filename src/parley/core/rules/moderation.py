"""Moderation: changing a room and the status of its members."""

from collections.abc import Callable
from typing import Final

import msgspec

from parley.core.commands import Moderate
from parley.core.decision import Decision
from parley.core.events import MACHINE
from parley.core.refusals import Refusal, refuse
from parley.core.roles import RANKS, may, rank, visible
from parley.core.state import Room, State, User
from parley.core.text import as_typed, bare_room_name, is_name

from .common import LASTS_MOST_MS, about, decided, entry, is_banned, spelled, words

SLOW_MOST: Final = 6 * 60 * 60


def moderate(state: State, command: Moderate, at: int) -> Decision | Refusal:
    room = state.rooms.get(command.room)
    mine = command.user == MACHINE
    actor = None if mine else state.users.get(command.user)
    if not mine and actor is None:
        return refuse("name_needed")
    if actor is not None and actor.disabled:
        return refuse("account_disabled")
    if room is None or room.id <= 0 or (not mine and not visible(state, room, command.user)):
        return refuse("room_unknown")
    if room.kind == "direct":
        return refuse("room_direct")
    if command.duration:
        command = msgspec.structs.replace(command, until=at + command.duration)
    if not mine and not may(state, room, actor, command.action):
        return refuse("not_allowed")
    if command.action in _TO_SOMEONE:
        whom = _meant(state, room, command)
        if whom is None:
            return refuse("user_unknown", name=spelled(command.whom) if isinstance(command.whom, str) else "that")
        if whom.id == command.user and command.action in ("kick", "ban", "mute") and not command.undo:
            return refuse("not_allowed")  # a kick or ban removes the role: the room could lose its last owner
        mine_rank = rank(state, room, actor)
        if command.action == "invite":
            if room.closed_to_guests and whom.role == "guest" and not mine and mine_rank < RANKS["moderator"]:
                return refuse("guests_closed")
        elif not mine and whom.id != command.user:
            # Users with a role who have left the room keep the role, and it still protects them.
            theirs = max(rank(state, room, whom), RANKS[room.roles.get(whom.id, "")])
            if theirs >= mine_rank and not (command.action == "role" and actor is not None and actor.role == "owner"):
                return refuse("outranked", name=whom.name)
        return _TO_SOMEONE[command.action](room, actor, whom, command, at)
    if command.action == "rename":
        return _rename(state, room, actor, command, at)
    return _SETTINGS[command.action](room, actor, command, at)


# Actions with a target


def _meant(state: State, room: Room, command: Moderate) -> User | None:
    if isinstance(command.whom, str):
        return state.user_named(command.whom)
    user = state.users.get(command.whom)
    if user is None and command.undo and command.action == "ban" and command.whom in room.bans:
        return User(command.whom, "someone")  # a banned user who has released their name
    return user


def _invite(room: Room, actor: User | None, whom: User, command: Moderate, at: int) -> Decision | Refusal:
    if whom.id in room.members or whom.id in room.invited:
        return decided()
    if is_banned(room, whom.id, at):
        return refuse("value_invalid", why=f"{whom.name} is banned here; that has to be lifted first")
    return decided(entry(room, at, actor, "invited", words(command.why), about(whom)))


def _kick(room: Room, actor: User | None, whom: User, command: Moderate, at: int) -> Decision | Refusal:
    if whom.id not in room.members:
        return refuse("member_unknown", name=whom.name)
    return decided(entry(room, at, actor, "kicked", words(command.why), about(whom)))


def _ban(room: Room, actor: User | None, whom: User, command: Moderate, at: int) -> Decision | Refusal:
    if command.undo:
        lifted = entry(room, at, actor, "unbanned", words(command.why), about(whom))
        return decided(lifted) if whom.id in room.bans else decided()
    if problem := _over(command.until, at):
        return problem
    return decided(entry(room, at, actor, "banned", words(command.why), about(whom, command.until)))


def _mute(room: Room, actor: User | None, whom: User, command: Moderate, at: int) -> Decision | Refusal:
    if command.undo:
        lifted = entry(room, at, actor, "unmuted", words(command.why), about(whom))
        return decided(lifted) if whom.id in room.mutes else decided()
    if whom.id not in room.members:
        return refuse("member_unknown", name=whom.name)
    if problem := _over(command.until, at):
        return problem
    return decided(entry(room, at, actor, "muted", words(command.why), about(whom, command.until)))


def _set_role(room: Room, actor: User | None, whom: User, command: Moderate, at: int) -> Decision | Refusal:
    if whom.id not in room.members and whom.id not in room.roles:
        return refuse("member_unknown", name=whom.name)
    if command.value not in RANKS or not command.value:
        return refuse("value_invalid", why="a role is owner, moderator or member")
    if room.roles.get(whom.id, "member") == command.value:
        return decided()
    owners = [user for user, role in room.roles.items() if role == "owner" and user in room.members]
    if owners == [whom.id] and actor is not None and actor.role not in ("owner", "admin"):
        return refuse("owner_last")
    return decided(entry(room, at, actor, "role", command.value, about(whom)))


def _over(until: int, at: int) -> Refusal | None:
    if until and not at < until <= at + LASTS_MOST_MS:
        return refuse("value_invalid", why="its end is in the past, or more than a hundred years away")
    return None


# Actions on the room


def _rename(state: State, room: Room, actor: User | None, command: Moderate, at: int) -> Decision | Refusal:
    name = as_typed(bare_room_name(command.value))
    if not is_name(name):
        return refuse("room_invalid")
    if name == room.name:
        return decided()
    # As in `create`: a private room's name must differ from those of all public rooms, and from those of the private
    # rooms of the user who renames it.
    mine = state.room_for(actor.id, name) if room.private and actor is not None else None
    taken = mine or state.room_named(name)
    if taken is not None and taken.id != room.id:
        return refuse("room_taken", name=name)
    return decided(entry(room, at, actor, "room_renamed", name))


def _archive(room: Room, actor: User | None, command: Moderate, at: int) -> Decision | Refusal:
    if room.archived != command.undo:
        return decided()
    return decided(entry(room, at, actor, "reopened" if command.undo else "archived", words(command.why)))


def _slow(room: Room, actor: User | None, command: Moderate, at: int) -> Decision | Refusal:
    value = command.value
    if not (value.isascii() and value.isdigit() and len(value) < 9 and int(value) <= SLOW_MOST):
        return refuse("value_invalid", why=f"slow mode takes 0 to {SLOW_MOST} seconds")
    return decided() if room.slow == int(value) else decided(entry(room, at, actor, "slow", str(int(value))))


def _read_only(room: Room, actor: User | None, command: Moderate, at: int) -> Decision | Refusal:
    return _switch(room, actor, command, at, "read_only", now=room.read_only)


def _guests(room: Room, actor: User | None, command: Moderate, at: int) -> Decision | Refusal:
    return _switch(room, actor, command, at, "guests", now=not room.closed_to_guests)


def _calls(room: Room, actor: User | None, command: Moderate, at: int) -> Decision | Refusal:
    if command.value not in ("members", "moderators", "nobody"):
        return refuse("value_invalid", why="everybody is called by members, moderators or nobody")
    return (
        decided()
        if room.broadcast_mentions == command.value
        else decided(entry(room, at, actor, "calls", command.value))
    )


def _switch(room: Room, actor: User | None, command: Moderate, at: int, kind: str, *, now: bool) -> Decision | Refusal:
    if command.value not in ("on", "off"):
        return refuse("value_invalid", why="it is on or off")
    if now == (command.value == "on"):
        return decided()
    return decided(entry(room, at, actor, kind, command.value))  # type: ignore[arg-type]


_TO_SOMEONE: Final[dict[str, Callable[[Room, User | None, User, Moderate, int], Decision | Refusal]]] = {
    "invite": _invite,
    "kick": _kick,
    "ban": _ban,
    "mute": _mute,
    "role": _set_role,
}

_SETTINGS: Final[dict[str, Callable[[Room, User | None, Moderate, int], Decision | Refusal]]] = {
    "archive": _archive,
    "slow": _slow,
    "read_only": _read_only,
    "guests": _guests,
    "calls": _calls,
}
