"""Read marks and preferences: they are stored as records, without events."""

from parley.core.commands import MoveReadMark, SetPreference
from parley.core.decision import Decision
from parley.core.preferences import MINUTES
from parley.core.records import PutPreference, PutReadMark
from parley.core.refusals import Refusal, refuse
from parley.core.state import State

from .common import decided


def move_read_mark(state: State, command: MoveReadMark, at: int) -> Decision | Refusal:
    room = state.rooms.get(command.room)
    # A member who has left and joined again starts with a new mark.
    if room is None or room.members.get(command.user) != command.since:
        return refuse("room_not_joined")
    if room.recounted > command.as_of or len(state.deleted) > command.deletions:
        return refuse("changed", 0)
    marks = (command.since, command.delivered, command.read, command.messages, command.mentions)
    return decided(records=[PutReadMark(command.user, command.room, *marks)])


def set_preference(state: State, command: SetPreference, at: int) -> Decision | Refusal:
    if command.user not in state.users:
        return refuse("name_needed")
    if command.room and command.room not in state.users[command.user].rooms:
        return refuse("room_not_joined")
    if command.hours is not None and not all(0 <= minute < MINUTES for minute in command.hours):
        return refuse("value_invalid", why="hours are minutes since midnight, 0 to 1439")
    return decided(records=[PutPreference(command.user, command.room, command.level, command.favourite, command.hours)])
