"""An endpoint on loopback whose answers the test chooses, and a store of events and webhooks on disk, the ledger."""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

import apsw

from parley.core.events import Event
from parley.core.kinds import Kind
from parley.core.records import Webhook
from parley.core.state import Room
from parley.server.webhooks import Guard, Timing, Webhooks

OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
CUT: Final = b""
"""The endpoint closes the connection instead of answering."""

SECRET: Final = "well-kept"
EPOCH: Final = "9f2c61d0"
LOBBY: Final = 1


def status(code: int, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {code} Whatever", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Request:
    """A request that the endpoint got.

    Attributes:
        connection: 1 for the first connection to the endpoint, 2 for the next, ...
    """

    def __init__(self, connection: int, head: bytes, body: bytes) -> None:
        self.connection = connection
        first, *lines = head.decode("ascii").split("\r\n")
        self.method, self.path, self.version = first.split(" ")
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def seq(self) -> int:
        seq: int = self.json["event"]["seq"]
        return seq


class Endpoint:
    """A small HTTP server.

    Attributes:
        answers: the next answers, as bytes or futures of bytes; when none is left, `answer` is used.
        requests: the requests it got.
        open: the number of open connections.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: deque[bytes | asyncio.Future[bytes]] = deque()
        self.answer: bytes = OK
        self.requests: list[Request] = []
        self.connections = 0
        self.open = 0
        self.port = 0
        self._tls = tls
        self._changed = asyncio.Condition()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def seqs(self) -> list[int]:
        return [request.seq for request in self.requests]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/hidden?a=b"

    def hold(self) -> asyncio.Future[bytes]:
        """Let the next request wait for its answer, the result of the returned future."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.answers.append(answer)
        return answer

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until a condition holds. It must depend only on requests and connections."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(true)

    async def got(self, count: int) -> list[int]:
        """Wait until there were `count` requests in all, and return the seqs of their events."""
        await self.until(lambda: len(self.requests) >= count)
        return self.seqs

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        await self._count(+1)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._converse(self.connections, reader, writer)
        writer.transport.abort()
        self._writers.discard(writer)
        self._tasks.discard(task)
        await self._count(-1)

    async def _converse(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n"))[:-4]
            request = Request(number, head, b"")
            request.body = await reader.readexactly(int(request.headers["content-length"]))
            answer = self.answers.popleft() if self.answers else self.answer
            async with self._changed:
                self.requests.append(request)
                self._changed.notify_all()
            if not isinstance(answer, bytes):
                gone = asyncio.ensure_future(reader.read(1))
                await asyncio.wait({gone, answer}, return_when=asyncio.FIRST_COMPLETED)
                gone.cancel()
                await asyncio.wait({gone})
                if not answer.done():
                    return
                answer = answer.result()
            if answer == CUT:
                return
            writer.write(answer)
            await writer.drain()

    async def _count(self, change: int) -> None:
        async with self._changed:
            self.open += change
            self._changed.notify_all()


class Ledger:
    """The logs and the webhooks of a server, in an SQLite file of their own.

    Attributes:
        unreadable: how many of the next reads fail.
        unwritable: how many of the next saves fail.
        saves: the stored values, in order.
    """

    def __init__(self, path: Path) -> None:
        self._db = apsw.Connection(str(path))
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS events (room, seq, kind, text, PRIMARY KEY (room, seq));"
            "CREATE TABLE IF NOT EXISTS hooks (id INTEGER PRIMARY KEY, acked, parked)"
        )
        self.unreadable = 0
        self.unwritable = 0
        self.saves: list[tuple[int, int, str | None]] = []
        self._saved = asyncio.Condition()

    def write(self, *texts: str, room: int = LOBBY, kind: Kind = "message") -> None:
        """Append events."""
        for text in texts:
            self._db.execute(
                "INSERT INTO events SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3 FROM events WHERE room = ?1",
                (room, kind, text),
            )

    def erase(self, seq: int, room: int = LOBBY) -> None:
        """Erase the text of an event."""
        self._db.execute("UPDATE events SET text = '' WHERE room = ? AND seq = ?", (room, seq))

    def acked(self, hook: int) -> tuple[int, str | None]:
        """Return the stored seq and reason for parking, as a server that starts now would read them."""
        for row in self._db.execute("SELECT acked, parked FROM hooks WHERE id = ?", (hook,)):
            return row[0], row[1]
        return 0, None

    async def read(self, room: int, after: int, limit: int) -> list[Event] | None:
        await asyncio.sleep(0)
        if self.unreadable:
            self.unreadable -= 1
            return None
        rows = self._db.execute(
            "SELECT seq, kind, text FROM events WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?", (room, after, limit)
        )
        return [Event(room, seq, 1_790_000_000_000 + seq, 7, "bob", kind, text, "key") for seq, kind, text in rows]

    async def save(self, hook: int, acked: int, parked: str | None) -> bool:
        await asyncio.sleep(0)
        if self.unwritable:
            self.unwritable -= 1
            return False
        self._db.execute("INSERT OR REPLACE INTO hooks VALUES (?, ?, ?)", (hook, acked, parked))
        async with self._saved:
            self.saves.append((hook, acked, parked))
            self._saved.notify_all()
        return True

    async def stored(self, hook: int, acked: int, parked: bool = False) -> None:
        """Wait until these values are on disk."""

        def so() -> bool:
            place, why = self.acked(hook)
            return place >= acked and bool(why) == parked

        async with asyncio.timeout(5), self._saved:
            await self._saved.wait_for(so)

    def close(self) -> None:
        self._db.close()


class Stand:
    """Webhooks with a ledger, and with a clock of their own: a pause takes no time, but moves this clock forward.

    Attributes:
        pauses: the pauses of the webhooks, in seconds.
        patient: whether pauses take until `hurry` is set.
        read, save: the functions that the webhooks use; a test may replace them.
    """

    def __init__(self, ledger: Ledger, guard: Guard | None = None, **options: Any) -> None:
        self.ledger = ledger
        self.pauses: list[float] = []
        self.patient = False
        self.paused = asyncio.Event()
        self.hurry = asyncio.Event()
        self.time = 1_000.0
        self.read: Any = ledger.read
        self.save: Any = ledger.save
        self.webhooks = Webhooks(
            **{
                "read": self._read,
                "save": self._save,
                "room": lambda id_: Room(id_, {1: "lobby", 2: "tea"}[id_], EPOCH),
                "guard": guard or Guard(["127.0.0.1/32"]),
                "timing": Timing(),
                "pause": self._pause,
                "clock": lambda: self.time,
                "now": lambda: 1_790_000_000.5,
                "chance": lambda: 0.0,
                **options,
            }
        )

    async def _read(self, *arguments: int) -> Any:
        return await self.read(*arguments)

    async def _save(self, *arguments: Any) -> Any:
        return await self.save(*arguments)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds
        if self.patient:
            self.paused.set()
            await self.hurry.wait()
        else:
            await asyncio.sleep(0)

    def hook(self, url: str, *, id: int = 1, room: int = LOBBY, kinds: Iterable[str] = (), by: int = 1) -> Webhook:
        """Add a webhook, with the seq and status that the ledger has stored."""
        acked, parked = self.ledger.acked(id)
        hook = Webhook(id, room, "", url, SECRET, tuple(kinds), acked, parked, by, 0)
        self.webhooks.put(hook)
        return hook

    def say(self, *texts: str, room: int = LOBBY, kind: Kind = "message") -> None:
        """Store events, and wake the webhooks."""
        self.ledger.write(*texts, room=room, kind=kind)
        self.webhooks.wake(room)
