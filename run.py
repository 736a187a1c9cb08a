#!/usr/bin/env python3
"""Start Parley from a checkout: `python3 run.py serve`. Needs Python 3.11 and nothing else.

The first use makes `.venv` beside this file from `requirements.lock`, and builds the page for browsers from `web/`;
later ones compare stamps and start the program. The user waits for everything before that, so modules that only set-up
or `check` needs are imported inside their functions.
"""

import sys

if sys.version_info < (3, 11):  # the grammar of this file is Python 3.6's, so that older Pythons can print this
    sys.exit(f"parley: Python 3.11 or newer is needed, and this is Python {sys.version_info[0]}.{sys.version_info[1]}")

import os

TYPE_CHECKING = False  # type checkers know this name; importing typing would take longer than everything else
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn, TextIO

ROOT = os.path.dirname(os.path.realpath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
MUTEX = os.path.join(VENV, "setup.lock")
LOG = os.path.join(VENV, "setup.log")

RUNTIME = "requirements.lock"
DEVELOPMENT = "requirements-dev.lock"  # holds all of RUNTIME and BUILD, at the same versions
BUILD = "requirements-build.lock"  # needed first, to build a package that has no wheel: see Setup.steps
NODE = "requirements-node.lock"  # builds the page where there is no Node

WEB = os.path.join(ROOT, "web")
PAGE = os.path.join(WEB, "dist", "parley_web", "index.html")
PAGE_STAMP = os.path.join(VENV, "page.stamp")
PAGE_BUILDER = os.path.join(ROOT, "tools", "page.py")
WITH_PAGE = ("serve", "test", "check", "bench", "screenshots", "chaos")

# An environment belongs to one kind of Python: another minor version, build or machine needs another one. The first
# number is the version of set-up: raise it when set-up installs something else.
_abi = (sys.implementation.cache_tag, getattr(sys, "abiflags", ""), sys.platform)
IDENTITY = " ".join(("2", *map(str, _abi), getattr(sys.implementation, "_multiarch", "")))

# command: (what it does, lock, arguments for Python, runs from the root)
# -P keeps the current folder off the module path: a click.py in it must not be imported.
COMMANDS = {
    "serve": ("start the server", RUNTIME, ("-P", "-m", "parley", "serve"), False),
    "chat": ("talk: the terminal client", RUNTIME, ("-P", "-m", "parley", "chat"), False),
    "send": ("send one message, from a script or a pipe", RUNTIME, ("-P", "-m", "parley", "send"), False),
    "tail": ("print a room's messages as they come", RUNTIME, ("-P", "-m", "parley", "tail"), False),
    "doctor": ("check a server or its data for faults", RUNTIME, ("-P", "-m", "parley", "doctor"), False),
    "admin": ("run a running server: people, rooms, invitations", RUNTIME, ("-P", "-m", "parley", "admin"), False),
    "config": ("check a configuration file", RUNTIME, ("-P", "-m", "parley", "config"), False),
    "test": ("run the tests, --slow: the long ones (pytest takes more)", DEVELOPMENT, ("-m", "pytest"), True),
    "check": ("run all that CI runs: linters, types, tests", DEVELOPMENT, (), True),
    "bench": ("measure", DEVELOPMENT, ("-m", "bench"), True),
    "screenshots": ("take the pictures of the documentation", DEVELOPMENT, ("-m", "tests.browser.screenshots"), True),
    "chaos": (
        "test the promises: kill real servers and count messages",
        DEVELOPMENT,
        ("-m", "tests.system.chaos"),
        True,
    ),
}

# A worker that has finished takes tests from the other one: files differ too much in duration for fixed halves.
WORKERS = ("-n", "2", "--dist", "worksteal")

# Options for a few tests, or for one process: no workers.
WITHOUT_WORKERS = ("-k", "-m", "-n", "-p", "-s", "-h", "--co", "--help", "--last-failed", "--lf", "--pdb", "--version")

# All steps run, even after a failure. The lanes run in parallel; the tests follow, because they use both cores.
LANES = (
    (
        ("ruff check", ("-m", "ruff", "check", ".")),
        ("ruff format", ("-m", "ruff", "format", "--check", ".")),
        ("import-linter", ("-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-logo'])")),
        ("mypy", ("-m", "mypy")),
    ),
    (
        ("page types", ("tools/page.py", "run", "types")),
        ("page style", ("tools/page.py", "run", "lint")),
        ("page tests", ("tools/page.py", "run", "test")),
    ),
)
TESTS = ("tests", ("-m", "pytest", *WORKERS))

HASHED_WHEELS = ("--require-hashes", "--only-binary", ":all:")


class SetupError(Exception):
    """Set-up cannot continue. The text is one sentence for the user."""

    def __init__(self, sentence: str, *, changed_nothing: bool = False, retry_with_pip: bool = True) -> None:
        super().__init__(sentence)
        self.changed_nothing = changed_nothing  # the installer failed before it changed anything
        self.retry_with_pip = retry_with_pip  # another installer may succeed


def main(argv: "list[str]") -> int:
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    name, arguments = argv[0], argv[1:]
    if name not in COMMANDS:
        say(unknown(name))
        return 2
    if name == "check" and arguments:
        say("check takes no arguments, so that it is what CI runs; `test` does")
        return 2
    _, lock, start, from_root = COMMANDS[name]
    try:
        page = name in WITH_PAGE
        if not (is_current(lock) and (not page or page_is_current())):
            set_up(lock, page)
        if from_root:
            os.chdir(ROOT)
        if name == "check":
            return check()
        if name == "test":
            arguments = test_arguments(arguments)
        hand_over([PYTHON, *start, *arguments])
    except SetupError as error:
        say(str(error))
        return 1


def usage() -> str:
    lines = [f"  {name:<12} {text}" for name, (text, _, _, _) in COMMANDS.items()]
    return "\n".join(
        (
            "Parley, a chat server that loses nothing.",
            "",
            "usage: python3 run.py COMMAND [ARGUMENTS]",
            "",
            *lines,
            "",
            "Try `python3 run.py serve`, then `python3 run.py chat` in a second terminal; COMMAND --help tells more.",
        )
    )


def unknown(name: str) -> str:
    import difflib

    close = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean `{close[0]}`?" if close else "`python3 run.py --help` lists the commands"
    return f"there is no command `{name}`; {hint}"


def say(text: str) -> None:
    print(f"parley: {text}", file=sys.stderr, flush=True)


def hand_over(command: "list[str]") -> "NoReturn":
    os.environ.pop("__PYVENV_LAUNCHER__", None)  # macOS: the next Python would use it as its own path
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        try:
            os.execv(command[0], command)  # from now on the program itself gets signals and the terminal
        except OSError as error:
            raise SetupError(f"{command[0]} does not start: {error.strerror}; remove .venv and try again") from None

    # On Windows execv starts a second process, and the shell would continue at once. So wait here. Ctrl-C reaches every
    # process of the console; only the program may handle it.
    import signal
    import subprocess

    for number in (signal.SIGINT, getattr(signal, "SIGBREAK", signal.SIGINT)):
        signal.signal(number, lambda *_: None)
    code = subprocess.Popen(command).wait()
    sys.exit(
        code - (1 << 32) if code >= 1 << 31 else code
    )  # an NTSTATUS is unsigned, the argument of sys.exit is signed


def test_arguments(arguments: "list[str]") -> "list[str]":
    """Return pytest's arguments: two workers for a run of all tests; `--slow` selects those marked slow."""
    if "--slow" in arguments:
        return ["-m", "slow", *(each for each in arguments if each != "--slow")]
    if all(each.startswith("-") and not each.startswith(WITHOUT_WORKERS) for each in arguments):
        return [*WORKERS, *arguments]
    return arguments


def check() -> int:
    import subprocess
    import threading
    import time

    start = time.monotonic()
    failed = []

    def run(name: str, arguments: "tuple[str, ...]", output: "int | None") -> None:
        if output is None:
            print(f"== {name}", flush=True)
        begin = time.monotonic()
        done = subprocess.run([PYTHON, *arguments], check=False, stdout=output, stderr=output and subprocess.STDOUT)
        lines = [] if output is None else [f"== {name}", *done.stdout.decode("utf-8", "replace").splitlines()]
        verdict = "ok" if done.returncode == 0 else f"FAILED ({done.returncode})"
        lines += [f"== {name}: {verdict} in {time.monotonic() - begin:.1f} s", ""]
        print("\n".join(lines), flush=True)
        if done.returncode != 0:
            failed.append(name)

    def run_lane(lane: "tuple[tuple[str, tuple[str, ...]], ...]") -> None:
        for name, arguments in lane:
            run(name, arguments, subprocess.PIPE)  # printed at the end, so that the output of the lanes does not mix

    lanes = [threading.Thread(target=run_lane, args=(lane,)) for lane in LANES]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    run(*TESTS, output=None)
    verdict = f"FAILED: {', '.join(failed)}" if failed else "all ok"
    print(f"check: {verdict} in {time.monotonic() - start:.1f} s", flush=True)
    return 1 if failed else 0


# The stamp contains the lock file itself instead of a hash: comparing 50 KB is quicker than importing hashlib.


def stamp_of(lock: str) -> str:
    return os.path.join(VENV, lock + ".stamp")


def is_current(lock: str) -> bool:
    try:
        return read(stamp_of(lock)) == wanted(lock) and os.path.exists(PYTHON)
    except OSError:
        return False


def wanted(lock: str) -> bytes:
    try:
        return IDENTITY.encode() + b"\n" + read(os.path.join(ROOT, lock))
    except FileNotFoundError:
        raise SetupError(f"{lock} is missing beside run.py: this checkout is not complete") from None


def page_is_current() -> bool:
    try:
        return not os.path.isdir(WEB) or (os.path.exists(PAGE) and read(PAGE_STAMP) == page_sources())
    except OSError:
        return False


def page_sources() -> bytes:
    """Return sizes and times of the page's sources: a quick check. If it fails, the builder compares their hash."""
    lines = []
    folders = [WEB]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in ("node_modules", "dist", "tests"):
                        folders.append(entry.path)
                elif not entry.name.endswith((".test.ts", ".test.tsx")):
                    status = entry.stat()
                    lines.append(f"{os.path.relpath(entry.path, WEB)} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(sorted(lines)).encode("utf-8", "surrogateescape")


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


# Set-up. Its speed does not matter.


def set_up(lock: str, page: bool) -> None:
    """Install the packages of `lock` into `.venv` and build the page, once for all processes that wait for it."""
    import signal
    import time

    def stop(number: int, _: object) -> "NoReturn":
        raise SystemExit(128 + number)

    handled = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in handled}
    try:
        claim()
        with open(MUTEX, "ab") as mutex:
            take(mutex.fileno())
            start = time.monotonic()
            done = False
            if not is_current(lock):  # another process may have done it meanwhile
                with open(LOG, "w", encoding="utf-8") as log:
                    Setup(lock, log, mutex.fileno()).run()
                done = True
            if page and not page_is_current():
                with open(LOG, "a" if done else "w", encoding="utf-8") as log:
                    done = Setup(lock, log, mutex.fileno()).build_page() or done
            if done:
                say(f"ready after {time.monotonic() - start:.1f} s")
    except KeyboardInterrupt:
        say("set-up was interrupted; the same command takes it up again")
        sys.exit(130)
    except OSError as error:
        raise SetupError(os_sentence(error)) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def claim() -> None:
    """Make the folder, or check that run.py made it: set-up may empty it. The mutex is its first file."""
    os.makedirs(VENV, exist_ok=True)
    names = os.listdir(VENV)
    if names and os.path.basename(MUTEX) not in names:
        raise SetupError("there is a .venv beside run.py that run.py did not make; move it away first")


def take(descriptor: int) -> None:
    """Hold the mutex until this process, and any installer that outlives it, has ended."""
    waiting = "another run.py is setting up; waiting for it"
    if sys.platform == "win32":
        import msvcrt
        import time

        told = False
        while True:
            try:
                return msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            except OSError:
                if not told:
                    say(waiting)
                told = True
                time.sleep(0.2)
    else:
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            pass  # some network file systems have no locks; running without is better than not running


class Setup:
    """One set-up, under the mutex."""

    def __init__(self, lock: str, log: "TextIO", mutex: int) -> None:
        self.lock = lock
        self.path = os.path.join(ROOT, lock)
        self.log = log
        self.mutex = mutex
        self.seen = 0  # packages that pip has named
        self.touched = False  # an installer failed and may have left a part of its changes
        self.wanted = wanted(lock)
        self.total = sum(b"==" in line.split(b" ")[0] for line in self.wanted.splitlines())

    def run(self) -> None:
        say(
            f"setting up .venv: {self.total} package{'s' * (self.total != 1)} of {self.lock}"
            + (", the tools for development among them" if self.lock == DEVELOPMENT else "")
            + " (only when that file is new or has changed)"
        )
        stamps = {path: read(path) for path in map(stamp_of, (RUNTIME, DEVELOPMENT)) if os.path.exists(path)}
        if not (os.path.exists(PYTHON) and any(text.startswith(IDENTITY.encode() + b"\n") for text in stamps.values())):
            self.start_afresh()
            stamps = {}

        # Remove the stamps while the installer changes packages. An installation that only adds some keeps RUNTIME's.
        adds = self.lock == DEVELOPMENT and is_current(RUNTIME)
        for path in stamps:
            if not (adds and path == stamp_of(RUNTIME)):
                os.unlink(path)
        try:
            self.install()
            self.link_source()
        except SetupError as error:
            if error.changed_nothing and not self.touched:  # nothing was changed, so the stamps are still right
                for path, text in stamps.items():
                    write(path, text)
            raise
        if self.lock == DEVELOPMENT:
            write(stamp_of(RUNTIME), wanted(RUNTIME))
        write(stamp_of(self.lock), self.wanted)

    def build_page(self) -> bool:
        """Build the page for browsers. If that fails, print one line with the reason: the rest works."""
        sources = page_sources()
        say("building the page for browsers (only when web/ is new or has changed)")
        command = [PYTHON, "-P", PAGE_BUILDER, "build"]
        code, lines = self.call(command)
        try:
            if code == 3:  # there is no Node
                say("there is no Node to build it with, so one is installed into .venv")
                self.install_node()
                code, lines = self.call(command)
        except SetupError as error:
            why = str(error)
        else:
            why = f"{lines[-1].strip() if lines else 'the builder ended without a word'}; {see_log()}"
        if code == 0:
            write(PAGE_STAMP, sources)
            return True
        instead = "browsers get the one from before" if os.path.exists(PAGE) else "everything else works"
        say(f"the page for browsers could not be built: {why}; {instead}")
        return False

    def install_node(self) -> None:
        import shutil

        lock = [*HASHED_WHEELS, "-r", os.path.join(ROOT, NODE)]
        uv = shutil.which("uv")
        if uv:
            self.must([uv, "pip", "install", "--python", PYTHON, *lock])
        else:
            pip = [PYTHON, "-m", "pip"]
            if self.call([*pip, "--version"])[0] != 0:
                pip = [sys.executable, "-m", "pip", "--python", PYTHON]
            self.must([*pip, "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off", *lock])

    def start_afresh(self) -> None:
        if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
            raise SetupError("the Python inside .venv cannot rebuild .venv; start run.py with another one")

        import shutil

        for name in os.listdir(VENV):  # an incomplete environment, or one for another Python, is useless
            path = os.path.join(VENV, name)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            elif path not in (MUTEX, LOG):
                os.unlink(path)

    def install(self) -> None:
        import importlib.util
        import shutil

        has_venv, has_ensurepip, has_pip = (importlib.util.find_spec(name) for name in ("venv", "ensurepip", "pip"))
        pip_can = has_venv and (has_ensurepip or has_pip)
        uv = shutil.which("uv")
        if uv:
            try:
                self.install_with_uv(uv)
                return
            except SetupError as error:
                if not (pip_can and error.retry_with_pip):
                    raise
                self.touched = not error.changed_nothing
                say("uv did not manage, so now with pip")  # pip has its own proxies, mirrors and certificates
        if not pip_can:
            debian = os.path.exists("/etc/debian_version")
            how = f"`apt install python3.{sys.version_info[1]}-venv` adds them" if debian else "install those"
            raise SetupError(f"this Python comes without its venv and ensurepip modules; {how}, or install uv instead")
        self.install_with_pip(bool(has_ensurepip))

    def install_with_uv(self, uv: str) -> None:
        if not os.path.exists(PYTHON):
            self.must([uv, "venv", "--no-project", "--allow-existing", "--python", sys.executable, VENV])
        say("installing with uv")
        for step in self.steps():
            self.must([uv, "pip", "install", "--python", PYTHON, *step])

    def install_with_pip(self, has_ensurepip: bool) -> None:
        if not os.path.exists(PYTHON):
            say("making the environment")
            bare = [] if has_ensurepip else ["--without-pip"]
            self.must([sys.executable, "-m", "venv", *bare, VENV])
        pip = [PYTHON, "-m", "pip"]
        if self.call([*pip, "--version"])[0] != 0:  # uv makes environments without pip
            if has_ensurepip:
                self.must([PYTHON, "-m", "ensurepip"])
            else:
                pip = [sys.executable, "-m", "pip", "--python", PYTHON]
        say("installing with pip")
        quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
        for step in self.steps():
            self.seen = 0
            self.must([*pip, "install", *quiet, *step], self.pip_progress)

    def steps(self) -> "list[list[str]]":
        """Return the arguments for uv and pip: only wheels, each with the hash in the lock file."""
        if self.lock == RUNTIME:
            return [[*HASHED_WHEELS, "-r", self.path]]
        # blockbuster needs forbiddenfruit, which has no wheel. An isolated build would download an unpinned setuptools,
        # so install the pinned one first and build with it.
        build = [*HASHED_WHEELS, "-r", os.path.join(ROOT, BUILD)]
        return [build, [*HASHED_WHEELS, "--no-binary", "forbiddenfruit", "--no-build-isolation", "-r", self.path]]

    def link_source(self) -> None:
        """Make `parley` importable, and the page: relative paths survive moving or renaming the checkout."""
        import sysconfig

        packages = sysconfig.get_path("purelib", scheme="venv", vars={"base": VENV})
        sources = (os.path.relpath(path, packages) for path in (os.path.join(ROOT, "src"), os.path.join(WEB, "dist")))
        write(os.path.join(packages, "parley-source.pth"), "".join(f"{path}\n" for path in sources).encode())

    def must(self, command: "list[str]", on_line: "Callable[[str], None] | None" = None) -> None:
        code, lines = self.call(command, on_line)
        if code != 0:
            raise diagnosis("".join(lines))

    def call(self, command: "list[str]", on_line: "Callable[[str], None] | None" = None) -> "tuple[int, list[str]]":
        import signal
        import subprocess

        environment = {
            **os.environ,
            "UV_PYTHON_DOWNLOADS": "never",  # Parley runs with the Python that runs this file
            "PIP_USE_PEP517": "1",  # old versions of pip would call setup.py, which current setuptools refuses
            "PIP_USER": "0",  # `user = true` in pip.conf is impossible in an environment
        }
        environment.pop("__PYVENV_LAUNCHER__", None)
        self.log.write(f"$ {' '.join(command)}\n")
        self.log.flush()
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            # The installer inherits the mutex, so that it stays locked even if only run.py is killed. In a process
            # group of its own the installer can be killed with all its children before the mutex is released, and
            # Ctrl-C reaches run.py only.
            pass_fds=() if os.name == "nt" else (self.mutex,),
            process_group=None if os.name == "nt" else 0,
        )
        assert child.stdout is not None
        lines = []
        try:
            for line in child.stdout:
                lines.append(line)
                self.log.write(line)
                self.log.flush()
                if on_line:
                    on_line(line)
            return child.wait(), lines
        except BaseException:
            try:
                if sys.platform == "win32":
                    child.kill()
                else:
                    os.killpg(child.pid, signal.SIGKILL)
            except OSError:
                pass  # it has just ended
            child.wait()
            raise
        finally:
            child.stdout.close()
            self.live("")

    def pip_progress(self, line: str) -> None:
        first, _, rest = line.strip().partition(" ")
        if first in ("Collecting", "Processing", "Ignoring") or line.startswith("Requirement already satisfied: "):
            self.seen += 1
            name = os.path.basename(rest.rpartition("satisfied: ")[2].split(" ")[0])
            self.live(f"parley: {self.seen}/{self.total} {name.partition('==')[0].rstrip(':')}")
        elif line.startswith("Installing collected packages"):
            self.live(f"parley: {self.total}/{self.total} unpacking")

    def live(self, text: str) -> None:
        """Overwrite one line of the terminal, if there is one."""
        if sys.stderr.isatty():
            width = (os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 1
            sys.stderr.write("\r" + text[:width].ljust(width) + "\r")
            sys.stderr.flush()


def write(path: str, content: bytes) -> None:
    """Write a file atomically."""
    with open(path + ".new", "wb") as file:
        file.write(content)
    os.replace(path + ".new", path)


def see_log() -> str:
    return f"{os.path.relpath(LOG)} has the details"


def os_sentence(error: OSError) -> str:
    import errno

    if error.errno == errno.ENOSPC:
        return f"the disk is full, so {VENV} cannot be set up"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.filename or VENV} cannot be written, and Parley's packages belong there"
    return f"{VENV} cannot be set up: {error.filename or ''}: {error.strerror or error}"


# Messages of installers, and their meaning. The first match wins, because a full disk or a missing network also causes
# the messages after it.
DIAGNOSES = (
    ("No space left on device|Errno 28|os error 28|os error 112", "the disk is full", False, False),
    ("DO NOT MATCH THE HASHES|Hash mismatch", "a package is not the one that the lock names (wrong hash)", True, False),
    ("CERTIFICATE_VERIFY_FAILED|certificate verify|invalid peer certificate|UnknownIssuer",
     "the package index shows a certificate that is not trusted here", True, True),
    ("Failed to establish a new connection|NewConnectionError|ConnectTimeout|Read timed out|ProxyError|name resolution"
     "|getaddrinfo|dns error|error sending request|client error .Connect|Network is unreachable|Connection refused"
     "|Connection reset|request timeout|operation timed out|network connectivity is disabled",
     "the package index cannot be reached (is there a network?)", True, True),
    (r"\(from versions: none\)", "the package index cannot be reached, or has no ready-made package for this machine",
     True, True),
    ("No matching distribution|no usable wheels|no wheels with|No solution found|not found in the package registry",
     "the package index offers no ready-made package for this machine and Python", True, True),
    ("Permission denied|Errno 13|os error 13|Read-only file system", "a folder cannot be written", False, False),
)  # fmt: skip


def diagnosis(output: str) -> SetupError:
    import re

    for pattern, sentence, changed_nothing, retry in DIAGNOSES:
        if re.search(pattern, output, re.IGNORECASE):
            text = f"set-up failed: {sentence}; {see_log()}"
            return SetupError(text, changed_nothing=changed_nothing, retry_with_pip=retry)
    return SetupError(f"set-up failed; {see_log()}")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
