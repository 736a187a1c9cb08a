"""The table of kinds."""

from typing import get_args

from parley.core.kinds import KINDS, MESSAGE_KINDS, Kind


def test_every_kind_has_a_row():
    assert tuple(sorted(KINDS)) == tuple(sorted(get_args(Kind)))


def test_messages_are_what_people_say():
    assert MESSAGE_KINDS == ("message", "action")


def test_stored_classes_are_those_of_the_databases_there_are():
    """A change here takes a migration: stored events have the class of their time."""
    classes = {}
    for kind, what in KINDS.items():
        classes.setdefault(what.stored_class, set()).add(kind)
    assert {number: kinds for number, kinds in classes.items() if number != 7} == {
        0: {"message", "action"},
        1: {"joined", "left", "topic", "renamed", "named", "released"},
        3: {"created", "private", "profile"},
        5: {"room_renamed", "webhook"},
    }
