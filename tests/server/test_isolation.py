"""An exception in one session affects no other session of that commit."""

import json
from typing import Any

import pytest

from parley.core.commands import (
    Command,
    Create,
    Join,
    Leave,
    Moderate,
    MoveReadMark,
    SendMessage,
    SetPreference,
    SignOut,
)
from parley.core.events import MACHINE
from parley.server.net.websocket import WebSocketConnection
from tests.server.server_fixture import Server, Web, password_of

EVE, BOB, DEN = 1, 2, 2

CALLBACKS: dict[str, tuple[Command | None, str]] = {
    "decided": (None, "events"),
    "joined": (Join(EVE, "tea"), "joined"),
    "left": (Leave(EVE, 1), "left"),
    "renamed": (Moderate(MACHINE, 1, "rename", value="hall"), "events"),
    "invited": (Moderate(BOB, DEN, "invite", "eve"), "invited"),
    "read_mark_moved": (MoveReadMark(EVE, 1, 2, 3, 3, 0, 0), "unread"),
    "preferences_changed": (SetPreference(EVE, 1, level="nothing"), "preferred"),
    "expelled": (SignOut(EVE, None), "error"),
}
"""By callback: a command that causes the call, and the frame that a client of the user then gets."""


async def gets(web: Web, kind: str) -> dict[str, Any]:
    while (frame := await web.gets_frame())["t"] != kind:
        pass
    return frame


@pytest.mark.parametrize("callback", CALLBACKS)
async def test_an_exception_in_a_callback_affects_no_other_session(
    server: Server, monkeypatch: pytest.MonkeyPatch, callback: str
) -> None:
    assert (await server.account("eve"), await server.account("bob")) == (EVE, BOB)
    for user in (EVE, BOB):
        await server.does(Join(user, "lobby"))
    await server.does(Create(BOB, "den", private=True))
    assert server.room("den", private=True) == DEN
    _, eve = [await server.web("eve", password=password_of("eve")) for _ in range(2)]
    bob = await server.web("bob", password=password_of("bob"))
    connection = server.hub.presence.connections(EVE)[0]  # the connection that is called first
    assert isinstance(connection, WebSocketConnection)
    session, raised = connection._session, []
    original = getattr(type(session), callback)

    def raising(self: Any, *arguments: Any) -> Any:
        if self is session:
            raised.append(callback)
            raise ZeroDivisionError
        return original(self, *arguments)

    monkeypatch.setattr(type(session), callback, raising)
    command, kind = CALLBACKS[callback]
    if command is None:
        connection._receive(json.dumps({"t": "send", "key": "k", "room": 1, "text": "from eve"}).encode())
    else:
        server.hub.writer.submit(command, server.hub)
    # The following is in the same commit.
    [bobs] = server.hub.presence.connections(BOB)
    assert isinstance(bobs, WebSocketConnection)
    bobs._receive(json.dumps({"t": "send", "key": "k", "room": 1, "text": "from bob"}).encode())
    await gets(bob, "stored")
    while (await gets(bob, "events"))["events"][-1].get("text") != "from bob":
        pass
    await gets(eve, kind)
    assert raised == [callback]
    assert [record.exc_info and record.exc_info[0] for record in server.records if record.exc_info] == [
        ZeroDivisionError
    ]
    server.records.clear()


async def test_a_rendering_that_raises_ends_its_readers_and_no_others(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, eve = await server.line("bob"), await server.web("eve", "lobby")
    await bob.sees("eve has connected to the chat room")
    [cursor] = server.connections("bob")[0].cursors
    original = type(cursor.rendering).event
    raised = []

    def once(self: Any, event: Any) -> bytes:
        if not raised and event.kind == "message":
            raised.append(event)
            raise ZeroDivisionError
        return original(self, event)

    monkeypatch.setattr(type(cursor.rendering), "event", once)
    await server.does(SendMessage(server.user("eve"), 1, "hi"))
    assert (await gets(eve, "events"))["events"][-1]["text"] == "hi"
    await bob.reads()  # the connection ends
    assert [record.exc_info[0] for record in server.records if record.exc_info] == [ZeroDivisionError]
    server.records.clear()
