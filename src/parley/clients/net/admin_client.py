"""The HTTP API of a running server, through the admin socket in its data folder (`parley.wire.admin`).

Whoever may open files in that folder may do everything. Any server describes the API at its path `/api`.
"""

import json
import os
import secrets
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from parley.clients.model.names import bare, fold
from parley.wire.admin import (
    DOOR_NAME,
    HOST,
    NONCE_BYTES,
    PROOF_BYTES,
    SOCKET_NAME,
    decode_door,
    is_proof,
    prove,
    takes_socket,
)

ANSWER_SECONDS: Final = 60.0
PAGE_USERS: Final = 1_000
PAGE_AUDITED: Final = 200
CHUNK_BYTES: Final = 64 * 1024


class AdminError(Exception):
    """A request failed. The text is a sentence that says why.

    Attributes:
        code: the code of the refusal, if the server has refused it.
    """

    def __init__(self, sentence: str, code: str | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class AdminClient:
    """Speaks to the server that uses a data folder. Each request has a connection of its own.

    Args:
        folder: the data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, *parts: str | int, **query: object) -> Any:
        """Return the document at a path; see `send`."""
        return self.send("GET", *parts, query=query)

    def send(self, method: str, *parts: str | int, body: object = None, query: dict[str, object] | None = None) -> Any:
        """Make a request and return the document that answers it; None if there is none.

        Args:
            method: the HTTP method.
            parts: the parts of the path under `/api`, not quoted.
            body: a document to send.
            query: the query of the URL.

        Raises:
            AdminError: no server is running, it can't be reached, or it refuses the request.
        """
        with _answer(self._folder, method, parts, body, query) as response:
            data = response.read()
        if response.status >= 400:
            raise _refusal(response.status, data)
        return _read(data) if data else None

    def download(self, write: Callable[[bytes], object], *parts: str | int) -> None:
        """Fetch a long document in pieces.

        Raises:
            AdminError: as with `send`; or the document was cut short, after some of it was written.
        """
        with _answer(self._folder, "GET", parts) as response:
            if response.status >= 400:
                raise _refusal(response.status, response.read())
            end = b""
            while chunk := response.read(CHUNK_BYTES):
                write(chunk)
                end = (end + chunk)[-2:]
        if end != b"]}":
            # A complete export ends with a list in an object, so with these characters.
            raise AdminError("The server could not send everything: what came is cut short.")

    # Lists of several pages

    def users(self) -> Iterator[dict[str, Any]]:
        """Yield all users who hold a name, ordered by id."""
        after, more = 0, True
        while more:
            page = self.get("admin", "users", after=after, limit=PAGE_USERS)
            yield from page["users"]
            more = page["more"]
            after = page["users"][-1]["id"] if page["users"] else after

    def audit(self, last: int) -> list[dict[str, Any]]:
        """Return the last entries of the audit log, the oldest first."""
        entries: list[dict[str, Any]] = []
        before = None
        while len(entries) < last:
            query = {"limit": min(last - len(entries), PAGE_AUDITED)} | ({"before": before} if before else {})
            page = self.get("admin", "audit", **query)
            entries += page["entries"]
            before = page["before"]
            if before is None:
                break
        return entries[::-1]

    def rooms(self) -> list[dict[str, Any]]:
        """Return all rooms but direct ones, private and archived ones included."""
        return list(self._rooms())

    def _rooms(self, query: str = "") -> Iterator[dict[str, Any]]:
        after, more = "", True
        while more:
            page = self.get("rooms", query=query, after=after)
            yield from page["rooms"]
            after, more = page["next"], page["more"]

    def room(self, ref: str) -> dict[str, Any]:
        """Return the room with an id or a name: `123` is an id, `#123` is the room named 123.

        Raises:
            AdminError: there is none, or there are several of that name; or as with `send`.
        """
        if ref.isascii() and ref.isdigit():
            found = [room for room in self._rooms() if room["id"] == int(ref)]
        else:
            found = [room for room in self._rooms(bare(ref)[:100]) if fold(room["name"]) == fold(bare(ref))]
        if not found:
            raise AdminError("There is no such room here.", "room_unknown")
        if len(found) > 1:
            # A private room may have the name of another room, so that nobody can find it by trying names.
            ids = ", ".join(str(room["id"]) for room in found)
            raise AdminError(f"There are {len(found)} rooms of that name. Say which by its id: {ids}.")
        return found[0]


@contextmanager
def _answer(
    folder: Path, method: str, parts: tuple[str | int, ...], body: object = None, query: dict[str, object] | None = None
) -> Iterator[HTTPResponse]:
    """Make one request on a connection of its own; errors of the connection become AdminError."""
    if any(str(part) == "" or "/" in str(part) for part in parts):
        # No name is empty or has a slash, and with such a part the path would lead elsewhere.
        raise AdminError("There is nothing and nobody of that name here.")
    path = "/api/" + "/".join(map(_quoted, parts)) + (f"?{urlencode(query)}" if query else "")
    headers = {"Connection": "close"} | ({} if body is None else {"Content-Type": "application/json"})
    connection = HTTPConnection("localhost", timeout=ANSWER_SECONDS)
    connection.sock = _connected(folder)
    try:
        connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
        yield connection.getresponse()
    except (OSError, HTTPException) as error:
        unknown = "" if method == "GET" else " It is not known whether it was done."
        what = "does not answer" if isinstance(error, TimeoutError) else "went away before it had answered"
        raise AdminError(f"The server {what}.{unknown}") from None
    finally:
        connection.close()


def _quoted(part: str | int) -> str:
    """Return a part of a path. `.` and `..`, which are names in old servers, are encoded, so that they do not mean
    folders of the path.
    """
    text = str(part)
    return text.replace(".", "%2E") if text in (".", "..") else quote(text, safe="")


def _connected(folder: Path) -> socket.socket:
    """Return a socket that is connected to the server that uses a data folder."""
    try:
        if sys.platform != "win32" and folder.stat().st_mode & stat.S_IWOTH:
            raise AdminError(
                f"Everybody on this machine can write to {folder}, and pass for the server there. "
                f"Take that away first: chmod o-w {folder}"
            )
        try:
            door = decode_door((folder / DOOR_NAME).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return _at_socket(folder)
        return _at_door(*door)
    except PermissionError:
        raise AdminError(
            f"The data folder {folder} is not yours to use: only the user who runs the server, and root, may do this."
        ) from None
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        if not folder.is_dir():
            raise AdminError(f"There is no data folder {folder}. Where it is, say with --data DIR.") from None
        raise AdminError(f"No server is running with the data folder {folder}.") from None
    except _Impostor:
        raise AdminError(
            f"No server is running with the data folder {folder}. Where the last one listened, another program does."
        ) from None
    except TimeoutError:
        raise AdminError("The server does not answer.") from None
    except (OSError, ValueError) as error:
        why = (error.strerror or error) if isinstance(error, OSError) else f"{folder / DOOR_NAME} can't be read"
        raise AdminError(f"The server that uses {folder} can't be reached: {why}.") from None


class _Impostor(Exception):
    """The program that listens at the port does not know the secret."""


def _at_socket(folder: Path) -> socket.socket:
    if sys.platform == "win32":
        raise FileNotFoundError
    if not takes_socket(folder):
        if not (folder / SOCKET_NAME).exists():
            raise FileNotFoundError
        raise AdminError(f"The path of {folder} is too long for a socket. Call it by a shorter one, as the server was.")
    return _connect(socket.AF_UNIX, os.fspath(folder / SOCKET_NAME))


def _at_door(port: int, secret: bytes) -> socket.socket:
    sock = _connect(socket.AF_INET, (HOST, port))
    try:
        client = secrets.token_bytes(NONCE_BYTES)
        sock.sendall(client)
        answer = b""
        while len(answer) < NONCE_BYTES + PROOF_BYTES:
            if not (data := sock.recv(NONCE_BYTES + PROOF_BYTES - len(answer))):
                raise _Impostor
            answer += data
        server = answer[:NONCE_BYTES]
        if not is_proof(answer[NONCE_BYTES:], secret, "server", client, server):
            raise _Impostor
        sock.sendall(prove(secret, "client", client, server))
    except BaseException as error:
        sock.close()
        if isinstance(error, ConnectionError):
            raise _Impostor from None
        raise
    return sock


def _connect(family: int, address: Any) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(ANSWER_SECONDS)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


def _refusal(status: int, data: bytes) -> AdminError:
    try:
        problem = json.loads(data)
        return AdminError(problem["detail"], problem["code"])
    except (ValueError, TypeError, KeyError):
        return AdminError(f"The server can't do this (HTTP status {status}).")


def _read(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        raise AdminError("What listens there is no Parley server.") from None
