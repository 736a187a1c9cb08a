"""One message: its present form, its versions, its thread; changes of it; the pinned messages of a room."""

import re
from typing import Final, TypeVar

import msgspec

from parley.core import commands as c
from parley.core.decision import Repeated
from parley.core.emoji import emoji_of
from parley.core.events import Event, RelatedEvent
from parley.core.forms import Shown
from parley.core.refusals import Refusal
from parley.core.repetition import NOWHERE
from parley.core.roles import first_visible_seq
from parley.core.state import Room
from parley.gateways.effects import PresentPage, ReadPins, ReadPresent, ReadReactors, ReadVersions
from parley.gateways.history import NEWEST, RETRY_MS, VERSIONS, cut_page, cut_present_page, cut_versions, page_request
from parley.wire.limits import PAGE_EVENTS

from . import schemas, serialize
from .ports import Commands, History
from .request import HttpRequest, Json, Refused, Response, refused, require

T = TypeVar("T")

PAGE_BYTES: Final = 256 * 1024

_SEQ: Final = re.compile(r"[0-9]{1,15}")
_IF_MATCH: Final = re.compile(rb'(?P<quote>"?)(?P<seq>[0-9]{1,15})(?P=quote)')


def first_visible(request: HttpRequest[Commands], room: Room) -> int:
    """Return the seq of the first event of the room that the caller may see."""
    return 1 if request.caller.admin_socket else first_visible_seq(room, request.caller.id)


def if_match(request: HttpRequest[Commands]) -> int | None:
    """Return the seq in the header `If-Match`, which may lack its quotes; None if the request comes without it.

    Raises:
        Refused: frame_invalid.
    """
    given = request.headers.get(b"if-match")
    if given is None:
        return None
    found = _IF_MATCH.fullmatch(given.strip())
    if found is None:
        raise refused("frame_invalid", why='`If-Match` is a seq in quotes, such as "41"')
    return int(found["seq"])


def id_of_room(request: HttpRequest[Commands]) -> int:
    """Return the id of the room of the path, whether it exists for the caller or not: a command that was stored before
    gets its first result, also if its sender has left the room since.
    """
    ref = request.path["room"]
    if (room := request.find_room(ref)) is not None:
        return room.id
    return int(ref) if ref.isascii() and ref.isdigit() and len(ref) < 16 else NOWHERE


def refusal_of(request: HttpRequest[Commands], refusal: Refusal) -> Refused:
    """Return the exception for the refusal of a command in the room of the path."""
    hidden = refusal.code == "room_not_joined" and not request.sees(request.find_room(request.path["room"]))
    return refused("room_unknown") if hidden else Refused(refusal)


# Reading


async def get_message(request: HttpRequest[History]) -> Response:
    item = await _message(request, request.room())
    edited = item.form.edited if item.form is not None else 0
    return Json(serialize.item(request.view, item), headers=[_etag(edited)])


async def get_versions(request: HttpRequest[History]) -> Response:
    query: schemas.VersionsQuery = request.query
    room = request.room()
    item = await _message(request, room)
    _require_deletable(request, room, item.event)
    before = query.before or NEWEST
    wanted = ReadVersions(room.id, item.event.seq, before, VERSIONS + 1)
    events = _read(await request.server.versions(wanted))
    # The message may have been erased, or the caller may have left, while the versions were read.
    room = request.room()
    if item.event.seq < first_visible(request, room) or not events:
        raise refused("message_unknown")
    _require_deletable(request, room, events[0])
    if isinstance(events[0], RelatedEvent) and events[0].erased:
        raise refused("message_deleted")
    shown, more = cut_versions(events, before, PAGE_BYTES)
    versions = [schemas.Version(event.seq, event.at, event.text) for event in shown]
    return Json(schemas.Versions(room.id, item.event.seq, versions, more))


async def get_reactors(request: HttpRequest[History]) -> Response:
    query: schemas.ReactorsQuery = request.query
    room = request.room()
    item = await _message(request, room)
    emoji = emoji_of(query.emoji)
    if emoji is None:
        raise refused("emoji_invalid")
    seq = item.event.seq
    found = require(await request.server.reactors(ReadReactors(room.id, seq, emoji, query.after, query.limit + 1)))
    if seq < first_visible(request, request.room()):
        raise refused("message_unknown")
    users = request.state.users
    shown = [schemas.Reactor(id_, users[id_].name if id_ in users else "") for id_, _ in found[: query.limit]]
    more = len(found) > query.limit
    return Json(schemas.Reactors(room.id, seq, emoji, shown, more, found[query.limit - 1][1] if more else 0))


async def get_thread(request: HttpRequest[History]) -> Response:
    query: schemas.ThreadQuery = request.query
    room = request.room()
    root = (await _message(request, room)).event.seq
    page = schemas.PageQuery(query.before, query.after, query.limit, everything=True)
    return await present_page(request, room, page, thread=root)


async def get_pins(request: HttpRequest[History]) -> Response:
    query: schemas.PinsQuery = request.query
    page = _read(await request.server.pins(ReadPins(request.room().id, request.caller.id)))
    room = request.room()
    pins = PresentPage([item for item in page.items if item.event.seq > query.after], 0, 0, page.upto)
    items, _, _ = cut_present_page(pins, first_visible(request, room), PAGE_EVENTS, PAGE_BYTES, newest=False)
    more = bool(items) and items[-1] is not pins.items[-1]
    events = [serialize.item(request.view, item) for item in items]
    return Json(schemas.Pins(room.id, room.epoch, events, more, page.upto), cacheable=True)


async def present_page(
    request: HttpRequest[History], room: Room, query: schemas.PageQuery, *, thread: int = 0
) -> Response:
    """Return a page in present form, of a room or of a thread."""
    first = first_visible(request, room)
    said = not query.everything
    wanted = require(page_request(room, first, query.limit, query.before, query.after, messages=said))
    newest = query.after is None
    where = (max(wanted.before or 0, 1), 0) if newest else (0, wanted.after or 0)
    read = ReadPresent(room.id, request.caller.id, query.limit, *where, thread, said=said)
    page = _read(await request.server.present_page(read))
    if not request.sees(room):
        raise refused("room_unknown")
    first = first_visible(request, room)
    if thread and thread < first:
        raise refused("message_unknown")
    items, begin, end = cut_present_page(page, first, query.limit, PAGE_BYTES, newest=newest)
    more = begin > first if newest else end < room.tip
    events = [serialize.item(request.view, item) for item in items]
    return Json(schemas.PresentPage(room.id, room.epoch, events, more, begin, end, page.upto), cacheable=True)


async def _message(request: HttpRequest[History], room: Room) -> Shown:
    """Return the message of the path, as the caller sees it.

    Raises:
        Refused: message_unknown; room_unknown if the caller has left meanwhile.
    """
    seq = _seq(request)
    if first_visible(request, room) <= seq <= room.tip:
        page = _read(await request.server.message(room.id, request.caller.id, seq))
        if seq >= first_visible(request, request.room()):
            for item in page.items:
                return item
    raise refused("message_unknown")


def _seq(request: HttpRequest[Commands]) -> int:
    text = request.path["seq"]
    return int(text) if _SEQ.fullmatch(text) else 0


def _require_deletable(request: HttpRequest[Commands], room: Room, message: Event) -> None:
    """Check that the caller may see the earlier versions of a message: its author, and whoever may delete it."""
    if message.user != request.caller.id and not request.may(room, "erase"):
        raise refused("not_allowed")


def _read(found: T | None) -> T:
    if found is None:
        raise refused("not_read", RETRY_MS)
    return found


def _etag(edited: int) -> tuple[bytes, bytes]:
    return b"etag", b'"%d"' % edited


# Changes


async def edit(request: HttpRequest[History]) -> Response:
    body: schemas.NewText = request.body
    given = if_match(request)
    try:
        changed = await _change(request, c.Edit(*_place(request), body.text, given))
    except Refused as error:
        if error.refusal.code == "changed":
            item = await _message(request, request.room())
            error.events = [serialize.item(request.view, item)]
        raise
    return Json(changed, headers=[_etag(changed.seq)] if changed.seq else [])


async def erase(request: HttpRequest[History]) -> Response:
    query: schemas.Reason = request.query
    return Json(await _change(request, c.Erase(*_place(request), query.why)))


async def react(request: HttpRequest[History]) -> Response:
    return Json(await _change(request, c.React(*_place(request), request.path["emoji"])))


async def unreact(request: HttpRequest[History]) -> Response:
    return Json(await _change(request, c.React(*_place(request), request.path["emoji"], False)))


async def pin(request: HttpRequest[History]) -> Response:
    given = if_match(request)
    try:
        return Json(await _change(request, c.Pin(*_place(request), True, given)))
    except Refused as error:
        raise await with_what_was_said(request, error, given) from None


async def unpin(request: HttpRequest[History]) -> Response:
    return Json(await _change(request, c.Pin(*_place(request), False)))


async def set_title(request: HttpRequest[History]) -> Response:
    body: schemas.NewTitle = request.body
    return Json(await _change(request, c.SetTitle(*_place(request), body.text)))


def _place(request: HttpRequest[Commands]) -> tuple[int, int, int]:
    return request.caller.id, id_of_room(request), _seq(request)


async def _change(request: HttpRequest[History], command: c.Command) -> schemas.Changed:
    room = request.find_room(request.path["room"])
    if request.key is None and not request.sees(room):
        raise refused("room_unknown")
    outcome = await request.server.submit(msgspec.structs.replace(command, key=request.key))
    if isinstance(outcome, Refusal):
        raise refusal_of(request, outcome)
    if isinstance(outcome, Repeated):
        return schemas.Changed(outcome.room or id_of_room(request), outcome.seq)
    event = outcome.events[-1] if outcome.events else None
    return schemas.Changed(id_of_room(request), 0) if event is None else schemas.Changed(event.room, event.seq)


async def with_what_was_said(request: HttpRequest[History], error: Refused, if_tip: int | None) -> Refused:
    """Return the refusal with the messages that were said after the seq `if_tip`, if it is for these."""
    if error.refusal.code != "said_since" or if_tip is None:
        return error
    room = request.room()
    after = max(if_tip, first_visible(request, room) - 1)
    page = await request.server.page(room.id, schemas.SAID_SINCE, after=after, said=True)
    if page is not None and request.sees(room):
        first = first_visible(request, room)
        events, _ = cut_page(page, first, schemas.SAID_SINCE, PAGE_BYTES, newest=False)
        error.events = [serialize.event(request.view, event) for event in events]
    return error
