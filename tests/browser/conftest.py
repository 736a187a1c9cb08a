"""One browser for all tests; each has its own server, and its people contexts of their own."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import built, executable
from tests.conftest import new_event_loop
from tools import chromium

pytest.register_assert_rewrite("tests.browser.stage")

from tests.browser.stage import Stage  # noqa: E402


@pytest.fixture(scope="package")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all of them: the browser's connection lives in it."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        yield runner


@pytest.fixture(scope="package")
def browser(runner: asyncio.Runner) -> Iterator[Browser]:
    path = executable()
    playwright = runner.run(async_playwright().start())
    browser = runner.run(playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS)))
    yield browser
    runner.run(browser.close())
    runner.run(playwright.stop())


@pytest.fixture
def stage(runner: asyncio.Runner, browser: Browser, tmp_path: Path) -> Iterator[Stage]:
    built()
    stage = Stage(browser, tmp_path)
    yield stage
    wrong = runner.run(stage.close())
    assert wrong == [], "\n".join(wrong)
