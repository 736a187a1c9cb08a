"""One browser for the tests of a worker, and one more for those that need windows. Each person has a context in it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Playwright, async_playwright

from tests.browser.chromium import built, launch
from tests.conftest import new_event_loop
from tests.server.server_fixture import Serve

pytest.register_assert_rewrite("tests.browser.lan", "tests.browser.people", "tests.browser.servers")

from tests.browser.people import People  # noqa: E402


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all tests of the worker: the connection to the browser is bound to it."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        yield runner


@pytest.fixture(scope="session")
def playwright(runner: asyncio.Runner) -> Iterator[Playwright]:
    playwright = runner.run(async_playwright().start())
    yield playwright
    runner.run(playwright.stop())


@pytest.fixture(scope="session")
def browser(runner: asyncio.Runner, playwright: Playwright) -> Iterator[Browser]:
    browser = runner.run(launch(playwright))
    yield browser
    runner.run(browser.close())


@pytest.fixture(scope="module")
def browser_with_windows(runner: asyncio.Runner, playwright: Playwright) -> Iterator[Browser]:
    browser = runner.run(launch(playwright, windows=True))
    yield browser
    runner.run(browser.close())


@pytest.fixture
def people(runner: asyncio.Runner, serve: Serve, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[People]:
    built()
    windows = request.node.get_closest_marker("windows")
    browser: Browser = request.getfixturevalue("browser_with_windows" if windows else "browser")
    people = People(browser, serve, tmp_path)
    yield people
    wrong = runner.run(people.close())
    assert wrong == [], "\n".join(wrong)
