"""Gathers reactions, so that many of them to one message are shown in one line."""

from __future__ import annotations

from collections import Counter
from typing import Final

from parley.clients.model.room_ref import RoomRef
from parley.wire import web
from parley.wire.sentences import reactions_text

GATHER_SECONDS: Final = 3.0
"""Reactions are gathered for this time from the first one on."""

REACTIONS: Final = ("reacted", "unreacted")


class UntoldReactions:
    """The reactions that were not shown yet. One that was taken back meanwhile is left out."""

    def __init__(self) -> None:
        # For each message, what each person did with each emoji: their name, and whether the reaction is on.
        self._gathered: dict[tuple[RoomRef, int], dict[tuple[int, str], tuple[str, bool]]] = {}

    def __bool__(self) -> bool:
        return bool(self._gathered)

    def add(self, place: RoomRef, event: web.Event) -> None:
        """Take a `reacted` or `unreacted` event. One without an emoji was erased with its message."""
        if not event.text:
            return
        gathered = self._gathered.setdefault((place, event.target), {})
        # The log has only reactions that change something, so a second one of the same person undoes the first.
        if gathered.pop((event.user, event.text), None) is None:
            gathered[event.user, event.text] = event.name, event.kind == "reacted"

    def drop(self, place: RoomRef, seq: int) -> None:
        """Drop the reactions to a message that was deleted."""
        self._gathered.pop((place, seq), None)

    def take(self) -> list[tuple[RoomRef, str]]:
        """Return the gathered reactions as sentences, each with its room."""
        told, self._gathered = self._gathered, {}
        sentences = []
        for (place, seq), gathered in told.items():
            for back in (False, True):
                some = [(*who, name) for who, (name, on) in gathered.items() if on is not back]
                if some:
                    people = len({user for user, _, _ in some})
                    emoji = Counter(emoji for _, emoji, _ in some)
                    text = reactions_text(seq, people, some[0][2], list(emoji.items()), back=back)
                    sentences.append((place, text))
        return sentences
