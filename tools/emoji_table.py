"""Make src/parley/core/unicode/_emoji.py from Unicode's emoji-test.txt and the page's short names.

    uv run --no-project --with emoji==2.16.0 python tools/emoji_table.py

The package `emoji` has the sequences of emoji-test.txt with their qualification. The short names are those of
web/src/emoji/en.json, so run this again after web/src/emoji/make.mjs.
"""

import json
import textwrap
from collections import defaultdict
from itertools import permutations, product
from pathlib import Path

import emoji
from unicode_license import notice

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "parley" / "core" / "unicode" / "_emoji.py"
PAGE = ROOT / "web" / "src" / "emoji" / "en.json"

TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
VS16 = "\ufe0f"

# Two people with different tones are a sequence; with the same tone, or without one, they are one character or another
# sequence (UTS #51, section 2.6.2, "Multi-Person Skin Tones"). On the left the sequence without its tones and U+FE0F.
PAIRS = {
    "\U0001f468\u200d\U0001f91d\u200d\U0001f468": "\U0001f46c",  # men holding hands
    "\U0001f469\u200d\U0001f91d\u200d\U0001f468": "\U0001f46b",  # woman and man holding hands
    "\U0001f469\u200d\U0001f91d\u200d\U0001f469": "\U0001f46d",  # women holding hands
    "\U0001f9d1\u200d\u2764\u200d\U0001f9d1": "\U0001f491",  # couple with heart
    "\U0001f9d1\u200d\u2764\u200d\U0001f48b\u200d\U0001f9d1": "\U0001f48f",  # kiss
    "\U0001faf1\u200d\U0001faf2": "\U0001f91d",  # handshake
    "\U0001f9d1\u200d\U0001f430\u200d\U0001f9d1": "\U0001f46f",  # people with bunny ears
    "\U0001f468\u200d\U0001f430\u200d\U0001f468": "\U0001f46f\u200d\u2642",  # men with bunny ears
    "\U0001f469\u200d\U0001f430\u200d\U0001f469": "\U0001f46f\u200d\u2640",  # women with bunny ears
    "\U0001f9d1\u200d\U0001faef\u200d\U0001f9d1": "\U0001f93c",  # people wrestling
    "\U0001f468\u200d\U0001faef\u200d\U0001f468": "\U0001f93c\u200d\u2642",  # men wrestling
    "\U0001f469\u200d\U0001faef\u200d\U0001f469": "\U0001f93c\u200d\u2640",  # women wrestling
}


def patterns(sequences: set[str]) -> dict[str, set[tuple[str, ...]]]:
    """Return the tones that each sequence occurs with, by the sequence with a `t` in place of each tone."""
    found = defaultdict(set)
    for sequence in sequences:
        pattern = "".join("t" if character in TONES else character for character in sequence)
        found[pattern].add(tuple(character for character in sequence if character in TONES))
    return found


def key(sequence: str) -> str:
    """Return the sequence without its tones and U+FE0F."""
    return "".join(character for character in sequence if character not in f"{TONES}{VS16}t")


def code_points(pattern: str) -> str:
    return "-".join(character if character == "t" else f"{ord(character):x}" for character in pattern)


def page_names() -> dict[str, list[str]]:
    """Return the short names of each emoji, by its sequence without U+FE0F.

    Of two emoji with one name, the later one has it, as on the page.
    """
    names = {}
    for entry in (entry for group in json.loads(PAGE.read_text(encoding="utf-8")) for entry in group):
        character, *codes = entry.partition("|")[0].split(" ")
        names |= dict.fromkeys(codes, character.replace(VS16, ""))
    found = defaultdict(list)
    for name, bare in names.items():
        found[bare].append(name)
    return found


def wrapped(name: str, entries: list[str]) -> list[str]:
    return [f'{name}: Final = """\\', *textwrap.wrap(" ".join(entries), 118, break_on_hyphens=False), '"""']


def main() -> None:
    """Write the module."""
    data = emoji.EMOJI_DATA
    sequences = {text for text, about in data.items() if about["status"] == emoji.STATUS["fully_qualified"]}
    spellings = {sequence.replace(VS16, ""): sequence for sequence in sequences}
    if len(spellings) != len(sequences):
        raise SystemExit("Two sequences differ only in U+FE0F.")
    tables: dict[str, list[str]] = {"same": [], "pairs": []}
    for pattern, tones in sorted(patterns(sequences).items()):
        count = pattern.count("t")
        if tones == set(product(TONES, repeat=count)) and key(pattern) in spellings:
            tables["same"].append(code_points(pattern))
        elif tones == set(permutations(TONES, 2)) and key(pattern) in PAIRS:
            tables["pairs"].append(f"{code_points(pattern)}:{code_points(spellings[PAIRS[key(pattern)]])}")
        else:
            raise SystemExit(f"What is {code_points(pattern)} without its tones?")
    named = page_names()
    if unknown := named.keys() - spellings.keys():
        raise SystemExit(f"These emoji of the page are not Unicode's: {unknown}.")
    names = [f"{code_points(bare)}:{','.join(codes)}" for bare, codes in named.items()]
    body = [
        f'"""The emoji of Unicode, version {max(about["E"] for about in data.values())}, as in emoji-test.txt.',
        "",
        "Made by tools/emoji_table.py; not to be edited.",
        "",
        notice(2026),
        '"""',
        "",
        "from typing import Final",
        "",
        "# Fully-qualified sequences, as code points in hexadecimal. `t` is any of the five skin tones.",
        *wrapped("SEQUENCES", tables["same"]),
        "",
        "# Sequences of two people with different skin tones; after the colon, the same without skin tones.",
        *wrapped("PAIRS", tables["pairs"]),
        "",
        "# The short names of emoji, as on the page; before the colon, the sequence without U+FE0F.",
        *wrapped("NAMES", names),
        "",
    ]
    TARGET.write_text("\n".join(body), encoding="utf-8")
    print(f"{len(sequences)} sequences, {len(names)} emoji with names, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
