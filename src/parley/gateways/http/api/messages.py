"""What is said in rooms, and following it."""

import re
from typing import Final

from parley.core import commands as c
from parley.core.decision import Repeated
from parley.core.refusals import Refusal, refuse
from parley.core.roles import first_visible_seq
from parley.core.state import Room, direct_name
from parley.gateways.history import RETRY_MS, cut_page, page_request

from . import resources as r
from . import show
from .call import Answer, Call, Reply, Stream
from .stream import MEDIA_TYPE, begins

PAGE_BYTES: Final = 256 * 1024

NOWHERE: Final = -1
"""The id of no room."""

_SEQ: Final = re.compile(rb"[0-9]{1,15}")


def _key(call: Call) -> str:
    """Return the sender's name for the message, or a new one. It may stand in quotes
    (draft-ietf-httpapi-idempotency-key-header, section 2.1).
    """
    given = call.headers.get(b"idempotency-key")
    if given is None:
        return call.desk.new_token()
    key = given.decode("latin-1").strip(" \t")
    return key[1:-1] if len(key) > 2 and key[0] == key[-1] == '"' else key


def _first_visible_seq(call: Call, room: Room) -> int:
    return 1 if call.caller.admin_socket else first_visible_seq(room, call.caller.id)


async def post_message(call: Call) -> Reply:
    body: r.NewMessage = call.body
    room = call.meant_room(call.path["room"])
    key = _key(call)
    # The key is asked first, and then whether the room exists for the caller: what was stored before they lost the
    # room is stored.
    outcome = await call.desk.submit(
        c.SendMessage(call.caller.id, NOWHERE if room is None else room.id, body.text, body.kind, key=key)
    )
    if isinstance(outcome, Refusal):
        return refuse("room_unknown") if outcome.code == "room_not_joined" and not call.sees(room) else outcome
    if isinstance(outcome, Repeated):
        return _stored(outcome.room, outcome.seq, key, 200)
    event = outcome.events[-1]
    return _stored(event.room, event.seq, key, 201)


def _stored(room: int, seq: int, key: str, status: int) -> Answer:
    where = b"/api/rooms/%d/messages?after=%d&limit=1" % (room, seq - 1)
    return Answer(r.Stored(room, seq, key), status, ((b"location", where),) if status == 201 else ())


async def get_messages(call: Call) -> Reply:
    query: r.PageQuery = call.query
    room = call.room()
    if isinstance(room, Refusal):
        return room
    first = _first_visible_seq(call, room)
    wanted = page_request(room, first, query.limit, query.before, query.after, messages=not query.everything)
    if isinstance(wanted, Refusal):
        return wanted
    page = await call.desk.page(room.id, wanted.limit, before=wanted.before, after=wanted.after, said=wanted.said)
    if page is None:
        return refuse("not_read", RETRY_MS)
    if not call.sees(room):
        return refuse("room_unknown")
    shown, more = cut_page(page, first, query.limit, PAGE_BYTES, newest=query.after is None)
    return Answer(r.Page(room.id, room.epoch, [show.event(call.view, event) for event in shown], more), lasting=True)


async def find(call: Call) -> Reply:
    query: r.Instant = call.query
    room = call.room()
    if isinstance(room, Refusal):
        return room
    seq = await call.desk.find(room.id, query.at)
    if seq is None:
        return refuse("not_read", RETRY_MS)
    if not call.sees(room):
        return refuse("room_unknown")
    return Answer(r.Place(room.id, room.epoch, max(seq, _first_visible_seq(call, room))))


async def follow(call: Call) -> Reply:
    query: r.Following = call.query
    room = call.room()
    if isinstance(room, Refusal):
        return room
    last = call.headers.get(b"last-event-id", b"")
    # A browser that comes back knows better than the address it was given at first.
    wanted = int(last) if _SEQ.fullmatch(last) else query.after
    after = wanted if wanted is not None and wanted <= room.tip else room.tip
    after = max(after, _first_visible_seq(call, room) - 1)
    first = begins(show.room(call.view, room, call.caller.id), after)

    chunks = call.desk.follow(call.caller, room.id, after, first, call.gone)
    # nginx holds answers back unless it is told not to.
    return Stream(chunks, MEDIA_TYPE, [(b"x-accel-buffering", b"no")])


# Direct conversations


async def get_conversations(call: Call) -> Reply:
    user = call.me
    if isinstance(user, Refusal):
        return user
    rooms = [call.state.rooms[id_] for id_ in sorted(user.rooms)]
    return Answer(r.Rooms([show.room(call.view, room, user.id) for room in rooms if room.kind == "direct"]))


async def talk(call: Call) -> Reply:
    body: r.NewConversation = call.body
    me = call.caller.id
    names = []
    for ref in body.to:
        user = call.user(ref)
        if isinstance(user, Refusal):
            return user
        names.append(user.name)
    if body.text is None:
        events = await call.submit(c.OpenDirect(me, tuple(names)))
        if isinstance(events, Refusal):
            return events
        room = events[0].room if events else _room_of(call, names)
        return _conversation(call, room, None, 201 if events else 200)
    key = _key(call)
    if len(names) == 1:
        outcome = await call.desk.submit(c.SendDirect(me, names[0], body.text, body.kind, key=key))
    else:
        events = await call.submit(c.OpenDirect(me, tuple(names)))
        if isinstance(events, Refusal):
            return events
        room = events[0].room if events else _room_of(call, names)
        outcome = await call.desk.submit(c.SendMessage(me, room, body.text, body.kind, key=key))
    if isinstance(outcome, Refusal):
        return outcome
    if isinstance(outcome, Repeated):
        return _conversation(call, outcome.room, r.Stored(outcome.room, outcome.seq, key), 200)
    event = outcome.events[-1]
    return _conversation(call, event.room, r.Stored(event.room, event.seq, key), 201)


def _room_of(call: Call, names: list[str]) -> int:
    """Return the id of the direct room of the caller and those people."""
    people = [user.id for name in names if (user := call.state.user_named(name))]
    room = call.state.room_named(direct_name(call.caller.id, *people))
    return room.id if room is not None else NOWHERE


def _conversation(call: Call, id_: int, message: r.Stored | None, status: int) -> Reply:
    room = call.state.rooms.get(id_)
    if room is None or not call.sees(room):
        return refuse("room_unknown")
    location = [(b"location", b"/api/rooms/%d" % id_)] if status == 201 else []
    return Answer(r.Conversation(show.room(call.view, room, call.caller.id), message), status, location)
