"""A server in the test's own event loop, with real sockets, and its clients."""

import asyncio
import gc
import itertools
import json
import logging
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

from blockbuster import BlockBuster
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

from parley.core.commands import Command, MakeInvitation, Register
from parley.core.decision import Decision, Outcome, Repeated
from parley.core.events import MACHINE, Event
from parley.core.ports import Store
from parley.core.refusals import Refusal
from parley.core.tokens import hash_code
from parley.server.api import HubApi
from parley.server.compose import assemble
from parley.server.config import Config
from parley.server.hub import Hub
from parley.server.net.connection import Connection
from parley.server.net.dispatch import Dispatcher
from parley.server.net.http import HttpServer
from parley.server.net.listener import Listener, bind
from parley.storage.sqlite import FILE_NAME, SqliteStore
from tests.salts import without_salts

DEADLINE: Final = 5.0
"""A test fails if it waits for anything longer than this many seconds. No test relies on this limit to pass."""

FENCE: Final = "/fence"
FENCED: Final = f"There is no command {FENCE}. /help lists the commands."

ANY: Any = type("Any", (), {"__eq__": lambda self, other: True, "__repr__": lambda self: "ANY", "__hash__": None})()
"""Equal to everything."""


class Server:
    """A server as `parley serve` composes it, but in this loop and with its log in a list.

    Attributes:
        hub, api, http, dispatcher: its parts.
        store: its store.
        port: the port at which it listens, on 127.0.0.1.
        records: the records of its log.
    """

    def __init__(
        self,
        folder: Path,
        *,
        store: Callable[[Path], Store] = SqliteStore,
        tls: ssl.SSLContext | None = None,
        **options: Any,
    ) -> None:
        self.folder = folder
        self.records: list[logging.LogRecord] = []
        self.port = 0
        self.hub: Hub
        self.api: HubApi
        self.http: HttpServer
        self.dispatcher: Dispatcher
        self.store: Store
        self._make_store = store
        self._tls = tls
        self._config = Config(**options)
        self._listeners: list[Listener] = []
        self._guests: list[Line | Web] = []
        self._handler = _Keep(self.records)
        self._open = False
        self._blockbuster = BlockBuster("parley")

    @property
    def log(self) -> list[str]:
        """The lines of the log."""
        return [record.getMessage() for record in self.records]

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        logger = logging.getLogger()
        logger.addHandler(self._handler)
        logging.getLogger("parley").setLevel(logging.INFO)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store = self._make_store(self.folder / FILE_NAME)
        self.hub, self.api, self.http, self.dispatcher = assemble(
            loop, _OffTheLoop(self.store), self._config, tls_context=lambda: self._tls, new_token=_tokens.__next__
        )
        self.hub.open()
        [sock] = bind("127.0.0.1", self.port)
        self.port = sock.getsockname()[1]
        self._listeners = [Listener(loop, sock, self.dispatcher.admit)]
        self._listeners[0].start()
        await until(lambda: bool(self.hub.view.state.public_rooms()))
        self._blockbuster.activate()
        self._open = True

    async def close(self) -> None:
        """Stop as on SIGTERM."""
        if self._open:
            self._open = False
            await self.stop()
            self._blockbuster.deactivate()
            for guest in self._guests:
                await guest.dispose()
            gc.collect(0)
            logging.getLogger().removeHandler(self._handler)

    async def stop(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._listeners = []
        self.http.stop()
        await self.api.close()
        await self.http.close()
        if not self.hub.stopping:
            self._blockbuster.deactivate()
            await self.hub.close()

    def check_log(self) -> None:
        """Assert that the log contains no traceback and that no callback or task of the loop has failed."""
        for record in self.records:
            assert record.exc_info is None, logging.Formatter().format(record)
            assert record.name != "asyncio" or record.levelno < logging.WARNING, record.getMessage()
            assert "\n" not in record.getMessage(), "more than one line in the log"

    # Commands of the server's owner, without the HTTP API

    async def submits(self, command: Command) -> list[Event] | Refusal:
        """Submit a command. When this returns, its events have been shown to everybody."""
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.hub.writer.submit(command, _Waiting(done))
        outcome = await done
        assert not isinstance(outcome, Repeated)
        return outcome.events if isinstance(outcome, Decision) else outcome

    async def does(self, command: Command) -> list[Event]:
        """Submit a command that is not refused."""
        events = await self.submits(command)
        assert not isinstance(events, Refusal), events
        return events

    async def account(self, name: str, role: Any = "member") -> int:
        """Make an account, whose password is `password_of` the name. Return its id."""
        hashed = await self.hub.authenticator.hash_password(password_of(name))
        assert isinstance(hashed, str)
        await self.does(Register(name, hashed, by=MACHINE, role=role))
        return self.user(name)

    async def invitation(self, **options: Any) -> str:
        """Create an invitation, by default as the machine's owner. Return its code."""
        code = f"code-{next(_codes)}"
        await self.does(MakeInvitation(options.pop("by", MACHINE), hash_code(code), **options))
        return code

    def user(self, name: str) -> int:
        """Return the id of the user of that name."""
        user = self.hub.view.state.user_named(name)
        assert user is not None
        return user.id

    def room(self, name: str, *, private: bool = False) -> int:
        """Return the id of the newest public, or private, room of that name."""
        rooms = self.hub.view.state.rooms.values()
        return max(room.id for room in rooms if room.name == name and room.private == private)

    # Clients

    async def socket(self, *, tls: ssl.SSLContext | None = None) -> "Line":
        """Connect, and send nothing."""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=tls, server_hostname="localhost" if tls else None, limit=2**24
        )
        line = Line(reader, writer)
        self._guests.append(line)
        return line

    async def line(self, name: str, *, tls: ssl.SSLContext | None = None) -> "Line":
        """Enter with netcat as a guest. `entrance` has the lines that are shown on entering."""
        line = await self.socket(tls=tls)
        await line.says(name)
        await line.sees_characters("alias?")
        line.entrance = await line.sees_until("you are now connected!")
        assert f"{name} has connected to the chat room" in line.entrance
        return line

    async def member(self, name: str, password: str | None = None) -> "Line":
        """Sign in to an account with netcat. `entrance` has the lines that are shown on entering."""
        line = await self.socket()
        await line.says(name, password or password_of(name))
        await line.sees_characters("alias?password?")
        line.entrance = await line.sees_until("you are now connected!")
        return line

    async def raw(self, name: str) -> "Line":
        """Enter with the report's own client."""
        line = await self.socket()
        await line.sees_characters("alias?")
        await line.sends(name.encode())
        await line.sees_characters(f"{name} has connected to the chat room\nyou are now connected!")
        return line

    async def browser(self, *, tls: ssl.SSLContext | None = None, **options: Any) -> "Web":
        """Open a WebSocket, and send nothing."""
        for tries_left in (2, 1, 0):
            try:
                connection = await connect(
                    f"{'wss' if tls else 'ws'}://localhost:{self.port}/ws",
                    sock=await _connected(self.port),
                    ssl=tls,
                    compression=None,
                    ping_interval=None,
                    max_size=None,
                    max_queue=None,
                    close_timeout=DEADLINE,
                    **options,
                )
            except InvalidMessage:
                # On a busy machine the request may reach the server so late that the server has sent the prompt of the
                # line dialect. Browsers retry, and so does this.
                if not tries_left:
                    raise
            else:
                break
        web = Web(connection)
        self._guests.append(web)
        return web

    async def web(self, name: str | None = None, *rooms: str, **hello: Any) -> "Web":
        """Send a hello over a WebSocket, and join rooms."""
        web = await self.browser()
        if name is not None:
            hello["name"] = name
        await web.sends(t="hello", protocol=1, **hello)
        web.ready = await web.gets(t="ready", protocol=1, server=ANY, user=ANY, rooms=ANY, limits=ANY, token=ANY)
        web.token = web.ready["token"]
        for room in rooms:
            await web.joins(room)
        return web

    def connections(self, name: str) -> list[Connection]:
        """Return the server's connections of a user."""
        return [
            connection
            for connection in self.hub.connections
            if connection.user and self.hub.view.state.users[connection.user].name == name
        ]

    def stalls(self, name: str, peer: "Line | Web") -> Connection:
        """Let a client stop reading, and make the buffers between it and the server small. Return the server's
        connection.
        """
        [connection] = self.connections(name)
        assert connection._transport
        _narrow(connection._transport)
        _narrow(peer.transport)
        peer.transport.pause_reading()
        return connection

    def members(self, room: str) -> set[str]:
        """Return the names of a room's members."""
        state = self.hub.view.state
        found = state.room_named(room)
        return {state.users[user].name for user in found.members if user in state.users} if found else set()


def password_of(name: str) -> str:
    """Return the password of an account that `Server.account` has made."""
    return f"the secret of {name}"


Serve = Callable[..., Coroutine[Any, Any, Server]]
"""Starts a server with the given options of the configuration."""


class Line:
    """A client of the line dialect on a plain socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.entrance: list[str] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.dispose()

    async def sends(self, data: bytes) -> None:
        self._writer.write(data)
        async with asyncio.timeout(DEADLINE):
            await self._writer.drain()

    async def says(self, *lines: str) -> None:
        await self.sends("".join(f"{line}\n" for line in lines).encode())

    async def sees(self, *lines: str) -> None:
        """Expect exactly these lines next."""
        for line in lines:
            assert await self._line() == line

    async def sees_until(self, last: str) -> list[str]:
        """Return the lines up to and including that one."""
        lines = [await self._line()]
        while lines[-1] != last:
            lines.append(await self._line())
        return lines

    async def sees_characters(self, text: str) -> None:
        """Expect exactly these characters next; more may follow."""
        await self.sees_bytes(text.encode())

    async def sees_bytes(self, expected: bytes) -> None:
        try:
            async with asyncio.timeout(DEADLINE):
                found = await self._reader.readexactly(len(expected))
        except TimeoutError:
            found = bytes(self._reader._buffer)  # type: ignore[attr-defined]
        except asyncio.IncompleteReadError as error:
            found = error.partial
        assert found == expected

    async def sees_nothing_more(self) -> None:
        """Check that no other line has come, by sending a command and expecting its answer next."""
        await self.says(FENCE)
        await self.sees(FENCED)

    async def reads(self) -> bytes:
        """Return everything until the end of the stream."""
        async with asyncio.timeout(DEADLINE):
            try:
                return await self._reader.read(-1)
            except ConnectionResetError:
                return b"<reset>"

    async def is_gone(self) -> None:
        """Expect the end of the connection, and nothing before it."""
        assert await self.reads() == b""

    async def stops_writing(self) -> None:
        """Half-close, as `echo hello | nc` does."""
        self._writer.write_eof()

    async def closes(self) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def aborts(self) -> None:
        """Reset the TCP connection."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
        await asyncio.sleep(0)

    @property
    def transport(self) -> asyncio.Transport:
        return cast("asyncio.Transport", self._writer.transport)

    async def dispose(self) -> None:
        self._writer.transport.abort()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _line(self) -> str:
        try:
            async with asyncio.timeout(DEADLINE):
                line = await self._reader.readuntil(b"\n")
        except TimeoutError:
            raise AssertionError(f"no line came; there is {bytes(self._reader._buffer)!r}") from None  # type: ignore[attr-defined]
        except asyncio.IncompleteReadError as error:
            raise AssertionError(f"the connection ended after {error.partial!r}") from None
        return line.decode().removesuffix("\n")


class Web:
    """A client of the web dialect on a WebSocket."""

    def __init__(self, socket_: ClientConnection) -> None:
        self.socket = socket_
        self.ready: dict[str, Any] = {}
        self.token: str | None = None
        self._fences = 0

    @property
    def transport(self) -> asyncio.Transport:
        return self.socket.transport

    async def sends(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def sends_text(self, text: str | bytes) -> None:
        await self.socket.send(text, text=True)

    async def sends_at_once(self, *frames: dict[str, Any]) -> None:
        """Send several frames in one write, so that they arrive together."""
        masked = b"".join(_masked(json.dumps(frame).encode()) for frame in frames)
        await self.sends_bytes(masked)

    async def sends_bytes(self, data: bytes) -> None:
        """Send raw bytes, which need not be a valid WebSocket frame."""
        self.socket.transport.write(data)

    async def gets(self, **frame: Any) -> dict[str, Any]:
        """Expect exactly this frame next, and return it."""
        found = await self.gets_frame()
        assert found == {key: value for key, value in frame.items() if value is not ANY or key in found}, found
        return found

    async def gets_frame(self) -> dict[str, Any]:
        async with asyncio.timeout(DEADLINE):
            found = without_salts(json.loads(await self.socket.recv()))
        assert isinstance(found, dict)
        return found

    async def gets_answer(self) -> dict[str, Any]:
        """Return the next frame that is an answer; events and signals are skipped."""
        while (found := await self.gets_frame())["t"] in ("events", "signal"):
            pass
        return found

    async def gets_events(self, room: int, upto: int) -> list[dict[str, Any]]:
        """Return the events of a room up to a seq, from however many frames."""
        events: list[dict[str, Any]] = []
        while not events or events[-1]["seq"] < upto:
            frame = await self.gets_frame()
            if frame["t"] == "events" and frame["room"] == room:
                events += frame["events"]
            else:
                assert frame["t"] in ("signal", "stored"), frame
        return events

    async def gets_kinds(self, room: int, upto: int) -> list[str]:
        """Return the kinds of the events of a room up to a seq."""
        return [event.get("kind", "message") for event in await self.gets_events(room, upto)]

    async def gets_error(self, code: str, **fields: Any) -> dict[str, Any]:
        return await self.gets(t="error", code=code, message=ANY, **fields)

    async def gets_nothing_more(self) -> None:
        """Check that no other frame has come, except for signals."""
        self._fences += 1
        mark = f"fence-{self._fences}"
        await self.sends(t="unwatch", id=mark, room=0)
        while (found := await self.gets_frame())["t"] == "signal":
            pass
        assert found.get("id") == mark, found

    async def joins(self, name: str) -> int:
        """Join a room, and return its id. The user's own `joined` is read."""
        await self.sends(t="join", id="join", name=name)
        while (found := await self.gets_frame())["t"] != "joined":
            assert found["t"] in ("signal", "events"), found
        room = found["room"]
        await self.gets_events(room["id"], room["tip"])
        return int(room["id"])

    async def says(self, room: int, text: str, key: str) -> int:
        """Send a message and wait until it is stored; other frames are skipped. Return its seq."""
        await self.sends(t="send", key=key, room=room, text=text)
        while (found := await self.gets_frame())["t"] != "stored":
            assert found["t"] in ("signal", "events", "marks", "unread"), found
        return int(found["seq"])

    async def is_closed(self) -> int | None:
        """Expect the end of the connection, skipping all frames before it; return its close code."""
        with suppress(ConnectionClosed):
            while True:
                assert (await self.gets_frame())["t"] in ("events", "signal")
        return self.socket.close_code

    async def closes(self) -> None:
        await self.socket.close()

    async def aborts(self) -> None:
        self.socket.transport.abort()
        await self.socket.wait_closed()

    async def dispose(self) -> None:
        self.socket.transport.abort()
        await self.socket.wait_closed()


async def until(condition: Callable[[], bool]) -> None:
    """Run the event loop until a condition holds; the test fails after the deadline."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


def _narrow(transport: asyncio.BaseTransport) -> None:
    """Make the kernel's buffers small. They must have space for two TCP segments: with less, TCP would wait for
    timers.
    """
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)


async def _connected(port: int) -> socket.socket:
    sock = socket.socket()
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    return sock


def _masked(payload: bytes, opcode: int = 0x81, mask: bytes = b"\x01\x02\x03\x04") -> bytes:
    """Return a masked frame of a client; a text frame by default."""
    size = len(payload)
    head = bytes([opcode, 0x80 | size]) if size < 126 else bytes([opcode, 0xFE]) + size.to_bytes(2)
    assert size < 65_536
    return head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


masked = _masked


_tokens = (f"token-{number}" for number in itertools.count())
_codes = itertools.count()


class _Waiting:
    def __init__(self, done: asyncio.Future[Outcome]) -> None:
        self._done = done

    def decided(self, tag: object, outcome: Outcome) -> None:
        # The answer comes before the events are shown, in the same turn of the loop. So set the result in the next
        # turn.
        asyncio.get_running_loop().call_soon(self._done.set_result, outcome)


class _Keep(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.INFO)
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)


class _OffTheLoop:
    """A store that fails if the event loop uses it while the server runs; only `close` is allowed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop = threading.get_ident()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in ("append", "after", "before", "who", "password", "sessions", "audit", "said_by"):
            return method

        def checked(*arguments: Any, **options: Any) -> Any:
            assert threading.get_ident() != self._loop, f"{name} blocks the event loop"
            return method(*arguments, **options)

        return checked


__all__ = ["ANY", "DEADLINE", "Line", "Server", "Web", "masked", "password_of", "until"]
