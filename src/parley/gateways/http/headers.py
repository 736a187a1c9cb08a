"""The headers of our answers, and what a browser's say of where a request comes from."""

import base64
import hashlib
from typing import Final

GUARDED: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
"""What every answer says that says nothing else: it is no page, nothing runs in it, and nobody frames it."""


RUNNING: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types solid parley",
    )
)
"""What the page for browsers may do: run its own files and talk to its own server. No string becomes a script, and none
becomes HTML but the page's own templates, which `web/build/templates.ts` lets through.
"""


def is_origin(origin: bytes, host: bytes | None, *, secure: bool) -> bool:
    """Tell whether a page's origin (RFC 6454) is this server.

    Args:
        origin: what the browser says.
        host: what the request calls the server.
        secure: whether the browser speaks TLS. Then a page that came without, which anybody on the way could have
            written, is another's.
    """
    scheme, _, rest = origin.partition(b"://")
    return rest == host and (scheme == b"https" or not secure)


def page_headers(page: str, *, forms: bool = False) -> dict[str, str]:
    """Return the headers of a page whose only style is its one `<style>`, and that runs no script.

    Args:
        page: the page, as HTML.
        forms: whether it has a form for this server.
    """
    style = page.partition("<style>")[2].partition("</style>")[0]
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; "
            f"form-action {chr(39)}{'self' if forms else 'none'}{chr(39)}; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
