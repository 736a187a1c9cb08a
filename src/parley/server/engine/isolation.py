"""Keeps an exception in the code for one client from affecting other clients."""

import logging
from types import TracebackType
from typing import Final

log = logging.getLogger("parley")


class _Isolated:
    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        log.error("a client failed at what it was told", exc_info=error)
        return True


isolated: Final = _Isolated()
"""A context manager for a call on one client. It logs an exception and suppresses it."""
