"""The tables equal the fold of the log, after any commands in any batches."""

import itertools
import tempfile
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.core.commands import ClaimName
from parley.core.events import About, Event
from parley.core.ports import Batch
from parley.core.records import PutToken
from parley.core.refusals import Refusal
from parley.core.rules import decide
from parley.core.state import State
from parley.storage.sqlite import FILE_NAME, SqliteStore
from parley.storage.sqlite.changes import Changes
from parley.storage.sqlite.doctor import examine
from tests.core.sessions import look
from tests.core.test_state import commands
from tests.storage.writing import expected, fold, logs, same


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(commands, max_size=12), max_size=8))
def test_after_each_batch_the_loaded_state_equals_the_servers(batches):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE_NAME
        store = SqliteStore(path)
        try:
            state, log, passwords, batches, tokens = store.load(), [], {}, [], itertools.count()
            for asked in batches:
                events, records = [], []
                for command in asked:
                    if isinstance(command, ClaimName) and command.user is not None and command.user >= state.next_user:
                        continue
                    decision = decide(state, command, len(log))
                    if not isinstance(decision, Refusal):
                        for event in decision.events:
                            state.apply(event)
                        events += decision.events
                        for each in decision.records:
                            if type(each) is PutToken:  # a server creates each token anew
                                records.append(msgspec.structs.replace(each, token=b"%d" % next(tokens)))
                            else:
                                records.append(each)
                batches.append(Batch(events, records, []))
                store.append(batches[-1])
                log, _, passwords = expected(batches)
                same(store.load(), state)
                same(store.load(), fold(log, state.epoch))
                assert (store.load().next_user, store.load().next_room) == (state.next_user, state.next_room)
            held = logs(store, state.rooms)
            assert held == {room: [event for event in log if event.room == room] for room in state.rooms}
            assert {user: hash for user in range(state.next_user) if (hash := store.password(user))} == passwords
            assert examine(path).findings == []
        finally:
            store.close()


class Tables:
    """Applies Changes to dicts as the queries apply them to tables."""

    def __init__(self):
        self.users, self.rooms, self.topics, self.members = {}, {}, {}, {}

    def put(self, changes):
        self.users.update({id_: (name, here) for id_, name, here in changes.put_users})
        self.rooms.update(changes.put_rooms)
        self.topics.update({id_: "" for id_, _ in changes.put_rooms})
        self.rooms.update(changes.put_names)
        self.topics.update(changes.put_topics)
        self.members.update({(room, user): since for room, user, since in changes.put_members})
        for place in changes.drop_members:
            self.members.pop(place, None)
        return self


places = st.tuples(st.integers(1, 2), st.integers(1, 3))
happenings = st.one_of(
    st.tuples(st.sampled_from(["joined", "left", "topic", "message", "renamed"]), places, st.sampled_from(["a", "b"])),
    st.tuples(st.sampled_from(["kicked", "banned", "room_renamed", "muted"]), places, st.sampled_from(["a", "b"])),
    st.tuples(st.sampled_from(["named", "released"]), places, st.sampled_from(["a", "b"])),
)


@given(st.lists(happenings, max_size=30), st.lists(happenings, max_size=30))
def test_the_net_effect_of_a_batch_equals_that_of_its_single_events(before, batch):
    """If a user joins, leaves and joins again in one batch, one row is put: that of the last join."""
    rooms = [Event(room, 1, 0, 1, "x", "created", f"room{room}") for room in (1, 2)]
    events = [
        Event(room, seq, 0, user, "x", kind, text, None, About(user % 3 + 1, "y"))
        for seq, (kind, (room, user), text) in enumerate([*before, *batch], len(rooms) + 1)
    ]
    at_once = Tables().put(Changes(rooms)).put(Changes(events[: len(before)])).put(Changes(events[len(before) :]))
    one_by_one = Tables()
    for event in rooms + events:
        one_by_one.put(Changes([event]))
    assert vars(at_once) == vars(one_by_one)


def test_join_leave_join_in_one_batch():
    kinds = ("joined", "left", "joined", "left", "joined")
    changes = Changes([Event(1, seq, 0, 7, "x", kind) for seq, kind in enumerate(kinds, 1)])
    assert (changes.put_members, changes.drop_members) == ([(1, 7, 5)], [])
    changes = Changes([Event(1, seq, 0, 7, "x", kind) for seq, kind in enumerate(kinds[:4], 1)])
    assert (changes.put_members, changes.drop_members) == ([], [(1, 7)])


def test_create_rename_and_kick_in_one_batch():
    eve = About(8, "eve")
    changes = Changes(
        [
            Event(1, 1, 0, 7, "ada", "created", "tea"),
            Event(1, 2, 0, 8, "eve", "joined"),
            Event(1, 3, 0, 7, "ada", "room_renamed", "coffee"),
            Event(1, 4, 0, 7, "ada", "kicked", "", None, eve),
            Event(1, 5, 0, 7, "ada", "room_renamed", "cocoa"),
        ]
    )
    assert (changes.put_rooms, changes.put_names) == ([(1, "tea")], [(1, "cocoa")])
    assert (changes.put_members, changes.drop_members) == ([], [(1, 8)])


def test_the_comparison_of_states_detects_every_difference():
    """The other tests are worthless if this comparison overlooks a difference."""
    changes = {
        "name": lambda state: state.apply(Event(0, 3, 0, 1, "ada", "named", "zoe")),
        "tip": lambda state: state.apply(Event(1, 4, 0, 1, "ada", "message", "hi")),
        "topic": lambda state: setattr(state.rooms[1], "topic", "x"),
        "epoch": lambda state: setattr(state.rooms[1], "epoch", "x"),
        "member": lambda state: state.rooms[1].members.pop(1),
        "since": lambda state: state.rooms[1].members.update({1: 3}),
        "rooms of a user": lambda state: setattr(state.users[1], "rooms", ()),
        "user": lambda state: state.apply(Event(0, 3, 0, 1, "ada", "released")),
        "room": lambda state: state.apply(Event(2, 1, 0, 1, "ada", "created", "tea")),
    }
    for what, change in changes.items():
        state = State("e")
        for event in (
            Event(0, 1, 0, 1, "ada", "named", "ada"),
            Event(1, 1, 0, 1, "ada", "created", "lobby"),
            Event(1, 2, 0, 1, "ada", "joined"),
        ):
            state.apply(event)
        before = look(state)
        change(state)
        assert look(state) != before, what
