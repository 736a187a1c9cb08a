"""No log line and no file that others can read contains a secret."""

import asyncio
import http.client
import logging
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from parley.core.tokens import hash_token
from parley.gateways.http.api.routes import ROUTES
from parley.storage.sqlite import FILE_NAME, SqliteStore
from tests.security.people import incoming
from tests.server.api import HOST, Http, account
from tests.server.process import Process
from tests.server.server_fixture import DEADLINE, Serve, Server, Web, masked
from tests.server.test_api_security import body_of, path_of

MARK = "s3cret"
"""Part of every password, message and label in these tests."""


class Everything(logging.Handler):
    """Collects the output of all loggers, with all attributes of each record."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("websockets.client"):  # the test's own client
            trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
            self.texts.append(f"{record.getMessage()} {record.args!r} {vars(record)!r} {trace}")


@pytest.fixture
def everything() -> Iterator[list[str]]:
    handler, root = Everything(), logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in ("parley", "uvicorn.error", "asyncio"))]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler.texts
    root.removeHandler(handler)
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


async def by_http(server: Server) -> list[str]:
    """Make valid and invalid requests to all routes. Return the tokens and codes that were created."""
    ann = await account(server, f"ann-{MARK}", "owner")
    room = await ann.room("den", private=True)
    hook = await incoming(ann, "den")
    code = await server.invitation(uses=0)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    nobody = Http(server)
    secrets = [str(ann.token), hook.rpartition("/")[2], code]
    await ann.says(room, f"a {MARK} message")
    await ann.asks("POST", f"/api/rooms/{room}/messages", {"text": f"{MARK}\x00"})
    await ann.asks("POST", f"/api/rooms/{room}/messages", raw=f'{{"text": "{MARK}'.encode())
    await ann.asks("PATCH", f"/api/rooms/{room}", {"topic": MARK})
    await nobody.asks("POST", "/api/session", {"name": "ann", "password": f"wrong {MARK}"})
    await nobody.asks("POST", "/api/session", {"name": f"ann-{MARK}", "password": f"wrong {MARK}" * 50})
    await nobody.asks("POST", "/api/accounts", {"name": "bob", "password": f"{MARK} words"})
    await nobody.asks("POST", "/api/accounts", {"name": "carl", "password": MARK[:3]})
    await nobody.asks("GET", f"/api/me?token={ann.token}")
    await nobody.asks("GET", "/api/me", None, {"Authorization": f"Bearer {MARK}"})
    await nobody.asks("GET", "/api/me", None, {"Authorization": f"Basic {MARK}"})
    await nobody.asks("GET", "/api/me", None, {"Cookie": f"parley_session={MARK}"})
    await nobody.asks("GET", f"/join/{code}?form")
    await nobody.asks("POST", f"/join/{code}", raw=urlencode({"name": "dora", "password": MARK * 2}).encode(),
                      headers=form)  # fmt: skip
    await nobody.asks("POST", f"/join/{code}", raw=urlencode({"name": "!", "password": MARK}).encode(), headers=form)
    await nobody.asks("POST", f"/{hook}", raw=f"built {MARK}".encode(), headers=form)
    await nobody.asks("POST", f"/{hook}", raw=f'{{"text": {MARK}'.encode())
    await nobody.asks("POST", f"/hooks/{MARK}", raw=b"x")
    made = await ann.asks("POST", "/api/admin/users", {"name": "robot", "role": "bot"})
    token = await ann.asks("POST", "/api/admin/tokens", {"user": "robot", "label": "x"})
    link = await ann.asks("POST", "/api/invitations", {"uses": 3})
    out = await ann.asks("POST", f"/api/rooms/{room}/webhooks", {"label": "x", "url": "http://127.0.0.1:9/" + MARK})
    secrets += [made.json["token"], token.json["token"], link.json["code"], out.json["secret"]]
    for route in ROUTES:
        if not route.path.endswith("/events") and route.path not in ("/me", "/session"):
            await ann.asks(route.method, path_of(route, room=room, user="bob", id=999), body_of(route))
    await ann.asks("GET", "/api/me/export")
    garbage = await server.socket()
    await garbage.sends(f"GET /{MARK} HTTP/1.1\r\nHost: x\r\nCookie {MARK}\r\n\r\n".encode())
    await garbage.reads()
    return secrets


async def by_websocket(server: Server) -> list[str]:
    code = await server.invitation(uses=0)
    web: Web = await server.browser()
    await web.sends(t="hello", protocol=1, name="ann", password=f"wrong {MARK}", token=MARK, invitation=code)
    await web.gets_frame()
    web = await server.web("eve", "lobby", invitation=code)
    await web.sends(t="register", id="r", password=f"{MARK} words")
    while (await web.gets_frame()).get("id") != "r":
        pass
    await web.says(1, f"a {MARK} message", "k")
    for raw in (f'{{"t": "send", "text": {MARK}', f'{{"t": "{MARK}"}}', f'{{"t": "hello", "token": 1, "x": "{MARK}"}}'):
        await web.sends_bytes(masked(raw.encode()))
        await web.gets_frame()
    await web.sends_bytes(b"\xff" + MARK.encode() * 10)
    async with asyncio.timeout(DEADLINE):
        await web.socket.wait_closed()
    return [code, str(web.token)]


async def by_line(server: Server) -> list[str]:
    code = await server.invitation(uses=0)
    line = await server.socket()
    await line.says("zoe")
    await line.sees_characters("alias?")
    await line.sees_until("you are now connected!")
    said = [
        "/register {} words",
        "a {} message",
        "/msg eve {}",
        "/{}",
        "/password {}x",
        "/topic {}",
        "/history",
        ".exit {}",
    ]
    await line.says(*(each.format(MARK) for each in said))
    await line.reads()
    line = await server.socket()
    await line.says("zoe", f"wrong {MARK}")
    await line.sees_characters("alias?password?")
    await line.sees("That is not the right name and password.")
    await line.sends(f"{MARK}\xff\x00\n".encode("latin-1"))
    await line.closes()
    return [code]


async def test_no_log_contains_a_secret(serve: Serve, everything: list[str]) -> None:
    server = await serve(rate_messages=0, webhook_allow=["127.0.0.1:9"])
    logging.getLogger("parley").setLevel(logging.DEBUG)
    secrets = [MARK, *await by_http(server), *await by_websocket(server), *await by_line(server)]
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        assert not task.done() or task.exception() is None
    await server.stop()
    secrets += [hash_token(secret).hex() for secret in secrets]
    assert len(everything) > 10
    for text in everything:
        # User names are not secret; this one contains the mark.
        shown = text.replace(f"ann-{MARK}", "")
        for secret in secrets:
            assert secret not in shown


def test_the_output_of_a_running_server_contains_no_secret(tmp_path: Path) -> None:
    with Process("--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"), "--log", "json") as server:

        def ask(method: str, path: str, body: str = "", **headers: str) -> bytes:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            connection.request(method, path, body, {"Content-Type": "application/json", "Host": HOST, **headers})
            answer = connection.getresponse().read()
            connection.close()
            return answer

        made = ask("POST", "/api/accounts", f'{{"name": "ann", "password": "{MARK} words", "bearer": true}}')
        found = re.search(rb'"token":"([\w-]+)"', made)
        assert found, made
        token = found[1].decode()
        ask("POST", "/api/session", f'{{"name": "ann", "password": "wrong {MARK}"}}')
        ask("POST", "/api/rooms/lobby/messages", f'{{"text": "{MARK}"}}', Authorization=f"Bearer {token}")
        ask("GET", f"/join/{MARK}?{token}")
        ask("POST", f"/hooks/{MARK}")
        with server.visit() as sock:
            sock.sendall(f"GET /{MARK} HTTP/1.1\r\nCookie {MARK}\r\n\r\n".encode())
            assert b" 400 " in sock.recv(1_000)
    assert server.lines
    written = "\n".join(server.lines)
    assert MARK not in written
    assert token not in written


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes on Windows")
def test_files_with_secrets_are_readable_by_their_owner_only_in_any_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(0o755)
    (folder / FILE_NAME).touch(0o644)
    before = os.umask(0o022)
    try:
        with Process("--listen", "127.0.0.1:0", "--data", str(folder), "--tls", "auto") as server:
            server.visit().close()
            modes = {path.name: path.stat().st_mode & 0o777 for path in folder.rglob("*")}
    finally:
        os.umask(before)
    assert {"key.pem", FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", "admin.sock"} <= modes.keys()
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077 and name != "tls"} == {}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes on Windows")
def test_a_new_data_folder_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    with Process("--listen", "127.0.0.1:0", "--data", str(tmp_path / "new" / "data")) as server:
        server.visit().close()
    assert (tmp_path / "new" / "data").stat().st_mode & 0o077 == 0


async def test_secrets_are_stored_as_hashes(serve: Serve) -> None:
    server = await serve(rate_messages=0, webhook_allow=["127.0.0.1:9"])
    ann = await account(server, "ann", "owner")
    await ann.room("den")
    hook = await incoming(ann, "den")
    code = (await ann.asks("POST", "/api/invitations", {})).json["code"]
    password = "correct horse battery"
    await server.close()
    SqliteStore(server.folder / FILE_NAME).close()
    data = b"".join(path.read_bytes() for path in server.folder.glob(f"{FILE_NAME}*"))
    secrets: list[Any] = [ann.token, hook.rpartition("/")[2], code, password]
    for secret in secrets:
        assert str(secret).encode() not in data
    assert b"$argon2id$v=19$m=19456,t=2,p=1$" in data
