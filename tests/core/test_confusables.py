"""Confusable names have the same skeleton, others have different ones."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core.text import NAME_CHARS, fold, is_name
from parley.core.unicode import _confusables
from parley.core.unicode.confusables import skeleton, skeletons

# Letters of scripts with look-alikes, and any other letter.
letters = st.one_of(
    st.sampled_from("aBcIlmnorst01|'`._-ΑΒΝνΥυρςσβиНТтмкПурѕіӏјԁαοɑℓ"),
    st.characters(categories=["L", "Mn", "Mc", "N"]),
    st.characters(min_codepoint=0x1D400, max_codepoint=0x1D7FF),
)
names = st.text(letters, min_size=1, max_size=NAME_CHARS).map(lambda name: unicodedata.normalize("NFC", name))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "p\u0430yp\u0430l"),  # Cyrillic a
        ("paypal", "PayPaI"),  # a capital i
        ("paypal", "paypa1"),
        ("paypal", "paypa|"),
        ("paypal", "ｐａｙｐａｌ"),  # full width
        ("paypal", "𝓹𝓪𝔂𝓹𝓪𝓵"),  # mathematical
        ("paypal", "\u0440\u0430\u0443\u0440\u0430\u04cf"),  # Cyrillic only
        ("modern", "modem"),
        ("bob", "b0b"),
        ("Oscar", "0scar"),
        ("oscar", "\u03bfscar"),  # Greek omicron
        ("TOM", "\u0422\u041e\u041c"),  # Cyrillic capitals
        ("tom", "\u0442\u043e\u043c"),  # their small letters look like small capitals
        ("scope", "\u0455\u0441\u043e\u0440\u0435"),
        ("Kim", "\u039aim"),  # Greek kappa
        ("axel", "a\u0445el"),  # Cyrillic ha
        ("bill1", "billl"),
        ("zoë", "zoe\u0308"),
        ("d'or".replace("'", "\u02bc"), "d`or"),
    ],
)
def test_confusable_names_have_the_same_skeleton(one, other):
    assert skeleton(one) == skeleton(other)
    assert set(skeletons(one)) & set(skeletons(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana", "ava"),
        ("you", "yov"),
        ("bob", "dod"),
        ("tim", "kim"),
        ("zoe", "zoë"),
        ("anna", "ann"),
        ("rob", "tob"),
        ("Иван", "Иваи"),
        ("김철수", "김철호"),
        ("田中", "山中"),
        ("user5", "users"),
        ("user3", "user7"),
        ("user6", "usero"),
        ("a.b", "a-b"),
    ],
)
def test_distinguishable_names_have_different_skeletons(one, other):
    assert skeleton(one) != skeleton(other)
    assert not set(skeletons(one)) & set(skeletons(other))


def test_only_the_known_ascii_letters_and_digits_are_confusable():
    alike: dict[str, str] = {}
    for character in "abcdefghijklmnopqrstuvwxyz0123456789_-.[]{}|^\\":
        alike.setdefault(skeleton(character), "")
        alike[skeleton(character)] += character
    assert {same for same in alike.values() if len(same) > 1} == {"il1|", "o0"}


@pytest.mark.parametrize(
    ("typed", "looks"), [("\u039date", "nate"), ("\u03a5ann", "yann"), ("\u0392ob", "bob"), ("\u017fred", "fred")]
)
def test_a_name_as_typed_has_a_skeleton_of_its_own(typed, looks):
    assert skeleton(looks) in skeletons(typed)
    # The small form of its letter looks like another letter, so the name has both skeletons.
    assert skeleton(typed) == skeleton(fold(typed)) != skeleton(looks)


@given(names)
def test_names_that_fold_to_the_same_have_the_same_skeleton(name):
    folded = fold(name)
    for same in (name.upper(), name.lower(), name.title(), unicodedata.normalize("NFKC", name), folded):
        if fold(same) == folded:
            assert skeleton(same) == skeleton(name) == skeletons(same)[0]


@given(names)
def test_the_skeleton_of_a_skeleton_is_the_same(name):
    bones = skeleton(name)
    assert skeleton(bones) == bones == fold(bones)
    assert all(skeleton(other) == other for other in skeletons(name))


@given(names, names)
def test_confusable_strings_stay_confusable_inside_longer_names(one, other):
    if is_name(one) and is_name(other):
        assert skeleton(skeleton(one) + skeleton(other)) == skeleton(one + other)


@given(names, st.data())
def test_replacing_a_letter_by_its_look_alike_keeps_the_skeleton(name, data):
    rows = [row.split(":") for row in _confusables.FOLDED.rstrip(";\n").split(";")]
    look, characters = data.draw(st.sampled_from(rows))
    one = chr(int(data.draw(st.sampled_from(characters.split())), 16))
    other = "".join(chr(int(code, 16)) for code in look.split())
    place = data.draw(st.integers(0, len(name)))
    assert skeleton(name[:place] + "-" + one + "-" + name[place:]) == skeleton(
        name[:place] + "-" + other + "-" + name[place:]
    )


@given(st.text(max_size=200))
def test_any_text_has_a_skeleton(text):
    assert len(skeleton(text)) <= 40 * len(text)
    assert 1 <= len(skeletons(text)) <= 2
