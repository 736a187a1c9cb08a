"""docs/security.md is up to date."""

from pathlib import Path

from tests.security.figures import figures, table

ROOT = Path(__file__).parents[2]
BEGIN, END = "<!-- the figures: made by tests/security/figures.py -->\n", "<!-- end of the figures -->\n"


def test_the_page_shows_the_figures() -> None:
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    assert page.partition(BEGIN)[2].partition(END)[0] == table()


def test_every_figure_names_an_existing_test() -> None:
    for what, _, test in figures():
        assert (ROOT / test).exists(), what
