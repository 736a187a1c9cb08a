"""The page without a server, and new versions of the page.

Needs a browser: the service worker is the browser's.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, expect

from parley.gateways.http import assets
from tests.browser.chromium import built, complaints, person
from tests.browser.people import Person
from tests.server.server_fixture import Serve

CONTROLLED = """() => new Promise((resolve) => {
  const look = () => { if (navigator.serviceWorker.controller) resolve(true); };
  navigator.serviceWorker.addEventListener("controllerchange", look);
  look();
})"""

KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) kept.push(new URL(request.url).pathname);
  return kept.sort();
}"""

NEW_VERSION = """() => new Promise((resolve) => {
  navigator.serviceWorker.ready.then((registration) => {
    const look = () => { if (registration.waiting) resolve(true); };
    registration.addEventListener("updatefound", () => registration.installing.addEventListener("statechange", look));
    registration.update();
    look();
  });
})"""

# A hidden page reloads by itself once another version has taken over.
APPLY = """() => navigator.serviceWorker.ready.then((registration) => {
  Object.defineProperty(document, "visibilityState", {get: () => "hidden"});
  registration.waiting.postMessage("apply");
})"""


@pytest.fixture
def page() -> Mapping[str, assets.File]:
    return built()


def changed(page: Mapping[str, assets.File]) -> Mapping[str, assets.File]:
    """Return the page with another version and title."""
    worker, index = page["/sw.js"], page["/index.html"]
    title = index.bodies[""].replace(b"<title>Parley</title>", b"<title>Another</title>")
    assert title != index.bodies[""]
    script, versions = re.subn(rb'"[0-9a-f]{12}"', b'"another"', worker.bodies[""])
    assert versions == 1
    return {
        **page,
        "/sw.js": msgspec.structs.replace(worker, bodies={"": script}, digest="new"),
        "/index.html": msgspec.structs.replace(index, bodies={"": title}, digest="new"),
    }


async def test_the_page_opens_without_a_server(serve: Serve, tmp_path: Path, page: Mapping[str, assets.File]) -> None:
    server = await serve()
    async with person(tmp_path / "profile") as browser:
        tab = await browser.new_page()
        wrong = complaints(tab)
        await tab.goto(f"http://127.0.0.1:{server.port}/")
        assert await tab.evaluate(CONTROLLED)
        assert wrong == []
        kept = await tab.evaluate(KEPT)
        assert "/" in kept
        assert not [path for path in kept if path != "/" and path not in page]
        await server.close()
        for path in ("/", "/r/lobby/12"):
            await tab.goto(f"http://127.0.0.1:{server.port}{path}")
            await tab.locator("#app > *").first.wait_for()


async def test_a_new_version_waits_until_it_is_applied(
    serve: Serve, tmp_path: Path, page: Mapping[str, assets.File], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve()
    async with person(tmp_path / "profile") as browser:
        tab = await browser.new_page()
        await tab.goto(f"http://127.0.0.1:{server.port}/")
        assert await tab.evaluate(CONTROLLED)

        await server.close()
        monkeypatch.setattr(assets, "load", lambda: changed(page))
        await server.open()
        assert await tab.evaluate(NEW_VERSION)
        response = await tab.goto(f"http://127.0.0.1:{server.port}/")
        assert response is not None
        assert "<title>Another</title>" not in await response.text()

        async with tab.expect_navigation() as reloaded:
            await tab.evaluate(APPLY)
        assert "<title>Another</title>" in await (await reloaded.value).text()


async def test_a_new_version_is_offered_and_keeps_the_draft(
    serve: Serve, browser: Browser, page: Mapping[str, assets.File], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve()
    context = await browser.new_context(locale="en-GB")
    bob = Person("bob", context, await context.new_page(), f"http://127.0.0.1:{server.port}")
    await bob.comes()
    await bob.is_kept()
    await bob.composer.press_sequentially("half a sentence")
    await server.close()
    monkeypatch.setattr(assets, "load", lambda: changed(page))
    await server.open()
    assert await bob.page.evaluate(NEW_VERSION)
    await expect(bob.page.get_by_text("A new version of this page is here.")).to_be_visible()
    await expect(bob.composer).to_have_value("half a sentence")
    async with bob.page.expect_navigation():
        await bob.button("Reload").click()
    await bob.is_in("lobby")
    await expect(bob.composer).to_have_value("half a sentence")
    await context.close()
    assert bob.wrong == []
