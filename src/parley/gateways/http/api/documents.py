"""The documentation, as answers. It is made when somebody asks for it first."""

import functools

from . import html
from . import openapi as description
from .call import Call, Raw, Reply


async def page(call: Call) -> Reply:
    body, etag = _page()
    return Raw(body, "text/html; charset=utf-8", etag, html.headers())


async def openapi(call: Call) -> Reply:
    body, etag = _description()
    return Raw(body, "application/json", etag)


@functools.cache
def _page() -> tuple[bytes, str]:
    from .routes import ROUTES

    return html.document(ROUTES)


@functools.cache
def _description() -> tuple[bytes, str]:
    from .routes import ROUTES

    return description.document(ROUTES)
