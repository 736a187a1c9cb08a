"""Sessions, accounts and guests; the caller's own account."""

from collections.abc import AsyncIterator
from typing import Final

from msgspec import UNSET
from msgspec.json import Encoder

from parley.core import commands as c
from parley.core.decision import Repeated
from parley.core.events import DIRECTORY
from parley.core.records import Identity
from parley.core.refusals import Refusal, refuse
from parley.core.rules import decide
from parley.core.state import User
from parley.core.tokens import CLIENT_TOKEN_RULE, hash_code, hash_token, is_client_token

from . import schemas, serialize
from .ports import Caller, Commands, Exports, Identities
from .request import ByteStream, Headers, HttpRequest, Json, Refused, Response, refused, require

COOKIE: Final = "parley_session"
COOKIE_SECONDS: Final = 180 * 24 * 60 * 60
EXPORT_EVENTS: Final = 500
LABEL_CHARS: Final = 32

_encode: Final = Encoder().encode


def cookie(caller: Caller, token: str | None) -> Headers:
    """Return the header that sets the session's cookie, or, for None, deletes it (RFC 6265, section 4.1)."""
    value = f"{COOKIE}={token or ''}; Max-Age={COOKIE_SECONDS if token else 0}; Path=/; HttpOnly; SameSite=Lax"
    return [(b"set-cookie", (value + ("; Secure" if caller.secure else "")).encode())]


# Sessions and accounts


async def sign_in(request: HttpRequest[Identities]) -> Response:
    body: schemas.Credentials = request.body
    user = require(await request.server.sign_in(body.name, body.password, request.caller.address))
    token = request.server.new_token()
    # The password was checked against the durable state as of this seq.
    now = request.state.rooms[DIRECTORY].tip
    await request.submit(c.SignIn(user, hash_token(token), _label(request, body.label), at=now), told_once=True)
    caller = request.caller
    if caller.cookie and caller.token is not None and caller.user is not None:
        # A browser has only one session, so its earlier one ends.
        await request.submit(c.SignOut(caller.user, caller.token))
    return _signed_in(request, user, token, bearer=body.bearer, status=200)


async def sign_out(request: HttpRequest[Commands]) -> Response:
    user = request.me
    orders: list[c.Command] = [c.SignOut(user.id, request.caller.token)] if request.caller.token is not None else []
    if not user.account:
        orders.append(c.ReleaseName(user.id))
    for order in orders:
        await request.submit(order)
    return Json(status=204, headers=cookie(request.caller, None))


async def register(request: HttpRequest[Identities]) -> Response:
    body: schemas.NewAccount = request.body
    user = request.state.users.get(request.caller.id)
    guest = user.id if user is not None else None
    code = None if body.invitation is None else hash_code(body.invitation)
    token = request.server.new_token()
    order = c.Register(
        body.name, "", guest, invitation=code, token=hash_token(token), label=_label(request, body.label)
    )
    # Hashing a password takes long, so ask the rules first, and do not hash for a command that they refuse.
    require(decide(request.state, order, request.server.now(), request.view.policy))
    password = require(await request.server.hash_password(body.password))
    events = await request.submit(
        c.Register(body.name, password, guest, invitation=code, token=order.token, label=order.label),
        told_once=True,
    )
    made = next(event.user for event in events if event.kind == "registered")
    caller = request.caller
    if guest is not None and caller.cookie and caller.token is not None:
        # An attacker may have put the guest's cookie into this browser, so its token must not become a session of the
        # account.
        await request.submit(c.SignOut(made, caller.token))
    return _signed_in(request, made, token, bearer=body.bearer, status=201)


async def enter_as_guest(request: HttpRequest[Identities]) -> Response:
    body: schemas.NewGuest = request.body
    user = request.state.users.get(request.caller.id)
    if user is not None:
        if user.account:
            raise refused("account_there")
        return _signed_in(request, user.id, None, bearer=True, status=200)
    code = None if body.invitation is None else hash_code(body.invitation)
    if request.caller.user:
        # The caller is a guest who came back with a token, and takes another name because another user has the old one
        # now.
        await request.submit(c.ClaimName(body.name, request.caller.user))
        return _signed_in(request, request.caller.user, None, bearer=True, status=200)
    if (account := request.view.account(body.name)) is not None:
        raise refused("password_needed", name=account.name)
    if body.new_token is not None and not is_client_token(body.new_token):
        raise refused("frame_invalid", why=CLIENT_TOKEN_RULE)
    token = body.new_token or request.server.new_token()
    hashed = hash_token(token)
    key = None if body.new_token is None else hashed.hex()
    # Not by `request.submit`, which would use the key of the request's header: the key has to be the hash of the token.
    outcome = await request.server.submit(c.ClaimName(body.name, token=hashed, invitation=code, key=key))
    if isinstance(outcome, Refusal):
        raise Refused(outcome)
    status = 201
    if isinstance(outcome, Repeated):
        known = request.server.identify(hashed)
        identity = require(known if isinstance(known, Identity) else await known)
        # A guest who was away for too long has lost the name, and takes it again.
        require(await request.server.submit(c.ClaimName(body.name, identity.user)))
        id_, status = identity.user, 200
    else:
        id_ = outcome.events[0].user
    request.server.seen(id_)
    return _signed_in(request, id_, token, bearer=body.bearer, status=status)


def _signed_in(request: HttpRequest[Identities], id_: int, token: str | None, *, bearer: bool, status: int) -> Response:
    user = request.state.users.get(id_)
    if user is None:
        raise refused("session_unknown")
    request.server.met(id_, request.caller.address)
    shown = schemas.SignedIn(serialize.user(request.view, user), token if bearer else None)
    return Json(shown, status, () if bearer else cookie(request.caller, token))


def _label(request: HttpRequest[Commands], label: str) -> str:
    if label:
        return label
    agent = request.headers.get(b"user-agent", b"").decode("ascii", "replace")
    return "".join(character for character in agent if " " <= character <= "~")[:LABEL_CHARS].strip()


# The caller's own account


async def get_me(request: HttpRequest[Commands]) -> Response:
    user = request.me
    hours = serialize.hours(request.view, user.id)
    return Json(schemas.Me(serialize.user(request.view, user), sorted(user.rooms), hours))


async def change_me(request: HttpRequest[Commands]) -> Response:
    body: schemas.ProfileChanges = request.body
    user = request.me
    orders: list[c.Command] = []
    if body.name is not UNSET:
        orders.append(c.Rename(user.id, body.name))
    if any(value is not UNSET for value in (body.display, body.colour, body.zone)):
        old, new = user.profile, (body.display, body.colour, body.zone)
        kept = (old.display, old.colour, old.zone)
        orders.append(c.SetProfile(user.id, *(k if n is UNSET else n for k, n in zip(kept, new, strict=True))))
    if body.hours is not UNSET:
        hours = None if body.hours is None else (body.hours.begin, body.hours.end)
        orders.append(c.SetPreference(user.id, 0, hours=hours))
    await request.submit(*orders)
    return await get_me(request)


async def delete_me(request: HttpRequest[Commands]) -> Response:
    query: schemas.AccountDeletion = request.query
    await request.submit(c.DeleteAccount(request.caller.id, query.messages == "erase"))
    return Json(status=204, headers=cookie(request.caller, None))


async def set_password(request: HttpRequest[Identities]) -> Response:
    body: schemas.NewPassword = request.body
    user = request.me
    if not user.account or user.role == "bot":
        raise refused("account_needed")
    known = await request.server.sign_in(user.name, body.old, request.caller.address)
    if known != user.id:
        # Not 401, because the session is valid: only the password is wrong.
        refusal = known if isinstance(known, Refusal) else refuse("sign_in_wrong")
        raise Refused(refusal, 403 if refusal.code == "sign_in_wrong" else None)
    hashed = require(await request.server.hash_password(body.new))
    return await request.done(c.SetPassword(user.id, hashed, but=request.caller.token))


async def get_sessions(request: HttpRequest[Identities]) -> Response:
    return await sessions_of(request, request.caller.id)


async def end_session(request: HttpRequest[Identities]) -> Response:
    return await end_session_of(request, request.caller.id, None)


async def end_other_sessions(request: HttpRequest[Commands]) -> Response:
    return await request.done(c.SignOut(request.caller.id, None, but=request.caller.token))


async def sessions_of(request: HttpRequest[Identities], user: int) -> Response:
    sessions = require(await request.server.sessions(user))
    return Json(schemas.Sessions([serialize.session(each, request.caller.token) for each in sessions]))


async def end_session_of(request: HttpRequest[Identities], user: int, by: int | None) -> Response:
    for session in require(await request.server.sessions(user)):
        if str(session.id) == request.path["id"]:
            return await request.done(c.SignOut(user, session.token, by=by))
    raise refused("session_unknown", status=404)


async def export(request: HttpRequest[Exports]) -> Response:
    return await export_of(request, request.me)


async def export_of(request: HttpRequest[Exports], user: User) -> Response:
    sessions = require(await request.server.sessions(user.id))
    first = require(await request.server.said_by(user.id, (0, 0), EXPORT_EVENTS))
    rooms = [serialize.room(request.view, request.state.rooms[id_], user.id) for id_ in sorted(user.rooms)]
    head = _encode(
        {
            "user": serialize.user(request.view, user),
            "hours": serialize.hours(request.view, user.id),
            "rooms": rooms,
            "sessions": [serialize.session(each, None) for each in sessions],
        }
    )

    async def chunks() -> AsyncIterator[bytes]:
        yield head[:-1] + b',"messages":['
        page, comma = first, b""
        while page:
            shown = [
                _encode({"room": event.room, "key": event.key, **_fields(serialize.event(request.view, event))})
                for event in page
            ]
            yield comma + b",".join(shown)
            comma = b","
            if len(page) < EXPORT_EVENTS:
                break
            last = page[-1]
            following = await request.server.said_by(user.id, (last.room, last.seq), EXPORT_EVENTS)
            if isinstance(following, Refusal):
                # End the response in the middle of the export. It is then no valid JSON, so that nobody takes it for
                # complete.
                return
            page = following
        yield b"]}"

    disposition = (b"content-disposition", b'attachment; filename="parley-export.json"')
    return ByteStream(chunks(), "application/json", [disposition])


def _fields(event: schemas.Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in schemas.Event.__struct_fields__ if name != "about"}
