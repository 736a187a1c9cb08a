"""Notification preferences."""

import pytest

from parley.core.commands import Leave, SendDirect, SetPreference
from parley.core.decision import Decision
from parley.core.preferences import Preferences, QuietHours
from parley.core.records import PutPreference
from parley.core.rules import decide
from tests.core.sessions import Rules


def test_the_default_preferences():
    rules = Rules()
    ada, bob = rules.enter("ada", "bob")
    lobby = rules.state.rooms[rules.join("lobby", ada)]
    rules.done(SendDirect(ada, "bob", "hi"))
    direct = rules.state.rooms[max(rules.state.rooms)]
    preferences = Preferences()
    assert preferences.of(ada, lobby) == ("mentions", False)
    assert preferences.of(ada, direct) == preferences.of(bob, direct) == ("all", False)
    assert preferences.of(0, lobby) == ("mentions", False)  # an observer
    assert preferences.hours(ada) is None


def test_fields_left_out_stay_unchanged():
    rules = Rules()
    [ada] = rules.enter("ada")
    lobby = rules.state.rooms[rules.join("lobby", ada)]
    preferences = Preferences()
    for prefer, wanted in (
        (SetPreference(ada, lobby.id, favourite=True), ("mentions", True)),
        (SetPreference(ada, lobby.id, level="all"), ("all", True)),
        (SetPreference(ada, lobby.id), ("all", True)),
        (SetPreference(ada, lobby.id, level="nothing", favourite=False), ("nothing", False)),
        (SetPreference(ada, 0, hours=(1320, 420)), ("nothing", False)),
    ):
        preferences.set(prefer)
        assert preferences.of(ada, lobby) == wanted
    assert preferences.hours(ada) == QuietHours(1320, 420)
    preferences.set(SetPreference(ada, lobby.id, favourite=True))
    assert preferences.hours(ada) == QuietHours(1320, 420)
    preferences.set(SetPreference(ada, 0))
    assert preferences.hours(ada) is None
    assert preferences.of(ada, lobby) == ("nothing", True)


def test_forgetting_a_user_restores_the_defaults():
    rules = Rules()
    ada, bob = rules.enter("ada", "bob")
    lobby = rules.state.rooms[rules.join("lobby", ada, bob)]
    preferences = Preferences()
    for user in (ada, bob):
        preferences.set(SetPreference(user, lobby.id, level="all", favourite=True))
        preferences.set(SetPreference(user, 0, hours=(1, 2)))
    preferences.forget(ada)
    preferences.forget(77)
    assert (preferences.of(ada, lobby), preferences.hours(ada)) == (("mentions", False), None)
    assert (preferences.of(bob, lobby), preferences.hours(bob)) == (("all", True), QuietHours(1, 2))


@pytest.mark.parametrize(
    ("hours", "code"),
    [((0, 1439), None), ((1320, 420), None), (None, None), ((-1, 5), "value_invalid"), ((5, 1440), "value_invalid")],
)
def test_hours_must_be_minutes_of_a_day(hours, code):
    rules = Rules()
    [ada] = rules.enter("ada")
    decision = decide(rules.state, SetPreference(ada, 0, hours=hours), 1)
    assert getattr(decision, "code", None) == code


def test_preferences_need_a_user_and_a_room_they_are_in():
    rules = Rules()
    ada, eve = rules.enter("ada", "eve")
    lobby, den = rules.join("lobby", ada, eve), rules.private("den", ada)
    wanted = SetPreference(ada, den, level="all")
    assert decide(rules.state, wanted, 1) == Decision([], [PutPreference(ada, den, "all")])
    nowhere = decide(rules.state, SetPreference(eve, 99, level="all"), 1)
    assert nowhere.code == "room_not_joined"
    assert decide(rules.state, SetPreference(eve, den, level="all"), 1) == nowhere
    rules.done(Leave(eve, lobby))
    assert decide(rules.state, SetPreference(eve, lobby, favourite=True), 1) == nowhere
    assert decide(rules.state, SetPreference(77, lobby, favourite=True), 1).code == "name_needed"
    assert decide(rules.state, SetPreference(0, 0, hours=(1, 2)), 1).code == "name_needed"
