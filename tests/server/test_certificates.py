"""Certificates that browsers would refuse: reported at start, by `parley config check` and on reload, in sentences."""

import datetime
import signal
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from parley.server.config import ConfigError
from parley.server.net.certificates import faults
from parley.server.net.tls import Certificate, server_context
from tests.cli.admin_fixture import parley
from tests.server.process import Process

NOW = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def intermediate(authority: trustme.CA) -> trustme.CA:
    return authority.create_child_ca()


def issue(authority: trustme.CA, *names: str, start: Any = None, end: Any = None) -> trustme.LeafCert:
    return authority.issue_cert(*(names or ("chat.example.org",)), not_before=start, not_after=end)


def valid_for(authority: trustme.CA, start: datetime.datetime, end: datetime.datetime) -> bytes:
    """Return the authority's own certificate, with other dates."""
    own = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    key = serialization.load_pem_private_key(authority.private_key_pem.bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    made = x509.CertificateBuilder(own.issuer, own.subject, own.public_key(), 1, start, end)
    return made.sign(key, SHA256()).public_bytes(serialization.Encoding.PEM)


def pem(leaf: trustme.LeafCert) -> bytes:
    return b"".join(each.bytes() for each in leaf.cert_chain_pems)


def words(*found: Any, **options: Any) -> list[tuple[str, bool]]:
    return [tuple(fault) for fault in faults(*found, **options)]


@pytest.mark.parametrize(
    ("start", "end", "sentence", "refused"),
    [
        (-90, 60, None, None),
        (-90, 14.1, None, None),
        (-90, 14, "expires on 2026-12-14 12:00 UTC, in 14 days. Renew it.", False),
        (-90, 1, "expires on 2026-12-01 12:00 UTC, in 1 day. Renew it.", False),
        (-90, 0.5, "expires on 2026-12-01 00:00 UTC, within a day. Renew it.", False),
        (-90, 0, "expired on 2026-11-30 12:00 UTC: browsers refuse it. Renew it.", True),
        (-90, -400, "expired on 2025-10-26 12:00 UTC: browsers refuse it. Renew it.", True),
        (1, 90, "is valid from 2026-12-01 12:00 UTC on only; is this machine's clock right?", True),
        # For a certificate that lasts six days, the warning comes in the last two.
        (-3, 3, None, None),
        (-4, 2, "expires on 2026-12-02 12:00 UTC, in 2 days. Renew it.", False),
    ],
)
def test_the_dates_of_a_certificate_are_checked(
    authority: trustme.CA, start: float, end: float, sentence: str | None, refused: bool
) -> None:
    leaf = issue(authority, start=NOW + min(start, end - 1) * DAY, end=NOW + end * DAY)
    assert words(pem(leaf), NOW) == ([(sentence, refused)] if sentence else [])


@pytest.mark.parametrize(
    ("names", "url", "fits"),
    [
        (["chat.example.org"], None, True),
        (["chat.example.org"], "https://chat.example.org", True),
        (["chat.example.org"], "https://CHAT.example.org:8443", True),
        (["chat.example.org"], "https://example.org", False),
        (["*.example.org"], "https://chat.example.org", True),
        (["*.example.org"], "https://a.chat.example.org", False),
        (["*.example.org"], "https://example.org", False),
        (["xn--grn-ioa.example"], "https://grün.example", True),
        (["192.0.2.7", "::1"], "https://192.0.2.7:59000", True),
        (["192.0.2.7", "::1"], "https://[::1]:59000", True),
        (["192.0.2.7"], "https://192.0.2.8", False),
    ],
)
def test_the_names_of_a_certificate_are_checked(
    authority: trustme.CA, names: list[str], url: str | None, fits: bool
) -> None:
    found = words(pem(issue(authority, *names)), datetime.datetime.now(datetime.UTC), url=url)
    assert [refused for _, refused in found] == ([] if fits else [True])
    if not fits:
        assert f"is for {', '.join(names)}, and not for " in found[0][0]


def test_a_chain_whose_later_part_is_in_the_wrong_order(authority: trustme.CA, intermediate: trustme.CA) -> None:
    leaf = issue(intermediate)
    own, *others = [each.bytes() for each in leaf.cert_chain_pems]
    root = authority.cert_pem.bytes()
    now = datetime.datetime.now(datetime.UTC)
    assert words(own + b"".join(others) + root, now) == []
    assert words(own + root + b"".join(others), now) == [
        ("has a chain in the wrong order: certificate 2 is not the one that signed certificate 1.", False)
    ]


@pytest.mark.parametrize(("start", "why"), [(-9, "expired on"), (1, "is valid from")])
def test_a_chain_with_a_part_that_is_not_valid(
    tmp_path: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture, start: int, why: str
) -> None:
    now = datetime.datetime.now(datetime.UTC)
    own = issue(authority)
    other = valid_for(authority, now + start * DAY, now + (start + 8) * DAY)
    [(sentence, refused)] = words(own.cert_chain_pems[0].bytes() + other, now)
    assert sentence.startswith(f"has a chain whose certificate 2 {why}")
    assert refused
    # The server's own certificate has not changed, but the rest of the chain is bad, so the good chain stays in use.
    certificate = Certificate(*put(tmp_path, own))
    good = certificate.context
    (tmp_path / "cert.pem").write_bytes(pem(own) + other)
    certificate._refresh(True)
    assert certificate.context is good
    assert f"stays as it was: the certificate in {tmp_path / 'cert.pem'} has a chain whose" in caplog.text


def test_why_files_cant_be_used(tmp_path: Path, authority: trustme.CA, intermediate: trustme.CA) -> None:
    leaf, other = issue(intermediate), issue(intermediate)
    own, *others = [each.bytes() for each in leaf.cert_chain_pems]
    key = leaf.private_key_pem.bytes()
    private = serialization.load_pem_private_key(key, None)
    der = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    cases = {
        "own certificate is number 2; put it first": (b"".join(others) + own, key),
        "the second is the key of another certificate": (pem(leaf), other.private_key_pem.bytes()),
        "were the two exchanged?": (key, pem(leaf)),
        "the first is no PEM file": (b"nothing", key),
        "the second is no PEM file; it looks like DER": (pem(leaf), der),
        "the second has no key": (pem(leaf), pem(leaf)),
        "the first has no certificate that can be read: it is cut off or damaged.": (own[:200], key),
        "the first is cut off: 2 certificates begin in it, and 1 end.": (own + others[0][:200], key),
        "the key can't be read: it is cut off or damaged.": (
            pem(leaf),
            b"\n".join([*key.splitlines()[:1], b"AAAA", *key.splitlines()[2:]]),
        ),
    }
    cert, secret = tmp_path / "cert.pem", tmp_path / "key.pem"
    for sentence, (first, second) in cases.items():
        cert.write_bytes(first)
        secret.write_bytes(second)
        with pytest.raises(ConfigError) as refused:
            server_context(cert, secret)
        assert sentence in str(refused.value), sentence
        assert str(refused.value).startswith(f"{cert} and {secret} can't be used: ")


def put(folder: Path, leaf: trustme.LeafCert) -> tuple[Path, Path]:
    folder.mkdir(exist_ok=True)
    (folder / "cert.pem").write_bytes(pem(leaf))
    (folder / "key.pem").write_bytes(leaf.private_key_pem.bytes())
    return folder / "cert.pem", folder / "key.pem"


def test_a_reload_keeps_a_good_certificate_if_the_new_one_is_faulty(
    tmp_path: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    now = datetime.datetime.now(datetime.UTC)
    bad = {
        "expired": issue(authority, start=now - 9 * DAY, end=now - DAY),
        "is valid from": issue(authority, start=now + DAY, end=now + 9 * DAY),
        "was: the certificate in FILE is for other.example.org, and not": issue(
            authority, "other.example.org", start=now - 90 * DAY, end=now + 5 * DAY
        ),
    }
    certificate = Certificate(*put(tmp_path, issue(authority)), url="https://chat.example.org")
    good = certificate.fingerprint
    for sentence, leaf in bad.items():
        put(tmp_path, leaf)
        caplog.clear()
        certificate._refresh(True)
        assert certificate.fingerprint == good
        assert "stays as it was" in caplog.text
        assert sentence.replace("FILE", str(tmp_path / "cert.pem")) in caplog.text
    put(tmp_path, issue(authority))
    certificate._refresh(True)
    assert certificate.fingerprint != good
    # A server with a faulty certificate accepts any new one.
    started = Certificate(*put(tmp_path, bad["expired"]))
    assert "expired on" in started.faults[0]
    put(tmp_path, bad["is valid from"])
    first = started.fingerprint
    started._refresh(True)
    assert started.fingerprint != first


def test_a_certificate_is_checked_once_a_day(
    tmp_path: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    now = datetime.datetime.now(datetime.UTC)
    certificate = Certificate(*put(tmp_path, issue(authority, start=now - 90 * DAY, end=now + 10 * DAY)))
    assert len(caplog.messages) == 1
    certificate._refresh(False)
    assert len(caplog.messages) == 1
    certificate._check_due = 0.0
    certificate._refresh(False)
    assert [("expires on" in message, "Renew it." in message) for message in caplog.messages] == [(True, True)] * 2


def test_a_start_and_config_check_report_a_faulty_certificate(tmp_path: Path, authority: trustme.CA) -> None:
    now = datetime.datetime.now(datetime.UTC)
    cert, key = put(tmp_path / "tls", issue(authority, "localhost", start=now - 9 * DAY, end=now - DAY))
    file = tmp_path / "parley.toml"
    text = f'listen = ["127.0.0.1:0"]\ntls_cert = "{cert}"\ntls_key = "{key}"\ndata = "{tmp_path / "data"}"\n'
    file.write_text(text, encoding="utf-8")
    checked = parley("config", "check", str(file))
    assert checked.exit_code == 1
    assert "can be used" in checked.stdout
    assert f"Warning: The certificate in {cert} expired on" in checked.stderr
    with Process("--config", str(file)) as server:
        server.signals(signal.SIGTERM)
        assert server.ends() == 0
    assert any(f"warning: the certificate in {cert} expired on" in line for line in server.lines)
    put(tmp_path / "tls", issue(authority, "localhost", start=now - 90 * DAY, end=now + 5 * DAY))
    checked = parley("config", "check", str(file))
    assert checked.exit_code == 0
    assert "expires on" in checked.stderr


def test_a_certificate_behind_a_proxy_may_be_for_another_name(tmp_path: Path, authority: trustme.CA) -> None:
    cert, key = put(tmp_path / "tls", issue(authority, "backend.internal"))
    file = tmp_path / "parley.toml"
    text = f'url = "https://chat.example.org"\ntls_cert = "{cert}"\ntls_key = "{key}"\n'
    for more, code in (("", 1), ('trusted_proxies = ["10.0.0.1"]\n', 0)):
        file.write_text(text + more, encoding="utf-8")
        assert parley("config", "check", str(file)).exit_code == code
