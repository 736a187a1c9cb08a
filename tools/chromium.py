"""The system's Chromium, for whatever looks at the page in a real browser."""

import shutil
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")

ARGUMENTS: Final = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
"""It runs as whoever starts it, in containers as root; and it is to ask nobody but us."""


def find() -> str | None:
    """Return where it is; None if there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)
