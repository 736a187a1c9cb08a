"""Changes of messages over WebSockets, where a transcript can't show them."""

import asyncio
import json
from typing import Any

import pytest

from parley.core.commands import Edit, Leave, SendMessage
from parley.gateways.effects import PresentPage, ReadPresent
from tests.server.server_fixture import Serve, Server, until


@pytest.mark.parametrize("number", [2**63, 10**30, -1, -(2**70)])
async def test_a_number_that_no_event_can_have_names_no_message(serve: Serve, number: int) -> None:
    server = await serve(rate_messages=0)
    web = await server.web("ann", "lobby")
    frames: list[tuple[dict[str, Any], str]] = [
        ({"t": "edit", "room": 1, "seq": number, "text": "x"}, "message_unknown"),
        ({"t": "edit", "room": number, "seq": 2, "text": "x"}, "room_not_joined"),
        ({"t": "erase", "room": 1, "seq": number}, "message_unknown"),
        ({"t": "react", "room": 1, "seq": number, "emoji": "👍"}, "message_unknown"),
        ({"t": "pin", "room": 1, "seq": number}, "message_unknown"),
        ({"t": "title", "room": 1, "seq": number, "text": "x"}, "message_unknown"),
        ({"t": "versions", "room": 1, "seq": number}, "message_unknown"),
        ({"t": "versions", "room": 1, "seq": 2, "before": number}, "message_unknown"),
        ({"t": "reactors", "room": 1, "seq": number, "emoji": "👍"}, "message_unknown"),
        ({"t": "reactors", "room": 1, "seq": 2, "emoji": "👍", "after": number}, "message_unknown"),
        ({"t": "history", "room": 1, "limit": 5, "thread": number}, "message_unknown"),
        ({"t": "send", "key": "k1", "room": 1, "text": "x", "reply": number}, "message_unknown"),
        ({"t": "send", "key": "k2", "room": 1, "text": "x", "thread": number}, "message_unknown"),
    ]
    for frame, code in frames:
        await web.sends(**frame)
        assert (await web.gets_frame())["code"] == code, frame
    for frame in (
        {"t": "pins", "room": 1, "after": number},
        {"t": "history", "room": 1, "limit": 5, "present": True, "before": number},
        {"t": "history", "room": 1, "limit": 5, "present": True, "after": number},
    ):
        await web.sends(**frame)
        assert (await web.gets_frame())["t"] == "page", frame


async def test_long_versions_and_pins_come_in_pieces_that_fit_a_frame(server: Server) -> None:
    ann = await server.web("ann", "lobby")
    user = server.user("ann")
    text = "é" * 8_000
    [said] = await server.does(SendMessage(user, 1, text))
    for number in range(6):
        await server.does(Edit(user, 1, said.seq, f"{number} {text[3:]}"))
    while (frame := await ann.gets_frame())["t"] != "events" or frame["events"][-1].get("text", "")[:1] != "5":
        pass
    found: list[str] = []
    before, more = 0, True
    while more:
        await ann.sends(t="versions", room=1, seq=said.seq, before=before)
        page = await ann.gets_frame()
        assert len(str(page).encode()) < 40_000
        found[:0] = [version["text"][:1] for version in page["versions"]]
        more, before = page.get("more", False), page["versions"][0]["seq"]
    assert found == list("é012345")


async def test_a_page_that_waits_for_a_departure_is_as_new_as_the_events_before_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve(rate_messages=0)
    bob = await server.web("bob", "lobby", "tea")
    eve = await server.web("eve", "lobby", "tea")
    lobby, tea = server.room("lobby"), server.room("tea")
    [said] = await server.does(SendMessage(server.user("bob"), tea, "first"))
    connection = server.stalls("eve", eve)
    read, was_read = server.hub.history.present_page, asyncio.Event()

    async def present_page(effect: ReadPresent) -> PresentPage | None:
        page = await read(effect)
        await was_read.wait()
        return page

    monkeypatch.setattr(server.hub.history, "present_page", present_page)
    asked = {"t": "history", "id": "page", "room": tea, "limit": 5, "present": True, "messages": True}
    connection.perform(connection._session.receive(json.dumps(asked).encode()))
    for number in range(200):
        await bob.says(lobby, "x" * 8_000, f"k{number}")
    await server.does(Leave(server.user("eve"), lobby))
    assert connection._endings
    was_read.set()
    await until(lambda: bool(connection._backlog))
    [edit] = await server.does(Edit(server.user("bob"), tea, said.seq, "second"))
    eve.transport.resume_reading()
    shown = False
    while (frame := await eve.gets_frame()).get("id") != "page":
        shown |= frame["t"] == "events" and frame["events"][-1]["seq"] == edit.seq and frame["room"] == tea
    assert shown
    assert frame["upto"] == edit.seq
    assert frame["events"][-1]["now"]["text"] == "second"
