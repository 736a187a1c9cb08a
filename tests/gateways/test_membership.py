"""The rooms that a session shows, and where their streams begin."""

from typing import Final

import pytest

from parley.core.commands import ClaimName, Join, Leave
from parley.core.events import Event
from parley.gateways.membership import (
    DEPARTURES_KEPT,
    Departures,
    Membership,
    departure_after,
    stream_start,
    with_departure,
)
from parley.wire.web import Seen
from tests.gateways.session_fixture import WebSessionFixture


def left(room: int, seq: int) -> Event:
    return Event(room, seq, 0, 1, "bob", "left", "")


class TestDepartures:
    def test_the_first_departure_after_a_join_ends_the_stay(self) -> None:
        departures: Departures = ()
        for room, seq in ((1, 3), (2, 4), (1, 5), (1, 8)):
            departures = with_departure(departures, left(room, seq))
        assert departure_after(departures, 1, 2) == 3
        assert departure_after(departures, 1, 3) == 5
        assert departure_after(departures, 1, 8) is None
        assert departure_after(departures, 3, 0) is None

    def test_only_the_last_departures_are_kept(self) -> None:
        departures: Departures = ()
        for seq in range(1, DEPARTURES_KEPT + 2):
            departures = with_departure(departures, left(1, seq))
        assert departure_after(departures, 1, 0) == 2


class TestMembership:
    def test_entering_a_watched_room_ends_the_watching(self) -> None:
        membership = Membership()
        assert membership.watch(1)
        assert not membership.watch(1)
        assert membership.enter(1)
        assert (membership.entered, membership.watched) == ((1,), ())
        assert not membership.enter(1)
        assert not membership.watch(1)

    def test_only_departures_from_rooms_that_are_not_shown_are_kept(self) -> None:
        membership = Membership((1,))
        assert membership.leave(left(1, 5))
        assert departure_after(membership.departures, 1, 0) is None
        assert not membership.leave(left(1, 6))
        assert departure_after(membership.departures, 1, 0) == 6

    def test_unwatch_tells_whether_the_room_was_watched(self) -> None:
        membership = Membership()
        assert not membership.unwatch(1)
        membership.watch(1)
        assert membership.unwatch(1)


EPOCH: Final = "e1"


@pytest.mark.parametrize(
    ("first", "seen", "otherwise", "after"),
    [
        (1, None, 3, 3),
        (1, Seen(EPOCH, 2), 3, 2),
        (1, Seen(EPOCH, 0), 3, 0),
        (1, Seen(EPOCH, 4), 3, 3),  # a seq after the tip
        (1, Seen(EPOCH, -1), 3, 3),
        (1, Seen("restored", 2), 3, 3),  # of another epoch
        (3, Seen(EPOCH, 1), 3, 2),  # the stream does not begin before the first event that the user may see
        (4, None, 1, 3),
    ],
)
def test_a_stream_begins_where_the_client_has_seen_the_room(
    first: int, seen: Seen | None, otherwise: int, after: int
) -> None:
    client = WebSessionFixture()
    client.happens(ClaimName("eve"))
    eve = client.user_named("eve")
    client.happens(Join(eve, "lobby"))
    client.happens(Leave(eve, 1))
    room = client.state.rooms[1]
    assert (room.tip, room.epoch) == (3, EPOCH)
    assert stream_start(room, first, seen, otherwise) == after
