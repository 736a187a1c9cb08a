"""`python -m tests.system.chaos`: one run, or several with one seed after another."""

import argparse
import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from .disk import Disk
from .report import as_json, failure, table
from .run import DATABASE, Outcome, Run
from .server import SOURCE

PROVEN, VIOLATED, STUCK = 0, 1, 2
GRACE_SECONDS = 90.0
"""The time for restarts, the final delivery and the checks, in addition to `--seconds`."""


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped and the disk unmounted
    code = PROVEN
    for number in range(options.runs):
        code = max(code, _one(options, options.seed + number))
        if code:
            break
    return code


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description="Kill and starve a real server, and count messages.")
    parser.add_argument("--seconds", type=float, default=30.0, help="the duration of the faults [30]")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(1_000_000), help="determines faults and actions [random]"
    )
    parser.add_argument(
        "--runs", type=int, default=1, help="the number of runs, each with the next seed, until one fails [1]"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="copy the log and the database there, even without a violation"
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.add_argument("--no-mount", action="store_true", help="do not mount a tmpfs for the data")
    parser.add_argument("--source", type=Path, default=SOURCE, help="the folder of the package to test [src]")
    return parser.parse_args()


def _one(options: argparse.Namespace, seed: int) -> int:
    folder = Path(tempfile.mkdtemp(prefix="parley-chaos-"))
    disk = Disk(folder / "data", small=not options.no_mount)
    try:
        run = Run(seed, options.seconds, folder, disk, options.source.resolve())
        if run.outcome.left_out:
            print(run.outcome.left_out, file=sys.stderr, flush=True)
        watchdog = threading.Timer(options.seconds + GRACE_SECONDS, _give_up, (run, disk, seed, folder))
        watchdog.daemon = True
        watchdog.start()
        try:
            outcome = _run(run)
        finally:
            watchdog.cancel()
        well = not outcome.violations and not outcome.missing
        kept = _keep(
            options.keep or (None if well else Path(tempfile.gettempdir()) / f"parley-chaos-{seed}"),
            folder,
            disk,
            outcome,
        )
    finally:
        disk.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(as_json(outcome) if options.json else table(outcome))
    if not well:
        print(f"\n{failure(outcome)}\nThe database and the server's log are in {kept}.", file=sys.stderr)
    return PROVEN if well else VIOLATED


def _run(run: Run) -> Outcome:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(run.go())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run.go())


def _keep(where: Path | None, folder: Path, disk: Disk, outcome: Outcome) -> Path | None:
    if where is None:
        return None
    where.mkdir(parents=True, exist_ok=True)
    for path in (folder / "server.log", *disk.path.glob(f"{DATABASE}*")):
        if path.exists():
            shutil.copy(path, where)
    (where / "journal.txt").write_text("\n".join(outcome.journal) + "\n")
    (where / "violations.txt").write_text("".join(f"{each}\n" for each in outcome.violations))
    return where


def _give_up(run: Run, disk: Disk, seed: int, folder: Path) -> None:
    """End a run that hangs (the watchdog)."""
    words = f"NOT PROVEN with seed {seed}: the run did not end in time. The server's log is in {folder}."
    print(words, file=sys.stderr, flush=True)
    run.server.kill()
    disk.close()
    os._exit(STUCK)


if __name__ == "__main__":
    raise SystemExit(main())
