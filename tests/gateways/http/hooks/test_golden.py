"""Requests as real tools send them, according to their documentation, and the messages that result.

`golden/NAME.json` has the headers and the body, `golden/NAME.txt` the text, with the invisible U+2060 written out.
"""

import json
from pathlib import Path

import pytest

from parley.gateways.http.hooks import translate
from parley.gateways.http.hooks.formats import FORMATS

FOLDER = Path(__file__).parent / "golden"
REQUESTS = sorted(FOLDER.glob("*.json"))


def request(path: Path) -> tuple[bytes, dict[str, str]]:
    found = json.loads(path.read_text(encoding="utf-8"))
    body = found["body"]
    return (body if isinstance(body, str) else json.dumps(body)).encode(), found["headers"]


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_the_request_of_a_tool_is_this_message(path: Path) -> None:
    body, headers = request(path)
    expected = path.with_suffix(".txt").read_text(encoding="utf-8").removesuffix("\n")
    assert translate(body, headers).replace("\u2060", r"\u2060") == expected


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_a_tool_that_names_no_content_type_is_understood_as_well(path: Path) -> None:
    body, headers = request(path)
    if "multipart" not in headers["content-type"]:
        without = {name: value for name, value in headers.items() if name != "content-type"}
        assert translate(body, without) == translate(body, headers)
        assert (
            translate(body, {**headers, "content-type": "text/plain"}) == translate(body, headers) or b"=" in body[:9]
        )


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_native_formats_are_recognized_without_their_headers(path: Path) -> None:
    body, headers = request(path)
    text = translate(body, {"content-type": headers["content-type"]})
    # Without the header, GitHub's rarer events are recognized less exactly, but none is shown as code.
    assert text.startswith("```") == path.stem.startswith("unknown")


def test_every_format_has_a_request() -> None:
    seen = set()
    for path in REQUESTS:
        body, headers = request(path)
        try:
            tree = json.loads(body)
        except ValueError:
            continue  # a form
        if isinstance(tree, dict):
            seen.add(next((each.name for each in FORMATS if each.is_mine(tree, headers)), None))
    assert seen >= {each.name for each in FORMATS}
