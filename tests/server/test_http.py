"""HTTP on the same port: two pages, and the limits of size and time."""

import json

import pytest

from tests.server.server_fixture import Serve, Server, until


async def ask(server: Server, request: str | bytes) -> tuple[str, dict[str, str], bytes]:
    """Send a request, and return the status line, the headers and the body of the answer."""
    socket = await server.socket()
    await socket.sends(request.replace("\n", "\r\n").encode() if isinstance(request, str) else request)
    head, _, body = (await socket.reads()).partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return status, {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}, body


def get(path: str, *headers: str) -> str:
    return "\n".join([f"GET {path} HTTP/1.1", "Connection: close", *(headers or ["Host: chat.example:59000"]), "", ""])


async def test_the_health_endpoint_answers(server: Server) -> None:
    status, headers, body = await ask(server, get("/healthz"))
    assert status == "HTTP/1.1 200 OK"
    assert json.loads(body) == {"status": "ok"}
    assert headers["cache-control"] == "no-store"
    server.hub.writer.failing = "the disk is full"
    status, _, body = await ask(server, get("/healthz"))
    assert status == "HTTP/1.1 503 Service Unavailable"
    assert json.loads(body) == {"status": "failing", "problem": "the disk is full"}


async def test_the_page_tells_how_to_connect(server: Server) -> None:
    status, headers, body = await ask(server, get("/connect"))
    assert status == "HTTP/1.1 200 OK"
    assert headers["content-type"].startswith("text/html")
    assert b"nc chat.example 59000" in body
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert not await head_has_body(server)


async def head_has_body(server: Server) -> bytes:
    return (await ask(server, get("/connect").replace("GET", "HEAD", 1)))[2]


@pytest.mark.parametrize(
    "host",
    [
        "",
        "a:b",
        "[",
        "[::1",
        "x:99999",
        "x:-1",
        "<script>",
        "a b",
        '"',
        "\\",
        "[::1]:80",
        "é",
        "x" * 3_000,
        "%zz",
        "x:",
    ],
)
async def test_any_host_header_is_escaped_in_the_page(server: Server, host: str) -> None:
    status, _, body = await ask(server, get("/connect", f"Host: {host}"))
    assert status.split()[1] in ("200", "400")
    assert b"<script>" not in body


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (get("/nothing"), "404"),
        (get("/%2e%2e/%00"), "404"),
        (get("/healthz?x=1"), "200"),
        (get("/").replace("GET", "POST", 1), "405"),
        (get("/").replace("GET", "DELETE", 1), "405"),
        ("GET / HTTP/9.9\n\n", "400"),
        ("GET / HTTP/1.1\nno colon\n\n", "400"),
        ("CONNECT a:1 HTTP/1.1\n\n", "400"),
        ("PRI * HTTP/2.0\n\nSM\n\n", "400"),
        ("GET http://[ HTTP/1.1\n\n", "400"),
        (b"GET /\xff HTTP/1.1\r\n\r\n", "400"),
        ("POST / HTTP/1.1\nContent-Length: x\n\n", "400"),
        ("GET / HTTP/1.0\n\n", "200"),
        (get("/ws"), "404"),
        (get("/", "Host: x", "Upgrade: h2c", "Connection: Upgrade, close"), "200"),
    ],
)
async def test_a_request_and_its_status(server: Server, request_: str | bytes, code: str) -> None:
    status, _, _ = await ask(server, request_)
    assert status.split()[1] == code


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("/elsewhere", ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"], "404"),
        ("/ws", ["Sec-WebSocket-Key: short", "Sec-WebSocket-Version: 13"], "400"),
        ("/ws", ["Sec-WebSocket-Version: 13"], "400"),
        ("/ws", ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 8"], "426"),
        (
            "/ws",
            [
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version: 13",
                "Origin: https://evil.example",
            ],
            "403",
        ),
    ],
)
async def test_an_invalid_websocket_handshake_is_refused(
    server: Server, path: str, headers: list[str], code: str
) -> None:
    request = "\n".join(
        [f"GET {path} HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade", *headers, "", ""]
    )
    status, _, _ = await ask(server, request)
    assert status.split()[1] == code
    await until(lambda: not server.hub.connections)


async def test_connections_are_kept_for_further_requests(server: Server) -> None:
    socket = await server.socket()
    for _ in range(3):
        await socket.sends(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        await socket.sees_characters("HTTP/1.1 200 OK\r\n")
        assert (await socket._reader.readuntil(b'{"status":"ok"}')).count(b"HTTP/1.1") == 0


async def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    socket = await server.socket()
    await socket.sends(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 20 + b"GET / HTTP/1.0\r\n\r\n")
    assert (await socket.reads()).count(b'{"status":"ok"}') == 20


async def test_incomplete_headers_time_out(serve: Serve) -> None:
    server = await serve(handshake_timeout=0.1)
    socket = await server.socket()
    await socket.sends(b"GET / HTTP/1.1\r\nHost: x\r\n")
    assert (await socket.reads()).startswith(b"HTTP/1.1 408 ")


async def test_incomplete_headers_time_out_on_a_persistent_connection(serve: Serve) -> None:
    server = await serve(handshake_timeout=0.1)
    socket = await server.socket()
    await socket.sends(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    await socket._reader.readuntil(b'{"status":"ok"}')
    await socket.sends(b"GET / HTT")
    assert (await socket.reads()).startswith(b"HTTP/1.1 408 ")


async def test_headers_are_limited_in_size(server: Server) -> None:
    socket = await server.socket()
    await socket.sends(b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 40_000)
    assert (await socket.reads()).startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 "))


async def test_headers_are_limited_in_number(server: Server) -> None:
    socket = await server.socket()
    await socket.sends(b"GET / HTTP/1.1\r\n")
    for _ in range(40):
        await socket.sends(b"X: y\r\n" * 200)
    assert b"431" in await socket.reads()


async def test_an_http_connection_makes_no_user(server: Server) -> None:
    await ask(server, get("/"))
    assert server.hub.view.state.users == {}
    await until(lambda: not server.hub.connection_counts)
