"""Text that comes from outside as bytes: UTF-8, with or without a byte order mark."""

import re
from typing import Final

BOM: Final = b"\xef\xbb\xbf"
"""The byte order mark in UTF-8 (RFC 3629, section 6), which Windows programs write at the beginning of a text."""

_OTHER_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")

_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)", re.DOTALL
)
"""An escape of JSON: a pair of surrogates, a lone one, or any other."""

_LONE_BYTES: Final = 6


class NotUtf8(ValueError):
    """Bytes that can't be read as text. The message is the predicate of a sentence, such as `is not UTF-8`."""


def is_utf16(data: bytes) -> bool:
    """Tell whether a text begins with the byte order mark of UTF-16 (or UTF-32), in either order of bytes."""
    return data.startswith(_OTHER_MARKS)


def decode(data: bytes) -> str:
    """Return a whole text, without the byte order mark at its beginning.

    Raises:
        NotUtf8: the text is not UTF-8. If it is UTF-16, the message says that.
    """
    if is_utf16(data):
        raise NotUtf8("is UTF-16, and only UTF-8 is read")
    try:
        return data.removeprefix(BOM).decode()
    except UnicodeDecodeError:
        raise NotUtf8("is not UTF-8") from None


def is_text(text: str) -> bool:
    """Tell whether a string can be encoded.

    Strings from a terminal, a command line or the environment may contain bytes that are not UTF-8. Python represents
    these as lone surrogates (PEP 383), which can't be encoded.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def visible(text: str) -> str:
    """Return a string with `\\xNN` in place of each byte that is not UTF-8, so that it can be shown."""
    return "".join(f"\\x{ord(each) - 0xDC00:02x}" if "\udc80" <= each <= "\udcff" else each for each in text)


def without_lone_surrogates(json: bytes) -> bytes:
    """Return JSON with U+FFFD in place of each lone surrogate, of which JavaScript and others write `\\ud83d` for a
    character that was cut in two. RFC 8259, section 8.2 leaves open what becomes of them.
    """
    return _ESCAPE.sub(lambda match: rb"\ufffd" if len(match[0]) == _LONE_BYTES else match[0], json)
