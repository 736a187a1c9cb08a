"""Messages that count differently: each member gets it when they are looked at, or with all others."""

from hypothesis import given
from hypothesis import strategies as st

from parley.core.events import EVERYBODY
from parley.core.records import Recount
from parley.core.recounts import Recounts

USERS = st.integers(1, 4)
MENTIONS = st.just((EVERYBODY,)) | st.sets(USERS, max_size=3).map(sorted).map(tuple)
CHANGES = st.builds(Recount, st.just(1), st.integers(1, 9), USERS, MENTIONS, MENTIONS, st.booleans())
ROWS = st.lists(st.tuples(USERS, st.integers(0, 10)), min_size=1, max_size=6)


@given(st.lists(CHANGES, max_size=12), st.lists(CHANGES, max_size=6), ROWS, st.sets(st.integers(0, 5)))
def test_all_members_at_once_get_what_each_would_get(earlier, later, members, looked_at):
    """Some members were looked at after the earlier changes, and have those already."""
    one_by_one, at_once = Recounts(), Recounts()
    for recounts in (one_by_one, at_once):
        for change in earlier:
            recounts.add(change)
        for row, (user, limit) in enumerate(members):
            if row in looked_at:
                recounts.of(row, user, limit)
        for change in later:
            recounts.add(change)
    rows = [(row, user, limit) for row, (user, limit) in enumerate(members)]
    assert at_once.of_all(rows) == [one_by_one.of(*row) for row in rows]
    assert len(at_once) == 0
    assert at_once.of(*rows[0]) == (0, 0)


def test_a_change_counts_once_for_a_member_and_not_for_one_who_has_just_joined():
    recounts = Recounts()
    recounts.add(Recount(1, 5, 9, (2,), (), True))
    assert recounts.of(0, 2, 4) == (0, -1)  # unread, and it mentioned them
    assert recounts.of(0, 2, 4) == (0, 0)
    assert recounts.of(1, 3, 5) == (1, 0)  # read
    assert recounts.of(2, 9, 0) == (1, 0)  # their own
    recounts.skip(3)
    assert recounts.of(3, 2, 4) == (0, 0)
