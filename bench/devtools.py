"""A page in a Chromium that is controlled without playwright, so that the measurement itself costs little.

Playwright asks the browser to report every WebSocket frame. During a flood of messages that costs the page's main
thread and two other processes as much time as the messages themselves. This client asks for no events.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from bench.process import Failed, family_seconds
from bench.quiet import count_as_ours
from tools import chromium

PORT_FILE = "DevToolsActivePort"  # Chromium writes its port and the browser's path into it
START_SECONDS = 20
ANSWER_SECONDS = 60


class Target:
    """One page, controlled by commands of the DevTools protocol. Events of the browser are ignored."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._last = 0

    def send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params or {}}))
        while True:
            answer = json.loads(self._socket.recv(timeout=ANSWER_SECONDS))
            if answer.get("id") == self._last:
                break
        if "error" in answer:
            raise Failed(f"{method}: {answer['error'].get('message')}")
        result: dict[str, Any] = answer["result"]
        return result

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression; if it is a promise, the value with which it is fulfilled."""
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self.send("Runtime.evaluate", asked)
        if "exceptionDetails" in answer:
            raise Failed(f"the page threw {answer['exceptionDetails'].get('exception', {}).get('description')}")
        return answer["result"].get("value")

    def goto(self, url: str) -> None:
        self.send("Page.navigate", {"url": url})
        self.wait_until("document.readyState === 'complete'")

    def wait_until(self, condition: str, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(Failed):  # during a navigation there is no page to evaluate in
                if self.evaluate(condition):
                    return
            time.sleep(0.1)
        raise Failed(f"not within {seconds} s: {condition}")


@contextmanager
def unwatched(program: str, work: Path, width: int, height: int) -> Iterator[Target]:
    """Start a browser with an empty profile and a window of this size in pixels, and return its page."""
    folder = Path(tempfile.mkdtemp(prefix="profile-", dir=work))
    arguments = [*chromium.ARGUMENTS, "--headless", "--no-first-run", "--remote-debugging-port=0"]
    process = subprocess.Popen(
        [program, *arguments, f"--user-data-dir={folder}", f"--window-size={width},{height}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = _port(process, folder / PORT_FILE)
        with connect(f"ws://127.0.0.1:{port}/devtools/page/{_first_page(port)}", max_size=None) as socket:
            target = Target(socket)
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            target.send("Emulation.setDeviceMetricsOverride", size)
            target.send("Emulation.setFocusEmulationEnabled", {"enabled": True})
            yield target
    finally:
        count_as_ours(family_seconds(str(folder)))
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _port(process: subprocess.Popen[bytes], file: Path) -> int:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError, ValueError, IndexError):
            return int(file.read_text().splitlines()[0])
        time.sleep(0.02)
    raise Failed("Chromium did not start")


def _first_page(port: int) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=START_SECONDS) as answer:
            pages = [str(target["id"]) for target in json.load(answer) if target["type"] == "page"]
        if pages:
            return pages[0]
        time.sleep(0.02)
    raise Failed("Chromium has no page")
