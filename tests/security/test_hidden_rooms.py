"""Other users' private rooms and conversations are indistinguishable from unknown ones, for every frame and every line
that names a room. (`test_ids` tests every HTTP route.)
"""

import json
import re
import shutil
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.security.hidden import FRAMES, LINES, PLACE
from tests.server.api import account
from tests.server.server_fixture import Line, Serve, Server, Web, password_of

SECRET = "den"


async def secrets(server: Server, name: str = SECRET) -> tuple[int, int]:
    """Create a private room and a direct one; return their ids."""
    ann, bob = await account(server, "ann"), await account(server, "bob")
    den = await ann.room(name, private=True)
    await ann.asks("POST", f"/api/rooms/{den}/invitations", {"user": "bob"})
    await bob.joins(den)
    await ann.says(den, "psst")
    talk = await ann.asks("POST", "/api/direct", {"to": ["bob"], "text": "psst"})
    return den, int(talk.json["room"]["id"])


async def everything_after(web: Web, frame: dict[str, Any], mark: int) -> list[str]:
    """Send a frame; return all frames that result from it."""
    await web.sends(**frame)
    found = []
    # A refusal may come before earlier results, but a stored change comes after all of them. So send two stored changes
    # as fences.
    for fence in (f"mark{mark}a", f"mark{mark}b"):
        await web.sends(t="topic", id=fence, room=1, topic=fence)
        while (answer := await web.gets_frame()).get("id") != fence:
            # Compare events one by one, however they are grouped in frames. Skip signals: they can come at any time.
            found += [json.dumps(each) for each in answer.get("events", ()) or (answer,) if each.get("t") != "signal"]
    return [text for text in found if '"text": "mark' not in text]


def filled(frame: dict[str, Any], room: int, name: str) -> dict[str, Any]:
    return {field: value if value != PLACE else (room if field == "room" else name) for field, value in frame.items()}


Script = Callable[[Server], Awaitable[list[str]]]


async def in_two_worlds(serve: Serve, script: Script) -> list[list[str]]:
    """Return the answers that a stranger gets from two servers that differ in one thing: in the first, the named
    private room exists; in the second, it has another name.
    """
    told = []
    for name in (SECRET, "attic"):
        server = await serve(rate_messages=0)
        await secrets(server, name)
        found = await script(server)
        told.append([re.sub(r'"epoch": "\w+"|"at": \d+', "", text) for text in found])
        await server.close()
        shutil.rmtree(server.folder)
    return told


async def comes_in(server: Server, who: str) -> Web:
    if who == "visitor":
        return await server.web(who, "lobby")
    await server.account(who, who if who != "eve" else "member")
    return await server.web(who, "lobby", password=password_of(who))


STRANGERS = ("owner", "admin", "eve", "visitor")


@pytest.mark.parametrize("who", STRANGERS)
async def test_every_frame_with_a_room_id_treats_a_hidden_room_as_unknown(serve: Serve, who: str) -> None:
    server = await serve(rate_messages=0)
    den, talk = await secrets(server)
    web = await comes_in(server, who)
    tips = [server.hub.view.state.rooms[room].tip for room in (den, talk)]
    for mark, frame in enumerate(frame for frame in FRAMES if "room" in frame):
        none, *hidden = [await everything_after(web, filled(frame, room, ""), mark) for room in (999_999, den, talk)]
        # Compare the answers byte for byte.
        assert hidden == [none, none], frame
    assert [server.hub.view.state.rooms[room].tip for room in (den, talk)] == tips


@pytest.mark.parametrize("who", STRANGERS)
async def test_every_frame_with_a_room_name_treats_a_hidden_room_as_unknown(serve: Serve, who: str) -> None:
    async def script(server: Server) -> list[str]:
        web = await comes_in(server, who)
        found = []
        for mark, frame in enumerate(frame for frame in FRAMES if "room" not in frame):
            found += await everything_after(web, filled(frame, 0, SECRET), mark)
            room = server.hub.view.state.room_for(server.user(who), SECRET)
            if room is not None and server.user(who) in room.members:
                # Rename the new room, so that the next frame finds none of that name.
                rename = {"t": "moderate", "room": room.id, "action": "rename", "value": f"mine-{mark}"}
                found += await everything_after(web, rename, 100 + mark)
                # The events of a new room are read from the store, which may take longer than the fences.
                while not any(f'"room_renamed", "text": "mine-{mark}"' in text for text in found):
                    events = (await web.gets_frame()).get("events", ())
                    found += [json.dumps(event) for event in events if not event.get("text", "").startswith("mark")]
        return [*found, *await everything_after(web, {"t": "rooms", "id": "r"}, 99)]

    there, none = await in_two_worlds(serve, script)
    # The order between answers and events is not defined.
    assert sorted(there) == sorted(none)
    assert "psst" not in str(there)


async def test_every_frame_of_an_observer_treats_a_hidden_room_as_unknown(serve: Serve) -> None:
    server = await serve(rate_messages=0)
    den, talk = await secrets(server)
    web = await server.web()
    for mark, frame in enumerate(FRAMES):
        room = {number: await everything_after(web, filled(frame, number, SECRET if number == den else "none"), mark)
                for number in (999_999, den, talk)}  # fmt: skip
        assert room[999_999] == room[den] == room[talk], frame


async def test_a_hello_with_seen_events_of_a_hidden_room_reveals_nothing(serve: Serve) -> None:
    server = await serve()
    den, talk = await secrets(server)
    epoch = server.hub.view.state.rooms[den].epoch
    seen = [{"room": room, "epoch": epoch, "seq": 0} for room in (den, talk, 999_999, 0, -1)]
    web = await server.web("visitor", seen=seen)
    assert web.ready["rooms"] == []
    await web.gets_nothing_more()


async def lines_after(line: Line, said: str) -> list[str]:
    await line.says(said, "/fence")
    return (await line.sees_until("There is no command /fence. /help lists the commands."))[:-1]


@pytest.mark.parametrize("said", LINES)
async def test_every_line_command_treats_a_hidden_room_as_unknown(serve: Serve, said: str) -> None:
    async def script(server: Server) -> list[str]:
        async with await server.line("eve") as line:
            await lines_after(line, "/join room-of-eve")
            said_of_it = await lines_after(line, said.replace(PLACE, SECRET))
            return [*said_of_it, *await lines_after(line, "/rooms"), *await lines_after(line, "/who")]

    there, none = await in_two_worlds(serve, script)
    assert there == none
    assert "psst" not in str(there)


async def test_a_room_with_the_name_of_a_hidden_one_can_be_created(serve: Serve) -> None:
    """The new room is a different one: its creator learns nothing of the hidden room, and no user gets into the wrong
    room.
    """
    server = await serve()
    den, _ = await secrets(server)
    for name, private in (("eve", False), ("eva", True)):
        http = await account(server, name)
        made = await http.asks("POST", "/api/rooms", {"name": SECRET, "private": private})
        assert made.status == (201 if name == "eve" else 409)
        assert name == "eva" or made.json["id"] != den
        if name == "eva":
            assert made.code == "room_taken"  # because eve's room of that name is public
