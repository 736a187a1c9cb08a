"""The messages that a client has shown, as they are now."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from msgspec import Struct, structs

from parley.wire import web

MESSAGES_MOST: Final = 2_000
"""At most this many messages are remembered."""

MESSAGE_KINDS: Final = ("message", "action")


class KnownMessage(Struct):
    """A message in its present form.

    Attributes:
        seq: its number.
        user, name, bot: who wrote it.
        text: its present text; empty if it was deleted.
        edited: the number of the newest edit; 0: it was never edited.
        deleted: whether it was deleted.
        thread: the number of the root of the thread that it is in; 0: none.
        title: the title of the thread whose root it is.
    """

    seq: int
    user: int
    name: str
    bot: bool
    text: str
    edited: int = 0
    deleted: bool = False
    thread: int = 0
    title: str = ""


def presented(event: web.Event) -> web.Event:
    """Return an event with its present text."""
    now = event.now
    if now is None or not now.edited or now.erased:
        return event
    return structs.replace(event, text=now.text, mentions=now.mentions)


def is_deleted(event: web.Event) -> bool:
    """Return whether an event was deleted, or belongs to a message that was."""
    return event.now is not None and event.now.erased > 0


class Messages:
    """The messages that were shown last, so that an answer can be shown with the first words of what it answers, and a
    command can be about the last message. An event that it does not know may come in any form and any order.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int], KnownMessage] = OrderedDict()
        self._own: dict[int, int] = {}

    def take(self, room: int, event: web.Event, me: int | None) -> None:
        """Take an event that is shown: a message, or a change of one. `me` is the user's id."""
        if event.kind in MESSAGE_KINDS:
            self._take_message(room, event, me)
        elif (known := self._known.get((room, event.target))) is not None:
            match event.kind:
                case "edited" if event.seq > known.edited and not known.deleted and event.text:
                    known.text, known.edited = event.text, event.seq
                case "erased":
                    known.text, known.title, known.deleted = "", "", True
                case "titled":
                    known.title = event.text

    def _take_message(self, room: int, event: web.Event, me: int | None) -> None:
        shown, now = presented(event), event.now or web.Now()
        before = self._known.pop((room, event.seq), None)
        known = KnownMessage(
            event.seq,
            event.user,
            event.name,
            event.bot,
            shown.text,
            now.edited,
            now.erased > 0,
            event.thread,
            now.title,
        )
        if before is not None and (before.deleted or before.edited > known.edited):
            known = before
        self._known[room, event.seq] = known
        if len(self._known) > MESSAGES_MOST:
            self._known.popitem(last=False)
        if event.user == me:
            self.stored(room, event.seq)

    def stored(self, room: int, seq: int) -> None:
        """Take the place of a message of the user's that the server has stored."""
        self._own[room] = max(self._own.get(room, 0), seq)

    def find(self, room: int, seq: int) -> KnownMessage | None:
        """Return a message, if it is known."""
        return self._known.get((room, seq))

    def last(self, room: int) -> int:
        """Return the number of the last message that was shown and is not known to be deleted; 0: none."""
        found = (seq for (place, seq), known in self._known.items() if place == room and not known.deleted)
        return max(found, default=0)

    def own_last(self, room: int) -> int:
        """Return the number of the user's own last message; 0: none is known."""
        return self._own.get(room, 0)

    def forget(self, room: int) -> None:
        """Forget the messages of a room, because its history was replaced by another."""
        for place in [place for place in self._known if place[0] == room]:
            del self._known[place]
        self._own.pop(room, None)
