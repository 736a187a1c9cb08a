"""The bodies of requests to pages, within limits of size and time."""

from starlette.requests import Request

from parley.core.refusals import Refusal, refuse

from .api.ports import Commands
from .api.problems import own


async def read_body(server: Commands, request: Request, most: int) -> bytes | Refusal:
    """Return the body of a request, or `frame_too_long` or `body_late`.

    Args:
        server: the server, which says how long a body may take.
        request: the request.
        most: how many bytes it may have.
    """
    try:
        body: bytes | Refusal = await server.in_time(_read(request, most), server.body_seconds)
    except TimeoutError:
        return own("body_late")
    return body


async def _read(request: Request, most: int) -> bytes | Refusal:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return refuse("frame_too_long", limit=most)
    return bytes(body)
