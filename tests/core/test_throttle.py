"""The throttle: few guesses for unknown addresses, no delay for the owner, bounded memory."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core.throttle import Throttle

HOUR = 3_600.0
GUESSES_PER_HOUR = 40

# Clocks count from the start of the machine: from seconds to years.
starts = st.floats(0, 1e8)


def fresh_addresses():
    """Yield addresses that were never used before."""
    return (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count())


def guess(throttle, account, address, now):
    """Make a wrong guess if the throttle allows it. Return the wait that it demands."""
    wait = throttle.wait(account, address, now)
    if not wait:
        throttle.failed(account, address, now)
    return wait


def attack(throttle, account, now, seconds, addresses=None):
    """Make as many guesses as possible, each from a new address. Return the times of the guesses."""
    addresses = addresses or fresh_addresses()
    made, end = [], now + seconds
    while now < end:
        wait = guess(throttle, account, next(addresses), now)
        if not wait:
            made.append(now)
        now += wait
    return made


def busiest_hour(made):
    return max(sum(first <= at < first + HOUR for at in made) for first in made)


def test_the_first_failures_are_free_and_each_further_one_doubles_the_delay():
    throttle, now, waits = Throttle(), 50.0, []
    for _ in range(20):
        wait = guess(throttle, "bob", "192.0.2.1", now)
        waits.append(wait)
        now += wait
        if wait:
            assert guess(throttle, "bob", "192.0.2.1", now) == 0
    assert waits[:5] == [0] * 5
    assert waits[5:17] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048]
    assert waits[17:] == [HOUR] * 3


@given(starts)
def test_the_guesses_at_an_account_per_hour_are_bounded_for_any_number_of_addresses(start):
    made = attack(Throttle(), "bob", start, 30 * HOUR)
    assert busiest_hour(made) <= GUESSES_PER_HOUR
    assert sum(at >= start + 29 * HOUR for at in made) <= 12


@given(st.lists(st.tuples(st.floats(0, 2 * HOUR), st.integers(1, 60), st.integers(0, 30)), min_size=1, max_size=12))
def test_no_timing_of_guesses_gets_more(bursts):
    throttle, now, made = Throttle(), 0.0, []
    for pause, guesses, address in bursts:
        now += pause
        for n in range(guesses):
            wait = throttle.wait("bob", f"10.0.{address}.{n}", now)
            if wait > 60:
                break
            now += wait
            if not wait:
                made.append(now)
    assert not made or busiest_hour(made) <= GUESSES_PER_HOUR


def test_parallel_guesses_get_no_more_than_successive_ones():
    throttle = Throttle()
    assert (
        sum(not throttle.wait("bob", address, 0.0) for address, _ in zip(fresh_addresses(), range(1_000), strict=False))
        == 20
    )
    throttle = Throttle()
    assert sum(not throttle.wait("bob", "192.0.2.1", 0.0) for _ in range(1_000)) == 5


@given(starts, st.floats(0, 3 * HOUR))
def test_during_an_attack_the_owner_signs_in_at_once_from_a_known_address(start, seconds):
    throttle = Throttle()
    assert throttle.wait("bob", "192.0.2.7", start) == 0
    throttle.succeeded("bob", "192.0.2.7")
    attack(throttle, "bob", start, seconds + 1)
    now = start + seconds + 1
    # This holds after a few failures, and for the name in capitals.
    for _ in range(10):
        assert guess(throttle, "Bob", "192.0.2.7", now) == 0
    assert guess(throttle, "Bob", "192.0.2.7", now) == 1


def test_a_session_makes_its_address_known():
    throttle = Throttle()
    attack(throttle, "bob", 0.0, HOUR)
    assert throttle.wait("bob", "192.0.2.7", HOUR) > 0
    throttle.met("bob", "192.0.2.7")
    assert throttle.wait("bob", "192.0.2.7", HOUR) == 0


def test_a_session_at_a_known_address_does_not_reset_failures():
    throttle = Throttle()
    for _ in range(10):
        throttle.met("bob", "192.0.2.7")
        assert guess(throttle, "bob", "192.0.2.7", 0.0) == 0
    throttle.met("bob", "192.0.2.7")
    assert guess(throttle, "bob", "192.0.2.7", 0.0) == 1


def test_one_attacking_address_does_not_block_the_owner_at_a_new_address():
    throttle = Throttle()
    made = attack(throttle, "bob", 0.0, 24 * HOUR, iter(lambda: "198.51.100.1", None))
    assert len(made) < 24 + 20
    assert throttle.wait("bob", "192.0.2.7", 24 * HOUR) == 0


def test_a_sign_in_from_a_known_address_keeps_unknown_ones_throttled():
    throttle = Throttle()
    throttle.wait("bob", "192.0.2.7", 0.0)
    throttle.succeeded("bob", "192.0.2.7")
    made = attack(throttle, "bob", 0.0, HOUR)
    for _ in range(100):
        assert throttle.wait("bob", "192.0.2.7", HOUR) == 0
        throttle.succeeded("bob", "192.0.2.7")
    assert throttle.wait("bob", "198.51.100.1", made[-1] + 1) > 200


def test_signing_in_to_ones_own_account_does_not_reset_failures_on_others():
    throttle = Throttle()
    throttle.wait("mallory", "198.51.100.1", 0.0)
    throttle.succeeded("mallory", "198.51.100.1")
    assert [guess(throttle, "bob", "198.51.100.1", 0.0) for _ in range(6)] == [0] * 5 + [1]
    throttle.wait("mallory", "198.51.100.1", 0.0)
    throttle.succeeded("mallory", "198.51.100.1")
    assert guess(throttle, "bob", "198.51.100.1", 0.0) == 1


def test_a_sign_in_from_a_new_address_keeps_others_throttled_and_is_not_a_failure():
    throttle, addresses = Throttle(), fresh_addresses()
    for _ in range(100):
        address = next(addresses)
        assert throttle.wait("bob", address, 0.0) == 0
        throttle.succeeded("bob", address)
    for _ in range(19):
        assert guess(throttle, "bob", next(addresses), 0.0) == 0
    address = next(addresses)
    throttle.wait("bob", address, 0.0)
    throttle.succeeded("bob", address)
    assert [guess(throttle, "bob", next(addresses), 0.0) for _ in range(2)] == [0, 1]


def test_failures_at_a_known_address_do_not_slow_other_accounts_there():
    throttle = Throttle()
    throttle.wait("bob", "192.0.2.1", 0.0)
    throttle.succeeded("bob", "192.0.2.1")
    for hour in range(100):
        assert guess(throttle, "bob", "192.0.2.1", hour * HOUR) == 0
    now = 99 * HOUR
    for _ in range(9):
        guess(throttle, "bob", "192.0.2.1", now)
    assert [guess(throttle, f"user{n}", "192.0.2.1", now) for n in range(40)] == [0] * 40


def test_failures_are_forgotten_over_time():
    throttle = Throttle()
    for _ in range(5):
        guess(throttle, "bob", "192.0.2.1", 0.0)
    assert [guess(throttle, "bob", "192.0.2.1", 2.5 * HOUR) for _ in range(3)] == [0, 0, 1]
    assert [guess(throttle, "bob", "192.0.2.1", 8 * HOUR) for _ in range(6)] == [0] * 5 + [1]


def test_a_sign_in_forgets_the_failures_from_its_address():
    throttle = Throttle()
    for _ in range(4):
        guess(throttle, "bob", "192.0.2.1", 0.0)
    assert throttle.wait("bob", "192.0.2.1", 0.0) == 0
    throttle.succeeded("bob", "192.0.2.1")
    assert [guess(throttle, "bob", "192.0.2.1", 0.0) for _ in range(11)] == [0] * 10 + [1]
    assert throttle.wait("bob", "192.0.2.1", 1.0) == 0
    throttle.succeeded("bob", "192.0.2.1")
    assert [guess(throttle, "bob", "192.0.2.1", 1.0) for _ in range(11)] == [0] * 10 + [1]


def test_an_address_that_tries_many_accounts_is_slowed_except_for_accounts_that_know_it():
    throttle = Throttle()
    throttle.wait("bob", "192.0.2.1", 0.0)
    throttle.succeeded("bob", "192.0.2.1")
    waits = [guess(throttle, f"user{n}", "192.0.2.1", 0.0) for n in range(60)]
    assert waits == [0] * 40 + [1] * 20
    assert guess(throttle, "user99", "192.0.2.2", 0.0) == 0
    assert guess(throttle, "bob", "192.0.2.1", 0.0) == 0


def test_many_users_can_sign_in_at_once_from_one_address():
    throttle = Throttle()
    assert [throttle.wait(f"pupil{n}", "192.0.2.1", 0.0) for n in range(200)] == [0] * 200
    for n in range(200):
        throttle.succeeded(f"pupil{n}", "192.0.2.1")
    assert throttle.wait("pupil201", "192.0.2.1", 0.0) == 0


@pytest.mark.parametrize("known", [False, True])
def test_a_withdrawn_attempt_does_not_count(known):
    throttle = Throttle()
    if known:
        throttle.met("bob", "192.0.2.1")
    for _ in range(100):
        assert throttle.wait("bob", "192.0.2.1", 0.0) == 0
        throttle.withdrawn("bob", "192.0.2.1")
    for _ in range(3):
        throttle.withdrawn("bob", "192.0.2.1")  # withdrawing without an attempt does nothing
    free = 10 if known else 5
    assert [guess(throttle, "bob", "192.0.2.1", 0.0) for _ in range(free + 1)] == [0] * free + [1]
    assert throttle.wait("bob", "192.0.2.2", 0.0) == 0


@given(starts, st.floats(0, 0.9))
def test_the_returned_wait_is_exact(start, pause):
    throttle = Throttle()
    for _ in range(5):
        guess(throttle, "bob", "192.0.2.1", start)
    wait = throttle.wait("bob", "192.0.2.1", start + pause)
    assert throttle.wait("bob", "192.0.2.1", start + pause + wait - 0.01) > 0 or wait < 0.01
    assert throttle.wait("bob", "192.0.2.1", start + pause + wait) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "@", False),
    ],
)
def test_which_addresses_count_as_the_same(one, other, same):
    throttle = Throttle()
    for _ in range(5):
        guess(throttle, "bob", one, 0.0)
    assert (throttle.wait("bob", other, 0.0) > 0) is same


@given(st.text(max_size=200), st.text(max_size=200), starts)
def test_any_text_is_accepted_as_name_and_address(account, address, now):
    throttle = Throttle()
    assert [throttle.wait(account, address, now) for _ in range(6)] == [0] * 5 + [1]
    throttle.failed(account, address, now)
    throttle.withdrawn(account, address)
    throttle.succeeded(account, address)


def test_memory_is_bounded_and_a_flood_keeps_the_attacked_accounts_entry():
    throttle = Throttle(kept=50)
    made = attack(throttle, "bob", 0.0, HOUR)
    addresses = fresh_addresses()
    for n in range(2_000):
        guess(throttle, f"user{n}", next(addresses), made[-1])
        throttle.succeeded(f"known{n}", next(addresses))
        assert len(throttle) <= 4 * 50
    assert throttle.wait("bob", "192.0.2.9", made[-1] + 1) > 200


@pytest.mark.parametrize("kept", [1, 2])
def test_the_smallest_memory_works(kept):
    throttle = Throttle(kept=kept)
    for n in range(20):
        assert guess(throttle, f"user{n}", f"192.0.2.{n}", 0.0) == 0
    assert len(throttle) <= 4 * kept
