"""One run: a server, its clients, the faults, and the outcome."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from parley.storage.sqlite.doctor import examine

from .api import ApiClient
from .checker import check
from .database import read_house, read_listed_tips, read_tips
from .disk import Disk
from .engine import EngineClient, build
from .library import LibraryClient
from .line import LineClient
from .people import Holder
from .plan import ALL_BY, Incident, every_name, incidents
from .proxy import FAULTS, RAW_DECK, Proxy
from .record import House, Violation, WebAccount
from .scene import Scene
from .server import Server, ServerFailed
from .web import WebClient

DATABASE: Final = "parley.db"
CRASH_SECONDS: Final = 8.0
WINDOW_SECONDS: Final = 4.0
RECOVERY_SECONDS: Final = 12.0
REST_SECONDS: Final = 20.0
STEP_SECONDS: Final = 0.02

EACH: Final = (
    "accounts registered", "accounts signed in", "sign-ins by password", "passwords changed",
    "messages edited", "messages erased", "reactions", "answers", "changes done",
    "private rooms", "private rooms joined", "private rooms joined again", "kicks", "bans", "put out while there",
    "HTTP posts acked", "HTTP posts made again", "pages by HTTP",
    "SSE events", "SSE resumed", "SSE ended with membership",
)  # fmt: skip
"""The counters that must not be 0 after a run of at least `ALL_BY` seconds."""


@dataclass
class Outcome:
    """The outcome of a run.

    Attributes:
        method: the method by which the disk is filled.
        left_out: a sentence about clients that can't run on this machine; empty if all run.
    """

    seed: int
    violations: list[Violation] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    method: str = ""
    left_out: str = ""
    seconds: float = 0.0
    hub: House = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)


class Run:
    """One run.

    Args:
        folder: the folder for the server's log and configuration, which also contains the data folder.
        seconds: the duration of the faults; the final delivery takes additional time.
        source: the folder with the package `parley` to test.
    """

    def __init__(self, seed: int, seconds: float, folder: Path, disk: Disk, source: Path) -> None:
        self.outcome: Final = Outcome(seed)
        self._seconds = seconds
        self._disk = disk
        self._database = disk.path / DATABASE
        self._scene = Scene(seed, self._database)
        self.server: Final = Server(folder, disk.path, source)
        fired = self.outcome.fired
        self._proxies = [
            Proxy("web", self.server.port, seed, fired),
            Proxy("line", self.server.port, seed, fired),
            Proxy("raw", self.server.port, seed, fired, deck=RAW_DECK),
        ]
        third, fourth = Holder("web3"), Holder("web4")
        self._webs: list[WebClient] = [
            WebClient(self._scene, "web0", dens=True, mean=0.03),
            WebClient(self._scene, "web1", dens=True, mean=0.03),
            WebClient(self._scene, "web2", mean=0.03),
            WebClient(self._scene, "web3", dens=True, holder=third, mean=0.03),
            WebClient(self._scene, "web4", dens=True, holder=fourth, shared=True, mean=0.03),
        ]
        self._webs.append(WebClient(self._scene, "twin0", twin=self._webs[0], dens=True, mean=0.1))
        self._webs.append(WebClient(self._scene, "eye0", observer=True, mean=0.2))
        self._libraries = [LibraryClient(self._scene, f"lib{n}", mean=0.08) for n in range(2)]
        self.outcome.left_out = build()
        engines = range(0 if self.outcome.left_out else 2)
        self._engines = [EngineClient(self._scene, f"js{n}", folder, mean=0.08, life=3.0) for n in engines]
        self._lines = [LineClient(self._scene, f"net{n}", raw=False, mean=0.12) for n in range(3)]
        self._lines += [LineClient(self._scene, f"raw{n}", raw=True, mean=0.25) for n in range(2)]
        self._lines.append(LineClient(self._scene, "acc0", raw=False, mean=0.12, holder=Holder("acc0")))
        self._apis = [
            ApiClient(self._scene, "api0", Holder("api0"), mean=0.02),
            ApiClient(self._scene, "api1", fourth, shared=True, mean=0.02),
        ]

    @property
    def _clients(self) -> "list[WebClient | LibraryClient | EngineClient | LineClient | ApiClient]":
        return [*self._webs, *self._libraries, *self._engines, *self._lines, *self._apis]

    async def go(self) -> Outcome:
        """Run the server and the clients with faults, and check the result."""
        began = time.monotonic()
        tasks: list[asyncio.Task[None]] = []
        self.outcome.method = "ENOSPC on a tmpfs" if self._disk.small else "RLIMIT_FSIZE (no tmpfs could be mounted)"
        try:
            await asyncio.to_thread(self.server.start)
            for proxy in self._proxies:
                await proxy.open()
            self._scene.web_port, self._scene.line_port, self._scene.raw_port = (proxy.port for proxy in self._proxies)
            for client in self._clients:
                tasks += [asyncio.create_task(client.live()), asyncio.create_task(client.work())]
            await self._trouble(began + self._seconds)
            await self._rest()
            for client in self._clients:
                client.end()
            await self._stop()
            self._judge()
        except ServerFailed as failure:
            self._scene.blame(0, "the server failed", str(failure))
        finally:
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception):
                    self._scene.blame(0, "chaos failed", f"a client of ours broke: {result!r}")
            for proxy in self._proxies:
                await proxy.close()
            await asyncio.to_thread(self.server.close)
        outcome = self.outcome
        outcome.violations = [*self._scene.violations, *outcome.violations]
        outcome.violations += [Violation(0, "server error", line) for line in self.server.troubles]
        outcome.counts |= self._scene.counts
        for name in EACH:
            outcome.counts.setdefault(name, 0)
        outcome.counts["server starts"] = self.server.starts
        outcome.counts["stalls that filled the window"] = outcome.fired.pop("window full", 0)
        outcome.seconds = time.monotonic() - began
        outcome.journal = list(self._scene.journal)
        return outcome

    # Faults

    async def _trouble(self, until: float) -> None:
        act: dict[str, Callable[[Incident], Awaitable[bool]]] = {
            "kill -9": self._kill,
            "SIGTERM": self._terminate,
            "crash": self._crash,
            "disk full": self._fill,
            "I/O error": self._break,
        }
        for incident in incidents(self.outcome.seed):
            await self._pass(min(incident.pause, until - time.monotonic()))
            if time.monotonic() >= until:
                return
            self._scene.note(f"{incident.name}{f' ({incident.nth})' if incident.point else ''}")
            if await act[incident.kind](incident):
                self.outcome.fired[incident.name] += 1

    async def _pass(self, seconds: float) -> None:
        """Wait, and report a failure if the server ends meanwhile: nothing has ended it."""
        await self._wait(lambda: not self.server.running, seconds)
        if not self.server.running:
            code = self.server.wait(1)
            raise ServerFailed(f"it ended by itself, with {code}")

    async def _wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until a condition holds, at most `seconds`. Return whether it holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() >= deadline:
                return False
            await asyncio.sleep(STEP_SECONDS)
        return True

    async def _start(self, arm: str = "") -> None:
        await asyncio.to_thread(self.server.start, arm)
        self._scene.note(f"the server runs again{f', armed: {arm}' if arm else ''}")

    async def _kill(self, incident: Incident) -> bool:
        await asyncio.to_thread(self.server.kill)
        await self._start()
        return True

    async def _terminate(self, incident: Incident) -> bool:
        await self._stop()
        await self._start()
        return True

    async def _stop(self) -> None:
        code = await asyncio.to_thread(self.server.terminate)
        if code != 0:
            what = "did not end within 5 s" if code is None else f"ended with {code}"
            self._scene.blame(0, "shutdown", f"after SIGTERM the server {what}")

    async def _crash(self, incident: Incident) -> bool:
        """Restart the server so that it kills itself at a crash point."""
        await asyncio.to_thread(self.server.kill)
        self.outcome.fired["kill -9"] += 1
        reached = len(self.server.points)
        await self._start(f"{incident.point}@{incident.nth}")
        died = await self._wait(lambda: not self.server.running, CRASH_SECONDS)
        code = await asyncio.to_thread(self.server.wait, 1) if died else None
        if died and code != -signal.SIGKILL:
            self._scene.blame(0, "the server failed", f"armed to crash, it ended with {code}")
        proven = code == -signal.SIGKILL and self.server.points[reached:] == [incident.point]
        if not proven:
            self._scene.note(f"the crash point was not reached, or another one: {self.server.points[reached:]}")
            await asyncio.to_thread(self.server.kill)
        await self._start()
        return proven

    async def _fill(self, incident: Incident) -> bool:
        """Fill the disk. Before that, a clean restart makes the write-ahead log small, so that it has to grow."""
        if not self._disk.small:
            return await self._break(incident)
        await self._stop()
        await self._start()
        await self._pass(incident.pause)
        await asyncio.to_thread(self._disk.fill)
        bitten = await self._endure("the disk is full")
        if incident.killed:
            await asyncio.to_thread(self.server.kill)
            self.outcome.fired["kill -9"] += 1
            self._disk.clear()
            await self._start()
        self._disk.clear()
        await self._recover("the disk has room again")
        return bitten

    async def _break(self, incident: Incident) -> bool:
        """Let every write fail with EFBIG, which SQLite reports as an I/O error."""
        self.server.limit_files(0)
        bitten = await self._endure("every write fails")
        self.server.limit_files(None)
        await self._recover("writes succeed again")
        return bitten

    async def _endure(self, what: str) -> bool:
        """Wait until messages are refused while history can still be read."""
        scene, since = self._scene, self._scene.now
        scene.note(what)
        bitten = await self._wait(lambda: scene.refused_at > since, WINDOW_SECONDS)
        if not bitten:
            scene.note("nobody was refused")
            return False
        asked = scene.now

        def served() -> bool:
            for client in self._webs:
                client.look_back()
            return scene.page_at > asked

        if not await self._wait(served, WINDOW_SECONDS):
            scene.blame(4, "reading stopped", f"{what}, and nobody was given a page of history")
        await self._pass(0.3)
        return True

    async def _recover(self, what: str) -> None:
        """Wait until new messages are stored again, and the waiting ones are settled."""
        scene, since = self._scene, self._scene.now
        scene.note(what)
        waiting = [(web, key) for web in self._webs for key in web.pending]

        def unsettled() -> list[str]:
            return [key for web, key in waiting if web.waits_for(key)]

        if not await self._wait(lambda: scene.acked_at > since and not unsettled(), RECOVERY_SECONDS):
            keys = unsettled()
            words = f"these still wait: {keys[:3]}" if keys else "nothing was stored"
            scene.blame(0, "no recovery", f"{what}, and after {RECOVERY_SECONDS} s {words}")

    # Final delivery

    async def _rest(self) -> None:
        """After the faults, wait until all clients have reconnected and got everything that they missed."""
        scene = self._scene
        scene.calm = True
        for proxy in self._proxies:
            proxy.calm = True
        scene.note("calm")
        for web in self._webs:
            web.rest()
        if await self._wait(lambda: not self._unrest(), REST_SECONDS):
            return
        for words in self._unrest():
            scene.blame(5, "not at rest", f"after {REST_SECONDS} s of calm, {words}")

    def _unrest(self) -> list[str]:
        tips = read_tips(self._database)
        found = [(web.account.client, web.unrest(tips)) for web in self._webs]
        found += [(library.account.client, library.unrest(tips)) for library in self._libraries]
        listed = read_listed_tips(self._database)
        found += [(engine.account.client, engine.unrest(listed)) for engine in self._engines]
        found += [(api.account.client, api.unrest(tips)) for api in self._apis]
        found += [(line.accounts[-1].name if line.accounts else "a line client", line.unrest()) for line in self._lines]
        return [f"{client}: {words}" for client, words in found if words]

    # The result

    def _judge(self) -> None:
        outcome = self.outcome
        outcome.hub = read_house(self._database)
        accounts: list[WebAccount] = [web.account for web in self._webs]
        accounts += [library.account for library in self._libraries]
        accounts += [engine.account for engine in self._engines]
        accounts += [account for api in self._apis for account in (api.account, api.stranger)]
        outcome.violations += check(
            outcome.hub, accounts, [account for line in self._lines for account in line.accounts]
        )
        report = examine(self._database)
        outcome.violations += [Violation(0, "unsound", each.words, each.room, each.seq) for each in report.findings]
        outcome.counts["events stored"] = report.events
        outcome.counts["rooms"] = report.rooms
        outcome.counts.update(_told_by(outcome.hub))
        outcome.counts |= self._scene.counts
        if self._seconds >= ALL_BY:
            outcome.missing = [name for name in (*FAULTS, *every_name()) if not outcome.fired[name]]
            # The engine may be missing in a run, but not in CI.
            engines = ("engine killed", "engine acked") if self._engines or os.environ.get("CI") else ()
            outcome.missing += [name for name in (*EACH, *engines) if not outcome.counts[name]]


def _told_by(hub: House) -> Counter[str]:
    """Count the events of private rooms in the logs."""
    names = {"joined": "private rooms joined", "left": "private rooms left", "kicked": "kicks", "banned": "bans"}
    private = [room for room in hub.values() if room.private]
    happened = Counter(names[event.kind] for room in private for event in room.log if event.kind in names)
    of_messages = {"edited": "messages edited", "erased": "messages erased", "reacted": "reactions"}
    happened.update(of_messages[e.kind] for room in hub.values() for e in room.log if e.kind in of_messages)
    happened["answers"] = sum(e.kind == "message" and e.target > 0 for room in hub.values() for e in room.log)
    happened["private rooms"] = len(private)
    again = [len(spans) > 1 for room in private for spans in room.spans.values()]
    happened["private rooms joined again"] = sum(again)
    return happened
