"""TLS: the server's certificate, from files or self-signed, and the context for new connections."""

import asyncio
import datetime
import hashlib
import ipaddress
import logging
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from parley.server.config import Config, ConfigError, split_address

from .certificates import faults, why_unusable

log = logging.getLogger("parley.tls")

FOLDER: Final = "tls"
"""The folder in the data folder with the self-signed certificate, `cert.pem` and `key.pem`."""

YEARS: Final = 10
RENEW_BEFORE: Final = datetime.timedelta(days=30)

WATCH_SECONDS: Final = 5.0
"""Seconds between two checks whether the files have changed. Changed files are read when two checks in a row find the
same versions.
"""

CHECK_SECONDS: Final = 24 * 3600.0
"""Seconds between two checks whether the certificate expires soon. If so, a self-signed one is renewed."""

_Versions = tuple[tuple[int, int, int] | None, ...]


def configured(config: Config, folder: Path) -> "Certificate | None":
    """Return the certificate of a configuration; None if it has no TLS. A self-signed one is created if it does not
    exist.

    Args:
        config: the configuration.
        folder: the data folder.

    Raises:
        ConfigError: the certificate can't be used or created.
    """
    if config.tls is not None:
        cert, key = folder / FOLDER / "cert.pem", folder / FOLDER / "key.pem"
        names = [split_address(address)[0] for address in config.listen]
        return Certificate(cert, key, lambda: ensure_self_signed(cert, key, names), trusted=False)
    if config.tls_cert is None or config.tls_key is None:
        return None
    return Certificate(Path(config.tls_cert), Path(config.tls_key), url=config.url_of_certificate)


def server_context(cert: str | Path, key: str | Path) -> ssl.SSLContext:
    """Return a server's TLS context: TLS 1.2 or newer, with the defaults of the ssl module.

    Raises:
        ConfigError: a file can't be read, or the key does not belong to the certificate.
    """
    for path in (cert, key):
        if not Path(path).is_file():
            raise ConfigError(f"{path} can't be read: there is no such file.")
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        made.load_cert_chain(cert, key, password=_no_passphrase)
    except (ssl.SSLError, OSError, ValueError) as error:
        why = _why_unusable(Path(cert), Path(key)) or f"OpenSSL says {getattr(error, 'reason', None) or error}"
        raise ConfigError(f"{cert} and {key} can't be used: {why.rstrip('.')}.") from None
    return made


def _why_unusable(cert: Path, key: Path) -> str | None:
    try:
        return why_unusable(cert.read_bytes(), key.read_bytes())
    except OSError as error:
        return f"{error.filename}: {error.strerror}"


def _no_passphrase() -> str:
    # Without this callback, OpenSSL would ask for a passphrase on the terminal.
    raise ValueError("the key is protected by a passphrase")


def fingerprint(pem: str) -> str:
    """Return the SHA-256 fingerprint of the first certificate in `pem`, as `openssl x509 -fingerprint` shows it.

    Raises:
        ValueError: there is none.
    """
    end = "-----END CERTIFICATE-----"
    head, found, _ = pem[pem.find("-----BEGIN CERTIFICATE-----") :].partition(end)
    if not found:
        raise ValueError("there is no certificate in it")
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(head + found)).digest().hex(":").upper()


class Certificate:
    """A certificate on disk, and the context for new connections, which is replaced when the files change.

    Args:
        cert: the certificate chain, a PEM file.
        key: its private key, a PEM file.
        renew: creates or renews the files if necessary; called before they are read.
        url: the server's address, which the certificate should be for; None if it is not known.
        trusted: whether clients check its names and dates. Of a self-signed one, they check the fingerprint instead.

    Attributes:
        context: the context for new connections.
        fingerprint: the fingerprint of the certificate in `context`.
        faults: the faults of the certificate, as sentences for people.

    Raises:
        ConfigError: the files can't be used.
    """

    def __init__(
        self,
        cert: Path,
        key: Path,
        renew: Callable[[], None] = lambda: None,
        *,
        url: str | None = None,
        trusted: bool = True,
    ) -> None:
        self._cert = cert
        self._key = key
        self._renew = renew
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self._again = False
        self._seconds = WATCH_SECONDS
        self._read_versions: _Versions = ()
        self._seen_versions: _Versions = ()
        self._check_due = 0.0
        self._url = url
        self._trusted = trusted
        self._refused = False
        self._pem = b""
        self.faults: list[str] = []
        self.context, self.fingerprint = self._read(first=True)

    def __call__(self) -> ssl.SSLContext:
        """Return the context for a new connection."""
        return self.context

    def watch(self, seconds: float = WATCH_SECONDS) -> None:
        """From now on, read the files when they change. Call it in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._timer = self._loop.call_later(seconds, self._look)

    def reload(self) -> None:
        """Read the files now, even if they have not changed. If they can't be used, the certificate in use stays."""
        self._again = True
        self._look()

    def close(self) -> None:
        """Stop following the files."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._loop = None

    def _look(self) -> None:
        if self._timer is not None and self._loop is not None and self._looking is None:
            self._timer.cancel()
            force, self._again = self._again, False
            self._looking = self._loop.create_task(self._follow(force))

    async def _follow(self, force: bool) -> None:
        try:
            await asyncio.to_thread(self._refresh, force)
        finally:
            self._looking = None
            if self._timer is not None and self._loop is not None:
                self._timer = self._loop.call_later(0 if self._again else self._seconds, self._look)

    def _refresh(self, force: bool) -> None:
        """Read the files if they have changed, and once a day. Runs in a thread, because a disk may be slow."""
        versions = self._versions()
        # The two files are not replaced at the same moment: after a change of one, the other may change soon.
        stable, self._seen_versions = versions == self._seen_versions, versions
        changed = stable and versions != self._read_versions
        if not force and not changed and time.monotonic() < self._check_due:
            return
        known = self.fingerprint
        try:
            self.context, self.fingerprint = self._read()
        except ConfigError as error:
            log.error("the certificate stays as it was: %s", error)
        except Exception as error:  # a file system has many ways to fail; the certificate in use stays
            log.error("the certificate stays as it was: %s", str(error) or type(error).__name__)
        else:
            if force or changed or self.fingerprint != known:
                log.info("the certificate was read again; its SHA-256 fingerprint is %s", self.fingerprint)

    def _read(self, *, first: bool = False) -> tuple[ssl.SSLContext, str]:
        """Read the files, and return the context and the fingerprint of their certificate.

        Raises:
            ConfigError: the files can't be used, or clients would refuse the new certificate, but accept the one in
                use.
        """
        self._check_due = time.monotonic() + CHECK_SECONDS
        self._renew()
        self._seen_versions = self._read_versions = self._versions()
        made = server_context(self._cert, self._key)
        try:
            pem = self._cert.read_bytes()
            read = fingerprint(pem.decode("utf-8", "replace"))
            found = faults(pem, datetime.datetime.now(datetime.UTC), self._url) if self._trusted else []
        except (OSError, ValueError) as error:
            raise ConfigError(f"{self._cert} can't be used: {error}.") from None
        sentences = [f"the certificate in {self._cert} {fault.words}" for fault in found]
        refused = [sentence for sentence, fault in zip(sentences, found, strict=True) if fault.refused]
        if not first and refused and not self._refused and pem != self._pem:
            raise ConfigError(refused[0])
        for sentence in sentences:
            log.warning("%s", sentence)
        self.faults, self._refused, self._pem = sentences, bool(refused), pem
        return made, read

    def _versions(self) -> _Versions:
        return (_version(self._cert), _version(self._key))


def _version(path: Path) -> tuple[int, int, int] | None:
    """Return a value that changes when the file does; None if the file can't be read."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def ensure_self_signed(cert: Path, key: Path, names: Iterable[str], now: datetime.datetime | None = None) -> None:
    """Create a self-signed certificate if there is none, or if it expires soon. The key is created only once.

    Args:
        cert: the certificate, a PEM file. Its folder is created if it does not exist.
        key: its key, a PEM file that only its owner can read.
        names: the hosts for which it is valid, in addition to the names and addresses of this machine.
        now: the time.

    Raises:
        ConfigError: the certificate can't be created, or the key can't be used.
    """
    from cryptography import x509

    now = now or datetime.datetime.now(datetime.UTC)
    private = _self_signed_key(cert.parent, key)
    try:
        old = x509.load_pem_x509_certificate(cert.read_bytes())
        if old.public_key() == private.public_key() and old.not_valid_after_utc - now > RENEW_BEFORE:
            return
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ConfigError(f"{cert} can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise ConfigError(f"{cert} can't be used: {error}. Without it, a new one is made.") from None
    try:
        _write(cert, _self_signed(private, names, now))
    except OSError as error:
        raise ConfigError(f"{cert} can't be written: {error.strerror}.") from None


def _self_signed_key(folder: Path, path: Path) -> Any:
    """Return the private key in a file. The file is created if it does not exist."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            made = ec.generate_private_key(ec.SECP256R1())
            pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            _write(path, made.private_bytes(*pem))
        private = serialization.load_pem_private_key(path.read_bytes(), None)
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise ValueError("it is of another kind")
    except OSError as error:
        raise ConfigError(f"{error.filename or path} can't be used: {error.strerror}.") from None
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{path} can't be used: {error}. Without it, a new one is made.") from None
    return private


def _self_signed(private: Any, names: Iterable[str], now: datetime.datetime) -> bytes:
    """Return a certificate for a key, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Parley")])
    identifier = x509.SubjectKeyIdentifier.from_public_key(private.public_key())
    # It is not a certificate authority, so a system that is told to trust it does not trust other certificates signed
    # with its key.
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # the clocks of clients may be behind
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(private, hashes.SHA256())
    )
    return signed.public_bytes(serialization.Encoding.PEM)


def _alternatives(names: Iterable[str]) -> list[Any]:
    """Return the names and addresses that the certificate is valid for, as `GeneralName`s."""
    from cryptography import x509

    found: list[x509.GeneralName] = []
    for name in filter(None, (*names, socket.gethostname(), "localhost", "127.0.0.1", "::1")):
        try:
            address = ipaddress.ip_address(name.partition("%")[0])
        except ValueError:
            with suppress(ValueError, UnicodeError):  # the name of this machine may be invalid in DNS
                found.append(x509.DNSName(name.lower() if name.isascii() else name.encode("idna").decode()))
        else:
            if not address.is_unspecified:
                found.append(x509.IPAddress(address))
    return list(dict.fromkeys(found))


def _write(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, completely or not at all."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    new.replace(path)
