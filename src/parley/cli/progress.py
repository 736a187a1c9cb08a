"""Progress on standard error: on a terminal in one line that is overwritten, elsewhere in a new line each time."""

import sys
import time

import click

from parley.storage.progress import Progress


class ShownProgress:
    """Shows the progress of a task, once it has taken more than two seconds.

    Args:
        doing: the verb that begins the line, such as `Checking`.
    """

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._terminal = sys.stderr.isatty()
        self._progress = Progress(self._show, time.monotonic, every=0.1 if self._terminal else 10.0)

    def __call__(self, what: str) -> None:
        """Take the name of the part being worked on, and show it if it is time. Call it as often as you like."""
        self._progress(what)

    def clear(self) -> None:
        """Remove the line, if it was shown on a terminal."""
        if self._terminal and self._progress.shown:
            click.echo("\r\x1b[K", nl=False, err=True)

    def _show(self, what: str, seconds: int) -> None:
        line = f"{self._doing} {what} ({seconds} s)"
        click.echo(f"\r\x1b[K{line}" if self._terminal else line, nl=not self._terminal, err=True)
