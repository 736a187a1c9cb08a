"""Finds the system's Chromium, for tests and benchmarks of the page in a real browser."""

import shutil
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")

ARGUMENTS: Final = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
"""It runs as root in containers, and must connect to nothing but our server."""


def find() -> str | None:
    """Return its path; None if there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)
