"""TLS to servers whose certificate no authority has signed: the fingerprint of the certificate is checked instead."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Final

from parley.clients.keep.pins import fingerprint

UNKNOWN_ISSUER: Final = frozenset({18, 19, 20, 21})
"""OpenSSL's codes for a certificate whose issuer is not known (X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
SELF_SIGNED_CERT_IN_CHAIN, UNABLE_TO_GET_ISSUER_CERT_LOCALLY, UNABLE_TO_VERIFY_LEAF_SIGNATURE).
"""


class CertificateChanged(ssl.SSLCertVerificationError):
    """A server shows another certificate than the stored one; the text says what that means, for the user."""

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


def pinned(place: str, known: str) -> ssl.SSLContext:
    """Return a context for the server at `place` (HOST:PORT), whose certificate has the fingerprint `known`.

    A handshake with any other certificate raises CertificateChanged, before anything is sent.
    """

    def check(certificate: bytes) -> None:
        shown = fingerprint(certificate)
        if shown != known:
            raise CertificateChanged(place, known, shown)

    return _checked(check)


class FirstContact:
    """The first connection to a server whose certificate no authority has signed.

    Args:
        place: the server, HOST:PORT.

    Attributes:
        shown: the fingerprint of its certificate, after the first handshake. A second handshake, after a redirect for
            instance, must show the same one, or it raises CertificateChanged.
        context: the context for the connection.
    """

    def __init__(self, place: str) -> None:
        self.shown: str | None = None
        self.context: Final = _checked(self._check)
        self._place = place

    def _check(self, certificate: bytes) -> None:
        shown = fingerprint(certificate)
        if self.shown is not None and self.shown != shown:
            raise CertificateChanged(self._place, self.shown, shown)
        self.shown = shown


def pin_notice(place: str, known: str) -> str:
    """Return the notice to the user when the fingerprint of a server is stored."""
    return (
        f"No authority vouches for the certificate of {place}. It is known from now on by its fingerprint, "
        f"SHA-256 {known}. Compare it with the one in the server's log."
    )


def _checked(check: Callable[[bytes], None]) -> ssl.SSLContext:
    """Return a context that calls `check` with the certificate (DER) at the end of each handshake."""

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
