"""The other side of browsers: a server process, a proxy that can cut connections, and programs in the same rooms."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, Self

from playwright.async_api import APIRequestContext, APIResponse, Error
from websockets.asyncio.client import connect

import parley
from tests.server.process import Process
from tests.server.server_fixture import Web

DEADLINE: Final = 20.0
"""A test fails if it waits for anything longer than this many seconds."""


async def fetch(request: APIRequestContext, url: str, method: str = "GET", **options: Any) -> APIResponse:
    """Make a request. On a busy machine it may reach the server so late that the server has sent the prompt of the line
    dialect. In this case the server has not carried it out, and it is repeated, as browsers do.
    """
    for tries_left in (2, 1, 0):
        try:
            return await request.fetch(url, method=method, **options)
        except Error as error:
            if not tries_left or "Parse Error: Expected HTTP/" not in str(error):
                raise
    raise AssertionError


class ServerProcess:
    """`parley serve`, on the same port and with the same data after each restart.

    Attributes:
        folder: the folder of its data.
        port: where it listens.
    """

    def __init__(self, folder: Path, **options: object) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder / "data"
        self.port = 0
        self._config = folder / "parley.toml"
        settings = {"rate_messages": 0.0, **options}
        config = "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
        self._config.write_text(config, encoding="utf-8")
        self._process: Process | None = None
        self.starts()

    @property
    def _running(self) -> Process:
        assert self._process is not None
        return self._process

    async def invitation(self, *, role: str) -> str:
        """Create an invitation with `parley admin`. Return its code."""
        command = ("-m", "parley", "admin", "--data", str(self.folder), "--json", "invite", "create", "--role", role)
        admin = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            env=os.environ | {"PYTHONPATH": str(Path(parley.__file__).parent.parent)},
            stdout=subprocess.PIPE,
        )
        async with asyncio.timeout(DEADLINE):
            output, _ = await admin.communicate()
        assert admin.returncode == 0
        code: str = json.loads(output)["code"]
        return code

    def command(self) -> list[str]:
        """The arguments of Python."""
        return ["-m", "parley"]

    def starts(self) -> None:
        """Start the server on its port."""
        arguments = ("--data", str(self.folder), "--config", str(self._config))
        self._process = Process(*arguments, "--listen", f"127.0.0.1:{self.port}", program=self.command())
        self.port = self._process.port

    def dies(self) -> None:
        """Kill the server with SIGKILL."""
        self._running.signals(signal.SIGKILL)
        self._running.ends()

    def stops(self) -> None:
        self._running.signals(signal.SIGTERM)
        self._running.ends()

    async def close(self) -> None:
        self._running.__exit__(None, None, None)


class Proxy:
    """A proxy between a browser and the server. It passes bytes on until it is cut.

    Attributes:
        port: where it listens.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._cut = False
        self._listener: asyncio.Server | None = None
        self.port = 0

    async def opens(self) -> None:
        self._listener = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    def cuts(self) -> None:
        self._cut = True
        for end in self._ends:
            end.transport.abort()

    def mends(self) -> None:
        self._cut = False

    async def closes(self) -> None:
        assert self._listener is not None
        self._listener.close()
        self.cuts()
        await asyncio.gather(*self._tasks)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        ends = {writer}
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
            ends.add(back)
            if self._cut:
                return
            self._ends |= ends
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        except OSError:
            pass  # the server is not running, or one end has closed
        finally:
            self._ends -= ends
            self._tasks.discard(task)
            for end in ends:
                end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.close()


class Program:
    """A program in a room, over the web protocol.

    Attributes:
        room: the room's id.
    """

    def __init__(self, web: Web, room: int) -> None:
        self.web = web
        self.room = room
        self._keys = 0

    @classmethod
    async def guest(cls, port: int, name: str, room: str) -> Self:
        """Connect a guest of that name, who joins the room."""
        web = await cls._greets(port, name=name)
        await web.sends(t="join", id="in", name=room)
        while (frame := await web.gets_frame())["t"] != "joined":
            pass
        return cls(web, frame["room"]["id"])

    @classmethod
    async def of_token(cls, port: int, token: str) -> Self:
        """Connect the user with that token, in the first of their rooms."""
        web = await cls._greets(port, token=token)
        return cls(web, web.ready["rooms"][0]["id"])

    @classmethod
    async def _greets(cls, port: int, **hello: str) -> Web:
        web = Web(await connect(f"ws://127.0.0.1:{port}/ws", compression=None, max_size=None))
        await web.sends(t="hello", protocol=1, **hello)
        while (frame := await web.gets_frame())["t"] != "ready":
            pass
        web.ready = frame
        return web

    async def says(self, *texts: str) -> int:
        """Send messages as fast as possible. Return the seq of the last one, once all are stored."""
        keys = [f"k{self._keys + each}" for each in range(len(texts))]
        self._keys += len(texts)
        seq = 0
        # A few at a time: the server limits the undecided commands of a connection.
        for begin in range(0, len(texts), 100):
            waiting = set(keys[begin : begin + 100])
            for key, text in zip(keys[begin : begin + 100], texts[begin : begin + 100], strict=True):
                message = {"t": "send", "key": key, "room": self.room, "text": text}
                await self.web.sends_text(json.dumps(message, ensure_ascii=False))
            while waiting:
                frame = await self.web.gets_frame()
                assert frame["t"] != "error", frame
                if frame["t"] == "stored":
                    waiting.discard(frame["key"])
                    seq = max(seq, frame["seq"])
        return seq

    async def closes(self) -> None:
        await self.web.closes()
