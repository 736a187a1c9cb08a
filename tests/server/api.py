"""Clients of the HTTP API: requests on a persistent connection, and event streams."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final, cast

from parley.core.commands import Command, MakeInvitation
from parley.core.decision import Outcome
from parley.core.events import MACHINE
from parley.core.refusals import Refusal
from parley.core.tokens import hash_code
from parley.server.hub import Hub
from tests.salts import without_salts
from tests.server.server_fixture import DEADLINE, Server

HOST: Final = "chat.example"
PASSWORD: Final = "correct horse battery"


class Answer:
    """A response.

    Attributes:
        headers: by name, in lower case.
    """

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        return without_salts(json.loads(self.body))

    @property
    def code(self) -> str:
        """The code of a problem."""
        assert self.headers["content-type"] == "application/problem+json", self
        found = self.json
        assert found["status"] == self.status
        return str(found["code"])

    def __repr__(self) -> str:
        return f"{self.status} {dict(self.headers)} {self.body[:500]!r}"


class Http:
    """A client with one persistent connection, and a token if one is given."""

    def __init__(self, server: Server, token: str | None = None) -> None:
        self.token = token
        self.cookie: str | None = None
        self.id = 0
        self._server = server
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        server._guests.append(self)  # type: ignore[arg-type]

    async def asks(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, *, raw: bytes = b""
    ) -> Answer:
        """Make a request; `body` is sent as JSON, `raw` as it is."""
        await self.sends(method, path, body, headers, raw=raw)
        return await self.gets(head=method == "HEAD")

    async def sends(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, *, raw: bytes = b""
    ) -> None:
        if self._writer is None or self._writer.is_closing() or (self._reader and self._reader.at_eof()):
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._server.port, limit=2**24)
        data = json.dumps(body).encode() if body is not None else raw
        lines = {"Host": HOST}
        if data:
            lines |= {"Content-Type": "application/json", "Content-Length": str(len(data))}
        if self.token is not None:
            lines["Authorization"] = f"Bearer {self.token}"
        if self.cookie is not None:
            lines["Cookie"] = f"theme=dark; parley_session={self.cookie}"
        lines |= headers or {}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + data)

    async def gets(self, *, head: bool = False) -> Answer:
        assert self._reader is not None
        async with asyncio.timeout(DEADLINE):
            status, headers = await self._head()
            if head or status in (204, 304):
                body = b""
            elif "content-length" in headers:
                body = await self._reader.readexactly(int(headers["content-length"]))
            else:
                body = b""
                while chunk := await self._chunk():
                    body += chunk
        if headers.get("connection") == "close":
            assert self._writer is not None
            self._writer.close()
        return Answer(status, headers, body)

    async def follows(self, path: str, headers: Mapping[str, str] | None = None) -> "Stream":
        """Open the event stream of a room. The stream occupies this connection until it ends."""
        await self.sends("GET", path, headers=headers)
        async with asyncio.timeout(DEADLINE):
            status, fields = await self._head()
        assert status == 200, (status, await self._chunk() if "transfer-encoding" in fields else fields)
        assert fields["content-type"] == "text/event-stream"
        return Stream(self)

    async def _head(self) -> tuple[int, dict[str, str]]:
        assert self._reader is not None
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *lines = head.strip().split("\r\n")
        return int(status.split()[1]), {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }

    async def _chunk(self) -> bytes:
        assert self._reader is not None
        size = int(await self._reader.readuntil(b"\r\n"), 16)
        return (await self._reader.readexactly(size + 2))[:-2]

    async def dispose(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()

    # Common requests

    async def room(self, name: str, *, private: bool = False) -> int:
        """Make a room, and return its id."""
        made = await self.asks("POST", "/api/rooms", {"name": name, "private": private})
        assert made.status == 201, made
        return int(made.json["id"])

    async def joins(self, room: int | str) -> int:
        joined = await self.asks("PUT", f"/api/rooms/{room}/members/me")
        assert joined.status == 200, joined
        return int(joined.json["id"])

    async def says(self, room: int | str, text: str, key: str | None = None) -> int:
        """Send a message; return its seq."""
        headers = {} if key is None else {"Idempotency-Key": key}
        stored = await self.asks("POST", f"/api/rooms/{room}/messages", {"text": text}, headers)
        assert stored.status == 201, stored
        return int(stored.json["seq"])

    async def reads(self, room: int | str, query: str = "") -> list[tuple[int, str]]:
        page = await self.asks("GET", f"/api/rooms/{room}/messages{query}")
        assert page.status == 200, page
        return [(event["seq"], event["text"]) for event in page.json["events"]]


class Stream:
    """A stream of events."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._data = ""

    @property
    def transport(self) -> asyncio.Transport:
        assert self._http._writer is not None
        return cast("asyncio.Transport", self._http._writer.transport)

    async def gets(self) -> tuple[int | None, str, Any]:
        """Return the next event: its id, its type and its data. Comments are skipped."""
        while True:
            block = await self.gets_block()
            fields = dict(line.partition(": ")[::2] for line in block.split("\n"))
            if "data" in fields:
                seq = int(fields["id"]) if "id" in fields else None
                return seq, fields.get("event", "message"), without_salts(json.loads(fields["data"]))

    async def gets_block(self) -> str:
        async with asyncio.timeout(DEADLINE):
            while "\n\n" not in self._data:
                chunk = await self._http._chunk()
                assert chunk, "the stream has ended"
                self._data += chunk.decode()
        block, _, self._data = self._data.partition("\n\n")
        return block

    async def gets_texts(self, upto: int) -> list[tuple[int, str]]:
        """Return seq and text of the events up to a seq."""
        found: list[tuple[int, str]] = []
        while not found or found[-1][0] < upto:
            seq, kind, data = await self.gets()
            assert kind == "message", (kind, data)
            assert seq == data["seq"]
            found.append((data["seq"], data["text"]))
        return found

    async def ends(self, reason: str) -> None:
        """Expect the end of the stream with this reason, and nothing before it."""
        assert (await self.gets())[1:] == ("end", {"reason": reason})
        async with asyncio.timeout(DEADLINE):
            assert await self._http._chunk() == b""


class _Asker:
    def __init__(self) -> None:
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def decided(self, tag: object, outcome: Outcome) -> None:
        self.outcome.set_result(outcome)


async def happens(hub: Hub, command: Command) -> Outcome:
    """Submit a command and return its outcome, as another gateway would."""
    submitter = _Asker()
    hub.writer.submit(command, submitter)
    outcome = await submitter.outcome
    assert not isinstance(outcome, Refusal), outcome
    return outcome


async def guest(server: Server, name: str) -> Http:
    """Make a guest; return their client."""
    http = Http(server)
    entered = await http.asks("POST", "/api/guests", {"name": name})
    assert entered.status == 201, entered
    http.token, http.id = entered.json["token"], entered.json["user"]["id"]
    return http


async def account(server: Server, name: str, role: str | None = None) -> Http:
    """Make an account, with a role on the server if one is given; return its client."""
    http = Http(server)
    code = server.api.new_token()
    if role is not None:
        await happens(server.hub, _invitation(code, role))
    made = await http.asks(
        "POST",
        "/api/accounts",
        {"name": name, "password": PASSWORD, "bearer": True, "invitation": code if role is not None else None},
    )
    assert made.status == 201, made
    http.token, http.id = made.json["token"], made.json["user"]["id"]
    return http


def _invitation(code: str, role: str) -> Command:
    return MakeInvitation(MACHINE, hash_code(code), 1, 0, 0, role)  # type: ignore[arg-type]
