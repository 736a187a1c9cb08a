"""The URLs of incoming webhooks."""

from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from parley.core import commands as c
from parley.core.refusals import Refusal
from parley.core.tokens import hash_token
from parley.gateways.http.api import Caller
from parley.gateways.http.api.body import read_body
from parley.gateways.http.api.ports import Identities
from parley.gateways.http.api.problems import status_of
from parley.gateways.http.api.request import Refused, refused, require

from .payload import UnreadableBody
from .translate import delivery_key, translate

BODY_BYTES: Final = 1024 * 1024
"""The largest body. It is larger than for other requests, because tools send much that is not shown, and the message of
a refused body is lost.
"""

_KEPT: Final = ("frame_too_long", "body_late", "too_fast", "slow", "hook_unknown")
"""Refusals that have the same status as in the API. So have errors of the server (5xx); any other refusal is a 422
here.
"""


def routes(server: Identities) -> list[Route]:
    """Return the route of incoming webhooks."""

    async def respond(request: Request) -> Response:
        try:
            await _post(server, request)
        except Refused as error:
            return _problem(error)
        return PlainTextResponse("ok")  # some tools require exactly this body, which is Slack's answer

    return [Route("/hooks/{token}", respond, methods=["POST"])]


async def _post(server: Identities, request: Request) -> None:
    """Post the message of a request.

    Raises:
        Refused: the message was not posted.
    """
    token = hash_token(request.path_params["token"])
    identity = await server.identify_webhook(token)
    if isinstance(identity, Refusal):
        raise Refused(identity) if identity.retry_after else refused("hook_unknown")
    user = server.view.state.users.get(identity.user)
    if user is None or user.role != "bot" or not user.rooms:
        raise refused("hook_unknown")
    body = await read_body(server, request.receive, BODY_BYTES)
    try:
        text = translate(body, request.headers)
    except UnreadableBody as error:
        raise refused("frame_invalid", status=error.status, why=error.why) from None
    address = request.client.host if request.client else ""
    wait = server.throttle(Caller(user.id, False, token, address, request.url.scheme == "https"))
    if wait > 0:
        raise refused("too_fast", int(wait * 1000) + 1, seconds=max(wait, 0.1))
    key = delivery_key(body, request.headers)
    require(await server.submit(c.SendMessage(user.id, user.rooms[0], text, key=key)))


def _problem(error: Refused) -> Response:
    refusal = error.refusal
    headers = {"Retry-After": str(-(-refusal.retry_after // 1000))} if refusal.retry_after else {}
    if refusal.code in ("frame_too_long", "body_late"):
        headers["Connection"] = "close"  # because the rest of the body was not read
    status = status_of(refusal.code)
    code = error.status or (status if status >= 500 or refusal.code in _KEPT else 422)
    return PlainTextResponse(f"{refusal.message}\n", code, headers=headers)
