"""Writes the data folder of a large organisation, with Parley's own store: accounts, rooms, members and messages."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bench.options import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "src"))

from parley.core.events import DIRECTORY, Event
from parley.core.ports import Batch
from parley.core.records import PutToken
from parley.storage.sqlite import FILE_NAME, SqliteStore

LOBBY = 1
BUSIEST = 1
AT = 1_700_000_000_000
BATCH = 20_000
WORDS = [
    "garden",
    "river",
    "council",
    "north",
    "library",
    "morning",
    "harbour",
    "winter",
    "meeting",
    "paper",
    "signal",
    "orchard",
    "bridge",
    "market",
]
GIVEN = [
    "ada",
    "bela",
    "chloé",
    "dmitri",
    "élodie",
    "fatma",
    "grace",
    "hans",
    "ingrid",
    "joão",
    "kwame",
    "lena",
    "milo",
    "nadia",
    "øyvind",
    "priya",
    "quentin",
    "rosa",
]
FAMILY = [
    "adler",
    "brook",
    "castro",
    "dietrich",
    "eriksen",
    "fischer",
    "garcia",
    "holm",
    "ito",
    "jansen",
    "kaya",
    "lopez",
    "meyer",
    "novak",
    "okafor",
    "petit",
]


@dataclass(frozen=True)
class Size:
    """The size of an organisation. All accounts are members of the lobby, which is one of the rooms.

    One account is a member of `busiest` rooms; each of the others is a member of the same number of rooms.
    """

    accounts: int
    rooms: int
    memberships: int
    messages: int
    busiest: int = 0


def name(user: int) -> str:
    """Return the name of the account with an id, which is 1 or more."""
    return f"{GIVEN[user % len(GIVEN)]}.{FAMILY[user // len(GIVEN) % len(FAMILY)]}{user}"


def token(user: int) -> str:
    """Return the token of the account's session."""
    return f"token-of-{user:08d}-for-the-benchmark"


def room_name(room: int) -> str:
    return "lobby" if room == LOBBY else f"{WORDS[room % len(WORDS)]}{room}"


def members(size: Size) -> dict[int, list[int]]:
    """Return the members of each room: all accounts in the lobby; those of the other rooms are chosen at random."""
    dice = random.Random(1)
    out: dict[int, list[int]] = {room: [] for room in range(LOBBY, size.rooms + 1)}
    out[LOBBY] = list(range(1, size.accounts + 1))
    others = size.memberships - size.accounts
    for user in range(1, size.accounts + 1):
        if user == BUSIEST and size.busiest:
            for room in range(LOBBY + 1, size.busiest + 1):
                out[room].append(user)
            continue
        share = others * user // size.accounts - others * (user - 1) // size.accounts
        for room in dice.sample(range(LOBBY + 1, size.rooms + 1), min(share, size.rooms - 1)):
            out[room].append(user)
    return out


def events(size: Size) -> Iterator[Event]:
    """Yield the events of all logs; those of one log in the order of their seqs."""
    seq = 0
    for user in range(1, size.accounts + 1):
        role = "owner" if user == 1 else "member"
        yield Event(DIRECTORY, seq + 1, AT, user, name(user), "named", name(user))
        yield Event(DIRECTORY, seq + 2, AT, user, name(user), "registered", role)
        seq += 2
    for room, joined in members(size).items():
        creator = 0 if room == LOBBY else (joined[0] if joined else 1)
        yield Event(room, 1, AT, creator, name(creator) if creator else "parley", "created", room_name(room))
        topic = f"{WORDS[room % 7]} and {WORDS[room % 5]}"
        yield Event(room, 2, AT, creator, name(creator) if creator else "parley", "topic", topic)
        for seq, user in enumerate(joined, 3):
            yield Event(room, seq, AT, user, name(user), "joined")
        # All rooms have the same number of messages. The lobby also has the remainder of the division.
        said = size.messages // size.rooms + (size.messages % size.rooms if room == LOBBY else 0)
        for number in range(said if joined else 0):
            author = joined[number * 7919 % len(joined)]
            text = f"message {number} of {' '.join(WORDS[: number % 9 + 1])}"
            at = AT + number * 1000
            yield Event(room, 3 + len(joined) + number, at, author, name(author), "message", text, f"k{room}-{number}")


def fill(folder: Path, size: Size) -> None:
    """Write a data folder with an organisation of this size."""
    folder.mkdir(parents=True)
    store = SqliteStore(folder / FILE_NAME)
    batch: list[Event] = []
    for event in events(size):
        batch.append(event)
        if len(batch) == BATCH:
            store.append(Batch(batch))
            store.tidy()
            batch = []
    tokens = [
        PutToken(user, sha256(token(user).encode()).digest(), "session", "bench", AT)
        for user in range(1, size.accounts + 1)
    ]
    store.append(Batch(batch, list(tokens)))
    store.close()
