"""Batches with events in many rooms: the projection writes them over several turns of the event loop.

Here, each room has a turn of its own.
"""

import pytest

from parley.core.commands import Join, Rename, SendMessage
from parley.server.engine import projection
from tests.server.server_fixture import Server, Web

ROOMS = [f"room{number}" for number in range(6)]


@pytest.fixture(autouse=True)
def one_room_for_each_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "TURN_SECONDS", -1.0)
    monkeypatch.setattr(projection, "ROOMS_UNTIMED", 1)


async def bob_and_eve(server: Server) -> tuple[int, Web]:
    """Return bob's id, and a client of eve, who is in all rooms of bob."""
    bob = await server.account("bob")
    eve = await server.web("eve", *ROOMS)
    for room in ROOMS:
        await server.does(Join(bob, room))
        await eve.gets_events(server.room(room), server.hub.view.state.rooms[server.room(room)].tip)
    return bob, eve


async def test_other_work_is_done_between_the_rooms_of_a_batch(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    bob, eve = await bob_and_eve(server)
    feeds, turn, going = server.hub.feeds, 0, True
    pump, turns = feeds.pump, []

    def count() -> None:
        nonlocal turn
        turn += 1
        if going:
            server.hub.loop.call_soon(count)

    def noting(rooms: list[int]) -> None:
        turns.append(turn)
        pump(rooms)

    count()
    monkeypatch.setattr(feeds, "pump", noting)
    await server.does(Rename(bob, "robert"))
    for room in ROOMS:
        [event] = await eve.gets_events(server.room(room), server.hub.view.state.rooms[server.room(room)].tip)
        assert (event["kind"], event["text"]) == ("renamed", "robert")
    going = False
    assert len(turns) == len(set(turns)) > len(ROOMS)  # one more for the directory


async def test_events_of_later_batches_come_after_those_of_a_large_one(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, eve = await bob_and_eve(server)
    monkeypatch.setattr(server.hub.writer.projection, "later", lambda go_on: None)
    await server.does(Rename(bob, "robert"))
    last = server.room(ROOMS[-1])
    for text in ("one", "two"):
        await server.does(SendMessage(bob, last, text))
    server.hub.writer.projection.finish()
    events = []
    while not events or events[-1].get("text") != "two":
        frame = await eve.gets_frame()
        events += frame["events"] if frame["t"] == "events" else []
    assert [event["text"] for event in events] == ["robert"] * len(ROOMS) + ["one", "two"]


async def test_a_client_that_has_ended_its_input_is_shown_all_rooms_before_it_is_closed(server: Server) -> None:
    await server.web("eve", *ROOMS)
    bob = await server.line("bob")
    for room in ROOMS:
        await bob.says(f"/join {room}")
        await bob.sees_until("bob has connected to the chat room")
    await bob.says("/nick robert")
    await bob.stops_writing()
    seen = (await bob.reads()).decode()
    assert seen.count("is now known as robert") == len(ROOMS) + 1, seen  # the lobby too


async def test_a_server_that_stops_shows_all_events_first(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    bob, eve = await bob_and_eve(server)
    monkeypatch.setattr(server.hub.writer.projection, "later", lambda go_on: None)
    await server.does(Rename(bob, "robert"))
    await server.stop()
    frames = []
    while not frames or frames[-1]["t"] != "bye":
        frames.append(await eve.gets_frame())
    rooms = {frame["room"] for frame in frames if frame["t"] == "events"}
    assert rooms == {server.room(room) for room in ROOMS}


async def test_many_unshown_batches_are_shown_at_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    bob, eve = await bob_and_eve(server)
    monkeypatch.setattr(server.hub.writer.projection, "later", lambda go_on: None)
    names = [f"robert{number}" for number in range(2 * projection.UNSHOWN_BATCHES)]
    unshown = []
    for name in names:
        await server.does(Rename(bob, name))
        unshown.append(len(server.hub.writer.projection._unshown))
    assert max(unshown) == projection.UNSHOWN_BATCHES
    assert unshown.count(0) == 1
    server.hub.writer.projection.finish()
    texts: dict[int, list[str]] = {room: [] for room in map(server.room, ROOMS)}
    while any(len(found) < len(names) for found in texts.values()):
        frame = await eve.gets_frame()
        if frame["t"] == "events":
            texts[frame["room"]] += [event["text"] for event in frame["events"]]
    assert list(texts.values()) == [names] * len(ROOMS)
