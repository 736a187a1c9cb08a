"""Clients of the line dialect: one like netcat, and the report's own, whose messages have no terminator."""

import asyncio
import random
import re
from typing import Final, cast

from .people import Holder
from .record import MARK, Ear, LineAccount
from .scene import ROOMS, Scene, pause, text_of

PROMPT: Final = b"alias?"
PASSWORD_PROMPT: Final = b"password?"
REGISTERED: Final = b"Your name is yours now."
INVITED: Final = re.compile(rb"invites you to #\S+: (/join \S+)")
WELCOME: Final = b"you are now connected!"
WELCOME_SECONDS: Final = 4.0
KEPT_BYTES: Final = 256
"""The number of bytes of a stream that are kept to find a mark that is split between two pieces. It is larger than any
mark.
"""


_SHOWN: Final = re.compile(rf'\((?:re|thread) \[\d+\][^\n]*?("\)|\Z)|{MARK.pattern}')
"""A quote of another message, whose mark does not count, or a mark."""


class _Talk(asyncio.Protocol):
    """One connection with one name."""

    def __init__(self, scene: Scene, account: LineAccount, *, raw: bool, holder: Holder | None) -> None:
        self.account: Final = account
        self._holder = holder
        self._ear = Ear(account.heard)
        self._passwords = 0
        self._notices = b""
        self._accepted: list[bytes] = []
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.welcome = False
        self._scene = scene
        self._raw = raw
        self._prompts = 0
        self._greeting = b""
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.welcome = False
        if not self.ended.done():
            self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._ear.hear(data)
        if not self.welcome:
            self._introduce(data)
        if self._holder is not None and not self._raw:
            self._heed(self._holder, data)
        text = (self._rest + data).decode(errors="ignore")
        end = 0
        for found in _SHOWN.finditer(text):
            if found[1] == "":
                break  # the rest of the quote comes later
            end = found.end()
            if found[2]:
                self.account.shown.append(found[2])
                self._scene.counts["shown in lines"] += 1
        self._rest = text[max(end, len(text) - KEPT_BYTES) :].encode()

    def _introduce(self, data: bytes) -> None:
        """Answer each prompt, until the server lets the client in."""
        self._greeting += data
        self.welcome = WELCOME in self._greeting
        while self._prompts < self._greeting.count(PROMPT):
            # The report's client answers a second prompt with its prefix, as in every message.
            name = self.account.name
            self.send(f"{name}: {name}" if self._raw and self._prompts else name)
            self._prompts += 1
        if self._holder is not None and self._passwords < self._greeting.count(PASSWORD_PROMPT):
            self._passwords += 1
            self._holder.registered.set()
            self.send(self._holder.password)
        if self.welcome and self._holder is not None:
            self._scene.company[self.account.client] = self._holder.name
            if self._passwords:
                self._scene.counts["accounts signed in"] += 1
                self._scene.counts["sign-ins by password"] += 1
            elif self._holder.registered.is_set():
                self._scene.blame(1, "lost", f"{self.account.name}: had an account, and came in without a password")
            else:
                self.send(f"/register {self._holder.password}")

    def _heed(self, holder: Holder, data: bytes) -> None:
        """Find the lines about the registration and about invitations in the output, and accept invitations."""
        self._notices = (self._notices + data)[-4 * KEPT_BYTES - len(data) :]
        if REGISTERED in self._notices and not holder.registered.is_set():
            holder.registered.set()
            self._scene.counts["accounts registered"] += 1
        for found in INVITED.finditer(self._notices):
            if found[1] not in self._accepted and not self._scene.calm:
                self._accepted.append(found[1])
                self._scene.counts["invitations told"] += 1
                self.send(found[1].decode())

    def eof_received(self) -> bool:
        return False

    def send(self, text: str) -> None:
        """Send one line, or one message without a terminator."""
        if self._transport is not None:
            self._transport.write(text.encode() if self._raw else f"{text}\n".encode())

    def lose_patience(self) -> None:
        """Disconnect if the client is still at a prompt."""
        if not self.welcome:
            self.abort()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class LineClient:
    """Connects again and again. Without an account it has a new name each time.

    Args:
        raw: whether it behaves as the report's client: no newlines, and its name before every message.
        holder: the account that the client registers once and then signs in to. With it the name is always the same.
        mean: seconds between two messages, on average.
    """

    def __init__(self, scene: Scene, label: str, *, raw: bool, mean: float, holder: Holder | None = None) -> None:
        self._holder = holder
        self.accounts: Final[list[LineAccount]] = []
        self.done = False
        self._scene = scene
        self._label = label
        self._raw = raw
        self._mean = mean
        self._chance: random.Random = scene.chance(label)
        self._talk: _Talk | None = None

    async def live(self) -> None:
        """Connect, send, reconnect, until `done`."""
        loop = asyncio.get_running_loop()
        while not self.done:
            name = f"{self._label}x{len(self.accounts)}" if self._holder is None else self._holder.name
            account = LineAccount(self._label, name)
            self.accounts.append(account)
            port = self._scene.raw_port if self._raw else self._scene.line_port
            try:
                make = lambda: _Talk(self._scene, account, raw=self._raw, holder=self._holder)  # noqa: B023, E731
                _, self._talk = await loop.create_connection(make, "127.0.0.1", port)
                timer = loop.call_later(WELCOME_SECONDS, self._talk.lose_patience)
                await self._talk.ended
                timer.cancel()
            except OSError:
                pass
            self._talk = None
            await asyncio.sleep(self._chance.uniform(0.05, 0.4))

    async def work(self) -> None:
        """Send messages at random until the faults end."""
        number = 0
        while not self._scene.calm and not self.done:
            await pause(self._chance, self._mean)
            talk = self._talk
            if talk is None or not talk.welcome:
                continue
            number += 1
            mark = f"{self._label}.{number}"
            text = text_of(self._chance, mark)
            if self._raw:
                self._say(talk, mark, f"{talk.account.name}: {text}")
                continue
            what = self._chance.random()
            people = sorted(self._scene.people)
            if what < 0.03:
                talk.send(f"/join {self._chance.choice(ROOMS[1:])}")
            elif what < 0.06 and people:
                self._say(talk, mark, f"/msg {self._chance.choice(people)} {text}")
            elif what < 0.09:
                self._say(talk, mark, f"/me {text}")
            elif what < 0.1:
                talk.send(".exit see you")
            else:
                self._say(talk, mark, text)

    def _say(self, talk: _Talk, mark: str, words: str) -> None:
        talk.account.sent.append(mark)
        self._scene.counts["sent in lines"] += 1
        talk.send(words)

    def end(self) -> None:
        """Close the connection for good."""
        self.done = True
        if self._talk is not None:
            self._talk.abort()

    def unrest(self) -> str:
        return "" if self._talk is not None and self._talk.welcome else "it is not connected"
