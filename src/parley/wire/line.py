"""The line protocol's framing (docs/protocol/line.md): lines that end in a newline, and messages that end in nothing."""

from typing import Final, Literal

from msgspec import Struct

from .limits import LINE_BYTES


class LineError(Struct, frozen=True):
    """A line that can't be read: too long, or not UTF-8, or with a NUL."""

    code: Literal["line_too_long", "line_invalid"]
    why: str = ""


def _read(line: bytes) -> str | LineError:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return LineError("line_invalid", "it is not UTF-8")
    return LineError("line_invalid", "it holds a NUL") if "\0" in text else text


class LineDecoder:
    """Cuts a stream of bytes at newlines. A carriage return before the newline is dropped."""

    __slots__ = ("_rest", "_skipping")

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False

    def receive(self, data: bytes) -> list[str | LineError]:
        """Return the lines that `data` completes. A line that is too long gives one error, as soon as it is known to be."""
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
        """Return the line that has no newline: nothing more will come."""
        rest, self._rest = self._rest, b""
        return [_read(rest.removesuffix(b"\r"))] if rest else []


class PrefixDecoder:
    """Cuts a stream of bytes at the sender's own prefix, ``NAME: ``, for clients that end their messages with nothing.

    Where the last message ends is known only when the next begins, or when the sender falls silent: the caller then calls `flush`.
    """

    __slots__ = ("_prefix", "_rest")

    def __init__(self, name: str) -> None:
        self._prefix: Final = f"{name}: ".encode()
        self._rest = b""

    @property
    def waiting(self) -> bool:
        """Whether there are bytes that `flush` would return."""
        return bool(self._rest)

    def receive(self, data: bytes) -> list[str | LineError]:
        """Return the messages that are followed by another, without their prefix."""
        *complete, last = self._cut(self._rest + data)
        found = self._read_all(complete)
        if len(last) > LINE_BYTES:
            found.append(LineError("line_too_long"))
            last = b""
        self._rest = last
        return found

    def flush(self) -> list[str | LineError]:
        """Return the last message: the sender has fallen silent."""
        rest, self._rest = self._rest, b""
        return self._read_all([rest])

    def _cut(self, stream: bytes) -> list[bytes]:
        first, *others = stream.split(self._prefix)
        # Each part keeps its prefix, so that what is kept for later still shows where the message begins.
        messages = [self._prefix + part for part in others]
        return [first, *messages] if first or not messages else messages

    def _read_all(self, parts: list[bytes]) -> list[str | LineError]:
        found: list[str | LineError] = []
        for part in parts:
            message = part.removeprefix(self._prefix).strip(b"\r\n")
            if len(message) > LINE_BYTES:
                found.append(LineError("line_too_long"))
            elif message:
                found.append(_read(message))
        return found
