"""What a busy room notices of many who sign in at once."""

from __future__ import annotations

import threading
import time

from bench.engine import Engine
from bench.options import Options
from bench.peers.contestant import Contestant
from bench.peers.registry import OURS
from bench.process import Failed
from bench.samples import Measures, take_turns
from bench.scenarios.posts import Asker
from bench.section import Section, Table, at_most

SIZE, RATE = 60, 100
CEILING = 1.2
PASSWORD = "correct horse battery"


class SignIns(threading.Thread):
    """Everybody signs in at once, a moment after the start. To be looked at after `join`.

    Attributes:
        took: seconds from the first request to the last answer.
        failure: what went wrong.
    """

    def __init__(self, port: int, accounts: int, delay: float) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.accounts = accounts
        self.delay = delay
        self.took = 0.0
        self.failure = ""

    def run(self) -> None:
        time.sleep(self.delay)
        begin = time.perf_counter()
        askers: list[Asker] = []
        try:
            for number in range(self.accounts):
                askers.append(Asker(self.port))
                body = {"name": f"account{number}", "password": PASSWORD, "bearer": True}
                askers[-1].sock.sendall(askers[-1].request("POST", "/api/session", body))
            for asker in askers:
                while (answer := asker.take()) is None:
                    asker.read()
                if answer[0] != 200:
                    self.failure = f"a sign-in was answered with {answer}"
        except (OSError, Failed) as error:
            self.failure = f"a sign-in failed: {error}"
        self.took = time.perf_counter() - begin
        for asker in askers:
            asker.close()


def register(port: int, count: int) -> None:
    asker = Asker(port)
    for number in range(count):
        asker.ask("POST", "/api/accounts", {"name": f"account{number}", "password": PASSWORD, "bearer": True})
    asker.close()


def run(options: Options, engine: Engine) -> Section:
    receivers, accounts = int(options.pick(200, 500)), int(options.pick(50, 200))
    seconds, warmup = options.pick(2, 5), options.pick(0.5, 1)

    def measure(contestant: Contestant) -> Measures:
        register(contestant.port, accounts)
        writer, clients = contestant.one_sender(receivers, SIZE)

        def go(base: int = 0) -> dict[str, float]:
            phase = contestant.phase(clients, [writer], rate=RATE, warmup=warmup, seconds=seconds, base=base)
            return engine.run(phase).check().values

        free = go()
        signing = SignIns(contestant.port, accounts, warmup)
        signing.start()
        busy = go(int(free["sent"]))
        signing.join(60)
        if signing.failure or signing.is_alive():
            raise Failed(signing.failure or "the sign-ins did not come to an end within a minute")
        return {
            "p50_free": free["read_p50_ms"],
            "p50": busy["read_p50_ms"],
            "p99_free": free["read_p99_ms"],
            "p99": busy["read_p99_ms"],
            "grows": busy["read_p99_ms"] / free["read_p99_ms"],
            "took": signing.took,
        }

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
        "each. Each password costs 19 MiB and two passes of Argon2id, one after the other in a thread of low priority; "
        "*signed in*: the seconds until the last of them was in.",
        [Table(head, rows)],
        notes=samples.notes(),
    )
    for ours in OURS:
        value = samples.median(ours.name, "grows")
        section.verdicts.append(at_most(f"{ours.name} p99 while all sign in, by before", value, CEILING))
    return section
