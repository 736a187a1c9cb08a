"""Mutants of the package. Every run of the tests checks that each mutant can be applied and is valid code; the slow
tests check that chaos, or a test file, finds it.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.server.engine.crashpoints import POINTS
from tests.system.chaos.server import REPOSITORY, SOURCE
from tests.system.curated_bugs import BUGS, Bug
from tests.system.test_races import SOURCE_VARIABLE

SECONDS = (8, 20)
"""The durations of two runs of chaos. The second run has to find a bug that the first one misses."""

PACKAGE = SOURCE / "parley"

PREPARE = """
import apsw, apsw.ext
from parley.storage.sqlite.schema import QUERIES, migrate
connection = apsw.Connection(":memory:")
migrate(connection)
for query in QUERIES.values():
    apsw.ext.query_info(connection, query)
"""
"""Fails unless SQLite accepts the migrations and every query."""


def _ids(bug: Bug) -> str:
    return bug.name


@pytest.mark.parametrize("bug", BUGS, ids=_ids)
def test_the_code_that_a_mutant_replaces_occurs_once(bug: Bug) -> None:
    assert (PACKAGE / bug.file).read_text().count(bug.old) == 1
    assert bug.old != bug.new


def test_the_mutated_package_passes_mypy_and_prepares_its_sql(tmp_path: Path) -> None:
    """A mutant that raises at its first use proves nothing. So its types are checked, and its SQL is prepared."""
    for bugs in _batches(BUGS):
        source = _mutated(tmp_path, bugs)
        settings = ["--config-file", str(REPOSITORY / "pyproject.toml"), "--cache-dir", str(tmp_path / "cache")]
        for command in (
            ["-m", "mypy", *settings, "--no-warn-unreachable", str(source)],
            ["-W", "error", "-c", PREPARE],
        ):
            run = subprocess.run(
                [sys.executable, *command],
                env={**os.environ, "PYTHONPATH": str(source)},
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            if run.returncode != 0:
                pytest.fail(f"{run.stdout}{run.stderr}".replace(f"{source}/", ""))


def _batches(bugs: tuple[Bug, ...]) -> Iterator[list[Bug]]:
    """Yield groups of mutants for one copy of the package: no two in one function, or in one paragraph of SQL."""
    left = list(bugs)
    while left:
        places = [_place(bug) for bug in left]
        batch = [bug for index, bug in enumerate(left) if places[index] not in places[:index]]
        yield batch
        left = [bug for bug in left if bug not in batch]


def _place(bug: Bug) -> tuple[str, int]:
    """Return a mutant's file, and the first line of its function, or the number of its paragraph of SQL."""
    text = (PACKAGE / bug.file).read_text()
    offset = text.find(bug.old)
    line = text.count("\n", 0, offset) + 1
    if bug.file.endswith(".py"):
        functions = [
            node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        around = [node.lineno for node in functions if node.lineno <= line <= (node.end_lineno or 0)]
        return bug.file, max(around, default=0)
    return bug.file, len(re.findall(r"\n\n", text[:offset]))


def _mutated(folder: Path, bugs: list[Bug]) -> Path:
    """Copy the package and apply mutants to the copy. Return the folder with the copy."""
    source = folder / "src"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(PACKAGE, source / "parley", ignore=shutil.ignore_patterns("__pycache__"))
    for bug in bugs:
        file = source / "parley" / bug.file
        file.write_text(file.read_text().replace(bug.old, bug.new))
    return source


@pytest.mark.slow
@pytest.mark.parametrize("bug", BUGS, ids=_ids)
def test_chaos_or_a_test_finds_the_mutant(bug: Bug, tmp_path: Path) -> None:
    source = _mutated(tmp_path, [bug])
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
