"""A projection that follows the commits of another server serves its clients as that server serves its own."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from parley.core.commands import Create, Join, MakeWebhook, Moderate, SendMessage, SetPreference, SignOut
from parley.core.events import MACHINE
from parley.core.ports import Batch, Keyed, Place
from parley.core.preferences import Level
from parley.core.tokens import hash_token
from parley.gateways.view import View
from parley.server.compose import assemble
from parley.server.config import Config
from parley.server.net.listener import Listener, bind
from parley.storage.sqlite import FILE_NAME, SqliteStore
from tests.server.server_fixture import Serve, Server, Web, password_of, until
from tests.server.webhooks.endpoint import Endpoint


class RecordingStore(SqliteStore):
    """A store that reports each batch when it is durable.

    Attributes:
        committed: called with the batch, in the storage thread.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.committed: Callable[[Batch], None] = lambda batch: None

    def append(self, batch: Batch) -> dict[Keyed, Place]:
        places = super().append(batch)
        self.committed(batch)
        return places


@asynccontextmanager
async def follower_of(server: Server, **options: Any) -> AsyncIterator[Server]:
    """Run a second server on the same file. It decides no commands: its projection gets the batches of the first
    server.
    """
    loop = asyncio.get_running_loop()
    server._blockbuster.deactivate()
    parts = assemble(loop, SqliteStore(server.folder / FILE_NAME), Config(**options))
    server._blockbuster.activate()

    def follow(batch: Batch) -> None:
        projection = parts.hub.writer.projection
        projection.show(projection.apply(batch))

    server.store.committed = lambda batch: loop.call_soon_threadsafe(follow, batch)  # type: ignore[attr-defined]
    follower = Server(server.folder)
    follower.hub = parts.hub
    [sock] = bind("127.0.0.1", 0)
    follower.port = sock.getsockname()[1]
    listener = Listener(loop, sock, parts.dispatcher.admit)
    listener.start()
    try:
        yield follower
    finally:
        server.store.committed = lambda batch: None  # type: ignore[attr-defined]
        listener.close()
        server._blockbuster.deactivate()
        await parts.hub.close()
        for guest in follower._guests:
            await guest.dispose()
        server._blockbuster.activate()


class Told(NamedTuple):
    """The frames that a client got: the events of each room in order, and all other frames except signals, which may be
    dropped.
    """

    events: dict[int, list[dict[str, Any]]]
    frames: list[str]


async def told_until(web: Web, text: str) -> Told:
    """Return the frames up to `left` and the message with that text, which come in either order."""
    told = Told(defaultdict(list), [])
    left = ended = False
    while not (left and ended):
        frame = await web.gets_frame()
        if frame["t"] == "events":
            told.events[frame["room"]] += frame["events"]
            ended |= frame["events"][-1].get("text") == text
        elif frame["t"] != "signal":
            told.frames.append(json.dumps(frame))
            left |= frame["t"] == "left"
    told.frames.sort()
    return told


async def server_with_accounts(serve: Serve, **options: Any) -> tuple[Server, int, int]:
    """Start a server with the accounts eve and bob, both in #lobby. Return the server and their ids."""
    server = await serve(store=RecordingStore, **options)
    eve, bob = await server.account("eve"), await server.account("bob", "admin")
    for user in (eve, bob):
        await server.does(Join(user, "lobby"))
    return server, eve, bob


async def test_clients_of_both_servers_get_the_same_events_and_frames(serve: Serve) -> None:
    server, eve, bob = await server_with_accounts(serve)
    async with follower_of(server) as follower:
        here = await server.web("eve", password=password_of("eve"))
        there = await follower.web(token=here.token)
        for text in ("one", "two @eve"):
            await server.does(SendMessage(bob, 1, text))
        await server.does(Create(bob, "den", private=True))
        den = server.room("den", private=True)
        await server.does(Moderate(bob, den, "invite", "eve"))
        await server.does(Join(eve, "den"))
        await server.does(SendMessage(bob, den, "welcome"))
        await server.does(Moderate(bob, den, "rename", value="nest"))
        await server.does(SetPreference(eve, den, level="nothing"))
        await server.does(Moderate(bob, den, "kick", "eve"))
        await server.does(SendMessage(bob, den, "not for eve"))
        await server.does(SendMessage(bob, 1, "the end"))
        told = await told_until(here, "the end")
        assert await told_until(there, "the end") == told
        assert [json.loads(frame)["t"] for frame in told.frames] == ["invited", "joined", "left", "preferred"]
        assert "not for eve" not in str(told)


async def test_marks_and_preferences_are_the_same_on_both_servers(serve: Serve) -> None:
    server, eve, bob = await server_with_accounts(serve)
    async with follower_of(server) as follower:
        here = await server.web("eve", password=password_of("eve"))
        there = await follower.web(token=here.token)
        for text in ("one", "two @eve", "three"):
            await server.does(SendMessage(bob, 1, text))
        await here.sends(t="read", room=1, seq=server.hub.view.state.rooms[1].tip - 2)
        await server.does(SetPreference(eve, 1, level="nothing", favourite=True))
        for web in (here, there):
            while (frame := await web.gets_frame())["t"] != "unread":
                pass
            assert (frame["unread"], frame["mentions"]) == (2, 1)
        views = [each.hub.view for each in (server, follower)]

        def of(view: View) -> tuple[Level, bool]:
            return view.preferences.of(eve, view.state.rooms[1])

        await until(lambda: of(views[1]) == of(views[0]))
        assert views[1].marks.of(1, eve) == views[0].marks.of(1, eve)
        assert views[1].marks.unread(1, eve) == views[0].marks.unread(1, eve) == (2, 1)
        assert of(views[1]) == ("nothing", True)


async def test_a_sign_out_on_one_server_ends_the_session_on_the_other(serve: Serve) -> None:
    server, eve, _ = await server_with_accounts(serve)
    async with follower_of(server) as follower:
        here = await server.web("eve", password=password_of("eve"))
        there = await follower.web(token=here.token)
        assert here.token is not None
        await server.does(SignOut(eve, hash_token(here.token)))
        for web in (here, there):
            while (frame := await web.gets_frame())["t"] in ("events", "signal"):
                pass
            assert (frame["t"], frame["code"]) == ("error", "session_unknown")
        assert not follower.hub.presence.online(eve)


async def test_webhooks_begin_deliver_and_end_on_both_servers(serve: Serve) -> None:
    async with Endpoint() as endpoint:
        allowed = {"webhook_allow": [f"127.0.0.1:{endpoint.port}"]}
        server, _, bob = await server_with_accounts(serve, **allowed)
        async with follower_of(server, **allowed) as follower:
            await server.does(Create(bob, "den", private=True))
            den = server.room("den", private=True)
            tip = server.hub.view.state.rooms[den].tip
            made = await server.does(MakeWebhook(bob, den, "bot", endpoint.url, tip, "well-kept", None, ()))
            hook = made[-1].seq
            await until(lambda: follower.hub.webhooks.status(hook) is not None)
            await server.does(SendMessage(bob, den, "hello"))
            await endpoint.got(2)  # one from each server
            assert endpoint.seqs == [tip + 1, tip + 1]
            await server.does(Moderate(MACHINE, den, "kick", "bob"))
            await until(lambda: follower.hub.webhooks.status(hook) is None)
            assert server.hub.webhooks.status(hook) is None
