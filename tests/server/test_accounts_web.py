"""Accounts and access to the server on the web gateway, over real sockets."""

import asyncio
import json
import logging
from typing import Any

import pytest

from parley.core.commands import (
    DeleteAccount,
    Disable,
    MakeInvitation,
    Register,
    RevokeInvitation,
    SetPassword,
    SignIn,
    SignOut,
)
from parley.core.events import MACHINE
from parley.core.refusals import SENTENCES, Refusal
from parley.core.tokens import hash_code, hash_token
from parley.server.auth.authenticator import Authenticator
from tests.server.api import Http
from tests.server.server_fixture import ANY, Serve, Server, Web, password_of, until

READY = {"t": "ready", "protocol": 1, "server": ANY, "rooms": ANY, "limits": ANY, "token": ANY}


async def hello(server: Server, **fields: Any) -> Web:
    web = await server.browser()
    await web.sends(t="hello", protocol=1, **fields)
    return web


async def refused(server: Server, code: str, **fields: Any) -> Web:
    web = await hello(server, **fields)
    await web.gets_error(code, **({"retry_after": ANY} if code == "sign_in_throttled" else {}))
    return web


async def is_expelled(web: Web, code: str = "session_unknown") -> None:
    await web.gets_error(code)
    await web.gets(t="bye", reason="session")
    assert await web.is_closed() == 1008


# Signing in


async def test_an_account_signs_in_by_password_and_then_by_token(server: Server) -> None:
    user = await server.account("bob")
    bob = await refused(server, "password_needed", name="bob")
    await bob.sends(t="hello", protocol=1, name="bob", password="wrong")
    await bob.gets_error("sign_in_wrong")
    await bob.sends(t="hello", protocol=1, name="BOB", password=password_of("bob"))
    ready = await bob.gets(**READY, user={"id": user, "name": "bob", "role": "member"})
    assert ready["token"]
    again = await hello(server, token=ready["token"])
    await again.gets(**{**READY, "token": None}, user={"id": user, "name": "bob", "role": "member"})


async def test_after_a_restart_guesses_from_other_addresses_do_not_lock_out_an_address_with_a_session(
    serve: Serve,
) -> None:
    server = await serve()
    await server.account("bob")
    bob = await server.web("bob", password=password_of("bob"))
    await bob.aborts()
    await server.close()
    server = await serve()
    credentials = server.hub.authenticator
    for number in range(25):
        await credentials.sign_in("bob", "a guess", f"198.51.100.{number}")
    refusal = await credentials.sign_in("bob", password_of("bob"), "127.0.0.1")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "sign_in_throttled"
    await server.web(token=bob.token)
    assert await credentials.sign_in("bob", password_of("bob"), "127.0.0.1") == server.user("bob")


async def test_an_account_stays_in_its_rooms_and_gets_missed_events(serve: Serve) -> None:
    server = await serve(guest_hold=0)
    await server.account("bob")
    bob = await server.web("bob", "lobby", password=password_of("bob"))
    epoch = server.hub.view.state.rooms[1].epoch
    eve = await server.web("eve", "lobby")
    await bob.gets_events(1, 3)
    await bob.aborts()
    await until(lambda: not server.connections("bob"))
    await eve.says(1, "hi", "k")
    bob = await server.web(token=bob.token, seen=[{"room": 1, "epoch": epoch, "seq": 3}])
    assert [event["text"] for event in await bob.gets_events(1, 4)] == ["hi"]


async def test_a_guest_registers_and_keeps_id_rooms_and_token(
    server: Server,
) -> None:
    bob = await server.web("bob", "lobby")
    await bob.says(1, "before", "k")
    await bob.sends(t="register", id="1", password="correct horse")
    assert (await bob.gets_answer()) == {"t": "done", "id": "1"}
    again = await server.web(token=bob.token)
    assert again.ready["user"] == {"id": bob.ready["user"]["id"], "name": "bob", "role": "member"}
    assert [room["name"] for room in again.ready["rooms"]] == ["lobby"]
    by_password = await server.web("bob", password="correct horse")
    assert by_password.ready["user"]["id"] == bob.ready["user"]["id"]


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
async def test_an_invalid_password_is_refused(server: Server, password: str) -> None:
    bob = await server.web("bob")
    await bob.sends(t="register", id="1", password=password)
    await bob.gets_error("password_invalid", id="1")


async def test_an_observer_cannot_register(server: Server) -> None:
    web = await server.web()
    await web.sends(t="register", id="1", password="correct horse")
    await web.gets_error("name_needed", id="1")


async def test_a_password_decides_the_account_whatever_token_comes_with_it(server: Server) -> None:
    """An attacker who puts their own token into a browser must not get the session of the user who signs in."""
    await server.account("bob")
    mallory = await server.web("mallory")
    bob = await server.web("bob", token=mallory.token, password=password_of("bob"))
    assert bob.ready["user"]["name"] == "bob"
    assert bob.token not in (None, mallory.token)
    web = await hello(server, name="bob", token=mallory.token, password="wrong")
    await web.gets_error("sign_in_wrong")


async def test_each_sign_in_gets_a_new_token(server: Server) -> None:
    await server.account("bob")
    tokens = {(await server.web("bob", password=password_of("bob"))).token for _ in range(3)}
    assert len(tokens) == 3
    assert None not in tokens


async def test_guesses_are_throttled_for_unknown_names_as_well(server: Server) -> None:
    await server.account("bob")
    for name in ("bob", "nobody"):
        web = await server.browser()
        for _ in range(5):
            await web.sends(t="hello", protocol=1, name=name, password="a guess")
            await web.gets_error("sign_in_wrong")
        await web.sends(t="hello", protocol=1, name=name, password=password_of("bob"))
        error = await web.gets_error("sign_in_throttled", retry_after=ANY)
        assert 0 < error["retry_after"] <= 1_001


async def test_a_sign_in_with_an_unknown_name_takes_the_same_steps(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.account("bob")
    steps: list[str] = []
    store, verify = server.store, Authenticator._verify
    read = store.password

    def password(user: int) -> str | None:
        steps.append("read")
        return read(user)

    async def password_checked(self: Authenticator, hashed: str | None, password: str) -> object:
        steps.append("verified")
        return await verify(self, hashed, password)

    monkeypatch.setattr(store, "password", password)
    monkeypatch.setattr(Authenticator, "_verify", password_checked)
    for name in ("bob", "nobody"):
        steps.clear()
        await refused(server, "sign_in_wrong", name=name, password="a guess")
        assert steps == ["read", "verified"]


async def test_the_log_contains_no_password_and_no_token(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = await serve()
    await server.account("ann")
    ann = await server.web("ann", "lobby", password=password_of("ann"))
    await refused(server, "sign_in_wrong", name="ann", password="wrong-secret")
    await refused(server, "token_unknown", token="unknown-secret")
    bob = await server.web("bob", "lobby")
    await bob.sends(t="register", id="1", password="registered-secret")
    assert (await bob.gets_answer())["t"] == "done"
    await bob.says(1, "said-secret", "k")
    line = await server.member("bob", "registered-secret")
    await line.says("/password changed-secret")
    await line.sees("Done. Your other sessions have ended.")
    await line.says("/password secret")  # too short
    await line.sees(SENTENCES["password_invalid"])
    await server.invitation()
    await server.stop()
    # Leave out the log of the test's own client, which logs what it sends.
    records = [record for record in caplog.records if not record.name.startswith("websockets.client")]
    texts = [record.getMessage() + repr(record.args) + repr(vars(record)) for record in records]
    assert texts
    for text in texts:
        assert "secret" not in text
        for token in (ann.token, bob.token):
            assert str(token) not in text
            assert hash_token(str(token)).hex() not in text


# The end of a session


async def test_a_revoked_session_ends_its_connections_and_no_others(server: Server) -> None:
    user = await server.account("bob")
    one = await server.web("bob", "lobby", password=password_of("bob"))
    same = await server.web(token=one.token)
    other = await server.web("bob", password=password_of("bob"))
    assert one.token
    await server.does(SignOut(user, hash_token(one.token)))
    await is_expelled(one)
    await is_expelled(same)
    await other.says(1, "still here", "k")
    await refused(server, "token_unknown", token=one.token)


async def test_a_password_change_ends_all_sessions_but_its_own(server: Server) -> None:
    user = await server.account("bob")
    one = await server.web("bob", "lobby", password=password_of("bob"))
    other = await server.web("bob", password=password_of("bob"))
    hashed = await server.hub.authenticator.hash_password("battery staple")
    assert isinstance(hashed, str)
    assert one.token
    await server.does(SetPassword(user, hashed, but=hash_token(one.token)))
    await is_expelled(other)
    await one.says(1, "still here", "k")
    await refused(server, "sign_in_wrong", name="bob", password=password_of("bob"))
    await server.web("bob", password="battery staple")


async def test_a_password_change_during_a_sign_in_refuses_the_old_password(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await server.account("bob")
    sign_in = Authenticator.sign_in

    async def overtaken(self: Authenticator, name: str, password: str, address: str) -> int | Refusal:
        found = await sign_in(self, name, password, address)
        # The change is submitted, but not on disk yet, when the check of the old password succeeds.
        server.hub.ask(SetPassword(user, "another hash"))
        return found

    monkeypatch.setattr(Authenticator, "sign_in", overtaken)
    monkeypatch.setattr(server.api, "sign_in", server.hub.authenticator.sign_in)
    await refused(server, "sign_in_wrong", name="bob", password=password_of("bob"))
    await server.does(SetPassword(user, await hashed(server, "bob")))
    answer = await Http(server).asks("POST", "/api/session", {"name": "bob", "password": password_of("bob")})
    assert answer.code == "sign_in_wrong"
    assert await server.hub.authenticator.sessions(user) == []


async def hashed(server: Server, name: str) -> str:
    """Return the hash of the password that `Server.account` gives."""
    found = await server.hub.authenticator.hash_password(password_of(name))
    assert isinstance(found, str)
    return found


async def test_a_client_gets_nothing_after_its_session_ends_even_if_it_stays_connected(server: Server) -> None:
    user = await server.account("bob")
    bob = await server.web("bob", "lobby", password=password_of("bob"))
    eve = await server.web("eve", "lobby")
    await bob.gets_events(1, 3)
    [connection] = server.connections("bob")
    bob.transport.pause_reading()  # the client does not even read the close frame
    await server.does(SignOut(user, None))
    assert connection.cursors == ()
    await eve.says(1, "among us", "k")
    other = await server.web("bob", "tea", password=password_of("bob"))
    await other.says(server.room("tea"), "to myself", "k")
    assert connection.cursors == ()
    bob.transport.resume_reading()
    await is_expelled(bob)


async def test_a_slow_reader_is_told_that_its_session_has_ended(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    user = await server.account("eve")
    eve = await server.web("eve", "lobby", password=password_of("eve"))
    bob = await server.web("bob", "lobby")
    connection = server.stalls("eve", eve)
    for number in range(200):
        await bob.says(1, "x" * 8_000, f"k{number}")
    other = await server.web("eve", password=password_of("eve"))
    await other.sends(t="leave", id="1", room=1)
    while (await other.gets_frame()).get("id") != "1":
        pass
    assert connection._endings
    await server.does(SignOut(user, None))
    eve.transport.resume_reading()
    while (frame := await eve.gets_frame())["t"] in ("events", "signal"):
        pass
    assert frame["code"] == "session_unknown"


@pytest.mark.parametrize("asked", ["join", "create", "send"])
async def test_a_command_in_the_commit_that_ends_its_session_opens_no_stream(server: Server, asked: str) -> None:
    user = await server.account("bob")
    bob = await server.web("bob", "lobby", password=password_of("bob"))
    [connection] = server.connections("bob")
    frames = {
        "join": {"t": "join", "id": "1", "name": "tea"},
        "create": {"t": "create", "id": "1", "name": "tea", "private": True},
        "send": {"t": "send", "key": "1", "room": 1, "text": "hi"},
    }
    # Both commands are submitted in one turn of the loop, so they are in one commit.
    connection.perform(connection._session.receive(json.dumps(frames[asked]).encode()))
    await server.does(SignOut(user, None))
    await is_expelled(bob)
    assert connection.cursors == ()


async def test_a_disabled_account_gets_the_reason_on_the_web(server: Server) -> None:
    user = await server.account("bob")
    bob = await server.web("bob", "lobby", password=password_of("bob"))
    await server.does(Disable(MACHINE, user, True))
    await is_expelled(bob, "account_disabled")
    await refused(server, "account_disabled", name="bob", password=password_of("bob"))
    await refused(server, "sign_in_wrong", name="bob", password="wrong")
    await refused(server, "token_unknown", token=bob.token)
    await server.does(Disable(MACHINE, user, False))
    await refused(server, "token_unknown", token=bob.token)  # enabling the account does not restore its sessions
    await server.web("bob", password=password_of("bob"))


@pytest.mark.parametrize("end", ["sign out", "delete", "disable"])
async def test_a_session_may_begin_and_end_in_one_commit(server: Server, end: str) -> None:
    user = await server.account("bob")
    bob = await server.browser()
    submit, hub = server.hub.writer.submit, server.hub

    def together(command: Any, submitter: Any, tag: object = None) -> None:
        submit(command, submitter, tag)
        if type(command) is SignIn:
            ends = {
                "sign out": SignOut(user, None),
                "delete": DeleteAccount(user, True),
                "disable": Disable(MACHINE, user, True),
            }
            submit(ends[end], hub)

    server.hub.writer.submit = together  # type: ignore[method-assign]
    await bob.sends(t="hello", protocol=1, name="bob", password=password_of("bob"))
    while (found := await bob.gets_frame())["t"] in ("ready", "events"):
        pass
    assert found["code"] in ("token_unknown", "session_unknown", "account_disabled")
    await until(lambda: not server.hub.presence.online(user))


async def test_a_deleted_account_cannot_sign_in_and_its_name_is_free(server: Server) -> None:
    user = await server.account("bob")
    bob = await server.web("bob", "lobby", password=password_of("bob"))
    eve = await server.web("eve", "lobby")
    await bob.gets_events(1, 3)
    await server.does(DeleteAccount(user, True))
    left = await bob.gets_events(1, 4)
    assert (left[0]["name"], left[0]["kind"]) == ("deleted user", "left")
    await bob.gets(t="left", room=1, seq=4)
    await is_expelled(bob)
    assert (await eve.gets_events(1, 4))[-1]["name"] == "deleted user"
    await refused(server, "token_unknown", token=bob.token)
    await refused(server, "sign_in_wrong", name="bob", password=password_of("bob"))
    other = await server.web("bob")
    assert other.ready["user"] != bob.ready["user"]


async def test_erased_messages_are_not_shown_from_memory(server: Server) -> None:
    user = await server.account("bob")
    bob = await server.web("bob", "lobby", password=password_of("bob"))
    eve = await server.web("eve", "lobby")
    await bob.says(1, "a secret", "k1")
    # This message is stored in the same commit as the erasure.
    [connection] = server.connections("bob")
    frame = {"t": "send", "key": "k2", "room": 1, "text": "another secret"}
    connection.perform(connection._session.receive(json.dumps(frame).encode()))
    await server.does(DeleteAccount(user, True))
    await eve.gets_events(1, 6)
    await eve.gets(t="unread", room=1, read=ANY, upto=6)  # the messages that eve had not read are gone
    for asked in ({"before": 7}, {"after": 3}, {"messages": True}):
        await eve.sends(t="history", id="1", room=1, limit=4, **asked)
        page = await eve.gets(t="page", id="1", room=1, epoch=ANY, events=ANY, more=ANY)
        assert "secret" not in json.dumps(page)
        names = [event["name"] for event in page["events"]]
        assert names == [] if "messages" in asked else names[-2:] == ["deleted user"] * 2
    new = await server.web("zoe")
    await new.sends(t="join", id="1", name="lobby", seen={"epoch": page["epoch"], "seq": 0})
    await new.gets_answer()
    assert "secret" not in json.dumps(await new.gets_events(1, 7))


async def test_a_page_is_read_again_if_its_messages_are_erased_meanwhile(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await server.account("bob")
    bob = await server.web("bob", "lobby", password=password_of("bob"))
    await bob.says(1, "a secret", "k")
    loop = asyncio.get_running_loop()
    read, erased = server.store.after, []

    def slowly(*arguments: Any, **options: Any) -> Any:
        page = read(*arguments, **options)
        if not erased:
            erased.append(True)
            asyncio.run_coroutine_threadsafe(server.does(DeleteAccount(user, True)), loop).result(5)
        return page

    monkeypatch.setattr(server.store, "after", slowly)
    eve = await server.web()
    await eve.sends(t="history", id="1", room=1, limit=5, after=0)
    page = await eve.gets(t="page", id="1", room=1, epoch=ANY, events=ANY, more=False)
    assert erased
    assert "secret" not in json.dumps(page)


# Bots


async def test_a_bot_signs_in_with_its_token_until_it_is_deleted(server: Server) -> None:
    ann = await server.account("ann", "owner")
    await server.does(Register("robot", None, by=ann, role="bot", token=hash_token("a bot's token")))
    robot = await server.web(token="a bot's token")
    assert robot.ready["user"] == {"id": server.user("robot"), "name": "robot", "role": "bot"}
    await robot.joins("lobby")
    await robot.sends(t="members", id="1", room=1)
    assert (await robot.gets_answer())["members"] == [
        {"id": server.user("robot"), "name": "robot", "online": True, "bot": True, "got": 2, "read": 2, "since": 2}
    ]
    await refused(server, "sign_in_wrong", name="robot", password="a bot's token")
    await server.does(DeleteAccount(server.user("robot"), False, by=ann))
    await robot.gets_events(1, 3)
    await robot.gets(t="left", room=1, seq=3)
    await is_expelled(robot)
    await refused(server, "token_unknown", token="a bot's token")


# Access


async def test_a_members_server_admits_accounts_only(serve: Serve) -> None:
    server = await serve(access="members")
    await server.account("bob")
    await server.web("bob", "lobby", password=password_of("bob"))
    await refused(server, "sign_in_needed", name="eve")
    await refused(server, "name_needed")
    code = await server.invitation()
    await refused(server, "sign_in_needed", name="eve", invitation=code)
    await server.member("bob")
    line = await server.socket()
    await line.sees_characters("alias?")
    await line.says("eve")
    await line.sees(SENTENCES["sign_in_needed"])
    await line.sees_characters("alias?")


async def test_a_guest_cannot_resume_once_the_server_is_for_members(serve: Serve) -> None:
    server = await serve()
    eve = await server.web("eve", "lobby")
    await server.close()
    server.check_log()
    server = await serve(access="members")
    await refused(server, "sign_in_needed", token=eve.token)


async def test_an_invite_server_admits_guests_by_invitation(serve: Serve) -> None:
    server = await serve(access="invite")
    code = await server.invitation(uses=2)
    await refused(server, "name_needed")  # observers are refused as well
    await refused(server, "invitation_needed", name="eve")
    await refused(server, "invitation_unknown", name="eve", invitation="something else")
    eve = await server.web("eve", invitation=code)
    await server.web("zoe", invitation=code)
    await refused(server, "invitation_unknown", name="late", invitation=code)
    # Neither a resume nor a registration needs another invitation.
    eve = await server.web(token=eve.token)
    await eve.sends(t="register", id="1", password="correct horse")
    assert (await eve.gets_answer())["t"] == "done"
    await server.web("eve", password="correct horse")


async def test_revoked_and_expired_invitations_are_refused(serve: Serve) -> None:
    server = await serve(access="invite")
    ann = await server.account("ann", "admin")
    revoked = await server.invitation(uses=0, by=ann)
    await server.web("one", invitation=revoked)
    await server.does(RevokeInvitation(ann, hash_code(revoked)))
    await refused(server, "invitation_unknown", name="eve", invitation=revoked)
    old = await server.invitation(uses=0)
    invitation = server.hub.view.state.invitations[hash_code(old)]
    for state in (server.hub.writer.durable, server.hub.writer._ahead):
        state.invitations[hash_code(old)] = type(invitation)(invitation.code, until=1)
    await refused(server, "invitation_unknown", name="eve", invitation=old)
    of_ann = await server.invitation(uses=0, by=ann)
    await server.does(Disable(MACHINE, ann, True))
    await refused(server, "invitation_unknown", name="eve", invitation=of_ann)
    past = await server.submits(MakeInvitation(MACHINE, hash_code("past"), until=1))
    assert isinstance(past, Refusal)


async def test_an_invitation_to_a_private_room_invites_its_user_there(serve: Serve) -> None:
    server = await serve(access="invite")
    ann = await server.account("ann")
    web = await server.web("ann", password=password_of("ann"))
    await web.sends(t="create", id="1", name="den", private=True)
    await web.gets_answer()
    den = server.room("den", private=True)
    code = await server.invitation(by=ann, room=den)
    eve = await server.web("eve", invitation=code)
    await eve.gets(t="invited", room=den, name="den", by={"id": 0, "name": "parley"})
    await eve.joins("den")

    code = await server.invitation(by=ann, room=den)
    zoe = await server.socket()
    await zoe.sees_characters("invite?")
    await zoe.says(f"http://127.0.0.1:1/join/{code}")
    await zoe.sees_characters("alias?")
    await zoe.says("zoe", "/rooms")
    await zoe.sees("zoe has connected to the chat room", "you are now connected!")
    await zoe.sees("* #den (3 people, private)", "  #lobby (0 people)")


async def test_an_invitation_to_a_public_room_enters_it(serve: Serve) -> None:
    server = await serve(access="invite")
    await server.account("ann")
    await server.web("ann", "tea", password=password_of("ann"))
    code = await server.invitation(room=server.room("tea"))
    zoe = await server.socket()
    await zoe.says(code, "zoe", "/who")
    await zoe.sees_characters("invite?alias?")
    await zoe.sees("zoe has connected to the chat room", "you are now connected!", "In #tea: ann (owner), zoe")


async def test_netcat_users_are_asked_for_the_invitation_first(serve: Serve) -> None:
    server = await serve(access="invite")
    await server.account("ann")
    code = await server.invitation()
    eve = await server.socket()
    await eve.sees_characters("invite?")
    await eve.says("wrong")
    await eve.sees_characters("alias?")
    await eve.says("eve")
    await eve.sees(SENTENCES["invitation_unknown"])
    await eve.sees_characters("invite?")
    await eve.says("")
    await eve.sees_characters("alias?")
    await eve.says("eve")
    await eve.sees(SENTENCES["invitation_needed"])
    await eve.sees_characters("invite?")
    await eve.says(code, "eve")
    await eve.sees_characters("alias?")
    await eve.sees("eve has connected to the chat room", "you are now connected!")
    ann = await server.socket()
    await ann.sees_characters("invite?")
    await ann.says("", "ann", password_of("ann"))  # an account needs no invitation
    await ann.sees_characters("alias?password?")
    await ann.sees_until("you are now connected!")


async def test_the_report_s_client_may_answer_the_invitation_prompt_with_its_prefix(serve: Serve) -> None:
    server = await serve(access="invite")
    code = await server.invitation()
    bob = await server.socket()
    await bob.sees_characters("invite?")
    await bob.sends(f"bob: {code}".encode())  # the client sends everything typed as a message, with its prefix
    await bob.sees_characters("alias?")
    await bob.sends(b"bob")  # the client answers this prompt by itself
    await bob.sees_characters("bob has connected to the chat room\nyou are now connected!")
    await bob.sends(b"bob: hello")
    await bob.sees_characters("bob: hello")


async def test_the_owners_invitation_makes_one_owner(serve: Serve) -> None:
    server = await serve(access="members")
    code = await server.hub.invite_owner()
    assert code
    assert await server.hub.invite_owner() is None
    refusal = await server.submits(Register("eve", "hash", invitation=hash_code("guessed")))
    assert isinstance(refusal, Refusal)
    await server.does(Register("ann", "hash", invitation=hash_code(code)))
    assert server.hub.view.state.users[server.user("ann")].role == "owner"
    again = await server.submits(Register("eve", "hash", invitation=hash_code(code)))
    assert isinstance(again, Refusal)
    assert again.code == "invitation_unknown"


async def test_the_owners_invitation_requires_an_account(serve: Serve) -> None:
    server = await serve(access="open")
    code = await server.hub.invite_owner()
    eve = await refused(server, "account_needed", name="eve", invitation=code)
    await eve.sends(t="hello", protocol=1, name="eve")
    assert (await eve.gets_frame())["user"] == {"id": ANY, "name": "eve"}
    await eve.sends(t="register", id="1", password="correct horse", invitation=code)
    await eve.gets(t="done", id="1")
    assert (await server.web("eve", password="correct horse")).ready["user"]["role"] == "owner"
