"""Measures changes of messages beside plain messages, and a room with a million events, a tenth of them changes."""

from __future__ import annotations

import importlib
import json
import random
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.dialects import frames, json_frame
from bench.options import REPOSITORY, Options
from bench.peers.contestant import Contestant
from bench.peers.parley_server import ParleyWeb
from bench.phase import Engine
from bench.process import Failed, cpu_seconds, memory
from bench.samples import Measures, progress, take_turns
from bench.section import Section, Table, at_least, at_most
from bench.webclient import WebClient

PAGE = 50
BATCH = 10_000
LOBBY = 1
WRITERS = 16
WINDOW = 64
"""Each writer has so many requests under way."""

WAYS = ("send", "reply", "react", "edit", "erase")


def fill(folder: Path, events: int, *, changes: bool) -> None:
    """Write a data folder whose lobby has this many events. With `changes`, every tenth one changes or answers an
    earlier message: one of ten thousand messages gets many reactions.
    """
    sys.path.insert(0, str(REPOSITORY / "src"))
    store_of = importlib.import_module("parley.storage.sqlite")
    ports = importlib.import_module("parley.core.ports")
    records = importlib.import_module("parley.core.records")
    forms = importlib.import_module("parley.core.forms")
    salts = importlib.import_module("parley.core.salts")
    of = importlib.import_module("parley.core.events")
    chance = random.Random(1)
    folder.mkdir(parents=True)
    store = store_of.SqliteStore(folder / store_of.FILE_NAME)
    at = 1_700_000_000_000
    opening = [
        of.Event(0, 1, at, 1, "w0", "named", "w0"),
        of.Event(LOBBY, 1, at, 0, "", "created", "lobby"),
        of.Event(LOBBY, 2, at, 1, "w0", "joined"),
    ]
    store.append(ports.Batch(opening, [records.PutToken(1, b"\0" * 32, "resume", "", 0)]))
    recent: dict[int, Any] = {}
    for first in range(3, events + 1, BATCH):
        batch, changed = [], {}
        for seq in range(first, min(first + BATCH, events + 1)):
            if not changes or seq % 10 or len(recent) < 50:
                text = f"message {seq} {'of words ' * (seq % 9)}"
                event = of.Event(LOBBY, seq, at + seq * 1000, 1, "w0", "message", text, f"k{seq:012d}")
                recent[seq] = forms.Message.of(event)
            else:
                target = chance.choice(list(recent)[-50:])
                kind = chance.choices(("reacted", "edited", "message", "pinned"), (7, 2, 2, 0.01))[0]
                text = {"reacted": chance.choice("👍🎉😀🚀"), "edited": f"edited {seq}", "message": "in a thread"}
                user = seq if kind == "reacted" else 1
                thread = target if kind == "message" else 0
                event = of.RelatedEvent(
                    LOBBY, seq, at + seq * 1000, user, f"u{user}", kind, text.get(kind, ""), target=target,
                    thread=thread,
                )  # fmt: skip
                if thread:
                    recent[target].apply_to_thread(event)
                else:
                    recent[target].apply(event)
                changed[target] = recent[target]
            batch.append(event)
        for seq in list(recent)[:-200]:
            del recent[seq]
        salts.put_salts(batch)
        store.append(ports.Batch(batch, [message.form() for message in changed.values()]))
    store.close()


def run(options: Options, engine: Engine) -> Section:
    events = int(options.pick(50_000, 1_000_000))
    pages = int(options.pick(200, 1000))
    requests = int(options.pick(200, 1500))
    plain, filled = options.work / "life-plain", options.work / "life"
    for folder in (plain, filled):
        shutil.rmtree(folder, ignore_errors=True)

    def measure(contestant: Contestant) -> Measures:
        assert isinstance(contestant, ParleyWeb)
        found: Measures = {}
        for name, folder in (("plain ", plain), ("", filled)):
            contestant.stop_server()
            if not folder.exists():
                begin = time.monotonic()
                fill(folder, events, changes=folder is filled)
                progress(f"  {events:,} events written in {time.monotonic() - begin:.1f} s")
            shutil.rmtree(contestant.data, ignore_errors=True)
            shutil.copytree(folder, contestant.data)
            found[f"{name}start"] = contestant.healthy_after()
            found[f"{name}start_cpu"] = cpu_seconds(contestant.pid)
            found[f"{name}rss"] = memory(contestant.pid).rss
            client = WebClient(contestant.port)
            client.ask("watch", name=contestant.hall)
            times = sorted(page(client, random.randrange(2 * PAGE, events)) for _ in range(pages))
            client.close()
            found[f"{name}p50"], found[f"{name}p99"] = times[len(times) // 2], times[int(0.99 * (len(times) - 1))]
        found |= rates(contestant, requests)
        return found

    samples = take_turns(options, [ParleyWeb], measure)
    for folder in (plain, filled):
        shutil.rmtree(folder, ignore_errors=True)
    server = ParleyWeb.name
    rows = [
        [
            label,
            samples.cell(server, f"{key}p50", 1000),
            samples.cell(server, f"{key}p99", 1000),
            samples.cell(server, f"{key}start", 1),
            samples.cell(server, f"{key}start_cpu", 1),
            samples.cell(server, f"{key}rss", 1e-6, 1),
        ]
        for label, key in (("messages only", "plain "), ("a tenth are changes", ""))
    ]
    speeds = [[way, samples.cell(server, way, 1), samples.cell(server, f"{way} ratio", 1)] for way in WAYS]
    p99 = samples.median(server, "p99")
    starts = samples.median(server, "start_cpu"), samples.median(server, "plain start_cpu")
    targets = [at_most(f"a page of {PAGE} in present form, p99", None if p99 is None else p99 * 1000, 8, "{:.2f} ms")]
    if None not in starts:
        targets.append(at_most("start beside messages only, CPU", starts[0] / starts[1], 1.2, "{:.2f} x"))
    targets += [
        at_least(f"{way} beside plain messages", samples.median(server, f"{way} ratio"), 0.5, "{:.2f} x")
        for way in WAYS[1:]
    ]
    return Section(
        f"Life: a room with {events:,} events, a tenth of them changes",
        f"{pages:,} pages of {PAGE} in present form at random places; start until `GET /healthz` is answered. Then "
        f"{WRITERS} writers in one room, each with {WINDOW} requests under way and {requests:,} of each sort: "
        "messages, answers, reactions to different messages, edits and deletions of their own messages.",
        [
            Table(["room", "page p50 ms", "page p99 ms", "start s", "start CPU s", "RSS MB"], rows),
            Table(["request", "a second", "by plain messages"], speeds),
        ],
        targets,
        samples.notes(),
    )


def page(client: WebClient, before: int) -> float:
    begin = time.perf_counter()
    answer = json.loads(client.ask("history", room=LOBBY, before=before, limit=PAGE, present=True))
    took = time.perf_counter() - begin
    if len(answer["events"]) != PAGE or answer["last"] != before - 1:
        raise Failed(f"the page before {before} holds {len(answer['events'])} messages, up to {answer['last']}")
    return took


class Writer(threading.Thread):
    """Sends requests, and counts their answers."""

    def __init__(self, port: int, number: int) -> None:
        super().__init__(daemon=True)
        self.client = WebClient(port, name=f"writer{number}")
        self.client.ask("join", name="life")
        self.number = number
        self.room = 0
        self.seqs: list[int] = []
        self.failed = ""
        self.requests: list[bytes] = []
        self.go = threading.Event()

    def take(self, count: int) -> int:
        """Read until so many answers have come, or more. Return how many did."""
        client, wanted = self.client, count
        while count > 0:
            payloads, used = frames(client.rest)
            del client.rest[:used]
            for payload in payloads:
                if payload.startswith((b'{"t":"done"', b'{"t":"stored"')):
                    count -= 1
                    if payload.startswith(b'{"t":"stored"'):
                        answer = json.loads(payload)
                        self.seqs.append(answer["seq"])
                        self.room = answer["room"]
                elif payload.startswith(b'{"t":"error"'):
                    raise Failed(payload.decode())
            if count > 0:
                client._more()
        return wanted - count

    def run(self) -> None:
        try:
            under_way = 0
            for begin in range(0, len(self.requests), WINDOW // 2):
                part = self.requests[begin : begin + WINDOW // 2]
                self.client.sock.sendall(b"".join(part))
                under_way += len(part)
                if under_way >= WINDOW:
                    under_way -= self.take(WINDOW // 2)
            self.take(under_way)
        except (Failed, OSError) as error:
            self.failed = str(error)


def rates(contestant: ParleyWeb, requests: int) -> Measures:
    """Return the answers a second for each way, and its ratio to that of plain messages."""
    contestant.stop_server()
    shutil.rmtree(contestant.data, ignore_errors=True)
    contestant.healthy_after()
    clients = [Writer(contestant.port, number) for number in range(WRITERS)]
    room = json.loads(clients[0].client.ask("rooms"))["rooms"]
    life = next(each["id"] for each in room if each["name"] == "life")
    make: dict[str, Callable[[Writer, int], bytes]] = {
        "send": lambda w, n: json_frame(t="send", key=f"{w.number}-{n}", room=life, text=f"message {n} of {w.number}"),
        "reply": lambda w, n: json_frame(
            t="send", key=f"{w.number}-r{n}", room=life, text=f"answer {n}", reply=w.seqs[n % requests]
        ),
        "react": lambda w, n: json_frame(t="react", id=f"{n}", room=life, seq=w.seqs[n], emoji="👍"),
        "edit": lambda w, n: json_frame(t="edit", id=f"{n}", room=life, seq=w.seqs[n], text=f"edited {n}"),
        "erase": lambda w, n: json_frame(t="erase", id=f"{n}", room=life, seq=w.seqs[n]),
    }
    found: Measures = {}
    for way in WAYS:
        for writer in clients:
            writer.requests = [make[way](writer, number) for number in range(requests)]
        threads = [threading.Thread(target=writer.run, daemon=True) for writer in clients]
        begin = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - begin
        if failed := [writer.failed for writer in clients if writer.failed]:
            raise Failed(failed[0])
        found[way] = WRITERS * requests / took
        found[f"{way} ratio"] = found[way] / found["send"]
    for writer in clients:
        with_socket: socket.socket = writer.client.sock
        with_socket.close()
    return found
