"""What someone has read, and what they want to be told of: no events, but stored."""

from parley.core.commands import MoveReadMark, SetPreference
from parley.core.preferences import MINUTES
from parley.core.refusals import refuse
from parley.core.state import State

from .common import Decision


def move_read_mark(state: State, command: MoveReadMark, at: int) -> Decision:
    room = state.rooms.get(command.room)
    # Who has left and come back since begins anew.
    if room is None or room.members.get(command.user) != command.since:
        return refuse("room_not_joined")
    return []


def set_preference(state: State, command: SetPreference, at: int) -> Decision:
    if command.user not in state.users:
        return refuse("name_needed")
    if command.room and command.room not in state.users[command.user].rooms:
        return refuse("room_not_joined")
    if command.hours is not None and not all(0 <= minute < MINUTES for minute in command.hours):
        return refuse("value_invalid", why="hours are minutes since midnight, 0 to 1439")
    return []
