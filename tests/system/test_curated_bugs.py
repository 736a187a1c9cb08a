"""Every bug that is made on purpose is found: each in a copy of the package, most by a few seconds of chaos."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from parley.server.engine.crashpoints import POINTS
from tests.system.chaos.server import REPOSITORY, SOURCE
from tests.system.curated_bugs import BUGS, Bug
from tests.system.test_races import SOURCE_VARIABLE

SECONDS = (8, 20)
"""A bug that does not show in the shorter run has to in the longer one."""

PACKAGE = SOURCE / "parley"


def _ids(bug: Bug) -> str:
    return bug.name


@pytest.mark.parametrize("bug", BUGS, ids=_ids)
def test_the_code_it_breaks_stands_there_once(bug: Bug) -> None:
    assert (PACKAGE / bug.file).read_text().count(bug.old) == 1
    assert bug.old != bug.new


@pytest.mark.slow
@pytest.mark.parametrize("bug", BUGS, ids=_ids)
def test_chaos_finds_it(bug: Bug, tmp_path: Path) -> None:
    source = tmp_path / "src"
    shutil.copytree(PACKAGE, source / "parley", ignore=shutil.ignore_patterns("__pycache__"))
    broken = source / "parley" / bug.file
    broken.write_text(broken.read_text().replace(bug.old, bug.new))
    if tests := [kind for kind in bug.kinds if kind.endswith(".py")]:
        assert _a_test_fails(tests, source)
        return
    found: set[str] = set()
    for seed, seconds in enumerate(SECONDS, 1):
        found |= _kinds_found(source, seconds, seed, tmp_path / "kept")
        if found & bug.kinds:
            return
    pytest.fail(f"chaos found {found or 'nothing'} and should have found one of {set(bug.kinds)}")


def _a_test_fails(files: list[str], source: Path) -> bool:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-x", *files],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(source), SOURCE_VARIABLE: str(source)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    return run.returncode == 1


def _kinds_found(source: Path, seconds: int, seed: int, kept: Path) -> set[str]:
    options = ["--seconds", str(seconds), "--seed", str(seed), "--source", str(source), "--keep", str(kept), "--json"]
    run = subprocess.run(
        [sys.executable, "-m", "tests.system.chaos", *options],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=seconds + 120,
        check=False,
    )
    if run.returncode == 0:
        return set()
    assert run.stdout, run.stderr
    outcome = json.loads(run.stdout)
    return {each["kind"] for each in outcome["violations"]} | ({"did not fire"} if outcome["missing"] else set())


def test_every_crash_point_is_in_the_plan() -> None:
    from tests.system.chaos.plan import every_name, incidents

    names = set()
    for incident in incidents(1):
        names.add(incident.name)
        if len(names) == len(every_name()):
            break
    assert names == set(every_name())
    assert len([name for name in names if name.startswith("crash at")]) == len(POINTS)
