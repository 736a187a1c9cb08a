"""The directory over real sockets: rooms, members and people in pages and by search, on every gateway."""

import asyncio
from itertools import chain
from typing import Any

from parley.core.commands import ClaimName, Create, Join, Moderate, OpenRoom
from parley.core.events import MACHINE
from tests.server.api import Http, guest
from tests.server.server_fixture import Server, Web


async def made(server: Server, rooms: int, people: int) -> None:
    """Make public rooms and guests."""
    await server.account("ida")
    await asyncio.gather(
        *[server.does(OpenRoom(f"room{number:04}")) for number in range(rooms)],
        *[server.does(ClaimName(f"guest{number:04}")) for number in range(people)],
    )


async def pages(web: Web, kind: str, **request: Any) -> list[list[str]]:
    """Return the names of all pages."""
    found, after = [], ""
    while True:
        await web.sends(t=kind, id="1", after=after, **request)
        page = await web.gets_answer()
        found.append([each["name"] for each in page[kind]])
        assert page.get("more", False) is bool(page.get("next"))
        if not page.get("more"):
            return found
        after = page["next"]


async def test_rooms_and_people_come_in_pages_and_are_found_by_search(server: Server) -> None:
    await made(server, 450, 450)
    bob = await server.web("bob", "lobby")
    rooms = await pages(bob, "rooms")
    assert [len(page) for page in rooms] == [200, 200, 51]
    assert list(chain(*rooms)) == ["lobby", *(f"room{number:04}" for number in range(450))]
    people = await pages(bob, "people", limit=100)
    assert list(chain(*people)) == ["bob", *(f"guest{number:04}" for number in range(450)), "ida"]
    assert await pages(bob, "rooms", query="ROOM019", limit=20) == [[f"room019{digit}" for digit in range(10)]]
    assert await pages(bob, "people", query="0449") == [["guest0449"]]
    await bob.sends(t="rooms", id="2")  # a request as clients of older versions send it
    first = await bob.gets_answer()
    assert (len(first["rooms"]), first["more"]) == (200, True)


async def test_members_of_a_lobby_come_in_pages_and_are_found_by_search(server: Server) -> None:
    await made(server, 0, 1_100)
    await asyncio.gather(*[server.does(Join(server.user(f"guest{number:04}"), "lobby")) for number in range(1_100)])
    bob = await server.web("bob", "lobby")
    members = await pages(bob, "members", room=1)
    assert list(chain(*members)) == ["bob", *(f"guest{number:04}" for number in range(1_100))]
    assert max(map(len, members)) == 200
    assert await pages(bob, "members", room=1, query="guest10", limit=99) == [
        [f"guest10{number:02}" for number in range(99)],
        ["guest1099"],
    ]
    await bob.sends(t="members", id="2", room=1, query="bob")
    assert [(each["name"], each["online"]) for each in (await bob.gets_answer())["members"]] == [("bob", True)]


async def test_a_private_room_is_in_no_answer_for_those_who_are_not_in_it(server: Server) -> None:
    await made(server, 0, 0)
    await server.does(Create(server.user("ida"), "secret", private=True))
    bob = await server.web("bob", "lobby")
    for query in ("", "secret", "sec", "ecre"):
        assert "secret" not in chain(*await pages(bob, "rooms", query=query))
        answer = await Http(server).asks("GET", f"/api/rooms?query={query}")
        assert "secret" not in [room["name"] for room in answer.json["rooms"]]


async def test_renamed_archived_and_reopened_rooms_are_found_by_what_they_are_now(server: Server) -> None:
    await made(server, 1, 0)
    bob, room = await server.web("bob", "lobby"), server.room("room0000")
    await server.does(Moderate(MACHINE, room, "rename", value="Straße"))
    assert await pages(bob, "rooms", query="strasse") == [["Straße"]]
    assert await pages(bob, "rooms", query="room") == [[]]
    await server.does(Moderate(MACHINE, room, "archive"))
    assert await pages(bob, "rooms", query="strasse") == [[]]
    await server.does(Moderate(MACHINE, room, "archive", undo=True))
    assert await pages(bob, "rooms", query="strasse") == [["Straße"]]


async def test_a_page_with_an_invalid_next_or_limit_is_refused(server: Server) -> None:
    bob = await server.web("bob", "lobby")
    for kind in ("rooms", "people", "members"):
        for wrong in ({"after": "nowhere"}, {"limit": 0}, {"limit": 201}):
            await bob.sends(t=kind, id="1", room=1, **wrong)
            await bob.gets_error("page_invalid", id="1")
    observer = await server.browser()
    await observer.sends_at_once({"t": "hello", "protocol": 1}, {"t": "people", "id": "1"})
    await observer.gets_frame()
    await observer.gets_error("name_needed", id="1")
    assert (await Http(server).asks("GET", "/api/rooms?after=nowhere")).code == "page_invalid"


async def test_the_api_answers_rooms_members_and_users_in_pages_and_by_query(server: Server) -> None:
    await made(server, 450, 5)
    eve = await guest(server, "eve")
    names, after = [], ""
    while True:
        page = (await eve.asks("GET", f"/api/rooms?limit=150&after={after.replace(' ', '+')}")).json
        names += [room["name"] for room in page["rooms"]]
        if not page["more"]:
            break
        after = page["next"]
    assert names == ["lobby", *(f"room{number:04}" for number in range(450))]
    assert [room["name"] for room in (await eve.asks("GET", "/api/rooms?query=444")).json["rooms"]] == ["room0444"]
    users = (await eve.asks("GET", "/api/users?query=guest&limit=3")).json
    assert [user["name"] for user in users["users"]] == ["guest0000", "guest0001", "guest0002"]
    rest = (await eve.asks("GET", f"/api/users?query=guest&next={users['next'].replace(' ', '+')}")).json
    assert ([user["name"] for user in rest["users"]], rest["more"]) == (["guest0003", "guest0004"], False)
    await server.does(Join(server.user("eve"), "room0001"))
    members = (await eve.asks("GET", "/api/rooms/room0001/members?query=ev")).json
    assert ([member["name"] for member in members["members"]], members["more"]) == (["eve"], False)
