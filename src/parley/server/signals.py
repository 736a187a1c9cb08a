"""The signals of a server's process: some stop it in order, and no other one ends it."""

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

    By default, SIGHUP, SIGUSR1 and SIGUSR2 end a process without a message. A closed terminal, `logrotate` and service
    managers send them, so here they never end the server. SIGTERM and SIGINT keep their default until `open`, because
    nothing was acknowledged before. On systems without these signals (Windows), and outside the main thread, which
    alone can set handlers, no signal is handled.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reload: Callable[[], None] | None = None
        # Not `loop.add_signal_handler`, because a loop that closes restores the default handlers.
        _receive("SIGHUP", partial(self._call, self._hang_up))
        for name in _IGNORED:
            _receive(name, partial(self._call, partial(log.info, "%s was received, and is ignored", name)))

    def open(self, loop: asyncio.AbstractEventLoop, reload: Callable[[], None] | None) -> asyncio.Future[None]:
        """Return a future that is done when the server has to stop.

        Args:
            loop: the event loop in which signals are handled.
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
        """Ignore all signals from now on, including those that would end the process by default."""
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
