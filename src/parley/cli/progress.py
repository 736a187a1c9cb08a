"""Progress on standard error: on a terminal in one line that is overwritten, elsewhere in a new line each time."""

import sys
import time

import click

from parley.storage.progress import Progress


class ShownProgress:
    """Shows what takes more than two seconds.

    Args:
        doing: what is being done, such as `Checking`.
    """

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._terminal = sys.stderr.isatty()
        self._progress = Progress(self._show, time.monotonic, every=0.1 if self._terminal else 10.0)

    def __call__(self, what: str) -> None:
        """Report what is being worked on. Call it as often as you like."""
        self._progress(what)

    def clear(self) -> None:
        """Remove the line from a terminal."""
        if self._terminal and self._progress.shown:
            click.echo("\r\x1b[K", nl=False, err=True)

    def _show(self, what: str, seconds: int) -> None:
        line = f"{self._doing} {what} ({seconds} s)"
        click.echo(f"\r\x1b[K{line}" if self._terminal else line, nl=not self._terminal, err=True)
