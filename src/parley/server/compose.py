"""Composition: the parts of a server put together, run, and taken apart."""

import asyncio
import gc
import logging
import os
import secrets
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from parley.core.ports import StoreError
from parley.storage.folder import default_data_folder, make_data_folder
from parley.storage.lock import FolderInUse, FolderLock
from parley.storage.sqlite import FILE_NAME, SqliteStore

from .config import Config, ConfigError, base_url, join_address, split_address
from .engine import crashpoints
from .hub import Hub
from .net import proxies, tls
from .net.admin_socket import AdminSocket
from .net.http import HttpServer
from .net.listener import Dispatcher, Listener, bind

log = logging.getLogger("parley")

SWITCH_INTERVAL: Final = 0.0005
"""Seconds after which the event loop lets the storage thread have the interpreter; the default, ten times as long,
would hold commits up.
"""

GC_ALLOCATIONS: Final = 20_000
"""Objects made before the collector looks for cycles. A server makes few cycles and, in a rush, much that stays."""


class StartError(Exception):
    """The server can't start; the text says why."""


Ready = Callable[[list[str], str | None], None]
"""Is called with the addresses when connections are accepted, and, the first time, with the link for the owner."""


def run(config: Config, ready: Ready = lambda addresses, owner: None) -> None:
    """Run a server until SIGTERM or SIGINT.

    Args:
        config: its configuration.
        ready: called when connections are accepted.

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


async def _serve(config: Config, ready: Ready) -> None:
    loop = asyncio.get_running_loop()
    folder = Path(config.data) if config.data else default_data_folder()
    with _locked(folder):
        certificate = tls.of(config, folder)
        crash = crashpoints.from_environment()
        hub = Hub(loop, SqliteStore(folder / FILE_NAME, crash), config, crash)
        http = HttpServer(hub, lambda: secrets.token_urlsafe(32))
        gate = Dispatcher(hub, http, certificate or (lambda: None))
        admin = AdminSocket(folder, http)
        listeners = []
        try:
            socks = [sock for address in config.listen for sock in _bind(address)]
            addresses = [join_address(*sock.getsockname()[:2]) for sock in socks]
            proxies.check_exposure(config, addresses)
            hub.base_url = base_url(config, addresses)
            hub.ports = frozenset(sock.getsockname()[1] for sock in socks)
            stop = _stop_signal(loop)
            if certificate is not None:
                log.info("the SHA-256 fingerprint of the certificate is %s", certificate.fingerprint)
                certificate.watch()
            hub.open()
            await admin.open()
            owner = await hub.invite_owner()
            listeners = [Listener(gate, sock) for sock in socks]
            for listener in listeners:
                listener.start()
            # What was made until now stays: the collector need not look at it again and again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(GC_ALLOCATIONS)
            ready(addresses, f"{hub.base_url}/join/{owner}" if owner else None)
            await stop
            log.info("stopping")
        finally:
            for listener in listeners:
                listener.close()
            if certificate is not None:
                certificate.close()
            admin.close()
            http.stop()
            await http.close()
            await hub.close()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    if os.name == "posix":
        os.umask(0o077)  # what is made there is its owner's alone, whoever may look into the folder
    try:
        make_data_folder(folder)
        for file in folder.glob(f"{FILE_NAME}*"):
            file.chmod(0o600)
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
