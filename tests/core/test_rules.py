"""The rules, command by command: what is decided, and what is refused.

Events are written (room, seq, user, name, kind, text). Room 0 is the directory; ada is user 1, bob user 2, eve user 3.
"""

import pytest

from parley.core.commands import Depart, Enter, Join, Leave, OpenRoom, Rename, Say, SetTopic, Tell
from parley.core.rules import decide
from parley.core.rules.rooms import ROOMS_PER_USER
from parley.core.state import direct_name
from parley.core.text import KEY_CHARS, TEXT_CHARS, TEXT_LINES, TOPIC_CHARS
from tests.core.sessions import House, look

ADA, BOB, EVE, NOBODY = 1, 2, 3, 99
LOBBY = 1


@pytest.fixture
def house():
    """ada, bob and eve are here; ada and bob are in #lobby, whose tip is 3."""
    house = House()
    house.enter("ada", "bob", "eve")
    house.join("lobby", ADA, BOB)
    return house


def refusals(house, *cases):
    for command, code in cases:
        before = look(house.state)
        assert house.ask(command) == code, command
        assert look(house.state) == before


# Enter


def test_enter_takes_a_name():
    house = House()
    assert house.ask(Enter("ada")) == [(0, 1, 1, "ada", "named", "ada")]
    assert house.ask(Enter("Bob")) == [(0, 2, 2, "Bob", "named", "Bob")]
    assert house.state.user_named("BOB").name == "Bob"


def test_enter_composes_accents(house):
    assert house.ask(Enter("cafe\u0301")) == [(0, 4, 4, "caf\u00e9", "named", "caf\u00e9")]


def test_enter_is_refused(house):
    refusals(
        house,
        (Enter(""), "name_invalid"),
        (Enter("a b"), "name_invalid"),
        (Enter("ada"), "name_taken"),
        (Enter("ADA"), "name_taken"),
        (Enter("ａｄａ"), "name_taken"),
        (Enter("parley"), "name_taken"),
        (Enter("Parley"), "name_taken"),
        (Enter("ada", user=NOBODY), "name_taken"),
    )


def test_enter_again_while_here_is_no_event(house):
    assert house.ask(Enter("whatever", user=ADA)) == []


def test_enter_again_as_who_one_was_before(house):
    house.ask(Tell(ADA, "bob", "hi"))
    house.ask(Depart(ADA))
    assert house.ask(Enter("ada2", user=ADA)) == [(0, 5, ADA, "ada2", "named", "ada2")]
    direct = house.state.room_named(direct_name(ADA, BOB))
    assert house.state.users[ADA].rooms == (direct.id,)  # the conversation is still there; the public rooms are not
    assert house.ask(Enter("carl")) == [(0, 6, 4, "carl", "named", "carl")]  # the next new guest gets a new id


# Rename


def test_rename_tells_every_room_of_the_user_direct_ones_too(house):
    house.ask(Tell(BOB, "ada", "hi"))
    house.join("tea", ADA)
    assert house.ask(Rename(ADA, "ada_away")) == [
        (0, 4, ADA, "ada", "named", "ada_away"),
        (1, 4, ADA, "ada", "renamed", "ada_away"),
        (2, 5, ADA, "ada", "renamed", "ada_away"),
        (3, 3, ADA, "ada", "renamed", "ada_away"),
    ]
    assert house.state.user_named("ada") is None
    assert house.state.user_named("Ada_Away").id == ADA
    house.enter("ada")  # the old name is free


def test_rename_to_another_way_of_writing_it(house):
    assert house.ask(Rename(EVE, "EVE")) == [(0, 4, EVE, "eve", "named", "EVE")]
    assert house.ask(Rename(EVE, "EVE")) == []


def test_rename_is_refused(house):
    refusals(
        house,
        (Rename(ADA, "no name"), "name_invalid"),
        (Rename(ADA, "bob"), "name_taken"),
        (Rename(ADA, "BOB"), "name_taken"),
        (Rename(ADA, "parley"), "name_taken"),
        (Rename(NOBODY, "zoe"), "name_needed"),
    )


# Join


def test_join_a_room_that_is_there(house):
    assert house.ask(Join(EVE, "#Lobby")) == [(LOBBY, 4, EVE, "eve", "joined", "")]
    assert house.state.rooms[LOBBY].members[EVE] == 4


def test_join_makes_a_room(house):
    assert house.ask(Join(EVE, "#tea")) == [(2, 1, EVE, "eve", "created", "tea"), (2, 2, EVE, "eve", "joined", "")]


def test_join_where_one_is_already_is_no_event(house):
    assert house.ask(Join(ADA, "lobby")) == []


def test_join_is_refused(house):
    refusals(
        house,
        (Join(ADA, ""), "room_invalid"),
        (Join(ADA, "#"), "room_invalid"),
        (Join(ADA, "##tea"), "room_invalid"),
        (Join(ADA, "tea room"), "room_invalid"),
        (Join(EVE, direct_name(ADA, BOB)), "room_invalid"),
        (Join(NOBODY, "lobby"), "name_needed"),
    )


def test_join_has_a_limit_that_conversations_with_one_do_not_use_up(house):
    guests = house.enter(*(f"guest{number}" for number in range(ROOMS_PER_USER)))
    for guest in guests:
        house.ask(Tell(guest, "eve", "psst"))
    assert len(house.state.users[EVE].rooms) == ROOMS_PER_USER
    for number in range(ROOMS_PER_USER):
        house.join(f"room{number}", EVE)
    refusals(house, (Join(EVE, "lobby"), "rooms_too_many"), (Join(EVE, "another"), "rooms_too_many"))
    assert house.ask(Join(EVE, "room7")) == []
    house.ask(Leave(EVE, house.state.room_named("room7").id))
    assert house.ask(Join(EVE, "lobby")) == [(LOBBY, 4, EVE, "eve", "joined", "")]


# Leave


def test_leave(house):
    assert house.ask(Leave(BOB, LOBBY, " good night ")) == [(LOBBY, 4, BOB, "bob", "left", "good night")]
    assert BOB not in house.state.rooms[LOBBY].members
    assert house.state.users[BOB].rooms == ()


@pytest.mark.parametrize("words", ["two\nlines", "\x1b[31mred", "x" * (TOPIC_CHARS + 1)])
def test_leave_is_not_kept_up_by_words_that_can_not_be_shown(house, words):
    assert house.ask(Leave(BOB, LOBBY, words)) == [(LOBBY, 4, BOB, "bob", "left", "")]


def test_leave_is_refused(house):
    house.ask(Tell(ADA, "bob", "hi"))
    refusals(
        house,
        (Leave(EVE, LOBBY), "room_not_joined"),
        (Leave(ADA, 77), "room_not_joined"),
        (Leave(ADA, 0), "room_not_joined"),
        (Leave(EVE, 2), "room_not_joined"),
        (Leave(ADA, 2), "room_direct"),
        (Leave(NOBODY, LOBBY), "name_needed"),
    )


# Depart


def test_depart_leaves_every_public_room_and_gives_the_name_up(house):
    house.ask(Tell(ADA, "bob", "hi"))
    house.join("tea", ADA)
    assert house.ask(Depart(ADA, "bye")) == [
        (1, 4, ADA, "ada", "left", "bye"),
        (3, 3, ADA, "ada", "left", "bye"),
        (0, 4, ADA, "ada", "released", ""),
    ]
    assert house.state.user_named("ada") is None
    assert ADA not in house.state.users
    assert house.state.rooms[2].members == {ADA: 2, BOB: 3}  # the direct room stays theirs


def test_depart_of_someone_who_is_gone_is_no_event(house):
    house.ask(Depart(EVE))
    assert house.ask(Depart(EVE)) == []
    assert house.ask(Depart(NOBODY)) == []


# Say


def test_say(house):
    assert house.ask(Say(ADA, LOBBY, "hi\tall\n:)")) == [(LOBBY, 4, ADA, "ada", "message", "hi\tall\n:)")]
    assert house.ask(Say(ADA, LOBBY, "waves", "action")) == [(LOBBY, 5, ADA, "ada", "action", "waves")]


def test_say_keeps_the_key(house):
    [event] = decide(house.state, Say(ADA, LOBBY, "hi", key="k1"), 5)
    assert (event.key, event.at) == ("k1", 5)


def test_say_in_a_direct_room(house):
    house.ask(Tell(ADA, "bob", "hi"))
    assert house.ask(Say(BOB, 2, "hello")) == [(2, 5, BOB, "bob", "message", "hello")]


def test_say_takes_the_longest_text(house):
    assert isinstance(house.ask(Say(ADA, LOBBY, "漢" * TEXT_CHARS, key="k" * KEY_CHARS)), list)


def test_say_takes_as_many_lines_as_are_allowed(house):
    assert isinstance(house.ask(Say(ADA, LOBBY, "x" + "\n" * (TEXT_LINES - 1))), list)


def test_say_is_refused(house):
    refusals(
        house,
        (Say(EVE, LOBBY, "hi"), "room_not_joined"),
        (Say(ADA, 77, "hi"), "room_not_joined"),
        (Say(ADA, 0, "hi"), "room_not_joined"),
        (Say(ADA, LOBBY, ""), "text_empty"),
        (Say(ADA, LOBBY, " \n\t"), "text_empty"),
        (Say(ADA, LOBBY, "x" * (TEXT_CHARS + 1)), "text_too_long"),
        (Say(ADA, LOBBY, "x" + "\n" * TEXT_LINES), "text_lines"),
        (Say(ADA, LOBBY, "\x07"), "text_invalid"),
        (Say(ADA, LOBBY, "half \ud83d"), "text_invalid"),
        (Say(ADA, LOBBY, "hi", key=""), "key_invalid"),
        (Say(ADA, LOBBY, "hi", key="k 1"), "key_invalid"),
        (Say(ADA, LOBBY, "hi", key="k" * (KEY_CHARS + 1)), "key_invalid"),
        (Say(NOBODY, LOBBY, "hi"), "name_needed"),
    )


def test_nobody_speaks_in_the_directory_even_as_a_member(house):
    house.state.rooms[0].members[ADA] = 1
    refusals(house, (Say(ADA, 0, "hi"), "room_not_joined"))


# Tell


def test_tell_makes_the_direct_room_of_the_two(house):
    assert house.ask(Tell(BOB, "ada", "psst")) == [
        (2, 1, 0, "parley", "created", "@1+2"),
        (2, 2, BOB, "bob", "joined", ""),
        (2, 3, ADA, "ada", "joined", ""),
        (2, 4, BOB, "bob", "message", "psst"),
    ]
    assert house.state.rooms[2].kind == "direct"


def test_tell_goes_on_in_the_same_room_whoever_speaks(house):
    house.ask(Tell(BOB, "ada", "psst"))
    assert house.ask(Tell(ADA, "BOB", "nods", "action", "k1")) == [(2, 5, ADA, "ada", "action", "nods")]
    assert house.log[-1].key == "k1"


def test_tell_finds_the_room_again_after_a_new_name(house):
    house.ask(Tell(BOB, "ada", "psst"))
    house.ask(Rename(ADA, "zoe"))
    assert house.ask(Tell(BOB, "zoe", "still there?")) == [(2, 6, BOB, "bob", "message", "still there?")]


def test_tell_is_refused(house):
    refusals(
        house,
        (Tell(ADA, "carl", "hi"), "user_unknown"),
        (Tell(ADA, "", "hi"), "user_unknown"),
        (Tell(ADA, "\x1b[31m", "hi"), "user_unknown"),
        (Tell(ADA, "Ada", "hi"), "user_self"),
        (Tell(ADA, "bob", ""), "text_empty"),
        (Tell(ADA, "bob", "x" * (TEXT_CHARS + 1)), "text_too_long"),
        (Tell(ADA, "bob", "\x00"), "text_invalid"),
        (Tell(ADA, "bob", "hi", key="\n"), "key_invalid"),
        (Tell(NOBODY, "bob", "hi"), "name_needed"),
    )


def test_tell_does_not_repeat_what_could_harm_or_flood_a_terminal(house):
    assert "that" in decide(house.state, Tell(ADA, "\x1b[31m", "hi"), 1).message
    assert len(decide(house.state, Tell(ADA, "x" * 9999, "hi"), 1).message) < 120


# SetTopic


def test_set_topic(house):
    assert house.ask(SetTopic(BOB, LOBBY, " tea at five ")) == [(LOBBY, 4, BOB, "bob", "topic", "tea at five")]
    assert house.state.rooms[LOBBY].topic == "tea at five"
    assert house.ask(SetTopic(ADA, LOBBY, "tea at five")) == []
    assert house.ask(SetTopic(ADA, LOBBY, "")) == [(LOBBY, 5, ADA, "ada", "topic", "")]


def test_set_topic_is_refused(house):
    house.ask(Tell(ADA, "bob", "hi"))
    refusals(
        house,
        (SetTopic(EVE, LOBBY, "x"), "room_not_joined"),
        (SetTopic(ADA, 77, "x"), "room_not_joined"),
        (SetTopic(ADA, 0, "x"), "room_not_joined"),
        (SetTopic(ADA, 2, "x"), "room_direct"),
        (SetTopic(ADA, LOBBY, "x" * (TOPIC_CHARS + 1)), "topic_invalid"),
        (SetTopic(ADA, LOBBY, "two\nlines"), "topic_invalid"),
        (SetTopic(ADA, LOBBY, "\x1b[31m"), "topic_invalid"),
        (SetTopic(NOBODY, LOBBY, "x"), "name_needed"),
    )


# OpenRoom


def test_open_room_is_the_servers_own(house):
    assert house.ask(OpenRoom("tea")) == [(2, 1, 0, "parley", "created", "tea")]
    assert house.ask(OpenRoom("TEA")) == []


# All of them


def test_deciding_changes_nothing(house):
    before = look(house.state)
    for command in (Enter("zoe"), Join(EVE, "tea"), Tell(ADA, "bob", "hi"), Depart(ADA), Rename(ADA, "zoe")):
        assert decide(house.state, command, 1)
        assert look(house.state) == before
