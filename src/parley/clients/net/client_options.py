"""The options of all client programs: the server, and the user."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from parley.clients.keep.message_keys import KeySequence
from parley.clients.keep.outbox import Outbox
from parley.clients.keep.pins import Pins
from parley.clients.protocol.effects import Effect
from parley.clients.protocol.requests import Secret
from parley.clients.protocol.session import ClientSession

from .address import Address
from .transport import ClientTransport, Recorder


class ClientOptions(Struct, frozen=True):
    """The values of the command line.

    Attributes:
        address: the server.
        name: the user's name; None for an observer, or if the user has yet to be asked for it.
        ca: a file with the certificates to trust instead of the system's.
        data: the folder of the outbox; None for the platform's.
        password: the password of the account of that name, used if the outbox has no valid token.
        invitation: the code of an invitation to the server.
    """

    address: Address
    name: str | None = None
    ca: Path | None = None
    data: Path | None = None
    password: Secret | None = None
    invitation: str | None = None

    def outbox(self) -> Outbox:
        """Open the user's outbox.

        Raises:
            OutboxError: it can't be used.
        """
        assert self.name is not None
        return Outbox(self.address.url, self.name, self.data)

    def session(self, outbox: Outbox | None, **more: Any) -> ClientSession:
        """Return a session for the user of an outbox, or for an observer; `more` goes to `ClientSession`."""
        if outbox is None:
            return ClientSession(name=None, new_key=KeySequence(), random=random.random, **more)
        known: dict[str, Any] = {"token": outbox.token, "account": outbox.account, "offered": outbox.offered}
        return ClientSession(
            name=self.name,
            password=self.password,
            invitation=self.invitation,
            new_key=KeySequence(),
            random=random.random,
            new_token=lambda: secrets.token_hex(32),
            **known | more,
        )

    def transport(self, session: ClientSession, show: Callable[[Effect], None], record: Recorder) -> ClientTransport:
        """Return the transport of a session.

        Raises:
            OSError: `ca` can't be read.
        """
        return ClientTransport(session, self.address, show, record, self.ca, Pins(self.data))
