"""Measures how long it takes until many clients that come at the same time have joined a room."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from bench.dial import Client
from bench.dialects import Irc
from bench.options import Options
from bench.peers.contestant import Contestant
from bench.peers.parley_server import answers
from bench.peers.registry import OURS, SERVERS
from bench.phase import Engine
from bench.process import Failed, cpu_seconds
from bench.samples import Measures, take_turns
from bench.section import Section, Table, at_most

LINE = re.compile(rb"^(r\d+) has connected to the chat room\r?$", re.MULTILINE)
IRC = re.compile(rb"^:(r\d+)![^ ]* JOIN ", re.MULTILINE)


def run(options: Options, engine: Engine) -> Section:
    count = int(options.pick(300, 1000))

    def measure(contestant: Contestant) -> Measures:
        clients = [contestant.client(f"r{i}", keep=True) for i in range(count)]
        crowd = contestant.storm or count
        begin, worked = time.monotonic(), time.process_time()
        contestant.admit(clients, at_once=crowd)
        own = time.monotonic() - begin
        worked = time.process_time() - worked
        contestant.quiet()
        seen = max(client.last_at for client in clients) - begin
        cpu = cpu_seconds(contestant.pid)
        check(contestant, clients)
        return {"own": own, "all": seen, "cpu": cpu, "generator": worked / own}

    samples = take_turns(options, SERVERS, measure)
    rows = [
        [
            kind.name,
            samples.cell(kind.name, "own", 1, 3),
            samples.cell(kind.name, "all", 1, 3),
            samples.cell(kind.name, "cpu"),
            samples.cell(kind.name, "generator", 100, 0),
        ]
        for kind in samples.present(SERVERS)
    ]
    section = Section(
        f"Joins: {count} clients at once",
        f"{count} clients connect at the same moment, register and join one room. *own join*: the last of them has "
        "its own join confirmed. *all joins*: everybody has seen everybody who joined after them, which is checked "
        "name by name. ngIRCd gets 8 at a time: its listen queue holds ten, and what does not fit waits seconds for "
        "TCP's retries. InspIRCd completes registrations on a timer of one second.",
        [Table(["server", "own join s", "all joins s", "server CPU s (with its start)", "generator CPU %"], rows)],
        notes=samples.notes(),
    )
    for ours in OURS:
        for measure_name, what in (("own", "own join"), ("all", "all joins")):
            value = samples.ratio(ours.name, "inspircd", measure_name)
            section.verdicts.append(at_most(f"{ours.name} {what}, by inspircd's time", value, 0.2))
    return section


def web_names(client: Client) -> list[str]:
    return [
        event["name"]
        for answer in answers(client.received)
        if answer.get("t") == "events"
        for event in answer["events"]
        if event.get("kind") == "joined"
    ]


def text_names(pattern: re.Pattern[bytes]) -> Callable[[Client], list[str]]:
    return lambda client: [name.decode() for name in pattern.findall(client.received)]


def check(contestant: Contestant, clients: list[Client]) -> None:
    """Check that each client has received all joins after its own, and all clients in the same order."""
    names_of = web_names if contestant.dialect.framing == "web" else text_names(LINE)
    if isinstance(contestant.dialect, Irc):
        names_of = text_names(IRC)
    seen = {client.name: names_of(client) for client in clients}
    first = max(seen.values(), key=len)
    order = [name for name in first if name in seen]
    for name, names in seen.items():
        due = order[order.index(name) + 1 :] if name in order else order
        later = names[names.index(name) + 1 :] if name in names else names
        if later[len(later) - len(due) :] != due:
            raise Failed(f"{name} saw {len(later)} of {len(due)} later joins, or in another order")
