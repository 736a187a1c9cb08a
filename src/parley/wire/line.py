"""The framing of the line protocol (docs/protocol/line.md): lines with a newline, or messages without a terminator."""

from typing import Final, Literal

from msgspec import Struct

from .limits import LINE_BYTES


class LineError(Struct, frozen=True):
    """A line that can't be read: it is too long, not UTF-8, or contains a NUL."""

    code: Literal["line_too_long", "line_invalid"]
    why: str = ""


def _read(line: bytes) -> str | LineError:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return LineError("line_invalid", "it is not UTF-8")
    return LineError("line_invalid", "it holds a NUL") if "\0" in text else text


class LineDecoder:
    """Splits a stream of bytes at newlines. A carriage return before the newline is dropped."""

    __slots__ = ("_rest", "_skipping")

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False

    def receive(self, data: bytes) -> list[str | LineError]:
        """Return the lines that `data` completes. A line that is too long gives one error, as early as possible."""
        lines = (self._rest + data if self._rest else data).split(b"\n")
        self._rest = lines.pop()
        found: list[str | LineError] = []
        for line in lines:
            if self._skipping:
                self._skipping = False
            elif len(line) > LINE_BYTES:
                found.append(LineError("line_too_long"))
            else:
                found.append(_read(line.removesuffix(b"\r")))
        if len(self._rest) > LINE_BYTES and not self._skipping:
            found.append(LineError("line_too_long"))
            self._skipping = True
        if self._skipping:
            self._rest = b""
        return found

    def flush(self) -> list[str | LineError]:
        """Return the last line, which has no newline. Call it at the end of the stream."""
        rest, self._rest = self._rest, b""
        return [_read(rest.removesuffix(b"\r"))] if rest else []


class PrefixDecoder:
    """Splits a stream of bytes at the sender's own prefix, ``NAME: ``, for clients that send no terminator.

    A message ends when the next one begins, or when the sender pauses: the caller then calls `flush`.
    """

    __slots__ = ("_prefix", "_rest", "_skipping")

    def __init__(self, name: str) -> None:
        self._prefix: Final = f"{name}: ".encode()
        self._rest = b""
        self._skipping = False

    @property
    def waiting(self) -> bool:
        """Whether a message is incomplete, so that `flush` would return it."""
        return bool(self._rest) or self._skipping

    def receive(self, data: bytes) -> list[str | LineError]:
        """Return the messages that are followed by another one, without their prefix. A message that is too long gives
        one error, as early as possible.
        """
        *complete, self._rest = (self._rest + data).split(self._prefix)
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
