"""The table of scripts without spaces, compared with a regular expression."""

import re

from parley.core.unicode.spaceless import SPACELESS, is_spaceless


def test_the_characters_around_all_bounds_are_as_in_the_character_class():
    pattern = re.compile(f"[{SPACELESS}]")
    codes = {ord(character) + step for character in SPACELESS for step in (-1, 0, 1)}
    assert [code for code in codes if is_spaceless(chr(code)) != bool(pattern.match(chr(code)))] == []
    assert not is_spaceless("")
    assert is_spaceless("\u4e00")
    assert not is_spaceless("a")
