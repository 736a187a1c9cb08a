"""Writes a data folder with a realistic conversation: two rooms, several authors, short and long messages, code."""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path

from bench.options import REPOSITORY

ROOMS = ("lobby", "workshop")
AUTHORS = ("ada", "grace", "linus", "edsger", "barbara", "donald", "margaret", "dennis")
BATCH = 20_000
TALK = (
    "the quick brown fox jumps over a lazy dog while people talk about ships sealing wax cabbages and kings in the "
    "harbour at dawn because nobody slept well"
)
WORDS = TALK.split()
CODE = "```python\ndef f(x: int) -> int:\n    # One more.\n    return x + 1\n```"


def text(source: random.Random) -> str:
    """A plausible message: 3 to 40 words, some of them formatted; three in a hundred contain code."""
    words = " ".join(source.choices(WORDS, k=source.choice((3, 5, 8, 12, 20, 40))))
    kind = source.random()
    if kind < 0.03:
        return f"{words.capitalize()}:\n{CODE}"
    if kind < 0.10:
        return f"{words.capitalize()}, **indeed**, see `{source.choice(WORDS)}` and https://example.org/{source.choice(WORDS)}"
    return f"{words.capitalize()}{source.choice('.!?')}"


def fill(folder: Path, events: int) -> None:
    """Write a data folder whose rooms have this many events each, with Parley's own store."""
    sys.path.insert(0, str(REPOSITORY / "src"))
    store_of = importlib.import_module("parley.storage.sqlite")
    ports = importlib.import_module("parley.core.ports")
    event = importlib.import_module("parley.core.events").Event
    source = random.Random(1)
    folder.mkdir(parents=True)
    store = store_of.SqliteStore(folder / store_of.FILE_NAME)
    at = 1_700_000_000_000
    users = range(1, len(AUTHORS) + 1)
    opening = [event(0, user, at, user, AUTHORS[user - 1], "named", AUTHORS[user - 1]) for user in users]
    for room, name in enumerate(ROOMS, 1):
        opening.append(event(room, 1, at, 0, "", "created", name))
        opening += [event(room, 1 + user, at, user, AUTHORS[user - 1], "joined") for user in users]
    store.append(ports.Batch(opening, [], []))
    for room in range(1, len(ROOMS) + 1):
        user = 1
        begun = len(AUTHORS) + 2
        for first in range(begun, events + 1, BATCH):
            batch = []
            for seq in range(first, min(first + BATCH, events + 1)):
                if source.random() < 0.4:
                    user = source.choice(users)
                said = (at + seq * 20_000, user, AUTHORS[user - 1], "message", text(source), f"k{room}-{seq:09d}")
                batch.append(event(room, seq, *said))
            store.append(ports.Batch(batch, [], []))
    store.close()
