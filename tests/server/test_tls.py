"""Certificates are created, renewed, and read again when their files change."""

import datetime
import logging
import os
import signal
import ssl
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from blockbuster import blockbuster_ctx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from parley.server.config import Config, ConfigError
from parley.server.net import tls
from parley.server.net.tls import Certificate, ensure_self_signed, fingerprint, server_context
from tests.server.process import Process, everything_from
from tests.server.server_fixture import Serve, until

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def cert(tmp_path: Path) -> Path:
    return tmp_path / "tls" / "cert.pem"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "tls" / "key.pem"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def put(authority: trustme.CA, cert: Path, key: Path, name: str = "localhost") -> str:
    """Write a certificate and its key; return its fingerprint."""
    made = authority.issue_cert(name)
    cert.parent.mkdir(exist_ok=True)
    cert.write_bytes(b"".join(pem.bytes() for pem in made.cert_chain_pems))
    key.write_bytes(made.private_key_pem.bytes())
    return fingerprint(cert.read_text())


def shown_by(context: ssl.SSLContext) -> str:
    """Return the fingerprint of the certificate that a context shows in a handshake."""
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ours.check_hostname, ours.verify_mode = False, ssl.CERT_NONE
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ours.wrap_bio(back, there)
    server = context.wrap_bio(there, back, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            pass
    der = client.getpeercert(binary_form=True)
    assert der
    return fingerprint(ssl.DER_cert_to_PEM_cert(der))


# The self-signed certificate


def test_the_names_and_dates_of_a_self_signed_certificate(cert: Path, key: Path) -> None:
    ensure_self_signed(cert, key, ["chat.example", "192.0.2.7", "0.0.0.0", "::", "fe80::1%eth0", "Grün.example", ""])
    made = x509.load_pem_x509_certificate(cert.read_bytes())
    public = made.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert public.curve.name == "secp256r1"
    assert made.not_valid_before_utc < NOW
    assert made.not_valid_after_utc - NOW > 3649 * DAY
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"chat.example", "localhost", "xn--grn-ioa.example"} <= set(names.get_values_for_type(x509.DNSName))
    assert {str(address) for address in names.get_values_for_type(x509.IPAddress)} == {
        "192.0.2.7", "fe80::1", "127.0.0.1", "::1",
    }  # fmt: skip
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert fingerprint(cert.read_text()) == made.fingerprint(hashes.SHA256()).hex(":").upper()


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_only_the_owner_can_read_the_key(cert: Path, key: Path) -> None:
    before = os.umask(0)
    try:
        ensure_self_signed(cert, key, [])
    finally:
        os.umask(before)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700


def test_a_certificate_is_renewed_with_the_same_key(cert: Path, key: Path) -> None:
    ensure_self_signed(cert, key, [])
    first, secret = cert.read_bytes(), key.read_bytes()
    ensure_self_signed(cert, key, ["another.example"])
    end = x509.load_pem_x509_certificate(first).not_valid_after_utc
    ensure_self_signed(cert, key, [], end - 31 * DAY)
    assert cert.read_bytes() == first
    ensure_self_signed(cert, key, [], end - 29 * DAY)
    renewed = x509.load_pem_x509_certificate(cert.read_bytes())
    assert renewed.not_valid_after_utc > end + 3000 * DAY
    assert key.read_bytes() == secret
    server_context(cert, key)


@pytest.mark.parametrize("lost", ["cert.pem", "key.pem"])
def test_a_missing_file_is_made_again(cert: Path, key: Path, lost: str) -> None:
    ensure_self_signed(cert, key, [])
    (cert.parent / lost).unlink()
    ensure_self_signed(cert, key, [])
    server_context(cert, key)


@pytest.mark.parametrize("broken", ["cert.pem", "key.pem"])
def test_a_broken_file_is_not_replaced(cert: Path, key: Path, broken: str) -> None:
    ensure_self_signed(cert, key, [])
    (cert.parent / broken).write_text("nothing")
    with pytest.raises(ConfigError, match=rf"{broken} can't be used: .* Without it, a new one is made\.$"):
        ensure_self_signed(cert, key, [])
    assert (cert.parent / broken).read_text() == "nothing"


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file")
    with pytest.raises(ConfigError, match=r"can't be used: .*\.$"):
        ensure_self_signed(tmp_path / "tls" / "cert.pem", tmp_path / "tls" / "key.pem", [])


def test_each_configuration_gets_its_certificate(tmp_path: Path, authority: trustme.CA) -> None:
    assert tls.configured(Config(), tmp_path) is None
    assert not list(tmp_path.iterdir())
    own = tls.configured(Config(tls="auto", listen=["chat.example:1", "192.0.2.7:2"]), tmp_path)
    assert own
    pem = (tmp_path / "tls" / "cert.pem").read_bytes()
    names = x509.load_pem_x509_certificate(pem).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "chat.example" in names.get_values_for_type(x509.DNSName)
    given = put(authority, tmp_path / "cert.pem", tmp_path / "key.pem")
    theirs = tls.configured(Config(tls_cert=str(tmp_path / "cert.pem"), tls_key=str(tmp_path / "key.pem")), tmp_path)
    assert theirs
    assert theirs.fingerprint == given == shown_by(theirs())


def test_a_key_with_a_passphrase_is_refused_instead_of_asked_for(tmp_path: Path, authority: trustme.CA) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    put(authority, cert, key)
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(ConfigError, match="the key is protected by a passphrase"):
        Certificate(cert, key)


# While the server runs


@contextmanager
def followed(certificate: Certificate, seconds: float = 0.001) -> Iterator[None]:
    """Watch the files of a certificate, and fail if the event loop itself reads them."""
    with blockbuster_ctx("parley"):
        certificate.watch(seconds)
        try:
            yield
        finally:
            certificate.close()


async def test_new_files_are_read(tmp_path: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    known = [put(authority, cert, key)]
    certificate = Certificate(cert, key)
    assert shown_by(certificate()) == known[0]
    with followed(certificate):
        for _ in range(2):
            known.append(put(authority, cert, key))
            await until(lambda: certificate.fingerprint == known[-1])
            assert shown_by(certificate()) == known[-1]
    assert caplog.messages == [
        f"the certificate was read again; its SHA-256 fingerprint is {each}" for each in known[1:]
    ]


def test_a_changed_file_is_read_once_two_checks_find_it_unchanged(
    tmp_path: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    first = put(authority, cert, key)
    certificate = Certificate(cert, key)
    put(authority, tmp_path / "other.pem", key)  # the first of the two files changes
    certificate._refresh(False)
    second = put(authority, cert, key)
    certificate._refresh(False)
    assert (certificate.fingerprint, caplog.messages) == (first, [])
    certificate._refresh(False)
    assert certificate.fingerprint == second
    certificate._check_due = 0.0  # the daily check finds nothing to report
    certificate._refresh(False)
    assert len(caplog.messages) == 1


async def test_reload_reads_the_files_at_once(tmp_path: Path, authority: trustme.CA) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    put(authority, cert, key)
    certificate = Certificate(cert, key)
    with followed(certificate, 3600):
        second = put(authority, cert, key)
        certificate.reload()
        await until(lambda: certificate.fingerprint == second)
        certificate.reload()
        third = put(authority, cert, key)
        certificate.reload()
        await until(lambda: certificate.fingerprint == third)


@pytest.mark.parametrize("broken", ["nothing", "another's", "gone"])
async def test_a_broken_pair_changes_nothing_and_is_logged_once(
    tmp_path: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    first = put(authority, cert, key)
    certificate = Certificate(cert, key)
    looks: list[object] = []
    look = certificate._versions
    certificate._versions = lambda: (looks.append(None), look())[1]  # type: ignore[func-returns-value,method-assign]
    with followed(certificate):
        if broken == "nothing":
            cert.write_text("nothing")
        elif broken == "another's":
            put(authority, tmp_path / "other.pem", key)
        else:
            key.unlink()
        await until(lambda: bool(caplog.messages))
        then = len(looks)
        await until(lambda: len(looks) > then + 5)
        [message] = caplog.messages
        assert message.startswith("the certificate stays as it was: ")
        assert message.endswith(".")
        assert shown_by(certificate()) == first
        last = put(authority, cert, key)
        await until(lambda: certificate.fingerprint == last)


async def test_a_self_signed_certificate_is_renewed_while_the_server_runs(cert: Path, key: Path) -> None:
    now = NOW
    certificate = Certificate(cert, key, lambda: ensure_self_signed(cert, key, [], now), trusted=False)
    old = certificate.fingerprint
    with followed(certificate):
        now = NOW + 3640 * DAY
        certificate._check_due = 0.0
        await until(lambda: certificate.fingerprint != old)
        assert shown_by(certificate()) == certificate.fingerprint


async def test_connections_stay_when_the_certificate_changes(
    serve: Serve, tmp_path: Path, authority: trustme.CA
) -> None:
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    put(authority, cert, key)
    certificate = Certificate(cert, key)
    server = await serve()
    server.dispatcher.tls = certificate
    bob = await server.line("bob", tls=ours)
    certificate.watch(0.001)
    second = put(authority, cert, key)
    await until(lambda: certificate.fingerprint == second)
    certificate.close()
    eve = await server.line("eve", tls=ours)
    await bob.sees("eve has connected to the chat room")
    shown = [line._writer.get_extra_info("ssl_object").getpeercert(binary_form=True) for line in (bob, eve)]
    assert shown[0] != shown[1]


# A server


def test_a_server_with_a_self_signed_certificate(tmp_path: Path) -> None:
    flags = ["--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"), "--tls", "auto"]
    known = []
    for _ in range(2):
        with Process(*flags) as server:
            trusting = ssl.create_default_context(cafile=tmp_path / "data" / "tls" / "cert.pem")
            with trusting.wrap_socket(server.visit(), server_hostname="localhost") as bob:
                bob.sendall(b"bob\n.exit\n")
                assert b"you are now connected!" in everything_from(bob)
            if hasattr(signal, "SIGHUP"):
                server.signals(signal.SIGHUP)
            server.signals(signal.SIGTERM)
            assert server.ends() == 0
        [line] = [line for line in server.lines if "the SHA-256 fingerprint of the certificate is" in line]
        known.append(line.split()[-1])
    assert known == [fingerprint((tmp_path / "data" / "tls" / "cert.pem").read_text())] * 2


@pytest.mark.parametrize(
    ("flags", "status", "sentence"),
    [
        ([], 1, "can be reached from other machines, and plain text can be read on the way: add --tls auto "),
        (["--allow-plaintext"], 0, "listening on 0.0.0.0:"),
        (["--tls", "auto"], 0, "the SHA-256 fingerprint of the certificate is"),
    ],
)
def test_a_server_that_other_machines_can_reach_needs_tls_or_allow_plaintext(
    tmp_path: Path, flags: list[str], status: int, sentence: str
) -> None:
    arguments = ["--listen", "0.0.0.0:0", "--data", str(tmp_path / "data"), *flags]
    with Process(*arguments, wait=not status) as server:
        if not status:
            server.signals(signal.SIGTERM)
        assert server.ends() == status
    assert any(sentence in line for line in server.lines)
    if status:
        assert len(server.lines) == 1
