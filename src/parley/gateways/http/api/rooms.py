"""Rooms, the people in them, and what is done about both."""

from typing import Literal

from msgspec import UNSET

from parley.core import commands as c
from parley.core.refusals import Refusal, refuse
from parley.core.roles import Action
from parley.core.state import Room
from parley.core.text import fold

from . import resources as r
from . import show
from .call import NO_CONTENT, Answer, Call, Reply

ToSomeone = Literal["invite", "kick", "ban", "mute", "role"]


def _location(room: int) -> list[tuple[bytes, bytes]]:
    return [(b"location", b"/api/rooms/%d" % room)]


def _shown(call: Call, room: Room, status: int = 200) -> Answer:
    return Answer(show.room(call.view, room, call.caller.id), status, _location(room.id) if status == 201 else ())


# People


async def get_users(call: Call) -> Reply:
    query: r.UserPage = call.query
    ids = sorted(id_ for id_ in call.state.users if id_ > query.after)
    users = [show.user(call.view, call.state.users[id_]) for id_ in ids[: query.limit]]
    return Answer(r.Users(users, len(ids) > query.limit))


async def get_user(call: Call) -> Reply:
    user = call.user()
    return user if isinstance(user, Refusal) else Answer(show.user(call.view, user))


# Rooms


async def get_rooms(call: Call) -> Reply:
    state = call.state
    if call.caller.admin_socket:
        rooms = [room for room in state.rooms.values() if room.id > 0 and room.kind != "direct"]
        rooms.sort(key=lambda room: fold(room.name))
    else:
        rooms = [room for room in state.rooms_for(call.caller.id) if call.sees(room)]
        if call.runs_server:
            shown = {room.id for room in rooms}
            rooms += [
                room for room in state.rooms.values() if room.id > 0 and room.kind == "public" and room.id not in shown
            ]
    return Answer(r.Rooms([show.room(call.view, room, call.caller.id) for room in rooms]))


async def make_room(call: Call) -> Reply:
    body: r.NewRoom = call.body
    events = await call.submit(c.Create(call.caller.id, body.name, body.private))
    if isinstance(events, Refusal):
        return events
    return _shown(call, call.state.rooms[events[0].room], 201)


async def get_room(call: Call) -> Reply:
    room = call.room()
    return room if isinstance(room, Refusal) else _shown(call, room)


async def change_room(call: Call) -> Reply:
    body: r.RoomChanges = call.body
    room = call.room()
    if isinstance(room, Refusal):
        return room
    user = call.caller.id
    orders: list[c.Command] = []
    if body.archived is False:
        orders.append(c.Moderate(user, room.id, "archive", undo=True, why=body.why))
    if body.name is not UNSET:
        orders.append(c.Moderate(user, room.id, "rename", value=body.name))
    if body.topic is not UNSET:
        orders.append(c.SetTopic(user, room.id, body.topic))
    if body.read_only is not UNSET:
        orders.append(c.Moderate(user, room.id, "read_only", value="on" if body.read_only else "off"))
    if body.guests is not UNSET:
        orders.append(c.Moderate(user, room.id, "guests", value="on" if body.guests else "off"))
    if body.slow is not UNSET:
        orders.append(c.Moderate(user, room.id, "slow", value=str(body.slow)))
    if body.calls is not UNSET:
        orders.append(c.Moderate(user, room.id, "calls", value=body.calls))
    if body.archived is True:
        orders.append(c.Moderate(user, room.id, "archive", why=body.why))
    # What an archived room would refuse is decided on the room as it will be: it is reopened first.
    if body.archived is False and room.archived:
        events = await call.submit(orders.pop(0))
        if isinstance(events, Refusal):
            return events
    events = await call.submit(*orders)
    return events if isinstance(events, Refusal) else await get_room_of(call, room.id)


async def get_room_of(call: Call, id_: int) -> Reply:
    room = call.state.rooms.get(id_)
    return _shown(call, room) if room is not None and call.sees(room) else refuse("room_unknown")


# What one has read, and wants to be told of


async def mark_read(call: Call) -> Reply:
    body: r.ReadMark = call.body
    room = call.room()
    if isinstance(room, Refusal):
        return room
    refusal = await call.desk.mark_read(call.caller.id, room.id, body.seq)
    return NO_CONTENT if refusal is None else refusal


async def set_preferences(call: Call) -> Reply:
    body: r.Preferences = call.body
    room = call.room()
    if isinstance(room, Refusal):
        return room
    level = None if body.level is UNSET else body.level
    favourite = None if body.favourite is UNSET else body.favourite
    events = await call.submit(c.SetPreference(call.caller.id, room.id, level, favourite))
    return events if isinstance(events, Refusal) else await get_room_of(call, room.id)


# Members


async def get_members(call: Call) -> Reply:
    room = call.room()
    if isinstance(room, Refusal):
        return room
    users = call.state.users
    return Answer(r.Members([show.member(call.view, room, users[id_]) for id_ in room.members if id_ in users]))


async def join(call: Call) -> Reply:
    room = call.meant_room(call.path["room"])
    me = call.caller.id
    if room is None or room.id <= 0:
        return refuse("room_unknown")
    if room.kind == "direct":
        return _shown(call, room) if call.sees(room) else refuse("room_unknown")
    events = await call.submit(c.Join(me, room.name, room.id))
    if isinstance(events, Refusal):
        return events
    joined = call.state.rooms[events[-1].room] if events else room
    return _shown(call, joined) if me in joined.members else refuse("room_unknown")


async def leave(call: Call) -> Reply:
    query: r.Why = call.query
    room = call.room()
    if isinstance(room, Refusal):
        return room
    return await call.done(c.Leave(call.caller.id, room.id, query.why))


async def kick(call: Call) -> Reply:
    query: r.Why = call.query
    return await _moderate(call, "kick", why=query.why)


async def set_role(call: Call) -> Reply:
    body: r.RoleChange = call.body
    return await _moderate(call, "role", value=body.role)


async def invite(call: Call) -> Reply:
    body: r.Guest = call.body
    return await _moderate(call, "invite", body.user, why=body.why)


async def ban(call: Call) -> Reply:
    body: r.Term = call.body or r.Term()
    return await _moderate(call, "ban", until=body.until, why=body.why)


async def unban(call: Call) -> Reply:
    query: r.Why = call.query
    return await _moderate(call, "ban", undo=True, why=query.why)


async def mute(call: Call) -> Reply:
    body: r.Term = call.body or r.Term()
    return await _moderate(call, "mute", until=body.until, why=body.why)


async def unmute(call: Call) -> Reply:
    query: r.Why = call.query
    return await _moderate(call, "mute", undo=True, why=query.why)


async def get_bans(call: Call) -> Reply:
    return _restricted(call, "ban")


async def get_mutes(call: Call) -> Reply:
    return _restricted(call, "mute")


def _restricted(call: Call, action: Action) -> Reply:
    room = call.room()
    if isinstance(room, Refusal):
        return room
    if not call.may(room, action):
        return refuse("not_allowed")
    now = call.desk.now()
    users = call.state.users
    found = room.bans if action == "ban" else room.mutes
    return Answer(
        r.Restrictions(
            [
                r.Restriction(id_, users[id_].name if id_ in users else "", until)
                for id_, until in found.items()
                if not until or until > now
            ]
        )
    )


async def _moderate(
    call: Call,
    action: ToSomeone,
    ref: str | int | None = None,
    *,
    undo: bool = False,
    until: int = 0,
    value: str = "",
    why: str = "",
) -> Reply:
    room = call.room()
    if isinstance(room, Refusal):
        return room
    whom = call.user(ref)
    if isinstance(whom, Refusal):
        # Only who may do it is told who there is.
        if not call.may(room, action):
            return refuse("room_direct" if room.kind == "direct" else "not_allowed")
        return whom
    return await call.done(c.Moderate(call.caller.id, room.id, action, whom.id, undo, until, value, why))
