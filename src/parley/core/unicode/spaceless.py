"""Scripts whose words follow each other without a space."""

import re
from bisect import bisect_right
from typing import Final

# Letters and marks, without digits and punctuation. First the scripts of line breaking class SA (UAX #14, section 5.1:
# Thai, Lao, Myanmar, Khmer, Tai Le, New Tai Lue, Tai Tham, Tai Viet) and Tibetan; then Han, kana, Bopomofo and Yi; then
# Hangul, whose particles follow a name without a space. web/src/markdown/spaceless.ts has the same table.
SPACELESS: Final = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u0f40-\u0fbc\u1000-\u103f\u1050-\u108f\u109a-\u109d"
    "\u1780-\u17d3\u17d7\u17dc\u17dd\u1950-\u1974\u1980-\u19c9\u1a20-\u1a7c\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaadf"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u302d\u3031-\u3035\u3038-\u303c\u3041-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\uf900-\ufaff\uff66-\uff9f"
    "\U00017000-\U00018cff\U0001aff0-\U0001b16f\U00020000-\U0003fffd"
    "\u1100-\u11ff\u302e\u302f\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb\uffa0-\uffdc"
)
"""These letters and marks, in the syntax of a character class of `re`, without the brackets."""

_BOUNDS: Final = sorted(
    bound for first, last in re.findall("(.)(?:-(.))?", SPACELESS) for bound in (ord(first), ord(last or first) + 1)
)
"""The first character of each range, and the one after its last. (Compiling a regular expression of so many takes 2 ms
of each start.)
"""


def is_spaceless(character: str) -> bool:
    """Tell whether a character is a letter or a mark of one of these scripts. If so, a word may begin directly after
    it.
    """
    return character != "" and bisect_right(_BOUNDS, ord(character)) % 2 == 1
