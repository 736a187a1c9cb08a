"""The tail of a log, compared with a list of all events."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import Struct

from parley.core import tail
from parley.core.erasure import is_said
from parley.core.events import Event, RelatedEvent
from parley.core.tail import TAIL_BYTES, TAIL_EVENTS, Tail, TailMemory
from tests.core.messages import salted


def said(seq, size=1):
    return Event(1, seq, 0, 7, "ada", "message", "x" * size)


class Written(Struct, frozen=True):
    """A rendering; two with the same pattern are equal."""

    pattern: bytes

    def event(self, event):
        return self.pattern % event.seq


AS_LINE = Written(b"%d")
AS_JSON = Written(b'{"seq":%d}')


def test_a_new_tail_is_empty_after_the_stored_tip():
    tail = Tail(41)
    assert (tail.floor, tail.tip) == (42, 41)
    assert tail.events(41, 41) == []
    assert tail.rendered(AS_LINE, 41, 41) == []
    tail.append([said(42), said(43)])
    assert (tail.floor, tail.tip) == (42, 43)
    assert [event.seq for event in tail.events(41, 43)] == [42, 43]
    assert [event.seq for event in tail.events(42, 43)] == [43]


def test_each_event_is_rendered_once_per_rendering():
    rendered = []

    class Counting(Written, frozen=True):
        def event(self, event):
            rendered.append(event.seq)
            return super().event(event)

    tail = Tail(0)
    tail.append([said(1), said(2)])
    for _reader in range(500):
        assert tail.rendered(Counting(b"%d"), 0, 2) == [b"1", b"2"]
    tail.append([said(3)])
    assert tail.rendered(Counting(b"%d"), 2, 3) == [b"3"]
    assert tail.rendered(AS_LINE, 0, 3) == [b"1", b"2", b"3"]
    assert rendered == [1, 2, 3]

    tail.forget(Counting(b"%d"))
    tail.forget(Counting(b"%d"))
    assert tail.rendered(Counting(b"%d"), 2, 3) == [b"3"]


def test_events_are_not_rendered_before_they_are_durable():
    tail = Tail(0)
    tail.append([said(1), said(2), said(3)])
    assert tail.rendered(AS_LINE, 0, 2) == [b"1", b"2"]
    assert [event.seq for event in tail.events(0, 2)] == [1, 2]


def test_a_large_batch_is_not_trimmed_before_readers_have_it():
    tail = Tail(0)
    tail.append([said(seq) for seq in range(1, 10 * TAIL_EVENTS + 1)])
    tail.append([said(10 * TAIL_EVENTS + 1, 10 * TAIL_BYTES)])
    assert tail.floor == 1
    assert len(tail.rendered(AS_LINE, 0, tail.tip)) == 10 * TAIL_EVENTS + 1


def test_many_events_are_trimmed_to_the_newest():
    tail = Tail(0)
    tail.append([said(seq) for seq in range(1, 2 * TAIL_EVENTS + 1)])
    tail.trim()
    assert tail.floor == 1  # no event is dropped up to twice the bound
    tail.append([said(2 * TAIL_EVENTS + 1)])
    tail.trim()
    assert tail.tip - tail.floor + 1 == TAIL_EVENTS
    assert tail.rendered(AS_LINE, tail.tip - 1, tail.tip) == [b"%d" % tail.tip]


def test_large_events_are_trimmed_by_their_size_but_the_newest_stays():
    tail = Tail(0)
    tail.append([said(1, 8000)])
    tail.append([said(2, 3 * TAIL_BYTES)])
    tail.trim()
    assert (tail.floor, tail.tip) == (2, 2)
    assert [event.seq for event in tail.events(1, 2)] == [2]
    for seq in range(3, 200):
        tail.append([said(seq, 8000)])
        tail.trim()
        assert (tail.tip - tail.floor) * 8100 < 2 * TAIL_BYTES


def test_a_page_from_memory_is_complete_or_none():
    tail = Tail(10)
    assert tail.before(11, 3) is None
    tail.append([said(seq) if seq % 2 else Event(1, seq, 0, 7, "ada", "topic") for seq in range(11, 21)])
    assert [event.seq for event in tail.before(21, 3)] == [18, 19, 20]
    assert [event.seq for event in tail.before(99, 3)] == [18, 19, 20]
    assert [event.seq for event in tail.before(15, 4)] == [11, 12, 13, 14]
    assert tail.before(15, 5) is None
    assert tail.before(11, 1) is None
    assert tail.before(5, 1) is None
    assert [event.seq for event in tail.before(20, 2, said=True)] == [17, 19]
    assert [event.seq for event in tail.before(20, 5, said=True)] == [11, 13, 15, 17, 19]
    assert tail.before(20, 6, said=True) is None

    whole = Tail(0)
    assert whole.before(1, 5) == []
    whole.append([said(1), said(2)])
    assert [event.seq for event in whole.before(9, 5)] == [1, 2]  # there are no older events


def test_the_last_messages_stay_in_memory_in_a_room_with_many_joins():
    tail = Tail(1)
    words = [said(seq) for seq in range(2, 12)]
    tail.append(words)
    assert tail.before(12, 20, said=True) is None
    tail.learn_said(12, words, all_there_are=True)
    for seq in range(12, 12 + 3 * TAIL_EVENTS):
        tail.append([Event(1, seq, 0, 7, "ada", "joined")])
        tail.trim()
    assert tail.floor > 12
    assert tail.before(tail.tip + 1, 20, said=True) == words
    assert tail.before(tail.tip + 1, 3, said=True) == words[-3:]
    assert tail.before(5, 20, said=True) == words[:3]


def test_each_event_is_examined_once_if_many_users_join_and_read_the_last_messages(monkeypatch):
    examined = []

    def examine(event):
        examined.append(event.kind)
        return is_said(event)

    monkeypatch.setattr(tail, "is_said", examine)
    room = Tail(0)
    room.append([said(1), said(2)])
    for seq in range(3, 1_003):
        room.append([Event(1, seq, 0, 7, "ada", "joined")])
        assert [event.seq for event in room.before(seq, 20, said=True)] == [1, 2]
    assert len(examined) == 1_002


def test_older_events_that_do_not_end_at_the_floor_are_ignored():
    tail = Tail(10)
    tail.append([said(11)])
    for strangers in ([], [said(8), said(9)], [said(11), said(12)]):
        tail.extend_down(strangers)
        assert tail.floor == 11
    tail.extend_down([said(9), said(10)])
    assert tail.floor == 9
    tail.extend_down([said(seq) for seq in range(9 - 2 * TAIL_EVENTS, 9)])  # too many
    assert tail.floor == 9
    tail.extend_down([said(8, 3 * TAIL_BYTES)])  # too large
    assert tail.floor == 9


def test_adding_older_events_keeps_rendered_bytes_in_place():
    tail = Tail(2)
    tail.append([said(3)])
    assert tail.rendered(AS_LINE, 2, 3) == [b"3"]
    tail.extend_down([said(1), said(2)])
    assert tail.rendered(AS_LINE, 0, 3) == [b"1", b"2", b"3"]
    assert tail.rendered(AS_LINE, 2, 3) == [b"3"]


class AgainstAList(RuleBasedStateMachine):
    """A tail, compared with a list of all events."""

    @initialize(stored=st.integers(0, 30))
    def start(self, stored):
        self.log = [said(seq) for seq in range(1, stored + 1)]
        self.tail = Tail(stored)

    @rule(sizes=st.lists(st.integers(0, 40), min_size=1, max_size=12), quiet=st.booleans())
    def append(self, sizes, quiet):
        events = [said(len(self.log) + number, size) for number, size in enumerate(sizes, 1)]
        if quiet:
            events = [Event(1, event.seq, 0, 7, "ada", "topic", event.text) for event in events]
        self.log += events
        self.tail.append(events)

    @rule()
    def trim(self):
        self.tail.trim()
        held = self.tail.events(self.tail.floor - 1, self.tail.tip)
        assert len(held) <= 2 * tail.TAIL_EVENTS
        assert sum(len(event.text) + 300 for event in held[:-1]) <= 2 * tail.TAIL_BYTES

    @rule(seq=st.integers(0, 200), limit=st.integers(1, 12))
    def page(self, seq, limit):
        found = self.tail.before(seq, limit)
        wanted = [event for event in self.log if event.seq < seq][-limit:]
        assert found == wanted or (found is None and (not wanted or wanted[0].seq < self.tail.floor))

    def said_before(self, seq, limit):
        return [event for event in self.log if event.seq < seq and event.kind == "message"][-limit:]

    @rule(seq=st.integers(0, 200), limit=st.integers(1, 30))
    def page_of_messages(self, seq, limit):
        found = self.tail.before(seq, limit, said=True)
        if found is None:
            # The tail does not have the page: read it from the store, and let the tail keep it for the next reader.
            page = self.said_before(seq, limit)
            self.tail.learn_said(seq, page, all_there_are=len(page) < limit)
        else:
            assert found == self.said_before(seq, limit)

    @rule(count=st.integers(1, 12), off=st.sampled_from([0, 0, 0, 1, -1]))
    def extend_down(self, count, off):
        end = self.tail.floor - 1 + off
        self.tail.extend_down(self.log[max(end - count, 0) : max(end, 0)])

    @rule(count=st.integers(0, 3))
    def forget_before(self, count):
        self.tail.forget_before(self.tail.floor + count)

    @rule(data=st.data(), render=st.sampled_from([AS_LINE, AS_JSON]))
    def read(self, data, render):
        after = data.draw(st.integers(self.tail.floor - 1, self.tail.tip))
        upto = data.draw(st.integers(after, self.tail.tip))
        assert self.tail.events(after, upto) == self.log[after:upto]
        assert self.tail.rendered(render, after, upto) == [render.event(event) for event in self.log[after:upto]]

    @precondition(lambda self: self.tail.tip > 0)
    @rule(render=st.sampled_from([AS_LINE, AS_JSON]))
    def forget(self, render):
        self.tail.forget(render)

    @invariant()
    def it_is_the_end_of_the_log(self):
        if not hasattr(self, "tail"):
            return
        assert self.tail.tip == len(self.log)
        held = self.tail.events(self.tail.floor - 1, self.tail.tip)
        assert held == self.log[self.tail.floor - 1 :]
        rendered = [data for ready in self.tail._rendered.values() for data in ready.data]
        events = [*held, *self.tail._said_below]
        size = sum(300 + len(event.text) for event in events) + sum(40 + len(data) for data in rendered)
        assert self.tail._memory.used == size

    def teardown(self):
        if hasattr(self, "tail"):
            self.tail.release()
            assert self.tail._memory.used == 0


def test_the_tail_against_a_complete_list(monkeypatch):
    monkeypatch.setattr(tail, "TAIL_EVENTS", 8)
    monkeypatch.setattr(tail, "TAIL_BYTES", 1_500)

    case = AgainstAList.TestCase
    case.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
    case("runTest").runTest()


def test_an_append_with_a_gap_raises_and_changes_nothing():
    tail = Tail(3)
    for events in ([said(5)], [said(3)], [said(5), said(6)]):
        with pytest.raises(ValueError, match="the tail of room 1 ends at 3"):
            tail.append(events)
    tail.append([said(4)])
    assert [event.seq for event in tail.events(3, 4)] == [4]


def test_only_requested_events_are_rendered():
    rendered = []

    class Counting(Written, frozen=True):
        def event(self, event):
            rendered.append(event.seq)
            return super().event(event)

    line = Counting(b"%d")
    tail = Tail(0)
    tail.append([said(seq) for seq in range(1, 2_000)])
    assert tail.rendered(line, 1_998, 1_999) == [b"1999"]
    assert rendered == [1_999]
    assert tail.rendered(line, 1_996, 1_998) == [b"1997", b"1998"]  # a reader that is two events behind
    assert rendered == [1_999, 1_997, 1_998]
    assert tail.rendered(line, 1_996, 1_999) == [b"1997", b"1998", b"1999"]
    tail.append([said(2_000), said(2_001)])
    assert tail.rendered(line, 2_000, 2_001) == [b"2001"]  # one event before it is skipped
    assert tail.rendered(line, 1_999, 2_001) == [b"2000", b"2001"]
    assert rendered == [1_999, 1_997, 1_998, 2_001, 2_000]


def test_an_erased_message_and_its_changes_are_rendered_again():
    class Texts(Struct, frozen=True):
        def event(self, event):
            return f"{event.seq} {event.name} {event.text}".encode()

    words = [
        Event(1, 1, 0, 7, "ada", "message", "SECRET"),
        Event(1, 2, 0, 7, "ada", "message", "kept"),
        RelatedEvent(1, 3, 0, 7, "ada", "edited", "SECRET too", target=1),
        RelatedEvent(1, 4, 0, 8, "bob", "reacted", "🦔", target=1),
        RelatedEvent(1, 5, 0, 8, "bob", "reacted", "🦔", target=2),
    ]
    memory = TailMemory()
    tail = Tail(0, memory)
    tail.append([salted(event) for event in words])
    assert tail.rendered(Texts(), 1, 5)[1] == b"3 ada SECRET too"  # its first event is below what is rendered
    tail.append([salted(RelatedEvent(1, 6, 0, 7, "ada", "erased", target=1))])
    tail.erase({1: 6})
    left = [b"1  ", b"2 ada kept", b"3  ", b"4  ", "5 bob 🦔".encode(), b"6 ada "]
    assert tail.rendered(Texts(), 0, 6) == left
    assert [event.seq for event in tail.before(7, 9, said=True)] == [2]
    tail.release()
    assert memory.used == 0
