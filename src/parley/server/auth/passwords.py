"""Passwords: hashed and checked with Argon2id, off the event loop (docs/decisions/0006-passwords.md)."""

import asyncio
import base64
import contextlib
import os
import sys
import threading
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from .hash_worker import HASH_BYTES, SALT_BYTES, Cost, HashRequest, HashWorker, NoMemory, WorkerGone, answer

QUEUE_MOST: Final = 256

# The thread's priority is lower than that of the event loop, but not the lowest: a thread that holds the interpreter's
# lock and gets no CPU time would block the loop.
NICENESS: Final = 5

WORKER_FROM: Final = 2
"""If at least this many passwords wait, they are checked in a process of the lowest priority."""

WORKER_TIMEOUT: Final = 1.0
"""If the process has not checked a password after this many seconds, the thread checks it."""

WORKER_SLOW_SECONDS: Final = 0.3
"""If the process takes longer for a password, the thread checks the next ones, for `WORKER_RETRY_SECONDS`."""

WORKER_RETRY_SECONDS: Final = 30.0
"""After a slow or failed check by the process, the thread checks passwords for this long before the process is used
again.
"""

_T = TypeVar("_T")


class Busy(Exception):
    """Too many passwords are waiting, or there is no memory for another hash. The call may succeed later."""


# OWASP's Password Storage Cheat Sheet: about as hard to attack as the second recommended option of RFC 9106, which
# takes 64 MiB, more than small machines have to spare.
COST: Final = Cost(memory=19 * 1024, passes=2, lanes=1)


class Passwords:
    """Hashes and checks passwords, one after the other: in a thread of low priority, or, if several wait, in a process.

    Passwords are prepared as OpaqueString (RFC 8265, section 4.2.2): in NFC, with each kind of blank as a space, and
    upper and lower case unchanged. The caller checks the length before.
    """

    def __init__(self, queue_most: int = QUEUE_MOST, cost: Cost = COST, worker_from: int = WORKER_FROM) -> None:
        """
        Args:
            queue_most: the most passwords that may wait, including the one being checked. `Busy` is raised for more.
            cost: the cost of new hashes.
            worker_from: if at least this many wait, they are checked in the process.
        """
        self._cost = cost
        self._prefix = f"$argon2id$v=19$m={cost.memory},t={cost.passes},p={cost.lanes}$"
        # A hash of no password. Checking against it takes as long as against any other.
        self._unknown_hash = f"{self._prefix}{_base64(bytes(SALT_BYTES))}${_base64(bytes(HASH_BYTES))}"
        self._places = threading.BoundedSemaphore(queue_most)
        self._thread = ThreadPoolExecutor(1, "parley-password", initializer=_lower_priority)
        self._worker_from = worker_from
        self._waiting = 0
        self._worker: HashWorker | None = None
        self._worker_after = 0.0 if HashWorker.possible else float("inf")
        self._closed = False

    async def hash(self, password: str) -> str:
        """Return the hash of a password, with its salt and cost (PHC string format).

        Raises:
            Busy: the call may succeed later.
        """
        return str(await self._ask(HashRequest(_prepare(password), None, self._cost)))

    async def verify(self, hash: str | None, password: str) -> bool:
        """Return whether the hash belongs to the password.

        If `hash` is None (an unknown name, an account without a password), return False after the same time.

        Raises:
            Busy: the call may succeed later.
        """
        fits = await self._ask(HashRequest(_prepare(password), hash or self._unknown_hash, self._cost))
        return fits is True and hash is not None

    def close(self) -> None:
        """Stop checking. Calls that wait raise `Busy`."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        if (worker := self._worker) is not None:
            worker.close()

    async def _ask(self, question: HashRequest) -> str | bool:
        self._waiting += 1
        try:
            return await self._run(lambda: self._answer(question))
        finally:
            self._waiting -= 1

    async def _run(self, work: Callable[[], _T]) -> _T:
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            future = self._thread.submit(work)
        except RuntimeError:  # `close` was called
            self._places.release()
            raise Busy from None
        # Free the place when the thread is done, not when the caller is cancelled: the thread works on in that case.
        future.add_done_callback(lambda _: self._places.release())
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if future.cancelled() and not (task and task.cancelling()):
                raise Busy from None
            raise

    # In the thread

    def _answer(self, question: HashRequest) -> str | bool:
        if self._worker is not None and self._worker.has_ended:
            self._end_worker()
        try:
            if self._waiting >= self._worker_from and time.monotonic() >= self._worker_after:
                with contextlib.suppress(WorkerGone):
                    return self._ask_worker(question)
                if self._closed:
                    raise Busy
            return answer(question)
        except NoMemory:
            raise Busy from None

    def _ask_worker(self, question: HashRequest) -> str | bool:
        begun = time.monotonic()
        try:
            if self._worker is None:
                self._worker = HashWorker()
                if self._closed:
                    raise WorkerGone
            is_new = self._worker.is_new
            said = self._worker.ask(question, WORKER_TIMEOUT)
        except NoMemory:
            raise
        except BaseException as error:
            self._worker_after = time.monotonic() + WORKER_RETRY_SECONDS
            self._end_worker()
            if isinstance(error, OSError):
                raise WorkerGone from None
            raise
        if not is_new and time.monotonic() - begun > WORKER_SLOW_SECONDS:
            self._worker_after = time.monotonic() + WORKER_RETRY_SECONDS
        return said

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()


def _prepare(password: str) -> bytes:
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in password)
    return unicodedata.normalize("NFC", spaced).encode("utf-8", "surrogatepass")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _lower_priority() -> None:
    # On other systems the priority can be set only for the whole process.
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
