"""Measures a room with a million events: the time for pages of its history, and for the start of the server."""

from __future__ import annotations

import importlib
import json
import random
import shutil
import sys
import time
from pathlib import Path

from bench.options import REPOSITORY, Options
from bench.peers.contestant import Contestant
from bench.peers.parley_server import ParleyWeb
from bench.phase import Engine
from bench.process import Failed, memory
from bench.samples import Measures, progress, take_turns
from bench.section import Section, Table, at_most
from bench.webclient import WebClient

PAGE = 50
BATCH = 20_000
LOBBY = 1


def fill(folder: Path, events: int) -> None:
    """Write a data folder whose lobby has this many events, with Parley's own store."""
    sys.path.insert(0, str(REPOSITORY / "src"))
    store_of = importlib.import_module("parley.storage.sqlite")
    ports = importlib.import_module("parley.core.ports")
    credentials = importlib.import_module("parley.core.records")
    event = importlib.import_module("parley.core.events").Event
    folder.mkdir(parents=True)
    store = store_of.SqliteStore(folder / store_of.FILE_NAME)
    at = 1_700_000_000_000
    opening = [
        event(0, 1, at, 1, "w0", "named", "w0"),
        event(LOBBY, 1, at, 0, "", "created", "lobby"),
        event(LOBBY, 2, at, 1, "w0", "joined"),
    ]
    store.append(ports.Batch(opening, [credentials.PutToken(1, b"\0" * 32, "resume", "", 0)], []))
    for first in range(3, events + 1, BATCH):
        batch = [
            event(
                LOBBY,
                seq,
                at + seq * 1000,
                1,
                "w0",
                "message",
                f"message {seq} {'of words ' * (seq % 9)}",
                f"k{seq:012d}",
            )
            for seq in range(first, min(first + BATCH, events + 1))
        ]
        store.append(ports.Batch(batch, [], []))
    store.close()


def run(options: Options, engine: Engine) -> Section:
    events = int(options.pick(100_000, 1_000_000))
    pages = int(options.pick(200, 1000))
    filled = options.work / "history"
    shutil.rmtree(filled, ignore_errors=True)

    def measure(contestant: Contestant) -> Measures:
        assert isinstance(contestant, ParleyWeb)
        contestant.stop_server()
        if not filled.exists():
            begin = time.monotonic()
            fill(filled, events)
            progress(f"  {events:,} events written in {time.monotonic() - begin:.1f} s")
        shutil.rmtree(contestant.data, ignore_errors=True)
        shutil.copytree(filled, contestant.data)
        start = contestant.healthy_after()
        client = WebClient(contestant.port)
        client.ask("watch", name=contestant.hall)
        times = [page(client, random.randrange(PAGE + 1, events)) for _ in range(pages)]
        client.close()
        times.sort()
        return {
            "start": start,
            "p50": times[len(times) // 2],
            "p99": times[int(0.99 * (len(times) - 1))],
            "rss": memory(contestant.pid).rss,
        }

    samples = take_turns(options, [ParleyWeb], measure)
    shutil.rmtree(filled, ignore_errors=True)
    name = ParleyWeb.name
    rows = [
        [
            name,
            samples.cell(name, "p50", 1000),
            samples.cell(name, "p99", 1000),
            samples.cell(name, "start", 1),
            samples.cell(name, "rss", 1e-6, 1),
        ]
    ]
    p99, start = samples.median(name, "p99"), samples.median(name, "start")
    return Section(
        f"History: a room with {events:,} events",
        f"{pages:,} pages of {PAGE} events at random places, asked one after another over the web protocol; and the "
        "time from the start of the process until `GET /healthz` is answered. The file is in the page cache of the "
        "system, as after a restart of the server alone.",
        [Table(["server", "page p50 ms", "page p99 ms", "start s", "RSS MB after"], rows)],
        [
            at_most(f"a page of {PAGE}, p99", None if p99 is None else p99 * 1000, 5, "{:.2f} ms"),
            at_most("start", start, 1, "{:.2f} s"),
        ],
        samples.notes(),
    )


def page(client: WebClient, before: int) -> float:
    begin = time.perf_counter()
    answer = client.ask("history", room=LOBBY, before=before, limit=PAGE)
    took = time.perf_counter() - begin
    seqs = [event["seq"] for event in json.loads(answer)["events"]]
    if seqs != list(range(before - PAGE, before)):
        raise Failed(f"the page before {before} holds {seqs[:3]}...{seqs[-3:]}")
    return took
