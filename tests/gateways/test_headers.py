"""Finds out from a browser's headers whether a request comes from a page of this server."""

import pytest

from parley.gateways.http.headers import is_origin, names_this_server, normal_origin

OWN = b"https://chat.example"


@pytest.mark.parametrize(
    ("origin", "host", "secure", "own", "is_ours"),
    [
        (b"http://chat:59000", b"chat:59000", False, None, True),
        (b"https://chat", b"chat", False, None, True),
        (b"https://chat", b"chat", True, None, True),
        (b"http://chat", b"chat", True, None, False),
        # Proxies add the port, and change upper and lower case.
        (b"https://chat", b"chat:443", True, None, True),
        (b"http://chat", b"chat:80", False, None, True),
        (b"https://chat", b"Chat", True, None, True),
        (b"https://chat:443", b"chat", True, None, True),
        (b"https://chat", b"chat:80", True, None, False),
        (b"https://chat", b"chat:8443", True, None, False),
        (b"http://[::1]:443", b"[::1]:443", False, None, True),
        (b"https://evil", b"chat", True, None, False),
        (b"null", b"null", False, None, False),
        (b"", b"", False, None, False),
        (b"chat", b"chat", False, None, False),
        # The configured URL is accepted whatever `Host` says, and no similar URL is.
        (b"https://chat.example", b"10.0.0.5:59000", False, OWN, True),
        (b"https://chat.example", b"", True, OWN, True),
        (b"https://chat.example", None, True, OWN, True),
        (b"https://chat.example:8443", b"10.0.0.5", True, OWN, False),
        (b"http://chat.example", b"10.0.0.5", False, OWN, False),
        (b"https://chat.example.evil", b"10.0.0.5", True, OWN, False),
        (b"https://evil.chat.example", b"10.0.0.5", True, OWN, False),
        (b"https://10.0.0.5", b"10.0.0.5", True, OWN, True),
        (b"http://lan", b"x", True, b"http://lan", False),
    ],
)
def test_an_origin(origin: bytes, host: bytes | None, secure: bool, own: bytes | None, is_ours: bool) -> None:
    assert is_origin(origin, host, secure=secure, own=own) is is_ours
    headers = {b"origin": origin} | ({} if host is None else {b"host": host})
    assert names_this_server(headers, secure=secure, own=own) is is_ours
    assert names_this_server({**headers, b"sec-fetch-site": b"cross-site"}, secure=secure, own=own) is False


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (b"https://Chat.Example:443/", b"https://chat.example"),
        (b"http://chat.example:80", b"http://chat.example"),
        (b"http://chat.example:443", b"http://chat.example:443"),
        (b"https://chat.example:4430", b"https://chat.example:4430"),
        (b"https://[2001:DB8::1]:443", b"https://[2001:db8::1]"),
    ],
)
def test_an_origin_is_compared_in_the_form_that_browsers_send(url: bytes, origin: bytes) -> None:
    assert normal_origin(url) == origin
