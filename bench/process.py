"""Runs the measured servers as child processes: start, wait for the port, measure memory and CPU time, stop."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"


class Unavailable(Exception):
    """A contestant, or a program that a scenario needs, can't run on this machine. The text says why."""


class Failed(Exception):
    """A run lost messages or did not finish."""


@dataclass(frozen=True)
class Memory:
    rss: int
    anonymous: int  # memory that the process has allocated, without the pages of programs and libraries


def free_port() -> int:
    """Return a free port below the range from which the system takes the ports of clients."""
    for _ in range(200):
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise Unavailable("no free port between 20000 and 32000")


def listening(port: int) -> bool:
    """Return whether a process listens on the port, without connecting to it: that would add a client to the load."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    return True
    return False


def memory(pid: int) -> Memory:
    fields = dict.fromkeys(("VmRSS", "RssAnon"), 0)
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in fields:
            fields[name] = int(rest.split()[0]) * 1024
    return Memory(fields["VmRSS"], fields["RssAnon"])


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def family_seconds(mark: str) -> float:
    """The CPU seconds of the processes whose command line contains `mark`, and of all their descendants."""
    parents: dict[int, int] = {}
    worked: dict[int, float] = {}
    family: set[int] = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            pid = int(folder.name)
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[pid] = int(fields[1])
            # The process's own time, and that of its children that have ended.
            worked[pid] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
            if mark in (folder / "cmdline").read_text():
                family.add(pid)
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(worked[pid] for pid in family)


def busy_seconds() -> float:
    """Return the CPU seconds that all processors together have worked since the machine was started."""
    user, nice, system, _idle, _wait, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class Child:
    """One server process. Its output goes to a file, whose end is part of the error if the process ends early."""

    def __init__(self, command: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_for_port(self, port: int, seconds: float = 20) -> float:
        """Wait until the server listens on the port. Return the seconds since the call."""
        begin = time.monotonic()
        while time.monotonic() - begin < seconds:
            if self.process.poll() is not None:
                raise Failed(f"the server ended with {self.process.returncode}: {self.last_line()}")
            if listening(port):
                return time.monotonic() - begin
            time.sleep(0.005)
        raise Failed(f"the server opened no port within {seconds} s: {self.tail()}")

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-600:].strip() or "(no output)"

    def last_line(self) -> str:
        return self.tail().splitlines()[-1]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 5) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
