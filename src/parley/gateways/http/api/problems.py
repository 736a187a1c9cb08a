"""Problem details: what went wrong, for programs and for people (RFC 9457)."""

from http import HTTPStatus
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.json import Encoder

from parley.core.refusals import SENTENCES, Refusal

MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[dict[str, int]] = {
    # The API's own
    "path_unknown": 404,
    "method_unknown": 405,
    "type_unknown": 415,
    "body_late": 408,
    "origin_foreign": 403,
    # What could not be read
    "frame_invalid": 400,
    "frame_too_long": 413,
    # Who are you?
    "name_needed": 401,
    "sign_in_needed": 401,
    "sign_in_wrong": 401,
    "session_unknown": 401,
    "token_unknown": 401,
    "password_needed": 401,
    # You may not
    "not_allowed": 403,
    "outranked": 403,
    "account_needed": 403,
    "account_disabled": 403,
    "invitation_needed": 403,
    "banned": 403,
    "muted": 403,
    "read_only": 403,
    "archived": 403,
    "guests_closed": 403,
    "room_not_joined": 403,
    # There is no such thing
    "room_unknown": 404,
    "user_unknown": 404,
    "account_unknown": 404,
    "member_unknown": 404,
    "hook_unknown": 404,
    "invitation_unknown": 404,
    # It is in the way of something that is so already
    "name_taken": 409,
    "room_taken": 409,
    "account_there": 409,
    "key_used": 409,
    "owner_last": 409,
    "room_direct": 409,
    "rooms_too_many": 409,
    # Later
    "sign_in_throttled": 429,
    "too_fast": 429,
    "slow": 429,
    # The server
    "failed": 500,
    "not_stored": 503,
    "not_read": 503,
    "stopping": 503,
}
"""The status of each code that has one of its own; any other says that a value can't be: 422."""

OWN: Final = {
    "path_unknown": "There is nothing at this address. /api lists what there is.",
    "method_unknown": "This can't be done here. It takes {methods}.",
    "type_unknown": "The body has to be JSON: Content-Type: application/json.",
    "body_late": "The body did not come in time.",
    "origin_foreign": "A page of another server may have sent this: it does not say that it is of this one.",
}
"""The sentences of the codes that only the API has."""


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why something was not done (RFC 9457)."""

    type: Annotated[str, Meta(description="Where the code is explained, relative to the server.")]
    title: Annotated[str, Meta(description="What the status says.")]
    status: int
    code: Annotated[str, Meta(description="The reason, one of a closed set.")]
    detail: Annotated[str, Meta(description="A sentence for the one who asked.")]
    retry_after: Annotated[int | None, Meta(description="Milliseconds after which the same request may succeed.")] = (
        None
    )


_encode: Final = Encoder().encode


def own(code: str, **values: object) -> Refusal:
    """Return a refusal that only the API gives."""
    return Refusal(code, OWN[code].format(**values))


def sentence(code: str) -> str:
    """Return a code's sentence, its places for values left open."""
    return (OWN.get(code) or SENTENCES[code]).replace("{{", "{").replace("}}", "}")


def status_of(code: str) -> int:
    return STATUS.get(code, 422)


def body_of(refusal: Refusal, status: int) -> bytes:
    """Return the problem details of a refusal, as JSON."""
    title = HTTPStatus(status).phrase
    return _encode(Problem(f"/api#{refusal.code}", title, status, refusal.code, refusal.message, refusal.retry_after))
