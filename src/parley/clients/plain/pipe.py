"""The chat in a pipe: reads lines from stdin and writes lines to stdout, without escape codes. Sentences about the
connection go to stderr.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from parley.wire.encoding import BOM, is_text, is_utf16, visible

from .commands import hear, hear_last
from .conversation import PlainConversation
from .render import TextLine

LINES_AHEAD: Final = 500
"""How many lines are read ahead."""

UNSENT_MOST: Final = 10_000
"""While the outbox has more messages than this, no line is read."""

_PIECE_BYTES: Final = 64 * 1024
_ABOUT_US: Final = ("notice", "problem")


_UTF16: Final = "The input is UTF-16, and only UTF-8 is read. Nothing of it was sent."


class Line(Struct, frozen=True):
    """A line of the input.

    Attributes:
        text: the line without its end; bytes that are not UTF-8 are lone surrogates in it (PEP 383).
        finished: whether it ended with a newline.
        unreadable: why the input from here on can't be read, as a sentence; empty if it can.
    """

    text: str = ""
    finished: bool = True
    unreadable: str = ""


class Pipe:
    """See `parley.clients.plain.screen.Screen`."""

    patient = True
    looked_at = False

    def __init__(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            # A character that the encoding lacks must not end the chat.
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        self._lines: asyncio.Queue[Line | None] = asyncio.Queue()
        self._room = threading.Semaphore(LINES_AHEAD)
        self._moved = asyncio.Event()
        self._reader: threading.Thread | None = None

    def show(self, line: TextLine) -> None:
        if line.style == "code":
            return
        print(line.text, file=sys.stderr if line.style in _ABOUT_US else sys.stdout, flush=True)

    def refresh(self) -> None:
        self._moved.set()

    def can_ask(self) -> bool:
        return False  # the next line is a message, not a name

    def close(self) -> None:
        pass

    async def ask_name(self) -> str | None:
        print("Input username >>> ", end="", file=sys.stderr, flush=True)
        line = await self._next_line()
        print(file=sys.stderr, flush=True)
        if line is None:
            return None
        if line.unreadable or not is_text(line.text):
            print(line.unreadable or f"This name is not UTF-8: {visible(line.text)}", file=sys.stderr, flush=True)
            return None  # the next line is a message, not another name
        return line.text

    async def read(self, conversation: PlainConversation, changed: Callable[[], None]) -> bool:
        while True:
            line = await self._next_line()
            # All lines that were read ahead go into the outbox in one commit.
            while line is not None and conversation.parting_words is None:
                _take(conversation, line)
                if self._lines.empty():
                    break
                line = await self._next_line()
            changed()
            if line is None or conversation.parting_words is not None:
                return True
            while len(conversation.window.session.unsent) > UNSENT_MOST:
                self._moved.clear()
                await self._moved.wait()

    async def _next_line(self) -> Line | None:
        """Return the next line; None at the end of the input."""
        if self._reader is None:
            # A thread, because asyncio can't read files, or pipes on Windows. A daemon thread, because a blocking read
            # can't be interrupted and must not delay the exit.
            arguments = (asyncio.get_running_loop(),)
            self._reader = threading.Thread(target=self._read_lines, args=arguments, daemon=True, name="stdin")
            self._reader.start()
        line = await self._lines.get()
        self._room.release()
        return line

    def _read_lines(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            for line in _lines_of(sys.stdin.fileno() if sys.stdin else -1):
                self._room.acquire()
                loop.call_soon_threadsafe(self._lines.put_nowait, line)
            loop.call_soon_threadsafe(self._lines.put_nowait, None)
        except RuntimeError:
            pass  # the event loop is closed, because the chat has ended


def _take(conversation: PlainConversation, line: Line) -> None:
    if line.unreadable:
        conversation.refuse_line(line.unreadable)
    else:
        (hear if line.finished else hear_last)(conversation, line.text)


def _lines_of(descriptor: int) -> Iterator[Line]:
    # Read the descriptor and not `sys.stdin`: the interpreter crashes at exit if a daemon thread holds the lock of
    # `sys.stdin`.
    # The pieces of a line without its end: joined only once, so that the cost of a long line is linear.
    rest: list[bytes] = []
    first = True
    while True:
        try:
            piece = os.read(descriptor, _PIECE_BYTES)
        except OSError:
            piece = b""
        beginning, *lines = piece.split(b"\n")
        rest.append(beginning)
        for line in lines:
            whole = b"".join(rest)
            if first and is_utf16(whole):
                yield Line(unreadable=_UTF16)
                return
            first = False
            yield _line(whole)
            rest = [line]
        if not piece:
            if last := b"".join(rest):
                yield Line(unreadable=_UTF16) if first and is_utf16(last) else _line(last, finished=False)
            return


def _line(line: bytes, *, finished: bool = True) -> Line:
    return Line(line.removeprefix(BOM).removesuffix(b"\r").decode(errors="surrogateescape"), finished)
