"""Plays every session in this folder and in docs/protocol/line.md."""

import re

import pytest

from parley.server.engine import reactions
from tests.server.server_fixture import Serve
from tests.transcripts.session import HERE, play_lines

SESSIONS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "line").glob("*.txt"))}
PAGE = HERE.parent.parent / "docs/protocol/line.md"
EXAMPLES = re.findall(r"(?m)^### (.*)$[\s\S]*?^```session\n([\s\S]*?)^```$", PAGE.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show reactions almost at once."""
    monkeypatch.setattr(reactions, "GATHER_SECONDS", 0.001)


@pytest.mark.parametrize("name", SESSIONS)
async def test_session(name: str, serve: Serve) -> None:
    await play_lines(SESSIONS[name], serve)


@pytest.mark.parametrize(("title", "text"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
async def test_example_of_the_page(title: str, text: str, serve: Serve) -> None:
    await play_lines(text, serve)


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) == PAGE.read_text(encoding="utf-8").count("```session") > 5
