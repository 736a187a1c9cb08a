"""The server behind real proxies, which run with the configurations of docs/guide/network.md."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Opcode

from tests.proxies.programs import PUBLIC, Proxy
from tests.server.api import Answer, Http
from tests.server.server_fixture import DEADLINE, Line, Server, Web, until

names = (f"guest{number}" for number in itertools.count())


class Behind(Http):
    """A client with one persistent connection to a proxy."""

    def __init__(self, proxy: Proxy, server: Server, *, rewriting: bool = False) -> None:
        super().__init__(server)
        self._proxy = proxy
        self._port = proxy.rewriting if rewriting else proxy.port

    async def asks(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, *, raw: bytes = b""
    ) -> Answer:
        if self._writer is None or self._writer.is_closing() or (self._reader and self._reader.at_eof()):
            self._reader, self._writer = await asyncio.open_connection(
                "127.0.0.1", self._port, ssl=self._proxy.tls.context, limit=2**24
            )
        host = {"Host": f"127.0.0.1:{self._port}"}
        return await super().asks(method, path, body, {**host, **(headers or {})}, raw=raw)

    async def enters(self) -> "Behind":
        made = await self.asks("POST", "/api/guests", {"name": next(names)})
        assert made.status == 201, made
        self.token, self.id = made.json["token"], made.json["user"]["id"]
        return self


@asynccontextmanager
async def websocket(proxy: Proxy, port: int, origin: str) -> AsyncIterator[Web]:
    """Open a WebSocket as a page of that origin does."""
    async with connect(
        f"wss://127.0.0.1:{port}/ws",
        ssl=proxy.tls.context,
        origin=origin,
        ping_interval=None,  # type: ignore[arg-type]
    ) as connection:
        web = Web(connection)
        await web.sends(t="hello", protocol=1, name=next(names))
        web.ready = await web.gets_frame()
        assert web.ready["t"] == "ready"
        yield web


def counts_pings(connection: ClientConnection) -> list[int]:
    """Return a list that gets an entry for each ping from now on."""
    pings: list[int] = []
    process = connection.process_event

    def counted(event: Any) -> None:
        if getattr(event, "opcode", None) is Opcode.PING:
            pings.append(len(pings))
        process(event)

    connection.process_event = counted  # type: ignore[method-assign]
    return pings


async def test_a_request_comes_from_the_client_and_by_tls(proxy: Proxy, server: Server) -> None:
    browser = Behind(proxy, server)
    page = await browser.asks("GET", "/connect")
    assert page.status == 200
    assert "strict-transport-security" in page.headers, "the server knows that the client speaks TLS"
    assert (await browser.asks("GET", "/healthz")).json == {"status": "ok"}
    assert (await browser.asks("OPTIONS", "/")).status == 204
    assert (await browser.asks("HEAD", "/healthz")).status == 200


async def test_a_websocket_stays_longer_than_the_proxys_timeouts(proxy: Proxy, server: Server) -> None:
    async with websocket(proxy, proxy.port, proxy.origin) as bob:
        [connection] = server.connections(bob.ready["user"]["name"])
        assert (connection._peer.host, connection._peer.secure) == ("127.0.0.1", True)
        pings = counts_pings(bob.socket)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        # Send only pings for longer than the proxies' timeouts, which are one second here.
        await until(lambda: loop.time() - begun > 1.2)
        assert pings
        await bob.joins("lobby")
        await bob.says(1, "still here", "k")


async def test_a_page_may_ask_behind_a_proxy_that_rewrites_host(proxy: Proxy, server: Server) -> None:
    browser = Behind(proxy, server, rewriting=True)
    origin = {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}
    entered = await browser.asks("POST", "/api/guests", {"name": next(names), "bearer": False}, origin)
    assert entered.status == 201
    async with websocket(proxy, proxy.rewriting, PUBLIC) as bob:
        await bob.joins("lobby")
    foreign = await browser.asks("POST", "/api/guests", {"name": next(names)}, {"Origin": "https://evil.example"})
    assert foreign.code == "origin_foreign"
    assert any('its Origin is "https://evil.example", while its Host is' in line for line in server.log)


async def test_events_are_not_held_back(proxy: Proxy, server: Server) -> None:
    eve = await Behind(proxy, server).enters()
    room = await eve.joins("lobby")
    reader = Behind(proxy, server)
    await reader.asks("GET", "/healthz")
    stream = await reader.follows("/api/rooms/lobby/events", {"Host": "127.0.0.1"})
    assert (await stream.gets())[1] == "room"
    for text in ("one", "two"):
        await eve.says(room, text)
        event = {}
        while event.get("text") != text:
            _, _, event = await stream.gets()
    assert reader._writer
    reader._writer.close()


async def test_kept_connections_to_the_server_are_never_a_bad_gateway(proxy: Proxy, server: Server) -> None:
    clients = [await Behind(proxy, server).enters() for _ in range(3)]
    for client in clients:
        await client.joins("lobby")

    async def ask(client: Behind) -> list[int]:
        too_much = json.dumps({"text": "x" * 70_000}).encode()
        answers = [
            await client.asks("POST", "/api/nothing", {"text": "x" * 5_000}),
            await client.asks("POST", "/api/rooms/lobby/messages", {"text": "x" * 60_000}),
            await client.asks("POST", "/api/rooms/lobby/messages", raw=too_much),
            await client.asks("POST", "/api/me", headers={"Content-Encoding": "gzip"}, raw=b"\x1f\x8b" * 2_000),
            await client.asks("GET", "/api/me"),
        ]
        return [answer.status for answer in answers]

    for _ in range(4):
        for statuses in await asyncio.gather(*map(ask, clients)):
            assert statuses == [404, 422, 413, 415, 200]
    # The proxy keeps its idle connections to the server for the next request.
    assert proxy.name == "haproxy" or server.http._idle_hosts


async def test_haproxy_takes_the_server_for_healthy(proxy: Proxy, server: Server) -> None:
    if proxy.tcp:
        # One backend is checked by `GET /healthz`, the other by the `OPTIONS /` of a plain `option httpchk`.
        for backend in ("parley", "parley2"):
            await until(lambda backend=backend: proxy.status_of_check(backend) == "L7OK")  # type: ignore[misc]


async def test_haproxy_passes_on_every_protocol_with_the_clients_address(proxy: Proxy, server: Server) -> None:
    if not proxy.tcp:
        return
    line = Line(*await asyncio.open_connection("127.0.0.1", proxy.tcp))
    server._guests.append(line)
    name = next(names)
    await line.sees_characters("alias?")
    await line.says(name)
    await line.sees_until("you are now connected!")
    [connection] = server.connections(name)
    assert connection.address == "127.0.0.1:{}".format(line._writer.get_extra_info("sockname")[1])
    await line.closes()
    page = Line(*await asyncio.open_connection("127.0.0.1", proxy.tcp))
    server._guests.append(page)
    await page.sends(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(DEADLINE):
        assert (await page.reads()).endswith(b'{"status":"ok"}')
