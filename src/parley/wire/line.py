"""The framing of the line protocol (docs/protocol/line.md): lines with a newline, or messages without a terminator."""

import re
from typing import Final, Literal

from msgspec import Struct

from .encoding import BOM, is_utf16
from .limits import LINE_BYTES


class LineError(Struct, frozen=True):
    """A line that can't be read: it is too long, not UTF-8, or contains a NUL."""

    code: Literal["line_too_long", "line_invalid"]
    why: str = ""


_MARK: Final = "\ufeff"
_ERASE_CHARACTER: Final = "\x08\x7f"
_ERASE_LINE: Final = "\x03\x15"
_ERASE_WORD: Final = "\x17"
_NOTHING: Final = "\x04\x1a"
_ESCAPE: Final = "\x1b"
_EDITING: Final = _ERASE_CHARACTER + _ERASE_LINE + _ERASE_WORD + _NOTHING + _ESCAPE
_EDITS: Final = re.compile(f"[{_EDITING}]")
_SEQUENCE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[@-~])")
"""The escape sequences that a terminal sends for arrow and function keys, and that programs print for colours (ECMA-48,
section 5.4).
"""

_SPECIAL: Final = b"\0" + _EDITING.encode() + BOM[:1]
"""Bytes that need special treatment. Most input has none of them; its lines are used as they are."""

_NOT_UTF8: Final = LineError("line_invalid", "it is not UTF-8")


def _read(line: bytes) -> str | LineError:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return _NOT_UTF8
    return LineError("line_invalid", "it holds a NUL") if "\0" in text else text


def _edit(text: str) -> str:
    """Return a line without its editing characters and the text that they erased."""
    kept: list[str] = []
    for character in _SEQUENCE.sub("", text):
        if character in _ERASE_CHARACTER:
            del kept[-1:]
        elif character == _ERASE_WORD:
            _erase_word(kept)
        elif character in _ERASE_LINE:
            kept.clear()
        elif character not in _NOTHING:
            kept.append(character)
    return "".join(kept)


def _erase_word(kept: list[str]) -> None:
    while kept and kept[-1].isspace():
        kept.pop()
    while kept and not kept[-1].isspace():
        kept.pop()


def _read_typed(line: bytes) -> str | LineError:
    """Read a line as `_read` does, after applying editing characters: a terminal may send every key that the user
    presses.
    """
    text = line.decode(errors="surrogateescape").removeprefix(_MARK)
    # Edit before checking for UTF-8: invalid bytes may have been erased again.
    return _read((_edit(text) if _EDITS.search(text) else text).encode(errors="surrogateescape"))


class LineDecoder:
    """Splits a stream of bytes at newlines, `CR LF` and `CR NUL` (the Enter key in telnet, RFC 854).

    Control characters with which people edit a line in a terminal are applied: backspace and DEL erase a character,
    Ctrl-W a word, Ctrl-U and Ctrl-C the line. Ctrl-D, Ctrl-Z, arrow and function keys do nothing. A byte order mark at
    the beginning of a line is dropped: the input may be several files joined together, each of which begins with one.
    """

    __slots__ = ("_first", "_rest", "_skipping", "_utf16")

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False
        self._first = True
        self._utf16 = False

    def receive(self, data: bytes) -> list[str | LineError]:
        """Return the lines that `data` completes. A line that is too long gives one error, as early as possible."""
        data = self._rest + data if self._rest else data
        read = _read
        if len(data.translate(None, _SPECIAL)) < len(data):
            data = data.replace(b"\r\0", b"\r\n")
            read = _read_typed
        lines = data.split(b"\n")
        self._rest = lines.pop()
        found: list[str | LineError] = []
        for line in lines:
            if self._skipping:
                self._skipping = False
            elif len(line) > LINE_BYTES:
                found.append(LineError("line_too_long"))
            elif self._first or self._utf16:
                found.append(self._line(line))
            else:
                found.append(read(line.removesuffix(b"\r")))
        if len(self._rest) > LINE_BYTES and not self._skipping:
            found.append(LineError("line_too_long"))
            self._skipping = True
        if self._skipping:
            # The NUL of `CR NUL` may follow.
            self._rest = b"\r" if self._rest.endswith(b"\r") else b""
        return found

    def flush(self) -> list[str | LineError]:
        """Return the last line, which has no newline. Call it at the end of the stream."""
        rest, self._rest = self._rest, b""
        return [] if not rest or self._skipping else [self._line(rest)]

    def _line(self, line: bytes) -> str | LineError:
        if self._first:
            self._first = False
            self._utf16 = len(line) > 2 and is_utf16(line)
        if self._utf16:
            return LineError("line_invalid", "it is UTF-16, and only UTF-8 is read")
        return _read_typed(line.removesuffix(b"\r"))


class PrefixDecoder:
    """Splits a stream of bytes at the sender's own prefix, ``NAME: ``, for clients that send no terminator.

    A message ends when the next one begins, or when the sender pauses: the caller then calls `flush`.
    """

    __slots__ = ("_prefix", "_prefixed", "_rest", "_skipping")

    def __init__(self, name: str) -> None:
        self._prefix: Final = f"{name}: ".encode()
        self._prefixed = False  # whether the prefix has come
        self._rest = b""
        self._skipping = False

    @property
    def waiting(self) -> bool:
        """Whether a message is incomplete, so that `flush` would return it."""
        return bool(self._rest) or self._skipping

    def is_foreign(self, data: bytes) -> bool:
        """Tell whether the sender sends no prefix: no message had one, and `data` does not begin with it either."""
        return not self._prefixed and not self._rest and not self._prefix.startswith(data[: len(self._prefix)])

    def take_rest(self) -> bytes:
        """Return the bytes of the incomplete message. Do not use the decoder after that."""
        rest, self._rest = self._rest, b""
        return rest

    def receive(self, data: bytes) -> list[str | LineError]:
        """Return the messages that are followed by another one, without their prefix. A message that is too long gives
        one error, as early as possible.
        """
        *complete, self._rest = (self._rest + data).split(self._prefix)
        self._prefixed = self._prefixed or bool(complete)
        found: list[str | LineError] = []
        for message in complete:
            found += self._end(message)
        # The last bytes may be the beginning of the next prefix.
        doubt = len(self._prefix) - 1
        if len(self._rest) > LINE_BYTES + doubt and not self._skipping:
            found.append(LineError("line_too_long"))
            self._skipping = True
        if self._skipping:
            self._rest = self._rest[-doubt:]
        return found

    def flush(self) -> list[str | LineError]:
        """Return the last message. Call it when the sender pauses."""
        rest, self._rest = self._rest, b""
        return self._end(rest)

    def _end(self, message: bytes) -> list[str | LineError]:
        if self._skipping:
            self._skipping = False
            return []
        if len(message) > LINE_BYTES:
            return [LineError("line_too_long")]
        message = message.strip(b"\r\n")
        return [_read(message)] if message else []
