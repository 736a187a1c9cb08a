"""No content of a request gets into a response header, reads a file or exhausts the stack, and the server still works
after it.
"""

import re
from typing import Any

import pytest

from parley.gateways.http.api.routes import ROUTES
from tests.security.people import incoming
from tests.security.tables import CONTROL, NESTED, TRAVERSALS
from tests.server.api import HOST, Http, account
from tests.server.server_fixture import Serve, Server, masked
from tests.server.test_api_security import path_of

HEADERS = {
    "allow", "cache-control", "connection", "content-disposition", "content-encoding", "content-length",
    "content-security-policy", "content-type", "cross-origin-opener-policy", "cross-origin-resource-policy", "etag",
    "location", "referrer-policy", "retry-after", "set-cookie", "transfer-encoding", "vary", "www-authenticate",
    "x-accel-buffering", "x-content-type-options",
}  # fmt: skip
"""All headers that an answer may have."""


# Headers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", CONTROL, ids=ascii)
async def test_users_text_never_becomes_a_header(serve: Serve, value: str) -> None:
    server = await serve(rate_messages=0)
    ann = await account(server, "ann", "owner")
    room = await ann.room("den")
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/api/guests", {"name": value}),
        ("POST", "/api/accounts", {"name": value, "password": value, "label": value}),
        ("POST", "/api/session", {"name": value, "password": value, "label": value}),
        ("PATCH", "/api/me", {"name": value}),
        ("PATCH", "/api/me", {"display": value}),
        ("PATCH", "/api/me", {"zone": value}),
        ("POST", "/api/rooms", {"name": value}),
        ("PATCH", f"/api/rooms/{room}", {"name": value}),
        ("PATCH", f"/api/rooms/{room}", {"topic": value}),
        ("PATCH", f"/api/rooms/{room}", {"read_only": False, "why": value}),
        ("POST", f"/api/rooms/{room}/messages", {"text": value}),
        ("POST", f"/api/rooms/{room}/invitations", {"user": value}),
        ("POST", f"/api/rooms/{room}/webhooks", {"label": value}),
        ("POST", f"/api/rooms/{room}/webhooks", {"label": "x", "url": value}),
        ("POST", "/api/direct", {"to": [value], "text": value}),
        ("POST", "/api/invitations", {"label": value}),
        ("POST", "/api/admin/users", {"name": value, "password": value, "label": value}),
        ("POST", "/api/admin/tokens", {"user": value, "label": value}),
    ]
    for method, path, body in asked:
        answer = await ann.asks(method, path, body)
        assert answer.status < 500, (path, answer)
        assert answer.headers.keys() <= HEADERS, answer
        assert "evil" not in str(answer.headers)
        assert "parley_session=x" not in str(answer.headers)


@pytest.mark.parametrize(
    "header", ["Host", "Origin", "Cookie", "Authorization", "Idempotency-Key", "Last-Event-ID", "If-None-Match",
               "User-Agent", "X-Forwarded-For", "X-Forwarded-Proto", "Content-Type", "Accept", "Range", "Expect"],
)  # fmt: skip
async def test_a_request_header_never_becomes_a_response_header(server: Server, header: str) -> None:
    ann = await account(server, "ann")
    for value in ("x%0d%0aSet-Cookie:%20a=b", "x\tSet-Cookie: a=b", "<script>alert(1)</script>", "x" * 9_000, "\xff"):
        for method, path in (("GET", "/"), ("GET", "/api/rooms/lobby/messages"), ("POST", "/api/invitations")):
            answer = await ann.asks(method, path, {} if method == "POST" else None, {header: value})
            assert answer.status < 500 or answer.status == 501
            assert answer.headers.keys() <= HEADERS, answer
            assert b"<script>alert" not in answer.body


async def test_names_are_escaped_in_html(server: Server) -> None:
    code = await server.invitation(uses=0)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Host": '"><img src=x onerror=alert(1)>'}
    for name in ("<b>", "{BODY}", "&lt;", "'\"", "{TITLE}"):
        page = await Http(server).asks("POST", f"/join/{code}", raw=f"name={name}".encode(), headers=form)
        assert b"<img" not in page.body
        assert b"<b>" not in page.body
        assert b'value=""' not in page.body or page.status == 422


# Files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TRAVERSALS)
async def test_no_path_reaches_a_file(server: Server, path: str) -> None:
    owner = await account(server, "owner", "owner")
    for target in (path, f"http://{HOST}{path}"):
        answer = await owner.asks("GET", target)
        assert answer.status in (400, 404), answer
        assert not re.search(rb"root:|SQLite format|PRIVATE KEY|\[core\]", answer.body)


# Bodies ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", NESTED)
async def test_hostile_json_is_refused(serve: Serve, what: str) -> None:
    server = await serve(rate_messages=0)
    ann = await account(server, "ann", "owner")
    room = await ann.room("den")
    raw = NESTED[what]
    for route in ROUTES:
        if route.body is not None:
            answer = await ann.asks(route.method, path_of(route, room=room, user="ann"), raw=raw)
            # If a member of an object is duplicated, one of the values is used (RFC 8259, section 4). A lone surrogate
            # becomes U+FFFD.
            taken = what in ("one field often", "a lone surrogate") or (route.optional_body and not raw)
            assert 200 <= answer.status < 500 if taken else 400 <= answer.status < 500, (route, answer)
    path = await incoming(ann, "den")
    answer = await Http(server).asks("POST", f"/{path}", raw=raw, headers={"Content-Type": "application/json"})
    # An incoming webhook accepts these: it shortens a long text, posts unknown fields as text, and a lone surrogate
    # as U+FFFD.
    shown = what in ("one field often", "many fields", "lists in a text", "a lone surrogate")
    assert answer.status == 200 if shown else 400 <= answer.status < 500, answer
    assert (await Http(server).asks("POST", f"/join/{await server.invitation()}", raw=raw)).status in (413, 422)
    web = await server.web("bob")
    if raw and len(raw) <= 16_384:
        await web.sends_bytes(masked(raw))
        await web.gets_error("frame_invalid")
        await web.gets_nothing_more()
    assert (await ann.asks("GET", "/api/me")).status == 200


@pytest.mark.parametrize("size", [65_537, 1_000_000])
async def test_bodies_that_are_too_large_are_refused(serve: Serve, size: int) -> None:
    server = await serve(rate_messages=0)
    ann = await account(server, "ann", "owner")
    room = await ann.room("den")
    for route in ROUTES:
        if route.body is not None:
            answer = await ann.asks(
                route.method,
                path_of(route, room=room, user="ann"),
                headers={"Content-Length": str(size), "Content-Type": "application/json"},
            )
            assert (answer.status, answer.code) == (413, "frame_too_long"), route
    for path, length in ((await incoming(ann, "den"), 1_100_000), (f"join/{await server.invitation()}", 70_000)):
        answer = await Http(server).asks("POST", f"/{path}", raw=b"x" * length)
        assert (answer.status, answer.headers["connection"]) == (413, "close")
    web = await server.web("bob")
    await web.sends_bytes(b"\x81\xff" + size.to_bytes(8) + b"\0\0\0\0")
    assert await web.is_closed() == 1009
    line = await server.line("carl")
    await line.sends(b"x" * 20_000 + b"\n")
    await line.sees("A line has at most 16,384 bytes. This one was ignored.")
