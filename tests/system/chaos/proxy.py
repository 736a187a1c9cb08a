"""The fault proxy between clients and server."""

import asyncio
import fcntl
import random
import socket
import struct
import termios
from array import array
from collections import Counter
from collections.abc import Coroutine
from typing import Any, Final, Literal

Fault = Literal["cut", "half-close", "stall", "delay", "glue", "split"]
Side = Literal["up", "down"]
"""Up is towards the server."""

FAULTS: Final[tuple[Fault, ...]] = ("cut", "half-close", "stall", "delay", "glue", "split")
DECK: Final[tuple[Fault, ...]] = (*FAULTS, "stall", "stall", "delay", "delay", "glue", "split")
RAW_DECK: Final[tuple[Fault, ...]] = tuple(fault for fault in DECK if fault != "stall")
"""The faults for the report's client. There is no stall among them: this client marks the end of a message by a pause,
so a stall would change its messages.
"""

BUFFER_BYTES: Final = 16 * 1024
SEGMENT_BYTES: Final = 1_400
CHUNK_BYTES: Final = 64 * 1024
SPLIT_BYTES: Final = 600
_RESET: Final = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on a separate port and forwards connections to the server, with faults.

    Args:
        name: seeds the proxy's random numbers, together with the run's seed.
        target: the server's port.
        fired: counts the faults that took effect.
        mean: seconds between two faults of one connection, on average.
        deck: the kinds of faults; each is drawn once before any is drawn again.
    """

    def __init__(
        self,
        name: str,
        target: int,
        seed: int,
        fired: Counter[str],
        mean: float = 0.6,
        deck: tuple[Fault, ...] = DECK,
    ) -> None:
        self.port = 0
        self.calm = False
        self.links = 0
        self.target: Final = target
        self.fired: Final = fired
        self.mean: Final = mean
        self._seed = f"{seed} {name}"
        self._chance = random.Random(self._seed)
        self._kinds: Final = deck
        self._deck: list[Fault] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: socket.socket | None = None

    async def open(self) -> None:
        sock = self._listener = socket.socket()
        sock.bind(("127.0.0.1", 0))
        sock.listen(128)
        sock.setblocking(False)
        self.port = sock.getsockname()[1]
        self._spawn(self._accept(sock))

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._listener is not None:
            self._listener.close()

    def draw(self) -> Fault:
        """Return the next kind of fault."""
        if not self._deck:
            self._deck = list(self._kinds)
            self._chance.shuffle(self._deck)
        return self._deck.pop()

    def chance(self) -> random.Random:
        """Return the random generator for a new connection."""
        self.links += 1
        return random.Random(f"{self._seed} {self.links}")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            client, _ = await loop.sock_accept(sock)
            self._spawn(_Link(self, client).run())


def _waiting(sock: socket.socket) -> int:
    """Return how many bytes can be read without waiting."""
    count = array("i", [0])
    fcntl.ioctl(sock, termios.FIONREAD, count)
    return count[0]


class _Link:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket) -> None:
        self._proxy = proxy
        self._chance = proxy.chance()
        self._client = client
        self._server = socket.socket()
        # Small buffers, so that the server soon notices a client that does not read. Small segments, because with those
        # of the loopback interface the kernel would buffer megabytes for each connection.
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        if hasattr(socket, "TCP_MAXSEG"):
            self._server.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
        self._next: dict[Side, Fault | None] = {"up": None, "down": None}
        for sock in (self._client, self._server):
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        tasks: list[asyncio.Task[None]] = []
        reset = False
        try:
            await loop.sock_connect(self._server, ("127.0.0.1", self._proxy.target))
            up = loop.create_task(self._pump("up", self._client, self._server))
            down = loop.create_task(self._pump("down", self._server, self._client))
            faults = loop.create_task(self._fault())
            tasks = [up, down, faults]
            # A client that has half-closed may still read, so its end is not waited for. A server that has closed has
            # sent everything.
            await asyncio.wait((down, faults), return_when=asyncio.FIRST_COMPLETED)
            reset = faults.done()
        except OSError:
            reset = True
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for sock in (self._client, self._server):
                if reset:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                sock.close()

    async def _fault(self) -> None:
        """Inject faults. Return when the connection is to be cut."""
        proxy, chance = self._proxy, self._chance
        while True:
            await asyncio.sleep(0.05 + chance.expovariate(1 / proxy.mean))
            if proxy.calm:
                continue
            fault = proxy.draw()
            if fault == "cut":
                proxy.fired[fault] += 1
                return
            if fault == "half-close":
                self._half_close()
            else:
                self._next["down" if fault == "stall" else chance.choice(("up", "down"))] = fault

    def _half_close(self) -> None:
        try:
            self._server.shutdown(socket.SHUT_WR)
            self._proxy.fired["half-close"] += 1
        except OSError:
            pass

    async def _pump(self, side: Side, source: socket.socket, sink: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            while data := await loop.sock_recv(source, CHUNK_BYTES):
                fault, self._next[side] = self._next[side], None
                if fault is not None:
                    data = await self._suffer(fault, data, source, sink)
                await loop.sock_sendall(sink, data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            # Do nothing here: the other direction, or the end of the link, closes the connection.
            if side == "up":
                await asyncio.Event().wait()

    async def _suffer(self, fault: Fault, data: bytes, source: socket.socket, sink: socket.socket) -> bytes:
        """Apply a fault to these bytes. Return those that are still to be sent."""
        chance = self._chance
        loop = asyncio.get_running_loop()
        fired = self._proxy.fired
        if fault == "stall":
            await asyncio.sleep(chance.uniform(0.3, 2.5))
            fired["stall"] += 1
            fired["window full"] += _waiting(source) >= BUFFER_BYTES // 4
        elif fault == "delay":
            await asyncio.sleep(chance.uniform(0.01, 0.2))
            fired["delay"] += 1
        elif fault == "glue":
            await asyncio.sleep(chance.uniform(0.02, 0.15))
            try:
                more = source.recv(CHUNK_BYTES)
            except OSError:
                more = b""
            fired["glue"] += bool(more)
            data += more
        elif fault == "split" and len(data) > 1:
            sent = 0
            while sent < min(len(data), SPLIT_BYTES):
                size = chance.randint(1, 3)
                await loop.sock_sendall(sink, data[sent : sent + size])
                await asyncio.sleep(0)
                sent += size
            fired["split"] += 1
            data = data[sent:]
        return data
