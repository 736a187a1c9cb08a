"""The documentation is made from the routes, complete, and loads nothing from elsewhere."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from parley.core.refusals import SENTENCES, refuse
from parley.gateways.http.api import documentation_html, openapi, problems
from parley.gateways.http.api.routes import ROUTES

ROOT = Path(__file__).parents[3]
OPENAPI: dict[str, Any] = json.loads(openapi.document(ROUTES)[0])
PAGE = documentation_html.document(ROUTES)[0].decode()


def test_each_route_is_described_once() -> None:
    described = {(method.upper(), path) for path, item in OPENAPI["paths"].items() for method in item}
    assert described == {(route.method, "/api" + route.path) for route in ROUTES}
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
    ids = [operation["operationId"] for item in OPENAPI["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))
    for route in ROUTES:
        assert f"<b>{route.method}</b> /api{route.path}</code>" in PAGE


def test_every_reference_has_a_target() -> None:
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(OPENAPI)))
    assert names <= OPENAPI["components"]["schemas"].keys()
    anchors = set(re.findall(r'href="#([^"]+)"', PAGE))
    assert anchors <= set(re.findall(r'id="([^"]+)"', PAGE))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_route_documents_all_its_responses(route: Any) -> None:
    operation = OPENAPI["paths"]["/api" + route.path][route.method.lower()]
    places = [each["name"] for each in operation.get("parameters", []) if each["in"] == "path"]
    assert places == route.places
    responses = operation["responses"]
    for code in route.codes:
        assert f"`{code}`" in responses[str(problems.status_of(code))]["description"]
        assert f'<a href="#{code}">{code}</a>' in PAGE
    if route.needs in ("someone", "admin"):
        assert "401" in responses
        assert {} not in operation["security"]
    assert ("requestBody" in operation) is (route.body is not None)


def test_every_code_has_a_status_and_a_sentence() -> None:
    said = {code for route in ROUTES for code in route.codes} | problems.STATUS.keys()
    assert said <= SENTENCES.keys() | problems.OWN.keys()
    for code in SENTENCES:
        # A code that is missing in the table must be about an invalid value: it gets the status 422.
        assert code in problems.STATUS or re.search(
            "invalid|reused|too_long|empty|lines|self|usage|unknown|hello|command|frame|line|protocol", code
        ), code


def test_problem_details_follow_the_rfc() -> None:
    refusal = refuse("slow", 2_500, seconds=2.5)
    assert msgspec.json.decode(problems.body_of(refusal, 429)) == {
        "type": "/api#slow",
        "title": "Too Many Requests",
        "status": 429,
        "code": "slow",
        "detail": refusal.message,
        "retry_after": 2_500,
    }


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "img", "iframe", "object", "form", "base")
        for name, value in attributes:
            assert not name.startswith("on")
            assert name != "style"
            if name in ("href", "src") and not (value or "").startswith(("#", "/")):
                self.outside.append(value or "")
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_documentation_page_loads_nothing() -> None:
    tags = _Tags()
    tags.feed(PAGE)
    assert tags.open == []
    assert tags.outside == []
    assert "{ROUTES}" not in PAGE
    [style] = re.findall(r"<style>(.*?)</style>", PAGE, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = dict(documentation_html.headers())[b"content-security-policy"].decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


WHO = {"nothing": "anyone", "reading": "observers", "someone": "someone", "admin": "admins"}


def test_the_protocol_page_lists_all_routes_and_codes() -> None:
    page = (ROOT / "docs/protocol/api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\w+) \| `/api(\S*)` \| (\w+) \| (.*) \|$", page, re.MULTILINE)
    assert listed == [(route.method, route.path, WHO[route.needs], route.does) for route in ROUTES]
    rows = dict(re.findall(r"^\| (\d+) \| (`.*`) \|$", page, re.MULTILINE))
    by_status: dict[str, list[str]] = {}
    for code in sorted({code for route in ROUTES for code in route.codes} | problems.OWN.keys() | {"failed"}):
        by_status.setdefault(str(problems.status_of(code)), []).append(f"`{code}`")
    assert rows == {status: ", ".join(codes) for status, codes in by_status.items()}
