"""The system's Chromium, controlled by playwright. Each browser that is started has a new profile on disk."""

from __future__ import annotations

import importlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from bench.devtools import Target
from bench.process import Unavailable, family_seconds
from bench.quiet import count_as_ours
from tools import chromium

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession, Page

LAPTOP = {"width": 1280, "height": 800}


class Chromium:
    """Starts browsers. Each has its own profile folder, so that it has no cookies or caches of an earlier one."""

    def __init__(self, work: Path) -> None:
        self.work = work
        found = chromium.find()
        if found is None:
            raise Unavailable("there is no Chromium")
        self.path = found
        try:
            self._start = importlib.import_module("playwright.sync_api").sync_playwright
        except ImportError:
            raise Unavailable("playwright is not installed") from None

    def __enter__(self) -> Chromium:
        self._playwright = self._start().start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._playwright.stop()

    @contextmanager
    def profile(self) -> Iterator[BrowserContext]:
        """Start a browser with an empty profile."""
        folder = tempfile.mkdtemp(prefix="profile-", dir=self.work)
        context = self._playwright.chromium.launch_persistent_context(
            folder, executable_path=self.path, args=list(chromium.ARGUMENTS), viewport=LAPTOP, locale="en-GB"
        )
        try:
            yield context
        finally:
            count_as_ours(family_seconds(folder))
            context.close()
            shutil.rmtree(folder, ignore_errors=True)


class Inside:
    """Measurements inside the browser of one page: metrics, heap, scrolling (DevTools protocol)."""

    def __init__(self, page: Page | Target) -> None:
        self.session: CDPSession | Target = page if isinstance(page, Target) else page.context.new_cdp_session(page)
        self.session.send("Performance.enable")

    def metrics(self) -> dict[str, float]:
        answer: dict[str, Any] = self.session.send("Performance.getMetrics")
        return {metric["name"]: metric["value"] for metric in answer["metrics"]}

    def heap(self) -> float:
        """Bytes of the JavaScript heap in use after a garbage collection."""
        for _ in range(2):
            self.session.send("HeapProfiler.collectGarbage")
        return self.metrics()["JSHeapUsedSize"]

    def scroll(self, x: float, y: float, pixels: float, speed: float) -> None:
        """Turn the mouse wheel: positive pixels scroll up, to older messages."""
        self.session.send(
            "Input.synthesizeScrollGesture",
            {"x": x, "y": y, "yDistance": pixels, "speed": int(speed), "gestureSourceType": "mouse"},
        )
