"""`parley config check` shows the effective settings, or the error in a sentence."""

import re
from pathlib import Path

import pytest
import trustme

from parley.server.net.proxies import beyond_loopback
from tests.cli.admin_fixture import parley


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "parley.toml"


def facts(file: Path, text: str) -> dict[str, str]:
    file.write_text(text, encoding="utf-8")
    result = parley("config", "check", str(file))
    assert (result.exit_code, result.stderr) == (0, "")
    first, *lines = result.stdout.splitlines()
    assert first == f"{file} is all right."
    return dict(re.split(" +", line.strip(), maxsplit=1) for line in lines)


def mistake(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    result = parley("config", "check", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    return result.stderr.removeprefix("Error: ").strip()


def test_an_empty_file_is_valid_and_the_defaults_are_shown(file, monkeypatch, tmp_path):
    monkeypatch.setattr("parley.storage.folder.default_data_folder", lambda: tmp_path / "here")
    assert facts(file, "") == {
        "listen": "127.0.0.1:59000",
        "links": "http://127.0.0.1:59000/...",
        "access": "open: whoever reaches it comes in",
        "TLS": "none",
        "data": f"{tmp_path / 'here'} (it is made at the first start)",
    }


def test_the_settings_of_a_server_on_a_network_are_shown(file, tmp_path):
    text = f'listen = ["10.1.2.3:443"]\ntls = "auto"\ndata = "{tmp_path}"\nurl = "https://chat.example.org/"'
    assert beyond_loopback(["10.1.2.3:443"])
    assert facts(file, text) == {
        "listen": "10.1.2.3:443 (other machines can reach it)",
        "links": "https://chat.example.org/...",
        "access": "invite: by invitation",
        "TLS": f"a certificate of its own, in {tmp_path / 'tls'}",
        "data": str(tmp_path),
    }
    assert [*tmp_path.iterdir()] == [file], "checking makes nothing"


def test_the_configured_access_is_shown(file):
    for access, words in (
        ("members", "members: whoever has an account"),
        ("open", "open: whoever reaches it comes in"),
    ):
        assert facts(file, f'listen = ["10.1.2.3:443"]\ntls = "auto"\naccess = "{access}"')["access"] == words


def test_the_certificate_is_checked(file, tmp_path):
    issued = trustme.CA().issue_cert("localhost")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    text = f'tls_cert = "{cert}"\ntls_key = "{key}"'
    assert facts(file, text)["TLS"] == f"the certificate in {cert}"
    key.write_text("not a key")
    assert mistake(file, text).startswith(f"{cert} and {key} can't be used: ")
    key.unlink()
    assert mistake(file, text) == f"{key} can't be read: there is no such file."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("listen = 1", "expected `array`, got `int` - at `$.listen`"),
        ("lsten = []", "there is no key `lsten`"),
        ("listen = [", "is no TOML file"),
        ('listen = ["0.0.0.0:59000"]', "0.0.0.0:59000 can be reached from other machines, and plain text can be read"),
        ('webhook_allow = ["10.0.0.0/99"]', "'10.0.0.0/99' can't stand in webhook_allow"),
        ('trusted_proxies = ["x"]', "trusted_proxies: 'x' is no address or network"),
        ('tls_cert = "x"', "TLS needs both tls_cert and tls_key"),
    ],
)
def test_each_error_is_a_sentence(file, text, words):
    said = mistake(file, text)
    assert words in said
    assert said.endswith(".")
    assert len(said.splitlines()) == 1 or "TOML" in said


def test_a_missing_file_is_reported(tmp_path):
    result = parley("config", "check", str(tmp_path / "none.toml"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: {tmp_path / 'none.toml'} can't be read: No such file or directory.\n"


def test_a_url_with_a_path_is_refused_with_what_to_do_instead(file):
    assert mistake(file, 'url = "https://host.example/chat"') == (
        "url: 'https://host.example/chat' has the path '/chat', and a server can't be below a path. Give it a host "
        "name of its own, e.g. https://chat.example.org, and let the proxy pass on every path as it is."
    )
