"""A scenario's section of the report: tables of figures, and the targets with the measured values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""

    def lines(self) -> list[str]:
        rows = [list(self.head), *[list(row) for row in self.rows]]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.head))]
        out = [f"**{self.title}**", ""] if self.title else []
        for number, row in enumerate(rows):
            out.append("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
            if number == 0:
                out.append("|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return out


@dataclass(frozen=True)
class Verdict:
    what: str
    target: str
    measured: str
    passed: bool | None  # None: not measured

    def row(self) -> list[str]:
        word = "-" if self.passed is None else "PASS" if self.passed else "MISS"
        return [self.what, self.target, self.measured, word]


def at_least(what: str, value: float | None, floor: float, shown: str = "{:.2f} x") -> Verdict:
    passed = None if value is None else value >= floor
    return Verdict(what, ">= " + shown.format(floor), "-" if value is None else shown.format(value), passed)


def at_most(what: str, value: float | None, ceiling: float, shown: str = "{:.2f} x") -> Verdict:
    passed = None if value is None else value <= ceiling
    return Verdict(what, "<= " + shown.format(ceiling), "-" if value is None else shown.format(value), passed)


@dataclass
class Section:
    title: str
    about: str
    tables: list[Table] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        out = [f"## {self.title}", "", self.about, ""]
        for table in self.tables:
            out += [*table.lines(), ""]
        if self.verdicts:
            rows = [verdict.row() for verdict in self.verdicts]
            out += [*Table(["target", "asked", "measured", ""], rows).lines(), ""]
        out += [f"- {note}" for note in self.notes]
        return [*out, ""] if self.notes else out
