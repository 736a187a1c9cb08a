"""Messages of bots are marked as such for every client."""

import asyncio
import json

from parley.core.commands import MakeWebhook, Register, SendDirect, SendMessage, SetTopic
from parley.core.events import Event
from parley.core.tokens import hash_token
from parley.gateways.line.render import RoomLines
from tests.salts import without_salts
from tests.server.api import Http, account
from tests.server.server_fixture import Serve, Server


async def robot(server: Server, owner: int) -> int:
    """Make a bot, and let it into #lobby."""
    await server.does(Register("robot", None, by=owner, role="bot", token=hash_token("a bot's token")))
    web = await server.web(token="a bot's token")
    await web.joins("lobby")
    return server.user("robot")


async def test_netcat_marks_messages_of_a_bot_in_a_room(server: Server) -> None:
    ann = await server.account("ann", "owner")
    bob = await server.line("bob")
    bot = await robot(server, ann)
    await bob.sees("robot (bot) has connected to the chat room")
    await server.does(SendMessage(bot, 1, "two\nlines"))
    await server.does(SendMessage(bot, 1, "beeps", "action"))
    await server.does(SetTopic(bot, 1, "tea"))
    await bob.sees("robot (bot): two", "robot (bot): lines", "* robot (bot) beeps")
    await bob.sees("robot (bot) has set the topic: tea")
    await server.does(SendMessage(server.user("bob"), 1, "hi"))
    await bob.sees("bob: hi")
    await bob.says("/history 3")
    await bob.sees("robot (bot): two", "robot (bot): lines", "* robot (bot) beeps", "bob: hi")


async def test_netcat_marks_direct_messages_of_a_bot(server: Server) -> None:
    ann = await server.account("ann", "owner")
    bob = await server.line("bob")
    bot = await robot(server, ann)
    await bob.sees("robot (bot) has connected to the chat room")
    await server.does(SendDirect(bot, "bob", "psst"))
    await server.does(SendDirect(bot, "bob", "beeps", "action"))
    await bob.sees("robot (bot) -> you: psst", "robot (bot) -> you: * robot (bot) beeps")
    await server.does(SendDirect(server.user("bob"), "robot", "hi"))
    await bob.sees("you -> robot: hi")


async def test_netcat_marks_changes_by_a_bot(server: Server) -> None:
    bot = await robot(server, await server.account("ann", "owner"))
    lines = RoomLines(view=server.hub.view)
    assert lines.event(Event(1, 5, 0, bot, "robot", "archived", "no more")) == (
        b"robot (bot) has archived the room: no more\n"
    )
    assert lines.event(Event(1, 5, 0, 99, "robot", "archived", "no more")) == b"robot has archived the room: no more\n"


async def test_websocket_and_http_mark_messages_of_a_bot(server: Server) -> None:
    ann = await account(server, "ann", "owner")
    bot = await robot(server, server.user("ann"))
    bob = await server.web("bob", "lobby")
    stream = await Http(server, ann.token).follows("/api/rooms/lobby/events?after=3")
    await server.does(SendMessage(bot, 1, "beep"))
    await server.does(SendMessage(server.user("bob"), 1, "hi"))
    told = await bob.gets_events(1, 5)
    assert [event.get("bot") for event in told] == [True, None]
    await bob.sends(t="history", id="1", room=1, limit=2)
    assert [event.get("bot") for event in (await bob.gets_answer())["events"]] == [True, None]
    page = (await ann.asks("GET", "/api/rooms/lobby/messages")).json["events"]
    assert [event.get("bot") for event in page] == [True, None]
    followed = [await stream.gets() for _ in range(3)][1:]
    assert [event.get("bot") for _, _, event in followed] == [True, None]


async def test_an_outgoing_webhook_marks_messages_of_an_incoming_one_as_a_bots(serve: Serve) -> None:
    got: asyncio.Queue[dict[str, object]] = asyncio.Queue()

    async def endpoint(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(int(line[15:]) for line in head.lower().splitlines() if line.startswith(b"content-length:"))
            got.put_nowait(without_salts(json.loads(await reader.readexactly(length)))["event"])
            writer.write(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            break
        writer.close()

    # The server is closed also if the test fails: the loop would wait for it.
    async with await asyncio.start_server(endpoint, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        server = await serve(webhook_allow=[f"127.0.0.1:{port}"])
        ann = await account(server, "ann", "owner")
        await ann.joins("lobby")
        me, room = server.user("ann"), server.room("lobby")
        hook = MakeWebhook(me, room, "ci", f"http://127.0.0.1:{port}/", server.hub.view.state.rooms[room].tip, "secret")
        await server.does(hook)
        await server.does(MakeWebhook(me, room, "robot", token=hash_token("in")))
        said = await Http(server).asks("POST", "/hooks/in", {"text": "built <@ann>"})
        assert said.status in (200, 201, 204), said
        while (event := await asyncio.wait_for(got.get(), 5)).get("kind") is not None:
            pass
        assert (event["text"], event["bot"], event["mentions"]) == ("built @ann", True, [me])
        await server.does(SendMessage(me, room, "thanks"))
        event = await asyncio.wait_for(got.get(), 5)
        assert (event["text"], "bot" in event, "mentions" in event) == ("thanks", False, False)
