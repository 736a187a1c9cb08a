"""A report in which some sections were measured again keeps the others. Run by `pytest bench`."""

from __future__ import annotations

from bench import document
from bench.section import Section, Table, Verdict, at_most


def section(title: str, value: float, notes: tuple[str, ...] = ()) -> Section:
    table = Table(["server", "ms"], [["parley", str(value)]])
    return Section(title, "About it.", [table], [at_most("page", value, 5, "{:.1f} ms")], list(notes))


def test_a_part_is_measured_again_and_another_one_for_the_first_time() -> None:
    machine = [("processor", "some"), ("date", "2026-11-22")]
    whole = document.write([section("Joins", 1), section("History: 9 events", 2)], machine, [("parley", "it")], 3)
    again = section("History: 7 events", 3, ("Measured by itself.",))
    text = document.bring_up_to_date(whole, [again, section("Page", 9)])
    expected = document.write([section("Joins", 1), again, section("Page", 9)], machine, [("parley", "it")], 3)
    assert text == expected
    assert document.bring_up_to_date(text, [again]).count("| History: 7 events") == 1


def test_a_target_that_was_not_measured_stays() -> None:
    one = Section("Joins", "About it.", verdicts=[Verdict("all", "<= 1", "-", None)])
    page, nothing = section("Page", 9), [("", "")]
    before = document.write([one], nothing, nothing, 3)
    assert document.bring_up_to_date(before, [page]) == document.write([one, page], nothing, nothing, 3)
