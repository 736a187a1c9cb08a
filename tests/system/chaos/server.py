"""A real server in a process of its own."""

import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from parley.server.engine.crashpoints import VARIABLE

REPOSITORY = Path(__file__).parents[3]
SOURCE = REPOSITORY / "src"

CONFIG = """\
rate_messages = 0
connections_per_address = 0
guest_hold = 1.5
"""

_READY = "Server is running and listening"
_TROUBLE = re.compile(
    r"Traceback|failed unexpectedly|could not be decided|never retrieved|Exception in callback|unhandled"
)
_DIE_WITH_PARENT = 1


class ServerFailed(Exception):
    """The server failed; the text says how."""


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Server:
    """The server process. It can be started again and again, with the same port and data folder.

    Args:
        folder: for the configuration and the log.
        data: the data folder.
        source: the folder with the package `parley`.

    Attributes:
        starts: the number of starts.
        troubles: lines of its log that a healthy server never writes.
        points: the crash points that it has reported, in order.
    """

    def __init__(self, folder: Path, data: Path, source: Path = SOURCE, config: str = CONFIG) -> None:
        self.port = free_port()
        self.starts = 0
        self.troubles: list[str] = []
        self.points: list[str] = []
        self._data = data
        self._source = source
        self._config = folder / "parley.toml"
        self._config.write_text(config)
        self._log = (folder / "server.log").open("a", buffering=1)
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._ready = threading.Event()

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, arm: str = "", timeout: float = 15.0) -> None:
        """Start the server and wait until it listens.

        Args:
            arm: `POINT@N`, the crash point at which it kills itself.

        Raises:
            ServerFailed: the server ended or does not listen in time; the text has the exit code.
        """
        environment = {**os.environ, "PYTHONPATH": str(self._source), "PYTHONDEVMODE": "", "PYTHONUNBUFFERED": "1"}
        environment.pop(VARIABLE, None)
        if arm:
            environment[VARIABLE] = arm
        self._log.write(f"--- start {self.starts}{f', armed: {arm}' if arm else ''}\n")
        self._ready.clear()
        listen = f"127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "parley", "serve", "--listen", listen, "--data", str(self._data)]
        self._process = subprocess.Popen(
            [*command, "--config", str(self._config)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )
        self.starts += 1
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        deadline = time.monotonic() + timeout
        while not self._ready.wait(0.01):
            if self._process.poll() is not None:
                # The server may have reached its crash point already, in a commit at its start.
                self._reader.join(5)
                if not arm or self._process.returncode != -signal.SIGKILL:
                    raise ServerFailed(f"it ended with {self._process.returncode} instead of listening")
                return
            if time.monotonic() > deadline:
                self.kill()
                raise ServerFailed(f"it did not listen within {timeout} s")

    def wait(self, timeout: float) -> int | None:
        """Wait for the end of the server. Return the exit code; None after `timeout` seconds."""
        assert self._process is not None
        assert self._reader is not None
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        self._reader.join(5)
        return code

    def kill(self) -> None:
        """Send SIGKILL, and wait for the end."""
        if self._process is not None:
            self._process.kill()
            self.wait(10)

    def terminate(self, timeout: float = 5.0) -> int | None:
        """Send SIGTERM. Return the exit code; None if the server did not end in time and was killed."""
        assert self._process is not None
        self._process.terminate()
        code = self.wait(timeout)
        if code is None:
            self.kill()
        return code

    def limit_files(self, size: int | None) -> None:
        """Limit the size of files that the running server can write, in bytes; None removes the limit."""
        import resource

        if self.running:
            soft = resource.RLIM_INFINITY if size is None else size
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    def close(self) -> None:
        """Kill the server if it runs, and close the log."""
        self.kill()
        self._log.close()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self._log.write(line)
            if _READY in line:
                self._ready.set()
            elif line.startswith("crash point: "):
                self.points.append(line.removeprefix("crash point: ").strip())
            elif _TROUBLE.search(line):
                self.troubles.append(line.strip())
        process.stderr.close()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
