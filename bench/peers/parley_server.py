"""Parley as users start it: `python -m parley serve`, with its data on a disk, each message on it before the answer."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.dial import Client
from bench.dialects import Dialect, Line, Web, frames
from bench.options import REPOSITORY
from bench.peers.contestant import Contestant
from bench.process import HOST, Child, Failed, Unavailable

SOURCE = REPOSITORY / "src"

# Without pings and limits: the clients of the load generator answer no pings, and all send from one address.
CONFIG = """\
ping_interval = 0
rate_messages = 0
connections_per_address = 0
"""


class Parley(Contestant):
    name = "parley"
    about = "Parley, line gateway; every message fsynced before it is shown"
    hall = "lobby"

    def speak(self) -> Dialect:
        return Line()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def environment(self) -> dict[str, str]:
        path = [str(SOURCE), os.environ.get("PYTHONPATH", "")]
        return {
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            # An installed server has compiled modules. Without them, each start would measure the compiler.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(self.work / "bytecode"),
        }

    def command(self) -> Sequence[str | Path]:
        present = (SOURCE / "parley" / "server" / "compose.py").exists() or importlib.util.find_spec("parley")
        if not present or not any((SOURCE / "parley" / "cli").glob("*.py")):
            raise Unavailable("there is no parley to start yet")
        config = self.folder / "parley.toml"
        config.write_text(CONFIG)
        listen = f"{HOST}:{self.port}"
        return [sys.executable, "-m", "parley", "serve", "--listen", listen, "--data", self.data, "--config", config]

    def crash(self) -> None:
        """Kill the server (kill -9)."""
        assert self.child is not None
        self.child.kill()

    def stop_server(self) -> None:
        """Let the server shut down. Its data stays."""
        assert self.child is not None
        self.child.stop()

    def spawn_only(self) -> Child:
        """Start the server again on its data, without waiting for it."""
        self.child = Child(self.command(), self.folder / "server.log", self.environment())
        return self.child

    def healthy_after(self) -> float:
        """Start the server. Return the seconds until `GET /healthz` was answered with 200."""
        begin = time.monotonic()
        child = self.spawn_only()
        while time.monotonic() - begin < 60:
            if child.process.poll() is not None:
                raise Failed(f"the server ended with {child.process.returncode}: {child.last_line()}")
            try:
                with socket.create_connection((HOST, self.port), timeout=5) as sock:
                    sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                    answer = sock.recv(4096)
            except OSError:
                time.sleep(0.002)
                continue
            if b" 200 " in answer.split(b"\r\n", 1)[0]:
                return time.monotonic() - begin
            raise Failed(f"GET /healthz: {answer[:100]!r}")
        raise Failed(f"no answer to GET /healthz within a minute: {child.tail()}")


class ParleyWeb(Parley):
    name = "parley-web"
    about = "Parley, WebSocket gateway; every message fsynced before it is shown"

    def speak(self) -> Dialect:
        return Web()

    @property
    def room_id(self) -> int:
        """Return the id of the room `hall`. It is known when a client has joined it."""
        assert isinstance(self.dialect, Web)
        return self.dialect.rooms[self.hall]

    def learn(self, client: Client) -> None:
        dialect = self.dialect
        assert isinstance(dialect, Web)
        if not dialect.rooms:
            for answer in answers(client.received):
                if answer.get("t") == "joined" and answer.get("id") == "j":
                    dialect.rooms[answer["room"]["name"]] = answer["room"]["id"]


def answers(received: bytes | bytearray) -> list[dict]:  # type: ignore[type-arg]
    """Return the frames in all that a web client has received since it connected, decoded."""
    head = received.find(b"\r\n\r\n") + 4
    payloads, _ = frames(received[head:])
    return [json.loads(payload) for payload in payloads]
