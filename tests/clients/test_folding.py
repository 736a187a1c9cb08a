"""Comings and goings are shown one by one, or, in long runs, as a count."""

from __future__ import annotations

from parley.clients.model.room_ref import RoomRef
from parley.clients.plain.folding import LEAST_RUN, Folding
from parley.clients.protocol import effects as fx
from parley.wire import web

LOBBY = RoomRef(1, "lobby", "public", "e1")
TEA = RoomRef(2, "tea", "public", "e1")


def event(seq: int, kind: str = "joined") -> web.Event:
    return web.Event(seq, 0, 7, "bob", kind)


def joins(first: int, count: int) -> list[web.Event]:
    return [event(seq) for seq in range(first, first + count)]


def shown(*effects: fx.Effect) -> list[tuple[str, str]]:
    """Return the items shown for these effects: the seq of an event, or `+` and the number of events in a run."""
    folding = Folding()
    items = [item for effect in effects for item in folding.take(effect)]
    return [(place.name, f"+{item}" if isinstance(item, int) else str(item.seq)) for place, item in items]


def in_lobby(*what: str) -> list[tuple[str, str]]:
    return [("lobby", each) for each in what]


def test_a_long_run_in_the_past_is_a_count() -> None:
    past = [event(1, "message"), *joins(2, 50), event(52, "message")]
    assert shown(fx.Show(LOBBY, past), fx.CaughtUp(LOBBY)) == in_lobby("1", "+50", "52")


def test_a_run_may_come_in_several_frames_and_pages() -> None:
    run = web.Run(20, 99, [])
    effects = [fx.Show(LOBBY, joins(1, 9)), fx.Show(LOBBY, joins(10, 10)), fx.Folded(LOBBY, run)]
    assert shown(*effects, fx.Show(LOBBY, joins(100, 1)), fx.CaughtUp(LOBBY)) == in_lobby("+100")


def test_a_short_run_is_shown() -> None:
    few = LEAST_RUN - 1
    past = [*joins(1, few), event(few + 1, "topic")]
    assert shown(fx.Show(LOBBY, past)) == in_lobby(*[str(seq + 1) for seq in range(few + 1)])


def test_the_newest_comings_are_shown_when_the_room_is_caught_up() -> None:
    assert shown(fx.Show(LOBBY, joins(1, 2))) == []
    assert shown(fx.Show(LOBBY, joins(1, 2)), fx.CaughtUp(LOBBY)) == in_lobby("1", "2")


def test_everything_that_happens_from_then_on_is_shown_at_once() -> None:
    assert shown(fx.CaughtUp(LOBBY), fx.Show(LOBBY, joins(1, 50))) == in_lobby(*[str(seq + 1) for seq in range(50)])


def test_after_a_new_connection_runs_are_folded_again() -> None:
    effects = [fx.CaughtUp(LOBBY), fx.Offline("gone", 1.0), fx.Show(LOBBY, joins(1, 50)), fx.CaughtUp(LOBBY)]
    assert shown(*effects) == in_lobby("+50")


def test_a_lost_connection_ends_a_run() -> None:
    assert shown(fx.Show(LOBBY, joins(1, 50)), fx.Offline("gone", 1.0)) == in_lobby("+50")


def test_rooms_are_folded_apart() -> None:
    effects = [fx.Show(LOBBY, joins(1, 50)), fx.Show(TEA, [event(1, "message")]), fx.CaughtUp(LOBBY)]
    assert shown(*effects) == [("tea", "1"), ("lobby", "+50")]
