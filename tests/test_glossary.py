"""Each word has one meaning: the glossary is sorted, and no two public classes have the same name."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "parley"

WIRE_TYPES = ("wire/", "gateways/http/api/schemas.py")
"""Types of frames and JSON bodies. They have their names on the wire, even if another class has the same name."""


def test_the_glossary_is_in_order_and_has_each_word_once() -> None:
    rows = (ROOT / "docs" / "glossary.md").read_text().splitlines()[5:]
    words = [row.split("|")[1].strip() for row in rows]
    assert words == sorted(set(words), key=str.lower)


def test_no_two_public_classes_have_one_name() -> None:
    places = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        if place.startswith(WIRE_TYPES):
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(place)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
