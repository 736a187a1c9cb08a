"""Command line options that all scenarios share."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from bench.quiet import Patience

REPOSITORY = Path(__file__).resolve().parent.parent
MEMORY_FILESYSTEMS = {"tmpfs", "ramfs", "devtmpfs"}


@dataclass(frozen=True)
class Options:
    quick: bool
    runs: int
    work: Path
    contestants: frozenset[str]
    engine: str
    patience: Patience

    def pick(self, quick: float, full: float) -> float:
        return quick if self.quick else full

    def wants(self, contestant: str) -> bool:
        return not self.contestants or contestant in self.contestants


def default_work() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "parley-bench"


def filesystem(path: Path) -> str:
    """Return the type of the file system of a path. On one in memory, such as tmpfs, an fsync costs nothing."""
    best, kind = "", "unknown"
    try:
        mounts = Path("/proc/mounts").read_text()
    except OSError:
        return kind
    for line in mounts.splitlines():
        _, mount, type_, *_ = line.split(" ")
        inside = str(path.resolve()).startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, type_
    return kind
