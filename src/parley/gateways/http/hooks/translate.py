"""Translates a webhook's request to the text of a message. Pure."""

import hashlib
from typing import Final

from parley.core.text import is_key, normalized

from . import formats, payload
from .document import Document, Markup, apart, line
from .formats import Headers
from .shorten import fit


def translate(body: bytes, headers: Headers) -> str:
    """Return the text of the message in a webhook's request: short enough for a message, "" for an empty message.

    Args:
        body: the bytes of the request's body. The time is linear in their number.
        headers: the request's headers, by name in lower case.

    Raises:
        UnreadableBody: the body can't be shown.
    """
    return fit(document(body, headers))


def document(body: bytes, headers: Headers) -> Document:
    """Return the message as a document.

    Raises:
        UnreadableBody: the body can't be shown.
    """
    found = payload.read(body, headers.get("content-type", ""))
    if found.json is not None:
        shown = formats.read(found.json, headers)
    else:
        text = normalized(found.text).strip("\n")
        shown = [Markup(text)] if text else []
    files = [line(f"A file came with this and was not kept: {name}") for name in found.files]
    return apart((shown, files))


_DELIVERIES: Final = (
    "idempotency-key",
    "webhook-id",
    "svix-id",
    "x-gitea-delivery",
    "x-forgejo-delivery",
    "x-gogs-delivery",
    "x-github-delivery",
    "x-request-uuid",
)
"""Headers with the unique id of a delivery, which only a retry repeats: of the draft of the IETF's HTTP API group,
Standard Webhooks and Svix, the forges, Bitbucket.
"""

_SHARED: Final = ("x-gitlab-event-uuid",)
"""Headers with an id that a retry repeats, but that other events with the same cause may have too. A hash of the body
distinguishes those (https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers).
"""


def delivery_key(body: bytes, headers: Headers) -> str | None:
    """Return the key of a request's message: the sender's id of the delivery, so that a retry is stored once; None if
    the sender gives none. An id that can't be a key is hashed.
    """
    for name in _DELIVERIES:
        if id_ := headers.get(name, "").strip():
            return id_ if is_key(id_) else hashlib.sha256(id_.encode()).hexdigest()
    for name in _SHARED:
        if id_ := headers.get(name, "").strip():
            return hashlib.sha256(id_.encode() + b"\0" + body).hexdigest()
    return None
