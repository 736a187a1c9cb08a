"""Browsers without some functions: the page works without them, or says which one is missing. It is never empty.

Needs a browser: the functions are the browser's, and are deleted from it before the page runs.
"""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Route, expect

from tests.browser.lan import guest_without_worker, leaves
from tests.browser.people import Person
from tests.server.server_fixture import Serve

SCRIPT = Path(__file__).parent.parent.parent / "web/public/requirements.js"

# The functions that the page requires, with the names that requirements.js shows, and a script that removes each from
# the browser.
NEEDED = {
    "JavaScript modules": "delete HTMLScriptElement.prototype.noModule",
    "the dialog element": "delete HTMLDialogElement.prototype.showModal",
    "popovers": "delete HTMLElement.prototype.showPopover",
    "WebSocket": "delete window.WebSocket",
    "fetch": "delete window.fetch",
    "ResizeObserver": "delete window.ResizeObserver",
    "Intl.ListFormat": "delete Intl.ListFormat",
    "Intl.DateTimeFormat": "delete Intl.DateTimeFormat",
    "Array.prototype.at": "delete Array.prototype.at",
    "Array.prototype.findLast": "delete Array.prototype.findLast",
    "replaceChildren": "delete Element.prototype.replaceChildren",
    "crypto.getRandomValues": "delete Crypto.prototype.getRandomValues",
    "TextEncoder": "delete window.TextEncoder",
    "CSS.escape": "delete CSS.escape",
    "matchMedia": "delete window.matchMedia",
    "queueMicrotask": "delete window.queueMicrotask",
}

# A script that removes functions that the page can work without.
SPARED = """
  delete Intl.Segmenter;
  delete Intl.supportedValuesOf;
  delete Intl.RelativeTimeFormat;
  delete window.BroadcastChannel;
  delete window.Notification;
  delete window.structuredClone;
  delete window.requestIdleCallback;
  delete window.IntersectionObserver;
  delete Crypto.prototype.randomUUID;
  for (const name of ["serviceWorker", "locks", "clipboard", "storage", "userAgentData", "virtualKeyboard"])
    delete Navigator.prototype[name];
  for (const name of ["indexedDB", "caches"]) delete Window.prototype[name], delete window[name];
  for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, {get() { throw new DOMException("refused", "SecurityError"); }});
"""


async def lacks(context: BrowserContext, url: str, script: str) -> str:
    """Open the page in a browser from which the script has removed a function. Return the text that is shown instead of
    the page.
    """
    page = await context.new_page()
    await page.add_init_script(script)
    await page.goto(url)
    place = page.get_by_role("alert")
    await expect(place).to_be_visible()
    words = await place.inner_text()
    await page.close()
    return words


def test_the_table_has_every_function_that_the_page_requires() -> None:
    asked = re.findall(r'^    "([^"]+)": function', SCRIPT.read_text(encoding="utf-8"), re.MULTILINE)
    assert asked == list(NEEDED)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["the dialog element", "popovers", "Intl.ListFormat", "WebSocket"], id="some"),
        pytest.param(list(NEEDED), id="all", marks=pytest.mark.slow),
    ],
)
async def test_the_page_says_what_the_browser_lacks(serve: Serve, browser: Browser, names: list[str]) -> None:
    server = await serve()
    context = await browser.new_context(locale="en-GB")
    url = f"http://127.0.0.1:{server.port}/"
    for name in names:
        words = await lacks(context, url, NEEDED[name])
        assert "Parley does not run in this browser" in words
        assert f": {name}." in words
        assert "Firefox from 125" in words
    await context.close()


async def test_the_page_says_so_in_german(serve: Serve, browser: Browser) -> None:
    server = await serve()
    context = await browser.new_context(locale="de-DE")
    words = await lacks(context, f"http://127.0.0.1:{server.port}/", NEEDED["popovers"])
    assert "Parley läuft in diesem Browser nicht" in words
    await context.close()


async def test_the_page_does_without_what_it_does_not_need(serve: Serve, browser: Browser) -> None:
    server = await serve()
    context = await browser.new_context(locale="en-GB")
    await context.add_init_script(SPARED)
    bob = Person("bob", context, await context.new_page(), f"http://127.0.0.1:{server.port}")
    await bob.comes()
    assert await bob.page.evaluate("Intl.Segmenter === undefined && !('indexedDB' in window)")
    await bob.says("hello")
    await bob.sees_status("hello", "Stored on the server")
    await context.close()
    assert bob.wrong == []


async def test_a_page_that_can_not_start_says_so(serve: Serve, browser: Browser) -> None:
    server = await serve()
    context = await browser.new_context(locale="en-GB", service_workers="block")
    url = f"http://127.0.0.1:{server.port}/"

    async def breaks(route: Route) -> None:
        await route.fulfill(content_type="text/javascript", body="newer = than this browser")

    async def is_away(route: Route) -> None:
        await route.abort()

    for fault, words in (
        (breaks, "Unexpected identifier|Unexpected token"),
        (is_away, "A part of the page did not arrive."),
    ):
        await context.route("**/assets/index-*.js", fault)
        shown = await lacks(context, url, "")
        assert "Parley could not start" in shown
        assert re.search(words, shown)
        await context.unroute("**/assets/index-*.js")
    await context.close()


async def test_a_page_without_tls_copies(serve: Serve, browser: Browser) -> None:
    server = await serve()
    bob = await guest_without_worker(browser, server.port)
    assert await bob.page.evaluate("navigator.clipboard === undefined")
    await bob.says("`" * 3 + "\nas it is\n" + "`" * 3)
    await bob.log.get_by_role("figure").hover()
    await bob.log.get_by_role("figure").get_by_role("button", name="Copy").click()
    await bob.composer.press("Control+v")
    await expect(bob.composer).to_have_value("as it is")
    await bob.types("")
    await bob.room("lobby").click(button="right")
    await bob.menu.get_by_role("menuitem", name="Copy link to the room").click()
    await expect(bob.page.get_by_text("Link copied.")).to_be_visible()
    await bob.composer.press("Control+v")
    await expect(bob.composer).to_have_value(f"{bob.url}/r/lobby")
    await leaves(bob)


async def test_a_page_that_fails_later_says_so(serve: Serve, browser: Browser) -> None:
    server = await serve()
    context = await browser.new_context(locale="en-GB", service_workers="block")
    bob = Person("bob", context, await context.new_page(), f"http://127.0.0.1:{server.port}")
    await bob.comes()
    await bob.page.evaluate(
        "() => Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', "
        "{get() { throw new TypeError('no time'); }})"
    )
    await bob.says("hello")
    await expect(bob.page.get_by_role("alert")).to_contain_text("This page has made a mistake")
    async with bob.page.expect_navigation():
        await bob.button("Reload").click()
    await bob.sees("hello")
    await context.close()
    assert any("no time" in each for each in bob.wrong)
