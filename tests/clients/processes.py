"""Real processes for tests: a server that can be killed, and clients in pipes and on terminals."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

DEADLINE_SECONDS = 30.0
WHERE_IS_THE_CURSOR = b"\x1b[6n"
ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|\][^\x07]*\x07|[=>()][0-9A-Z]?)")


class Output:
    """The output of a process, read by a thread."""

    def __init__(self, descriptor: int) -> None:
        self.text = ""
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._read, args=(descriptor,), daemon=True)
        self._thread.start()

    def _read(self, descriptor: int) -> None:
        while True:
            try:
                piece = os.read(descriptor, 65536)
            except OSError:  # a terminal whose other end is closed
                piece = b""
            with self._changed:
                self.text += piece.decode(errors="replace")
                self._ended = not piece
                self._changed.notify_all()
            if WHERE_IS_THE_CURSOR in piece:
                with suppress(OSError):  # the terminal may be closed by now
                    os.write(descriptor, b"\x1b[1;1R")  # the answer of a terminal
            if not piece:
                return

    def wait(self, *wanted: str, after: int = 0) -> int:
        """Wait until all of `wanted` were written, in this order. Return the index after the last of them."""
        return self.wait_until(lambda text: _find(text, wanted, after), f"no {wanted}")

    def wait_until(self, found: Callable[[str], int], complaint: str) -> int:
        """Wait until `found`, called with the output so far, does not return -1. Return its result."""
        end = time.monotonic() + DEADLINE_SECONDS
        with self._changed:
            while (place := found(self.text)) < 0:
                if self._ended or not self._changed.wait(end - time.monotonic()):
                    raise AssertionError(f"{complaint} in {self.text!r}")
            return place

    def finish(self) -> str:
        """Wait for the end of the output, and return all of it."""
        self._thread.join(DEADLINE_SECONDS)
        assert self._ended, self.text
        return self.text


def _find(text: str, wanted: tuple[str, ...], after: int) -> int:
    for each in wanted:
        after = text.find(each, after)
        if after < 0:
            return -1
        after += len(each)
    return after


def free_port() -> int:
    """Return a free port, below the range that systems use for outgoing connections."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class ServerProcess:
    """`parley serve`, on the same port after each restart."""

    def __init__(self, data: Path, *options: str) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self._command = [
            sys.executable,
            "-m",
            "parley",
            "serve",
            "--listen",
            self.address,
            "--data",
            str(data),
            *options,
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert self._process.stdout is not None
        output = Output(self._process.stdout.fileno())
        output.wait("listening on")
        return self

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(DEADLINE_SECONDS)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


class Client:
    """A Parley command in pipes."""

    def __init__(self, data: Path, *arguments: str) -> None:
        environment = {**os.environ, "PARLEY_CLIENT_DATA": str(data), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "parley", *arguments]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.out = Output(self.process.stdout.fileno())
        self.err = Output(self.process.stderr.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.kill()

    def say(self, *lines: str) -> None:
        self.send("".join(line + "\n" for line in lines).encode())

    def send(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def finish(self, *lines: str) -> int:
        """Write the last lines and end the input. Return the exit code."""
        assert self.process.stdin is not None
        self.say(*lines)
        self.process.stdin.close()
        return self.wait()

    def wait(self) -> int:
        code = self.process.wait(DEADLINE_SECONDS)
        self.out.finish()
        self.err.finish()
        assert "Traceback" not in self.err.text, self.err.text
        return code

    @property
    def lines(self) -> list[str]:
        return self.out.text.splitlines()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait(DEADLINE_SECONDS)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass


def run(data: Path, *arguments: str, text: str = "") -> tuple[int, str, str]:
    """Run a command until it ends. Return its exit code, stdout and stderr."""
    with Client(data, *arguments) as client:
        assert client.process.stdin is not None
        client.process.stdin.write(text.encode())
        client.process.stdin.close()
        code = client.wait()
        return code, client.out.text, client.err.text


class Terminal:
    """A command on a terminal."""

    def __init__(self, *command: str, **environment: str) -> None:
        import fcntl
        import pty
        import termios

        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (50, 200))
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm", **environment},
            start_new_session=True,
            # The process gets this terminal as its own, so that Ctrl-C is a signal while there is no prompt.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - it does nothing else
        )
        os.close(slave)
        self.out = Output(self._master)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.kill()
        self.process.wait(DEADLINE_SECONDS)
        os.close(self._master)

    def type(self, keys: str | bytes) -> None:
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def wait(self, *wanted: str, after: int = 0) -> int:
        return self.out.wait(*wanted, after=after)

    @property
    def text(self) -> str:
        """The output so far, without escape codes for colours and cursor movements."""
        return ESCAPES.sub("", self.out.text)


class TerminalClient(Terminal):
    """A Parley command on a terminal."""

    def __init__(self, data: Path, *arguments: str, **environment: str) -> None:
        super().__init__(sys.executable, "-m", "parley", *arguments, PARLEY_CLIENT_DATA=str(data), **environment)
