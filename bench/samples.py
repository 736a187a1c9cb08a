"""Measures contestants in several runs, and computes medians and ratios.

In every run each contestant is measured once, and ratios compare measures of the same run.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.options import REPOSITORY, Options
from bench.peers.contestant import Contestant
from bench.process import Failed, Unavailable
from bench.quiet import QUIET, Watch

Measures = dict[str, float]

TRIES = 2
OTHERS = "others"  # a measure of every run: the share of the machine's CPU time that other programs used


@dataclass
class Samples:
    """The measures of all runs, by contestant. A failed run has None."""

    runs: dict[str, list[Measures | None]] = field(default_factory=lambda: defaultdict(list))
    skipped: dict[str, str] = field(default_factory=dict)
    failures: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def values(self, contestant: str, measure: str) -> list[float]:
        return [run[measure] for run in self.runs.get(contestant, []) if run is not None and measure in run]

    def median(self, contestant: str, measure: str) -> float | None:
        values = self.values(contestant, measure)
        return statistics.median(values) if values else None

    def ratio(self, one: str, other: str, measure: str) -> float | None:
        """Return the median, over the runs, of the ratio of a measure of two contestants in the same run."""
        pairs = zip(self.runs.get(one, []), self.runs.get(other, []), strict=False)
        ratios = [a[measure] / b[measure] for a, b in pairs if a and b and b.get(measure) and measure in a]
        return statistics.median(ratios) if ratios else None

    def failed(self, contestant: str) -> bool:
        return bool(self.failures.get(contestant))

    def cell(self, contestant: str, measure: str, scale: float = 1, digits: int = 2) -> str:
        """Return `median (min-max)` of a measure, or FAILED if a run has lost messages."""
        values = self.values(contestant, measure)
        if not values:
            return "FAILED" if self.failed(contestant) else "-"
        low, mid, high = (f(values) * scale for f in (min, statistics.median, max))
        text = f"{mid:,.{digits}f}"
        if len(values) > 1:
            text += f" ({low:,.{digits}f}-{high:,.{digits}f})"
        return f"FAILED once; {text}" if self.failed(contestant) else text

    def present(self, contestants: Sequence[type[Contestant]]) -> list[type[Contestant]]:
        return [kind for kind in contestants if kind.name in self.runs]

    def notes(self) -> list[str]:
        out = [f"{name}: skipped, {why}." for name, why in self.skipped.items()]
        for name, why in self.failures.items():
            out.append(f"{name}: FAILED in {len(why)} run(s): {why[0]}")
        busy = [run[OTHERS] for runs in self.runs.values() for run in runs if run]
        if busy and max(busy) > 0.05:
            share = f"{statistics.median(busy):.0%} (median), {max(busy):.0%} (most)"
            out.append(f"Other programs used {share} of the machine while this was measured.")
        return out


def take_turns(
    options: Options,
    contestants: Sequence[type[Contestant]],
    measure: Callable[[Contestant], Measures],
    runs: int = 0,
) -> Samples:
    """In every run, start, measure and stop each contestant. In the next run another contestant is the first."""
    samples = Samples()
    wanted = [kind for kind in contestants if options.wants(kind.name)]
    for run in range(runs or options.runs):
        turn = run % len(wanted) if wanted else 0
        for kind in wanted[turn:] + wanted[:turn]:
            if kind.name in samples.skipped:
                continue
            contestant = kind(options.work)
            try:
                measures = undisturbed(options, contestant, measure)
            except Unavailable as reason:
                samples.skipped[kind.name] = str(reason)
                progress(f"  {kind.name}: skipped, {reason}")
                continue
            except (Failed, OSError, TimeoutError) as fault:
                samples.failures[kind.name].append(without_paths(str(fault).partition("; heard")[0], options)[:300])
                samples.runs[kind.name].append(None)
                progress(f"  run {run + 1} {kind.name}: FAILED: {fault}")
                progress(f"    its log ends: {contestant.last_words}")
                continue
            samples.runs[kind.name].append(measures)
            shown = "  ".join(f"{name} {value:,.3g}" for name, value in measures.items())
            progress(f"  run {run + 1} {kind.name}: {shown}")
    return samples


def without_paths(text: str, options: Options) -> str:
    """Remove this machine's paths from a text for the report."""
    for path, name in ((options.work, "WORK"), (REPOSITORY, "."), (sys.prefix, "PYTHON"), (Path.home(), "~")):
        text = text.replace(str(path), name)
    return " ".join(text.split())


def undisturbed(options: Options, contestant: Contestant, measure: Callable[[Contestant], Measures]) -> Measures:
    """Measure a contestant. If other programs used much of the machine meanwhile, measure again, and return the result
    during which they used less.
    """
    tries: list[Measures] = []
    while True:
        options.patience.wait()
        begin, watch = time.monotonic(), Watch()
        with contestant:
            measures = measure(contestant)
        # The contestant's process has ended, so its CPU time does not count as that of other programs.
        tries.append({**measures, OTHERS: watch.share()})
        best = min(tries, key=lambda measures: measures[OTHERS])
        if best[OTHERS] <= QUIET or len(tries) == TRIES or not options.patience.spend(time.monotonic() - begin):
            return best


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
