"""Composition: the parts of a server put together, run, and taken apart."""

import asyncio
import gc
import ipaddress
import logging
import secrets
import signal
import ssl
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from parley.core.ports import StoreError
from parley.storage.folder import default_data_folder, make_data_folder
from parley.storage.lock import FolderInUse, FolderLock
from parley.storage.sqlite import FILE_NAME, SqliteStore

from . import crashpoints, tls
from .config import Config, ConfigError, join_address, split_address
from .house import House
from .http import HttpGate
from .listener import Gate, Listener, bind

log = logging.getLogger("parley")

SWITCH_INTERVAL: Final = 0.0005
"""Seconds after which the event loop lets the storage thread have the interpreter; the default, ten times as long,
would hold commits up.
"""

GC_ALLOCATIONS: Final = 20_000
"""Objects made before the collector looks for cycles. A server makes few cycles and, in a rush, much that stays."""


class StartError(Exception):
    """The server can't start; the text says why."""


def run(config: Config, ready: Callable[[list[str]], None] = lambda addresses: None) -> None:
    """Run a server until SIGTERM or SIGINT.

    Args:
        config: its configuration.
        ready: called with the addresses when connections are accepted.

    Raises:
        StartError: it can't start: an address, the data folder or the certificate can't be used.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        _run_loop(_serve(config, ready))
    except (ConfigError, StoreError, FolderInUse) as error:
        raise StartError(str(error)) from None


def _run_loop(work: Coroutine[Any, Any, None]) -> None:
    if sys.platform == "win32":
        # The proactor loop can't watch a socket without reading from it, which the listener needs.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(work)
    else:
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)


async def _serve(config: Config, ready: Callable[[list[str]], None]) -> None:
    loop = asyncio.get_running_loop()
    folder = Path(config.data) if config.data else default_data_folder()
    context = _tls(config)
    with _locked(folder):
        crash = crashpoints.from_environment()
        house = House(loop, SqliteStore(folder / FILE_NAME, crash), config, crash)
        http = HttpGate(house, lambda: secrets.token_urlsafe(32))
        gate = Gate(house, http, lambda: context)
        listeners = []
        try:
            socks = [sock for address in config.listen for sock in _bind(address)]
            stop = _stop_signal(loop)
            house.open()
            listeners = [Listener(gate, sock) for sock in socks]
            for listener in listeners:
                listener.start()
            # What was made until now stays: the collector need not look at it again and again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(GC_ALLOCATIONS)
            ready([join_address(*sock.getsockname()[:2]) for sock in socks])
            await stop
            log.info("stopping")
        finally:
            for listener in listeners:
                listener.close()
            http.stop()
            await house.close()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        make_data_folder(folder)
    except OSError as error:
        raise StartError(f"The data folder {folder} can't be made: {error.strerror}.") from None
    try:
        lock = FolderLock(folder)
    except OSError as error:
        raise StartError(f"The data folder {folder} can't be written: {error.strerror}.") from None
    try:
        yield
    finally:
        lock.release()


def _bind(address: str) -> list[Any]:
    host, port = split_address(address)
    try:
        return bind(host, port)
    except OSError as error:
        raise StartError(f"{address} can't be listened on: {error.strerror or error}.") from None


def _tls(config: Config) -> ssl.SSLContext | None:
    if config.tls_cert is None or config.tls_key is None:
        return None
    return tls.context(config.tls_cert, config.tls_key)


def _stop_signal(loop: asyncio.AbstractEventLoop) -> asyncio.Future[None]:
    stop: asyncio.Future[None] = loop.create_future()

    def stop_now() -> None:
        if not stop.done():
            stop.set_result(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop_now)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop_now))
    return stop


def beyond_loopback(addresses: list[str]) -> list[str]:
    """Return those addresses that other machines can reach."""
    outside = []
    for address in addresses:
        host, _ = split_address(address)
        try:
            inside = ipaddress.ip_address(host.partition("%")[0]).is_loopback
        except ValueError:
            inside = host == "localhost"
        if not inside:
            outside.append(address)
    return outside
