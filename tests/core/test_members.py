"""`Members` behaves as a dict does, also after it was copied."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core.members import Members

people = st.integers(1, 9)
changes = st.lists(st.tuples(st.sampled_from(["join", "leave", "copy"]), people), max_size=30)


def stored(joined: dict[int, int]) -> Members:
    """Return the members as a store loads them."""
    users = sorted(joined)
    return Members.of_columns(array("q", users), array("q", [joined[user] for user in users]))


@given(st.dictionaries(people, st.integers(1, 99)), changes)
def test_members_from_columns_equal_a_dict_after_any_changes(joined, steps):
    members, known = stored(joined), dict(joined)
    left_behind = []
    for seq, (step, user) in enumerate(steps, 100):
        if step == "join":
            members[user] = known[user] = seq
        elif step == "leave":
            assert members.pop(user, None) == known.pop(user, None)
        else:
            left_behind.append((members, dict(known)))
            members = members.copy()
        assert members == known
        assert len(members) == len(known)
        assert sorted(members) == sorted(known)
        assert [user in members for user in range(11)] == [user in known for user in range(11)]
        assert [members.get(user) for user in range(11)] == [known.get(user) for user in range(11)]
    for before, then in left_behind:
        assert before == then, "a copy changed what it was copied from"


def test_a_user_who_is_no_member_is_a_key_error_as_in_a_dict():
    members = stored({3: 7})
    with pytest.raises(KeyError):
        members[4]
    with pytest.raises(KeyError):
        del members[4]
    del members[3]
    with pytest.raises(KeyError):
        members[3]
    with pytest.raises(KeyError):
        del members[3]
    assert repr(members) == "Members({})"
