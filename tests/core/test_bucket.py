"""The token bucket: the burst, the rate, and the exact wait."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from parley.core.bucket import Bucket

rates = st.floats(0.1, 1_000)
bursts = st.integers(1, 100)
# Clocks count from the start of the machine: from seconds to years.
starts = st.floats(0, 1e8)


def test_a_burst_passes_at_once_and_the_next_request_waits():
    bucket = Bucket(rate=2, burst=3)
    assert [bucket.take(100.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert bucket.take(100.25) == 0.25  # the refused attempt took no token
    assert bucket.take(100.5) == 0
    assert bucket.take(100.5) == 0.5


@given(rates, bursts, starts)
def test_the_whole_burst_is_available_after_a_pause_at_any_clock_value(rate, burst, start):
    bucket = Bucket(rate, burst)
    for pause in (0, burst / rate + 1e-6, burst / rate * 7 + 1e-6):
        start += pause
        assert [bucket.take(start) for _ in range(burst)] == [0] * burst
        assert bucket.take(start) > 0


@given(rates, bursts, starts, st.lists(st.floats(0, 2), min_size=2, max_size=200))
def test_no_more_passes_than_burst_and_rate_allow(rate, burst, start, pauses):
    bucket = Bucket(rate, burst)
    now, taken = start, []
    for pause in pauses:
        now += pause
        if bucket.take(now) == 0:
            taken.append(now)
    for first, after in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + rate * (taken[last] - after) + 1e-3
    assert all(one <= other for one, other in pairwise(taken))


@given(st.floats(0.5, 1_000), bursts, st.floats(0, 1e5), st.integers(0, 5))
def test_the_returned_wait_is_exact(rate, burst, now, extra):
    bucket = Bucket(rate, burst)
    for _ in range(burst + extra):
        bucket.take(now)
    wait = bucket.take(now)
    assert wait > 0
    assert bucket.take(now + wait - 1e-4) > 0 or wait < 1e-4
    assert bucket.take(now + wait) == 0
