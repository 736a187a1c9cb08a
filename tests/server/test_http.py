"""HTTP on the common port: pages, and the limits of size and time."""

import json

import pytest

from tests.server.api import Http, guest
from tests.server.server_fixture import Line, Serve, Server, until


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


# Kept connections

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


async def is_answered(socket: Line) -> None:
    await socket.sends(HEALTH)
    await socket.sees_characters("HTTP/1.1 200 OK\r\n")
    await socket._reader.readuntil(b'{"status":"ok"}')


async def test_an_idle_connection_stays_longer_than_proxies_keep_theirs(server: Server) -> None:
    socket = await server.socket()
    await is_answered(socket)
    [connection] = server.http.connections
    timer = connection.timeout_keep_alive_task
    assert timer is not None
    # Caddy keeps its connections for two minutes, Go's own proxy for 90 s, nginx for 60 s.
    assert timer.when() - connection.loop.time() > 120


async def test_an_idle_connection_ends_after_the_configured_time(serve: Serve) -> None:
    server = await serve(keepalive_timeout=0.05)
    socket = await server.socket()
    await is_answered(socket)
    await socket.is_gone()


async def test_a_connection_stays_when_a_request_is_answered_before_its_body_has_come(server: Server) -> None:
    socket = await server.socket()
    await socket.sends(b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
    await socket._reader.readuntil(b'lists what there is."}')
    [connection] = server.http.connections
    assert (connection.timeout_keep_alive_task, server.http._idle) == (None, {})
    await socket.sends(b"cd")
    await until(lambda: connection._is_complete)
    assert connection._deadline is None
    assert connection.timeout_keep_alive_task is not None
    await is_answered(socket)


async def test_a_body_that_does_not_end_is_not_waited_for_after_the_answer(serve: Serve) -> None:
    server = await serve(handshake_timeout=0.05)
    socket = await server.socket()
    await socket.sends(b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\na")
    await socket._reader.readuntil(b"path_unknown")
    await socket.reads()


async def test_a_client_that_is_still_sending_gets_the_refusal_and_no_reset(server: Server) -> None:
    socket = await server.socket()
    await socket.sends(b"POST /api/guests HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n")
    await socket.sends(b"x" * 4_500_000)
    await socket.sends(b"x" * 4_500_000 + HEALTH)
    answer = await socket.reads()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.count(b"HTTP/1.1") == 1
    await until(lambda: not server.http.connections)


async def test_a_response_ends_at_once_though_the_body_is_still_to_come(server: Server) -> None:
    socket = await server.socket()
    await socket.sends(b"POST /api/guests HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n")
    assert (await socket.reads()).startswith(b"HTTP/1.1 413 ")
    await socket.closes()
    await until(lambda: not server.http.connections)


async def test_a_refused_body_that_does_not_end_is_not_waited_for(serve: Serve) -> None:
    server = await serve(handshake_timeout=0.1)
    socket = await server.socket()
    await socket.sends(b"POST /api/guests HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n")
    await socket.sends(b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n1\r\nx\r\n")
    assert (await socket.reads()).startswith(b"HTTP/1.1 413 ")
    await until(lambda: not server.http.connections)


async def test_the_longest_idle_connection_of_an_address_makes_room(serve: Serve) -> None:
    server = await serve(connections_per_address=3)
    bob = await server.line("bob")
    first, second = await server.socket(), await server.socket()
    await is_answered(first)
    await is_answered(second)
    await is_answered(first)
    eve = await server.line("eve")
    await second.is_gone()
    await is_answered(first)
    # A connection that is not idle is not ended to make room for another one.
    await first.sends(b"GET / HT")
    await until(lambda: not server.http._idle)
    late = await server.socket()
    assert b"too many connections" in await late.reads()
    await bob.sees_until("eve has connected to the chat room")
    await eve.sees_nothing_more()
    await first.closes()
    await until(lambda: not server.http._idle_hosts and server.hub.connection_counts["127.0.0.1"] == 2)


# Other methods, encodings and versions


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", "GET, HEAD, OPTIONS"),
        ("/healthz", "GET, HEAD, OPTIONS"),
        ("/connect", "GET, HEAD, OPTIONS"),
        ("/join/x", "GET, HEAD, OPTIONS, POST"),
        ("/hooks/x", "OPTIONS, POST"),
        ("/api", "GET, HEAD, OPTIONS"),
        ("/api/session", "DELETE, OPTIONS, POST"),
        ("/api/rooms/lobby/messages", "GET, HEAD, OPTIONS, POST"),
        ("*", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),
    ],
)
async def test_options_lists_the_methods_of_a_path(server: Server, path: str, allowed: str) -> None:
    status, headers, body = await ask(server, get(path).replace("GET", "OPTIONS", 1))
    assert (status, headers["allow"], body) == ("HTTP/1.1 204 No Content", allowed, b"")
    assert headers["x-content-type-options"] == "nosniff"
    if path != "*":
        status, headers, _ = await ask(server, get(path).replace("GET", "TRACE", 1))
        assert (status, headers["allow"]) == ("HTTP/1.1 405 Method Not Allowed", allowed)


async def test_a_health_check_of_haproxy_is_answered(server: Server) -> None:
    # This is the request of `option httpchk` without further options.
    status, _, _ = await ask(server, b"OPTIONS / HTTP/1.0\r\n\r\n")
    assert status == "HTTP/1.1 204 No Content"
    status, _, _ = await ask(server, get("/nothing").replace("GET", "OPTIONS", 1))
    assert status == "HTTP/1.1 404 Not Found"


async def test_options_for_the_whole_server_leaves_the_connection_as_it_was(server: Server) -> None:
    socket = await server.socket()
    await socket.sends(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"204 No Content" in await socket._reader.readuntil(b"\r\n\r\n")
    await is_answered(socket)


async def test_a_page_of_another_server_learns_nothing_from_options(server: Server) -> None:
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = await Http(server).asks("OPTIONS", "/api/session", headers=asks)
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/healthz", "/connect", "/join/x", "/api", "/api/openapi.json", "/api/me"])
async def test_head_is_answered_as_get_without_a_body(server: Server, path: str) -> None:
    shown, asked = await ask(server, get(path)), await ask(server, get(path).replace("GET", "HEAD", 1))
    assert (asked[0], asked[2]) == (shown[0], b"")
    assert asked[1].get("content-length") == shown[1].get("content-length")


@pytest.mark.parametrize("path", ["/api/rooms/lobby/messages", "/api/session", "/hooks/x", "/join/x", "/nothing"])
@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip", "GZIP", "deflate", "x-mine"])
async def test_an_encoded_body_is_refused_for_its_encoding(server: Server, path: str, coding: str) -> None:
    bob = await guest(server, "bob")
    answer = await bob.asks("POST", path, headers={"Content-Encoding": coding}, raw=b"\x1f\x8b\x08")
    assert (answer.status, answer.code) == (415, "encoding_unknown")
    assert answer.headers["accept-encoding"] == "identity"
    assert (await bob.asks("GET", "/api/me")).status == 200, "the connection stays good"


async def test_a_body_that_is_encoded_as_identity_is_read(server: Server) -> None:
    bob = await guest(server, "bob")
    made = await bob.asks("POST", "/api/rooms", {"name": "den"}, {"Content-Encoding": "identity"})
    assert made.status == 201


async def test_an_event_stream_for_http_1_0_has_no_chunks_and_ends_with_the_connection(server: Server) -> None:
    bob = await guest(server, "bob")
    await bob.joins("lobby")
    socket = await server.socket()
    await socket.sends(b"GET /api/rooms/lobby/events?after=0 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    head = (await socket._reader.readuntil(b"\r\n\r\n")).decode().lower()
    assert "\r\nconnection: close\r\n" in head
    assert "transfer-encoding" not in head
    assert "x-content-type-options" in head
    await socket.sees_characters("retry: 1000\nevent: room\ndata: {")
    await socket._reader.readuntil(b"\n\n")
    await socket.sees_characters("id: 1\n")
    await bob.asks("POST", "/api/rooms/lobby/messages", {"text": "hi"})
    await socket._reader.readuntil(b'"hi"')
    await server.api.close()
    assert (await socket.reads()).endswith(b'event: end\ndata: {"reason":"stopping"}\n\n')


async def test_http_1_0_gets_an_answer_of_known_length_and_no_stream_for_head(server: Server) -> None:
    status, headers, body = await ask(server, b"GET /healthz HTTP/1.0\r\n\r\n")
    assert (status, headers["content-length"], body) == ("HTTP/1.1 200 OK", "15", b'{"status":"ok"}')
    status, headers, body = await ask(server, b"HEAD /api/rooms/lobby/events HTTP/1.0\r\n\r\n")
    assert (status, headers["content-type"], body) == ("HTTP/1.1 200 OK", "text/event-stream", b"")


async def test_a_client_of_http_1_0_that_goes_ends_its_stream(server: Server) -> None:
    socket = await server.socket()
    await socket.sends(b"GET /api/rooms/lobby/events HTTP/1.0\r\n\r\n")
    await socket._reader.readuntil(b"event: room")
    await socket.aborts()
    await until(lambda: not server.api._streams and not server.hub.connection_counts)
