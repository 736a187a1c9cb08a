"""A minimal client of HTTP/1.1 (RFC 9112) and of event streams (HTML, section 9.2)."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final, NamedTuple

from .record import Ear
from .scene import Scene

ANSWER_SECONDS: Final = 6.0
SILENCE_SECONDS: Final = 20.0
"""A client ends a stream that sends nothing for this time. The server sends something at least every 15 seconds."""


class Cut(Exception):
    """The connection ended before the response was complete: the result of the request is unknown."""


class Answer(NamedTuple):
    """A response. `value` is its JSON; None if it has none."""

    status: int
    value: Any

    @property
    def code(self) -> str:
        """The code of the refusal; empty if the response is not a refusal."""
        return str(self.value["code"]) if self.status >= 400 and self.value else ""

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait before a retry; None if a retry is useless."""
        milliseconds = self.value.get("retry_after") if self.status >= 400 and self.value else None
        return None if milliseconds is None else milliseconds / 1000


class Told(NamedTuple):
    """One event of an event stream."""

    event: str
    id: str
    data: Any


class Link:
    """A persistent connection to the server. It reconnects when needed.

    Args:
        scene: has the server's port.
        ear: an `Ear` that gets all received bytes.
    """

    def __init__(self, scene: Scene, ear: Ear) -> None:
        self._scene = scene
        self._ear = ear
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._buffer = b""

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> Answer:
        """Make a request.

        Raises:
            Cut: the result of the request is unknown.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._send(method, path, body, token, headers)
                status, fields = await self._head()
                data = b""
                if fields.get("transfer-encoding") == "chunked":
                    while chunk := await self._chunk():
                        data += chunk
                elif status not in (204, 304):
                    data = await self._bytes(int(fields["content-length"]))
        except (OSError, TimeoutError, EOFError) as error:
            self.close()
            raise Cut(repr(error)) from None
        if fields.get("connection") == "close":
            self.close()
        return Answer(status, json.loads(data) if "json" in fields.get("content-type", "") else None)

    async def follow(
        self, path: str, *, token: str | None = None, **headers: str
    ) -> AsyncGenerator[Told, None] | Answer:
        """Request an event stream. Return the response if it is something else.

        Raises:
            Cut: the connection ended, before the response or during the stream.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._send("GET", path, None, token, headers)
                status, fields = await self._head()
                if status != 200:
                    return Answer(
                        status, json.loads(await self._bytes(int(fields.get("content-length", 0))) or b"null")
                    )
        except (OSError, TimeoutError, EOFError) as error:
            self.close()
            raise Cut(repr(error)) from None
        return self._told()

    def close(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None
        self._buffer = b""

    async def _told(self) -> AsyncGenerator[Told, None]:
        text = b""
        try:
            while True:
                async with asyncio.timeout(SILENCE_SECONDS):
                    chunk = await self._chunk()
                if not chunk:
                    return
                text += chunk
                # An event is complete only with the blank line after it.
                *blocks, text = text.split(b"\n\n")
                for block in blocks:
                    if told := _read_block(block.decode()):
                        yield told
        except (OSError, TimeoutError, EOFError) as error:
            raise Cut(repr(error)) from None
        finally:
            self.close()

    async def _send(self, method: str, path: str, body: Any, token: str | None, headers: Mapping[str, str]) -> None:
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        lines = {"Host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if data:
            lines |= {"Content-Type": "application/json", "Content-Length": str(len(data))}
        if token is not None:
            lines["Authorization"] = f"Bearer {token}"
        if self._writer is None or self._writer.is_closing() or (self._reader and self._reader.at_eof()):
            self.close()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._scene.web_port)
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + data)

    async def _head(self) -> tuple[int, dict[str, str]]:
        head = (await self._until(b"\r\n\r\n")).decode("latin-1")
        status, *lines = head.strip().split("\r\n")
        fields = (line.partition(": ") for line in lines)
        return int(status.split()[1]), {name.lower(): value for name, _, value in fields}

    async def _chunk(self) -> bytes:
        size = int(await self._until(b"\r\n"), 16)
        return (await self._bytes(size + 2))[:-2]

    async def _until(self, end: bytes) -> bytes:
        while end not in self._buffer:
            await self._more()
        found, _, self._buffer = self._buffer.partition(end)
        return found

    async def _bytes(self, size: int) -> bytes:
        while len(self._buffer) < size:
            await self._more()
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    async def _more(self) -> None:
        assert self._reader is not None
        data = await self._reader.read(64 * 1024)
        if not data:
            raise EOFError
        self._ear.hear(data)
        self._buffer += data


def _read_block(block: str) -> Told | None:
    fields: dict[str, str] = {}
    for line in block.split("\n"):
        name, _, value = line.partition(":")
        fields[name] = value.removeprefix(" ")
    if "data" not in fields:
        return None
    return Told(fields.get("event", "message"), fields.get("id", ""), json.loads(fields["data"]))
