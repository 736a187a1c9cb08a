"""A server in a process of its own, started by the command line."""

import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import parley

SECONDS = 15


class Process:
    """`parley serve` and its output.

    Attributes:
        port: the port at which it listens.
        lines: the lines of its log.
        stdout: its standard output, after it has ended; only if the test asks for it.
    """

    def __init__(
        self, *arguments: str, wait: bool = True, stdout: bool | int = False, program: Sequence[str] = ("-m", "parley")
    ) -> None:
        self.lines: list[str] = []
        self.port = 0
        self.stdout = ""
        self._ready = threading.Event()
        self._more = threading.Condition()
        page = importlib.util.find_spec("parley_web")
        packages = [parley.__file__, *([page.origin] if page and page.origin else [])]
        path = os.pathsep.join(str(Path(each).parent.parent) for each in packages)
        self._popen = subprocess.Popen(
            [sys.executable, *program, "serve", *arguments],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE if stdout is True else stdout or subprocess.DEVNULL,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        if wait:
            assert self._ready.wait(SECONDS), self.lines
            assert self.port, self.lines

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._popen.poll() is None:
            self._popen.kill()
        self.ends()
        assert not any("Traceback" in line for line in self.lines), "\n".join(self.lines)

    def _read(self) -> None:
        assert self._popen.stderr
        for line in self._popen.stderr:
            with self._more:
                self.lines.append(line.rstrip("\n"))
                self._more.notify_all()
            if not self.port and (found := re.search(r"listening on .*:(\d+)", line)):
                self.port = int(found[1])
                self._ready.set()
        self._popen.stderr.close()
        self._ready.set()

    def signals(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def sees(self, text: str) -> str:
        """Wait for a line of the log that contains a text, and return it."""
        with self._more:
            found = self._more.wait_for(lambda: [line for line in self.lines if text in line], SECONDS)
        assert found, self.lines
        return found[0]

    def ends(self) -> int:
        """Wait for the process to end; return its exit status."""
        if self._popen.stdout is not None and not self._popen.stdout.closed:
            self.stdout = self._popen.stdout.read()
            self._popen.stdout.close()
        status = self._popen.wait(SECONDS)
        self._reading.join(SECONDS)
        return status

    def visit(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), SECONDS)


def everything_from(sock: socket.socket) -> bytes:
    """Return all bytes up to the end of the connection."""
    data = b""
    while more := sock.recv(65_536):
        data += more
    return data
