"""Text that comes from outside as bytes: UTF-8, with or without a byte order mark."""

from typing import Final

BOM: Final = b"\xef\xbb\xbf"
"""The byte order mark in UTF-8 (RFC 3629, section 6), which Windows programs write at the beginning of a text."""

_OTHER_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


class NotUtf8(ValueError):
    """Bytes that can't be read as text. The message continues `The text can't be read: `."""


def is_utf16(data: bytes) -> bool:
    """Tell whether a text begins with the byte order mark of UTF-16 (or UTF-32), in either order of bytes."""
    return data.startswith(_OTHER_MARKS)


def decode(data: bytes) -> str:
    """Return a whole text, without the byte order mark at its beginning.

    Raises:
        NotUtf8: it is not UTF-8. The message says so, and names UTF-16 where the text is that.
    """
    if is_utf16(data):
        raise NotUtf8("it is UTF-16, and only UTF-8 is read")
    try:
        return data.removeprefix(BOM).decode()
    except UnicodeDecodeError:
        raise NotUtf8("it is not UTF-8") from None
