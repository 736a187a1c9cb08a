"""The page for browsers: its files, and the policies they are served with."""

import gzip
import importlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from parley.gateways.http import assets
from tests.server.api import Http
from tests.server.server_fixture import Serve, Server

INDEX = "<!doctype html><title>Parley</title><script type=module src=/assets/index-a1.js></script>"
SCRIPT = "render()\n" * 100
FILES = {
    "__init__.py": b"secret = 'of nobody'",
    "source.sha256": b"0123",
    "index.html": INDEX.encode(),
    "index.html.gz": gzip.compress(INDEX.encode(), mtime=0),
    "sw.js": b"self",
    "manifest.webmanifest": b"{}",
    "assets/index-a1.js": SCRIPT.encode(),
    "assets/index-a1.js.gz": gzip.compress(SCRIPT.encode(), mtime=0),
    "assets/index-a1.js.br": b"smallest",
    "icons/parley.svg": b"<svg/>",
}


def package(folder: Path, name: str, files: Mapping[str, bytes]) -> Mapping[str, assets.File]:
    for path, content in files.items():
        file = folder / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    importlib.invalidate_caches()
    return assets.load(name)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, assets.File]:
    """A small page, which the server finds as if it was built."""
    monkeypatch.syspath_prepend(tmp_path)
    found = package(tmp_path, f"page_{abs(hash(tmp_path))}", FILES)
    monkeypatch.setattr(assets, "load", lambda: found)
    return found


@pytest.fixture
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose page could not be built."""
    found = assets.load("parley_web_that_is_not_there")
    assert found == {}
    monkeypatch.setattr(assets, "load", lambda: found)


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    "path", ["/", "/r/lobby", "/r/lobby/12", "/r/12/12?x=1", "/r/%E2%82%AC", "/r/../../etc/passwd"]
)
async def test_the_page_is_served_at_its_own_paths(serve: Serve, path: str) -> None:
    answer = await Http(await serve()).asks("GET", path)
    assert (answer.status, answer.body.decode()) == (200, INDEX)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("path", "type_", "caching"),
    [
        ("/assets/index-a1.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/icons/parley.svg", "image/svg+xml", "no-cache"),
    ],
)
async def test_each_file_has_its_type_and_cache_lifetime(serve: Serve, path: str, type_: str, caching: str) -> None:
    http = Http(await serve())
    answer = await http.asks("GET", path)
    assert (answer.status, answer.body) == (200, FILES[path[1:]])
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (type_, caching)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    head = await http.asks("HEAD", path)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", answer.headers["content-length"])


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    "path",
    [
        "/index.htm",
        "/__init__.py",
        "/source.sha256",
        "/index.html.gz",
        "/assets/",
        "/assets/index-b2.js",
        "/assets/../__init__.py",
        "/assets/%2e%2e/__init__.py",
        "/assets//index-a1.js",
        "//assets/index-a1.js",
        "/assets/index-a1.js%00",
        "/assets\\index-a1.js",
        "/ASSETS/index-a1.js",
        "/etc/passwd",
    ],
)
async def test_other_paths_are_not_found(serve: Serve, path: str) -> None:
    answer = await Http(await serve()).asks("GET", path)
    assert (answer.status, answer.code) == (404, "path_unknown")


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("path", ["/", "/assets/index-a1.js", "/r/lobby"])
async def test_the_page_allows_only_get_and_head(serve: Serve, path: str) -> None:
    assert (await Http(await serve()).asks("POST", path)).status == 405


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("", None, SCRIPT.encode()),
        ("identity", None, SCRIPT.encode()),
        ("gzip", "gzip", FILES["assets/index-a1.js.gz"]),
        ("gzip, deflate, br, zstd", "br", b"smallest"),
        ("GZIP;q=0.5", "gzip", FILES["assets/index-a1.js.gz"]),
        ("br;q=0, gzip;q=1.0", "gzip", FILES["assets/index-a1.js.gz"]),
        ("br;q=0.000,gzip; q=0", None, SCRIPT.encode()),
        ("brotli, xgzip", None, SCRIPT.encode()),
    ],
)
async def test_the_smallest_accepted_encoding_is_served(
    serve: Serve, accepted: str, encoding: str | None, body: bytes
) -> None:
    answer = await Http(await serve()).asks("GET", "/assets/index-a1.js", headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("content-encoding"), answer.body) == (encoding, body)
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.usefixtures("page")
async def test_an_unchanged_file_is_answered_with_304(server: Server) -> None:
    http = Http(server)
    plain = await http.asks("GET", "/")
    packed = await http.asks("GET", "/", headers={"Accept-Encoding": "gzip"})
    assert plain.headers["etag"] != packed.headers["etag"]
    for tags in (packed.headers["etag"], f'"other", W/{packed.headers["etag"]}', "*"):
        again = await http.asks("GET", "/", headers={"Accept-Encoding": "gzip", "If-None-Match": tags})
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == packed.headers["etag"]
        assert "content-security-policy" in again.headers
    other = await http.asks("GET", "/", headers={"If-None-Match": packed.headers["etag"]})
    assert other.status == 200


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("path", ["/", "/r/lobby", "/sw.js", "/assets/index-a1.js"])
async def test_scripts_run_under_a_strict_policy(serve: Serve, path: str) -> None:
    policy = (await Http(await serve()).asks("GET", path)).headers["content-security-policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policy
    assert "*" not in policy


@pytest.mark.usefixtures("page")
async def test_an_image_has_a_policy_that_runs_nothing(server: Server) -> None:
    policy = (await Http(server).asks("GET", "/icons/parley.svg")).headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy


@pytest.mark.usefixtures("page")
async def test_the_connect_page_is_served_beside_the_page(server: Server) -> None:
    body = (await Http(server).asks("GET", "/connect")).body.decode()
    assert "nc chat.example" in body
    assert '<a href="/">' in body


@pytest.mark.usefixtures("page")
async def test_an_invitation_opens_in_the_page_and_as_a_form_for_browsers_without_scripts(
    server: Server,
) -> None:
    http, link = Http(server), f"/join/{await server.invitation()}"
    answer = await http.asks("GET", link)
    assert (answer.status, answer.body.decode()) == (200, INDEX)
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    form = await http.asks("GET", f"{link}?form")
    assert "<form" in form.body.decode()
    assert "script-src" not in form.headers["content-security-policy"]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    welcome = await http.asks("POST", f"{link}?form", raw=b"name=ann&password=correct+horse", headers=headers)
    assert "Welcome, ann" in welcome.body.decode()


@pytest.mark.usefixtures("no_page")
@pytest.mark.parametrize("path", ["/", "/r/lobby/12", "/connect"])
async def test_without_the_page_the_connect_page_is_served(serve: Serve, path: str) -> None:
    answer = await Http(await serve()).asks("GET", path)
    assert answer.status == 200
    assert "nc chat.example" in answer.body.decode()
    assert "was not built into this server" in answer.body.decode()


def test_a_package_without_an_index_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    assert package(tmp_path, "half_a_page", {"__init__.py": b"", "sw.js": b"self"}) == {}


async def test_the_built_page_refers_only_to_existing_files(serve: Serve, built: Mapping[str, assets.File]) -> None:
    http = Http(await serve())
    index = (await http.asks("GET", "/")).body.decode()
    named = re.findall(r'(?:src|href)="(/[^"]+)"', index)
    assert any(path.startswith("/assets/") for path in named)
    for path in named:
        assert (await http.asks("GET", path)).status == 200, path
    assert "style=" not in index  # the page contains no inline script
    assert re.findall(r"<script[^>]*>(?!</script>)", index) == []
    shell = re.search(r"\[(\"/[^\]]*)\]", (await http.asks("GET", "/sw.js")).body.decode())
    assert shell is not None
    for path in re.findall(r'"([^"]+)"', shell[1]):
        assert (await http.asks("GET", path)).status == 200, path


async def test_the_built_page_begins_with_its_requirements_one_script_and_one_style(
    serve: Serve, built: Mapping[str, assets.File]
) -> None:
    http = Http(await serve())
    index = (await http.asks("GET", "/")).body.decode()
    begins = re.findall(r'(?:src|href)="(/[^"]+\.(js|css))"', index)
    assert [kind for _, kind in begins] == ["js", "js", "css"]
    assert begins[0][0] == "/requirements.js"
    weight = 0
    for path, _ in begins:
        answer = await http.asks("GET", path)
        weight += len(gzip.compress(answer.body, 9))
    assert weight < 120_000


@pytest.fixture
def built() -> Mapping[str, assets.File]:
    """The page that was built for this Python installation."""
    found = assets.load()
    if not found and os.environ.get("CI") != "true":
        pytest.skip("the page was not built: `python tools/page.py build`")
    assert found, "the page was not built"
    return found
