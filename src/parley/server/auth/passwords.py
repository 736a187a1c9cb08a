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
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from .hash_worker import HASH_BYTES, SALT_BYTES, Cost, HashRequest, HashWorker, NoMemory, WorkerGone, answer

QUEUE_MOST: Final = 256
# The checking gives way to the event loop, but not to everything: a thread that never runs while it holds the
# interpreter's lock would hold up the loop.
NICENESS: Final = 5

CROWD: Final = 2
"""When so many wait, they are checked in a process aside, which gives way to everything."""

PATIENCE: Final = 1.0
"""Seconds for a password aside. Where nobody leaves it any time, the thread does it."""

SLOW: Final = 0.3
"""Seconds for a password aside after which the next ones are for the thread again."""

BACK_AFTER: Final = 30.0
"""Seconds until it is tried aside again."""

_T = TypeVar("_T")


class Busy(Exception):
    """Too many passwords are being checked, or there is no memory for another one: it can be tried again later."""


# OWASP's Password Storage Cheat Sheet: as hard as RFC 9106's second recommended option (64 MiB) for small machines.
COST: Final = Cost(memory=19 * 1024, passes=2, lanes=1)


class Passwords:
    """Hashes and checks passwords, one after the other: a single one in a thread of low priority, a crowd aside.

    Passwords are prepared as OpaqueString (RFC 8265, section 4.2.2): composed (NFC), any blank being a space, case
    kept. Their length is the caller's to check, before.
    """

    def __init__(self, queue_most: int = QUEUE_MOST, cost: Cost = COST, crowd: int = CROWD) -> None:
        """
        Args:
            queue_most: how many are checked or wait for it; with more, `Busy` is raised.
            cost: what new hashes cost.
            crowd: from how many on they are checked aside.
        """
        self._cost = cost
        self._prefix = f"$argon2id$v=19$m={cost.memory},t={cost.passes},p={cost.lanes}$"
        # No password has this hash, and to find that out takes as long as for any other.
        self._nobodys = f"{self._prefix}{_base64(bytes(SALT_BYTES))}${_base64(bytes(HASH_BYTES))}"
        self._places = threading.BoundedSemaphore(queue_most)
        self._thread = ThreadPoolExecutor(1, "parley-password", initializer=_give_way)
        self._crowd = crowd
        self._asking = 0
        self._aside: HashWorker | None = None
        self._aside_from = 0.0 if HashWorker.possible else float("inf")
        self._closed = False

    async def hash(self, password: str) -> str:
        """Return the hash of a password, with its salt and cost (PHC string format).

        Raises:
            Busy: it can be tried again later.
        """
        return str(await self._ask(HashRequest(_prepare(password), None, self._cost)))

    async def verify(self, hash: str | None, password: str) -> bool:
        """Tell whether the hash is of that password.

        Without a hash (a name that nobody has, an account without a password) the answer is no, and takes as long.

        Raises:
            Busy: it can be tried again later.
        """
        fits = await self._ask(HashRequest(_prepare(password), hash or self._nobodys, self._cost))
        return fits is True and hash is not None

    def close(self) -> None:
        """Check nothing more; whoever waits is told `Busy`."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        if (aside := self._aside) is not None:
            aside.close()

    async def _ask(self, question: HashRequest) -> str | bool:
        self._asking += 1
        try:
            return await self._run(lambda: self._answer(question))
        finally:
            self._asking -= 1

    async def _run(self, work: Callable[[], _T]) -> _T:
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            future = self._thread.submit(work)
        except RuntimeError:  # closed
            self._places.release()
            raise Busy from None
        # Whoever asked may be gone by then: the place is free when the thread is.
        future.add_done_callback(self._leave)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if future.cancelled() and not (task and task.cancelling()):
                raise Busy from None
            raise

    def _leave(self, _: Future[_T]) -> None:
        self._places.release()

    # What follows is done in the thread.

    def _answer(self, question: HashRequest) -> str | bool:
        if self._aside is not None and self._aside.has_ended:
            self._end_aside()
        try:
            if self._asking >= self._crowd and time.monotonic() >= self._aside_from:
                with contextlib.suppress(WorkerGone):
                    return self._answer_aside(question)
                if self._closed:
                    raise Busy
            return answer(question)
        except NoMemory:
            raise Busy from None

    def _answer_aside(self, question: HashRequest) -> str | bool:
        begun = time.monotonic()
        try:
            if self._aside is None:
                self._aside = HashWorker()
                if self._closed:
                    raise WorkerGone
            is_new = self._aside.is_new
            said = self._aside.ask(question, PATIENCE)
        except NoMemory:
            raise
        except BaseException as error:
            self._aside_from = time.monotonic() + BACK_AFTER
            self._end_aside()
            if isinstance(error, OSError):
                raise WorkerGone from None
            raise
        if not is_new and time.monotonic() - begun > SLOW:
            self._aside_from = time.monotonic() + BACK_AFTER
        return said

    def _end_aside(self) -> None:
        aside, self._aside = self._aside, None
        if aside is not None:
            aside.close()


def _prepare(password: str) -> bytes:
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in password)
    return unicodedata.normalize("NFC", spaced).encode("utf-8", "surrogatepass")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _give_way() -> None:
    # Elsewhere a priority is the whole process's.
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
