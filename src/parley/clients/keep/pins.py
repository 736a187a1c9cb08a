"""Fingerprints of server certificates that no authority has signed: stored at the first connection, compared after."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Final

from .outbox import default_directory

FILE_NAME: Final = "known_servers"
_DIGEST_BYTES: Final = 32
_ROW: Final = re.compile(r"(\S+) sha256 ([0-9A-F]{2}(?::[0-9A-F]{2}){31})").fullmatch


class PinError(OSError):
    """The fingerprints can't be read or written; the text says why, for the user."""


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 fingerprint of a certificate (DER), as `openssl x509 -fingerprint` shows it."""
    return hashlib.sha256(certificate).digest().hex(":").upper()


def read_fingerprint(text: str) -> str:
    """Read a SHA-256 fingerprint as people paste it: in hexadecimal, with or without colons.

    Raises:
        ValueError: the text is no fingerprint; the message says what one looks like.
    """
    digits = re.sub(r"^sha-?256[ :=]*(fingerprint[ :=]*)?", "", text.strip(), flags=re.IGNORECASE)
    digits = re.sub(r"[:\s]", "", digits)
    if re.fullmatch(rf"[0-9A-Fa-f]{{{2 * _DIGEST_BYTES}}}", digits) is None:
        raise ValueError("A fingerprint is 32 pairs of hexadecimal digits, e.g. 3A:F0:...")
    return bytes.fromhex(digits).hex(":").upper()


class Pins:
    """The stored fingerprints, one line `HOST:PORT sha256 FINGERPRINT` each; of several lines for one server, the last
    one is valid.

    Lines are only added, each in one write, so several clients may write at the same time.

    Args:
        directory: the folder of the file, which is created if it does not exist; None for the folder of the outbox.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory

    def find(self, place: str) -> str | None:
        """Return the stored fingerprint of the server at `place` (HOST:PORT).

        Raises:
            PinError: the file can't be read.
        """
        found = None
        try:
            text = self._path().read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PinError(f"{self._path()} can't be read: {error.strerror}.") from None
        for line in text.splitlines():
            row = _ROW(line.strip())
            if row is not None and row[1] == place:
                found = row[2]
        return found

    def add(self, place: str, known: str) -> None:
        """Store the fingerprint of the server at `place` (HOST:PORT); it is on disk when this returns.

        Raises:
            PinError: the file can't be written.
        """
        path = self._path()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                os.lseek(descriptor, max(0, size - 1), os.SEEK_SET)
                # A power cut may have left the last line incomplete. If so, begin with a newline.
                torn = size and os.read(descriptor, 1) != b"\n"
                os.write(descriptor, (b"\n" if torn else b"") + f"{place} sha256 {known}\n".encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise PinError(f"{path} can't be written: {error.strerror}.") from None

    def _path(self) -> Path:
        return (self._directory or default_directory()) / FILE_NAME
