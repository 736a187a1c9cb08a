"""One phase of load, run by the C program bench/drain.c where there is a compiler, in Python where there is none."""

from __future__ import annotations

import hashlib
import shutil
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench.dialects import Template
from bench.process import Failed

SOURCE = Path(__file__).with_name("drain.c")


@dataclass(frozen=True)
class Writer:
    sock: socket.socket
    tracker: socket.socket  # where its messages come back, which moves its window
    template: Template


@dataclass(frozen=True)
class Phase:
    """Send for warmup + seconds, or count messages per writer; then wait until everybody has everything.

    rate > 0 is an open loop of the first writer, otherwise every writer keeps `window` messages outstanding. Without
    writers the sockets are only drained, each to `expect` messages of one writer.
    """

    framing: str
    receivers: Sequence[socket.socket]
    writers: Sequence[Writer] = ()
    echo: bool = True
    window: int = 0
    rate: int = 0
    warmup: float = 0
    seconds: float = 0
    count: int = 0
    base: int = 0
    expect: int = 0
    grace: float = 15
    pid: int = 0


@dataclass
class Result:
    values: dict[str, float] = field(default_factory=dict)
    closed: list[int] = field(default_factory=list)  # descriptors the server closed
    noise: str = ""

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def get(self, name: str, default: float = 0) -> float:
        return self.values.get(name, default)

    @property
    def deliveries_per_second(self) -> float:
        return self["deliveries"] / self["seconds"]

    @property
    def messages_per_second(self) -> float:
        return self["messages"] / self["seconds"]

    def check(self, same_order: bool = True) -> Result:
        """Raise unless every receiver got every message once and in order."""
        faults = {name: int(self[name]) for name in ("missing", "duplicates", "gaps", "eofs") if self[name]}
        if same_order and self["orders"] > 1:
            faults["different orders"] = int(self["orders"])
        if faults or not self["finished"]:
            told = ", ".join(f"{count} {name}" for name, count in faults.items()) or "not finished"
            raise Failed(f"{told}; {int(self['sent'])} sent{'; heard ' + self.noise if self.noise else ''}")
        return self


class Engine(Protocol):
    name: str

    def run(self, phase: Phase) -> Result: ...


class Compiled:
    """bench/drain.c; a process of its own for each phase, which inherits the sockets."""

    name = "C"

    def __init__(self, program: Path) -> None:
        self.program = program

    def run(self, phase: Phase) -> Result:
        sockets = {sock.fileno() for sock in phase.receivers}
        sockets |= {sock.fileno() for writer in phase.writers for sock in (writer.sock, writer.tracker)}
        spec = [f"framing {phase.framing}", f"echo {int(phase.echo)}", f"stamps {int(phase.rate > 0)}"]
        for name in ("window", "rate", "warmup", "seconds", "count", "base", "expect", "grace", "pid"):
            spec.append(f"{name} {getattr(phase, name)}")
        spec += [f"conn {fd}" for fd in sorted(sockets)]
        for writer in phase.writers:
            offsets = writer.template.offsets
            places = " ".join(map(str, offsets))
            head = f"writer {writer.sock.fileno()} {writer.tracker.fileno()} {len(offsets)} {places}"
            spec.append(f"{head} {writer.template.data.hex()}")
        limit = phase.warmup + phase.seconds + phase.grace + (120 if phase.count else 30)
        done = subprocess.run(
            [self.program],
            input="\n".join(spec) + "\n",
            capture_output=True,
            text=True,
            errors="replace",
            pass_fds=sorted(sockets),
            timeout=limit,
            check=False,
        )
        if done.returncode:
            raise Failed(f"drain ended with {done.returncode}: {done.stderr.strip()}")
        return parse(done.stdout)


def parse(text: str) -> Result:
    result = Result()
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        if name == "noise_sample":
            result.noise = value
        elif name == "closed":
            result.closed.append(int(value))
        elif name != "partial":
            result.values[name] = float(value)
    return result


def compile_c(source: Path, work: Path) -> Path | None:
    """The program of a C file of ours, compiled once per version of the source; None without a compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None
    program = work / f"{source.stem}-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}"
    if not program.exists():
        subprocess.run([compiler, "-O2", "-o", program, source], check=True, capture_output=True)
    return program


def choose(kind: str, work: Path) -> Engine:
    from bench.engine_python import Interpreted

    program = compile_c(SOURCE, work) if kind in ("auto", "c") else None
    if program is None:
        if kind == "c":
            raise Failed("no C compiler")
        return Interpreted()
    return Compiled(program)
