"""One server and one process of each proxy for all tests of this folder, and one event loop."""

import asyncio
from collections.abc import Iterator

import pytest
import trustme

from tests.conftest import new_event_loop
from tests.server.server_fixture import Server

pytest.register_assert_rewrite("tests.proxies.programs")

from tests.proxies.programs import PROGRAMS, PUBLIC, Proxy, TlsFiles  # noqa: E402

PING_SECONDS = 0.25
"""The server's `ping_interval`. It is shorter than the proxies' timeouts, which are one second in these tests."""


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        yield runner


@pytest.fixture(scope="module")
def server(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(
        tmp_path_factory.mktemp("server"),
        trusted_proxies=["127.0.0.1"],
        url=PUBLIC,
        ping_interval=PING_SECONDS,
        rate_messages=0,
    )
    runner.run(server.open())
    yield server
    runner.run(server.close())
    server.check_log()


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    return TlsFiles(trustme.CA(), tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module", params=PROGRAMS)
def proxy(
    request: pytest.FixtureRequest,
    runner: asyncio.Runner,
    server: Server,
    tls: TlsFiles,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Proxy]:
    """A running proxy with the configuration of docs/guide/network.md."""
    proxy = Proxy(request.param, server.port, tls, tmp_path_factory.mktemp(request.param))
    try:
        runner.run(proxy.start())
        yield proxy
    finally:
        runner.run(proxy.stop())
