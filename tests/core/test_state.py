"""The state as a fold over the logs, and its way back."""

import copy

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.core.commands import Depart, Enter, Join, Leave, OpenRoom, Rename, Say, SetTopic, Tell
from parley.core.events import Event
from parley.core.refusals import Refusal
from parley.core.rules import decide
from parley.core.state import State, User, direct_name
from tests.core.sessions import House, look

NAMES = ("ada", "Ada", "bob", "eve", "straße", "STRASSE", "zoë")
ROOMS = ("lobby", "Lobby", "tea", "ﬁnn")


def test_the_largest_public_rooms_come_first_and_no_others():
    house = House()
    ada, bob = house.enter("ada", "bob")
    house.join("b", ada)
    house.join("a", ada)
    house.join("c", ada, bob)
    house.join("empty")
    house.ask(Tell(ada, "bob", "hi"))
    assert [room.name for room in house.state.public_rooms()] == ["c", "a", "b", "empty"]


def test_rooms_and_people_are_found_however_their_names_are_written():
    house = House()
    ada, bob = house.enter("Ada", "straße")
    house.join("ﬁnn", ada)
    house.ask(Tell(ada, "STRASSE", "hi"))
    assert house.state.user_named("aDA").id == ada
    assert house.state.user_named("STRASSE").id == bob
    assert house.state.user_named("eve") is None
    assert house.state.room_named("FINN").id == 1
    assert house.state.room_named("") is None  # the directory is no room
    assert house.state.room_named(direct_name(bob, ada)).members == {ada: 2, bob: 3}


def test_a_direct_room_has_one_name_whoever_begins():
    assert direct_name(7, 3) == direct_name(3, 7) == "@3+7"


def test_a_copy_by_add_is_the_same_and_apart():
    house = House()
    ada, bob = house.enter("ada", "bob")
    lobby = house.join("lobby", ada, bob)
    house.ask(Tell(ada, "bob", "hi"))
    house.ask(Depart(bob))
    mine = State(house.state.epoch)
    mine.add([User(user.id, user.name) for user in house.state.users.values()], house.state.rooms.values())
    assert look(mine) == look(house.state)
    assert mine.next_room == house.state.next_room
    before = look(mine)
    house.ask(Leave(ada, lobby))
    house.ask(Rename(ada, "zoe"))
    assert look(mine) == before


def test_reverting_a_swap_of_names():
    house = House()
    ada, bob = house.enter("ada", "bob")
    house.join("lobby", ada, bob)
    durable, first = copy.deepcopy(house.state), len(house.log)
    house.ask(Rename(ada, "third"))
    house.ask(Rename(bob, "ada"))
    house.ask(Rename(ada, "bob"))
    assert house.state.user_named("ada").id == bob

    house.state.revert(durable, house.log[first:])
    assert look(house.state) == look(durable)
    assert house.state.user_named("ada").id == ada


def test_reverting_does_not_give_an_id_twice():
    house = House()
    house.enter("ada")
    durable, first = copy.deepcopy(house.state), len(house.log)
    [bob] = house.enter("bob")
    house.join("tea", bob)
    house.state.revert(durable, house.log[first:])
    del house.log[first:]
    [eve] = house.enter("eve")
    assert eve > bob
    assert house.join("tea", eve) == 2


# Any session

who = st.integers(1, 5)
room = st.integers(0, 5)
commands = st.one_of(
    st.builds(Enter, st.sampled_from(NAMES), st.none() | who),
    st.builds(Rename, who, st.sampled_from(NAMES)),
    st.builds(Join, who, st.sampled_from(ROOMS)),
    st.builds(Join, who, st.sampled_from(ROOMS)),
    st.builds(Leave, who, room, st.sampled_from(["", "bye"])),
    st.builds(Depart, who),
    st.builds(Say, who, room, st.just("hi")),
    st.builds(Tell, who, st.sampled_from(NAMES), st.just("hi")),
    st.builds(SetTopic, who, room, st.sampled_from(["", "tea"])),
    st.builds(OpenRoom, st.sampled_from(ROOMS)),
)


def run(state, session):
    """Decide and fold the commands of a session. Return the events."""
    log = []
    for at, command in enumerate(session):
        if isinstance(command, Enter) and command.user is not None and command.user >= state.next_user:
            continue  # nobody was ever given that id
        decision = decide(state, command, at)
        if not isinstance(decision, Refusal):
            for event in decision:
                state.apply(event)
            log += decision
    return log


def check(state):
    """Check what holds of every state."""
    for user in state.users.values():
        assert state.user_named(user.name) is user
        assert sorted(user.rooms) == sorted(room.id for room in state.rooms.values() if user.id in room.members)
        assert user.id < state.next_user
    assert len(state._users_by_name) == len(state.users)
    for room in state.rooms.values():
        assert room.id < state.next_room
        if room.id:
            assert state.room_named(room.name) is room
        if room.kind == "direct":
            assert direct_name(*room.members) == room.name
        else:
            assert room.members.keys() <= state.users.keys()
    assert len(state._rooms_by_name) == len(state.rooms) - 1


@settings(max_examples=150, deadline=None)
@given(st.lists(commands, max_size=60), st.lists(commands, max_size=40))
def test_revert_leads_back_to_what_is_durable(stored, refused):
    state = State("e1")
    log = run(state, stored)
    check(state)
    durable = State("e1")
    for event in log:
        durable.apply(event)
    assert look(durable) == look(state)

    beyond = run(state, refused)
    check(state)
    state.revert(durable, beyond)
    check(state)
    assert look(state) == look(durable)

    # Nothing is shared: what happens next leaves the durable one as it is.
    before = look(durable)
    run(state, refused)
    check(state)
    assert look(durable) == before


@settings(max_examples=100, deadline=None)
@given(st.lists(commands, max_size=80))
def test_the_order_between_logs_does_not_matter_to_the_end(session):
    """The doctor folds one log after the other, the directory first."""
    state = State("e1")
    log = run(state, session)
    sorted_by_log = State("e1")
    for event in sorted(log, key=lambda event: (event.room, event.seq)):
        sorted_by_log.apply(event)
    assert look(sorted_by_log) == look(state)


@settings(max_examples=50, deadline=None)
@given(st.lists(commands, max_size=40))
def test_every_log_is_gapless_and_its_events_can_be_written_down(session):
    log = run(State("e1"), session)
    for room in {event.room for event in log}:
        seqs = [event.seq for event in log if event.room == room]
        assert seqs == list(range(1, len(seqs) + 1))
    assert msgspec.json.decode(msgspec.json.encode(log), type=list[Event]) == log
