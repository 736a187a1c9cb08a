"""QR codes on a terminal."""

import os
import shutil
import sys
from typing import Final, TextIO

# One character shows two modules, one above the other. Black on white, whatever the terminal's colours are.
_HALVES: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
_BLACK_ON_WHITE: Final = "\x1b[38;5;16;48;5;231m"
_RESET: Final = "\x1b[0m"
_BORDER: Final = 2  # ISO/IEC 18004 wants 4; phones need less, and links fit a terminal of 24 lines


def qr(text: str, stream: TextIO | None = None, size: os.terminal_size | None = None) -> str:
    """Return the text as a QR code, black on white; the text itself if that can't be shown. See `qr_lines`."""
    lines = qr_lines(text, stream, size)
    return "\n".join(f"{_BLACK_ON_WHITE}{line}{_RESET}" for line in lines) if lines else text


def qr_lines(text: str, stream: TextIO | None = None, size: os.terminal_size | None = None) -> list[str]:
    """Return the text as a QR code in lines of half blocks, to be shown in black on white; an empty list if it can't be
    shown.

    Args:
        text: at most about 2,900 bytes.
        stream: where the code is written; None for the standard output. It must be a terminal with colours, in an
            encoding that has the half blocks.
        size: the size of the terminal; None to find out. The code must fit in its columns.
    """
    stream = stream or sys.stdout
    if not stream.isatty() or os.environ.get("TERM") == "dumb" or not _encodes(stream.encoding):
        return []
    import segno

    try:
        code = segno.make_qr(text, error="l")
    except segno.DataOverflowError:
        return []
    rows = [list(row) for row in code.matrix_iter(border=_BORDER)]
    if len(rows[0]) > (size or shutil.get_terminal_size()).columns:
        return []
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    return [
        "".join(_HALVES[upper, lower] for upper, lower in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]


def _encodes(encoding: str | None) -> bool:
    try:
        "▀▄█".encode(encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True
