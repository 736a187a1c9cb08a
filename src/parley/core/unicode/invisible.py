"""Characters that show nothing."""

import re
from typing import Final

# The property Default_Ignorable_Code_Point (Unicode Standard, section 5.21; DerivedCoreProperties.txt). Among them are
# the soft hyphen, zero-width and bidirectional controls, Hangul fillers, variation selectors and tags.
_IGNORABLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Blank by their names, without the property: braille pattern blank, interlinear annotation marks, hieroglyphic format
# controls and blanks, Khitan filler, musical null notehead.
_BLANK: Final = "\u2800\ufff9-\ufffb\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001d159"
_VISIBLE: Final = re.compile(rf"[^\s\x00-\x1f\x7f-\x9f{_IGNORABLE}{_BLANK}]")


def is_visible(text: str) -> bool:
    """Tell whether `text` has a character that shows something: no white space, control or invisible character.

    `web/src/sync/normalized.ts` has the same function; `tests/vectors/texts.json` tests both.
    """
    # Every message is checked, so the usual case is checked first: the text begins with visible ASCII.
    return "!" <= text[:1] <= "~" or _VISIBLE.search(text) is not None
