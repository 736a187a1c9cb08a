"""The address by which people reach this server."""

from starlette.datastructures import URL
from starlette.requests import Request


def public_url(request: Request, own: bytes | None) -> URL:
    """Return the URL of a request, with the scheme and host by which people reach this server.

    Args:
        request: the request. A proxy may have rewritten its `Host`.
        own: the origin that the configuration gives the server.
    """
    if own is None:
        return request.url
    origin = URL(own.decode())
    return request.url.replace(scheme=origin.scheme, netloc=origin.netloc)
