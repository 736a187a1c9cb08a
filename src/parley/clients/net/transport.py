"""Runs a session over a WebSocket: connects, sends, receives, waits. The session makes all decisions."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import sys
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Final, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus

from parley.clients.keep.pins import PinError, Pins
from parley.clients.protocol.connection_state import Phase
from parley.clients.protocol.effects import Effect, Hangup, Transmit
from parley.clients.protocol.session import ClientSession

from .address import Address
from .pinned_tls import UNKNOWN_ISSUER, CertificateChanged, FirstContact, pin_notice, pinned

OPEN_SECONDS: Final = 10.0
PING_SECONDS: Final = 20.0
"""The time between two pings; a connection is closed if a ping has no answer for this time."""


class Recorder(Protocol):
    """Takes the effects for the outbox; see `parley.clients.keep.outbox.Outbox.perform`."""

    def __call__(self, effects: Iterable[Effect], /) -> None: ...


class ClientTransport:
    """Runs a session until it is over.

    Args:
        session: the session.
        address: where the server is.
        show: takes each effect that is not for the connection.
        record: takes all effects since the last call at once. When it returns, the effects for the outbox are on disk.
            Only then other effects are performed.
        ca: a file with the certificates to trust instead of the system's; nothing else is trusted then.
        pins: the fingerprints of certificates that no authority has signed.
        notice: takes a sentence for the user when a fingerprint is stored.

    Raises:
        OSError: `ca` can't be read.
        ssl.SSLError: `ca` holds no certificates.
    """

    def __init__(
        self,
        session: ClientSession,
        address: Address,
        show: Callable[[Effect], None],
        record: Recorder = lambda effects, /: None,
        ca: Path | None = None,
        pins: Pins | None = None,
        notice: Callable[[str], None] | None = None,
    ) -> None:
        self._session = session
        self._address = address
        self._show = show
        self._record = record
        self._context = ssl.create_default_context(cafile=ca) if address.secure else None
        self._pins = (pins or Pins()) if ca is None else None
        self._notice = notice or _say
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._hung_up = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._trouble: Exception | None = None

    @property
    def now(self) -> float:
        """The session's clock, in seconds."""
        return asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Connect, exchange frames, and connect again after a loss. Return when the session is over.

        Raises:
            CertificateChanged: the server shows another certificate than the stored one.
            PinError: the fingerprints can't be read or stored.
        """
        try:
            self.perform()
            while self._session.phase is not Phase.OVER:
                if self._trouble is None and not await self._wait_for_attempt():
                    continue
                why = await self._attempt()
                if self._trouble is not None:
                    raise self._trouble
                self._session.lost(self.now, why)
                self.perform()
        finally:
            if self._timer is not None:
                self._timer.cancel()

    def perform(self) -> None:
        """Perform the effects of the session; to be called after every command given to it."""
        while effects := self._session.effects():
            self._record(effects)
            for effect in effects:
                if isinstance(effect, Transmit):
                    self._outgoing.put_nowait(effect.frame)
                elif isinstance(effect, Hangup):
                    self._hung_up.set()
                else:
                    self._show(effect)
        if self._session.phase is Phase.OVER:
            self._hung_up.set()
        self._changed.set()
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._session.deadline is not None:
            self._timer = asyncio.get_running_loop().call_at(self._session.deadline, self._tick)

    def _tick(self) -> None:
        try:
            self._session.tick(self.now)
            self.perform()
        except Exception as error:
            self._trouble = error
            self._hung_up.set()
            self._changed.set()

    async def _wait_for_attempt(self) -> bool:
        """Wait until it is time to connect. Return False if the session has changed meanwhile, so that the time has to
        be looked up again.
        """
        self._changed.clear()
        at = self._session.connect_at
        if at is not None and at <= self.now:
            return True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(at):
                await self._changed.wait()
        return False

    async def _attempt(self) -> str:
        """Connect and exchange frames. Return why the connection ended or was not made, in words."""
        self._hung_up.clear()
        connecting = asyncio.create_task(self._connect())
        hung_up = asyncio.create_task(self._hung_up.wait())  # the user may end the session meanwhile
        try:
            await asyncio.wait((connecting, hung_up), return_when=asyncio.FIRST_COMPLETED)
            if not connecting.done():
                return ""
            connection = connecting.result()
        except (OSError, InvalidHandshake, InvalidMessage, TimeoutError) as error:
            if isinstance(error, CertificateChanged | PinError):
                raise
            return explain(error)
        finally:
            connecting.cancel()
            hung_up.cancel()
            await asyncio.gather(connecting, hung_up, return_exceptions=True)
        try:
            self._outgoing = asyncio.Queue()
            self._session.connected(self.now)
            self.perform()
            return await self._talk(connection)
        finally:
            await connection.close()

    async def _connect(self) -> ClientConnection:
        """Connect, if the certificate is signed by an authority or has the stored fingerprint."""
        if self._context is None or self._pins is None:
            return await self._open(self._context)
        known = self._pins.find(self._address.place)
        if known is not None:
            try:
                return await self._open(pinned(self._address.place, known))
            except CertificateChanged as changed:
                try:
                    return await self._open(self._context)
                except ssl.SSLCertVerificationError:
                    raise changed from None
        try:
            return await self._open(self._context)
        except ssl.SSLCertVerificationError as error:
            if error.verify_code not in UNKNOWN_ISSUER:
                raise
        first = FirstContact(self._address.place)
        connection = await self._open(first.context)
        assert first.shown is not None
        self._pins.add(self._address.place, first.shown)
        self._notice(pin_notice(self._address.place, first.shown))
        return connection

    async def _open(self, context: ssl.SSLContext | None) -> ClientConnection:
        # Use no proxy, because most servers are on the user's own network. Do not limit the size of frames, because the
        # server is trusted.
        return await connect(
            self._address.url,
            ssl=context,
            proxy=None,
            max_size=None,
            open_timeout=OPEN_SECONDS,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            close_timeout=2,
        )

    async def _talk(self, connection: ClientConnection) -> str:
        tasks = [
            asyncio.create_task(self._read(connection)),
            asyncio.create_task(self._write(connection)),
            asyncio.create_task(self._wait_for_hangup()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        except ConnectionClosed as closed:
            return _explain_close(closed)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, connection: ClientConnection) -> str:
        while True:
            frame = await connection.recv()
            self._session.receive(frame, self.now)
            self.perform()

    async def _write(self, connection: ClientConnection) -> str:
        while True:
            await connection.send(await self._outgoing.get(), text=True)

    async def _wait_for_hangup(self) -> str:
        await self._hung_up.wait()
        return ""


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def explain(error: BaseException) -> str:
    """Return the reason why there is no connection, in words."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"the server's certificate is not trusted ({error.verify_message})"
        case ssl.SSLError():
            return "the server does not speak TLS as it should"
        case InvalidStatus() if error.response.status_code == HTTPStatus.UPGRADE_REQUIRED:
            return "the server takes no plain text from other machines: put https:// before its address"
        case InvalidStatus():
            return f"there is something else than a Parley server (HTTP status {error.response.status_code})"
        case InvalidHandshake() | InvalidMessage():
            return "there is something else than a Parley server"
        case TimeoutError():
            return "no answer"
        case ConnectionRefusedError():
            return "nothing listens there (connection refused)"
        case OSError():
            # asyncio joins the errors of several addresses; the first says enough.
            return (error.strerror or str(error)).split(",")[0]
    return str(error)


def _explain_close(closed: ConnectionClosed) -> str:
    reason = closed.rcvd.reason if closed.rcvd is not None else ""
    return reason or "the connection broke"
