"""The HTTP API against attackers. A rule that holds for all routes is tested on all routes."""

import itertools
from typing import Any, Final

import msgspec
import pytest

from parley.gateways.http.api import ADMIN_SOCKET, Api
from parley.gateways.http.api.routes import ROUTES
from parley.gateways.http.api.routing import SAFE, Route
from tests.server.api import HOST, PASSWORD, Answer, Http, account, guest
from tests.server.server_fixture import Serve, Server, until

BODIES: Final[dict[str, Any]] = {
    "Credentials": {"name": "ann", "password": PASSWORD},
    "NewAccount": {"name": "mole", "password": PASSWORD},
    "NewGuest": {"name": "mole"},
    "NewPassword": {"old": PASSWORD, "new": PASSWORD},
    "NewRoom": {"name": "other"},
    "RoleChange": {"role": "owner"},
    "InvitedUser": {"user": "ann"},
    "NewMessage": {"text": "hi"},
    "NewText": {"text": "taken over"},
    "NewTitle": {"text": "taken over"},
    "NewConversation": {"to": ["ann"]},
    "AccountForOther": {"name": "mole", "password": PASSWORD},
    "AccountChanges": {"role": "owner"},
    "PasswordReset": {"new": PASSWORD},
    "NewToken": {"user": "ann"},
    "NewWebhook": {"label": "ci"},
    "ReadMark": {"seq": 1},
    "Preferences": {"level": "all", "favourite": True},
    "RoomChanges": {"topic": "taken over", "archived": True, "read_only": True, "slow": 5, "guests": False},
}
"""A valid body for each type of body that needs fields or has interesting ones."""

QUERIES: Final = {"messages": "keep", "emoji": ":%2B1:", "since": 0, "until": 2**52}
"""A valid value for each parameter of a query that has to be there."""

IN_ROOMS: Final = [route for route in ROUTES if "{room}" in route.path]
GUARDED: Final = [route for route in ROUTES if route.needs != "nothing"]


def path_of(route: Route, **places: object) -> str:
    path = "/api" + route.path
    for place in route.places:
        path = path.replace("{" + place + "}", str(places.get(place, 1)))
    fields = [] if route.query is None else msgspec.structs.fields(route.query)
    query = "&".join(f"{field.name}={QUERIES[field.name]}" for field in fields if field.required)
    return f"{path}?{query}" if query else path


def body_of(route: Route) -> Any:
    return None if route.body is None else BODIES.get(route.body.__name__, {})


# Hidden rooms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["private", "direct"])
async def test_a_hidden_room_is_unknown_on_every_route(serve: Serve, kind: str) -> None:
    server = await serve(rate_messages=0)
    ann, bob = await account(server, "ann"), await account(server, "bob")
    if kind == "private":
        room = await ann.room("den", private=True)
        await ann.asks("POST", f"/api/rooms/{room}/invitations", {"user": "bob"})
        await bob.joins(room)
    else:
        room = (await ann.asks("POST", "/api/direct", {"to": ["bob"], "text": "psst"})).json["room"]["id"]
    tip = server.hub.view.state.rooms[room].tip
    strangers = [
        await account(server, "owner", "owner"),
        await account(server, "admin", "admin"),
        await account(server, "eve"),
        await guest(server, "visitor"),
        Http(server),
    ]
    for stranger, route in itertools.product(strangers, IN_ROOMS):
        answers = [
            await stranger.asks(route.method, path_of(route, room=name, user="bob", id=1), body_of(route))
            for name in (room, 999, "den", "nothing")
        ]
        assert {shape(answer) for answer in answers} == {shape(answers[1])}, (route, answers)
        assert answers[0].status == (401 if stranger.token is None and route.needs != "reading" else 404), route
    assert server.hub.view.state.rooms[room].tip == tip
    for stranger in strangers:
        assert room not in [each["id"] for each in (await stranger.asks("GET", "/api/rooms")).json["rooms"]]


def shape(answer: Answer) -> tuple[int, str, bytes]:
    headers = ",".join(f"{name}:{value}" for name, value in answer.headers.items())
    return answer.status, headers, answer.body


async def test_a_kicked_member_does_not_see_the_private_room(server: Server) -> None:
    ann, bob = await account(server, "ann"), await account(server, "bob")
    room = await ann.room("den", private=True)
    await ann.asks("POST", f"/api/rooms/{room}/invitations", {"user": "bob"})
    await bob.joins(room)
    await ann.asks("PUT", f"/api/rooms/{room}/bans/bob")
    for route in IN_ROOMS:
        lost = await bob.asks(route.method, path_of(route, room=room, user="ann"), body_of(route))
        none = await bob.asks(route.method, path_of(route, room=999, user="ann"), body_of(route))
        assert shape(lost) == shape(none), route


async def test_the_directory_is_not_a_room(server: Server) -> None:
    ann = await account(server, "ann", "owner")
    for route in IN_ROOMS:
        answer = await ann.asks(route.method, path_of(route, room=0, user="ann"), body_of(route))
        assert (answer.status, answer.code) == (404, "room_unknown"), route


# Callers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("access", ["invite", "members"])
async def test_a_closed_server_shows_nothing_to_strangers(serve: Serve, access: str) -> None:
    server = await serve(access=access, rate_messages=0)
    stranger = Http(server)
    for route in GUARDED:
        answer = await stranger.asks(route.method, path_of(route), body_of(route))
        assert (answer.status, answer.code) == (401, "sign_in_needed"), route
        assert answer.headers["www-authenticate"] == 'Bearer realm="parley"'


async def test_an_open_server_shows_observers_public_rooms_and_nothing_more(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    stranger = Http(server)
    for route in GUARDED:
        if route.needs != "reading":
            answer = await stranger.asks(route.method, path_of(route), body_of(route))
            assert (answer.status, answer.code) == (401, "name_needed"), route
    assert (await stranger.asks("GET", "/api/rooms/lobby/messages")).status == 200


async def test_an_invalid_token_is_refused_on_every_route(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    stranger = Http(server)
    for route, shown in itertools.product(ROUTES, ["Bearer wrong", "Bearer", "Basic YW5uOmFubg==", "Bearer a b", "x"]):
        answer = await stranger.asks(route.method, path_of(route), body_of(route), {"Authorization": shown})
        assert (answer.status, answer.code) == (401, "session_unknown"), (route, shown)


async def test_former_guests_are_refused_on_a_server_for_members(serve: Serve) -> None:
    server = await serve()
    ann = await guest(server, "ann")
    server.hub.view.policy = msgspec.structs.replace(server.hub.view.policy, access="members")  # type: ignore[misc]
    assert (await ann.asks("GET", "/api/rooms")).code == "sign_in_needed"


async def test_admin_routes_are_for_owners_and_admins(server: Server) -> None:
    people = [await account(server, "ann"), await guest(server, "visitor")]
    for http, route in itertools.product(people, [route for route in ROUTES if route.needs == "admin"]):
        answer = await http.asks(route.method, path_of(route), body_of(route))
        assert (answer.status, answer.code) == (403, "not_allowed"), route


# Pages of other origins -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({"Origin": f"http://{HOST}"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": f"http://{HOST}"}, True),
        ({}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": f"http://{HOST}.evil.example"}, False),
        ({"Origin": f"http://{HOST}:81"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": f"http://{HOST}"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, False),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": f"http://{HOST}", "Content-Type": "text/plain"}, False),
        ({"Origin": f"http://{HOST}", "Content-Type": "application/x-www-form-urlencoded"}, False),
        ({"Origin": f"http://{HOST}", "Content-Type": "multipart/form-data; boundary=x"}, False),
    ],
)
async def test_a_cookie_works_only_for_pages_of_this_server(
    server: Server, headers: dict[str, str], is_let_in: bool
) -> None:
    ann = await account(server, "ann")
    ann.cookie, ann.token = ann.token, None
    made = await ann.asks("POST", "/api/rooms", {"name": "den"}, headers)
    assert (made.status == 201) is is_let_in, made
    assert is_let_in or made.code in ("origin_foreign", "type_unknown")


async def test_a_cookie_alone_changes_nothing_on_any_route(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    ann = await account(server, "ann", "owner")
    ann.cookie, ann.token = ann.token, None
    for route in ROUTES:
        if route.method not in SAFE:
            answer = await ann.asks(
                route.method, path_of(route, room="lobby"), body_of(route), {"Origin": "https://evil.example"}
            )
            assert (answer.status, answer.code) == (403, "origin_foreign"), route


async def test_another_site_cannot_sign_anyone_in(server: Server) -> None:
    await account(server, "ann")
    foreign = {"Origin": "https://evil.example"}
    signed_in = await Http(server).asks("POST", "/api/session", {"name": "ann", "password": PASSWORD}, foreign)
    assert signed_in.code == "origin_foreign"
    assert "set-cookie" not in signed_in.headers


# Bodies and paths -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "status", "why"),
    [
        (b"", 400, "truncated"),
        (b"{", 400, "truncated"),
        (b"[]", 400, "array"),
        (b'{"text": 1}', 400, "`$.text`"),
        (b'{"text": "x", "to": "y"}', 400, "`to`"),
        (b'{"text": "\xff"}', 400, "UTF-8"),
        (b'{"text": "x", "kind": "topic"}', 400, "`$.kind`"),
        (b'{"text": ' + b"[" * 30_000 + b"}", 400, ""),
        (b'{"x": ' * 9_000, 400, ""),
        (b'{"text": "' + b"x" * 70_000 + b'"}', 413, "65,536"),
    ],
)
async def test_invalid_bodies_are_refused(server: Server, raw: bytes, status: int, why: str) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    refused = await ann.asks("POST", "/api/rooms/lobby/messages", raw=raw)
    assert (refused.status, refused.code) == (status, "frame_too_long" if status == 413 else "frame_invalid")
    assert why in refused.json["detail"]
    assert (await ann.asks("GET", "/api/me")).status == 200


async def test_a_chunked_body_is_limited_in_size(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.sends("POST", "/api/rooms/lobby/messages", None, {"Transfer-Encoding": "chunked"})
    assert ann._writer is not None
    for _ in range(9):
        ann._writer.write(b"2000\r\n" + b" " * 0x2000 + b"\r\n")
    assert (await ann.gets()).code == "frame_too_long"


async def test_a_body_that_does_not_come_times_out(serve: Serve) -> None:
    server = await serve(handshake_timeout=0.1)
    ann = await guest(server, "ann")
    await ann.sends("POST", "/api/rooms", None, {"Content-Length": "100", "Content-Type": "application/json"})
    assert (await ann.gets()).code == "body_late"


async def test_a_stopping_server_waits_for_no_body(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.sends("POST", "/api/rooms", None, {"Content-Length": "100"})
    await until(lambda: bool(server.api._timeouts))
    await server.api.close()
    await server.http.close()
    assert (await ann.gets()).code == "body_late"


async def test_a_client_that_disconnects_within_a_body_changes_nothing(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.sends("POST", "/api/rooms", None, {"Content-Length": "100"})
    await ann.dispose()
    await until(lambda: not server.http.connections)


async def test_the_default_media_type_of_curl_is_accepted_with_a_token(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await ann.asks("POST", "/api/rooms/lobby/messages", {"text": "hi"}, form)).status == 201
    plain = {"Content-Type": "text/plain"}
    assert (await ann.asks("POST", "/api/rooms/lobby/messages", {"text": "hi"}, plain)).code == "type_unknown"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/rooms/../admin/users", 404),
        ("GET", "/api/rooms/%2e%2e/%2e%2e/etc/passwd", 404),
        ("GET", "/api/rooms//messages", 404),
        ("GET", "/api//rooms", 404),
        ("GET", "/api/rooms/lobby/messages/1", 404),
        ("GET", "/apis", 404),
        ("GET", "/api/rooms/" + "9" * 5_000, 404),
        ("GET", "/api/rooms/%00", 404),
        ("GET", "/api/rooms/%ff", 404),
        ("GET", "/api/rooms/" + "%E2%84%80" * 500, 404),
        ("GET", "/api/users/" + "9" * 5_000, 404),
        ("GET", "/api/rooms/lobby/messages?after=" + "9" * 5_000, 400),
        ("GET", "/api/rooms/lobby/messages?after=-1", 400),
        ("GET", "/api/rooms/lobby/messages?after=1&after=2", 400),
        ("GET", "/api/rooms/lobby/messages?after", 400),
        ("GET", "/api/rooms/lobby/messages?" + "&".join(["x=1"] * 500), 400),
        ("GET", "/api/rooms?x=1", 400),
        ("POST", "/api/me", 405),
        ("TRACE", "/api/me", 405),
        ("OPTIONS", "/api/rooms", 204),
        ("HEAD", "/api/rooms", 200),
        ("HEAD", "/api/rooms/lobby/events", 200),
        ("GET", "/api/", 200),
    ],
)
async def test_paths_and_their_status(server: Server, method: str, path: str, status: int) -> None:
    ann = await guest(server, "ann")
    answer = await ann.asks(method, path)
    assert answer.status == status
    if status in (204, 405):
        assert "GET" in answer.headers["allow"]
    assert method != "HEAD" or not answer.body


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=1", "\r\n\r\n<script>", "\u2028", "\x00", "é", "x" * 5_000])
async def test_input_cannot_inject_headers(server: Server, value: str) -> None:
    owner = await account(server, "owner", "owner")
    for method, path, body in [
        ("POST", "/api/guests", {"name": value}),
        ("POST", "/api/rooms", {"name": value}),
        ("PATCH", "/api/me", {"name": value, "display": value}),
        ("POST", "/api/invitations", {"label": value[:32]}),
        ("POST", "/api/session", {"name": value, "password": value}),
        ("POST", "/api/direct", {"to": [value[:64]]}),
    ]:
        answer = await owner.asks(method, path, body)
        assert answer.status < 500
        assert "x=1" not in answer.headers.get("set-cookie", "")


async def test_invalid_keys_are_refused(server: Server) -> None:
    ann = await guest(server, "ann")
    await ann.joins("lobby")
    for key in ("a b", "x" * 65, "é"):
        refused = await ann.asks("POST", "/api/rooms/lobby/messages", {"text": "hi"}, {"Idempotency-Key": key})
        assert (refused.status, refused.code) == (422, "key_invalid")


async def test_requests_are_rate_limited(serve: Serve) -> None:
    server = await serve(rate_messages=1.0, rate_burst=3.0)
    ann = await guest(server, "ann")
    answers = [await ann.asks("PATCH", "/api/me", {"name": f"ann{number}"}) for number in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert (answers[3].code, answers[3].headers["retry-after"]) == ("too_fast", "1")
    assert (await ann.asks("GET", "/api/me")).status == 200
    # Callers without a name are limited by address.
    entered = [await Http(server).asks("POST", "/api/guests", {"name": f"mole{number}"}) for number in range(3)]
    assert [answer.status for answer in entered] == [201, 201, 429]


async def test_no_secret_is_logged(server: Server) -> None:
    ann = await account(server, "ann")
    await ann.joins("lobby")
    await ann.says("lobby", "something said")
    await ann.asks("POST", "/api/session", {"name": "ann", "password": "a wrong password"})
    await ann.asks("POST", "/api/rooms/lobby/messages", raw=b'{"text": "something said"')
    log = "\n".join(server.log)
    for secret in (ann.token, PASSWORD, "a wrong password", "something said"):
        assert str(secret) not in log


# The admin socket -----------------------------------------------------------------------------------------------------


async def test_the_admin_socket_may_do_everything(server: Server) -> None:
    ann, bob = await account(server, "ann"), await account(server, "bob")
    room = await ann.room("den", private=True)
    admin = Admin(server)
    assert [each["name"] for each in (await admin.asks("GET", "/api/rooms"))["rooms"]] == ["den", "lobby"]
    made = await admin.asks("POST", "/api/admin/users", {"name": "root", "password": PASSWORD, "role": "owner"})
    assert made["user"]["role"] == "owner"
    await admin.asks("PUT", f"/api/rooms/{room}/members/ann/role", {"role": "moderator"})
    await admin.asks("PATCH", "/api/rooms/den", {"archived": True, "why": "over"}, status=404)
    await admin.asks("PATCH", f"/api/rooms/{room}", {"archived": True, "why": "over"})
    await admin.asks("PATCH", "/api/admin/users/bob", {"role": "admin"})
    await admin.asks("PUT", "/api/admin/users/ann/password", {"new": "a new password"})
    assert (await ann.asks("GET", "/api/me")).code == "session_unknown"
    assert (await admin.asks("POST", "/api/invitations", {"role": "owner"}))["code"]
    audit = (await admin.asks("GET", "/api/admin/audit"))["entries"]
    assert {entry["name"] for entry in audit if entry["kind"] == "archived"} == {"parley"}
    assert (await bob.asks("GET", "/api/admin/users")).status == 200


async def test_the_admin_socket_cannot_be_impersonated(server: Server) -> None:
    forged = {"Admin-Socket": "1", "X-Admin-Socket": "true", "State": "admin_socket"}
    assert (await Http(server).asks("GET", "/api/admin/users", None, forged)).code == "name_needed"


class Admin:
    """Requests on the admin socket."""

    def __init__(self, server: Server) -> None:
        self._api = Api(server.api)

    async def asks(
        self, method: str, path: str, body: Any = None, *, query: str = "", status: int | None = None
    ) -> Any:
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"content-type", b"application/json")],
            "state": {ADMIN_SOCKET: True},
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"" if body is None else msgspec.json.encode(body)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._api(scope, receive, send)
        assert sent[0]["status"] == (status or sent[0]["status"])
        assert status is not None or sent[0]["status"] < 300, sent
        return msgspec.json.decode(sent[1]["body"]) if sent[1]["body"] else None
