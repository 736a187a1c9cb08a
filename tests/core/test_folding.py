"""Folded pages: long runs of comings and goings as one item each."""

from hypothesis import given
from hypothesis import strategies as st

from parley.core.events import Event
from parley.core.folding import LEAST_RUN, Run, first_of, fold_runs, last_of, runs_of, visible_items
from parley.core.kinds import PASSING_KINDS
from parley.core.tail import Tail

KINDS = st.sampled_from(["message", "message", "topic", "joined", "left", "renamed", "invited"])
STRETCHES = st.lists(st.tuples(KINDS, st.integers(1, 2 * LEAST_RUN)), max_size=12)


def log_of(stretches):
    kinds = [kind for kind, count in stretches for _ in range(count)]
    return [Event(1, seq, 5, 9, "ida", kind) for seq, kind in enumerate(kinds, 1)]


@given(STRETCHES)
def test_folding_keeps_all_other_events_and_counts_each_coming_and_going_once(stretches):
    log = log_of(stretches)
    items = fold_runs(log)
    assert [e for e in items if isinstance(e, Event) and e.kind not in PASSING_KINDS] == [
        e for e in log if e.kind not in PASSING_KINDS
    ]
    seqs = [seq for item in items for seq in range(first_of(item), last_of(item) + 1)]
    assert seqs == [event.seq for event in log]
    for run in items:
        if isinstance(run, Run):
            assert run.last - run.first + 1 >= LEAST_RUN
            assert {event.kind for event in log[run.first - 1 : run.last]} <= PASSING_KINDS
            assert list(run.newest) == log[run.last - len(run.newest) : run.last]


@given(STRETCHES, st.integers(0, 400))
def test_a_user_sees_no_part_of_a_run_before_their_first_visible_event(stretches, first):
    items = visible_items(fold_runs(log_of(stretches)), first)
    seqs = [seq for item in items for seq in range(first_of(item), last_of(item) + 1)]
    assert seqs == [event.seq for event in log_of(stretches) if event.seq >= first]
    assert all(event.seq >= first for run in items if isinstance(run, Run) for event in run.newest)
    assert all(run.newest for run in items if isinstance(run, Run))


@given(STRETCHES, st.data())
def test_batches_of_a_log_make_the_runs_of_the_log(stretches, data):
    log = log_of(stretches)
    joined = []
    while log:
        count = data.draw(st.integers(1, len(log)))
        for room, first, last in runs_of(log[:count]):
            goes_on = joined and joined[-1][2] == first - 1
            joined.append((room, joined.pop()[1] if goes_on else first, last))
        log = log[count:]
    assert joined == runs_of(log_of(stretches))


@given(STRETCHES, st.integers(0, 100), st.integers(1, 20), st.integers(1, 150))
def test_the_tail_answers_a_folded_page_as_the_whole_log_would_or_not_at_all(stretches, below, limit, seq):
    log = log_of(stretches)
    tail = Tail(below := min(below, len(log)))
    if log[below:]:
        tail.append(log[below:])
    seq = min(seq, len(log) + 1)
    page = tail.folded_before(seq, limit)
    assert page is None or page == fold_runs(log[: seq - 1])[-limit:]
    if not below and seq - 1 <= 2 * limit:
        assert page is not None
