"""Refusals as problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.json import Encoder

from parley.core.refusals import SENTENCES, Refusal

from .schemas import Event

MEDIA_TYPE: Final = "application/problem+json"

_BY_STATUS: Final[dict[int, tuple[str, ...]]] = {
    400: ("frame_invalid",),
    401: ("name_needed", "sign_in_needed", "sign_in_wrong", "session_unknown", "token_unknown", "password_needed"),
    403: (
        "origin_foreign", "not_allowed", "outranked", "account_needed", "account_disabled", "invitation_needed",
        "banned", "muted", "read_only", "archived", "guests_closed", "room_not_joined", "edit_closed",
    ),
    404: (
        "path_unknown", "room_unknown", "user_unknown", "account_unknown", "member_unknown", "hook_unknown",
        "invitation_unknown", "message_unknown",
    ),
    405: ("method_unknown",),
    408: ("body_late",),
    409: (
        "name_taken", "room_taken", "account_there", "key_used", "owner_last", "room_direct", "rooms_too_many",
        "reactions_too_many", "pins_full", "thread_nested",
    ),
    410: ("message_deleted",),
    412: ("changed", "said_since"),
    413: ("frame_too_long",),
    415: ("type_unknown", "encoding_unknown"),
    429: ("sign_in_throttled", "too_fast", "slow"),
    500: ("failed",),
    503: ("not_stored", "not_read", "stopping"),
}  # fmt: skip
STATUS: Final = {code: status for status, codes in _BY_STATUS.items() for code in codes}
"""The status of a refusal, by its code. A code that is missing here means an invalid value: 422."""

OWN: Final = {
    "path_unknown": "There is nothing at this address. /api lists what there is.",
    "method_unknown": "This can't be done here. It takes {methods}.",
    "type_unknown": "The body has to be JSON: Content-Type: application/json.",
    "encoding_unknown": "A body has to come as it is, without a Content-Encoding.",
    "body_late": "The body did not come in time.",
    "origin_foreign": (
        "The server does not know this page's address as its own. If this is its page, whoever runs it can configure "
        "`url`; its log says more."
    ),
}
"""The sentences of codes that only the API has."""


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why a request failed (RFC 9457)."""

    type: Annotated[str, Meta(description="Where the code is explained, relative to the server.")]
    title: Annotated[str, Meta(description="What the status says.")]
    status: int
    code: Annotated[str, Meta(description="The reason, one of a closed set.")]
    detail: Annotated[str, Meta(description="A sentence for the one who asked.")]
    retry_after: Annotated[int | None, Meta(description="Milliseconds after which the same request may succeed.")] = (
        None
    )
    events: Annotated[
        list[Event] | None,
        Meta(description="Of `said_since`: what was said since. Of `changed`: the message as it is now."),
    ] = None


_encode: Final = Encoder().encode


def own(code: str, **values: object) -> Refusal:
    """Return a refusal that only the API gives."""
    return Refusal(code, OWN[code].format(**values))


def sentence(code: str) -> str:
    """Return the sentence of a code, with the names of its values in braces."""
    return (OWN.get(code) or SENTENCES[code]).replace("{{", "{").replace("}}", "}")


def status_of(code: str) -> int:
    return STATUS.get(code, 422)


def body_of(refusal: Refusal, status: int, events: list[Event] | None = None) -> bytes:
    """Return the problem details of a refusal, as JSON."""
    title, code = HTTPStatus(status).phrase, refusal.code
    return _encode(Problem(f"/api#{code}", title, status, code, refusal.message, refusal.retry_after, events))
