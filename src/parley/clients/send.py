"""Send one message and be sure about it: for scripts."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from .keep.identity import INVITATION_HINT, PasswordNeeded, find_token
from .keep.message_keys import KeySequence
from .keep.outbox import Outbox
from .keep.pins import Pins
from .net.address import Address
from .net.transport import ClientTransport
from .protocol import effects as fx
from .protocol.requests import OutboxEntry, Quit, Secret
from .protocol.session import ClientSession


class Sent(Struct, frozen=True):
    """What became of a message.

    Attributes:
        key: its key; sending again with it can't make a second message.
        room: the room's id, if it is stored.
        seq: its place in the room's log, if it is stored.
        fault: why it is not stored, or why that is not known; a sentence. Empty if it is stored.
        retry: whether trying again with the key may help.
    """

    key: str
    room: int = 0
    seq: int = 0
    fault: str = ""
    retry: bool = False


async def send(
    address: Address,
    name: str,
    room: str,
    text: str,
    *,
    key: str | None = None,
    patience: float = 10.0,
    ca: Path | None = None,
    data: Path | None = None,
    password: Secret | None = None,
    invitation: str | None = None,
) -> Sent:
    """Send `text` to a room, which is joined if need be, and wait until it is stored.

    The user keeps their place in the room: a join and a leave around every message would be noise.

    Args:
        address: the server.
        name: the user's name; their identity is kept in the outbox's file, so that a retry comes from the same user.
        room: the room's name.
        text: the message.
        key: the key of an earlier attempt; None for a new one.
        patience: how long to try, in seconds.
        ca: a file with the certificates to trust.
        data: the outbox's directory; None for the platform's.
        password: the password of the account of that name, for when no earlier sign-in is good any more.
        invitation: the code of an invitation to the server.

    Raises:
        PasswordNeeded: the name is an account's, and the password is missing or wrong; the message is not stored.
        OutboxError: the outbox can't be used.
        OSError: `ca` can't be read, or the server shows another certificate than it is known by.
    """
    with Outbox(address.url, name, data) as outbox:
        sending = _Sending(address, outbox, name, ca, Pins(data), password, invitation)
        return await sending.send(room, text, key, patience)


class _Sending:
    """The message itself is not put into the outbox: whether it is tried again is for the caller to say."""

    def __init__(
        self,
        address: Address,
        outbox: Outbox,
        name: str,
        ca: Path | None,
        pins: Pins,
        password: Secret | None,
        invitation: str | None,
    ) -> None:
        self._address = address
        self._outbox = outbox
        self._session = ClientSession(
            name=name,
            token=outbox.token,
            account=outbox.account,
            password=password,
            invitation=invitation,
            new_key=KeySequence(),
            random=random.random,
            follow=False,
        )
        self._transport = ClientTransport(self._session, address, self._take, self._record, ca, pins)
        self._naming: asyncio.Task[None] | None = None
        self._settled: fx.Settle | None = None
        self._fault = ""
        self._why_offline = ""
        self._password_needed = ""

    async def send(self, room: str, text: str, key: str | None, patience: float) -> Sent:
        entry = self._session.say(room, text, self._transport.now, key=key)
        self._session.ask(Quit(stay=True), self._transport.now)
        try:
            async with asyncio.timeout(patience):
                await self._transport.run()
        except TimeoutError:
            return self._unknown(entry, patience)
        finally:
            if self._naming is not None:
                self._naming.cancel()
        if self._password_needed:
            raise PasswordNeeded(self._password_needed)
        if self._settled is None:
            return Sent(entry.key, fault=self._fault, retry=True)
        if self._settled.state == "refused":
            return Sent(entry.key, fault=self._settled.why)
        return Sent(entry.key, self._settled.room, self._settled.seq)

    def _unknown(self, entry: OutboxEntry, patience: float) -> Sent:
        if self._session.is_in_doubt(entry):
            fault = f"It is not known whether the message is stored: the server has not answered within {patience:g} s."
        elif self._why_offline:
            fault = f"The message is not stored: can't connect to {self._address.label} ({self._why_offline})."
        else:
            fault = f"The message is not stored: the server did not take it within {patience:g} s."
        return Sent(entry.key, fault=fault, retry=True)

    def _record(self, effects: Iterable[fx.Effect], /) -> None:
        self._outbox.perform([effect for effect in effects if isinstance(effect, fx.Remember | fx.Disown)])

    def _take(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Settle():
                self._settled = effect
            case fx.Offline(why=why):
                self._why_offline = why
            case fx.Online():
                self._why_offline = ""
            case fx.AskName(message=message):
                self._naming = asyncio.create_task(self._find_name(message))
            case fx.AskPassword(message=message):
                self._password_needed = message
                self._session.abandon()
            case fx.AskInvitation(message=message):
                self._fault = f"The message is not stored: {message} {INVITATION_HINT}"
                self._session.abandon()
            case fx.Over(fault=fault) if fault:
                self._fault = fault

    async def _find_name(self, message: str) -> None:
        """Another process of ours may have been given the name a moment ago."""
        token = await find_token(self._outbox, self._session)
        if token is not None:
            self._session.take_token(self._outbox.name, token, self._transport.now)
        else:
            self._fault = f"The message is not stored: {message} (--as NAME)"
            self._session.abandon()
        self._transport.perform()
