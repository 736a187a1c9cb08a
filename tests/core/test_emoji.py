"""Emoji: one canonical spelling each, short names as on the page, and emoji without their skin tones."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core.emoji import base, canonical, is_one_base, named
from parley.core.unicode import _emoji

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "web" / "src" / "emoji"
VECTORS = json.loads((TESTS / "vectors" / "emoji.json").read_text(encoding="utf-8"))

VS15, VS16, ZWJ = "\ufe0e", "\ufe0f", "\u200d"
LIGHT = "\U0001f3fb"
TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


def all_emoji():
    """Return all emoji of the table, expanded by another way than `parley.core.emoji` does it."""
    found = []
    for entry in [*_emoji.SEQUENCES.split(), *(pair.partition(":")[0] for pair in _emoji.PAIRS.split())]:
        first, *more = entry.split("t")
        texts = [decoded(first)]
        for part in more:
            texts = [f"{text}{tone}{decoded(part)}" for text in texts for tone in TONES]
        if entry not in _emoji.SEQUENCES.split():
            texts = [text for text in texts if len({character for character in text if character in TONES}) == 2]
        found += texts
    return found


def decoded(points):
    return "".join(chr(int(point, 16)) for point in points.split("-") if point)


def without_tones(text):
    return "".join(character for character in text if character not in TONES)


ALL = all_emoji()

# Parts of emoji in any order, and any other text.
parts = st.one_of(
    st.sampled_from(
        [VS15, VS16, ZWJ, *TONES, *"01#*", "\u20e3", "\U0001f1e9", "\U0001f1ea", "\U0001f3f4", "\U000e007f"]
    ),
    st.sampled_from("👍❤☺👩👨🧑🤝💋🫱🫲♀♂ :"),
    st.sampled_from(ALL),
    st.characters(),
)
texts = st.lists(parts, max_size=12).map("".join)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("\U0001f44d", "\U0001f44d"),  # thumbs up
        ("\U0001f44d\ufe0f", "\U0001f44d"),
        ("\u2764", "\u2764\ufe0f"),  # heart
        ("\u2764\ufe0f", "\u2764\ufe0f"),
        ("\u00a9", "\u00a9\ufe0f"),
        ("\U0001f44d\U0001f3fd", "\U0001f44d\U0001f3fd"),
        ("\u261d\ufe0f\U0001f3fd", "\u261d\U0001f3fd"),  # a tone takes the place of U+FE0F
        ("1\u20e3", "1\ufe0f\u20e3"),
        ("1\ufe0f\u20e3", "1\ufe0f\u20e3"),
        ("#\u20e3", "#\ufe0f\u20e3"),
        ("\U0001f1e9\U0001f1ea", "\U0001f1e9\U0001f1ea"),  # the flag of Germany
        ("\U0001f3f4\u200d\u2620", "\U0001f3f4\u200d\u2620\ufe0f"),  # the flag of pirates
        ("\U0001f3f3\u200d\U0001f308", "\U0001f3f3\ufe0f\u200d\U0001f308"),
        (
            "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
            "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # the flag of Scotland
        ),
        ("👨\u200d👩\u200d👧\u200d👦", "👨\u200d👩\u200d👧\u200d👦"),
        ("👩\u200d❤\u200d👨", "👩\u200d❤\ufe0f\u200d👨"),
        ("🕵\u200d♀", "🕵\ufe0f\u200d♀\ufe0f"),
        ("🕵🏻\u200d♀", "🕵🏻\u200d♀\ufe0f"),
        ("🫱🏻\u200d🫲🏿", "🫱🏻\u200d🫲🏿"),
        (" \u00a0👍\n", "👍"),
        ("\ufe0f 👍", "👍"),
        ("\U0001f6d9", "\U0001f6d9"),  # a lighthouse, of Unicode 18
    ],
)
def test_an_emoji_has_one_spelling_with_and_without_its_variation_selector(text, spelling):
    assert canonical(text) == spelling


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a",
        "1",
        "1\ufe0f",
        "\u20e3",
        "👍👍",
        "👍 👎",
        "👍!",
        ":+1:",
        "+1",
        "\u2764\ufe0e",  # the form without colours
        "\U0001f44d\ufe0e",
        "1\ufe0e\u20e3",
        "\ufe0f",
        "\u200d",
        "\U0001f3fd",  # a skin tone alone
        "\U0001f9b0",  # red hair alone
        "😀\U0001f3fd",  # a face has no skin tones
        "👍\U0001f3fd\U0001f3fd",
        "👨\U0001f3fd\u200d👩\u200d👧",  # families have none
        "🫱🏻\u200d🫲🏻",  # one tone is U+1F91D with the tone
        "🫱\u200d🫲",
        "\U0001f1e9",  # half of a flag
        "\U0001f1fd\U0001f1fd",  # no country
        "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7",
        "\U0001f3f4\U000e0075\U000e0073\U000e0074\U000e0078\U000e007f",  # Texas is not for general interchange
        "\U0001f3f4\U000e0067\U000e0062",  # tags without their end
        "👩\u200d",
        "\u200d👩",
        "👩\u200d👍",
        "\ud83d\udc4d",  # surrogates
    ],
)
def test_a_text_that_is_not_one_emoji_is_refused(text):
    assert canonical(text) is None


def test_every_emoji_of_the_table_is_its_own_spelling_and_short():
    assert len(ALL) == len(set(ALL)) == 3963
    assert [emoji for emoji in ALL if canonical(emoji) != emoji] == []
    assert max(len(emoji.encode()) for emoji in ALL) == 35


def test_every_emoji_of_the_table_may_lack_its_variation_selectors_but_not_have_the_one_for_text():
    for emoji in ALL:
        assert canonical(emoji.replace(VS16, "")) == canonical(f"{emoji}{VS16}") == emoji
        assert canonical(f"{emoji}{VS15}") is None
        assert VS16 not in emoji or canonical(emoji.replace(VS16, VS15)) is None


@given(texts)
def test_canonical_emoji_is_idempotent(text):
    emoji = canonical(text)
    assert emoji is None or canonical(emoji) == emoji


@given(texts)
def test_variation_selectors_make_no_difference(text):
    assert canonical(text) == canonical(text.replace(VS16, "")) == canonical(VS16.join(text.strip()))


@given(texts)
def test_hostile_text_is_not_an_emoji_and_raises_no_error(text):
    emoji = canonical(text)
    assert emoji is None or (emoji in ALL and emoji.replace(VS16, "") == text.replace(VS16, "").strip())
    for name in (text, f":{text}:"):
        found = named(name)
        assert found is None or found in ALL
    assert base(base(text)) == base(text)


HOSTILE = {
    "NUL": "👍\0",
    "a control sequence": "\x1b[31m👍",
    "a right-to-left override": "\u202e👍",
    "isolates": "\u2066👍\u2069",
    "a byte order mark": "\ufeff👍",
    "a zero-width space": "👍\u200b",
    "a combining mark": "👍\u0301",
    "an enclosing circle": "👍\u20dd",
    "stacked marks": "👍" + "\u0336" * 5_000,
    "another variation selector": "👍\ufe01",
    "a variation selector of the supplement": "👍\U000e0100",
    "a lone surrogate": "👍\ud800",
    "a pair of surrogates": "\ud83d\udc4d",
    "markup": "<b>👍</b>",
    "joiners only": ZWJ * 30_000,
    "joined without end": ZWJ.join(["👩"] * 10_000),
    "skin tones without end": "👍" + LIGHT * 30_000,
    "tags without end": "\U0001f3f4" + "\U000e0067" * 30_000,
    "flags without end": "\U0001f1e9\U0001f1ea" * 15_000,
    "many emoji": "".join(ALL),
    "a number in another script": "\u0661\ufe0f\u20e3",
    "a full-width digit": "\uff11\ufe0f\u20e3",
    "a character that folds to a digit": "\u2460\u20e3",
    "an unassigned emoji": "\U0001faff",
    "a noncharacter": "\U0001ffff",
    "private use": "\ue000",
    "the replacement character": "\ufffd",
    "the table's mark for a skin tone": "👍t",
    "an entry of the table": "1f44d",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_neither_an_emoji_nor_a_name(text):
    assert canonical(text) is None
    assert named(text) is named(f":{text}:") is None
    assert base(base(text)) == base(text)


def test_variation_selectors_without_end_are_no_part_of_an_emoji():
    assert canonical("\ufe0f" * 30_000) is None
    assert canonical("\ufe0f" * 30_000 + "👍") == "👍"


@pytest.mark.parametrize(
    "name",
    [
        ":" * 30_000,
        ": +1:",
        ":+1 :",
        ":+\ufe0f1:",
        ":+1\u200b:",
        ":\uff0b1:",
        ":+\u0661:",
        ":ſmile:",
        ":ﬂag-scotland:",
        ":1f44d:",
    ],
)
def test_a_name_with_another_character_is_none(name):
    assert named(name) is None


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        (":+1:", "\U0001f44d"),
        (":thumbsup:", "\U0001f44d"),
        (":heart:", "\u2764\ufe0f"),
        (":tada:", "🎉"),
        (":Tada:", "🎉"),
        (" :tada: ", "🎉"),
        (":star-struck:", "🤩"),
        (":de:", "\U0001f1e9\U0001f1ea"),
        (":flag-scotland:", canonical("\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f")),
        ("tada", None),
        (":tada", None),
        ("tada:", None),
        ("x+1:", None),
        (":+1x", None),
        ("::", None),
        (":", None),
        ("", None),
        (":: :", None),
        ("::tada::", None),
        (":no_such_emoji:", None),
        (":parley:", None),
        (":👍:", None),
    ],
)
def test_an_emoji_is_found_by_its_short_name(name, emoji):
    assert named(name) == emoji


def test_the_short_names_are_those_of_the_page():
    groups = json.loads((PAGE / "en.json").read_text(encoding="utf-8"))
    of_page = {}
    for entry in (entry for group in groups for entry in group):
        character, *names = entry.partition("|")[0].split(" ")
        of_page |= dict.fromkeys(names, character)
    assert {name: named(f":{name}:") for name in of_page} == of_page
    assert {name for entry in _emoji.NAMES.split() for name in entry.partition(":")[2].split(",")} == of_page.keys()


def test_the_page_spells_emoji_as_the_server_does():
    groups = json.loads((PAGE / "en.json").read_text(encoding="utf-8"))
    english = [entry.partition(" ")[0] for group in groups for entry in group]
    german = list(json.loads((PAGE / "de.json").read_text(encoding="utf-8")))
    assert sorted(english) == sorted(german)
    assert [emoji for emoji in english if canonical(emoji) != emoji] == []


@pytest.mark.parametrize("vector", VECTORS, ids=lambda each: f"{each['emoji']} {each['why']}")
def test_an_emoji_without_its_skin_tones(vector):
    assert base(vector["emoji"]) == vector["base"]
    assert is_one_base(vector["emoji"], vector["base"])


def test_the_examples_have_every_character_whose_base_differs_and_every_pair_of_people():
    examples = {without_tones(vector["emoji"]) for vector in VECTORS}
    toned = {emoji: without_tones(emoji) for emoji in ALL if without_tones(emoji) != base(emoji)}
    assert {bare for emoji, bare in toned.items() if len(emoji) == 2 or canonical(bare) is None} - examples == set()


def test_every_emoji_has_a_canonical_base_without_skin_tones():
    bases = {emoji: base(emoji) for emoji in ALL}
    assert all(canonical(without) == without == base(without) for without in bases.values())
    assert all(without_tones(without) == without for without in bases.values())
    assert not is_one_base("👍", "👎\U0001f3fd")
    # Without tones, with five, and for two people with 25.
    groups = [list(bases.values()).count(without) for without in set(bases.values()) if without in "👍💏🤝😀"]
    assert sorted(groups) == [1, 6, 26, 26]


def test_an_import_does_not_load_the_table():
    code = "import sys, parley.core.emoji as e; t = 'parley.core.unicode._emoji'; a = t in sys.modules; e.named(':a:')"
    run = [sys.executable, "-c", f"{code}; print(a, t in sys.modules)"]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "False True\n"
