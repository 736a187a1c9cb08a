"""Measures how many messages a second the HTTP API accepts, and what it costs to check whether a user may write."""

from __future__ import annotations

import itertools
import json
import select
import socket
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.options import Options
from bench.peers.contestant import Contestant
from bench.peers.parley_server import Parley
from bench.phase import Engine
from bench.process import HOST, Failed, cpu_seconds
from bench.samples import Measures, take_turns
from bench.section import Section, Table, at_least, at_most
from parley.core.commands import Join, SendMessage
from parley.core.decision import Decision
from parley.core.events import Event
from parley.core.rules import decide
from parley.core.rules.speaking import text_problem
from parley.core.state import Room, State, User

CONNECTIONS, SIZE = 64, 60
TARGET, CHECK_US = 5_000, 2.0
LOBBY = "/api/rooms/lobby"


class Asker:
    """One persistent HTTP connection."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection((HOST, port), timeout=20)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.token = ""
        self.rest = b""

    def request(self, method: str, path: str, body: object = None, **headers: str) -> bytes:
        data = b"" if body is None else json.dumps(body).encode()
        fields = {"Host": HOST, "Content-Length": str(len(data)), "Content-Type": "application/json", **headers}
        if self.token:
            fields["Authorization"] = f"Bearer {self.token}"
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + data

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Make a request and return the answer's JSON."""
        self.sock.sendall(self.request(method, path, body, **headers))
        while (answer := self.take()) is None:
            self.read()
        status, content = answer
        if status >= 300:
            raise Failed(f"{method} {path}: {status} {content[:200]!r}")
        return json.loads(content) if content else None

    def read(self) -> None:
        data = self.sock.recv(1 << 16)
        if not data:
            raise Failed("the server closed an HTTP connection")
        self.rest += data

    def take(self) -> tuple[int, bytes] | None:
        """Return the status and the body of the next answer; None if it has not arrived completely."""
        head, found, rest = self.rest.partition(b"\r\n\r\n")
        if not found:
            return None
        at = head.lower().find(b"content-length: ")
        size = int(head[at + 16 :].partition(b"\r\n")[0]) if at >= 0 else 0
        if len(rest) < size:
            return None
        self.rest = rest[size:]
        return int(head[9:12]), rest[:size]

    def close(self) -> None:
        self.sock.close()


def enter(port: int, count: int) -> list[Asker]:
    """Make guests in the lobby. Return an HTTP connection for each."""
    askers = [Asker(port) for _ in range(count)]
    for number, submitter in enumerate(askers):
        submitter.token = submitter.ask("POST", "/api/guests", {"name": f"poster{number}"})["token"]
        submitter.ask("PUT", f"{LOBBY}/members/me")
    return askers


def post(askers: list[Asker], seconds: float, keys: itertools.count[int]) -> list[float]:
    """For some seconds, send a message on each connection whenever the last one was answered.

    Return the seconds from each message to its answer.
    """
    text = {"text": "x" * SIZE}
    templates = {
        submitter.sock.fileno(): submitter.request("POST", f"{LOBBY}/messages", text, **{"Idempotency-Key": "00000000"})
        for submitter in askers
    }
    by_fd = {submitter.sock.fileno(): submitter for submitter in askers}
    began: dict[int, float] = {}
    took: list[float] = []
    poll = select.epoll()
    end = time.perf_counter() + seconds

    def say(fd: int) -> None:
        began[fd] = time.perf_counter()
        by_fd[fd].sock.sendall(templates[fd].replace(b"00000000", b"%08d" % next(keys), 1))

    for fd in by_fd:
        poll.register(fd, select.EPOLLIN)
        say(fd)
    while began:
        for fd, _ in poll.poll(20):
            submitter = by_fd[fd]
            submitter.read()
            answer = submitter.take()
            if answer is None:
                continue
            if answer[0] != 201:
                raise Failed(f"a message was not stored: {answer}")
            took.append(time.perf_counter() - began.pop(fd))
            if time.perf_counter() < end:
                say(fd)
    poll.close()
    return took


def stored(submitter: Asker) -> int:
    return int(submitter.ask("GET", LOBBY)["tip"])


def run(options: Options, engine: Engine) -> Section:
    seconds = options.pick(1.5, 4)

    def measure(contestant: Contestant) -> Measures:
        askers = enter(contestant.port, CONNECTIONS)
        keys = itertools.count(10_000_000)
        try:
            post(askers, options.pick(0.5, 1), keys)
            before, busy, begin = stored(askers[0]), cpu_seconds(contestant.pid), time.perf_counter()
            took = post(askers, seconds, keys)
            elapsed = time.perf_counter() - begin
            busy = cpu_seconds(contestant.pid) - busy
            if stored(askers[0]) - before != len(took):
                raise Failed(f"{len(took)} messages were answered with 201, and {stored(askers[0]) - before} are there")
        finally:
            for submitter in askers:
                submitter.close()
        slow = statistics.quantiles(took, n=100)
        return {
            "messages": len(took) / elapsed,
            "p50_ms": slow[49] * 1_000,
            "p99_ms": slow[98] * 1_000,
            "server": busy / elapsed,
        }

    samples = take_turns(options, (Parley,), measure)
    head = ["server", "stored/s", "p50 ms", "p99 ms", "server CPU %"]
    shown = [samples.cell("parley", name) for name in ("p50_ms", "p99_ms")]
    row = ["parley", samples.cell("parley", "messages", 1, 0), *shown, samples.cell("parley", "server", 100, 0)]
    checks = check_costs(200_000 if not options.quick else 50_000)
    section = Section(
        f"Posts: messages by HTTP on {CONNECTIONS} kept connections",
        f"`POST {LOBBY}/messages` with an `Idempotency-Key`, {SIZE} characters, by {CONNECTIONS} guests with a bearer "
        f"token each, one message under way on each connection, for {seconds:g} seconds; the load generator is Python. "
        "An answer says that the message is on disk; afterwards the room's tip has to have grown by as many. "
        "*Deciding a message*: the rules in one process, without a server; the check is what they take beyond looking "
        "at the text and making the event, for a plain room and for one with modes, roles and mutes.",
        [
            Table(head, [row]),
            Table(
                ["room", "decided us", "without the check us", "check us"],
                [[room, *(f"{value:.2f}" for value in costs)] for room, costs in checks.items()],
                "Deciding a message",
            ),
        ],
        notes=samples.notes(),
    )
    section.verdicts.append(
        at_least("stored a second by HTTP", samples.median("parley", "messages"), TARGET, "{:,.0f} messages/s")
    )
    for room, costs in checks.items():
        section.verdicts.append(at_most(f"check of a message, {room}", costs[2], CHECK_US, "{:.2f} us"))
    return section


def check_costs(count: int) -> dict[str, tuple[float, float, float]]:
    """Measure the cost of deciding a message in two kinds of rooms.

    Return, by kind of room, the microseconds with all checks, those without the check whether the user may write, and
    the difference.
    """
    state = State("epoch")
    rooms = {"plain": 1, "guarded": 2}
    at = 1_700_000_000_000
    people = 500
    for id_ in range(1, people + 1):
        state.apply(Event(0, id_, at, id_, f"user{id_}", "named", f"user{id_}"))
    for name, id_ in rooms.items():
        state.apply(Event(id_, 1, at, 0, "parley", "created", name))
        for user in range(1, people + 1):
            for event in decided(state, Join(user, name), at):
                state.apply(event)
    guarded = state.rooms[rooms["guarded"]]
    guarded.slow = 1
    guarded.mutes.update(dict.fromkeys(range(100, 200), 0))
    guarded.roles.update(dict.fromkeys(range(200, 220), "moderator"))
    assert guarded.guarded
    costs = {}
    for name, id_ in rooms.items():
        say = SendMessage(7, id_, "x" * SIZE, key="key-1")
        room, user = state.rooms[id_], state.users[7]
        whole = micros(lambda say=say: decide(state, say, at), count)  # type: ignore[misc]
        bare = micros(lambda say=say, room=room, user=user: unasked(say, room, user, at), count)  # type: ignore[misc]
        costs[name] = (whole, bare, whole - bare)
    return costs


def decided(state: State, command: Join, at: int) -> list[Event]:
    decision = decide(state, command, at)
    assert isinstance(decision, Decision), decision
    return decision.events


def unasked(say: SendMessage, room: Room, user: User, at: int) -> Decision:
    """Do what `core.rules.speaking.send_message` does, without checking whether the user may write."""
    assert text_problem(say.text, say.key) is None
    return Decision([Event(room.id, room.tip + 1, at, user.id, user.name, say.kind, say.text, say.key)])


def micros(work: Callable[[], object], count: int) -> float:
    """Return the microseconds of one call: the least of five series, as other programs can only make it slower."""
    best = float("inf")
    for _ in range(5):
        begin = time.perf_counter()
        for _ in range(count // 5):
            work()
        best = min(best, (time.perf_counter() - begin) / (count // 5))
    return best * 1e6
