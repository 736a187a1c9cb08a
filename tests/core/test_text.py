"""Valid and invalid names, texts and keys, and names that count as the same."""

import json
import string
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.core import text
from parley.core.text import as_typed, bare_room_name, fold, is_key, is_name, is_text
from parley.core.unicode.invisible import is_visible

GOOD_NAMES = [
    "ada",
    "Ada",
    "x",
    "7",
    "a-b_c.d",
    "[away]",
    "{ada}|^`\\",
    "Łukasz",
    "Çelik",
    "O\u02bcBrien",  # an apostrophe that is a letter
    "Ἀριστοτέλης",
    "Пётр",
    "שלום",
    "عبدالله",
    "हिन्दी",  # with spacing marks
    "ไทย",
    "한국어",
    "日本語",
    "ｆｕｌｌｗｉｄｔｈ",
    "漢" * 32,
    "𝒜𝒹𝒶",  # mathematical letters, beyond the first plane
    "ﬁnn",  # with a ligature
    "a" * 32,
]

BAD_NAMES = [
    ("", "nothing"),
    ("a" * 33, "33 characters"),
    ("漢" * 33, "33 wide characters"),
    ("a b", "a space"),
    (" ada", "a space in front"),
    ("ada\u00a0", "a space that does not break"),
    ("ada\u3000", "a wide space"),
    ("ada\n", "a newline"),
    ("ada\t", "a tab"),
    ("a\x00b", "NUL"),
    ("a\x1b[31m", "an escape"),
    ("a\x7f", "DEL"),
    ("a\x9b", "a C1 control"),
    ("ada\u202e", "right-to-left override"),
    ("\u2067ada", "right-to-left isolate"),
    ("ada\u200f", "right-to-left mark"),
    ("ada\u061c", "Arabic letter mark"),
    ("ad\u200ba", "zero-width space"),
    ("ad\u200ca", "zero-width non-joiner"),
    ("ad\u200da", "zero-width joiner"),
    ("ad\u2060a", "word joiner"),
    ("\ufeffada", "byte order mark"),
    ("ad\u00ada", "soft hyphen"),
    ("ada\u034f", "combining grapheme joiner"),
    ("ada\ufe0f", "variation selector 16"),
    ("ada\U000e0100", "variation selector 17"),
    ("a\u180ba", "Mongolian variation selector"),
    ("a\u180ea", "Mongolian vowel separator"),
    ("\u115f", "Hangul choseong filler"),
    ("\u1160", "Hangul jungseong filler"),
    ("\u3164", "Hangul filler"),
    ("\uffa0", "halfwidth Hangul filler"),
    ("a\u17b4", "Khmer inherent vowel"),
    ("\u2800", "Braille blank"),
    ("\U00013441", "hieroglyph full blank"),
    ("a\U00016fe4", "Khitan filler"),
    ("a\U000e0061", "a tag"),
    ("\u0301ada", "a mark without a letter"),
    ("e\u0301", "an accent apart (NFD)"),
    ("\u212b", "the angstrom sign, which composes to a letter"),
    ("\u2100", "a/c in one character"),
    ("\ufdfa", "a whole sentence in one character"),
    ("😀", "an emoji"),
    ("👩‍👩‍👧", "an emoji of several"),
    ("🇩🇪", "a flag"),
    ("1\u20e3", "a keycap"),
    ("ada!", "an exclamation mark"),
    ("@ada", "the mark of direct rooms"),
    ("#ada", "the mark of rooms"),
    ("a,b", "the comma that separates names in IRC"),
    ("a:b", "a colon"),
    ("a*", "a star"),
    ("a/b", "a slash"),
    ("$x", "a dollar"),
    ("+x", "a plus"),
    ("~x", "a tilde"),
    ("a\ud800", "half a surrogate pair"),
    ("\ue000", "a private character"),
    ("\u0378", "an unassigned character"),
]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_valid_names(name):
    assert is_name(name)


def test_the_valid_characters_of_ascii_in_names_are_letters_digits_and_some_punctuation():
    valid = string.ascii_letters + string.digits + "_-.[]{}|^`\\"
    for code in range(128):
        character = chr(code)
        for name in (character * 2 + "a", "a" + character, f"{character}é"):
            assert is_name(name) == (character in valid), name


@pytest.mark.parametrize(("name", "what"), BAD_NAMES, ids=[what for _, what in BAD_NAMES])
def test_invalid_names(name, what):
    assert not is_name(name), what


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada", "ADA"),
        ("ｆｕｌｌ", "full"),
        ("ﬁnn", "FINN"),
        ("straße", "STRASSE"),
        ("ς", "Σ"),
        ("caf\u00e9", "cafe\u0301"),
        ("𝒜𝒹𝒶", "ada"),
        ("①", "1"),
        ("ǆ", "DŽ"),
        ("\u0345a", "\u03b9a"),
        ("\uab70", "\u13a0"),  # Cherokee folds to its capitals
    ],
)
def test_names_that_are_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("ada", "adá"), ("a_b", "a-b"), ("[a]", "{a}"), ("a", "\u0430"), ("o", "0")]
)
def test_names_that_are_different(one, other):
    assert fold(one) != fold(other)


@pytest.mark.slow
def test_folding_is_idempotent_for_every_character():
    everything = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    assert [hex(ord(character)) for character in everything if fold(fold(character) * 33) != fold(character * 33)] == []


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_ascii_is_folded_as_any_other_text(ascii_text):
    assert fold(ascii_text) == text._fold.__wrapped__(ascii_text)


@given(st.text(max_size=100))
@example("\u03b1\u0345\u0301")
@example("\u1f80\u0345")
def test_folding_is_idempotent(anything):
    assert fold(fold(anything)) == fold(anything)


letters = st.text(st.characters(categories=("L", "N", "M")), min_size=1, max_size=32).map(as_typed)


@given(letters.filter(is_name))
def test_every_spelling_of_a_name_folds_to_the_same(name):
    for way in (str.upper, str.lower, str.casefold, str.swapcase):
        assert fold(as_typed(way(name))) == fold(fold(as_typed(way(name))))
    assert fold(name.casefold()) == fold(name)
    assert fold(unicodedata.normalize("NFD", name)) == fold(name)
    assert fold(unicodedata.normalize("NFKC", name)) == fold(name)
    assert as_typed(unicodedata.normalize("NFD", name)) == name


@given(st.text(max_size=40).filter(is_name))
def test_a_valid_name_is_printable_and_has_no_special_characters(name):
    assert name.isprintable()
    assert is_text(name)
    assert not set(name) & set(" #@!:,*?$&%+~/<>\"'()=;")
    assert unicodedata.normalize("NFC", name) == name
    assert fold(name)


def test_long_strings_and_names_of_ascii_characters_are_not_cached():
    caches = [text._fold, text._is_name]
    before = [cache.cache_info().misses for cache in caches]
    fold("é" * 8000)
    is_name("é" * 8000)
    for simple in ("bob", "Bob", "b_b"):
        fold(simple)
        is_name(simple)
    assert [cache.cache_info().misses for cache in caches] == before


@pytest.mark.parametrize(
    ("shown", "bare"), [("#lobby", "lobby"), ("lobby", "lobby"), ("##lobby", "#lobby"), ("#", ""), ("", "")]
)
def test_the_hash_sign_is_not_part_of_a_rooms_name(shown, bare):
    assert bare_room_name(shown) == bare


@pytest.mark.parametrize(
    "words",
    [
        "hello",
        "two\nlines",
        "a\ttab",
        "👩‍👩‍👧 🇩🇪 1\u20e3 ❤\ufe0f",
        "שלום \u202bעולם\u202c",
        "Z\u0351\u0342a\u0300lgo",
        "\ufeff",
        "\u200b",
        "\ue000",
        "",
        " ",
    ],
)
def test_valid_texts(words):
    assert is_text(words)


def vectors(name):
    return json.loads((Path(__file__).parents[1] / "vectors" / f"{name}.json").read_text(encoding="utf-8"))


VECTORS = vectors("texts")


@pytest.mark.parametrize("vector", vectors("names"), ids=lambda each: f"{each['one']} {each['other']}")
def test_page_and_server_compare_names_alike(vector):
    assert (fold(vector["one"]) == fold(vector["other"])) == vector["same"]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["why"] for vector in VECTORS])
def test_a_text_as_it_is_stored(vector):
    assert text.normalized(vector["text"]) == vector["normalized"]
    assert is_visible(vector["text"]) == vector["visible"]


@given(st.text(max_size=40) | st.text("\r\n\x0b\x0c\x85\u2028\u2029\t\x00\ud800a", max_size=20))
def test_every_normalized_text_is_valid_and_stays_as_it_is(words):
    stored = text.normalized(words)
    assert is_text(stored)
    assert text.normalized(stored) == stored
    assert not set(text.single_line(words)) & set("\n\t")
    assert text.single_line(text.single_line(words)) == text.single_line(words)


FORBIDDEN = [*range(9), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xD800, 0xDFFF]


@pytest.mark.parametrize("code", FORBIDDEN)
def test_invalid_texts(code):
    assert not is_text(chr(code))
    assert not is_text(f"before {chr(code)} after\n")


@pytest.mark.parametrize("key", ["k", "!", "~", "a" * 64, "01JDX3T8Q2K7", '{"x":1}'])
def test_valid_keys(key):
    assert is_key(key)


@pytest.mark.parametrize("key", ["", "a" * 65, "a b", "a\n", "\x00", "\x7f", "é", "漢"])
def test_invalid_keys(key):
    assert not is_key(key)
