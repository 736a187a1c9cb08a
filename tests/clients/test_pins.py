"""Servers whose certificate no authority has signed: the fingerprint is stored and compared."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection, serve

from parley.clients.keep.pins import FILE_NAME, PinError, Pins, fingerprint, read_fingerprint
from parley.clients.net.address import Address, parse_address
from parley.clients.net.pinned_tls import CertificateChanged
from parley.clients.net.transport import ClientTransport
from parley.clients.protocol.requests import JoinRoom, Last
from parley.clients.protocol.session import ClientSession
from tests.clients.processes import Client, ServerProcess, run
from tests.server.server_fixture import until

ONE, OTHER = (bytes([digit] * 32).hex(":").upper() for digit in (0xA1, 0xB2))
HERE, THERE = parse_address("https://chat.example:59000"), parse_address("https://chat.example")


# Pins


def test_a_pin_is_kept_for_host_and_port(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "new" / "folder")
    assert pins.find(HERE.place) is None
    pins.add(HERE.place, ONE)
    pins.add(THERE.place, OTHER)
    again = Pins(tmp_path / "new" / "folder")
    assert (again.find(HERE.place), again.find(THERE.place)) == (ONE, OTHER)
    assert again.find(parse_address("wss://CHAT.example:59000/ws").place) == ONE
    assert again.find(parse_address("https://chat.example:1").place) is None
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "new" / "folder" / FILE_NAME).stat().st_mode) == 0o600


def test_the_last_pin_counts(tmp_path: Path) -> None:
    pins = Pins(tmp_path)
    for known in (ONE, OTHER):
        pins.add(HERE.place, known)
        assert pins.find(HERE.place) == known


@pytest.mark.parametrize("torn", [b"chat.exam", b"\xff\n", b"\n\n", b"chat.example:59000 sha256 A1:A1\n"])
def test_a_damaged_line_does_not_affect_the_others(tmp_path: Path, torn: bytes) -> None:
    pins = Pins(tmp_path)
    pins.add(THERE.place, OTHER)
    with (tmp_path / FILE_NAME).open("ab") as file:
        file.write(torn)
    assert pins.find(HERE.place) is None
    pins.add(HERE.place, ONE)
    assert (pins.find(HERE.place), pins.find(THERE.place)) == (ONE, OTHER)


def test_pins_that_can_not_be_read_or_stored_are_errors(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    pins = Pins(tmp_path)
    with pytest.raises(PinError, match=r"can't be read: .*\.$"):
        pins.find(HERE.place)
    with pytest.raises(PinError, match=r"can't be written: .*\.$"):
        pins.add(HERE.place, ONE)


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["", "sha256 ", "SHA-256:", "SHA256 Fingerprint="]))
def test_a_fingerprint_is_read_in_any_format(digest: bytes, before: str) -> None:
    shown = digest.hex(":").upper()
    for written in (shown, shown.lower(), digest.hex(), f" {digest.hex(' ')}\n"):
        assert read_fingerprint(before + written) == shown


@pytest.mark.parametrize("written", ["", "abc", ONE[:-1], ONE + ":A1", ONE.replace("A", "G")])
def test_wrong_fingerprints_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="32 pairs"):
        read_fingerprint(written)


# First connections


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def showing(authority: trustme.CA, name: str = "127.0.0.1") -> tuple[ssl.SSLContext, str]:
    """Return a TLS context of a server with a new certificate, and the certificate's fingerprint."""
    made = authority.issue_cert(name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.configure_cert(context)
    return context, fingerprint(ssl.PEM_cert_to_DER_cert(made.cert_chain_pems[0].bytes().decode()))


@asynccontextmanager
async def server(context: ssl.SSLContext, port: int = 0) -> AsyncIterator[tuple[Address, list[str]]]:
    """Run a server that records what it receives and closes the connection. Yield its address and the record."""
    heard: list[str] = []

    async def talk(connection: ServerConnection) -> None:
        heard.append(str(await connection.recv()))

    async with serve(talk, "127.0.0.1", port, ssl=context) as running:
        port = next(iter(running.sockets)).getsockname()[1]
        yield parse_address(f"https://127.0.0.1:{port}"), heard


async def meet(address: Address, pins: Pins | None, ca: Path | None = None) -> tuple[list[str], list[str]]:
    """Connect once. Return the notices, and the effects that were shown, as text."""
    session = ClientSession(name=None, new_key=iter(()).__next__, random=lambda: 0.5)
    notices: list[str] = []
    shown: list[str] = []

    def show(effect: object) -> None:
        shown.append(repr(effect))
        session.abandon()

    session.ask(JoinRoom("lobby", start=Last(1), restart=Last(1)), asyncio.get_running_loop().time())
    await ClientTransport(session, address, show, ca=ca, pins=pins, notice=notices.append).run()
    return notices, shown


async def test_the_first_connection_shows_a_notice_once(tmp_path: Path, authority: trustme.CA) -> None:
    context, known = showing(authority)
    pins = Pins(tmp_path)
    async with server(context) as (address, heard):
        [notice], _ = await meet(address, pins)
        assert known in notice
        assert address.place in notice
        assert (await meet(address, pins))[0] == []
    assert pins.find(address.place) == known
    assert len(heard) == 2


async def test_another_certificate_is_refused_before_anything_is_sent(tmp_path: Path, authority: trustme.CA) -> None:
    context, shown = showing(authority)
    pins = Pins(tmp_path)
    async with server(context) as (address, heard):
        pins.add(address.place, ONE)
        with pytest.raises(CertificateChanged) as caught:
            await meet(address, pins)
        assert heard == []
        assert pins.find(address.place) == ONE
        message = str(caught.value)
        assert message.startswith(f"THE CERTIFICATE OF {address.place} IS NOT THE ONE THAT IT IS KNOWN BY.")
        assert ONE in message
        assert message.endswith(f"--trust {shown}")
        pins.add(address.place, shown)
        assert (await meet(address, pins))[0] == []
        assert len(heard) == 1


async def test_a_signed_certificate_needs_no_pin(
    tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = tmp_path / "system.pem"
    authority.cert_pem.write_to_path(trusted)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    context, _ = showing(authority)
    pins = Pins(tmp_path)
    async with server(context) as (address, heard):
        assert (await meet(address, pins))[0] == []
        assert pins.find(address.place) is None
        pins.add(address.place, ONE)  # the previous certificate's fingerprint
        assert (await meet(address, pins))[0] == []
        assert len(heard) == 2


async def test_a_certificate_for_another_host_is_not_pinned(
    tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = tmp_path / "system.pem"
    authority.cert_pem.write_to_path(trusted)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    context, _ = showing(authority, "another.example")
    pins = Pins(tmp_path)
    async with server(context) as (address, heard):
        notices, [offline, *_] = await meet(address, pins)
        assert "certificate is not trusted" in offline
        assert (notices, heard, pins.find(address.place)) == ([], [], None)


async def test_with_ca_nothing_else_is_trusted(tmp_path: Path, authority: trustme.CA) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ours.pem")
    trustme.CA().cert_pem.write_to_path(tmp_path / "another.pem")
    context, known = showing(authority)
    pins = Pins(tmp_path)
    async with server(context) as (address, heard):
        assert (await meet(address, pins, tmp_path / "ours.pem"))[0] == []
        assert len(heard) == 1
        pins.add(address.place, known)
        _, [offline, *_] = await meet(address, pins, tmp_path / "another.pem")
        assert "certificate is not trusted" in offline
        assert len(heard) == 1


async def test_another_kind_of_server_is_not_pinned_by_its_answer(tmp_path: Path, authority: trustme.CA) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    context, _ = showing(authority)
    pins = Pins(tmp_path)
    async with await asyncio.start_server(refuse, "127.0.0.1", 0, ssl=context) as web:
        address = parse_address(f"https://127.0.0.1:{web.sockets[0].getsockname()[1]}")
        notices, [offline, *_] = await meet(address, pins)
    assert "HTTP status 404" in offline
    assert (notices, pins.find(address.place)) == ([], None)


async def test_a_changed_certificate_ends_a_running_chat(tmp_path: Path, authority: trustme.CA) -> None:
    first, _ = showing(authority)
    second, _ = showing(authority)
    pins = Pins(tmp_path)
    session = ClientSession(name=None, new_key=iter(()).__next__, random=lambda: 0.0)
    session.ask(JoinRoom("lobby", start=Last(1), restart=Last(1)), asyncio.get_running_loop().time())
    async with server(first) as (address, heard):
        transport = ClientTransport(session, address, lambda effect: None, pins=pins, notice=lambda sentence: None)
        running = asyncio.create_task(transport.run())
        await until(lambda: bool(heard))
    async with server(second, int(address.place.rpartition(":")[2])) as (_, heard_later):
        with pytest.raises(CertificateChanged):
            await running
    assert heard_later == []


# The commands


@pytest.fixture
def parley(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "server", "--tls", "auto").start()
    yield process
    process.kill()


def test_a_new_pin_gets_a_notice_and_a_changed_certificate_an_error(parley: ServerProcess, tmp_path: Path) -> None:
    data, url = tmp_path / "client", f"https://{parley.address}"
    code, out, err = run(data, "send", "lobby", "hi", "--to", url, "--as", "bob")
    assert (code, out) == (0, "")
    assert err.count("\n") == 1
    assert err.startswith(f"No authority vouches for the certificate of {parley.address}.")
    assert run(data, "send", "lobby", "there", "--to", url, "--as", "bob") == (0, "", "")
    code, out, err = run(data, "tail", "lobby", "--from", url)
    assert (code, err) == (0, "")
    assert "bob: there" in out

    parley.stop()
    shutil.rmtree(tmp_path / "server" / "tls")
    parley.start()
    for command in (
        ["send", "lobby", "again", "--to", url, "--as", "bob"],
        ["tail", "lobby", "--from", url],
        ["chat", url, "--as", "bob"],
    ):
        code, out, err = run(data, *command)
        assert (code, out) == (1, ""), command
        assert err.startswith(f"THE CERTIFICATE OF {parley.address} IS NOT THE ONE THAT IT IS KNOWN BY.")
    shown = err.split()[-1]
    assert run(data, "tail", "lobby", "--from", url, "--trust", shown)[0] == 0
    with Client(data, "chat", url, "--as", "bob") as bob:
        bob.out.wait("you are now connected!")
        assert bob.finish("hello") == 0
        assert bob.err.text == ""


def test_trust_before_the_first_connection(parley: ServerProcess, tmp_path: Path) -> None:
    data, url = tmp_path / "client", f"https://{parley.address}"
    code, _, err = run(data, "tail", "lobby", "--from", url, "--trust", ONE)
    assert code == 1
    assert ONE in err
    code, _, err = run(data, "tail", "lobby", "--from", url, "--trust", err.split()[-1].lower())
    assert (code, err) == (0, "")


def test_with_ca_nothing_is_pinned(parley: ServerProcess, tmp_path: Path) -> None:
    data, url = tmp_path / "client", f"https://{parley.address}"
    ca = str(tmp_path / "server" / "tls" / "cert.pem")
    code, _, err = run(data, "tail", "lobby", "--from", url, "--ca", ca)
    assert (code, err) == (0, "")
    assert not (data / FILE_NAME).exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--from", "https://127.0.0.1:1", "--trust", "abc"], "A fingerprint is 32 pairs of hexadecimal digits"),
        (["--from", "127.0.0.1:1", "--trust", ONE], "--trust is for TLS: put https:// before the address."),
        (["--from", "https://127.0.0.1:1", "--trust", ONE, "--ca", __file__], "--trust and --ca exclude each other."),
    ],
)
def test_wrong_uses_of_trust_are_refused(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    code, _, err = run(tmp_path, "tail", "lobby", *arguments)
    assert code == 2
    assert sentence in err


def test_pins_are_where_the_data_is(parley: ServerProcess, tmp_path: Path) -> None:
    url, data = f"https://{parley.address}", str(tmp_path / "elsewhere")
    assert run(tmp_path / "client", "send", "lobby", "hi", "--to", url, "--as", "bob", "--data", data)[0] == 0
    assert (tmp_path / "elsewhere" / FILE_NAME).exists()
    assert run(tmp_path / "client", "chat", url, "--as", "eve", "--data", data, text="hi\n")[0::2] == (0, "")
    assert not (tmp_path / "client" / FILE_NAME).exists()
