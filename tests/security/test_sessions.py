"""Sessions belong to their owners: a token that an attacker put into a browser never becomes a session, and other sites
can't use a session.
"""

import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from parley.gateways.http.api.routes import ROUTES
from parley.gateways.http.api.routing import SAFE
from tests.security.tables import FOREIGN, ORIGINS
from tests.server.api import HOST, PASSWORD, Http, account, guest
from tests.server.server_fixture import ANY, Serve, Server, password_of
from tests.server.test_api_security import body_of, path_of

UNSAFE = [route for route in ROUTES if route.method not in SAFE]


def cookie_of(set_cookie: str) -> str:
    return set_cookie.partition("parley_session=")[2].partition(";")[0]


# Fixation -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("planted", ["x", "token-0", "0" * 43, "../../etc", "a=b", '"quoted"'])
async def test_a_planted_cookie_never_becomes_a_session(server: Server, planted: str) -> None:
    await server.account("ann")
    browser = Http(server)
    browser.cookie = planted
    headers = {"Origin": f"http://{HOST}"}
    answer = await browser.asks("POST", "/api/session", {"name": "ann", "password": password_of("ann")}, headers)
    assert answer.status == 200
    assert cookie_of(answer.headers["set-cookie"]) not in ("", planted)
    attacker = Http(server)
    attacker.cookie = planted
    assert (await attacker.asks("GET", "/api/me")).code == "session_unknown"


async def test_a_planted_session_of_the_attacker_ends_at_the_sign_in(server: Server) -> None:
    await server.account("ann")
    attacker = await account(server, "mallory")
    browser = Http(server)
    browser.cookie = attacker.token
    headers = {"Origin": f"http://{HOST}"}
    answer = await browser.asks("POST", "/api/session", {"name": "ann", "password": password_of("ann")}, headers)
    assert answer.json["user"]["name"] == "ann"
    assert (await attacker.asks("GET", "/api/me")).code == "session_unknown"


async def test_a_planted_guest_cookie_is_not_valid_for_the_registered_account(server: Server) -> None:
    code = await server.invitation(uses=0)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    joined = await Http(server).asks("POST", f"/join/{code}", raw=b"name=ann", headers=form)
    attacker, browser = Http(server), Http(server)
    attacker.cookie = browser.cookie = cookie_of(joined.headers["set-cookie"])
    assert (await attacker.asks("GET", "/api/me")).json["user"]["name"] == "ann"
    headers = {"Origin": f"http://{HOST}"}
    made = await browser.asks("POST", "/api/accounts", {"name": "ann", "password": PASSWORD}, headers)
    assert made.status == 201, made
    browser.cookie = cookie_of(made.headers["set-cookie"])
    assert (await browser.asks("GET", "/api/me")).json["user"]["role"] == "member"
    assert (await attacker.asks("GET", "/api/me")).code == "session_unknown"
    web = await server.browser(additional_headers={"Cookie": f"parley_session={attacker.cookie}"})
    await web.sends(t="hello", protocol=1)
    assert (await web.gets_frame())["user"] is None


async def test_a_planted_cookie_does_not_become_an_accounts_over_a_websocket(server: Server) -> None:
    planted = await guest(server, "ann")
    web = await server.browser(additional_headers={"Cookie": f"parley_session={planted.token}"})
    await web.sends(t="hello", protocol=1)
    assert (await web.gets_frame())["user"]["name"] == "ann"
    await web.sends(t="register", password=PASSWORD, id="r")
    assert (await web.gets(t="error", code="not_allowed", id="r", message=ANY))["id"] == "r"
    user = server.hub.view.state.user_named("ann")
    assert user is not None
    assert not user.account


async def test_a_sign_in_with_a_password_always_gives_a_new_token(server: Server) -> None:
    await server.account("ann")
    mallory = await account(server, "mallory")
    web = await server.browser(additional_headers={"Cookie": f"parley_session={mallory.token}"})
    await web.sends(t="hello", protocol=1, name="ann", password=password_of("ann"), token=mallory.token)
    ready = await web.gets_frame()
    assert ready["user"]["name"] == "ann"
    assert ready["token"] not in (None, mallory.token)
    assert (await mallory.asks("GET", "/api/me")).json["user"]["name"] == "mallory"


async def test_a_token_in_a_url_is_ignored(server: Server) -> None:
    ann = await account(server, "ann")
    for query in ("access_token", "token", "parley_session"):
        answer = await Http(server).asks("GET", f"/api/me?{query}={ann.token}")
        assert answer.code == "name_needed"


# Cross-site requests --------------------------------------------------------------------------------------------------


async def test_cross_site_requests_with_a_cookie_change_nothing(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    ann = await account(server, "ann", "owner")
    ann.cookie, ann.token = ann.token, None
    before = [room.tip for room in server.hub.view.state.rooms.values()]
    for route in UNSAFE:
        for headers in FOREIGN:
            answer = await ann.asks(route.method, path_of(route, room="lobby", user="ann"), body_of(route), headers)
            assert (answer.status, answer.code) == (403, "origin_foreign"), (route, headers)
            assert "set-cookie" not in answer.headers
    assert [room.tip for room in server.hub.view.state.rooms.values()] == before


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_form_bodies_are_refused_even_from_this_server(serve: Serve, kind: str) -> None:
    server = await serve(rate_messages=0)
    ann = await account(server, "ann", "owner")
    ann.cookie, ann.token = ann.token, None
    headers = {"Origin": f"http://{HOST}", "Content-Type": kind}
    for route in UNSAFE:
        if route.body is not None:
            body = body_of(route) or {"x": 1}
            answer = await ann.asks(route.method, path_of(route, room="lobby", user="ann"), body, headers)
            assert (answer.status, answer.code) == (415, "type_unknown"), route


async def test_no_answer_is_shared_across_origins(server: Server) -> None:
    ann = await account(server, "ann")
    ann.cookie, ann.token = ann.token, None
    for method, path in (("GET", "/api/me"), ("OPTIONS", "/api/me"), ("GET", "/"), ("GET", "/api/rooms")):
        answer = await ann.asks(method, path, None, {"Origin": "https://evil.example"})
        assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_get_requests_change_no_state(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    ann = await account(server, "ann", "owner")
    for route in ROUTES:
        if route.method in SAFE and not route.path.endswith("/events"):
            before = [room.tip for room in server.hub.view.state.rooms.values()]
            await ann.asks(route.method, path_of(route, room="lobby", user="ann"))
            assert [room.tip for room in server.hub.view.state.rooms.values()] == before, route


# Cross-site WebSockets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("origin", "opens"), ORIGINS)
async def test_a_websocket_with_a_cookie_needs_this_servers_origin(
    server: Server, origin: str | None, opens: bool
) -> None:
    ann = await account(server, "ann")
    socket = await server.socket()
    head = (
        f"GET /ws HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Cookie: parley_session={ann.token}\r\n"
    )
    await socket.sends((head + (f"Origin: {origin}\r\n" if origin is not None else "") + "\r\n").encode())
    assert (await socket._reader.readline()).split()[1] == (b"101" if opens else b"403")


# TLS ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a TLS context for the server, and one for a client that trusts it."""
    authority = trustme.CA()
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(theirs)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    return theirs, ours


async def by_tls(server: Server, context: ssl.SSLContext, request: str) -> tuple[int, str]:
    """Make a request; return the status and the head of the answer, in lower case."""
    socket = await server.socket(tls=context)
    await socket.sends(request.replace("\n", "\r\n").encode())
    head = (await socket._reader.readuntil(b"\r\n\r\n")).decode().lower()
    return int(head.split()[1]), head


async def test_over_tls_a_page_loaded_without_tls_counts_as_another_site(
    serve: Serve, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    server = await serve(tls=contexts[0])
    ann = await account(server, "ann")
    key = "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nUpgrade: websocket\n"
    code = await server.invitation()
    for scheme, good in (("https", True), ("http", False)):
        more = f"Host: {HOST}\nOrigin: {scheme}://{HOST}\nCookie: parley_session={ann.token}\n"
        asked: list[tuple[str, Any]] = [
            (f"GET /ws HTTP/1.1\n{more}Connection: Upgrade\n{key}\n", 101),
            (f"DELETE /api/me/sessions HTTP/1.1\n{more}\n", 204),
            (f"POST /join/{code} HTTP/1.1\n{more}Content-Length: 0\n\n", 422),
        ]
        for request, status in asked:
            assert (await by_tls(server, contexts[1], request))[0] == (status if good else 403), request


async def test_over_tls_the_cookie_is_secure(
    serve: Serve, contexts: tuple[ssl.SSLContext, ssl.SSLContext], tmp_path: Path
) -> None:
    server = await serve(tls=contexts[0])
    await server.account("ann")
    body = f'{{"name": "ann", "password": "{password_of("ann")}"}}'
    request = (
        f"POST /api/session HTTP/1.1\nHost: {HOST}\nContent-Type: application/json\nContent-Length: {len(body)}\n\n"
    )
    status, head = await by_tls(server, contexts[1], request + body)
    assert status == 200
    assert "max-age" in head
    cookie = next(line for line in head.split("\r\n") if line.startswith("set-cookie: "))
    assert {"httponly", "samesite=lax", "secure", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "domain" not in cookie
