"""Accounts, server roles and invitations: the effect of each command, and attempts to bypass the rules."""

import json

import pytest

from parley.core.commands import (
    ClaimName,
    Create,
    DeleteAccount,
    Disable,
    Join,
    MakeInvitation,
    Moderate,
    Register,
    ReleaseName,
    Rename,
    RevokeInvitation,
    SendDirect,
    SendMessage,
    SetPassword,
    SetProfile,
    SetServerRole,
    SignIn,
    SignOut,
)
from parley.core.decision import Decision
from parley.core.events import DELETED_NAME, DIRECTORY, MACHINE, SERVER
from parley.core.rules import decide
from parley.core.rules.common import LASTS_MOST_MS
from parley.core.state import Profile
from tests.core.sessions import Rules, look

OWNER, ADMIN, ADA, BOB, BOT, GUEST, NOBODY = 1, 2, 3, 4, 5, 6, 99


@pytest.fixture
def rules():
    """An owner, an admin, two members, a bot and a guest. They are in no room."""
    rules = Rules()
    for name, role in (("own", "owner"), ("adm", "admin"), ("ada", "member"), ("bob", "member"), ("robot", "bot")):
        rules.account(name, role)
    rules.enter("guest")
    return rules


def refusals(rules, *cases):
    for command, code in cases:
        before = look(rules.state)
        assert rules.ask(command) == code, command
        assert look(rules.state) == before


# Accounts


def test_a_guest_who_registers_keeps_name_rooms_and_messages(rules):
    rules.done(Join(GUEST, "tea"))
    rules.done(SendDirect(GUEST, "ada", "hi"))
    assert rules.ask(Register("guest", "hash", user=GUEST)) == [(0, 17, GUEST, "guest", "registered", "member")]
    user = rules.state.users[GUEST]
    assert (user.role, user.rooms, user.account) == ("member", (1, 2), True)
    assert rules.ask(ReleaseName(GUEST)) == []  # an account stays a member, connected or not
    refusals(rules, (Register("guest", "hash", user=GUEST), "account_there"))


def test_a_guest_can_register_under_another_name(rules):
    rules.done(Join(GUEST, "tea"))
    assert rules.ask(Register("Zoé", "hash", user=GUEST)) == [
        (0, 17, GUEST, "guest", "named", "Zoé"),
        (0, 18, GUEST, "Zoé", "registered", "member"),
        (1, 3, GUEST, "guest", "renamed", "Zoé"),
    ]


def test_an_account_is_registered_without_a_guest(rules):
    assert rules.ask(Register("zoe", "hash")) == [
        (0, 17, 7, "zoe", "named", "zoe"),
        (0, 18, 7, "zoe", "registered", "member"),
    ]
    refusals(
        rules,
        (Register("ada", "hash"), "name_taken"),
        (Register("guest", "hash"), "name_taken"),
        (Register("a b", "hash"), "name_invalid"),
        (Register(DELETED_NAME, "hash"), "name_invalid"),
        (Register("zoe2", "hash", user=NOBODY), "name_needed"),
        (Register("zoe2", "hash", user=SERVER), "name_needed"),
        (Register("zoe2", None), "password_invalid"),
    )


def test_registering_oneself_gives_the_role_member_at_most(rules):
    for number, role in enumerate(("owner", "admin", "bot")):
        rules.done(Register(f"zoe{number}x", "hash", role=role))
        assert rules.state.user_named(f"zoe{number}x").role == "member"


def test_who_may_create_accounts_for_others(rules):
    for by in (ADA, BOT, GUEST, NOBODY):
        for role in ("member", "bot", "admin", "owner"):
            refusals(rules, (Register("zoe", "hash", by=by, role=role), "not_allowed"))
    for role in ("admin", "owner"):
        refusals(rules, (Register("zoe", "hash", by=ADMIN, role=role), "not_allowed"))
    for by in (OWNER, MACHINE):
        refusals(rules, (Register("zoe", "hash", by=by, role="guest"), "value_invalid"))
    rules.done(Register("helper", None, by=ADMIN, role="bot"))
    rules.done(Register("second", "hash", by=OWNER, role="owner"))
    assert rules.state.user_named("helper").role == "bot"
    assert rules.state.user_named("second").role == "owner"


@pytest.mark.parametrize("name", ["ADA", "ａｄａ", "\u0430d\u0430", "ad\u0430", "𝒶da"])
def test_an_accounts_name_is_taken_in_every_spelling(rules, name):
    refusals(
        rules,
        (ClaimName(name), "name_taken"),
        (Rename(GUEST, name), "name_taken"),
        (Rename(BOB, name), "name_taken"),
        (Register(name, "hash"), "name_taken"),
        (Register(name, "hash", user=GUEST), "name_taken"),
    )
    rules.done(Rename(ADA, name))  # they may change the spelling of their own name
    assert rules.state.users[ADA].name == name


def test_no_name_looks_like_the_servers(rules):
    for name in ("Parley", "p\u0430rley", "parIey"):
        refusals(rules, (ClaimName(name), "name_taken"), (Rename(ADA, name), "name_taken"))


def test_guests_may_have_confusable_names_until_one_of_them_registers(rules):
    [first, second] = rules.enter("lora", "1ora")
    rules.done(Register("lora", "hash", user=first))
    refusals(rules, (Register("1ora", "hash", user=second), "name_taken"))
    rules.done(Register("somebody", "hash", user=second))
    rules.done(Rename(first, "laura"))
    rules.done(Rename(second, "1ora"))  # the rename also frees the skeleton
    refusals(rules, (Rename(first, "lora"), "name_taken"))


TAKEN_BY_MEANING = ["room", "Here", "ALL", "everyone", "everybody", "channel", "me", "room.", "_here_", "ｒｏｏｍ"]


@pytest.mark.parametrize("name", TAKEN_BY_MEANING)
def test_nobody_can_take_a_name_that_means_something_else(rules, name):
    refusals(
        rules,
        (ClaimName(name), "name_taken"),
        (Rename(GUEST, name), "name_taken"),
        (Rename(ADA, name, MACHINE), "name_taken"),
        (Register(name, "hash"), "name_taken"),
        (Register(name, "hash", user=GUEST), "name_taken"),
        (Register(name, None, by=MACHINE, role="bot"), "name_taken"),
    )


@pytest.mark.parametrize("name", [".", ".."])
def test_a_step_in_a_path_is_no_name(rules, name):
    refusals(
        rules,
        (ClaimName(name), "name_invalid"),
        (Rename(GUEST, name), "name_invalid"),
        (Register(name, "hash", by=MACHINE), "name_invalid"),
        (Create(ADA, name), "room_invalid"),
        (Join(ADA, name), "room_invalid"),
    )


def test_someone_with_an_old_name_can_be_renamed(rules):
    for old in ("room", "..", "here"):
        user = rules.once_named(old)
        assert rules.done(Rename(user, f"was{user}", MACHINE)) == ["named", "credentials"]
        assert rules.state.users[user].name == f"was{user}"


def test_who_may_rename_others(rules):
    refusals(
        rules,
        (Rename(ADA, "zoe", GUEST), "not_allowed"),
        (Rename(ADA, "zoe", BOT), "not_allowed"),
        (Rename(ADMIN, "zoe", ADA), "not_allowed"),
        (Rename(OWNER, "zoe", ADMIN), "not_allowed"),
    )
    assert rules.ask(Rename(ADA, "zoe", ADMIN)) == [
        (0, 17, ADA, "ada", "named", "zoe"),
        (0, 18, ADMIN, "adm", "credentials", "renamed"),
    ]
    rules.done(Disable(ADMIN, ADA, True))
    refusals(rules, (Rename(ADA, "ada"), "account_disabled"))
    assert rules.done(Rename(ADA, "ada", ADMIN)) == ["named", "credentials"]


def test_a_profile(rules):
    assert rules.ask(SetProfile(ADA, " Ada L. ", "#33AA77", "Europe/London"))[0][4] == "profile"
    assert json.loads(rules.log[-1].text) == {"display": "Ada L.", "colour": "#33aa77", "zone": "Europe/London"}
    assert rules.state.users[ADA].profile == Profile("Ada L.", "#33aa77", "Europe/London")
    assert rules.ask(SetProfile(ADA, "Ada L.", "#33aa77", "Europe/London")) == []
    assert rules.done(SetProfile(BOB, "Bob")) == ["profile"]
    refusals(
        rules,
        (SetProfile(GUEST, "me"), "account_needed"),
        (SetProfile(NOBODY, "me"), "name_needed"),
        (SetProfile(ADA, "x" * 33), "profile_invalid"),
        (SetProfile(ADA, "\u202eada"), "profile_invalid"),
        (SetProfile(ADA, colour="red"), "profile_invalid"),
        (SetProfile(ADA, colour="#33aa7７"), "profile_invalid"),
        (SetProfile(ADA, zone="<b>"), "profile_invalid"),
        (SetProfile(ADA, zone="x" * 65), "profile_invalid"),
    )


# Passwords and sessions


def test_users_change_their_own_password_and_sessions(rules):
    assert rules.ask(SignIn(ADA, b"hash")) == []
    assert rules.ask(SignIn(ADA, b"hash", at=rules.state.rooms[DIRECTORY].tip)) == []
    assert rules.ask(SignOut(ADA, b"hash")) == []
    assert rules.ask(SetPassword(ADA, "hash")) == [(0, 17, ADA, "ada", "credentials", "password")]
    assert rules.done(SignOut(ADA, None, by=ADA)) == ["credentials"]
    assert rules.ask(SignIn(BOT, b"hash", "ci", by=BOT))[0][5] == "token ci"
    refusals(
        rules,
        (SignIn(GUEST, b"hash"), "account_needed"),
        (SetPassword(GUEST, "hash"), "account_needed"),
        (SetPassword(BOT, "hash"), "account_needed"),
        (SignIn(NOBODY, b"hash"), "name_needed"),
    )


def test_who_may_change_the_credentials_of_others(rules):
    second = rules.account("second", "admin")
    for command in (SetPassword(ADA, "hash", by=ADMIN), SignOut(ADA, None, by=ADMIN), SignOut(ADMIN, None, by=OWNER)):
        assert rules.done(command) == ["credentials"]
        assert rules.log[-1].user == command.by
        assert rules.log[-1].about.user == command.user
    for by in (ADA, BOT, GUEST, NOBODY):
        for user in (OWNER, ADMIN, BOB):
            refusals(
                rules, (SetPassword(user, "hash", by=by), "not_allowed"), (SignOut(user, None, by=by), "not_allowed")
            )
    for user in (OWNER, second):
        refusals(
            rules, (SetPassword(user, "hash", by=ADMIN), "not_allowed"), (SignOut(user, None, by=ADMIN), "not_allowed")
        )


def test_a_sign_in_fails_if_the_password_changed_after_it_was_checked(rules):
    before = rules.state.rooms[DIRECTORY].tip
    rules.done(SetPassword(ADA, "hash"))
    refusals(rules, (SignIn(ADA, b"hash", at=before), "sign_in_wrong"))
    now = rules.state.rooms[DIRECTORY].tip
    rules.done(SetPassword(BOB, "hash"))
    rules.done(SignIn(BOT, b"hash", "password", by=BOT))
    rules.done(SignOut(ADA, None, by=ADA))
    assert rules.done(SignIn(ADA, b"hash", at=now)) == []


def test_other_users_can_create_tokens_for_bots_only(rules):
    for by in (OWNER, ADMIN, BOB, GUEST, BOT):
        refusals(rules, (SignIn(ADA, b"hash", by=by), "not_allowed"))
    assert rules.done(SignIn(BOT, b"hash", "ci", by=ADMIN)) == ["credentials"]
    refusals(rules, (SignIn(BOT, b"hash", "ci", by=ADA), "not_allowed"))
    assert rules.done(SignIn(ADA, b"hash", by=MACHINE)) == ["credentials"]


def test_a_disabled_account_can_not_sign_in_but_admins_can_change_it(rules):
    rules.done(Disable(ADMIN, ADA, True))
    rules.done(Disable(ADMIN, BOT, True))
    refusals(
        rules,
        (SignIn(ADA, b"hash"), "account_disabled"),
        (SignIn(BOT, b"hash", by=ADMIN), "account_disabled"),
        (SetPassword(ADA, "hash"), "account_disabled"),
        (SetPassword(ADA, "hash", by=ADA), "account_disabled"),
    )
    assert rules.done(SetPassword(ADA, "hash", by=ADMIN)) == ["credentials"]


def test_no_event_contains_a_secret(rules):
    rules.done(Register("zoe", "$argon2id$secret", token=b"secret"))
    rules.done(ClaimName("eve", token=b"secret"))
    rules.done(SetPassword(ADA, "$argon2id$secret", but=b"secret"))
    rules.done(SignIn(BOT, b"secret", "ci", by=OWNER))
    rules.done(SignOut(ADA, b"secret", by=OWNER))
    assert "secret" not in repr(rules.log)


# Roles on the server


def test_only_owners_give_server_roles(rules):
    assert rules.ask(SetServerRole(OWNER, ADA, "admin")) == [(0, 17, OWNER, "own", "role", "admin")]
    assert rules.state.users[ADA].role == "admin"
    assert rules.ask(SetServerRole(OWNER, ADA, "admin")) == []
    for by in (ADMIN, ADA, BOB, BOT, GUEST, NOBODY):
        for role in ("owner", "admin"):
            refusals(rules, (SetServerRole(by, BOB, role), "not_allowed"))
            refusals(rules, (SetServerRole(by, by, "owner"), "not_allowed" if by in range(1, 5) else "account_needed"))
    refusals(
        rules,
        (SetServerRole(ADMIN, ADA, "member"), "not_allowed"),
        (SetServerRole(OWNER, BOT, "admin"), "account_needed"),
        (SetServerRole(OWNER, GUEST, "member"), "account_needed"),
        (SetServerRole(OWNER, SERVER, "member"), "account_needed"),
        (SetServerRole(OWNER, ADA, "guest"), "value_invalid"),
        (SetServerRole(MACHINE, ADA, "bot"), "value_invalid"),
    )


def test_the_servers_last_owner_can_not_be_removed(rules):
    for by in (OWNER, MACHINE):
        refusals(
            rules,
            (SetServerRole(by, OWNER, "member"), "owner_last"),
            (DeleteAccount(OWNER, False, by=by), "owner_last"),
        )
    refusals(rules, (Disable(MACHINE, OWNER, True), "owner_last"))
    rules.done(SetServerRole(OWNER, ADA, "owner"))
    rules.done(Disable(ADA, OWNER, True))
    refusals(rules, (SetServerRole(ADA, ADA, "admin"), "owner_last"), (DeleteAccount(ADA, False), "owner_last"))
    assert rules.done(DeleteAccount(OWNER, False, by=ADA)) == ["released", "deleted"]


def test_who_may_disable_and_delete_whom(rules):
    for command in (lambda by, user: Disable(by, user, True), lambda by, user: DeleteAccount(user, False, by=by)):
        for by in (ADA, BOT, GUEST, NOBODY):
            for user in (OWNER, ADMIN, BOB):
                refusals(rules, (command(by, user), "not_allowed"))
        refusals(rules, (command(ADMIN, OWNER), "not_allowed"), (command(OWNER, GUEST), "account_needed"))
    refusals(rules, (Disable(ADMIN, ADMIN, True), "not_allowed"), (Disable(OWNER, OWNER, True), "not_allowed"))
    assert rules.ask(Disable(ADMIN, BOB, True, "spam")) == [(0, 17, ADMIN, "adm", "disabled", "spam")]
    assert rules.ask(Disable(ADMIN, BOB, True)) == []
    refusals(rules, (Disable(BOB, BOB, False), "not_allowed"))
    assert rules.done(DeleteAccount(BOB, True, by=ADMIN)) == ["released", "deleted"]
    assert (rules.log[-1].user, rules.log[-1].about.user, rules.log[-1].text) == (ADMIN, BOB, "erased")
    assert rules.done(DeleteAccount(ADA, False)) == ["released", "deleted"]
    assert (rules.log[-1].user, rules.log[-1].name, rules.log[-1].text) == (ADA, DELETED_NAME, "kept")


def test_a_disabled_or_demoted_admin_has_no_rights(rules):
    rules.done(Disable(OWNER, ADMIN, True))
    rules.done(SetServerRole(OWNER, ADA, "admin"))
    rules.done(SetServerRole(OWNER, ADA, "member"))
    code = f"{7:064x}"
    for by in (ADMIN, ADA):
        for command in (
            Disable(by, BOB, True),
            DeleteAccount(BOB, True, by=by),
            SetPassword(BOB, "hash", by=by),
            SignOut(BOB, None, by=by),
            SetServerRole(by, BOB, "member"),
            Register("zoe", None, by=by, role="bot"),
        ):
            refusals(rules, (command, "not_allowed"))
        refusals(rules, (MakeInvitation(by, code), "account_disabled" if by == ADMIN else "not_allowed"))
    refusals(rules, (Moderate(ADMIN, 1, "archive"), "account_disabled"))


# Invitations


def test_an_open_server_admits_guests_without_an_invitation(rules):
    assert rules.done(ClaimName("zoe")) == ["named"]


def test_a_server_with_invitations_admits_new_users_only_with_a_valid_one(rules):
    rules.policy = Rules("invite").policy
    code = rules.invitation(OWNER, uses=2, until=rules.at + 100)
    refusals(
        rules,
        (ClaimName("zoe"), "invitation_needed"),
        (ClaimName("zoe", invitation=""), "invitation_needed"),
        (ClaimName("zoe", invitation="0" * 64), "invitation_unknown"),
        (Register("zoe", "hash"), "invitation_needed"),
    )
    assert rules.ask(ClaimName("zoe", invitation=code)) == [
        (0, 18, 7, "zoe", "named", "zoe"),
        (0, 19, 7, "zoe", "invitation_used", code),
    ]
    rules.done(ReleaseName(7))
    assert rules.done(ClaimName("zoe", user=7)) == ["named"]  # a returning guest needs no invitation
    assert rules.done(Register("zoe", "hash", user=7)) == ["registered"]
    assert rules.done(Register("eve", "hash", invitation=code)) == ["named", "registered", "invitation_used"]
    refusals(rules, (ClaimName("mia", invitation=code), "invitation_unknown"))


def test_an_invitation_expires_by_time_and_by_uses(rules):
    rules.policy = Rules("invite").policy
    late, gone = rules.invitation(OWNER, 1, until=rules.at + 10), rules.invitation(OWNER, 2, uses=0)
    rules.at += 10
    rules.done(RevokeInvitation(OWNER, gone))
    refusals(
        rules,
        (ClaimName("zoe", invitation=late), "invitation_unknown"),
        (ClaimName("zoe", invitation=gone), "invitation_unknown"),
        (RevokeInvitation(OWNER, gone), "invitation_unknown"),
    )


def test_an_invitation_for_one_use_works_once_even_within_one_commit(rules):
    rules.policy = Rules("invite").policy
    code = rules.invitation(OWNER)
    assert rules.done(ClaimName("zoe", invitation=code)) == ["named", "invitation_used"]
    refusals(rules, (ClaimName("mia", invitation=code), "invitation_unknown"))
    often = rules.invitation(OWNER, 2, uses=0)
    for name in ("mia", "lea", "kim"):
        rules.done(ClaimName(name, invitation=often))


def test_a_server_for_members_only(rules):
    rules.policy = Rules("members").policy
    code, member = rules.invitation(OWNER), rules.invitation(OWNER, 2, role="member")
    assert rules.ask(ClaimName("ada", user=ADA)) == []
    refusals(
        rules,
        (ClaimName("zoe"), "sign_in_needed"),
        (ClaimName("zoe", invitation=code), "sign_in_needed"),
        # The same for a guest who entered before access was restricted.
        (ClaimName("guest", user=GUEST), "sign_in_needed"),
        (Register("zoe", "hash"), "invitation_needed"),
        (Register("guest", "hash", user=GUEST), "invitation_needed"),
    )
    rules.done(ReleaseName(GUEST))
    refusals(rules, (ClaimName("guest", user=GUEST), "sign_in_needed"))
    assert rules.done(Register("zoe", "hash", invitation=member)) == ["named", "registered", "invitation_used"]


def test_an_invitation_with_a_role_gives_that_role_to_the_account(rules):
    for role in ("member", "admin", "owner"):
        code = rules.invitation(MACHINE, len(role), role=role)
        refusals(rules, (ClaimName("zoe", invitation=code), "account_needed"))
        rules.done(Register(f"the-{role}", "hash", invitation=code))
        assert rules.state.user_named(f"the-{role}").role == role


def test_the_first_owner_registers_with_an_invitation_of_the_server(rules):
    rules = Rules("invite")
    assert not rules.state.owned
    code = rules.invitation(MACHINE, role="owner")
    assert rules.state.owned
    assert rules.done(Register("first", "hash", invitation=code)) == ["named", "registered", "invitation_used"]
    assert rules.state.user_named("first").role == "owner"
    refusals(rules, (Register("second", "hash", invitation=code), "invitation_unknown"))


def test_who_may_create_which_invitation(rules):
    tea = rules.join("tea", ADA, BOT, GUEST)
    den = rules.private("den", ADA)
    rules.done(SendDirect(ADA, "bob", "hi"))
    code = f"{9:064x}"
    allowed = [
        *[(by, {"role": role}) for by in (OWNER, MACHINE) for role in ("", "member", "admin", "owner")],
        *[(ADMIN, {"role": role}) for role in ("", "member")],
        *[(by, {"room": tea}) for by in (OWNER, ADMIN, ADA, MACHINE)],
        *[(by, {"room": den}) for by in (ADA, MACHINE)],
    ]
    for by, options in allowed:
        assert isinstance(decide(rules.state, MakeInvitation(by, code, **options), rules.at), Decision), (by, options)
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
        (OWNER, {"until": rules.at}, "invitation_invalid"),
        (OWNER, {"until": rules.at + 10 * LASTS_MOST_MS}, "invitation_invalid"),
        (OWNER, {"label": "x" * 33}, "invitation_invalid"),
    ]:
        refusals(rules, (MakeInvitation(by, code, **options), answer))
    for bad in ("", "x", "F" * 64, "f" * 63, "not hashed at all"):
        refusals(rules, (MakeInvitation(OWNER, bad), "invitation_invalid"))
    rules.done(MakeInvitation(OWNER, code))
    refusals(rules, (MakeInvitation(ADMIN, code), "invitation_invalid"))


def test_who_may_revoke_which_invitation(rules):
    rules.join("tea", ADA)
    plain, admins, owners, mine = (
        rules.invitation(OWNER, 1),
        rules.invitation(OWNER, 2, role="admin"),
        rules.invitation(MACHINE, 3, role="owner"),
        rules.invitation(ADA, 4, room=1),
    )
    for by in (ADA, BOB, BOT, GUEST, NOBODY):
        refusals(rules, *((RevokeInvitation(by, code), "invitation_unknown") for code in (plain, admins, owners)))
    for code in (admins, owners):
        refusals(rules, (RevokeInvitation(ADMIN, code), "invitation_unknown"))
    rules.done(Disable(OWNER, ADA, True))
    refusals(rules, (RevokeInvitation(ADA, mine), "account_disabled"))
    rules.done(Disable(OWNER, ADA, False))
    for by, code in ((ADMIN, plain), (OWNER, admins), (MACHINE, owners), (ADA, mine)):
        assert rules.done(RevokeInvitation(by, code)) == ["invitation_revoked"]


def test_an_invitation_can_lead_into_a_private_room(rules):
    den = rules.private("den", ADA)
    code = rules.invitation(ADA, room=den, uses=0)
    for access in ("open", "invite"):
        rules.policy = Rules(access).policy
        rules.done(ClaimName(f"zoe-{access}", invitation=code))
        zoe = rules.log[-1].about.user
        assert (rules.log[-1].kind, rules.log[-1].user, rules.log[-1].room) == ("invited", SERVER, den)
        assert rules.done(Join(zoe, "den")) == ["joined"]
    rules.done(Register("zoe", "hash", user=zoe, invitation=code))
    assert [event.kind for event in rules.log[-4:]] == ["named", "registered", "invitation_used", "renamed"]


def test_an_invitation_does_not_let_a_banned_user_into_the_room(rules):
    den = rules.private("den", ADA, GUEST)
    code = rules.invitation(ADA, room=den, uses=0)
    rules.done(Moderate(ADA, den, "ban", "guest"))
    rules.done(Register("guest", "hash", user=GUEST, invitation=code))
    assert GUEST not in rules.state.rooms[den].invited
    assert rules.ask(Join(GUEST, "den"))[0][0] != den


@pytest.mark.parametrize(
    "end",
    [
        lambda rules, den: Moderate(ADA, den, "kick", "bob"),
        lambda rules, den: Moderate(ADA, den, "ban", "bob"),
        lambda rules, den: Disable(ADMIN, BOB, True),
        lambda rules, den: DeleteAccount(BOB, False),
    ],
)
def test_an_invitation_ends_when_its_creator_loses_the_right_to_create_it(rules, end):
    rules.policy = Rules("invite").policy
    den = rules.private("den", ADA, BOB)
    code = rules.invitation(BOB, room=den, uses=0)
    assert isinstance(decide(rules.state, ClaimName("zoe", invitation=code), rules.at, rules.policy), Decision)
    rules.done(end(rules, den))
    refusals(
        rules,
        (ClaimName("zoe", invitation=code), "invitation_unknown"),
        (Register("zoe", "hash", invitation=code), "invitation_unknown"),
    )


def test_an_invitation_for_a_role_ends_when_its_creator_loses_their_own(rules):
    rules.done(SetServerRole(OWNER, ADA, "owner"))
    code = rules.invitation(ADA, role="owner")
    rules.done(SetServerRole(OWNER, ADA, "admin"))
    refusals(rules, (Register("zoe", "hash", invitation=code), "invitation_unknown"))


# Resuming


def test_a_deleted_account_can_not_resume_and_leaves_its_rooms(rules):
    rules.done(Create(ADA, "den", private=True))
    rules.done(SendDirect(ADA, "bob", "psst"))
    rules.done(DeleteAccount(ADA, False))
    refusals(rules, (ClaimName("ada", user=ADA), "token_unknown"), (SendMessage(ADA, 2, "hi"), "name_needed"))
    [other] = rules.enter("ada")
    assert other != ADA
    assert rules.state.users[other].role == "guest"
    assert rules.ask(Join(other, "den"))[0][0] == 3
