"""Parts of the page that are loaded later: the server does not answer, or it has another version of the page.

Needs a browser: it loads modules and styles, and over plain http it has no service worker.
"""

import re
from collections.abc import Mapping

import msgspec
import pytest
from playwright.async_api import Browser, expect

from parley.gateways.http import assets
from parley.server import compose
from tests.browser.chromium import built
from tests.browser.lan import guest_without_worker, leaves
from tests.server.server_fixture import Serve

PANELS = (
    "settings/look", "admin", "room", "leave", "shortcuts", "person/1", "create-room", "browse", "new-message",
    "invite", "leave-room", "archive-room", "pins", "versions/1/4", "reactions/1/4", "thread/1/4", "delete-message/1/4",
)  # fmt: skip
NEW_VERSION = "A new version of this page is here."


async def test_a_part_that_could_not_be_loaded_is_reported_and_loaded_later(serve: Serve, browser: Browser) -> None:
    server = await serve()
    bob = await guest_without_worker(browser, server.port)
    await server.close()
    await bob.knows_it_is_alone()
    for panel in PANELS:
        await bob.page.evaluate("(hash) => { location.hash = hash; }", panel)
        await expect(bob.dialog.get_by_role("heading", name="This did not load")).to_be_visible()
        await expect(bob.dialog.get_by_role("alert")).to_contain_text("The server did not answer.")
        assert await bob.page.evaluate("[...document.querySelectorAll('dialog[open]')].every((d) => d.offsetWidth > 0)")
        await bob.page.keyboard.press("Escape")
        await expect(bob.dialog).to_have_count(0)

    # The page still works.
    await bob.button("Emoji").click()
    await expect(bob.page.get_by_role("alert").filter(has_text="The server did not answer.")).to_be_visible()
    await bob.page.keyboard.press("Escape")
    await expect(bob.composer).to_be_focused()
    await bob.page.keyboard.type("haha :DD :smile: ")
    await expect(bob.composer).to_have_value("haha :DD :smile: ")
    await bob.page.keyboard.press("Control+k")
    await expect(bob.page.get_by_role("combobox", name="Go to or do")).to_be_focused()
    await bob.page.keyboard.press("Escape")

    await bob.page.evaluate("location.hash = 'settings/look'")
    await expect(bob.button("Try again")).to_be_visible()
    await server.open()
    await bob.button("Try again").click()
    await bob.field("Language").select_option("English")
    # The style sheet of this part could not be loaded before. Now it is.
    tabs = bob.dialog.get_by_role("tablist")
    assert await tabs.evaluate("(list) => getComputedStyle(list).display") == "flex"
    await bob.page.keyboard.press("Escape")
    await bob.knows_it_is_back()
    await bob.button("Emoji").click()
    await bob.page.get_by_label("Search emoji").fill("tada")
    await bob.page.keyboard.press("Enter")
    await expect(bob.composer).to_have_value("haha :DD :smile: 🎉")
    await leaves(bob)


def without_parts(page: Mapping[str, assets.File]) -> Mapping[str, assets.File]:
    """Return the page of another version, whose files have other names."""
    index = page["/index.html"]
    (entry,) = re.findall(rb'type="module"[^>]* src="(/assets/index-[^"]+\.js)"', index.bodies[""])
    body = index.bodies[""].replace(entry, b"/assets/index-another.js")
    kept = {path: file for path, file in page.items() if "Settings" not in path}
    return {
        **kept,
        "/index.html": msgspec.structs.replace(index, bodies={"": body}, digest="new"),
        "/assets/index-another.js": page[entry.decode()],
    }


async def test_after_an_update_the_page_offers_to_reload(
    serve: Serve, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = built()
    server = await serve()
    bob = await guest_without_worker(browser, server.port)
    await bob.types("half a sentence")
    await server.close()
    monkeypatch.setattr(assets, "load", lambda: without_parts(page))
    await server.open()
    await bob.tries_now()
    await expect(bob.page.get_by_text(NEW_VERSION)).to_be_visible()
    await bob.button("Later").click()
    await bob.page.evaluate("location.hash = 'settings/look'")
    await expect(bob.dialog.get_by_role("alert")).to_contain_text("The server has a new version of this page.")
    # Serve the unchanged page again, because its parts import the entry module by its real name.
    await server.close()
    monkeypatch.setattr(assets, "load", lambda: page)
    await server.open()
    async with bob.page.expect_navigation():
        await bob.dialog.get_by_role("button", name="Reload").click()
    await bob.page.keyboard.press("Escape")
    await expect(bob.composer).to_have_value("half a sentence")
    await leaves(bob, but_for="404 for ")


async def test_a_server_of_another_version_is_noticed_without_a_worker(
    serve: Serve, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve()
    bob = await guest_without_worker(browser, server.port)
    await server.close()
    await server.open()
    await bob.tries_now()
    await bob.knows_it_is_back()
    await bob.says("still here")
    await bob.sees_status("still here", "Stored on the server")
    await expect(bob.page.get_by_text(NEW_VERSION)).to_have_count(0)
    await server.close()
    monkeypatch.setattr(compose, "__version__", "99.0")
    await server.open()
    await bob.tries_now()
    await expect(bob.page.get_by_text(NEW_VERSION)).to_be_visible()
    await leaves(bob)


async def test_a_language_that_could_not_be_loaded_comes_with_the_connection(serve: Serve, browser: Browser) -> None:
    server = await serve()
    context = await browser.new_context(locale="de-DE", service_workers="block")
    german = "**/assets/de-*.js"
    await context.route(german, lambda route: route.abort())
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{server.port}/")
    await page.get_by_label("Your name").fill("bob")
    await context.unroute(german)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Emoji", exact=True)).to_be_visible()
    await expect(page.get_by_label("Räume filtern")).to_be_visible()
    await context.close()
