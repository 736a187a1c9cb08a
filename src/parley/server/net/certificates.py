"""Finds the faults of a certificate and describes them in sentences. Pure: the time is an argument.

`cryptography` is imported only if a server has a certificate, because a start without it is faster.
"""

import datetime
import ipaddress
from itertools import pairwise
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

WARN_BEFORE: Final = datetime.timedelta(days=14)
"""The warning about an expiring certificate comes this long before its end, but at most a third of its lifetime before,
as some certificates last only days.
"""

_DAY: Final = datetime.timedelta(days=1)


class CertificateFault(NamedTuple):
    """A fault of a certificate that OpenSSL accepts.

    Attributes:
        words: a sentence without its subject, such as "expired on 2026-11-01 12:00 UTC: browsers refuse it. Renew it."
        refused: whether clients refuse the certificate because of it now.
    """

    words: str
    refused: bool


def faults(pem: bytes, now: datetime.datetime, url: str | None = None) -> list[CertificateFault]:
    """Return the faults of a certificate chain.

    Args:
        pem: the chain, the server's own certificate first.
        now: the time, with a time zone.
        url: the server's address, as people type it; None if it is not known.

    Raises:
        ValueError: `pem` has no certificate.
    """
    chain = _chain(pem)
    own = chain[0]
    found = []
    start, end = own.not_valid_before_utc, own.not_valid_after_utc
    if now < start:
        found.append(CertificateFault(f"is valid from {_day(start)} on only; is this machine's clock right?", True))
    if now >= end:
        found.append(CertificateFault(f"expired on {_day(end)}: browsers refuse it. Renew it.", True))
    elif end - now <= min(WARN_BEFORE, (end - start) / 3):
        found.append(CertificateFault(f"expires on {_day(end)}, {_until(end - now)}. Renew it.", False))
    for number, (one, other) in enumerate(pairwise(chain), 2):
        if one.issuer != other.subject:
            words = f"has a chain in the wrong order: certificate {number} is not the one that signed certificate"
            found.append(CertificateFault(f"{words} {number - 1}.", False))
            break
        start, end = other.not_valid_before_utc, other.not_valid_after_utc
        if not start <= now < end:
            why = f"expired on {_day(end)}" if now >= end else f"is valid from {_day(start)} on only"
            found.append(CertificateFault(f"has a chain whose certificate {number} {why}: browsers refuse it.", True))
    host = urlsplit(url).hostname if url else None
    names = _names(own)
    if host and not any(_matches(host, name) for name in names):
        for_whom = f"for {', '.join(names)}" if names else "for no name at all"
        found.append(
            CertificateFault(f"is {for_whom}, and not for {host}, which `url` names: browsers refuse it.", True)
        )
    return found


def why_unusable(cert: bytes, key: bytes) -> str | None:
    """Return why OpenSSL can't use a certificate and its key together; None if no reason is found.

    Args:
        cert: the content of the file with the chain.
        key: the content of the file with the key.
    """
    from cryptography.hazmat.primitives import serialization

    if b"-----BEGIN" not in cert:
        return "the first is no PEM file" + (_IN_DER if cert[:1] == b"\x30" else "")
    if b"-----BEGIN CERTIFICATE" not in cert and b"PRIVATE KEY-----" in cert:
        return "the first has a key and no certificate; were the two exchanged?"
    try:
        chain = _chain(cert)
    except ValueError:
        return "the first has no certificate that can be read: it is cut off or damaged"
    begun, ended = (cert.count(b"-----%s CERTIFICATE-----" % each) for each in (b"BEGIN", b"END"))
    if begun != ended:
        return f"the first is cut off: {begun} certificates begin in it, and {ended} end"
    if b"-----BEGIN" not in key:
        return "the second is no PEM file" + (_IN_DER if key[:1] == b"\x30" else "")
    if b"PRIVATE KEY-----" not in key:
        return "the second has no key"
    try:
        public = serialization.load_pem_private_key(key, None).public_key()
    except TypeError:
        return "the key is protected by a passphrase"
    except ValueError:
        return "the key can't be read: it is cut off or damaged"
    places = [number for number, each in enumerate(chain, 1) if each.public_key() == public]
    if not places:
        return "the second is the key of another certificate"
    if places[0] > 1:
        return f"the chain is in the wrong order: the server's own certificate is number {places[0]}; put it first"
    return None


_IN_DER: Final = "; it looks like DER, which `openssl x509 -inform der` (or `openssl pkey`) converts"


def _chain(pem: bytes) -> list[Any]:
    from cryptography import x509

    return x509.load_pem_x509_certificates(pem)


def _names(certificate: Any) -> list[str]:
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    addresses = [str(address) for address in found.get_values_for_type(x509.IPAddress)]
    return [*found.get_values_for_type(x509.DNSName), *addresses]


def _matches(host: str, name: str) -> bool:
    """Tell whether a name in a certificate matches a host (RFC 9525, section 6.3). A `*` stands for one whole label."""
    try:
        return ipaddress.ip_address(host) == ipaddress.ip_address(name)
    except ValueError:
        pass
    host, name = _ascii(host), _ascii(name)
    if name.startswith("*."):
        return host.partition(".")[2] == name[2:]
    return host == name


def _ascii(name: str) -> str:
    try:
        return (name if name.isascii() else name.encode("idna").decode()).lower().rstrip(".")
    except UnicodeError:
        return name.lower()


def _day(time: datetime.datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _until(left: datetime.timedelta) -> str:
    days = left // _DAY
    return "within a day" if days < 1 else "in 1 day" if days == 1 else f"in {days} days"
