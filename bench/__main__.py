"""`python -m bench`: run the scenarios, print their tables, and write docs/benchmarks.md if asked to."""

from __future__ import annotations

import argparse
import datetime
import importlib
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import document, machine
from bench.engine import choose
from bench.options import MEMORY_FILESYSTEMS, REPOSITORY, Options, default_work, filesystem
from bench.peers.registry import FANOUT
from bench.phase import Engine
from bench.process import Unavailable
from bench.quiet import Patience
from bench.samples import progress
from bench.section import Section

SERVER = (
    "fanout",
    "latency",
    "ingest",
    "posts",
    "memory",
    "joins",
    "signins",
    "resume",
    "history",
    "stalled",
    "organisation",
    "life",
)
SCENARIOS = (*SERVER, "page")
DOCUMENT = REPOSITORY / "docs" / "benchmarks.md"


def main() -> int:
    arguments = parser().parse_args()
    scenarios = names(arguments.only, SCENARIOS) or SCENARIOS
    contestants = names(arguments.contestants, [kind.name for kind in FANOUT])
    work: Path = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    if filesystem(work) in MEMORY_FILESYSTEMS:
        sys.exit(f"{work} is in memory: an fsync there costs nothing. Give a folder on a disk with --work.")
    raise_limits()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # raise SystemExit, so that the servers are stopped
    runs = arguments.runs or (1 if arguments.quick else 3)
    seconds = arguments.patience if arguments.patience is not None else 0 if arguments.quick else 120
    options = Options(arguments.quick, runs, work, frozenset(contestants), arguments.engine, Patience(seconds))
    engine = choose(options.engine, work)
    begin = time.monotonic()
    sections: list[Section] = []
    for name in scenarios:
        progress(f"{name} (load generator in {engine.name})")
        run: Callable[[Options, Engine], Section] = importlib.import_module(f"bench.scenarios.{name}").run
        section = run(options, engine)
        print("\n".join(section.lines()), flush=True)
        sections.append(section)
    progress(f"{time.monotonic() - begin:.0f} s in all")
    target: Path | None = arguments.write
    if target is not None:
        report(target, sections, options, engine, whole=len(scenarios) == len(SCENARIOS))
        progress(f"written: {target}")
    failed = any(verdict.passed is False for section in sections for verdict in section.verdicts)
    return 1 if failed and arguments.strict else 0


def parser() -> argparse.ArgumentParser:
    out = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    out.add_argument("--quick", action="store_true", help="a minute or two: smaller, one run")
    out.add_argument("--only", default="", metavar="NAME,...", help=f"scenarios: {', '.join(SCENARIOS)}")
    out.add_argument("--contestants", default="", metavar="NAME,...", help=", ".join(kind.name for kind in FANOUT))
    out.add_argument("--runs", type=int, default=0, help="how many runs (3; with --quick 1)")
    out.add_argument(
        "--write",
        type=Path,
        nargs="?",
        const=DOCUMENT,
        metavar="FILE",
        help="write the report (docs/benchmarks.md), or with --only bring those parts of it up to date",
    )
    out.add_argument(
        "--work", type=Path, default=default_work(), help="where data folders go; must be on a disk (%(default)s)"
    )
    out.add_argument(
        "--patience",
        type=float,
        metavar="SECONDS",
        help="how long, in all, to wait for other programs and to repeat what they disturbed (120; with --quick 0)",
    )
    out.add_argument("--engine", choices=("auto", "c", "python"), default="auto", help="the load generator")
    out.add_argument("--strict", action="store_true", help="end with 1 if a target is missed")
    return out


def names(given: str, known: list[str] | tuple[str, ...]) -> list[str]:
    chosen = [name.strip() for name in given.split(",") if name.strip()]
    for name in chosen:
        if name not in known:
            sys.exit(f"{name} is none of {', '.join(known)}")
    return chosen


def raise_limits() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def report(target: Path, sections: list[Section], options: Options, engine: Engine, whole: bool) -> None:
    """Write the report; if only some scenarios were measured, replace their sections in the existing report."""
    if whole or not target.exists():
        about = about_machine(options, engine), about_contestants(options)
        target.write_text(document.write(sections, *about, options.runs))
        return
    size = ", `--quick`" if options.quick else ""
    for section in sections:
        section.notes.append(
            f"Measured by itself on {today()}, {options.runs} runs{size}, at commit {machine.commit()}, on "
            f"{machine.cpu_model()}."
        )
    target.write_text(document.bring_up_to_date(target.read_text(), sections))


def today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def about_machine(options: Options, engine: Engine) -> list[tuple[str, str]]:
    how = "all scenarios, full size" if not options.quick else "--quick: smaller than the real thing"
    return [*machine.describe(options.work), ("date", today()), ("size", how), ("load generator", engine.name)]


def about_contestants(options: Options) -> list[tuple[str, str]]:
    out = []
    for kind in FANOUT:
        try:
            version = kind(options.work).version()
        except Unavailable as reason:
            version = f"not measured, {reason}"
        out.append((kind.name, kind.about + (f"; {version}" if version else "")))
    return out


if __name__ == "__main__":
    sys.exit(main())
