"""The headers of responses, and what a browser's headers say about the origin of a request."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Final

GUARDED: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
"""The headers of every response that does not set them itself: it is no page, runs nothing, and can't be framed."""

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
"""The policy of the page for browsers: it runs its own files and talks to its own server. No string becomes a script or
HTML, but for the page's own templates, which `web/build/templates.ts` lets through.
"""


def is_origin(origin: bytes, host: bytes | None, *, secure: bool) -> bool:
    """Tell whether a page's origin (RFC 6454) is this server.

    Args:
        origin: the header `Origin`.
        host: the header `Host`.
        secure: whether the browser speaks TLS. Then a page that came without TLS is not ours: anybody on the way could
            have written it.
    """
    scheme, _, rest = origin.partition(b"://")
    return rest == host and (scheme == b"https" or not secure)


def names_this_server(headers: Mapping[bytes, bytes], *, secure: bool) -> bool | None:
    """Tell whether a browser says that a request comes from a page of this server; None if the headers do not say it.

    Args:
        headers: those of the request, by name in lower case.
        secure: whether the browser speaks TLS.
    """
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None and site not in (b"same-origin", b"none"):
        return False
    if origin is not None:
        return is_origin(origin, headers.get(b"host"), secure=secure)
    return None if site is None else True


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
