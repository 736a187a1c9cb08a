"""A server against a model, which is a list of messages for each room: members see exactly the stored messages, across
lost connections and crashes.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.conftest import new_event_loop
from tests.server.server_fixture import Server, Web, until

NAMES = ("ann", "bob", "eve")
ROOMS = ("lobby", "tea")


class Person:
    """A user whose client keeps its token, the events it got and the messages that were stored.

    Attributes:
        seen: by room id, the events in order.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.token: str | None = None
        self.web: Web | None = None
        self.seen: dict[int, list[dict[str, Any]]] = {}
        self.after: dict[int, int] = {}
        self.epoch = ""
        self.keys = 0
        self.sent: dict[str, tuple[int, str]] = {}

    def take(self, frame: dict[str, Any]) -> None:
        if frame["t"] == "events":
            log = self.seen[frame["room"]]
            for event in frame["events"]:
                last = log[-1]["seq"] if log else self.after[frame["room"]]
                assert event["seq"] == last + 1, "an event is missing, or came twice"
                log.append(event)
        elif frame["t"] == "joined":
            self.begin(frame["room"])
        elif frame["t"] == "left":
            assert self.seen[frame["room"]][-1]["seq"] == frame["seq"]
            del self.seen[frame["room"]], self.after[frame["room"]]

    def begin(self, room: dict[str, Any]) -> None:
        self.epoch = room["epoch"]
        if room["id"] not in self.seen:
            self.seen[room["id"]] = []
            self.after[room["id"]] = room["after"]

    async def until(self, **wanted: Any) -> dict[str, Any]:
        assert self.web
        while True:
            frame = await self.web.gets_frame()
            self.take(frame)
            if all(frame.get(key) == value for key, value in wanted.items()):
                return frame


class Machine(RuleBasedStateMachine):
    """Three users, two rooms, and a server that may be killed."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner(loop_factory=new_event_loop)
        self.people = {name: Person(name) for name in NAMES}
        self.logs: dict[str, list[str]] = {room: [] for room in ROOMS}
        self.servers: list[Server] = []
        self.run(self._open())

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    async def _open(self) -> None:
        self.server = Server(self.folder / "data", rate_messages=0)
        self.servers.append(self.server)
        await self.server.open()

    def teardown(self) -> None:
        try:
            for name in NAMES:
                self.resume_(name)
            self.run(self._compare())
        finally:
            self.run(self.server.close())
            self.runner.close()
            shutil.rmtree(self.folder)
        for server in self.servers:
            server.check_log()

    async def _compare(self) -> None:
        state = self.server.hub.view.state
        for name, texts in self.logs.items():
            room = state.room_named(name)
            stored = self.server.store.after(room.id, 0, 10_000) if room else []
            assert [event.seq for event in stored] == list(range(1, len(stored) + 1))
            assert [event.text for event in stored if event.kind == "message"] == texts
            for person in self.people.values():
                if room and room.id in person.seen:
                    await self._reaches(person, room.id, room.tip)
                    mine = person.seen[room.id]
                    assert [event["seq"] for event in mine] == [event.seq for event in stored][person.after[room.id] :]
                    assert [event.get("text", "") for event in mine] == [event.text for event in stored][
                        person.after[room.id] :
                    ]

    async def _reaches(self, person: Person, room: int, tip: int) -> None:
        assert person.web
        # Events that come from the store take an unknown time: wait for them.
        while person.after[room] + len(person.seen[room]) < tip:
            person.take(await person.web.gets_frame())
        await person.web.sends(t="unwatch", id="fence", room=0)
        await person.until(t="done", id="fence")

    def connected(self, name: str) -> Person | None:
        person = self.people[name]
        return person if person.web else None

    @rule(name=st.sampled_from(NAMES))
    def resume(self, name: str) -> None:
        self.resume_(name)

    def resume_(self, name: str) -> None:
        person = self.people[name]
        if person.web:
            return

        async def come_back() -> None:
            person.web = await self.server.browser()
            seen = [
                {"room": room, "epoch": person.epoch, "seq": log[-1]["seq"] if log else person.after[room]}
                for room, log in person.seen.items()
            ]
            identity = {"token": person.token} if person.token else {"name": name}
            await person.web.sends(t="hello", protocol=1, seen=seen, **identity)
            ready = await person.until(t="ready")
            person.token = ready["token"] or person.token
            rooms = {room["id"]: room for room in ready["rooms"]}
            assert rooms.keys() == person.seen.keys(), "membership outlives connections and crashes"
            for room, log in person.seen.items():
                assert rooms[room]["after"] == (log[-1]["seq"] if log else person.after[room])

        self.run(come_back())

    @rule(name=st.sampled_from(NAMES), room=st.sampled_from(ROOMS))
    def join(self, name: str, room: str) -> None:
        if person := self.connected(name):

            async def do() -> None:
                assert person.web
                await person.web.sends(t="join", id="j", name=room)
                await person.until(t="joined", id="j")

            self.run(do())

    @rule(name=st.sampled_from(NAMES), room=st.sampled_from(ROOMS))
    def leave(self, name: str, room: str) -> None:
        person = self.connected(name)
        found = self.server.hub.view.state.room_named(room)
        if person and found and found.id in person.seen:

            async def do() -> None:
                assert person.web
                await person.web.sends(t="leave", id="l", room=found.id)
                await person.until(t="done", id="l")
                assert found.id not in person.seen

            self.run(do())

    @rule(name=st.sampled_from(NAMES), room=st.sampled_from(ROOMS), count=st.integers(1, 4))
    def say(self, name: str, room: str, count: int) -> None:
        person = self.connected(name)
        found = self.server.hub.view.state.room_named(room)
        if person and found and found.id in person.seen:

            async def do() -> None:
                assert person.web
                frames = []
                for _ in range(count):
                    person.keys += 1
                    key = f"{person.keys:06}"
                    person.sent[key] = found.id, room
                    frames.append({"t": "send", "key": key, "room": found.id, "text": f"{name} {key}"})
                await person.web.sends_at_once(*frames)
                for frame in frames:
                    await person.until(t="stored", key=frame["key"])
                    self.logs[room].append(str(frame["text"]))

            self.run(do())

    @precondition(lambda self: any(person.sent for person in self.people.values()))
    @rule(name=st.sampled_from(NAMES), data=st.data())
    def say_again(self, name: str, data: st.DataObject) -> None:
        person = self.connected(name)
        if person and person.sent:
            key = data.draw(st.sampled_from(sorted(person.sent)))
            room, _ = person.sent[key]

            async def do() -> None:
                assert person.web
                await person.web.sends(t="send", key=key, room=room, text="something else")
                found = await person.until(t="stored", key=key)
                [event] = self.server.store.after(room, found["seq"] - 1, 1)
                assert event.text == f"{name} {key}"

            self.run(do())

    @rule(name=st.sampled_from(NAMES))
    def drop(self, name: str) -> None:
        if person := self.connected(name):
            assert person.web
            self.run(person.web.aborts())
            person.web = None
            self.run(until(lambda: not self.server.connections(name)))

    @rule()
    def crash(self) -> None:
        """Keep the content of the files as a kill would leave it, and start the next server with that content."""
        folder = self.server.folder
        left = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
        self.run(self.server.close())
        for file in folder.iterdir():
            if file.name not in left:
                file.unlink()
        for name, data in left.items():
            # The mark knows its inode: the files are overwritten, not replaced.
            (folder / name).write_bytes(data)
        for person in self.people.values():
            person.web = None
        self.run(self._open())


@pytest.mark.parametrize("examples", [pytest.param(12, id="few"), pytest.param(150, id="many", marks=pytest.mark.slow)])
def test_each_member_sees_exactly_what_was_stored(examples: int) -> None:
    run_state_machine_as_test(Machine, settings=settings(max_examples=examples, stateful_step_count=25, deadline=None))
