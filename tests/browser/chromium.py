"""A real browser for tests: the system's Chromium, by playwright."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NoReturn

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright

from parley.gateways.http import assets
from tools import chromium

MISSING: Final = "there is no Chromium (on Debian: `apt install chromium`)"
NOT_BUILT: Final = "the page was not built: `python3 run.py test` builds it, and so does `python tools/page.py build`"

# Without this option each window loads suggestions for its address bar, as pages of their own: that takes longer than
# many tests. Only the last `--disable-features` counts, so it repeats the features that Playwright disables.
NO_FEATURES: Final = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter",
    "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)  # fmt: skip

LAN_HOST: Final = "lan.example"
"""A name of this machine that browsers do not trust like localhost: without TLS, such a page has no service worker."""

ARGUMENTS: Final = [
    *chromium.ARGUMENTS,
    "--disable-gpu",
    f"--disable-features={','.join(NO_FEATURES)}",
    f"--host-resolver-rules=MAP {LAN_HOST} 127.0.0.1",
]


def executable(*, windows: bool = False) -> str:
    """Return the path of Chromium. If there is none, skip the test, but fail in CI.

    Args:
        windows: see `tools.chromium.find`.
    """
    return chromium.find(windows=windows) or absent(MISSING)


def built() -> Mapping[str, assets.File]:
    """Return the files of the built page. If it was not built, skip the test, but fail in CI."""
    return assets.load() or absent(NOT_BUILT)


def absent(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


async def launch(playwright: Playwright, *, windows: bool = False) -> Browser:
    """Start a browser. Each person gets a context of their own in it.

    Args:
        playwright: starts it.
        windows: see `tools.chromium.find`.
    """
    return await playwright.chromium.launch(executable_path=executable(windows=windows), args=ARGUMENTS)


@asynccontextmanager
async def person(folder: Path, **options: object) -> AsyncIterator[BrowserContext]:
    """Start a browser with a profile of its own. After its end a second browser can use the same profile.

    Args:
        folder: the profile.
        options: playwright's, for instance `viewport`, `locale` or `color_scheme`.
    """
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            folder,
            executable_path=executable(),
            args=ARGUMENTS,
            **options,  # type: ignore[arg-type]
        )
        try:
            yield context
        finally:
            await context.close()


def complaints(page: Page) -> list[str]:
    """Return a list that gets the page's errors and violations of its Content-Security-Policy from now on."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    return found
