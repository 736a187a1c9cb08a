"""Measures how much a busy room slows down while many users sign in at the same time."""

from __future__ import annotations

import os
import statistics
import threading
import time

from bench.options import Options
from bench.peers.contestant import Contestant
from bench.peers.registry import OURS
from bench.phase import Engine
from bench.process import Failed
from bench.samples import Measures, take_turns
from bench.scenarios.fanout import load
from bench.scenarios.posts import Asker
from bench.section import Section, Table, at_most

SIZE, RATE = 60, 100
CEILING = 1.2
PAIRS = 3  # how often each run measures a time without sign-ins and then one with them
MOST_BUSY = 0.5  # the share of a core that the room may use; above it, the room itself would be measured
PASSWORD = "correct horse battery"


class SignIns(threading.Thread):
    """Lets all users sign in at the same time, `delay` seconds after the start. Read the attributes after `join`.

    Attributes:
        took: seconds from the first request to the last answer.
        failure: the error, if there was one.
    """

    def __init__(self, port: int, accounts: int, delay: float) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.accounts = accounts
        self.delay = delay
        self.took = 0.0
        self.failure = ""

    def run(self) -> None:
        # In reality these clients run on other machines. Here they must take no CPU time from the server.
        if hasattr(os, "SCHED_IDLE"):
            os.sched_setscheduler(threading.get_native_id(), os.SCHED_IDLE, os.sched_param(0))
        time.sleep(self.delay)
        begin = time.perf_counter()
        askers: list[Asker] = []
        try:
            for number in range(self.accounts):
                askers.append(Asker(self.port))
                body = {"name": f"account{number}", "password": PASSWORD, "bearer": True}
                askers[-1].sock.sendall(askers[-1].request("POST", "/api/session", body))
            for submitter in askers:
                while (answer := submitter.take()) is None:
                    submitter.read()
                if answer[0] != 200:
                    self.failure = f"a sign-in was answered with {answer}"
        except (OSError, Failed) as error:
            self.failure = f"a sign-in failed: {error}"
        self.took = time.perf_counter() - begin
        for submitter in askers:
            submitter.close()


def register(port: int, count: int) -> None:
    submitter = Asker(port)
    for number in range(count):
        submitter.ask("POST", "/api/accounts", {"name": f"account{number}", "password": PASSWORD, "bearer": True})
    submitter.close()


def fitting(options: Options, engine: Engine, wanted: int) -> int:
    """Return how many receivers the room can have so that it uses at most MOST_BUSY of a core, but at most `wanted`."""
    with OURS[0](options.work) as contestant:
        writer, clients = contestant.one_sender(wanted, SIZE)
        share = load(engine.run(contestant.phase(clients, [writer], rate=RATE, warmup=0.5, seconds=2)).check())[
            "server"
        ]
    return wanted if share <= MOST_BUSY else max(50, round(wanted * MOST_BUSY / share / 50) * 50)


def run(options: Options, engine: Engine) -> Section:
    accounts = int(options.pick(50, 200))
    receivers = fitting(options, engine, int(options.pick(200, 500)))
    seconds, warmup = options.pick(2, 5), options.pick(0.5, 1)

    def measure(contestant: Contestant) -> Measures:
        register(contestant.port, accounts)
        writer, clients = contestant.one_sender(receivers, SIZE)

        def go() -> dict[str, float]:
            nonlocal base
            phase = contestant.phase(clients, [writer], rate=RATE, warmup=warmup, seconds=seconds, base=base)
            values = engine.run(phase).check().values
            base += int(values["sent"])
            return values

        base = 0
        pairs: list[Measures] = []
        for _ in range(PAIRS):
            free = go()
            signing = SignIns(contestant.port, accounts, warmup)
            signing.start()
            busy = go()
            signing.join(60)
            if signing.failure or signing.is_alive():
                raise Failed(signing.failure or "the sign-ins did not come to an end within a minute")
            pairs.append(
                {
                    "p50_free": free["read_p50_ms"],
                    "p50": busy["read_p50_ms"],
                    "p99_free": free["read_p99_ms"],
                    "p99": busy["read_p99_ms"],
                    "grows": busy["read_p99_ms"] / free["read_p99_ms"],
                    "took": signing.took,
                }
            )
        return {name: statistics.median(pair[name] for pair in pairs) for name in pairs[0]}

    samples = take_turns(options, OURS, measure)
    rows = [
        [kind.name, *(samples.cell(kind.name, name) for name in ("p50_free", "p50", "p99_free", "p99", "took"))]
        for kind in samples.present(OURS)
    ]
    head = ["server", "p50 ms, nobody", "p50 ms, all sign in", "p99 ms, nobody", "p99 ms, all sign in", "signed in s"]
    section = Section(
        f"Sign-ins: {accounts} accounts at once, while {RATE} messages/s go to {receivers} receivers",
        f"Latency as in *Latency* ({SIZE} bytes, an open loop of {seconds:g} seconds, *read*), first alone, then with "
        f"{accounts} accounts that send `POST /api/session` with their password at the same moment, on a connection "
        f"each; {PAIRS} times in turn in each run, of which the medians count. The programs that sign in have the "
        "lowest priority: they stand for other machines. 500 receivers, or as many as leave half of a core free. Each "
        "password costs 19 MiB and two passes of Argon2id; *signed in*: the seconds until the last of them was in.",
        [Table(head, rows)],
        notes=samples.notes(),
    )
    for ours in OURS:
        value = samples.median(ours.name, "grows")
        section.verdicts.append(at_most(f"{ours.name} p99 while all sign in, by before", value, CEILING))
    return section
