"""Presence: users with a client, guests who can come back, and guests who depart."""

import asyncio

import pytest

from parley.core.commands import SetProfile
from parley.server.engine import presence as presence_module
from parley.storage.sqlite import FILE_NAME, SqliteStore
from tests.server.server_fixture import ANY, Serve, Server, password_of, until


async def test_a_guest_with_a_token_stays_a_member_without_a_connection(server: Server) -> None:
    bob = await server.web("bob", "lobby")
    await bob.aborts()
    await until(lambda: not server.hub.connections)
    assert server.members("lobby") == {"bob"}
    eve = await server.line("eve")
    await eve.says("/who")
    await eve.sees("In #lobby: bob (away), eve")
    again = await server.web(token=bob.token)
    assert again.ready["rooms"][0]["id"] == 1
    await eve.says("/who")
    await eve.sees("In #lobby: bob, eve")


async def test_a_guest_who_does_not_come_back_leaves(serve: Serve) -> None:
    server = await serve(guest_hold=0.05)
    eve = await server.line("eve")
    bob = await server.web("bob", "lobby")
    await eve.sees("bob has connected to the chat room")
    await bob.aborts()
    await eve.sees("bob has left the chat room!")
    assert server.hub.view.state.user_named("bob") is None
    again = await server.web(token=bob.token)
    assert again.ready["rooms"] == []
    assert again.ready["user"] == bob.ready["user"]


async def test_a_guest_who_comes_back_in_time_does_not_leave(serve: Serve) -> None:
    server = await serve(guest_hold=0.2)
    bob = await server.web("bob", "lobby")
    await bob.aborts()
    await until(lambda: not server.hub.connections)
    await server.web(token=bob.token)
    assert server.hub.presence._departures == {}


async def test_a_guest_with_another_connection_does_not_leave(serve: Serve) -> None:
    server = await serve(guest_hold=0)
    one = await server.web("bob", "lobby")
    other = await server.web(token=one.token)
    await one.aborts()
    await until(lambda: len(server.hub.connections) == 1)
    await other.says(1, "still here", "k")
    assert server.members("lobby") == {"bob"}


async def test_a_departure_that_cannot_be_stored_is_retried(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_module, "RETRY_SECONDS", 0.01)
    bob = await server.line("bob")
    server.hub.writer._stopping = True  # every command is refused
    await bob.aborts()
    await until(lambda: not server.hub.connections)
    await asyncio.sleep(0)
    assert server.members("lobby") == {"bob"}
    server.hub.writer._stopping = False
    await until(lambda: server.members("lobby") == set())


async def test_guests_who_cannot_resume_leave_when_a_server_starts(serve: Serve) -> None:
    server = await serve()
    bob = await server.web("bob", "lobby")
    await server.line("eve")
    assert server.members("lobby") == {"bob", "eve"}
    await server.close()
    later = await serve()
    await until(lambda: later.members("lobby") == {"bob"})
    assert (await later.web(token=bob.token)).ready["rooms"][0]["id"] == 1
    await later.line("eve")


async def test_no_guest_leaves_when_a_server_stops(serve: Serve) -> None:
    server = await serve(guest_hold=0)
    await server.web("bob", "lobby")
    await server.close()
    store = SqliteStore(server.folder / FILE_NAME)
    assert [user.name for user in store.load().users.values()] == ["bob"]
    store.close()


async def test_a_change_of_presence_is_signalled_after_a_delay(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    eve = await server.web("eve", "lobby")
    bob = await server.web("bob", "lobby")
    again = await server.web(token=bob.token)
    await bob.aborts()
    await until(lambda: len(server.hub.connections) == 2)
    await again.aborts()
    while (found := await eve.gets_frame())["t"] != "signal" or found["name"] != "bob":
        pass
    assert found == {"t": "signal", "kind": "presence", "room": 1, "user": 2, "name": "bob", "online": False}


async def test_presence_is_not_signalled_in_large_rooms(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_module, "SIGNAL_MEMBERS", 1)
    monkeypatch.setattr(presence_module, "SIGNAL_SECONDS", 0)
    eve = await server.web("eve", "lobby")
    bob = await server.web("bob", "lobby")
    await bob.aborts()
    await until(lambda: not server.connections("bob") and not server.hub.presence._changed)
    await eve.gets_events(1, 3)
    await eve.sends(t="rooms", id="1")
    await eve.gets(t="rooms", id="1", rooms=ANY)


async def test_a_changed_profile_is_signalled(server: Server) -> None:
    await server.account("bob")
    bob = await server.web("bob", "lobby", password=password_of("bob"))
    eve = await server.web("eve", "lobby")
    await server.does(SetProfile(bob.ready["user"]["id"], display="Robert", colour="#112233"))
    while (signal := await eve.gets_frame()).get("kind") != "profile":
        pass
    assert signal == {"t": "signal", "kind": "profile", "room": 1, "user": 1, "name": "bob"}
    await eve.sends(t="members", room=1, id="m")
    while (members := await eve.gets_frame())["t"] != "members":
        pass
    assert [(each["display"], each["colour"]) for each in members["members"] if each["name"] == "bob"] == [
        ("Robert", "#112233")
    ]
