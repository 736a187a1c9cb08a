"""Argon2id, and a process that computes it for a server: `python -m parley.server.auth.hash_worker`.

docs/decisions/0013-hashing-in-a-process.md says why there is a process. `argon2` is imported when it is first used,
because the import takes 4 ms and servers without accounts don't need it.
"""

import base64
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from typing import Any, BinaryIO, Final, NamedTuple

SALT_BYTES: Final = 16
HASH_BYTES: Final = 32

IDLE_SECONDS: Final = 60
"""The process ends after this time without a request."""

END_SECONDS: Final = 0.05
"""How long the server waits for the process to end."""


class NoMemory(Exception):
    """There is no memory for another hash at the moment."""


class WorkerGone(Exception):
    """The process has ended, or did not answer in time."""


class Cost(NamedTuple):
    """The cost of a hash (RFC 9106, section 3.1).

    Attributes:
        memory: KiB; at least 8 for each lane.
        passes: passes over the memory.
        lanes: the parallelism parameter. A hash is computed in one thread anyway.
    """

    memory: int
    passes: int
    lanes: int


class HashRequest(NamedTuple):
    """A password to check against a hash, or, if `hash` is None, a password to hash with `cost`."""

    password: bytes
    hash: str | None
    cost: Cost


def answer(question: HashRequest) -> str | bool:
    """Hash a password with a new salt (PHC string format), or return whether the hash belongs to the password.

    Raises:
        NoMemory: there is no memory now; the call may succeed later.
    """
    from argon2.exceptions import HashingError, VerificationError, VerifyMismatchError
    from argon2.low_level import Type, error_to_str, hash_secret, verify_secret

    password, hash, (memory, passes, lanes) = question
    if hash is None:
        try:
            return hash_secret(password, os.urandom(SALT_BYTES), passes, memory, lanes, HASH_BYTES, Type.ID).decode()
        except HashingError:
            raise NoMemory from None
    try:
        return verify_secret(hash.encode(), password, Type.ID)
    except VerifyMismatchError:
        return False
    except VerificationError as error:
        if str(error) == error_to_str(_NO_MEMORY):
            raise NoMemory from None
        return False  # the stored text is not a hash


_NO_MEMORY: Final = -22  # argon2's error ARGON2_MEMORY_ALLOCATION_ERROR


class HashWorker:
    """The server's handle of the process. The process uses only CPU time that no other process needs.

    A thread of lowest priority would block the event loop: it might get no CPU time while it holds the interpreter's
    lock.

    Raises:
        OSError: the process could not be started.
    """

    possible: Final = hasattr(select, "poll")  # without `poll`, a read from a pipe can't have a timeout

    def __init__(self) -> None:
        # -P keeps Python from importing modules from the folder in which the server was started.
        command = [sys.executable, "-P", "-m", __spec__.name]
        # The process is in a process group of its own, so that Ctrl-C in the server's terminal reaches only the server.
        # It is not in a session of its own, because Linux first divides CPU time among sessions, regardless of
        # priorities (sched(7), autogroup).
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to: BinaryIO = self._process.stdin  # type: ignore[assignment]
        self._from: BinaryIO = self._process.stdout  # type: ignore[assignment]
        self._answers = select.poll()
        self._answers.register(self._from, select.POLLIN)
        self._asked = 0

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended by itself, as it does after `IDLE_SECONDS`."""
        return self._process.poll() is not None

    @property
    def is_new(self) -> bool:
        """Whether the process has not answered yet. Its first answer takes longer, because the process has to start."""
        return self._asked == 0

    def ask(self, question: HashRequest, timeout: float) -> str | bool:
        """Return the answer to a request. After `WorkerGone`, call `close`.

        Args:
            question: the request.
            timeout: seconds.

        Raises:
            NoMemory: there is no memory now; the call may succeed later.
            WorkerGone: there was no answer in time.
        """
        password = base64.b64encode(question.password).decode()
        number = self._asked + 1
        try:
            self._to.write(json.dumps([number, password, question.hash, question.cost]).encode() + b"\n")
            self._to.flush()
            if not self._answers.poll(timeout * 1000):
                raise WorkerGone
            match json.loads(self._from.readline()):
                case [int(of), None | bool() | str() as said] if of == number:
                    self._asked = number
                case _:  # this is the answer to another request
                    raise WorkerGone
        except (OSError, ValueError):
            raise WorkerGone from None
        if said is None:
            raise NoMemory
        return said

    def close(self) -> None:
        """End the process at once."""
        with contextlib.suppress(OSError):
            self._process.kill()
        for pipe in (self._to, self._from):
            with contextlib.suppress(OSError):
                pipe.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            # A process that gets no CPU time can't end either: wait for it in the background.
            threading.Thread(target=self._process.wait, daemon=True).start()


def lower_priority() -> None:
    """Make this process use only CPU time that no other process needs."""
    idle = getattr(os, "SCHED_IDLE", None)  # Linux
    with contextlib.suppress(OSError):
        if idle is None:
            os.nice(19)
        else:
            os.sched_setscheduler(0, idle, os.sched_param(0))


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests, one line of JSON each, until the input ends or no request comes for `IDLE_SECONDS`."""
    signal.alarm(IDLE_SECONDS)
    for line in questions:
        signal.alarm(IDLE_SECONDS)
        number, password, hash, cost = json.loads(line)
        said: Any
        try:
            said = answer(HashRequest(base64.b64decode(password), hash, Cost(*cost)))
        except NoMemory:
            said = None
        answers.write(json.dumps([number, said]).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    lower_priority()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)
    os._exit(0)  # without flushing the output, because the server may have ended
