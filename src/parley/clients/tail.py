"""Follow a room without being in it: for scripts and for eyes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from parley.wire import web

from .keep.identity import PasswordNeeded
from .keep.message_keys import KeySequence
from .keep.outbox import Outbox
from .keep.pins import Pins
from .model.names import bare
from .model.room_ref import RoomRef
from .net.address import Address
from .net.transport import ClientTransport
from .plain.render import lines_of, safe
from .protocol import effects as fx
from .protocol.requests import After, JoinRoom, Last, Secret
from .protocol.session import ClientSession

LAST: int = 20
"""How many events are shown of the past, unless it is said where to begin."""


class Record(Struct, frozen=True, omit_defaults=True):
    """An event as `--json` shows it. `mentions` are the ids of the members it names, 0 for everybody."""

    room: str
    room_id: int
    epoch: str
    seq: int
    at: int
    user: int
    name: str
    kind: str
    text: str
    mentions: tuple[int, ...] = ()
    bot: bool = False


async def tail(
    address: Address,
    room: str,
    *,
    write: Callable[[str], None],
    complain: Callable[[str], None],
    after: int | None = None,
    follow: bool = False,
    json: bool = False,
    ca: Path | None = None,
    name: str | None = None,
    password: Secret | None = None,
    data: Path | None = None,
) -> bool:
    """Write what is in a room, one line for an event (as JSON) or a line of a message.

    Args:
        address: the server.
        room: the room's name.
        write: takes a line, without its end.
        complain: takes a sentence about the connection.
        after: begin after that seq; None: with the last 20 events.
        follow: go on with what is said from now on, over losses of the connection, without a hole or a double.
        json: write events as JSON.
        ca: a file with the certificates to trust.
        name: the name of an account whose rooms may be watched, too; None: the public ones.
        password: its password, for when no earlier sign-in is good any more.
        data: the outbox's directory; None for the platform's.

    Returns:
        Whether everything asked for was written.

    Raises:
        PasswordNeeded: the password is missing or wrong.
        OutboxError: the outbox can't be used.
        OSError: `ca` can't be read, `write` failed, or the server shows another certificate than it is known by.
    """
    start = Last(LAST) if after is None else After(after)
    if name is None:
        session = ClientSession(name=None, new_key=KeySequence(), random=random.random)
        return await _Tail(session, address, write, complain, follow, json, ca, Pins(data)).run(room, start)
    with Outbox(address.url, name, data) as outbox:
        session = ClientSession(
            name=name,
            token=outbox.token,
            account=True,  # a guest of that name would only be made to look
            password=password,
            new_key=KeySequence(),
            random=random.random,
            watching=True,
        )
        return await _Tail(session, address, write, complain, follow, json, ca, Pins(data), outbox).run(room, start)


class _Tail:
    def __init__(
        self,
        session: ClientSession,
        address: Address,
        write: Callable[[str], None],
        complain: Callable[[str], None],
        follow: bool,
        json: bool,
        ca: Path | None,
        pins: Pins,
        outbox: Outbox | None = None,
    ) -> None:
        self._address = address
        self._write = write
        self._complain = complain
        self._follow = follow
        self._json = json
        self._session = session
        self._outbox = outbox
        self._transport = ClientTransport(session, address, self._take, self._record, ca, pins)
        self._password_needed = ""
        self._met = False
        self._done = False

    async def run(self, room: str, start: After | Last) -> bool:
        # When history turns out to be another one, a program wants all of it, to put its own in order.
        restart = After(0) if self._json else Last(LAST)
        self._session.ask(JoinRoom(bare(room), start=start, restart=restart), self._transport.now)
        await self._transport.run()
        if self._password_needed:
            raise PasswordNeeded(self._password_needed)
        return self._done

    def _record(self, effects: Iterable[fx.Effect], /) -> None:
        if self._outbox is not None:
            self._outbox.perform([effect for effect in effects if isinstance(effect, fx.Remember | fx.Disown)])

    def _take(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Show(place=place, events=events):
                for event in events:
                    self._show(place, event)
            case fx.CaughtUp() if not self._follow:
                self._done = True
                self._session.abandon()
            case fx.Rewound(place=place):
                self._complain(
                    f"The history of #{place.name} was restored from a backup: its epoch is {place.epoch} now."
                )
            case fx.Online(first=first):
                if not first:
                    self._complain("Connected again.")
                self._met = True
            case fx.Offline(why=why, delay=delay):
                self._go_offline(why, delay)
            case fx.AskPassword(message=message):
                self._password_needed = message
                self._session.abandon()
            case fx.Exited(place=place, why=why):
                self._give_up(why or f"You are not in #{place.name} any more.")
            case fx.Failed(message=message) | fx.AskName(message=message) | fx.AskInvitation(message=message):
                self._give_up(message)
            case fx.Over(fault=fault) if fault:
                self._complain(safe(fault) + (" (--as NAME)" if self._session.name is None else ""))

    def _show(self, place: RoomRef, event: web.Event) -> None:
        if self._json:
            record = Record(
                place.name,
                place.id,
                place.epoch,
                event.seq,
                event.at,
                event.user,
                event.name,
                event.kind,
                event.text,
                event.mentions,
                event.bot,
            )
            self._write(msgspec.json.encode(record).decode())
        else:
            for line in lines_of(event, place):
                self._write(line.text)

    def _go_offline(self, why: str, delay: float | None) -> None:
        if self._met and self._follow:
            self._complain(f"The connection is lost: {why}. Trying again in {delay or 0:.1f} s.")
        else:
            self._give_up(f"Can't connect to {self._address.label}: {why}.")

    def _give_up(self, why: str) -> None:
        self._complain(safe(why))
        self._session.abandon()
