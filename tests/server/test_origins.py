"""Requests from pages of this server, also behind a proxy that rewrites `Host`, and from pages of other servers."""

import pytest

from parley.server.net.origins import LOG_SECONDS, Origins
from tests.server.api import PASSWORD, Http, account
from tests.server.server_fixture import Serve, Server

URL = "https://chat.example.org"
REWRITTEN = {"Origin": URL, "Host": "backend.internal:59000"}


async def test_a_page_at_the_configured_url_is_let_in_whatever_host_the_proxy_names(serve: Serve) -> None:
    server = await serve(url=f"{URL}:443/")
    await account(server, "ann")
    credentials = {"name": "ann", "password": PASSWORD}
    signed_in = await Http(server).asks("POST", "/api/session", credentials, REWRITTEN)
    assert signed_in.status == 200
    bob = await server.browser(origin=URL)
    await bob.sends(t="rooms")
    await bob.gets_error("hello_needed")
    page = await Http(server).asks("GET", "/connect", headers=REWRITTEN)
    assert b"wss://chat.example.org/ws" in page.body
    assert b"backend.internal" not in page.body
    # The clients take HOST:PORT for one without TLS.
    assert b"parley chat https://chat.example.org " in page.body
    assert b"--to https://chat.example.org\n" in page.body
    assert b"openssl s_client -quiet -connect chat.example.org:443" in page.body
    assert b"{" not in page.body.partition(b"</style>")[2]
    assert not [line for line in server.log if "refused" in line]


async def test_links_begin_with_the_configured_url(serve: Serve) -> None:
    server = await serve(url=URL)
    owner = await account(server, "owner", "owner")
    made = await owner.asks("POST", "/api/invitations", {}, {"Host": "backend.internal"})
    assert made.json["url"].startswith(f"{URL}/join/")
    form = {"Content-Type": "application/x-www-form-urlencoded", **REWRITTEN}
    entered = await Http(server).asks("POST", f"/join/{made.json['code']}", headers=form, raw=b"name=bob")
    assert f"parley chat {URL} --as bob" in entered.body.decode()


@pytest.mark.parametrize("door", ["WebSocket", "sign-in", "form"])
async def test_a_refused_origin_is_named_in_the_log_with_the_key_that_admits_it(server: Server, door: str) -> None:
    code = await server.invitation()
    if door == "WebSocket":
        with pytest.raises(Exception, match="403"):
            await server.browser(origin=URL)
    else:
        path = "/api/session" if door == "sign-in" else f"/join/{code}"
        answer = await Http(server).asks("POST", path, {"name": "ann", "password": PASSWORD}, REWRITTEN)
        assert answer.status == 403
        assert b"The server does not know this page" in answer.body
    [line] = [line for line in server.log if "was refused" in line]
    host = f"localhost:{server.port}" if door == "WebSocket" else "backend.internal:59000"
    assert f'its Origin is "{URL}", while its Host is "{host}"' in line
    assert line.endswith(f'configure url = "{URL}"')


async def test_a_request_that_another_page_certainly_sent_is_logged_without_advice(server: Server) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert (await Http(server).asks("POST", "/api/session", {}, foreign)).code == "origin_foreign"
    assert server.log[-1].endswith('was refused: its Sec-Fetch-Site is "cross-site"')


@pytest.mark.parametrize("origin", ["null", "chrome-extension://abc"])
async def test_an_origin_that_no_server_can_have_is_logged_without_advice(server: Server, origin: str) -> None:
    answer = await Http(server).asks("POST", "/api/session", {}, {"Origin": origin})
    assert answer.code == "origin_foreign"
    assert f'its Origin is "{origin}"' in server.log[-1]
    assert "configure" not in server.log[-1]


def test_the_log_has_one_line_in_a_minute_and_counts_the_others(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    origins = Origins(None, lambda: now)
    for _ in range(3):
        origins.refused({b"origin": b"https://a.example"}, "192.0.2.7:1")
    now = LOG_SECONDS
    origins.refused({b"origin": b'https://b\r\n\xff".example' + b"x" * 5_000}, "192.0.2.8:1")
    first, second = caplog.messages
    assert first.startswith('a request from 192.0.2.7:1 was refused: its Origin is "https://a.example", while')
    assert second.startswith(
        'a request from 192.0.2.8:1 was refused (2 more before it): its Origin is "https://b????.ex'
    )
    assert len(second) < 800
