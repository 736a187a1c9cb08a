"""How long something lasts: what is a time, what is none, and what is a slip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.wire.lasting import lasting


@pytest.mark.parametrize(
    ("words", "seconds", "rest"),
    [
        ("10m spam", 600, "spam"),
        ("7d", 604_800, ""),
        ("spam 7d", 0, "spam 7d"),
        ("2-faced", 0, "2-faced"),
        ("", 0, ""),
    ],
)
def test_how_long_something_lasts(words: str, seconds: int, rest: str) -> None:
    assert lasting(words) == (seconds, rest)


@given(st.text())
def test_whatever_is_written_it_is_a_time_or_none_or_said_to_be_a_slip(words: str) -> None:
    first, slip, seconds, rest = words.partition(" ")[0], "", 0, words
    try:
        seconds, rest = lasting(words)
    except ValueError as error:
        slip = str(error)
    assert slip == "" or slip.startswith(first)
    assert seconds > 0 or rest == words


def test_a_slip_in_a_time_is_no_reason() -> None:
    for words in ("2weeks spam", "3x", "10", "0m", "99999999d"):
        with pytest.raises(ValueError, match=f"^{words.partition(' ')[0]} is no time, write 10m, 2h or 7d$"):
            lasting(words)
