"""Accounts, their roles, and the ways in, as sessions: what becomes of a command, and who can't get around it."""

import json

import pytest

from parley.core.commands import (
    Create,
    Delete,
    Depart,
    Disable,
    Enter,
    Join,
    MakeInvitation,
    Moderate,
    Register,
    Rename,
    RevokeInvitation,
    Say,
    SetPassword,
    SetProfile,
    SetServerRole,
    SignIn,
    SignOut,
    Tell,
)
from parley.core.events import DELETED_NAME, DIRECTORY, MACHINE, SERVER
from parley.core.rules import decide
from parley.core.rules.common import LASTS_MOST_MS
from parley.core.state import Profile
from tests.core.sessions import House, look

OWNER, ADMIN, ADA, BOB, BOT, GUEST, NOBODY = 1, 2, 3, 4, 5, 6, 99


@pytest.fixture
def house():
    """An owner, an admin, two members, a bot, and a guest. They are in no room."""
    house = House()
    for name, role in (("own", "owner"), ("adm", "admin"), ("ada", "member"), ("bob", "member"), ("robot", "bot")):
        house.account(name, role)
    house.enter("guest")
    return house


def refusals(house, *cases):
    for command, code in cases:
        before = look(house.state)
        assert house.ask(command) == code, command
        assert look(house.state) == before


# Accounts


def test_a_guest_turns_into_an_account_and_keeps_everything(house):
    house.done(Join(GUEST, "tea"))
    house.done(Tell(GUEST, "ada", "hi"))
    assert house.ask(Register("guest", "hash", user=GUEST)) == [(0, 17, GUEST, "guest", "registered", "member")]
    user = house.state.users[GUEST]
    assert (user.role, user.rooms, user.account) == ("member", (1, 2), True)
    assert house.ask(Depart(GUEST)) == []  # an account stays a member, connected or not
    refusals(house, (Register("guest", "hash", user=GUEST), "account_there"))


def test_a_guest_may_take_another_name_with_it(house):
    house.done(Join(GUEST, "tea"))
    assert house.ask(Register("Zoé", "hash", user=GUEST)) == [
        (0, 17, GUEST, "guest", "named", "Zoé"),
        (0, 18, GUEST, "Zoé", "registered", "member"),
        (1, 3, GUEST, "guest", "renamed", "Zoé"),
    ]


def test_an_account_of_nobody_yet(house):
    assert house.ask(Register("zoe", "hash")) == [
        (0, 17, 7, "zoe", "named", "zoe"),
        (0, 18, 7, "zoe", "registered", "member"),
    ]
    refusals(
        house,
        (Register("ada", "hash"), "name_taken"),
        (Register("guest", "hash"), "name_taken"),
        (Register("a b", "hash"), "name_invalid"),
        (Register(DELETED_NAME, "hash"), "name_invalid"),
        (Register("zoe2", "hash", user=NOBODY), "name_needed"),
        (Register("zoe2", "hash", user=SERVER), "name_needed"),
        (Register("zoe2", None), "password_invalid"),
    )


def test_nobody_registers_as_more_than_a_member_by_asking_for_it(house):
    for number, role in enumerate(("owner", "admin", "bot")):
        house.done(Register(f"zoe{number}x", "hash", role=role))
        assert house.state.user_named(f"zoe{number}x").role == "member"


def test_who_may_make_accounts_for_others(house):
    for by in (ADA, BOT, GUEST, NOBODY):
        for role in ("member", "bot", "admin", "owner"):
            refusals(house, (Register("zoe", "hash", by=by, role=role), "not_allowed"))
    for role in ("admin", "owner"):
        refusals(house, (Register("zoe", "hash", by=ADMIN, role=role), "not_allowed"))
    for by in (OWNER, MACHINE):
        refusals(house, (Register("zoe", "hash", by=by, role="guest"), "value_invalid"))
    house.done(Register("helper", None, by=ADMIN, role="bot"))
    house.done(Register("second", "hash", by=OWNER, role="owner"))
    assert house.state.user_named("helper").role == "bot"
    assert house.state.user_named("second").role == "owner"


@pytest.mark.parametrize("name", ["ADA", "ａｄａ", "\u0430d\u0430", "ad\u0430", "𝒶da"])
def test_an_accounts_name_is_taken_however_it_is_written(house, name):
    refusals(
        house,
        (Enter(name), "name_taken"),
        (Rename(GUEST, name), "name_taken"),
        (Rename(BOB, name), "name_taken"),
        (Register(name, "hash"), "name_taken"),
        (Register(name, "hash", user=GUEST), "name_taken"),
    )
    house.done(Rename(ADA, name))  # their own they may write as they like
    assert house.state.users[ADA].name == name


def test_nobody_looks_like_the_server(house):
    for name in ("Parley", "p\u0430rley", "parIey"):
        refusals(house, (Enter(name), "name_taken"), (Rename(ADA, name), "name_taken"))


def test_guests_who_look_alike_keep_their_names_until_one_has_an_account(house):
    [first, second] = house.enter("lora", "1ora")
    house.done(Register("lora", "hash", user=first))
    refusals(house, (Register("1ora", "hash", user=second), "name_taken"))
    house.done(Register("somebody", "hash", user=second))
    house.done(Rename(first, "laura"))
    house.done(Rename(second, "1ora"))  # the look is free with the name
    refusals(house, (Rename(first, "lora"), "name_taken"))


def test_a_profile(house):
    assert house.ask(SetProfile(ADA, " Ada L. ", "#33AA77", "Europe/London"))[0][4] == "profile"
    assert json.loads(house.log[-1].text) == {"display": "Ada L.", "colour": "#33aa77", "zone": "Europe/London"}
    assert house.state.users[ADA].profile == Profile("Ada L.", "#33aa77", "Europe/London")
    assert house.ask(SetProfile(ADA, "Ada L.", "#33aa77", "Europe/London")) == []
    assert house.done(SetProfile(BOB, "Bob")) == ["profile"]
    refusals(
        house,
        (SetProfile(GUEST, "me"), "account_needed"),
        (SetProfile(NOBODY, "me"), "name_needed"),
        (SetProfile(ADA, "x" * 33), "profile_invalid"),
        (SetProfile(ADA, "two\nlines"), "profile_invalid"),
        (SetProfile(ADA, "\x1b[31m"), "profile_invalid"),
        (SetProfile(ADA, "\u202eada"), "profile_invalid"),
        (SetProfile(ADA, colour="red"), "profile_invalid"),
        (SetProfile(ADA, colour="#33aa7７"), "profile_invalid"),
        (SetProfile(ADA, zone="<b>"), "profile_invalid"),
        (SetProfile(ADA, zone="x" * 65), "profile_invalid"),
    )


# Passwords and sessions


def test_what_is_done_about_ones_own_credentials(house):
    assert house.ask(SignIn(ADA, b"hash")) == []
    assert house.ask(SignIn(ADA, b"hash", at=house.state.rooms[DIRECTORY].tip)) == []
    assert house.ask(SignOut(ADA, b"hash")) == []
    assert house.ask(SetPassword(ADA, "hash")) == [(0, 17, ADA, "ada", "credentials", "password")]
    assert house.done(SignOut(ADA, None, by=ADA)) == ["credentials"]
    assert house.ask(SignIn(BOT, b"hash", "ci", by=BOT))[0][5] == "token ci"
    refusals(
        house,
        (SignIn(GUEST, b"hash"), "account_needed"),
        (SetPassword(GUEST, "hash"), "account_needed"),
        (SetPassword(BOT, "hash"), "account_needed"),
        (SignIn(NOBODY, b"hash"), "name_needed"),
    )


def test_whose_credentials_others_may_change(house):
    second = house.account("second", "admin")
    for command in (SetPassword(ADA, "hash", by=ADMIN), SignOut(ADA, None, by=ADMIN), SignOut(ADMIN, None, by=OWNER)):
        assert house.done(command) == ["credentials"]
        assert house.log[-1].user == command.by
        assert house.log[-1].about.user == command.user
    for by in (ADA, BOT, GUEST, NOBODY):
        for user in (OWNER, ADMIN, BOB):
            refusals(
                house, (SetPassword(user, "hash", by=by), "not_allowed"), (SignOut(user, None, by=by), "not_allowed")
            )
    for user in (OWNER, second):
        refusals(
            house, (SetPassword(user, "hash", by=ADMIN), "not_allowed"), (SignOut(user, None, by=ADMIN), "not_allowed")
        )


def test_a_session_does_not_begin_with_a_password_that_was_right_a_moment_ago(house):
    before = house.state.rooms[DIRECTORY].tip
    house.done(SetPassword(ADA, "hash"))
    refusals(house, (SignIn(ADA, b"hash", at=before), "sign_in_wrong"))
    now = house.state.rooms[DIRECTORY].tip
    house.done(SetPassword(BOB, "hash"))
    house.done(SignIn(BOT, b"hash", "password", by=BOT))
    house.done(SignOut(ADA, None, by=ADA))
    assert house.done(SignIn(ADA, b"hash", at=now)) == []


def test_nobody_makes_a_token_with_which_to_be_somebody_else(house):
    for by in (OWNER, ADMIN, BOB, GUEST, BOT):
        refusals(house, (SignIn(ADA, b"hash", by=by), "not_allowed"))
    assert house.done(SignIn(BOT, b"hash", "ci", by=ADMIN)) == ["credentials"]
    refusals(house, (SignIn(BOT, b"hash", "ci", by=ADA), "not_allowed"))
    assert house.done(SignIn(ADA, b"hash", by=MACHINE)) == ["credentials"]


def test_a_disabled_account_can_not_sign_in_and_others_can_look_after_it(house):
    house.done(Disable(ADMIN, ADA, True))
    house.done(Disable(ADMIN, BOT, True))
    refusals(
        house,
        (SignIn(ADA, b"hash"), "account_disabled"),
        (SignIn(BOT, b"hash", by=ADMIN), "account_disabled"),
        (SetPassword(ADA, "hash"), "account_disabled"),
        (SetPassword(ADA, "hash", by=ADA), "account_disabled"),
    )
    assert house.done(SetPassword(ADA, "hash", by=ADMIN)) == ["credentials"]


def test_no_log_holds_a_secret(house):
    house.done(Register("zoe", "$argon2id$secret", token=b"secret"))
    house.done(Enter("eve", token=b"secret"))
    house.done(SetPassword(ADA, "$argon2id$secret", but=b"secret"))
    house.done(SignIn(BOT, b"secret", "ci", by=OWNER))
    house.done(SignOut(ADA, b"secret", by=OWNER))
    assert "secret" not in repr(house.log)


# Roles on the server


def test_roles_are_given_by_owners(house):
    assert house.ask(SetServerRole(OWNER, ADA, "admin")) == [(0, 17, OWNER, "own", "role", "admin")]
    assert house.state.users[ADA].role == "admin"
    assert house.ask(SetServerRole(OWNER, ADA, "admin")) == []
    for by in (ADMIN, ADA, BOB, BOT, GUEST, NOBODY):
        for role in ("owner", "admin"):
            refusals(house, (SetServerRole(by, BOB, role), "not_allowed"))
            refusals(house, (SetServerRole(by, by, "owner"), "not_allowed" if by in range(1, 5) else "account_needed"))
    refusals(
        house,
        (SetServerRole(ADMIN, ADA, "member"), "not_allowed"),
        (SetServerRole(OWNER, BOT, "admin"), "account_needed"),
        (SetServerRole(OWNER, GUEST, "member"), "account_needed"),
        (SetServerRole(OWNER, SERVER, "member"), "account_needed"),
        (SetServerRole(OWNER, ADA, "guest"), "value_invalid"),
        (SetServerRole(MACHINE, ADA, "bot"), "value_invalid"),
    )


def test_a_server_keeps_its_last_owner(house):
    for by in (OWNER, MACHINE):
        refusals(house, (SetServerRole(by, OWNER, "member"), "owner_last"), (Delete(OWNER, False, by=by), "owner_last"))
    refusals(house, (Disable(MACHINE, OWNER, True), "owner_last"))
    house.done(SetServerRole(OWNER, ADA, "owner"))
    house.done(Disable(ADA, OWNER, True))
    refusals(house, (SetServerRole(ADA, ADA, "admin"), "owner_last"), (Delete(ADA, False), "owner_last"))
    assert house.done(Delete(OWNER, False, by=ADA)) == ["released", "deleted"]


def test_who_may_disable_and_delete_whom(house):
    for command in (lambda by, user: Disable(by, user, True), lambda by, user: Delete(user, False, by=by)):
        for by in (ADA, BOT, GUEST, NOBODY):
            for user in (OWNER, ADMIN, BOB):
                refusals(house, (command(by, user), "not_allowed"))
        refusals(house, (command(ADMIN, OWNER), "not_allowed"), (command(OWNER, GUEST), "account_needed"))
    refusals(house, (Disable(ADMIN, ADMIN, True), "not_allowed"), (Disable(OWNER, OWNER, True), "not_allowed"))
    assert house.ask(Disable(ADMIN, BOB, True, "spam")) == [(0, 17, ADMIN, "adm", "disabled", "spam")]
    assert house.ask(Disable(ADMIN, BOB, True)) == []
    refusals(house, (Disable(BOB, BOB, False), "not_allowed"))
    assert house.done(Delete(BOB, True, by=ADMIN)) == ["released", "deleted"]
    assert (house.log[-1].user, house.log[-1].about.user, house.log[-1].text) == (ADMIN, BOB, "erased")
    assert house.done(Delete(ADA, False)) == ["released", "deleted"]
    assert (house.log[-1].user, house.log[-1].name, house.log[-1].text) == (ADA, DELETED_NAME, "kept")


def test_an_admin_who_is_disabled_or_demoted_has_no_say(house):
    house.done(Disable(OWNER, ADMIN, True))
    house.done(SetServerRole(OWNER, ADA, "admin"))
    house.done(SetServerRole(OWNER, ADA, "member"))
    code = f"{7:064x}"
    for by in (ADMIN, ADA):
        for command in (
            Disable(by, BOB, True),
            Delete(BOB, True, by=by),
            SetPassword(BOB, "hash", by=by),
            SignOut(BOB, None, by=by),
            SetServerRole(by, BOB, "member"),
            Register("zoe", None, by=by, role="bot"),
        ):
            refusals(house, (command, "not_allowed"))
        refusals(house, (MakeInvitation(by, code), "account_disabled" if by == ADMIN else "not_allowed"))
    refusals(house, (Moderate(ADMIN, 1, "archive"), "account_disabled"))


# Ways in


def test_an_open_server_asks_nobody(house):
    assert house.done(Enter("zoe")) == ["named"]


def test_a_server_by_invitation(house):
    house.policy = House("invite").policy
    code = house.invitation(OWNER, uses=2, until=house.at + 100)
    refusals(
        house,
        (Enter("zoe"), "invitation_needed"),
        (Enter("zoe", invitation=""), "invitation_needed"),
        (Enter("zoe", invitation="0" * 64), "invitation_unknown"),
        (Register("zoe", "hash"), "invitation_needed"),
    )
    assert house.ask(Enter("zoe", invitation=code)) == [
        (0, 18, 7, "zoe", "named", "zoe"),
        (0, 19, 7, "zoe", "invitation_used", code),
    ]
    house.done(Depart(7))
    assert house.done(Enter("zoe", user=7)) == ["named"]  # one who was in comes back without another
    assert house.done(Register("zoe", "hash", user=7)) == ["registered"]
    assert house.done(Register("eve", "hash", invitation=code)) == ["named", "registered", "invitation_used"]
    refusals(house, (Enter("mia", invitation=code), "invitation_unknown"))


def test_an_invitation_ends(house):
    house.policy = House("invite").policy
    late, gone = house.invitation(OWNER, 1, until=house.at + 10), house.invitation(OWNER, 2, uses=0)
    house.at += 10
    house.done(RevokeInvitation(OWNER, gone))
    refusals(
        house,
        (Enter("zoe", invitation=late), "invitation_unknown"),
        (Enter("zoe", invitation=gone), "invitation_unknown"),
        (RevokeInvitation(OWNER, gone), "invitation_unknown"),
    )


def test_one_use_is_one_even_in_one_commit(house):
    house.policy = House("invite").policy
    code = house.invitation(OWNER)
    assert house.done(Enter("zoe", invitation=code)) == ["named", "invitation_used"]
    refusals(house, (Enter("mia", invitation=code), "invitation_unknown"))
    often = house.invitation(OWNER, 2, uses=0)
    for name in ("mia", "lea", "kim"):
        house.done(Enter(name, invitation=often))


def test_a_server_for_members_only(house):
    house.policy = House("members").policy
    code, member = house.invitation(OWNER), house.invitation(OWNER, 2, role="member")
    assert house.ask(Enter("ada", user=ADA)) == []
    refusals(
        house,
        (Enter("zoe"), "sign_in_needed"),
        (Enter("zoe", invitation=code), "sign_in_needed"),
        (Enter("guest", user=GUEST), "sign_in_needed"),  # also one who was here before it became one
        (Register("zoe", "hash"), "invitation_needed"),
        (Register("guest", "hash", user=GUEST), "invitation_needed"),
    )
    house.done(Depart(GUEST))
    refusals(house, (Enter("guest", user=GUEST), "sign_in_needed"))
    assert house.done(Register("zoe", "hash", invitation=member)) == ["named", "registered", "invitation_used"]


def test_an_invitation_for_accounts_makes_one(house):
    for role in ("member", "admin", "owner"):
        code = house.invitation(MACHINE, len(role), role=role)
        refusals(house, (Enter("zoe", invitation=code), "account_needed"))
        house.done(Register(f"the-{role}", "hash", invitation=code))
        assert house.state.user_named(f"the-{role}").role == role


def test_the_first_owner(house):
    house = House("invite")
    assert not house.state.owned
    code = house.invitation(MACHINE, role="owner")
    assert house.state.owned
    assert house.done(Register("first", "hash", invitation=code)) == ["named", "registered", "invitation_used"]
    assert house.state.user_named("first").role == "owner"
    refusals(house, (Register("second", "hash", invitation=code), "invitation_unknown"))


def test_who_may_make_which_invitation(house):
    tea = house.join("tea", ADA, BOT, GUEST)
    den = house.private("den", ADA)
    house.done(Tell(ADA, "bob", "hi"))
    code = f"{9:064x}"
    allowed = [
        *[(by, {"role": role}) for by in (OWNER, MACHINE) for role in ("", "member", "admin", "owner")],
        *[(ADMIN, {"role": role}) for role in ("", "member")],
        *[(by, {"room": tea}) for by in (OWNER, ADMIN, ADA, MACHINE)],
        *[(by, {"room": den}) for by in (ADA, MACHINE)],
    ]
    for by, options in allowed:
        assert isinstance(decide(house.state, MakeInvitation(by, code, **options), house.at), list), (by, options)
    for by, options, answer in [
        (ADMIN, {"role": "admin"}, "not_allowed"),
        (ADMIN, {"role": "owner"}, "not_allowed"),
        (ADA, {}, "not_allowed"),
        (ADA, {"role": "member"}, "not_allowed"),
        (ADA, {"role": "member", "room": tea}, "not_allowed"),
        (ADA, {"role": "admin", "room": den}, "not_allowed"),
        (BOB, {"room": tea}, "not_allowed"),
        (BOB, {"room": den}, "not_allowed"),
        (BOB, {"room": 77}, "not_allowed"),  # as for the private room above
        (BOT, {"room": tea}, "not_allowed"),
        (GUEST, {"room": tea}, "account_needed"),
        (NOBODY, {"room": tea}, "account_needed"),
        (OWNER, {"room": den}, "room_unknown"),
        (OWNER, {"room": 77}, "room_unknown"),  # as for the private room above
        (OWNER, {"room": 3}, "room_unknown"),  # the direct room of ada and bob
        (ADA, {"room": 3}, "room_unknown"),
        (OWNER, {"role": "bot"}, "invitation_invalid"),
        (OWNER, {"uses": -1}, "invitation_invalid"),
        (OWNER, {"uses": 1_000_001}, "invitation_invalid"),
        (OWNER, {"until": house.at}, "invitation_invalid"),
        (OWNER, {"until": house.at + 10 * LASTS_MOST_MS}, "invitation_invalid"),
        (OWNER, {"label": "two\nlines"}, "invitation_invalid"),
        (OWNER, {"label": "x" * 33}, "invitation_invalid"),
    ]:
        refusals(house, (MakeInvitation(by, code, **options), answer))
    for bad in ("", "x", "F" * 64, "f" * 63, "not hashed at all"):
        refusals(house, (MakeInvitation(OWNER, bad), "invitation_invalid"))
    house.done(MakeInvitation(OWNER, code))
    refusals(house, (MakeInvitation(ADMIN, code), "invitation_invalid"))


def test_who_may_revoke_which_invitation(house):
    house.join("tea", ADA)
    plain, admins, owners, mine = (
        house.invitation(OWNER, 1),
        house.invitation(OWNER, 2, role="admin"),
        house.invitation(MACHINE, 3, role="owner"),
        house.invitation(ADA, 4, room=1),
    )
    for by in (ADA, BOB, BOT, GUEST, NOBODY):
        refusals(house, *((RevokeInvitation(by, code), "invitation_unknown") for code in (plain, admins, owners)))
    for code in (admins, owners):
        refusals(house, (RevokeInvitation(ADMIN, code), "invitation_unknown"))
    house.done(Disable(OWNER, ADA, True))
    refusals(house, (RevokeInvitation(ADA, mine), "account_disabled"))
    house.done(Disable(OWNER, ADA, False))
    for by, code in ((ADMIN, plain), (OWNER, admins), (MACHINE, owners), (ADA, mine)):
        assert house.done(RevokeInvitation(by, code)) == ["invitation_revoked"]


def test_an_invitation_lands_in_a_private_room(house):
    den = house.private("den", ADA)
    code = house.invitation(ADA, room=den, uses=0)
    for access in ("open", "invite"):
        house.policy = House(access).policy
        house.done(Enter(f"zoe-{access}", invitation=code))
        zoe = house.log[-1].about.user
        assert (house.log[-1].kind, house.log[-1].user, house.log[-1].room) == ("invited", SERVER, den)
        assert house.done(Join(zoe, "den")) == ["joined"]
    house.done(Register("zoe", "hash", user=zoe, invitation=code))
    assert [event.kind for event in house.log[-4:]] == ["named", "registered", "invitation_used", "renamed"]


def test_nobody_who_is_banned_gets_in_by_a_link(house):
    den = house.private("den", ADA, GUEST)
    code = house.invitation(ADA, room=den, uses=0)
    house.done(Moderate(ADA, den, "ban", "guest"))
    house.done(Register("guest", "hash", user=GUEST, invitation=code))
    assert GUEST not in house.state.rooms[den].invited
    assert house.ask(Join(GUEST, "den"))[0][0] != den


@pytest.mark.parametrize(
    "end",
    [
        lambda house, den: Moderate(ADA, den, "kick", "bob"),
        lambda house, den: Moderate(ADA, den, "ban", "bob"),
        lambda house, den: Disable(ADMIN, BOB, True),
        lambda house, den: Delete(BOB, False),
    ],
)
def test_who_is_sent_away_leaves_no_door_open(house, end):
    house.policy = House("invite").policy
    den = house.private("den", ADA, BOB)
    code = house.invitation(BOB, room=den, uses=0)
    assert isinstance(decide(house.state, Enter("zoe", invitation=code), house.at, house.policy), list)
    house.done(end(house, den))
    refusals(
        house,
        (Enter("zoe", invitation=code), "invitation_unknown"),
        (Register("zoe", "hash", invitation=code), "invitation_unknown"),
    )


def test_nobody_keeps_a_role_in_store_for_the_time_after_their_own(house):
    house.done(SetServerRole(OWNER, ADA, "owner"))
    code = house.invitation(ADA, role="owner")
    house.done(SetServerRole(OWNER, ADA, "admin"))
    refusals(house, (Register("zoe", "hash", invitation=code), "invitation_unknown"))


# Coming back


def test_a_deleted_account_does_not_come_back_and_its_rooms_are_nobodys(house):
    house.done(Create(ADA, "den", private=True))
    house.done(Tell(ADA, "bob", "psst"))
    house.done(Delete(ADA, False))
    refusals(house, (Enter("ada", user=ADA), "token_unknown"), (Say(ADA, 2, "hi"), "name_needed"))
    [other] = house.enter("ada")
    assert other != ADA
    assert house.state.users[other].role == "guest"
    assert house.ask(Join(other, "den"))[0][0] == 3
