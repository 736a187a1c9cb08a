"""Certificates that no authority vouches for: each is known by its fingerprint from the first meeting on."""

from __future__ import annotations

import hashlib
import os
import re
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Final

from .address import Address

FILE_NAME: Final = "known_servers"

NOBODY_VOUCHES: Final = frozenset({18, 19, 20, 21})
"""OpenSSL's codes for a certificate whose issuer is not known (X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
SELF_SIGNED_CERT_IN_CHAIN, UNABLE_TO_GET_ISSUER_CERT_LOCALLY, UNABLE_TO_VERIFY_LEAF_SIGNATURE).
"""

_DIGEST_BYTES: Final = 32
_ROW: Final = re.compile(r"(\S+) sha256 ([0-9A-F]{2}(?::[0-9A-F]{2}){31})").fullmatch


class PinError(OSError):
    """The pins can't be read or written; the text says why, for the user."""


class CertificateChanged(ssl.SSLCertVerificationError):
    """A server shows another certificate than it is known by; the text says what that means, for the user."""

    def __init__(self, place: str, known: str, shown: str) -> None:
        super().__init__(1, "the certificate has changed")
        self.place, self.known, self.shown = place, known, shown

    def __str__(self) -> str:
        return (
            f"THE CERTIFICATE OF {self.place} IS NOT THE ONE THAT IT IS KNOWN BY. Nothing was sent.\n"
            f"  known: SHA-256 {self.known}\n"
            f"  shown: SHA-256 {self.shown}\n"
            "Somebody may stand between you and the server, to read and change what you write; "
            "or the server was given a new certificate.\n"
            "Ask whoever runs it for the fingerprint, which the server writes to its log at each start. "
            "Only if that is the one shown, accept it by adding, once:\n"
            f"  --trust {self.shown}"
        )


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 fingerprint of a certificate (DER), as `openssl x509 -fingerprint` shows it."""
    return hashlib.sha256(certificate).digest().hex(":").upper()


def read_fingerprint(text: str) -> str:
    """Read a SHA-256 fingerprint as people paste it: in hexadecimal, with or without colons.

    Raises:
        ValueError: it is none; the text says what one looks like.
    """
    digits = re.sub(r"^sha-?256[ :=]*(fingerprint[ :=]*)?", "", text.strip(), flags=re.IGNORECASE)
    digits = re.sub(r"[:\s]", "", digits)
    if re.fullmatch(rf"[0-9A-Fa-f]{{{2 * _DIGEST_BYTES}}}", digits) is None:
        raise ValueError("A fingerprint is 32 pairs of hexadecimal digits, e.g. 3A:F0:...")
    return bytes.fromhex(digits).hex(":").upper()


class Pins:
    """The certificates that servers are known by: a line for each, in one file; a server's last line counts.

    Lines are only ever added, each in one write: several clients may do it at the same time.

    Args:
        directory: where the file is, made if need be; None for where the outbox is.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory

    def find(self, address: Address) -> str | None:
        """Return the fingerprint that a server is known by.

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
            if row is not None and row[1] == address.place:
                found = row[2]
        return found

    def add(self, address: Address, known: str) -> None:
        """Know a server by this fingerprint from now on; it is on disk when this returns.

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
                # A line that a power cut left without its end must not spoil this one.
                torn = size and os.read(descriptor, 1) != b"\n"
                os.write(descriptor, (b"\n" if torn else b"") + f"{address.place} sha256 {known}\n".encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise PinError(f"{path} can't be written: {error.strerror}.") from None

    def _path(self) -> Path:
        from .outbox import default_directory

        return (self._directory or default_directory()) / FILE_NAME


def pinned(address: Address, known: str) -> ssl.SSLContext:
    """Return a context for connections to a server that is known by its certificate's fingerprint.

    A handshake with any other certificate raises CertificateChanged, before anything is sent.
    """

    def check(certificate: bytes) -> None:
        shown = fingerprint(certificate)
        if shown != known:
            raise CertificateChanged(address.place, known, shown)

    return _checked(check)


class Meeting:
    """The first meeting with a server that no authority vouches for.

    Args:
        address: the server.

    Attributes:
        shown: the fingerprint of its certificate, once there was a handshake. A second one, after a redirect, say, has
            to show the same.
        context: for the connection.
    """

    def __init__(self, address: Address) -> None:
        self.shown: str | None = None
        self.context: Final = _checked(self._check)
        self._place = address.place

    def _check(self, certificate: bytes) -> None:
        shown = fingerprint(certificate)
        if self.shown not in (None, shown):
            assert self.shown is not None
            raise CertificateChanged(self._place, self.shown, shown)
        self.shown = shown


def greeting(address: Address, known: str) -> str:
    """Return what is said to the user once, when a server is known by its certificate from now on."""
    return (
        f"No authority vouches for the certificate of {address.place}. It is known from now on by its fingerprint, "
        f"SHA-256 {known}. Compare it with the one in the server's log."
    )


def _checked(check: Callable[[bytes], None]) -> ssl.SSLContext:
    """Return a context in which `check`, given the certificate (DER), decides at the end of each handshake."""

    class Checked(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            check(self.getpeercert(binary_form=True) or b"")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.sslobject_class = Checked
    return context
