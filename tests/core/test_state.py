"""The state as a fold over the logs, and `revert`."""

import ast
import copy
import random
import string
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import parley.core
from parley.core.commands import (
    AdvanceWebhook,
    ClaimName,
    Create,
    DeleteAccount,
    Disable,
    Join,
    Leave,
    MakeInvitation,
    MakeWebhook,
    Moderate,
    OpenDirect,
    OpenRoom,
    Register,
    ReleaseName,
    RemoveWebhook,
    Rename,
    RevokeInvitation,
    SendDirect,
    SendMessage,
    SetPassword,
    SetProfile,
    SetServerRole,
    SetTopic,
    SignIn,
    SignOut,
)
from parley.core.decision import Decision
from parley.core.events import MACHINE, SERVER, Event
from parley.core.kinds import AUDITED_KINDS, FOLDED_AT_START, Kind
from parley.core.refusals import SENTENCES, Refusal
from parley.core.roles import visible
from parley.core.rules import OPEN, Policy, decide
from parley.core.state import _FOLDED, Room, State, User, direct_name
from parley.core.unicode.confusables import skeletons
from tests.core.sessions import Rules, look

NAMES = ("ada", "Ada", "bob", "eve", "straße", "STRASSE", "zoë")
ROOMS = ("lobby", "Lobby", "tea", "ﬁnn")


def test_public_rooms_are_listed_largest_first():
    rules = Rules()
    ada, bob = rules.enter("ada", "bob")
    rules.join("b", ada)
    rules.join("a", ada)
    rules.join("c", ada, bob)
    rules.join("empty")
    rules.ask(SendDirect(ada, "bob", "hi"))
    assert [room.name for room in rules.state.public_rooms()] == ["c", "a", "b", "empty"]


def test_rooms_and_users_are_found_in_every_spelling_of_their_names():
    rules = Rules()
    ada, bob = rules.enter("Ada", "straße")
    rules.join("ﬁnn", ada)
    rules.ask(SendDirect(ada, "STRASSE", "hi"))
    assert rules.state.user_named("aDA").id == ada
    assert rules.state.user_named("STRASSE").id == bob
    assert rules.state.user_named("eve") is None
    assert rules.state.room_named("FINN").id == 1
    assert rules.state.room_named("") is None  # the directory is not a room
    assert rules.state.room_named(direct_name(bob, ada)).members == {ada: 2, bob: 3}


def test_a_direct_rooms_name_does_not_depend_on_the_order_of_users():
    assert direct_name(7, 3) == direct_name(3, 7) == "@3+7"


def test_a_state_that_is_filled_with_add_is_equal_and_independent():
    rules = Rules()
    ada, bob = rules.enter("ada", "bob")
    lobby = rules.join("lobby", ada, bob)
    rules.ask(SendDirect(ada, "bob", "hi"))
    rules.ask(ReleaseName(bob))
    mine = State(rules.state.epoch)
    mine.add(
        [User(user.id, user.name) for user in rules.state.users.values()],
        [room.copy() for room in rules.state.rooms.values()],
    )
    assert look(mine) == look(rules.state)
    assert mine.next_room == rules.state.next_room
    before = look(mine)
    rules.ask(Leave(ada, lobby))
    rules.ask(Rename(ada, "zoe"))
    assert look(mine) == before


def test_reverting_a_swap_of_names():
    rules = Rules()
    ada, bob = rules.enter("ada", "bob")
    rules.join("lobby", ada, bob)
    durable, first = copy.deepcopy(rules.state), len(rules.log)
    rules.ask(Rename(ada, "third"))
    rules.ask(Rename(bob, "ada"))
    rules.ask(Rename(ada, "bob"))
    assert rules.state.user_named("ada").id == bob

    rules.state.revert(durable, rules.log[first:])
    assert look(rules.state) == look(durable)
    assert rules.state.user_named("ada").id == ada


def test_reverted_ids_are_not_used_again():
    rules = Rules()
    rules.enter("ada")
    durable, first = copy.deepcopy(rules.state), len(rules.log)
    [bob] = rules.enter("bob")
    rules.join("tea", bob)
    rules.state.revert(durable, rules.log[first:])
    del rules.log[first:]
    [eve] = rules.enter("eve")
    assert eve > bob
    assert rules.join("tea", eve) == 2


# Random sessions

SECRET = "$argon2id$secret"
TOKEN = b"secret"

WHO = (1, 2, 3, 3, 4, 5, 6)
MAYBE = (None, *WHO)
BY = (MACHINE, 1, 1, 2, 2, 2, 3, 4)
BY_SELF = (None, None, *BY)
WHOM = ("ada", "bob", "bob", "eve", "eve", "zoë")
PLACES = (0, 1, 1, 2, 2, 3, 4, 5)
HERE = (1, 1, 2, 2, 3)
ENDS = (0, 0, 5, 100)
SERVER_ROLES = ("owner", "admin", "member")
CODES = tuple(f"{number:064x}" for number in range(4))
WORDS = ("", "bye")
NOTHING = ("",)
NO = (False,)


def by_last(kind):
    """Return a constructor for this kind of command that takes `by` as the last field."""
    return lambda *fields: kind(*fields[:-1], by=fields[-1])


ASKED = (
    (ClaimName, NAMES, (None, None, *WHO), (TOKEN,), (None, *CODES)),
    (ClaimName, NAMES),
    (Rename, WHO, NAMES),
    (Join, WHO, ROOMS),
    (Join, WHO, ROOMS),
    (Create, WHO, ROOMS, (True, False)),
    (OpenDirect, WHO, (("ada", "bob"), ("eve", "zoë"), ("ada", "bob", "eve"))),
    (Leave, WHO, PLACES, WORDS),
    (ReleaseName, WHO, WORDS),
    (SendMessage, WHO, PLACES, ("hi",), ("message", "action")),
    (SendMessage, WHO, PLACES, ("hi",)),
    (SendDirect, WHO, NAMES, ("hi",)),
    (SetTopic, WHO, PLACES, ("", "tea")),
    (OpenRoom, ROOMS),
    (Moderate, BY, HERE, ("invite", "kick", "ban"), WHOM, NO, ENDS, NOTHING, ("", "noise")),
    (Moderate, BY, HERE, ("mute", "ban"), WHOM, (True, False), ENDS),
    (Moderate, BY, HERE, ("role",), WHOM, NO, (0,), ("owner", "moderator", "member", "admin")),
    (Moderate, BY, HERE, ("rename",), NOTHING, NO, (0,), (*ROOMS, "a b")),
    (Moderate, BY, HERE, ("archive",), NOTHING, (True, True, False)),
    (Moderate, BY, HERE, ("slow",), NOTHING, NO, (0,), ("0", "3", "x")),
    (Moderate, BY, HERE, ("read_only", "guests"), NOTHING, NO, (0,), ("on", "off")),
    (Moderate, BY, HERE, ("calls",), NOTHING, NO, (0,), ("members", "moderators", "nobody", "on")),
    (Register, NAMES, (None, SECRET), MAYBE, BY_SELF, (*SERVER_ROLES, "bot"), (None, *CODES), (TOKEN,)),
    (by_last(SignIn), WHO, (TOKEN,), ("phone",), BY_SELF),
    (by_last(SignOut), WHO, (None, TOKEN), (TOKEN,), BY_SELF),
    (by_last(SetPassword), WHO, (SECRET,), (TOKEN,), BY_SELF),
    (SetProfile, WHO, ("", "A."), ("", "#33aa77", "red"), ("", "UTC")),
    (by_last(DeleteAccount), WHO, (True, False), BY_SELF),
    (SetServerRole, BY, WHO, SERVER_ROLES),
    (Disable, BY, WHO, (True, False), ("", "spam")),
    (MakeInvitation, BY, CODES, (0, 1, 2), ENDS, PLACES, ("", *SERVER_ROLES), ("", "for zoe")),
    (RevokeInvitation, BY, CODES),
    (MakeWebhook, BY, HERE, ("robot", "ci"), ("", "https://example.org"), (0, 1), (SECRET,)),
    (RemoveWebhook, BY, HERE, (1,)),
    (AdvanceWebhook, (1,), (1,), (None, "it is gone")),
)
"""Each kind of command, with strategies for its fields."""


def ask(chance):
    """Return a random command."""
    kind, *choices = chance.choice(ASKED)
    return kind(*map(chance.choice, choices))


def walk(seed, steps):
    chance = random.Random(seed)
    return [ask(chance) for _ in range(steps)]


commands = st.integers(0, 2**32).map(lambda seed: ask(random.Random(seed)))


policies = st.builds(Policy, st.sampled_from(["open", "open", "invite", "members"]))

BEGINNING = [
    Register("ada", SECRET, by=MACHINE, role="owner"),
    Register("bob", SECRET, by=MACHINE),
    ClaimName("eve"),
    Join(2, "lobby"),
    Join(3, "lobby"),
    Create(2, "tea", private=True),
    Moderate(2, 2, "invite", "eve"),
    Join(3, "tea"),
    MakeInvitation(1, f"{3:064x}", 0),
]
"""The commands with which sessions begin, so that some of the random commands are allowed."""


def run(state, session, policy=OPEN):
    """Decide and fold the commands of a session. Return the events."""
    log = []
    for at, command in enumerate(session):
        if isinstance(command, ClaimName) and command.user is not None and command.user >= state.next_user:
            continue  # the server never assigns such an id
        decision = decide(state, command, at, policy)
        if isinstance(decision, Refusal):
            assert decision.code in SENTENCES
        else:
            for event in decision.events:
                state.apply(event)
            log += decision.events
    return log


def check(state):
    """Check the invariants of every state."""
    for user in state.users.values():
        assert state.user_named(user.name) is user
        assert sorted(user.rooms) == sorted(room.id for room in state.rooms.values() if user.id in room.members)
        assert user.id < state.next_user
    assert len(state._users_by_name) == len(state.users)
    for room in state.rooms.values():
        assert room.id < state.next_room
        if room.id and not room.private:
            assert state.room_named(room.name) is room
        if room.kind == "direct":
            assert direct_name(*room.members) == room.name
            assert not any((room.roles, room.invited, room.bans, room.mutes, room.guarded))
        else:
            assert room.members.keys() <= state.users.keys()
        assert not room.members.keys() & room.bans.keys() - {id_ for id_, until in room.bans.items() if until}
        assert SERVER not in room.members
    named = sorted(id_ for ids in state._rooms_by_name.values() for id_ in ids)
    assert named == sorted(state.rooms.keys() - {0})
    assert state.rooms[0].members == {}
    owners = [user for user in state.users.values() if user.role == "owner"]
    assert not owners or any(not user.disabled for user in owners)
    assert state.owned or not owners
    assert not state.deleted & state.users.keys()
    for user in state.users.values():
        if user.account:
            assert {state._accounts_by_skeleton[looks] for looks in skeletons(user.name)} == {user.id}
            assert all(other is user or not like(other, user) for other in state.users.values() if other.account)


def like(one, other):
    return not set(skeletons(one.name)).isdisjoint(skeletons(other.name))


@settings(max_examples=150, deadline=None)
@given(st.lists(commands, min_size=20, max_size=60), st.lists(commands, max_size=40))
def test_revert_restores_the_durable_state(stored, refused):
    state = State("e1")
    log = run(state, [*BEGINNING, *stored])
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

    # The two states share no objects: later events must not change the durable state.
    before = look(durable)
    run(state, refused)
    check(state)
    assert look(durable) == before


@pytest.mark.parametrize("seed", range(8))
def test_revert_restores_the_durable_state_during_long_random_sessions(seed):
    """Short sessions rarely contain a lifted ban; long random ones do."""
    durable = State("e1")
    run(durable, BEGINNING)
    state = durable.copy()
    for number in range(40):
        batch = walk(seed * 1_000 + number, 15)
        state.revert(durable, run(state, batch))
        assert look(state) == look(durable)
        for event in run(state, walk(seed * 1_000 + number + 500, 8)):
            durable.apply(event)
        check(state)
        assert look(state) == look(durable)


@settings(max_examples=100, deadline=None)
@given(st.lists(commands, min_size=20, max_size=80))
def test_folding_one_log_after_the_other_gives_the_same_state(session):
    """The doctor folds one log after the other, the directory first."""
    state = State("e1")
    log = run(state, session)
    sorted_by_log = State("e1")
    for event in sorted(log, key=lambda event: (event.room, event.seq)):
        sorted_by_log.apply(event)
    assert look(sorted_by_log) == look(state)


def started(state, log):
    """Return the state that a store loads: from tables of names and members, and the folded events, log by log."""
    loaded = State(state.epoch, state.next_user)
    loaded.add(
        [User(user.id, user.name) for user in state.users.values()],
        [
            Room(room.id, room.name, room.epoch, room.topic, room.tip, room.members, room.private, said=room.said)
            for room in state.rooms.values()
        ],
    )
    for event in sorted(log, key=lambda event: (event.room, event.seq)):
        if event.kind in FOLDED_AT_START:
            loaded.apply_folded(event)
    return loaded


@settings(max_examples=100, deadline=None)
@given(st.lists(commands, min_size=20, max_size=80), policies)
def test_a_start_from_tables_and_folded_events_equals_the_fold_of_all_events(session, policy):
    state = State("e1")
    log = run(state, [*BEGINNING, *session], policy)
    check(state)
    loaded = started(state, log)
    assert look(loaded) == look(state)
    assert (loaded.next_user, loaded.next_room) == (state.next_user, state.next_room)
    assert look(state.copy()) == look(state)


@pytest.mark.parametrize("seed", range(8))
def test_a_start_after_a_long_random_session_equals_the_fold_of_all_events(seed):
    state = State("e1")
    log = run(state, BEGINNING)
    for number in range(20):
        log += run(state, walk(seed * 1_000 + number, 20))
        check(state)
        assert look(started(state, log)) == look(state)


def test_a_start_restores_everything_that_must_survive():
    code, other = (f"{number:064x}" for number in (8, 9))
    told = [
        *BEGINNING,
        Create(2, "attic", private=True),
        Moderate(2, 3, "rename", value="Cellar"),
        Moderate(2, 2, "role", "eve", value="moderator"),
        Moderate(3, 2, "invite", "ada"),
        Join(1, "tea"),
        *(
            Moderate(MACHINE, 2, "ban", "ada", undo=undo, until=until)
            for undo, until in ((False, 100), (True, 0), (False, 0))
        ),
        *(
            Moderate(2, 2, "mute", "eve", undo=undo, until=until)
            for undo, until in ((False, 100), (True, 0), (False, 0))
        ),
        Moderate(2, 2, "role", "eve", value="member"),
        Moderate(2, 2, "kick", "eve", why="noise"),
        *(Moderate(2, 2, "archive", undo=undo) for undo in (False, True, False)),
        *(Moderate(2, 2, "slow", value=value) for value in ("3", "0", "5")),
        *(Moderate(2, 2, action, value=value) for action in ("read_only", "guests") for value in ("on", "off", "on")),
        *(Moderate(2, 2, "calls", value=value) for value in ("nobody", "members", "moderators")),
        Register("Eve", SECRET, user=3, invitation=f"{3:064x}"),
        MakeInvitation(MACHINE, code, 2, 100, 2, "admin", "for zoe"),
        MakeInvitation(MACHINE, other, 1),
        Register("zoe", SECRET, invitation=code),
        Register("mia", SECRET, invitation=other),
        MakeInvitation(1, other, 0),
        RevokeInvitation(1, other),
        SetProfile(2, "Bob", "#33aa77", "UTC"),
        SetServerRole(1, 2, "admin"),
        *(Disable(1, 2, disabled) for disabled in (True, False, True)),
        DeleteAccount(3, True),
    ]
    state, log = State("e1"), []
    for command in told:
        decision = decide(state, command, len(log))
        assert isinstance(decision, Decision), (command, decision)
        for event in decision.events:
            state.apply(event)
        log += decision.events
        check(state)
        assert look(started(state, log)) == look(state), command
    assert {event.kind for event in log} >= set(FOLDED_AT_START)


@settings(max_examples=100, deadline=None)
@given(st.lists(commands, min_size=20, max_size=80), policies)
def test_every_log_is_gapless_and_its_events_can_be_encoded(session, policy):
    log = run(State("e1"), [*BEGINNING, *session], policy)
    for room in {event.room for event in log}:
        seqs = [event.seq for event in log if event.room == room]
        assert seqs == list(range(1, len(seqs) + 1))
    written = msgspec.json.encode(log)
    assert msgspec.json.decode(written, type=list[Event]) == log
    assert b"secret" not in written
    assert {event.kind for event in log} <= set(get_args(Kind))


@settings(max_examples=100, deadline=None)
@given(st.lists(commands, min_size=20, max_size=60))
def test_outsiders_get_the_answers_of_a_room_that_does_not_exist(session):
    """Every command from outside gets the same answer as for a room that does not exist."""
    rules = Rules()
    ada, bob, eve = rules.account("ada", "owner"), rules.account("bob"), *rules.enter("eve")
    den = rules.private("den", bob)
    for command in session:
        if getattr(command, "room", None) is None:
            continue
        for outsider in (ada, eve):
            asked = {"by" if hasattr(command, "by") else "user": outsider}
            there, nowhere = (msgspec.structs.replace(command, room=room, **asked) for room in (den, 99))
            assert decide(rules.state, there, rules.at) == decide(rules.state, nowhere, rules.at)


@given(st.text(max_size=40) | st.sampled_from(NAMES), st.integers(0, 9), st.integers(0, 9))
def test_the_directory_and_unknown_ids_are_not_rooms(name, user, room):
    rules = Rules()
    ada = rules.account("ada", "owner")
    for command in (SendMessage(ada, 0, "hi"), SetTopic(ada, 0, "hi"), Leave(ada, 0), Moderate(ada, 0, "kick", name)):
        assert isinstance(decide(rules.state, command, 1), Refusal)
    assert not visible(rules.state, rules.state.rooms[0], user)
    assert not visible(rules.state, rules.state.rooms.get(room), user)


def test_every_kind_that_apply_folded_handles_is_marked_folded_at_start():
    assert set(_FOLDED) == set(FOLDED_AT_START)
    assert set(FOLDED_AT_START) | set(AUDITED_KINDS) <= set(get_args(Kind))


def test_every_call_of_refuse_in_the_core_has_the_values_of_its_sentence():
    """Checks every call of `refuse` in the core."""
    found = set()
    for path in sorted(Path(parley.core.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "refuse":
                values = {keyword.arg for keyword in node.keywords} - {"retry_after"}
                for code in ast.walk(node.args[0]):
                    if isinstance(code, ast.Constant):
                        found.add(code.value)
                        holes = {hole for _, hole, _, _ in string.Formatter().parse(SENTENCES[code.value]) if hole}
                        assert holes == values, f"{path.name}:{node.lineno}"
    assert len(found) > 30
