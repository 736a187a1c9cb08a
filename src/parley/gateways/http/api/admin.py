"""Administration: invitations, accounts, tokens, the audit log."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from parley.core import commands as c
from parley.core.decision import Decision
from parley.core.events import DIRECTORY, Event
from parley.core.records import TokenInfo
from parley.core.refusals import Refusal
from parley.core.state import Room, User
from parley.core.tokens import hash_code, hash_token
from parley.gateways.alone import is_alone
from parley.gateways.history import RETRY_MS

from . import schemas, serialize
from .accounts import end_session_of, export_of, sessions_of
from .changing import first_visible
from .ports import Commands, Exports, History, Identities
from .request import HttpRequest, Json, Response, refused, require

ERASED_MOST: Final = 500
"""One request deletes at most this many messages in each room."""

ERASED_COUNTS: Final = 200_000
"""One commit of it changes at most about this many members' counts."""

READ_AT_ONCE: Final = 500

# Invitations


async def preview_invitation(request: HttpRequest[Commands]) -> Response:
    found = request.view.invitation(request.path["id"], request.server.now())
    if found is None:
        raise refused("invitation_unknown")
    room = request.state.rooms.get(found.room) if found.room else None
    return Json(schemas.InvitationPreview(found.role, "" if room is None else room.name))


async def get_server(request: HttpRequest[Commands]) -> Response:
    reach, access = request.view.reach, request.view.policy.access
    alone = is_alone(request.view, request.caller.id)
    return Json(schemas.ServerInfo(reach.url, access, reach.loopback, reach.plaintext, alone))


async def get_invitations(request: HttpRequest[Commands]) -> Response:
    now = request.server.now()
    mine = [
        serialize.invitation(each)
        for each in request.state.invitations.values()
        if (request.runs_server or each.by == request.caller.id) and not (each.until and each.until <= now)
    ]
    return Json(schemas.Invitations(mine))


async def make_invitation(request: HttpRequest[Commands]) -> Response:
    body: schemas.NewInvitation = request.body
    room = 0
    if body.room is not None:
        room = request.room(body.room).id
    code = request.server.new_token()
    hashed = hash_code(code)
    await request.submit(
        c.MakeInvitation(request.caller.id, hashed, body.uses, body.until, room, body.role, body.label),
        told_once=True,
    )
    made = schemas.Invitation(hashed, body.uses, body.until, room, body.role, body.label, request.caller.id)
    return Json(schemas.Link(made, code, f"{request.base_url}/join/{code}"), 201)


async def revoke_invitation(request: HttpRequest[Commands]) -> Response:
    return await request.done(c.RevokeInvitation(request.caller.id, request.path["id"]))


# Accounts


async def get_accounts(request: HttpRequest[Commands]) -> Response:
    query: schemas.UserPage = request.query
    ids = sorted(id_ for id_ in request.state.users if id_ > query.after)
    users = [serialize.account(request.view, request.state.users[id_]) for id_ in ids[: query.limit]]
    return Json(schemas.Accounts(users, len(ids) > query.limit))


async def get_account(request: HttpRequest[Commands]) -> Response:
    return Json(serialize.account(request.view, request.user()))


async def create_account(request: HttpRequest[Identities]) -> Response:
    body: schemas.AccountForOther = request.body
    bot = body.role == "bot"
    if bot != (body.password is None):
        raise refused("value_invalid", why="a bot has a token and everybody else a password")
    token = request.server.new_token() if bot else None
    password = None
    if body.password is not None:
        password = require(await request.server.hash_password(body.password))
    hashed = None if token is None else hash_token(token)
    events = await request.submit(
        c.Register(body.name, password, by=request.caller.id, role=body.role, token=hashed, label=body.label),
        told_once=True,
    )
    made = next(event.user for event in events if event.kind == "registered")
    user = request.state.users.get(made)
    if user is None:
        raise refused("failed")
    return Json(schemas.SignedIn(serialize.user(request.view, user), token), 201)


async def change_account(request: HttpRequest[Commands]) -> Response:
    body: schemas.AccountChanges = request.body
    user = request.user()
    by = request.caller.id
    orders: list[c.Command] = []
    if body.name is not UNSET:
        orders.append(c.Rename(user.id, body.name, by))
    if body.role is not UNSET:
        orders.append(c.SetServerRole(by, user.id, body.role))
    if body.disabled is not UNSET:
        orders.append(c.Disable(by, user.id, body.disabled, body.why))
    await request.submit(*orders)
    return Json(serialize.account(request.view, request.state.users.get(user.id, user)))


async def reset_password(request: HttpRequest[Identities]) -> Response:
    body: schemas.PasswordReset = request.body
    user = _managed(request)
    hashed = require(await request.server.hash_password(body.new))
    return await request.done(c.SetPassword(user.id, hashed, by=request.caller.id))


async def delete_account(request: HttpRequest[Commands]) -> Response:
    query: schemas.AccountDeletion = request.query
    return await request.done(c.DeleteAccount(request.user().id, query.messages == "erase", by=request.caller.id))


async def export_account(request: HttpRequest[Exports]) -> Response:
    user = request.user()
    if not request.caller.admin_socket and user.id != request.caller.id:
        # An admin must not get the private messages of others. The owner of the machine, at the admin socket, can read
        # the database anyway.
        raise refused("not_allowed")
    return await export_of(request, user)


async def get_sessions(request: HttpRequest[Identities]) -> Response:
    return await sessions_of(request, _managed(request).id)


async def end_sessions(request: HttpRequest[Commands]) -> Response:
    return await request.done(c.SignOut(_managed(request).id, None, by=request.caller.id))


async def end_session(request: HttpRequest[Identities]) -> Response:
    return await end_session_of(request, _managed(request).id, request.caller.id)


def _managed(request: HttpRequest[Commands]) -> User:
    """Return the user of the path.

    Raises:
        Refused: the caller does not outrank the user, and so may not see or change their account and sessions.
    """
    user = request.user()
    if request.caller.admin_socket or user.id == request.caller.id:
        return user
    me = request.state.users.get(request.caller.id)
    if me is None or (me.role != "owner" and user.role in ("owner", "admin")):
        raise refused("not_allowed")
    return user


# Messages


async def erase_messages(request: HttpRequest[History]) -> Response:
    query: schemas.MessagesOfUser = request.query
    user = _id_of_user(request)
    rooms = (
        [request.room(query.room)]
        if query.room
        else [room for room in request.state.rooms.values() if request.sees(room)]
    )
    found, more = [], False
    for room in rooms:
        seqs = await _messages_of(request, room, user, query)
        more |= len(seqs) > ERASED_MOST
        erased = await _erase(request, room, seqs[:ERASED_MOST], query.why)
        if erased.erased or erased.refused:
            found.append(erased)
    return Json(schemas.Erased(found, more and not all(each.refused for each in found)))


def _id_of_user(request: HttpRequest[Commands]) -> int:
    """Return the user of the path: by name, or by an id, which may be that of somebody who holds no name any more."""
    ref = request.path["user"]
    return int(ref) if ref.isascii() and ref.isdigit() and len(ref) < 16 else request.user().id


async def _messages_of(
    request: HttpRequest[History], room: Room, user: int, query: schemas.MessagesOfUser
) -> list[int]:
    """Return the seqs of messages of a user from the time of the query: the oldest ones, at least one more than
    `ERASED_MOST` if there are that many.
    """
    begin = await request.server.find(room.id, query.since)
    if begin is None:
        raise refused("not_read", RETRY_MS)
    after = max(begin, first_visible(request, room)) - 1
    seqs: list[int] = []
    while len(seqs) <= ERASED_MOST:
        page = await request.server.page(room.id, READ_AT_ONCE, after=after, said=True)
        if page is None:
            raise refused("not_read", RETRY_MS)
        seqs += [each.seq for each in page if each.user == user and query.since <= each.at <= query.until]
        if len(page) < READ_AT_ONCE:
            break
        after = page[-1].seq
    return seqs


async def _erase(request: HttpRequest[History], room: Room, seqs: list[int], why: str) -> schemas.ErasedInRoom:
    # Each message changes the counts of all members. In a large room a commit has fewer messages, so that the commands
    # of others wait less.
    size = max(1, min(ERASED_MOST, ERASED_COUNTS // max(len(room.members), 1)))
    name = request.view.other_name(room, request.caller.id) if room.kind == "direct" else room.name
    erased = 0
    for begin in range(0, len(seqs), size):
        piece = tuple(seqs[begin : begin + size])
        outcome = await request.server.submit(c.EraseMany(request.caller.id, room.id, piece, why))
        if isinstance(outcome, Refusal):
            return schemas.ErasedInRoom(room.id, name, erased, outcome.code)
        erased += len(outcome.events) if isinstance(outcome, Decision) else 0
    return schemas.ErasedInRoom(room.id, name, erased)


# Tokens


async def get_tokens(request: HttpRequest[Identities]) -> Response:
    found = await _tokens(request)
    tokens = [schemas.Token(each.id, user.id, user.name, each.label, each.made) for user, each in found]
    return Json(schemas.Tokens(tokens))


async def make_token(request: HttpRequest[Commands]) -> Response:
    body: schemas.NewToken = request.body
    user = request.user(body.user)
    if user.role != "bot" and user.id != request.caller.id:
        # Another user may make tokens for bots only.
        raise refused("not_allowed")
    token = request.server.new_token()
    await request.submit(c.SignIn(user.id, hash_token(token), body.label, by=request.caller.id), told_once=True)
    return Json(schemas.SignedIn(serialize.user(request.view, user), token), 201)


async def revoke_token(request: HttpRequest[Identities]) -> Response:
    for user, session in await _tokens(request):
        if str(session.id) == request.path["id"]:
            return await request.done(c.SignOut(user.id, session.token, by=request.caller.id))
    raise refused("session_unknown", status=404)


async def _tokens(request: HttpRequest[Identities]) -> Sequence[tuple[User, TokenInfo]]:
    found: list[tuple[User, TokenInfo]] = []
    for user in sorted(request.state.users.values(), key=lambda user: user.id):
        if user.role == "bot" or user.id == request.caller.id:
            sessions = require(await request.server.sessions(user.id))
            found += [(user, session) for session in sessions if session.kind == "bot"]
    return found


# The audit


async def get_audit(request: HttpRequest[Exports]) -> Response:
    query: schemas.AuditQuery = request.query
    before: Any = None if query.before is None else tuple(map(int, query.before.split(".")))
    found: list[Event] = []
    # Read one event more than requested, to find out whether more follow. Read on until the page is full, as events
    # that the caller may not see are left out.
    while len(found) <= query.limit:
        events = require(await request.server.audit(before, query.limit + 1))
        found += [event for event in events if _concerns(request, event)]
        if len(events) <= query.limit:
            break
        before = (events[-1].at, events[-1].room, events[-1].seq)
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    before_last = None if last is None else f"{last.at}.{last.room}.{last.seq}"
    return Json(schemas.Audit([serialize.audited(event) for event in shown], before_last))


def _concerns(request: HttpRequest[Commands], event: Event) -> bool:
    """Tell whether the caller may see the event: those of private rooms are for members only."""
    return event.room == DIRECTORY or request.sees(request.state.rooms.get(event.room))
