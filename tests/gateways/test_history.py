"""Pages of history: which events are read for a page, and which of them are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core.commands import ClaimName, Join, SendMessage
from parley.core.events import Event
from parley.core.refusals import Refusal
from parley.core.state import Room
from parley.gateways.effects import ReadPage
from parley.gateways.history import cut_page, page_request
from parley.wire.limits import PAGE_EVENTS
from tests.gateways.session_fixture import WebSessionFixture


@pytest.fixture
def room() -> Room:
    """A room with four events."""
    client = WebSessionFixture()
    client.happens(ClaimName("eve"))
    client.happens(Join(client.user_named("eve"), "lobby"))
    for text in ("one", "two"):
        client.happens(SendMessage(client.user_named("eve"), 1, text))
    return client.state.rooms[1]


@pytest.mark.parametrize(
    ("before", "after", "read"),
    [
        (None, None, (5, None)),
        (3, None, (3, None)),
        (2**70, None, (5, None)),
        (-1, None, (0, None)),
        (None, 2, (None, 2)),
        (None, -1, (None, 1)),  # the first event that the user may see has the seq 2
        (None, 2**70, (None, 4)),
    ],
)
def test_a_page_is_read_within_the_log_and_with_one_event_more(
    room: Room, before: int | None, after: int | None, read: tuple[int | None, int | None]
) -> None:
    page = page_request(room, 2, 10, before, after, messages=True, tag="tag")
    assert page == ReadPage(1, 11, *read, True, "tag")


@pytest.mark.parametrize(
    ("limit", "before", "after"), [(0, None, None), (-1, 3, None), (PAGE_EVENTS + 1, None, 2), (5, 3, 2)]
)
def test_an_invalid_page_is_refused(room: Room, limit: int, before: int | None, after: int | None) -> None:
    page = page_request(room, 1, limit, before, after, messages=False)
    assert isinstance(page, Refusal)
    assert page.code == "page_invalid"


def event(seq: int, size: int = 1) -> Event:
    return Event(1, seq, 0, 1, "bob", "message", "x" * size)


@given(
    st.lists(st.integers(0, 500), max_size=12),
    st.integers(1, 14),
    st.integers(1, 12),
    st.integers(0, 3_000),
    st.booleans(),
)
def test_a_page_is_the_longest_part_within_all_bounds(
    sizes: list[int], first: int, limit: int, size: int, newest: bool
) -> None:
    events = [event(seq, each) for seq, each in enumerate(sizes, 1)]
    shown, more = cut_page(events, first, limit, size, newest=newest)
    visible = [each for each in events if each.seq >= first]
    assert shown == (visible[len(visible) - len(shown) :] if newest else visible[: len(shown)])
    assert more is (len(shown) < len(visible))
    weigh = [len(each.text) + 100 for each in (reversed(visible) if newest else visible)]
    assert len(shown) <= limit
    assert sum(weigh[: len(shown)]) <= size or len(shown) <= 1
    if more:
        # One more event would exceed a limit. The first event is shown however long it is.
        assert len(shown) == limit or sum(weigh[: len(shown) + 1]) > size
    assert shown or not visible
