"""tools/page.py, with stand-ins for Node and npm, so that the tests need no network and build nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts with a #! line")

# Both record their calls. Node prints its version and "builds"; npm installs the packages of the lock file.
STAND_IN = """#!{python}
import os, shutil, sys
from pathlib import Path
here, name, arguments = Path({here!r}), os.path.basename(sys.argv[0]), sys.argv[1:]
if arguments == ["--version"]:
    print((here / "version").read_text())
    sys.exit()
if arguments[:1] == ["ping"]:
    print((here / "registry says").read_text())
    sys.exit("error" in (here / "registry says").read_text())
with open(here / "calls", "a") as calls:
    print(name, *arguments, file=calls)
if (here / f"{{name}} says").exists():
    print((here / f"{{name}} says").read_text())
    sys.exit(1)
if name == "npm" and arguments[0] == "ci":
    Path("node_modules").mkdir(exist_ok=True)
    shutil.copy("package-lock.json", "node_modules/.package-lock.json")
elif name == "node":
    page = Path(arguments[arguments.index("--outDir") + 1])
    page.mkdir(parents=True, exist_ok=True)
    (page / "index.html").write_text(Path("src/main.tsx").read_text())
"""

LOCK = {
    "packages": {
        "": {"name": "parley-web"},
        "node_modules/vite": {"version": "8.0.0"},
        "node_modules/vitest": {"version": "4.0.0", "dev": True},
        "node_modules/@of/another-machine": {"version": "1.0.0", "optional": True},
    }
}


class Workshop:
    """A checkout with only the page."""

    def __init__(self, root: Path) -> None:
        self.web = root / "web"
        self.page = self.web / "dist" / "parley_web"
        self.bin = root / "bin"
        (self.web / "src").mkdir(parents=True)
        (self.web / "src" / "main.tsx").write_text("one")
        (self.web / "package-lock.json").write_text(json.dumps(LOCK))
        (root / "tools").mkdir()
        self.builder = Path(shutil.copy(ROOT / "tools" / "page.py", root / "tools"))
        self.bin.mkdir()
        for name in ("node", "npm"):
            (self.bin / name).write_text(STAND_IN.format(python=sys.executable, here=str(self.bin)))
            (self.bin / name).chmod(0o755)
        self.has_node("v22.12.0")
        self.fails("registry", "PONG")

    def has_node(self, version: str) -> None:
        (self.bin / "version").write_text(version)

    def fails(self, name: str, words: str) -> None:
        (self.bin / f"{name} says").write_text(words)

    def works_again(self, name: str) -> None:
        (self.bin / f"{name} says").unlink()

    def run(self, *arguments: str) -> tuple[int, str]:
        """Return the exit status and, if it is not 0, the last line."""
        result = subprocess.run(
            # -S: hide a Node that is installed as a package of this Python.
            [sys.executable, "-S", self.builder, *arguments],
            env={**os.environ, "PATH": str(self.bin), "PYTHONPATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in result.stderr, result.stderr
        return result.returncode, result.stdout.rstrip().rpartition("\n")[2] if result.returncode else ""

    def calls(self) -> list[str]:
        """Return the calls since the last call of this method, shortened."""
        try:
            lines = (self.bin / "calls").read_text().splitlines()
        except FileNotFoundError:
            return []
        (self.bin / "calls").unlink()
        return [" ".join(word for word in line.split()[:3] if word != "--prefer-offline") for line in lines]


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


NPM, VITE = "npm ci", "node node_modules/vite/bin/vite.js build"


def test_missing_packages_are_installed_and_an_unchanged_page_is_not_built_again(workshop: Workshop) -> None:
    assert workshop.run("build") == (0, "")
    assert workshop.calls() == [NPM, VITE]
    assert (workshop.page / "index.html").read_text() == "one"
    assert workshop.run("build") == (0, "")
    assert workshop.calls() == []

    (workshop.web / "src" / "main.tsx").write_text("two")
    (workshop.web / "src" / "main.test.tsx").write_text("not of the page")
    assert workshop.run("build") == (0, "")
    assert workshop.calls() == [VITE]
    assert (workshop.page / "index.html").read_text() == "two"
    (workshop.web / "src" / "main.test.tsx").write_text("not at all")
    assert workshop.run("build") == (0, "")
    assert workshop.calls() == []
    assert [path.name for path in workshop.page.parent.iterdir()] == ["parley_web"]


def test_a_changed_lock_is_installed(workshop: Workshop) -> None:
    workshop.run("build")
    workshop.calls()
    (workshop.web / "package-lock.json").write_text(json.dumps(LOCK).replace("8.0.0", "8.0.1"))
    assert workshop.run("build") == (0, "")
    assert workshop.calls() == [NPM, VITE]


def test_a_failed_build_keeps_the_last_page(workshop: Workshop) -> None:
    workshop.run("build")
    (workshop.web / "src" / "main.tsx").write_text("(")
    workshop.fails("node", "error: expected an expression")
    assert workshop.run("build") == (1, "the sources in web/ do not build")
    assert (workshop.page / "index.html").read_text() == "one"
    assert [path.name for path in workshop.page.parent.iterdir()] == ["parley_web"]
    workshop.works_again("node")
    workshop.calls()
    assert workshop.run("build") == (0, "")
    assert workshop.calls() == [VITE]


def test_broken_packages_are_installed_again(workshop: Workshop) -> None:
    workshop.run("build")
    workshop.calls()
    (workshop.web / "src" / "main.tsx").write_text("two")
    workshop.fails("node", "Error: Cannot find native binding.")
    assert workshop.run("build")[0] == 1
    assert workshop.calls() == [VITE, NPM, VITE]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("npm error code ENOTFOUND", "the npm registry cannot be reached (is there a network?)"),
        ("npm error code ECONNREFUSED", "the npm registry cannot be reached (is there a network?)"),
        ("npm error code EINTEGRITY", "a package is not the one that web/package-lock.json names (wrong hash)"),
        ("npm error code ENOSPC", "the disk is full"),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN", "the npm registry shows a certificate that is not trusted here"),
        ("something else", "npm did not manage to install what builds it"),
    ],
)
def test_npm_s_failures_are_one_sentence(workshop: Workshop, words: str, sentence: str) -> None:
    workshop.fails("npm", words)
    assert workshop.run("build") == (1, sentence)
    assert not workshop.page.exists()


UNREACHABLE = "npm error network timeout at: the registry"


def test_packages_in_npms_cache_need_no_registry(workshop: Workshop) -> None:
    workshop.fails("registry", UNREACHABLE)
    assert workshop.run("build") == (0, "")
    assert workshop.calls() == [f"{NPM} --offline", VITE]


def test_an_unreachable_registry_fails_without_waiting(workshop: Workshop) -> None:
    workshop.fails("registry", UNREACHABLE)
    workshop.fails("npm", "npm error code ENOTCACHED")
    assert workshop.run("build") == (1, "the npm registry cannot be reached (is there a network?)")
    assert workshop.calls() == [f"{NPM} --offline"]


def test_a_registry_without_ping_is_used(workshop: Workshop) -> None:
    workshop.fails("registry", "npm error code E404")
    assert workshop.run("build") == (0, "")
    assert workshop.calls() == [NPM, VITE]


@pytest.mark.parametrize("version", ["v20.19.0", "v22.12.0", "v23.0.0", "v100.0.0"])
def test_a_node_that_is_new_enough_is_used(workshop: Workshop, version: str) -> None:
    workshop.has_node(version)
    assert workshop.run("build")[0] == 0


@pytest.mark.parametrize("version", ["v18.20.1", "v20.18.9", "v21.7.0", "v22.11.0", "what?"])
def test_a_node_that_is_too_old_is_not_used(workshop: Workshop, version: str) -> None:
    workshop.has_node(version)
    assert workshop.run("build")[0] == 3


def test_a_node_without_npm_is_not_used(workshop: Workshop) -> None:
    (workshop.bin / "npm").unlink()
    code, sentence = workshop.run("build")
    assert code == 3
    assert "there is no Node" in sentence


def test_a_script_has_all_tools(workshop: Workshop) -> None:
    lock = workshop.web / "node_modules" / ".package-lock.json"
    lock.parent.mkdir()
    packages = {path: package for path, package in LOCK["packages"].items() if "dev" not in package}
    lock.write_text(json.dumps({"packages": packages}))
    assert workshop.run("build")[0] == 0
    assert workshop.calls() == [VITE]  # the packages that a build needs are installed already
    assert workshop.run("run", "lint")[0] == 0
    assert workshop.calls() == [NPM, "npm run --silent"]
    assert workshop.run("run", "lint")[0] == 0
    assert workshop.calls() == ["npm run --silent"]


def test_a_program_for_node_has_all_tools(workshop: Workshop) -> None:
    assert workshop.run("build")[0] == 0
    lock = workshop.web / "node_modules" / ".package-lock.json"
    packages = {path: package for path, package in LOCK["packages"].items() if "dev" not in package}
    lock.write_text(json.dumps({"packages": packages}))
    workshop.calls()
    assert workshop.run("program", "chaos/vite.config.ts", str(workshop.bin / "program"))[0] == 0
    assert workshop.calls() == [NPM, VITE]
    assert workshop.run("program", "chaos/vite.config.ts", str(workshop.bin / "program"))[0] == 0
    assert workshop.calls() == [VITE]
    workshop.fails("node", "error: expected an expression")
    assert workshop.run("program", "chaos/vite.config.ts", str(workshop.bin / "program")) == (
        1,
        "web/chaos/vite.config.ts does not build",
    )
