"""Send one message and wait until it is stored: for scripts."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from .keep.identity import INVITATION_HINT, PasswordNeeded, find_token, only_identity
from .keep.outbox import Outbox
from .net.client_options import ClientOptions
from .protocol import effects as fx
from .protocol.requests import OutboxEntry, Quit


class Sent(Struct, frozen=True):
    """The result of sending a message.

    Attributes:
        key: the key of the message. Sending again with this key does not store a second message.
        room: the room's id, if it is stored.
        seq: its place in the room's log, if it is stored.
        fault: a sentence that says why the message is not stored, or why that is not known; empty if it is stored.
        retry: whether trying again with the key may help.
    """

    key: str
    room: int = 0
    seq: int = 0
    fault: str = ""
    retry: bool = False


async def send(
    options: ClientOptions,
    room: str,
    text: str,
    *,
    key: str | None = None,
    patience: float = 10.0,
    reply: int = 0,
    thread: int = 0,
) -> Sent:
    """Send `text` to a room, which is joined if need be, and wait until it is stored.

    The user stays in the room: a join and a leave around every message would disturb the others.

    Args:
        options: the server and the user. Their identity is kept in the outbox, so that a retry comes from the same
            user.
        room: the room's name.
        text: the message.
        key: the key of an earlier attempt; None for a new one.
        patience: how long to try, in seconds.
        reply: the number of the message that it answers; 0: none.
        thread: the number of the root of the thread that it is in; 0: none.

    Raises:
        PasswordNeeded: the name is an account's, and the password is missing or wrong; the message is not stored.
        OutboxError: the outbox can't be used.
        OSError: the file of certificates can't be read, or the server shows another certificate than the stored one.
    """
    with options.outbox() as outbox:
        return await _Sending(options, outbox).send(room, text, key, patience, reply, thread)


class _Sending:
    """Sends without putting the message into the outbox: the caller decides whether it is tried again."""

    def __init__(self, options: ClientOptions, outbox: Outbox) -> None:
        self._label = options.address.label
        self._outbox = outbox
        self._session = options.session(outbox, follow=False)
        self._transport = options.transport(self._session, self._take, only_identity(outbox))
        self._naming: asyncio.Task[None] | None = None
        self._settled: fx.Settle | None = None
        self._fault = ""
        self._why_offline = ""
        self._password_needed = ""

    async def send(self, room: str, text: str, key: str | None, patience: float, reply: int, thread: int) -> Sent:
        entry = self._session.say(room, text, self._transport.now, key=key, reply=reply, thread=thread)
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
            fault = f"The message is not stored: can't connect to {self._label} ({self._why_offline})."
        else:
            fault = f"The message is not stored: the server did not take it within {patience:g} s."
        return Sent(entry.key, fault=fault, retry=True)

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
        """Find the token of another process of this user, which may just have got the name, after the name was refused
        as taken.
        """
        token = await find_token(self._outbox, self._session)
        if token is not None:
            self._session.take_token(self._outbox.name, token, self._transport.now)
        else:
            self._fault = f"The message is not stored: {message} (--as NAME)"
            self._session.abandon()
        self._transport.perform()
