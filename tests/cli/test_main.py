"""Every command reports arguments that are not UTF-8, and works with standard streams that are closed or full."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from parley.cli.main import unreadable
from tests.cli.admin_fixture import parley

ADDRESS = "127.0.0.1:1"
"""An address at which no server listens."""


@pytest.mark.parametrize(
    "arguments",
    [
        ["send", "lobby", "caf\udce9"],
        ["send", "caf\udce9", "hi", "--as", "bob"],
        ["send", "lobby", "hi", "--as", "\udce9"],
        ["tail", "\udce9"],
        ["chat", "--room", "\udce9"],
        ["serve", "--data", "/tmp/\udce9"],
        ["doctor", "--data", "/tmp/\udce9"],
        ["config", "check", "\udce9"],
        ["admin", "user", "add", "\udce9"],
        ["admin", "room", "archive", "lobby", "--why", "\udce9"],
        ["\udce9"],
        ["--\udce9"],
    ],
)
def test_an_argument_that_is_not_utf8_is_refused(arguments: list[str]) -> None:
    result = parley(*arguments)
    shown = next(each for each in arguments if "\udce9" in each).replace("\udce9", "\\xe9")
    assert (result.exit_code, result.stderr) == (2, f"Error: This argument is not UTF-8: {shown}\n")


def test_a_variable_that_is_not_utf8_is_refused_and_not_shown() -> None:
    environment = {"OTHER": "\udce9", "PARLEY_PASSWORD": "secret\udce9"}
    assert unreadable([], environment) == "The environment variable PARLEY_PASSWORD is not UTF-8."
    assert unreadable(["café"], {"PARLEY_PASSWORD": "é", "OTHER": "\udce9"}) == ""


def run(tmp_path: Path, arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a shell, which can close streams."""
    return subprocess.run(
        ["sh", "-c", f'exec "$0" -m parley {arguments}', sys.executable],
        capture_output=True,
        env={**os.environ, "PARLEY_CLIENT_DATA": str(tmp_path), **environment},
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="closes streams in a shell")
@pytest.mark.parametrize(
    "arguments",
    [
        f"tail lobby --from {ADDRESS} >&-",
        f"send lobby - --to {ADDRESS} --timeout 0.1 <&-",
        f"chat {ADDRESS} --as bob --patience 0.5 <&- >&-",
        f"chat {ADDRESS} <&-",
        "--help >/dev/full",
    ],
)
def test_closed_and_full_streams_make_no_traceback(tmp_path: Path, arguments: str) -> None:
    result = run(tmp_path, arguments)
    assert b"Traceback" not in result.stderr
    assert b"Exception" not in result.stderr
    assert result.returncode in (0, 1)
    assert result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="bytes are arguments on Unix only")
def test_bytes_on_the_command_line(tmp_path: Path) -> None:
    result = run(tmp_path, "tail \"$(printf 'x\\351')\"")
    assert (result.returncode, result.stderr) == (2, b"Error: This argument is not UTF-8: x\\xe9\n")
