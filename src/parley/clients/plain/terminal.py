"""The chat on a terminal: the log scrolls; below it are the queued messages, the prompt, and a status line.

A message is printed at its place in the room's log when the server has stored it. Until then it is shown below the
log, marked as queued.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style

from parley.wire.encoding import is_text, visible

from .commands import hear, last_line
from .conversation import PlainConversation
from .qr import qr_lines
from .render import TextLine, label, messages, safe

NAME_PROMPT: Final = "Input username >>> "
QUEUED_SHOWN: Final = 5
"""At most this many queued messages are shown."""

_STYLE: Final = Style.from_dict(
    {
        "happened": "ansibrightblack",
        "mention": "bold ansiyellow",
        "private": "ansimagenta",
        "answer": "ansicyan",
        "notice": "ansiyellow",
        "problem": "ansired",
        "code": "#000000 bg:#ffffff",
        "queued": "ansibrightblack italic",
        "prompt": "bold",
        "bottom-toolbar": "noreverse ansibrightblack",
    }
)


class _HideInput(Processor):
    """Hides the typed line, including its length, while `hidden()` is true."""

    def __init__(self, hidden: Callable[[], bool]) -> None:
        self._hidden = hidden

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        if not self._hidden():
            return Transformation(transformation_input.fragments)
        return Transformation([], source_to_display=lambda _: 0, display_to_source=lambda _: 0)


class _History(InMemoryHistory):
    """The earlier lines that the arrow keys bring back, without passwords."""

    def __init__(self, hidden: Callable[[], bool]) -> None:
        super().__init__()
        self._hidden = hidden

    def append_string(self, string: str) -> None:
        if not self._hidden() and not string.lower().startswith("/register"):
            super().append_string(string)


def _formatted(line: TextLine) -> list[tuple[str, str]]:
    """Return a line in the form that prompt_toolkit prints. A QR code has several lines; its colours end before each
    line break.
    """
    if line.style != "code":
        return [(f"class:{line.style}", line.text + "\n")]
    return [part for row in qr_lines(line.text) for part in (("class:code", row), ("", "\n"))]


class Terminal:
    """See `parley.clients.plain.screen.Screen`.

    Args:
        label: the server's address as it is shown.
    """

    patient = False
    looked_at = True

    def __init__(self, label: str) -> None:
        self._label = label
        self._conversation: PlainConversation | None = None
        self._prompt: PromptSession[str] = PromptSession(
            style=_STYLE,
            erase_when_done=True,
            complete_while_typing=False,
            history=_History(self._hidden),
            input_processors=[_HideInput(self._hidden)],
            key_bindings=self._keys(),
        )
        self._changed: Callable[[], None] = lambda: None
        self._pending: list[TextLine] = []
        self._printing = False
        self._patched = contextlib.ExitStack()
        self._patched.enter_context(patch_stdout())

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("up", filter=Condition(lambda: bool(self._last_line())))
        def _(event: KeyPressEvent) -> None:
            event.current_buffer.text = line = self._last_line()
            event.current_buffer.cursor_position = len(line)

        return keys

    def _last_line(self) -> str:
        """Return the line that edits the user's last message, if nothing is typed."""
        conversation = self._conversation
        return "" if conversation is None or self._prompt.default_buffer.text else last_line(conversation)

    def show(self, line: TextLine) -> None:
        self._pending.append(line)
        self._print_soon()

    def _print_soon(self) -> None:
        # Collect lines and print many at once, because each print draws the prompt again. During a print the terminal
        # echoes typed characters, so nothing is printed while a password is typed.
        if not self._printing and not self._hidden():
            self._printing = True
            asyncio.get_running_loop().call_soon(self._print)

    def _print(self) -> None:
        self._printing = False
        lines, self._pending = self._pending, []
        if lines:
            parts = [part for line in lines for part in _formatted(line)]
            print_formatted_text(FormattedText(parts), style=_STYLE, end="")

    def _hidden(self) -> bool:
        asking = self._conversation.window.asking if self._conversation is not None else None
        return asking is not None and asking.hidden

    def refresh(self) -> None:
        if self._pending:
            self._print_soon()
        self._prompt.app.invalidate()

    def can_ask(self) -> bool:
        return True

    def close(self) -> None:
        self._print()
        self._patched.close()

    async def ask_name(self) -> str | None:
        name = ""
        try:
            while True:
                name = await self._prompt.prompt_async(NAME_PROMPT, default=name)
                if is_text(name):
                    return name
                self.show(TextLine(safe(f"This is not UTF-8: {visible(name)}"), "problem"))
        except (EOFError, KeyboardInterrupt):
            return None

    async def read(self, conversation: PlainConversation, changed: Callable[[], None]) -> bool:
        self._conversation = conversation
        self._changed = changed
        self._prompt.default_buffer.on_text_changed += self._typed
        refused = ""  # a refused line is put into the prompt again, so that the user can correct it; a password is not
        while conversation.parting_words is None:
            try:
                line = await self._prompt.prompt_async(
                    self._above,
                    bottom_toolbar=self._below,
                    refresh_interval=1.0,
                    set_exception_handler=False,
                    default=refused,
                )
            except (EOFError, KeyboardInterrupt):
                break
            hidden = self._hidden()
            refused = "" if hear(conversation, line) or hidden else line
            changed()
            self.refresh()
        return False

    def _typed(self, buffer: object) -> None:
        conversation = self._conversation
        if conversation is None or conversation.window.asking or not conversation.window.room:
            return
        text = self._prompt.default_buffer.text
        if text and not text.startswith(("/", ".")):
            conversation.window.session.typing(conversation.window.room, conversation.window.now())
            self._changed()

    def _above(self) -> FormattedText:
        """Return the text between the log and the typed line: a question, or the queued messages."""
        conversation = self._conversation
        assert conversation is not None
        if (question := conversation.window.asking) is not None:
            why = [("class:problem", safe(question.why) + "\n")] if question.why else []
            return FormattedText([*why, ("class:prompt", question.text)])
        queued = conversation.window.session.unsent
        parts = []
        for entry in queued[:QUEUED_SHOWN]:
            place = "" if conversation.window.room and entry.to == label(conversation.window.room) else f"{entry.to} "
            first = safe(place + " ".join(entry.text.split("\n")))
            parts.append(("class:queued", f"  … {first[:200]}  (queued, not sent yet)\n"))
        if len(queued) > QUEUED_SHOWN:
            parts.append(("class:queued", f"  … and {messages(len(queued) - QUEUED_SHOWN)} more\n"))
        room = safe(label(conversation.window.room)) if conversation.window.room else "(no room)"
        return FormattedText([*parts, ("class:prompt", f"{room}> ")])

    def _below(self) -> FormattedText:
        """Return the status line: the user, the server, the connection, and the unread counts."""
        conversation = self._conversation
        assert conversation is not None
        session = conversation.window.session
        parts = [f"{safe(session.name or '')} at {self._label}"]
        if not conversation.online:
            at = session.connect_at
            wait = 0 if at is None else max(0, round(at - asyncio.get_running_loop().time()))
            parts.append(f"not connected, trying again in {wait} s" if wait else "not connected, trying")
        if queued := len(session.unsent):
            parts.append(f"{messages(queued)} queued")
        if unread := conversation.read_status.elsewhere():
            parts.append(unread)
        if typing := conversation.someone_types():
            parts.append(typing)
        return FormattedText([("class:bottom-toolbar", " " + " · ".join(parts))])
