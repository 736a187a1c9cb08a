"""Coming in, being oneself, going: sessions, accounts, guests, me."""

from collections.abc import AsyncIterator
from typing import Final

from msgspec import UNSET
from msgspec.json import Encoder

from parley.core import commands as c
from parley.core.events import DIRECTORY
from parley.core.refusals import Refusal, refuse
from parley.core.rules import decide
from parley.core.state import User
from parley.core.tokens import hash_code, hash_token

from . import resources as r
from . import show
from .call import Answer, Call, Declined, Headers, Reply, Stream
from .desk import Caller

COOKIE: Final = "parley_session"
COOKIE_SECONDS: Final = 180 * 24 * 60 * 60
EXPORT_EVENTS: Final = 500
LABEL_CHARS: Final = 32

_encode: Final = Encoder().encode


def cookie(caller: Caller, token: str | None) -> Headers:
    """Return the header that sets the session's cookie, or, for None, takes it back (RFC 6265, section 4.1)."""
    value = f"{COOKIE}={token or ''}; Max-Age={COOKIE_SECONDS if token else 0}; Path=/; HttpOnly; SameSite=Lax"
    return [(b"set-cookie", (value + ("; Secure" if caller.secure else "")).encode())]


# Sessions and accounts


async def sign_in(call: Call) -> Reply:
    body: r.Credentials = call.body
    user = await call.desk.sign_in(body.name, body.password, call.caller.address)
    if isinstance(user, Refusal):
        return user
    token = call.desk.new_token()
    # Nothing has come between the answer and this: the password is right as of what is on disk now.
    now = call.state.rooms[DIRECTORY].tip
    events = await call.submit(c.SignIn(user, hash_token(token), _label(call, body.label), at=now))
    if isinstance(events, Refusal):
        return events
    caller = call.caller
    if caller.cookie and caller.token is not None and caller.user is not None:
        # A browser has one session here: the one it had before is over.
        await call.submit(c.SignOut(caller.user, caller.token))
    return _admitted(call, user, token, bearer=body.bearer, status=200)


async def sign_out(call: Call) -> Reply:
    user = call.me
    if isinstance(user, Refusal):
        return user
    orders: list[c.Command] = [c.SignOut(user.id, call.caller.token)] if call.caller.token is not None else []
    if not user.account:
        orders.append(c.ReleaseName(user.id))
    for order in orders:
        events = await call.submit(order)
        if isinstance(events, Refusal):
            return events
    return Answer(status=204, headers=cookie(call.caller, None))


async def register(call: Call) -> Reply:
    body: r.NewAccount = call.body
    user = call.state.users.get(call.caller.id)
    guest = user.id if user is not None else None
    code = None if body.invitation is None else hash_code(body.invitation)
    token = call.desk.new_token()
    order = c.Register(body.name, "", guest, invitation=code, token=hash_token(token), label=_label(call, body.label))
    # A password takes long to hash: not for what is refused anyway.
    foreseen = decide(call.state, order, call.desk.now(), call.view.policy)
    if isinstance(foreseen, Refusal):
        return foreseen
    password = await call.desk.hash_password(body.password)
    if isinstance(password, Refusal):
        return password
    events = await call.submit(
        c.Register(body.name, password, guest, invitation=code, token=order.token, label=order.label)
    )
    if isinstance(events, Refusal):
        return events
    made = next(event.user for event in events if event.kind == "registered")
    caller = call.caller
    if guest is not None and caller.cookie and caller.token is not None:
        # Whoever put the guest's cookie into this browser is not to have a session of the account by it.
        await call.submit(c.SignOut(made, caller.token))
    return _admitted(call, made, token, bearer=body.bearer, status=201)


async def enter(call: Call) -> Reply:
    body: r.NewGuest = call.body
    user = call.state.users.get(call.caller.id)
    if user is not None:
        return refuse("account_there") if user.account else _admitted(call, user.id, None, bearer=True, status=200)
    code = None if body.invitation is None else hash_code(body.invitation)
    if call.caller.user:
        # Back again, under another name: the old one has gone to somebody else.
        events = await call.submit(c.ClaimName(body.name, call.caller.user))
        return (
            events if isinstance(events, Refusal) else _admitted(call, call.caller.user, None, bearer=True, status=200)
        )
    if (account := call.view.account(body.name)) is not None:
        return refuse("password_needed", name=account.name)
    token = call.desk.new_token()
    events = await call.submit(c.ClaimName(body.name, token=hash_token(token), invitation=code))
    if isinstance(events, Refusal):
        return events
    call.desk.seen(events[0].user)
    return _admitted(call, events[0].user, token, bearer=body.bearer, status=201)


def _admitted(call: Call, id_: int, token: str | None, *, bearer: bool, status: int) -> Reply:
    user = call.state.users.get(id_)
    if user is None:
        return refuse("session_unknown")
    shown = r.Admitted(show.user(call.view, user), token if bearer else None)
    return Answer(shown, status, () if bearer else cookie(call.caller, token))


def _label(call: Call, label: str) -> str:
    if label:
        return label
    agent = call.headers.get(b"user-agent", b"").decode("ascii", "replace")
    return "".join(character for character in agent if " " <= character <= "~")[:LABEL_CHARS].strip()


# Me


async def get_me(call: Call) -> Reply:
    user = call.me
    if isinstance(user, Refusal):
        return user
    return Answer(r.Me(show.user(call.view, user), sorted(user.rooms), show.hours(call.view, user.id)))


async def change_me(call: Call) -> Reply:
    body: r.Changes = call.body
    user = call.me
    if isinstance(user, Refusal):
        return user
    orders: list[c.Command] = []
    if body.name is not UNSET:
        orders.append(c.Rename(user.id, body.name))
    if any(value is not UNSET for value in (body.display, body.colour, body.zone)):
        now = user.profile
        orders.append(
            c.SetProfile(
                user.id,
                now.display if body.display is UNSET else body.display,
                now.colour if body.colour is UNSET else body.colour,
                now.zone if body.zone is UNSET else body.zone,
            )
        )
    if body.hours is not UNSET:
        hours = None if body.hours is None else (body.hours.begin, body.hours.end)
        orders.append(c.SetPreference(user.id, 0, hours=hours))
    events = await call.submit(*orders)
    return events if isinstance(events, Refusal) else await get_me(call)


async def delete_me(call: Call) -> Reply:
    query: r.Farewell = call.query
    events = await call.submit(c.DeleteAccount(call.caller.id, query.messages == "erase"))
    return events if isinstance(events, Refusal) else Answer(status=204, headers=cookie(call.caller, None))


async def set_password(call: Call) -> Reply:
    body: r.NewPassword = call.body
    user = call.me
    if isinstance(user, Refusal):
        return user
    if not user.account or user.role == "bot":
        return refuse("account_needed")
    known = await call.desk.sign_in(user.name, body.old, call.caller.address)
    if isinstance(known, Refusal):
        # The session is good: it is the password that is not.
        return Declined(known, 403) if known.code == "sign_in_wrong" else known
    if known != user.id:
        return Declined(refuse("sign_in_wrong"), 403)
    hashed = await call.desk.hash_password(body.new)
    if isinstance(hashed, Refusal):
        return hashed
    return await call.done(c.SetPassword(user.id, hashed, but=call.caller.token))


async def get_sessions(call: Call) -> Reply:
    return await sessions_of(call, call.caller.id)


async def end_session(call: Call) -> Reply:
    return await end_session_of(call, call.caller.id, None)


async def end_other_sessions(call: Call) -> Reply:
    return await call.done(c.SignOut(call.caller.id, None, but=call.caller.token))


async def sessions_of(call: Call, user: int) -> Reply:
    sessions = await call.desk.sessions(user)
    if isinstance(sessions, Refusal):
        return sessions
    mine = call.caller.token
    return Answer(
        r.Sessions([r.Session(each.id, each.kind, each.label, each.made, each.token == mine) for each in sessions])
    )


async def end_session_of(call: Call, user: int, by: int | None) -> Reply:
    sessions = await call.desk.sessions(user)
    if isinstance(sessions, Refusal):
        return sessions
    for session in sessions:
        if str(session.id) == call.path["id"]:
            return await call.done(c.SignOut(user, session.token, by=by))
    return Declined(refuse("session_unknown"), 404)


async def export(call: Call) -> Reply:
    user = call.me
    return user if isinstance(user, Refusal) else await export_of(call, user)


async def export_of(call: Call, user: User) -> Reply:
    sessions = await call.desk.sessions(user.id)
    if isinstance(sessions, Refusal):
        return sessions
    first = await call.desk.said_by(user.id, (0, 0), EXPORT_EVENTS)
    if isinstance(first, Refusal):
        return first
    rooms = [show.room(call.view, call.state.rooms[id_], user.id) for id_ in sorted(user.rooms)]
    head = _encode(
        {
            "user": show.user(call.view, user),
            "hours": show.hours(call.view, user.id),
            "rooms": rooms,
            "sessions": [r.Session(each.id, each.kind, each.label, each.made, False) for each in sessions],
        }
    )

    async def chunks() -> AsyncIterator[bytes]:
        yield head[:-1] + b',"messages":['
        page, comma = first, b""
        while page:
            shown = [
                _encode({"room": event.room, "key": event.key, **_fields(show.event(call.view, event))})
                for event in page
            ]
            yield comma + b",".join(shown)
            comma = b","
            if len(page) < EXPORT_EVENTS:
                break
            last = page[-1]
            following = await call.desk.said_by(user.id, (last.room, last.seq), EXPORT_EVENTS)
            if isinstance(following, Refusal):
                # What is cut short is no JSON: nobody takes it for the whole.
                return
            page = following
        yield b"]}"

    disposition = (b"content-disposition", b'attachment; filename="parley-export.json"')
    return Stream(chunks(), "application/json", [disposition])


def _fields(event: r.Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in r.Event.__struct_fields__ if name != "about"}
