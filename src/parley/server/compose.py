"""Composition: the one place where the parts of a server are put together."""

import asyncio
import errno
import gc
import logging
import os
import secrets
import ssl
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from parley import __version__
from parley.core.commands import AdvanceWebhook, Command, RemoveWebhook
from parley.core.events import DIRECTORY, MACHINE
from parley.core.ports import CrashPoint, Store, StoreError, no_crash
from parley.core.quotes import Quotes
from parley.core.refusals import Refusal
from parley.core.roles import first_visible_seq
from parley.core.rules import Policy
from parley.gateways import dialect, line
from parley.gateways.http.pages import app
from parley.gateways.irc import NOT_YET
from parley.gateways.view import View
from parley.gateways.web import WebSession
from parley.storage.folder import default_data_folder, in_words, make_data_folder, troubles
from parley.storage.lock import FolderInUse, FolderLock
from parley.storage.sqlite import FILE_NAME, SqliteStore
from parley.wire.signature import Dialect

from .api import HubApi
from .auth.authenticator import Authenticator
from .config import Config, ConfigError, join_address, split_address
from .engine import crashpoints
from .engine.forms import HeldForms
from .engine.history import HistoryReader, LogReader
from .engine.presence import Presence
from .engine.projection import Projection
from .engine.rate_limit import RateLimit
from .engine.reactions import GatheredReactions
from .engine.read_lanes import ReadLanes
from .engine.read_marks import ReadMarkWriter
from .engine.sessions import ClientSessions
from .engine.subscription import Feeds
from .engine.tasks import Tasks
from .engine.tcp_delivery import TcpDelivery
from .engine.writer import Writer
from .hub import Hub
from .net import proxies, tls
from .net.admin_socket import AdminSocket
from .net.connection import BytesConnection
from .net.dispatch import Dispatcher, Protocols
from .net.http import HttpServer
from .net.listener import Listener, bind
from .net.origins import Origins
from .net.peer import Peer
from .net.reject import RejectProtocol
from .net.websocket import WebSocketConnection
from .protocols import Submitter
from .signals import Signals
from .webhooks import Guard, Webhooks

log = logging.getLogger("parley")

SWITCH_INTERVAL: Final = 0.0005
"""Seconds after which the event loop lets another thread run. Python's default is ten times as long and delays commits,
which the storage thread makes.
"""

GC_ALLOCATIONS: Final = 20_000
"""The number of new objects after which the garbage collector looks for cycles. A server makes few cycles, and many
objects that stay.
"""


DIALECTS: Final[dict[Dialect, dialect.Dialect]] = {Dialect.LINE: line.DIALECT}
"""The dialects whose sessions get the raw bytes, by the dialect that the first bytes suggest."""


_BIND_ADVICE: Final = {
    errno.EADDRINUSE: "Is a server running there already? Otherwise choose another port with --listen.",
    errno.EACCES: "Ports below 1024 need a permission of their own: choose another with --listen, or use a proxy.",
    errno.EADDRNOTAVAIL: "This machine does not have that address.",
}


class StartError(Exception):
    """The server can't start; the text says why."""


Ready = Callable[[list[str], str | None], None]
"""Called with the addresses when connections are accepted, and, at the first start, with the link for the owner."""


class Parts(NamedTuple):
    """A server without its sockets."""

    hub: Hub
    api: HubApi
    http: HttpServer
    dispatcher: Dispatcher


def assemble(
    loop: asyncio.AbstractEventLoop,
    store: Store,
    config: Config,
    crash: CrashPoint = no_crash,
    *,
    tls_context: Callable[[], ssl.SSLContext | None] = lambda: None,
    new_token: Callable[[], str] = lambda: secrets.token_urlsafe(32),
) -> Parts:
    """Put a server together.

    Args:
        loop: the event loop that it runs in.
        store: the store. `Hub.close` closes it.
        config: the configuration.
        crash: called at the crash points.
        tls_context: returns the TLS context for new connections, or None if TLS is not configured.
        new_token: returns new tokens for guests.

    Raises:
        StoreError: the store can't be read.
    """
    hub = make_hub(loop, store, config, crash)
    origins = Origins(config.url, loop.time)
    api = HubApi(hub, origins)

    def connection(spoken: dialect.Dialect, peer: Peer) -> asyncio.Protocol:
        return BytesConnection(hub, spoken, spoken.session(hub.view, new_token), peer)

    def websocket(peer: Peer, cookie: bytes | None) -> asyncio.Protocol:
        return WebSocketConnection(hub, WebSession(hub.view, new_token, cookie), peer)

    http = HttpServer(app(lambda: hub.writer.failing, api), websocket, config, hub.connection_counts, origins)
    protocols: Protocols = {
        Dialect.HTTP: http.http,
        Dialect.IRC: lambda peer: RejectProtocol(loop, NOT_YET, peer),
        **{name: partial(connection, spoken) for name, spoken in DIALECTS.items()},
    }
    dispatcher = Dispatcher(loop, config, protocols, tls_context, hub.connection_counts, hub.spawn, http.make_room)
    return Parts(hub, api, http, dispatcher)


def make_hub(loop: asyncio.AbstractEventLoop, store: Store, config: Config, crash: CrashPoint = no_crash) -> Hub:
    """Put the hub and the engine below it together; see `assemble`."""
    state = store.load()
    spawn = Tasks(loop).spawn
    lanes = ReadLanes(loop)
    quotes = Quotes()
    log_reader = LogReader(store, lanes, state, quotes)

    # Other parts submit commands, and the writer needs these parts: so it is created last, and they get this function.
    def submit(command: Command, submitter: Submitter, tag: object = None) -> None:
        writer.submit(command, submitter, tag)

    def first_visible(room: int, user: int) -> int:
        return 1 if user == MACHINE else first_visible_seq(state.rooms[room], user)

    feeds = Feeds(
        lambda room: state.rooms[room].tip,
        log_reader.after_with_quotes,
        spawn,
        config.tail_memory * 1_000_000,
        first_visible,
    )
    presence = Presence(loop, config.guest_hold, submit, feeds.signal, state)
    view = View(
        state,
        presence.online,
        f"Parley {__version__}",
        policy=Policy(
            config.access or ("invite" if proxies.beyond_loopback(config.listen) else "open"),
            config.rooms_per_user,
            None if config.edit_seconds < 0 else config.edit_seconds,
        ),
        marks=store.marks(),
        preferences=store.preferences(),
        receipts=config.receipts,
        reach=proxies.reach(config, config.listen),
        quotes=quotes,
    )
    authenticator = Authenticator(loop, store, lanes, view)
    sessions = ClientSessions(
        state, presence, feeds, identify=authenticator.identify, forget=authenticator.ended, spawn=spawn
    )

    def has_receipts(room: int) -> bool:
        return room != DIRECTORY and view.has_receipts(state.rooms[room])

    read_marks = ReadMarkWriter(
        loop=loop,
        state=state,
        marks=view.marks,
        submit=submit,
        count=log_reader.count,
        connections=presence.connections,
        send=feeds.signal,
        spawn=spawn,
        has_receipts=has_receipts,
        readers=feeds.readers,
    )
    tcp_delivery = TcpDelivery(
        loop=loop,
        members=lambda room: list(state.rooms[room].members) if has_receipts(room) else [],
        connections=presence.connections,
        written=feeds.written,
        move=lambda user, room, seq: read_marks.move(user, room, delivered=seq),
    )

    async def save_webhook(webhook: int, acked: int, parked: str | None) -> bool:
        return not isinstance(await hub.ask(AdvanceWebhook(webhook, acked, parked)), Refusal)

    webhooks = Webhooks(
        read=log_reader.after,
        save=save_webhook,
        discard=lambda room, webhook: submit(RemoveWebhook(MACHINE, room, webhook), hub),
        room=state.rooms.get,
        is_bot=view.is_bot,
        guard=Guard(config.webhook_allow, own_ports=lambda: hub.ports),
    )
    rate_limit: RateLimit[int] = RateLimit(config.rate_messages, config.rate_burst, loop.time)
    projection = Projection(
        later=loop.call_soon,
        view=view,
        feeds=feeds,
        presence=presence,
        sessions=sessions,
        read_marks=read_marks,
        tcp_delivery=tcp_delivery,
        webhooks=webhooks,
        log_reader=log_reader,
        released=rate_limit.forget,
        changed=GatheredReactions(loop, feeds.signal).add,
    )
    writer = Writer(
        loop,
        store,
        state,
        projection,
        crash=crash,
        policy=view.policy,
        online=presence.online,
        forms=HeldForms(log_reader.messages, spawn, feeds.form),
    )
    hub = Hub(
        loop=loop,
        config=config,
        store=store,
        lanes=lanes,
        spawn=spawn,
        view=view,
        writer=writer,
        feeds=feeds,
        log_reader=log_reader,
        history=HistoryReader(loop, feeds, log_reader, spawn),
        presence=presence,
        sessions=sessions,
        read_marks=read_marks,
        authenticator=authenticator,
        rate_limit=rate_limit,
        webhooks=webhooks,
    )
    return hub


def run(config: Config, ready: Ready = lambda addresses, owner: None) -> None:
    """Run a server until SIGTERM or SIGINT. Called in the main thread, which receives the signals from then on.

    Args:
        config: its configuration.
        ready: called when connections are accepted.

    Raises:
        StartError: an address, the data folder or the certificate can't be used.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        _run_loop(_serve(config, ready, Signals()))
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


async def _serve(config: Config, ready: Ready, signals: Signals) -> None:
    loop = asyncio.get_running_loop()
    folder = Path(config.data) if config.data else default_data_folder()
    with _locked(folder):
        for trouble in troubles(folder):
            log.warning("%s", trouble)
        certificate = tls.configured(config, folder)
        crash = crashpoints.from_environment()
        # The loaded objects stay in memory. While they are being created, the garbage collector would scan them again
        # and again.
        gc.disable()
        store = SqliteStore(folder / FILE_NAME, crash)
        hub, api, http, dispatcher = assemble(loop, store, config, crash, tls_context=certificate or (lambda: None))
        admin = AdminSocket(loop, folder, http.http, config.handshake_timeout)
        listeners = []
        try:
            socks = [sock for address in config.listen for sock in _bind(address)]
            addresses = [join_address(*sock.getsockname()[:2]) for sock in socks]
            proxies.check_exposure(config, addresses)
            hub.view.reach = proxies.reach(config, addresses)
            hub.base_url = hub.view.reach.url
            hub.ports = frozenset(sock.getsockname()[1] for sock in socks)
            stop = signals.open(loop, None if certificate is None else certificate.reload)
            if certificate is not None:
                log.info("the SHA-256 fingerprint of the certificate is %s", certificate.fingerprint)
                certificate.watch()
            hub.open()
            await admin.open()
            owner = await hub.invite_owner()
            listeners = [Listener(loop, sock, dispatcher.admit) for sock in socks]
            for listener in listeners:
                listener.start()
            # All existing objects stay in memory, so the garbage collector need not scan them again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(GC_ALLOCATIONS)
            gc.enable()
            ready(addresses, f"{hub.base_url}/join/{owner}" if owner else None)
            await stop
            log.info("stopping")
        finally:
            gc.enable()
            for listener in listeners:
                listener.close()
            if certificate is not None:
                certificate.close()
            admin.close()
            http.stop()
            await api.close()
            await http.close()
            await hub.close()
            signals.close()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    if os.name == "posix":
        os.umask(0o077)  # new files are readable by their owner only, even in a folder that others can read
    try:
        make_data_folder(folder)
    except OSError as error:
        done = "used" if folder.exists() else "made"
        raise StartError(f"The data folder {folder} can't be {done}: {in_words(error)}") from None
    try:
        for file in folder.glob(f"{FILE_NAME}*"):
            file.chmod(0o600)
    except OSError as error:
        raise StartError(f"{error.filename} can't be made private: {in_words(error)}") from None
    try:
        lock = FolderLock(folder)
    except OSError as error:
        raise StartError(f"The data folder {folder} can't be written: {in_words(error)}") from None
    try:
        yield
    finally:
        lock.release()


def _bind(address: str) -> list[Any]:
    host, port = split_address(address)
    try:
        return bind(host, port)
    except OSError as error:
        advice = f" {_BIND_ADVICE[error.errno]}" if error.errno in _BIND_ADVICE else ""
        raise StartError(f"{address} can't be listened on: {error.strerror or error}.{advice}") from None
