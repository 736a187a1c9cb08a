"""What people want to be told of."""

import pytest

from parley.core.commands import Leave, Prefer, Tell
from parley.core.credentials import follow
from parley.core.preferences import Hours, Preferences
from parley.core.rules import decide
from tests.core.sessions import House


def test_what_is_usual():
    house = House()
    ada, bob = house.enter("ada", "bob")
    lobby = house.state.rooms[house.join("lobby", ada)]
    house.done(Tell(ada, "bob", "hi"))
    direct = house.state.rooms[max(house.state.rooms)]
    preferences = Preferences()
    assert preferences.of(ada, lobby) == ("mentions", False)
    assert preferences.of(ada, direct) == preferences.of(bob, direct) == ("all", False)
    assert preferences.of(0, lobby) == ("mentions", False)  # an observer
    assert preferences.hours(ada) is None


def test_what_is_not_said_stays_as_it_was():
    house = House()
    [ada] = house.enter("ada")
    lobby = house.state.rooms[house.join("lobby", ada)]
    preferences = Preferences()
    for prefer, wanted in (
        (Prefer(ada, lobby.id, favourite=True), ("mentions", True)),
        (Prefer(ada, lobby.id, level="all"), ("all", True)),
        (Prefer(ada, lobby.id), ("all", True)),
        (Prefer(ada, lobby.id, level="nothing", favourite=False), ("nothing", False)),
        (Prefer(ada, 0, hours=(1320, 420)), ("nothing", False)),
    ):
        preferences.set(prefer)
        assert preferences.of(ada, lobby) == wanted
    assert preferences.hours(ada) == Hours(1320, 420)
    preferences.set(Prefer(ada, lobby.id, favourite=True))
    assert preferences.hours(ada) == Hours(1320, 420)
    preferences.set(Prefer(ada, 0))
    assert preferences.hours(ada) is None
    assert preferences.of(ada, lobby) == ("nothing", True)


def test_who_is_forgotten_wants_what_is_usual():
    house = House()
    ada, bob = house.enter("ada", "bob")
    lobby = house.state.rooms[house.join("lobby", ada, bob)]
    preferences = Preferences()
    for user in (ada, bob):
        preferences.set(Prefer(user, lobby.id, level="all", favourite=True))
        preferences.set(Prefer(user, 0, hours=(1, 2)))
    preferences.forget(ada)
    preferences.forget(77)
    assert (preferences.of(ada, lobby), preferences.hours(ada)) == (("mentions", False), None)
    assert (preferences.of(bob, lobby), preferences.hours(bob)) == (("all", True), Hours(1, 2))


@pytest.mark.parametrize(
    ("hours", "code"),
    [((0, 1439), None), ((1320, 420), None), (None, None), ((-1, 5), "value_invalid"), ((5, 1440), "value_invalid")],
)
def test_hours_are_minutes_of_a_day(hours, code):
    house = House()
    [ada] = house.enter("ada")
    decision = decide(house.state, Prefer(ada, 0, hours=hours), 1)
    assert getattr(decision, "code", None) == code


def test_preferences_are_of_rooms_one_is_in_and_of_those_who_are_here():
    house = House()
    ada, eve = house.enter("ada", "eve")
    lobby, den = house.join("lobby", ada, eve), house.private("den", ada)
    wanted = Prefer(ada, den, level="all")
    assert decide(house.state, wanted, 1) == []
    assert follow(wanted, [], 1) == [wanted]
    nowhere = decide(house.state, Prefer(eve, 99, level="all"), 1)
    assert nowhere.code == "room_not_joined"
    assert decide(house.state, Prefer(eve, den, level="all"), 1) == nowhere
    house.done(Leave(eve, lobby))
    assert decide(house.state, Prefer(eve, lobby, favourite=True), 1) == nowhere
    assert decide(house.state, Prefer(77, lobby, favourite=True), 1).code == "name_needed"
    assert decide(house.state, Prefer(0, 0, hours=(1, 2)), 1).code == "name_needed"
