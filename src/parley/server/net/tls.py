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
"""Where in the data folder the self-signed certificate is, as `cert.pem` and `key.pem`."""

YEARS: Final = 10
RENEW_BEFORE: Final = datetime.timedelta(days=30)

WATCH_SECONDS: Final = 5.0
"""Seconds between two looks at the files. Changed files are read when two looks find them the same."""

CHECK_SECONDS: Final = 24 * 3600.0
"""Seconds between two checks whether the certificate expires soon. A self-signed one is renewed then."""

_Versions = tuple[tuple[int, int, int] | None, ...]


def configured(config: Config, folder: Path) -> "Certificate | None":
    """Return the certificate that a configuration asks for, if any. A self-signed one is made if there is none.

    Args:
        config: the configuration.
        folder: the data folder.

    Raises:
        ConfigError: it can't be used or made.
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
        ConfigError: a file can't be read or they do not belong together.
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
    # Without it OpenSSL would ask on the terminal.
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
    """A certificate on disk, and the context for new connections, which follows the files.

    Args:
        cert: the certificate chain, a PEM file.
        key: its key, a PEM file.
        renew: makes or renews the files if that is due; called before they are read.
        url: the server's address, which the certificate should be for; None if it is not known.
        trusted: whether clients check its names and dates. They know a self-signed one by its fingerprint.

    Attributes:
        context: for new connections.
        fingerprint: of the certificate in `context`.
        faults: sentences about it, for people.

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
        """Read the files whenever they change from now on. Called in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._timer = self._loop.call_later(seconds, self._look)

    def reload(self) -> None:
        """Read the files now, whether they have changed or not. Files that can't be used change nothing."""
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
        """Read the files if they have changed, and once a day. In a thread: disks may be slow."""
        versions = self._versions()
        # Two files are not replaced at once: after a change the other one may change in a moment.
        stable, self._seen_versions = versions == self._seen_versions, versions
        changed = stable and versions != self._read_versions
        if not force and not changed and time.monotonic() < self._check_due:
            return
        known = self.fingerprint
        try:
            self.context, self.fingerprint = self._read()
        except ConfigError as error:
            log.error("the certificate stays as it was: %s", error)
        except Exception as error:  # a file system has many ways to fail; the certificate in use is still good
            log.error("the certificate stays as it was: %s", str(error) or type(error).__name__)
        else:
            if force or changed or self.fingerprint != known:
                log.info("the certificate was read again; its SHA-256 fingerprint is %s", self.fingerprint)

    def _read(self, *, first: bool = False) -> tuple[ssl.SSLContext, str]:
        """Return the context and the fingerprint of what the files have.

        Raises:
            ConfigError: the files can't be used, or clients would refuse their certificate, but not the one in use.
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
    """Return what changes when a file does."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def ensure_self_signed(cert: Path, key: Path, names: Iterable[str], now: datetime.datetime | None = None) -> None:
    """Make a self-signed certificate if there is none, or if it expires soon. The key is made once.

    Args:
        cert: the certificate, a PEM file; its folder is made if there is none.
        key: its key, a PEM file that only its owner can read.
        names: hosts it is valid for, besides the names and addresses of this machine, which are always in it.
        now: the time.

    Raises:
        ConfigError: it can't be made, or the key can't be used.
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
    """Return the private key in a file, which is made if there is none."""
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
    # Not a certificate authority: a system that is told to trust it trusts nothing that it could sign.
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # clocks differ
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
            with suppress(ValueError, UnicodeError):  # a machine's own name may be none that DNS allows
                found.append(x509.DNSName(name.lower() if name.isascii() else name.encode("idna").decode()))
        else:
            if not address.is_unspecified:
                found.append(x509.IPAddress(address))
    return list(dict.fromkeys(found))


def _write(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    new.replace(path)
