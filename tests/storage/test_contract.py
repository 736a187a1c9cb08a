"""What every store promises. Each test runs with each of them."""

import pytest

from parley.core.events import Event
from parley.core.ports import KeysTaken, StoreError
from parley.storage.memory import MemoryStore
from parley.storage.sqlite import FILE_NAME, SqliteStore
from tests.storage.writing import Chatter, batch, fold, opening, said, same


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


# What is appended is there


def test_it_begins_with_nothing_but_the_directory(store):
    state = store.load()
    assert state.users == {}
    assert list(state.rooms) == [0]
    assert (state.next_user, state.next_room) == (1, 1)
    assert (state.rooms[0].tip, state.rooms[0].epoch) == (0, state.epoch)
    assert state.epoch
    assert store.after(0, 0, 10) == store.before(0, 10, 10) == []


def test_what_was_appended_is_read_as_it_was(lobby):
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
def test_any_text_comes_back_as_it_was(lobby, text):
    lobby.append(batch(Event(1, 4, 5, 1, text or "x", "message", text)))
    lobby.append(batch(Event(1, 5, 5, 1, "ada", "topic", text)))
    assert [event.text for event in lobby.after(1, 3, 2)] == [text, text]
    assert lobby.after(1, 3, 1)[0].name == (text or "x")
    assert lobby.load().rooms[1].topic == text


@pytest.mark.parametrize("number", [0, 1, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)])
def test_times_are_whole_numbers_of_64_bits(lobby, number):
    lobby.append(batch(said(1, 4, at=number)))
    assert lobby.after(1, 3, 1)[0].at == number


def test_a_message_without_a_key_is_not_one_with_an_empty_key(lobby):
    lobby.append(batch(said(1, 4), said(1, 5), said(1, 6, key="k")))
    assert [event.key for event in lobby.after(1, 3, 9)] == [None, None, "k"]


# All or nothing


def nothing_of_it_is_there(store, before):
    assert store.after(0, 0, 99) + store.after(1, 0, 99) + store.after(2, 0, 99) == before
    same(store.load(), fold(before, store.load().epoch))


@pytest.mark.parametrize(
    "wrong",
    [
        said(1, 6),  # a gap
        said(1, 4),  # the same seq twice
        said(1, 3),  # a seq that is stored
        said(1, 1),
        said(1, 0),
        said(1, -1),
        said(1, 5, key="k"),  # a key twice in one batch
    ],
    ids=["gap", "twice", "tip", "first", "zero", "negative", "key"],
)
def test_a_batch_that_does_not_follow_is_refused_whole(lobby, wrong):
    before = opening().events
    good = [said(1, 4, key="k"), Event(2, 1, 5, 0, "parley", "created", "tea"), Event(2, 2, 5, 1, "ada", "joined")]
    with pytest.raises(StoreError):
        lobby.append(batch(*good, Event(0, 3, 5, 1, "ada", "named", "zoe"), wrong, tokens={2: b"b" * 32}))
    nothing_of_it_is_there(lobby, before)
    assert lobby.who(b"b" * 32) is None

    lobby.append(batch(*good))  # and the store goes on
    assert lobby.after(1, 3, 9) == good[:1]


def test_a_log_begins_with_1(store):
    with pytest.raises(StoreError):
        store.append(batch(Event(1, 2, 5, 0, "parley", "created", "lobby")))
    nothing_of_it_is_there(store, [])


# Keys


def test_a_key_is_stored_once_and_its_place_is_told(lobby):
    lobby.append(batch(said(1, 4, key="k1"), said(1, 5, key="k2")))
    with pytest.raises(KeysTaken) as taken:
        lobby.append(batch(said(1, 6, key="k3"), said(1, 7, "again", key="k1"), said(1, 8, key="k2")))
    assert taken.value.places == {(1, "k1"): (1, 4), (1, "k2"): (1, 5)}
    assert lobby.load().rooms[1].tip == 5
    lobby.append(batch(said(1, 6, key="k3")))
    assert [event.key for event in lobby.after(1, 3, 9)] == ["k1", "k2", "k3"]


def test_a_key_is_taken_in_every_room(lobby):
    lobby.append(batch(said(1, 4, key="k1"), Event(2, 1, 5, 0, "parley", "created", "tea")))
    with pytest.raises(KeysTaken) as taken:
        lobby.append(batch(said(2, 2, key="k1")))
    assert taken.value.places == {(1, "k1"): (1, 4)}


def test_a_taken_key_is_told_even_where_the_seq_is_wrong_too(lobby):
    lobby.append(batch(said(1, 4, key="k1")))
    with pytest.raises(KeysTaken):
        lobby.append(batch(said(1, 5, key="k1"), said(1, 6)))


def test_keys_are_the_senders_own(lobby):
    lobby.append(batch(said(1, 4, key="k1"), said(1, 5, user=2, name="bob", key="k1")))
    with pytest.raises(KeysTaken) as taken:
        lobby.append(batch(said(1, 6, user=2, key="k1")))
    assert taken.value.places == {(2, "k1"): (1, 5)}


def test_keys_are_compared_to_the_letter(lobby):
    keys = ["k", "K", "k ", "1", "01", "1.0", '"', "\\", "~" * 64]
    lobby.append(batch(*(said(1, 4 + number, key=key) for number, key in enumerate(keys))))
    assert lobby.append(batch(doubts=[(1, key) for key in keys])) == {
        (1, key): (1, 4 + number) for number, key in enumerate(keys)
    }


def test_doubts_are_answered_with_the_places_of_those_that_are_stored(lobby):
    lobby.append(batch(said(1, 4, key="old")))
    wanted = [(1, "old"), (1, "never"), (2, "old"), (1, "new")]
    assert lobby.append(batch(said(1, 5, key="new"), doubts=wanted)) == {(1, "old"): (1, 4), (1, "new"): (1, 5)}
    assert lobby.append(batch(doubts=wanted)) == {(1, "old"): (1, 4), (1, "new"): (1, 5)}
    assert lobby.append(batch(doubts=[])) == {}
    assert lobby.load().rooms[1].tip == 5


# Pages


@pytest.fixture
def long(lobby):
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
def test_after(long, seq, limit, expected):
    assert [event.seq for event in long.after(1, seq, limit)] == expected


@pytest.mark.parametrize(
    ("seq", "limit", "expected"),
    [(99, 3, [18, 19, 20]), (21, 1, [20]), (20, 2, [18, 19]), (3, 9, [1, 2]), (1, 9, []), (0, 9, []), (9, 0, [])],
)
def test_before(long, seq, limit, expected):
    assert [event.seq for event in long.before(1, seq, limit)] == expected


def test_only_what_was_said(long):
    assert [event.seq for event in long.after(1, 0, 3, said=True)] == [4, 6, 8]
    assert [event.seq for event in long.after(1, 17, 9, said=True)] == [18, 20]
    assert [event.seq for event in long.before(1, 99, 3, said=True)] == [16, 18, 20]
    assert [event.seq for event in long.before(1, 6, 9, said=True)] == [4]
    assert long.before(1, 4, 9, said=True) == []
    long.append(batch(Event(1, 21, 5, 1, "ada", "action", "waves")))
    assert [event.seq for event in long.after(1, 18, 9, said=True)] == [20, 21]


def test_a_room_that_is_not_there_is_empty(long):
    assert long.after(77, 0, 9) == long.before(77, 9, 9) == []


# Tokens


def test_a_token_leads_to_its_user_and_the_last_name(lobby):
    assert lobby.who(b"a" * 32) == (1, "ada")
    lobby.append(batch(Event(0, 3, 5, 1, "ada", "named", "zoe")))
    assert lobby.who(b"a" * 32) == (1, "zoe")
    lobby.append(batch(Event(0, 4, 5, 1, "zoe", "released")))
    assert lobby.who(b"a" * 32) == (1, "zoe")
    lobby.append(batch(Event(0, 5, 5, 1, "ada", "named", "ada")))
    assert lobby.who(b"a" * 32) == (1, "ada")


def test_an_unknown_token_leads_nowhere(lobby):
    assert lobby.who(b"b" * 32) is None
    assert lobby.who(b"") is None


def test_those_without_a_token_are_told(lobby):
    assert lobby.without_token([1, 2]) == [2]
    assert lobby.without_token([]) == []
    assert lobby.without_token([1]) == []
    assert lobby.without_token([2, 77]) == [2]


# The state


def test_load_is_the_fold_of_the_log(lobby):
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


def test_load_gives_a_state_of_its_own(lobby):
    mine = lobby.load()
    mine.apply(Event(1, 4, 5, 1, "ada", "left"))
    mine.apply(Event(0, 3, 5, 1, "ada", "released"))
    same(lobby.load(), fold(opening().events, mine.epoch))


def test_ids_are_not_given_again(lobby):
    lobby.append(batch(Event(0, 3, 5, 2, "bob", "released")))
    assert (lobby.load().next_user, lobby.load().next_room) == (3, 2)


def test_a_long_session(store):
    chatter, log = Chatter(7), []
    for _ in range(60):
        made = chatter.batch(20)
        store.append(made)
        log += made.events
    state = store.load()
    same(state, fold(log, state.epoch))
    assert {room.id: store.after(room.id, 0, 10**6) for room in state.rooms.values()} == {
        room: [event for event in log if event.room == room] for room in state.rooms
    }
    assert state.next_room == chatter.state.next_room
    assert state.next_user == chatter.state.next_user
