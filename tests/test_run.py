"""run.py, with real processes in a copy of the checkout. The installer is a small stand-in for uv, or the real pip with
a local wheel, so that no network is needed.
"""

import ast
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {name: ROOT / f"requirements{name}.lock" for name in ("", "-dev", "-build", "-node")}

posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a #! line")

PROGRAM = """
import os, sys
print(os.getpid(), sys.argv[1:], os.getcwd(), sys.prefix)
sys.exit(7)
"""

# Records its calls. With UV_TEST_GATE it reports its start on one pipe and waits until the other is closed.
STAND_IN_UV = """#!{python}
import os, signal, subprocess, sys
signal.alarm(60)  # nobody may be left waiting when a test fails
here = {here!r}
with open(here + "/calls", "a") as calls:
    print(sys.argv[1], file=calls)
if sys.argv[1] == "venv":
    sys.exit(subprocess.call([{python!r}, "-m", "venv", "--without-pip", sys.argv[-1]]))
if os.environ.get("UV_TEST_GATE"):
    open(here + "/started", "w").close()
    open(here + "/go").close()
print(os.environ.get("UV_TEST_SAYS", ""))
sys.exit(bool(os.environ.get("UV_TEST_SAYS")))
"""


# Records its calls, and builds a page. The file `ends` makes the next call end in another way.
STAND_IN_BUILDER = """
import os, pathlib, sys
here = pathlib.Path({here!r})
with open(here / "calls", "a") as calls:
    print(sys.argv[1], file=calls)
if (here / "ends").exists():
    code, words = (here / "ends").read_text().split(" ", 1)
    (here / "ends").unlink()
    print("much noise")
    print(words)
    sys.exit(int(code))
page = pathlib.Path({root!r}, "web", "dist", "parley_web")
page.mkdir(parents=True, exist_ok=True)
(page / "index.html").write_text("the page")
"""


class Process(subprocess.Popen[str]):
    """A process that ends with its `with` block, even if the block fails."""

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind:
            self.kill()
        super().__exit__(kind, *rest)


class Checkout:
    """A copy of run.py with a small package `parley`, and an environment to run it."""

    def __init__(self, root: Path) -> None:
        self.root = root / "a checkout, ünïcode"
        self.venv = self.root / ".venv"
        self.bin = root / "bin"
        self.bin.mkdir()
        package = self.root / "src" / "parley"
        package.mkdir(parents=True)
        shutil.copy(ROOT / "run.py", self.root)
        (package / "__main__.py").write_text(PROGRAM)
        (self.root / "bench.py").write_text(PROGRAM)
        for name in (lock.name for lock in LOCKS.values()):
            (self.root / name).write_text("tiny==1.0 --hash=sha256:00\n")
        ours = ("PIP_", "UV_", "PYTHON", "VIRTUAL_ENV")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.environment |= {"PATH": str(self.bin), "PIP_CONFIG_FILE": os.devnull, "PYTHONUTF8": "1"}

    def start(self, *arguments: str, python: tuple[str, ...] = (), **environment: str) -> Process:
        return Process(
            [sys.executable, *python, str(self.root / "run.py"), *arguments],
            cwd=self.bin,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, *arguments: str, python: tuple[str, ...] = (), **environment: str) -> tuple[int, str, str]:
        with self.start(*arguments, python=python, **environment) as process:
            out, err = process.communicate(timeout=60)
        assert "Traceback" not in err
        return process.returncode, out, err

    # The stand-in

    def with_uv(self) -> "Checkout":
        (self.bin / "uv").write_text(STAND_IN_UV.format(python=sys.executable, here=str(self.bin)))
        (self.bin / "uv").chmod(0o755)
        if sys.platform != "win32":
            os.mkfifo(self.bin / "started")
            os.mkfifo(self.bin / "go")
        return self

    def with_page(self) -> "Checkout":
        (self.root / "web" / "src").mkdir(parents=True)
        (self.root / "web" / "src" / "main.tsx").write_text("render()")
        (self.root / "tools").mkdir()
        builder = STAND_IN_BUILDER.format(root=str(self.root), here=str(self.bin))
        (self.root / "tools" / "page.py").write_text(builder, encoding="utf-8")
        return self

    def next_build_ends(self, code: int, words: str) -> None:
        (self.bin / "ends").write_text(f"{code} {words}")

    def calls(self) -> list[str]:
        return (self.bin / "calls").read_text().split()

    def installer_has_started(self) -> None:
        (self.bin / "started").read_text()

    def let_installer_go(self) -> None:
        (self.bin / "go").write_text("")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def line_with(word: str, stream: Iterator[str]) -> str:
    return next(line for line in stream if word in line)


# Before any set-up


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("help",)])
def test_help_lists_the_commands_and_needs_no_setup(checkout: Checkout, arguments: tuple[str, ...]) -> None:
    code, out, err = checkout.run(*arguments)
    assert (code, err) == (0, "")
    for command in ("serve", "chat", "send", "tail", "doctor", "admin", "config", "test", "check", "bench", "chaos"):
        assert re.search(rf"^  {command} ", out, re.MULTILINE)
    assert not checkout.venv.exists()


def test_an_unknown_command_gets_one_sentence(checkout: Checkout) -> None:
    assert checkout.run("serv") == (2, "", "parley: there is no command `serv`; did you mean `serve`?\n")
    code, _, err = checkout.run("xyzzy")
    assert code == 2
    assert "--help" in err
    assert not checkout.venv.exists()


def test_check_refuses_arguments(checkout: Checkout) -> None:
    code, _, err = checkout.run("check", "-x")
    assert code == 2
    assert err.count("\n") == 1


def test_an_old_python_prints_the_needed_version() -> None:
    source = (ROOT / "run.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    pretend = "import runpy, sys; sys.version_info = (3, 6, 9); runpy.run_path(sys.argv[1], run_name='__main__')"
    result = subprocess.run(
        [sys.executable, "-c", pretend, str(ROOT / "run.py")], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr == "parley: Python 3.11 or newer is needed, and this is Python 3.6\n"


# Set-up, once


@posix
def test_first_use_sets_up_and_later_ones_say_nothing(checkout: Checkout) -> None:
    checkout.with_uv()
    code, out, err = checkout.run("serve", "--port", "0", "a b", "--help")
    assert code == 7, err
    assert err.splitlines()[0].startswith("parley: setting up .venv: 1 package of requirements.lock")
    assert out.split()[1:] == f"['serve', '--port', '0', 'a b', '--help'] {checkout.bin} {checkout.venv}".split()

    assert checkout.run("chat")[::2] == (7, "")
    assert checkout.calls() == ["venv", "pip"]


@posix
@pytest.mark.parametrize("command", ["serve", "chat", "send", "tail", "doctor", "admin", "config"])
def test_modules_in_the_current_folder_are_not_imported(checkout: Checkout, command: str) -> None:
    (checkout.bin / "parley.py").write_text("raise SystemExit('a stranger')")
    code, out, _ = checkout.with_uv().run(command)
    assert code == 7
    assert f"['{command}']" in out


@posix
def test_the_program_replaces_the_process_of_run_py(checkout: Checkout) -> None:
    checkout.with_uv().run("serve")
    with checkout.start("serve") as process:
        out, _ = process.communicate(timeout=60)
    # The process is the same, so the command gets signals and the terminal itself.
    assert out.split()[0] == str(process.pid)


@posix
def test_later_uses_import_nothing_heavy(checkout: Checkout) -> None:
    checkout.with_uv().run("serve")
    _, _, err = checkout.run("serve", python=("-X", "importtime"))
    imported = {line.rpartition("|")[2].strip() for line in err.splitlines()}
    assert "site" in imported
    assert not imported & {"subprocess", "shutil", "hashlib", "typing", "re", "signal", "tempfile", "importlib.util"}


@posix
def test_a_changed_lock_or_another_python_is_set_up_again(checkout: Checkout) -> None:
    checkout.with_uv().run("serve")
    with (checkout.root / "requirements.lock").open("a") as lock:
        lock.write("more==2 --hash=sha256:00\n")
    assert "2 packages" in checkout.run("serve")[2]
    assert checkout.calls() == ["venv", "pip", "pip"]

    stamp = checkout.venv / "requirements.lock.stamp"
    stamp.write_bytes(stamp.read_bytes().replace(b"cpython-", b"elsewhere-"))
    (checkout.venv / "left over").touch()
    assert checkout.run("serve")[0] == 7
    assert checkout.calls() == ["venv", "pip", "pip", "venv", "pip"]
    assert not (checkout.venv / "left over").exists()


@posix
def test_the_first_command_that_needs_development_tools_installs_them(checkout: Checkout) -> None:
    checkout.with_uv().run("serve")
    code, out, err = checkout.run("bench", "--fast")
    assert "requirements-dev.lock" in err
    assert code == 7
    assert f"['--fast'] {checkout.root} {checkout.venv}" in out  # in the root folder, whatever the current one is
    assert checkout.run("bench")[::2] == checkout.run("serve")[::2] == (7, "")
    assert checkout.calls() == [
        "venv",
        "pip",
        "pip",
        "pip",
    ]  # the last two calls install the packages that build others, and then the rest


@posix
def test_the_development_packages_include_those_of_parley(checkout: Checkout) -> None:
    checkout.with_uv().run("bench")
    assert checkout.run("serve")[::2] == (7, "")


def test_an_environment_made_by_hand_is_left_alone(checkout: Checkout) -> None:
    checkout.venv.mkdir()
    (checkout.venv / "mine").touch()
    for _ in range(2):
        code, _, err = checkout.run("serve")
        assert code == 1
        assert err == "parley: there is a .venv beside run.py that run.py did not make; move it away first\n"
    assert [path.name for path in checkout.venv.iterdir()] == ["mine"]


@posix
def test_a_moved_checkout_still_runs(checkout: Checkout) -> None:
    checkout.with_uv().run("serve")
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    assert checkout.run("serve")[::2] == (7, "")


# The page


@posix
def test_the_page_is_built_once_and_again_when_its_sources_change(checkout: Checkout) -> None:
    checkout.with_uv().with_page()
    code, _, err = checkout.run("serve")
    assert code == 7
    assert "building the page" in err
    assert checkout.run("serve")[::2] == (7, "")
    assert checkout.calls() == ["venv", "pip", "build"]

    source = checkout.root / "web" / "src"
    (source / "app.test.tsx").write_text("a test is no part of it")
    assert checkout.run("serve")[::2] == (7, "")
    (source / "app.tsx").write_text("more")
    assert "building the page" in checkout.run("serve")[2]
    shutil.rmtree(checkout.root / "web" / "dist")  # like `git clean`
    assert "building the page" in checkout.run("serve")[2]
    assert checkout.calls() == ["venv", "pip", "build", "build", "build"]


@posix
def test_the_server_finds_the_page_as_a_package(checkout: Checkout) -> None:
    program = "import importlib.resources as r; print(r.files('parley_web').joinpath('index.html').read_text())"
    (checkout.root / "src" / "parley" / "__main__.py").write_text(program)
    code, out, _ = checkout.with_uv().with_page().run("serve")
    assert (code, out) == (0, "the page\n")


@posix
def test_a_client_does_not_wait_for_the_page(checkout: Checkout) -> None:
    checkout.with_uv().with_page().run("chat")
    assert checkout.calls() == ["venv", "pip"]


@posix
def test_a_failed_build_of_the_page_is_one_line_and_the_server_starts(checkout: Checkout) -> None:
    checkout.with_uv().with_page().next_build_ends(1, "the npm registry cannot be reached")
    code, _, err = checkout.run("serve")
    assert code == 7
    [line] = [line for line in err.splitlines() if "could not be built" in line]
    assert "the npm registry cannot be reached" in line
    assert "everything else works" in line
    assert "setup.log" in line
    assert "noise" not in err
    assert "much noise" in (checkout.venv / "setup.log").read_text()
    assert "could not" not in checkout.run("serve")[2]  # the next start retries
    assert checkout.run("serve")[::2] == (7, "")

    (checkout.root / "web" / "src" / "app.tsx").write_text("more")
    checkout.next_build_ends(1, "the sources in web/ do not build")
    assert "browsers get the one from before" in checkout.run("serve")[2]


@posix
def test_node_is_installed_where_there_is_none(checkout: Checkout) -> None:
    checkout.with_uv().with_page().next_build_ends(3, "there is no Node")
    code, _, err = checkout.run("serve")
    assert code == 7
    assert "could not" not in err
    assert checkout.calls() == ["venv", "pip", "build", "pip", "build"]


# Two at once, and interruptions


@posix
def test_two_first_runs_at_once_set_up_once(checkout: Checkout) -> None:
    checkout.with_uv()
    with checkout.start("serve", UV_TEST_GATE="1") as first:
        checkout.installer_has_started()
        with checkout.start("serve") as second:
            assert second.stderr
            assert "waiting" in line_with("another run.py", second.stderr)
            checkout.let_installer_go()
            assert second.wait(60) == 7
            assert second.stderr.read() == ""
        assert first.wait(60) == 7
    assert checkout.calls() == ["venv", "pip"]


@posix
@pytest.mark.parametrize(("number", "to_group", "code"), [("SIGINT", True, 130), ("SIGTERM", False, 143)])
def test_an_interrupted_setup_ends_soon_and_is_repeated(
    checkout: Checkout, number: str, to_group: bool, code: int
) -> None:
    checkout.with_uv()
    with checkout.start("serve", UV_TEST_GATE="1") as process:
        checkout.installer_has_started()
        (os.killpg if to_group else os.kill)(process.pid, getattr(signal, number))
        _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in err
    assert ("interrupted" in err) == (number == "SIGINT")
    assert not (checkout.venv / "requirements.lock.stamp").exists()

    assert checkout.run("serve")[0] == 7
    # The set-up begins again, because an incomplete environment is not used.
    assert checkout.calls() == ["venv", "pip"] * 2


@posix
def test_an_interrupted_update_leaves_no_stamp(checkout: Checkout) -> None:
    checkout.with_uv().run("serve")
    lock = checkout.root / "requirements.lock"
    before = lock.read_text()
    lock.write_text("more==2 --hash=sha256:00\n")
    with checkout.start("serve", UV_TEST_GATE="1") as process:
        checkout.installer_has_started()
        process.terminate()
        assert process.wait(60) == 143
    lock.write_text(before)
    assert "setting up" in checkout.run("serve")[2]


@posix
def test_an_installer_that_outlives_run_py_is_waited_for(checkout: Checkout) -> None:
    checkout.with_uv()
    with checkout.start("serve", UV_TEST_GATE="1") as first:
        checkout.installer_has_started()
        first.kill()
        first.wait(60)
        with checkout.start("serve") as second:
            assert second.stderr
            line_with("another run.py", second.stderr)
            checkout.let_installer_go()
            assert second.wait(60) == 7


# Failures


@posix
@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("error: failed to write: No space left on device (os error 28)", "the disk is full"),
        ("  error: dns error: failed to lookup address information", "cannot be reached"),
        ("error: invalid peer certificate: UnknownIssuer", "certificate"),
        ("error: Hash mismatch for `tiny==1.0`", "wrong hash"),
        ("hint: tiny has no usable wheels", "no ready-made package"),
        ("something else", "set-up failed; "),
    ],
)
def test_a_failed_setup_is_one_sentence_that_names_the_log(checkout: Checkout, output: str, sentence: str) -> None:
    without_pip(checkout)
    code, out, err = checkout.with_uv().run("serve", UV_TEST_SAYS=output)
    assert (code, out) == (1, "")
    last = err.splitlines()[-1]
    assert sentence in last
    assert "setup.log" in last
    assert output in (checkout.venv / "setup.log").read_text()
    assert not (checkout.venv / "requirements.lock.stamp").exists()


def without_pip(checkout: Checkout) -> None:
    """Simulate a Debian without python3-venv, by a module on PYTHONPATH."""
    (checkout.bin / "sitecustomize.py").write_text("import sys\nsys.modules.update(ensurepip=None, pip=None)\n")
    checkout.environment["PYTHONPATH"] = str(checkout.bin)


def test_without_venv_one_sentence_says_what_to_install(checkout: Checkout) -> None:
    without_pip(checkout)
    code, _, err = checkout.run("serve")
    assert code == 1
    assert "ensurepip" in err.splitlines()[-1]
    assert "uv" in err.splitlines()[-1]


def test_a_folder_that_cannot_be_written_is_one_sentence(checkout: Checkout) -> None:
    checkout.venv.touch()
    code, _, err = checkout.run("serve")
    assert code == 1
    assert err.count("\n") == 1
    assert ".venv" in err


def test_an_incomplete_checkout_is_one_sentence(checkout: Checkout) -> None:
    (checkout.root / "requirements.lock").unlink()
    code, _, err = checkout.run("serve")
    assert code == 1
    assert err == "parley: requirements.lock is missing beside run.py: this checkout is not complete\n"


@pytest.mark.slow
def test_with_real_pip(checkout: Checkout, tmp_path: Path) -> None:
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "")
        archive.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", "tiny.py,,\n")
    lock = checkout.root / "requirements.lock"
    good = f"tiny==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": tmp_path.as_uri()}
    unreachable = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1", "NO_PROXY": "127.0.0.1"}
    (checkout.root / "src" / "parley" / "__main__.py").write_text("import tiny\nraise SystemExit(7)")

    lock.write_text(good)
    code, _, err = checkout.run("serve", **offline)
    assert code == 7, err

    lock.write_text(good.replace("sha256:", "sha256:0123").replace(good[-5:], "\n"))
    code, _, err = checkout.run("serve", **offline, PIP_FORCE_REINSTALL="1")
    assert code == 1
    assert "wrong hash" in err.splitlines()[-1]

    lock.write_text("tiny==1.1 --hash=sha256:00\n")
    code, _, err = checkout.run("serve", **unreachable)
    assert code == 1
    assert "cannot be reached" in err.splitlines()[-1]

    # Neither failure has changed the installed packages, so the old lock needs no installation.
    lock.write_text(good)
    assert checkout.run("serve", **unreachable) == (7, "", "")


# check


@posix
def test_check_runs_all_steps_and_fails_if_any_did(checkout: Checkout) -> None:
    for module in ("ruff", "mypy", "pytest"):
        (checkout.root / "src" / f"{module}.py").write_text(f"raise SystemExit({3 if module == 'mypy' else 0})")
    (checkout.root / "src" / "importlinter").mkdir()
    (checkout.root / "src" / "importlinter" / "cli.py").write_text("def lint_imports_command(args): pass")
    checkout.with_page()
    code, out, _ = checkout.with_uv().run("check")
    assert code == 1
    assert checkout.calls().count("run") == 3
    verdicts = re.findall(r"^== (.+): (\w+)", out, re.MULTILINE)
    page = [verdict for verdict in verdicts if verdict[0].startswith("page")]
    assert page == [("page types", "ok"), ("page style", "ok"), ("page tests", "ok")]
    assert [verdict for verdict in verdicts if verdict not in page] == [
        ("ruff check", "ok"),
        ("ruff format", "ok"),
        ("import-linter", "ok"),
        ("mypy", "FAILED"),
        ("tests", "ok"),
    ]
    assert verdicts[-1][0] == "tests"
    assert "FAILED: mypy" in out.splitlines()[-1]

    (checkout.root / "src" / "mypy.py").write_text("")
    code, out, _ = checkout.run("check")
    assert code == 0
    assert out.splitlines()[-1].startswith("check: all ok")


@posix
@pytest.mark.parametrize(
    ("given", "passed_on"),
    [
        ([], ["-n", "2", "--dist", "worksteal"]),
        (["-x", "--durations=5"], ["-n", "2", "--dist", "worksteal", "-x", "--durations=5"]),
        (["tests/test_run.py::test_x"], ["tests/test_run.py::test_x"]),
        (["-x", "-k", "word"], ["-x", "-k", "word"]),
        (["--slow"], ["-m", "slow"]),
        (["--slow", "-x", "tests/system"], ["-m", "slow", "-x", "tests/system"]),
    ],
)
def test_all_tests_run_in_two_workers_and_a_few_in_none(
    checkout: Checkout, given: list[str], passed_on: list[str]
) -> None:
    (checkout.root / "src" / "pytest.py").write_text(PROGRAM)
    code, out, _ = checkout.with_uv().run("test", *given)
    assert code == 7
    assert f"{passed_on} {checkout.root}" in out


# The locks


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(), re.MULTILINE))


def test_locks_agree_and_every_pin_has_hashes() -> None:
    assert pins(LOCKS[""]).items() | pins(LOCKS["-build"]).items() <= pins(LOCKS["-dev"]).items()
    for lock in LOCKS.values():
        text = lock.read_text()
        assert "://" not in text
        assert "--" not in text.replace("--hash=sha256:", "")  # no option that names an index
        assert len(re.findall(r"^[a-z0-9-]+==\S+.*\\\n    --hash=sha256:", text, re.MULTILINE)) == len(pins(lock))


def test_every_direct_dependency_is_locked_and_documented() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    declared = {
        LOCKS[""]: project["project"]["dependencies"],
        LOCKS["-node"]: groups.pop("node"),
        LOCKS["-dev"]: [item for group in groups.values() for item in group if isinstance(item, str)],
    }
    documented = documented_in(*sections()[:-1])
    expected = {}
    for lock, requirements in declared.items():
        for requirement in requirements:
            name = re.split(r"[><=~;\[ ]", requirement)[0].replace("_", "-").lower()
            expected[name] = pins(lock)[name]
    assert documented == expected


def sections() -> list[str]:
    """Return the sections of docs/dependencies.md with tables; the last one is the page's."""
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    return [part for part in re.split(r"^## ", page, flags=re.MULTILINE) if "| package |" in part]


def documented_in(*parts: str) -> dict[str, str]:
    return dict(re.findall(r"^\| ([a-z0-9@/-]+) \| (\d\S*) \|", "".join(parts), re.MULTILINE))


# The page's lock


def test_the_lock_of_the_page_is_complete_and_names_no_registry() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
    assert "omit-lockfile-registry-resolved=true" in (ROOT / "web" / ".npmrc").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    for path, package in packages.items():
        if path:
            assert package["integrity"].startswith("sha512-"), path
            for name in package.get("optionalDependencies", ()):  # also the packages for other platforms
                assert f"node_modules/{name}" in packages, path


def test_every_direct_dependency_of_the_page_is_pinned_and_documented() -> None:
    project = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    wanted = project["dependencies"] | project["devDependencies"]
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert wanted == {name: packages[f"node_modules/{name}"]["version"] for name in wanted}
    assert documented_in(sections()[-1]) == wanted


@pytest.mark.slow
def test_a_real_setup(tmp_path: Path) -> None:
    """Set up everything, from the registries that this machine is configured for."""
    for name in ("run.py", "pyproject.toml", *(lock.name for lock in LOCKS.values())):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("src", "web", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules", "dist"))
    run = [sys.executable, str(tmp_path / "run.py")]
    result = subprocess.run([*run, "test", "--version"], capture_output=True, text=True, check=False, timeout=600)
    assert result.returncode == 0, result.stderr
    python = tmp_path / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    result = subprocess.run([python, "-c", "import parley, parley_web, uvicorn, blockbuster"], check=False)
    assert result.returncode == 0
