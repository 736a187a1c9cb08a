"""Salts: random text that each event gets when it is decided, so that nobody can guess it from its hash."""

import os
from base64 import urlsafe_b64encode
from typing import Final

from msgspec.structs import force_setattr

from .events import Event

SALT_CHARS: Final = 22
"""132 random bits, as characters of base64url (RFC 4648, section 5)."""


def new_salts(count: int) -> list[str]:
    """Return random salts."""
    text = urlsafe_b64encode(os.urandom(17 * count)).decode()
    return [text[begin : begin + SALT_CHARS] for begin in range(0, SALT_CHARS * count, SALT_CHARS)]


def put_salts(events: list[Event]) -> None:
    """Give each event a salt of its own. The rules make events without salts, because they know no randomness. Call it
    once, before anything else sees the events.
    """
    for event, salt in zip(events, new_salts(len(events)), strict=True):
        force_setattr(event, "salt", salt)
