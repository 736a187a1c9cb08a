"""The documentation agrees with the code."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from parley.core.kinds import KINDS
from parley.core.refusals import SENTENCES
from parley.server.config import Config
from parley.wire import web

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def test_every_code_is_in_the_protocol_page_with_its_sentence() -> None:
    page = (DOCS / "protocol/web.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))
    assert {code: listed.get(code) for code in SENTENCES} == {code: _cell(text) for code, text in SENTENCES.items()}
    errors = page.partition("## Errors")[2].partition("## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", errors, re.MULTILINE)) == SENTENCES.keys()


def test_the_protocol_page_names_every_frame_field_and_kind() -> None:
    page = (DOCS / "protocol/web.md").read_text(encoding="utf-8")
    for frame in (*get_args(web.FromClient), *get_args(web.FromServer)):
        tag = frame.__struct_config__.tag
        assert re.search(rf'"t":"{tag}"|`{tag}`', page), tag
        for field in frame.__struct_fields__:
            assert re.search(rf'"{field}":|`{field}`', page), f"{tag}: {field}"
    for type_ in (web.Event, web.Now, web.Room, web.Member, web.Person):
        for field in type_.__struct_fields__:
            assert re.search(rf'"{field}":|`{field}`', page), f"{type_.__name__}: {field}"
    in_rooms = KINDS.keys() - {"named", "released", "registered", "profile", "disabled", "enabled", "deleted"}
    in_rooms -= {"credentials", "invitation", "invitation_used", "invitation_revoked", "webhook"}
    table = page.partition("| kind | meaning |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)))) == in_rooms


def test_every_frame_of_the_protocol_page_can_be_read() -> None:
    page = (DOCS / "protocol/web.md").read_text(encoding="utf-8")
    from_client = {frame.__struct_config__.tag for frame in get_args(web.FromClient)}
    shown = 0
    for line in re.findall(r'^    (\{"t":.*)$', page, re.MULTILINE):
        for frame in re.split(r"\s+->\s+|, then (?=\{)|, after .*|\}\s\s+\w.*", line):
            text = frame if frame.endswith("}") else frame + "}"
            if "..." in text or not text.startswith("{"):
                continue
            try:
                tag = json.loads(text)["t"]
            except ValueError:
                continue  # it goes on in the next line
            shown += 1
            if tag in from_client and not _is_answer(text):
                web.decode_from_client(text)
            else:
                assert web.decode_from_server(text) is not None, text
    assert shown > 40


def _is_answer(text: str) -> bool:
    """Tell whether a frame is an answer of a type that requests have, too."""
    return not json.loads(text).keys().isdisjoint(("users", "versions", "rooms", "members", "people", "url", "reason"))


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
