"""Rooms kept in order, as sessions: what comes of it, and what gets around it. `test_matrix.py` says who may."""

import pytest

from parley.core.commands import (
    Create,
    Delete,
    Depart,
    Disable,
    Enter,
    Gather,
    Join,
    Leave,
    Moderate,
    OpenRoom,
    Register,
    Rename,
    Say,
    SetTopic,
    Tell,
)
from parley.core.events import MACHINE
from parley.core.rules import decide
from parley.core.rules.common import LASTS_MOST_MS
from parley.core.rules.moderation import SLOW_MOST
from parley.core.rules.speaking import DIRECT_MOST
from parley.core.text import KEY_CHARS
from tests.core.sessions import House, look

BOSS, MOD, ADA, BOB, GUEST = 1, 2, 3, 4, 5
TEA, DEN = 1, 2


@pytest.fixture
def house():
    """boss owns #tea and the private #den, mod is a moderator of both, ada a member of both; bob and a guest are in
    neither. All but the guest have accounts, and none a say on the server.
    """
    house = House()
    for name in ("boss", "mod", "ada", "bob"):
        house.account(name)
    house.enter("guest")
    house.done(Join(BOSS, "tea"))
    house.join("tea", MOD, ADA)
    assert house.private("den", BOSS, MOD, ADA) == DEN
    for room in (TEA, DEN):
        house.done(Moderate(BOSS, room, "role", "mod", value="moderator"))
    return house


def refusals(house, *cases):
    for command, code in cases:
        before = look(house.state)
        assert house.ask(command) == code, command
        assert look(house.state) == before


def same_as_for_none(house, *commands):
    """Check that each pair, of which the second names what is not there, gets one answer."""
    for there, not_there in commands:
        assert decide(house.state, there, house.at) == decide(house.state, not_there, house.at)


# Private rooms


def test_a_private_room_begins_with_its_making(house):
    assert house.ask(Create(BOB, "#plot", private=True)) == [
        (3, 1, BOB, "bob", "created", "plot"),
        (3, 2, BOB, "bob", "private", ""),
        (3, 3, BOB, "bob", "joined", ""),
    ]
    assert house.state.rooms[3].roles == {BOB: "owner"}


def test_for_whoever_is_not_in_a_private_room_there_is_none(house):
    tip = house.state.rooms[DEN].tip
    same_as_for_none(
        house,
        (Say(BOB, DEN, "hi"), Say(BOB, 99, "hi")),
        (SetTopic(BOB, DEN, "hi"), SetTopic(BOB, 99, "hi")),
        (Leave(BOB, DEN), Leave(BOB, 99)),
        (Moderate(BOB, DEN, "archive"), Moderate(BOB, 99, "archive")),
    )
    assert house.ask(Create(BOB, "DEN", private=True))[0][0] == 3
    assert house.ask(Create(GUEST, "Den"))[0][0] == 4
    assert house.done(Moderate(BOSS, TEA, "rename", "", value="tea2")) == ["room_renamed"]
    assert house.done(Join(BOSS, "cellar")) == ["created", "joined"]
    assert house.done(Moderate(BOSS, 5, "rename", value="plot")) == ["room_renamed"]
    assert house.state.rooms[DEN].tip == tip


def test_a_public_room_may_take_a_private_ones_name_and_keeps_it(house):
    assert house.done(Join(BOB, "den")) == ["created", "joined"]
    assert house.state.room_named("den").id == 3
    assert house.state.room_for(ADA, "den").id == DEN
    assert house.ask(Join(ADA, "den")) == []
    house.done(Join(GUEST, "den"))
    assert house.state.rooms[3].members.keys() == {BOB, GUEST}
    house.done(Moderate(BOB, 3, "rename", value="cellar"))
    assert house.state.room_named("den") is None
    assert house.state.room_for(ADA, "den").id == DEN


def test_who_is_in_a_private_room_may_make_a_public_one_of_its_name(house):
    assert house.done(Create(ADA, "den")) == ["created", "joined"]
    refusals(
        house,
        (Create(BOB, "DEN"), "room_taken"),
        (Create(BOB, "a b"), "room_invalid"),
        (Create(BOB, "@1+2", private=True), "room_invalid"),
        (Create(99, "attic"), "name_needed"),
    )


def test_nobody_is_lured_into_a_private_room_by_the_name_of_a_public_one(house):
    refusals(
        house,
        (Create(BOB, "TEA", private=True), "room_taken"),
        (Moderate(BOSS, DEN, "rename", value="Tea"), "room_taken"),
        (Create(ADA, "den", private=True), "room_taken"),
    )
    assert house.state.room_named("tea").id == TEA
    house.done(Create(BOSS, "attic", private=True))
    refusals(house, (Moderate(BOSS, 3, "rename", value="den"), "room_taken"))
    assert house.done(Moderate(BOSS, 3, "rename", value="Attic")) == ["room_renamed"]


def test_a_private_room_is_entered_by_invitation_and_left_with_a_way_back(house):
    assert house.ask(Moderate(ADA, DEN, "invite", "bob", why="come")) == [(DEN, 9, ADA, "ada", "invited", "come")]
    assert house.ask(Moderate(ADA, DEN, "invite", "bob")) == []
    refusals(house, (Moderate(BOB, DEN, "invite", "guest"), "room_unknown"))  # they have to come in first
    assert house.ask(Join(BOB, "den")) == [(DEN, 10, BOB, "bob", "joined", "")]
    assert house.ask(Moderate(ADA, DEN, "invite", "bob")) == []
    house.done(Leave(BOB, DEN))
    assert house.done(Join(BOB, "den")) == ["joined"]


def test_who_made_a_private_room_finds_back_to_it(house):
    house.done(Leave(BOSS, DEN))
    assert house.ask(Moderate(BOSS, DEN, "slow", value="5")) == "room_unknown"
    house.done(Join(BOSS, "den"))
    assert house.state.rooms[DEN].members.keys() == {BOSS, MOD, ADA}
    assert house.done(Moderate(BOSS, DEN, "slow", value="5")) == ["slow"]


@pytest.mark.parametrize("action", ["kick", "ban"])
def test_who_is_sent_out_of_a_private_room_finds_it_no_more(house, action):
    house.done(Moderate(MOD, DEN, action, "ada", why="noise"))
    assert house.log[-1].text == "noise"
    assert house.log[-1].about.user == ADA
    same_as_for_none(house, (Say(ADA, DEN, "hi"), Say(ADA, 99, "hi")))
    assert [event[0] for event in house.ask(Join(ADA, "den"))] == [3, 3]  # a room of their own
    assert DEN not in house.state.users[ADA].rooms


def test_a_guest_who_makes_a_private_room_owns_it_as_themselves_only(house):
    room = house.private("nook", GUEST)
    house.done(Depart(GUEST))
    [other] = house.enter("guest")
    assert house.ask(Join(other, "nook"))[0][0] != room
    house.done(Enter("guest2", user=GUEST))
    assert house.ask(Join(GUEST, "nook"))[0][0] == room
    assert house.done(Moderate(GUEST, room, "read_only", value="on")) == ["read_only"]


# Sending out, keeping out


def test_a_kick_takes_the_role_and_leaves_the_door_of_a_public_room_open(house):
    house.done(Moderate(BOSS, TEA, "kick", "mod", why=" enough "))
    assert house.log[-1].text == "enough"
    assert MOD not in house.state.rooms[TEA].members
    assert house.ask(Say(MOD, TEA, "hi")) == "room_not_joined"
    house.done(Join(MOD, "tea"))
    refusals(house, (Moderate(MOD, TEA, "kick", "ada"), "not_allowed"))


def test_a_ban_holds_for_its_time_also_for_those_who_are_away(house):
    house.done(Moderate(MOD, TEA, "ban", "guest", until=house.at + 100))
    decision = decide(house.state, Join(GUEST, "tea"), house.at)
    assert (decision.code, decision.retry_after) == ("banned", 99)
    house.done(Rename(GUEST, "somebody"))
    house.done(Register("somebody", "hash", user=GUEST))
    assert house.ask(Join(GUEST, "tea")) == "banned"  # by any name, with an account or without
    assert house.ask(Moderate(ADA, TEA, "invite", "somebody")) == "value_invalid"
    house.at += 100
    assert house.done(Join(GUEST, "tea")) == ["joined"]


def test_a_ban_is_lifted(house):
    house.done(Moderate(MOD, TEA, "ban", "ada"))
    assert decide(house.state, Join(ADA, "tea"), house.at + 10**12).retry_after is None
    assert house.done(Moderate(MOD, TEA, "ban", "ada", undo=True)) == ["unbanned"]
    assert house.ask(Moderate(MOD, TEA, "ban", "ada", undo=True)) == []
    assert house.done(Join(ADA, "tea")) == ["joined"]


def test_a_ban_by_duration(house):
    house.done(Moderate(MOD, TEA, "ban", "ada", lasting=60_000))
    assert house.log[-1].about.until == house.at + 60_000


def test_an_end_has_to_be_ahead_and_no_number_that_a_store_can_not_hold(house):
    for action in ("ban", "mute"):
        for until in (1, -1, house.at, 2**63, house.at + LASTS_MOST_MS + 10):
            refusals(house, (Moderate(MOD, TEA, action, "ada", until=until), "value_invalid"))
        refusals(house, (Moderate(MOD, TEA, action, "ada", lasting=-5), "value_invalid"))


def test_an_owner_who_is_away_is_not_overthrown(house):
    house.done(Leave(BOSS, TEA))
    refusals(house, (Moderate(MOD, TEA, "ban", "boss"), "outranked"))
    house.done(Join(BOSS, "tea"))
    assert house.done(Moderate(BOSS, TEA, "kick", "mod")) == ["kicked"]


def test_the_role_of_someone_who_is_away_can_be_taken(house):
    house.done(Leave(MOD, TEA))
    assert house.done(Moderate(BOSS, TEA, "role", "mod", value="member")) == ["role"]
    house.done(Join(MOD, "tea"))
    refusals(
        house,
        (Moderate(MOD, TEA, "kick", "ada"), "not_allowed"),
        (Moderate(BOSS, TEA, "role", "bob", value="moderator"), "member_unknown"),
    )


def test_a_room_keeps_its_last_owner(house):
    refusals(
        house,
        (Moderate(BOSS, TEA, "role", "boss", value="member"), "owner_last"),
        (Moderate(BOSS, TEA, "kick", "boss"), "not_allowed"),
        (Moderate(BOSS, TEA, "ban", "boss"), "not_allowed"),
        (Moderate(BOSS, TEA, "mute", "boss"), "not_allowed"),
    )
    house.done(Moderate(BOSS, TEA, "role", "mod", value="owner"))
    assert house.done(Moderate(BOSS, TEA, "role", "boss", value="member")) == ["role"]
    refusals(house, (Moderate(BOSS, TEA, "role", "boss", value="owner"), "not_allowed"))
    refusals(house, (Moderate(MOD, TEA, "role", "mod", value="moderator"), "owner_last"))
    # Whoever runs the machine is asked by nobody.
    assert house.done(Moderate(MACHINE, TEA, "role", "mod", value="member")) == ["role"]


def test_owners_do_nothing_to_one_another_and_the_servers_owner_may(house):
    house.done(Moderate(BOSS, TEA, "role", "mod", value="owner"))
    chief, admin = house.account("chief", "owner"), house.account("admin", "admin")
    refusals(
        house,
        (Moderate(BOSS, TEA, "role", "mod", value="member"), "outranked"),
        (Moderate(admin, TEA, "role", "mod", value="member"), "outranked"),
        (Moderate(chief, TEA, "kick", "mod"), "outranked"),
        (Moderate(chief, DEN, "role", "boss", value="member"), "room_unknown"),
    )
    assert house.done(Moderate(chief, TEA, "role", "mod", value="member")) == ["role"]
    assert house.done(Moderate(chief, TEA, "kick", "mod")) == ["kicked"]


def test_a_role_is_one_of_three(house):
    for value in ("", "admin", "Owner"):
        refusals(house, (Moderate(BOSS, TEA, "role", "ada", value=value), "value_invalid"))
    assert house.ask(Moderate(BOSS, TEA, "role", "mod", value="moderator")) == []


def test_someone_unknown_is_named_only_if_that_does_no_harm(house):
    for action in ("invite", "kick", "ban", "mute", "role"):
        refusals(house, (Moderate(BOSS, TEA, action, "nobody"), "user_unknown"))
    assert "that" in decide(house.state, Moderate(BOSS, TEA, "kick", "a\nb"), 1).message
    assert len(decide(house.state, Moderate(BOSS, TEA, "kick", "x" * 9999), 1).message) < KEY_CHARS + 60


# Not being heard


def quiet(house, room, user):
    """Check that nothing the user writes is seen in the room, whichever way it is written."""
    code = house.ask(Say(user, room, "psst"))
    assert isinstance(code, str)
    assert house.ask(SetTopic(user, room, "psst")) == code
    house.done(Leave(user, room, "psst"))
    assert all(event.text != "psst" for event in house.log)
    return code


def test_the_muted_are_not_heard_whichever_way_they_try(house):
    house.done(Moderate(MOD, TEA, "mute", "ada", until=house.at + 100))
    decision = decide(house.state, Say(ADA, TEA, "psst"), house.at)
    assert (decision.code, decision.retry_after) == ("muted", 99)
    assert quiet(house, TEA, ADA) == "muted"
    house.done(Join(ADA, "tea"))
    assert house.ask(Say(ADA, TEA, "psst")) == "muted"  # still
    house.done(Tell(ADA, "bob", "elsewhere they are"))
    house.at += 100
    assert house.done(Say(ADA, TEA, "hi")) == ["message"]


def test_a_guest_who_is_muted_departs_in_silence_where_it_is_so(house):
    house.join("tea", GUEST)
    house.join("lobby", GUEST)
    house.done(Moderate(MOD, TEA, "mute", "guest"))
    house.done(Depart(GUEST, "psst"))
    assert [(event.room, event.text) for event in house.log[-3:]] == [(TEA, ""), (3, "psst"), (0, "")]


def test_a_mute_is_lifted_and_does_not_bind_those_who_became_moderators(house):
    house.done(Moderate(MOD, TEA, "mute", "ada"))
    assert decide(house.state, Say(ADA, TEA, "hi"), house.at).retry_after is None
    house.done(Moderate(BOSS, TEA, "role", "ada", value="moderator"))
    assert house.done(Say(ADA, TEA, "hi")) == ["message"]
    house.done(Moderate(BOSS, TEA, "role", "ada", value="member"))
    house.done(Leave(ADA, TEA))
    assert house.done(Moderate(MOD, TEA, "mute", "ada", undo=True)) == ["unmuted"]
    assert house.ask(Moderate(MOD, TEA, "mute", "ada", undo=True)) == []
    refusals(house, (Moderate(MOD, TEA, "mute", "ada"), "member_unknown"))


def test_in_a_room_that_is_read_only_moderators_write(house):
    house.done(Moderate(MOD, TEA, "read_only", value="on"))
    assert house.ask(Moderate(MOD, TEA, "read_only", value="on")) == []
    assert house.done(Say(MOD, TEA, "hear")) == ["message"]
    assert house.done(SetTopic(MOD, TEA, "hear")) == ["topic"]
    assert quiet(house, TEA, ADA) == "read_only"
    house.done(Join(ADA, "tea"))
    house.done(Moderate(MOD, TEA, "read_only", value="off"))
    assert house.done(Say(ADA, TEA, "hi")) == ["message"]


def test_slow_mode_counts_from_ones_own_last_message(house):
    house.done(Moderate(MOD, TEA, "slow", value="010"))
    assert house.log[-1].text == "10"
    assert house.ask(Moderate(MOD, TEA, "slow", value="10")) == []
    house.done(Say(ADA, TEA, "one"))
    decision = decide(house.state, Say(ADA, TEA, "two"), house.at + 4_000)
    assert (decision.code, decision.retry_after) == ("slow", 6_000)
    assert house.done(Say(MOD, TEA, "moderators")) == ["message"]
    assert house.done(Say(MOD, TEA, "need not wait")) == ["message"]
    assert quiet(house, TEA, ADA) == "slow"
    house.done(Join(ADA, "tea"))
    house.at += 10_000
    assert house.done(Say(ADA, TEA, "two")) == ["message"]
    house.done(Moderate(MOD, TEA, "slow", value="0"))
    assert house.state.rooms[TEA].spoke == {}
    assert house.done(Say(ADA, TEA, "three")) == ["message"]


@pytest.mark.parametrize("value", ["", "-1", "1.5", "x", "٣", "²", str(SLOW_MOST + 1), "9" * 5_000])
def test_slow_mode_takes_seconds(house, value):
    refusals(house, (Moderate(MOD, TEA, "slow", value=value), "value_invalid"))


def test_nobody_moderates_without_a_name(house):
    refusals(house, (Moderate(99, TEA, "kick", "ada"), "name_needed"), (Moderate(99, 77, "archive"), "name_needed"))


def test_a_switch_is_on_or_off(house):
    for action in ("read_only", "guests"):
        refusals(house, (Moderate(BOSS, TEA, action, value="maybe"), "value_invalid"))


def test_an_archived_room_is_read_and_nothing_more(house):
    house.done(Moderate(BOSS, TEA, "archive", why="over"))
    assert house.ask(Moderate(BOSS, TEA, "archive")) == []
    assert house.state.room_named("tea") is house.state.rooms[TEA]
    refusals(
        house,
        (Say(BOSS, TEA, "hi"), "archived"),
        (SetTopic(BOSS, TEA, "hi"), "archived"),
        (Join(BOB, "tea"), "archived"),
        (Create(BOB, "tea"), "room_taken"),
        (Moderate(MOD, TEA, "archive", undo=True), "not_allowed"),
    )
    assert house.ask(OpenRoom("tea")) == []
    assert quiet(house, TEA, ADA) == "archived"
    house.done(Moderate(BOSS, TEA, "archive", undo=True))
    assert house.done(Say(BOSS, TEA, "again")) == ["message"]


# Guests


def test_a_room_closed_to_guests_takes_accounts_and_those_whom_a_moderator_invites(house):
    house.join("tea", GUEST)
    late, later = house.enter("late", "later")
    house.done(Moderate(BOSS, TEA, "guests", value="off"))
    assert house.done(Say(GUEST, TEA, "still here")) == ["message"]
    refusals(
        house,
        (Join(late, "tea"), "guests_closed"),
        (Moderate(GUEST, TEA, "invite", "late"), "guests_closed"),
        (Moderate(ADA, TEA, "invite", "late"), "guests_closed"),
    )
    assert house.done(Join(BOB, "tea")) == ["joined"]
    house.done(Moderate(MOD, TEA, "invite", "late"))
    assert house.done(Join(late, "tea")) == ["joined"]
    house.done(Register("later", "hash", user=later))
    assert house.done(Join(later, "tea")) == ["joined"]


# Names of rooms


def test_a_room_is_renamed(house):
    assert house.ask(Moderate(BOSS, TEA, "rename", value="#Coffee")) == [
        (TEA, 6, BOSS, "boss", "room_renamed", "Coffee")
    ]
    assert house.state.room_named("tea") is None
    assert house.state.room_named("coffee").id == TEA
    assert house.done(Moderate(BOSS, TEA, "rename", value="COFFEE")) == ["room_renamed"]
    assert house.ask(Moderate(BOSS, TEA, "rename", value="COFFEE")) == []
    house.join("lobby")
    refusals(
        house,
        (Moderate(BOSS, TEA, "rename", value="LOBBY"), "room_taken"),
        (Moderate(BOSS, TEA, "rename", value="@1+2"), "room_invalid"),
        (Moderate(BOSS, TEA, "rename", value=""), "room_invalid"),
        (Moderate(BOSS, TEA, "rename", value="a b"), "room_invalid"),
    )


def test_rooms_can_swap_their_names(house):
    house.done(Join(BOSS, "cake"))
    for room, name in ((TEA, "x"), (3, "tea"), (TEA, "cake")):
        house.done(Moderate(BOSS, room, "rename", value=name))
    assert house.state.room_named("tea").id == 3
    assert house.state.room_named("cake").id == TEA
    assert house.state.room_named("x") is None


# Direct rooms


def test_a_conversation_of_several(house):
    assert house.done(Gather(ADA, ("bob", "guest", "ada", "BOB"))) == ["created", "joined", "joined", "joined"]
    room = house.state.rooms[3]
    assert room.members.keys() == {ADA, BOB, GUEST}
    assert (room.kind, room.roles) == ("direct", {})
    assert house.ask(Gather(GUEST, ("ada", "bob"))) == []
    assert house.done(Say(GUEST, 3, "hi")) == ["message"]
    refusals(
        house,
        (Say(MOD, 3, "hi"), "room_not_joined"),
        (Moderate(ADA, 3, "invite", "mod"), "room_direct"),
        (Moderate(MOD, 3, "invite", "mod"), "room_unknown"),
        (Gather(ADA, ()), "user_self"),
        (Gather(ADA, ("ada",)), "user_self"),
        (Gather(ADA, ("bob", "nobody")), "user_unknown"),
        (Gather(99, ("bob",)), "name_needed"),
    )


def test_a_conversation_has_a_bound_and_nobody_is_left_out_silently(house):
    names = tuple(f"friend{number}" for number in range(DIRECT_MOST))
    house.enter(*names)
    refusals(house, (Gather(ADA, names), "value_invalid"), (Gather(ADA, ("bob",) * 21 + ("mod",)), "value_invalid"))
    assert len(house.ask(Gather(ADA, names[:-1]))) == DIRECT_MOST + 1


# The servers' say


def test_an_account_that_is_disabled_does_nothing(house):
    admin = house.account("admin", "admin")
    house.invitation(ADA, room=TEA)
    house.done(Disable(admin, BOSS, True, "why"))
    refusals(
        house,
        (Say(BOSS, TEA, "hi"), "account_disabled"),
        (Tell(BOSS, "ada", "hi"), "account_disabled"),
        (Gather(BOSS, ("ada",)), "account_disabled"),
        (SetTopic(BOSS, TEA, "hi"), "account_disabled"),
        (Join(BOSS, "cake"), "account_disabled"),
        (Create(BOSS, "cake"), "account_disabled"),
        (Leave(BOSS, TEA, "bye"), "account_disabled"),
        (Rename(BOSS, "boss2"), "account_disabled"),
        (Moderate(BOSS, TEA, "kick", "ada"), "account_disabled"),
        (Enter("boss", user=BOSS), "account_disabled"),
        (Delete(BOSS, False), "account_disabled"),
    )
    house.done(Disable(admin, BOSS, False))
    assert house.done(Say(BOSS, TEA, "hi")) == ["message"]


def test_a_deleted_account_leaves_its_rooms_and_its_conversations_stay(house):
    house.done(Tell(ADA, "bob", "hi"))
    house.done(Delete(ADA, True))
    assert [(event.room, event.kind, event.name) for event in house.log[-4:]] == [
        (TEA, "left", "deleted user"),
        (DEN, "left", "deleted user"),
        (0, "released", "deleted user"),
        (0, "deleted", "deleted user"),
    ]
    assert house.state.rooms[TEA].members.keys() == {BOSS, MOD}
    assert house.done(Say(BOB, 3, "still here")) == ["message"]
    refusals(
        house,
        (Tell(BOB, "ada", "hi"), "user_unknown"),
        (Say(ADA, 3, "hi"), "name_needed"),
        (Enter("ada", user=ADA), "token_unknown"),
    )
    [other] = house.enter("ada")  # the name is free, and nothing else is inherited
    assert house.state.users[other].rooms == ()


def test_a_room_is_joined_by_its_id_and_none_is_made_by_mistake(house):
    hidden = decide(house.state, Join(BOB, "den", DEN), house.at)
    assert hidden == decide(house.state, Join(BOB, "den", 99), house.at)
    assert hidden.code == "room_unknown"
    house.done(Moderate(BOSS, DEN, "invite", "bob"))
    assert house.done(Join(BOB, "whatever", DEN)) == ["joined"]
    house.done(Moderate(BOSS, DEN, "kick", "bob"))
    assert decide(house.state, Join(BOB, "den", DEN), house.at).code == "room_unknown"
