"""The form in which names are searched: without case, accents and other ornaments of letters.

The page searches in the same form (`web/src/sync/searchable.ts`); `tests/vectors/search.json` has examples for both.
"""

import unicodedata
from functools import lru_cache
from typing import Final

from parley.core.text import fold

# Base letters, each before those letters that have no decomposition in Unicode: with a stroke, a hook and such, and
# ligatures.
_BASES: Final = (
    "a ᶏⱥ ae æ b ƀƃɓᵬᶀꞗ c ƈȼɕꞓꞔ d đƌȡɖɗᵭᶁᶑꟈð e ɇᶒⱸꬴəɛǝ f ƒᵮᶂꞙ g ǥɠᶃꞡɣ h ħɦⱨꞕ i ɨᶖıɩ j ɉʝ k ƙᶄⱪꝁꝃꝅꞣĸ "
    "l łƚȴɫɬɭᶅⱡꝉꞎꬷꬸꬹ m ɱᵯᶆꬺ n ƞȵɲɳᵰᶇꞑꞥꬻŋ o øⱺꝋꝍɔ oe œ p ƥᵱᵽᶈꝑꝓꝕ q ɋʠꝗꝙ r ɍɼɽɾᵲᵳᶉꞧꭉ s ȿʂᵴᶊꞩꟊ t ŧƫƭȶʈᵵⱦ "
    "u ᶙꞹꭎꭒʊ v ʋᶌⱱⱴꝟ w ⱳ x ᶍꭖꭗꭘꭙ y ƴɏỿꭚ z ƶȥɀʐʑᵶᶎⱬʒ г ґғҕӷӻ ж җ з ҙ й ҋ к қҝҟӄ л ӆԓԡԯ м ӎ н ңӈӊԣԩ п ҧԥ р ҏ "
    "с ҫ т ҭꚋ х ҳӽӿ ч ҷҹ ы ꙑ th þ u ʉ"
)
_PARTS: Final = _BASES.split()
_BASE_OF: Final = str.maketrans(
    {letter: base for base, letters in zip(_PARTS[::2], _PARTS[1::2], strict=True) for letter in letters}
)
_APOSTROPHES: Final = frozenset("'‘’ʻʼ")


def search_fold(text: str) -> str:
    """Return the form in which a name, or what is typed to find one, is compared: folded, without marks and
    apostrophes, and with base letters in place of those with strokes or hooks, and of ligatures.
    """
    return text.lower().replace("'", "") if text.isascii() else _fold(text)


@lru_cache(maxsize=1024)
def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", fold(text))
    return "".join(
        character
        for character in decomposed
        if unicodedata.category(character)[0] != "M" and character not in _APOSTROPHES
    ).translate(_BASE_OF)
