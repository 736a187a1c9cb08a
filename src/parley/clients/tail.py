"""Follow a room without being in it: for scripts and for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Struct

from parley.wire import web

from .keep.identity import PasswordNeeded, only_identity
from .keep.outbox import Outbox
from .model.messages import Messages
from .model.names import bare
from .model.room_ref import RoomRef
from .net.client_options import ClientOptions
from .plain.folding import Folding
from .plain.render import Viewer, lines_of, run_line, safe
from .protocol import effects as fx
from .protocol.requests import After, JoinRoom, Last

Write = Callable[[str], None]
LAST: Final = 20
"""How many earlier events are shown if the user does not say where to begin. In text output, a long run of comings and
goings counts as one.
"""


class PrintedEvent(Struct, frozen=True, omit_defaults=True):
    """An event as `--json` shows it. `mentions` are the ids of the members whom it names, 0 for everybody. `target`,
    `thread`, `reply` and `also` are those of the protocol; `erased` is the seq of the event that erased it.
    """

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
    target: int = 0
    thread: int = 0
    reply: int = 0
    also: bool = False
    erased: int = 0


async def tail(
    options: ClientOptions,
    room: str,
    *,
    write: Write,
    complain: Write,
    after: int | None = None,
    follow: bool = False,
    json: bool = False,
) -> bool:
    """Write the events of a room: in JSON one line for each event, in text one line for each line of a message.

    Args:
        options: the server and the user: the owner of an account, whose rooms can be watched as well, or None.
        room: the room's name.
        write: takes a line, without its end.
        complain: takes a sentence about the connection.
        after: begin after that seq; None: with the last 20 events.
        follow: continue with new events, across lost connections, without gaps or duplicates.
        json: write events as JSON.

    Returns:
        Whether everything asked for was written.

    Raises:
        PasswordNeeded: the password is missing or wrong.
        OutboxError: the outbox can't be used.
        OSError: the file of certificates can't be read, `write` failed, or the server shows another certificate than
            the stored one.
    """
    start = Last(LAST) if after is None else After(after)
    # If the room's history was replaced by another, a program needs all of the new one, to correct its data.
    request = JoinRoom(bare(room), start=start, restart=After(0) if json else Last(LAST))
    if options.name is None:
        return await _Tail(options, None, write, complain, follow, json).run(request)
    with options.outbox() as outbox:
        return await _Tail(options, outbox, write, complain, follow, json).run(request)


class _Tail:
    def __init__(
        self, options: ClientOptions, outbox: Outbox | None, write: Write, complain: Write, follow: bool, json: bool
    ) -> None:
        self._label = options.address.label
        self._write = write
        self._complain = complain
        self._follow = follow
        self._json = json
        # If there is a name, it must belong to an account: otherwise the server would create a guest who only watches.
        self._session = options.session(
            outbox, watching=True, fold=not json, **({} if outbox is None else {"account": True})
        )
        self._transport = options.transport(self._session, self._take, only_identity(outbox))
        self._folding = Folding()
        self._messages = Messages()
        self._password_needed = ""
        self._met = False
        self._done = False

    async def run(self, request: JoinRoom) -> bool:
        self._session.ask(request, self._transport.now)
        await self._transport.run()
        if self._password_needed:
            raise PasswordNeeded(self._password_needed)
        return self._done

    def _take(self, effect: fx.Effect) -> None:
        if not self._json:
            for place, item in self._folding.take(effect):
                if isinstance(item, int):
                    self._write(run_line(item, place).text)
                    continue
                self._messages.take(place.id, item, None)
                for line in lines_of(item, place, Viewer(self._messages, floor=self._session.floor_of(place))):
                    self._write(line.text)
        match effect:
            case fx.Show(place=place, events=events) if self._json:
                for event in events:
                    self._print(place, event)
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
            case fx.Offline(why=why, delay=delay) if self._met and self._follow:
                self._complain(f"The connection is lost: {why}. Trying again in {delay or 0:.1f} s.")
            case fx.Offline(why=why):
                self._give_up(f"Can't connect to {self._label}: {why}.")
            case fx.AskPassword(message=message):
                self._password_needed = message
                self._session.abandon()
            case fx.Exited(place=place, why=why):
                self._give_up(why or f"You are not in #{place.name} any more.")
            case fx.Failed(message=message) | fx.AskName(message=message) | fx.AskInvitation(message=message):
                self._give_up(message)
            case fx.Over(fault=fault) if fault:
                self._complain(safe(fault) + (" (--as NAME)" if self._session.name is None else ""))

    def _print(self, place: RoomRef, event: web.Event) -> None:
        printed = PrintedEvent(
            place.name, place.id, place.epoch, event.seq, event.at, event.user, event.name, event.kind, event.text,
            event.mentions, event.bot, event.target, event.thread, event.reply, event.also,
            0 if event.now is None else event.now.erased,
        )  # fmt: skip
        self._write(msgspec.json.encode(printed).decode())

    def _give_up(self, why: str) -> None:
        self._complain(safe(why))
        self._session.abandon()
