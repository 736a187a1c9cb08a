"""The documentation agrees with the code."""

import re
from pathlib import Path

import pytest

from parley.core.refusals import SENTENCES
from parley.server.config import Config

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def test_every_code_is_in_the_protocol_page_with_its_sentence() -> None:
    page = (DOCS / "protocol/web.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))
    assert {code: listed.get(code) for code in SENTENCES} == {code: _cell(text) for code, text in SENTENCES.items()}
    errors = page.partition("## Errors")[2].partition("## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", errors, re.MULTILINE)) == SENTENCES.keys()


def test_every_key_is_documented_with_its_default() -> None:
    page = (DOCS / "guide/configuration.md").read_text(encoding="utf-8")
    rows = {row[0]: row[1] for row in re.findall(r"^\| `(\w+)` \|[^|]*(?:\\\|[^|]*)*\| ([^|]*) \|", page, re.MULTILINE)}
    assert list(rows) == list(Config.__struct_fields__)
    defaults = Config()
    for key, shown in rows.items():
        value = getattr(defaults, key)
        if value is not None:
            assert shown.strip("`").replace('"', "'") == repr(value)


def test_every_invariant_names_tests_that_exist() -> None:
    page = (DOCS / "invariants.md").read_text(encoding="utf-8")
    entries = re.split(r"^\d+\. ", page, flags=re.MULTILINE)[1:]
    for entry in entries:
        guards = re.findall(r"`((?:tests/|pyproject)[\w./]+)`", entry)
        assert guards, entry
        for guard in guards:
            assert (ROOT / guard).exists(), guard


@pytest.mark.parametrize("page", [*sorted(DOCS.rglob("*.md")), ROOT / "README.md"], ids=lambda page: page.name)
def test_links_and_files_that_are_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    prose = re.sub(r"^(`{3,}).*?^\1`*$", "", text, flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", prose)
    for target in re.findall(r"\]\((?!http|#)([^)#]+)", prose):
        assert (page.parent / target).exists(), f"{page.name}: {target}"
    for path in re.findall(r"`((?:docs|tests|src|bench)/[\w./-]+\.(?:md|py|sql|txt))`", text):
        assert (ROOT / path).exists(), f"{page.name}: {path}"


def _cell(sentence: str) -> str:
    return sentence.replace("{{", "{").replace("}}", "}").replace("|", r"\|")
