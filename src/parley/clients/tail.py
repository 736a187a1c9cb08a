"""Follow a room without being in it: for scripts and for eyes."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from parley.wire import web

from . import effects as fx
from .address import Address
from .keys import KeySequence
from .plain.render import lines_of, safe
from .rooms import After, Last
from .session import Session
from .transport import Transport

LAST: int = 20
"""How many events are shown of the past, unless it is said where to begin."""


class Record(Struct, frozen=True):
    """An event as `--json` shows it."""

    room: str
    room_id: int
    epoch: str
    seq: int
    at: int
    user: int
    name: str
    kind: str
    text: str


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

    Returns:
        Whether everything asked for was written.

    Raises:
        OSError: `ca` can't be read, or `write` failed.
    """
    return await _Tail(address, write, complain, follow, json, ca).run(
        room, Last(LAST) if after is None else After(after)
    )


class _Tail:
    def __init__(
        self,
        address: Address,
        write: Callable[[str], None],
        complain: Callable[[str], None],
        follow: bool,
        json: bool,
        ca: Path | None,
    ) -> None:
        self._address = address
        self._write = write
        self._complain = complain
        self._follow = follow
        self._json = json
        self._session = Session(name=None, new_key=KeySequence(), random=random.random)
        self._transport = Transport(self._session, address, self._take, ca=ca)
        self._met = False
        self._done = False

    async def run(self, room: str, start: After | Last) -> bool:
        # When history turns out to be another one, a program wants all of it, to put its own in order.
        restart = After(0) if self._json else Last(LAST)
        self._session.watch(room, self._transport.now, start, restart)
        await self._transport.run()
        return self._done

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
            case fx.Failed(message=message) | fx.Gone(why=message):
                self._give_up(message)
            case fx.Over(fault=fault) if fault:
                self._complain(safe(fault))

    def _show(self, place: fx.Place, event: web.Event) -> None:
        if self._json:
            record = Record(
                place.name, place.id, place.epoch, event.seq, event.at, event.user, event.name, event.kind, event.text
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
