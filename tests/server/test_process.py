"""The server as a process: signals, exit statuses, the log, a second server, unusable files."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import trustme

from tests.server.process import Process, everything_from


def listening(folder: Path, *more: str) -> list[str]:
    return ["--listen", "127.0.0.1:0", "--data", str(folder), *more]


def received(sock: object, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        more = sock.recv(65_536)  # type: ignore[attr-defined]
        assert more, data
        data += more
    return data


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_server_cleanly_and_soon(tmp_path: Path, number: signal.Signals) -> None:
    with Process(*listening(tmp_path)) as server:
        bob, silent, browser = server.visit(), server.visit(), server.visit()
        browser.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        bob.sendall(b"bob\nhello\n")
        received(bob, b"bob: hello\n")
        started = time.monotonic()
        server.signals(number)
        assert everything_from(bob) == b"The server is stopping. Come back in a moment.\n"
        everything_from(browser)
        assert server.ends() == 0
        assert time.monotonic() - started < 5
        silent.close()
        bob.close()
        browser.close()


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no such signals")
@pytest.mark.parametrize("tls", [[], ["--tls", "auto"]], ids=["plain", "tls"])
def test_hup_usr1_and_usr2_end_no_server(tmp_path: Path, tls: list[str]) -> None:
    others = (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
    with Process(*listening(tmp_path, *tls)) as server:
        with server.visit() as bob:
            bob.sendall(b"bob\n")
            received(bob, b"you are now connected!\n")
            for number in others:
                server.signals(number)
                server.sees(number.name)
            bob.sendall(b"hello\n")
            received(bob, b"bob: hello\n")
            for number in (*others, signal.SIGTERM, *others):
                server.signals(number)
            assert everything_from(bob).endswith(b"The server is stopping. Come back in a moment.\n")
        assert server.ends() == 0
    [hung_up, *_] = [line for line in server.lines if "SIGHUP" in line]
    assert ("reading the certificate again" if tls else "there is nothing to read again") in hung_up


def test_the_log_has_the_lines_of_the_report(tmp_path: Path) -> None:
    with Process(*listening(tmp_path)) as server:
        with server.visit() as bob:
            port = bob.getsockname()[1]
            bob.sendall(b"bob\n.exit\n")
            everything_from(bob)
        server.signals(signal.SIGTERM)
        server.ends()
    texts = [line.partition("  ")[2] for line in server.lines]
    assert f"Server is running and listening on 127.0.0.1:{server.port} ..." in texts
    assert f"connection is established with 127.0.0.1:{port} (line)" in texts
    assert "The alias of this client is bob" in texts
    assert "bob has left the chat room!" in texts
    assert texts[-1] == "stopping"
    assert not any(line.startswith("warning") for line in texts)


def test_the_log_can_be_json(tmp_path: Path) -> None:
    with Process(*listening(tmp_path, "--log", "json")) as server:
        with server.visit() as bob:
            bob.sendall(b"bob\n.exit\n")
            everything_from(bob)
        server.signals(signal.SIGTERM)
        server.ends()
    records = [json.loads(line) for line in server.lines]
    assert all(record.keys() >= {"time", "level", "logger", "message"} for record in records)
    [named] = [record for record in records if record["message"] == "The alias of this client is bob"]
    assert named["user"] == 1
    assert named["level"] == "info"


def test_a_second_server_on_the_data_folder_ends_at_once(tmp_path: Path) -> None:
    with Process(*listening(tmp_path)) as server:
        with Process(*listening(tmp_path), wait=False) as second:
            assert second.ends() == 1
        assert any("Another Parley server" in line for line in second.lines)
        with server.visit() as bob:
            bob.sendall(b"bob\n")
            received(bob, b"you are now connected!\n")


def test_an_address_in_use_is_reported(tmp_path: Path) -> None:
    with Process(*listening(tmp_path / "one")) as server:
        with Process("--listen", f"127.0.0.1:{server.port}", "--data", str(tmp_path / "two"), wait=False) as second:
            assert second.ends() == 1
        assert any("can't be listened on: Address already in use." in line for line in second.lines)


def test_addresses_that_other_machines_can_reach_get_a_warning(tmp_path: Path) -> None:
    everywhere = ("--listen", "0.0.0.0:0", "--listen", "[::1]:0", "--allow-plaintext", "--access", "open")
    with Process(*listening(tmp_path, *everywhere)) as server:
        server.visit().close()
        server.signals(signal.SIGTERM)
        server.ends()
    assert sum("listening on" in line for line in server.lines) == 3
    [warning] = [line for line in server.lines if "warning: " in line]
    assert "0.0.0.0:" in warning
    assert "127.0.0.1" not in warning
    assert "can be reached from other machines" in warning


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--listen", "nowhere"], "is no address to listen on"),
        (["--listen", "no.such.host.invalid:1"], "can't be listened on"),
        (["--tls-cert", "x"], "TLS needs both tls_cert and tls_key."),
        (["--tls-cert", "nothing", "--tls-key", "nothing"], "nothing can't be read: there is no such file."),
        (["--config", "nothing"], "nothing can't be read: No such file or directory."),
        (["--data", "{folder}/file"], "file can't be used: File exists. It is a file: move it away, or choose another"),
        (["--data", "{folder}/file/data"], "data can't be made: Not a directory. A part of its path is a file: "),
        (["--data", "{folder}/locked"], "can't be written"),
        (["--data", "{folder}/broken"], "can't be opened: file is not a database. Put a backup in its place, or "),
        (["--tls-cert", "{folder}/file", "--tls-key", "{folder}/file"], "can't be used"),
    ],
)
def test_unusable_options_end_with_a_sentence_and_status_1(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    (tmp_path / "file").write_text("nothing", encoding="utf-8")
    (tmp_path / "locked" / "parley.lock").mkdir(parents=True)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "parley.db").write_bytes(b"no database" * 1_000)
    arguments = [argument.format(folder=tmp_path) for argument in arguments]
    if "--data" not in arguments:
        arguments += ["--data", str(tmp_path / "data")]
    if "--listen" not in arguments:
        arguments += ["--listen", "127.0.0.1:0"]
    with Process(*arguments, wait=False) as server:
        assert server.ends() == 1
    assert sentence in " ".join(server.lines)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a file that is always full")
def test_a_first_start_whose_output_goes_to_a_full_disk(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        with Process(*listening(tmp_path), stdout=full.fileno()) as server:
            server.sees("with which the server gets its owner can't be written to standard output: No space left")
            server.visit().close()
            server.signals(signal.SIGTERM)
            assert server.ends() == 0
        (tmp_path / "file").touch()
        command = [sys.executable, "-m", "parley", "serve", *listening(tmp_path / "file")]
        assert subprocess.run(command, stdout=full, stderr=full, check=False).returncode == 1


def test_a_configuration_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "parley.toml"
    file.write_text(f'listen = ["127.0.0.1:0"]\ndata = "{tmp_path / "data"}"\nrate_burst = 3\n', encoding="utf-8")
    with Process("--config", str(file)) as server, server.visit() as bob:
        bob.sendall(b"bob\n1\n2\n3\n4\n.exit\n")
        assert b"You are sending too fast." in everything_from(bob)


def test_a_certificate_is_read_from_files(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    import ssl

    context = ssl.create_default_context()
    authority.configure_trust(context)
    flags = ["--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem")]
    with Process(*listening(tmp_path / "data", *flags)) as server:
        with context.wrap_socket(server.visit(), server_hostname="localhost") as bob:
            bob.sendall(b"bob\n")
            received(bob, b"you are now connected!\n")
        with server.visit() as plain:
            plain.sendall(b"eve\n")
            received(plain, b"you are now connected!\n")


def test_a_shown_message_survives_a_kill(tmp_path: Path) -> None:
    with Process(*listening(tmp_path)) as server, server.visit() as bob:
        bob.sendall(b"bob\nhello\n")
        received(bob, b"bob: hello\n")
        server.signals(signal.SIGKILL)
        server.ends()
    with Process(*listening(tmp_path)) as server, server.visit() as bob:
        bob.sendall(b"bob\n")
        received(bob, b"alias?bob: hello\nbob has connected to the chat room\nyou are now connected!\n")
