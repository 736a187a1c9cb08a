"""Plain text is refused where others could read it, and only trusted proxies may name their clients."""

import asyncio
import socket
import ssl
from collections import Counter
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidStatus

from parley.server.config import Config, ConfigError
from parley.server.net import sniff
from parley.server.net.peer import Peer
from parley.server.net.proxies import Proxies, beyond_loopback, check_exposure, is_loopback
from tests.server.server_fixture import Line, Serve, Server, until

AWAY = "192.0.2.7"
SENTENCE = "This server takes no plain text from other machines."


async def away(server: Server, host: str = AWAY) -> Line:
    """Connect as a client on another machine does."""
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours)
    line = Line(reader, writer)
    server._guests.append(line)
    theirs.setblocking(False)
    server.dispatcher.admit(theirs, host, 4711)
    return line


def proxy_header(host: str, fields: bytes = b"") -> bytes:
    body = socket.inet_aton(host) + b"\x7f\0\0\1" + (4712).to_bytes(2) + b"\0\1" + fields
    return b"\r\n\r\n\x00\r\nQUIT\n\x21\x11" + len(body).to_bytes(2) + body


BY_TLS = b"\x20\0\x05\x01\0\0\0\0"


# Plain text from other machines


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        (b"bob\n", f"{SENTENCE} Connect by TLS, e.g. with: parley chat https://HOST:PORT\n"),
        (b"NICK bob\r\n", f"ERROR :{SENTENCE} Connect by TLS.\r\n"),
        (
            b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n",
            f"{SENTENCE} Connect by TLS, e.g. with: parley chat https://HOST:PORT\n",
        ),
    ],
)
async def test_plain_text_from_another_machine_is_refused_with_one_line(
    server: Server, first: bytes, answer: str
) -> None:
    bob = await away(server)
    await bob.sends(first)
    assert (await bob.reads()).decode() == answer
    await bob.closes()
    await until(lambda: not server.hub.connection_counts)
    assert not server.hub.connections
    assert server.log[-1].startswith(f"{AWAY}:4711 speaks plain text")


async def test_plain_http_from_another_machine_is_refused(server: Server) -> None:
    browser = await away(server)
    await browser.sends(b"GET / HTTP/1.1\r\nHost: chat\r\n\r\n")
    head, _, body = (await browser.reads()).decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 426 Upgrade Required\r\n")
    assert f"Content-Length: {len(body)}" in head
    assert body == f"{SENTENCE} Put https:// before the address instead of http://.\n"


async def test_a_silent_client_on_another_machine_has_time_for_a_late_tls_hello(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sniff, "SILENCE_SECONDS", 0.0)
    bob = await away(server)
    eve = await server.socket()
    await eve.sees_characters("alias?")
    assert not bob._reader._buffer  # type: ignore[attr-defined]
    monkeypatch.setattr(sniff, "EXPOSED_SILENCE_SECONDS", 0.05)
    zoe = await away(server)
    await zoe.sees_characters(SENTENCE)


async def test_plain_text_from_another_machine_works_if_it_is_allowed(serve: Serve) -> None:
    server = await serve(allow_plaintext=True)
    bob = await away(server)
    await bob.says("bob")
    await bob.sees_characters("alias?bob has connected")


async def test_tls_from_another_machine_works(serve: Serve) -> None:
    authority = trustme.CA()
    theirs, ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(theirs)
    authority.configure_trust(ours)
    server = await serve(tls=theirs)
    bob = await away(server)
    await bob._writer.start_tls(ours, server_hostname="localhost")
    await bob.says("bob")
    await bob.sees_characters("alias?bob has connected")
    [connection] = server.connections("bob")
    assert connection._peer.secure
    assert connection.address == f"{AWAY}:4711"
    eve = await server.line("eve")
    [connection] = server.connections("eve")
    assert not connection._peer.secure
    await eve.closes()


@pytest.mark.parametrize(
    ("options", "starts"),
    [
        ({}, False),
        ({"tls": "auto"}, True),
        ({"tls_cert": "cert.pem", "tls_key": "key.pem"}, True),
        ({"allow_plaintext": True}, True),
        ({"trusted_proxies": ["10.0.0.0/8"]}, True),
        ({"trusted_proxies": ["127.0.0.0/8", "::1"]}, False),
    ],
)
def test_beyond_loopback_a_server_needs_tls_or_a_proxy_or_allow_plaintext(
    options: dict[str, Any], starts: bool
) -> None:
    check_exposure(Config(**options), ["127.0.0.1:1", "[::1]:1"])
    if starts:
        check_exposure(Config(**options), ["0.0.0.0:1"])
    else:
        with pytest.raises(ConfigError, match=r"^0\.0\.0\.0:1 can be reached .* add --tls auto .*\.$"):
            check_exposure(Config(**options), ["127.0.0.1:2", "0.0.0.0:1"])


def test_which_addresses_are_loopback() -> None:
    for host in ("127.0.0.1", "127.9.9.9", "::1"):
        assert is_loopback(host)
    for host in ("192.0.2.7", "fe80::1%eth0", "1270::1", "128.0.0.1"):
        assert not is_loopback(host)
    outside = ["0.0.0.0:1", "[::]:2", "192.0.2.7:3", "[fe80::1%eth0]:4", "chat.example:5"]
    assert beyond_loopback(["127.0.0.1:1", "127.0.1.1:1", "[::1]:1", "localhost:1", *outside]) == outside


# X-Forwarded-For, X-Forwarded-Proto

TRUSTED = Proxies(["10.0.0.0/8", "fd00::/8", "127.0.0.1"])


def named(name: str, *values: str) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for value in values]


@pytest.mark.parametrize(
    ("values", "client"),
    [
        ([], "10.0.0.1"),
        ([""], "10.0.0.1"),
        (["192.0.2.7"], "192.0.2.7"),
        (["6.6.6.6, 192.0.2.7"], "192.0.2.7"),
        (["6.6.6.6", "192.0.2.7"], "192.0.2.7"),
        (["6.6.6.6, 192.0.2.7, 10.9.9.9"], "192.0.2.7"),
        (["6.6.6.6, 192.0.2.7,10.9.9.9", " fd00::7\t"], "192.0.2.7"),
        (["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        (["192.0.2.7:4711"], "192.0.2.7"),
        (["[2001:db8::7]:4711"], "2001:db8::7"),
        (["2001:DB8:0::7"], "2001:db8::7"),
        (["::ffff:192.0.2.7"], "192.0.2.7"),
        (["192.0.2.7, unknown, 10.2.2.2"], "10.2.2.2"),
        (["192.0.2.7, unknown"], "10.0.0.1"),
        (["fe80::1%\x1b[2J"], "10.0.0.1"),
        (["192.0.2.7, \xff"], "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_address_that_is_not_trusted(values: list[str], client: str) -> None:
    assert TRUSTED.origin("10.0.0.1", named("x-forwarded-for", *values)) == (client, None)


@pytest.mark.parametrize(
    ("values", "secure"),
    [
        ([], None),
        (["https"], True),
        (["HTTPS"], True),
        (["wss"], True),
        (["http"], False),
        (["https, http"], False),
        (["https", "http"], False),
        (["https , https"], True),
        ([""], False),
    ],
)
def test_a_client_uses_tls_if_every_value_says_so(values: list[str], secure: bool | None) -> None:
    assert TRUSTED.origin("10.0.0.1", named("x-forwarded-proto", *values)) == ("10.0.0.1", secure)


@given(st.lists(st.tuples(st.sampled_from([b"x-forwarded-for", b"x-forwarded-proto", b"host"]), st.binary())))
def test_any_header_yields_a_valid_address(headers: list[tuple[bytes, bytes]]) -> None:
    host, _ = TRUSTED.origin("10.0.0.1", headers)
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return
    raise AssertionError(host)


def test_a_connection_is_counted_at_its_clients_address() -> None:
    places: Counter[str] = Counter()
    peer = Peer(places, "10.0.0.1", 1, proxies=TRUSTED)
    assert places == {"10.0.0.1": 1}
    peer.forward(named("x-forwarded-for", AWAY) + named("x-forwarded-proto", "https"), False)
    assert (places, peer.address, peer.secure) == ({AWAY: 1}, AWAY, True)
    peer.forward(named("x-forwarded-for", "192.0.2.8"), False)
    assert (places, peer.address, peer.secure) == ({"192.0.2.8": 1}, "192.0.2.8", False)
    peer.forward([], True)
    assert (places, peer.address, peer.secure) == ({"10.0.0.1": 1}, "10.0.0.1:1", True)
    peer.leave()
    peer.leave()
    assert places == {}
    peer.forward(named("x-forwarded-for", AWAY), False)
    assert places == {}


async def get(line: Line, *headers: str, path: str = "/connect") -> str:
    """Request a page on a persistent connection; return the response."""
    await line.sends("\r\n".join([f"GET {path} HTTP/1.1", "Host: chat.example", *headers, "", ""]).encode())
    head = (await line._reader.readuntil(b"\r\n\r\n")).decode()
    size = next(int(row.split(": ")[1]) for row in head.lower().split("\r\n") if row.startswith("content-length"))
    return head + (await line._reader.readexactly(size)).decode()


async def test_each_request_of_a_proxy_may_have_another_client(serve: Serve) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"])
    proxy = await server.socket()
    assert "wss://chat.example" in await get(proxy, "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https")
    assert "ws://chat.example" in await get(proxy, "X-Forwarded-For: 192.0.2.8", "X-Forwarded-Proto: http")
    assert "ws://chat.example" in await get(proxy)
    await proxy.closes()
    await until(lambda: not server.hub.connection_counts)


async def test_a_proxied_request_counts_for_its_client_until_it_is_answered(serve: Serve) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"])
    proxy = await server.socket()
    await proxy.sends(b"GET /api/rooms/lobby/events HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n")
    await proxy.sees_characters("HTTP/1.1 200 OK")
    assert server.hub.connection_counts == {AWAY: 1}
    # An idle connection of a proxy may carry the next request of any client.
    kept = await server.socket()
    await get(kept, "X-Forwarded-For: 192.0.2.7")
    assert server.hub.connection_counts == {AWAY: 1, "127.0.0.1": 1}


async def test_the_scope_of_a_request_has_scheme_and_client(serve: Serve) -> None:
    async def mirror(scope: Any, receive: Any, send: Any) -> None:
        body = f"{scope['scheme']} {scope['client']}".encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    server = await serve(trusted_proxies=["10.0.0.1", "10.0.0.2"])
    server.http.uvicorn.loaded_app = mirror
    proxy = await away(server, "10.0.0.1")
    through = ["X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https"]
    assert (await get(proxy, *through)).endswith("https ('192.0.2.7', 0)")
    plain = await server.socket()
    port = plain._writer.get_extra_info("sockname")[1]
    assert (await get(plain, *through)).endswith(f"http ('127.0.0.1', {port})")
    passed_on = await away(server, "10.0.0.2")
    await passed_on.sends(proxy_header(AWAY, BY_TLS))
    assert (await get(passed_on)).endswith("https ('192.0.2.7', 4712)")


async def test_headers_of_an_untrusted_client_are_ignored(server: Server) -> None:
    liar = await server.socket()
    assert "ws://chat.example" in await get(liar, "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https")
    assert server.hub.connection_counts == {"127.0.0.1": 1}


async def test_a_websocket_through_a_proxy_has_the_clients_address(serve: Serve) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"])
    bob = await server.browser(
        additional_headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.7", "X-Forwarded-Proto": "https"}
    )
    await bob.sends(t="hello", protocol=1, name="bob")
    await bob.gets_frame()
    [connection] = server.connections("bob")
    assert connection.address == "192.0.2.7"
    assert connection._peer.secure
    assert server.hub.connection_counts == {"192.0.2.7": 1}


async def test_each_client_behind_a_proxy_has_its_own_limit(serve: Serve) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"], connections_per_address=2)
    for host in ("192.0.2.7", "192.0.2.7", "192.0.2.8"):
        await server.browser(additional_headers={"X-Forwarded-For": host})
    with pytest.raises(InvalidStatus) as caught:
        await server.browser(additional_headers={"X-Forwarded-For": "192.0.2.7"})
    assert caught.value.response.status_code == 429
    page = await get(await server.socket(), "X-Forwarded-For: 192.0.2.7")
    assert page.startswith("HTTP/1.1 429")
    assert page.endswith("There are too many connections from your address.\n")
    for _ in range(3):  # the limit does not apply to the proxy's own connections
        assert "200 OK" in await get(await server.socket())
    assert "192.0.2.7 has 2 connections and gets no more" in server.log


async def test_a_proxy_on_another_machine_must_forward_https(serve: Serve) -> None:
    server = await serve(trusted_proxies=["10.0.0.0/8"])
    proxy = await away(server, "10.0.0.1")
    assert "200 OK" in await get(proxy, "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: https")
    answer = await get(proxy, "X-Forwarded-For: 192.0.2.7", "X-Forwarded-Proto: http")
    assert answer.startswith("HTTP/1.1 403")
    assert answer.endswith("This server is reached by https:// only.\n")
    assert await proxy.reads() == b""
    upgrade = [
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {'A' * 22}==",
    ]
    answer = await get(await away(server, "10.0.0.1"), *upgrade, path="/ws")
    assert answer.startswith("HTTP/1.1 403")
    bob = await away(server, "10.0.0.1")
    await bob.says("bob")
    await bob.sees_characters(SENTENCE)


# PROXY headers


@pytest.mark.parametrize(
    "header", [b"PROXY TCP4 192.0.2.7 127.0.0.1 4712 1\r\n", proxy_header(AWAY)], ids=["line", "binary"]
)
@pytest.mark.parametrize("piecewise", [False, True])
async def test_a_proxy_header_gives_the_clients_address(serve: Serve, header: bytes, piecewise: bool) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"])
    bob = await server.socket()
    for piece in [header[:3], header[3:20], header[20:], b"bob\n"] if piecewise else [header + b"bob\n"]:
        await bob.sends(piece)
        await asyncio.sleep(0)
    await bob.sees_characters("alias?bob has connected")
    [connection] = server.connections("bob")
    assert connection.address == f"{AWAY}:4712"
    assert not connection._peer.secure
    assert server.hub.connection_counts == {AWAY: 1}
    await bob.closes()
    await until(lambda: not server.hub.connection_counts)


async def test_a_silent_client_behind_a_proxy_header_gets_the_prompt(serve: Serve) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"])
    bob = await server.socket()
    await bob.sends(proxy_header(AWAY))
    await bob.sees_characters("alias?")


async def test_a_proxy_header_of_an_untrusted_client_is_ignored(serve: Serve) -> None:
    server = await serve(trusted_proxies=["10.0.0.1"])
    bob = await server.socket()
    await bob.sends(b"PROXY TCP4 192.0.2.7 127.0.0.1 4712 1\r\n")
    await bob.sees_characters("alias?")
    assert server.hub.connection_counts == {"127.0.0.1": 1}
    eve = await server.socket()
    await eve.sends(proxy_header(AWAY))
    await eve.sees_characters("alias?")
    assert server.hub.connection_counts == {"127.0.0.1": 2}


async def test_a_proxy_header_makes_http_headers_the_clients_own(serve: Serve) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"])
    eve = await server.socket()
    await eve.sends(proxy_header(AWAY))
    assert "ws://chat.example" in await get(eve, "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https")
    assert server.hub.connection_counts == {AWAY: 1}


async def test_a_trusted_client_in_a_proxy_header_may_be_a_proxy(serve: Serve) -> None:
    server = await serve(trusted_proxies=["127.0.0.1", "10.0.0.0/8"])
    proxy = await server.socket()
    await proxy.sends(proxy_header("10.0.0.1"))
    assert "wss://chat.example" in await get(proxy, "X-Forwarded-For: 6.6.6.6, 192.0.2.7", "X-Forwarded-Proto: https")
    await get(proxy, "X-Forwarded-For: 192.0.2.8", path="/healthz")
    assert server.hub.connection_counts == {"10.0.0.1": 1}


async def test_a_proxy_header_may_say_that_the_client_uses_tls(serve: Serve) -> None:
    server = await serve(trusted_proxies=["10.0.0.1"])
    browser = await away(server, "10.0.0.1")
    await browser.sends(proxy_header(AWAY, BY_TLS))
    assert "wss://chat.example" in await get(browser)
    bob = await away(server, "10.0.0.1")
    await bob.sends(proxy_header(AWAY) + b"bob\n")
    await bob.sees_characters(SENTENCE)


async def test_tls_may_follow_a_proxy_header(serve: Serve) -> None:
    authority = trustme.CA()
    theirs, ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(theirs)
    authority.configure_trust(ours)
    server = await serve(tls=theirs, trusted_proxies=["10.0.0.1"])
    browser = await away(server, "10.0.0.1")
    await browser.sends(proxy_header(AWAY))
    await browser._writer.start_tls(ours, server_hostname="localhost")
    assert "wss://chat.example" in await get(browser, "X-Forwarded-Proto: http")
    assert server.hub.connection_counts == {AWAY: 1}


async def test_a_local_proxy_header_is_a_health_check_of_the_proxy(serve: Serve) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"])
    proxy = await server.socket()
    await proxy.sends(b"\r\n\r\n\x00\r\nQUIT\n\x20\x00\0\0")
    assert "200 OK" in await get(proxy, path="/healthz")
    assert server.hub.connection_counts == {"127.0.0.1": 1}


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (b"PROXY TCP4 nonsense\r\n", "its PROXY line is not as it should be"),
        (b"\r\n\r\n\x00\r\nQUIT\n\x31\x11\0\0", "its PROXY header has an unknown version or command"),
        (proxy_header(AWAY)[:-1], "its PROXY header is not complete"),
        (b"PROXY TCP4 192.0", "its PROXY header is not complete"),
    ],
)
async def test_an_invalid_proxy_header_is_logged(serve: Serve, first: bytes, why: str) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"], handshake_timeout=0.1)
    proxy = await server.socket()
    await proxy.sends(first)
    assert await proxy.reads() in (b"", b"<reset>")
    await until(lambda: not server.hub.connection_counts)
    assert server.log[-1].endswith(f"came to nothing: {why}")


async def test_a_proxy_that_disconnects_at_once_leaves_no_trace(serve: Serve) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"])
    for way in ("closes", "aborts"):
        await getattr(await server.socket(), way)()
    await until(lambda: not server.hub.connection_counts)


async def test_a_trusted_address_may_connect_without_a_proxy_header(serve: Serve) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"])
    silent = await server.socket()
    await silent.sees_characters("alias?")
    for first, answer in ((b"P", "alias?"), (b"\r", "alias?"), (b"PASS x\r\n", "ERROR"), (b"bob\n", "alias?bob has")):
        peer = await server.socket()
        await peer.sends(first)
        await peer.sees_characters(answer)


async def test_each_client_in_proxy_headers_has_its_own_limit(serve: Serve) -> None:
    server = await serve(trusted_proxies=["127.0.0.1"], connections_per_address=1)
    for host in (AWAY, "192.0.2.8"):
        line = await server.socket()
        await line.sends(proxy_header(host))
        await line.sees_characters("alias?")
    third = await server.socket()
    await third.sends(proxy_header(AWAY))
    assert b"too many connections from your address" in await third.reads()
    assert server.hub.connection_counts == {AWAY: 1, "192.0.2.8": 1}
