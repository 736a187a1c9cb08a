"""Sending messages, reading them in pages, following a room as a stream; direct conversations."""

import re
from typing import Final

from parley.core import commands as c
from parley.core.decision import Repeated
from parley.core.refusals import Refusal
from parley.core.repetition import NOWHERE
from parley.core.state import direct_name
from parley.gateways.history import RETRY_MS, cut_page, page_request

from . import schemas, serialize
from .changing import PAGE_BYTES, first_visible, id_of_room, if_match, present_page, refusal_of, with_what_was_said
from .event_stream import MEDIA_TYPE, begins
from .ports import Commands, History, Streams
from .request import ByteStream, HttpRequest, Json, Refused, Response, refused, require

_SEQ: Final = re.compile(rb"[0-9]{1,15}")


def _message_key(request: HttpRequest[Commands]) -> str:
    key = request.key
    return request.server.new_token() if key is None else key


async def post_message(request: HttpRequest[History]) -> Response:
    body: schemas.NewMessage = request.body
    key, if_tip = _message_key(request), if_match(request)
    # Submit the command even if the room is unknown or not visible. If the message was stored before, its key is found
    # and the answer is the same as then, also if the caller has left the room since, or the room has another name now.
    message = (request.caller.id, id_of_room(request), body.text, body.kind)
    if body.reply or body.thread:
        command = c.Reply(*message, body.reply, body.thread, body.also, key=key, if_tip=if_tip)
    else:
        command = c.SendMessage(*message, key=key, if_tip=if_tip)  # type: ignore[assignment]
    outcome = await request.server.submit(command)
    if isinstance(outcome, Refusal):
        raise await with_what_was_said(request, refusal_of(request, outcome), if_tip)
    if isinstance(outcome, Repeated):
        return _stored(outcome.room, outcome.seq, key, 200)
    event = outcome.events[-1]
    return _stored(event.room, event.seq, key, 201)


def _stored(room: int, seq: int, key: str, status: int) -> Json:
    where = b"/api/rooms/%d/messages?after=%d&limit=1" % (room, seq - 1)
    return Json(schemas.Stored(room, seq, key), status, ((b"location", where),) if status == 201 else ())


async def get_messages(request: HttpRequest[History]) -> Response:
    query: schemas.PageQuery = request.query
    room = request.room()
    if query.present:
        return await present_page(request, room, query)
    first = first_visible(request, room)
    wanted = require(page_request(room, first, query.limit, query.before, query.after, messages=not query.everything))
    page = await request.server.page(room.id, wanted.limit, before=wanted.before, after=wanted.after, said=wanted.said)
    if page is None:
        raise refused("not_read", RETRY_MS)
    if not request.sees(room):
        raise refused("room_unknown")
    shown, more = cut_page(page, first, query.limit, PAGE_BYTES, newest=query.after is None)
    events = [serialize.event(request.view, event) for event in shown]
    return Json(schemas.Page(room.id, room.epoch, events, more), cacheable=True)


async def find_seq(request: HttpRequest[History]) -> Response:
    query: schemas.SeqQuery = request.query
    room = request.room()
    seq = await request.server.find(room.id, query.at)
    if seq is None:
        raise refused("not_read", RETRY_MS)
    if not request.sees(room):
        raise refused("room_unknown")
    return Json(schemas.FoundSeq(room.id, room.epoch, max(seq, first_visible(request, room))))


async def follow(request: HttpRequest[Streams]) -> Response:
    query: schemas.StreamQuery = request.query
    room = request.room()
    last = request.headers.get(b"last-event-id", b"")
    # A browser that reconnects sends the seq of its last event in this header, but the `after` of the first connection
    # in the query.
    wanted = int(last) if _SEQ.fullmatch(last) else query.after
    after = wanted if wanted is not None and wanted <= room.tip else room.tip
    after = max(after, first_visible(request, room) - 1)
    first = begins(serialize.room(request.view, room, request.caller.id), after)

    chunks = request.server.follow(request.caller, room.id, after, first, request.gone)
    # This header tells nginx not to buffer the response.
    return ByteStream(chunks, MEDIA_TYPE, [(b"x-accel-buffering", b"no")])


# Direct conversations


async def get_conversations(request: HttpRequest[Commands]) -> Response:
    user = request.me
    rooms = [request.state.rooms[id_] for id_ in sorted(user.rooms)]
    return Json(schemas.Rooms([serialize.room(request.view, room, user.id) for room in rooms if room.kind == "direct"]))


async def write_direct(request: HttpRequest[Commands]) -> Response:
    body: schemas.NewConversation = request.body
    me = request.caller.id
    names = [request.user(ref).name for ref in body.to]
    if body.text is None:
        events = await request.submit(c.OpenDirect(me, tuple(names)))
        room = events[0].room if events else _direct_room(request, names)
        return _conversation(request, room, None, 201 if events else 200)
    key = _message_key(request)
    command: c.Command = c.SendDirect(me, names[0], body.text, body.kind, key=key)
    if len(names) > 1:
        # The request's key belongs to the message, so the room is opened without a key.
        require(await request.server.submit(c.OpenDirect(me, tuple(names))))
        command = c.SendMessage(me, _direct_room(request, names), body.text, body.kind, key=key)
    outcome = await request.server.submit(command)
    if isinstance(outcome, Refusal):
        raise Refused(outcome)
    if isinstance(outcome, Repeated):
        return _conversation(request, outcome.room, schemas.Stored(outcome.room, outcome.seq, key), 200)
    event = outcome.events[-1]
    return _conversation(request, event.room, schemas.Stored(event.room, event.seq, key), 201)


def _direct_room(request: HttpRequest[Commands], names: list[str]) -> int:
    """Return the id of the direct room of the caller and those people."""
    people = [user.id for name in names if (user := request.state.user_named(name))]
    room = request.state.room_named(direct_name(request.caller.id, *people))
    return room.id if room is not None else NOWHERE


def _conversation(request: HttpRequest[Commands], id_: int, message: schemas.Stored | None, status: int) -> Response:
    room = request.state.rooms.get(id_)
    if room is None or not request.sees(room):
        raise refused("room_unknown")
    location = [(b"location", b"/api/rooms/%d" % id_)] if status == 201 else []
    return Json(schemas.Conversation(serialize.room(request.view, room, request.caller.id), message), status, location)
