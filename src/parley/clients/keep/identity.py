"""Who a user is: passwords, invitations, and two clients of one user that start at the same moment, of which one is
given the name, and the other finds it taken, by itself.
"""

import asyncio
from typing import Final

from parley.clients.keep.outbox import Outbox
from parley.clients.protocol.session import ClientSession

TOKEN_SECONDS: Final = 2.0
"""How long to wait for another client of the same user that is about to be given the name."""

_STEP_SECONDS: Final = 0.05


class PasswordNeeded(Exception):
    """The name is an account's, and its password is needed, or was not the right one; the text says it."""


PASSWORD_HINT: Final = "Put it into a file (--password-file FILE) or into PARLEY_PASSWORD."
"""What to do where nobody can be asked for a password."""

INVITATION_HINT: Final = "Give it with --invite CODE."


def invitation_code(text: str) -> str:
    """Return the code in what was given as an invitation: the code, or the whole link."""
    return text.strip().partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]


async def find_token(outbox: Outbox, session: ClientSession) -> str | None:
    """Return the token that another client of the same user has put into the outbox meanwhile, or soon will; None if
    there is none.

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
