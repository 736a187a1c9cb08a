"""Guests whose client makes the token. If the answer to a hello is lost, the client repeats it and gets the same guest
and name.
"""

import asyncio
import secrets
from typing import Any

import pytest

from parley.core.commands import ClaimName
from parley.core.events import MACHINE
from parley.core.tokens import hash_token
from tests.server.api import PASSWORD, Answer, Http, guest
from tests.server.server_fixture import Serve, Server, Web, until


def new_token() -> str:
    return secrets.token_hex(32)


async def hello(server: Server, name: str, token: str, **fields: Any) -> tuple[Web, dict[str, Any]]:
    """Send a hello with a token of the client's own, and return the answer."""
    web = await server.browser()
    await web.sends(t="hello", protocol=1, name=name, new_token=token, **fields)
    return web, await web.gets_frame()


async def enter(server: Server, name: str, token: str, **fields: Any) -> Answer:
    return await Http(server).asks("POST", "/api/guests", {"name": name, "new_token": token, **fields})


async def test_a_hello_whose_answer_is_lost_can_be_repeated(server: Server) -> None:
    token = new_token()
    lost, _ = await hello(server, "bob", token)
    await lost.aborts()
    await until(lambda: not server.hub.connections)
    bob, ready = await hello(server, "bob", token)
    assert (ready["t"], ready["user"]["id"], ready["token"]) == ("ready", server.user("bob"), token)
    await bob.joins("lobby")
    # From now on this token belongs to the guest.
    again = await server.browser()
    await again.sends(t="hello", protocol=1, token=token)
    assert (await again.gets_frame())["user"]["id"] == server.user("bob")
    assert [user.name for user in server.hub.view.state.users.values()] == ["bob"]


async def test_the_same_hello_at_the_same_time_is_one_guest(server: Server) -> None:
    token = new_token()
    answers = await asyncio.gather(*(hello(server, "bob", token) for _ in range(5)))
    assert [answer["t"] for _, answer in answers] == ["ready"] * 5
    assert {answer["user"]["id"] for _, answer in answers} == {server.user("bob")}


async def test_the_same_token_under_another_name_is_still_the_same_guest(server: Server) -> None:
    token = new_token()
    answers = await asyncio.gather(*(hello(server, name, token) for name in ("bob", "bobby")))
    assert len({answer["user"]["id"] for _, answer in answers}) == 1
    _, ready = await hello(server, "robert", token)
    assert ready["user"] == answers[0][1]["user"]
    assert server.hub.writer.failing is None


async def test_a_repeated_hello_finds_a_guest_who_was_away_for_too_long(serve: Serve) -> None:
    server = await serve(guest_hold=0)
    token = new_token()
    lost, ready = await hello(server, "bob", token)
    await lost.aborts()
    await until(lambda: not server.hub.view.state.users)
    _, again = await hello(server, "bob", token)
    assert again["user"] == ready["user"]
    # Somebody else may have got the name meanwhile.
    other = new_token()
    lost, _ = await hello(server, "eve", other)
    await lost.aborts()
    await until(lambda: len(server.hub.view.state.users) == 1)
    await server.web("eve")
    web, refused = await hello(server, "eve", other)
    assert refused["code"] == "name_taken"
    await web.sends(t="hello", protocol=1, name="evelyn", new_token=other)
    assert (await web.gets_frame())["user"]["name"] == "evelyn"


async def test_a_repeated_hello_is_known_after_a_restart(serve: Serve) -> None:
    token = new_token()
    server = await serve()
    _, ready = await hello(server, "bob", token)
    await server.close()
    server = await serve()
    _, again = await hello(server, "bob", token)
    assert (again["t"], again["user"]) == ("ready", ready["user"])


async def test_another_token_does_not_get_the_name(server: Server) -> None:
    await hello(server, "bob", new_token())
    _, refused = await hello(server, "bob", new_token())
    assert refused["code"] == "name_taken"
    assert (await enter(server, "bob", new_token())).code == "name_taken"


async def test_an_invitation_is_used_once(serve: Serve) -> None:
    server = await serve(access="invite")
    code, token = await server.invitation(uses=1), new_token()
    for _ in range(2):
        web, ready = await hello(server, "bob", token, invitation=code)
        assert ready["t"] == "ready"
        await web.aborts()
    assert (await enter(server, "bob", token, invitation=code)).status == 200
    _, refused = await hello(server, "eve", new_token(), invitation=code)
    assert refused["code"] == "invitation_unknown"


async def test_a_token_that_is_not_good_any_more_starts_nobody_else(server: Server) -> None:
    token = new_token()
    bob = Http(server, token)
    assert (await enter(server, "bob", token)).status == 201
    made = await bob.asks("POST", "/api/accounts", {"name": "bob", "password": PASSWORD, "bearer": True})
    assert made.status == 201
    assert (await Http(server, made.json["token"]).asks("DELETE", "/api/me/sessions")).status == 204
    _, refused = await hello(server, "robert", token)
    assert refused["code"] == "token_unknown"
    assert (await enter(server, "robert", token)).code == "token_unknown"


@pytest.mark.parametrize(
    "weak", ["", "0" * 64, "0123456" * 9 + "0", "Z" * 64, "ab" * 31, "A1B2C3D4E5F6A7B8" * 4, "5" * 65]
)
async def test_a_token_that_is_not_random_enough_is_refused(server: Server, weak: str) -> None:
    web, refused = await hello(server, "bob", weak)
    assert refused["code"] == "frame_invalid"
    assert "64 random hexadecimal digits" in refused["message"]
    await web.sends(t="hello", protocol=1, name="bob", new_token=new_token())
    assert (await web.gets_frame())["t"] == "ready"
    answer = await enter(server, "eve", weak)
    assert (answer.status, answer.code) == (400, "frame_invalid")


async def test_a_token_of_the_server_can_not_be_given_as_ones_own(server: Server) -> None:
    http = await guest(server, "ann")
    assert http.token
    _, refused = await hello(server, "bob", server.api.new_token())
    assert refused["code"] == "frame_invalid"
    assert server.hub.writer.failing is None


async def test_the_token_is_stored_as_a_hash_and_not_logged(server: Server) -> None:
    token = new_token()
    await hello(server, "bob", token)
    await enter(server, "eve", token)
    stored = b"".join(file.read_bytes() for file in server.folder.iterdir())
    assert token.encode() not in stored
    assert not [line for line in server.log if token in line]


def test_only_the_hash_of_the_token_is_a_key_of_somebody_without_an_id() -> None:
    token = hash_token(new_token())
    assert ClaimName("bob", token=token, key=token.hex()).actor == MACHINE
    assert ClaimName("bob", token=token, key="k").actor == 0
    assert ClaimName("bob", token=token).actor == 0
    assert ClaimName("bob", 7, token, key=token.hex()).actor == 0


# The HTTP API


async def test_a_request_whose_answer_is_lost_can_be_repeated(server: Server) -> None:
    token = new_token()
    answers = await asyncio.gather(*(enter(server, "bob", token) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [200, 200, 200, 201]
    assert {answer.json["token"] for answer in answers} == {token}
    assert {answer.json["user"]["id"] for answer in answers} == {server.user("bob")}
    # The WebSocket accepts the same token.
    _, ready = await hello(server, "bob", token)
    assert ready["user"]["id"] == server.user("bob")


async def test_a_browser_gets_the_cookie_again(server: Server) -> None:
    token = new_token()
    first, again = [await enter(server, "bob", token, bearer=False) for _ in range(2)]
    assert (first.status, again.status) == (201, 200)
    assert first.headers["set-cookie"] == again.headers["set-cookie"]
    assert "token" not in again.json


async def test_an_idempotency_key_in_the_header_is_ignored(server: Server) -> None:
    header, token = {"Idempotency-Key": "k"}, new_token()
    for name, own in (("bob", token), ("bob", token), ("eve", new_token())):
        body = {"name": name, "new_token": own}
        answer = await Http(server).asks("POST", "/api/guests", body, header)
        assert answer.json["user"]["id"] == server.user(name)
    # A request without a token must not use up a key of the machine's owner.
    await Http(server).asks("POST", "/api/guests", {"name": "zoe"}, header)
    assert server.hub.writer._recent.find((MACHINE, "k")) is None
