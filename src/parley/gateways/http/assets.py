"""The page for browsers: the files that the build of `web/` makes, read once and served from memory.

They are in a separate Python package, `parley_web`, which contains no code. Without it the server has no page for
browsers. The path of a request is only looked up among the paths known from the start, never in a file system.
"""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Final

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .headers import RUNNING

PACKAGE: Final = "parley_web"

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
"""The media types of the files that are served, by file name extension. Other files of the package are not served."""

ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
"""The encodings, the best one first (RFC 9110, section 8.4.1), with the ends of the names of their files."""

HASHED: Final = "/assets/"
"""In this folder, the name of a file contains a hash of its content, so a browser may keep the file for good."""


class File(Struct, frozen=True):
    """A file of the page.

    Attributes:
        bodies: its content by encoding. "" stands for the file without encoding, which always exists.
        headers: the headers of all responses with this file.
        digest: the hash of its content.
    """

    bodies: Mapping[str, bytes]
    headers: Mapping[str, str]
    digest: str


@cache
def load(package: str = PACKAGE) -> Mapping[str, File]:
    """Return the page's files by path, or an empty mapping if no page was built.

    Args:
        package: the name of the package that holds them.
    """
    try:
        folder = resources.files(package)
    except ModuleNotFoundError:
        return {}
    found = {f"/{name}": file.read_bytes() for name, file in _walk(folder)}
    if "/index.html" not in found:
        return {}
    return {path: _file(path, found) for path in found if PurePosixPath(path).suffix in TYPES}


def routes(files: Mapping[str, File]) -> list[Route]:
    """Return the routes of the page: its files, and the paths that the page handles itself.

    Args:
        files: the result of `load`, not empty.
    """
    index = files["/index.html"]
    return [
        _route("/", index),
        _route("/r/{room:path}", index),
        *(_route(path, file) for path, file in files.items() if file is not index),
    ]


def _route(path: str, file: File) -> Route:
    async def give(request: Request) -> Response:
        return answer(file, request.headers)

    return Route(path, give, methods=["GET"])


def answer(file: File, asked: Mapping[str, str]) -> Response:
    """Return a file in the best encoding that the browser accepts, or 304 if the browser has this content already.

    Args:
        file: the file.
        asked: the request's headers.
    """
    encoding = next((name for name, _ in ENCODINGS if name in file.bodies and _takes(asked, name)), "")
    etag = f'"{file.digest}{encoding and f"-{encoding}"}"'
    headers = {**file.headers, "ETag": etag, "Vary": "Accept-Encoding"}
    known = [tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")]
    if etag in known or known == ["*"]:
        return Response(status_code=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(file.bodies[encoding], headers=headers)


def _takes(asked: Mapping[str, str], encoding: str) -> bool:
    """Tell whether an encoding is accepted by name (RFC 9110, section 12.5.3)."""
    for item in asked.get("accept-encoding", "").split(","):
        name, _, weight = item.partition(";")
        if name.strip().lower() == encoding:
            return weight.strip().lower().removeprefix("q=").strip("0.") != "" or not weight
    return False


def _walk(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            yield from _walk(entry, name + "/")
        else:
            yield name, entry


def _file(path: str, found: Mapping[str, bytes]) -> File:
    kind = PurePosixPath(path).suffix
    plain = found[path]
    bodies = {"": plain}
    for encoding, ending in ENCODINGS:
        if path + ending in found:
            bodies[encoding] = found[path + ending]
    headers = {
        "Content-Type": TYPES[kind],
        "Cache-Control": "public, max-age=31536000, immutable" if path.startswith(HASHED) else "no-cache",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if kind in (".html", ".js"):  # a worker is subject to the policy that is sent with its script
        headers["Content-Security-Policy"] = RUNNING
    if kind == ".html":
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return File(bodies, headers, hashlib.sha256(plain).hexdigest()[:24])
