"""Durations in commands: valid ones, texts without one, and typing errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.wire.duration import parse_duration


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
def test_a_leading_duration_is_split_off(words: str, seconds: int, rest: str) -> None:
    assert parse_duration(words) == (seconds, rest)


@given(st.text())
def test_any_text_gives_a_duration_or_none_or_an_error_that_quotes_it(words: str) -> None:
    first, fault, seconds, rest = words.partition(" ")[0], "", 0, words
    try:
        seconds, rest = parse_duration(words)
    except ValueError as error:
        fault = str(error)
    assert fault == "" or fault.startswith(first)
    assert seconds > 0 or rest == words


def test_a_typing_error_in_a_duration_is_refused() -> None:
    for words in ("2weeks spam", "3x", "10", "0m", "99999999d"):
        with pytest.raises(ValueError, match=f"^{words.partition(' ')[0]} is no time, write 10m, 2h or 7d$"):
            parse_duration(words)
