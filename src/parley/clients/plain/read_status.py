"""Unread counts, notification levels, and the members who have read the user's messages."""

from __future__ import annotations

from typing import Final

from parley.clients.model.names import PEOPLE_SEPARATOR
from parley.clients.model.room_ref import RoomRef
from parley.clients.model.unread import UnreadCounter
from parley.clients.protocol.requests import AskStatus
from parley.wire import web

from .render import counts, excerpt, label, messages, naming, status
from .window import Window

LEVELS: Final[dict[web.Level, str]] = {
    "all": "everything that is said",
    "mentions": "what names you",
    "nothing": "nothing",
}
"""The levels of notification, in words."""


class ReadStatus:
    """Tracks the read marks of the members.

    Args:
        window: has the current room, and takes lines to show.
        looked_at: whether somebody reads the lines when they appear, as on a terminal.
    """

    def __init__(self, window: Window, *, looked_at: bool) -> None:
        self._window = window
        self._session = window.session
        self._looked_at = looked_at
        self._last: dict[int, tuple[int, str]] = {}  # the user's last message in each room, by its id: seq and text

    def rooms_in_view(self) -> set[int]:
        """Return the ids of the rooms whose lines the user reads: of the room that they are in, and of direct rooms of
        two, whose messages are shown everywhere.
        """
        asking = self._window.asking
        if not self._looked_at or (asking is not None and asking.hidden):
            return set()  # while the user types a password, the terminal shows no new lines
        return {place.id for place in self._session.rooms if self._window.is_here(place) or _is_of_two(place)}

    def turn_away(self) -> None:
        """Call it before the user goes to another room: acknowledges as read what was shown of this one."""
        if self._looked_at:
            self._session.acknowledge(self.rooms_in_view())

    # Unread counts

    def tell_here(self, place: RoomRef) -> None:
        """Show the unread counts of a room that the user enters."""
        counter = self._session.unread_in(place.address)
        if self._looked_at and counter is not None and counter.unread:
            self._window.line(f"In #{place.name}: {counts(counter.unread, counter.mentions)}", "happened")

    def elsewhere(self) -> str:
        """Return the unread counts of the other rooms whose level notifies the user; empty if there are none."""
        unread = [counter for _, counter in self._unread_elsewhere()]
        mentions = sum(counter.mentions for counter in unread)
        return counts(sum(counter.unread for counter in unread), mentions, " elsewhere") if unread else ""

    def _unread_elsewhere(self) -> list[tuple[RoomRef, UnreadCounter]]:
        unread, here = self._session.unread, self._window.is_here
        return [(place, counter) for place, counter in unread if counter.level != "nothing" and not here(place)]

    def tell_elsewhere(self) -> None:
        """Show the unread counts of the other rooms whose level notifies the user."""
        told = []
        for place, counter in self._unread_elsewhere():
            names_user = f" ({naming(counter.mentions)})" if counter.mentions else ""
            told.append(f"{label(place.address)} {counter.unread:,}{names_user}")
        if told and self._looked_at:
            self._window.line(f"Unread elsewhere: {', '.join(told)}", "happened")

    def list_unread(self) -> None:
        """Show the unread counts of each room."""
        unread = self._session.unread
        for place, counter in unread:
            self._window.answer(f"{label(place.address)}: {counts(counter.unread, counter.mentions)}")
        if not unread:
            self._window.answer("You have read everything.")

    def tell_level(self, room: str) -> None:
        """Show the notification level of a room."""
        counter = self._session.unread_in(room)
        if counter is None:
            self._window.problem(f"You are not in {label(room)} at the moment.")
        else:
            self._window.answer(f"Of {label(room)} you are told of {LEVELS[counter.level]}.")

    # The user's own messages

    def note(self, place: RoomRef, event: web.Event) -> None:
        """Take an event that was shown: it may be the user's last message."""
        if event.user == self._session.user and event.kind in ("message", "action"):
            self._last[place.id] = event.seq, event.text

    def forget(self, place: RoomRef) -> None:
        """Forget the user's last message in a room, because the room's history was replaced and may not have it."""
        self._last.pop(place.id, None)

    def ask_status(self, where: str = "") -> None:
        """Ask the server which members have received or read the user's last message: in this room, in another one, or
        to `@NAME`.
        """
        room = self._window.room_or_complain(where)
        if not room:
            return
        queued = sum(entry.to == label(room) for entry in self._session.unsent)
        if queued:
            self._window.answer(f"{messages(queued)} queued, not sent yet.")
        place, counter = self._session.place_of(room), self._session.unread_in(room)
        seq, text = (0, "") if place is None else self._last.get(place.id, (0, ""))
        if not seq:
            if not queued:
                self._window.answer(f"You have said nothing in {label(room)} since this chat was begun.")
        elif counter is None:
            self._window.answer(f"{excerpt(text)!r} is stored. Who has it is known when the server can be reached.")
        elif not counter.receipts:
            self._window.answer(f"{excerpt(text)!r} is stored. In a room of this size nobody is told who has read it.")
        else:
            self._window.ask(AskStatus(room, seq))

    def tell_status(self, place: RoomRef, seq: int, members: list[web.Member]) -> None:
        """Show which members have received or read the message: the answer to `ask_status`."""
        _, text = self._last.get(place.id, (seq, ""))
        self._window.answer(f"{excerpt(text)!r} is {status(members, self._session.user, seq)}.")


def _is_of_two(place: RoomRef) -> bool:
    return place.kind == "direct" and PEOPLE_SEPARATOR not in place.name
