"""Takes salts out of JSON: they are random, so tests can't state them."""

import re
from typing import Any

SALT = re.compile(r"[A-Za-z0-9_-]{22}")


def without_salts(json: Any) -> Any:
    """Check the salts of all events in a JSON value, and take them out. Return the value."""
    if isinstance(json, dict):
        if "salt" in json:
            assert SALT.fullmatch(json.pop("salt"))
        for each in json.values():
            without_salts(each)
    elif isinstance(json, list):
        for each in json:
            without_salts(each)
    return json
