"""Measures how many messages a second a room accepts from many writers."""

from __future__ import annotations

from bench.options import Options
from bench.peers.contestant import Contestant
from bench.peers.registry import ALL, OURS
from bench.phase import Engine, Writer
from bench.samples import Measures, Samples, take_turns
from bench.scenarios.fanout import load
from bench.section import Section, Table, at_least

SIZE, WINDOW = 60, 640
TARGET = 40_000
SHAPES = ((64, 84), (20, 20))  # writers, members


def writers_of(contestant: Contestant, writers: int, members: int) -> list[Writer]:
    """Let members join, and return the writers among them.

    A writer knows that its message was delivered when its own connection receives it; in a protocol without echo, when
    another member's connection does.
    """
    clients = contestant.dial(members)
    contestant.quiet()
    echo = contestant.dialect.echo
    trackers = clients if echo else [*clients[writers:], *clients[1:], clients[0]]
    return [contestant.writer(clients[i], trackers[i % len(trackers)], SIZE) for i in range(writers)]


def run(options: Options, engine: Engine) -> Section:
    def measured(writers: int, members: int) -> Samples:
        def measure(contestant: Contestant) -> Measures:
            senders = writers_of(contestant, writers, members)
            window = WINDOW // writers
            seconds = options.pick(0.7, 1.5)
            phase = contestant.phase(contestant.clients, senders, window=window, warmup=0.5, seconds=seconds)
            # Without echo a writer does not receive its own messages. So the orders of messages can only be compared if
            # some members do not write.
            result = engine.run(phase).check(same_order=contestant.dialect.echo or members > writers)
            return {
                "messages": result.messages_per_second,
                "deliveries": result.deliveries_per_second,
                **load(result),
            }

        return take_turns(options, ALL, measure)

    section = Section(
        "Ingest: many writers in one room",
        f"Messages of {SIZE} bytes, {WINDOW} outstanding in all. Every writer is a member of the room, and every "
        "message goes to every member: in Parley and the bare servers to the writer too, in IRC to all but the "
        "writer. First 64 writers and 20 who only read (84 members); then 20 members who all write and read. Parley "
        "stores every message durably before it shows it; the others store nothing. Neither IRC server sets "
        "TCP_NODELAY: while a writer's kernel delays an ACK, up to 40 ms, what the server has for it waits (Nagle), "
        "which shows where their CPU idles.",
    )
    for writers, members in SHAPES:
        samples = measured(writers, members)
        rows = [
            [
                kind.name,
                samples.cell(kind.name, "messages", 1, 0),
                samples.cell(kind.name, "deliveries", 1e-6),
                samples.cell(kind.name, "server", 100, 0),
                samples.cell(kind.name, "generator", 100, 0),
            ]
            for kind in samples.present(ALL)
        ]
        head = ["server", "messages/s", "million deliveries/s", "server CPU %", "generator CPU %"]
        section.tables.append(Table(head, rows, f"{writers} writers, {members} members"))
        for ours in OURS:
            value = samples.median(ours.name, "messages")
            what = f"{ours.name}, {writers} writers, {members} members"
            section.verdicts.append(at_least(what, value, TARGET, "{:,.0f} messages/s"))
        section.notes += [f"{members} members: {note}" for note in samples.notes()]
    return section
