"""Chooses the load engine, which runs one phase of load: the C program drain.c, or Python if there is no C compiler."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from bench.engine_python import Interpreted
from bench.phase import Engine, Phase, Result
from bench.process import Failed

SOURCE = Path(__file__).with_name("drain.c")


class Compiled:
    """The load engine in C. Each phase is a process of drain.c, which inherits the clients' sockets."""

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
    """Compile a C file, unless this version of it was compiled before. Return the program; None without a compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None
    program = work / f"{source.stem}-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}"
    if not program.exists():
        subprocess.run([compiler, "-O2", "-o", program, source], check=True, capture_output=True)
    return program


def choose(kind: str, work: Path) -> Engine:
    program = compile_c(SOURCE, work) if kind in ("auto", "c") else None
    if program is None:
        if kind == "c":
            raise Failed("no C compiler")
        return Interpreted()
    return Compiled(program)
