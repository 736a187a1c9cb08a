"""Helpers for tests of `parley admin`: a running server, its commands, and users over HTTP."""

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from click.testing import CliRunner, Result

from parley.cli.main import cli
from tests.server.process import Process

PASSWORD = "correct horse"


def parley(*arguments: str, stdin: str | bytes = "") -> Result:
    """Run a command without a terminal."""
    return CliRunner().invoke(cli, arguments, input=stdin, prog_name="parley", catch_exceptions=False)


class AdminServer:
    """A running server and its administrator.

    Attributes:
        folder: its data folder.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._server = Process("--listen", "127.0.0.1:0", "--data", str(folder), *options)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.port}"

    @property
    def log(self) -> str:
        return "\n".join(self._server.lines)

    def admin(self, *arguments: str, stdin: str | bytes = "") -> Result:
        return parley("admin", "--data", str(self.folder), *arguments, stdin=stdin)

    def run(self, *arguments: str, stdin: str | bytes = "") -> str:
        """Run a command that succeeds; return its output."""
        result = self.admin(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def run_json(self, *arguments: str, stdin: str | bytes = "") -> Any:
        """Run a command that succeeds; return its JSON document."""
        return json.loads(self.run(*arguments, "--json", stdin=stdin))

    def run_failing(self, *arguments: str, stdin: str | bytes = "") -> str:
        """Run a command that fails; return its sentence."""
        result = self.admin(*arguments, stdin=stdin)
        assert (result.exit_code, result.stdout) == (1, ""), result.output
        return result.stderr.strip()

    def add(self, name: str, *options: str) -> Any:
        return self.run_json("user", "add", name, *options, "--password-stdin", stdin=PASSWORD + "\n")["user"]

    # Over HTTP, as any user

    def ask(self, method: str, path: str, body: object = None, token: str | None = None) -> tuple[int, Any]:
        """Make a request; return the status and the document."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"http://{self.address}/api{path}", data, headers, method=method)
        try:
            with urlopen(request, timeout=15) as response:
                text = response.read()
                return response.status, json.loads(text) if text else None
        except HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def sign_in(self, name: str, password: str = PASSWORD) -> str:
        """Sign in; return the session's token."""
        status, admitted = self.ask("POST", "/session", {"name": name, "password": password, "bearer": True})
        assert status == 200, admitted
        token: str = admitted["token"]
        return token

    def make_room(self, token: str, name: str, *, private: bool = False) -> int:
        status, room = self.ask("POST", "/rooms", {"name": name, "private": private}, token)
        assert status == 201, room
        id_: int = room["id"]
        return id_
