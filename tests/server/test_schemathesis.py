"""schemathesis generates requests from the API's OpenAPI description, and finds responses that violate it."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import new_event_loop
from tests.server.api import account, guest
from tests.server.server_fixture import Server

HERE = Path(__file__).parent


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """A server in a thread of its own, and its owner's token."""
    server = Server(tmp_path / "data", rate_messages=0)
    ready = threading.Event()
    owner: list[str] = []
    over = asyncio.Event()

    async def serve() -> None:
        await server.open()
        client = await account(server, "owner", "owner")
        await client.joins("lobby")
        assert await client.says("lobby", "hi") == 3  # as the configuration says
        owner.append(str(client.token))
        await guest(server, "visitor")
        ready.set()
        await over.wait()
        await server.close()

    def run() -> None:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            loops.append(runner.get_loop())
            runner.run(serve())

    loops: list[asyncio.AbstractEventLoop] = []
    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    yield server, owner[0]
    loops[0].call_soon_threadsafe(over.set)
    thread.join(10)
    server.check_log()


@pytest.mark.slow
def test_the_api_does_what_its_description_says(server: tuple[Server, str], tmp_path: Path) -> None:
    server, owner = server
    address = f"http://127.0.0.1:{server.port}"
    command = [
        Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml",
        "run", f"{address}/api/openapi.json", "--phases", "coverage,fuzzing,stateful", "--max-examples", "60",
        "--seed", "1", "--continue-on-failure", "--no-color",
        "--exclude-path", "/api/rooms/{room}/events",  # a stream does not end
    ]  # fmt: skip
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "tests.server.schemathesis_hooks",
        "PARLEY_SERVER": address,
        "PARLEY_OWNER": owner,
        "PYTHONPATH": str(HERE.parent.parent),
    }
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
