"""The page's sync engine under Node: it is killed with SIGKILL, and restarts with what it has stored."""

import asyncio
import atexit
import contextlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from tools.page import PageError, build_program, find_node

from .record import Ear, Event, Message, Stretch, WebAccount
from .scene import ROOMS, Scene, pause, text_of
from .server import REPOSITORY

WEB: Final = REPOSITORY / "web"
PROGRAM: Final = WEB / "node_modules" / ".cache" / "parley-chaos" / str(os.getpid()) / "client.js"
"""The built program. It is below node_modules, where Node finds its packages, in a separate folder for each process,
because another run may build at the same time.
"""
LINE_BYTES: Final = 64 << 20
"""A limit above the longest line that the program writes: a room's newest events, or a frame."""
PAGE_EVENTS: Final = 100
"""The engine opens a room with this many of its newest events: `PAGE` in web/src/sync/session/log.ts."""


def build() -> str:
    """Build the program, and install the page's tools if they are missing.

    Returns:
        An empty string if the program was built; otherwise a sentence that says why chaos runs without the engine.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr):  # standard output is only for the outcome of the run
            atexit.register(shutil.rmtree, PROGRAM.parent, ignore_errors=True)
            build_program("chaos/vite.config.ts", str(PROGRAM.parent))
    except PageError as error:
        return f"The page's sync engine is left out, because {error}."
    return ""


class EngineClient:
    """Lets the engine send messages, kills it at random, and records what it shows.

    Args:
        folder: the folder of the engine's store.
        mean: seconds between two messages, on average.
        life: seconds between two kills, on average.
    """

    def __init__(self, scene: Scene, label: str, folder: Path, *, mean: float, life: float) -> None:
        self.account = WebAccount(label)
        self.done = False
        self._scene = scene
        self._store = folder / f"{label}.jsonl"
        self._mean = mean
        self._life = life
        self._chance = scene.chance(label)
        self._ear = Ear(self.account.heard)
        self._process: asyncio.subprocess.Process | None = None
        self._rooms: dict[int, Stretch] = {}
        self._messages: dict[str, Message] = {}
        self._said: dict[str, Message] = {}
        self._queued: set[str] = set()
        self._names: set[str] = set()
        self._state: dict[str, Any] = {}
        self._count = 0

    async def live(self) -> None:
        """Start the program, and start it again whenever it is killed, until `done`."""
        while not self.done:
            address = f"ws://127.0.0.1:{self._scene.web_port}/ws"
            self._process = await asyncio.create_subprocess_exec(
                find_node().program, str(PROGRAM), address, self.account.client, str(self._store),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_BYTES,
            )  # fmt: skip
            self._names.clear()
            self._state = {}
            assert self._process.stdout is not None
            async for line in self._process.stdout:
                if line.endswith(b"\n"):  # otherwise the process was killed in the middle of a line
                    self._take(json.loads(line))
            code = await self._process.wait()
            if code not in (0, -9):
                self._scene.blame(0, "protocol", f"{self.account.client}: the engine ended with {code}")
                return

    async def work(self) -> None:
        """Send messages and kill the program at random, until the faults end."""
        rooms = self._chance.sample(ROOMS[:3], 2)
        alive = self._chance.expovariate(1 / self._life)
        while not self._scene.calm and not self.done:
            began = self._scene.now
            await pause(self._chance, self._mean)
            alive -= self._scene.now - began
            if alive < 0 and self._process is not None and self._process.returncode is None:
                alive = self._chance.expovariate(1 / self._life)
                self._scene.counts["engine killed"] += 1
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
                continue
            for room in rooms:
                if room not in self._names:
                    self._order({"join": room})
            if not self._names or len(self._queued) > 100:
                continue
            self._count += 1
            text = text_of(self._chance, f"{self.account.client}.{self._count}")
            message = Message("", text, None, None)
            self.account.messages.append(message)
            self._said[text] = message
            self._order({"say": self._chance.choice(sorted(self._names)), "text": text})

    def _order(self, order: dict[str, Any]) -> None:
        stdin = None if self._process is None else self._process.stdin
        if stdin is None or stdin.is_closing():
            return
        with contextlib.suppress(OSError):
            stdin.write(json.dumps(order).encode() + b"\n")

    def _take(self, told: dict[str, Any]) -> None:
        match told:
            case {"heard": str(data)}:
                self._ear.hear(data.encode())
                self._hear(json.loads(data))
            case {"queued": str(key), "text": str(text)}:
                # The message is in the engine's store, so from now on it must not be lost.
                message = self._said.get(text)
                if message is None:
                    self._scene.blame(2, "phantom", f"{self.account.client} queued what it was not told to say: {text}")
                elif message.key not in ("", key):
                    self._scene.blame(2, "doubled", f"{self.account.client} queued {text} under two keys")
                elif not message.key:
                    message.key = key
                    self._messages[key] = message
                    self._queued.add(key)
                    self._scene.counts["sent"] += 1
            case {"shown": int(room), "epoch": str(epoch), "events": list(events)}:
                self._show(room, epoch, [_event(event) for event in events])
            case {"gone": int(room)}:
                self._rooms.pop(room, None)
            case {"me": int(user)} if user:
                if self.account.user not in (0, user):
                    self._scene.blame(1, "lost", f"{self.account.client}: the server forgot who it was")
                self.account.user = user
            case {"connection": "out", "problem": problem}:
                self._scene.blame(0, "protocol", f"{self.account.client}: the engine gave up: {problem}")
            case {"state": str(), "rooms": list(rooms)}:
                self._state = told
                self._names = {room["name"] for room in rooms}
            case {"join": str()}:
                self._order({"look": True})

    def _hear(self, frame: dict[str, Any]) -> None:
        match frame:
            case {"t": "ready"}:
                self._order({"look": True})
            case {"t": "stored", "key": str(key), "room": int(room), "seq": int(seq)} if key in self._messages:
                message = self._messages[key]
                message.acks.append((room, seq))
                # The engine waits for each answer, so its messages are stored in order even across restarts.
                message.at_once = True
                self._queued.discard(key)
                self._scene.counts["acked"] += 1
                self._scene.counts["engine acked"] += 1
                self._scene.acked_at = self._scene.now
            case {"t": "error", "key": str(key)} if "retry_after" not in frame:
                self._queued.discard(key)
                self._scene.counts["refused"] += 1

    def _show(self, room: int, epoch: str, events: list[Event]) -> None:
        stretch = self._rooms.get(room)
        # After a pause of more than a page the engine opens the room at its newest page, and loads the rest on request.
        # The page shows no changes and no messages of threads, so it may have fewer events than seqs.
        moved_on = (
            stretch is not None
            and events[0].seq > stretch.seen + 1
            and events[-1].seq - events[0].seq + 1 >= PAGE_EVENTS
        )
        if stretch is None or moved_on:
            stretch = self._rooms[room] = Stretch(room, epoch, events[0].seq - 1, present=True)
            self.account.stretches.append(stretch)
        # A restarted process first shows stored events again; only the following ones are new.
        fresh = [event for event in events if event.seq > stretch.seen]
        stretch.events += fresh
        self._scene.counts["shown"] += len(fresh)

    def end(self) -> None:
        """Kill the program for good."""
        self.done = True
        for key in self._queued:
            self._scene.blame(1, "lost", f"{self.account.client} had {key} in its outbox, and it was never stored")
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def unrest(self, tips: dict[int, int]) -> str:
        """Return what the client still waits for, in words; empty if it has everything."""
        self._order({"look": True})
        if self._queued:
            return f"{len(self._queued)} messages are not settled"
        if self._state.get("state") != "online":
            return f"it is not connected: {self._state.get('state')}"
        for room in self._state["rooms"]:
            stretch = self._rooms.get(room["id"])
            if stretch is None or stretch.seen != tips[room["id"]]:
                seen = 0 if stretch is None else stretch.seen
                return f"it shows room {room['id']} up to {seen}, and there is {tips[room['id']]}"
        return ""


def _event(event: dict[str, Any]) -> Event:
    about = event.get("about", {}).get("user", 0)
    return Event(event["seq"], event["user"], event["name"], event["kind"], event["text"], about)
