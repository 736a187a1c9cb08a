"""Incoming webhooks: a POST to a secret URL is a message of its bot in its room."""

from typing import Final

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from parley.core import commands as c
from parley.core.refusals import Refusal
from parley.core.tokens import hash_token

from .api import Caller
from .api.body import read_body
from .api.ports import Identities
from .api.problems import status_of
from .api.request import Refused, refused, require

BODY_BYTES: Final = 64 * 1024

_KEPT: Final = ("frame_too_long", "body_late", "too_fast", "hook_unknown")
"""Refusals with the status they have in the API, as all errors of the server have; any other is a 422 here."""


class _Payload(Struct):
    """The part of Slack's incoming webhook format that is understood: `{"text": ...}`."""

    text: str


def routes(server: Identities) -> list[Route]:
    """Return the route of incoming webhooks."""

    async def respond(request: Request) -> Response:
        try:
            await _post(server, request)
        except Refused as error:
            return _problem(error)
        return PlainTextResponse("ok\n")

    return [Route("/hooks/{token}", respond, methods=["POST"])]


async def _post(server: Identities, request: Request) -> None:
    """Post the message of a request.

    Raises:
        Refused: it is not posted.
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
        text = _text(body, request.headers.get("content-type", ""))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise refused("frame_invalid", status=400, why=error) from None
    address = request.client.host if request.client else ""
    wait = server.throttle(Caller(user.id, False, token, address, request.url.scheme == "https"))
    if wait > 0:
        raise refused("too_fast", int(wait * 1000) + 1, seconds=max(wait, 0.1))
    key = request.headers.get("idempotency-key")
    require(await server.submit(c.SendMessage(user.id, user.rooms[0], text, key=key)))


def _text(body: bytes, kind: str) -> str:
    """Return the text of a message: the field `text` of JSON, or the whole body of any other type.

    `curl -d` says that its data is a form; it is taken as it is.
    """
    if kind.partition(";")[0].strip().lower() == "application/json":
        return msgspec.json.decode(body, type=_Payload).text
    text = body.decode()
    if text.startswith("payload="):
        # Slack's older form.
        from urllib.parse import unquote_plus

        return msgspec.json.decode(unquote_plus(text.removeprefix("payload=")), type=_Payload).text
    return text.strip("\r\n")


def _problem(error: Refused) -> Response:
    refusal = error.refusal
    headers = {"Retry-After": str(-(-refusal.retry_after // 1000))} if refusal.retry_after else {}
    if refusal.code in ("frame_too_long", "body_late"):
        headers["Connection"] = "close"  # the rest of the body is not waited for
    status = status_of(refusal.code)
    code = error.status or (status if status >= 500 or refusal.code in _KEPT else 422)
    return PlainTextResponse(f"{refusal.message}\n", code, headers=headers)
