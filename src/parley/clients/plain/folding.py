"""Shows each long run of comings and goings in a room's history as a count, so that the messages stay visible."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from parley.clients.model.room_ref import RoomRef
from parley.clients.protocol import effects as fx
from parley.wire import web

PASSING_KINDS: Final = ("joined", "left", "renamed", "invited")

LEAST_RUN: Final = 10
"""A shorter run is not folded: its events are shown."""

Item = tuple[RoomRef, web.Event | int]
"""An event, or the number of events in a run, and its room."""


class _Passed(Struct):
    place: RoomRef
    count: int = 0
    events: list[web.Event] = []

    def items(self) -> list[Item]:
        if self.count < LEAST_RUN and self.count == len(self.events):
            return [(self.place, event) for event in self.events]
        return [(self.place, self.count)]


class Folding:
    """Decides which events and counts to show for a session's effects, in order.

    Until a room is caught up, comings and goings are held back until another event follows, because they may belong to
    a long run. After that, every event is shown at once.
    """

    def __init__(self) -> None:
        self._live: set[int] = set()
        self._passed: dict[int, _Passed] = {}

    def take(self, effect: fx.Effect) -> list[Item]:
        """Take an effect. Return the items to show now."""
        match effect:
            case fx.Show(place=place, events=events):
                if place.id in self._live:
                    return [(place, event) for event in events]
                return [item for event in events for item in self._past(place, event)]
            case fx.Folded(place=place, run=run):
                self._passed.setdefault(place.id, _Passed(place)).count += run.last - run.first + 1
            case fx.CaughtUp(place=place):
                self._live.add(place.id)
                return self._end(place)
            case fx.Exited(place=place):
                return self._end(place)
            case fx.Offline():
                self._live.clear()
                passed, self._passed = list(self._passed.values()), {}
                return [item for each in passed for item in each.items()]
        return []

    def _past(self, place: RoomRef, event: web.Event) -> list[Item]:
        if event.kind not in PASSING_KINDS:
            return [*self._end(place), (place, event)]
        passed = self._passed.setdefault(place.id, _Passed(place))
        passed.count += 1
        if passed.count < LEAST_RUN:
            passed.events.append(event)
        return []

    def _end(self, place: RoomRef) -> list[Item]:
        passed = self._passed.pop(place.id, None)
        return passed.items() if passed is not None else []
