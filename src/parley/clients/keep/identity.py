"""Passwords, invitations, and the token that two clients of one user share.

Two clients of one user may start at the same moment. The server gives the name to one of them; the other one finds
the name taken, by its own user, and waits for the token.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from parley.clients.protocol.effects import Disown, Effect, Offer, Remember
from parley.clients.protocol.session import ClientSession

from .outbox import Outbox

TOKEN_SECONDS: Final = 2.0
"""How long to wait until another client of the same user, which is just getting the name, has stored its token."""

_STEP_SECONDS: Final = 0.05

PASSWORD_HINT: Final = "Put it into a file (--password-file FILE) or into PARLEY_PASSWORD."
"""The advice to a user who can't be asked for a password."""

INVITATION_HINT: Final = "Give it with --invite CODE."


class PasswordNeeded(Exception):
    """The name belongs to an account, and its password is missing or wrong. The text is a sentence for the user."""


def invitation_code(text: str) -> str:
    """Return the code of an invitation, given as the code itself or as the whole link."""
    return text.strip().partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]


def only_identity(outbox: Outbox | None) -> Callable[[Iterable[Effect]], None]:
    """Return a recorder (`parley.clients.net.transport`) that stores the user's name and token, and no messages."""

    def record(effects: Iterable[Effect], /) -> None:
        if outbox is not None:
            outbox.perform([effect for effect in effects if isinstance(effect, Remember | Offer | Disown)])

    return record


async def find_token(outbox: Outbox, session: ClientSession) -> str | None:
    """Return the token that another client of the same user has stored, or stores soon; None if there is none.

    Raises:
        OutboxError: the outbox can't be read.
    """
    for _ in range(round(TOKEN_SECONDS / _STEP_SECONDS)):
        token = outbox.reload()
        if token is not None and token != session.token:
            return token
        if outbox.alone:
            break
        await asyncio.sleep(_STEP_SECONDS)
    return None
