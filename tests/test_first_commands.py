"""Each command that README.md and CONTRIBUTING.md show works as the first one in a fresh clone.

The clone contains the committed files. The commands install packages from the registries that this machine is
configured for.

Needs a browser: `run.py screenshots` is one of the commands.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.server.process import Process, everything_from

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md")

SECONDS = 900.0
"""The time limit for one command, including set-up."""


class Shortened(NamedTuple):
    """Changes that make a shown command short, and independent of fixed ports and of the user's data.

    Attributes:
        arguments: arguments to add after the shown ones. `{server}` stands for the address of a server, `{folder}` for
            a new folder.
        tests: the tests to run instead of all, for commands that run pytest.
        output: a regular expression that the output has to contain.
    """

    arguments: str = ""
    tests: str = ""
    output: str = ""


CLIENT = "--data {folder}"
SHOWN = {
    "chat": Shortened(f"{{server}} --as bob {CLIENT}", output="you are now connected!"),
    'send lobby "the build is green" --as ci --verbose': Shortened(
        f"--to {{server}} {CLIENT}", output=r"lobby \d+ \w+"
    ),
    "tail lobby --json": Shortened(f"--from {{server}} {CLIENT}", output=r'"room":"lobby".*"kind":"message"'),
    "test": Shortened(tests="tests/core/test_bucket.py", output=r"\d+ passed"),
    "test --slow": Shortened(tests="tests/server/test_hub.py", output=r"1 passed"),
    "test tests/core -x": Shortened(output=r"\d+ passed"),
    "check": Shortened(tests="tests/core/test_bucket.py", output="check: all ok"),
    "chaos": Shortened("--seconds 5", output=r"violations +0"),
    "chaos --seconds 120 --seed 42": Shortened("--seconds 5", output=r"engine acked +[1-9]"),
    "chaos --seconds 600": Shortened("--seconds 5", output=r"violations +0"),
    "bench": Shortened("--quick --only history --runs 1", output="a page of 50, p99"),
    "screenshots": Shortened("rooms"),
}
"""`serve` is missing here: it does not end, and has a separate test."""


def shown_commands() -> list[str]:
    """Return the arguments of run.py in each command that the pages show."""
    found: list[str] = []
    for page in PAGES:
        for command in re.findall(r"python3 run\.py ([^`#\n]+)", page.read_text(encoding="utf-8")):
            found.append(command.strip())
    return list(dict.fromkeys(found))


def test_every_shown_command_is_tried() -> None:
    assert set(shown_commands()) == {"serve", *SHOWN}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this checkout is no git repository")
    subprocess.run([git, "clone", "--quiet", "--no-local", str(ROOT), str(tmp_path / "clone")], check=True)
    return tmp_path / "clone"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server with a message in its lobby."""
    with Process("--listen", "127.0.0.1:0", "--data", str(tmp_path / "data")) as server:
        with server.visit() as eve:
            eve.sendall(b"eve\nhello\n.exit\n")
            assert b"eve: hello" in everything_from(eve)
        yield f"127.0.0.1:{server.port}"


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a user's shell, without the variables of the tests."""
    ours = ("PYTEST_", "VIRTUAL_ENV", "PYTHONPATH", "CI")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | more


@pytest.mark.slow
@pytest.mark.parametrize("shown", SHOWN)
def test_a_command_works_as_the_first_in_a_clone(shown: str, clone: Path, address: str, tmp_path: Path) -> None:
    short = SHOWN[shown]
    arguments = shlex.split(f"{shown} {short.arguments.format(server=address, folder=tmp_path / 'client')}")
    run = subprocess.run(
        [sys.executable, str(clone / "run.py"), *arguments],
        cwd=clone,
        env=environment(PYTEST_ADDOPTS=short.tests),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    output = run.stdout + run.stderr
    if shown == "screenshots" and "there is no Chromium" in output:
        return
    assert run.returncode == 0, output
    assert re.search(short.output, run.stdout), output
    assert "Traceback" not in output
    assert "could not be built" not in output
    assert "left out" not in output


@pytest.mark.slow
def test_the_server_and_its_page_work_first_in_a_clone(clone: Path, tmp_path: Path) -> None:
    options = ["--listen", "127.0.0.1:0", "--data", str(tmp_path / "data")]
    with subprocess.Popen(
        [sys.executable, str(clone / "run.py"), "serve", *options],
        cwd=clone,
        env=environment(),
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as server:
        assert server.stderr
        lines = []
        for line in server.stderr:
            lines.append(line)
            if found := re.search(r"listening on (127\.0\.0\.1:\d+)", line):
                break
        else:
            pytest.fail("".join(lines))
        with urllib.request.urlopen(f"http://{found[1]}/") as answer:
            assert b'<script type="module"' in answer.read()
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    assert server.returncode == 0


@pytest.mark.slow
def test_the_page_s_own_commands_work_first_in_a_clone(clone: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is no npm")
    page = PAGES[1].read_text(encoding="utf-8")
    shown = re.findall(r"^    (?:cd web && )?(npm [a-z ]+?)(?: +#.*)?$", page, re.MULTILINE)
    assert shown == ["npm ci", "npm run dev", "npm run check", "npm run tidy", "npm run build"]
    for command in shown:
        if command == "npm run dev":
            _serves_the_page(npm, clone / "web")
            continue
        run = subprocess.run(
            [npm, *command.split()[1:]],
            cwd=clone / "web",
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        assert run.returncode == 0, f"{command}: {run.stdout}{run.stderr}"
    assert (clone / "web" / "dist" / "parley_web" / "index.html").exists()


def _serves_the_page(npm: str, web: Path) -> None:
    with subprocess.Popen(
        [npm, "run", "dev", "--", "--port", "0"],
        cwd=web,
        env=environment(NO_COLOR="1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,  # npm starts Vite in a shell, and all of these processes have to be ended
    ) as process:
        try:
            assert process.stdout
            for line in process.stdout:
                if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                    break
            else:
                pytest.fail("npm run dev ended")
            with urllib.request.urlopen(found[0]) as answer:
                assert b"/src/main.tsx" in answer.read()
        finally:
            os.killpg(process.pid, signal.SIGTERM)
