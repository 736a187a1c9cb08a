"""Moderation: the effect of each action, and attempts to bypass it. `test_matrix.py` checks who may do what."""

import pytest

from parley.core.commands import (
    ClaimName,
    Create,
    DeleteAccount,
    Disable,
    Join,
    Leave,
    Moderate,
    OpenDirect,
    OpenRoom,
    Register,
    ReleaseName,
    Rename,
    SendDirect,
    SendMessage,
    SetTopic,
)
from parley.core.events import MACHINE
from parley.core.rules import decide
from parley.core.rules.common import LASTS_MOST_MS
from parley.core.rules.moderation import SLOW_MOST
from parley.core.rules.speaking import DIRECT_MOST
from parley.core.text import KEY_CHARS
from tests.core.sessions import Rules, look

BOSS, MOD, ADA, BOB, GUEST = 1, 2, 3, 4, 5
TEA, DEN = 1, 2


@pytest.fixture
def rules():
    """boss owns #tea and the private #den, mod is a moderator of both, ada a member of both; bob and a guest are in
    neither. All but the guest have accounts; none has a server role above member.
    """
    rules = Rules()
    for name in ("boss", "mod", "ada", "bob"):
        rules.account(name)
    rules.enter("guest")
    rules.done(Join(BOSS, "tea"))
    rules.join("tea", MOD, ADA)
    assert rules.private("den", BOSS, MOD, ADA) == DEN
    for room in (TEA, DEN):
        rules.done(Moderate(BOSS, room, "role", "mod", value="moderator"))
    return rules


def refusals(rules, *cases):
    for command, code in cases:
        before = look(rules.state)
        assert rules.ask(command) == code, command
        assert look(rules.state) == before


def check_same_answer_as_for_an_unknown_room(rules, *commands):
    """Check that both commands of each pair get the same answer; the second one names a room that does not exist."""
    for there, not_there in commands:
        assert decide(rules.state, there, rules.at) == decide(rules.state, not_there, rules.at)


# Private rooms


def test_creating_a_private_room_makes_its_creator_the_owner(rules):
    assert rules.ask(Create(BOB, "#plot", private=True)) == [
        (3, 1, BOB, "bob", "created", "plot"),
        (3, 2, BOB, "bob", "private", ""),
        (3, 3, BOB, "bob", "joined", ""),
    ]
    assert rules.state.rooms[3].roles == {BOB: "owner"}


def test_a_private_room_does_not_exist_for_non_members(rules):
    tip = rules.state.rooms[DEN].tip
    check_same_answer_as_for_an_unknown_room(
        rules,
        (SendMessage(BOB, DEN, "hi"), SendMessage(BOB, 99, "hi")),
        (SetTopic(BOB, DEN, "hi"), SetTopic(BOB, 99, "hi")),
        (Leave(BOB, DEN), Leave(BOB, 99)),
        (Moderate(BOB, DEN, "archive"), Moderate(BOB, 99, "archive")),
    )
    assert rules.ask(Create(BOB, "DEN", private=True))[0][0] == 3
    assert rules.ask(Create(GUEST, "Den"))[0][0] == 4
    assert rules.done(Moderate(BOSS, TEA, "rename", "", value="tea2")) == ["room_renamed"]
    assert rules.done(Join(BOSS, "cellar")) == ["created", "joined"]
    assert rules.done(Moderate(BOSS, 5, "rename", value="plot")) == ["room_renamed"]
    assert rules.state.rooms[DEN].tip == tip


def test_a_public_room_may_have_the_name_of_a_private_one(rules):
    assert rules.done(Join(BOB, "den")) == ["created", "joined"]
    assert rules.state.room_named("den").id == 3
    assert rules.state.room_for(ADA, "den").id == DEN
    assert rules.ask(Join(ADA, "den")) == []
    rules.done(Join(GUEST, "den"))
    assert rules.state.rooms[3].members.keys() == {BOB, GUEST}
    rules.done(Moderate(BOB, 3, "rename", value="cellar"))
    assert rules.state.room_named("den") is None
    assert rules.state.room_for(ADA, "den").id == DEN


def test_members_of_a_private_room_may_create_a_public_one_of_the_same_name(rules):
    assert rules.done(Create(ADA, "den")) == ["created", "joined"]
    refusals(
        rules,
        (Create(BOB, "DEN"), "room_taken"),
        (Create(BOB, "a b"), "room_invalid"),
        (Create(BOB, "@1+2", private=True), "room_invalid"),
        (Create(99, "attic"), "name_needed"),
    )


def test_a_private_room_can_not_take_the_name_of_a_public_one(rules):
    refusals(
        rules,
        (Create(BOB, "TEA", private=True), "room_taken"),
        (Moderate(BOSS, DEN, "rename", value="Tea"), "room_taken"),
        (Create(ADA, "den", private=True), "room_taken"),
    )
    assert rules.state.room_named("tea").id == TEA
    rules.done(Create(BOSS, "attic", private=True))
    refusals(rules, (Moderate(BOSS, 3, "rename", value="den"), "room_taken"))
    assert rules.done(Moderate(BOSS, 3, "rename", value="Attic")) == ["room_renamed"]


def test_an_invited_user_can_join_leave_and_join_again(rules):
    assert rules.ask(Moderate(ADA, DEN, "invite", "bob", why="come")) == [(DEN, 9, ADA, "ada", "invited", "come")]
    assert rules.ask(Moderate(ADA, DEN, "invite", "bob")) == []
    refusals(rules, (Moderate(BOB, DEN, "invite", "guest"), "room_unknown"))  # he has to join first
    assert rules.ask(Join(BOB, "den")) == [(DEN, 10, BOB, "bob", "joined", "")]
    assert rules.ask(Moderate(ADA, DEN, "invite", "bob")) == []
    rules.done(Leave(BOB, DEN))
    assert rules.done(Join(BOB, "den")) == ["joined"]


def test_the_owner_of_a_private_room_can_leave_and_join_again(rules):
    rules.done(Leave(BOSS, DEN))
    assert rules.ask(Moderate(BOSS, DEN, "slow", value="5")) == "room_unknown"
    rules.done(Join(BOSS, "den"))
    assert rules.state.rooms[DEN].members.keys() == {BOSS, MOD, ADA}
    assert rules.done(Moderate(BOSS, DEN, "slow", value="5")) == ["slow"]


@pytest.mark.parametrize("action", ["kick", "ban"])
def test_for_a_kicked_or_banned_user_the_private_room_does_not_exist(rules, action):
    rules.done(Moderate(MOD, DEN, action, "ada", why="noise"))
    assert rules.log[-1].text == "noise"
    assert rules.log[-1].about.user == ADA
    check_same_answer_as_for_an_unknown_room(rules, (SendMessage(ADA, DEN, "hi"), SendMessage(ADA, 99, "hi")))
    assert [event[0] for event in rules.ask(Join(ADA, "den"))] == [3, 3]  # creates another room
    assert DEN not in rules.state.users[ADA].rooms


def test_a_guests_private_room_belongs_to_that_guest_only(rules):
    room = rules.private("nook", GUEST)
    rules.done(ReleaseName(GUEST))
    [other] = rules.enter("guest")
    assert rules.ask(Join(other, "nook"))[0][0] != room
    rules.done(ClaimName("guest2", user=GUEST))
    assert rules.ask(Join(GUEST, "nook"))[0][0] == room
    assert rules.done(Moderate(GUEST, room, "read_only", value="on")) == ["read_only"]


# Kicks and bans


def test_a_kicked_user_loses_the_role_and_may_join_a_public_room_again(rules):
    rules.done(Moderate(BOSS, TEA, "kick", "mod", why=" enough "))
    assert rules.log[-1].text == "enough"
    assert MOD not in rules.state.rooms[TEA].members
    assert rules.ask(SendMessage(MOD, TEA, "hi")) == "room_not_joined"
    rules.done(Join(MOD, "tea"))
    refusals(rules, (Moderate(MOD, TEA, "kick", "ada"), "not_allowed"))


def test_a_ban_lasts_until_its_end_also_for_users_outside_the_room(rules):
    rules.done(Moderate(MOD, TEA, "ban", "guest", until=rules.at + 100))
    decision = decide(rules.state, Join(GUEST, "tea"), rules.at)
    assert (decision.code, decision.retry_after) == ("banned", 99)
    rules.done(Rename(GUEST, "somebody"))
    rules.done(Register("somebody", "hash", user=GUEST))
    assert rules.ask(Join(GUEST, "tea")) == "banned"  # the ban holds under any name, with or without an account
    assert rules.ask(Moderate(ADA, TEA, "invite", "somebody")) == "value_invalid"
    rules.at += 100
    assert rules.done(Join(GUEST, "tea")) == ["joined"]


def test_a_ban_is_lifted(rules):
    rules.done(Moderate(MOD, TEA, "ban", "ada"))
    assert decide(rules.state, Join(ADA, "tea"), rules.at + 10**12).retry_after is None
    assert rules.done(Moderate(MOD, TEA, "ban", "ada", undo=True)) == ["unbanned"]
    assert rules.ask(Moderate(MOD, TEA, "ban", "ada", undo=True)) == []
    assert rules.done(Join(ADA, "tea")) == ["joined"]


def test_a_ban_by_duration(rules):
    rules.done(Moderate(MOD, TEA, "ban", "ada", duration=60_000))
    assert rules.log[-1].about.until == rules.at + 60_000


def test_the_end_of_a_ban_lies_in_the_future_and_within_the_limit(rules):
    for action in ("ban", "mute"):
        for until in (1, -1, rules.at, 2**63, rules.at + LASTS_MOST_MS + 10):
            refusals(rules, (Moderate(MOD, TEA, action, "ada", until=until), "value_invalid"))
        refusals(rules, (Moderate(MOD, TEA, action, "ada", duration=-5), "value_invalid"))


def test_an_owner_who_is_away_keeps_the_role_and_its_protection(rules):
    rules.done(Leave(BOSS, TEA))
    refusals(rules, (Moderate(MOD, TEA, "ban", "boss"), "outranked"))
    rules.done(Join(BOSS, "tea"))
    assert rules.done(Moderate(BOSS, TEA, "kick", "mod")) == ["kicked"]


def test_the_role_of_a_user_who_is_away_can_be_changed(rules):
    rules.done(Leave(MOD, TEA))
    assert rules.done(Moderate(BOSS, TEA, "role", "mod", value="member")) == ["role"]
    rules.done(Join(MOD, "tea"))
    refusals(
        rules,
        (Moderate(MOD, TEA, "kick", "ada"), "not_allowed"),
        (Moderate(BOSS, TEA, "role", "bob", value="moderator"), "member_unknown"),
    )


def test_a_rooms_last_owner_can_not_give_up_the_role(rules):
    refusals(
        rules,
        (Moderate(BOSS, TEA, "role", "boss", value="member"), "owner_last"),
        (Moderate(BOSS, TEA, "kick", "boss"), "not_allowed"),
        (Moderate(BOSS, TEA, "ban", "boss"), "not_allowed"),
        (Moderate(BOSS, TEA, "mute", "boss"), "not_allowed"),
    )
    rules.done(Moderate(BOSS, TEA, "role", "mod", value="owner"))
    assert rules.done(Moderate(BOSS, TEA, "role", "boss", value="member")) == ["role"]
    refusals(rules, (Moderate(BOSS, TEA, "role", "boss", value="owner"), "not_allowed"))
    refusals(rules, (Moderate(MOD, TEA, "role", "mod", value="moderator"), "owner_last"))
    # The owner of the machine may do it nevertheless.
    assert rules.done(Moderate(MACHINE, TEA, "role", "mod", value="member")) == ["role"]


def test_owners_can_not_demote_each_other_but_the_servers_owner_can(rules):
    rules.done(Moderate(BOSS, TEA, "role", "mod", value="owner"))
    chief, admin = rules.account("chief", "owner"), rules.account("admin", "admin")
    refusals(
        rules,
        (Moderate(BOSS, TEA, "role", "mod", value="member"), "outranked"),
        (Moderate(admin, TEA, "role", "mod", value="member"), "outranked"),
        (Moderate(chief, TEA, "kick", "mod"), "outranked"),
        (Moderate(chief, DEN, "role", "boss", value="member"), "room_unknown"),
    )
    assert rules.done(Moderate(chief, TEA, "role", "mod", value="member")) == ["role"]
    assert rules.done(Moderate(chief, TEA, "kick", "mod")) == ["kicked"]


def test_an_unknown_role_is_refused(rules):
    for value in ("", "admin", "Owner"):
        refusals(rules, (Moderate(BOSS, TEA, "role", "ada", value=value), "value_invalid"))
    assert rules.ask(Moderate(BOSS, TEA, "role", "mod", value="moderator")) == []


def test_a_refusal_repeats_an_unknown_name_only_if_it_is_harmless(rules):
    for action in ("invite", "kick", "ban", "mute", "role"):
        refusals(rules, (Moderate(BOSS, TEA, action, "nobody"), "user_unknown"))
    assert "that" in decide(rules.state, Moderate(BOSS, TEA, "kick", "a\nb"), 1).message
    assert len(decide(rules.state, Moderate(BOSS, TEA, "kick", "x" * 9999), 1).message) < KEY_CHARS + 60


# Mutes, read-only rooms, slow mode


def check_nothing_can_be_written(rules, room, user):
    """Check that the user can't write anything in the room: no messages, topics or parting words."""
    code = rules.ask(SendMessage(user, room, "psst"))
    assert isinstance(code, str)
    assert rules.ask(SetTopic(user, room, "psst")) == code
    rules.done(Leave(user, room, "psst"))
    assert all(event.text != "psst" for event in rules.log)
    return code


def test_a_muted_member_can_write_nothing_of_any_kind(rules):
    rules.done(Moderate(MOD, TEA, "mute", "ada", until=rules.at + 100))
    decision = decide(rules.state, SendMessage(ADA, TEA, "psst"), rules.at)
    assert (decision.code, decision.retry_after) == ("muted", 99)
    assert check_nothing_can_be_written(rules, TEA, ADA) == "muted"
    rules.done(Join(ADA, "tea"))
    assert rules.ask(SendMessage(ADA, TEA, "psst")) == "muted"  # the mute holds after leaving and joining again
    rules.done(SendDirect(ADA, "bob", "elsewhere they are"))
    rules.at += 100
    assert rules.done(SendMessage(ADA, TEA, "hi")) == ["message"]


def test_a_departing_guests_parting_words_are_dropped_where_they_are_muted(rules):
    rules.join("tea", GUEST)
    rules.join("lobby", GUEST)
    rules.done(Moderate(MOD, TEA, "mute", "guest"))
    rules.done(ReleaseName(GUEST, "psst"))
    assert [(event.room, event.text) for event in rules.log[-3:]] == [(TEA, ""), (3, "psst"), (0, "")]


def test_a_mute_can_be_lifted_and_does_not_apply_to_moderators(rules):
    rules.done(Moderate(MOD, TEA, "mute", "ada"))
    assert decide(rules.state, SendMessage(ADA, TEA, "hi"), rules.at).retry_after is None
    rules.done(Moderate(BOSS, TEA, "role", "ada", value="moderator"))
    assert rules.done(SendMessage(ADA, TEA, "hi")) == ["message"]
    rules.done(Moderate(BOSS, TEA, "role", "ada", value="member"))
    rules.done(Leave(ADA, TEA))
    assert rules.done(Moderate(MOD, TEA, "mute", "ada", undo=True)) == ["unmuted"]
    assert rules.ask(Moderate(MOD, TEA, "mute", "ada", undo=True)) == []
    refusals(rules, (Moderate(MOD, TEA, "mute", "ada"), "member_unknown"))


def test_in_a_read_only_room_only_moderators_write(rules):
    rules.done(Moderate(MOD, TEA, "read_only", value="on"))
    assert rules.ask(Moderate(MOD, TEA, "read_only", value="on")) == []
    assert rules.done(SendMessage(MOD, TEA, "hear")) == ["message"]
    assert rules.done(SetTopic(MOD, TEA, "hear")) == ["topic"]
    assert check_nothing_can_be_written(rules, TEA, ADA) == "read_only"
    rules.done(Join(ADA, "tea"))
    rules.done(Moderate(MOD, TEA, "read_only", value="off"))
    assert rules.done(SendMessage(ADA, TEA, "hi")) == ["message"]


def test_slow_mode_lasts_no_longer_when_the_clock_is_set_back(rules):
    rules.done(Moderate(MOD, TEA, "slow", value="10"))
    rules.at += 3_600_000
    rules.done(SendMessage(ADA, TEA, "one"))
    rules.at -= 3_600_000
    assert rules.done(SendMessage(ADA, TEA, "two")) == ["message"]
    decision = decide(rules.state, SendMessage(ADA, TEA, "three"), rules.at + 1_000)
    assert (decision.code, decision.retry_after) == ("slow", 9_000)
    rules.at += 10_000
    assert rules.done(SendMessage(ADA, TEA, "three")) == ["message"]


def test_slow_mode_counts_from_the_members_own_last_message(rules):
    rules.done(Moderate(MOD, TEA, "slow", value="010"))
    assert rules.log[-1].text == "10"
    assert rules.ask(Moderate(MOD, TEA, "slow", value="10")) == []
    rules.done(SendMessage(ADA, TEA, "one"))
    decision = decide(rules.state, SendMessage(ADA, TEA, "two"), rules.at + 4_000)
    assert (decision.code, decision.retry_after) == ("slow", 6_000)
    assert rules.done(SendMessage(MOD, TEA, "moderators")) == ["message"]
    assert rules.done(SendMessage(MOD, TEA, "need not wait")) == ["message"]
    assert check_nothing_can_be_written(rules, TEA, ADA) == "slow"
    rules.done(Join(ADA, "tea"))
    rules.at += 10_000
    assert rules.done(SendMessage(ADA, TEA, "two")) == ["message"]
    rules.done(Moderate(MOD, TEA, "slow", value="0"))
    assert rules.state.rooms[TEA].spoke == {}
    assert rules.done(SendMessage(ADA, TEA, "three")) == ["message"]


@pytest.mark.parametrize("value", ["", "-1", "1.5", "x", "٣", "²", str(SLOW_MOST + 1), "9" * 5_000])
def test_slow_mode_refuses_invalid_seconds(rules, value):
    refusals(rules, (Moderate(MOD, TEA, "slow", value=value), "value_invalid"))


def test_moderation_needs_a_name(rules):
    refusals(rules, (Moderate(99, TEA, "kick", "ada"), "name_needed"), (Moderate(99, 77, "archive"), "name_needed"))


def test_read_only_and_guests_take_on_or_off(rules):
    for action in ("read_only", "guests"):
        refusals(rules, (Moderate(BOSS, TEA, action, value="maybe"), "value_invalid"))


def test_an_archived_room_can_only_be_read(rules):
    rules.done(Moderate(BOSS, TEA, "archive", why="over"))
    assert rules.ask(Moderate(BOSS, TEA, "archive")) == []
    assert rules.state.room_named("tea") is rules.state.rooms[TEA]
    refusals(
        rules,
        (SendMessage(BOSS, TEA, "hi"), "archived"),
        (SetTopic(BOSS, TEA, "hi"), "archived"),
        (Join(BOB, "tea"), "archived"),
        (Create(BOB, "tea"), "room_taken"),
        (Moderate(MOD, TEA, "archive", undo=True), "not_allowed"),
    )
    assert rules.ask(OpenRoom("tea")) == []
    assert check_nothing_can_be_written(rules, TEA, ADA) == "archived"
    rules.done(Moderate(BOSS, TEA, "archive", undo=True))
    assert rules.done(SendMessage(BOSS, TEA, "again")) == ["message"]


# Guests


def test_a_room_closed_to_guests_admits_accounts_and_guests_invited_by_a_moderator(rules):
    rules.join("tea", GUEST)
    late, later = rules.enter("late", "later")
    rules.done(Moderate(BOSS, TEA, "guests", value="off"))
    assert rules.done(SendMessage(GUEST, TEA, "still here")) == ["message"]
    refusals(
        rules,
        (Join(late, "tea"), "guests_closed"),
        (Moderate(GUEST, TEA, "invite", "late"), "guests_closed"),
        (Moderate(ADA, TEA, "invite", "late"), "guests_closed"),
    )
    assert rules.done(Join(BOB, "tea")) == ["joined"]
    rules.done(Moderate(MOD, TEA, "invite", "late"))
    assert rules.done(Join(late, "tea")) == ["joined"]
    rules.done(Register("later", "hash", user=later))
    assert rules.done(Join(later, "tea")) == ["joined"]


# Names of rooms


def test_a_room_is_renamed(rules):
    assert rules.ask(Moderate(BOSS, TEA, "rename", value="#Coffee")) == [
        (TEA, 6, BOSS, "boss", "room_renamed", "Coffee")
    ]
    assert rules.state.room_named("tea") is None
    assert rules.state.room_named("coffee").id == TEA
    assert rules.done(Moderate(BOSS, TEA, "rename", value="COFFEE")) == ["room_renamed"]
    assert rules.ask(Moderate(BOSS, TEA, "rename", value="COFFEE")) == []
    rules.join("lobby")
    refusals(
        rules,
        (Moderate(BOSS, TEA, "rename", value="LOBBY"), "room_taken"),
        (Moderate(BOSS, TEA, "rename", value="@1+2"), "room_invalid"),
        (Moderate(BOSS, TEA, "rename", value=""), "room_invalid"),
        (Moderate(BOSS, TEA, "rename", value="a b"), "room_invalid"),
    )


def test_rooms_can_swap_their_names(rules):
    rules.done(Join(BOSS, "cake"))
    for room, name in ((TEA, "x"), (3, "tea"), (TEA, "cake")):
        rules.done(Moderate(BOSS, room, "rename", value=name))
    assert rules.state.room_named("tea").id == 3
    assert rules.state.room_named("cake").id == TEA
    assert rules.state.room_named("x") is None


# Direct rooms


def test_a_direct_conversation_of_several_people(rules):
    assert rules.done(OpenDirect(ADA, ("bob", "guest", "ada", "BOB"))) == ["created", "joined", "joined", "joined"]
    room = rules.state.rooms[3]
    assert room.members.keys() == {ADA, BOB, GUEST}
    assert (room.kind, room.roles) == ("direct", {})
    assert rules.ask(OpenDirect(GUEST, ("ada", "bob"))) == []
    assert rules.done(SendMessage(GUEST, 3, "hi")) == ["message"]
    refusals(
        rules,
        (SendMessage(MOD, 3, "hi"), "room_not_joined"),
        (Moderate(ADA, 3, "invite", "mod"), "room_direct"),
        (Moderate(MOD, 3, "invite", "mod"), "room_unknown"),
        (OpenDirect(ADA, ()), "user_self"),
        (OpenDirect(ADA, ("ada",)), "user_self"),
        (OpenDirect(ADA, ("bob", "nobody")), "user_unknown"),
        (OpenDirect(99, ("bob",)), "name_needed"),
    )


def test_a_direct_conversation_with_too_many_people_is_refused(rules):
    names = tuple(f"friend{number}" for number in range(DIRECT_MOST))
    rules.enter(*names)
    refusals(
        rules, (OpenDirect(ADA, names), "value_invalid"), (OpenDirect(ADA, ("bob",) * 21 + ("mod",)), "value_invalid")
    )
    assert len(rules.ask(OpenDirect(ADA, names[:-1]))) == DIRECT_MOST + 1


# Disabled and deleted accounts


def test_a_disabled_account_can_do_nothing(rules):
    admin = rules.account("admin", "admin")
    rules.invitation(ADA, room=TEA)
    rules.done(Disable(admin, BOSS, True, "why"))
    refusals(
        rules,
        (SendMessage(BOSS, TEA, "hi"), "account_disabled"),
        (SendDirect(BOSS, "ada", "hi"), "account_disabled"),
        (OpenDirect(BOSS, ("ada",)), "account_disabled"),
        (SetTopic(BOSS, TEA, "hi"), "account_disabled"),
        (Join(BOSS, "cake"), "account_disabled"),
        (Create(BOSS, "cake"), "account_disabled"),
        (Leave(BOSS, TEA, "bye"), "account_disabled"),
        (Rename(BOSS, "boss2"), "account_disabled"),
        (Moderate(BOSS, TEA, "kick", "ada"), "account_disabled"),
        (ClaimName("boss", user=BOSS), "account_disabled"),
        (DeleteAccount(BOSS, False), "account_disabled"),
    )
    rules.done(Disable(admin, BOSS, False))
    assert rules.done(SendMessage(BOSS, TEA, "hi")) == ["message"]


def test_a_deleted_account_leaves_its_rooms_but_not_its_conversations(rules):
    rules.done(SendDirect(ADA, "bob", "hi"))
    rules.done(DeleteAccount(ADA, True))
    assert [(event.room, event.kind, event.name) for event in rules.log[-4:]] == [
        (TEA, "left", "deleted user"),
        (DEN, "left", "deleted user"),
        (0, "released", "deleted user"),
        (0, "deleted", "deleted user"),
    ]
    assert rules.state.rooms[TEA].members.keys() == {BOSS, MOD}
    assert rules.done(SendMessage(BOB, 3, "still here")) == ["message"]
    refusals(
        rules,
        (SendDirect(BOB, "ada", "hi"), "user_unknown"),
        (SendMessage(ADA, 3, "hi"), "name_needed"),
        (ClaimName("ada", user=ADA), "token_unknown"),
    )
    [other] = rules.enter("ada")  # the name is free; its new holder inherits nothing
    assert rules.state.users[other].rooms == ()


def test_joining_by_id_never_creates_a_room(rules):
    hidden = decide(rules.state, Join(BOB, "den", DEN), rules.at)
    assert hidden == decide(rules.state, Join(BOB, "den", 99), rules.at)
    assert hidden.code == "room_unknown"
    rules.done(Moderate(BOSS, DEN, "invite", "bob"))
    assert rules.done(Join(BOB, "whatever", DEN)) == ["joined"]
    rules.done(Moderate(BOSS, DEN, "kick", "bob"))
    assert decide(rules.state, Join(BOB, "den", DEN), rules.at).code == "room_unknown"
