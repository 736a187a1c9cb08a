"""Users, rooms, their settings and members, and moderation."""

from typing import Any, Final, Literal

from msgspec import UNSET

from parley.core import commands as c
from parley.core.directory import Position, position_of
from parley.core.roles import Action
from parley.core.state import Room
from parley.wire.limits import DIRECTORY_PAGE

from . import schemas, serialize
from .changing import if_match, with_what_was_said
from .ports import Commands, History
from .request import NO_CONTENT, Handler, HttpRequest, Json, Refused, Response, refused

_SETTINGS: Final[tuple[Literal["read_only", "guests", "slow", "calls"], ...]] = ("read_only", "guests", "slow", "calls")


def _location(room: int) -> list[tuple[bytes, bytes]]:
    return [(b"location", b"/api/rooms/%d" % room)]


def _shown(request: HttpRequest[Commands], room: Room, status: int = 200) -> Json:
    headers = _location(room.id) if status == 201 else ()
    return Json(serialize.room(request.view, room, request.caller.id), status, headers)


# People


async def get_users(request: HttpRequest[Commands]) -> Response:
    query: schemas.UserPage = request.query
    directory, users = request.view.directory, request.state.users
    if query.query:
        page = directory.people(query.query, _begin(query.next), query.limit)
        ids, more, next_ = page.ids, bool(page.next), page.next
    else:
        ids, next_ = directory.users_after(query.after, query.limit + 1), ""
        more = len(ids) > query.limit
    shown = [serialize.user(request.view, users[id_]) for id_ in ids[: query.limit]]
    return Json(schemas.Users(shown, more, next_))


def _begin(text: str) -> Position:
    """Return the position at which a page begins.

    Raises:
        Refused: page_invalid: no page has given this as its `next`.
    """
    position = position_of(text)
    if position is None:
        raise refused("page_invalid", limit=DIRECTORY_PAGE)
    return position


async def get_user(request: HttpRequest[Commands]) -> Response:
    return Json(serialize.user(request.view, request.user()))


# Rooms


async def get_rooms(request: HttpRequest[Commands]) -> Response:
    query: schemas.DirectoryPage = request.query
    directory, caller, after = request.view.directory, request.caller.id, _begin(query.after)
    if request.caller.admin_socket:
        page = directory.all_rooms(query.query, after, query.limit)
    else:
        page = directory.rooms(caller, query.query, after, query.limit, archived=request.runs_server)
    rooms = [serialize.room(request.view, request.state.rooms[id_], caller) for id_ in page.ids]
    return Json(schemas.Rooms(rooms, bool(page.next), page.next))


async def make_room(request: HttpRequest[Commands]) -> Response:
    body: schemas.NewRoom = request.body
    events = await request.submit(c.Create(request.caller.id, body.name, body.private))
    if request.repeated is not None:
        return await get_room_of(request, request.repeated.room)
    return _shown(request, request.state.rooms[events[0].room], 201)


async def get_room(request: HttpRequest[Commands]) -> Response:
    return _shown(request, request.room())


async def change_room(request: HttpRequest[History]) -> Response:
    body: schemas.RoomChanges = request.body
    room = request.room()
    user, if_tip = request.caller.id, if_match(request)
    orders: list[c.Command] = []
    if body.archived is False:
        orders.append(c.Moderate(user, room.id, "archive", undo=True, why=body.why))
    if body.name is not UNSET:
        orders.append(c.Moderate(user, room.id, "rename", value=body.name))
    if body.topic is not UNSET:
        orders.append(c.SetTopic(user, room.id, body.topic, if_tip=if_tip))
    for setting in _SETTINGS:
        if (value := getattr(body, setting)) is not UNSET:
            text = ("on" if value else "off") if isinstance(value, bool) else str(value)
            orders.append(c.Moderate(user, room.id, setting, value=text))
    if body.archived is True:
        orders.append(c.Moderate(user, room.id, "archive", why=body.why))
    # Reopen an archived room first, because it refuses all other changes.
    if body.archived is False and room.archived:
        await request.submit(orders.pop(0))
    try:
        await request.submit(*orders)
    except Refused as error:
        raise await with_what_was_said(request, error, if_tip) from None
    return await get_room_of(request, room.id)


async def get_room_of(request: HttpRequest[Commands], id_: int) -> Response:
    room = request.state.rooms.get(id_)
    if room is None or not request.sees(room):
        raise refused("room_unknown")
    return _shown(request, room)


# Read marks and preferences


async def mark_read(request: HttpRequest[History]) -> Response:
    body: schemas.ReadMark = request.body
    room = request.room()
    refusal = await request.server.mark_read(request.caller.id, room.id, body.seq)
    if refusal is not None:
        raise Refused(refusal)
    return NO_CONTENT


async def set_preferences(request: HttpRequest[Commands]) -> Response:
    body: schemas.Preferences = request.body
    room = request.room()
    level = None if body.level is UNSET else body.level
    favourite = None if body.favourite is UNSET else body.favourite
    await request.submit(c.SetPreference(request.caller.id, room.id, level, favourite))
    return await get_room_of(request, room.id)


# Members


async def get_members(request: HttpRequest[Commands]) -> Response:
    query: schemas.DirectoryPage = request.query
    room, users = request.room(), request.state.users
    page = request.view.directory.members(room, query.query, _begin(query.after), query.limit)
    members = [serialize.member(request.view, room, users[id_]) for id_ in page.ids]
    return Json(schemas.Members(members, bool(page.next), page.next))


async def join(request: HttpRequest[Commands]) -> Response:
    room = request.find_room(request.path["room"])
    me = request.caller.id
    if room is None or room.id <= 0:
        raise refused("room_unknown")
    if room.kind == "direct":
        return await get_room_of(request, room.id)
    events = await request.submit(c.Join(me, room.name, room.id))
    joined = request.state.rooms[events[-1].room] if events else room
    if me not in joined.members:
        raise refused("room_unknown")
    return _shown(request, joined)


async def leave(request: HttpRequest[Commands]) -> Response:
    query: schemas.Reason = request.query
    return await request.done(c.Leave(request.caller.id, request.room().id, query.why))


def _moderating(action: Literal["kick", "ban", "mute", "role", "invite"], *, undo: bool = False) -> Handler:
    """Return the handler of a moderation command about the user in the path or the body. Reason, end and role come from
    the body or the query.
    """

    async def moderate(request: HttpRequest[Commands]) -> Response:
        given = request.body or request.query
        room = request.room()
        try:
            whom = request.user(getattr(given, "user", None))
        except Refused:
            # Only callers who may do this learn that the user does not exist.
            if not request.may(room, action):
                raise refused("room_direct" if room.kind == "direct" else "not_allowed") from None
            raise
        until, value, why = (getattr(given, name, default) for name, default in _MODERATION)
        return await request.done(c.Moderate(request.caller.id, room.id, action, whom.id, undo, until, value, why))

    return moderate


_MODERATION: Final[tuple[tuple[str, Any], ...]] = (("until", 0), ("role", ""), ("why", ""))

invite, kick, set_role = _moderating("invite"), _moderating("kick"), _moderating("role")
ban, unban = _moderating("ban"), _moderating("ban", undo=True)
mute, unmute = _moderating("mute"), _moderating("mute", undo=True)


async def get_bans(request: HttpRequest[Commands]) -> Response:
    return _restricted(request, "ban")


async def get_mutes(request: HttpRequest[Commands]) -> Response:
    return _restricted(request, "mute")


def _restricted(request: HttpRequest[Commands], action: Action) -> Response:
    room = request.room()
    if not request.may(room, action):
        raise refused("not_allowed")
    now, users = request.server.now(), request.state.users
    found = [
        schemas.Restriction(id_, users[id_].name if id_ in users else "", until)
        for id_, until in (room.bans if action == "ban" else room.mutes).items()
        if not until or until > now
    ]
    return Json(schemas.Restrictions(found))
