"""Removes the telnet protocol from a stream of bytes (RFC 854, 855).

Text is UTF-8, in which the byte 255 (IAC) never occurs. So a stream without it needs no filter.
"""

from typing import Final

IAC_CODE: Final = 255
IAC: Final = bytes((IAC_CODE,))
"""Begins every command."""

ARE_YOU_THERE_ANSWER: Final = b"[Yes]\n"
"""The answer to `AYT` (are you there); telnet servers have always used this text."""

SUBNEGOTIATION_BYTES: Final = 1024
"""The longest subnegotiation. The server agrees to no option, so a client has no reason to send one. A longer one is a
fault: the bytes after this many are text again.
"""

_SE, _AYT, _SB, _WILL, _WONT, _DO, _DONT = 240, 246, 250, 251, 252, 253, 254
_LOWEST: Final = 236
"""The lowest code of a command: EOF (RFC 1184, section 2.1)."""

ERASE_CHARACTER: Final = b"\x08"
ERASE_LINE: Final = b"\x15"
_REFUSALS: Final = {_WILL: _DONT, _DO: _WONT}
_UTF16_MARK: Final = b"\xff\xfe"
_UTF16_START_BYTES: Final = 4
"""The length of UTF-16's byte order mark and one letter, in bytes."""

_EDITS: Final = {
    247: ERASE_CHARACTER,  # EC
    248: ERASE_LINE,  # EL
    244: ERASE_LINE,  # IP, interrupt process: Ctrl-C
    243: ERASE_LINE,  # BRK
    237: ERASE_LINE,  # SUSP: Ctrl-Z
    238: ERASE_LINE,  # ABORT: Ctrl-\
}
_LINE_ENDS: Final = b"\r\n"


class TelnetFilter:
    """Takes commands, negotiations and subnegotiations out of a stream.

    Every option is refused, so both sides stay network virtual terminals: a request is answered with a refusal, and a
    refusal is not answered, which makes endless negotiations impossible (RFC 1143, section 7). Commands that edit a
    line become control characters, see `parley.wire.line.LineDecoder`. `IAC IAC` is the byte 255.

    Bytes that no telnet client sends are left in the text, which is then refused as not UTF-8. These are codes that are
    no commands, and, as long as the client has not `spoken` telnet, negotiations of the options 10 and 13: no client
    uses these options any more, and their codes are LF and CR, so it is a line in another encoding.

    Args:
        at_start: whether the stream is read from the first byte of the connection. If so, it is checked for the byte
            order mark of UTF-16, which is `IAC DONT` in telnet.

    Attributes:
        spoken: whether the client has sent any command.
    """

    __slots__ = ("_at_start", "_rest", "_skipped", "_utf16", "spoken")

    def __init__(self, *, at_start: bool = False) -> None:
        self.spoken = False
        self._at_start = at_start
        self._utf16 = False
        self._rest = b""  # the bytes of an incomplete command
        self._skipped = -1  # how many bytes of a subnegotiation were skipped; -1 outside of one

    def receive(self, data: bytes) -> tuple[bytes, bytes]:
        """Return the text in `data`, and what to answer at once; both may be empty."""
        data, self._rest = self._rest + data, b""
        if self._at_start:
            if _UTF16_MARK.startswith(data[:2]) and len(data) < _UTF16_START_BYTES:
                self._rest = data
                return b"", b""
            self._at_start = False
            self._utf16 = _is_utf16(data)
        if self._utf16:
            return data, b""
        text, answer = bytearray(), bytearray()
        at = 0
        while (start := data.find(IAC, at)) >= 0 or self._skipped >= 0:
            if self._skipped >= 0:
                at = self._skip(data, at)
                if self._skipped >= 0:
                    return bytes(text), bytes(answer)
                continue
            text += data[at:start]
            length = self._command(data[start : start + 3], text, answer)
            if not length:
                self._rest = data[start:]
                return bytes(text), bytes(answer)
            at = start + length
        text += data[at:]
        return bytes(text), bytes(answer)

    def flush(self) -> bytes:
        """Return the incomplete command at the end of the stream, if it may be text. Call it after the end of the
        stream.
        """
        rest, self._rest = self._rest, b""
        return b"" if self.spoken else rest

    def _command(self, data: bytes, text: bytearray, answer: bytearray) -> int:
        """Perform the command at the beginning of `data`. Return its length, 0 if it is incomplete."""
        if len(data) == 1:
            return 0
        code = data[1]
        if code == IAC_CODE:
            text.append(IAC_CODE)
            return 2
        if code < _LOWEST:
            text.append(IAC_CODE)
            return 1
        if code in (_WILL, _WONT, _DO, _DONT):
            if len(data) == 2:
                return 0
            if not self.spoken and data[2] in _LINE_ENDS:
                text += data[:2]
                return 2
            if code in _REFUSALS:
                answer += bytes((IAC_CODE, _REFUSALS[code], data[2]))
        self.spoken = True
        if code == _SB:
            self._skipped = 0
        elif code == _AYT:
            answer += ARE_YOU_THERE_ANSWER
        text += _EDITS.get(code, b"")
        return 3 if code >= _WILL else 2

    def _skip(self, data: bytes, at: int) -> int:
        """Pass over a subnegotiation from `at` on. Return the index after the skipped bytes. `_skipped` is -1 if the
        subnegotiation has ended; otherwise more of it follows.
        """
        while at < len(data):
            if self._skipped >= SUBNEGOTIATION_BYTES:
                self._skipped = -1
                return at
            size = 1
            if data[at] == IAC_CODE:
                if at + 1 == len(data):
                    self._rest = data[at:]
                    return at
                if data[at + 1] == IAC_CODE:
                    size = 2
                elif data[at + 1] >= _LOWEST:
                    # SE ends it. No other command belongs here: it ends the subnegotiation as well, and is performed.
                    self._skipped = -1
                    return at + 2 if data[at + 1] == _SE else at
            self._skipped += size
            at += size
        return at


def _is_utf16(data: bytes) -> bool:
    """Tell whether a stream that begins so is UTF-16: a byte order mark, and a letter of a script below U+2000.

    In telnet these bytes would refuse an option that the server never offered, followed by a control character.
    """
    return data.startswith(_UTF16_MARK) and data[3] < 0x20 and data[3] not in _LINE_ENDS
