"""Private rooms and moderation, as members, kicked members and others see them."""

import asyncio
import json
from typing import Any

import pytest

from parley.core.commands import Create, Join, Moderate, SendDirect, SendMessage
from parley.core.events import MACHINE
from parley.core.refusals import SENTENCES, refuse
from tests.server.server_fixture import ANY, Line, Serve, Server, Web, password_of, until

UNKNOWN = SENTENCES["room_unknown"]


async def den(server: Server, owner: Line) -> int:
    """Make the private room #den as a user of netcat."""
    await owner.says("/private den")
    await owner.sees("ann has connected to the chat room")
    return server.room("den", private=True)


async def web_den(owner: Web, *people: Web) -> int:
    """Create the private room #den, let others join, and read its events on all their connections."""
    await owner.sends(t="create", id="den", name="den", private=True)
    room = (await owner.gets_answer())["room"]
    tip = room["tip"]
    await owner.gets_events(room["id"], tip)
    for person in people:
        await owner.sends(t="moderate", id="i", room=room["id"], action="invite", whom=person.ready["user"]["name"])
        tip += 2
        await person.gets(t="invited", room=room["id"], name="den", by=ANY)
        await person.sends(t="join", id="j", name="den")
        await person.gets(t="joined", id="j", room=ANY)
        while (await owner.gets_frame()).get("id") != "i":
            pass
        for each in (owner, *people[: people.index(person) + 1]):
            await until_seen(each, room["id"], tip)
    return int(room["id"])


async def until_seen(web: Web, room: int, seq: int) -> list[dict[str, Any]]:
    """Return the events of a room up to a seq; other frames are skipped."""
    events: list[dict[str, Any]] = []
    await web.sends(t="unwatch", id="seen", room=0)
    done = False
    while not done or not (events and events[-1]["seq"] >= seq):
        frame = await web.gets_frame()
        done = done or frame.get("id") == "seen"
        if frame["t"] == "events" and frame["room"] == room:
            events += frame["events"]
        if done and not events:
            break  # all events were read before
    return events


async def moderates(web: Web, room: int, action: str, whom: str = "", **more: Any) -> None:
    await web.sends(t="moderate", id="m", room=room, action=action, whom=whom, **more)
    while (frame := await web.gets_frame()).get("id") != "m":
        assert frame["t"] in ("events", "signal", "stored"), frame
    assert frame["t"] == "done", frame


# Invisible rooms


async def test_a_private_room_does_not_exist_for_a_third_person_with_netcat(server: Server) -> None:
    ann = await server.line("ann")
    eve = await server.line("eve")
    await ann.sees("eve has connected to the chat room")
    private = await den(server, ann)
    await ann.says("our secret")
    await ann.sees("ann: our secret")
    await eve.says("/rooms", "/who den", "/who no-such-room", "/leave den", "/leave no-such-room")
    # All three users are still in the lobby only.
    await eve.sees("* #lobby (2 people)", UNKNOWN, UNKNOWN, SENTENCES["room_not_joined"], SENTENCES["room_not_joined"])
    # Joining by that name makes another room.
    await eve.says("/join den", "/who", "hello?")
    await eve.sees("eve has connected to the chat room", "In #den: eve (owner)", "eve: hello?")
    assert server.room("den") != private
    await ann.sees_nothing_more()
    await ann.says("/who")
    await ann.sees("In #den: ann (owner)")


async def test_a_private_room_does_not_exist_for_a_third_person_on_the_web(server: Server) -> None:
    ann, bob, eve = await server.web("ann"), await server.web("bob"), await server.web("eve", "lobby")
    room = await web_den(ann, bob)
    await ann.says(room, "our secret", "k")
    observer = await server.web()
    for web in (eve, observer):
        for missing in (room, 999):
            await web.sends(t="history", id="1", room=missing, limit=9)
            await web.gets_error("room_unknown", id="1")
            await web.sends(t="history", id="1", room=missing, limit=9, after=0)
            await web.gets_error("room_unknown", id="1")
            await web.sends(t="members", id="2", room=missing)
            await web.gets_error("room_unknown", id="2")
        for name in ("den", "#DEN", "no-such-room"):
            await web.sends(t="watch", id="3", name=name)
            await web.gets_error("room_unknown", id="3")
        await web.sends(t="rooms", id="4")
        assert [found["name"] for found in (await web.gets_answer())["rooms"]] == ["lobby"]
    for missing in (room, 999):
        for action, more in (
            ("invite", {"whom": "eve"}), ("kick", {"whom": "ann"}), ("ban", {"whom": "ann"}), ("mute", {"whom": "ann"}),
            ("role", {"whom": "eve", "value": "owner"}), ("rename", {"value": "x"}), ("archive", {}),
            ("slow", {"value": "1"}), ("read_only", {"value": "on"}), ("guests", {"value": "on"}),
        ):  # fmt: skip
            await eve.sends(t="moderate", id="5", room=missing, action=action, **more)
            await eve.gets_error("room_unknown", id="5")
        await eve.sends(t="send", key="k", room=missing, text="hi")
        await eve.gets_error("room_not_joined", key="k")
        await eve.sends(t="leave", id="6", room=missing)
        await eve.gets_error("room_not_joined", id="6")
        await eve.sends(t="topic", id="7", room=missing, topic="x")
        await eve.gets_error("room_not_joined", id="7")
        await eve.sends(t="typing", room=missing)
    # A resume with the room's id and epoch does not open it either.
    again = await server.web(token=eve.token, seen=[{"room": room, "epoch": epoch(server), "seq": 1}])
    assert [found["name"] for found in again.ready["rooms"]] == ["lobby"]
    await eve.sends(t="join", id="8", name="den", seen={"epoch": epoch(server), "seq": 1})
    joined = await eve.gets_answer()
    assert joined["room"]["id"] != room
    assert joined["room"]["members"] == 1
    await bob.gets_events(room, 6)
    await bob.gets_nothing_more()


def epoch(server: Server) -> str:
    return server.hub.view.state.epoch


async def test_a_private_room_does_not_exist_for_the_servers_owner(server: Server) -> None:
    await server.account("root", "owner")
    ann = await server.line("ann")
    room = await den(server, ann)
    root = await server.web("root", password="the secret of root")
    await root.sends(t="history", id="1", room=room, limit=9)
    await root.gets_error("room_unknown", id="1")
    await root.sends(t="moderate", id="2", room=room, action="role", whom="root", value="owner")
    await root.gets_error("room_unknown", id="2")


# Joining


async def test_an_invited_line_client_is_told_and_joins(server: Server) -> None:
    ann, bob = await server.line("ann"), await server.line("bob")
    await ann.sees("bob has connected to the chat room")
    await den(server, ann)
    await ann.says("not for bob", "/invite bob")
    await ann.sees("ann: not for bob", "ann has invited bob")
    await bob.sees("ann invites you to #den: /join den")
    await bob.says("/who den", "/join den", "/history", "/who")
    await bob.sees(
        UNKNOWN,
        "bob has connected to the chat room",
        "Nothing has been said here yet.",
        "In #den: ann (owner), bob",
    )
    await ann.sees("bob has connected to the chat room")
    await ann.says("for bob, too")
    await bob.sees("ann: for bob, too")
    await bob.says("/history")
    await bob.sees("ann: for bob, too")


async def test_an_invitation_is_shown_to_a_user_who_was_away(serve: Serve) -> None:
    server = await serve()
    await server.account("bob")
    ann = await server.web("ann")
    room = await web_den(ann)
    await ann.sends(t="create", id="c", name="closed", private=True)
    closed = (await ann.gets_answer())["room"]["id"]
    for each in (room, closed):
        await moderates(ann, each, "invite", "bob")
    await moderates(ann, closed, "archive")
    await server.does(Moderate(MACHINE, server.room("lobby"), "invite", "bob"))
    told = "ann invites you to #den: /join den"
    bob = await server.member("bob")
    assert bob.entrance[-2:] == ["bob has connected to the chat room", "you are now connected!"]
    await bob.sees(told)
    web = await server.web(name="bob", password=password_of("bob"))
    await web.gets(t="invited", room=room, name="den", by={"id": server.user("ann"), "name": "ann"})
    # The join uses the invitation up.
    await server.close()
    server = await serve()
    web = await server.web(token=web.token)
    await web.gets(t="invited", room=room, name="den", by={"id": server.user("ann"), "name": "ann"})
    await web.joins("den")
    web = await server.web(token=web.token)
    await web.gets_nothing_more()


async def test_a_room_that_is_renamed_has_its_new_name_before_each_line(server: Server) -> None:
    ann, bob = await server.line("ann"), await server.line("bob")
    await ann.sees("bob has connected to the chat room")
    await den(server, ann)
    await ann.says("/invite bob")
    await ann.sees("ann has invited bob")
    await bob.sees("ann invites you to #den: /join den")
    await bob.says("/join den", "/join lobby")
    await bob.sees("bob has connected to the chat room", "You are in #lobby now.")
    await ann.sees("bob has connected to the chat room")
    await ann.says("before")
    await ann.sees("ann: before")
    await server.does(Moderate(MACHINE, server.room("den", private=True), "rename", value="cave"))
    await ann.says("after")
    await ann.sees("parley has renamed the room: cave", "ann: after")
    await bob.sees("#den ann: before", "#den parley has renamed the room: cave", "#cave ann: after")


async def test_a_ban_may_have_a_duration(server: Server) -> None:
    ann, bob = await server.web("ann"), await server.web("bob")
    room = await web_den(ann, bob)
    await moderates(ann, room, "mute", "bob", lasting=3_600_000)
    event = (await until_seen(ann, room, 6))[-1]
    assert event["kind"] == "muted"
    assert event["about"]["until"] == event["at"] + 3_600_000
    for wrong in (-1, 10**15):
        await ann.sends(t="moderate", id="w", room=room, action="ban", whom="bob", lasting=wrong)
        await ann.gets_error("value_invalid", id="w")


async def test_a_new_member_sees_no_earlier_events_on_the_web(server: Server) -> None:
    ann, bob = await server.web("ann"), await server.web("bob")
    room = await web_den(ann)
    for number in range(5):
        await ann.says(room, f"secret {number}", f"k{number}")
    await moderates(ann, room, "invite", "bob")
    await bob.gets(t="invited", room=room, name="den", by={"id": server.user("ann"), "name": "ann"})
    await bob.sends(t="join", id="1", name="den", seen={"epoch": epoch(server), "seq": 1})
    joined = (await bob.gets(t="joined", id="1", room=ANY))["room"]
    assert (joined["after"], joined["floor"], joined["tip"]) == (9, 10, 10)
    assert [event["seq"] for event in await bob.gets_events(room, 10)] == [10]
    for bounds in ({}, {"before": 10}, {"before": 99}, {"after": 0}, {"after": -1}, {"messages": True}):
        await bob.sends(t="history", id="2", room=room, limit=50, **bounds)
        page = await bob.gets(t="page", id="2", room=room, epoch=ANY, events=ANY, more=False)
        assert all(event["seq"] >= 10 for event in page["events"]), bounds
    await ann.says(room, "hello", "hello")
    # A page from the beginning begins with their join; it is not empty.
    await bob.sends(t="history", id="3", room=room, limit=1, after=0)
    page = (await bob.gets_events(room, 11)) and await bob.gets_answer()
    assert ([event["seq"] for event in page["events"]], page["more"]) == ([10], True)


async def test_a_returning_member_does_not_see_events_from_in_between(server: Server) -> None:
    ann, bob = await server.web("ann"), await server.web("bob")
    room = await web_den(ann, bob)
    await ann.says(room, "seen", "k1")
    await until_seen(bob, room, 6)
    await bob.sends(t="leave", id="1", room=room)
    assert [(await bob.gets_answer())["t"] for _ in range(2)] == ["left", "done"]
    await ann.says(room, "unseen", "k2")
    again = await server.web(token=bob.token, seen=[{"room": room, "epoch": epoch(server), "seq": 6}])
    assert again.ready["rooms"] == []
    await again.sends(t="join", id="2", name="den", seen={"epoch": epoch(server), "seq": 6})
    joined = (await again.gets_answer())["room"]
    assert (joined["after"], joined["floor"]) == (8, 9)
    assert [event["seq"] for event in await again.gets_events(room, 9)] == [9]
    # Another device resumes with the last seq it has.
    third = await server.web(token=bob.token, seen=[{"room": room, "epoch": epoch(server), "seq": 6}])
    assert (third.ready["rooms"][0]["after"], third.ready["rooms"][0]["floor"]) == (8, 9)
    assert [event["seq"] for event in await third.gets_events(room, 9)] == [9]


# Kicks


async def test_a_kicked_member_sees_the_kick_and_nothing_after_it(server: Server) -> None:
    ann, bob, eve = await server.web("ann"), await server.web("bob"), await server.line("eve")
    room = await web_den(ann, bob)
    await moderates(ann, room, "invite", "eve")
    await eve.sees("ann invites you to #den: /join den")
    await eve.says("/join den")
    await eve.sees("eve has connected to the chat room")
    for whom in ("bob", "eve"):
        await moderates(ann, room, "kick", whom, why="enough")
        await ann.says(room, f"without {whom}", whom)
    kick = (await until_seen(bob, room, 8))[-1]
    assert (kick["seq"], kick["kind"], kick["text"], kick["about"]) == (
        8, "kicked", "enough", {"user": server.user("bob"), "name": "bob"},
    )  # fmt: skip
    await eve.sees("ann has sent bob out: enough", "ann: without bob", "ann has sent eve out: enough")
    await eve.sees("You are in #lobby now.")
    await eve.sees_nothing_more()
    for frame in ({"t": "history", "room": room, "limit": 9}, {"t": "members", "room": room}):
        await bob.sends(id="1", **frame)
        await bob.gets_error("room_unknown", id="1")
    await eve.says("/join den")  # the kick has ended the invitation as well, so this creates another room
    await eve.sees("eve has connected to the chat room")
    assert server.members("den") == {"eve"}


async def test_left_comes_after_the_kick_event(server: Server) -> None:
    ann, bob = await server.web("ann"), await server.web("bob")
    room = await web_den(ann, bob)
    await moderates(ann, room, "kick", "bob")
    assert (await bob.gets_events(room, 6))[0]["kind"] == "kicked"
    await bob.gets(t="left", room=room, seq=6)
    await bob.gets_nothing_more()


@pytest.mark.parametrize("comes_back", [False, True])
async def test_a_slow_reader_who_is_kicked_sees_events_up_to_the_kick(serve: Serve, comes_back: bool) -> None:
    server = await serve(rate_messages=0)
    ann, bob = await server.web("ann"), await server.web("bob")
    room = await web_den(ann, bob)
    connection = server.stalls("bob", bob)
    for number in range(200):
        await ann.says(room, "x" * 8_000, f"k{number}")
    assert not connection.writable
    await moderates(ann, room, "kick", "bob")
    kick = 5 + 200 + 1
    for number in range(50):
        await ann.says(room, "among us", f"l{number}")
    last = kick
    if comes_back:
        await moderates(ann, room, "invite", "bob")
        other = await server.web(token=bob.token)
        await other.sends(t="join", id="1", name="den")
        await other.gets_answer()
        await ann.says(room, "welcome back", "w")
        last = kick + 50 + 3
    bob.transport.resume_reading()
    seqs: list[int] = []
    told: list[tuple[str, int]] = []
    while not told or (comes_back and seqs[-1] < last):
        frame = await bob.gets_frame()
        if frame["t"] == "events":
            assert "among us" not in json.dumps(frame)
            seqs += [event["seq"] for event in frame["events"]]
        elif frame["t"] in ("left", "joined"):
            told.append((frame["t"], seqs[-1]))
    assert seqs == [*range(6, kick + 1), *([last - 1, last] if comes_back else [])]
    assert told == ([("left", kick), ("joined", kick)] if comes_back else [("left", kick)])


async def test_a_member_kicked_while_a_page_is_read_gets_no_page(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await server.web("ann"), await server.web("bob")
    room = await web_den(ann, bob)
    [connection] = server.connections("bob")
    reads = hold_pages(server, monkeypatch)
    await bob.sends(t="history", id="1", room=room, limit=9)
    await until(lambda: bool(reads))
    await moderates(ann, room, "kick", "bob")
    reads.pop()()
    while (frame := await bob.gets_frame())["t"] in ("events", "left", "signal"):
        pass
    assert (frame["code"], frame["id"]) == ("room_unknown", "1")
    assert connection.cursors == ()


def hold_pages(server: Server, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Hold back pages of history. Return the functions that release them."""
    reads: list[Any] = []
    pages = server.hub.history
    read = type(pages).read
    monkeypatch.setattr(type(pages), "read", lambda self, *effect: reads.append(lambda: read(pages, *effect)))
    present_page = type(pages).present_page

    async def hold(self: Any, effect: Any) -> Any:
        released = asyncio.get_running_loop().create_future()
        reads.append(lambda: released.set_result(None))
        await released
        return await present_page(pages, effect)

    monkeypatch.setattr(type(pages), "present_page", hold)
    return reads


@pytest.mark.parametrize("private", [False, True])
async def test_a_line_client_kicked_while_joining_sees_the_kick(
    server: Server, monkeypatch: pytest.MonkeyPatch, private: bool
) -> None:
    ann, bob = await server.web("ann"), await server.line("bob")
    if private:
        room = await web_den(ann)
        await moderates(ann, room, "invite", "bob")
        await bob.sees("ann invites you to #den: /join den")
    else:
        room = await ann.joins("den")
    reads = hold_pages(server, monkeypatch)
    await bob.says("/join den")
    await until(lambda: bool(reads))
    await ann.says(room, "welcome", "k1")
    await moderates(ann, room, "kick", "bob", why="no")
    await ann.says(room, "he is gone", "k2")
    reads.pop()()
    await bob.sees("#den bob has connected to the chat room", "#den ann: welcome", "#den ann has sent bob out: no")
    await bob.says("/who")
    await bob.sees("In #lobby: bob")


async def test_a_client_kicked_and_rejoined_elsewhere_sees_nothing_from_in_between(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await server.web("ann")
    user = await server.account("bob")
    room = await web_den(ann)
    bob = await server.member("bob")
    await moderates(ann, room, "invite", "bob")
    await bob.sees("ann invites you to #den: /join den")
    reads = hold_pages(server, monkeypatch)
    await bob.says("/join den")
    await until(lambda: bool(reads))
    await moderates(ann, room, "kick", "bob")
    await ann.says(room, "among us", "k1")
    await moderates(ann, room, "invite", "bob")
    await server.does(Join(user, "den"))
    await ann.says(room, "welcome", "k2")
    reads.pop()()
    await bob.sees("ann invites you to #den: /join den", "#den bob has connected to the chat room", "#den ann: welcome")
    await bob.sees_nothing_more()


async def test_a_line_client_kicked_while_resuming_sees_nothing_after_the_kick(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await server.web("ann")
    user = await server.account("bob")
    room = await web_den(ann)
    await moderates(ann, room, "invite", "bob")
    await server.does(Join(user, "den"))
    reads = hold_pages(server, monkeypatch)
    bob = await server.socket()
    await bob.says("bob", "the secret of bob")
    await bob.sees_characters("alias?password?")
    await until(lambda: bool(reads))
    await ann.says(room, "welcome", "k1")
    await moderates(ann, room, "kick", "bob")
    await ann.says(room, "among us", "k2")
    reads.pop()()
    await bob.sees("ann: welcome", "ann has sent bob out", "you are now connected!")
    await bob.sees("You are in no room now. /join ROOM takes you into one.")
    await bob.says("hello?")
    await bob.sees("You are in no room. /join ROOM takes you into one, /rooms lists them.")


@pytest.mark.parametrize("dialect", ["line", "web"])
@pytest.mark.parametrize("action", ["kick", "ban"])
async def test_a_member_kicked_in_the_commit_of_the_join(server: Server, dialect: str, action: Any) -> None:
    ann = await server.web("ann")
    room = await web_den(ann)
    line = await server.line("bob") if dialect == "line" else None
    web = await server.web("bob") if dialect == "web" else None
    await moderates(ann, room, "invite", "bob")
    [connection] = server.connections("bob")
    join = b"/join den\n" if line else b'{"t":"join","id":"1","name":"den"}'
    connection.perform(connection._session.receive(join))
    server.hub.writer.submit(Moderate(server.user("ann"), room, action, "bob"), server.hub)
    await server.does(SendMessage(server.user("ann"), room, "among us"))
    sent = "sent bob out" if action == "kick" else "banned bob"
    if line:
        await line.sees("ann invites you to #den: /join den", "#den bob has connected to the chat room")
        await line.sees(f"#den ann has {sent}")
        await line.says("/who")
        await line.sees("In #lobby: bob")
    if web:
        await web.gets(t="invited", room=room, name="den", by=ANY)
        joined = (await web.gets(t="joined", id="1", room=ANY))["room"]
        assert (joined["after"], joined["floor"]) == (4, 5)
        assert await web.gets_kinds(room, 6) == ["joined", "kicked" if action == "kick" else "banned"]
        await web.gets(t="left", room=room, seq=6)
        await web.gets_nothing_more()
    assert connection.cursors == () if web else [cursor.feed.room for cursor in connection.cursors] == [1]
    # The next join works normally.
    await server.does(Moderate(MACHINE, room, "ban", "bob", undo=True))
    await moderates(ann, room, "invite", "bob")
    await server.does(Join(server.user("bob"), "den"))
    await ann.says(room, "welcome", "k")
    if line:
        await line.sees("ann invites you to #den: /join den", "#den bob has connected to the chat room")
        await line.sees("#den ann: welcome")
    if web:
        await web.gets(t="invited", room=room, name="den", by=ANY)
        assert (await web.gets_answer())["room"]["id"] == room
        while "welcome" not in json.dumps(await web.gets_frame()):
            pass


# Bans, mutes and modes


async def test_a_ban_with_a_duration_ends_by_itself(server: Server) -> None:
    ann, bob = await server.line("ann"), await server.line("bob")
    await ann.sees("bob has connected to the chat room")
    await ann.says("/join tea")
    await ann.sees("ann has connected to the chat room")
    await bob.says("/join tea")
    await bob.sees("bob has connected to the chat room")
    await ann.sees("bob has connected to the chat room")
    await ann.says("/ban bob 7d no tea for you")
    assert (await bob._line()).startswith("ann has banned bob until 20")
    await bob.sees("You are in #lobby now.")
    assert (await ann._line()).endswith("UTC: no tea for you")
    await bob.says("/join tea")
    await bob.sees(SENTENCES["banned"])
    # Change the end of the ban, as if seven days had passed.
    for state in (server.hub.writer.durable, server.hub.writer._ahead):
        state.rooms[server.room("tea")].bans[server.user("bob")] = 1
    await bob.says("/join tea")
    await bob.sees("bob has connected to the chat room")


async def test_a_ban_and_its_removal(server: Server) -> None:
    ann, bob = await server.web("ann", "tea"), await server.web("bob")
    room = server.room("tea")
    await moderates(ann, room, "ban", "bob", until=ANY_TIME)
    await bob.sends(t="join", id="1", name="tea")
    error = await bob.gets_error("banned", id="1", retry_after=ANY)
    assert error["retry_after"] > 0
    await moderates(ann, room, "ban", "bob", undo=True)
    await bob.joins("tea")


ANY_TIME = 4_000_000_000_000  # in 2096


async def test_a_banned_watcher_still_watches_a_public_room(server: Server) -> None:
    ann, bob = await server.web("ann", "tea"), await server.web("bob")
    room = server.room("tea")
    await bob.sends(t="watch", id="1", name="tea")
    await bob.gets_answer()
    await moderates(ann, room, "ban", "bob")
    await ann.says(room, "hi", "k")
    assert await bob.gets_kinds(room, 4) == ["banned", "message"]
    await bob.sends(t="unwatch", id="2", room=room)
    await bob.gets(t="done", id="2")
    await ann.says(room, "unseen", "k2")
    await bob.gets_nothing_more()


async def test_a_room_closed_to_guests_ends_its_watchers(server: Server) -> None:
    ann, bob = await server.web("ann", "tea"), await server.web("bob", "tea")
    await server.account("zoe")
    zoe = await server.web("zoe", password="the secret of zoe")
    room = server.room("tea")
    await ann.gets_events(room, 3)
    observer, eve = await server.web(), await server.web("eve")
    for web in (observer, eve, zoe):
        await web.sends(t="watch", id="1", name="tea")
        assert (await web.gets_answer())["t"] == "watching"
    await moderates(ann, room, "guests", value="off")
    await ann.says(room, "among us", "k")
    for web in (observer, eve):
        assert await web.gets_kinds(room, 4) == ["guests"]
        await web.gets(t="left", room=room, seq=4)
        await web.gets_nothing_more()
        await web.sends(t="watch", id="2", name="tea")
        await web.gets_error("room_unknown", id="2")
    for web in (bob, zoe):
        assert await web.gets_kinds(room, 5) == ["guests", "message"]
    await eve.sends(t="join", id="3", name="tea")
    answer = await eve.gets_answer()
    assert answer.get("code") == "guests_closed"


async def test_mute_slow_mode_read_only_and_archive(server: Server) -> None:
    ann, bob = await server.line("ann"), await server.line("bob")
    await ann.sees("bob has connected to the chat room")
    await ann.says("/join tea")
    await ann.sees("ann has connected to the chat room")
    await bob.says("/join tea")
    await bob.sees("bob has connected to the chat room")
    await ann.sees("bob has connected to the chat room")

    async def both(*lines: str) -> None:
        await ann.sees(*lines)
        await bob.sees(*lines)

    await ann.says("/mute bob loud")
    await both("ann has muted bob: loud")
    await bob.says("hello?", "/topic mine", "/me waves")
    await bob.sees(SENTENCES["muted"], SENTENCES["muted"], SENTENCES["muted"])
    await ann.says("/unmute bob", "/unmute bob")
    await both("ann has let bob speak again")
    await ann.sees("That is so already.")

    await ann.says("/slow 60")
    await both("ann has set slow mode: 60 s")
    await bob.says("one")
    await both("bob: one")
    await bob.says("two")
    await bob.sees(refuse("slow", 1, seconds=60).message)
    await ann.says("one", "two")  # moderators do not wait
    await both("ann: one", "ann: two")
    await ann.says("/slow 0")
    await both("ann has ended slow mode")

    await ann.says("/readonly on")
    await both("ann has made the room read-only")
    await bob.says("hello?")
    await bob.sees(SENTENCES["read_only"])
    await ann.says("/role bob moderator")
    await both("ann has made bob moderator of this room")
    await bob.says("hello")
    await both("bob: hello")
    await ann.says("/readonly off")
    await both("ann has let everybody write again")

    for value, shown in (
        ("moderators", "left @here and @room to moderators"),
        ("nobody", "turned @here and @room off"),
        ("members", "let everybody use @here and @room"),
    ):
        await ann.says(f"/calls {value}")
        await both(f"ann has {shown}")
    await ann.says("/calls", "/calls kings")
    await ann.sees("Like this: /calls members|moderators|nobody")
    await ann.sees("That can't be: everybody is called by members, moderators or nobody.")

    await ann.says("/rename coffee")
    await both("ann has renamed the room: coffee")
    await bob.says("/who")
    await bob.sees("In #coffee: ann (owner), bob (moderator)")

    await bob.says("/archive", "/kick ann", "/role bob owner", "/rename bobs")
    await bob.sees(SENTENCES["not_allowed"], refuse("outranked", name="ann").message, *[SENTENCES["not_allowed"]] * 2)
    await ann.says("/archive done")
    await both("ann has archived the room: done")
    await bob.says("hello?")
    await bob.sees(SENTENCES["archived"])
    await ann.says("/reopen")
    await both("ann has opened the room again")
    await bob.says("hello")
    await both("bob: hello")


async def test_moderation_is_kept_over_a_restart(serve: Serve) -> None:
    server = await serve()
    ann, bob = await server.web("ann"), await server.web("bob")
    room = await web_den(ann, bob)
    await moderates(ann, room, "mute", "bob")
    await moderates(ann, room, "slow", value="60")
    eve = await server.web("eve")
    await moderates(ann, room, "ban", "eve")
    await server.close()
    server.check_log()
    server = await serve()
    ann, bob, eve = [await server.web(token=web.token) for web in (ann, bob, eve)]
    assert bob.ready["rooms"][0] == {
        "id": room, "name": "den", "kind": "private", "topic": "", "epoch": epoch(server), "tip": 8, "after": 8,
        "members": 2, "floor": 5, "slow": 60, "read": 5, "receipts": True,
    }  # fmt: skip
    await bob.sends(t="send", key="k", room=room, text="hi")
    await bob.gets_error("muted", key="k")
    await ann.sends(t="moderate", id="1", room=room, action="invite", whom="eve")
    await ann.gets_error("value_invalid", id="1")
    assert eve.ready["rooms"] == []


async def test_a_direct_room_has_no_moderators(server: Server) -> None:
    ann, _bob, eve = await server.web("ann"), await server.web("bob"), await server.web("eve")
    [*_, told] = await server.does(SendDirect(server.user("ann"), "bob", "psst"))
    await ann.gets_answer()
    for web, code in ((ann, "room_direct"), (eve, "room_unknown")):
        for action in ("kick", "ban", "invite", "archive"):
            await web.sends(t="moderate", id="1", room=told.room, action=action, whom="bob")
            while (frame := await web.gets_frame())["t"] in ("events", "signal"):
                pass
            assert frame["code"] == code


async def test_two_private_rooms_may_have_the_same_name(server: Server) -> None:
    ann, eve = await server.web("ann"), await server.web("eve")
    one = (await server.does(Create(server.user("ann"), "den", private=True)))[0].room
    other = (await server.does(Create(server.user("eve"), "den", private=True)))[0].room
    assert one != other
    for web, room in ((ann, one), (eve, other)):
        await web.gets_answer()
        await web.sends(t="join", id="1", name="den")
        assert (await web.gets_answer())["room"]["id"] == room


async def test_a_line_client_kicked_and_rejoined_while_resuming_sees_each_event_once(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await server.web("ann")
    user = await server.account("bob")
    room = await web_den(ann)
    await moderates(ann, room, "invite", "bob")
    await server.does(Join(user, "den"))
    reads = hold_pages(server, monkeypatch)
    bob = await server.socket()
    await bob.says("bob", "the secret of bob")
    await bob.sees_characters("alias?password?")
    await until(lambda: bool(reads))
    await moderates(ann, room, "kick", "bob")
    await ann.says(room, "among us", "k1")
    await moderates(ann, room, "invite", "bob")
    await server.does(Join(user, "den"))
    await ann.says(room, "welcome", "k2")
    reads.pop()()
    assert await bob.sees_until("you are now connected!") == [
        "ann invites you to #den: /join den", "bob has connected to the chat room", "ann: welcome",
        "you are now connected!",
    ]  # fmt: skip
    await ann.says(room, "at last", "k3")
    await bob.sees("ann: at last")


async def test_a_slow_reader_kicked_twice_sees_nothing_from_in_between_or_after(
    serve: Serve,
) -> None:
    server = await serve(rate_messages=0)
    ann, bob = await server.web("ann"), await server.web("bob")
    room = await web_den(ann, bob)
    user = server.user("bob")
    connection = server.stalls("bob", bob)
    for number in range(200):
        await ann.says(room, "x" * 8_000, f"k{number}")
    assert not connection.writable
    for number in range(2):
        await server.does(Moderate(MACHINE, room, "kick", "bob"))
        await ann.says(room, "among us", f"l{number}")
        if number == 0:
            await server.does(Moderate(MACHINE, room, "invite", "bob"))
            await server.does(Join(user, "den"))
            await ann.says(room, "welcome", "w")
    bob.transport.resume_reading()
    told: list[tuple[str, int]] = []
    seqs: list[int] = []
    while len(told) < 3:
        frame = await bob.gets_frame()
        if frame["t"] == "events":
            assert "among us" not in json.dumps(frame)
            seqs += [event["seq"] for event in frame["events"]]
        elif frame["t"] in ("left", "joined"):
            told.append((frame["t"], seqs[-1]))
    assert told == [("left", 206), ("joined", 206), ("left", 211)]
    assert seqs == [*range(6, 207), 209, 210, 211]
    await ann.says(room, "among us", "m")
    await bob.sends(t="unwatch", id="x", room=0)
    while (frame := await bob.gets_frame()).get("id") != "x":
        assert frame["t"] == "signal", frame
