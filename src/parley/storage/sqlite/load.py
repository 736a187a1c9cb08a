"""Loads the state from the database when a server starts."""

from array import array
from collections.abc import Callable
from typing import Any, cast

import apsw

from parley.core.members import Members
from parley.core.state import Room, State, User

from .schema import QUERIES, event_of


def load(connection: apsw.Connection, report: Callable[[], object] = lambda: None) -> State:
    """Return the state: from the tables, and from the events that are folded at start.

    Args:
        connection: the database.
        report: called from time to time while it loads.
    """
    run = connection.execute
    rooms: dict[int, Room] = {
        id_: Room(id_, name, epoch, topic, tip, said=said)
        for id_, name, epoch, topic, tip, said in cast("Any", run(QUERIES["rooms"]))
    }
    for room in rooms.values():
        report()
        # Room by room: as arrays, memberships take a tenth of the memory of their rows.
        if columns := list(zip(*run(QUERIES["members_of"], (room.id,)), strict=True)):
            users, seqs = columns
            room.members = Members.of_columns(array("q", users), array("q", seqs))
    state = State(cast("Any", run(QUERIES["epoch"]).get), cast("Any", run(QUERIES["next_user"]).get))
    state.add([User(id_, name) for id_, name in cast("Any", run(QUERIES["users_here"]))], rooms.values())
    for room, seq, pinned in cast("Any", run(QUERIES["pins"])):
        state.rooms[room].pins[seq] = pinned
    for row in cast("Any", run(QUERIES["folded_at_start"])):
        report()
        state.apply_folded(event_of(row))
    return state
