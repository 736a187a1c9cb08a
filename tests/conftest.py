"""Shared fixtures: tests may be coroutines, and get a server if they ask for one."""

import asyncio
import inspect
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tests.server.server_fixture", "tests.server.process", "tests.transcripts.session")

from tests.server.server_fixture import Serve, Server  # noqa: E402

TEST_SECONDS = 40

# If a shell runs the tests in the background, SIGINT is ignored in them and in all processes they start. Restore the
# default.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline, because a busy machine must not make a property test fail.
settings.register_profile("parley", deadline=None)
settings.load_profile("parley")


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return an event loop of the kind the server runs in."""
    try:
        import uvloop
    except ImportError:
        return asyncio.SelectorEventLoop()
    return uvloop.new_event_loop()


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """The event loop of a test and of its server."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        yield runner


@pytest.fixture
def serve(runner: asyncio.Runner, tmp_path: Path) -> Iterator[Serve]:
    """Start servers, each with the configuration that it is given: `server = await serve(rate_burst=3)`."""
    servers: list[Server] = []

    async def start(**options: Any) -> Server:
        server = Server(tmp_path / "data", **options)
        servers.append(server)
        await server.open()
        return server

    yield start
    for server in servers:
        runner.run(server.close())
    for server in servers:
        server.check_log()


@pytest.fixture
def server(runner: asyncio.Runner, serve: Serve) -> Server:
    """A running server."""
    return runner.run(serve())


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine function that is a test, in the loop of its fixtures."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    runner = pyfuncitem._request.getfixturevalue("runner")
    names = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: value for name, value in pyfuncitem.funcargs.items() if name in names}

    async def within_bounds() -> None:
        async with asyncio.timeout(TEST_SECONDS):
            await pyfuncitem.obj(**arguments)

    runner.run(within_bounds())
    return True
