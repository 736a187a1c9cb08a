"""Measures how many deliveries a second a server makes in one room (a delivery: one message to one receiver)."""

from __future__ import annotations

from bench.options import Options
from bench.peers.contestant import Contestant
from bench.peers.parley_server import ParleyWeb
from bench.peers.registry import FANOUT, OURS
from bench.phase import Engine, Result
from bench.samples import Measures, take_turns
from bench.section import Section, Table, at_least

SIZE, WINDOW = 60, 50
SATURATED = 0.95


def load(result: Result) -> Measures:
    """Return the CPU time of the server and of the load generator, as shares of one core."""
    seconds = result["seconds"]
    return {"server": result["cpu_server"] / seconds, "generator": result["cpu_self"] / seconds}


def run(options: Options, engine: Engine) -> Section:
    receivers = int(options.pick(200, 500))

    def measure(contestant: Contestant) -> Measures:
        writer, clients = contestant.one_sender(receivers, SIZE)
        seconds = options.pick(1, 3)
        phase = contestant.phase(clients, [writer], window=WINDOW, warmup=0.5, seconds=seconds)
        result = engine.run(phase).check()
        return {
            "deliveries": result.deliveries_per_second,
            "cpu": result["cpu_server"] / result["deliveries"] * 1e6,
            **load(result),
        }

    samples = take_turns(options, FANOUT, measure)
    rows = []
    for kind in samples.present(FANOUT):
        generator, server = (samples.median(kind.name, name) or 0 for name in ("generator", "server"))
        bound = "(generator-bound) " if generator >= SATURATED > server else ""
        rows.append(
            [
                kind.name,
                bound + samples.cell(kind.name, "deliveries", 1e-6),
                samples.cell(kind.name, "cpu", 1000, 0),
                samples.cell(kind.name, "server", 100, 0),
                samples.cell(kind.name, "generator", 100, 0),
            ]
        )
    head = ["server", "million deliveries/s", "CPU ms per million", "server CPU %", "generator CPU %"]
    section = Section(
        f"Fan-out: {receivers} receivers in one room",
        f"Messages of {SIZE} bytes from one sender, who keeps {WINDOW} outstanding and sends the next when one has "
        f"come back. Every message reaches {receivers} receivers; each checks each message for loss, doubling and "
        "order. In Parley and the bare servers the sender is one of the receivers; an IRC sender gets no echo, so it "
        f"stays outside the channel and watches the first of its {receivers} members. An event for a web client has "
        "about twice the bytes of a line; *bare-web* is the bare broadcaster with as many.",
        [Table(head, rows)],
        notes=samples.notes(),
    )
    for ours in OURS:
        peers = [("inspircd", 1.0), ("bare", 0.5)]
        if ours is ParleyWeb:
            peers.append(("bare-web", 0.5))
        for peer, floor in peers:
            value = samples.ratio(ours.name, peer, "deliveries")
            section.verdicts.append(at_least(f"{ours.name} deliveries/s by {peer}'s", value, floor))
    return section
