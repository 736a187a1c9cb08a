"""Two clients of one user that start at the same moment: one is given the name, the other finds it taken, by itself."""

import asyncio
from typing import Final

from .outbox import Outbox
from .session import Session

TOKEN_SECONDS: Final = 2.0
"""How long to wait for another client of the same user that is about to be given the name."""

_STEP_SECONDS: Final = 0.05


async def find_token(outbox: Outbox, session: Session) -> str | None:
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
