"""The rules, command by command: decisions and refusals.

Events are written (room, seq, user, name, kind, text). Room 0 is the directory; ada is user 1, bob user 2, eve user 3.
"""

import pytest

from parley.core.commands import (
    ClaimName,
    Join,
    Leave,
    OpenRoom,
    ReleaseName,
    Rename,
    SendDirect,
    SendMessage,
    SetTopic,
)
from parley.core.rules import Policy, decide
from parley.core.state import direct_name
from parley.core.text import KEY_CHARS, TEXT_CHARS, TEXT_LINES, TOPIC_CHARS
from tests.core.sessions import Rules, look

ADA, BOB, EVE, NOBODY = 1, 2, 3, 99
LOBBY = 1


@pytest.fixture
def rules():
    """ada, bob and eve have names; ada and bob are in #lobby, whose tip is 3."""
    rules = Rules()
    rules.enter("ada", "bob", "eve")
    rules.join("lobby", ADA, BOB)
    return rules


def refusals(rules, *cases):
    for command, code in cases:
        before = look(rules.state)
        assert rules.ask(command) == code, command
        assert look(rules.state) == before


# ClaimName


def test_claim_name_makes_a_new_guest():
    rules = Rules()
    assert rules.ask(ClaimName("ada")) == [(0, 1, 1, "ada", "named", "ada")]
    assert rules.ask(ClaimName("Bob")) == [(0, 2, 2, "Bob", "named", "Bob")]
    assert rules.state.user_named("BOB").name == "Bob"


def test_claim_name_composes_accents(rules):
    assert rules.ask(ClaimName("cafe\u0301")) == [(0, 4, 4, "caf\u00e9", "named", "caf\u00e9")]


def test_claim_name_is_refused(rules):
    refusals(
        rules,
        (ClaimName(""), "name_invalid"),
        (ClaimName("a b"), "name_invalid"),
        (ClaimName("ada"), "name_taken"),
        (ClaimName("ADA"), "name_taken"),
        (ClaimName("ａｄａ"), "name_taken"),
        (ClaimName("parley"), "name_taken"),
        (ClaimName("Parley"), "name_taken"),
        (ClaimName("ada", user=NOBODY), "name_taken"),
    )


def test_claiming_ones_current_name_makes_no_event(rules):
    assert rules.ask(ClaimName("whatever", user=ADA)) == []


def test_a_returning_guest_gets_the_same_id(rules):
    rules.ask(SendDirect(ADA, "bob", "hi"))
    rules.ask(ReleaseName(ADA))
    assert rules.ask(ClaimName("ada2", user=ADA)) == [(0, 5, ADA, "ada2", "named", "ada2")]
    direct = rules.state.room_named(direct_name(ADA, BOB))
    assert rules.state.users[ADA].rooms == (direct.id,)  # she is still in the conversation, but not in public rooms
    assert rules.ask(ClaimName("carl")) == [(0, 6, 4, "carl", "named", "carl")]  # the next new guest gets a new id


# Rename


def test_rename_makes_an_event_in_every_room_of_the_user(rules):
    rules.ask(SendDirect(BOB, "ada", "hi"))
    rules.join("tea", ADA)
    assert rules.ask(Rename(ADA, "ada_away")) == [
        (0, 4, ADA, "ada", "named", "ada_away"),
        (1, 4, ADA, "ada", "renamed", "ada_away"),
        (2, 5, ADA, "ada", "renamed", "ada_away"),
        (3, 3, ADA, "ada", "renamed", "ada_away"),
    ]
    assert rules.state.user_named("ada") is None
    assert rules.state.user_named("Ada_Away").id == ADA
    rules.enter("ada")  # the old name is free


def test_rename_can_change_the_spelling_of_ones_name(rules):
    assert rules.ask(Rename(EVE, "EVE")) == [(0, 4, EVE, "eve", "named", "EVE")]
    assert rules.ask(Rename(EVE, "EVE")) == []


def test_rename_is_refused(rules):
    refusals(
        rules,
        (Rename(ADA, "no name"), "name_invalid"),
        (Rename(ADA, "bob"), "name_taken"),
        (Rename(ADA, "BOB"), "name_taken"),
        (Rename(ADA, "parley"), "name_taken"),
        (Rename(NOBODY, "zoe"), "name_needed"),
    )


# Join


def test_join_an_existing_room(rules):
    assert rules.ask(Join(EVE, "#Lobby")) == [(LOBBY, 4, EVE, "eve", "joined", "")]
    assert rules.state.rooms[LOBBY].members[EVE] == 4


def test_join_creates_a_room(rules):
    assert rules.ask(Join(EVE, "#tea")) == [(2, 1, EVE, "eve", "created", "tea"), (2, 2, EVE, "eve", "joined", "")]


def test_joining_again_makes_no_event(rules):
    assert rules.ask(Join(ADA, "lobby")) == []


def test_join_is_refused(rules):
    refusals(
        rules,
        (Join(ADA, ""), "room_invalid"),
        (Join(ADA, "#"), "room_invalid"),
        (Join(ADA, "##tea"), "room_invalid"),
        (Join(ADA, "tea room"), "room_invalid"),
        (Join(EVE, direct_name(ADA, BOB)), "room_invalid"),
        (Join(NOBODY, "lobby"), "name_needed"),
    )


def test_the_limit_of_joined_rooms_does_not_count_direct_ones(rules):
    rules.policy = Policy(rooms_per_user=20)
    guests = rules.enter(*(f"guest{number}" for number in range(20)))
    for guest in guests:
        rules.ask(SendDirect(guest, "eve", "psst"))
    assert len(rules.state.users[EVE].rooms) == 20
    for number in range(20):
        rules.join(f"room{number}", EVE)
    refusals(rules, (Join(EVE, "lobby"), "rooms_too_many"), (Join(EVE, "another"), "rooms_too_many"))
    assert rules.ask(Join(EVE, "room7")) == []
    rules.ask(Leave(EVE, rules.state.room_named("room7").id))
    assert rules.ask(Join(EVE, "lobby")) == [(LOBBY, 4, EVE, "eve", "joined", "")]


# Leave


def test_leave(rules):
    assert rules.ask(Leave(BOB, LOBBY, " good night ")) == [(LOBBY, 4, BOB, "bob", "left", "good night")]
    assert BOB not in rules.state.rooms[LOBBY].members
    assert rules.state.users[BOB].rooms == ()


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        ("two\r\n\tlines\n", "two lines"),
        ("\x1b[31mred", "[31mred"),
        ("\u200b\u2800", ""),
        ("x" * (TOPIC_CHARS + 1), "x" * (TOPIC_CHARS - 1) + "…"),
    ],
)
def test_parting_words_become_one_line_of_limited_length(rules, words, stored):
    assert rules.ask(Leave(BOB, LOBBY, words)) == [(LOBBY, 4, BOB, "bob", "left", stored)]


@pytest.mark.parametrize("direct", [False, True])
def test_a_message_is_stored_with_newlines_and_without_control_characters(rules, direct):
    text = "one\r\ntwo\u2028three\x0bfour\x1b[0m @bob"
    rules.ask(SendDirect(ADA, "bob", text) if direct else SendMessage(ADA, LOBBY, text))
    assert rules.log[-1].text == "one\ntwo\nthree\nfour[0m @bob"
    assert rules.log[-1].mentions == (BOB,)


def test_the_limits_of_a_message_count_what_is_stored(rules):
    assert rules.ask(SendMessage(ADA, LOBBY, "x\r\n" + "y" * (TEXT_CHARS - 2)))[0][4] == "message"
    refusals(rules, (SendMessage(ADA, LOBBY, "x" + "\u2028" * TEXT_LINES), "text_lines"))


def test_a_topic_is_stored_as_one_line(rules):
    assert rules.ask(SetTopic(ADA, LOBBY, " tea\r\nand\u2028\tcake\x07 ")) == [
        (LOBBY, 4, ADA, "ada", "topic", "tea and cake")
    ]
    assert rules.ask(SetTopic(ADA, LOBBY, "\u200b")) == [(LOBBY, 5, ADA, "ada", "topic", "")]


def test_leave_is_refused(rules):
    rules.ask(SendDirect(ADA, "bob", "hi"))
    refusals(
        rules,
        (Leave(EVE, LOBBY), "room_not_joined"),
        (Leave(ADA, 77), "room_not_joined"),
        (Leave(ADA, 0), "room_not_joined"),
        (Leave(EVE, 2), "room_not_joined"),
        (Leave(ADA, 2), "room_direct"),
        (Leave(NOBODY, LOBBY), "name_needed"),
    )


# ReleaseName


def test_release_name_leaves_every_public_room_and_frees_the_name(rules):
    rules.ask(SendDirect(ADA, "bob", "hi"))
    rules.join("tea", ADA)
    assert rules.ask(ReleaseName(ADA, "bye")) == [
        (1, 4, ADA, "ada", "left", "bye"),
        (3, 3, ADA, "ada", "left", "bye"),
        (0, 4, ADA, "ada", "released", ""),
    ]
    assert rules.state.user_named("ada") is None
    assert ADA not in rules.state.users
    assert rules.state.rooms[2].members == {ADA: 2, BOB: 3}  # they stay members of the direct room


def test_release_name_of_a_departed_guest_makes_no_event(rules):
    rules.ask(ReleaseName(EVE))
    assert rules.ask(ReleaseName(EVE)) == []
    assert rules.ask(ReleaseName(NOBODY)) == []


# SendMessage


def test_send_message(rules):
    assert rules.ask(SendMessage(ADA, LOBBY, "hi\tall\n:)")) == [(LOBBY, 4, ADA, "ada", "message", "hi\tall\n:)")]
    assert rules.ask(SendMessage(ADA, LOBBY, "waves", "action")) == [(LOBBY, 5, ADA, "ada", "action", "waves")]


def test_send_message_stores_the_key(rules):
    [event] = decide(rules.state, SendMessage(ADA, LOBBY, "hi", key="k1"), 5).events
    assert (event.key, event.at) == ("k1", 5)


def test_send_message_in_a_direct_room(rules):
    rules.ask(SendDirect(ADA, "bob", "hi"))
    assert rules.ask(SendMessage(BOB, 2, "hello")) == [(2, 5, BOB, "bob", "message", "hello")]


def test_send_message_accepts_the_longest_text(rules):
    assert isinstance(rules.ask(SendMessage(ADA, LOBBY, "漢" * TEXT_CHARS, key="k" * KEY_CHARS)), list)


def test_send_message_accepts_the_most_lines(rules):
    assert isinstance(rules.ask(SendMessage(ADA, LOBBY, "x" + "\n" * (TEXT_LINES - 1))), list)


def test_send_message_is_refused(rules):
    refusals(
        rules,
        (SendMessage(EVE, LOBBY, "hi"), "room_not_joined"),
        (SendMessage(ADA, 77, "hi"), "room_not_joined"),
        (SendMessage(ADA, 0, "hi"), "room_not_joined"),
        (SendMessage(ADA, LOBBY, ""), "text_empty"),
        (SendMessage(ADA, LOBBY, " \n\t"), "text_empty"),
        (SendMessage(ADA, LOBBY, "x" * (TEXT_CHARS + 1)), "text_too_long"),
        (SendMessage(ADA, LOBBY, "x" + "\n" * TEXT_LINES), "text_lines"),
        (SendMessage(ADA, LOBBY, "\x07"), "text_empty"),
        (SendMessage(ADA, LOBBY, "\u200b\u2800"), "text_empty"),
        (SendMessage(ADA, LOBBY, "hi", key=""), "key_invalid"),
        (SendMessage(ADA, LOBBY, "hi", key="k 1"), "key_invalid"),
        (SendMessage(ADA, LOBBY, "hi", key="k" * (KEY_CHARS + 1)), "key_invalid"),
        (SendMessage(NOBODY, LOBBY, "hi"), "name_needed"),
    )


def test_nobody_can_write_in_the_directory_even_as_a_member(rules):
    rules.state.rooms[0].members[ADA] = 1
    refusals(rules, (SendMessage(ADA, 0, "hi"), "room_not_joined"))


# SendDirect


def test_send_direct_creates_the_direct_room(rules):
    assert rules.ask(SendDirect(BOB, "ada", "psst")) == [
        (2, 1, 0, "parley", "created", "@1+2"),
        (2, 2, BOB, "bob", "joined", ""),
        (2, 3, ADA, "ada", "joined", ""),
        (2, 4, BOB, "bob", "message", "psst"),
    ]
    assert rules.state.rooms[2].kind == "direct"


def test_send_direct_uses_one_room_for_both_directions(rules):
    rules.ask(SendDirect(BOB, "ada", "psst"))
    assert rules.ask(SendDirect(ADA, "BOB", "nods", "action", key="k1")) == [(2, 5, ADA, "ada", "action", "nods")]
    assert rules.log[-1].key == "k1"


def test_send_direct_finds_the_room_after_a_rename(rules):
    rules.ask(SendDirect(BOB, "ada", "psst"))
    rules.ask(Rename(ADA, "zoe"))
    assert rules.ask(SendDirect(BOB, "zoe", "still there?")) == [(2, 6, BOB, "bob", "message", "still there?")]


def test_send_direct_is_refused(rules):
    refusals(
        rules,
        (SendDirect(ADA, "carl", "hi"), "user_unknown"),
        (SendDirect(ADA, "", "hi"), "user_unknown"),
        (SendDirect(ADA, "\x1b[31m", "hi"), "user_unknown"),
        (SendDirect(ADA, "Ada", "hi"), "user_self"),
        (SendDirect(ADA, "bob", ""), "text_empty"),
        (SendDirect(ADA, "bob", "x" * (TEXT_CHARS + 1)), "text_too_long"),
        (SendDirect(ADA, "bob", "\x00"), "text_empty"),
        (SendDirect(ADA, "bob", "hi", key="\n"), "key_invalid"),
        (SendDirect(NOBODY, "bob", "hi"), "name_needed"),
    )


def test_send_direct_does_not_repeat_harmful_or_long_names(rules):
    assert "that" in decide(rules.state, SendDirect(ADA, "\x1b[31m", "hi"), 1).message
    assert len(decide(rules.state, SendDirect(ADA, "x" * 9999, "hi"), 1).message) < 120


# SetTopic


def test_set_topic(rules):
    assert rules.ask(SetTopic(BOB, LOBBY, " tea at five ")) == [(LOBBY, 4, BOB, "bob", "topic", "tea at five")]
    assert rules.state.rooms[LOBBY].topic == "tea at five"
    assert rules.ask(SetTopic(ADA, LOBBY, "tea at five")) == []
    assert rules.ask(SetTopic(ADA, LOBBY, "")) == [(LOBBY, 5, ADA, "ada", "topic", "")]


def test_set_topic_is_refused(rules):
    rules.ask(SendDirect(ADA, "bob", "hi"))
    refusals(
        rules,
        (SetTopic(EVE, LOBBY, "x"), "room_not_joined"),
        (SetTopic(ADA, 77, "x"), "room_not_joined"),
        (SetTopic(ADA, 0, "x"), "room_not_joined"),
        (SetTopic(ADA, 2, "x"), "room_direct"),
        (SetTopic(ADA, LOBBY, "x" * (TOPIC_CHARS + 1)), "topic_invalid"),
        (SetTopic(NOBODY, LOBBY, "x"), "name_needed"),
    )


# OpenRoom


def test_open_room_creates_a_room_of_the_server(rules):
    assert rules.ask(OpenRoom("tea")) == [(2, 1, 0, "parley", "created", "tea")]
    assert rules.ask(OpenRoom("TEA")) == []


# All commands


def test_deciding_does_not_change_the_state(rules):
    before = look(rules.state)
    for command in (
        ClaimName("zoe"),
        Join(EVE, "tea"),
        SendDirect(ADA, "bob", "hi"),
        ReleaseName(ADA),
        Rename(ADA, "zoe"),
    ):
        assert decide(rules.state, command, 1).events
        assert look(rules.state) == before
