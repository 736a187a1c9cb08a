"""The state that all clients of a run share."""

import asyncio
import random
import time
from collections import Counter, deque
from pathlib import Path
from typing import Final

from .database import holds
from .record import Violation

ROOMS: Final = ("lobby", "red", "green", "blue", "grey")

_WORDS: Final = ("the", "quick", "fox", "jumps", "ünïcödé", "漢字", "🦊", "says:", "why not?", '{"t":"bye"}', "\\")
_SAMPLES_PER_SECOND: Final = 25.0


class Scene:
    """The shared state: the server's ports, whether there are faults, and the clients.

    Attributes:
        calm: whether faults and new messages have ended, so that clients only catch up.
        people: names of web clients to which others send direct messages.
        dens: the names of private rooms by id. Clients also try to use rooms that the server has not shown them.
        welcome: by client, the private rooms that it may have been invited to.
        inside: by private room, the clients that may be members.
        company: by client, the current name of each client that may be invited to private rooms.
        violations: the violations that clients have noticed themselves.
        journal: notes on what happened, with times, to find the cause of a violation.
    """

    def __init__(self, seed: int, database: Path) -> None:
        self.seed: Final = seed
        self.database: Final = database
        self.web_port = 0
        self.line_port = 0
        self.raw_port = 0
        self.calm = False
        self.people: set[str] = set()
        self.dens: dict[int, str] = {}
        self.welcome: dict[str, set[int]] = {}
        self.inside: dict[int, set[str]] = {}
        self.company: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.violations: list[Violation] = []
        self.journal: deque[str] = deque(maxlen=4_000)
        self.acked_at = 0.0
        self.refused_at = 0.0
        self.page_at = 0.0
        self._began = time.monotonic()
        self._sampled = 0.0

    @property
    def now(self) -> float:
        """Seconds since the start of the run."""
        return time.monotonic() - self._began

    def chance(self, name: str) -> random.Random:
        """Return a random generator that depends only on the seed and the name."""
        return random.Random(f"{self.seed} {name}")

    def is_welcome(self, client: str, den: int, *, welcome: bool) -> None:
        """Record that a client was invited to a private room, or kicked from it."""
        rooms = self.welcome.setdefault(client, set())
        if welcome:
            rooms.add(den)
        else:
            rooms.discard(den)

    def order(self, chance: random.Random, client: str, dens: list[int]) -> tuple[int, str, str]:
        """Choose a moderation command for one of some private rooms. Return the room's id, the action and a name.

        Prefer rooms that the client has created, which it knows by their names: there its command is not refused.
        """
        act = chance.choices(("invite", "kick", "ban", "unban", "role", "topic", "leave"), (20, 11, 7, 7, 2, 2, 4))[0]
        whom = chance.choice(sorted(self.company.values()))
        room = chance.choice(dens)
        own = [id_ for id_ in dens if self.dens[id_].startswith(f"{{{client}.")]
        if act in ("kick", "ban", "unban", "role") and own:
            room = chance.choice(own)
            inside = sorted(self.inside.get(room, set()) & self.company.keys() - {client})
            if act != "unban" and inside:
                whom = self.company[chance.choice(inside)]
        return room, act, whom

    def note(self, words: str) -> None:
        self.journal.append(f"{self.now:7.3f}  {words}")

    def blame(self, sentence: int, kind: str, words: str, room: int | None = None, seq: int | None = None) -> None:
        """Record a violation."""
        violation = Violation(sentence, kind, f"{words} (at {self.now:.3f} s)", room, seq)
        self.note(f"VIOLATION {violation}")
        self.violations.append(violation)

    def sample(self, who: str, room: int, seq: int) -> None:
        """Check at random whether an event that a client has just learned of is in the database."""
        now = self.now
        if now - self._sampled < 1 / _SAMPLES_PER_SECOND:
            return
        self._sampled = now
        self.counts["sampled"] += 1
        if holds(self.database, room, seq) is False:
            self.blame(1, "shown before durable", f"{who} learned of an event before it was stored", room, seq)


def text_of(chance: random.Random, mark: str, size: int = 0) -> str:
    """Return a text that ends in `mark`."""
    words = []
    length = 0
    size = size or chance.choice((0, 10, 40, 40, 80, 80, 150, 600))
    while length < size:
        word = chance.choice(_WORDS)
        words.append(word)
        length += len(word) + 1
    return " ".join((*words, f"<{mark}>"))


async def pause(chance: random.Random, mean: float) -> None:
    """Wait a while, `mean` seconds on average."""
    await asyncio.sleep(min(chance.expovariate(1 / mean), 5 * mean))
