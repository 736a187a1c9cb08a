"""Measures the memory of a server without clients, and of each idle connection."""

from __future__ import annotations

import time

from bench.options import Options
from bench.peers.bare_servers import BarePython
from bench.peers.contestant import Contestant
from bench.peers.registry import OURS, SERVERS
from bench.phase import Engine
from bench.process import memory
from bench.samples import Measures, take_turns
from bench.section import Section, Table, at_most

CONTESTANTS = (*SERVERS, BarePython)
KIB, MB = 1024, 1e6
ROOM = 10  # members of a room
FIRST = 50  # connections before the measurement, so that allocations that are made only once are not counted
LIMITS = {"parley": 8.0, "parley-web": 16.0}


def admit(contestant: Contestant, numbers: range) -> None:
    contestant.admit([contestant.client(f"r{i}", room=f"idle{i // ROOM}") for i in numbers])
    contestant.quiet()
    time.sleep(0.3)


def run(options: Options, engine: Engine) -> Section:
    connections = int(options.pick(300, 1000))

    def measure(contestant: Contestant) -> Measures:
        time.sleep(0.3)
        base = memory(contestant.pid)
        admit(contestant, range(FIRST))
        before = memory(contestant.pid)
        admit(contestant, range(FIRST, FIRST + connections))
        after = memory(contestant.pid)
        return {
            "base": base.rss,
            "each": (after.rss - before.rss) / connections,
            "each_anonymous": (after.anonymous - before.anonymous) / connections,
        }

    samples = take_turns(options, CONTESTANTS, measure)
    rows = [
        [
            kind.name,
            samples.cell(kind.name, "base", 1 / MB, 1),
            samples.cell(kind.name, "each", 1 / KIB, 1),
            samples.cell(kind.name, "each_anonymous", 1 / KIB, 1),
        ]
        for kind in samples.present(CONTESTANTS)
    ]
    section = Section(
        f"Memory: {connections} idle connections",
        f"Resident memory of the server process: after its start, and what each of {connections} further connections "
        f"adds, after a first {FIRST}, once all are registered, each in a room with nine others, and silent. A Parley "
        "line connection begins in the lobby and stays in it. What the kernel holds for sockets is not counted.",
        [Table(["server", "base RSS MB", "RSS KiB per connection", "anonymous KiB per connection"], rows)],
        notes=samples.notes(),
    )
    for ours in OURS:
        each, base = samples.median(ours.name, "each"), samples.median(ours.name, "base")
        value = None if each is None else each / KIB
        section.verdicts.append(at_most(f"{ours.name} per connection", value, LIMITS[ours.name], "{:.1f} KiB"))
        section.verdicts.append(at_most(f"{ours.name} base", None if base is None else base / MB, 60, "{:.1f} MB"))
    return section
