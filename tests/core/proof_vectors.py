"""Reads the vectors in tests/transcripts/proof/; tests/transcripts/README.md describes them.

    python -m tests.core.proof_vectors --write

adds the values that new vectors lack. It changes no value that is there: the bytes never change.
"""

import json
import sys
from pathlib import Path
from typing import Any

from parley.core.proof import cbor, hashes, leaf_of, parts

FOLDER = Path(__file__).parents[1] / "transcripts" / "proof"
EVENTS = ("room", "kinds", "fields", "erased")
"""The files whose vectors are events."""

SHOWN_MOST = 600
"""The most bytes of CBOR that the files show. The hashes cover longer ones."""


def vectors(name: str) -> list[dict[str, Any]]:
    """Return the vectors of a file, with long texts in place of `{"repeat": [text, times]}`."""
    return expanded(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def expanded(value: Any) -> Any:
    if isinstance(value, list):
        return [expanded(each) for each in value]
    if isinstance(value, dict):
        if value.keys() == {"repeat"}:
            text, times = value["repeat"]
            return text * times
        return {key: expanded(each) for key, each in value.items()}
    return value


def values(vector: dict[str, Any]) -> dict[str, Any]:
    """Return what the event of a vector comes to, as hexadecimal digits."""
    event = vector["event"]
    a, c = hashes(event)
    who, what = (cbor(part).hex() for part in parts(event))
    shown = {} if "who" in event or "sum" in event else {"who": who, "what": what}
    shown = {name: digits for name, digits in shown.items() if len(digits) <= 2 * SHOWN_MOST}
    return {**shown, "a": a and a.hex(), "c": c.hex(), "leaf": leaf_of(vector["room"], event).hex()}


def write() -> None:
    for name in (*EVENTS, "cbor"):
        file = FOLDER / f"{name}.json"
        kept = json.loads(file.read_text(encoding="utf-8"))
        for vector in kept:
            whole = expanded(vector)
            new = {"cbor": cbor(whole["value"]).hex()} if name == "cbor" else values(whole)
            vector.update({key: value for key, value in new.items() if key not in vector})
        rows = ",\n".join(json.dumps(vector) for vector in kept)
        file.write_text(f"[\n{rows}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("Say --write to complete the vectors.")
    write()
