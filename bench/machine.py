"""Describes the machine that the figures were measured on."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from bench.options import REPOSITORY, filesystem


def describe(work: Path) -> list[tuple[str, str]]:
    return [
        ("processor", f"{cpu_model()}, {os.cpu_count()} cores"),
        ("memory", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("disk", f"{filesystem(work)}; one fsync of 4 KiB takes {fsync_us(work):,.0f} us (median)"),
        ("python", f"{platform.python_implementation()} {platform.python_version()}; {libraries()}"),
        ("commit", commit()),
    ]


def cpu_model() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def fsync_us(work: Path) -> float:
    path = work / "fsync"
    times = []
    with path.open("wb", buffering=0) as file:
        for _ in range(200):
            begin = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            times.append(time.perf_counter() - begin)
    path.unlink()
    return statistics.median(times) * 1e6


def libraries() -> str:
    found = []
    for name in ("uvloop", "apsw", "msgspec", "websockets", "uvicorn"):
        with suppress(metadata.PackageNotFoundError):
            found.append(f"{name} {metadata.version(name)}")
    return ", ".join(found)


def commit() -> str:
    def git(*arguments: str) -> str:
        done = subprocess.run(["git", "-C", REPOSITORY, *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    head = git("rev-parse", "--short", "HEAD")
    if not head:
        return "none yet"
    return head + (" with local changes" if git("status", "--porcelain", "--", "src", "web/src") else "")
