"""What the user has read and wants to be told of, and how far others have what they said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parley.clients.model.names import PEOPLE_SEPARATOR
from parley.clients.model.room_ref import RoomRef
from parley.wire import web

from .render import counts, excerpt, label, messages, naming, status

if TYPE_CHECKING:
    from .conversation import PlainConversation

LEVELS: Final[dict[web.Level, str]] = {
    "all": "everything that is said",
    "mentions": "what names you",
    "nothing": "nothing",
}
"""The levels, in words."""


class ReadStatus:
    """The part of a conversation that is about who has read what.

    Args:
        conversation: the whole.
        looked_at: whether somebody reads the lines as they come.
    """

    def __init__(self, conversation: PlainConversation, *, looked_at: bool) -> None:
        self._conversation = conversation
        self._session = conversation.session
        self._looked_at = looked_at
        self._said: dict[int, tuple[int, str]] = {}  # our last message in each room, by its id: its seq and its text

    def rooms_in_view(self) -> set[int]:
        """Return the ids of the rooms whose lines the user reads: that they are in, and, wherever they are, those of
        conversations of two, as these have no other place.
        """
        asking = self._conversation.asking
        if not self._looked_at or (asking is not None and asking.hidden):
            return set()  # while a password is typed, a terminal shows nothing else
        here = self._conversation.is_here
        return {place.id for place in self._session.rooms if here(place) or _is_of_two(place)}

    def turn_away(self) -> None:
        """The user goes to another room: what they have seen of this one is read."""
        if self._looked_at:
            self._session.acknowledge(self.rooms_in_view())

    # Unread

    def tell_here(self, place: RoomRef) -> None:
        """Say how much is unread in a room that the user enters."""
        marks = self._session.unread_in(place.address)
        if self._looked_at and marks is not None and marks.unread:
            self._conversation.line(f"In #{place.name}: {counts(marks.unread, marks.mentions)}", "happened")

    def elsewhere(self) -> str:
        """Return how much is unread in the other rooms of which the user wants to be told; empty if there is none."""
        here = self._conversation.is_here
        unread = [marks for place, marks in self._session.unread if marks.level != "nothing" and not here(place)]
        if not unread:
            return ""
        mentions = sum(marks.mentions for marks in unread)
        return counts(sum(marks.unread for marks in unread), mentions, " elsewhere")

    def tell_elsewhere(self) -> None:
        """Say how much is unread in the other rooms of which the user wants to be told."""
        if not self._looked_at:
            return
        told = [
            f"{label(place.address)} {marks.unread:,}" + (f" ({naming(marks.mentions)})" if marks.mentions else "")
            for place, marks in self._session.unread
            if marks.level != "nothing" and not self._conversation.is_here(place)
        ]
        if told:
            self._conversation.line(f"Unread elsewhere: {', '.join(told)}", "happened")

    def list_unread(self) -> None:
        """Say which rooms have what is unread."""
        unread = self._session.unread
        for place, marks in unread:
            self._conversation.answer(f"{label(place.address)}: {counts(marks.unread, marks.mentions)}")
        if not unread:
            self._conversation.answer("You have read everything.")

    def tell_level(self, room: str) -> None:
        """Say what of a room the user is told of."""
        marks = self._session.unread_in(room)
        if marks is None:
            self._conversation.problem(f"You are not in {label(room)} at the moment.")
        else:
            self._conversation.answer(f"Of {label(room)} you are told of {LEVELS[marks.level]}.")

    # What became of one's own

    def note(self, place: RoomRef, event: web.Event) -> None:
        """An event was shown."""
        if event.user == self._session.user and event.kind in ("message", "action"):
            self._said[place.id] = event.seq, event.text

    def forget(self, place: RoomRef) -> None:
        """What was said there may never have been."""
        self._said.pop(place.id, None)

    def ask_status(self, where: str = "") -> None:
        """Find out who has the user's last message, in this room, in another, or to `@NAME`."""
        conversation, session = self._conversation, self._session
        room = conversation.room_or_complain(where)
        if not room:
            return
        queued = sum(entry.to == label(room) for entry in session.unsent)
        if queued:
            conversation.answer(f"{messages(queued)} queued, not sent yet.")
        place, marks = session.place_of(room), session.unread_in(room)
        seq, text = (0, "") if place is None else self._said.get(place.id, (0, ""))
        if not seq:
            if not queued:
                conversation.answer(f"You have said nothing in {label(room)} since this chat was begun.")
        elif marks is None:
            conversation.answer(f"{excerpt(text)!r} is stored. Who has it is known when the server can be reached.")
        elif not marks.receipts:
            conversation.answer(f"{excerpt(text)!r} is stored. In a room of this size nobody is told who has read it.")
        else:
            conversation.ask(session.status, room, seq)

    def tell_status(self, place: RoomRef, seq: int, members: list[web.Member]) -> None:
        """Say who has the message that was asked about."""
        _, text = self._said.get(place.id, (seq, ""))
        self._conversation.answer(f"{excerpt(text)!r} is {status(members, self._session.user, seq)}.")


def _is_of_two(place: RoomRef) -> bool:
    return place.kind == "direct" and PEOPLE_SEPARATOR not in place.name
