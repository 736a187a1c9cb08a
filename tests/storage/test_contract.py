"""The contract of a store. Each test runs on every store."""

import random
from typing import get_args

import pytest

from parley.core.erasure import is_said
from parley.core.events import About, Event, RelatedEvent
from parley.core.folding import LEAST_RUN, Run, first_of, fold_runs, last_of
from parley.core.kinds import AUDITED_KINDS, KINDS_OF_CHANGES, Kind
from parley.core.ports import KeysTaken, StoreError
from parley.core.preferences import QuietHours
from parley.core.records import (
    DropTokens,
    DropWebhook,
    ForgetUser,
    Identity,
    KeepTokens,
    MoveWebhook,
    PutKey,
    PutPassword,
    PutPreference,
    PutReadMark,
    PutToken,
    Recount,
    Webhook,
)
from parley.storage.sqlite import FILE_NAME, SqliteStore
from tests.core.messages import salted
from tests.storage.memory_store import MemoryStore
from tests.storage.writing import Chatter, batch, expected, expected_preferences, fold, opening, redacted, said, same

DIRECTORY_KINDS = (
    "named", "released", "registered", "profile", "disabled", "enabled", "deleted", "credentials",
    "invitation", "invitation_used", "invitation_revoked", "webhook",
)  # fmt: skip


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / FILE_NAME)
    yield store
    store.close()


@pytest.fixture
def lobby(store):
    """A store with ada (user 1) and bob (user 2) in #lobby, room 1, whose tip is 3."""
    store.append(opening())
    return store


# Appending and reading


def test_a_new_store_contains_only_the_directory(store):
    state = store.load()
    assert state.users == {}
    assert list(state.rooms) == [0]
    assert (state.next_user, state.next_room) == (1, 1)
    assert (state.rooms[0].tip, state.rooms[0].epoch) == (0, state.epoch)
    assert state.epoch
    assert store.after(0, 0, 10) == store.before(0, 10, 10) == []


def test_appended_events_are_read_back_unchanged(lobby):
    assert lobby.after(0, 0, 10) + lobby.after(1, 0, 10) == opening().events
    event = Event(1, 4, 1_700_000_000_123, 2, "bob", "action", "waves", "k1")
    lobby.append(batch(event))
    assert lobby.after(1, 3, 10) == [event]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "👩‍👩‍👧 \U0001f600 \U0010ffff",
        "שלום \u202eעולם\u202c \u200f",
        "Z\u0351\u0342a\u0300lgo e\u0301 \u00e9",
        "two\nlines\r\n\tand a tab",
        "'single' \"double\" `back` \\ \\\\ \\n \\u0041 %s {x} [1,2]",
        "'; DROP TABLE events; --",
        "\ufeffbom \u2028 \u2029 \x7f \x85",
        "\x00 in the \x00 middle",
        "12345",
        "1e400",
        "null",
        "-0",
        "漢" * 8_000,
        "\U0001f600" * 100_000,
    ],
)
def test_any_text_is_read_back_unchanged(lobby, text):
    lobby.append(batch(Event(1, 4, 5, 1, text or "x", "message", text)))
    lobby.append(batch(Event(1, 5, 5, 1, "ada", "topic", text)))
    assert [event.text for event in lobby.after(1, 3, 2)] == [text, text]
    assert lobby.after(1, 3, 1)[0].name == (text or "x")
    assert lobby.load().rooms[1].topic == text


@pytest.mark.parametrize("number", [0, 1, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)])
def test_times_can_be_any_64_bit_integer(lobby, number):
    lobby.append(batch(said(1, 4, at=number)))
    assert lobby.after(1, 3, 1)[0].at == number


def test_no_key_differs_from_an_empty_key(lobby):
    lobby.append(batch(said(1, 4), said(1, 5), said(1, 6, key="k")))
    assert [event.key for event in lobby.after(1, 3, 9)] == [None, None, "k"]


# Folded pages


def crowd(room, first, last):
    """Return the events from `first` to `last`: guests who join and leave."""
    return [
        salted(Event(room, seq, 5, 100 + seq, f"g{seq}", ("joined", "left")[seq % 2])) for seq in range(first, last + 1)
    ]


def test_a_folded_page_has_a_long_run_of_comings_and_goings_as_one_item(lobby):
    lobby.append(batch(said(1, 4), *crowd(1, 5, 900)))
    lobby.append(batch(*crowd(1, 901, 2_000)))  # these events continue the same run
    lobby.append(batch(said(1, 2_001), *crowd(1, 2_002, 2_004), said(1, 2_005)))
    run = Run(5, 2_000, tuple(crowd(1, 1_998, 2_000)))
    page = [said(1, 4), run, said(1, 2_001), *crowd(1, 2_002, 2_004), said(1, 2_005)]
    assert lobby.folded_before(1, 2_006, 7) == page
    assert lobby.folded_after(1, 3, 7) == page
    assert lobby.folded_before(1, 2_006, 5) == page[2:]
    assert lobby.folded_after(1, 3, 2) == page[:2]


def test_a_folded_page_that_begins_within_a_run_has_the_rest_of_it(lobby):
    lobby.append(batch(said(1, 4), *crowd(1, 5, 60), said(1, 61)))
    assert lobby.folded_before(1, 40, 2) == [said(1, 4), Run(5, 39, tuple(crowd(1, 37, 39)))]
    assert lobby.folded_after(1, 40, 2) == [Run(41, 60, tuple(crowd(1, 58, 60))), said(1, 61)]
    assert lobby.folded_before(1, 5 + LEAST_RUN - 1, 9)[-1] == crowd(1, 5 + LEAST_RUN - 2, 5 + LEAST_RUN - 2)[0]


def test_a_folded_page_of_a_room_without_events_or_beyond_its_end_is_empty(lobby):
    assert lobby.folded_after(1, 3, 9) == lobby.folded_after(1, 99, 9) == lobby.folded_before(1, 1, 9) == []
    assert lobby.folded_before(9, 5, 9) == lobby.folded_after(9, 0, 9) == []
    assert lobby.folded_before(1, 99, 9) == lobby.after(1, 0, 9)


@pytest.mark.parametrize("seed", range(4))
def test_folded_pages_cover_the_log_and_have_all_messages(store, seed):
    store.append(opening())
    chance, seq = random.Random(seed), 3
    for _ in range(20):
        events = []
        for _ in range(chance.randrange(1, 5)):
            count = chance.choice([1, 2, LEAST_RUN - 1, LEAST_RUN, 30])
            passing = chance.random() < 0.7
            kinds = ("joined", "left", "renamed", "invited") if passing else ("message", "action", "topic")
            for _ in range(count):
                seq += 1
                about = About(9, "i") if (kind := chance.choice(kinds)) == "invited" else None
                events.append(Event(1, seq, 5, 9, "i", kind, "x", about=about))
        store.append(batch(*events))
    log = store.after(1, 0, seq)
    for limit in (1, 2, 7, 100):
        backwards, before = [], seq + 1
        while page := store.folded_before(1, before, limit):
            backwards = page + backwards
            before = first_of(page[0])
        forwards, after = [], 0
        while page := store.folded_after(1, after, limit):
            forwards += page
            after = last_of(page[-1])
        assert backwards == forwards == fold_runs(log)
    assert store.before(1, seq + 1, 25, said=True) == [e for e in log if e.kind in ("message", "action")][-25:]
    middle = chance.randrange(seq)
    assert store.folded_before(1, middle, seq) == fold_runs(log[: middle - 1])
    assert store.folded_after(1, middle, seq) == fold_runs(log[middle:])


def test_the_last_messages_are_found_below_a_long_run(lobby):
    lobby.append(batch(*[said(1, seq, text=str(seq)) for seq in range(4, 40)], *crowd(1, 40, 3_000)))
    assert [event.seq for event in lobby.before(1, 3_001, 20, said=True)] == [*range(20, 40)]


# Atomicity


def check_nothing_is_stored(store, before):
    assert store.after(0, 0, 99) + store.after(1, 0, 99) + store.after(2, 0, 99) == before
    same(store.load(), fold(before, store.load().epoch))


@pytest.mark.parametrize(
    "wrong",
    [
        said(1, 6),  # a gap
        said(1, 4),  # the same seq twice
        said(1, 3),  # a seq that is stored already
        said(1, 1),
        said(1, 0),
        said(1, -1),
        said(1, 5, key="k"),  # a key twice in one batch
    ],
    ids=["gap", "twice", "tip", "first", "zero", "negative", "key"],
)
def test_a_batch_that_does_not_continue_its_log_is_refused_completely(lobby, wrong):
    before = opening().events
    good = [said(1, 4, key="k"), Event(2, 1, 5, 0, "parley", "created", "tea"), Event(2, 2, 5, 1, "ada", "joined")]
    with pytest.raises(StoreError):
        lobby.append(batch(*good, Event(0, 3, 5, 1, "ada", "named", "zoe"), wrong, tokens={2: b"b" * 32}))
    check_nothing_is_stored(lobby, before)
    assert lobby.who(b"b" * 32) is None

    lobby.append(batch(*good))  # the store still works
    assert lobby.after(1, 3, 9) == good[:1]


def test_a_log_begins_with_seq_1(store):
    with pytest.raises(StoreError):
        store.append(batch(Event(1, 2, 5, 0, "parley", "created", "lobby")))
    check_nothing_is_stored(store, [])


# Keys


def test_a_key_is_stored_once_and_the_objection_contains_its_place(lobby):
    lobby.append(batch(said(1, 4, key="k1"), said(1, 5, key="k2")))
    with pytest.raises(KeysTaken) as taken:
        lobby.append(batch(said(1, 6, key="k3"), said(1, 7, "again", key="k1"), said(1, 8, key="k2")))
    assert taken.value.places == {(1, "k1"): (1, 4), (1, "k2"): (1, 5)}
    assert lobby.load().rooms[1].tip == 5
    lobby.append(batch(said(1, 6, key="k3")))
    assert [event.key for event in lobby.after(1, 3, 9)] == ["k1", "k2", "k3"]


def test_events_are_read_by_their_places(lobby):
    first, second = said(1, 4, "hi @bob", key="k1"), said(1, 5)
    lobby.append(batch(first, second))
    assert lobby.events_at([(1, 4), (0, 0), (1, 99), (7, 1), (1, 4)]) == {(1, 4): first}
    assert lobby.events_at([]) == {}


def test_a_key_is_unique_across_rooms(lobby):
    lobby.append(batch(said(1, 4, key="k1"), Event(2, 1, 5, 0, "parley", "created", "tea")))
    with pytest.raises(KeysTaken) as taken:
        lobby.append(batch(said(2, 2, key="k1")))
    assert taken.value.places == {(1, "k1"): (1, 4)}


def test_a_taken_key_is_reported_even_if_the_seq_is_wrong_too(lobby):
    lobby.append(batch(said(1, 4, key="k1")))
    with pytest.raises(KeysTaken):
        lobby.append(batch(said(1, 5, key="k1"), said(1, 6)))


def test_users_can_use_the_same_key(lobby):
    lobby.append(batch(said(1, 4, key="k1"), said(1, 5, user=2, name="bob", key="k1")))
    with pytest.raises(KeysTaken) as taken:
        lobby.append(batch(said(1, 6, user=2, key="k1")))
    assert taken.value.places == {(2, "k1"): (1, 5)}


def test_keys_are_compared_exactly(lobby):
    keys = ["k", "K", "k ", "1", "01", "1.0", '"', "\\", "~" * 64]
    lobby.append(batch(*(said(1, 4 + number, key=key) for number, key in enumerate(keys))))
    assert lobby.append(batch(maybe_stored=[(1, key) for key in keys])) == {
        (1, key): (1, 4 + number) for number, key in enumerate(keys)
    }


def test_append_returns_the_places_of_maybe_stored_keys_that_are_stored(lobby):
    lobby.append(batch(said(1, 4, key="old")))
    wanted = [(1, "old"), (1, "never"), (2, "old"), (1, "new")]
    assert lobby.append(batch(said(1, 5, key="new"), maybe_stored=wanted)) == {(1, "old"): (1, 4), (1, "new"): (1, 5)}
    assert lobby.append(batch(maybe_stored=wanted)) == {(1, "old"): (1, 4), (1, "new"): (1, 5)}
    assert lobby.append(batch(maybe_stored=[])) == {}
    assert lobby.load().rooms[1].tip == 5


def test_a_commands_key_is_stored_once_and_the_objection_contains_its_place(lobby):
    lobby.append(batch(said(1, 4, key="k1"), records=[PutKey(1, "k2", 1, 3), PutKey(2, "k1", 0, 0)]))
    known = {(1, "k1"): (1, 4), (1, "k2"): (1, 3), (2, "k1"): (0, 0)}
    assert lobby.append(batch(maybe_stored=[*known, (2, "k2")])) == known
    for again, place in (
        (batch(records=[PutKey(1, "k2", 1, 4)]), {(1, "k2"): (1, 3)}),  # a command with the key of an earlier command
        (batch(records=[PutKey(1, "k1", 1, 4)]), {(1, "k1"): (1, 4)}),  # a command with a message's key
        (batch(said(1, 5, key="k2")), {(1, "k2"): (1, 3)}),  # a message with a command's key
        (batch(said(1, 5, user=2, key="k1"), records=[PutKey(1, "k3", 0, 0)]), {(2, "k1"): (0, 0)}),
    ):
        with pytest.raises(KeysTaken) as taken:
            lobby.append(again)
        assert taken.value.places == place
    assert lobby.load().rooms[1].tip == 4
    lobby.append(batch(said(1, 5, key="k3"), records=[PutKey(2, "k2", 0, 0)]))


# Pages


@pytest.fixture
def room_with_topics(lobby):
    """Room 1 with messages at 4, 6, 8, ... 20 and topics between them."""
    events = [said(1, seq) if seq % 2 == 0 else Event(1, seq, 5, 1, "ada", "topic", str(seq)) for seq in range(4, 21)]
    lobby.append(batch(*events, Event(2, 1, 5, 0, "parley", "created", "tea")))
    return lobby


@pytest.mark.parametrize(
    ("seq", "limit", "expected"),
    [
        (0, 3, [1, 2, 3]),
        (3, 2, [4, 5]),
        (18, 9, [19, 20]),
        (19, 1, [20]),
        (20, 9, []),
        (99, 9, []),
        (-5, 2, [1, 2]),
        (4, 0, []),
    ],
)
def test_after(room_with_topics, seq, limit, expected):
    assert [event.seq for event in room_with_topics.after(1, seq, limit)] == expected


@pytest.mark.parametrize(
    ("seq", "limit", "expected"),
    [(99, 3, [18, 19, 20]), (21, 1, [20]), (20, 2, [18, 19]), (3, 9, [1, 2]), (1, 9, []), (0, 9, []), (9, 0, [])],
)
def test_before(room_with_topics, seq, limit, expected):
    assert [event.seq for event in room_with_topics.before(1, seq, limit)] == expected


def test_pages_can_contain_messages_only(room_with_topics):
    assert [event.seq for event in room_with_topics.after(1, 0, 3, said=True)] == [4, 6, 8]
    assert [event.seq for event in room_with_topics.after(1, 17, 9, said=True)] == [18, 20]
    assert [event.seq for event in room_with_topics.before(1, 99, 3, said=True)] == [16, 18, 20]
    assert [event.seq for event in room_with_topics.before(1, 6, 9, said=True)] == [4]
    assert room_with_topics.before(1, 4, 9, said=True) == []
    room_with_topics.append(batch(Event(1, 21, 5, 1, "ada", "action", "waves")))
    assert [event.seq for event in room_with_topics.after(1, 18, 9, said=True)] == [20, 21]


def test_an_unknown_room_has_no_events(room_with_topics):
    assert room_with_topics.after(77, 0, 9) == room_with_topics.before(77, 9, 9) == []


# Tokens


def test_a_token_identifies_its_user_with_the_last_name(lobby):
    assert lobby.who(b"a" * 32) == Identity(1, "ada", "resume")
    lobby.append(batch(Event(0, 3, 5, 1, "ada", "named", "zoe")))
    assert lobby.who(b"a" * 32) == Identity(1, "zoe", "resume")
    lobby.append(batch(Event(0, 4, 5, 1, "zoe", "released")))
    assert lobby.who(b"a" * 32) == Identity(1, "zoe", "resume")
    lobby.append(batch(Event(0, 5, 5, 1, "ada", "named", "ada")))
    assert lobby.who(b"a" * 32) == Identity(1, "ada", "resume")


def test_an_unknown_token_identifies_nobody(lobby):
    assert lobby.who(b"b" * 32) is None
    assert lobby.who(b"") is None


def test_without_token_returns_users_without_a_token(lobby):
    assert lobby.without_token([1, 2]) == [2]
    assert lobby.without_token([]) == []
    assert lobby.without_token([1]) == []
    assert lobby.without_token([2, 77]) == [2]


# Passwords and sessions


def put(user, token, kind="session", label="", made=5):
    return PutToken(user, token, kind, label, made)


def records_only(records):
    """Return a batch of these records only."""
    return batch(records=records)


def test_the_last_stored_password_counts(lobby):
    assert lobby.password(1) is None
    lobby.append(records_only([PutPassword(1, "one"), PutPassword(2, "two")]))
    assert (lobby.password(1), lobby.password(2), lobby.password(3)) == ("one", "two", None)
    lobby.append(records_only([PutPassword(1, "three")]))
    assert (lobby.password(1), lobby.password(2)) == ("three", "two")


def test_sessions_are_listed_oldest_first(lobby):
    lobby.append(
        records_only([put(2, b"p", "session", "phone", 7), put(2, b"l", "session", "laptop", 6), put(2, b"x", "bot")])
    )
    sessions = lobby.sessions(2)
    assert [(session.kind, session.label, session.made, session.token) for session in sessions] == [
        ("session", "phone", 7, b"p"),
        ("session", "laptop", 6, b"l"),
        ("bot", "", 5, b"x"),
    ]
    assert len({session.id for session in [*sessions, *lobby.sessions(1)]}) == 4
    assert lobby.sessions(77) == []
    assert lobby.who(b"x") == Identity(2, "bob", "bot")


@pytest.mark.parametrize(
    ("drop", "left"),
    [
        (DropTokens(1, b"one"), {b"a" * 32, b"two", b"bob's"}),
        (DropTokens(1, b"bob's"), {b"a" * 32, b"one", b"two", b"bob's"}),
        (DropTokens(1, b"unknown"), {b"a" * 32, b"one", b"two", b"bob's"}),
        (DropTokens(1), {b"bob's"}),
        (DropTokens(1, but=b"two"), {b"two", b"bob's"}),
        (DropTokens(1, but=b"bob's"), {b"bob's"}),
        (DropTokens(1, but=b"unknown"), {b"bob's"}),
        (DropTokens(3), {b"a" * 32, b"one", b"two", b"bob's"}),
    ],
)
def test_drop_tokens_ends_sessions(lobby, drop, left):
    lobby.append(records_only([put(1, b"one"), put(1, b"two"), put(2, b"bob's")]))
    lobby.append(records_only([drop]))
    assert {token for token in (b"a" * 32, b"one", b"two", b"bob's") if lobby.who(token)} == left


def test_records_of_one_batch_are_applied_in_order(lobby):
    lobby.append(records_only([put(1, b"one"), DropTokens(1), put(1, b"two")]))
    assert lobby.who(b"one") is lobby.who(b"a" * 32) is None
    assert lobby.who(b"two") == Identity(1, "ada", "session")


def test_keep_tokens_turns_resume_tokens_into_sessions_but_not_bots_tokens(lobby):
    lobby.append(records_only([put(1, b"bot", "bot"), put(2, b"b", "resume"), KeepTokens(1)]))
    assert [lobby.who(token).kind for token in (b"a" * 32, b"bot", b"b")] == ["session", "bot", "resume"]


@pytest.mark.parametrize("tokens", [[(2, b"new"), (2, b"a" * 32)], [(2, b"new"), (1, b"new")]])
def test_a_batch_with_a_taken_token_is_refused_completely(lobby, tokens):
    records = [PutPassword(1, "x"), *(put(*token) for token in tokens)]
    with pytest.raises(StoreError):
        lobby.append(batch(said(1, 4, key="k"), records=records))
    check_nothing_is_stored(lobby, opening().events)
    assert lobby.who(b"new") is None
    assert lobby.password(1) is None
    lobby.append(batch(said(1, 4, key="k")))


def test_a_batch_that_does_not_continue_its_log_stores_no_record(lobby):
    with pytest.raises(StoreError):
        lobby.append(batch(said(1, 9), records=[PutPassword(1, "x"), DropTokens(1), ForgetUser(1, True)]))
    assert lobby.password(1) is None
    assert lobby.who(b"a" * 32)
    check_nothing_is_stored(lobby, opening().events)


# Deleted accounts


@pytest.mark.parametrize("erase", [False, True])
def test_a_deleted_account_is_removed_from_the_store(lobby, erase):
    """The name is removed everywhere, and the messages if `erase` is set. Other users' data is unchanged."""
    bob, gone = About(2, "bob", 9), "deleted user"
    events = [
        Event(0, 3, 5, 2, "bob", "registered", "member"),
        Event(0, 4, 5, 2, "bob", "profile", '{"display":"B."}'),
        Event(1, 4, 5, 2, "bob", "message", "hi", "k1"),
        Event(1, 5, 5, 1, "ada", "message", "hello bob", "k1"),
        Event(1, 6, 5, 2, "bob", "action", "waves"),
        Event(1, 7, 5, 1, "ada", "muted", "why", None, bob),
        Event(1, 8, 5, 2, "bob", "muted", "why", None, About(1, "ada")),
        Event(1, 9, 5, 2, "bob", "topic", "tea"),
        Event(0, 5, 5, 2, "bob", "named", "robert"),
        Event(1, 10, 5, 2, "bob", "renamed", "robert"),
        Event(1, 11, 5, 2, "robert", "left", "bye"),
        Event(0, 6, 5, 2, gone, "released"),
        Event(0, 7, 5, 2, gone, "deleted", "erased", None, About(2, gone)),
    ]
    lobby.append(batch(*events, records=[PutPassword(2, "hash"), put(2, b"b"), PutPassword(1, "hers")]))
    lobby.append(records_only([ForgetUser(2, erase)]))
    directory, room = lobby.after(0, 0, 99), lobby.after(1, 0, 99)
    log = opening().events + events
    assert directory == [redacted(event, ForgetUser(2, erase)) for event in log if event.room == 0]
    assert room == [redacted(event, ForgetUser(2, erase)) for event in log if event.room == 1]
    assert not any("bob" in repr(event) for event in directory + room if event.text != "hello bob")
    assert [event.text for event in room if event.user == 2 and event.kind in ("message", "action", "left")] == (
        ["", "", ""] if erase else ["hi", "waves", "bye"]
    )
    assert room[6].about == About(2, gone, 9)
    assert (lobby.password(2), lobby.who(b"b"), lobby.sessions(2)) == (None, None, [])
    assert (lobby.password(1), lobby.who(b"a" * 32)) == ("hers", Identity(1, "ada", "resume"))
    # The key is still known: a retry does not store the message again.
    assert lobby.append(batch(maybe_stored=[(2, "k1")])) == {(2, "k1"): (1, 4)}
    same(lobby.load(), fold(directory + room, lobby.load().epoch))


# The audit, and a user's messages


def test_the_audit_has_audited_events_newest_first(lobby):
    texts = {"profile": "{}", "invitation": '{"code":"c"}', "slow": "5", "registered": "member", "role": "owner"}
    left_out = ("created", "joined", "left", "named", "released", "kicked", "banned", "deleted", *KINDS_OF_CHANGES)
    tips, placed = {0: 2, 1: 3}, []
    for number, kind in enumerate(kind for kind in get_args(Kind) if kind not in left_out):
        room = 0 if kind in DIRECTORY_KINDS else 1
        tips[room] += 1
        about, at = About(2, "bob"), 1_000 - 10 * (number // 3)
        placed.append(Event(room, tips[room], at, 1, "ada", kind, texts.get(kind, "x"), None, about))
    lobby.append(batch(*placed))
    wanted = [event for event in placed if event.kind in AUDITED_KINDS]
    wanted = sorted(wanted, key=lambda event: (event.at, event.room, event.seq), reverse=True)
    assert len(wanted) > 15
    assert lobby.audit(None, 99) == wanted
    assert lobby.audit(None, 4) == wanted[:4]
    pages, before = [], None
    while page := lobby.audit(before, 3):
        pages += page
        before = (page[-1].at, page[-1].room, page[-1].seq)
    assert pages == wanted
    assert lobby.audit((0, 0, 0), 9) == []


def test_a_users_messages_are_paged_by_place(lobby):
    mine = [said(1, 4), Event(1, 5, 5, 1, "ada", "action", "waves"), said(2, 2), said(2, 4)]
    lobby.append(
        batch(
            *mine[:2],
            said(1, 6, user=2, name="bob"),
            Event(1, 7, 5, 1, "ada", "topic", "x"),
            Event(2, 1, 5, 1, "ada", "created", "tea"),
            mine[2],
            Event(2, 3, 5, 1, "ada", "joined"),
            mine[3],
        )
    )
    assert lobby.said_by(1, (0, 0), 99) == mine
    assert lobby.said_by(1, (0, 0), 2) == mine[:2]
    assert lobby.said_by(1, (1, 5), 2) == mine[2:]
    assert lobby.said_by(1, (1, 99), 1) == mine[2:3]
    assert lobby.said_by(1, (2, 4), 9) == lobby.said_by(77, (0, 0), 9) == []


# Webhooks


def test_a_webhooks_progress_never_decreases(lobby):
    one = Webhook(3, 1, "ci", "https://example.org", "secret", ("message", "topic"), 3, None, 1, 5)
    other = Webhook(4, 1, "", "https://example.org/x", "secret", (), 0, "gone", 1, 5)
    lobby.append(records_only([other, one]))
    assert lobby.hooks() == [one, other]
    lobby.append(records_only([MoveWebhook(3, 9, None), MoveWebhook(4, 1, None), MoveWebhook(77, 1, None)]))
    assert [(hook.acked, hook.parked) for hook in lobby.hooks()] == [(9, None), (1, None)]
    lobby.append(records_only([MoveWebhook(3, 5, "gone")]))
    assert [(hook.acked, hook.parked) for hook in lobby.hooks()] == [(9, "gone"), (1, None)]
    lobby.append(records_only([DropWebhook(3, 2), DropWebhook(4, 1)]))
    assert [hook.id for hook in lobby.hooks()] == [3]


# Read marks and unread counts


@pytest.fixture
def restarted(store, tmp_path):
    """Return the store after a restart."""
    opened = []

    def start():
        if not isinstance(store, SqliteStore):
            return store
        opened.append(SqliteStore(tmp_path / FILE_NAME))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def marks_of(store, room=1):
    """Return each member's mark: since, got, read, unread, and the number of mentions among the unread."""
    marks = store.marks()
    members = marks.rooms[room].by_user()
    return {user: (mark.since, mark.delivered, mark.read, *marks.unread(room, user)) for user, mark in members.items()}


def mentioning(seq, *whom, user=1, room=1):
    return Event(room, seq, 5, user, "x", "message", "hi", None, None, whom or None)


def test_mentions_are_read_back_unchanged(lobby):
    events = [mentioning(4), mentioning(5, 2), mentioning(6, 0), mentioning(7, 1, 2, 2**53)]
    lobby.append(batch(*events))
    assert lobby.after(1, 3, 9) == lobby.before(1, 99, 4) == lobby.said_by(1, (0, 0), 9) == events


def test_a_new_members_mark_is_at_their_join(lobby, restarted):
    assert marks_of(restarted()) == {1: (2, 2, 2, 0, 0), 2: (3, 3, 3, 0, 0)}


def test_messages_and_mentions_by_others_are_counted_as_unread(lobby, restarted):
    lobby.append(
        batch(
            mentioning(4), mentioning(5, 2), mentioning(6, 0), mentioning(7, 1, user=2), Event(1, 8, 5, 1, "x", "topic")
        )
    )
    lobby.append(batch(Event(1, 9, 5, 2, "bob", "action", "waves")))
    assert marks_of(restarted()) == {1: (2, 2, 2, 2, 1), 2: (3, 3, 3, 3, 2)}


def test_marks_only_increase(lobby, restarted):
    lobby.append(batch(*(mentioning(seq, 2) for seq in range(4, 10))))
    lobby.append(records_only([PutReadMark(2, 1, 3, 8, 6, 3, 3)]))
    lobby.append(
        records_only(
            [PutReadMark(2, 1, 3, 5, 5, 1, 1), PutReadMark(2, 1, 3, 7, 7, 1, 1), PutReadMark(2, 1, 2, 9, 9, 6, 6)]
        )
    )
    assert marks_of(restarted())[2] == (3, 8, 7, 1, 1)
    lobby.append(records_only([PutReadMark(2, 1, 3, 9, 6, 0, 0)]))
    assert marks_of(restarted())[2] == (3, 9, 7, 1, 1)


def test_marks_of_non_members_and_of_an_earlier_membership_are_ignored(lobby, restarted):
    lobby.append(batch(mentioning(4, 2), mentioning(5, 2)))
    lobby.append(
        records_only(
            [PutReadMark(2, 1, 2, 5, 5, 2, 2), PutReadMark(9, 1, 3, 5, 5, 2, 2), PutReadMark(2, 9, 3, 5, 5, 2, 2)]
        )
    )
    assert marks_of(restarted()) == {1: (2, 2, 2, 0, 0), 2: (3, 3, 3, 2, 2)}
    lobby.append(batch(Event(1, 6, 5, 2, "bob", "left")))
    lobby.append(records_only([PutReadMark(2, 1, 3, 5, 5, 2, 2)]))
    assert marks_of(restarted()) == {1: (2, 2, 2, 0, 0)}
    lobby.append(
        batch(Event(1, 7, 5, 2, "bob", "joined"), mentioning(8, 0), records=[PutReadMark(2, 1, 3, 5, 5, 2, 2)])
    )
    assert marks_of(restarted())[2] == (7, 7, 7, 1, 1)


def test_a_mark_and_events_of_its_room_can_be_in_one_batch(lobby, restarted):
    lobby.append(batch(mentioning(4, 2)))
    lobby.append(batch(mentioning(5, 2), records=[PutReadMark(2, 1, 3, 4, 4, 1, 1)]))
    assert marks_of(restarted())[2] == (3, 4, 4, 1, 1)
    lobby.append(batch(Event(1, 6, 5, 2, "bob", "left"), records=[PutReadMark(2, 1, 3, 5, 5, 1, 1)]))
    assert 2 not in marks_of(restarted())


def test_a_refused_batch_stores_no_mark(lobby, restarted):
    lobby.append(batch(mentioning(4, 2)))
    with pytest.raises(StoreError):
        lobby.append(batch(mentioning(9), records=[PutReadMark(2, 1, 3, 4, 4, 1, 1), PutPreference(2, 1, "all")]))
    assert marks_of(restarted())[2] == (3, 3, 3, 1, 1)
    assert restarted().preferences().users == {}


def test_the_returned_marks_are_independent_of_the_store(lobby, restarted):
    mine = restarted().marks()
    mine.apply(1, [mentioning(4, 2)])
    assert marks_of(restarted())[2] == (3, 3, 3, 0, 0)


def test_marks_before_changes_in_one_batch(lobby, restarted):
    """The numbers of a mark are from before the changes of its batch, so the mark applies first."""
    lobby.append(batch(*(mentioning(seq, 2) for seq in (4, 5, 6))))
    erased = RelatedEvent(1, 7, 5, 1, "ada", "erased", target=4)
    edited = RelatedEvent(1, 8, 5, 1, "ada", "edited", "hi", target=5)
    later = RelatedEvent(1, 9, 5, 1, "ada", "erased", target=6)
    records = [
        PutReadMark(2, 1, 3, 5, 5, 2, 2), Recount(1, 4, 1, (2,), (), True), Recount(1, 5, 1, (2,), (), False),
        Recount(1, 6, 1, (2,), (), True),
    ]  # fmt: skip
    lobby.append(batch(erased, edited, records=records[:3]))
    assert marks_of(restarted())[2] == (3, 5, 5, 1, 1)
    lobby.append(batch(later, records=records[3:]))
    assert marks_of(restarted())[2] == (3, 5, 5, 0, 0)


def test_receipts_never_go_back(lobby, restarted):
    """Neither an erasure of what was read, nor an older mark, moves a mark that others see."""
    lobby.append(batch(*(mentioning(seq, 2) for seq in (4, 5))))
    lobby.append(records_only([PutReadMark(2, 1, 3, 5, 5, 2, 2)]))
    for seq, target in ((6, 5), (7, 4)):
        erased = RelatedEvent(1, seq, 5, 1, "ada", "erased", target=target)
        lobby.append(batch(erased, records=[Recount(1, target, 1, (2,), (), True), PutReadMark(2, 1, 3, 4, 4, 0, 0)]))
        assert marks_of(restarted())[2] == (3, 5, 5, 0, 0)


def test_read_between_counts_messages_and_mentions_between_two_seqs(lobby):
    lobby.append(
        batch(
            mentioning(4, 2), mentioning(5), mentioning(6, 1, user=2), mentioning(7, 0), Event(1, 8, 5, 1, "x", "topic")
        )
    )
    lobby.append(batch(Event(1, 9, 5, 1, "x", "action", "x", None, None, (2,)), Event(2, 1, 5, 1, "x", "created", "t")))
    lobby.append(batch(mentioning(2, 2, room=2)))
    counts = {
        (2, 3, 9): (4, 3),
        (2, 4, 9): (3, 2),
        (2, 3, 8): (3, 2),
        (2, 3, 4): (1, 1),
        (2, 9, 9): (0, 0),
        (2, 9, 3): (0, 0),
        (1, 0, 99): (1, 1),
        (3, 0, 99): (5, 1),
    }
    assert {place: lobby.read_between(1, *place) for place in counts} == counts
    assert lobby.read_between(77, 2, 0, 99) == (0, 0)


def test_first_at_finds_the_first_event_that_is_not_older(lobby):
    lobby.append(batch(*(said(1, seq, at=at) for seq, at in ((4, 10), (5, 20), (6, 20), (7, 20), (8, 31)))))
    found = {0: 1, 2: 1, 3: 4, 10: 4, 11: 5, 20: 5, 21: 8, 31: 8, 32: 9, 2**70: 9, -(2**70): 1}
    assert {at: lobby.first_at(1, at, 8) for at in found} == found
    assert lobby.first_at(1, 31, 7) == 8  # one after the given tip
    assert lobby.first_at(77, 0, 0) == 1


# Notification preferences


def test_the_last_set_preferences_count_and_omitted_fields_stay(lobby, restarted):
    rooms = lobby.load().rooms
    lobby.append(
        records_only(
            [
                PutPreference(1, 1, "all", True),
                PutPreference(2, 1, favourite=True),
                PutPreference(1, 0, hours=(1320, 420)),
            ]
        )
    )
    lobby.append(
        records_only(
            [PutPreference(1, 1, favourite=False), PutPreference(2, 1, "nothing"), PutPreference(2, 0, hours=(0, 1))]
        )
    )
    wants = restarted().preferences()
    assert [wants.of(user, rooms[1]) for user in (1, 2, 3)] == [("all", False), ("nothing", True), ("mentions", False)]
    assert [wants.hours(user) for user in (1, 2, 3)] == [QuietHours(1320, 420), QuietHours(0, 1), None]
    lobby.append(records_only([PutPreference(1, 0), PutPreference(1, 1)]))
    wants = restarted().preferences()
    assert (wants.of(1, rooms[1]), wants.hours(1), wants.hours(2)) == (("all", False), None, QuietHours(0, 1))


def test_a_deleted_account_has_no_preferences(lobby, restarted):
    lobby.append(
        records_only(
            [
                PutPreference(1, 1, "all"),
                PutPreference(1, 0, hours=(1, 2)),
                PutPreference(2, 1, "nothing"),
                ForgetUser(1, False),
            ]
        )
    )
    assert restarted().preferences().users.keys() == {2}


# The state


def test_load_returns_the_fold_of_the_log(lobby):
    log = opening().events
    for events in (
        [Event(1, 4, 5, 1, "ada", "left", "bye")],
        [Event(1, 5, 5, 1, "ada", "joined"), Event(1, 6, 5, 1, "ada", "left"), Event(1, 7, 5, 1, "ada", "joined")],
        [Event(1, 8, 5, 1, "ada", "topic", "one"), Event(1, 9, 5, 1, "ada", "topic", "two")],
        [Event(0, 3, 5, 1, "ada", "named", "x"), Event(0, 4, 5, 2, "bob", "named", "ada")],
        [Event(2, 1, 5, 0, "parley", "created", "@1+2"), Event(2, 2, 5, 1, "x", "joined")],
        [Event(2, 3, 5, 2, "ada", "joined"), Event(1, 10, 5, 2, "ada", "left"), Event(0, 5, 5, 2, "ada", "released")],
        [Event(0, 6, 5, 2, "bob", "named", "bob"), Event(0, 7, 5, 2, "bob", "released")],
        [
            Event(3, 1, 5, 1, "x", "created", "tea"),
            Event(3, 2, 5, 1, "x", "topic", "t"),
            Event(3, 3, 5, 1, "x", "left"),
        ],
    ):
        lobby.append(batch(*events))
        log += events
        same(lobby.load(), fold(log, lobby.load().epoch))


def test_the_loaded_state_is_independent_of_the_store(lobby):
    mine = lobby.load()
    mine.apply(Event(1, 4, 5, 1, "ada", "left"))
    mine.apply(Event(0, 3, 5, 1, "ada", "released"))
    same(lobby.load(), fold(opening().events, mine.epoch))


def test_ids_are_not_used_again(lobby):
    lobby.append(batch(Event(0, 3, 5, 2, "bob", "released")))
    assert (lobby.load().next_user, lobby.load().next_room) == (3, 2)


def test_a_long_random_session(store):
    chatter, batches = Chatter(8), []
    for _ in range(220):
        batches.append(chatter.batch(40))
        store.append(batches[-1])
    log, tokens, passwords = expected(batches)
    left_out = {"action", "credentials", "webhook", "invitation_used"}
    assert {event.kind for event in log} >= set(get_args(Kind)) - left_out, "there was no such event"
    state = store.load()
    same(state, fold(log, state.epoch))
    assert {room.id: store.after(room.id, 0, 10**6) for room in state.rooms.values()} == {
        room: [event for event in log if event.room == room] for room in state.rooms
    }
    put = [put.token for made in batches for put in made.records if isinstance(put, PutToken)]
    assert {token: (known.user, known.kind) for token in put if (known := store.who(token))} == tokens
    assert 0 < len(tokens) < len(put)
    for user in range(1, state.next_user):
        assert store.password(user) == passwords.get(user)
        mine = [event for event in log if event.user == user]
        mine = [e for e in mine if is_said(e) or (e.kind == "edited" and not getattr(e, "erased", 0))]
        assert store.said_by(user, (0, 0), 10**6) == sorted(mine, key=lambda event: (event.room, event.seq))
        assert {session.token for session in store.sessions(user)} == {
            token for token, (whose, _) in tokens.items() if whose == user
        }
    assert any(event.mentions for event in log)
    assert vars(store.preferences()) == vars(expected_preferences(batches))
    assert len(store.preferences().users) > 5
    assert state.next_room == chatter.state.next_room
    assert state.next_user == chatter.state.next_user
