"""A bare broadcaster on uvloop, without names, rooms and storage: an upper bound for what a Python server can do.

Run as a program: `python bare.py PORT`. The lines that are received in one iteration of the event loop are sent to each
receiver with one write.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop


class Broadcast:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.transports: dict[int, asyncio.WriteTransport] = {}
        self.pending: list[bytes] = []

    def add(self, lines: bytes) -> None:
        if not self.pending:
            self.loop.call_soon(self.flush)
        self.pending.append(lines)

    def flush(self) -> None:
        data = b"".join(self.pending)
        self.pending.clear()
        for transport in self.transports.values():
            transport.write(data)


class Connection(asyncio.Protocol):
    def __init__(self, room: Broadcast) -> None:
        self.room = room
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        writable = cast(asyncio.WriteTransport, transport)
        writable.write(b"hello\n")
        self.room.transports[id(self)] = writable

    def data_received(self, data: bytes) -> None:
        if self.rest:
            data = self.rest + data
        whole = data.rfind(b"\n") + 1
        self.rest = data[whole:]
        if whole:
            self.room.add(data[:whole])

    def connection_lost(self, exc: Exception | None) -> None:
        self.room.transports.pop(id(self), None)


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    room = Broadcast(loop)
    server = await loop.create_server(lambda: Connection(room), "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
