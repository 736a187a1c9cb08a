"""Measures how much other members of a room lose when some connections stop reading."""

from __future__ import annotations

import socket
import time
from pathlib import Path

from bench.dial import Client
from bench.options import Options
from bench.peers.contestant import Contestant
from bench.peers.registry import OURS
from bench.phase import Engine, Phase
from bench.process import Failed, memory
from bench.samples import Measures, take_turns
from bench.section import Section, Table, at_most

SIZE, RATE = 60, 100
BURST_SIZE, WINDOW = 1000, 50
KIB = 1024


def run(options: Options, engine: Engine) -> Section:
    stalled_count = 100
    others_count = int(options.pick(200, 900))
    seconds = options.pick(1.5, 4)
    burst = 5000

    def measure(contestant: Contestant) -> Measures:
        _, others = contestant.one_sender(others_count, SIZE)
        sender = contestant.clients[-1] if not contestant.dialect.echo else others[0]

        def go(receivers: list[Client], size: int, **limits: float) -> dict[str, float]:
            load = contestant.writer(sender, others[0], size)
            return engine.run(contestant.phase(receivers, [load], **limits)).check().values

        go(others, BURST_SIZE, window=WINDOW, count=burst, grace=60)
        free = go(others, SIZE, rate=RATE, warmup=1, seconds=seconds)
        stalled = [contestant.client(f"s{i}") for i in range(stalled_count)]
        for client in stalled:
            client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        contestant.admit(stalled)
        contestant.quiet()
        before = memory(contestant.pid).rss
        go(others, BURST_SIZE, window=WINDOW, count=burst, grace=60)
        slowed = go(others, SIZE, rate=RATE, warmup=1, seconds=seconds, base=burst)
        time.sleep(0.2)
        growth = memory(contestant.pid).rss - before
        held = kernel_held(contestant.port, stalled)
        total = burst + int(slowed["sent"])
        begin = time.monotonic()
        drain = Phase(contestant.dialect.framing, [client.sock for client in stalled], expect=total, grace=60)
        engine.run(drain).check()
        return {
            "p99": slowed["read_p99_ms"],
            "p99_free": free["read_p99_ms"],
            "p50": slowed["read_p50_ms"],
            "p50_free": free["read_p50_ms"],
            "grows": slowed["read_p99_ms"] / free["read_p99_ms"],
            "each": growth / stalled_count,
            "behind": burst * BURST_SIZE - held,
            "caught_up": time.monotonic() - begin,
        }

    samples = take_turns(options, OURS, measure)
    rows = [
        [
            kind.name,
            samples.cell(kind.name, "p50_free"),
            samples.cell(kind.name, "p50"),
            samples.cell(kind.name, "p99_free"),
            samples.cell(kind.name, "p99"),
            samples.cell(kind.name, "each", 1 / KIB, 1),
            samples.cell(kind.name, "behind", 1e-6, 1),
            samples.cell(kind.name, "caught_up", 1),
        ]
        for kind in samples.present(OURS)
    ]
    head = [
        "server",
        "p50 ms, none stalled",
        "p50 ms, stalled",
        "p99 ms, none stalled",
        "p99 ms, stalled",
        "RSS KiB per stalled",
        "MB behind, at least",
        "caught up s",
    ]
    section = Section(
        f"Stalled: {stalled_count} of {others_count + stalled_count} receivers stop reading",
        f"{others_count} members read; latency at {RATE} messages/s is measured. Then {stalled_count} more join and "
        f"stop reading, a burst of {burst:,} messages of {BURST_SIZE:,} bytes overflows what the kernel buffers for "
        "them, and latency is measured again on those who read. RSS growth is that of the server since before that "
        "burst (an equal burst came before, with nobody stalled). *MB behind*: what the server still has to bring to "
        "each stalled reader when the reading begins again, beyond what lies in kernel buffers. At the end all "
        "stalled read on, and each must have every message once and in order.",
        [Table(head, rows)],
        notes=samples.notes(),
    )
    for ours in OURS:
        name = ours.name
        grows, each = samples.median(name, "grows"), samples.median(name, "each")
        section.verdicts.append(at_most(f"{name} p99 of the others, by before", grows, 1.1))
        each_kib = None if each is None else each / KIB
        section.verdicts.append(at_most(f"{name} per stalled reader", each_kib, 64, "{:.1f} KiB"))
    return section


def kernel_held(port: int, clients: list[Client]) -> float:
    """Return the most bytes that the kernel's buffers hold for one client, at both ends of its connection."""
    held = dict.fromkeys((client.sock.getsockname()[1] for client in clients), 0)
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        local, remote = (int(field.rpartition(":")[2], 16) for field in fields[1:3])
        sending, receiving = (int(part, 16) for part in fields[4].split(":"))
        if local == port and remote in held:
            held[remote] += sending
        elif remote == port and local in held:
            held[local] += receiving
    if not any(held.values()):
        raise Failed("no stalled connection found in /proc/net/tcp")
    return max(held.values())
