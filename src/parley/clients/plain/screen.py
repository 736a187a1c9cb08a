"""The input and output of a chat: a terminal, or pipes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .conversation import PlainConversation
from .render import TextLine


class Screen(Protocol):
    """A terminal or a pair of pipes.

    Attributes:
        patient: whether to wait for a server that can't be reached: there may be nobody to ask.
        looked_at: whether somebody reads what is shown, at once.
    """

    patient: bool
    looked_at: bool

    def show(self, line: TextLine) -> None:
        """Show one line.

        Raises:
            BrokenPipeError: nobody reads any more.
        """

    def refresh(self) -> None:
        """Something has changed that is shown beside the lines."""

    async def ask_name(self) -> str | None:
        """Ask for a name; None if nobody answers."""

    async def read(self, conversation: PlainConversation, changed: Callable[[], None]) -> bool:
        """Give the conversation what the user types, and call `changed` after it, until the user wants to go.

        Returns:
            Whether to wait until everything is sent.
        """

    def can_ask(self) -> bool:
        """Return whether the user can be asked for another name, or a password."""

    def close(self) -> None:
        """Leave the terminal as it was."""
