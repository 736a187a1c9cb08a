"""Running the server: ways in, accounts, tokens, the audit."""

from collections.abc import Sequence

from msgspec import UNSET

from parley.core import commands as c
from parley.core.events import DIRECTORY, Event
from parley.core.records import TokenInfo
from parley.core.refusals import Refusal, refuse
from parley.core.state import User
from parley.core.tokens import hash_code, hash_token

from . import resources as r
from . import show
from .accounts import end_session_of, export_of, sessions_of
from .call import Answer, Call, Declined, Reply

# Invitations


async def get_prospect(call: Call) -> Reply:
    found = call.state.invitations.get(hash_code(call.path["id"]))
    if found is None or (found.until and found.until <= call.desk.now()):
        return refuse("invitation_unknown")
    room = call.state.rooms.get(found.room) if found.room else None
    return Answer(r.Prospect(found.role, "" if room is None else room.name))


async def get_invitations(call: Call) -> Reply:
    now = call.desk.now()
    mine = [
        show.invitation(each)
        for each in call.state.invitations.values()
        if (call.runs_server or each.by == call.caller.id) and not (each.until and each.until <= now)
    ]
    return Answer(r.Invitations(mine))


async def make_invitation(call: Call) -> Reply:
    body: r.NewInvitation = call.body
    room = 0
    if body.room is not None:
        found = call.room(body.room)
        if isinstance(found, Refusal):
            return found
        room = found.id
    code = call.desk.new_token()
    hashed = hash_code(code)
    events = await call.submit(
        c.MakeInvitation(call.caller.id, hashed, body.uses, body.until, room, body.role, body.label)
    )
    if isinstance(events, Refusal):
        return events
    made = r.Invitation(hashed, body.uses, body.until, room, body.role, body.label, call.caller.id)
    return Answer(r.Link(made, code, f"{call.base_url}/join/{code}"), 201)


async def revoke_invitation(call: Call) -> Reply:
    return await call.done(c.RevokeInvitation(call.caller.id, call.path["id"]))


# Accounts


async def get_accounts(call: Call) -> Reply:
    query: r.UserPage = call.query
    ids = sorted(id_ for id_ in call.state.users if id_ > query.after)
    users = [show.account(call.view, call.state.users[id_]) for id_ in ids[: query.limit]]
    return Answer(r.Accounts(users, len(ids) > query.limit))


async def get_account(call: Call) -> Reply:
    user = call.user()
    return user if isinstance(user, Refusal) else Answer(show.account(call.view, user))


async def appoint(call: Call) -> Reply:
    body: r.Appointment = call.body
    bot = body.role == "bot"
    if bot != (body.password is None):
        return refuse("value_invalid", why="a bot has a token and everybody else a password")
    token = call.desk.new_token() if bot else None
    password = None
    if body.password is not None:
        hashed = await call.desk.hash_password(body.password)
        if isinstance(hashed, Refusal):
            return hashed
        password = hashed
    events = await call.submit(
        c.Register(
            body.name,
            password,
            by=call.caller.id,
            role=body.role,
            token=None if token is None else hash_token(token),
            label=body.label,
        )
    )
    if isinstance(events, Refusal):
        return events
    made = next(event.user for event in events if event.kind == "registered")
    user = call.state.users.get(made)
    return Answer(r.Admitted(show.user(call.view, user), token), 201) if user is not None else refuse("failed")


async def rule(call: Call) -> Reply:
    body: r.Ruling = call.body
    user = call.user()
    if isinstance(user, Refusal):
        return user
    by = call.caller.id
    orders: list[c.Command] = []
    if body.role is not UNSET:
        orders.append(c.SetServerRole(by, user.id, body.role))
    if body.disabled is not UNSET:
        orders.append(c.Disable(by, user.id, body.disabled, body.why))
    events = await call.submit(*orders)
    if isinstance(events, Refusal):
        return events
    return Answer(show.account(call.view, call.state.users.get(user.id, user)))


async def reset_password(call: Call) -> Reply:
    body: r.PasswordReset = call.body
    user = _managed(call)
    if isinstance(user, Refusal):
        return user
    hashed = await call.desk.hash_password(body.new)
    if isinstance(hashed, Refusal):
        return hashed
    return await call.done(c.SetPassword(user.id, hashed, by=call.caller.id))


async def delete_account(call: Call) -> Reply:
    query: r.Farewell = call.query
    user = call.user()
    if isinstance(user, Refusal):
        return user
    return await call.done(c.DeleteAccount(user.id, query.messages == "erase", by=call.caller.id))


async def export_account(call: Call) -> Reply:
    user = call.user()
    if isinstance(user, Refusal):
        return user
    if not call.caller.admin_socket and user.id != call.caller.id:
        # What people write in private is theirs. Whoever has the machine has it all anyway.
        return refuse("not_allowed")
    return await export_of(call, user)


async def get_sessions(call: Call) -> Reply:
    user = _managed(call)
    return user if isinstance(user, Refusal) else await sessions_of(call, user.id)


async def end_sessions(call: Call) -> Reply:
    user = _managed(call)
    return user if isinstance(user, Refusal) else await call.done(c.SignOut(user.id, None, by=call.caller.id))


async def end_session(call: Call) -> Reply:
    user = _managed(call)
    return user if isinstance(user, Refusal) else await end_session_of(call, user.id, call.caller.id)


def _managed(call: Call) -> User | Refusal:
    """Return the user whom the path means, if the caller has more say than they: nothing else is to be seen of their
    sessions.
    """
    user = call.user()
    if isinstance(user, Refusal) or call.caller.admin_socket or user.id == call.caller.id:
        return user
    me = call.state.users.get(call.caller.id)
    if me is None or (me.role != "owner" and user.role in ("owner", "admin")):
        return refuse("not_allowed")
    return user


# Tokens


async def get_tokens(call: Call) -> Reply:
    found = await _tokens(call)
    if isinstance(found, Refusal):
        return found
    return Answer(r.Tokens([r.Token(each.id, user.id, user.name, each.label, each.made) for user, each in found]))


async def make_token(call: Call) -> Reply:
    body: r.NewToken = call.body
    user = call.user(body.user)
    if isinstance(user, Refusal):
        return user
    if user.role != "bot" and user.id != call.caller.id:
        # Nobody speaks for other people.
        return refuse("not_allowed")
    token = call.desk.new_token()
    events = await call.submit(c.SignIn(user.id, hash_token(token), body.label, by=call.caller.id))
    if isinstance(events, Refusal):
        return events
    return Answer(r.Admitted(show.user(call.view, user), token), 201)


async def revoke_token(call: Call) -> Reply:
    found = await _tokens(call)
    if isinstance(found, Refusal):
        return found
    for user, session in found:
        if str(session.id) == call.path["id"]:
            return await call.done(c.SignOut(user.id, session.token, by=call.caller.id))
    return Declined(refuse("session_unknown"), 404)


async def _tokens(call: Call) -> Sequence[tuple[User, TokenInfo]] | Refusal:
    found: list[tuple[User, TokenInfo]] = []
    for user in sorted(call.state.users.values(), key=lambda user: user.id):
        if user.role == "bot" or user.id == call.caller.id:
            sessions = await call.desk.sessions(user.id)
            if isinstance(sessions, Refusal):
                return sessions
            found += [(user, session) for session in sessions if session.kind == "bot"]
    return found


# The audit


async def get_audit(call: Call) -> Reply:
    query: r.AuditQuery = call.query
    before = None
    if query.before is not None:
        at, room, seq = map(int, query.before.split("."))
        before = (at, room, seq)
    found: list[Event] = []
    # One more than asked for tells whether there are more. What is not the caller's to see leaves no gap in the pages.
    while len(found) <= query.limit:
        events = await call.desk.audit(before, query.limit + 1)
        if isinstance(events, Refusal):
            return events
        found += [event for event in events if _concerns(call, event)]
        if len(events) <= query.limit:
            break
        before = (events[-1].at, events[-1].room, events[-1].seq)
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    return Answer(
        r.Audit(
            [show.audited(event) for event in shown],
            None if last is None else f"{last.at}.{last.room}.{last.seq}",
        )
    )


def _concerns(call: Call, event: Event) -> bool:
    """Tell whether the caller may know: what happens in private rooms is their members' business."""
    return event.room == DIRECTORY or call.sees(call.state.rooms.get(event.room))
