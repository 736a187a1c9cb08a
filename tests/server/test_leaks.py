"""No user is shown an event of a private room from a time when they were not a member, nor the text of an edit of a
message from then.
"""

import asyncio
import contextlib
import json
import random
import re
from collections import defaultdict
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from parley.core.commands import Create, Edit, Join, Leave, Moderate, Register, SendMessage
from parley.core.events import MACHINE, Event, RelatedEvent
from parley.core.tokens import hash_token
from parley.server.net.websocket import WebSocketConnection
from tests.server.server_fixture import Serve, Server, Web, until

PEOPLE = ("ann", "bob", "eve", "zoe")
ROOMS = ("lobby", "tea", "den", "attic")
PRIVATE = ("den", "attic")
DEEDS = (
    "break", "create", "join", "join", "leave", "invite", "invite", "ban", "history", "history", "watch",
    "in and out", "out and in", "go and come", "say", "say", "edit", "edit", "read of a message",
)  # fmt: skip


class Device:
    """A connection that keeps everything it gets.

    Attributes:
        shown: by room, the seqs of events in the order in which they came.
        texts: the random marks in messages that came, in any frame.
    """

    def __init__(self, user: int, web: Web) -> None:
        self.user = user
        self.web = web
        self.shown: dict[int, list[int]] = defaultdict(list)
        self.texts: set[str] = set()
        self.fences = 0
        self.fenced: set[str] = set()
        self.heard = asyncio.ensure_future(self._hear())
        self.ready = asyncio.Event()

    async def _hear(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                self._take(json.loads(await self.web.socket.recv()))

    def _take(self, frame: dict[str, Any]) -> None:
        self.texts.update(re.findall(r"<\d+>", json.dumps(frame)))
        if frame["t"] in ("events", "page"):
            self.shown[frame["room"]] += [event["seq"] for event in frame["events"]]
        if frame["t"] in ("ready", "error"):
            self.ready.set()
        if str(frame.get("id", "")).startswith("mark"):
            self.fenced.add(frame["id"])

    async def sends(self, **frame: Any) -> None:
        with contextlib.suppress(ConnectionClosed):
            await self.web.sends(**frame)

    async def settle(self) -> None:
        """Wait for the answers to all requests before this, or for the end of the connection."""
        self.fences += 1
        mark = f"mark-{self.fences}"
        await self.sends(t="unwatch", id=mark, room=0)
        await until(lambda: mark in self.fenced or self.heard.done())


class Story:
    """A server, users with several devices each, and their random actions."""

    def __init__(self, server: Server, chance: random.Random) -> None:
        self.server = server
        self.chance = chance
        self.devices: list[Device] = []
        self.all: list[Device] = []
        self.said = 0
        self.users: list[int] = []

    async def begin(self) -> None:
        for name in PEOPLE:
            await self.server.does(Register(name, None, by=MACHINE, role="bot", token=token_hash(name)))
            self.users.append(self.server.user(name))
        for name, owner in zip(PRIVATE, self.users, strict=False):
            await self.server.does(Create(owner, name, private=True))

    async def opens(self, name: str) -> None:
        user = self.server.user(name)
        web = await self.server.browser()
        device = Device(user, web)
        state = self.server.hub.view.state
        seen = [
            {"room": room.id, "epoch": room.epoch, "seq": self.chance.randrange(room.tip + 2)}
            for room in state.rooms.values()
            if room.id
        ]
        await device.sends(t="hello", protocol=1, token=f"the token of {name}", seen=seen[:20])
        await device.ready.wait()
        self.devices.append(device)
        self.all.append(device)

    async def step(self) -> None:
        chance, state = self.chance, self.server.hub.view.state
        name, other = chance.choice(PEOPLE), chance.choice(PEOPLE)
        user = self.server.user(name)
        hidden = chance.random() < 0.8
        room = chance.choice([room for room in state.rooms.values() if room.id and room.private == hidden])
        mine = [device for device in self.devices if device.user == user]
        if not mine or (len(mine) < 3 and chance.random() < 0.05):
            await self.opens(name)
            return
        device = chance.choice(mine)
        seen = {"epoch": room.epoch, "seq": chance.randrange(room.tip + 1)}
        deed = chance.choice(DEEDS)
        if deed == "break":
            await device.web.aborts()
            self.devices.remove(device)
        elif deed == "create":
            await device.sends(t="create", name=chance.choice(ROOMS), private=True)
        elif deed == "join":
            await device.sends(t="join", name=chance.choice(ROOMS), seen=seen)
        elif deed == "leave":
            await device.sends(t="leave", room=room.id)
        elif deed == "invite":
            await device.sends(t="moderate", room=room.id, action="invite", whom=other)
        elif deed == "ban":
            for undo in (False, True):
                await device.sends(t="moderate", room=room.id, action="ban", whom=other, undo=undo)
        elif deed == "history":
            bounds = chance.choice([{}, {"before": chance.randrange(60)}, {"after": chance.randrange(60) - 1}])
            await device.sends(t="history", room=room.id, limit=chance.randrange(1, 60), **bounds)
        elif deed == "watch":
            await device.sends(t="watch", name=room.name, seen=seen)
        elif deed == "in and out":
            self.submit(Moderate(MACHINE, room.id, "invite", name))
            self.hears(user, t="join", name=room.name, seen=seen)
            self.submit(self.say(room), Moderate(MACHINE, room.id, "kick", name), self.say(room))
        elif deed == "out and in":
            self.submit(Moderate(MACHINE, room.id, "kick", name), self.say(room))
            self.submit(Moderate(MACHINE, room.id, "invite", name), Join(user, room.name), self.say(room))
        elif deed == "go and come":
            self.submit(Leave(user, room.id), self.say(room), Join(user, room.name), self.say(room))
        elif deed == "edit":
            self.said += 1
            seq = chance.randrange(max(room.tip - 20, 0), room.tip + 1)
            # The one who wrote it may edit it; the others are refused.
            self.submit(*[Edit(member, room.id, seq, f"<{self.said}> edited") for member in room.members])
        elif deed == "read of a message":
            seq = chance.randrange(room.tip + 1)
            await device.sends(t="versions", room=room.id, seq=seq)
            await device.sends(t="changes", room=room.id, after=seq, limit=50)
            await device.sends(t="history", room=room.id, limit=50, present=True)
        else:
            self.submit(*[self.say(room) for _ in range(chance.randrange(1, 5))])
        if chance.random() < 0.4:
            for each in self.devices:
                await each.settle()

    def say(self, room: Any) -> Any:
        self.said += 1
        members = [user for user in room.members if user in self.users]
        return SendMessage(self.chance.choice(members) if members else 0, room.id, f"<{self.said}> " + "x" * 200)

    def hears(self, user: int, **frame: Any) -> None:
        """Pass a frame of a user to the server's connection now, without the network."""
        for connection in self.server.hub.presence.connections(user):
            assert isinstance(connection, WebSocketConnection)
            connection._receive(json.dumps(frame).encode())
            break

    def submit(self, *commands: Any) -> None:
        """Submit commands in one turn of the loop, so that one commit stores them."""
        for command in commands:
            self.server.hub.writer.submit(command, self.server.hub)

    async def end(self) -> None:
        for device in self.devices:
            await device.settle()

    def check(self) -> tuple[int, int]:
        """Compare what each device got with the log.

        Returns:
            The number of events of private rooms that were shown, and the number of all of them.
        """
        shown = hidden = 0
        store = self.server.store
        for room in self.server.hub.view.state.rooms.values():
            if not room.private:
                continue
            log = store.after(room.id, 0, 10_000)
            inside = {user: intervals(log, user) for user in self.users}
            hidden += len(log)
            for device in self.all:
                for seq in device.shown[room.id]:
                    assert any(first <= seq <= last for first, last in inside[device.user]), (
                        f"user {device.user} was shown seq {seq} of room {room.id}, {inside[device.user]}"
                    )
                    shown += 1
                for event in log:
                    mark = re.match(r"<\d+>", event.text)
                    if mark and mark[0] in device.texts:
                        message = event.target if isinstance(event, RelatedEvent) else event.seq
                        assert any(first <= message and event.seq <= last for first, last in inside[device.user]), event
        return shown, hidden


def intervals(log: list[Event], user: int) -> list[tuple[int, int]]:
    """Return the first and the last seq of each membership of a user in a room: the seqs of the join and the
    departure.
    """
    found: list[tuple[int, int]] = []
    since = 0
    for event in log:
        if event.kind == "joined" and event.user == user:
            since = event.seq
        elif since and user in (event.user if event.kind == "left" else 0, sent_out(event)):
            found.append((since, event.seq))
            since = 0
    return [*found, (since, log[-1].seq)] if since else found


def sent_out(event: Event) -> int:
    return event.about.user if event.kind in ("kicked", "banned") and event.about is not None else 0


def token_hash(name: str) -> bytes:
    return hash_token(f"the token of {name}")


@pytest.mark.parametrize("seed", range(6))
async def test_nobody_sees_events_from_a_time_when_they_were_not_a_member(
    server_without_limits: Server, seed: int
) -> None:
    story = Story(server_without_limits, random.Random(seed))
    await story.begin()
    shown = hidden = 0
    while shown < 30 or hidden < 30:  # how many there are also depends on timing
        for _ in range(200):
            await story.step()
        await story.end()
        shown, hidden = story.check()


@pytest.fixture
def server_without_limits(runner: asyncio.Runner, serve: Serve) -> Server:
    return runner.run(serve(rate_messages=0))
