"""Webhooks on a real server: incoming and outgoing."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote_plus

import apsw
import pytest

from parley.storage.sqlite import FILE_NAME
from tests.server.api import Answer, Http, account, guest
from tests.server.server_fixture import DEADLINE, Serve, Server, until


async def incoming(owner: Http, room: str, label: str = "builds") -> str:
    """Make an incoming webhook; return the path of its URL."""
    made = await owner.asks("POST", f"/api/rooms/{room}/webhooks", {"label": label})
    assert made.status == 201, made
    assert made.json["webhook"]["direction"] == "in"
    return str(made.json["url"].partition("//")[2].partition("/")[2])


async def post(
    server: Server, path: str, body: str, kind: str = "application/x-www-form-urlencoded", **more: str
) -> Answer:
    return await Http(server).asks("POST", f"/{path}", raw=body.encode(), headers={"Content-Type": kind, **more})


async def test_curl_posts_a_message_as_a_bot(server: Server) -> None:
    ann = await account(server, "ann")
    room = await ann.room("builds-room")
    path = await incoming(ann, "builds-room")
    assert (await post(server, path, "the build is green")).body == b"ok"
    assert (await ann.reads(room))[-1][1] == "the build is green"
    users = server.hub.view.state
    bot = users.user_named("builds")
    assert bot is not None
    assert bot.role == "bot"


SLACK = '{"text": "<https://e.example/1|build 1> a &lt; b"}'


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ('{"text": "from slack", "channel": "#x", "attachments": []}', "application/json", "from slack"),
        (SLACK, "application/json; charset=utf-8", "[build 1](https://e.example/1) a < b"),
        (SLACK, "text/plain", "[build 1](https://e.example/1) a < b"),
        (
            f"token=a&payload={quote_plus(SLACK)}",
            "application/x-www-form-urlencoded",
            "[build 1](https://e.example/1) a < b",
        ),
        ('{"attachments": [{"title": "a", "text": "b"}]}', "application/json", "**a**\nb"),
        ('{"text": "two\\r\\nlines\\u2028more"}', "application/json", "two\nlines\nmore"),
        ("two\r\nlines\r\n", "text/plain", "two\nlines"),
        ("a\x00b", "text/plain", "ab"),
        ("a=b&c=d %41\r\n", "application/x-www-form-urlencoded", "a=b&c=d %41"),
        ("grüße", "text/plain", "grüße"),
        ('{"words": "x"}', "application/json", '```json\n{"words": "x"}\n```'),
        ("x" * 70_000, "text/plain", "x" * 7_986 + "\n… (shortened)"),
        ("line\n" * 600, "text/plain", "line\n" * 499 + "… (shortened)"),
    ],
)
async def test_payloads_and_their_messages(server: Server, body: str, kind: str, said: str) -> None:
    ann = await account(server, "ann")
    room = await ann.room("r")
    path = await incoming(ann, "r")
    answer = await post(server, path, body, kind)
    assert (answer.status, answer.body) == (200, b"ok")
    assert (await ann.reads(room))[-1][1] == said


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("", "text/plain", 422),
        ("{", "application/json", 400),
        ('{"text": "", "attachments": []}', "application/json", 422),
        ("[" * 5_000, "application/json", 400),
        ("x", "text/plain; charset=zip", 415),
        ("x" * 1_048_577, "text/plain", 413),
        ("\x00", "text/plain", 422),
    ],
)
async def test_payloads_that_are_refused(server: Server, body: str, kind: str, status: int) -> None:
    ann = await account(server, "ann")
    room = await ann.room("r")
    path = await incoming(ann, "r")
    before = await ann.reads(room)
    answer = await post(server, path, body, kind)
    assert answer.status == status, answer
    assert answer.body.decode().endswith(".\n")
    assert await ann.reads(room) == before


@pytest.mark.parametrize("header", ["Idempotency-Key", "X-GitHub-Delivery", "X-Gitlab-Event-UUID", "Webhook-Id"])
async def test_a_retry_of_a_delivery_is_the_same_message(server: Server, header: str) -> None:
    ann = await account(server, "ann")
    room = await ann.room("r")
    path = await incoming(ann, "r")
    for _ in range(2):
        answer = await post(server, path, "once", **{header: "72d3162e-cc78-11e3-81ab-4c9367dc0958"})
        assert (answer.status, answer.body) == (200, b"ok")
    assert [text for _, text in await ann.reads(room)].count("once") == 1


async def test_a_used_delivery_id_with_another_body_is_refused(server: Server) -> None:
    ann = await account(server, "ann")
    room = await ann.room("r")
    path = await incoming(ann, "r")
    assert (await post(server, path, "one", **{"Webhook-Id": "msg_1"})).status == 200
    answer = await post(server, path, "two", **{"Webhook-Id": "msg_1"})
    assert (answer.status, "used before" in answer.body.decode()) == (422, True)
    assert (await ann.reads(room))[-1][1] == "one"


async def test_slow_mode_asks_a_tool_to_try_again(server: Server) -> None:
    ann = await account(server, "ann")
    room = await ann.room("r")
    path = await incoming(ann, "r")
    assert (await ann.asks("PATCH", f"/api/rooms/{room}", {"slow": 60})).status == 200
    assert (await post(server, path, "one")).status == 200
    answer = await post(server, path, "two")
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60


async def test_a_slash_after_the_token_redirects_nowhere(server: Server) -> None:
    ann = await account(server, "ann")
    room = await ann.room("r")
    path = await incoming(ann, "r")
    for slashes in ("/", "//"):
        answer = await post(server, path + slashes, f"with {slashes}")
        assert (answer.status, answer.body) == (200, b"ok")
        assert (await ann.reads(room))[-1][1] == f"with {slashes}"
    for each in (
        "/hooks/nothing/",
        "/join/nothing/",
        "/connect/",
        "/nowhere/",
        "/r/lobby/",
        "/r",
        "/hooks/",
        "//e.example/",
    ):
        for method in ("GET", "POST"):
            answer = await Http(server).asks(method, each)
            assert answer.status not in range(300, 400), (method, each, answer)
            assert "location" not in answer.headers


@pytest.mark.parametrize(("value", "called"), [("members", True), ("moderators", False), ("nobody", False)])
async def test_the_room_decides_whether_a_webhook_calls_everybody(server: Server, value: str, called: bool) -> None:
    ann = await account(server, "ann")
    room = await ann.room("r")
    path = await incoming(ann, "r")
    await ann.asks("PATCH", f"/api/rooms/{room}", {"calls": value})
    for body in ('{"text": "<!channel> fire"}', "@room fire"):
        assert (await post(server, path, body)).body == b"ok"
        [*_, last] = (await ann.asks("GET", f"/api/rooms/{room}/messages")).json["events"]
        assert last["text"] == "@room fire"
        assert (last.get("mentions") == [0]) is called


async def test_a_removed_url_is_unknown(server: Server) -> None:
    ann = await account(server, "ann")
    await ann.room("r")
    path = await incoming(ann, "r")
    [hook] = (await ann.asks("GET", "/api/rooms/r/webhooks")).json["webhooks"]
    assert (await ann.asks("DELETE", f"/api/rooms/r/webhooks/{hook['id']}")).status == 204
    gone, never = await post(server, path, "hi"), await post(server, "hooks/nothing", "hi")
    assert (gone.status, gone.body) == (never.status, never.body) == (404, b"There is no such webhook here.\n")
    # The token of an account does not work as the token of a webhook.
    person = await post(server, f"hooks/{ann.token}", "hi")
    assert (person.status, person.body) == (404, never.body)


async def test_only_owners_make_webhooks_and_others_do_not_see_private_rooms(server: Server) -> None:
    ann, eve = await account(server, "ann"), await account(server, "eve")
    await ann.room("open")
    secret = await ann.room("secret", private=True)
    await eve.joins("open")
    for method, path, body in (("GET", "", None), ("POST", "", {"label": "x"}), ("DELETE", "/out-1", None)):
        assert (await eve.asks(method, f"/api/rooms/open/webhooks{path}", body)).code == "not_allowed"
        hidden = await eve.asks(method, f"/api/rooms/{secret}/webhooks{path}", body)
        missing = await eve.asks(method, f"/api/rooms/999/webhooks{path}", body)
        assert (hidden.status, hidden.body) == (missing.status, missing.body)


# Outgoing


@asynccontextmanager
async def endpoint(*statuses: int) -> AsyncIterator[tuple[int, list[tuple[dict[str, str], bytes]]]]:
    """Run an endpoint that answers with these statuses, and then with 204. Yield its port and the requests it gets."""
    got: list[tuple[dict[str, str], bytes]] = []
    answers = list(statuses)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
                got.append((headers, await reader.readexactly(int(headers["content-length"]))))
                status = answers.pop(0) if answers else 204
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1], got
    finally:
        listening.close()


async def test_events_are_delivered_in_order_and_signed(serve: Serve) -> None:
    server = await serve(webhook_allow=["127.0.0.1/32"])
    ann = await account(server, "ann")
    room = await ann.room("r")
    async with endpoint(500) as (port, got):
        made = await ann.asks(
            "POST", "/api/rooms/r/webhooks", {"label": "ci", "url": f"http://127.0.0.1:{port}/in", "kinds": ["message"]}
        )
        assert made.status == 201, made
        secret = made.json["secret"]
        await ann.says(room, "one")
        await until(lambda: len(got) == 2)  # the first attempt failed
        await ann.says(room, "two")
        await until(lambda: len(got) == 3)
        texts = [body for _, body in got]
        assert b'"one"' in texts[0]
        assert b'"one"' in texts[1]
        assert b'"two"' in texts[2]
        for headers, body in got:
            signed = hmac.new(secret.encode(), headers["parley-timestamp"].encode() + b"." + body, hashlib.sha256)
            assert headers["parley-signature"] == f"v1={signed.hexdigest()}"
        hooks = (await ann.asks("GET", "/api/rooms/r/webhooks")).json["webhooks"]
        assert [(hook["direction"], hook["url"].endswith("/in")) for hook in hooks] == [("out", True)]
        assert (await ann.asks("DELETE", f"/api/rooms/r/webhooks/{hooks[0]['id']}")).status == 204
        await ann.says(room, "three")
        assert (await ann.asks("GET", "/api/rooms/r/webhooks")).json["webhooks"] == []
    assert not any(b"three" in body for _, body in got)
    assert not any(secret in line for line in server.log)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[::1]/", "ftp://x/", "http://localhost/", "nonsense"])
async def test_a_forbidden_url_is_refused(server: Server, url: str) -> None:
    ann = await account(server, "ann")
    await ann.room("r")
    refused = await ann.asks("POST", "/api/rooms/r/webhooks", {"label": "x", "url": url})
    if url != "http://localhost/":  # names are resolved only when an event is sent
        assert refused.code == "value_invalid", refused


async def test_a_failing_webhook_is_parked_and_can_be_resumed(serve: Serve) -> None:
    server = await serve(webhook_allow=["127.0.0.1/32"])
    ann = await account(server, "ann")
    room = await ann.room("r")
    async with endpoint(410) as (port, got):
        body = {"label": "ci", "url": f"http://127.0.0.1:{port}/"}
        id_ = (await ann.asks("POST", "/api/rooms/r/webhooks", body)).json["webhook"]["id"]
        await ann.says(room, "one")

        async def parked() -> bool:
            [hook] = (await ann.asks("GET", "/api/rooms/r/webhooks")).json["webhooks"]
            return "parked" in hook

        async with asyncio.timeout(DEADLINE):
            while not await parked():
                pass
        assert len(got) == 1
        assert (await ann.asks("POST", f"/api/rooms/r/webhooks/{id_}/resume")).status == 204
        await until(lambda: len(got) == 2)
        assert b'"one"' in got[1][1]


async def test_a_guest_makes_no_webhook_in_somebody_elses_room(server: Server) -> None:
    bob = await guest(server, "bob")
    await bob.joins("lobby")
    assert (await bob.asks("POST", "/api/rooms/lobby/webhooks", {"label": "x"})).code == "not_allowed"


async def test_a_webhook_ends_when_its_owner_leaves_the_room(serve: Serve) -> None:
    server = await serve(webhook_allow=["127.0.0.1/32"])
    ann, bob = await account(server, "ann"), await account(server, "bob")
    room = await ann.room("den", private=True)
    await ann.asks("POST", f"/api/rooms/{room}/invitations", {"user": "bob"})
    await bob.joins(room)
    assert (await ann.asks("PUT", f"/api/rooms/{room}/members/bob/role", {"role": "owner"})).status == 204
    async with endpoint() as (port, got):
        body = {"label": "ci", "url": f"http://127.0.0.1:{port}/", "kinds": ["message"]}
        assert (await bob.asks("POST", f"/api/rooms/{room}/webhooks", body)).status == 201
        await ann.says(room, "while he is there")
        await until(lambda: len(got) == 1)
        connection = apsw.Connection(str(server.folder / FILE_NAME))
        [row] = connection.execute("SELECT * FROM hooks").fetchall()
        assert (await bob.asks("DELETE", f"/api/rooms/{room}/members/me")).status == 204
        await until(lambda: connection.execute("SELECT count(*) FROM hooks").get == 0)
        await ann.says(room, "when he is not")
        assert (await ann.asks("GET", f"/api/rooms/{room}/webhooks")).json["webhooks"] == []
        # If the server was killed before it removed the webhook, the webhook is still stored. The next server must not
        # deliver to it.
        await server.close()
        connection.execute(f"INSERT INTO hooks VALUES ({','.join('?' * len(row))})", row)
        await server.open()
        await until(lambda: connection.execute("SELECT count(*) FROM hooks").get == 0)
        connection.close()
        await ann.says(room, "nor later")
    assert len(got) == 1
