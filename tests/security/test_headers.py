"""The security headers of every answer."""

import ssl

import pytest
import trustme

from parley.gateways.http.api.routes import ROUTES
from parley.gateways.http.api.routing import SAFE
from tests.security.people import incoming
from tests.server.api import HOST, Answer, Http, account
from tests.server.server_fixture import Serve, Server
from tests.server.test_api_security import body_of, path_of


async def answers(server: Server) -> dict[str, Answer]:
    """Return one or more answers of each page and each route, for the owner and for someone without a session."""
    ann = await account(server, "ann", "owner")
    await ann.room("den")
    hook, code = await incoming(ann, "den"), await server.invitation(uses=0)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    nobody = Http(server)
    found = {
        "the page": await nobody.asks("GET", "/connect"),
        "HEAD": await nobody.asks("HEAD", "/connect"),
        "another method": await nobody.asks("DELETE", "/"),
        "nothing": await nobody.asks("GET", "/nothing"),
        "health": await nobody.asks("GET", "/healthz"),
        "an invitation": await nobody.asks("GET", f"/join/{code}?form"),
        "no invitation": await nobody.asks("GET", "/join/x?form"),
        "a form that is refused": await nobody.asks("POST", f"/join/{code}", raw=b"name=!", headers=form),
        "a form of another page": await nobody.asks(
            "POST", f"/join/{code}", headers={"Origin": "https://evil.example"}
        ),
        "a form": await nobody.asks("POST", f"/join/{code}", raw=b"name=bob&password=correct+horse", headers=form),
        "a webhook": await nobody.asks("POST", f"/{hook}", raw=b"built", headers=form),
        "no webhook": await nobody.asks("POST", "/hooks/x", raw=b"built"),
        "a webhook with nothing": await nobody.asks("POST", f"/{hook}", raw=b""),
        "no route": await nobody.asks("GET", "/api/nothing"),
        "another method of the API": await nobody.asks("PUT", "/api/me"),
        "no WebSocket": await nobody.asks("GET", "/ws"),
        "two Hosts": await Http(server).asks("GET", "/", None, {"host": HOST}),
    }
    # Try safe methods first, because others can end the session.
    for route in sorted(ROUTES, key=lambda route: route.method not in SAFE):
        for who, http in (("ann", Http(server, ann.token)), ("nobody", Http(server))):
            if not route.path.endswith("/events"):
                path = path_of(route, room="den", user="ann", id=999)
                found[f"{who}: {route.method} {route.path}"] = await http.asks(route.method, path, body_of(route))
    stream = Http(server, ann.token)
    await stream.sends("GET", "/api/rooms/lobby/events")
    status, headers = await stream._head()
    found["a stream"] = Answer(status, headers, b"")
    return found


def check(what: str, answer: Answer) -> None:
    headers = answer.headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'", what
    assert policy["frame-ancestors"] == "'none'", what
    assert policy["base-uri"] == "'none'", what
    assert policy["form-action"] in ("'none'", "'self'"), what
    assert "unsafe" not in headers["content-security-policy"], what
    assert "script-src" not in policy, what
    assert headers["x-content-type-options"] == "nosniff", what
    # With `no-referrer` a browser would send the form with `Origin: null`.
    assert headers["referrer-policy"] == ("same-origin" if policy["form-action"] == "'self'" else "no-referrer"), what
    assert "server" not in headers, what


async def test_every_answer_has_the_security_headers(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    found = await answers(server)
    assert found["the page"].status == found["a form"].status == found["a webhook"].status == 200
    for what, answer in found.items():
        check(what, answer)
        assert "strict-transport-security" not in answer.headers, what


async def test_personal_answers_are_not_cached(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    for what, answer in (await answers(server)).items():
        shown = answer.headers.get("cache-control", "")
        if what.startswith(("ann: ", "a form", "an invitation", "a stream")) or "set-cookie" in answer.headers:
            public = what in ("ann: GET ", "ann: GET /openapi.json")
            assert shown in (("no-cache",) if public else ("no-store", "private, no-cache")), what


async def test_server_made_pages_have_no_script_and_no_external_resources(serve: Serve) -> None:
    server = await serve()
    code = await server.invitation()
    for path in ("/connect", "/api", f"/join/{code}?form"):
        page = (await Http(server).asks("GET", path)).body.decode()
        assert "<script" not in page
        assert " style=" not in page
        assert "src=" not in page
        assert " on" + "click" not in page


@pytest.fixture
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a TLS context for the server, and one for a client that trusts it."""
    authority = trustme.CA()
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(theirs)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    return theirs, ours


async def test_answers_over_tls_have_hsts(serve: Serve, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server = await serve(tls=contexts[0])
    for path in ("/", "/nothing", "/join/x", "/api", "/api/me", "/api/nothing", "/healthz"):
        socket = await server.socket(tls=contexts[1])
        await socket.sends(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        head = (await socket.reads()).partition(b"\r\n\r\n")[0].lower()
        assert head.count(b"strict-transport-security: max-age=31536000") == 1, path
        assert head.count(b"content-security-policy: ") == 1, path
