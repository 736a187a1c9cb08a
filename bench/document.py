"""docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Sequence

from bench.section import Section, Table

HEADER = """\
# Benchmarks

Written by `python -m bench --write`; do not edit. Parley is measured side by side with its peers in the same run, as
real processes on loopback; within a run the contestants take turns, and every figure is the median of {runs} runs
(smallest-largest). A ratio is the median of the ratios within each run. The absolute figures belong to this machine;
the ratios are what counts. The load generator checks every single delivery; a run that lost, doubled or reordered one
message says FAILED.

`python -m bench --help` tells how to run a part of it.
"""


def write(
    sections: Sequence[Section], machine: Sequence[tuple[str, str]], contestants: Sequence[tuple[str, str]], runs: int
) -> str:
    out = [HEADER.format(runs=runs)]
    out += ["## Targets", "", *summary(sections).lines(), ""]
    out += ["## The machine", "", *Table(["", ""], machine).lines(), ""]
    out += ["## The contestants", "", *Table(["server", "what it is"], contestants).lines(), ""]
    for section in sections:
        out += section.lines()
    return "\n".join(out).rstrip() + "\n"


def summary(sections: Sequence[Section]) -> Table:
    rows = [[section.title, *verdict.row()] for section in sections for verdict in section.verdicts]
    return Table(["scenario", "target", "asked", "measured", ""], rows)
