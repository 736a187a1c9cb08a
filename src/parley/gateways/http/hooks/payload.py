"""Reads a request's body as JSON or text. Many tools send a wrong Content-Type or none, so the body itself decides.

`curl -d` labels everything as a form, and scripts label JSON as text. A body is JSON if its Content-Type says so, or if
it is a valid object or list in JSON. It is read as a form if one of its fields has a name that tools use.
"""

import codecs
import json
import re
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

import msgspec
from msgspec import Struct

from parley.wire import encoding

JSON_FIELDS: Final = ("payload", "payload_json", "data", "json", "body")
"""The names of form fields with JSON: of Slack and GitHub, of Discord, of Uptime Kuma, and of scripts."""

TEXT_FIELDS: Final = ("text", "content", "message", "msg")

PARTS_MOST: Final = 50

_CHARSETS: Final = frozenset(
    ("ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "mac-roman")
) | {"shift_jis", "euc_jp", "iso2022_jp", "gb2312", "gbk", "gb18030", "big5", "euc_kr"}
_FAMILIES: Final = ("iso8859-", "cp125")
_PAIR: Final = re.compile(rb"[\w.\-\[\]]{1,64}=\S*")


class UnreadableBody(Exception):
    """A body that can't be shown.

    Attributes:
        why: the reason, as a part of a sentence.
        status: the HTTP status.
    """

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.why = why
        self.status = status


class Payload(Struct, frozen=True):
    """The content of a body.

    Attributes:
        json: the JSON; None if the body is text.
        text: the text that the sender has written.
        files: the names of attached files, which are not stored.
    """

    json: Any = None
    text: str = ""
    files: tuple[str, ...] = ()


def read(body: bytes, content_type: str) -> Payload:
    """Return the content of a body.

    Args:
        body: the bytes.
        content_type: the header, "" if there is none.

    Raises:
        UnreadableBody: its Content-Type says that it is JSON, but it is not; or it is not valid in its charset.
    """
    media, parameters = media_type(content_type)
    if media.startswith("multipart/"):
        return _multipart(body, parameters.get("boundary", ""))
    charset = parameters.get("charset", "")
    if media == "application/json" or media.endswith("+json"):
        return Payload(_json(_decoded(body, charset)))
    form = _form(body.strip(), charset) if media in ("", "application/x-www-form-urlencoded") else None
    return form or _text(_decoded(body, charset))


def media_type(header: str) -> tuple[str, dict[str, str]]:
    """Return the media type of a Content-Type, in lower case, and its parameters (RFC 9110, section 8.3.1)."""
    media, _, rest = header.partition(";")
    found = re.findall(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;\"]+))", rest[:1000])
    return media.strip().lower(), {name.lower(): quoted or plain for name, quoted, plain in found}


def _decoded(body: bytes, charset: str) -> str:
    """Return a body as a string, without a byte order mark.

    Raises:
        UnreadableBody: the charset is unknown, or the body is not valid in it.
    """
    try:
        if not charset:
            return encoding.decode(body)
        return body.decode(_codec(charset)).removeprefix("\ufeff")
    except encoding.NotUtf8 as error:
        raise UnreadableBody(f"it {error}") from None
    except UnicodeDecodeError:
        raise UnreadableBody(f"it is not {charset[:40]}") from None


def _codec(charset: str) -> str:
    try:
        name = codecs.lookup(charset or "utf-8").name
    except (LookupError, ValueError):
        name = ""
    if name not in _CHARSETS and not name.startswith(_FAMILIES):
        raise UnreadableBody(f"the charset {charset[:40]} is unknown here", 415)
    return name


def _text(text: str) -> Payload:
    """Return the content of a text, which may be JSON although its Content-Type does not say so."""
    bare = text.strip()
    if bare[:1] in ("{", "[") and bare[-1:] in ("}", "]"):
        try:
            found = _json(bare)
        except UnreadableBody:
            found = None
        if isinstance(found, dict) or (isinstance(found, list) and any(isinstance(each, dict) for each in found)):
            return Payload(found)
    name, _, value = bare.partition("=")
    if name == "payload":
        # This may be a form that is labelled as something else, or whose characters are not percent-encoded: try both.
        for each in (value, unquote_plus(value)):
            with suppress(UnreadableBody):
                return Payload(_json(each))
    return Payload(text=text)


def _json(text: str) -> Any:
    """Return the value of JSON.

    Raises:
        UnreadableBody: the text is not JSON.
    """
    if not text.strip():
        return ""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        problem = error
    # Some encoders cut a character into two lone surrogates, and scripts put line breaks into strings. The standard
    # library accepts both.
    with suppress(ValueError, RecursionError):
        return json.loads(text, strict=False, parse_constant=_refuse, parse_float=_finite)
    if isinstance(problem, RecursionError):
        raise UnreadableBody("it is nested too deeply")
    raise UnreadableBody(f"it is no JSON: {str(problem)[:200]}")


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(digits[:40])
    return number


# Forms


def _form(body: bytes, charset: str) -> Payload | None:
    """Return the payload of a form; None if no field has a name that tools use, or if such a field should have JSON and
    does not.
    """
    pairs = body.split(b"&", PARTS_MOST)
    if len(pairs) > PARTS_MOST or not all(map(_PAIR.fullmatch, pairs)):
        return None  # `curl -d` labels any text as a form
    try:
        return _fields(parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding=_codec(charset)))
    except (ValueError, UnreadableBody):
        return None


def _fields(pairs: list[tuple[str, str]]) -> Payload | None:
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name.lower(), value)
    for name in JSON_FIELDS:
        value = fields.get(name, "").strip()
        if name == "payload" and value:
            return Payload(_json(value)) if value[0] in '{["' else _text(value)
        if value[:1] in ("{", "["):
            return _text(value)
    known = {name: value for name, value in fields.items() if name in (*TEXT_FIELDS, "title", "attachments", "blocks")}
    if not any(fields.get(name) for name in TEXT_FIELDS):
        return None
    # Return the fields as JSON, because the text of a form field has the same format as that of a JSON field of that
    # name.
    return Payload(known)


# Multipart


def _multipart(body: bytes, boundary: str) -> Payload:
    """Return the payload of a multipart body (RFC 2046, section 5.1.1; RFC 7578).

    Raises:
        UnreadableBody: it has no boundary, or no part that can be shown.
    """
    if not 0 < len(boundary) <= 200:
        raise UnreadableBody("it is multipart, and its Content-Type names no boundary")
    # Accept LF instead of CR LF, as scripts send it.
    mark = rb"\r?\n--" + re.escape(boundary.encode("latin-1", "replace"))
    pieces = re.split(mark, b"\r\n" + body, maxsplit=PARTS_MOST + 1)[1 : PARTS_MOST + 1]
    pairs: list[tuple[str, str]] = []
    files: list[str] = []
    for piece in pieces:
        if piece.startswith(b"--"):
            break
        head, *rest = re.split(rb"\r?\n\r?\n", piece, maxsplit=1)  # a part may have no headers
        content = rest[0] if rest else b""
        headers = _part_headers(head)
        _, about = media_type(headers.get("content-disposition", ""))
        media, parameters = media_type(headers.get("content-type", ""))
        if "filename" in about and media != "application/json":
            files.append(" ".join(about["filename"].split())[:100])
            continue
        try:
            value = _decoded(content, parameters.get("charset", ""))
        except UnreadableBody:
            files.append(about.get("name", "a part")[:100])
            continue
        # A part with JSON is the payload, whatever its name is.
        pairs.append(("payload" if media == "application/json" else about.get("name", "text"), value))
    found = _fields(pairs)
    if found is None:
        text = "\n".join(f"{name}: {value}" for name, value in pairs)
        found = Payload(text=text)
    if not pairs and not files:
        raise UnreadableBody("it is multipart, and has no parts with the boundary that its Content-Type names")
    return Payload(found.json, found.text, tuple(files))


def _part_headers(head: bytes) -> dict[str, str]:
    found = {}
    for row in head[:4_000].decode("utf-8", "replace").splitlines():
        name, _, value = row.partition(":")
        found[name.strip().lower()] = value.strip()
    return found
