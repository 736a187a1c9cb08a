"""A body is recognized as JSON, form or text, whatever its Content-Type says."""

import json
from typing import Any
from urllib.parse import quote_plus

import pytest

from parley.gateways.http.hooks.payload import UnreadableBody, read

FORM = "application/x-www-form-urlencoded"
MULTIPART = 'multipart/form-data; boundary="x y"'
SAYS: Any = {"text": "a & b"}
JSON = json.dumps(SAYS)


def part(head: str, content: str) -> str:
    return f"--x y\r\n{head}\r\n\r\n{content}\r\n"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (JSON, "application/json"),
        (JSON, "application/json; charset=utf-8"),
        (JSON, "application/vnd.api+json"),
        (JSON, ""),
        (JSON, "text/plain"),
        (f"\ufeff \n{JSON}\r\n", "text/plain"),
        (JSON, FORM),
        (f"payload={quote_plus(JSON)}", FORM),
        (f"token=a&payload={quote_plus(JSON)}", FORM),
        (f"payload={quote_plus(JSON)}&token=a", FORM),
        (f"payload={JSON}", FORM),
        (f"payload={quote_plus(JSON)}", "text/plain"),
        (f"data={quote_plus(JSON)}", ""),
        (f"Payload={quote_plus(JSON)}", FORM),
        (f"text={quote_plus('a & b')}", FORM),
        (part('Content-Disposition: form-data; name="payload"', JSON) + "--x y--\r\n", MULTIPART),
        (part('content-disposition: form-data; name="payload_json"', JSON), MULTIPART),
        (part('Content-Disposition: form-data; name="a"\r\nContent-Type: application/json', JSON), MULTIPART),
        (part('Content-Disposition: form-data; name="text"', "a & b") + "--x y--", MULTIPART),
        (part('Content-Disposition: form-data; name="text"', "a & b").replace("\r", "") + "--x y--\n", MULTIPART),
    ],
)
def test_json_is_found(body: str, kind: str) -> None:
    assert read(body.encode(), kind).json == SAYS


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("the build is green", FORM, "the build is green"),
        ("a=b&c=d %41", FORM, "a=b&c=d %41"),
        ("a=b&c=d", FORM, "a=b&c=d"),
        ("text=done, b=c", FORM, "text=done, b=c"),
        ("{curly}", "", "{curly}"),
        ('{"text": "cut', "text/plain", '{"text": "cut'),
        ("[1] first", "text/plain", "[1] first"),
        ("[1, 2]", "text/plain", "[1, 2]"),
        ("payload=5 t", "text/plain", "payload=5 t"),
        ("&=&", FORM, "&=&"),
        ("a=b&" * 60 + "text=x", FORM, "a=b&" * 60 + "text=x"),
        ("", "", ""),
    ],
)
def test_anything_else_is_a_text(body: str, kind: str, text: str) -> None:
    found = read(body.encode(), kind)
    assert (found.json, found.text) == (None, text)


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("grüße".encode(), "text/plain", "grüße"),
        ("\ufeffgrüße".encode(), "text/plain; charset=UTF-8", "grüße"),
        ("grüße".encode("latin-1"), "text/plain; charset=ISO-8859-1", "grüße"),
        ("grüße".encode("utf-16"), 'text/plain; charset="utf-16"', "grüße"),
        ("привет".encode("koi8-r"), "text/plain;charset=koi8-r", "привет"),
    ],
)
def test_a_charset_is_obeyed(body: bytes, kind: str, text: str) -> None:
    assert read(body, kind).text == text


def test_json_in_another_charset_and_from_careless_encoders() -> None:
    assert read('{"text": "é"}'.encode("latin-1"), "application/json; charset=latin1").json == {"text": "é"}
    assert read(rb'{"text": "half \ud83d"}', "application/json").json == {"text": "half \ud83d"}
    assert read(b"text=%E9&x=", FORM + "; charset=latin-1").json == {"text": "é"}


@pytest.mark.parametrize(
    ("body", "kind", "why", "status"),
    [
        (b"{", "application/json", "it is no JSON: Input data was truncated", 400),
        (b"hello", "application/json", "it is no JSON: JSON is malformed: invalid character (byte 0)", 400),
        (b"[" * 5_000, "application/json", "it is nested too deeply", 400),
        (b"\xff", "text/plain", "it is not UTF-8", 400),
        ("a".encode("utf-16"), "application/json", "it is UTF-16, and only UTF-8 is read", 400),
        (b'{"text": NaN}', "application/json", "it is no JSON: JSON is malformed: invalid character (byte 9)", 400),
        (b"\xff", "text/plain; charset=ascii", "it is not ascii", 400),
        (b"x", "text/plain; charset=zip", "the charset zip is unknown here", 415),
        (b"x", "text/plain; charset=utf-7", "the charset utf-7 is unknown here", 415),
        (b"x", "multipart/form-data", "it is multipart, and its Content-Type names no boundary", 400),
        (
            b"x",
            "multipart/form-data; boundary=b",
            "it is multipart, and has no parts with the boundary that its Content-Type names",
            400,
        ),
    ],
)
def test_a_body_that_can_not_be_read_is_refused(body: bytes, kind: str, why: str, status: int) -> None:
    with pytest.raises(UnreadableBody) as refused:
        read(body, kind)
    assert (refused.value.why, refused.value.status) == (why, status)


def test_a_part_without_headers_is_a_text() -> None:
    assert read(b"--x y\r\n\r\nhello\r\n--x y--\r\n", MULTIPART).json == {"text": "hello"}


def test_line_breaks_within_a_string_of_json_are_read() -> None:
    for kind in ("application/json", "text/plain"):
        assert read(b'{"text": "one\r\ntwo\tthree"}', kind).json == {"text": "one\r\ntwo\tthree"}


def test_files_are_named() -> None:
    body = (
        part('Content-Disposition: form-data; name="payload_json"', '{"content": "see"}')
        + part('Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png', "\x89PNG")
        + "--x y--"
    )
    found = read(body.encode("latin-1"), MULTIPART)
    assert (found.json, found.files) == ({"content": "see"}, ("a.png",))


def test_a_form_without_known_fields_is_shown_field_by_field() -> None:
    body = part('Content-Disposition: form-data; name="a"', "1") + part('Content-Disposition: form-data; name="b"', "2")
    assert read(f"{body}--x y--".encode(), MULTIPART).text == "a: 1\nb: 2"
