"""The bytes of docs/protocol/proof.md: properties, and the vectors in tests/transcripts/proof/, which
web/src/sync/proof/leaf.test.ts reads as well.
"""

import json
import re
from collections import defaultdict
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core.kinds import KINDS
from parley.core.proof import (
    LEVELS,
    NAMING,
    NUMBER_MOST,
    OUTSIDE,
    cbor,
    from_text64,
    hashes,
    leaf,
    leaf_of,
    parts,
    plain_hashes,
    sum_hash,
    text64,
    who_hash,
)
from tests.core.proof_vectors import EVENTS, FOLDER, values, vectors

PAGE = Path(__file__).parents[2] / "docs/protocol/proof.md"
IN_FULL = {r"CBOR\(who\)": "who", r"CBOR\(what\)": "what", "a": "a", "c": "c", "leaf": "leaf"}


def _events():
    return [pytest.param(vector, id=f"{name}: {vector['why']}") for name in EVENTS for vector in vectors(name)]


# The vectors
# --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", _events())
def test_an_event_of_the_vectors_has_its_hashes(vector):
    assert vector.items() >= values(vector).items()


@pytest.mark.parametrize("vector", vectors("cbor"), ids=lambda vector: vector["why"])
def test_a_value_of_the_vectors_has_its_cbor(vector):
    assert cbor(vector["value"]).hex() == vector["cbor"]


@pytest.mark.parametrize("vector", vectors("refused"), ids=lambda vector: vector["why"])
def test_a_refused_value_of_the_vectors_raises_a_sentence(vector):
    value = json.loads(vector["json"])
    bytes_of = cbor if vector["of"] == "value" else partial(leaf_of, 1)
    with pytest.raises(ValueError, match=r"^[A-Z`].*\.$"):
        bytes_of(value)


def test_the_forms_of_one_event_have_the_same_leaf():
    several = 0
    for name in EVENTS:
        leaves = defaultdict(list)
        for vector in vectors(name):
            leaves[vector["event"]["seq"]].append(vector["leaf"])
        assert all(len(set(forms)) == 1 for forms in leaves.values())
        several += sum(len(forms) > 1 for forms in leaves.values())
    assert several > 10


def test_every_kind_has_a_vector():
    life = {"edited", "erased", "swept", "reacted", "unreacted", "pinned", "unpinned", "titled"}
    assert {vector["event"].get("kind", "message") for vector in vectors("kinds")} >= life | set(KINDS)


def test_the_page_shows_the_hashes_of_the_first_room():
    rows = re.findall(r"^\| (\d) \|.* `(\w{16})` \| `(\w{16})` \| `(\w{16})` \|$", PAGE.read_text("utf-8"), re.M)
    room = vectors("room")
    assert rows == [
        (str(vector["event"]["seq"]), *(vector[name][:16] for name in ("a", "c", "leaf"))) for vector in room
    ]
    in_full = [re.search(rf"^    {name} +(\w+)$", PAGE.read_text("utf-8"), re.M) for name in IN_FULL]
    assert [found and found[1] for found in in_full] == [room[3][name] for name in IN_FULL.values()]


@pytest.mark.parametrize("vector", _events())
def test_the_program_on_the_page_makes_the_same_leaf(vector, program):
    assert program["leaf"](vector["room"], vector["event"]).hex() == vector["leaf"]


@pytest.fixture(scope="module")
def program():
    """The names that the page's program defines."""
    [code] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    names = {}
    exec(code, names)  # noqa: S102
    return names


def test_no_file_of_vectors_is_left_unread():
    assert {file.stem for file in FOLDER.iterdir()} == {*EVENTS, "cbor", "refused"}


# CBOR
# --------------------------------------------------------------------------------------------------------------------

# Few letters and sizes around the limits of the heads, so that keys often differ only in their lengths or last bytes.
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.text("ab", max_size=3),
    st.sampled_from([23, 24, 255, 256]).map(lambda size: "x" * size),
)
NUMBERS = st.one_of(
    st.integers(-NUMBER_MOST, NUMBER_MOST),
    st.builds(
        lambda bits, more, sign: max(-NUMBER_MOST, min(NUMBER_MOST, sign * (2**bits + more))),
        st.sampled_from([0, 8, 16, 32, 53]),
        st.integers(-30, 30),
        st.sampled_from([1, -1]),
    ),
)
VALUES = st.recursive(
    TEXTS | NUMBERS | st.booleans(),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(TEXTS, inner, max_size=30),
    max_leaves=20,
)


def decoded(data):
    """Read one item of CBOR (RFC 8949, section 3). Fail unless it is deterministic (section 4.2.1)."""
    value, rest = _item(data)
    assert rest == b""
    return value


def _item(data):
    major, least = data[0] >> 5, data[0] & 31
    if major == 7:
        return {20: False, 21: True}[least], data[1:]
    assert least < 28
    size = 0 if least < 24 else 1 << (least - 24)
    number = int.from_bytes(data[1 : 1 + size], "big") if size else least
    assert number >= {0: 0, 1: 24, 2: 2**8, 4: 2**16, 8: 2**32}[size], "the head is not the shortest"
    rest = data[1 + size :]
    match major:
        case 0:
            return number, rest
        case 1:
            return -1 - number, rest
        case 3:
            return rest[:number].decode(), rest[number:]
        case 4:
            values = []
            for _ in range(number):
                value, rest = _item(rest)
                values.append(value)
            return values, rest
        case 5:
            entries, keys = {}, []
            for _ in range(number):
                key, after = _item(rest)
                keys.append(rest[: len(rest) - len(after)])
                entries[key], rest = _item(after)
            assert keys == sorted(set(keys)), "the keys are not in the order of their bytes"
            return entries, rest
    raise AssertionError(f"major type {major}")


@given(VALUES)
def test_an_independent_decoder_reads_what_was_encoded(value):
    # JSON tells true from 1, which == does not.
    assert json.dumps(decoded(cbor(value)), sort_keys=True) == json.dumps(value, sort_keys=True)


@given(st.dictionaries(TEXTS, NUMBERS, max_size=10), st.randoms(use_true_random=False))
def test_the_order_of_keys_in_the_json_has_no_effect(entries, random):
    shuffled = list(entries.items())
    random.shuffle(shuffled)
    assert cbor(dict(shuffled)) == cbor(entries)


@given(st.text(st.characters(categories=["Cs"]), min_size=1), VALUES)
def test_a_lone_surrogate_anywhere_raises(half, value):
    for bad in (half, [value, half], {half: value}, {"a": {"b": half}}):
        with pytest.raises(ValueError, match="surrogate"):
            cbor(bad)


@pytest.mark.parametrize("value", [None, 1.0, b"x", {1: "x"}, object(), {"a", "b"}])
def test_a_value_that_json_texts_and_numbers_can_not_be_raises(value):
    with pytest.raises(ValueError, match=r"\.$"):
        cbor([value])


def test_lists_and_maps_may_stand_inside_one_another_to_a_fixed_depth():
    deepest = "x"
    for _ in range(LEVELS // 2):
        deepest = [{"x": deepest}]
    assert decoded(cbor(deepest)) == deepest
    with pytest.raises(ValueError, match="inside one another"):
        cbor([deepest])


# Events
# --------------------------------------------------------------------------------------------------------------------

SALTS = st.text("ABCXYZabcxyz0189-_", min_size=22, max_size=22)
ABOUT = st.fixed_dictionaries(
    {"user": st.integers(1, 99)}, optional={"name": TEXTS, "until": NUMBERS, "unknown": VALUES}
)
UNKNOWN = st.dictionaries(
    TEXTS.filter(lambda name: name not in {*OUTSIDE, "about", "names", "text"}), VALUES, max_size=3
)


@st.composite
def events(draw):
    """An event as the web protocol shows it, in its full form."""
    known = st.fixed_dictionaries(
        {"seq": st.integers(1, 2**40), "at": st.integers(0, 2**42), "user": st.integers(-1, 2**40), "salt": SALTS},
        optional={
            "name": TEXTS,
            "kind": st.sampled_from(["action", "kicked", "edited", "unheard-of", *NAMING]),
            "target": st.integers(1, 2**40),
            "text": TEXTS,
            "about": ABOUT,
            "mentions": st.lists(st.integers(0, 99), max_size=30),
            "thread": st.integers(1, 99),
            "names": st.lists(TEXTS, max_size=3) | TEXTS,
            "bot": st.just(True),
            "now": st.dictionaries(TEXTS, VALUES | st.none() | st.floats(), max_size=3),
        },
    )
    return draw(known) | draw(UNKNOWN)


def erased(fields, c):
    """The event without text, names and salt."""
    kept = {name: fields[name] for name in ("seq", "at", "user", "kind", "target", "thread") if name in fields}
    return {**kept, "sum": text64(c), "now": {"erased": 99}}


def unnamed(fields, a):
    """The event without names and salt, and without a text that is a name."""
    gone = {"name", "names", "salt"} | ({"text"} if fields.get("kind") in NAMING else set())
    kept = {name: value for name, value in fields.items() if name not in gone}
    if "about" in kept:
        kept["about"] = {name: value for name, value in kept["about"].items() if name != "name"}
    return {**kept, "who": text64(a)}


@given(events())
def test_erasing_changes_neither_hash(fields):
    a, c = hashes(fields)
    assert hashes(unnamed(fields, a)) == (a, c)
    assert hashes(erased(fields, c)) == (None, c)
    assert erased(unnamed(fields, a), hashes(unnamed(fields, a))[1]) == erased(fields, c)
    assert len({leaf_of(5, form) for form in (fields, unnamed(fields, a), erased(fields, c))}) == 1


@given(events())
def test_each_field_is_in_one_part_or_outside(fields):
    who, what = parts(fields)
    back = {name: value for name, value in what.items() if name != "about"}
    back |= {name: fields[name] for name in OUTSIDE if name in fields}
    if "about" in what:
        back["about"] = what["about"] | ({"name": who.pop("about")} if "about" in who else {})
    assert not who.keys() & what.keys()
    assert {"name": who.pop("name")} == {"name": fields.get("name", "")}
    assert back | who == fields


@given(events())
def test_the_parts_of_an_event_are_new_objects(fields):
    before = json.dumps(fields)
    who, what = parts(fields)
    who.clear()
    what.get("about", {}).clear()
    what.clear()
    assert json.dumps(fields) == before


@given(events())
def test_the_hashes_are_those_of_the_parts(fields):
    who, what = parts(fields)
    a = who_hash(fields["salt"], who)
    assert hashes(fields) == (a, sum_hash(a, what))


@given(SALTS, TEXTS, TEXTS)
def test_the_fast_path_of_a_plain_message_makes_the_same_hashes(salt, name, text):
    a = who_hash(salt, {"name": name})
    plain = {"seq": 1, "at": 2, "user": 3, "name": name, "text": text, "salt": salt}
    assert plain_hashes(salt, name, text) == hashes(plain) == (a, sum_hash(a, {"text": text}))


@given(events())
def test_each_field_of_an_event_changes_its_leaf(fields):
    other = {
        "salt": "q" * 22,
        **{name: fields[name] + 1 for name in ("seq", "at", "user", "target") if name in fields},
        **{name: fields[name] + "x" for name in ("name", "kind", "text") if name in fields},
    }
    for name in fields.keys() - {"bot", "now"}:
        without = {key: value for key, value in fields.items() if key != name}
        changed = {**fields, name: other[name]} if name in other else without
        assert leaf_of(1, changed) != leaf_of(1, fields), name
    assert leaf_of(2, fields) != leaf_of(1, fields)


@given(events(), st.dictionaries(st.sampled_from(["bot", "now"]), VALUES))
def test_what_a_message_is_like_at_present_is_not_hashed(fields, present):
    assert leaf_of(1, {**fields, **present}) == leaf_of(1, fields)


def test_the_leaf_has_fixed_places_for_its_fields():
    c = bytes(range(32))
    numbers = (number.to_bytes(8, "big", signed=True) for number in (1, 2, 3, -4, 5))
    whole = b"\0parley\1" + b"".join(numbers) + b"\x06action" + c
    assert leaf(1, 2, 3, -4, 5, "action", c) == sha256(whole).digest()


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_hash_of_another_size_raises(size):
    for use in (lambda h: leaf(1, 1, 1, 1, 0, "joined", h), lambda h: sum_hash(h, {}), text64):
        with pytest.raises(ValueError, match="32 bytes"):
            use(bytes(size))


# Hashes as text
# --------------------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32))
def test_a_hash_as_text_can_be_read_again(hash_):
    assert from_text64(text64(hash_)) == hash_
    assert re.fullmatch("[A-Za-z0-9_-]{43}", text64(hash_))


def test_a_hash_has_one_spelling():
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    accepted = []
    for last in alphabet:
        try:
            accepted.append(from_text64("A" * 42 + last))
        except ValueError:
            continue
    assert len(set(accepted)) == len(accepted) == 16
