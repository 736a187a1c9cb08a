"""The tables of test cases, which docs/security.md counts."""

from typing import Final

from tests.server.api import HOST

FOREIGN: Final[tuple[dict[str, str], ...]] = (
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": f"http://{HOST}.evil.example"},
    {"Origin": f"http://evil.example/{HOST}"},
    {"Origin": f"http://{HOST}:81"},
    {"Origin": f"http://user@{HOST}"},
    {"Origin": HOST},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": f"http://{HOST}"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Referer": f"http://{HOST}/"},
)
"""Headers of requests that browsers make from pages of other sites, and of forged requests."""

ORIGINS: Final[tuple[tuple[str | None, bool], ...]] = (
    (None, True),  # a program, not a browser
    (f"http://{HOST}", True),
    ("https://evil.example", False),
    ("null", False),
    ("", False),
    ("file://", False),
    (HOST, False),
    (f"http://{HOST}:81", False),
    (f"http://{HOST}.evil.example", False),
    (f"http://evil.example/{HOST}", False),
    (f"http://evil.example#{HOST}", False),
    (f"http://{HOST}@evil.example", False),
    (f"http://{HOST} http://evil.example", False),
)
"""Origins of WebSocket handshakes, and whether each is accepted."""

TRAVERSALS: Final = (
    "/../../etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/%252e%252e/etc/passwd",
    "/..\\..\\etc\\passwd",
    "/%5c..%5c..%5cetc%5cpasswd",
    "//etc/passwd",
    "/./etc/passwd",
    "/static/../../parley.db",
    "/parley.db",
    "/tls/key.pem",
    "/admin.sock",
    "/.git/config",
    "/index.html",
    "/join/../admin.sock",
    "/join/..%2f..%2fparley.db",
    "/join/%00",
    "/hooks/..%2f..%2fparley.db",
    "/api/../parley.db",
    "/api/rooms/..%2f..%2f..%2fparley.db",
    "/api/users/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/api/%2e%2e/tls/key.pem",
    "/%ff%fe",
    "/%00/etc/passwd",
    "/api/rooms/lobby/../../admin/users",
    "/api/openapi.json/../../parley.db",
)
"""Paths of files that must not be served."""

NESTED: Final = {
    "lists": b"[" * 30_000,
    "closed lists": b"[" * 15_000 + b"]" * 15_000,
    "objects": b'{"x":' * 6_000,
    "a text in lists": b'{"text":' + b"[" * 20_000 + b'"x"' + b"]" * 20_000 + b"}",
    "lists in a text": b'{"text":"' + b"[" * 15_000 + b'"}',
    "many fields": b"{" + b",".join(b'"x%d":1' % number for number in range(4_000)) + b"}",
    "one field often": b"{" + b",".join([b'"text":"x"'] * 4_000) + b"}",
    "a long number": b'{"text":' + b"9" * 15_000 + b"}",
    "a large exponent": b'{"text":1e999999999}',
    "a lone surrogate": b'{"text":"\\ud800"}',
    "not UTF-8": b'{"text":"\xff\xfe"}',
    "NUL": b'{"text":"\\u0000"}',
    "nothing": b"",
    "null": b"null",
    "two values": b"{}{}",
}
"""JSON that can exhaust a parser."""

CONTROL: Final = (
    "a\r\nSet-Cookie: parley_session=x",
    "a\nLocation: http://evil.example/",
    "a\rb",
    "\r\n\r\n<script>alert(1)</script>",
    "a\x00b",
    "a\x0bb",
    "a\x1b[31mb",
    "a\x7fb",
    "a\x85b",
    "a\u2028b",
    "a\u202eb",
    "\ud800",
    "é" * 8,
    "x" * 5_000,
)
"""Values for fields whose text might reach a header, or another user's terminal."""
