"""A web client that sends a request and waits for its answer, for scenarios that measure answers."""

from __future__ import annotations

import itertools
import json
import socket
from typing import Any

from bench.dialects import UPGRADE, frames, json_frame
from bench.process import HOST, Failed

Frame = dict[str, Any]


class WebClient:
    def __init__(self, port: int, **hello: object) -> None:
        self.sock = socket.create_connection((HOST, port), timeout=20)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = bytearray()
        self.ids = itertools.count(1)
        self.sock.sendall(UPGRADE.say)
        while b"\r\n\r\n" not in self.rest:
            self._more()
        del self.rest[: self.rest.find(b"\r\n\r\n") + 4]
        self.sock.sendall(json_frame(t="hello", protocol=1, **hello))
        self.ready = self.wait("t", "ready")

    def raw(self, field: bytes) -> bytes:
        """Return the next frame that contains these bytes, as JSON that is not decoded."""
        while True:
            payloads, used = frames(self.rest)
            del self.rest[:used]
            for payload in payloads:
                if field in payload:
                    return payload
                if b'"t":"error"' in payload:
                    raise Failed(payload.decode())
            self._more()

    def wait(self, field: str, value: str) -> Frame:
        answer: Frame = json.loads(self.raw(json.dumps({field: value}, separators=(",", ":"))[1:-1].encode()))
        return answer

    def ask(self, t: str, **fields: object) -> bytes:
        """Send a frame and return its answer without decoding it, as the time for that is not the server's."""
        number = f"q{next(self.ids)}"
        self.sock.sendall(json_frame(t=t, id=number, **fields))
        return self.raw(f'"id":"{number}"'.encode())

    def _more(self) -> None:
        data = self.sock.recv(1 << 18)
        if not data:
            raise Failed("the server closed a web client's connection")
        self.rest += data

    def close(self) -> None:
        self.sock.close()
