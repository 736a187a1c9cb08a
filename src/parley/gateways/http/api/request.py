"""Requests as handlers see them, and the responses that handlers give."""

import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec
from msgspec import Struct

from parley.core import commands
from parley.core.decision import Decision, Repeated
from parley.core.events import Event
from parley.core.refusals import Refusal, refuse
from parley.core.roles import Action, may, visible
from parley.core.rules import decide
from parley.core.state import Room, State, User
from parley.core.text import NAME_CHARS, bare_room_name, is_text
from parley.core.tokens import hash_code
from parley.gateways.view import View

from . import schemas
from .ports import Caller, Commands

T = TypeVar("T")
P_co = TypeVar("P_co", bound=Commands, covariant=True)

Headers = Sequence[tuple[bytes, bytes]]

Needs = Literal["nothing", "reading", "someone", "admin"]
"""Who may make a request. `nothing`: anyone; `reading`: those who may read public rooms; `someone`: users with a name;
`admin`: owners and admins of the server.
"""


class Json(Struct, frozen=True):
    """A response with JSON, or without a body.

    Attributes:
        value: the body, as a type of `resources`; None for no body.
        status: the HTTP status.
        headers: additional headers.
        cacheable: whether the client may keep the response and ask whether it has changed (ETag).
    """

    value: Any = None
    status: int = 200
    headers: Headers = ()
    cacheable: bool = False


class Document(Struct, frozen=True):
    """A response with bytes. `etag` is the hash of its content, in quotes."""

    body: bytes
    etag: str
    media: str
    headers: Headers = ()


class ByteStream(Struct, frozen=True):
    """A response whose body comes in chunks."""

    chunks: AsyncIterator[bytes]
    media: str
    headers: Headers = ()


Response = Json | Document | ByteStream


class Refused(Exception):
    """The request is refused.

    Attributes:
        refusal: the reason.
        status: the HTTP status; None for the status of the refusal's code.
        events: what has happened that the caller did not know; None if that is not the reason.
    """

    def __init__(self, refusal: Refusal, status: int | None = None) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.status = status
        self.events: list[schemas.Event] | None = None


def refused(code: str, retry_after: int | None = None, *, status: int | None = None, **values: object) -> Refused:
    """Return an exception with the refusal of that code, for `raise`."""
    return Refused(refuse(code, retry_after, **values), status)


def require(value: T | Refusal) -> T:
    """Return the value.

    Raises:
        Refused: the value is a refusal.
    """
    if isinstance(value, Refusal):
        raise Refused(value)
    return value


class HttpRequest(Generic[P_co]):
    """One request.

    Attributes:
        server: the server, as the port that the handler needs.
        caller: who makes it.
        path: the values of the path's parameters.
        query, body: of the types that the route declares; None where it declares none.
        headers: by name, in lower case.
        gone: returns an awaitable that completes when the client has disconnected.
        repeated: the place of the result of the last command, if `submit` found that it was executed before.
    """

    __slots__ = ("_orders", "body", "caller", "gone", "headers", "path", "query", "repeated", "server")

    def __init__(
        self,
        server: P_co,
        caller: Caller,
        path: Mapping[str, str],
        query: Any,
        body: Any,
        headers: Mapping[bytes, bytes],
        gone: Callable[[], Awaitable[Any]],
    ) -> None:
        self.server: Final = server
        self.caller = caller
        self.path = path
        self.query = query
        self.body = body
        self.headers = headers
        self.gone = gone
        self.repeated: Repeated | None = None
        self._orders = 0

    @property
    def view(self) -> View:
        return self.server.view

    @property
    def state(self) -> State:
        return self.server.view.state

    # Rooms and users

    def sees(self, room: Room | None) -> bool:
        """Tell whether the room exists for the caller. The answer for a room that does not is the same as for an id
        that no room has.
        """
        if self.caller.admin_socket:
            return room is not None and room.id > 0
        return visible(self.state, room, self.caller.id)

    def find_room(self, ref: str | int) -> Room | None:
        """Return the room of an id or a name, whether it exists for the caller or not.

        Digits are an id. With a `#` before them they are a name.
        """
        if isinstance(ref, int) or (ref.isascii() and ref.isdigit()):
            return self.state.rooms.get(int(ref)) if len(str(ref)) < 16 else None
        room = self.state.room_for(self.caller.id, bare_room_name(ref))
        return room if room is None or room.kind != "direct" else None

    def room(self, ref: str | int | None = None) -> Room:
        """Return the room of `ref`, or of the path.

        Raises:
            Refused: room_unknown.
        """
        room = self.find_room(self.path["room"] if ref is None else ref)
        if room is None or not self.sees(room):
            raise refused("room_unknown")
        return room

    def user(self, ref: str | int | None = None) -> User:
        """Return the user of `ref`, or of the path: an id, a name, or an @name if the name is a number.

        Raises:
            Refused: user_unknown.
        """
        if ref is None:
            ref = self.path["user"]
        if isinstance(ref, int) or (ref.isascii() and ref.isdigit()):
            user = self.state.users.get(int(ref)) if len(str(ref)) < 16 else None
        else:
            user = self.state.user_named(ref.removeprefix("@"))
        if user is None:
            name = str(ref)
            raise refused("user_unknown", name=name if len(name) <= 2 * NAME_CHARS and is_text(name) else "that")
        return user

    @property
    def base_url(self) -> str:
        """The beginning of links to this server: the configured `url`, or the host that the caller used."""
        if self.server.own_origin is not None:
            return self.server.own_origin.decode()
        host = self.headers.get(b"host", b"").decode("latin-1")
        if self.caller.admin_socket or not host:
            return self.server.base_url
        return f"{'https' if self.caller.secure else 'http'}://{host}"

    @property
    def me(self) -> User:
        """The caller.

        Raises:
            Refused: name_needed: the caller has released their name since the request began.
        """
        user = self.state.users.get(self.caller.id)
        if user is None:
            raise refused("name_needed")
        return user

    @property
    def runs_server(self) -> bool:
        """Whether the caller is an owner or admin of the server."""
        user = self.state.users.get(self.caller.id)
        return self.caller.admin_socket or (user is not None and user.role in ("owner", "admin"))

    def may(self, room: Room, action: Action) -> bool:
        user = self.state.users.get(self.caller.id)
        return self.caller.admin_socket or may(self.state, room, user, action)

    # Commands

    @property
    def key(self) -> str | None:
        """The idempotency key, from the header. It may be in quotes
        (draft-ietf-httpapi-idempotency-key-header, section 2.1).
        """
        given = self.headers.get(b"idempotency-key")
        if given is None:
            return None
        key = given.decode("latin-1").strip(" \t")
        return key[1:-1] if len(key) > 2 and key[0] == key[-1] == '"' else key

    async def submit(self, *orders: commands.Command, told_once: bool = False) -> list[Event]:
        """Submit commands one after the other, and return their events. If the request has a key, each command is
        executed once; a repeated one returns no events.

        Args:
            orders: the commands.
            told_once: whether the response contains a secret that is not stored, so that the same response can't be
                given again.

        Raises:
            Refused: a command was refused, or was executed before although `told_once` is set. If the rules would
                refuse one of several commands now, none is submitted.
        """
        if len(orders) > 1:
            for order in orders:
                require(decide(self.state, order, self.server.now(), self.view.policy))
        events: list[Event] = []
        for order in orders:
            outcome = await self.server.submit(self._keyed(order))
            if isinstance(outcome, Refusal):
                raise Refused(outcome)
            if isinstance(outcome, Decision):
                events += outcome.events
            elif told_once:
                raise refused("key_used")
            else:
                self.repeated = outcome
        return events

    def _keyed(self, order: commands.Command) -> commands.Command:
        """Give the request's key to its first command, and a key derived from it to each further command."""
        key = self.key
        if key is None:
            return order
        self._orders += 1
        return msgspec.structs.replace(order, key=key if self._orders == 1 else hash_code(f"{key} {self._orders}"))

    async def done(self, *orders: commands.Command) -> Json:
        """Submit commands, and return the response 204."""
        await self.submit(*orders)
        return NO_CONTENT


NO_CONTENT: Final = Json(status=204)

Handler = Callable[[HttpRequest[Any]], Awaitable[Response]]


def etag(body: bytes) -> str:
    """Return the entity tag of a body: a hash (RFC 9110, section 8.8.3)."""
    return f'"{base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:15]).decode()}"'
