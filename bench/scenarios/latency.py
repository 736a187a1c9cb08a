"""Measures the latency of messages at a rate with which the server is not busy all the time."""

from __future__ import annotations

from bench.options import Options
from bench.peers.contestant import Contestant
from bench.peers.registry import ALL, OURS
from bench.phase import Engine
from bench.samples import Measures, take_turns
from bench.scenarios.fanout import load
from bench.section import Section, Table, at_most

SIZE, RATE = 60, 100
KINDS = ("read_p50", "read_p99", "arrival_p50", "arrival_p99")


def run(options: Options, engine: Engine) -> Section:
    receivers = int(options.pick(200, 500))
    seconds = options.pick(1.5, 4)

    def measure(contestant: Contestant) -> Measures:
        writer, clients = contestant.one_sender(receivers, SIZE)
        result = engine.run(
            contestant.phase(clients, [writer], rate=RATE, warmup=options.pick(0.5, 1), seconds=seconds)
        ).check()
        times = {kind: result[f"{kind}_ms"] for kind in KINDS if f"{kind}_ms" in result.values}
        return {**times, **load(result)}

    samples = take_turns(options, ALL, measure)
    head = ["server", "read p50 ms", "read p99 ms", "arrival p50 ms", "arrival p99 ms", "server CPU %"]
    rows = [
        [kind.name, *(samples.cell(kind.name, name) for name in KINDS), samples.cell(kind.name, "server", 100, 0)]
        for kind in samples.present(ALL)
    ]
    section = Section(
        f"Latency: {RATE} messages/s to {receivers} receivers",
        f"An open loop for {seconds:g} seconds: a message of {SIZE} bytes every {1000 // RATE} ms, whatever comes "
        "back. Latency is the time from the moment the message was due to be sent until each receiver has it, over "
        "all receivers. *read*: the receiving program has read it, which includes its own way through all the "
        "receivers' sockets; *arrival*: the kernel put it into the receiver's socket, which does not.",
        [Table(head, rows)],
        notes=samples.notes(),
    )
    for ours in OURS:
        for name in KINDS:
            value = samples.ratio(ours.name, "inspircd", name)
            section.verdicts.append(at_most(f"{ours.name} {name.replace('_', ' ')} by inspircd's", value, 1.5))
    return section
