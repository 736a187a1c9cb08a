"""Passwords: hashed and checked with Argon2id, off the event loop (docs/decisions/0006-passwords.md)."""

import asyncio
import base64
import contextlib
import os
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple, TypeVar

THREADS: Final = 1
QUEUE_MOST: Final = 256
# The checking gives way to the event loop, but not to everything: a thread that never runs while it holds the
# interpreter's lock would hold up the loop.
NICENESS: Final = 5

_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32

_T = TypeVar("_T")


class Busy(Exception):
    """Too many passwords are being checked, or there is no memory for another one: it can be tried again later."""


class Cost(NamedTuple):
    """What a guess costs (RFC 9106, section 3.1).

    Attributes:
        memory: KiB; at least 8 for each lane.
        passes: how often the memory is gone through.
        lanes: how many threads one hash could use; here it uses one.
    """

    memory: int
    passes: int
    lanes: int


# OWASP's Password Storage Cheat Sheet: as hard as RFC 9106's second recommended option (64 MiB) for small machines.
COST: Final = Cost(memory=19 * 1024, passes=2, lanes=1)


class Passwords:
    """Hashes and checks passwords, a few at a time, in threads of low priority.

    Passwords are prepared as OpaqueString (RFC 8265, section 4.2.2): composed (NFC), any blank being a space, case
    kept. Their length is the caller's to check, before.
    """

    def __init__(self, threads: int = THREADS, queue_most: int = QUEUE_MOST, cost: Cost = COST) -> None:
        """
        Args:
            threads: how many passwords are checked at the same time.
            queue_most: how many are checked or wait for it; with more, `Busy` is raised.
            cost: what new hashes cost. Each thread needs its memory.
        """
        self._cost = cost
        self._prefix = f"$argon2id$v=19$m={cost.memory},t={cost.passes},p={cost.lanes}$"
        # No password has this hash, and to find that out takes as long as for any other.
        self._nobodys = f"{self._prefix}{_base64(bytes(_SALT_BYTES))}${_base64(bytes(_HASH_BYTES))}"
        self._places = threading.BoundedSemaphore(queue_most)
        self._threads = ThreadPoolExecutor(threads, "parley-password", initializer=_give_way)

    async def hash(self, password: str) -> str:
        """Return the hash of a password, with its salt and cost (PHC string format).

        Raises:
            Busy: it can be tried again later.
        """
        return await self._run(lambda: self._hash(_prepare(password)))

    async def verify(self, hash: str | None, password: str) -> bool:
        """Tell whether the hash is of that password.

        Without a hash (a name that nobody has, an account without a password) the answer is no, and takes as long.

        Raises:
            Busy: it can be tried again later.
        """
        return await self._run(lambda: self._verify(hash, _prepare(password)))

    def needs_rehash(self, hash: str) -> bool:
        """Tell whether the hash costs something else than new ones do; it can be replaced when its password is seen."""
        return not hash.startswith(self._prefix)

    def close(self) -> None:
        """Check nothing more; whoever waits is told `Busy`."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], _T]) -> _T:
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            future = self._threads.submit(work)
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

    # argon2 is imported here: servers without accounts don't need it, and it takes 4 ms.

    def _hash(self, password: bytes) -> str:
        from argon2.exceptions import HashingError
        from argon2.low_level import Type, hash_secret

        memory, passes, lanes = self._cost
        try:
            return hash_secret(password, os.urandom(_SALT_BYTES), passes, memory, lanes, _HASH_BYTES, Type.ID).decode()
        except HashingError:
            raise Busy from None

    def _verify(self, hash: str | None, password: bytes) -> bool:
        from argon2.exceptions import VerificationError, VerifyMismatchError
        from argon2.low_level import Type, error_to_str, verify_secret

        try:
            verify_secret((hash or self._nobodys).encode(), password, Type.ID)
        except VerifyMismatchError:
            return False
        except VerificationError as error:
            if str(error) == error_to_str(_NO_MEMORY):
                raise Busy from None
            return False  # it is no hash
        return hash is not None


_NO_MEMORY: Final = -22  # ARGON2_MEMORY_ALLOCATION_ERROR


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
