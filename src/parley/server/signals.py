"""The signals of a server's process: which stop it, and that no other ends it unasked."""

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

log = logging.getLogger("parley")

_STOPPING: Final = ("SIGTERM", "SIGINT")
_IGNORED: Final = ("SIGUSR1", "SIGUSR2")


class Signals:
    """Receives the signals from its creation until the process ends, also while the server starts and stops.

    The system's default for SIGHUP, SIGUSR1 and SIGUSR2 is to end a process without a word. A terminal that is closed,
    `logrotate` and service managers send them, so here they never do. SIGTERM and SIGINT keep their default until
    `open`: until then nothing was acknowledged. Without these signals (Windows), and outside the main thread, which
    alone may set them, nothing is received.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reload: Callable[[], None] | None = None
        # Not `loop.add_signal_handler`: when a loop closes, it sets the default again.
        _receive("SIGHUP", partial(self._call, self._hang_up))
        for name in _IGNORED:
            _receive(name, partial(self._call, partial(log.info, "%s was received, and is ignored", name)))

    def open(self, loop: asyncio.AbstractEventLoop, reload: Callable[[], None] | None) -> asyncio.Future[None]:
        """Return what is done when the server has to stop.

        Args:
            loop: the event loop, in which signals are acted on.
            reload: reads the certificate again; None if there is none.
        """
        self._loop = loop
        self._reload = reload
        stop: asyncio.Future[None] = loop.create_future()

        def stop_now() -> None:
            if not stop.done():
                stop.set_result(None)

        for name in _STOPPING:
            _receive(name, partial(self._call, stop_now))
        return stop

    def close(self) -> None:
        """Act on no signal any more. Those that would end the process are still received."""
        self._loop = self._reload = None

    def _call(self, act: Callable[[], None]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(act)

    def _hang_up(self) -> None:
        if self._reload is not None:
            log.info("SIGHUP: reading the certificate again. The configuration is read at a start only")
            self._reload()
        else:
            log.info("SIGHUP: there is nothing to read again. The configuration is read at a start only")


def _receive(name: str, act: Callable[[], None]) -> None:
    number = getattr(signal, name, None)
    if number is not None:
        with suppress(ValueError):
            signal.signal(number, lambda *_: act())
