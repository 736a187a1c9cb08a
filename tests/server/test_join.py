"""The links of invitations: their form, and the first link, which creates the owner's account."""

import json
import re
import signal
import socket
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest

from parley.core.commands import MakeInvitation
from parley.core.events import MACHINE
from parley.core.tokens import hash_code
from tests.server.api import HOST, Answer, Http, happens
from tests.server.process import Process
from tests.server.server_fixture import Serve, Server


async def invite(server: Server, code: str = "code", **more: object) -> None:
    await happens(server.hub, MakeInvitation(MACHINE, hash_code(code), **more))  # type: ignore[arg-type]


async def submit(server: Server, code: str, headers: dict[str, str] | None = None, **fields: str) -> Answer:
    form = {"Content-Type": "application/x-www-form-urlencoded"} | (headers or {})
    return await Http(server).asks("POST", f"/join/{code}", raw=urlencode(fields).encode(), headers=form)


async def test_the_form_makes_an_account(serve: Serve) -> None:
    server = await serve(access="invite")
    await invite(server)
    page = await Http(server).asks("GET", "/join/code?form")
    assert (page.status, "<form" in page.body.decode()) == (200, True)
    assert "script" not in page.body.decode()
    policy = page.headers["content-security-policy"]
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    welcome = await submit(server, "code", name="ann", password="correct horse")
    assert "Welcome, ann" in welcome.body.decode()
    cookie = welcome.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    http = Http(server)
    http.cookie = cookie.partition("=")[2].partition(";")[0]
    assert (await http.asks("GET", "/api/me")).json["user"]["role"] == "member"
    assert (await Http(server).asks("GET", "/join/code?form")).status == 404  # the link was valid for one use


async def test_the_form_makes_a_guest_unless_the_invitation_has_a_role(serve: Serve) -> None:
    server = await serve(access="invite")
    await invite(server, "guests", uses=0)
    await invite(server, "admins", role="admin")
    assert "Welcome, eve" in (await submit(server, "guests", name="eve")).body.decode()
    refused = await submit(server, "admins", name="bob")
    assert (refused.status, "A password has 8 to 256 characters." in refused.body.decode()) == (422, True)
    assert "Welcome, bob" in (await submit(server, "admins", name="bob", password="battery staple")).body.decode()
    user = server.hub.view.state.user_named("bob")
    assert user is not None
    assert user.role == "admin"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
async def test_a_page_of_another_origin_cannot_send_the_form(server: Server, headers: dict[str, str]) -> None:
    await invite(server)
    answer = await submit(server, "code", headers, name="ann", password="correct horse")
    assert answer.status == 403
    assert server.hub.view.state.user_named("ann") is None
    assert (await submit(server, "code", {"Origin": f"http://{HOST}"}, name="ann", password="12345678")).status == 200


async def test_a_refused_name_is_shown_again_and_escaped(server: Server) -> None:
    await invite(server)
    answer = await submit(server, "code", name='"><script>x</script>', password="correct horse")
    assert answer.status == 422
    assert b"<script>" not in answer.body
    assert b"&lt;script&gt;" in answer.body


async def test_an_oversized_form_is_refused(server: Server) -> None:
    await invite(server)
    assert (await submit(server, "code", name="a" * 20_000)).status == 413


def test_the_first_start_shows_the_owners_link_once_and_never_in_the_log(tmp_path: Path) -> None:
    def start() -> tuple[str, list[str]]:
        with Process("--listen", "127.0.0.1:0", "--data", str(tmp_path), stdout=True) as server:
            server.visit().close()
            server.signals(signal.SIGTERM)
            server.ends()
            return server.stdout, server.lines

    shown, log = start()
    [code] = re.findall(r"http://127\.0\.0\.1:\d+/join/(\S+)", shown)
    assert not any(code in line for line in log)
    assert start()[0] == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no Unix sockets")
def test_the_admin_socket_is_private_and_may_do_everything(tmp_path: Path) -> None:
    with Process("--listen", "127.0.0.1:0", "--data", str(tmp_path), "--access", "members") as server:
        path = tmp_path / "admin.sock"
        assert path.stat().st_mode & 0o777 == 0o600
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(path))
            body = json.dumps({"name": "ann", "password": "correct horse", "role": "owner"}).encode()
            head = ["POST /api/admin/users HTTP/1.1", "Host: x", "Content-Type: application/json", "Connection: close"]
            sock.sendall("\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body)
            answer = b"".join(iter(lambda: sock.recv(65536), b""))
        assert b" 201 " in answer.split(b"\r\n")[0], answer
        server.signals(signal.SIGTERM)
        server.ends()
    assert not path.exists()
