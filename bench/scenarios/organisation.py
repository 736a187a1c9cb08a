"""Measures a server with a large organisation: its start, its memory, the times of usual requests, and how long its
event loop stands still at most."""

from __future__ import annotations

import itertools
import shutil
import socket
import statistics
import threading
import time
from collections.abc import Callable

from bench.dialects import UPGRADE, json_frame
from bench.options import Options
from bench.organisation import BUSIEST, LOBBY, Size, fill, name, room_name, token
from bench.peers.contestant import Contestant
from bench.peers.parley_server import Parley, ParleyWeb
from bench.phase import Engine
from bench.process import HOST, cpu_seconds, memory
from bench.samples import Measures, progress, take_turns
from bench.section import Section, Table, at_least, at_most
from bench.webclient import WebClient

LARGE = Size(accounts=20_000, rooms=2_000, memberships=800_000, messages=200_000, busiest=1_000)
SMALL = Size(accounts=100, rooms=50, memberships=4_000, messages=5_000)
QUICK = Size(accounts=4_000, rooms=400, memberships=160_000, messages=40_000, busiest=300)

REPEATS = 25
CROWD, FEW = 5_000, 500
PING = b"\x89\x80\x00\x00\x00\x00"
PONG = b"\x8a\x00"


class Probe(threading.Thread):
    """Pings the server without pause, on its own connection. A ping waits while the server's event loop stands."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.sock = socket.create_connection((HOST, port), timeout=20)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.sendall(UPGRADE.say)
        while b"\r\n\r\n" not in self.sock.recv(4096):
            pass
        self.sock.sendall(json_frame(t="hello", protocol=1))
        while b'"ready"' not in self.sock.recv(1 << 16):
            pass
        self.waits: list[tuple[float, float]] = []
        self.ended = False

    def run(self) -> None:
        while not self.ended:
            begin = time.perf_counter()
            self.sock.sendall(PING)
            answer = b""
            while PONG not in answer:
                answer += self.sock.recv(1 << 16)
            self.waits.append((begin, time.perf_counter() - begin))
            time.sleep(0.0005)
        self.sock.close()

    def longest(self, begin: float, end: float) -> float:
        """Return the longest wait, in seconds, of the pings that were unanswered at a time from `begin` to `end`."""
        return max((wait for sent, wait in self.waits if sent + wait > begin and sent < end), default=0.0)


Deed = Callable[[int], object]


class Visit:
    """Clients of some accounts, and the requests (deeds) of theirs that are measured."""

    def __init__(self, port: int, size: Size) -> None:
        self.port = port
        self.people = itertools.cycle(range(10, size.accounts - 10, 7))
        self.keys = itertools.count(1)
        self.own = WebClient(port, token=token(3))
        self.owner = WebClient(port, token=token(BUSIEST))
        self.room = self.own.ready["rooms"][1]["id"]
        mine = {room["id"] for room in self.own.ready["rooms"]}
        self.another = next(room for room in range(2, size.rooms + 1) if room not in mine)

    def deeds(self) -> dict[str, Deed]:
        return {
            "hello": lambda _: WebClient(self.port, token=token(next(self.people))).close(),
            "hello of the busiest": lambda _: WebClient(self.port, token=token(BUSIEST)).close(),
            "room list": lambda _: self.own.ask("rooms"),
            "a room found": lambda _: self.own.ask("rooms", query="garden1"),
            "member list": lambda _: self.own.ask("members", room=LOBBY),
            "a member found": lambda _: self.own.ask("members", room=LOBBY, query="okaf"),
            "a person found": lambda _: self.own.ask("people", query="zzz"),
            "room page": lambda _: self.own.ask("history", room=self.room, before=10**9, limit=50),
            "lobby's page": lambda _: self.own.ask("history", room=LOBBY, before=10**9, limit=50),
            "join": self.join,
            "send": lambda _: self.send(self.own, self.room),
            "send in the lobby": lambda _: self.send(self.own, LOBBY),
            "@room in the lobby": lambda _: self.send(self.owner, LOBBY, "@room look"),
            "read mark": self.read,
            "rename": lambda turn: self.own.ask("rename", name=f"{name(3)}x{turn}"),
            "rename of the busiest": lambda turn: self.owner.ask("rename", name=f"{name(BUSIEST)}x{turn}"),
        }

    def join(self, _: int) -> None:
        self.own.ask("join", name=room_name(self.another))
        self.own.ask("leave", room=self.another)

    def send(self, client: WebClient, room: int, text: str = "hello everybody") -> None:
        key = f"key{next(self.keys)}"
        client.sock.sendall(json_frame(t="send", key=key, room=room, text=text))
        while b'"t":"stored"' not in client.raw(f'"key":"{key}"'.encode()):
            pass

    def read(self, _: int) -> None:
        self.own.sock.sendall(json_frame(t="read", room=LOBBY, seq=10**9))
        self.own.ask("find", room=LOBBY, at=0)

    def close(self) -> None:
        self.own.close()
        self.owner.close()


class OrganisationServer(ParleyWeb):
    """A server on a copy of a filled data folder."""

    size = LARGE

    def prepare(self) -> Measures:
        """Replace the server's data by the filled folder, start the server, and return the costs of that start."""
        filled = self.work / f"filled-{self.name}"
        self.stop_server()
        if not filled.exists():
            begin = time.monotonic()
            fill(filled, self.size)
            progress(f"  {self.name}: filled in {time.monotonic() - begin:.1f} s")
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(filled, self.data)
        seconds = self.healthy_after()
        return {"start": seconds, "start_cpu": cpu_seconds(self.pid), "rss": memory(self.pid).rss}


class Large(OrganisationServer):
    name = "organisation"


class Small(OrganisationServer):
    name = "small"
    size = SMALL


def measure_deeds(contestant: Contestant) -> Measures:
    assert isinstance(contestant, OrganisationServer)
    measures = contestant.prepare()
    visit, probe = Visit(contestant.port, contestant.size), Probe(contestant.port)
    probe.start()
    try:
        for what, deed in visit.deeds().items():
            took, stops = [], []
            for turn in range(REPEATS):
                begin = time.perf_counter()
                deed(turn)
                end = time.perf_counter()
                time.sleep(0.02)  # include the work that the server does shortly after its answer
                took.append(end - begin)
                stops.append(probe.longest(begin, end + 0.02))
            measures[what] = statistics.median(took)
            measures[f"stop: {what}"] = statistics.median(stops)
    finally:
        probe.ended = True
        probe.join()
        visit.close()
    measures["longest_stop"] = max(value for what, value in measures.items() if what.startswith("stop: "))
    return measures


def run(options: Options, engine: Engine) -> Section:
    Large.size = QUICK if options.quick else LARGE
    size = Large.size
    try:
        samples = take_turns(options, [Large, Small], measure_deeds)
    finally:
        for kind in (Large, Small):
            shutil.rmtree(options.work / f"filled-{kind.name}", ignore_errors=True)
    crowd, few = (CROWD, FEW) if not options.quick else (1_000, 200)
    fanout = take_turns(options, [Parley, ParleyWeb], lambda contestant: measure_crowd(contestant, engine, crowd, few))
    large, small = Large.name, Small.name
    starts = [
        [
            kind.name,
            f"{kind.size.accounts:,}",
            f"{kind.size.rooms:,}",
            f"{kind.size.memberships:,}",
            samples.cell(kind.name, "start"),
            samples.cell(kind.name, "start_cpu"),
            samples.cell(kind.name, "rss", 1e-6, 0),
        ]
        for kind in (Large, Small)
    ]
    deeds = [
        what.removeprefix("stop: ") for what in next(iter(filter(None, samples.runs[large])), {}) if "stop: " in what
    ]
    rows = [
        [
            what,
            samples.cell(large, what, 1_000),
            samples.cell(small, what, 1_000),
            f"{samples.ratio(large, small, what) or 0:.2f}",
            samples.cell(large, f"stop: {what}", 1_000),
            samples.cell(small, f"stop: {what}", 1_000),
        ]
        for what in deeds
    ]
    crowds = [
        [
            kind.name,
            *(fanout.cell(kind.name, f"{count}", 1e-6) for count in (few, crowd)),
            fanout.cell(kind.name, "ratio"),
        ]
        for kind in fanout.present([Parley, ParleyWeb])
    ]
    section = Section(
        f"Organisation: {size.accounts:,} accounts, {size.rooms:,} rooms, {size.memberships:,} memberships",
        f"A data folder with {size.messages:,} messages, filled through the store's port, beside a small one whose "
        "accounts are in as many rooms each. All accounts are in the lobby, and the busiest one is in "
        f"{size.busiest:,} rooms. *start*: until `GET /healthz` is answered, with the CPU seconds and the memory at "
        f"that moment. Each deed is done {REPEATS} times one after another over the web protocol, and the medians are "
        "shown. *stop*: meanwhile another connection is pinged without pause; the longest time that a ping waited for "
        "its answer during the deed and 20 ms after it. *Crowd*: deliveries a second with "
        f"{few:,} and with {crowd:,} clients in one room.",
        [
            Table(["store", "accounts", "rooms", "memberships", "start s", "CPU s", "RSS MB"], starts),
            Table(["deed", "ms", "ms, small", "ratio", "stop ms", "stop ms, small"], rows, "Deeds"),
            Table(["server", f"million/s, {few:,}", f"million/s, {crowd:,}", "ratio"], crowds, "Crowd"),
        ],
        notes=[*samples.notes(), *fanout.notes()],
    )
    rss, stop = samples.median(large, "rss"), samples.median(large, "longest_stop")
    section.verdicts += [
        at_most("CPU of the start", samples.median(large, "start_cpu"), 1.5, "{:.2f} s"),
        at_most("memory after the start", None if rss is None else rss / 1e6, 160, "{:.0f} MB"),
        *[at_most(f"{what}, by the small store's", samples.ratio(large, small, what), 1.3) for what in RATIOS],
        at_most("longest stop", None if stop is None else stop * 1_000, 10, "{:.1f} ms"),
        *[
            at_least(f"{kind.name} deliveries/s, {crowd:,} clients by {few:,}", fanout.median(kind.name, "ratio"), 0.8)
            for kind in (Parley, ParleyWeb)
        ],
    ]
    return section


RATIOS = ("hello", "send", "room page")


def measure_crowd(contestant: Contestant, engine: Engine, crowd: int, few: int) -> Measures:
    """Measure the deliveries a second with few and with many receivers, each on a new server."""
    measures: Measures = {}
    for count in (few, crowd):
        writer, clients = contestant.one_sender(count, 60)
        phase = contestant.phase(clients, [writer], window=50, warmup=0.5, seconds=3)
        measures[f"{count}"] = engine.run(phase).check().deliveries_per_second
        if count == few:
            contestant.stop()
            contestant.start()
    measures["ratio"] = measures[f"{crowd}"] / measures[f"{few}"]
    return measures
