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
"""The headers of every response that does not set them itself: they forbid scripts and styles, and showing the response
in a frame.
"""

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
"""The policy of the page for browsers: it runs its own files and talks to its own server. No string may become a script
or HTML, except for the page's own templates, which `web/build/templates.ts` allows.
"""


_DEFAULT_PORTS: Final = {b"https": b":443", b"http": b":80"}
_SHOWN_BYTES: Final = 200


def normal_origin(origin: bytes) -> bytes:
    """Return an origin in the form in which browsers send it (RFC 6454, section 6.2): in lower case, without a slash at
    its end, and without the default port of its scheme.
    """
    origin = origin.lower().rstrip(b"/")
    return origin.removesuffix(_DEFAULT_PORTS.get(origin.partition(b"://")[0], b":443"))


def is_origin(origin: bytes, host: bytes | None, *, secure: bool, own: bytes | None = None) -> bool:
    """Tell whether a page's origin (RFC 6454) is this server.

    Args:
        origin: the header `Origin`.
        host: the header `Host`. A proxy may have added the default port of the scheme.
        secure: whether the browser uses TLS. If so, a page that was loaded without TLS does not count as this server's:
            anybody on the network could have changed it.
        own: the origin that the configuration gives the server, as `normal_origin` returns it.
    """
    origin = normal_origin(origin)
    scheme, colon, _ = origin.partition(b"://")
    if not colon or (secure and scheme != b"https"):
        return False
    return origin == own or (host is not None and origin == normal_origin(scheme + colon + host))


def names_this_server(headers: Mapping[bytes, bytes], *, secure: bool, own: bytes | None = None) -> bool | None:
    """Tell whether a browser says that a request comes from a page of this server; None if the headers do not say it.

    Args:
        headers: the headers of the request, by name in lower case.
        secure, own: see `is_origin`.
    """
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None and site not in (b"same-origin", b"none"):
        return False
    if origin is not None:
        return is_origin(origin, headers.get(b"host"), secure=secure, own=own)
    return None if site is None else True


def explain_foreign(headers: Mapping[bytes, bytes], own: bytes | None) -> str:
    """Return for the log why a request counts as coming from a page of another server, and what to configure if that is
    wrong.

    Args:
        headers: the headers of the request, by name in lower case.
        own: see `is_origin`.
    """
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None and site not in (b"same-origin", b"none"):
        return f"its Sec-Fetch-Site is {_shown(site)}"
    if origin is None:
        return "it has a cookie, and neither Origin nor Sec-Fetch-Site"
    known = "" if own is None else f" and url is {_shown(own)}"
    why = f"its Origin is {_shown(origin)}, while its Host is {_shown(headers.get(b'host', b''))}{known}"
    if not origin.startswith((b"https://", b"http://")):
        return why  # "null" from a sandboxed page, or the origin of a browser extension: neither can be configured
    return f"{why}. If people reach this server by a proxy at that Origin, configure url = {_shown(origin)}"


def _shown(value: bytes) -> str:
    """Return a header's value as one short line, in quotes."""
    text = value[:_SHOWN_BYTES].decode("latin-1")
    return '"' + "".join(each if " " <= each <= "~" and each not in '"\\' else "?" for each in text) + '"'


def page_headers(page: str, *, forms: bool = False) -> dict[str, str]:
    """Return the headers of a page whose only style is its one `<style>`, and that runs no script.

    A page with a form has the referrer policy `same-origin`: with `no-referrer`, a browser sends the form with `Origin:
    null` (Fetch, "append a request `Origin` header"), and the server would refuse it as a form of another site.

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
        "Referrer-Policy": "same-origin" if forms else "no-referrer",
    }
