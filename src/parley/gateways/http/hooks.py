"""Incoming webhooks: a POST to a secret URL is a message of its bot in its room."""

from typing import Final

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from parley.core import commands as c
from parley.core.decision import Decision, Repeated
from parley.core.refusals import Refusal, refuse
from parley.core.tokens import hash_token

from .api import Caller
from .api.ports import Identities
from .request_body import read_body

BODY_BYTES: Final = 64 * 1024

_STATUS: Final = {
    "frame_too_long": 413,
    "body_late": 408,
    "too_fast": 429,
    "not_stored": 503,
    "not_read": 503,
    "stopping": 503,
    "failed": 500,
}


class _Payload(Struct):
    """The part of Slack's incoming webhook format that is understood: `{"text": ...}`."""

    text: str


def routes(server: Identities) -> list[Route]:
    """Return the route of incoming webhooks."""

    async def say(request: Request) -> Response:
        token = hash_token(request.path_params["token"])
        identity = await server.identify_webhook(token)
        if isinstance(identity, Refusal):
            return _refused(identity if identity.retry_after else refuse("hook_unknown"))
        user = server.view.state.users.get(identity.user)
        if user is None or user.role != "bot" or not user.rooms:
            return _refused(refuse("hook_unknown"))
        body = await read_body(server, request, BODY_BYTES)
        if isinstance(body, Refusal):
            return _refused(body)
        try:
            text = _text(body, request.headers.get("content-type", ""))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            return _refused(refuse("frame_invalid", why=error), 400)
        address = request.client.host if request.client else ""
        wait = server.throttle(Caller(user.id, False, token, address, request.url.scheme == "https"))
        if wait > 0:
            return _refused(refuse("too_fast", int(wait * 1000) + 1, seconds=max(wait, 0.1)))
        key = request.headers.get("idempotency-key")
        outcome = await server.submit(c.SendMessage(user.id, user.rooms[0], text, key=key))
        if isinstance(outcome, Refusal):
            return _refused(outcome)
        assert isinstance(outcome, Decision | Repeated)
        return PlainTextResponse("ok\n")

    return [Route("/hooks/{token}", say, methods=["POST"])]


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
    return text.replace("\r\n", "\n").strip("\n")


def _refused(refusal: Refusal, status: int = 0) -> Response:
    headers = {"Retry-After": str(-(-refusal.retry_after // 1000))} if refusal.retry_after else {}
    if refusal.code in ("frame_too_long", "body_late"):
        headers["Connection"] = "close"  # the rest of the body is not waited for
    code = status or _STATUS.get(refusal.code, 404 if refusal.code == "hook_unknown" else 422)
    return PlainTextResponse(f"{refusal.message}\n", code, headers=headers)
