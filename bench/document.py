"""Writes docs/benchmarks.md."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bench.section import Section, Table

HEADER = """\
# Benchmarks

Written by `python -m bench --write`; do not edit. Parley is measured side by side with its peers in the same run, as
real processes on loopback; within a run the contestants take turns, and every figure is the median of {runs} runs
(smallest-largest). A ratio is the median of the ratios within each run. The absolute figures belong to this machine;
the ratios are what counts. The load generator checks every single delivery; a run that lost, doubled or reordered one
message says FAILED.

`python -m bench --help` tells how to run a part of it. A part that was measured by itself says when; the others are of
the date below.
"""


def write(
    sections: Sequence[Section], machine: Sequence[tuple[str, str]], contestants: Sequence[tuple[str, str]], runs: int
) -> str:
    out = [HEADER.format(runs=runs)]
    out += ["## Targets", "", *summary(targets(sections)).lines(), ""]
    out += ["## The machine", "", *Table(["", ""], machine).lines(), ""]
    out += ["## The contestants", "", *Table(["server", "what it is"], contestants).lines(), ""]
    for section in sections:
        out += section.lines()
    return "\n".join(out).rstrip() + "\n"


def bring_up_to_date(text: str, sections: Sequence[Section]) -> str:
    """Return the report with these sections in place of those of the same name. The others keep their older figures."""
    head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    blocks = {name(part): part for part in parts}
    for section in sections:
        blocks[name(section.title)] = "\n".join(section.lines()).removeprefix("## ")
    fresh = {name(section.title) for section in sections}
    places = list(blocks)
    rows = [row for row in cells(blocks["Targets"]) if name(row[0]) not in fresh] + targets(sections)
    rows.sort(key=lambda row: places.index(name(row[0])))
    blocks["Targets"] = "\n".join(["Targets", "", *summary(rows).lines()])
    return head + "\n\n".join(f"## {block.rstrip()}" for block in blocks.values()) + "\n"


def name(title: str) -> str:
    """Return the part of a title that is the same in every run: `History` for `History: a room with 1,000 events`."""
    return title.partition("\n")[0].partition(":")[0]


def cells(block: str) -> list[list[str]]:
    """Return the cells of a section's table, by row, without the header."""
    lines = [line for line in block.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def targets(sections: Sequence[Section]) -> list[list[str]]:
    return [[section.title, *verdict.row()] for section in sections for verdict in section.verdicts]


def summary(rows: Sequence[Sequence[str]]) -> Table:
    return Table(["scenario", "target", "asked", "measured", ""], rows)
