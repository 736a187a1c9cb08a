"""Running the server: ways in, accounts, tokens, the audit."""

from collections.abc import Sequence

from msgspec import UNSET

from parley.core import commands as c
from parley.core.events import DIRECTORY, Event
from parley.core.records import TokenInfo
from parley.core.refusals import Refusal, refuse
from parley.core.state import User
from parley.core.tokens import hash_code, hash_token

from . import schemas, serialize
from .accounts import end_session_of, export_of, sessions_of
from .ports import Commands, Exports, Identities
from .request import Json, Request, Response, WithStatus

# Invitations


async def get_prospect(request: Request[Commands]) -> Response:
    found = request.state.invitations.get(hash_code(request.path["id"]))
    if found is None or (found.until and found.until <= request.server.now()):
        return refuse("invitation_unknown")
    room = request.state.rooms.get(found.room) if found.room else None
    return Json(schemas.Prospect(found.role, "" if room is None else room.name))


async def get_invitations(request: Request[Commands]) -> Response:
    now = request.server.now()
    mine = [
        serialize.invitation(each)
        for each in request.state.invitations.values()
        if (request.runs_server or each.by == request.caller.id) and not (each.until and each.until <= now)
    ]
    return Json(schemas.Invitations(mine))


async def make_invitation(request: Request[Commands]) -> Response:
    body: schemas.NewInvitation = request.body
    room = 0
    if body.room is not None:
        found = request.room(body.room)
        if isinstance(found, Refusal):
            return found
        room = found.id
    code = request.server.new_token()
    hashed = hash_code(code)
    events = await request.submit(
        c.MakeInvitation(request.caller.id, hashed, body.uses, body.until, room, body.role, body.label),
        told_once=True,
    )
    if isinstance(events, Refusal):
        return events
    made = schemas.Invitation(hashed, body.uses, body.until, room, body.role, body.label, request.caller.id)
    return Json(schemas.Link(made, code, f"{request.base_url}/join/{code}"), 201)


async def revoke_invitation(request: Request[Commands]) -> Response:
    return await request.done(c.RevokeInvitation(request.caller.id, request.path["id"]))


# Accounts


async def get_accounts(request: Request[Commands]) -> Response:
    query: schemas.UserPage = request.query
    ids = sorted(id_ for id_ in request.state.users if id_ > query.after)
    users = [serialize.account(request.view, request.state.users[id_]) for id_ in ids[: query.limit]]
    return Json(schemas.Accounts(users, len(ids) > query.limit))


async def get_account(request: Request[Commands]) -> Response:
    user = request.user()
    return user if isinstance(user, Refusal) else Json(serialize.account(request.view, user))


async def appoint(request: Request[Identities]) -> Response:
    body: schemas.Appointment = request.body
    bot = body.role == "bot"
    if bot != (body.password is None):
        return refuse("value_invalid", why="a bot has a token and everybody else a password")
    token = request.server.new_token() if bot else None
    password = None
    if body.password is not None:
        hashed = await request.server.hash_password(body.password)
        if isinstance(hashed, Refusal):
            return hashed
        password = hashed
    events = await request.submit(
        c.Register(
            body.name,
            password,
            by=request.caller.id,
            role=body.role,
            token=None if token is None else hash_token(token),
            label=body.label,
        ),
        told_once=True,
    )
    if isinstance(events, Refusal):
        return events
    made = next(event.user for event in events if event.kind == "registered")
    user = request.state.users.get(made)
    return (
        Json(schemas.Admitted(serialize.user(request.view, user), token), 201) if user is not None else refuse("failed")
    )


async def rule(request: Request[Commands]) -> Response:
    body: schemas.Ruling = request.body
    user = request.user()
    if isinstance(user, Refusal):
        return user
    by = request.caller.id
    orders: list[c.Command] = []
    if body.role is not UNSET:
        orders.append(c.SetServerRole(by, user.id, body.role))
    if body.disabled is not UNSET:
        orders.append(c.Disable(by, user.id, body.disabled, body.why))
    events = await request.submit(*orders)
    if isinstance(events, Refusal):
        return events
    return Json(serialize.account(request.view, request.state.users.get(user.id, user)))


async def reset_password(request: Request[Identities]) -> Response:
    body: schemas.PasswordReset = request.body
    user = _managed(request)
    if isinstance(user, Refusal):
        return user
    hashed = await request.server.hash_password(body.new)
    if isinstance(hashed, Refusal):
        return hashed
    return await request.done(c.SetPassword(user.id, hashed, by=request.caller.id))


async def delete_account(request: Request[Commands]) -> Response:
    query: schemas.Farewell = request.query
    user = request.user()
    if isinstance(user, Refusal):
        return user
    return await request.done(c.DeleteAccount(user.id, query.messages == "erase", by=request.caller.id))


async def export_account(request: Request[Exports]) -> Response:
    user = request.user()
    if isinstance(user, Refusal):
        return user
    if not request.caller.admin_socket and user.id != request.caller.id:
        # What people write in private is theirs. Whoever has the machine has it all anyway.
        return refuse("not_allowed")
    return await export_of(request, user)


async def get_sessions(request: Request[Identities]) -> Response:
    user = _managed(request)
    return user if isinstance(user, Refusal) else await sessions_of(request, user.id)


async def end_sessions(request: Request[Commands]) -> Response:
    user = _managed(request)
    return user if isinstance(user, Refusal) else await request.done(c.SignOut(user.id, None, by=request.caller.id))


async def end_session(request: Request[Identities]) -> Response:
    user = _managed(request)
    return user if isinstance(user, Refusal) else await end_session_of(request, user.id, request.caller.id)


def _managed(request: Request[Commands]) -> User | Refusal:
    """Return the user whom the path means, if the caller has more say than they: nothing else is to be seen of their
    sessions.
    """
    user = request.user()
    if isinstance(user, Refusal) or request.caller.admin_socket or user.id == request.caller.id:
        return user
    me = request.state.users.get(request.caller.id)
    if me is None or (me.role != "owner" and user.role in ("owner", "admin")):
        return refuse("not_allowed")
    return user


# Tokens


async def get_tokens(request: Request[Identities]) -> Response:
    found = await _tokens(request)
    if isinstance(found, Refusal):
        return found
    return Json(
        schemas.Tokens([schemas.Token(each.id, user.id, user.name, each.label, each.made) for user, each in found])
    )


async def make_token(request: Request[Commands]) -> Response:
    body: schemas.NewToken = request.body
    user = request.user(body.user)
    if isinstance(user, Refusal):
        return user
    if user.role != "bot" and user.id != request.caller.id:
        # Nobody speaks for other people.
        return refuse("not_allowed")
    token = request.server.new_token()
    events = await request.submit(
        c.SignIn(user.id, hash_token(token), body.label, by=request.caller.id), told_once=True
    )
    if isinstance(events, Refusal):
        return events
    return Json(schemas.Admitted(serialize.user(request.view, user), token), 201)


async def revoke_token(request: Request[Identities]) -> Response:
    found = await _tokens(request)
    if isinstance(found, Refusal):
        return found
    for user, session in found:
        if str(session.id) == request.path["id"]:
            return await request.done(c.SignOut(user.id, session.token, by=request.caller.id))
    return WithStatus(refuse("session_unknown"), 404)


async def _tokens(request: Request[Identities]) -> Sequence[tuple[User, TokenInfo]] | Refusal:
    found: list[tuple[User, TokenInfo]] = []
    for user in sorted(request.state.users.values(), key=lambda user: user.id):
        if user.role == "bot" or user.id == request.caller.id:
            sessions = await request.server.sessions(user.id)
            if isinstance(sessions, Refusal):
                return sessions
            found += [(user, session) for session in sessions if session.kind == "bot"]
    return found


# The audit


async def get_audit(request: Request[Exports]) -> Response:
    query: schemas.AuditQuery = request.query
    before = None
    if query.before is not None:
        at, room, seq = map(int, query.before.split("."))
        before = (at, room, seq)
    found: list[Event] = []
    # One more than asked for tells whether there are more. What is not the caller's to see leaves no gap in the pages.
    while len(found) <= query.limit:
        events = await request.server.audit(before, query.limit + 1)
        if isinstance(events, Refusal):
            return events
        found += [event for event in events if _concerns(request, event)]
        if len(events) <= query.limit:
            break
        before = (events[-1].at, events[-1].room, events[-1].seq)
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    return Json(
        schemas.Audit(
            [serialize.audited(event) for event in shown],
            None if last is None else f"{last.at}.{last.room}.{last.seq}",
        )
    )


def _concerns(request: Request[Commands], event: Event) -> bool:
    """Tell whether the caller may know: what happens in private rooms is their members' business."""
    return event.room == DIRECTORY or request.sees(request.state.rooms.get(event.room))
