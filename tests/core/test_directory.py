"""The directory: rooms and people by name, in pages and by search."""

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.core import directory as module
from parley.core.commands import ClaimName, Create, Join, SetTopic
from parley.core.directory import BEGINNING, Directory, NameIndex, Position, position_of
from parley.core.roles import visible
from parley.core.rules import decide
from parley.core.state import State
from parley.core.unicode.search import search_fold
from tests.storage.writing import Chatter

VECTORS = Path(__file__).parents[1] / "vectors" / "search.json"
NAMES = st.text("abAß1ñéØ-_.가", min_size=1, max_size=6)


def pages(page, limit):
    """Call `page` with a position and a limit until the last page. Return the ids of all pages."""
    ids, after, count = [], BEGINNING, 0
    while True:
        found = page(after, limit)
        ids += found.ids
        count += 1
        assert count < 1_000
        if not found.next:
            return ids
        after = position_of(found.next)


def expected(names, query):
    """Return the ids that match, in order, by examining every name."""
    wanted = search_fold(query)

    def tier(name):
        folded = search_fold(name)
        words = [at for at in range(1, len(folded)) if starts_word(folded, at)]
        if folded.startswith(wanted):
            return 0
        return 1 if any(folded.startswith(wanted, at) for at in words) else 2

    found = [(tier(name), search_fold(name), id_) for id_, name in names.items() if wanted in search_fold(name)]
    return [id_ for _, _, id_ in sorted(found)]


def starts_word(text, at):
    before, here = text[at - 1], text[at]
    if not here.isalnum():
        return False
    return not before.isalnum() or before.isdigit() != here.isdigit()


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 3)


@settings(deadline=None)
@given(st.dictionaries(st.integers(1, 60), NAMES, max_size=40), st.data())
def test_an_index_finds_what_a_look_at_every_name_finds(names, data):
    known = dict(names)
    index = NameIndex((id_, name, "") for id_, name in known.items())
    for _ in range(data.draw(st.integers(0, 8))):
        id_ = data.draw(st.integers(1, 60))
        if data.draw(st.booleans()):
            known[id_] = data.draw(NAMES)
            index.put(id_, known[id_])
        else:
            known.pop(id_, None)
            index.drop(id_)
    assert len(index) == len(known)
    query = data.draw(st.text("abßs1ñéOo-_가", max_size=3))
    limit = data.draw(st.integers(1, 9))
    wanted = module._Query(query)

    def page(after, limit):
        return module._page([index.find(wanted, after, limit, lambda id_: id_ % 3 > 0)], limit)

    assert pages(page, limit) == [id_ for id_ in expected(known, query) if id_ % 3]
    assert [p.id for p in index.find_among(range(0, 70, 2), wanted, BEGINNING).positions] == [
        id_ for id_ in expected(known, query) if id_ % 2 == 0
    ]


def test_names_are_found_by_prefix_then_by_word_then_anywhere():
    names = ["mushroom", "room19", "team-room", "Room2", "broom", "tea"]
    index = NameIndex((id_, name, "") for id_, name in enumerate(names))
    found = index.find(module._Query("ROOM"), BEGINNING, 9, lambda id_: True)
    assert [names[p.id] for p in found.positions] == ["room19", "Room2", "team-room", "broom", "mushroom"]
    found = index.find(module._Query("19"), BEGINNING, 9, lambda id_: True)
    assert [names[p.id] for p in found.positions] == ["room19"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [("zoe", "Zoë"), ("lukasz", "Łukasz"), ("strasse", "Straße"), ("orsted", "Ørsted"), ("aether", "Æther"),
     ("isik", "IŞIK"), ("ŁÓDŹ", "lodz"), ("ﬁn", "finland"), ("김", "김치")],
)  # fmt: skip
def test_case_accents_and_strokes_do_not_count(typed, name):
    index = NameIndex([(1, name, "")])
    assert index.find(module._Query(typed), BEGINNING, 9, lambda id_: True).positions


def test_a_person_is_found_by_display_name_and_by_several_words():
    index = NameIndex([(1, "kw", "Kwame van Dyk"), (2, "dyk", "")])
    for typed, ids in (("dyk", [2, 1]), ("kwame", [1]), ("dyk kwame", [1]), ("kw dyk", [1]), ("kwame nobody", [])):
        assert [p.id for p in index.find(module._Query(typed), BEGINNING, 9, lambda id_: True).positions] == ids


def test_a_page_looks_at_a_bounded_number_of_names(monkeypatch):
    monkeypatch.setattr(module, "LOOKED_AT", 10)
    index = NameIndex((id_, f"u{id_:03}", "") for id_ in range(100))
    looked = []
    found = index.find(module._Query("u"), BEGINNING, 5, lambda id_: bool(looked.append(id_)) or id_ == 55)
    assert (found.positions, found.stop, len(looked)) == ([], Position(0, "u009", 9), 10)

    def page(after, limit):
        return module._page([index.find(module._Query("u"), after, limit, lambda id_: id_ in (3, 55))], limit)

    assert pages(page, 5) == [3, 55]


@pytest.mark.parametrize("text", ["0", "3 1 a", "x", "0 -1 a", "0 1e3 a", "0 " + "9" * 20 + " a", "\n"])
def test_a_text_that_describes_no_position_is_none(text):
    assert position_of(text) is None


def check(directory, state, limit):
    """Compare all pages of a directory with the result of examining the whole state."""
    for user in (0, *state.users):
        rooms = pages(partial(directory.rooms, user, ""), limit)
        assert sorted(rooms) == sorted(r.id for r in state.rooms_for(user) if visible(state, r, user))
        names = [search_fold(state.rooms[id_].name) for id_ in rooms]
        assert names == sorted(names)
    everything = pages(partial(directory.all_rooms, ""), limit)
    assert sorted(everything) == sorted(room.id for room in state.rooms.values() if room.id and room.kind != "direct")
    people = pages(partial(directory.people, ""), limit)
    assert sorted(people) == sorted(user.id for user in state.users.values() if not user.disabled)
    assert directory.users_after(0, 1_000) == sorted(state.users)
    for room in state.rooms.values():
        members = pages(partial(directory.members, room, ""), limit)
        assert sorted(members) == sorted(set(room.members) & set(state.users))


@pytest.mark.parametrize("seed", range(5))
def test_a_directory_that_follows_events_is_the_one_that_is_made_of_the_state(seed):
    chatter, state = Chatter(seed), State("")
    following = Directory(state)
    for _ in range(25):
        events = chatter.batch(30, longest=5).events
        state.apply_all(events)
        following.apply(events)
    fresh = Directory(state)
    check(following, state, 7)
    check(fresh, state, 7)
    for query in ("g", "1", "guest", "e2"):
        assert following.people(query, BEGINNING, 99) == fresh.people(query, BEGINNING, 99)
        assert following.all_rooms(query, BEGINNING, 99) == fresh.all_rooms(query, BEGINNING, 99)


def test_a_room_is_found_by_its_topic_after_those_with_such_names():
    state = State("e")
    directory = Directory(state)
    for order in (ClaimName("ada"), Create(1, "tea"), Create(1, "coffee"), SetTopic(1, 2, "no tea, thanks")):
        events = decide(state, order, 5).events
        state.apply_all(events)
        directory.apply(events)
    assert directory.rooms(1, "tea", BEGINNING, 9).ids == [1, 2]
    assert directory.rooms(1, "thanks", BEGINNING, 9).ids == [2]


def test_a_private_room_shows_to_its_members_only():
    state = State("e")
    for order in (ClaimName("ada"), ClaimName("bob"), Create(1, "den", private=True), Create(1, "tea")):
        state.apply_all(decide(state, order, 5).events)
    directory = Directory(state)
    assert directory.rooms(1, "", BEGINNING, 9).ids == [1, 2]
    for user in (0, 2):
        assert directory.rooms(user, "", BEGINNING, 9).ids == [2]
        assert directory.rooms(user, "den", BEGINNING, 9) == ([], "")


def test_members_of_a_large_room_come_in_pages_from_the_index_of_people(monkeypatch):
    monkeypatch.setattr(module, "SMALL", 3)
    state = State("e")
    guests = [ClaimName(f"u{number}") for number in range(9)]
    for order in (ClaimName("zoe"), *guests, Create(1, "tea"), *(Join(user, "tea") for user in range(2, 8))):
        state.apply_all(decide(state, order, 5).events)
    directory, room = Directory(state), state.rooms[1]
    assert pages(lambda after, limit: directory.members(room, "", after, limit), 2) == [2, 3, 4, 5, 6, 7, 1]
    assert directory.members(room, "zo", BEGINNING, 9).ids == [1]


@pytest.mark.parametrize("case", json.loads(VECTORS.read_text(encoding="utf-8")))
def test_names_are_searched_in_the_form_that_the_page_uses_too(case):
    assert (search_fold(case["typed"]) in search_fold(case["name"])) is case["found"]
