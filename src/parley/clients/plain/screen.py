"""The input and output of a chat: a terminal, or pipes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .conversation import PlainConversation
from .render import TextLine


class Screen(Protocol):
    """A terminal or a pair of pipes.

    Attributes:
        patient: whether to wait for a server that can't be reached, because there may be nobody to ask.
        looked_at: whether somebody reads the lines when they appear, as on a terminal.
    """

    patient: bool
    looked_at: bool

    def show(self, line: TextLine) -> None:
        """Show one line.

        Raises:
            BrokenPipeError: the reader of the output has closed it.
        """

    def refresh(self) -> None:
        """Draw the prompt and the status line again, after their content has changed."""

    async def ask_name(self) -> str | None:
        """Ask for a name; None if nobody answers."""

    async def read(self, conversation: PlainConversation, changed: Callable[[], None]) -> bool:
        """Pass the lines that the user types to the conversation, and call `changed` after each, until the user quits.

        Returns:
            Whether to wait until all messages are sent.
        """

    def can_ask(self) -> bool:
        """Return whether the user can be asked for another name, or a password."""

    def close(self) -> None:
        """Restore the terminal's state."""
