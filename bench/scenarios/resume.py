"""Measures how long it takes, after the server was killed (kill -9), until all clients have resumed and have what they
missed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from bench.dial import Client, dial_all
from bench.dialects import UPGRADE, Step, json_frame
from bench.options import Options
from bench.peers.contestant import Contestant
from bench.peers.parley_server import ParleyWeb, answers
from bench.phase import Engine
from bench.process import Failed
from bench.samples import Measures, take_turns
from bench.section import Section, Table, at_most

MISSED = 100


def run(options: Options, engine: Engine) -> Section:
    count = int(options.pick(200, 1000))

    def measure(contestant: Contestant) -> Measures:
        assert isinstance(contestant, ParleyWeb)
        clients = [contestant.client(f"r{i}", keep=True) for i in range(count)]
        contestant.admit(clients)
        contestant.quiet()
        returning = [comeback(client, contestant.hall) for client in clients]
        sender = contestant.client("w0")
        contestant.admit([sender])
        for client in clients:
            client.close()
            contestant.clients.remove(client)
        post(contestant, sender)
        contestant.crash()
        contestant.hang_up()
        begin = time.monotonic()
        listening = contestant.spawn_only().wait_for_port(contestant.port)
        dial_all(returning, contestant.port, at_once=count)
        done = max(client.done_at for client in returning) - begin
        contestant.clients += returning
        for client in returning:
            verify(client)
        return {"listening": listening, "in_step": done}

    samples = take_turns(options, [ParleyWeb], measure)
    rows = [
        [kind.name, samples.cell(kind.name, "listening", 1, 2), samples.cell(kind.name, "in_step", 1, 2)]
        for kind in samples.present([ParleyWeb])
    ]
    value = samples.median(ParleyWeb.name, "in_step")
    return Section(
        f"Resume: {count} clients after kill -9",
        f"{count} members of a room lose their connection, {MISSED} messages are posted, the server is killed "
        "(SIGKILL) and started again, and all come back at the same moment with their token and the last seq they "
        "have seen. Measured from the start of the process; the end is when the last client has the last message. "
        "Each client's seqs are checked: from what it had seen onwards, without a hole, each missed message once.",
        [Table(["server", "listens after s", "all in step after s"], rows)],
        [at_most(f"{count} clients in step", value, 5, "{:.2f} s")],
        samples.notes(),
    )


class Comeback(Client):
    """A client that resumes. `seq` is that of the last event that it has received."""

    seq = 0


def comeback(client: Client, hall: str) -> Comeback:
    heard = answers(client.received)
    token = next(answer["token"] for answer in heard if answer["t"] == "ready")
    room = next(answer["room"] for answer in heard if answer["t"] == "joined" and answer["room"]["name"] == hall)
    shown = [answer["events"] for answer in heard if answer["t"] == "events" and answer["room"] == room["id"]]
    seq = max((event["seq"] for events in shown for event in events), default=room["tip"])

    def steps() -> Iterator[Step]:
        yield UPGRADE
        seen = [{"room": room["id"], "epoch": room["epoch"], "seq": seq}]
        yield Step(json_frame(t="hello", protocol=1, token=token, seen=seen), (text(MISSED - 1).encode(),))

    back = Comeback(client.name, steps(), keep=True)
    back.seq = seq
    return back


def text(number: int) -> str:
    return f"missed message {number:05d}"


def post(contestant: ParleyWeb, sender: Client) -> None:
    """Send the messages that the other clients will miss, and wait until all are stored."""
    room = contestant.room_id
    sender.received.clear()
    sender.sock.setblocking(True)
    sender.sock.settimeout(10)
    for number in range(MISSED):
        sender.sock.sendall(json_frame(t="send", key=f"missed{number}", room=room, text=text(number)))
    while sender.received.count(b'"t":"stored"') < MISSED:
        if sender.read() < 0:
            raise Failed("the sender lost its connection")


def verify(client: Comeback) -> None:
    seqs: list[int] = []
    texts: list[str] = []
    for answer in answers(client.received):
        if answer["t"] == "events":
            seqs += [event["seq"] for event in answer["events"]]
            texts += [event["text"] for event in answer["events"] if event.get("kind", "message") == "message"]
    if seqs != list(range(client.seq + 1, client.seq + 1 + len(seqs))):
        raise Failed(f"{client.name}: seqs are not those after {client.seq}: {json.dumps(seqs[:20])}...")
    if texts != [text(number) for number in range(MISSED)]:
        raise Failed(f"{client.name}: {len(texts)} messages of {MISSED}, or in another order")
