"""A browser on the local network: the page has neither TLS nor a name that browsers trust like localhost."""

from typing import Final

from playwright.async_api import Browser

from tests.browser.chromium import LAN_HOST
from tests.browser.people import Person

# The beginning of Chromium's warning on each page without TLS.
OPENER_POLICY: Final = "error: The Cross-Origin-Opener-Policy header has been ignored"


async def guest_without_worker(browser: Browser, port: int) -> Person:
    """Return a guest on a page that can't have a service worker."""
    context = await browser.new_context(locale="en-GB", reduced_motion="reduce")
    bob = Person("bob", context, await context.new_page(), f"http://{LAN_HOST}:{port}")
    await bob.comes()
    assert not await bob.page.evaluate("isSecureContext || 'serviceWorker' in navigator")
    return bob


async def leaves(bob: Person, but_for: str = OPENER_POLICY) -> None:
    """Close the browser. Check that no error was recorded, except those that begin with `but_for`."""
    await bob.context.close()
    assert [each for each in bob.wrong if not each.startswith((OPENER_POLICY, but_for))] == []
