"""Make src/parley/core/unicode/_confusables.py from ICU's copy of the confusables of UTS #39.

    uv run --no-project --with icukit-pyicu==78.3.1 --with msgspec python tools/confusables.py

ICU's compiled confusables.txt is lossless: its skeleton of a character without a decomposition is what the file maps it
to. Use the newest ICU, and a Python whose `unicodedata` is not newer than it.
"""

import sys
import textwrap
import unicodedata
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

import icu  # noqa: E402
from unicode_license import notice  # noqa: E402

from parley.core.text import fold, is_name  # noqa: E402

TARGET = ROOT / "src" / "parley" / "core" / "unicode" / "_confusables.py"


def confusables() -> dict[str, str]:
    """Return the mappings of confusables.txt, for the characters that a decomposed name may contain.

    Characters that this Python does not know yet are kept: a later version may allow them in names.
    """
    checker = icu.SpoofChecker()
    decomposed = icu.Normalizer2.getNFDInstance()
    mapping = {}
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        # A combining mark can't begin a name, so test it after a letter-like character.
        if (category != "Cn" and not is_name("-" + character)) or decomposed.normalize(character) != character:
            continue
        prototype = checker.getSkeleton(0, character)
        # ICU also drops characters that are invisible by default; confusables.txt does not mention them.
        if prototype not in ("", character):
            mapping[character] = prototype
    return mapping


def attach(mapping: dict[str, str]) -> dict[str, str]:
    """Return the prototypes that are not ASCII but whose capitals look like ASCII: e.g. the small capital T to t.

    If a prototype's capitals have several look-alikes, the most common one counts. No two ASCII letters become alike.
    """
    looks: dict[str, list[str]] = defaultdict(list)
    for character in mapping.keys() | set(mapping.values()):
        if len(character) != 1 or fold(character) != character:
            continue
        prototype, capital = fold(mapping.get(character, character)), character.upper()
        look = fold(mapping.get(capital, capital))
        is_letter = len(look) == 1 and look.isascii() and look.isalpha()
        if is_letter and len(prototype) == 1 and not prototype.isascii() and fold(capital) == character:
            looks[prototype].append(look)
    return {prototype: max(sorted(set(found)), key=found.count) for prototype, found in looks.items()}


def settle(name: str, table: dict[int, str]) -> str:
    """Return the name with every character replaced and folded, repeated until nothing changes."""
    seen = []
    name = fold(name)
    while name not in seen:
        seen.append(name)
        name = fold(unicodedata.normalize("NFD", name).translate(table))
    if name != seen[-1]:
        raise SystemExit(f"The mappings of {seen} go in a circle.")
    return name


def lines(table: dict[str, str]) -> list[str]:
    """Return the wrapped entries "look-alike: its characters;", in hexadecimal."""
    sources = defaultdict(list)
    for source, look in table.items():
        sources[" ".join(f"{ord(c):x}" for c in look)].append(f"{ord(source):x}")
    looks = sorted(sources, key=lambda look: [int(code, 16) for code in look.split()])
    entries = " ".join(f"{look}: {' '.join(sources[look])};" for look in looks)
    return textwrap.wrap(entries, 118)


def main() -> None:
    """Write the module."""
    mapping = confusables()
    attached = attach(mapping)
    # I looks like l and folds to i.
    table = str.maketrans(mapping | attached | {"i": "l"})
    folded = {}
    typed = {}
    for character in sorted(mapping | attached | {"i": "l"}):
        settled = settle(character, table)
        if fold(character) == character:
            folded[character] = settled
        elif (look := settle(mapping[character], table)) != settled:
            typed[character] = look
    for prototype, look in sorted(attached.items()):
        print(f"{prototype} U+{ord(prototype):04X} -> {look}")
    body = [
        f'"""What characters look like, by the confusables of UTS #39, Unicode {icu.UNICODE_VERSION}.',
        "",
        "Made by tools/confusables.py; not to be edited.",
        "",
        notice(2025),
        '"""',
        "",
        "from typing import Final",
        "",
        "# Each entry, up to a semicolon, is a look and the characters that have it, as code points in hexadecimal.",
        "",
        "# Look-alikes of characters in a folded name.",
        'FOLDED: Final = """\\',
        *lines(folded),
        '"""',
        "",
        "# Look-alikes of characters that look different before and after folding: most are capitals.",
        'TYPED: Final = """\\',
        *lines(typed),
        '"""',
        "",
    ]
    TARGET.write_text("\n".join(body), encoding="utf-8")
    print(f"{len(folded)} characters as folded, {len(typed)} as typed, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
